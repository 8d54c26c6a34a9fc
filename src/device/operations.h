/** @file operations.h
 * The operations of the migration sum whose time is told apart by the device `stopwatch`.
 *
 * It sums as the reference device does, and beside it runs the same source with operations left out: first
 * the bare reading and writing of the sums, then with one operation more each time, in the order below. The
 * time of an operation is what its step adds, so that the times of all add up to that of the whole sum. An
 * operation that runs in the shadow of another (the processor does several at once) costs what it adds, not
 * what it would take alone; a step within the noise of the clock may come out slightly negative.
 */
#ifndef PSTM_DEVICE_OPERATIONS_H
#define PSTM_DEVICE_OPERATIONS_H

/** X(name, text, meaning), in the order in which they are added. */
#define PSTM_OPERATION_LIST(X)                                                                               \
    X(MEMORY, "memory", "reading and writing image and fold where a trace contributes")                      \
    X(DISTANCE, "distance", "legs from the image location to source and receiver")                           \
    X(APERTURE, "aperture", "the comparison with the aperture of each output sample")                        \
    X(ROOTS, "square_roots", "arrival time: two square roots and their quotients")                           \
    X(INTERPOLATION, "interpolation",                                                                        \
      "live window, antialias copy, and the value between two samples of it")                                \
    X(WEIGHT, "weighted_sum", "the weight and the taper, times the value")

typedef enum pstm_operation {
#define PSTM_OPERATION_ENTRY(name, text, meaning) PSTM_OPERATION_##name,
    PSTM_OPERATION_LIST(PSTM_OPERATION_ENTRY)
#undef PSTM_OPERATION_ENTRY
        PSTM_OPERATIONS
} pstm_operation;

#endif
