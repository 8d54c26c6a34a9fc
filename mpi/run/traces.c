/* From headers to a complete trace store. */
#include <inttypes.h>
#include <sys/stat.h>

#include "condition/bank.h"
#include "condition/wavelet.h"
#include "core/log.h"
#include "core/memory.h"
#include "mpi/comm/agree.h"
#include "mpi/run/parts.h"
#include "mpi/survey/build_store.h"
#include "mpi/survey/scan.h"
#include "mpi/survey/summary.h"
#include "mpi/survey/tree.h"

/* Raised when the same samples and keys give other conditioned traces. */
enum { CONDITION_NUMERICS = 1 };

static double greatest_reach_m(const pstm_run_state *run)
{
    const pstm_grid *grid = &run->job->grid;
    const double t_last_s = pstm_grid_time_s(grid, run->window.k_end - 1);
    return pstm_aperture_at_m(&run->aperture, t_last_s, run->velocity->range.most_m_s);
}

static void note_summary(const pstm_survey_summary *f)
{
    pstm_note("%" PRId64 " traces, %" PRId64
              " usable, offsets %.1f to %.1f m, midpoints x %.1f to %.1f, y %.1f to "
              "%.1f m",
              f->n_traces, f->n_usable, f->min_offset_m, f->max_offset_m, f->midpoints.min_x_m,
              f->midpoints.max_x_m, f->midpoints.min_y_m, f->midpoints.max_y_m);
    if (f->n_usable < f->n_traces)
        pstm_note("  %" PRId64 " not live seismic traces by their identification code, %" PRId64
                  " without position",
                  f->n_fate[PSTM_TRACE_NOT_SEISMIC], f->n_fate[PSTM_TRACE_NO_POSITION]);
    if (f->n_no_class > 0)
        pstm_note("  %" PRId64 " are in no class or not selected, and are left out", f->n_no_class);
    const int64_t far = f->n_usable - f->n_no_class - f->n_reach;
    if (far > 0) pstm_note("  %" PRId64 " are too far from the grid to contribute", far);
}

/* Keeps of the refused traces what the list of them says. */
static pstm_status keep_refused(pstm_run_state *run, const pstm_trace *traces, int64_t n)
{
    PSTM_TRY(PSTM_NEW(&run->refused, n, "refused traces"));
    run->n_refused = n;
    for (int64_t i = 0; i < n; i++)
        run->refused[i] = (pstm_dropped){traces[i].number, traces[i].file, traces[i].fate};
    return PSTM_OK;
}

/* The tree over the usable traces, whose headers go to the ranks that have their leaves. Takes the scan's.
 * Collective. */
static pstm_status grow_tree(pstm_run_state *run, pstm_scan *scan)
{
    pstm_status status = pstm_kdtree_admit(scan->traces, scan->n_traces, &run->n_traces);
    if (status == PSTM_OK)
        status = keep_refused(run, scan->traces + run->n_traces, scan->n_traces - run->n_traces);
    PSTM_TRY(pstm_agree(run->machine.comm, status));
    run->traces = scan->traces;
    scan->traces = NULL;
    return pstm_tree_build(run->machine.comm, run->machine.n_threads, &run->traces, &run->n_traces,
                           &run->tree);
}

static const char *wavelet_name(int32_t wavelet)
{
    return wavelet == PSTM_WAVELET_2D ? "2d" : wavelet == PSTM_WAVELET_3D ? "3d" : "off";
}

