#include "mpi/survey/levels.h"

#include <inttypes.h>
#include <math.h>

/** Gains of one survey differ less: what is recorded from shot to shot varies by ten, and a second recording
 * system or another charge by as much again. */
static const double FILE_FACTOR = 100;

/** The nearest traces of a raw record are some hundred times as loud as most. */
static const double TRACE_FACTOR = 300;

/** Samples that stand alone in a trace of next to nothing are no larger than those of other traces. */
static const double LEAST_LONE = 1;

/** Weights make an image some 1e6 times smaller than its traces, and numbers below 1e-38 lose their
 * digits. */
static const double FAINT = 1e-30;

/** Fewer traces have no median worth the name, and are compared as single ones. */
enum { FEW_TRACES = 8 };

static void add_levels(void *other, void *levels, int *n, MPI_Datatype *type)
{
    (void)type;
    for (int i = 0; i < *n; i++)
        pstm_file_levels_add((pstm_file_levels *)levels + i, (pstm_file_levels *)other + i);
}

void pstm_levels_over_ranks(MPI_Comm comm, pstm_file_levels *levels, int64_t n_files)
{
    MPI_Datatype type;
    MPI_Op op;
    MPI_Type_contiguous((int)sizeof *levels, MPI_BYTE, &type);
    MPI_Type_commit(&type);
    MPI_Op_create(add_levels, 1, &op);
    MPI_Allreduce(MPI_IN_PLACE, levels, (int)n_files, type, op, comm);
    MPI_Op_free(&op);
    MPI_Type_free(&type);
}

/* ---- doubts ------------------------------------------------------------------------------------------- */

/* The levels of all files but one. */
static pstm_file_levels others_than(const pstm_file_levels *all, const pstm_file_levels *one)
{
    pstm_file_levels others = *all;
    others.n -= one->n;
    for (int i = 0; i < PSTM_LEVEL_BINS; i++)
        others.n_of_bin[i] -= one->n_of_bin[i];
    return others;
}

static pstm_status doubt_gain(const char *path, const pstm_file_levels *file, const pstm_file_levels *all,
                              pstm_doubts *doubts)
{
    const pstm_file_levels others = others_than(all, file);
    const double factor = file->n < FEW_TRACES ? TRACE_FACTOR : FILE_FACTOR;
    const double mine = pstm_file_levels_median(file), theirs = pstm_file_levels_median(&others);
    if (file->n == 0 || others.n == 0 || fmax(mine / theirs, theirs / mine) < factor) return PSTM_OK;
    return pstm_doubts_add(doubts, PSTM_DOUBT_FILE_GAIN, false,
                           "%s: the median rms of its %" PRId64 " traces is %.3g, and of the %" PRId64
                           " traces of the other files %.3g: they are %.2g times %s",
                           path, file->n, mine, others.n, theirs, fmax(mine / theirs, theirs / mine),
                           mine > theirs ? "louder" : "quieter");
}

/* Of two files with different gains both differ from the other: it is told of the second. */
static pstm_status doubt_gains(const pstm_inputs *inputs, const pstm_file_levels *levels, pstm_doubts *doubts)
{
    pstm_file_levels all = {0};
    for (int64_t f = 0; f < inputs->n_files; f++)
        pstm_file_levels_add(&all, &levels[f]);
    for (int64_t f = inputs->n_files == 2; f < inputs->n_files; f++)
        PSTM_TRY(doubt_gain(pstm_segy_path(inputs->files[f]), &levels[f], &all, doubts));
    return PSTM_OK;
}

static pstm_status doubt_loud(const char *path, const pstm_file_levels *file, pstm_doubts *doubts)
{
    const double median = pstm_file_levels_median(file);
    if (file->n < FEW_TRACES || file->loudest <= TRACE_FACTOR * median) return PSTM_OK;
    const int64_t n = pstm_file_levels_above(file, TRACE_FACTOR * median);
    return pstm_doubts_add(doubts, PSTM_DOUBT_LOUD_TRACES, false,
                           "%s: %" PRId64 " of %" PRId64
                           " traces are more than %g times as loud as their median, of rms %.3g: trace "
                           "%" PRId64 " has a rms of %.3g, %.2g times as much",
                           path, n > 0 ? n : 1, file->n, TRACE_FACTOR, median, file->loudest_number + 1,
                           file->loudest, file->loudest / median);
}

static pstm_status doubt_lone(const char *path, const pstm_file_levels *file, pstm_doubts *doubts)
{
    const pstm_trace_level *lone = &file->lone;
    if (file->n_null > 0)
        PSTM_TRY(pstm_doubts_add(doubts, PSTM_DOUBT_LONE_SAMPLES, false,
                                 "%s: %" PRId64 " of %" PRId64
                                 " traces have samples of %g, a null value, three and more each",
                                 path, file->n_null, file->n, (double)PSTM_NULL_SAMPLE));
    if (file->n_lone == 0 || fabsf(lone->largest) < LEAST_LONE * pstm_file_levels_median(file))
        return PSTM_OK;
    return pstm_doubts_add(doubts, PSTM_DOUBT_LONE_SAMPLES, false,
                           "%s: %" PRId64 " of %" PRId64
                           " traces have samples that stand alone, far above all others: trace %" PRId64
                           " has %d of %.9g, and none of the others is above %.3g",
                           path, file->n_lone, file->n, file->lone_number + 1, (int)lone->n_largest,
                           (double)lone->largest, (double)lone->next);
}

static pstm_status doubt_faint(const pstm_inputs *inputs, const pstm_file_levels *levels, pstm_doubts *doubts)
{
    double loudest = 0;
    for (int64_t f = 0; f < inputs->n_files; f++)
        loudest = fmax(loudest, levels[f].loudest);
    if (loudest == 0 || loudest >= FAINT) return PSTM_OK;
    return pstm_doubts_add(
        doubts, PSTM_DOUBT_FAINT_SAMPLES, false,
        "input.segy: no trace has a rms above %.3g, and sums of such numbers lose their digits", loudest);
}

pstm_status pstm_doubt_levels(const pstm_inputs *inputs, const pstm_file_levels *levels, bool is_balanced,
                              pstm_doubts *doubts)
{
    if (!is_balanced) PSTM_TRY(doubt_faint(inputs, levels, doubts));
    if (!is_balanced) PSTM_TRY(doubt_gains(inputs, levels, doubts));
    for (int64_t f = 0; f < inputs->n_files; f++) {
        const char *path = pstm_segy_path(inputs->files[f]);
        if (!is_balanced) PSTM_TRY(doubt_loud(path, &levels[f], doubts));
        PSTM_TRY(doubt_lone(path, &levels[f], doubts));
    }
    return PSTM_OK;
}
