/** @file busy.h
 * How long a unit of a device was busy, told by several that share it and may overlap: each moment counts
 * once. All zero is a unit that nothing was told of. All functions are Local; one thread at a time.
 */
#ifndef PSTM_CORE_BUSY_H
#define PSTM_CORE_BUSY_H

#include <stdint.h>

enum { PSTM_BUSY_STRETCHES = 64 };

typedef struct pstm_busy {
    int32_t n;
    struct {
        double begin_s, end_s;
    } stretches[PSTM_BUSY_STRETCHES]; /**< [n] apart from each other, ascending: the latest that were told */
} pstm_busy;

/**
 * Adds the stretch from begin_s to end_s on any clock, and returns the seconds of it that were not told
 * before. Stretches may come out of order, but not later than PSTM_BUSY_STRETCHES separate ones after their
 * time.
 */
double pstm_busy_add(pstm_busy *busy, double begin_s, double end_s);

#endif
