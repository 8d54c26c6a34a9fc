#include "mpi/survey/formats.h"

#include <inttypes.h>

#include "mpi/comm/agree.h"

enum { IBM_FORMAT = 1, IEEE_FORMAT = 5 };

/* Of the words counted those of IEEE floats have bits 20-22 zero in one of six where samples spread over
 * octaves, and in one of twelve at least; those of IBM floats never. With 300 words and one of twelve, that
 * none has is as likely as 5e-12. */
static const double MOST_OF_IBM = 0.003, LEAST_OF_IEEE = 0.06;
enum { ENOUGH_WORDS = 300 };

/* From this part of the stretches on it is no matter of a few traces. */
static const double FEW_STRETCHES = 0.1;

static int64_t stretch_of(int64_t number, int64_t n_traces)
{
    return (int64_t)((double)number / (double)n_traces * PSTM_FORMAT_STRETCHES);
}

void pstm_file_words_count(pstm_file_words *words, int64_t n_traces, int64_t number,
                           const pstm_float_words *of_trace)
{
    const int64_t k = stretch_of(number, n_traces);
    words->n[k] += of_trace->n;
    words->n_zero[k] += of_trace->n_zero;
}

void pstm_file_words_over_ranks(MPI_Comm comm, pstm_file_words *words, int64_t n_files)
{
    _Static_assert(sizeof *words == 2 * PSTM_FORMAT_STRETCHES * sizeof(int64_t), "nothing but counts");
    pstm_sum_over_ranks(comm, (int64_t *)words, (int)(n_files * 2 * PSTM_FORMAT_STRETCHES));
}

/* The first trace of a stretch, from 1. */
static int64_t first_of(int64_t stretch, int64_t n_traces)
{
    int64_t number = stretch * n_traces / PSTM_FORMAT_STRETCHES;
    while (stretch_of(number, n_traces) < stretch)
        number++;
    return number + 1;
}

static pstm_status doubt_file(const pstm_segy *file, const pstm_file_words *words, pstm_doubts *doubts)
{
    const int32_t format = pstm_segy_format(file);
    const bool is_ibm = format == IBM_FORMAT;
    int n_as_said = 0, n_other = 0, first = 0, last = 0;
    double share_of_other = 0;
    if (!is_ibm && format != IEEE_FORMAT) return PSTM_OK;
    for (int k = 0; k < PSTM_FORMAT_STRETCHES; k++) {
        const double share = (double)words->n_zero[k] / (double)(words->n[k] > 0 ? words->n[k] : 1);
        const bool like_ibm = share<MOST_OF_IBM, like_ieee = share> LEAST_OF_IEEE;
        if (words->n[k] < ENOUGH_WORDS) continue;
        n_as_said += is_ibm ? like_ibm : like_ieee;
        if (!(is_ibm ? like_ieee : like_ibm)) continue;
        if (n_other++ == 0) first = k;
        last = k;
        share_of_other += share;
    }
    if (n_as_said == 0 || n_other == 0) return PSTM_OK;
    const int64_t n_traces = pstm_segy_n_traces(file);
    return pstm_doubts_add(doubts, PSTM_DOUBT_MIXED_FORMAT, n_other >= FEW_STRETCHES * (n_other + n_as_said),
                           "%s: samples are %ss, but between trace %" PRId64 " and trace %" PRId64
                           " those of %d of %d stretches look like %ss: of their words %.3g %% have bits "
                           "20-23 zero, unlike the others",
                           pstm_segy_path(file), pstm_segy_format_name(format), first_of(first, n_traces),
                           first_of(last + 1, n_traces) - 1, n_other, n_other + n_as_said,
                           pstm_segy_format_name(is_ibm ? IEEE_FORMAT : IBM_FORMAT),
                           100 * share_of_other / n_other);
}

pstm_status pstm_doubt_formats(const pstm_inputs *inputs, const pstm_file_words *words, pstm_doubts *doubts)
{
    for (int64_t f = 0; f < inputs->n_files; f++)
        PSTM_TRY(doubt_file(inputs->files[f], &words[f], doubts));
    return PSTM_OK;
}
