#include "mpi/survey/build_store.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "condition/bank.h"
#include "condition/condition.h"
#include "core/memory.h"
#include "device/device.h"
#include "io/digest.h"
#include "io/store/store.h"
#include "mpi/comm/agree.h"
#include "mpi/comm/exchange.h"
#include "mpi/comm/first_failure.h"
#include "mpi/comm/partition.h"
#include "mpi/comm/stop.h"
#include "mpi/survey/formats.h"
#include "mpi/survey/levels.h"

/* The leaves of this rank, and what its threads have in common. */
typedef struct partition {
    const pstm_store_work *work;
    pstm_store *store;
    pstm_conditioner *conditioner;
    pstm_bank *bank;
    int64_t first_leaf, n_leaves;
    uint64_t *digests;      /* [n_leaves]; on rank 0 with room for those of all ranks */
    uint64_t *leaf_digests; /* the same, by pstm_store_digest() */
    int64_t n_fate[PSTM_TRACE_FATES];
    pstm_file_levels *levels; /* [n_files] of what this rank has kept */
    pstm_file_words *words;   /* [n_files] of what this rank has read */
    pstm_dropped *dropped;    /* of this rank's leaves */
    int64_t n_dropped, dropped_capacity;
    int64_t bytes_read, bytes_written;
    pstm_first_failure failed; /* by leaf */
    atomic_bool was_stopped;   /* leaves were left out because a signal wants the run to stop */
} partition;

/* The buffers of one thread. */
typedef struct buffers {
    pstm_trace *traces;
    pstm_trace_level *levels; /* [PSTM_LEAF_TRACES] as recorded */
    pstm_float_words *words;  /* [PSTM_LEAF_TRACES] */
    float *samples;
    pstm_condition_work *work;
    pstm_bank_work *bank_work;
} buffers;

/* What a thread takes at most: its leaf, the same as in the file, and room for FFTs and AGC. */
static int64_t buffer_bytes(const partition *s)
{
    const int64_t leaf = PSTM_LEAF_TRACES * ((int64_t)sizeof(pstm_trace) + 8 * pstm_store_stride(s->store));
    return leaf + 72 * ((int64_t)s->work->inputs->n_samples + PSTM_CONDITION_FADE) +
           pstm_bank_work_bytes(s->bank);
}

static int count_threads(const partition *s)
{
    const int64_t n = s->work->memory_bytes / buffer_bytes(s);
    return n < 1 ? 1 : n < s->work->n_threads ? (int)n : s->work->n_threads;
}

static pstm_status buffers_create(const partition *s, buffers *b)
{
    PSTM_TRY(PSTM_NEW(&b->traces, PSTM_LEAF_TRACES, "a leaf of traces"));
    PSTM_TRY(PSTM_NEW(&b->levels, PSTM_LEAF_TRACES, "levels of traces"));
    PSTM_TRY(PSTM_NEW(&b->words, PSTM_LEAF_TRACES, "words of traces"));
    PSTM_TRY(PSTM_NEW(&b->samples, PSTM_LEAF_TRACES * pstm_store_stride(s->store), "a leaf of samples"));
    PSTM_TRY(pstm_condition_work_create(s->conditioner, &b->work));
    return pstm_bank_work_create(s->bank, &b->bank_work);
}

static void buffers_destroy(buffers *b)
{
    PSTM_FREE(&b->traces);
    PSTM_FREE(&b->levels);
    PSTM_FREE(&b->words);
    PSTM_FREE(&b->samples);
    pstm_condition_work_destroy(&b->work);
    pstm_bank_work_destroy(&b->bank_work);
}

/* A trace of a leaf in the file, and the row of the leaf that it is. */
typedef struct place {
    int64_t number;
    int32_t file, row;
} place;

static int compare_places(const void *a_place, const void *b_place)
{
    const place *a = a_place, *b = b_place;
    if (a->file != b->file) return a->file < b->file ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

/* Reads the samples of places in the order of the file, run by run of neighbours. */
static pstm_status read_places(const partition *s, const place *places, int64_t n, float *samples,
                               pstm_float_words *words)
{
    const int64_t stride = pstm_store_stride(s->store);
    for (int64_t i = 0; i < n;) {
        int64_t end = i + 1;
        while (end < n && places[end].file == places[i].file &&
               places[end].number == places[end - 1].number + 1)
            end++;
        PSTM_TRY(pstm_segy_read_samples(s->work->inputs->files[places[i].file], places[i].number, end - i,
                                        samples + i * stride + PSTM_TRACE_PAD, stride, words + i));
        i = end;
    }
    return PSTM_OK;
}

static void swap_rows(float *a, float *b, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const float held = a[i];
        a[i] = b[i];
        b[i] = held;
    }
}

