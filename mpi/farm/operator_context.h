/** @file operator_context.h
 * What a run gives to the tile operators of a worker. They take of it what they need; all is borrowed.
 */
#ifndef PSTM_MPI_FARM_OPERATOR_CONTEXT_H
#define PSTM_MPI_FARM_OPERATOR_CONTEXT_H

#include <stdbool.h>

#include "device/device.h"
#include "mpi/farm/tile_operator.h"
#include "plan/cost.h"
#include "profile/aperture_stats.h"
#include "profile/profile.h"
#include "sum/live.h"
#include "survey/bins.h"
#include "survey/grid.h"
#include "survey/kdtree.h"
#include "velocity/model.h"

struct pstm_operator_context {
    const pstm_grid *grid;
    pstm_grid_area largest;      /**< of a largest item */
    const pstm_kdtree *tree;     /**< its leaves are those of the store */
    const pstm_bins *bins;       /**< of the device's classes */
    const float *areas;          /**< [row of the store] what traces stand for (survey/areas.h); NULL: 1 */
    const pstm_live_class *live; /**< [class of the device] with a weight that is true; NULL: kinematic */
    int32_t n_classes; /**< of results: those of the device, or 1, the mean over the device's live ones */
    const pstm_aperture *aperture;
    const pstm_velocity *velocity;
    const pstm_device_ops *device; /**< of this worker */
    const pstm_device_plan *device_plan;
    const char *device_name;
    bool raw_spreading;         /**< of the input, whose samples are multiplied by their times */
    bool trace_prefilter;       /**< off: an item gets all traces */
    bool spatial_index;         /**< off: the prefilter looks at every trace, not at the tree */
    bool batch;                 /**< off: the device gets one trace at a time */
    pstm_rank_profile *profile; /**< gets what operators measure; NULL: none */
    pstm_aperture_stats *stats; /**< the same; NULL: none */
};

#endif
