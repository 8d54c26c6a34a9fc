/** @file mesh.h
 * Places that do not lie on one line: their triangles, and the way to the triangle of a position.
 * Internal to velocity/. A pstm_mesh is read-only once made.
 */
#ifndef PSTM_VELOCITY_MESH_H
#define PSTM_VELOCITY_MESH_H

#include <stdint.h>

#include "core/status.h"
#include "velocity/place.h"

typedef struct pstm_mesh pstm_mesh;

/** The mesh of places[n], n >= 3, not all on one line. Errors as pstm_between_create(). */
PSTM_MUST_CHECK pstm_status pstm_mesh_create(const pstm_place *places, int64_t n, pstm_mesh **out);

/** Frees *mesh and sets it to NULL; NULL-safe. */
void pstm_mesh_destroy(pstm_mesh **mesh);

/** The weights of a position: on its triangle, or at the nearest point of the rim. */
pstm_weights pstm_mesh_weights(const pstm_mesh *mesh, double x_m, double y_m);

#endif
