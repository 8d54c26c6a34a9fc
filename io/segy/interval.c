/* How far apart samples are. */
#include <inttypes.h>
#include <math.h>

#include "io/segy/reading.h"

/* Recordings last longer, but for models in a tank, whose intervals are then no whole microseconds. */
static const double SHORTEST_RECORD_S = 0.02;
/* Intervals above are none of microseconds: 16 ms is the longest of reflection seismics. */
static const double LONGEST_MS = 16;
/* 2 bytes with a sign, as the standard has them, end here. */
static const double LONGEST_US = 32767;

/* 2: an interval of field recorders and resamplings; 1: one that may be; 0: none. */
static int plausibility(double us, int64_t n_samples)
{
    if (us > LONGEST_US || !(us > 0)) return 0;
    const bool is_round = fmod(us, 125) == 0 || fmod(1e6, us) == 0;
    return is_round && us * (double)n_samples >= 1e6 * SHORTEST_RECORD_S ? 2 : 1;
}

/* What the first, second, middle and last trace have. */
typedef struct intervals {
    uint16_t first_us;  /* of the first of them that has one; 0: none */
    uint16_t same_us;   /* of all of them; 0: they differ */
    bool any_plausible; /* has a usual one */
} intervals;

static pstm_status find_in_traces(const pstm_segy *file, intervals *found)
{
    const pstm_segy_reading r = {file->first_trace, file->header_bytes, file->n_samples};
    const int64_t n = file->n_traces, places[4] = {0, n > 1 ? 1 : 0, n / 2, n - 1};
    bool differ = false;
    *found = (intervals){0};
    for (int i = 0; i < 4; i++) {
        pstm_segy_look look;
        PSTM_TRY(pstm_segy_look_at(file, &r, places[i], &look));
        if (found->first_us == 0) found->first_us = look.interval_us;
        differ = differ || look.interval_us != found->first_us;
        found->any_plausible = found->any_plausible || plausibility(look.interval_us, file->n_samples) == 2;
    }
    found->same_us = differ ? 0 : found->first_us;
    return PSTM_OK;
}

static double find_in_binary(const pstm_segy *file, const pstm_segy_head *head)
{
    if (file->kind == PSTM_KIND_SU) return 0;
    const double us =
        file->revision == 2 ? pstm_segy_f64(head->bytes, PSTM_BIN_EXT_INTERVAL, file->little) : 0;
    return us > 0 && us < 1e9 ? us : file->interval_us[0];
}

static pstm_status doubt_unit(pstm_segy *file, double us)
{
    const double ms = us <= LONGEST_MS ? us : 0;
    if (us <= LONGEST_US && (ms == 0 || us * file->n_samples >= 1e6 * SHORTEST_RECORD_S)) return PSTM_OK;
    if (ms > 0)
        return pstm_doubts_add(
            &file->doubts, PSTM_DOUBT_INTERVAL_UNIT, true,
            "a sample interval of %g us makes %d samples %.3g ms long: it looks like one of %g ms "
            "(input.sample_interval: %g)",
            us, (int)file->n_samples, us * file->n_samples / 1e3, ms, ms / 1e3);
    return pstm_doubts_add(&file->doubts, PSTM_DOUBT_INTERVAL_UNIT, true,
                           "a sample interval of %g us makes %d samples %.3g s long; with a sign it is %g us",
                           us, (int)file->n_samples, us * file->n_samples / 1e6, us - 65536);
}

pstm_status pstm_segy_find_interval(pstm_segy *file, const pstm_segy_head *head)
{
    intervals traces;
    if (file->kind == PSTM_KIND_SEGY)
        file->interval_us[0] = pstm_segy_u16(head->bytes, SEGY_BIN_INTERVAL, file->little);
    PSTM_TRY(find_in_traces(file, &traces));
    file->interval_us[1] = traces.first_us;
    const double binary_us = find_in_binary(file, head);
    const bool contradict =
        file->interval_us[1] != 0 && binary_us > 0 && fabs(binary_us - file->interval_us[1]) >= 1;
    const bool better = contradict && plausibility(traces.same_us, file->n_samples) >
                                          plausibility(binary_us, file->n_samples);
    const double us = better || !(binary_us > 0) ? file->interval_us[1] : binary_us;
    if (better) file->interval_us[0] = 0;
    file->ignores_intervals = contradict && !traces.any_plausible && plausibility(us, file->n_samples) == 2;
    file->sample_s = file->how.sample_s > 0 ? file->how.sample_s : us / 1e6;
    if (!(file->sample_s > 0))
        return pstm_fail(
            PSTM_DATA,
            "%s: the sample interval is zero in the binary header (byte %d) and in trace 1 (byte %d); set "
            "input.sample_interval, in seconds",
            file->path, SEGY_BIN_INTERVAL, (int)file->how.bytes.sample_interval);
    if (file->how.sample_s > 0) return PSTM_OK;
    if (contradict)
        PSTM_TRY(pstm_doubts_add(
            &file->doubts, PSTM_DOUBT_SAMPLE_INTERVAL, false,
            "the sample interval is %g us in the binary header (byte %d) and %u us in trace 1 (byte "
            "%d): taken is %g us",
            binary_us, SEGY_BIN_INTERVAL, file->interval_us[1], (int)file->how.bytes.sample_interval, us));
    return doubt_unit(file, us);
}
