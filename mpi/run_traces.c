/* From headers to a complete trace store. */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "core/log.h"
#include "core/memory.h"
#include "migrate/bank.h"
#include "migrate/wavelet.h"
#include "mpi/agree.h"
#include "mpi/build_store.h"
#include "mpi/run_parts.h"
#include "mpi/scan.h"

/* Raised when the same samples and keys give other conditioned traces. */
enum { CONDITION_NUMERICS = 1 };

static double greatest_reach_m(const pstm_run_state *run)
{
    const pstm_grid *grid = &run->job->grid;
    const double t_last_s = pstm_grid_time_s(grid, run->target->k_end - 1);
    return pstm_aperture_at_m(&run->law, t_last_s, pstm_velocity_max_m_s(run->velocity));
}

static void note_facts(const pstm_survey_facts *f)
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
        pstm_note("  %" PRId64 " are in no offset class or not selected, and are left out", f->n_no_class);
    const int64_t far = f->n_usable - f->n_no_class - f->n_reach;
    if (far > 0) pstm_note("  %" PRId64 " are too far from the grid to contribute", far);
}

/* traces[i] = traces[order[i]] for a permutation, in place; uses `order` up. */
static void permute(pstm_trace *traces, int64_t *order, int64_t n)
{
    for (int64_t first = 0; first < n; first++) {
        if (order[first] < 0) continue;
        const pstm_trace held = traces[first];
        int64_t i = first;
        while (order[i] != first) {
            const int64_t next = order[i];
            traces[i] = traces[next];
            order[i] = -1;
            i = next;
        }
        traces[i] = held;
        order[i] = -1;
    }
}

/* The tree over the usable traces, and all traces: those in leaf order, then the refused ones. Takes the
 * scan's: a survey's headers are too large to be copied. Rank 0. */
static pstm_status grow_tree(pstm_run_state *run, pstm_scan *scan)
{
    int64_t *order = NULL;
    pstm_status status;
    PSTM_GO(PSTM_NEW(&order, scan->n_traces, "the order of traces"));
    PSTM_GO(pstm_kdtree_build(scan->traces, scan->n_traces, order, &run->tree));
    int64_t n = run->tree->n_traces;
    for (int64_t i = 0; i < scan->n_traces; i++)
        if (!pstm_trace_is_usable(&scan->traces[i])) order[n++] = i;
    permute(scan->traces, order, scan->n_traces);
    run->traces = scan->traces;
    run->n_refused = scan->n_traces - run->tree->n_traces;
    scan->traces = NULL;
cleanup:
    PSTM_FREE(&order);
    return status;
}

static const char *wavelet_name(int32_t wavelet)
{
    return wavelet == PSTM_WAVELET_2D ? "2d" : wavelet == PSTM_WAVELET_3D ? "3d" : "off";
}

static pstm_status name_keys(pstm_run_state *run)
{
    pstm_text velocity = {0};
    char hex[PSTM_DIGEST_CHARS], velocity_key[PSTM_KEY_CHARS];
    pstm_status status;
    pstm_digest_to_hex(run->input_digest, hex);
    PSTM_GO(pstm_text_add(&run->store_key, "input: %s\nstore: %d.%d.%d\nwavelet: %s\nlevels: %d\n", hex,
                          PSTM_STORE_VERSION, CONDITION_NUMERICS, PSTM_BANK_NUMERICS,
                          wavelet_name(run->wavelet), run->device_plan.n_levels));
    PSTM_GO(pstm_job_list(run->job, PSTM_KEYS_TRACES, &run->store_key));
    PSTM_GO(pstm_velocity_describe(run->velocity, &velocity));
    pstm_digest_key(velocity.bytes, velocity_key);
    PSTM_GO(pstm_text_add(&run->image_key_text,
                          "input: %s\nnumerics: %s\nstore: %d.%d.%d\nwavelet: %s\nlevels: %d\nvelocity: %s\n",
                          hex, run->numerics_id, PSTM_STORE_VERSION, CONDITION_NUMERICS, PSTM_BANK_NUMERICS,
                          wavelet_name(run->wavelet), run->device_plan.n_levels, velocity_key));
    PSTM_GO(pstm_job_list(run->job, PSTM_KEYS_IMAGE, &run->image_key_text));
    PSTM_GO(pstm_job_list(run->job, PSTM_KEYS_ALL, &run->job_text));
    pstm_digest_key(run->image_key_text.bytes, run->image_key);
cleanup:
    pstm_text_clear(&velocity);
    return status;
}

