/** @file memory.h
 * Allocation with checked sizes. Memory comes zeroed and 64-byte aligned. All functions are Local.
 */
#ifndef PSTM_CORE_MEMORY_H
#define PSTM_CORE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

/**
 * Allocates n * element_bytes zeroed bytes into *out, owned by the caller, who gives them to pstm_free().
 * n = 0 gives a valid pointer. PSTM_SYSTEM, naming `what` and the size, if n is negative, the product
 * overflows or memory is short. Use the macro PSTM_NEW().
 */
PSTM_MUST_CHECK pstm_status pstm_new(void **out, int64_t n, size_t element_bytes, const char *what);

/** pstm_new() for a typed pointer: PSTM_NEW(&traces, n, "trace headers"). */
#define PSTM_NEW(out, n, what) pstm_new((void **)(out), (n), sizeof **(out), (what))

/**
 * Grows *array (NULL at first) of *capacity elements so that it holds at least n; new elements are zero.
 * The address may change. Growth is by half, so appending is linear.
 */
PSTM_MUST_CHECK pstm_status pstm_grow(void **array, int64_t *capacity, int64_t n, size_t element_bytes,
                                      const char *what);
#define PSTM_GROW(array, capacity, n, what)                                                                  \
    pstm_grow((void **)(array), (capacity), (n), sizeof **(array), (what))

/**
 * Makes room for n elements in *array (NULL at first) of *capacity: what it held is lost, and the old goes
 * before the new comes, so that no more than the largest n is ever held. After a failure the array is empty.
 */
PSTM_MUST_CHECK pstm_status pstm_renew(void **array, int64_t *capacity, int64_t n, size_t element_bytes,
                                       const char *what);
#define PSTM_RENEW(array, capacity, n, what)                                                                 \
    pstm_renew((void **)(array), (capacity), (n), sizeof **(array), (what))

/** Frees *pointer and sets it to NULL. NULL-safe and idempotent: PSTM_FREE(&p). */
void pstm_free(void **pointer);
#define PSTM_FREE(pointer) pstm_free((void **)(pointer))

/** Copies a string; owned by the caller (pstm_free). */
PSTM_MUST_CHECK pstm_status pstm_copy_text(char **out, const char *text);

#endif
