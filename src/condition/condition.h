/** @file condition.h
 * What is done to each trace once, before it is stored and migrated.
 *
 * In this order:
 *   1. checks on the recorded samples: NaN or infinite -> NOT_FINITE; beyond PSTM_ABSURD_SAMPLE -> ABSURD;
 *      all zero -> DEAD; largest absolute sample over the rms of the recorded samples above max_over_rms ->
 *      OUTLIER;
 *   2. mutes: samples earlier than mute_delay + offset/mute_velocity, and samples in the header mute
 *      [start, end) when it is used; a raised-cosine ramp of mute_taper follows each. Nothing left -> MUTED;
 *   3. live window: from the first to the last sample that is not muted. Recorded zeros are data and live;
 *      samples that the file does not hold (a short trace) are not;
 *      of input with raw spreading each sample is multiplied by its time in seconds, 0 before the shot;
 *      with ramps_ends it falls to 0 at its last sample over mute_taper, by the ramp of a mute turned round;
 *   4. band-pass: zero phase, a trapezium in frequency with raised-cosine slopes;
 *   5. AGC: each sample over the rms of the live samples in a window centred on it. The gain stops growing
 *      100 dB below the trace's largest sample, so zeros stay zero;
 *   6. wavelet filter (wavelet.h), after the AGC, which would undo its factor omega;
 *   7. zero outside the live window.
 * For the filters the trace goes on beyond its live window with its end values, which fade out over
 * PSTM_CONDITION_FADE samples; a cut to zero would ring.
 *
 * Times count from the shot instant. A sample on the border of a mute, within 1e-6 of a sample, is live.
 * The result of a trace depends on that trace and the conditioner alone, bit for bit: not on threads,
 * ranks, the order of traces, or the run. All functions are Local.
 */
#ifndef PSTM_CONDITION_CONDITION_H
#define PSTM_CONDITION_CONDITION_H

#include <stdint.h>

#include "condition/condition_options.h"
#include "core/status.h"
#include "survey/trace.h"

/** Samples over which the end values of the live window fade out beyond it, for the filters. */
enum { PSTM_CONDITION_FADE = 64 };

/** No recording and no model has larger samples. In a wrong byte order exponents are random, and many are. */
#define PSTM_ABSURD_SAMPLE 1e25

/** The filters and FFT plans of a job; read-only after its creation, so threads may share it. */
typedef struct pstm_conditioner pstm_conditioner;

/** The buffers of one thread. */
typedef struct pstm_condition_work pstm_condition_work;

/**
 * Makes the conditioner of traces of n_samples samples, sample_s seconds apart. `wavelet` is resolved: OFF,
 * 2D or 3D. *out is owned by the caller (pstm_conditioner_destroy). `options` is copied.
 * Planning FFTs is not thread-safe: create and destroy while no other thread creates or destroys one.
 * PSTM_USAGE naming the key that cannot be met; PSTM_SYSTEM without memory.
 */
PSTM_MUST_CHECK pstm_status pstm_conditioner_create(const pstm_condition_options *options,
                                                    pstm_wavelet wavelet, int32_t n_samples, double sample_s,
                                                    pstm_conditioner **out);

/** Frees *conditioner and sets it to NULL; NULL-safe. */
void pstm_conditioner_destroy(pstm_conditioner **conditioner);

/** Makes the buffers that one thread needs for pstm_conditioner_apply(). Thread-safe. */
PSTM_MUST_CHECK pstm_status pstm_condition_work_create(const pstm_conditioner *conditioner,
                                                       pstm_condition_work **out);

/** Frees *work and sets it to NULL; NULL-safe. Thread-safe. */
void pstm_condition_work_destroy(pstm_condition_work **work);

/**
 * Conditions one trace in place. Thread-safe with a `work` of the thread's own.
 *
 * samples: [n_samples of the conditioner]; in: the first trace->n_samples are recorded, what the others
 *          hold is ignored; out: conditioned, zero outside the live window. Nothing outside is touched.
 * trace:   in: positions, start_s, n_samples, header mute, fate; out: live_first, live_last, fate.
 *          A fate other than KEPT on entry stays. A trace that is not KEPT ends with zeros and
 *          live_first = 0 > live_last = -1.
 *
 * A trace whose filtered samples overflow is NOT_FINITE.
 * PSTM_DATA naming the trace, with nothing touched, when trace->n_samples is negative or too large.
 */
PSTM_MUST_CHECK pstm_status pstm_conditioner_apply(const pstm_conditioner *conditioner,
                                                   pstm_condition_work *work, pstm_trace *trace,
                                                   float *samples);

#endif
