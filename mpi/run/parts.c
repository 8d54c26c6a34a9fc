#include "mpi/run/parts.h"

#include <string.h>

#include "condition/doubts.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/memory.h"
#include "mpi/comm/agree.h"
#include "mpi/run/amplitude.h"
#include "mpi/run/devices.h"
#include "mpi/run/judge.h"
#include "mpi/run/keys.h"
#include "mpi/run/velocity.h"

/* ---- what the jobs ask for --------------------------------------------------------------------------- */

static pstm_status list_jobs(const pstm_run_parts *run, pstm_text *text)
{
    for (int i = 0; i < run->n_images; i++)
        PSTM_TRY(pstm_job_list(run->images[i].job, PSTM_KEYS_ALL, text));
    return PSTM_OK;
}

/* A job file that was edited while the ranks started, or an old copy on one node. Collective. */
static pstm_status compare_ranks(const pstm_run_parts *run)
{
    pstm_text text = {0};
    char mine[PSTM_KEY_CHARS] = "", first[PSTM_KEY_CHARS];
    pstm_status status = list_jobs(run, &text);
    if (status == PSTM_OK) pstm_digest_key(text.bytes, mine);
    pstm_text_clear(&text);
    memcpy(first, mine, sizeof first);
    MPI_Bcast(first, sizeof first, MPI_CHAR, 0, run->machine.comm);
    if (status == PSTM_OK && strcmp(first, mine) != 0)
        status = pstm_fail(
            PSTM_USAGE,
            "the job that this rank (%s) has read is not that of rank 0; start all ranks with the same "
            "arguments, after the job file is written",
            run->machine.host);
    return pstm_agree(run->machine.comm, status);
}

/* What shapes the conditioned traces: files and keys. */
static pstm_status list_traces(const pstm_job *job, pstm_text *text)
{
    for (int64_t f = 0; f < job->input.segy.n; f++)
        PSTM_TRY(pstm_text_add(text, "input.segy: %s\n", job->input.segy.text[f]));
    return pstm_job_list(job, PSTM_KEYS_TRACES, text);
}

/* The images are made of the same conditioned traces. */
static pstm_status compare_traces(const pstm_job *first, const pstm_job *other)
{
    pstm_text a = {0}, b = {0}, difference = {0};
    pstm_status status;
    PSTM_GO(list_traces(first, &a));
    PSTM_GO(list_traces(other, &b));
    PSTM_GO(pstm_digest_difference(a.bytes, "the first image", b.bytes, "this one", &difference));
    if (difference.length > 0)
        status = pstm_fail(
            PSTM_USAGE, "%s cannot be made of the same conditioned traces as %s; run it by itself:\n%.*s",
            other->output.file, first->output.file, (int)difference.length - 1, difference.bytes);
cleanup:
    pstm_text_clear(&a);
    pstm_text_clear(&b);
    pstm_text_clear(&difference);
    return status;
}

/* ---- before a header is read ------------------------------------------------------------------------- */

/* The store is for all images: as many copies of each trace as the one that needs most. */
static void plan_devices(pstm_run_parts *run)
{
    for (int i = 0; i < run->n_images; i++) {
        pstm_run_image *image = &run->images[i];
        pstm_run_image_plan_device(run->survey.inputs, run->machine.n_threads, image);
        if (image->device_plan.n_levels > run->store.n_levels)
            run->store.n_levels = image->device_plan.n_levels;
    }
}

/* Collective. */
static pstm_status read_velocities(const pstm_job *const *jobs, pstm_run_parts *run)
{
    pstm_run_velocity *read = NULL;
    PSTM_TRY(pstm_agree(run->machine.comm, PSTM_NEW(&read, run->n_images, "the velocity models of a run")));
    const pstm_status status = pstm_run_velocities(run->machine.comm, jobs, run->n_images, read);
    for (int i = 0; i < run->n_images; i++) {
        run->images[i].velocity = read[i].model;
        memcpy(run->images[i].velocity_key, read[i].key, sizeof read[i].key);
    }
    PSTM_FREE(&read);
    return status;
}

static pstm_status prepare_local(pstm_run_parts *run)
{
    const pstm_job *job = run->images[0].job;
    PSTM_TRY(pstm_run_store_name(job->output.file, &run->store));
    for (int i = 0; i < run->n_images; i++) {
        PSTM_TRY(compare_traces(job, run->images[i].job));
        PSTM_TRY(pstm_run_image_prepare(run->options, &run->images[i]));
    }
    pstm_input_options input = job->input;
    input.ignores_mute = !job->condition.header_mute;
    PSTM_TRY(pstm_run_survey_open(&input, &run->survey));
    plan_devices(run);
    return pstm_devices_choose(&run->machine, job->device, !job->time_domain);
}

