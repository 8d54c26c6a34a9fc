#include "mpi/run/judge.h"

#include <inttypes.h>

#include "core/log.h"
#include "core/memory.h"
#include "mpi/comm/agree.h"
#include "mpi/survey/apart.h"
#include "mpi/survey/far_traces.h"
#include "mpi/survey/odd_traces.h"
#include "mpi/survey/repeats.h"
#include "mpi/survey/summary.h"
#include "survey/header_judge.h"

/* ---- notes ------------------------------------------------------------------------------------------- */

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
                  f->n_fate[PSTM_TRACE_NOT_SEISMIC],
                  f->n_fate[PSTM_TRACE_NO_POSITION] + f->n_fate[PSTM_TRACE_NO_COORDINATES]);
    if (f->n_no_class > 0)
        pstm_note("  %" PRId64 " are in no class or not selected, and are left out", f->n_no_class);
    const int64_t far = f->n_usable - f->n_no_class - f->n_reach;
    if (far > 0) pstm_note("  %" PRId64 " are too far from the grid to contribute", far);
    if (f->n_recorded < f->n_reach)
        pstm_note("  %" PRId64 " are not recorded when reflections arrive from the image",
                  f->n_reach - f->n_recorded);
}

/* What headers change in the data. */
static void note_changes(const pstm_header_facts *f, const pstm_job *job)
{
    const pstm_header_bytes *bytes = &job->input.bytes;
    if (f->n_short > 0)
        pstm_note("  %" PRId64 " are shortened by their count of samples (byte %d; input.trace_n_samples)",
                  f->n_short, (int)bytes->n_samples);
    if (f->n_muted > 0 && job->condition.header_mute)
        pstm_note("  %" PRId64 " are muted by their headers (bytes %d, %d; condition.header_mute)",
                  f->n_muted, (int)bytes->mute_start, (int)bytes->mute_end);
    if (f->n_delayed > 0)
        pstm_note("  %" PRId64 " are delayed by their headers, by %g to %g s (byte %d; input.delay)",
                  f->n_delayed, f->least_delay_s, f->most_delay_s, (int)bytes->delay);
}

/* ---- doubts of the survey ---------------------------------------------------------------------------- */

static pstm_status doubt_repeats(const pstm_inputs *inputs, const pstm_repeats *repeats, pstm_doubts *doubts)
{
    pstm_text examples = {0};
    pstm_status status;
    if (repeats->n == 0) return PSTM_OK;
    for (int i = 0; i < repeats->n_examples; i++) {
        const pstm_repeat *r = &repeats->examples[i];
        PSTM_GO(pstm_text_add(&examples, "%strace %" PRId64 " of %s is trace %" PRId64 " of %s",
                              i == 0 ? "" : ", ", r->number[1] + 1, pstm_segy_path(inputs->files[r->file[1]]),
                              r->number[0] + 1, pstm_segy_path(inputs->files[r->file[0]])));
    }
    PSTM_GO(pstm_doubts_add(doubts, PSTM_DOUBT_REPEATED_TRACES, false,
                            "%" PRId64 " of %" PRId64
                            " traces have the source, receiver and field record (byte 9) of another one: %s",
                            repeats->n, inputs->n_traces, examples.bytes));
cleanup:
    pstm_text_clear(&examples);
    return status;
}

