#include "mpi/run/run.h"

#include <math.h>

#include "core/clock.h"
#include "mpi/comm/agree.h"
#include "mpi/run/amplitude.h"
#include "mpi/run/devices.h"
#include "mpi/run/finish.h"
#include "mpi/run/migrate.h"
#include "mpi/run/parts.h"
#include "mpi/run/work.h"

/* A signal in so many last seconds, or in this last part of the time, announces its end: job scripts ask for
 * one five minutes before. */
static const double LAST_SIGNAL_S = 600, LAST_PART = 0.1;

/* That every file of the run has a place. Rank 0. */
static pstm_status check_places(const pstm_job *const *jobs, int n_jobs)
{
    for (int i = 0; i < n_jobs; i++)
        PSTM_TRY(pstm_run_sink_check_place(&jobs[i]->output));
    return PSTM_OK;
}

/* Rank 0. */
static pstm_status check_room(const pstm_run_parts *run)
{
    for (int i = 0; i < run->n_images; i++)
        PSTM_TRY(pstm_run_image_check_room(&run->images[i]));
    return PSTM_OK;
}

/* Which cubes are there, and what is left to do of them. Collective. */
static pstm_status check_outputs(pstm_run_parts *run, bool *has_work)
{
    *has_work = false;
    for (int i = 0; i < run->n_images; i++) {
        pstm_run_image *image = &run->images[i];
        PSTM_TRY(pstm_run_check_output(&run->machine, run->options->overwrite, &run->survey, image));
        *has_work = *has_work || image->work.n > 0;
    }
    return PSTM_OK;
}

/* Refuses cubes of other samples, of which headers do not tell. Rank 0. */
static pstm_status check_samples(const pstm_run_parts *run)
{
    pstm_status status = PSTM_OK;
    for (int i = 0; i < run->n_images && status == PSTM_OK; i++) {
        const pstm_run_sink *sink = &run->images[i].sink;
        if (run->images[i].work.n > 0)
            status = pstm_cube_check_samples(sink->options->file, &sink->found, &sink->about);
    }
    return status;
}

/* What conditioning has found, by this run or by the one that made the store; the same on every rank. */
static pstm_status doubt_samples(pstm_run_parts *run)
{
    PSTM_TRY(pstm_store_read_doubts(run->store.rows, &run->doubts));
    return pstm_run_tell_doubts(run);
}

/* A signal has stopped the conditioning, of which nothing is kept. Near the end of the time the next run,
 * which has no more of it, would be stopped there too. */
static pstm_status judge_stop(const pstm_run_parts *run)
{
    const double left_s = run->limit.end_s - pstm_now_s();
    const double time_s = run->limit.end_s - run->images[0].output.started_s;
    if (isinf(left_s) || left_s > fmax(LAST_SIGNAL_S, LAST_PART * time_s)) return PSTM_STOPPED;
    return pstm_fail(PSTM_SYSTEM,
                     "the time limit comes before the traces are conditioned, and the next run would fare no "
                     "better: give it more time or more ranks");
}

/* Conditioned traces for all images. Collective. */
static pstm_status make_store(pstm_run_parts *run)
{
    const pstm_machine *machine = &run->machine;
    pstm_run_image *first = &run->images[0];
    const pstm_run_store_plan plan = {.condition = &first->job->condition,
                                      .commit = run->options->commit,
                                      .is_ours_alone = first->sink.lock >= 0,
                                      .anew = run->options->anew,
                                      .profile = pstm_run_output_profile(&first->output)};
    for (int i = 0; i < run->n_images; i++)
        if (run->images[i].work.n > 0) PSTM_TRY(pstm_run_check_memory(run, &run->images[i]));
    const pstm_status made = pstm_run_store_make(machine, &run->survey, &plan, &run->store);
    if (made == PSTM_STOPPED) return judge_stop(run);
    PSTM_TRY(made);
    PSTM_TRY(pstm_agree(machine->comm, doubt_samples(run)));
    return pstm_agree(machine->comm, machine->rank == 0 ? check_samples(run) : PSTM_OK);
}

/* Collective. */
static pstm_status make_image(pstm_run_parts *run, pstm_run_image *image, bool *done)
{
    pstm_run_output_start(&image->output);
    if (image->work.n > 0) {
        pstm_run_amplitude *amplitude = &image->amplitude;
        PSTM_TRY(pstm_run_find_amplitude(&run->machine, &run->survey, &run->store, image->job, &image->bins,
                                         amplitude));
        if (amplitude->has_bands) image->device_plan.n_classes = amplitude->bands.n;
        PSTM_TRY(pstm_run_migrate(run, image));
    }
    return pstm_run_finish_image(run, image, done);
}

static pstm_status run_phases(MPI_Comm comm, const pstm_job *const *jobs, int n_jobs,
                              const pstm_run_options *options, pstm_run_parts *run)
{
    bool has_work, done = true;
    int rank;
    MPI_Comm_rank(comm, &rank);
    PSTM_TRY(pstm_agree(comm, rank == 0 ? check_places(jobs, n_jobs) : PSTM_OK));
    PSTM_TRY(pstm_run_parts_prepare(comm, jobs, n_jobs, options, run));
    PSTM_TRY(pstm_agree(comm, rank == 0 ? check_room(run) : PSTM_OK));
    pstm_devices_warm_up(&run->machine);
    PSTM_TRY(pstm_run_parts_read_headers(run));
    PSTM_TRY(check_outputs(run, &has_work));
    if (has_work) PSTM_TRY(make_store(run));
    for (int i = 0; i < run->n_images && done; i++)
        PSTM_TRY(make_image(run, &run->images[i], &done));
    return pstm_run_finish(run);
}

pstm_status pstm_run_images(MPI_Comm comm, const pstm_job *const *jobs, int n_jobs,
                            const pstm_run_options *options)
{
    pstm_run_parts run = {0};
    const pstm_status status = run_phases(comm, jobs, n_jobs, options, &run);
    pstm_run_parts_clear(&run);
    return status;
}

pstm_status pstm_run(MPI_Comm comm, const pstm_job *job, const pstm_run_options *options)
{
    return pstm_run_images(comm, &job, 1, options);
}
