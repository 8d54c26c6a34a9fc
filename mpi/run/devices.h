/** @file devices.h
 * Which devices a run uses, and which units of them (GPUs) drive which workers of which rank.
 *
 * The ranks of a node that see the same units share them evenly: each drives its own, or, where there are
 * more ranks than units, several ranks share one, with a warning that names it. So one rank on a node drives
 * all of its GPUs, and a rank with a GPU of its own that one. A device that is faster so
 * (pstm_device_ops.n_workers) gets several workers a unit.
 *
 * With `devices: mixed` every rank has a worker on its processors beside those of its GPUs; ranks for which
 * no GPU is left have that one only.
 */
#ifndef PSTM_MPI_RUN_DEVICES_H
#define PSTM_MPI_RUN_DEVICES_H

#include "mpi/run/parts.h"

/**
 * The units of n_units that the i_rank-th of n_ranks drives: i_rank, i_rank + n_ranks, ...; where there are
 * more ranks than units one, that may be another rank's too. Returns how many, `most` at most. Local.
 */
int32_t pstm_devices_share(int32_t n_units, int32_t i_rank, int32_t n_ranks, int32_t most, int32_t *units);

/** Chooses run->device and fills run->numerics_id and run->devices; needs the job alone. Local. */
PSTM_MUST_CHECK pstm_status pstm_run_choose_devices(pstm_run_state *run);

/** Fills run->workers, and run->n_workers_of on every rank; needs run->device_plan. Bits are promised within
 * one numerics id only, so all ranks and units must have the same. Collective. */
PSTM_MUST_CHECK pstm_status pstm_run_hire(pstm_run_state *run);

/** Starts to get the workers' units ready, beside whatever comes next; pstm_run_warm() waits until that is
 * done, and does nothing when it is or was never started. Local. */
void pstm_run_warm_up(pstm_run_state *run);
void pstm_run_warm(pstm_run_state *run);

#endif
