/** @file h5_axes.h
 * The variable of an HDF5 file that is a cube of velocities, and its axes. Internal to io/velocity. Local,
 * for the main thread.
 */
#ifndef PSTM_IO_VELOCITY_H5_AXES_H
#define PSTM_IO_VELOCITY_H5_AXES_H

#include <hdf5.h>

#include "core/status.h"
#include "velocity/velocity_options.h"

/** What an axis is. Inline and x are the first of a shape, crossline and y the second. */
typedef enum pstm_h5_axis_kind {
    PSTM_H5_FIRST,
    PSTM_H5_SECOND,
    PSTM_H5_TIME,
    PSTM_H5_N_AXES
} pstm_h5_axis_kind;

/** An axis of the variable. */
typedef struct pstm_h5_axis {
    int dimension; /**< of the variable */
    int64_t n;
    double *values;  /**< [n] rising; times in seconds */
    bool is_falling; /**< in the file, where value k is that of n - 1 - k */
    bool is_label;   /**< inline or crossline number, not x or y */
} pstm_h5_axis;

/** An open variable; all zero but dataset is empty. */
typedef struct pstm_h5_variable {
    hid_t dataset; /**< H5I_INVALID_HID: none */
    char name[256];
    pstm_h5_axis axes[PSTM_H5_N_AXES];
} pstm_h5_variable;

/**
 * Opens the only variable of three axes in the root group of the file, `path` by name, and reads its axes by
 * their dimension scales. *out is the caller's (pstm_h5_variable_close), also on failure.
 */
PSTM_MUST_CHECK pstm_status pstm_h5_variable_open(hid_t file, const char *path,
                                                  const pstm_velocity_options *options,
                                                  pstm_h5_variable *out);

/** Closes it and frees the axes. */
void pstm_h5_variable_close(pstm_h5_variable *variable);

/** The text of an attribute, of fixed or variable length, in text[size]; "" where there is none. */
PSTM_MUST_CHECK pstm_status pstm_h5_attribute_text(hid_t object, const char *name, char *text, size_t size);

#endif
