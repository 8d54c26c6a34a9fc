/* Flat layers: exact rays, summed over the layers for one horizontal slowness p. */
#include <math.h>

#include "synth/model.h"

/** How much of layer i lies above a depth. */
static double thickness_m(const pstm_model *model, int i, double z_m)
{
    const double bottom_m = i + 1 < model->n_layers ? model->layers[i + 1].top_m : INFINITY;
    return fmax(fmin(bottom_m, z_m) - model->layers[i].top_m, 0.0);
}

double pstm_layers_vertical_time_s(const pstm_model *model, double z_m)
{
    double time_s = 0.0;
    for (int i = 0; i < model->n_layers; i++)
        time_s += 2.0 * thickness_m(model, i, z_m) / model->layers[i].v_m_s;
    return time_s;
}

double pstm_layers_vrms(const pstm_model *model, double t0_s)
{
    double left_s = t0_s, sum = 0.0;
    if (t0_s <= 0.0) return model->v0_m_s;
    for (int i = 0; i < model->n_layers; i++) {
        const double v = model->layers[i].v_m_s;
        const double all_s = 2.0 * thickness_m(model, i, INFINITY) / v, own_s = fmin(left_s, all_s);
        sum += v * v * own_s;
        left_s -= own_s;
    }
    return sqrt(sum / t0_s);
}

/* Where a ray with slowness p comes to the depth, and when: in a layer with s = (p v)^2 and d = 1 - 2 eta s
 * the vertical slowness is sqrt(1 - s/d)/v (Alkhalifah 1998: docs/references.md). */
static void trace(const pstm_model *model, double z_m, double p, double *x_m, double *time_s)
{
    *x_m = *time_s = 0.0;
    for (int i = 0; i < model->n_layers && model->layers[i].top_m < z_m; i++) {
        const pstm_model_layer *layer = &model->layers[i];
        const double down_s = thickness_m(model, i, z_m) / layer->v_m_s, s = pow(p * layer->v_m_s, 2.0);
        const double d = 1.0 - 2.0 * layer->eta * s, q = sqrt(1.0 - s / d);
        const double along_m = down_s * p * layer->v_m_s * layer->v_m_s / (d * d * q);
        *x_m += along_m;
        *time_s += p * along_m + down_s * q;
    }
}

/* The slowness by halving: the distance grows with it, without end towards the least 1/(v sqrt(1 + 2 eta)).
 * */
double pstm_layers_leg_time_s(const pstm_model *model, double h_m, double z_m)
{
    enum { HALVINGS = 60 };
    double low = 0.0, high = INFINITY, x_m, time_s;
    for (int i = 0; i < model->n_layers && model->layers[i].top_m < z_m; i++)
        high = fmin(high, 1.0 / (model->layers[i].v_m_s * sqrt(1.0 + 2.0 * model->layers[i].eta)));
    for (int i = 0; i < HALVINGS; i++) {
        const double p = 0.5 * (low + high);
        trace(model, z_m, p, &x_m, &time_s);
        if (x_m < h_m)
            low = p;
        else
            high = p;
    }
    trace(model, z_m, low, &x_m, &time_s);
    return time_s + low * (h_m - x_m); /* dt = p dx */
}

pstm_status pstm_layers_check(const pstm_model *model)
{
    if (model->n_layers == 0 || model->layers[0].top_m != 0.0 || model->gradient != 0.0)
        return pstm_fail(PSTM_USAGE, "the first layer has to begin at depth 0, and the gradient to be 0");
    for (int i = 0; i < model->n_layers; i++) {
        const pstm_model_layer *layer = &model->layers[i];
        if (!(layer->v_m_s > 0.0) || !isfinite(layer->v_m_s))
            return pstm_fail(PSTM_USAGE, "layer %d: %g m/s is no velocity; give one over 0", i, layer->v_m_s);
        if (!(layer->eta > -0.5 && layer->eta <= 2.0))
            return pstm_fail(PSTM_USAGE, "layer %d: eta %g is not between -0.5 and 2", i, layer->eta);
        if (i > 0 && !(layer->top_m > model->layers[i - 1].top_m))
            return pstm_fail(PSTM_USAGE,
                             "layer %d begins at %g m, not below the one before; give layers from "
                             "the surface down",
                             i, layer->top_m);
    }
    return PSTM_OK;
}
