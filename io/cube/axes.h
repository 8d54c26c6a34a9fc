/** @file axes.h
 * The axes of a cube in its file: netCDF dimensions with their numbers, and what lies along them. Private to
 * the cube. All functions are Local.
 *
 * The axis of the classes is /offset, the offsets of their centres, where those rise from class to class;
 * else it is /bin, which counts them. What else the centres say is written beside it: /azimuth, /hx, /hy, and
 * /offset where that is not the axis. (A netCDF axis has no value twice and none that is missing.)
 */
#ifndef PSTM_IO_CUBE_AXES_H
#define PSTM_IO_CUBE_AXES_H

#include "io/cube/cube.h"
#include "io/h5.h"

/** The axes, in the order of the gathers; the stack has all but the classes. */
typedef enum pstm_cube_axis {
    PSTM_CUBE_INLINE,
    PSTM_CUBE_CROSSLINE,
    PSTM_CUBE_CLASS,
    PSTM_CUBE_TIME,
    PSTM_CUBE_AXES
} pstm_cube_axis;

/** Properties to create a file or dataset with; without its time, equal images are equal files. The caller
 * closes them. */
hid_t pstm_cube_without_times(hid_t class);

/** Makes a dataset of size[n_axes] and closes `create`; the caller closes the dataset. Negative: failed. */
hid_t pstm_cube_make_dataset(hid_t file, const char *name, hid_t type, int n_axes, const hsize_t *size,
                             hid_t create);

/**
 * Closes a dataset that was written, none if it is not above 0; small ones reach the file only here. Gives
 * the status of what was done with it, or PSTM_SYSTEM where that is good and closing is not.
 */
PSTM_MUST_CHECK pstm_status pstm_cube_close_dataset(hid_t dataset, pstm_status status);

/** Writes the attributes units and long_name. */
PSTM_MUST_CHECK pstm_status pstm_cube_put_names(hid_t dataset, const char *units, const char *long_name);

/**
 * Makes the axes, the coordinates of the classes, /cdp_x and /cdp_y. scales: all zero before; the open axes,
 * which the caller closes, also after a failure.
 */
PSTM_MUST_CHECK pstm_status pstm_cube_make_axes(hid_t file, const pstm_cube_about *about,
                                                hid_t scales[PSTM_CUBE_AXES]);

/** Attaches the axes to a dataset of the image, and writes which coordinates go with it. */
PSTM_MUST_CHECK pstm_status pstm_cube_attach_axes(hid_t dataset, const pstm_cube_about *about,
                                                  const hid_t scales[PSTM_CUBE_AXES], bool with_classes);

/**
 * Compares the numbers along the axes, and the positions, with those that pstm_cube_make_axes() would write;
 * the axis of the classes too if with_classes (the offsets and the like beside it are read with the centres).
 * PSTM_DATA naming the first that differs: "/twt: value 3 is 0.5, not 0.004".
 */
PSTM_MUST_CHECK pstm_status pstm_cube_check_axes(hid_t file, const pstm_cube_about *about, bool with_classes);

/** Whether the offsets of the centres are the axis of the classes; else it counts them. */
bool pstm_cube_offset_is_axis(const pstm_cube_about *about);

/** Reads the centres of n classes, NaN what the file does not say, into [n] that the caller owns, *centres
 * being NULL before. PSTM_DATA if the axis of the classes does not have n of them. */
PSTM_MUST_CHECK pstm_status pstm_cube_read_centres(hid_t file, int32_t n, pstm_class_centre **centres);

#endif