static pstm_status prepare_outputs(pstm_run_parts *run)
{
    for (int i = 0; i < run->n_images; i++) {
        pstm_run_image *image = &run->images[i];
        PSTM_TRY(pstm_run_output_prepare(&run->machine, &image->job->grid, &image->window,
                                         run->survey.inputs->n_traces, &image->output));
    }
    return PSTM_OK;
}

/* A rank whose threads have fewer cores than they are runs slowly and looks as if it hung. */
static void warn_of_cores(const pstm_machine *m)
{
    if (m->n_threads > m->n_cores)
        pstm_warn("%d threads on %d core(s): bind the ranks to more cores (mpirun --bind-to none, srun "
                  "--cpus-per-task) or lower `threads`",
                  m->n_threads, m->n_cores);
}

/* What the files and the job say against each other before a trace header is read. */
static pstm_status doubt_files(pstm_run_parts *run)
{
    const pstm_inputs *inputs = run->survey.inputs;
    for (int64_t f = 0; f < inputs->n_files; f++)
        PSTM_TRY(pstm_doubts_take(&run->doubts, pstm_segy_path(inputs->files[f]),
                                  pstm_segy_doubts(inputs->files[f])));
    return pstm_condition_doubt(&run->images[0].job->condition, inputs->sample_s, &run->doubts);
}

static pstm_status doubt_velocities(pstm_run_parts *run)
{
    for (int i = 0; i < run->n_images; i++) {
        const pstm_run_image *image = &run->images[i];
        PSTM_TRY(
            pstm_velocity_doubt(image->velocity, image->job->velocity.file, &image->job->grid, &run->doubts));
        PSTM_TRY(pstm_velocity_doubt_unit(image->velocity, &image->job->velocity, &image->job->grid,
                                          &run->doubts));
    }
    return PSTM_OK;
}

pstm_status pstm_run_tell_doubts(pstm_run_parts *run)
{
    return pstm_doubts_tell(&run->doubts, run->images[0].job->accepted);
}

/* Rank 0. */
static pstm_status tell_columns(pstm_run_parts *run)
{
    for (int i = 0; i < run->n_images; i++) {
        pstm_run_image *image = &run->images[i];
        const pstm_device_plan plan = {.law = pstm_job_law(image->job)};
        PSTM_TRY(pstm_run_tell_columns(image->velocity, &image->job->grid, pstm_device_fields(&plan),
                                       &image->output.velocity_columns));
    }
    return PSTM_OK;
}

static void note_machine(const pstm_machine *m)
{
    pstm_note("%d rank(s) of %d thread(s), %s, %.1f GiB a rank", m->n_ranks, m->n_threads, m->numerics_id,
              (double)m->memory_bytes / 1073741824.0);
    if (m->n_slots > 1) pstm_note("  %d workers a rank, of the devices %s", m->n_slots, m->device_names);
}

/* The first image's time begins; the others' when they are migrated. Collective. */
static pstm_status begin(MPI_Comm comm, const pstm_job *const *jobs, int n_jobs, pstm_run_parts *run)
{
    pstm_status status = PSTM_NEW(&run->workers, n_jobs * PSTM_RANK_WORKERS, "the workers of a rank");
    if (status == PSTM_OK) status = PSTM_NEW(&run->images, n_jobs, "the images of a run");
    PSTM_TRY(pstm_agree(comm, status));
    run->n_images = n_jobs;
    for (int i = 0; i < n_jobs; i++)
        pstm_run_image_begin(jobs[i], &run->images[i]);
    pstm_run_output_start(&run->images[0].output);
    run->limit = pstm_time_limit_find(run->images[0].output.started_s, run->options->max_s);
    pstm_machine_find(comm, jobs[0]->threads, jobs[0]->memory_bytes, &run->machine);
    return PSTM_OK;
}

