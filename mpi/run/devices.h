/** @file devices.h
 * Which devices a run uses, and which units of them (GPUs) drive which worker slots of which rank.
 *
 * The ranks of a node that see the same units divide them evenly: each drives its own, or, where there are
 * more ranks than units, several ranks use one in turn, with a warning that names it. So one rank on a node
 * drives all of its GPUs, and a rank with a GPU of its own that one. A device that is faster so
 * (pstm_device_ops.n_workers) gets several slots a unit.
 *
 * With `devices: mixed` every rank has a slot on its processors beside those of its GPUs; ranks for which
 * no GPU is left have that one only.
 */
#ifndef PSTM_MPI_RUN_DEVICES_H
#define PSTM_MPI_RUN_DEVICES_H

#include "mpi/run/machine.h"

/**
 * The units of n_units that the i_rank-th of n_ranks drives: i_rank, i_rank + n_ranks, ...; where there are
 * more ranks than units one, that may be another rank's too. Returns how many, `most` at most. Local.
 */
int32_t pstm_devices_partition(int32_t n_units, int32_t i_rank, int32_t n_ranks, int32_t most,
                               int32_t *units);

/**
 * Sets the machine's device, its names and the numerics id. wanted: a word of the job's `devices`; `auto` is
 * pstm_device_automatic(depth_loop). PSTM_USAGE for a word that names no device; PSTM_SYSTEM as probe().
 * Local.
 */
PSTM_MUST_CHECK pstm_status pstm_devices_choose(pstm_machine *machine, const char *wanted, bool depth_loop);

/**
 * Fills the slots of each rank and, everywhere, n_slots_of. Bits are promised within one numerics id only, so
 * all ranks and units must have the same: PSTM_USAGE otherwise. Collective; agrees on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_devices_fill_slots(pstm_machine *machine);

/** Starts to get the slots' units ready, beside whatever comes next; pstm_devices_await() waits until that is
 * done, and does nothing when it is or was never started. Local. */
void pstm_devices_warm_up(pstm_machine *machine);
void pstm_devices_await(pstm_machine *machine);

/** The plan of an image for the device of a slot. Local. */
pstm_device_plan pstm_devices_plan(const pstm_worker_slot *slot, const pstm_device_plan *image);

/** Awaits and frees what devices.h has made; safe on all zero. Local. */
void pstm_devices_release(pstm_machine *machine);

#endif
