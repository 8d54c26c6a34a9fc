/* An open store: its rows, and that it is complete. */
#include "io/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "core/memory.h"
#include "core/place.h"
#include "core/text.h"
#include "io/store/bytes.h"
#include "io/store/header.h"

struct pstm_store {
    char *path;
    pstm_store_header header;
    pstm_store_about about;  /* as the header has it */
    const pstm_leaf *leaves; /* the opener's; the file has the same */
    uint64_t *digests;       /* [n_leaves] of the rows of each; NULL until it is complete */
    int64_t stride;
    int descriptor;
    bool writable;
};

/* ---- opening ----------------------------------------------------------------------------------------- */

/** Opens the file and reads its header; *foreign as in pstm_store_header_read(). To be closed after a
 * failure. */
static pstm_status open_header(const char *path, bool writable, pstm_store *store, bool *foreign)
{
    *foreign = false;
    store->writable = writable;
    /* A pipe in the place of the store must not hold us up; files do not heed O_NONBLOCK. */
    store->descriptor = open(path, (writable ? O_RDWR : O_RDONLY) | O_NONBLOCK | O_CLOEXEC);
    if (store->descriptor < 0) return pstm_fail_errno(PSTM_SYSTEM, "cannot open the trace store %s", path);
    PSTM_TRY(pstm_copy_text(&store->path, path));
    pstm_store_header *h = &store->header;
    PSTM_TRY(pstm_store_header_read(store->descriptor, path, h, foreign));
    store->stride = pstm_store_header_stride(h);
    store->about = (pstm_store_about){.n_traces = h->n_traces,
                                      .n_leaves = h->n_leaves,
                                      .n_samples = h->n_samples,
                                      .n_levels = h->n_levels,
                                      .sample_s = h->sample_s,
                                      .samples_digest = h->samples_digest,
                                      .n_inputs = h->n_inputs};
    return PSTM_OK;
}