pstm_status pstm_run_parts_prepare(MPI_Comm comm, const pstm_job *const *jobs, int n_jobs,
                                   const pstm_run_options *options, pstm_run_parts *run)
{
    *run = (pstm_run_parts){.options = options};
    PSTM_TRY(begin(comm, jobs, n_jobs, run));
    PSTM_TRY(compare_ranks(run));
    PSTM_TRY(read_velocities(jobs, run));
    PSTM_TRY(pstm_agree(comm, prepare_local(run)));
    PSTM_TRY(pstm_inputs_compare(comm, run->survey.inputs));
    PSTM_TRY(pstm_devices_fill_slots(&run->machine));
    PSTM_TRY(pstm_agree(comm, prepare_outputs(run)));
    warn_of_cores(&run->machine);
    pstm_status status = doubt_files(run);
    if (status == PSTM_OK) status = doubt_velocities(run);
    if (status == PSTM_OK) status = pstm_run_tell_doubts(run);
    PSTM_TRY(pstm_agree(comm, status));
    note_machine(&run->machine);
    PSTM_TRY(pstm_agree(comm, run->machine.rank == 0 ? tell_columns(run) : PSTM_OK));
    for (int i = 0; i < n_jobs; i++)
        pstm_run_choose_group(&run->machine, &run->survey, &run->store, &run->images[i]);
    return PSTM_OK;
}

/* ---- headers ----------------------------------------------------------------------------------------- */

/* Rank 0. */
static pstm_status name_keys(pstm_run_parts *run)
{
    pstm_run_store *store = &run->store;
    PSTM_TRY(pstm_run_store_key(run->images[0].job, &run->survey, store->n_levels, &store->key));
    for (int i = 0; i < run->n_images; i++)
        PSTM_TRY(pstm_run_image_describe(&run->machine, run->options, &run->survey, store->samples_digest,
                                         &run->images[i]));
    return PSTM_OK;
}

/* The weights that go with the survey's shape. Local, the same on every rank. */
static pstm_status choose_weights(pstm_run_parts *run)
{
    for (int i = 0; i < run->n_images; i++) {
        pstm_run_choose_weight(&run->survey, &run->images[i].device_plan.weight);
        PSTM_TRY(pstm_run_doubt_amplitude(&run->survey, run->images[i].job, &run->doubts));
    }
    return pstm_run_tell_doubts(run);
}

static pstm_status list_extents(const pstm_run_parts *run, pstm_extent **extents)
{
    PSTM_TRY(PSTM_NEW(extents, run->n_images, "the extents of the images"));
    for (int i = 0; i < run->n_images; i++)
        (*extents)[i] = pstm_run_image_extent(&run->images[i], run->survey.inputs->sample_s);
    return PSTM_OK;
}

/* Collective. */
static pstm_status read_and_judge(pstm_run_parts *run, const pstm_extent *extents, pstm_lane *lane)
{
    const pstm_machine *machine = &run->machine;
    const pstm_job *job = run->images[0].job;
    pstm_phase_switch(lane, PSTM_PHASE_READ);
    PSTM_TRY(pstm_run_survey_read(machine, &run->survey));
    pstm_phase_switch(lane, PSTM_PHASE_PREFILTER);
    PSTM_TRY(pstm_run_judge_headers(machine, job, extents, run->n_images, &run->survey, &run->doubts));
    PSTM_TRY(pstm_agree(machine->comm, pstm_run_tell_doubts(run)));
    return pstm_run_survey_grow(machine, job->condition.wavelet, &run->survey);
}

pstm_status pstm_run_parts_read_headers(pstm_run_parts *run)
{
    const pstm_machine *machine = &run->machine;
    pstm_lane *lane = pstm_run_output_lane(&run->images[0].output);
    pstm_extent *extents = NULL;
    pstm_status status;
    PSTM_GO(pstm_agree(machine->comm, list_extents(run, &extents)));
    status = read_and_judge(run, extents, lane);
    pstm_phase_switch(lane, PSTM_PHASE_OTHER);
    if (status != PSTM_OK) goto cleanup;
    PSTM_GO(pstm_agree(machine->comm, choose_weights(run)));
    PSTM_GO(pstm_agree(machine->comm, machine->rank == 0 ? name_keys(run) : PSTM_OK));
    for (int i = 0; i < run->n_images; i++)
        if (run->images[i].output.stats != NULL)
            run->images[i].output.stats->n_traces = run->survey.tree->n_traces;
cleanup:
    PSTM_FREE(&extents);
    return status;
}

void pstm_run_parts_clear(pstm_run_parts *run)
{
    pstm_devices_release(&run->machine);
    for (int i = 0; i < run->n_images; i++)
        pstm_run_image_clear(&run->images[i]);
    PSTM_FREE(&run->images);
    PSTM_FREE(&run->workers);
    pstm_run_store_clear(&run->store); /* it borrows the tree's leaves */
    pstm_run_survey_clear(&run->survey);
    pstm_doubts_clear(&run->doubts);
}