/* Which files have the dropped traces: *place, whose text the caller clears. Collective. */
static pstm_status find_dropped(MPI_Comm comm, const pstm_inputs *inputs, const pstm_scan *scan,
                                pstm_text *place, pstm_dropped_headers *dropped)
{
    int64_t *n_of_file = NULL, n_files = 0, first = INT64_MAX, first_file = INT64_MAX;
    PSTM_TRY(pstm_agree(comm, PSTM_NEW(&n_of_file, inputs->n_files, "dropped traces by file")));
    for (int64_t i = 0; i < scan->n_traces; i++)
        n_of_file[scan->traces[i].file] += scan->traces[i].fate == PSTM_TRACE_NO_COORDINATES;
    pstm_sum_over_ranks(comm, n_of_file, (int)inputs->n_files);
    for (int64_t f = inputs->n_files - 1; f >= 0; f--) {
        n_files += n_of_file[f] > 0;
        if (n_of_file[f] > 0) first_file = f;
    }
    for (int64_t i = scan->n_traces - 1; i >= 0; i--)
        if (scan->traces[i].fate == PSTM_TRACE_NO_COORDINATES && scan->traces[i].file == first_file)
            first = scan->traces[i].number;
    PSTM_FREE(&n_of_file);
    MPI_Allreduce(MPI_IN_PLACE, &first, 1, MPI_INT64_T, MPI_MIN, comm);
    if (n_files == 0) return PSTM_OK;
    pstm_status status = pstm_text_add(place, "%s", pstm_segy_path(inputs->files[first_file]));
    if (status == PSTM_OK && n_files > 1)
        status = pstm_text_add(place, " and %" PRId64 " more files", n_files - 1);
    dropped->first_number = first;
    dropped->place = place->bytes;
    return pstm_agree(comm, status);
}

/* Local, but with the same outcome everywhere. */
static pstm_status doubt_survey(const pstm_run_survey *survey, const pstm_job *job,
                                const pstm_dropped_headers *dropped, const pstm_repeats *repeats,
                                pstm_doubts *doubts)
{
    const pstm_inputs *inputs = survey->inputs;
    const char *place = inputs->n_files == 1 ? pstm_segy_path(inputs->files[0]) : "input.segy";
    PSTM_TRY(pstm_header_facts_judge(&survey->scan->facts, &job->input, job->condition.header_mute, dropped,
                                     place, doubts));
    return doubt_repeats(inputs, repeats, doubts);
}

pstm_status pstm_run_judge_survey(MPI_Comm comm, const pstm_job *job, pstm_run_survey *survey,
                                  pstm_doubts *doubts)
{
    pstm_scan *scan = survey->scan;
    pstm_repeats repeats;
    pstm_text place = {0};
    pstm_dropped_headers dropped = {.n = pstm_header_facts_drop(&scan->facts, scan->traces, scan->n_traces),
                                    .place = ""};
    pstm_sum_over_ranks(comm, &dropped.n, 1);
    PSTM_TRY(pstm_repeats_find(comm, scan->identities, scan->traces, scan->n_traces, &repeats));
    PSTM_FREE(&scan->identities);
    pstm_status status = PSTM_OK;
    if (dropped.n > 0) status = find_dropped(comm, survey->inputs, scan, &place, &dropped);
    if (status == PSTM_OK) status = pstm_agree(comm, doubt_survey(survey, job, &dropped, &repeats, doubts));
    pstm_text_clear(&place);
    PSTM_TRY(status);
    PSTM_TRY(pstm_doubt_files_apart(comm, survey->inputs, scan->traces, scan->n_traces, doubts));
    PSTM_TRY(pstm_doubt_far_traces(comm, survey->inputs, scan->traces, scan->n_traces, doubts));
    return pstm_doubt_odd_traces(comm, survey->inputs, (int)job->input.bytes.delay, scan->traces,
                                 scan->n_traces, doubts);
}

/* ---- doubts of an image ------------------------------------------------------------------------------ */

/* Collective. */
static pstm_status judge_image(MPI_Comm comm, const pstm_scan *scan, const pstm_extent *extent,
                               pstm_doubts *doubts)
{
    pstm_survey_summary summary;
    pstm_survey_summary_find(scan->traces, scan->n_traces, extent, &summary);
    pstm_summary_over_ranks(comm, &summary);
    PSTM_TRY(pstm_agree(comm, pstm_survey_summary_judge(&summary, extent, doubts)));
    note_summary(&summary);
    return PSTM_OK;
}

pstm_status pstm_run_judge_headers(const pstm_machine *machine, const pstm_job *job,
                                   const pstm_extent *extents, int n_extents, pstm_run_survey *survey,
                                   pstm_doubts *doubts)
{
    PSTM_TRY(pstm_run_judge_survey(machine->comm, job, survey, doubts));
    for (int i = 0; i < n_extents; i++)
        PSTM_TRY(judge_image(machine->comm, survey->scan, &extents[i], doubts));
    note_changes(&survey->scan->facts, job);
    return PSTM_OK;
}