/* Brings each row where it belongs; with every swap one more is there. */
static void order_rows(const partition *s, place *places, int64_t n, float *samples)
{
    const int64_t stride = pstm_store_stride(s->store), n_samples = s->work->inputs->n_samples;
    float *rows = samples + PSTM_TRACE_PAD;
    for (int64_t i = 0; i < n; i++) {
        while (places[i].row != i) {
            const int64_t to = places[i].row;
            swap_rows(rows + i * stride, rows + to * stride, n_samples);
            places[i].row = places[to].row;
            places[to].row = (int32_t)to;
        }
    }
}

/* Reads the samples of a leaf. Its order is not that of the file, in which far fewer reads are enough where
 * traces of one midpoint follow each other. */
static pstm_status read_leaf(const partition *s, const pstm_trace *traces, int64_t n, buffers *b)
{
    pstm_float_words words[PSTM_LEAF_TRACES];
    place places[PSTM_LEAF_TRACES];
    for (int64_t i = 0; i < n; i++)
        places[i] = (place){traces[i].number, traces[i].file, (int32_t)i};
    qsort(places, (size_t)n, sizeof *places, compare_places);
    memset(b->samples, 0, (size_t)(n * pstm_store_stride(s->store)) * sizeof *b->samples);
    PSTM_TRY(read_places(s, places, n, b->samples, words));
    for (int64_t i = 0; i < n; i++)
        b->words[places[i].row] = words[i];
    order_rows(s, places, n, b->samples);
    return PSTM_OK;
}

/* Of all that migrates: fates and live windows are in the traces, and the rows of samples have their pads.
 * Antialias copies follow from the trace, so that their number does not count. */
static uint64_t digest_leaf(const partition *s, const buffers *b, int64_t n)
{
    const size_t trace = (size_t)pstm_trace_stride(s->work->inputs->n_samples) * sizeof *b->samples;
    const size_t row = (size_t)pstm_store_stride(s->store) * sizeof *b->samples;
    const uint64_t parts[2] = {pstm_digest_bytes(b->traces, (size_t)n * sizeof *b->traces),
                               pstm_digest_rows(b->samples, n, trace, row)};
    return pstm_digest_combine(parts, 2);
}

static pstm_status condition_leaf(const partition *s, int64_t leaf, buffers *b)
{
    const pstm_leaf *about = &s->work->leaves[leaf];
    const int64_t stride = pstm_store_stride(s->store);
    const int64_t first_trace = s->work->leaves[s->first_leaf].first_trace;
    memcpy(b->traces, s->work->traces + (about->first_trace - first_trace),
           (size_t)about->n_traces * sizeof *b->traces);
    PSTM_TRY(read_leaf(s, b->traces, about->n_traces, b));
    for (int64_t i = 0; i < about->n_traces; i++) {
        pstm_trace *trace = &b->traces[i];
        float *samples = b->samples + i * stride + PSTM_TRACE_PAD;
        b->levels[i] = pstm_trace_level_find(samples, trace->n_samples);
        PSTM_TRY(pstm_conditioner_apply(s->conditioner, b->work, trace, samples));
        pstm_bank_apply(s->bank, b->bank_work, trace->live_first, trace->live_last, samples,
                        pstm_trace_stride(s->work->inputs->n_samples));
    }
    s->digests[leaf - s->first_leaf] = digest_leaf(s, b, about->n_traces);
    s->leaf_digests[leaf - s->first_leaf] =
        pstm_store_digest(s->store, about->n_traces, b->traces, b->samples);
    return pstm_store_write(s->store, about->first_trace, about->n_traces, b->traces, b->samples);
}

