/** @file cost.h
 * How far a work item reaches and how costly it is. All functions are Local.
 *
 *   A(t0) = min(A_max, v(t0) t0/2 tan(angle))     0 for t0 <= 0, where nothing contributes
 */
#ifndef PSTM_PLAN_COST_H
#define PSTM_PLAN_COST_H

#include <stdint.h>

#include "core/status.h"
#include "plan/work_item.h"
#include "survey/grid.h"
#include "survey/kdtree.h"
#include "velocity/model.h"

/** The aperture of a job. */
typedef struct pstm_aperture {
    double aperture_m;   /**< A_max > 0; INFINITY: no limit */
    double aperture_tan; /**< tan(angle) > 0; INFINITY: no limit */
} pstm_aperture;

/** A(t0) in metres. */
double pstm_aperture_at_m(const pstm_aperture *aperture, double t0_s, double vrms_m_s);

/**
 * The greatest A(t0) of any wanted sample of an item with these columns: the aperture with which the KD-tree
 * is asked for it.
 */
double pstm_work_item_reach_m(const pstm_aperture *aperture, const pstm_grid *grid,
                              const pstm_work_item *item, const pstm_columns *columns);

/**
 * Fills a column with what the model says at the middle of an item, which stands for all of its columns in
 * predictions. Fails as pstm_velocity_inputs().
 */
PSTM_MUST_CHECK pstm_status pstm_work_item_column(const pstm_velocity *velocity, const pstm_grid *grid,
                                                  const pstm_work_item *item, const pstm_columns *column);

/**
 * Predicts the contributions of work items, which is what their migration time follows. One for each thread;
 * it holds room for a query.
 */
typedef struct pstm_cost pstm_cost;

/** Room to predict with this tree, aperture and grid, which are borrowed until pstm_cost_destroy(). */
PSTM_MUST_CHECK pstm_status pstm_cost_create(const pstm_kdtree *tree, const pstm_grid *grid,
                                             const pstm_aperture *aperture, pstm_cost **out);

/** Frees *cost and sets it to NULL; NULL-safe. */
void pstm_cost_destroy(pstm_cost **cost);

/**
 * Predicted contributions (image location x output sample x trace inside the aperture) of an item whose
 * columns are about this one (pstm_work_item_column()). For each leaf that can reach the item: its traces
 * x the item's locations x the wanted samples whose aperture covers the longer leg, whose squared length is
 * d^2 + h^2 + 2 d h |cos phi|, averaged over 16 triples of a distance d between locations and midpoints, a
 * half offset h of the leaf's range and an azimuth phi between them.
 * All offsets count, also those that are in no class.
 */
double pstm_work_item_cost(pstm_cost *cost, const pstm_work_item *item, const pstm_columns *column);

#endif
