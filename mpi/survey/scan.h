/** @file scan.h  Reading all trace headers, each once, spread over the ranks. */
#ifndef PSTM_MPI_SURVEY_SCAN_H
#define PSTM_MPI_SURVEY_SCAN_H

#include <mpi.h>
#include <stdint.h>

#include "core/status.h"
#include "mpi/survey/inputs.h"
#include "survey/header_facts.h"
#include "survey/trace.h"

/** Traces of a file that always come to the same rank, counted from its first one. */
enum { PSTM_SCAN_BLOCK_TRACES = 4096 };

/** The trace headers that a rank has read. */
typedef struct pstm_scan {
    int64_t n_traces; /**< of this rank */
    pstm_trace
        *traces; /**< [n_traces] by file, then number; those of rank 0 come before those of rank 1, ... */
    uint64_t *identities;    /**< [n_traces] of pstm_segy_seen */
    pstm_header_facts facts; /**< of all ranks' traces; the same on every rank */
    uint64_t digest; /**< of all headers and file sizes, the same for any number of ranks; rank 0 only */
} pstm_scan;

/** What a rank holds for each of its traces. */
enum { PSTM_SCAN_BYTES = sizeof(pstm_trace) + sizeof(uint64_t) };

/**
 * Reads the headers, each rank an equal partition with n_threads threads, which it keeps. PSTM_DATA when an
 * input file has changed since it was opened. *out is owned by the caller on every rank (pstm_scan_destroy).
 * Collective over comm; agrees on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_scan_headers(MPI_Comm comm, const pstm_inputs *inputs, int n_threads,
                                              pstm_scan **out);

/** Frees *scan and sets it to NULL; NULL-safe. Local. */
void pstm_scan_destroy(pstm_scan **scan);

#endif