/* What only rank 0 does with the headers. */
static pstm_status study_headers(pstm_run_state *run, pstm_scan *scan)
{
    pstm_survey_facts facts;
    PSTM_TRY(pstm_survey_facts_find(scan->traces, scan->n_traces, &run->job->grid, &run->classes,
                                    greatest_reach_m(run), &facts));
    note_facts(&facts);
    run->input_digest = scan->digest;
    const bool on_a_line = pstm_traces_on_a_line(scan->traces, scan->n_traces);
    run->wavelet = (int32_t)pstm_wavelet_resolve(run->job->condition.wavelet, on_a_line);
    pstm_note("  %s; wavelet filter %s", on_a_line ? "a 2D line" : "a 3D survey", wavelet_name(run->wavelet));
    PSTM_TRY(grow_tree(run, scan));
    return name_keys(run);
}

/* Brings rank 0's tree to the others. Collective. */
static pstm_status share_tree(pstm_run_state *run)
{
    const bool is_root = run->machine.rank == 0;
    int64_t sizes[4] = {0};
    if (is_root) {
        const int64_t mine[4] = {run->tree->n_traces, run->tree->n_leaves, run->tree->n_nodes, run->wavelet};
        memcpy(sizes, mine, sizeof sizes);
    }
    MPI_Bcast(sizes, 4, MPI_INT64_T, 0, run->comm);
    run->wavelet = (int32_t)sizes[3];
    pstm_status status = PSTM_OK;
    if (!is_root) status = pstm_kdtree_create(sizes[0], sizes[1], sizes[2], &run->tree);
    PSTM_TRY(pstm_agree(run->comm, status));
    pstm_broadcast_bytes(run->comm, run->tree->leaves, sizes[1] * (int64_t)sizeof(pstm_leaf));
    pstm_broadcast_bytes(run->comm, run->tree->nodes, sizes[2] * (int64_t)sizeof(pstm_kdnode));
    return PSTM_OK;
}

/* Headers on rank 0, and beside them what pstm_kdtree_build() and the order take for a while. */
enum { BYTES_OF_A_TRACE = sizeof(pstm_trace) + 48 };

static pstm_status check_memory_for_headers(const pstm_run_state *run)
{
    if (run->machine.rank != 0) return PSTM_OK;
    const int64_t needed = pstm_machine_resident_bytes() + run->inputs->n_traces * BYTES_OF_A_TRACE;
    if (needed <= run->machine.memory_bytes) return PSTM_OK;
    return pstm_fail(PSTM_USAGE,
                     "memory: rank 0 needs at least %.0f MiB for the headers of %" PRId64
                     " traces, and it has %.0f MiB; raise `memory`, or start fewer ranks on a node",
                     ceil((double)needed / 1048576.0), run->inputs->n_traces,
                     (double)run->machine.memory_bytes / 1048576.0);
}

