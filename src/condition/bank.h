/** @file bank.h
 * The low-passed copies of a conditioned trace that antialias.h chooses from.
 *
 * Level n keeps frequencies below f_c = f_N * 2^(-n/2), f_N the Nyquist frequency of the input: zero phase,
 * 1 up to f_c / 2, from there a raised cosine down to 0 at f_c; unit gain at zero frequency. The filters run
 * in double; for them the trace goes on beyond its live window as for those of condition.h. A copy has the
 * live window of its trace and is zero outside. All functions are Local.
 */
#ifndef PSTM_CONDITION_BANK_H
#define PSTM_CONDITION_BANK_H

#include <stdint.h>

#include "core/status.h"

/** Raised when the same traces give other copies. */
enum { PSTM_BANK_NUMERICS = 1 };

/** The filters of a job; read-only after its creation, so threads may share it. */
typedef struct pstm_bank pstm_bank;

/** The buffers of one thread. */
typedef struct pstm_bank_work pstm_bank_work;

/** The gain of a level at a frequency that is this fraction of f_N. */
double pstm_bank_gain(int32_t level, double fraction);

/**
 * Makes the filters of levels 1 to n_levels - 1 for traces of n_samples; none with n_levels 1. *out is owned
 * by the caller. Planning FFTs is not thread-safe: create and destroy while no other thread creates or
 * destroys one. PSTM_SYSTEM without memory.
 */
PSTM_MUST_CHECK pstm_status pstm_bank_create(int32_t n_samples, int32_t n_levels, pstm_bank **out);

/** Frees *bank and sets it to NULL; NULL-safe. */
void pstm_bank_destroy(pstm_bank **bank);

/** Bytes of a thread's buffers. */
int64_t pstm_bank_work_bytes(const pstm_bank *bank);

/** Makes the buffers that one thread needs for pstm_bank_apply(). Thread-safe. */
PSTM_MUST_CHECK pstm_status pstm_bank_work_create(const pstm_bank *bank, pstm_bank_work **out);

/** Frees *work and sets it to NULL; NULL-safe. Thread-safe. */
void pstm_bank_work_destroy(pstm_bank_work **work);

/**
 * Writes the copies of a trace. samples: [n_levels][stride], of which the first n_samples of each row are
 * the copy; row 0 is the conditioned trace, and read. Thread-safe with a `work` of the thread's own.
 */
void pstm_bank_apply(const pstm_bank *bank, pstm_bank_work *work, int32_t live_first, int32_t live_last,
                     float *samples, int64_t stride);

#endif