static pstm_status name_keys(pstm_run_state *run)
{
    char hex[PSTM_DIGEST_CHARS];
    pstm_digest_to_hex(run->input_digest, hex);
    PSTM_TRY(pstm_text_add(&run->store_key, "input: %s\nstore: %d.%d.%d\nwavelet: %s\nlevels: %d\n", hex,
                           PSTM_STORE_VERSION, CONDITION_NUMERICS, PSTM_BANK_NUMERICS,
                           wavelet_name(run->wavelet), run->device_plan.n_levels));
    PSTM_TRY(pstm_job_list(run->job, PSTM_KEYS_TRACES, &run->store_key));
    PSTM_TRY(pstm_text_add(
        &run->image_key_text,
        "input: %s\nnumerics: %s\nstore: %d.%d.%d\nwavelet: %s\nlevels: %d\nvelocity: %s\n", hex,
        run->machine.numerics_id, PSTM_STORE_VERSION, CONDITION_NUMERICS, PSTM_BANK_NUMERICS,
        wavelet_name(run->wavelet), run->device_plan.n_levels, run->velocity_key));
    PSTM_TRY(pstm_job_list(run->job, PSTM_KEYS_IMAGE, &run->image_key_text));
    PSTM_TRY(pstm_job_list(run->job, PSTM_KEYS_ALL, &run->job_text));
    pstm_digest_key(run->image_key_text.bytes, run->image_key);
    return PSTM_OK;
}

/* Summary, wavelet, tree, keys. Collective. */
static pstm_status study_headers(pstm_run_state *run, pstm_scan *scan)
{
    const pstm_grid *grid = &run->job->grid;
    const double reach_m = greatest_reach_m(run);
    pstm_survey_summary summary;
    pstm_survey_summary_find(scan->traces, scan->n_traces, grid, &run->bins, reach_m, &summary);
    pstm_summary_over_ranks(run->machine.comm, &summary);
    PSTM_TRY(pstm_survey_summary_judge(&summary, grid, reach_m)); /* the same everywhere */
    note_summary(&summary);
    run->input_digest = scan->digest;
    const bool on_a_line = pstm_survey_is_line(run->machine.comm, scan->traces, scan->n_traces);
    run->wavelet = (int32_t)pstm_wavelet_resolve(run->job->condition.wavelet, on_a_line);
    pstm_note("  %s; wavelet filter %s", on_a_line ? "a 2D line" : "a 3D survey", wavelet_name(run->wavelet));
    PSTM_TRY(grow_tree(run, scan));
    return pstm_agree(run->machine.comm, run->machine.rank == 0 ? name_keys(run) : PSTM_OK);
}

static pstm_status check_memory_for_headers(const pstm_run_state *run)
{
    const double has = (double)run->machine.memory_bytes;
    const double needed = (double)pstm_machine_resident_bytes() +
                          pstm_tree_bytes((double)run->inputs->n_traces, run->machine.n_ranks);
    if (needed <= has) return PSTM_OK;
    return pstm_fail(PSTM_USAGE,
                     "memory: a rank needs at least %.0f MiB for its share of the headers of %" PRId64
                     " traces and a tree over them, and it has %.0f MiB; raise `memory`, or start more ranks "
                     "on more nodes",
                     pstm_machine_advised_mib((int64_t)needed), run->inputs->n_traces, has / 1048576.0);
}

pstm_status pstm_run_survey(pstm_run_state *run)
{
    PSTM_TRY(pstm_agree(run->machine.comm, check_memory_for_headers(run)));
    pstm_lane *lane = pstm_run_lane(run);
    pstm_scan *scan = NULL;
    pstm_phase_switch(lane, PSTM_PHASE_READ);
    PSTM_TRY(pstm_scan_headers(run->machine.comm, run->inputs, run->machine.n_threads, &scan));
    pstm_phase_switch(lane, PSTM_PHASE_PREFILTER);
    const pstm_status status = study_headers(run, scan);
    pstm_scan_destroy(&scan);
    if (status == PSTM_OK && run->stats != NULL) run->stats->n_traces = run->tree->n_traces;
    pstm_phase_switch(lane, PSTM_PHASE_OTHER);
    return status;
}

/* ---- the store --------------------------------------------------------------------------------------- */

static void note_fates(const int64_t *n_fate)
{
    for (int f = PSTM_TRACE_KEPT + 1; f < PSTM_TRACE_FATES; f++)
        if (n_fate[f] > 0) pstm_note("  %" PRId64 " traces dropped: %s", n_fate[f], pstm_trace_fate_text(f));
}

