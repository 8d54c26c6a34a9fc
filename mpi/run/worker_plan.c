/* What a worker of this rank works with. */
#include "mpi/run/devices.h"
#include "mpi/run/parts.h"

void pstm_run_plan_worker(pstm_run_state *run, const pstm_worker_slot *slot, pstm_group_size group,
                          pstm_run_worker *out)
{
    const pstm_job *job = run->job;
    const pstm_tile largest = pstm_group_at(&run->tiling, 0, group);
    pstm_rank_profile *profile = job->output.profile ? &run->profile : NULL;
    out->device_plan = pstm_devices_plan(slot, &run->device_plan);
    out->context = (pstm_operator_context){.grid = &job->grid,
                                           .largest = pstm_tile_box(&job->grid, &largest),
                                           .tree = run->tree,
                                           .bins = &run->bins,
                                           .aperture = &run->aperture,
                                           .velocity = run->velocity,
                                           .device = slot->device,
                                           .device_plan = &out->device_plan,
                                           .device_name = slot->name,
                                           .trace_prefilter = job->trace_prefilter,
                                           .spatial_index = job->spatial_index,
                                           .batch = job->batch,
                                           .profile = profile,
                                           .stats = run->stats};
    out->plan = (pstm_worker_plan){
        .op = pstm_tile_operator_get(job->tile_operator),
        .context = &out->context,
        .store = run->store,
        .shape = {pstm_tile_n_locations(&largest), out->device_plan.n_classes, out->device_plan.n_times},
        .rank = run->machine.rank,
        .name = slot->name,
        .profile = profile};
}
