/** @file verify.h  Whether a cube still holds what was written into it. Local. */
#ifndef PSTM_QC_VERIFY_H
#define PSTM_QC_VERIFY_H

#include <stdio.h>

#include "core/status.h"
#include "qc/open_cube.h"

/**
 * Reads the whole cube and compares every value, axis and attribute with the digests of its journal. Writes
 * a line to `out` for each chunk column, mark or frame that has changed, or one that nothing has. PSTM_DATA
 * if anything has changed or cannot be read, or if there is no journal. HDF5 may crash or hang on a damaged
 * file: for pstm_guarded(), to which it gives a sign of life after each chunk column.
 */
PSTM_MUST_CHECK pstm_status pstm_verify(const pstm_open_cube *open, FILE *out);

#endif
