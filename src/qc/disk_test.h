/** @file disk_test.h
 * How fast ranks write into a folder with the cube's own writer, and whether the folder does what a run
 * needs: files that every rank sees, locks that keep a second run out. Private files, removed at the end.
 */
#ifndef PSTM_QC_DISK_TEST_H
#define PSTM_QC_DISK_TEST_H

#include <mpi.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"

enum { PSTM_DISK_ROUNDS = 3 /**< of which rates are medians */ };

/** Rates count the values written, from making the file to having them synced and the file closed. */
typedef struct pstm_disk_summary {
    char file_system[24];     /**< ext4, xfs, lustre, nfs ...; or its number */
    bool is_memory;           /**< the file system keeps nothing when the machine is switched off */
    int64_t free_bytes;       /**< for this user */
    bool locks;               /**< a locked file cannot be locked again, on this and on the last rank */
    double plain_bytes_per_s; /**< rank 0: a plain file in pieces of 1 MiB, as `dd conv=fsync` does */
    double one_bytes_per_s;   /**< rank 0 alone: a cube of the same size */
    double all_bytes_per_s;   /**< all ranks together: a cube with as much for each */
    double one_to_plain;      /**< median of the rounds' ratios */
} pstm_disk_summary;

/**
 * Writes mib MiB (2 or more) a rank into new files in a new folder inside `folder`, PSTM_DISK_ROUNDS times:
 * plain, a cube by rank 0, a cube by all. *summary is set on rank 0. PSTM_SYSTEM as the system says, or when
 * a rank does not see the folder that rank 0 made. Collective; agrees on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_disk_test(MPI_Comm comm, const char *folder, int32_t mib,
                                           pstm_disk_summary *summary);

#endif
