/* The texts that go with a synthetic survey: its answers, its velocity, its job. */
#include <inttypes.h>
#include <math.h>

#include "synth/synth.h"

/* Knots of the velocity text: linear between them, vrms of v0 + k z is off by under 0.01 %. */
static const double KNOT_S = 0.05, KNOT_OF_LAYERS_S = 0.01;

static pstm_status add_diffractors(const pstm_synth *synth, pstm_text *text)
{
    const pstm_model *model = &synth->model;
    PSTM_TRY(pstm_text_add(text, "# diffractors: t0_s is where the image focuses\n"
                                 "# kind index x_m y_m inline crossline depth_m t0_s vrms_m_s amplitude\n"));
    for (int i = 0; i < model->n_diffractors; i++) {
        const pstm_diffractor *d = &model->diffractors[i];
        double x, y;
        pstm_synth_to_world(synth, d->x_m, d->y_m, &x, &y);
        const double t0 = pstm_vertical_time_s(model, d->z_m);
        PSTM_TRY(pstm_text_add(text, "diffractor %d %.2f %.2f %.3f %.3f %.3f %.6f %.3f %g\n", i, x, y,
                               synth->grid.first_inline + d->x_m / synth->grid.step_inline_m,
                               synth->grid.first_crossline + d->y_m / synth->grid.step_crossline_m, d->z_m,
                               t0, pstm_model_vrms(model, t0), d->amplitude));
    }
    return PSTM_OK;
}

static pstm_status add_reflector(const pstm_synth *synth, int i, pstm_text *text)
{
    enum { LINES = 5 }; /* nodes on each axis at which the answer is given */
    const pstm_reflector *r = &synth->model.reflectors[i];
    const pstm_grid *grid = &synth->grid;
    for (int a = 0; a < LINES; a++)
        for (int b = 0; b < LINES; b++) {
            const int64_t i_inline = (int64_t)(grid->n_inline - 1) * a / (LINES - 1);
            const int64_t i_crossline = (int64_t)(grid->n_crossline - 1) * b / (LINES - 1);
            const double local_x = (double)i_inline * grid->step_inline_m;
            const double local_y = (double)i_crossline * grid->step_crossline_m;
            double x, y;
            pstm_synth_to_world(synth, local_x, local_y, &x, &y);
            PSTM_TRY(pstm_text_add(text, "reflector %d %.2f %.2f %" PRId64 " %" PRId64 " %.3f %.6f %g\n", i,
                                   x, y, grid->first_inline + i_inline, grid->first_crossline + i_crossline,
                                   pstm_reflector_depth_m(r, local_x, local_y),
                                   pstm_reflector_image_time_s(&synth->model, r, local_x, local_y),
                                   r->amplitude));
        }
    return PSTM_OK;
}

pstm_status pstm_synth_add_truth(const pstm_synth *synth, pstm_text *text)
{
    const pstm_model *model = &synth->model;
    const char *const words[] = {"v = v0 + gradient z", "vrms = v0 + gradient t0 (depths are vrms t0/2)",
                                 "layers, of which v0 is the first's"}; /* by pstm_background */
    const bool vrms = model->background == PSTM_BACKGROUND_VRMS;
    PSTM_TRY(pstm_text_add(text,
                           "# Where a right time migration puts the events of this survey.\n"
                           "# %s: v0 %.6g m/s, gradient %.6g %s; Ricker wavelet of %.6g Hz; seed %" PRIu64
                           ", noise %g, dead share %g\n",
                           words[model->background], model->v0_m_s, model->gradient, vrms ? "m/s2" : "1/s",
                           model->peak_hz, synth->seed, synth->noise, synth->dead_fraction));
    for (int i = 0; model->background == PSTM_BACKGROUND_LAYERS && i < model->n_layers; i++)
        PSTM_TRY(pstm_text_add(text, "# layer %d: from %.6g m, %.6g m/s, eta %.6g\n", i,
                               model->layers[i].top_m, model->layers[i].v_m_s, model->layers[i].eta));
    if (model->spreading != PSTM_SPREADING_DEPTH)
        PSTM_TRY(pstm_text_add(text, "# Amplitudes of reflectors are reflectivities; %s\n",
                               model->spreading == PSTM_SPREADING_RAW
                                   ? "the data are those of a point source, 1/(4 pi path)"
                                   : "the data are corrected for spreading"));
    PSTM_TRY(pstm_text_add(text, "# Points carry the bare wavelet: zero phase with condition.wavelet off.\n"
                                 "# Planes are zero phase with condition.wavelet 3d (or auto).\n"));
    PSTM_TRY(add_diffractors(synth, text));
    PSTM_TRY(pstm_text_add(
        text, "# reflectors at some nodes: t0_s is the vertical two-way time there; nan: not known "
              "exactly\n# kind index x_m y_m inline crossline depth_m t0_s amplitude\n"));
    for (int i = 0; i < model->n_reflectors; i++)
        PSTM_TRY(add_reflector(synth, i, text));
    return PSTM_OK;
}

