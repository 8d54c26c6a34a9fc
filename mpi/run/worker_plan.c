#include "mpi/run/worker_plan.h"

#include "mpi/run/devices.h"

void pstm_run_plan_worker(const pstm_run_survey *survey, const pstm_run_store *store, pstm_run_image *image,
                          const pstm_worker_slot *slot, pstm_group_size group, pstm_run_worker *worker)
{
    const pstm_job *job = image->job;
    const pstm_tile largest = pstm_group_at(&image->tiling, 0, group);
    pstm_rank_profile *profile = pstm_run_output_profile(&image->output);
    worker->device_plan = pstm_devices_plan(slot, &image->device_plan);
    worker->context =
        (pstm_operator_context){.grid = &job->grid,
                                .largest = pstm_tile_area(&largest),
                                .tree = survey->tree,
                                .bins = image->amplitude.has_bands ? &image->amplitude.bands : &image->bins,
                                .areas = image->amplitude.areas.of_trace,
                                .live = image->amplitude.live,
                                .n_classes = image->bins.n,
                                .aperture = &image->aperture,
                                .velocity = image->velocity,
                                .device = slot->device,
                                .device_plan = &worker->device_plan,
                                .device_name = slot->name,
                                .raw_spreading = job->condition.spreading == PSTM_INPUT_RAW,
                                .trace_prefilter = job->trace_prefilter,
                                .spatial_index = job->spatial_index,
                                .batch = job->batch,
                                .profile = profile,
                                .stats = image->output.stats};
    worker->plan = (pstm_worker_plan){.op = pstm_tile_operator_get(job->tile_operator),
                                      .context = &worker->context,
                                      .store = store->rows,
                                      .shape = {pstm_tile_n_locations(&largest), image->bins.n,
                                                image->device_plan.n_times,
                                                pstm_device_accumulators(&worker->device_plan)},
                                      .name = slot->name,
                                      .profile = profile};
}

/* ---- groups ------------------------------------------------------------------------------------------ */

/* Locations on an axis of a group where the traces are read again for each: twice as many, half as often. */
enum { SIDE_OF_LARGE_SURVEY = 64 };

/* All traces with their copies in the memory of a worker. */
static bool survey_fits(const pstm_run_survey *survey, const pstm_run_store *store, int64_t memory_bytes)
{
    const int64_t row_floats = pstm_run_store_row_floats(store, survey->inputs->n_samples);
    const int64_t row_bytes = row_floats * (int64_t)sizeof(float) + (int64_t)sizeof(pstm_trace);
    return survey->inputs->n_traces < memory_bytes / row_bytes;
}

/* Bytes of a location of a tile with the device of a slot. */
static int64_t location_bytes(const pstm_run_survey *survey, const pstm_run_store *store,
                              pstm_run_image *image, const pstm_worker_slot *slot)
{
    const pstm_group_size one = {1, 1};
    pstm_run_worker worker;
    pstm_run_plan_worker(survey, store, image, slot, one, &worker);
    return pstm_worker_fixed_bytes(&worker.plan) / worker.plan.shape.n_locations + 1;
}

void pstm_run_choose_group(const pstm_machine *machine, const pstm_run_survey *survey,
                           const pstm_run_store *store, pstm_run_image *image)
{
    int64_t least[2] = {INT64_MAX, INT64_MAX}, n_workers = 0; /* memory of a worker; locations of a group */
    if (machine->n_slots > 0) least[0] = machine->memory_bytes / machine->n_slots;
    int32_t side = machine->device->group_side;
    for (int32_t w = 0; w < machine->n_slots; w++) {
        const int64_t fit = least[0] / 4 / location_bytes(survey, store, image, &machine->slots[w]);
        if (fit < least[1]) least[1] = fit;
    }
    MPI_Allreduce(MPI_IN_PLACE, least, 2, MPI_INT64_T, MPI_MIN, machine->comm);
    MPI_Allreduce(MPI_IN_PLACE, &side, 1, MPI_INT32_T, MPI_MAX, machine->comm);
    if (side == 0 && !survey_fits(survey, store, least[0])) side = SIDE_OF_LARGE_SURVEY;
    for (int rank = 0; rank < machine->n_ranks; rank++)
        n_workers += machine->n_slots_of[rank];
    image->group = pstm_group_size_choose(&image->tiling, side, (int32_t)n_workers, least[1]);
}
