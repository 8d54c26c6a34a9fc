/** @file cube_file.h
 * Files of velocities that are cubes: SEG-Y, a trace a column at an inline and crossline number or x and y;
 * HDF5, as netCDF-4 and xarray write it, a variable of three axes with coordinates. One process reads them
 * column by column into a file of nodes (node_file.h). Local, and for the main thread.
 *
 * Refused with PSTM_DATA, the place and the remedy: what could be read in more than one way, such as two
 * variables, an axis of unknown name, numbers that contradict coordinates, units that contradict the job's.
 */
#ifndef PSTM_IO_VELOCITY_CUBE_FILE_H
#define PSTM_IO_VELOCITY_CUBE_FILE_H

#include "core/status.h"
#include "io/velocity/node_file.h"

/** What options->file is, never auto; text where it cannot be opened. */
pstm_velocity_format pstm_velocity_file_format(const pstm_velocity_options *options);

/** Where the nodes of a cube go. */
typedef struct pstm_node_place {
    const char *path;
    uint64_t mark; /**< of the run */
} pstm_node_place;

/** Reads the cube options->file, of format segy or hdf5, to `place`. */
PSTM_MUST_CHECK pstm_status pstm_velocity_cube_read(const pstm_velocity_options *options,
                                                    pstm_velocity_format format,
                                                    const pstm_node_place *place);

/** The same of one format. Internal. */
PSTM_MUST_CHECK pstm_status pstm_segy_cube_read(const pstm_velocity_options *options,
                                                const pstm_node_place *place);
PSTM_MUST_CHECK pstm_status pstm_h5_cube_read(const pstm_velocity_options *options,
                                              const pstm_node_place *place);

#endif
