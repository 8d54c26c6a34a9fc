/** @file cuda_device.h
 * What the CUDA device tells besides the functions of migrate/device.h. All functions are Local.
 */
#ifndef PSTM_GPU_CUDA_DEVICE_H
#define PSTM_GPU_CUDA_DEVICE_H

/** Seconds that the migrating kernels of a device (what create() gave) have taken, by CUDA events, up to the
 * last read_tile(). */
double pstm_cuda_kernel_s(const void *self);

#endif
