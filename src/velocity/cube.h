/** @file cube.h
 * A cube of velocities: columns v(t0) at the nodes of a lattice, larger than memory, as the kind `cube` takes
 * it. Between nodes 1/v^2 of rms velocities is bilinear, beyond the lattice it is that of its rim; along t0
 * see rms_reader.h. Who reads a file of them makes it (io/velocity). All functions are Local.
 *
 * The axes u and v are inline and crossline number, or x and y in metres; a world position has
 *
 *   u = u_of[0] + u_of[1] (x - origin_x_m) + u_of[2] (y - origin_y_m)        and v likewise.
 */
#ifndef PSTM_VELOCITY_CUBE_H
#define PSTM_VELOCITY_CUBE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/doubt.h"
#include "core/status.h"
#include "survey/grid.h"
#include "velocity/rms_reader.h"

/** What was found while columns were taken; places are u and v of nodes. */
typedef struct pstm_cube_facts {
    double least_m_s, most_m_s; /**< of rms velocities */
    int64_t n_holes;            /**< nodes without any velocity */
    double hole_u, hole_v;      /**< of the first */
    int64_t n_dead;             /**< samples of other nodes that are none */
    double dead_u, dead_v, dead_s;
    int64_t n_steps, n_jumps; /**< between times 0.1 s apart; rms velocities only */
    double jump_u, jump_v;
    pstm_vpick jump[2]; /**< the first */
} pstm_cube_facts;

/** Which lattice, without its columns. */
typedef struct pstm_cube_shape {
    int64_t n_u, n_v, n_t; /**< at least 1 each */
    bool labels;           /**< u and v are inline and crossline numbers, for messages */
    double origin_x_m, origin_y_m, u_of[3], v_of[3];
    double *u, *v; /**< [n_u], [n_v] rising */
    double *t_s;   /**< [n_t] two-way times, rising, from 0 on */
} pstm_cube_shape;

typedef struct pstm_vcube pstm_vcube;

/** It is read-only once made, and any number of threads read it at once. */
struct pstm_vcube {
    pstm_cube_shape shape;
    pstm_velocity_quantity quantity;
    pstm_cube_facts facts;
    int64_t *source; /**< [n_u][n_v] the node whose column a node has: itself, or the nearest that has one */
    char digest[40]; /**< of axes and columns, in hexadecimal */
    /** Reads the columns [n][n_t], in m/s, of n nodes from node i n_v + j on. */
    pstm_status (*read)(const pstm_vcube *cube, int64_t first, int64_t n, float *columns);
    int file; /**< where read() finds them, from byte columns_at on; -1: nowhere */
    int64_t columns_at;
};

/** Closes its file, frees *cube and sets it to NULL; NULL-safe. */
void pstm_vcube_destroy(pstm_vcube **cube);

/** Frees the axes. */
void pstm_cube_shape_clear(pstm_cube_shape *shape);

/** Makes u and v inline and crossline numbers of a grid. */
void pstm_cube_shape_use_labels(pstm_cube_shape *shape, const pstm_grid *grid);

/**
 * Takes the column of node (i_u, i_v) in m/s: samples that are no velocity (0 and less, above 1e20, no
 * number) become what the nearest others of the column say, and all go into cube->facts. *is_hole where there
 * is none, and the column is then undefined. PSTM_DATA with `name` and the place for others outside
 * PSTM_VELOCITY_LEAST_M_S to PSTM_VELOCITY_MOST_M_S, and for average velocities whose depth falls.
 */
PSTM_MUST_CHECK pstm_status pstm_vcube_take(pstm_vcube *cube, const char *name, int64_t i_u, int64_t i_v,
                                            float *column, bool *is_hole);

/** As pstm_velocity_doubt(). */
PSTM_MUST_CHECK pstm_status pstm_vcube_doubt(const pstm_vcube *cube, const char *name, const pstm_grid *grid,
                                             pstm_doubts *doubts);

#endif
