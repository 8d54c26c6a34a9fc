/** @file stripes.h
 * How a new file is spread over the storage targets of a parallel file system. A file system fixes this when
 * the file is made, so it is asked for then, by MPI-IO's hints; one without stripes does not heed them.
 */
#ifndef PSTM_IO_STRIPES_H
#define PSTM_IO_STRIPES_H

#include <stdint.h>

#include "core/status.h"

/** All zero: as the folder says. */
typedef struct pstm_stripes {
    int32_t n;     /**< storage targets of a file; 0: as the folder says */
    int64_t bytes; /**< of a stripe; 0: as the folder says */
} pstm_stripes;

/**
 * Makes an empty file with these stripes, where none is. MPI must be initialised. PSTM_SYSTEM
 * with path and MPI-IO's reason. Local.
 */
PSTM_MUST_CHECK pstm_status pstm_stripes_make_file(const char *path, const pstm_stripes *stripes);

#endif
