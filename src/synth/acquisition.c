#include "synth/acquisition.h"

#include <inttypes.h>
#include <math.h>

#include "synth/random.h"

static const double PI = 3.14159265358979323846;

/* Streams of the survey's seed: one for positions, others for noise (synth.c). */
static const uint64_t POSITIONS = UINT64_C(0x706f736974696f6e);

int64_t pstm_acquisition_n_traces(const pstm_acquisition *acquisition)
{
    if (acquisition->random) return acquisition->n_traces;
    return (int64_t)acquisition->n_x * acquisition->n_y * acquisition->n_offsets;
}

/* Source and receiver half an offset on each side of the midpoint. */
static pstm_shot_pair pair_of(double x_m, double y_m, double offset_m, double azimuth_deg)
{
    const double azimuth = azimuth_deg * PI / 180.0;
    const double hx = 0.5 * offset_m * sin(azimuth), hy = 0.5 * offset_m * cos(azimuth);
    return (pstm_shot_pair){x_m - hx, y_m - hy, x_m + hx, y_m + hy};
}

static double uniform_between(pstm_random *random, double low, double high)
{
    return low + (high - low) * pstm_random_uniform(random);
}

pstm_shot_pair pstm_acquisition_pair(const pstm_acquisition *acquisition, uint64_t seed, int64_t i_trace)
{
    const pstm_acquisition *a = acquisition;
    if (a->random) {
        pstm_random random = pstm_random_stream(seed ^ POSITIONS, (uint64_t)i_trace);
        const double x = a->x_m + a->length_x_m * pstm_random_uniform(&random);
        const double y = a->y_m + a->length_y_m * pstm_random_uniform(&random);
        const double offset = uniform_between(&random, a->offset_min_m, a->offset_max_m);
        return pair_of(x, y, offset, uniform_between(&random, a->azimuth_min_deg, a->azimuth_max_deg));
    }
    const pstm_offset_vector *vector = &a->offsets[i_trace % a->n_offsets];
    const int64_t midpoint = i_trace / a->n_offsets;
    return pair_of(a->x_m + (double)(midpoint / a->n_y) * a->step_x_m,
                   a->y_m + (double)(midpoint % a->n_y) * a->step_y_m, vector->offset_m, vector->azimuth_deg);
}

void pstm_acquisition_randomise(pstm_acquisition *acquisition, int64_t n_traces)
{
    pstm_acquisition *a = acquisition;
    a->n_traces = n_traces;
    if (a->random) return;
    a->random = true;
    a->x_m -= 0.5 * a->step_x_m;
    a->y_m -= 0.5 * a->step_y_m;
    a->length_x_m = a->n_x * a->step_x_m;
    a->length_y_m = a->n_y * a->step_y_m;
    a->offset_min_m = a->offset_max_m = a->offsets[0].offset_m;
    a->azimuth_min_deg = a->azimuth_max_deg = a->offsets[0].azimuth_deg;
    for (int32_t i = 1; i < a->n_offsets; i++) {
        a->offset_min_m = fmin(a->offset_min_m, a->offsets[i].offset_m);
        a->offset_max_m = fmax(a->offset_max_m, a->offsets[i].offset_m);
        a->azimuth_min_deg = fmin(a->azimuth_min_deg, a->offsets[i].azimuth_deg);
        a->azimuth_max_deg = fmax(a->azimuth_max_deg, a->offsets[i].azimuth_deg);
    }
}

static pstm_status check_random(const pstm_acquisition *a)
{
    if (a->n_traces < 1) return pstm_fail(PSTM_USAGE, "%" PRId64 " traces: give 1 or more", a->n_traces);
    if (!(a->length_x_m >= 0.0 && a->length_y_m >= 0.0) || !isfinite(a->length_x_m + a->length_y_m))
        return pstm_fail(PSTM_USAGE, "midpoint area %g x %g m: give lengths of 0 or more", a->length_x_m,
                         a->length_y_m);
    if (!(a->offset_min_m >= 0.0 && a->offset_max_m >= a->offset_min_m) || !isfinite(a->offset_max_m))
        return pstm_fail(PSTM_USAGE, "offsets %g to %g m: give a range that rises from 0 or more",
                         a->offset_min_m, a->offset_max_m);
    if (!(a->azimuth_max_deg >= a->azimuth_min_deg) || !isfinite(a->azimuth_max_deg - a->azimuth_min_deg))
        return pstm_fail(PSTM_USAGE, "azimuths %g to %g degrees: give a range that rises", a->azimuth_min_deg,
                         a->azimuth_max_deg);
    return PSTM_OK;
}

pstm_status pstm_acquisition_check(const pstm_acquisition *acquisition)
{
    const pstm_acquisition *a = acquisition;
    if (!isfinite(a->x_m) || !isfinite(a->y_m))
        return pstm_fail(PSTM_USAGE, "the first midpoint is not finite");
    if (a->random) return check_random(a);
    if (a->n_x < 1 || a->n_y < 1 || a->n_offsets < 1 || a->n_offsets > PSTM_ACQUISITION_OFFSETS)
        return pstm_fail(PSTM_USAGE,
                         "%d x %d midpoints with %d offsets: give 1 or more of each (at most %d offsets)",
                         a->n_x, a->n_y, a->n_offsets, PSTM_ACQUISITION_OFFSETS);
    if (!(a->step_x_m > 0.0 && a->step_y_m > 0.0) || !isfinite(a->step_x_m + a->step_y_m))
        return pstm_fail(PSTM_USAGE, "midpoint steps %g x %g m: give lengths over 0", a->step_x_m,
                         a->step_y_m);
    for (int32_t i = 0; i < a->n_offsets; i++)
        if (!(a->offsets[i].offset_m >= 0.0) || !isfinite(a->offsets[i].offset_m + a->offsets[i].azimuth_deg))
            return pstm_fail(PSTM_USAGE, "offset %d: %g m is not a distance of 0 or more", i,
                             a->offsets[i].offset_m);
    return PSTM_OK;
}
