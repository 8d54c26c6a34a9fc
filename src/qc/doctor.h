/** @file doctor.h  What a job that is started like this finds, measured, and what is wrong with it. */
#ifndef PSTM_QC_DOCTOR_H
#define PSTM_QC_DOCTOR_H

#include <mpi.h>
#include <stdint.h>
#include <stdio.h>

#include "core/status.h"

typedef struct pstm_doctor_wish {
    const char *folder; /**< in which files are written; they are private and removed */
    int32_t mib;        /**< that each rank writes into each file, 2 or more */
    int32_t threads;    /**< compute threads of a rank; 0: as `pstm run` */
} pstm_doctor_wish;

/**
 * Measures cores, binding, memory bandwidth, devices and the rate at which cubes are written. Rank 0 writes
 * to `out` what was found and, with a remedy each, the *n_wrong things that are wrong; 0 on other ranks.
 * Errors as pstm_node_test() and pstm_disk_test(). Collective; agrees on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_doctor(MPI_Comm comm, const pstm_doctor_wish *wish, FILE *out, int *n_wrong);

#endif
