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

/** X(name, text, meaning): kernels of the sum that share the contributions, where a device has several. */
#define PSTM_DEVICE_KERNEL_LIST(X)                                                                           \
    X(SINGLE, "single_locations", "every arrival and weight exactly")                                        \
    X(NARROW, "groups_of_8", "arrivals and weights interpolated across 8 locations")                         \
    X(WIDE, "groups_of_16", "and across 16")

typedef enum pstm_device_kernel {
#define PSTM_DEVICE_KERNEL_ENTRY(name, text, meaning) PSTM_DEVICE_KERNEL_##name,
    PSTM_DEVICE_KERNEL_LIST(PSTM_DEVICE_KERNEL_ENTRY)
#undef PSTM_DEVICE_KERNEL_ENTRY
        PSTM_DEVICE_KERNELS
} pstm_device_kernel;

/** X(name, text, meaning): what a trace may be to a group of locations and a piece of output samples; each
 * has code of its own. */
#define PSTM_DEVICE_MEETING_LIST(X)                                                                          \
    X(WHOLE, "whole", "all locations and samples take it")                                                   \
    X(EDGE, "edge", "the aperture ends inside, or fades")                                                    \
    X(END, "end", "its live window may end inside")

typedef enum pstm_device_meeting {
#define PSTM_DEVICE_MEETING_ENTRY(name, text, meaning) PSTM_DEVICE_MEETING_##name,
    PSTM_DEVICE_MEETING_LIST(PSTM_DEVICE_MEETING_ENTRY)
#undef PSTM_DEVICE_MEETING_ENTRY
        PSTM_DEVICE_MEETINGS
} pstm_device_meeting;

/** Sums so far; they add over devices. */
typedef struct pstm_device_times {
    double step_s[PSTM_DEVICE_STEPS]; /**< steps overlap; where devices share a unit, what one waits for the
                                         others is in its steps */
    double busy_s; /**< in which kernels of the sum ran on the unit, counted once for all devices of
                        this process that share it */
    double limit;  /**< contributions that the unit can make at most in busy_s; 0: not known */
    double contributions[PSTM_DEVICE_KERNELS]; /**< of tiles that were read */
    double meetings[PSTM_DEVICE_MEETINGS];     /**< of groups, pieces and traces, in tiles that were read */
} pstm_device_times;

/** Adds b to a. */
static inline void pstm_device_times_add(pstm_device_times *a, const pstm_device_times *b)
{
    for (int step = 0; step < PSTM_DEVICE_STEPS; step++)
        a->step_s[step] += b->step_s[step];
    a->busy_s += b->busy_s;
    a->limit += b->limit;
    for (int kernel = 0; kernel < PSTM_DEVICE_KERNELS; kernel++)
        a->contributions[kernel] += b->contributions[kernel];
    for (int meeting = 0; meeting < PSTM_DEVICE_MEETINGS; meeting++)
        a->meetings[meeting] += b->meetings[meeting];
}

#endif
