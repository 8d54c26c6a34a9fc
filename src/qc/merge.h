/** @file merge.h  The shards of one image put together into one cube. Local. */
#ifndef PSTM_QC_MERGE_H
#define PSTM_QC_MERGE_H

#include <stdio.h>

#include "core/status.h"

/**
 * Copies what the cubes in[n_in] have migrated, n_in >= 1, into the cube `out`, which is made if it is not
 * there and goes on where it is. All must be parts of one image: the result has the bits and the checksum of
 * one run. What is copied is compared with the digests of the journals, and recorded in the journal of `out`
 * once it is synced. Writes a line for each input, and one for the result, to `report`.
 *
 * PSTM_USAGE when a cube is of another image or is both input and output; PSTM_DATA when an input has no
 * journal, is damaged, or nothing of any is migrated; PSTM_SYSTEM when `out` cannot be written.
 */
PSTM_MUST_CHECK pstm_status pstm_merge(const char *out, char **in, int n_in, FILE *report);

#endif
