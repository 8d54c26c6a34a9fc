#include "synth/synth.h"

#include <math.h>
#include <string.h>

#include "synth/random.h"

static const double PI = 3.14159265358979323846;

/* Beyond a = (pi f t)^2 of this a Ricker wavelet is under 1e-15 of its peak: nothing to a float. */
static const double RICKER_END = 40.0;

/* Streams of the survey's seed (acquisition.c has another). */
static const uint64_t FATES = UINT64_C(0x6661746573), NOISE = UINT64_C(0x6e6f697365);

pstm_status pstm_synth_check(const pstm_synth *synth)
{
    PSTM_TRY(pstm_model_check(&synth->model));
    PSTM_TRY(pstm_acquisition_check(&synth->acquisition));
    if (synth->n_samples < 2 || !(synth->sample_s > 0.0) || !isfinite(synth->sample_s))
        return pstm_fail(PSTM_USAGE, "%d samples, %g s apart: give 2 or more and a positive interval",
                         synth->n_samples, synth->sample_s);
    if (synth->model.peak_hz >= 0.5 / synth->sample_s)
        return pstm_fail(PSTM_USAGE,
                         "peak frequency %g Hz is not below the Nyquist frequency %g Hz; sample more densely",
                         synth->model.peak_hz, 0.5 / synth->sample_s);
    if (!(synth->noise >= 0.0) || !isfinite(synth->noise))
        return pstm_fail(PSTM_USAGE, "noise %g: give a standard deviation of 0 or more", synth->noise);
    if (!(synth->dead_fraction >= 0.0 && synth->dead_fraction <= 1.0))
        return pstm_fail(PSTM_USAGE, "share of dead traces %g is outside [0, 1]", synth->dead_fraction);
    const pstm_grid *grid = &synth->grid;
    if (grid->n_inline < 1 || grid->n_crossline < 1 || grid->n_times < 1 || !(grid->step_inline_m > 0.0) ||
        !(grid->step_crossline_m > 0.0) || !(grid->time_step_s > 0.0) ||
        !isfinite(grid->origin_x_m + grid->origin_y_m + grid->azimuth_deg))
        return pstm_fail(PSTM_USAGE, "image grid: give counts of 1 or more, steps over 0, a finite origin");
    return PSTM_OK;
}

void pstm_synth_to_world(const pstm_synth *synth, double local_x_m, double local_y_m, double *x_m,
                         double *y_m)
{
    const pstm_grid *grid = &synth->grid;
    *x_m = grid->origin_x_m + local_x_m * grid->cos_azimuth + local_y_m * grid->sin_azimuth;
    *y_m = grid->origin_y_m - local_x_m * grid->sin_azimuth + local_y_m * grid->cos_azimuth;
}

static pstm_trace_fate fate_of(const pstm_synth *synth, int64_t i_trace)
{
    pstm_random random = pstm_random_stream(synth->seed ^ FATES, (uint64_t)i_trace);
    const double draw = pstm_random_uniform(&random);
    if (draw < 0.5 * synth->dead_fraction) return PSTM_TRACE_DEAD;
    if (draw < synth->dead_fraction) return PSTM_TRACE_NOT_SEISMIC;
    return PSTM_TRACE_KEPT;
}

static void add_noise(const pstm_synth *synth, int64_t i_trace, double deviation, float *samples)
{
    pstm_random random = pstm_random_stream(synth->seed ^ NOISE, (uint64_t)i_trace);
    for (int32_t i = 0; i < synth->n_samples; i++)
        samples[i] = (float)(samples[i] + deviation * pstm_random_gaussian(&random));
}

static void add_event(const pstm_synth *synth, pstm_event event, float *samples)
{
    if (event.amplitude == 0.0) return;
    const double half_s = sqrt(RICKER_END) / (PI * synth->model.peak_hz);
    const double first = ceil((event.time_s - half_s) / synth->sample_s);
    const double last = floor((event.time_s + half_s) / synth->sample_s);
    const double end = (double)synth->n_samples - 1.0;
    /* NOLINTNEXTLINE(clang-analyzer-security.FloatLoopCounter): whole numbers, of which first may be huge */
    for (double i = fmax(first, 0.0); i <= fmin(last, end); i += 1.0) {
        const double wavelet = pstm_ricker(synth->model.peak_hz, i * synth->sample_s - event.time_s);
        float *sample = &samples[(int64_t)i];
        *sample = (float)(*sample + event.amplitude * wavelet);
    }
}

static void add_model(const pstm_synth *synth, const pstm_shot_pair *pair, float *samples)
{
    const pstm_model *model = &synth->model;
    for (int i = 0; i < model->n_diffractors; i++)
        add_event(synth,
                  pstm_diffractor_event(model, &model->diffractors[i], pair->sx_m, pair->sy_m, pair->rx_m,
                                        pair->ry_m),
                  samples);
    for (int i = 0; i < model->n_reflectors; i++)
        add_event(synth,
                  pstm_reflector_event(model, &model->reflectors[i], pair->sx_m, pair->sy_m, pair->rx_m,
                                       pair->ry_m),
                  samples);
}

void pstm_synth_trace(const pstm_synth *synth, int64_t i_trace, pstm_trace *trace, float *samples)
{
    const pstm_shot_pair pair = pstm_acquisition_pair(&synth->acquisition, synth->seed, i_trace);
    *trace = (pstm_trace){
        .number = i_trace,
        .n_samples = synth->n_samples,
        .live_last = synth->n_samples - 1,
        .fate = (int32_t)fate_of(synth, i_trace),
    };
    pstm_synth_to_world(synth, pair.sx_m, pair.sy_m, &trace->source_x_m, &trace->source_y_m);
    pstm_synth_to_world(synth, pair.rx_m, pair.ry_m, &trace->receiver_x_m, &trace->receiver_y_m);
    memset(samples, 0, (size_t)synth->n_samples * sizeof *samples);
    if (trace->fate == PSTM_TRACE_NOT_SEISMIC) add_noise(synth, i_trace, 1.0, samples);
    if (trace->fate != PSTM_TRACE_KEPT) return;
    add_model(synth, &pair, samples);
    if (synth->noise > 0.0) add_noise(synth, i_trace, synth->noise, samples);
}
