/** @file worker_plan.h  What the worker of a slot works with for an image, and how large its groups are. */
#ifndef PSTM_MPI_RUN_WORKER_PLAN_H
#define PSTM_MPI_RUN_WORKER_PLAN_H

#include <stdint.h>

#include "mpi/farm/operator_context.h"
#include "mpi/farm/worker.h"
#include "mpi/run/image.h"
#include "mpi/run/machine.h"
#include "mpi/run/store.h"
#include "mpi/run/survey.h"

/** Plan points to context, and that to device_plan: not to be copied. */
typedef struct pstm_run_worker {
    pstm_device_plan device_plan;
    pstm_operator_context context;
    pstm_worker_plan plan;
} pstm_run_worker;

/**
 * The plan of the worker in a slot, for groups of at most this size; all but its number and its memory. The
 * survey's tree and the store's rows may still be missing, for who asks for bytes only. Everything is
 * borrowed as long as the plan. Local.
 */
void pstm_run_plan_worker(const pstm_run_survey *survey, const pstm_run_store *store, pstm_run_image *image,
                          const pstm_worker_slot *slot, pstm_group_size group, pstm_run_worker *worker);

/**
 * Sets the image's group, the largest that a worker is given: as the devices like, of which one takes a
 * quarter of a worker's part of the smallest budget. Needs the inputs and the store's number of copies.
 * Collective.
 */
void pstm_run_choose_group(const pstm_machine *machine, const pstm_run_survey *survey,
                           const pstm_run_store *store, pstm_run_image *image);

#endif
