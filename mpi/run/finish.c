#include "mpi/run/finish.h"

#include <inttypes.h>

#include "core/log.h"
#include "mpi/comm/agree.h"
#include "mpi/run/work.h"

/* Of all images. Rank 0. */
static int64_t tiles_left(const pstm_run_parts *run)
{
    int64_t n = 0;
    for (int i = 0; i < run->n_images; i++)
        n += pstm_run_tiles_left(&run->images[i]);
    return n;
}

/* Whether this run has done something that the next one need not do again. Rank 0. */
static bool has_achieved(const pstm_run_parts *run)
{
    for (int i = 0; i < run->n_images; i++)
        if (run->images[i].output.n_tile_records > 0) return true;
    return run->store.was_built;
}

static pstm_status stopped_with(int64_t n_left)
{
    return pstm_fail(PSTM_STOPPED,
                     "stopped in good order with %" PRId64 " tiles left; the same command goes on", n_left);
}

/* A fold of 0 everywhere, where all tiles are of this run. Rank 0. */
static pstm_status doubt_empty(pstm_run_parts *run, const pstm_run_image *image)
{
    const pstm_run_output *output = &image->output;
    if (image->work.tiles_resumed > 0 || run->options->n_shards > 0 || pstm_run_tiles_left(image) > 0)
        return PSTM_OK;
    for (int64_t i = 0; i < output->n_tile_records; i++)
        if (!output->tile_records[i].is_empty) return PSTM_OK;
    PSTM_TRY(pstm_doubts_add(&run->doubts, PSTM_DOUBT_EMPTY_IMAGE, false,
                             "%s: the fold is 0 everywhere: no trace has contributed",
                             image->job->output.file));
    return pstm_run_tell_doubts(run);
}

pstm_status pstm_run_finish_image(pstm_run_parts *run, pstm_run_image *image, bool *done)
{
    const pstm_machine *machine = &run->machine;
    int64_t left = machine->rank == 0 ? pstm_run_tiles_left(image) : 0;
    pstm_run_measured *measured = run->options->measured;
    if (measured != NULL) measured += image - run->images;
    pstm_sum_over_ranks(machine->comm, &left, 1);
    *done = left == 0;
    PSTM_TRY(pstm_agree(machine->comm, machine->rank == 0 ? pstm_run_sink_finish(&image->sink) : PSTM_OK));
    if (image->work.n == 0) return PSTM_OK;
    PSTM_TRY(pstm_agree(machine->comm, machine->rank == 0 ? doubt_empty(run, image) : PSTM_OK));
    return pstm_run_output_report(machine, run->options->version, measured, &image->output);
}

/* Rank 0. */
static pstm_status remove_store(pstm_run_parts *run)
{
    if (tiles_left(run) > 0 || run->images[0].job->output.keep_store) return PSTM_OK;
    return pstm_run_store_remove(&run->store);
}

/* Says how the memory budget was kept. Collective. */
static void note_memory(const pstm_machine *machine)
{
    const int64_t mine = pstm_machine_peak_bytes();
    int64_t most = 0;
    MPI_Reduce(&mine, &most, 1, MPI_INT64_T, MPI_MAX, 0, machine->comm);
    pstm_note("memory: at most %.1f MiB a rank, budget %.1f MiB", (double)most / 1048576.0,
              (double)machine->memory_bytes / 1048576.0);
    if (machine->rank == 0 && (double)most > 1.1 * (double)machine->memory_bytes)
        pstm_warn("memory: a rank held %.1f MiB, more than 10 %% above its budget of %.1f MiB",
                  (double)most / 1048576.0, (double)machine->memory_bytes / 1048576.0);
}

pstm_status pstm_run_finish(pstm_run_parts *run)
{
    const pstm_machine *machine = &run->machine;
    const bool is_root = machine->rank == 0;
    int64_t left[2] = {is_root ? tiles_left(run) : 0, is_root && run->out_of_time && !has_achieved(run)};
    pstm_sum_over_ranks(machine->comm, left, 2);
    pstm_store_close(&run->store.rows);
    PSTM_TRY(pstm_agree(machine->comm, is_root ? remove_store(run) : PSTM_OK));
    note_memory(machine);
    if (left[0] == 0) return PSTM_OK;
    if (left[1] > 0)
        return pstm_fail(PSTM_SYSTEM,
                         "the time limit came before one tile was finished, and the next run would fare no "
                         "better: give it more time or more ranks, or use smaller tiles (`tile`)");
    return stopped_with(left[0]);
}

pstm_status pstm_run_finish_alone(pstm_run_parts *run, pstm_run_image *image)
{
    pstm_store_close(&run->store.rows);
    PSTM_TRY(pstm_run_sink_finish(&image->sink));
    PSTM_TRY(remove_store(run));
    const int64_t n_left = tiles_left(run);
    return n_left > 0 ? stopped_with(n_left) : PSTM_OK;
}
