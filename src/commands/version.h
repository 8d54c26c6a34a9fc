/** @file version.h  What this program is and was built with. Local. */
#ifndef PSTM_COMMANDS_VERSION_H
#define PSTM_COMMANDS_VERSION_H

#include <stdio.h>

/** Prints version, commit, devices and the versions of MPI, HDF5 and FFTW, a line each. */
void pstm_print_version(FILE *out);

/** For example "0.1.0". */
const char *pstm_version(void);

/** The commit built from, with "+" when files were changed; "unknown" outside a checkout. */
const char *pstm_commit(void);

#endif
