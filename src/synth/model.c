#include "synth/model.h"

#include <math.h>

static const double PI = 3.14159265358979323846;

/* acosh(1 + u) for u >= 0, without the loss of digits near 1. */
static double acosh_1p(double u)
{
    return log1p(u + sqrt(u * (u + 2.0)));
}

double pstm_ricker(double peak_hz, double time_s)
{
    const double root = PI * peak_hz * time_s;
    const double a = root * root;
    return (1.0 - 2.0 * a) * exp(-a);
}

/* The t0 whose pseudo-depth vrms(t0) t0/2 is z: v0 t0 + g t0^2 = 2 z, in the form that stays exact at g = 0.
 * (The check refuses depths without one.) */
static double vrms_vertical_time_s(const pstm_model *model, double z_m)
{
    const double v0 = model->v0_m_s;
    return 4.0 * z_m / (v0 + sqrt(v0 * v0 + 8.0 * model->gradient * z_m));
}

double pstm_vertical_time_s(const pstm_model *model, double z_m)
{
    if (model->background == PSTM_BACKGROUND_LAYERS) return pstm_layers_vertical_time_s(model, z_m);
    if (model->gradient == 0.0) return 2.0 * z_m / model->v0_m_s;
    if (model->background == PSTM_BACKGROUND_VRMS) return vrms_vertical_time_s(model, z_m);
    return 2.0 * log1p(model->gradient * z_m / model->v0_m_s) / model->gradient;
}

double pstm_model_vrms(const pstm_model *model, double t0_s)
{
    if (model->background == PSTM_BACKGROUND_VRMS) return model->v0_m_s + model->gradient * t0_s;
    if (model->background == PSTM_BACKGROUND_LAYERS) return pstm_layers_vrms(model, t0_s);
    const double kt = model->gradient * t0_s;
    if (kt == 0.0) return model->v0_m_s;
    return model->v0_m_s * sqrt(expm1(kt) / kt);
}

double pstm_leg_time_s(const pstm_model *model, double h_m, double z_m)
{
    const double v0 = model->v0_m_s, k = model->gradient;
    if (model->background == PSTM_BACKGROUND_LAYERS) return pstm_layers_leg_time_s(model, h_m, z_m);
    if (k == 0.0) return hypot(h_m, z_m) / v0;
    if (model->background == PSTM_BACKGROUND_VRMS) {
        const double t0 = vrms_vertical_time_s(model, z_m);
        return hypot(0.5 * t0, h_m / pstm_model_vrms(model, t0));
    }
    const double r2 = h_m * h_m + z_m * z_m;
    return acosh_1p(k * k * r2 / (2.0 * v0 * (v0 + k * z_m))) / fabs(k);
}

pstm_event pstm_diffractor_event(const pstm_model *model, const pstm_diffractor *diffractor, double sx_m,
                                 double sy_m, double rx_m, double ry_m)
{
    const double z = diffractor->z_m;
    const double hs = hypot(diffractor->x_m - sx_m, diffractor->y_m - sy_m);
    const double hr = hypot(diffractor->x_m - rx_m, diffractor->y_m - ry_m);
    return (pstm_event){
        .time_s = pstm_leg_time_s(model, hs, z) + pstm_leg_time_s(model, hr, z),
        .amplitude = diffractor->amplitude * z * z / (hypot(hs, z) * hypot(hr, z)),
    };
}

double pstm_reflector_depth_m(const pstm_reflector *reflector, double x_m, double y_m)
{
    const double azimuth = reflector->dip_azimuth_deg * PI / 180.0;
    const double down_dip = sin(azimuth) * (x_m - reflector->x_m) + cos(azimuth) * (y_m - reflector->y_m);
    return reflector->z_m + tan(reflector->dip_deg * PI / 180.0) * down_dip;
}

double pstm_reflector_image_time_s(const pstm_model *model, const pstm_reflector *reflector, double x_m,
                                   double y_m)
{
    const double z = pstm_reflector_depth_m(reflector, x_m, y_m);
    const bool varies = model->gradient != 0.0 || model->background == PSTM_BACKGROUND_LAYERS;
    if (z < 0.0 || (reflector->dip_deg > 0.0 && varies)) return NAN;
    return pstm_vertical_time_s(model, z);
}

