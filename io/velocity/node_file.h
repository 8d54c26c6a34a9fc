/** @file node_file.h
 * The columns of a cube of velocities as they are, in m/s, in a file that lives as long as a run: one process
 * makes it from whatever was read, and all read from it by pread, threads too. It is for the machine and the
 * program that made it. All functions are Local.
 */
#ifndef PSTM_IO_VELOCITY_NODE_FILE_H
#define PSTM_IO_VELOCITY_NODE_FILE_H

#include "core/status.h"
#include "velocity/cube.h"

typedef struct pstm_node_writer pstm_node_writer;

/**
 * Begins the file at `path`, in place of what a killed run has left there, with a mark that tells it from
 * those of other runs. The axes of *shape are taken over, on failure too. `name` is the path of the file that
 * is read, for messages, and borrowed. *out is the caller's (pstm_node_writer_destroy).
 */
PSTM_MUST_CHECK pstm_status pstm_node_writer_create(const char *path, uint64_t mark, const char *name,
                                                    const pstm_velocity_options *options,
                                                    pstm_cube_shape *shape, pstm_node_writer **out);

/** The shape with its axes. Borrowed. */
const pstm_cube_shape *pstm_node_writer_shape(const pstm_node_writer *writer);

/** Takes the column [n_t] of a node, in the unit of the options; it is undefined afterwards. PSTM_DATA where
 * the node had one, and as pstm_vcube_take(). */
PSTM_MUST_CHECK pstm_status pstm_node_writer_put(pstm_node_writer *writer, int64_t i_u, int64_t i_v,
                                                 float *column);

/** Writes the head, without which the file is none; nodes that were not put are holes. PSTM_DATA where no
 * node has velocities. */
PSTM_MUST_CHECK pstm_status pstm_node_writer_finish(pstm_node_writer *writer);

/** Closes the file, frees *writer and sets it to NULL; NULL-safe. */
void pstm_node_writer_destroy(pstm_node_writer **writer);

/** Opens a finished file with this mark. *out is the caller's (pstm_vcube_destroy). PSTM_SYSTEM, with the
 * remedy, where it is not there or another run's. */
PSTM_MUST_CHECK pstm_status pstm_node_file_open(const char *path, uint64_t mark, pstm_vcube **out);

#endif
