/** @file version.h  What this program was built with. Local. */
#ifndef PSTM_QC_VERSION_H
#define PSTM_QC_VERSION_H

#include <stdio.h>

/** Prints version, commit, devices, laws, weights, whether there is CUDA, the compiler and the versions of
 * MPI, HDF5 and FFTW, a line each. */
void pstm_print_version(FILE *out);

#endif
