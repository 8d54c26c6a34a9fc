/** @file h5.h
 * The few things that every user of HDF5 in io/ needs: quiet errors that end up in a status, attributes.
 * All functions are Local and for the main thread: HDF5 is not thread-safe here.
 */
#ifndef PSTM_IO_H5_H
#define PSTM_IO_H5_H

#include <hdf5.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "core/text.h"

/**
 * To be called before HDF5 opens or creates a file, and by a program with MPI before MPI_Init(): else the end
 * of MPI ends HDF5, which tries once more to write a file that could not be closed, and crashes (1.10). So
 * HDF5 is never ended; files are closed one by one. Stops HDF5 from printing its errors, and switches its
 * file locks off unless the user set HDF5_USE_FILE_LOCKING (they fail on Lustre and NFS).
 */
void pstm_h5_setup(void);

/**
 * As pstm_fail(PSTM_SYSTEM, ...), with the deepest reason that HDF5 has for its last failure behind it in
 * brackets.
 */
PSTM_MUST_CHECK pstm_status pstm_h5_fail(const char *format, ...) PSTM_PRINTF(1, 2);

/**
 * Writes an attribute of an object; one of the same name is overwritten, in place where its shape is the
 * same. Text has a fixed length, so that all netCDF readers take it.
 */
PSTM_MUST_CHECK pstm_status pstm_h5_put_text(hid_t object, const char *name, const char *text);
PSTM_MUST_CHECK pstm_status pstm_h5_put_double(hid_t object, const char *name, double value);
PSTM_MUST_CHECK pstm_status pstm_h5_put_integer(hid_t object, const char *name, int64_t value);

/** Whether the object has such an attribute, or the file such a dataset. PSTM_SYSTEM if that cannot be
 * read. */
PSTM_MUST_CHECK pstm_status pstm_h5_has_attribute(hid_t object, const char *name, bool *has);
PSTM_MUST_CHECK pstm_status pstm_h5_has_dataset(hid_t file, const char *name, bool *has);

/** Reads an attribute. PSTM_DATA, naming it, if it is absent or of another type. */
PSTM_MUST_CHECK pstm_status pstm_h5_get_text(hid_t object, const char *name, pstm_text *text);
PSTM_MUST_CHECK pstm_status pstm_h5_get_double(hid_t object, const char *name, double *value);
PSTM_MUST_CHECK pstm_status pstm_h5_get_integer(hid_t object, const char *name, int64_t *value);

#endif
