/** @file kernels.h
 * The kernels of the CPU device that this processor runs, one after the other.
 */
#ifndef PSTM_TESTS_DEVICE_KERNELS_H
#define PSTM_TESTS_DEVICE_KERNELS_H

enum { KERNELS_MOST = 4 };

/** Names, for PSTM_CPU_KERNEL, of those that this processor has, how many; the others are printed as skipped.
 * Unsets the variable. */
int kernels_list(const char *names[KERNELS_MOST]);

/** Devices created from now on take this one. */
void kernels_force(const char *name);

#endif