/* A depth that the background can hold: below the surface, with a positive velocity down to it. */
static pstm_status check_depth(const pstm_model *model, double z_m, const char *what, int i)
{
    if (!(z_m > 0.0) || !isfinite(z_m))
        return pstm_fail(PSTM_USAGE, "%s %d: depth %g m is not below the surface; give a depth over 0", what,
                         i, z_m);
    const double v0 = model->v0_m_s, g = model->gradient;
    const bool held =
        model->background == PSTM_BACKGROUND_VRMS ? v0 * v0 + 8.0 * g * z_m > 0.0 : v0 + g * z_m > 0.0;
    if (!held)
        return pstm_fail(PSTM_USAGE,
                         "%s %d: the velocity falls to 0 above its depth %g m; use a weaker gradient", what,
                         i, z_m);
    return PSTM_OK;
}

static pstm_status check_reflector(const pstm_model *model, const pstm_reflector *reflector, int i)
{
    if (!isfinite(reflector->x_m) || !isfinite(reflector->y_m) || !isfinite(reflector->amplitude) ||
        !isfinite(reflector->dip_azimuth_deg))
        return pstm_fail(PSTM_USAGE, "reflector %d: a number is not finite", i);
    if (!(reflector->dip_deg >= 0.0 && reflector->dip_deg < 90.0))
        return pstm_fail(PSTM_USAGE, "reflector %d: dip %g is outside [0, 90) degrees", i,
                         reflector->dip_deg);
    if (reflector->dip_deg > 0.0 && model->background == PSTM_BACKGROUND_VRMS && model->gradient != 0.0)
        return pstm_fail(PSTM_USAGE,
                         "reflector %d dips, which a vrms(t) background cannot hold; set its dip to 0", i);
    if (model->spreading == PSTM_SPREADING_RAW && model->gradient != 0.0 &&
        (reflector->dip_deg > 0.0 || model->background == PSTM_BACKGROUND_VRMS))
        return pstm_fail(
            PSTM_USAGE,
            "reflector %d: raw spreading in v0 + k z is known of flat reflectors in depth alone; set "
            "its dip or the gradient to 0",
            i);
    if (reflector->dip_deg > 0.0 && model->background == PSTM_BACKGROUND_LAYERS)
        return pstm_fail(PSTM_USAGE, "reflector %d dips, which layers cannot hold; set its dip to 0", i);
    return check_depth(model, reflector->z_m, "reflector", i);
}

pstm_status pstm_model_check(const pstm_model *model)
{
    if (!(model->v0_m_s > 0.0) || !isfinite(model->v0_m_s) || !isfinite(model->gradient))
        return pstm_fail(PSTM_USAGE, "velocity %g m/s with gradient %g: give a positive velocity",
                         model->v0_m_s, model->gradient);
    if (!(model->peak_hz > 0.0) || !isfinite(model->peak_hz))
        return pstm_fail(PSTM_USAGE, "peak frequency %g Hz is not positive", model->peak_hz);
    if (model->background == PSTM_BACKGROUND_LAYERS) PSTM_TRY(pstm_layers_check(model));
    if (model->spreading == PSTM_SPREADING_RAW && model->background == PSTM_BACKGROUND_LAYERS)
        return pstm_fail(PSTM_USAGE, "raw spreading is not known in layers; take spreading corrected");
    for (int i = 0; i < model->n_diffractors; i++) {
        const pstm_diffractor *diffractor = &model->diffractors[i];
        if (!isfinite(diffractor->x_m) || !isfinite(diffractor->y_m) || !isfinite(diffractor->amplitude))
            return pstm_fail(PSTM_USAGE, "diffractor %d: a number is not finite", i);
        PSTM_TRY(check_depth(model, diffractor->z_m, "diffractor", i));
    }
    for (int i = 0; i < model->n_reflectors; i++)
        PSTM_TRY(check_reflector(model, &model->reflectors[i], i));
    return PSTM_OK;
}
