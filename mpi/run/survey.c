#include "mpi/run/survey.h"

#include <inttypes.h>
#include <math.h>

#include "condition/wavelet.h"
#include "core/log.h"
#include "core/memory.h"
#include "mpi/comm/agree.h"
#include "mpi/survey/summary.h"
#include "mpi/survey/tree.h"

pstm_status pstm_run_survey_open(const pstm_input_options *options, pstm_run_survey *survey)
{
    return pstm_inputs_open(options, &survey->inputs);
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

/* Bytes of a rank while it counts repeated traces: identities that it sends, and those that it receives. */
static double judging_bytes(double n_traces, int n_ranks)
{
    return n_traces / n_ranks * (PSTM_SCAN_BYTES + (n_ranks > 1 ? 2 : 1) * (double)sizeof(uint64_t));
}

static pstm_status check_memory(const pstm_machine *machine, int64_t n_traces)
{
    const double has = (double)machine->memory_bytes, n = (double)n_traces;
    const double needed = (double)pstm_machine_resident_bytes() +
                          fmax(judging_bytes(n, machine->n_ranks), pstm_tree_bytes(n, machine->n_ranks));
    if (needed <= has) return PSTM_OK;
    return pstm_fail(PSTM_USAGE,
                     "memory: a rank needs at least %.0f MiB for its part of the headers of %" PRId64
                     " traces and a tree over them, and it has %.0f MiB; raise `memory`, or start more ranks "
                     "on more nodes",
                     pstm_machine_advised_mib((int64_t)needed), n_traces, has / 1048576.0);
}

pstm_status pstm_run_survey_read(const pstm_machine *machine, pstm_run_survey *survey)
{
    PSTM_TRY(pstm_agree(machine->comm, check_memory(machine, survey->inputs->n_traces)));
    PSTM_TRY(pstm_scan_headers(machine->comm, survey->inputs, machine->n_threads, &survey->scan));
    survey->input_digest = survey->scan->digest;
    return PSTM_OK;
}

pstm_status pstm_run_survey_grow(const pstm_machine *machine, pstm_wavelet wavelet, pstm_run_survey *survey)
{
    pstm_scan *scan = survey->scan;
    survey->on_a_line = pstm_survey_is_line(machine->comm, scan->traces, scan->n_traces, &survey->line);
    survey->wavelet = pstm_wavelet_resolve(wavelet, survey->on_a_line);
    pstm_note("  %s; wavelet filter %s", survey->on_a_line ? "a 2D line" : "a 3D survey",
              pstm_wavelet_name(survey->wavelet));
    pstm_status status = pstm_kdtree_admit(scan->traces, scan->n_traces, &survey->n_traces);
    if (status == PSTM_OK)
        status = keep_refused(survey, scan->traces + survey->n_traces, scan->n_traces - survey->n_traces);
    PSTM_TRY(pstm_agree(machine->comm, status));
    survey->traces = scan->traces;
    scan->traces = NULL;
    pstm_scan_destroy(&survey->scan);
    return pstm_tree_build(machine->comm, machine->n_threads, &survey->traces, &survey->n_traces,
                           &survey->tree);
}

void pstm_run_survey_drop_headers(pstm_run_survey *survey)
{
    PSTM_FREE(&survey->traces);
    PSTM_FREE(&survey->refused);
}

void pstm_run_survey_clear(pstm_run_survey *survey)
{
    pstm_scan_destroy(&survey->scan);
    pstm_run_survey_drop_headers(survey);
    pstm_kdtree_destroy(&survey->tree);
    pstm_inputs_close(&survey->inputs);
}
