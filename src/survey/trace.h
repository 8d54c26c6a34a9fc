/** @file trace.h
 * What is known of one input trace besides its samples.
 */
#ifndef PSTM_SURVEY_TRACE_H
#define PSTM_SURVEY_TRACE_H

#include <math.h>
#include <stdint.h>

/**
 * X(name, text): why a trace contributes or not. The first is the only one that contributes. Traces
 * with a fate known from the headers alone (NOT_SEISMIC, NO_POSITION, NO_COORDINATES) do not enter the
 * KD-tree; those found in the samples do, and have no live window.
 */
#define PSTM_TRACE_FATE_LIST(X)                                                                              \
    X(KEPT, "kept")                                                                                          \
    X(NOT_SEISMIC, "not a live seismic trace by its identification code")                                    \
    X(NO_POSITION, "source or receiver position is not finite")                                              \
    X(DEAD, "all samples are zero")                                                                          \
    X(NOT_FINITE, "a sample is NaN or infinite")                                                             \
    X(OUTLIER, "max/rms over condition.max_over_rms")                                                        \
    X(MUTED, "muted from end to end")                                                                        \
    X(ABSURD, "a sample is beyond 1e25")                                                                     \
    X(NO_COORDINATES, "source or receiver is at (0, 0), unlike all others")

typedef enum pstm_trace_fate {
#define PSTM_TRACE_FATE_ENTRY(name, text) PSTM_TRACE_##name,
    PSTM_TRACE_FATE_LIST(PSTM_TRACE_FATE_ENTRY)
#undef PSTM_TRACE_FATE_ENTRY
        PSTM_TRACE_FATES
} pstm_trace_fate;

/** The words for a pstm_trace_fate, for example "all samples are zero"; never NULL. Local. */
static inline const char *pstm_trace_fate_text(int32_t fate)
{
    static const char *const texts[] = {
#define PSTM_TRACE_FATE_WORDS(name, text) text,
        PSTM_TRACE_FATE_LIST(PSTM_TRACE_FATE_WORDS)
#undef PSTM_TRACE_FATE_WORDS
    };
    return fate >= 0 && fate < PSTM_TRACE_FATES ? texts[fate] : "unknown";
}

/**
 * One input trace. Plain data: the trace store keeps these bytes as they are (72 bytes, no padding).
 * Times count from the shot instant; sample i is at start_s + i * (the survey's sample interval).
 */
typedef struct pstm_trace {
    double source_x_m, source_y_m;      /**< after the coordinate scalar */
    double receiver_x_m, receiver_y_m;  /**< after the coordinate scalar */
    double start_s;                     /**< time of sample 0 (delay recording time) */
    int64_t number;                     /**< 0-based place in its file */
    int32_t file;                       /**< index into the job's list of input files */
    int32_t n_samples;                  /**< samples that the file holds for it */
    int32_t live_first, live_last;      /**< live window, inclusive sample indices; first > last: none */
    int16_t mute_start_ms, mute_end_ms; /**< header mute [start, end), as in the file; equal: none */
    int32_t fate;                       /**< a pstm_trace_fate */
} pstm_trace;

_Static_assert(sizeof(pstm_trace) == 72, "the trace store relies on this layout");

/** Source-receiver distance in metres. */
static inline double pstm_trace_offset_m(const pstm_trace *trace)
{
    return hypot(trace->receiver_x_m - trace->source_x_m, trace->receiver_y_m - trace->source_y_m);
}

#endif