/* Counts a finished leaf. Called by one thread at a time. */
static pstm_status account(partition *s, int64_t leaf, const buffers *b)
{
    const int64_t n = s->work->leaves[leaf].n_traces;
    for (int64_t i = 0; i < n; i++) {
        s->n_fate[b->traces[i].fate]++;
        const pstm_trace *t = &b->traces[i];
        pstm_file_words_count(&s->words[t->file], pstm_segy_n_traces(s->work->inputs->files[t->file]),
                              t->number, &b->words[i]);
        if (t->fate == PSTM_TRACE_KEPT) {
            pstm_file_levels_count(&s->levels[t->file], t->number, &b->levels[i]);
            continue;
        }
        PSTM_TRY(
            PSTM_GROW(&s->dropped, &s->dropped_capacity, s->n_dropped + 1, "the list of dropped traces"));
        s->dropped[s->n_dropped++] = (pstm_dropped){t->number, t->file, t->fate};
    }
    s->bytes_read += n * 4 * s->work->inputs->n_samples;
    s->bytes_written += n * 4 * pstm_store_stride(s->store);
    return PSTM_OK;
}

static void condition_leaves(partition *s)
{
    pstm_first_failure_clear(&s->failed);
#pragma omp parallel num_threads(count_threads(s))
    {
        buffers b = {0};
        const pstm_status ready = buffers_create(s, &b); /* told at the first leaf that this thread takes */
#pragma omp for schedule(dynamic)
        for (int64_t i = 0; i < s->n_leaves; i++) {
            const int64_t leaf = s->first_leaf + i;
            if (pstm_stop_is_wanted()) s->was_stopped = true;
            if (s->was_stopped || pstm_first_failure_is_before(&s->failed, leaf)) continue;
            pstm_status status = ready == PSTM_OK ? condition_leaf(s, leaf, &b) : ready;
            if (status == PSTM_OK) {
#pragma omp critical(pstm_build_store)
                status = account(s, leaf, &b);
            }
            if (status != PSTM_OK) pstm_first_failure_keep(&s->failed, leaf, status);
        }
        buffers_destroy(&b);
    }
}

static pstm_status condition_partition(MPI_Comm comm, partition *s)
{
    const pstm_store_work *work = s->work;
    int rank, n_ranks;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &n_ranks);
    PSTM_TRY(pstm_store_open(work->store_path, work->about, work->leaves, true, &s->store));
    PSTM_TRY(pstm_conditioner_create(work->condition, work->wavelet, work->inputs->n_samples,
                                     work->inputs->sample_s, &s->conditioner));
    PSTM_TRY(pstm_bank_create(work->inputs->n_samples, work->about->n_levels, &s->bank));
    const int64_t n_leaves = pstm_store_get_about(s->store)->n_leaves;
    s->first_leaf = pstm_partition_first(n_leaves, rank, n_ranks);
    s->n_leaves = pstm_partition_first(n_leaves, rank + 1, n_ranks) - s->first_leaf;
    const int64_t n_digests = rank == 0 ? n_leaves : s->n_leaves;
    PSTM_TRY(PSTM_NEW(&s->digests, n_digests, "the digests of the leaves"));
    PSTM_TRY(PSTM_NEW(&s->leaf_digests, n_digests, "the digests of the leaves"));
    pstm_lane *lane = pstm_profile_lane(work->profile, PSTM_LANE_MAIN, 0);
    pstm_phase before = pstm_phase_switch(lane, PSTM_PHASE_CONDITION);
    condition_leaves(s);
    pstm_lane_count(lane, PSTM_COUNT_BYTES_READ, s->bytes_read);
    pstm_lane_count(lane, PSTM_COUNT_BYTES_WRITTEN, s->bytes_written);
    pstm_phase_switch(lane, PSTM_PHASE_SYNC);
    const pstm_status synced = pstm_store_sync(s->store);
    pstm_phase_switch(lane, before);
    PSTM_TRY(pstm_inputs_check(work->inputs)); /* first: what has changed is why reading may have failed */
    PSTM_TRY(pstm_first_failure_raise(&s->failed));
    if (s->was_stopped)
        return pstm_fail(PSTM_STOPPED,
                         "stopped while traces were conditioned; the same command conditions them anew");
    return synced;
}

/* Collective. */
static pstm_status list_dropped(MPI_Comm comm, partition *s)
{
    const pstm_store_work *work = s->work;
    const int64_t n = s->n_dropped + work->n_refused;
    pstm_status status = PSTM_GROW(&s->dropped, &s->dropped_capacity, n, "the list of dropped traces");
    PSTM_TRY(pstm_agree(comm, status));
    for (int64_t i = 0; i < work->n_refused; i++)
        s->dropped[s->n_dropped + i] = work->refused[i];
    return pstm_dropped_write(comm, work->inputs, work->dropped_path, s->dropped, n);
}

