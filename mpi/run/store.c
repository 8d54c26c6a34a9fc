#include "mpi/run/store.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "core/memory.h"
#include "core/place.h"
#include "mpi/comm/agree.h"
#include "mpi/survey/build_store.h"

pstm_status pstm_run_store_name(const char *cube_path, pstm_run_store *store)
{
    PSTM_TRY(pstm_text_add(&store->path, "%s" PSTM_STORE_ENDING, cube_path));
    return pstm_text_add(&store->dropped_path, "%s" PSTM_DROPPED_ENDING, cube_path);
}

static void note_fates(const int64_t *n_fate)
{
    for (int f = PSTM_TRACE_KEPT + 1; f < PSTM_TRACE_FATES; f++)
        if (n_fate[f] > 0) pstm_note("  %" PRId64 " traces dropped: %s", n_fate[f], pstm_trace_fate_text(f));
}

/* What the store of this run is to be; only rank 0 has its key. */
static pstm_store_about describe(const pstm_run_survey *survey, const char *commit,
                                 const pstm_run_store *store)
{
    return (pstm_store_about){.key = store->key.bytes,
                              .commit = commit,
                              .n_traces = survey->tree->n_traces,
                              .n_leaves = survey->tree->n_leaves,
                              .n_samples = survey->inputs->n_samples,
                              .n_levels = store->n_levels,
                              .sample_s = survey->inputs->sample_s,
                              .n_inputs = (int32_t)survey->inputs->n_files,
                              .inputs = survey->inputs->identities};
}

/* ---- a new one --------------------------------------------------------------------------------------- */

/* Makes the store with its leaves. Rank 0. */
static pstm_status create(const pstm_run_survey *survey, const pstm_run_store_plan *plan,
                          const pstm_run_store *store)
{
    const pstm_store_about about = describe(survey, plan->commit, store);
    if (plan->is_ours_alone) pstm_store_remove_drafts(store->path.bytes);
    return pstm_store_create(store->path.bytes, &about, survey->tree->leaves);
}

/* Conditions all traces into a new store. Collective. */
static pstm_status build(const pstm_machine *machine, const pstm_run_survey *survey,
                         const pstm_run_store_plan *plan, pstm_run_store *store)
{
    PSTM_TRY(pstm_agree(machine->comm, machine->rank == 0 ? create(survey, plan, store) : PSTM_OK));
    pstm_note("conditioning %" PRId64 " traces", survey->tree->n_traces);
    const pstm_store_about about = describe(survey, plan->commit, store);
    const pstm_store_work work = {.inputs = survey->inputs,
                                  .condition = plan->condition,
                                  .wavelet = survey->wavelet,
                                  .store_path = store->path.bytes,
                                  .about = &about,
                                  .leaves = survey->tree->leaves,
                                  .dropped_path = store->dropped_path.bytes,
                                  .traces = survey->traces,
                                  .refused = survey->refused,
                                  .n_refused = survey->n_refused,
                                  .n_threads = machine->n_threads,
                                  .memory_bytes = machine->memory_bytes - pstm_machine_resident_bytes(),
                                  .profile = plan->profile};
    int64_t n_fate[PSTM_TRACE_FATES];
    PSTM_TRY(pstm_build_store(machine->comm, &work, n_fate));
    store->was_built = true;
    note_fates(n_fate);
    return PSTM_OK;
}

/* ---- the one that is there --------------------------------------------------------------------------- */

/* Whether the file that an input is now is the one that the store was made of; if not, that is told. */
static pstm_status is_same_input(const pstm_run_survey *survey, int64_t f, const pstm_file_identity *was,
                                 bool *same)
{
    pstm_text difference = {0};
    pstm_status status = PSTM_OK;
    *same = pstm_file_identity_is_same(was, &survey->inputs->identities[f]);
    if (*same) return PSTM_OK;
    PSTM_GO(pstm_file_identity_difference(was, &survey->inputs->identities[f], &difference));
    pstm_note("the traces are conditioned again: %s is not the file that they were made of: %s",
              pstm_segy_path(survey->inputs->files[f]), difference.bytes);
cleanup:
    pstm_text_clear(&difference);
    return status;
}

