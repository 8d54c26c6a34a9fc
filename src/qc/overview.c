#include "qc/overview.h"

#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "mpi/comm/agree.h"
#include "mpi/comm/exchange.h"
#include "mpi/run/judge.h"
#include "mpi/survey/places.h"
#include "mpi/survey/repeats.h"
#include "mpi/survey/summary.h"
#include "survey/kdtree.h"

const char *pstm_overview_shape(const pstm_proposal *p)
{
    switch (p->shape) {
    case PSTM_SHAPE_AREA:
        return p->has_lattice ? "3D, midpoints on a lattice"
                              : "3D, midpoints on no lattice, and lines numbered in the headers";
    case PSTM_SHAPE_LINE:
        return p->has_lattice ? "a straight 2D line" : "a straight 2D line, midpoints at no regular distance";
    case PSTM_SHAPE_CROOKED:
        return "a crooked 2D line";
    case PSTM_SHAPE_RANDOM:
        return "3D, midpoints on no lattice";
    default:
        return "too few midpoints to tell";
    }
}

/* ---- files and headers ------------------------------------------------------------------------------- */

static pstm_status open_files(const pstm_job *job, pstm_overview *out)
{
    PSTM_TRY(pstm_run_survey_open(&job->input, &out->survey));
    const pstm_inputs *inputs = out->survey.inputs;
    for (int64_t f = 0; f < inputs->n_files; f++)
        PSTM_TRY(pstm_doubts_take(&out->doubts, pstm_segy_path(inputs->files[f]),
                                  pstm_segy_doubts(inputs->files[f])));
    return PSTM_OK;
}

/* What this rank's headers say of counts and ranges, brought together. Collective. */
static void find_ranges(MPI_Comm comm, pstm_overview *o)
{
    const pstm_scan *scan = o->survey.scan;
    double least[4] = {INFINITY, INFINITY, INFINITY, INFINITY}; /* x, y, offset, - end of record */
    double most[3] = {-INFINITY, -INFINITY, -INFINITY};
    for (int64_t t = 0; t < scan->n_traces; t++) {
        const pstm_trace *trace = &scan->traces[t];
        o->n_fate[trace->fate]++;
        if (!pstm_trace_is_usable(trace)) continue;
        const double value[3] = {pstm_trace_midpoint_m(trace, false), pstm_trace_midpoint_m(trace, true),
                                 pstm_trace_offset_m(trace)};
        for (int k = 0; k < 3; k++) {
            least[k] = fmin(least[k], value[k]);
            most[k] = fmax(most[k], value[k]);
        }
        least[3] = fmin(least[3], -(trace->start_s + (trace->n_samples - 1) * o->survey.inputs->sample_s));
        o->n_usable++;
    }
    MPI_Allreduce(MPI_IN_PLACE, least, 4, MPI_DOUBLE, MPI_MIN, comm);
    MPI_Allreduce(MPI_IN_PLACE, most, 3, MPI_DOUBLE, MPI_MAX, comm);
    pstm_sum_over_ranks(comm, o->n_fate, PSTM_TRACE_FATES);
    pstm_sum_over_ranks(comm, &o->n_usable, 1);
    o->midpoints = (pstm_box){least[0], most[0], least[1], most[1]};
    o->least_offset_m = least[2];
    o->most_offset_m = most[2];
    o->last_s = -least[3];
    o->facts = scan->facts;
}

/* A hash of a place; 0 of a trace that does not count. */
static uint64_t hash_place(const pstm_trace *trace, bool source)
{
    const double place[2] = {source ? trace->source_x_m : trace->receiver_x_m,
                             source ? trace->source_y_m : trace->receiver_y_m};
    uint64_t words[2];
    memcpy(words, place, sizeof words);
    uint64_t hash = words[0] * UINT64_C(0x9e3779b97f4a7c15) ^
                    (words[1] + (words[0] >> 29)) * UINT64_C(0xc2b2ae3d27d4eb4f);
    hash = (hash ^ hash >> 32) * UINT64_C(0xd6e8feb86659fd93);
    hash ^= hash >> 32;
    return pstm_trace_is_usable(trace) ? hash | 1 : 0;
}