static pstm_status add_knot(const pstm_model *model, double t0_s, pstm_text *text)
{
    return pstm_text_add(text, "%.6f %.6f\n", t0_s, pstm_model_vrms(model, t0_s));
}

/* Of layers the times of their tops are knots too. */
static pstm_status add_tops(const pstm_model *model, double after_s, double before_s, pstm_text *text)
{
    enum { NEAREST_S = 1000000 }; /* the text has microseconds */
    for (int i = 1; model->background == PSTM_BACKGROUND_LAYERS && i < model->n_layers; i++) {
        const double t0_s = pstm_vertical_time_s(model, model->layers[i].top_m);
        if (t0_s > after_s + 1.5 / NEAREST_S && t0_s < before_s - 1.5 / NEAREST_S)
            PSTM_TRY(add_knot(model, t0_s, text));
    }
    return PSTM_OK;
}

pstm_status pstm_synth_add_velocity(const pstm_synth *synth, pstm_text *text)
{
    const pstm_model *model = &synth->model;
    const double end_s = pstm_grid_time_s(&synth->grid, synth->grid.n_times - 1);
    const bool layers = model->background == PSTM_BACKGROUND_LAYERS;
    const bool straight = model->background == PSTM_BACKGROUND_VRMS || (model->gradient == 0.0 && !layers);
    const int64_t n = straight ? 1 : (int64_t)fmax(1.0, ceil(end_s / (layers ? KNOT_OF_LAYERS_S : KNOT_S)));
    PSTM_TRY(pstm_text_add(text, "# vrms of the model: two-way time in s, velocity in m/s\n"));
    for (int64_t i = 0; i <= n; i++) {
        const double t0 = end_s * (double)i / (double)n;
        PSTM_TRY(add_knot(model, t0, text));
        if (end_s == 0.0) break; /* an image of one sample: one line, since times must rise */
        if (i < n) PSTM_TRY(add_tops(model, t0, end_s * (double)(i + 1) / (double)n, text));
    }
    return PSTM_OK;
}

static pstm_status add_grid(const pstm_grid *grid, pstm_text *text)
{
    PSTM_TRY(pstm_text_add(text, "grid:\n  origin: [%.12g, %.12g]\n  azimuth: %.12g\n", grid->origin_x_m,
                           grid->origin_y_m, grid->azimuth_deg));
    PSTM_TRY(pstm_text_add(text, "  inline: { n: %d, step: %.12g, first: %d }\n", grid->n_inline,
                           grid->step_inline_m, grid->first_inline));
    PSTM_TRY(pstm_text_add(text, "  crossline: { n: %d, step: %.12g, first: %d }\n", grid->n_crossline,
                           grid->step_crossline_m, grid->first_crossline));
    return pstm_text_add(text, "  time: { n: %d, step: %.12g, first: %.12g }\n", grid->n_times,
                         grid->time_step_s, grid->time_first_s);
}

pstm_status pstm_synth_add_job(const pstm_synth *synth, pstm_text *text)
{
    PSTM_TRY(pstm_text_add(text,
                           "# The job of a synthetic survey; truth.txt holds the answers.\n"
                           "input: { segy: [survey.sgy] }\n"
                           "condition: { wavelet: %s } # %s\n",
                           synth->bare_wavelet ? "off" : "auto",
                           synth->bare_wavelet ? "points with the bare wavelet need no filter"
                                               : "a 3D survey takes 3d, for its planes"));
    PSTM_TRY(add_grid(&synth->grid, text));
    PSTM_TRY(pstm_text_add(text, "velocity: { file: velocity.txt }\n"));
    if (synth->n_classes > 0)
        PSTM_TRY(pstm_text_add(text, "offsets: { first: %.12g, step: %.12g, n: %d }\n", synth->class_first_m,
                               synth->class_step_m, synth->n_classes));
    PSTM_TRY(pstm_text_add(text, "migrate:\n  aperture: { "));
    if (isfinite(synth->aperture_m)) PSTM_TRY(pstm_text_add(text, "distance: %.12g, ", synth->aperture_m));
    PSTM_TRY(pstm_text_add(text, "angle: %.12g, taper: %s }\n  weight: %s\n  antialias: off\n",
                           synth->aperture_deg, synth->true_amplitude ? "0.25" : "0",
                           synth->true_amplitude ? "true" : "obliquity"));
    if (synth->model.spreading == PSTM_SPREADING_RAW) PSTM_TRY(pstm_text_add(text, "  spreading: raw\n"));
    return pstm_text_add(text, "output: { file: image.h5, gathers: %s }\n",
                         synth->n_classes > 1 ? "auto" : "off");
}
