/** @file fault.h
 * Faults made on purpose, for tests: the environment variable PSTM_FAULT holds a list, joined by commas, of
 *
 *   [rank:N:]tile:N:KIND    when tile N (any with -1) has been summed     hang, error, nan
 *   [rank:N:]write:KIND     when a tile is written to the cube            hang, ENOSPC
 *   [rank:N:]read:KIND      at each read of the input                     error, short
 *
 * `io:` may stand before write and read. Without rank:N: it happens on every rank. Without PSTM_FAULT it
 * costs a comparison. All functions are Local.
 */
#ifndef PSTM_CORE_FAULT_H
#define PSTM_CORE_FAULT_H

#include <stdint.h>

#include "core/status.h"

typedef enum pstm_fault_site { PSTM_FAULT_TILE, PSTM_FAULT_WRITE, PSTM_FAULT_READ } pstm_fault_site;

typedef enum pstm_fault {
    PSTM_FAULT_NONE,
    PSTM_FAULT_HANG,
    PSTM_FAULT_ERROR,
    PSTM_FAULT_NAN,
    PSTM_FAULT_ENOSPC,
    PSTM_FAULT_SHORT
} pstm_fault;

/** Reads PSTM_FAULT, before any thread starts. PSTM_USAGE for what is not understood. */
PSTM_MUST_CHECK pstm_status pstm_fault_setup(int rank);

/** What is to go wrong here and now; `number` of the tile, else -1. */
pstm_fault pstm_fault_at(pstm_fault_site site, int64_t number);

/** Never returns. */
_Noreturn void pstm_fault_hang(void);

#endif
