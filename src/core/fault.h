/** @file fault.h
 * Faults made on purpose, for tests: the environment variable PSTM_FAULT holds a list, joined by commas, of
 *
 *   [rank:N:]tile:N:KIND    when tile N (any with -1) has been summed     hang, error, nan, slow
 *   [rank:N:]write:KIND     when a tile is written to the cube            hang, ENOSPC
 *   [rank:N:]end:hang       when the rank hears that the run has ended
 *   [rank:N:]sync:error     when written tiles are synced
 *   [rank:N:]journal:ENOSPC when tiles are added to the journal
 *   [rank:N:]read:KIND      at each read of the input                     error, short
 *   [rank:N:]store:N        the process's Nth read of the trace store (-1: all) fails
 *   [rank:N:]cuda:launch:N  the process's Nth launch of a kernel (-1: all) fails
 *   [rank:N:]cuda:memory:N  its Nth request for memory of a tile (-1: all) finds none
 *
 * The device `paranoid` honours cuda: too, with a launch for each batch, so that it is tested without a GPU.
 * `slow` takes PSTM_FAULT_SLOW_S longer. `io:` may stand before write and read. Without rank:N: it happens on
 * every rank. Without PSTM_FAULT it costs a comparison. All functions are Local.
 */
#ifndef PSTM_CORE_FAULT_H
#define PSTM_CORE_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"

typedef enum pstm_fault_site {
    PSTM_FAULT_TILE,
    PSTM_FAULT_WRITE,
    PSTM_FAULT_END,
    PSTM_FAULT_READ,
    PSTM_FAULT_SYNC,
    PSTM_FAULT_JOURNAL,
    PSTM_FAULT_STORE,
    PSTM_FAULT_LAUNCH,
    PSTM_FAULT_MEMORY,
    PSTM_FAULT_SITES
} pstm_fault_site;

typedef enum pstm_fault {
    PSTM_FAULT_NONE,
    PSTM_FAULT_HANG,
    PSTM_FAULT_ERROR,
    PSTM_FAULT_NAN,
    PSTM_FAULT_ENOSPC,
    PSTM_FAULT_SHORT,
    PSTM_FAULT_SLOW
} pstm_fault;

static const double PSTM_FAULT_SLOW_S = 0.05;

/** Reads PSTM_FAULT, before any thread starts. PSTM_USAGE for what is not understood. */
PSTM_MUST_CHECK pstm_status pstm_fault_setup(int rank);

/** What is to go wrong here and now; `number` of the tile, else -1. */
pstm_fault pstm_fault_at(pstm_fault_site site, int64_t number);

/** Whether this call, counted from 1 over all threads of the process, is to fail; for STORE, LAUNCH and
 * MEMORY.
 */
bool pstm_fault_counts(pstm_fault_site site);

/** Never returns. */
_Noreturn void pstm_fault_hang(void);

#endif
