/** @file device_times.h
 * What a device with a memory of its own measures of itself, by its own clock (events on a GPU's streams).
 * Local.
 */
#ifndef PSTM_DEVICE_DEVICE_TIMES_H
#define PSTM_DEVICE_DEVICE_TIMES_H

/** X(name, text, meaning): the steps of its work. */
#define PSTM_DEVICE_STEP_LIST(X)                                                                             \
    X(COPY_IN, "copy_in", "traces to the device")                                                            \
    X(PREPARE, "prepare", "tables of a tile, and traces as the kernels want them")                           \
    X(MIGRATE, "migrate", "the kernels of the sum")                                                          \
    X(READ_BACK, "read_back", "image and fold from the device")

typedef enum pstm_device_step {
#define PSTM_DEVICE_STEP_ENTRY(name, text, meaning) PSTM_DEVICE_STEP_##name,
    PSTM_DEVICE_STEP_LIST(PSTM_DEVICE_STEP_ENTRY)
#undef PSTM_DEVICE_STEP_ENTRY
        PSTM_DEVICE_STEPS
} pstm_device_step;

/** Sums so far; they add over devices. */
typedef struct pstm_device_times {
    double step_s[PSTM_DEVICE_STEPS]; /**< steps overlap; where devices share a unit, what one waits for the
                                         others is in its steps */
    double busy_s; /**< in which kernels of the sum ran on the unit, counted once for all devices of
                        this process that share it */
    double limit;  /**< contributions that the unit can make at most in busy_s; 0: not known */
} pstm_device_times;

/** Adds b to a. */
static inline void pstm_device_times_add(pstm_device_times *a, const pstm_device_times *b)
{
    for (int step = 0; step < PSTM_DEVICE_STEPS; step++)
        a->step_s[step] += b->step_s[step];
    a->busy_s += b->busy_s;
    a->limit += b->limit;
}

#endif