/* Marks the store complete. Collective. */
static pstm_status finish_store(MPI_Comm comm, partition *s, int64_t n_leaves, const pstm_doubts *doubts)
{
    int rank;
    MPI_Comm_rank(comm, &rank);
    pstm_gather_elements(comm, s->digests, s->n_leaves, sizeof *s->digests);
    pstm_gather_elements(comm, s->leaf_digests, s->n_leaves, sizeof *s->leaf_digests);
    pstm_status status = PSTM_OK;
    if (rank == 0)
        status =
            pstm_store_finish(s->store, pstm_digest_combine(s->digests, n_leaves), s->leaf_digests, doubts);
    return pstm_agree(comm, status);
}

/* Samples of a wrong format or byte order are absurd in nearly all traces. The same on every rank; where it
 * fails the store stays unfinished, so nobody uses it. */
static pstm_status judge_fates(const pstm_store_work *work, const int64_t *n_fate)
{
    int64_t n = 0;
    for (int f = 0; f < PSTM_TRACE_FATES; f++)
        n += n_fate[f];
    const int64_t absurd = n_fate[PSTM_TRACE_ABSURD], bad = absurd + n_fate[PSTM_TRACE_NOT_FINITE];
    if (absurd > 0 && 2 * bad > n)
        return pstm_fail(PSTM_DATA,
                         "%" PRId64 " of %" PRId64 " traces have samples beyond %g, %" PRId64
                         " more none that is a number: samples look byte-swapped or of another format; set "
                         "input.sample_order or input.sample_format (%s lists the traces)",
                         absurd, n, PSTM_ABSURD_SAMPLE, bad - absurd, work->dropped_path);
    if (n_fate[PSTM_TRACE_KEPT] > 0) return PSTM_OK;
    return pstm_fail(PSTM_DATA, "no trace is left after conditioning; %s says why", work->dropped_path);
}

/* What is doubted of the samples, the same on every rank. */
static pstm_status doubt_samples(const partition *s, const int64_t *n_fate, pstm_doubts *doubts)
{
    const int64_t absurd = n_fate[PSTM_TRACE_ABSURD], not_finite = n_fate[PSTM_TRACE_NOT_FINITE];
    if (absurd + not_finite > 0)
        PSTM_TRY(pstm_doubts_add(doubts, PSTM_DOUBT_ABSURD_SAMPLES, false,
                                 "%" PRId64 " trace(s) have samples beyond %g and %" PRId64
                                 " some that are no finite number, and are dropped (%s lists them)",
                                 absurd, PSTM_ABSURD_SAMPLE, not_finite, s->work->dropped_path));
    PSTM_TRY(pstm_doubt_formats(s->work->inputs, s->words, doubts));
    return pstm_doubt_levels(s->work->inputs, s->levels, s->work->condition->agc_s > 0, doubts);
}

pstm_status pstm_build_store(MPI_Comm comm, const pstm_store_work *work, int64_t *n_fate)
{
    partition s = {.work = work};
    pstm_doubts doubts = {0};
    pstm_status status = PSTM_NEW(&s.levels, work->inputs->n_files, "the levels of the files");
    if (status == PSTM_OK) status = PSTM_NEW(&s.words, work->inputs->n_files, "the words of the files");
    if (status == PSTM_OK) status = condition_partition(comm, &s);
    const int64_t n_leaves = s.store == NULL ? 0 : pstm_store_get_about(s.store)->n_leaves;
    pstm_conditioner_destroy(&s.conditioner);
    pstm_bank_destroy(&s.bank);
    PSTM_GO(pstm_agree(comm, status));
    PSTM_GO(list_dropped(comm, &s));
    memcpy(n_fate, s.n_fate, sizeof s.n_fate);
    pstm_sum_over_ranks(comm, n_fate, PSTM_TRACE_FATES);
    PSTM_GO(judge_fates(work, n_fate));
    pstm_levels_over_ranks(comm, s.levels, work->inputs->n_files);
    pstm_file_words_over_ranks(comm, s.words, work->inputs->n_files);
    PSTM_GO(pstm_agree(comm, doubt_samples(&s, n_fate, &doubts)));
    PSTM_GO(finish_store(comm, &s, n_leaves, &doubts));
cleanup:
    pstm_doubts_clear(&doubts);
    PSTM_FREE(&s.levels);
    PSTM_FREE(&s.words);
    pstm_store_close(&s.store);
    PSTM_FREE(&s.dropped);
    PSTM_FREE(&s.digests);
    PSTM_FREE(&s.leaf_digests);
    return status;
}