/** Fails with the words as the reason, and the remedy. */
static pstm_status fail_damaged(const pstm_store *store, const char *format, ...) PSTM_PRINTF(2, 3);
static pstm_status fail_damaged(const pstm_store *store, const char *format, ...)
{
    char words[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    return pstm_fail(PSTM_DATA, "%s is damaged: %s; delete it, and the next run makes it anew", store->path,
                     words);
}

static bool has_numbers(const pstm_store *store, const pstm_store_about *about)
{
    const pstm_store_about *its = &store->about;
    return its->n_traces == about->n_traces && its->n_leaves == about->n_leaves &&
           its->n_samples == about->n_samples && its->n_levels == about->n_levels &&
           its->n_inputs == about->n_inputs && its->sample_s == about->sample_s;
}

/** Reads n elements at a place of the file that have this digest. */
static pstm_status read_elements(const pstm_store *store, int64_t at, int64_t n, size_t element_bytes,
                                 uint64_t digest, void *elements, const char *what)
{
    const int64_t n_bytes = n * (int64_t)element_bytes;
    PSTM_TRY(pstm_store_get_bytes(store->descriptor, store->path, at, elements, n_bytes));
    if (pstm_digest_bytes(elements, (size_t)n_bytes) == digest) return PSTM_OK;
    return fail_damaged(store, "%s are not those that were written", what);
}

/** Of a complete store. */
static pstm_status load_digests(pstm_store *store)
{
    const pstm_store_header *h = &store->header;
    PSTM_TRY(PSTM_NEW(&store->digests, h->n_leaves, "the digests of the leaves"));
    return read_elements(store, h->digest_byte, h->n_leaves, sizeof *store->digests, h->digests_digest,
                         store->digests, "the digests of its leaves");
}

/** Whether the file was made with these leaves, [n_leaves] as the header has it. They are compared piece by
 * piece, so that they are in memory once. */
static pstm_status compare_leaves(const pstm_store *store, const pstm_leaf *leaves, bool *same)
{
    enum { PIECE = 256 };
    const pstm_store_header *h = &store->header;
    pstm_leaf piece[PIECE];
    *same = pstm_digest_bytes(leaves, (size_t)h->n_leaves * sizeof *leaves) == h->leaves_digest;
    for (int64_t i = 0; i < h->n_leaves && *same; i += PIECE) {
        const int64_t n = h->n_leaves - i < PIECE ? h->n_leaves - i : PIECE;
        const int64_t n_bytes = n * (int64_t)sizeof *piece, at = h->leaf_byte + i * (int64_t)sizeof *piece;
        PSTM_TRY(pstm_store_get_bytes(store->descriptor, store->path, at, piece, n_bytes));
        if (memcmp(piece, leaves + i, (size_t)n_bytes) != 0)
            return fail_damaged(store, "its leaves are not those that were written");
    }
    return PSTM_OK;
}

pstm_status pstm_store_open(const char *path, const pstm_store_about *about, const pstm_leaf *leaves,
                            bool writable, pstm_store **out)
{
    pstm_store *store = NULL;
    bool foreign, same;
    pstm_status status = PSTM_OK;
    PSTM_GO(PSTM_NEW(&store, 1, "the trace store"));
    PSTM_GO(open_header(path, writable, store, &foreign));
    same = has_numbers(store, about);
    if (same) PSTM_GO(compare_leaves(store, leaves, &same));
    if (!same) {
        status = pstm_fail(PSTM_DATA,
                           "%s is the trace store of other traces than those of this run: does another job "
                           "write to the same place? start again, with another output.file for the other one",
                           path);
        goto cleanup;
    }
    if (store->header.complete == 1) PSTM_GO(load_digests(store));
    store->leaves = leaves;
    *out = store;
    store = NULL;
cleanup:
    pstm_store_close(&store);
    return status;
}

void pstm_store_close(pstm_store **store)
{
    if (!*store) return;
    if ((*store)->descriptor >= 0) close((*store)->descriptor);
    PSTM_FREE(&(*store)->path);
    PSTM_FREE(&(*store)->digests);
    PSTM_FREE(store);
}

const pstm_store_about *pstm_store_get_about(const pstm_store *store)
{
    return &store->about;
}

bool pstm_store_is_complete(const pstm_store *store)
{
    return store->header.complete == 1;
}

const pstm_leaf *pstm_store_leaves(const pstm_store *store)
{
    return store->leaves;
}

int64_t pstm_store_stride(const pstm_store *store)
{
    return store->stride;
}

pstm_status pstm_store_read_inputs(const pstm_store *store, pstm_file_identity *inputs)
{
    const pstm_store_header *h = &store->header;
    return read_elements(store, h->input_byte, h->n_inputs, sizeof *inputs, h->inputs_digest, inputs,
                         "the identities of its input files");
}

pstm_status pstm_store_read_doubts(const pstm_store *store, pstm_doubts *doubts)
{
    const pstm_store_header *h = &store->header;
    char *packed = NULL;
    pstm_status status;
    if (h->doubt_bytes == 0) return PSTM_OK;
    PSTM_GO(PSTM_NEW(&packed, h->doubt_bytes, "the doubts of the trace store"));
    PSTM_GO(read_elements(store, h->doubt_byte, h->doubt_bytes, 1, h->doubts_digest, packed,
                          "the doubts of its samples"));
    status = pstm_doubts_unpack(packed, h->doubt_bytes, doubts);
    if (status == PSTM_DATA) status = fail_damaged(store, "%s", pstm_error_text());
cleanup:
    PSTM_FREE(&packed);
    return status;
}

/* ---- rows -------------------------------------------------------------------------------------------- */

static pstm_status check_rows(const pstm_store *store, int64_t first, int64_t n)
{
    int64_t n_traces = store->about.n_traces;
    if (first >= 0 && n >= 0 && n <= n_traces && first <= n_traces - n) return PSTM_OK;
    return pstm_fail(PSTM_USAGE, "%s: %lld rows from %lld on are not among its %lld traces", store->path,
                     (long long)n, (long long)first, (long long)n_traces);
}

static int64_t trace_byte(const pstm_store *store, int64_t row)
{
    return store->header.trace_byte + row * (int64_t)sizeof(pstm_trace);
}

static int64_t samples_bytes(const pstm_store *store, int64_t n_rows)
{
    return n_rows * store->stride * (int64_t)sizeof(float);
}

static int64_t samples_byte(const pstm_store *store, int64_t row)
{
    return store->header.samples_byte + samples_bytes(store, row);
}

pstm_status pstm_store_write(pstm_store *store, int64_t first, int64_t n, const pstm_trace *traces,
                             const float *samples)
{
    if (!store->writable) return pstm_fail(PSTM_USAGE, "%s was not opened for writing", store->path);
    PSTM_TRY(check_rows(store, first, n));
    if (traces)
        PSTM_TRY(pstm_store_put_bytes(store->descriptor, store->path, trace_byte(store, first), traces,
                                      n * (int64_t)sizeof *traces));
    if (samples)
        PSTM_TRY(pstm_store_put_bytes(store->descriptor, store->path, samples_byte(store, first), samples,
                                      samples_bytes(store, n)));
    return PSTM_OK;
}

/** A live window beyond the record would lead a device out of it, and so might a place that is no number. */
static bool trace_holds(const pstm_store *store, const pstm_trace *t)
{
    if (t->fate < 0 || t->fate >= PSTM_TRACE_FATES) return false;
    if (t->fate != PSTM_TRACE_KEPT || t->live_first > t->live_last) return true;
    return t->live_first >= 0 && t->live_last < store->about.n_samples && isfinite(t->source_x_m) &&
           isfinite(t->source_y_m) && isfinite(t->receiver_x_m) && isfinite(t->receiver_y_m) &&
           isfinite(t->start_s);
}

pstm_status pstm_store_read_traces(const pstm_store *store, int64_t first, int64_t n, pstm_trace *traces)
{
    PSTM_TRY(check_rows(store, first, n));
    PSTM_TRY(pstm_store_get_bytes(store->descriptor, store->path, trace_byte(store, first), traces,
                                  n * (int64_t)sizeof *traces));
    for (int64_t i = 0; i < n; i++)
        if (!trace_holds(store, &traces[i]))
            return fail_damaged(
                store,
                "row %lld of /trace has fate %d, samples %d to %d live of %d, source (%g, %g), "
                "receiver (%g, %g), start %g s",
                (long long)(first + i), traces[i].fate, traces[i].live_first, traces[i].live_last,
                store->about.n_samples, traces[i].source_x_m, traces[i].source_y_m, traces[i].receiver_x_m,
                traces[i].receiver_y_m, traces[i].start_s);
    return PSTM_OK;
}

pstm_status pstm_store_read_samples(const pstm_store *store, int64_t first, int64_t n, float *samples)
{
    PSTM_TRY(check_rows(store, first, n));
    return pstm_store_get_bytes(store->descriptor, store->path, samples_byte(store, first), samples,
                                samples_bytes(store, n));
}

uint64_t pstm_store_digest(const pstm_store *store, int64_t n, const pstm_trace *traces, const float *samples)
{
    const uint64_t parts[2] = {pstm_digest_bytes(traces, (size_t)n * sizeof *traces),
                               pstm_digest_bytes(samples, (size_t)samples_bytes(store, n))};
    return pstm_digest_combine(parts, 2);
}

pstm_status pstm_store_read_leaf(const pstm_store *store, int64_t leaf, pstm_trace *traces, float *samples)
{
    if (store->digests == NULL)
        return pstm_fail(PSTM_USAGE, "%s was not complete when it was opened", store->path);
    const int64_t first = store->leaves[leaf].first_trace, n = store->leaves[leaf].n_traces;
    PSTM_TRY(pstm_store_read_traces(store, first, n, traces));
    PSTM_TRY(pstm_store_read_samples(store, first, n, samples));
    if (pstm_store_digest(store, n, traces, samples) == store->digests[leaf]) return PSTM_OK;
    return fail_damaged(store, "leaf %lld, rows %lld to %lld, does not hold what was written to it",
                        (long long)leaf, (long long)first, (long long)(first + n - 1));
}

pstm_status pstm_store_sync(pstm_store *store)
{
    int result;
    do
        result = fdatasync(store->descriptor);
    while (result != 0 && errno == EINTR);
    if (result == 0) return PSTM_OK;
    return pstm_fail_errno(PSTM_SYSTEM, "cannot sync the trace store %s", store->path);
}

/** Puts the doubts at the end of the file, where there may be others. */
static pstm_status put_doubts(const pstm_store *store, const pstm_doubts *doubts, pstm_store_header *h)
{
    pstm_text packed = {0};
    pstm_status status;
    h->doubt_byte = h->file_bytes - h->doubt_bytes;
    PSTM_GO(pstm_doubts_pack(doubts, &packed));
    h->doubt_bytes = packed.length;
    h->doubts_digest = pstm_digest_bytes(packed.bytes, (size_t)packed.length);
    h->file_bytes = h->doubt_byte + h->doubt_bytes;
    PSTM_GO(pstm_store_put_bytes(store->descriptor, store->path, h->doubt_byte, packed.bytes, packed.length));
    if (ftruncate(store->descriptor, (off_t)h->file_bytes) != 0)
        status = pstm_fail_errno(PSTM_SYSTEM, "cannot set the end of the trace store %s", store->path);
cleanup:
    pstm_text_clear(&packed);
    return status;
}

pstm_status pstm_store_finish(pstm_store *store, uint64_t samples_digest, const uint64_t *leaf_digests,
                              const pstm_doubts *doubts)
{
    pstm_store_header header;
    bool foreign;
    if (!store->writable) return pstm_fail(PSTM_USAGE, "%s was not opened for writing", store->path);
    PSTM_TRY(pstm_store_header_read(store->descriptor, store->path, &header, &foreign));
    const size_t n_bytes = (size_t)header.n_leaves * sizeof *leaf_digests;
    PSTM_TRY(pstm_store_put_bytes(store->descriptor, store->path, header.digest_byte, leaf_digests,
                                  (int64_t)n_bytes));
    PSTM_TRY(put_doubts(store, doubts, &header));
    PSTM_TRY(pstm_store_sync(store)); /* what the rows hold is on disk before the header says so */
    header.complete = 1;
    header.samples_digest = samples_digest;
    header.digests_digest = pstm_digest_bytes(leaf_digests, n_bytes);
    PSTM_TRY(pstm_store_header_write(store->descriptor, store->path, &header));
    return pstm_store_sync(store);
}

/* ---- of which job ------------------------------------------------------------------------------------ */

/* What can be told without reading the leaves comes first. */
static pstm_status find_usable(pstm_store *store, const pstm_store_about *about, const pstm_leaf *leaves,
                               bool *usable)
{
    char key[PSTM_KEY_CHARS];
    pstm_digest_key(about->key, key);
    *usable =
        pstm_store_is_complete(store) && strcmp(store->header.key, key) == 0 && has_numbers(store, about);
    if (*usable) PSTM_TRY(compare_leaves(store, leaves, usable));
    return *usable ? load_digests(store) : PSTM_OK;
}

pstm_status pstm_store_probe(const char *path, const pstm_store_about *about, const pstm_leaf *leaves,
                             bool *usable)
{
    pstm_store *store = NULL;
    bool foreign, taken;
    *usable = false;
    PSTM_TRY(pstm_place_is_taken(path, &taken));
    if (!taken) return PSTM_OK;
    PSTM_TRY(PSTM_NEW(&store, 1, "the trace store"));
    pstm_status status = open_header(path, false, store, &foreign);
    if (status == PSTM_OK) status = find_usable(store, about, leaves, usable);
    pstm_store_close(&store);
    if (status != PSTM_DATA) return status;
    if (foreign)
        return pstm_while(status,
                          "a file is in the place of the trace store; move it away, or change output.file");
    pstm_note("the trace store is made anew: %s", pstm_error_text());
    *usable = false;
    return PSTM_OK;
}
