#include "mpi/run/survey.h"

#include <inttypes.h>

#include "condition/wavelet.h"
#include "core/log.h"
#include "core/memory.h"
#include "mpi/comm/agree.h"
#include "mpi/survey/scan.h"
#include "mpi/survey/summary.h"
#include "mpi/survey/tree.h"

pstm_status pstm_run_survey_open(const pstm_input_options *options, pstm_run_survey *survey)
{
    return pstm_inputs_open(options, &survey->inputs);
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

/* What the headers tell of an image. Collective. */
static pstm_status judge(const pstm_machine *machine, const pstm_scan *scan, const pstm_run_extent *extent)
{
    pstm_survey_summary summary;
    pstm_survey_summary_find(scan->traces, scan->n_traces, extent->grid, extent->bins, extent->reach_m,
                             &summary);
    pstm_summary_over_ranks(machine->comm, &summary);
    PSTM_TRY(pstm_survey_summary_judge(&summary, extent->grid, extent->reach_m)); /* the same everywhere */
    note_summary(&summary);
    return PSTM_OK;
}

/* Keeps of the refused traces what the list of them says. */
static pstm_status keep_refused(pstm_run_survey *survey, const pstm_trace *traces, int64_t n)
{
    PSTM_TRY(PSTM_NEW(&survey->refused, n, "refused traces"));
    survey->n_refused = n;
    for (int64_t i = 0; i < n; i++)
        survey->refused[i] = (pstm_dropped){traces[i].number, traces[i].file, traces[i].fate};
    return PSTM_OK;
}

/* The tree over the usable traces, whose headers go to the ranks that have their leaves. Takes the scan's.
 * Collective. */
static pstm_status grow_tree(const pstm_machine *machine, pstm_scan *scan, pstm_run_survey *survey)
{
    pstm_status status = pstm_kdtree_admit(scan->traces, scan->n_traces, &survey->n_traces);
    if (status == PSTM_OK)
        status = keep_refused(survey, scan->traces + survey->n_traces, scan->n_traces - survey->n_traces);
    PSTM_TRY(pstm_agree(machine->comm, status));
    survey->traces = scan->traces;
    scan->traces = NULL;
    return pstm_tree_build(machine->comm, machine->n_threads, &survey->traces, &survey->n_traces,
                           &survey->tree);
}

/* Summaries, wavelet, tree. Collective. */
static pstm_status study_headers(const pstm_machine *machine, pstm_wavelet wavelet,
                                 const pstm_run_extent *extents, int n_extents, pstm_scan *scan,
                                 pstm_run_survey *survey)
{
    for (int i = 0; i < n_extents; i++)
        PSTM_TRY(judge(machine, scan, &extents[i]));
    survey->input_digest = scan->digest;
    const bool on_a_line = pstm_survey_is_line(machine->comm, scan->traces, scan->n_traces);
    survey->wavelet = pstm_wavelet_resolve(wavelet, on_a_line);
    pstm_note("  %s; wavelet filter %s", on_a_line ? "a 2D line" : "a 3D survey",
              pstm_wavelet_name(survey->wavelet));
    return grow_tree(machine, scan, survey);
}

static pstm_status check_memory(const pstm_machine *machine, int64_t n_traces)
{
    const double has = (double)machine->memory_bytes;
    const double needed =
        (double)pstm_machine_resident_bytes() + pstm_tree_bytes((double)n_traces, machine->n_ranks);
    if (needed <= has) return PSTM_OK;
    return pstm_fail(PSTM_USAGE,
                     "memory: a rank needs at least %.0f MiB for its part of the headers of %" PRId64
                     " traces and a tree over them, and it has %.0f MiB; raise `memory`, or start more ranks "
                     "on more nodes",
                     pstm_machine_advised_mib((int64_t)needed), n_traces, has / 1048576.0);
}

pstm_status pstm_run_survey_read(const pstm_machine *machine, pstm_wavelet wavelet,
                                 const pstm_run_extent *extents, int n_extents, pstm_lane *lane,
                                 pstm_run_survey *survey)
{
    PSTM_TRY(pstm_agree(machine->comm, check_memory(machine, survey->inputs->n_traces)));
    pstm_scan *scan = NULL;
    pstm_phase_switch(lane, PSTM_PHASE_READ);
    PSTM_TRY(pstm_scan_headers(machine->comm, survey->inputs, machine->n_threads, &scan));
    pstm_phase_switch(lane, PSTM_PHASE_PREFILTER);
    const pstm_status status = study_headers(machine, wavelet, extents, n_extents, scan, survey);
    pstm_scan_destroy(&scan);
    pstm_phase_switch(lane, PSTM_PHASE_OTHER);
    return status;
}

void pstm_run_survey_drop_headers(pstm_run_survey *survey)
{
    PSTM_FREE(&survey->traces);
    PSTM_FREE(&survey->refused);
}

void pstm_run_survey_clear(pstm_run_survey *survey)
{
    pstm_run_survey_drop_headers(survey);
    pstm_kdtree_destroy(&survey->tree);
    pstm_inputs_close(&survey->inputs);
}
