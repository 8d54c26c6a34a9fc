/** @file device_list.h
 * The one list of devices, in order of preference for `auto`. X(name): the job calls the device "name", and
 * its functions are pstm_device_name (device.h). The build links a definition of each: gpu/ holds that of
 * cuda, which says how to get one in a build without CUDA.
 */
#ifndef PSTM_DEVICE_DEVICE_LIST_H
#define PSTM_DEVICE_DEVICE_LIST_H

#define PSTM_DEVICE_LIST(X)                                                                                  \
    X(cuda)                                                                                                  \
    X(cpu)                                                                                                   \
    X(reference)                                                                                             \
    X(paranoid)                                                                                              \
    X(stopwatch)

#endif