/* What the store of this job is to be; only rank 0 has its key. */
static pstm_store_about describe_store(const pstm_run_state *run)
{
    return (pstm_store_about){.key = run->store_key.bytes,
                              .commit = run->options->commit,
                              .n_traces = run->tree->n_traces,
                              .n_leaves = run->tree->n_leaves,
                              .n_samples = run->inputs->n_samples,
                              .n_levels = run->device_plan.n_levels,
                              .sample_s = run->inputs->sample_s};
}

/* Makes the store with its leaves. Rank 0. */
static pstm_status create_store(pstm_run_state *run)
{
    const pstm_store_about about = describe_store(run);
    if (run->lock >= 0) pstm_store_remove_drafts(run->paths.store.bytes);
    return pstm_store_create(run->paths.store.bytes, &about, run->tree->leaves);
}

/* Conditions all traces into a new store. Collective. */
static pstm_status build_store(pstm_run_state *run)
{
    const pstm_status created = run->machine.rank == 0 ? create_store(run) : PSTM_OK;
    PSTM_TRY(pstm_agree(run->machine.comm, created));
    pstm_note("conditioning %" PRId64 " traces", run->tree->n_traces);
    const pstm_store_work work = {.inputs = run->inputs,
                                  .condition = &run->job->condition,
                                  .wavelet = (pstm_wavelet)run->wavelet,
                                  .n_levels = run->device_plan.n_levels,
                                  .store_path = run->paths.store.bytes,
                                  .dropped_path = run->paths.dropped.bytes,
                                  .traces = run->traces,
                                  .refused = run->refused,
                                  .n_refused = run->n_refused,
                                  .n_threads = run->machine.n_threads,
                                  .memory_bytes = run->machine.memory_bytes - pstm_machine_resident_bytes(),
                                  .profile = run->job->output.profile ? &run->profile : NULL};
    int64_t n_fate[PSTM_TRACE_FATES];
    PSTM_TRY(pstm_build_store(run->machine.comm, &work, n_fate));
    run->built_store = true;
    note_fates(n_fate);
    return PSTM_OK;
}

/* Whether there is a store of this job that is not older than an input file. Rank 0. */
static pstm_status probe_store(const pstm_run_state *run, bool *usable)
{
    const char *path = run->paths.store.bytes;
    const pstm_store_about about = describe_store(run);
    PSTM_TRY(pstm_store_probe(path, &about, run->tree->leaves, usable));
    struct stat there;
    if (!*usable || stat(path, &there) != 0) return PSTM_OK;
    const char *newer = pstm_inputs_newer(run->inputs, &there.st_mtim);
    if (newer != NULL) pstm_note("the traces are conditioned again: %s is newer than %s", newer, path);
    *usable = newer == NULL;
    return PSTM_OK;
}

/* The tree's leaves are looked up in the store by their number, so both must agree. */
static pstm_status open_store(pstm_run_state *run)
{
    const char *path = run->paths.store.bytes;
    const pstm_store_about about = describe_store(run);
    PSTM_TRY(pstm_store_open(path, false, &run->store));
    if (!pstm_store_is_complete(run->store) || !pstm_store_fits(run->store, &about, run->tree->leaves))
        return pstm_fail(
            PSTM_DATA,
            "%s is not the trace store that rank 0 made or found: does another job write to the same "
            "place? start again, with another output.file for the other one",
            path);
    pstm_digest_to_hex(pstm_store_get_about(run->store)->samples_digest, run->samples_digest);
    return PSTM_OK;
}

pstm_status pstm_run_store(pstm_run_state *run)
{
    int usable_flag = 0;
    pstm_status status = PSTM_OK;
    if (run->machine.rank == 0) {
        bool usable = false;
        status = probe_store(run, &usable);
        usable_flag = usable;
    }
    PSTM_TRY(pstm_agree(run->machine.comm, status));
    MPI_Bcast(&usable_flag, 1, MPI_INT, 0, run->machine.comm);
    if (usable_flag)
        pstm_note("the conditioned traces of %s serve again", run->paths.store.bytes);
    else
        PSTM_TRY(build_store(run));
    PSTM_FREE(&run->traces);
    PSTM_FREE(&run->refused);
    return pstm_agree(run->machine.comm, open_store(run));
}
