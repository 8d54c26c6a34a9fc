/** @file condition_fixture.h  One trace and its conditioning, for the tests of the conditioner. */
#ifndef PSTM_TESTS_CONDITION_CONDITION_FIXTURE_H
#define PSTM_TESTS_CONDITION_CONDITION_FIXTURE_H

#include <stdint.h>

#include "condition/condition.h"

enum { N = 500 }; /**< samples of a trace */
#define SAMPLE_S 0.002

/** Keys with everything off. */
pstm_condition_options nothing_on(void);

/** A full trace of 600 m offset from 0 s on, number 41. */
pstm_trace a_trace(void);

/** Conditions one trace with a conditioner of its own. */
pstm_status condition(const pstm_condition_options *keys, pstm_wavelet wavelet, pstm_trace *trace,
                      float *samples);

void fill(float *samples, float value);

/** A repeatable noise in (-1, 1). */
void fill_noise(float *samples, int n, uint32_t seed);

/** The trace has this fate, no live window and zeros only. */
void assert_dropped(const pstm_trace *trace, const float *samples, int fate);

/** The trace is kept and live in [first, last]. */
void assert_live(const pstm_trace *trace, int first, int last);

#endif