/* Of a complete store with this key. */
static pstm_status compare_inputs(const pstm_run_survey *survey, const pstm_store *rows, bool *same)
{
    pstm_file_identity *inputs = NULL;
    const int64_t n = survey->inputs->n_files;
    pstm_status status;
    PSTM_GO(PSTM_NEW(&inputs, n, "the input files of the trace store"));
    PSTM_GO(pstm_store_read_inputs(rows, inputs));
    for (int64_t f = 0; f < n && *same; f++)
        PSTM_GO(is_same_input(survey, f, &inputs[f], same));
cleanup:
    PSTM_FREE(&inputs);
    return status;
}

/* Whether there is a store with this key of these input files. Rank 0. */
static pstm_status probe(const pstm_run_survey *survey, const pstm_run_store *store, bool anew, bool *usable)
{
    const char *path = store->path.bytes;
    const pstm_store_about about = describe(survey, NULL, store);
    pstm_store *rows = NULL;
    PSTM_TRY(pstm_store_probe(path, &about, survey->tree->leaves, usable));
    if (*usable && anew) pstm_note("the traces are conditioned again, as --overwrite asks for");
    *usable = *usable && !anew;
    if (!*usable) return PSTM_OK;
    pstm_status status = pstm_store_open(path, &about, survey->tree->leaves, false, &rows);
    if (status == PSTM_OK) status = compare_inputs(survey, rows, usable);
    pstm_store_close(&rows);
    return status;
}

/* Collective. */
static pstm_status is_there(const pstm_machine *machine, const pstm_run_survey *survey,
                            const pstm_run_store *store, bool anew, bool *usable)
{
    *usable = false;
    const pstm_status status = machine->rank == 0 ? probe(survey, store, anew, usable) : PSTM_OK;
    PSTM_TRY(pstm_agree(machine->comm, status));
    int flag = *usable;
    MPI_Bcast(&flag, 1, MPI_INT, 0, machine->comm);
    *usable = flag != 0;
    return PSTM_OK;
}

/* The tree's leaves are looked up in the store by their number, so they must be the same. */
static pstm_status open_rows(const pstm_run_survey *survey, pstm_run_store *store)
{
    const char *path = store->path.bytes;
    const pstm_store_about about = describe(survey, NULL, store);
    PSTM_TRY(pstm_store_open(path, &about, survey->tree->leaves, false, &store->rows));
    if (!pstm_store_is_complete(store->rows))
        return pstm_fail(PSTM_DATA,
                         "%s is not the complete trace store that rank 0 made or found: does another job "
                         "write to the same place? start again, with another output.file for the other one",
                         path);
    pstm_digest_to_hex(pstm_store_get_about(store->rows)->samples_digest, store->samples_digest);
    return PSTM_OK;
}

/* A folder of each node under one path may hold a store of an earlier run. Collective. */
static pstm_status compare_rows(const pstm_machine *machine, const pstm_run_store *store)
{
    char first[PSTM_DIGEST_CHARS];
    memcpy(first, store->samples_digest, sizeof first);
    MPI_Bcast(first, sizeof first, MPI_CHAR, 0, machine->comm);
    pstm_status status = PSTM_OK;
    if (strcmp(first, store->samples_digest) != 0)
        status =
            pstm_fail(PSTM_DATA,
                      "%s on %s holds other samples than on rank 0 (digests %s and %s): let output.file be "
                      "in a folder that all ranks share",
                      store->path.bytes, machine->host, store->samples_digest, first);
    return pstm_agree(machine->comm, status);
}

pstm_status pstm_run_store_make(const pstm_machine *machine, pstm_run_survey *survey,
                                const pstm_run_store_plan *plan, pstm_run_store *store)
{
    bool usable;
    PSTM_TRY(is_there(machine, survey, store, plan->anew, &usable));
    if (usable)
        pstm_note("reusing conditioned traces from %s", store->path.bytes);
    else
        PSTM_TRY(build(machine, survey, plan, store));
    pstm_run_survey_drop_headers(survey);
    PSTM_TRY(pstm_agree(machine->comm, open_rows(survey, store)));
    return compare_rows(machine, store);
}

pstm_status pstm_run_store_remove(const pstm_run_store *store)
{
    const char *path = store->path.bytes;
    if (unlink(path) != 0 && errno != ENOENT) return pstm_fail_errno(PSTM_SYSTEM, "cannot remove %s", path);
    return PSTM_OK;
}

void pstm_run_store_clear(pstm_run_store *store)
{
    pstm_store_close(&store->rows);
    pstm_text_clear(&store->path);
    pstm_text_clear(&store->dropped_path);
    pstm_text_clear(&store->key);
}
