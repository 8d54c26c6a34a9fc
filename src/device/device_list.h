/** @file device_list.h
 * The one list of devices, in order of preference. Functions of a device are pstm_device_<name> (device.h).
 * The build links a definition of each: gpu/ holds that of cuda, which says how to get one in a build without
 * CUDA.
 */
#ifndef PSTM_DEVICE_DEVICE_LIST_H
#define PSTM_DEVICE_DEVICE_LIST_H

/**
 * X(name, is_automatic, has_depth_loop, help):
 *   name            the word of the job
 *   is_automatic    1: `auto` takes it where it can be used and no earlier one can
 *   has_depth_loop  1: it has the loop of `optimise.time_domain: off`
 *   help            behind the word in the manual
 */
#define PSTM_DEVICE_LIST(X)                                                                                  \
    X(cuda, 1, 0, "GPUs of NVIDIA")                                                                          \
    X(cpu, 1, 0, "the processors, single precision")                                                         \
    X(reference, 0, 1, "double precision")                                                                   \
    X(paranoid, 0, 0, "`cpu` behind a memory of its own, for tests")                                         \
    X(stopwatch, 0, 1, "`reference`, with the time of each operation")

#endif