pstm_status pstm_run_survey(pstm_run_state *run)
{
    PSTM_TRY(pstm_agree(run->comm, check_memory_for_headers(run)));
    pstm_lane *lane = pstm_run_lane(run);
    pstm_scan *scan = NULL;
    pstm_phase_switch(lane, PSTM_PHASE_READ);
    PSTM_TRY(pstm_scan_headers(run->comm, run->inputs, &scan));
    pstm_phase_switch(lane, PSTM_PHASE_PREFILTER);
    pstm_status status = run->machine.rank == 0 ? study_headers(run, scan) : PSTM_OK;
    pstm_scan_destroy(&scan);
    PSTM_TRY(pstm_agree(run->comm, status));
    pstm_phase_switch(lane, PSTM_PHASE_TRANSFER);
    status = share_tree(run);
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

/* Makes the store, which then holds the headers; only those of refused traces are kept. Rank 0. */
static pstm_status create_store(pstm_run_state *run)
{
    const pstm_store_about about = {.key = run->store_key.bytes,
                                    .commit = run->options->commit,
                                    .n_traces = run->tree->n_traces,
                                    .n_leaves = run->tree->n_leaves,
                                    .n_samples = run->inputs->n_samples,
                                    .n_levels = run->device_plan.n_levels,
                                    .sample_s = run->inputs->sample_s};
    if (run->lock >= 0) pstm_store_remove_drafts(run->paths.store.bytes);
    PSTM_TRY(pstm_store_create(run->paths.store.bytes, &about, run->traces, run->tree->leaves));
    PSTM_TRY(PSTM_NEW(&run->refused, run->n_refused, "refused traces"));
    memcpy(run->refused, run->traces + run->tree->n_traces, (size_t)run->n_refused * sizeof *run->refused);
    PSTM_FREE(&run->traces);
    return PSTM_OK;
}

/* Conditions all traces into a new store. Collective. */
static pstm_status build_store(pstm_run_state *run)
{
    const pstm_status created = run->machine.rank == 0 ? create_store(run) : PSTM_OK;
    PSTM_TRY(pstm_agree(run->comm, created));
    pstm_note("conditioning %" PRId64 " traces", run->tree->n_traces);
    const pstm_store_work work = {.inputs = run->inputs,
                                  .condition = &run->job->condition,
                                  .wavelet = (pstm_wavelet)run->wavelet,
                                  .n_levels = run->device_plan.n_levels,
                                  .store_path = run->paths.store.bytes,
                                  .dropped_path = run->paths.dropped.bytes,
                                  .refused = run->refused,
                                  .n_refused = run->n_refused,
                                  .n_threads = run->machine.n_threads,
                                  .memory_bytes = run->machine.memory_bytes - pstm_machine_resident_bytes(),
                                  .profile = run->job->output.profile ? &run->profile : NULL};
    int64_t n_fate[PSTM_TRACE_FATES];
    PSTM_TRY(pstm_build_store(run->comm, &work, n_fate));
    run->built_store = true;
    note_fates(n_fate);
    return PSTM_OK;
}

/* Whether there is a store of this job that is not older than an input file. Rank 0. */
static pstm_status probe_store(const pstm_run_state *run, bool *usable)
{
    const char *path = run->paths.store.bytes;
    PSTM_TRY(pstm_store_probe(path, run->store_key.bytes, usable));
    struct stat about;
    if (!*usable || stat(path, &about) != 0) return PSTM_OK;
    const char *newer = pstm_inputs_newer(run->inputs, &about.st_mtim);
    if (newer != NULL) pstm_note("the traces are conditioned again: %s is newer than %s", newer, path);
    *usable = newer == NULL;
    return PSTM_OK;
}

static pstm_status open_store(pstm_run_state *run)
{
    PSTM_TRY(pstm_store_open(run->paths.store.bytes, false, &run->store));
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
    PSTM_TRY(pstm_agree(run->comm, status));
    MPI_Bcast(&usable_flag, 1, MPI_INT, 0, run->comm);
    if (usable_flag)
        pstm_note("the conditioned traces of %s serve again", run->paths.store.bytes);
    else
        PSTM_TRY(build_store(run));
    PSTM_FREE(&run->traces);
    PSTM_FREE(&run->refused);
    return pstm_agree(run->comm, open_store(run));
}