/* Different places of sources or receivers: all but those that repeat another. Collective. */
static pstm_status count_places(MPI_Comm comm, pstm_overview *o, bool sources, int64_t *count)
{
    const pstm_scan *scan = o->survey.scan;
    uint64_t *hashes = NULL;
    pstm_repeats repeats;
    PSTM_TRY(pstm_agree(comm, PSTM_NEW(&hashes, scan->n_traces, "places")));
    for (int64_t t = 0; t < scan->n_traces; t++)
        hashes[t] = hash_place(&scan->traces[t], sources);
    const pstm_status status = pstm_repeats_find(comm, hashes, scan->traces, scan->n_traces, &repeats);
    PSTM_FREE(&hashes);
    *count = status == PSTM_OK ? o->n_usable - repeats.n : 0;
    return status;
}

/* Collective. */
static pstm_status read_headers(MPI_Comm comm, const pstm_job *job, pstm_overview *o)
{
    pstm_machine machine;
    pstm_repeats repeats;
    pstm_machine_find(comm, job->threads, job->memory_bytes, &machine);
    PSTM_TRY(pstm_inputs_compare(comm, o->survey.inputs));
    PSTM_TRY(pstm_run_survey_read(&machine, &o->survey));
    const pstm_scan *scan = o->survey.scan;
    PSTM_TRY(pstm_repeats_find(comm, scan->identities, scan->traces, scan->n_traces, &repeats));
    o->n_repeated = repeats.n;
    PSTM_TRY(pstm_run_judge_survey(comm, job, &o->survey, &o->doubts));
    find_ranges(comm, o);
    PSTM_TRY(count_places(comm, o, true, &o->n_sources));
    PSTM_TRY(count_places(comm, o, false, &o->n_receivers));
    return pstm_word_facts_find(comm, o->survey.inputs, machine.n_threads, o->words);
}

/* ---- grid -------------------------------------------------------------------------------------------- */

static pstm_status propose(const pstm_places *places, bool on_a_line, pstm_overview *o)
{
    pstm_position *numbered = NULL;
    int32_t *words = NULL, bytes[PSTM_SEGY_WORDS];
    int64_t n = 0;
    pstm_status status;
    const pstm_probe *probe = &o->probe;
    PSTM_GO(PSTM_NEW(&numbered, probe->n, "midpoints"));
    PSTM_GO(PSTM_NEW(&words, probe->n * PSTM_SEGY_WORDS, "words"));
    for (int64_t t = 0; t < probe->n; t++) {
        if (!pstm_trace_is_usable(&probe->traces[t])) continue;
        numbered[n] = (pstm_position){pstm_trace_midpoint_m(&probe->traces[t], false),
                                      pstm_trace_midpoint_m(&probe->traces[t], true)};
        memcpy(words + PSTM_SEGY_WORDS * n++, probe->words + PSTM_SEGY_WORDS * t,
               PSTM_SEGY_WORDS * sizeof *words);
    }
    for (int w = 0; w < PSTM_SEGY_WORDS; w++)
        bytes[w] = pstm_segy_words[w].byte;
    const pstm_survey_places known = {.points = places->points,
                                      .n = places->n,
                                      .n_dense = places->n_dense,
                                      .on_a_line = on_a_line,
                                      .direction_deg = probe->direction_deg,
                                      .receiver_step_m = probe->receiver_step_m,
                                      .numbered = numbered,
                                      .words = words,
                                      .bytes = bytes,
                                      .n_numbered = n,
                                      .n_words = PSTM_SEGY_WORDS};
    PSTM_GO(pstm_proposal_make(&known, &o->proposal));
cleanup:
    PSTM_FREE(&numbered);
    PSTM_FREE(&words);
    return status;
}

/* Rows on each side of what is known of a large survey's grid from some of its midpoints. */
static void widen(pstm_grid *grid, bool is_line)
{
    const int32_t i = is_line ? 0 : 2 + grid->n_inline / 10, j = 2 + grid->n_crossline / 10;
    pstm_grid_node(grid, -i, -j, &grid->origin_x_m, &grid->origin_y_m);
    grid->n_inline += 2 * i;
    grid->n_crossline += 2 * j;
    grid->first_inline -= i;
    grid->first_crossline -= j;
}

/* Counts the traces of the grid's bins; before that the grid of a large survey is fitted to all of them.
 * Collective. */
static pstm_status count_fold(MPI_Comm comm, bool is_whole, pstm_overview *o)
{
    int rank;
    pstm_grid *grid = &o->proposal.grid;
    const pstm_scan *scan = o->survey.scan;
    MPI_Comm_rank(comm, &rank);
    pstm_grid counted = *grid;
    if (!is_whole)
        widen(&counted, o->proposal.shape == PSTM_SHAPE_LINE || o->proposal.shape == PSTM_SHAPE_CROOKED);
    if ((int64_t)counted.n_inline * counted.n_crossline > PSTM_FOLD_MAP_MOST) return PSTM_OK;
    *grid = counted;
    PSTM_TRY(
        pstm_agree(comm, PSTM_NEW(&o->fold, (int64_t)grid->n_inline * grid->n_crossline, "a map of fold")));
    pstm_fold_map_count(comm, grid, scan->traces, scan->n_traces, o->fold, &o->n_beside);
    if (is_whole) return PSTM_OK;
    PSTM_TRY(pstm_agree(comm, rank == 0 ? pstm_proposal_trim(o->fold, grid) : PSTM_OK));
    pstm_broadcast_bytes(comm, grid, sizeof *grid);
    pstm_fold_map_count(comm, grid, scan->traces, scan->n_traces, o->fold, &o->n_beside);
    return PSTM_OK;
}

/* Collective. */
static pstm_status find_grid(MPI_Comm comm, pstm_overview *o)
{
    int rank;
    pstm_places places;
    const pstm_scan *scan = o->survey.scan;
    MPI_Comm_rank(comm, &rank);
    pstm_status status = rank == 0 ? pstm_probe_read(o->survey.inputs, &o->probe) : PSTM_OK;
    PSTM_TRY(pstm_agree(comm, status));
    o->survey.on_a_line = pstm_survey_is_line(comm, scan->traces, scan->n_traces, &o->survey.line);
    PSTM_GO(pstm_places_find(comm, scan->traces, scan->n_traces, &places));
    PSTM_GO(pstm_agree(comm, rank == 0 ? propose(&places, o->survey.on_a_line, o) : PSTM_OK));
    pstm_broadcast_bytes(comm, &o->proposal, sizeof o->proposal);
    int64_t n_known = places.n;
    MPI_Bcast(&n_known, 1, MPI_INT64_T, 0, comm);
    if (o->proposal.shape != PSTM_SHAPE_NONE) PSTM_GO(count_fold(comm, n_known == places.n_usable, o));
    pstm_grid *grid = &o->proposal.grid;
    grid->time_step_s = o->survey.inputs->sample_s;
    grid->n_times = (int32_t)fmin(fmax(floor(o->last_s / grid->time_step_s + 1.5), 1), PSTM_GRID_MOST_TIMES);
cleanup:
    pstm_places_clear(&places);
    return status;
}

pstm_status pstm_overview_make(MPI_Comm comm, const pstm_job *job, pstm_overview *out)
{
    *out = (pstm_overview){.fold = NULL};
    PSTM_TRY(pstm_agree(comm, open_files(job, out)));
    PSTM_TRY(read_headers(comm, job, out));
    return find_grid(comm, out);
}

void pstm_overview_clear(pstm_overview *overview)
{
    pstm_run_survey_clear(&overview->survey);
    pstm_doubts_clear(&overview->doubts);
    pstm_probe_clear(&overview->probe);
    PSTM_FREE(&overview->fold);
}
