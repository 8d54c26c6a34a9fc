/* Trace store: opened, and every row that it says it has is read; probed; finished. The first byte of an
 * input tells whether the rest is the file itself or changes of a good store, and whether digests are made
 * right afterwards, which would hide the changes from all that is behind them. A change is 11 bytes: where
 * (16 bits, among the bytes of header, leaves and traces), how (width; set or add) and the value (64 bits).
 */
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "core/memory.h"
#include "fuzz.h"
#include "io/digest.h"
#include "io/store/header.h"
#include "io/store/store.h"

enum { FILE_BYTES = 1 << 16, TRACES = 19, LEAVES = 3, SAMPLES = 23, LEVELS = 5 };
enum { WHOLE_FILE = 1, SEAL_HEADER = 2, SEAL_LEAVES = 4, CUT = 8 }; /* of the first byte */
enum { WIDTH = 3 /* log2 of bytes */, ADD = 4, CHANGE_BYTES = 11, PLACE = 0, HOW = 2, VALUE = 3 };

static const pstm_store_about about = {.key = "key",
                                       .n_traces = TRACES,
                                       .n_leaves = LEAVES,
                                       .n_samples = SAMPLES,
                                       .n_levels = LEVELS,
                                       .sample_s = 0.004};
static const pstm_leaf leaves[LEAVES] = {
    {.n_traces = 7}, {.first_trace = 7, .n_traces = 7}, {.first_trace = 14, .n_traces = 5}};
static uint8_t good[FILE_BYTES], changed[FILE_BYTES];
static size_t good_bytes;
static pstm_store_header good_header;

/* With the digests of leaves whose samples are all zero. */
static pstm_status finish(pstm_store *store, const pstm_trace *traces)
{
    float *zeros = NULL;
    uint64_t digests[LEAVES];
    PSTM_TRY(PSTM_NEW(&zeros, TRACES * pstm_store_stride(store), "samples"));
    for (int i = 0; i < LEAVES; i++)
        digests[i] = pstm_store_digest(store, leaves[i].n_traces, traces + leaves[i].first_trace, zeros);
    PSTM_FREE(&zeros);
    pstm_doubts doubts = {0};
    PSTM_TRY(pstm_doubts_add(&doubts, PSTM_DOUBT_SAMPLE_FORMAT, true, "a.sgy: looks otherwise"));
    const pstm_status status = pstm_store_finish(store, 7, digests, &doubts);
    pstm_doubts_clear(&doubts);
    return status;
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    pstm_trace traces[TRACES];
    pstm_store *store = NULL;
    char path[] = "/tmp/fuzz_store.XXXXXX"; /* HDF5, which makes it, wants a real path */
    (void)argc;
    (void)argv;
    pstm_log_setup("", 0, 1);
    for (int i = 0; i < TRACES; i++)
        traces[i] = (pstm_trace){.n_samples = SAMPLES, .live_last = SAMPLES - 1, .number = i};
    close(mkstemp(path));
    if (!fuzz_is_ok(pstm_store_create(path, &about, leaves)) ||
        !fuzz_is_ok(pstm_store_open(path, &about, leaves, true, &store)) ||
        !fuzz_is_ok(pstm_store_write(store, 0, TRACES, traces, NULL)) || !fuzz_is_ok(finish(store, traces)))
        abort();
    pstm_store_close(&store);
    const int descriptor = open(path, O_RDONLY);
    const ssize_t got = read(descriptor, good, sizeof good);
    close(descriptor);
    unlink(path);
    if (got < 1 || got == sizeof good) abort();
    good_bytes = (size_t)got;
    memcpy(&good_header, good, sizeof good_header);
    return 0;
}

/* Where in the file a place among header, leaves and traces is. */
static size_t find(size_t place)
{
    const size_t header = sizeof good_header, of_leaves = sizeof leaves,
                 of_traces = TRACES * sizeof(pstm_trace);
    place %= header + of_leaves + of_traces;
    if (place < header) return place;
    if (place < header + of_leaves) return (size_t)good_header.leaf_byte + place - header;
    return (size_t)good_header.trace_byte + place - header - of_leaves;
}

static void change(const uint8_t *how)
{
    uint16_t place;
    uint64_t value, old = 0;
    const size_t width = (size_t)1 << (how[HOW] & WIDTH);
    memcpy(&place, how + PLACE, sizeof place);
    memcpy(&value, how + VALUE, sizeof value);
    uint8_t *at = changed + find(place);
    memcpy(&old, at, width);
    if (how[HOW] & ADD) value += old;
    memcpy(at, &value, width);
}

static void seal(int how)
{
    pstm_store_header h;
    memcpy(&h, changed, sizeof h);
    const bool in_file = h.leaf_byte >= 0 && h.leaf_byte <= (int64_t)good_bytes && h.n_leaves >= 0 &&
                         h.n_leaves <= ((int64_t)good_bytes - h.leaf_byte) / (int64_t)sizeof(pstm_leaf);
    if ((how & SEAL_LEAVES) && in_file)
        h.leaves_digest = pstm_digest_bytes(changed + h.leaf_byte, (size_t)h.n_leaves * sizeof(pstm_leaf));
    if (how & SEAL_HEADER) pstm_store_header_seal(&h);
    memcpy(changed, &h, sizeof h);
}

/* What is handed out is safe to migrate. */
static void check_traces(const pstm_trace *traces, int64_t n, const float *samples, const pstm_store *store)
{
    float sum = 0;
    for (int64_t i = 0; i < n; i++) {
        const pstm_trace *t = &traces[i];
        if (t->fate != PSTM_TRACE_KEPT || t->live_first > t->live_last) continue;
        if (t->live_first < 0 || t->live_last >= pstm_store_get_about(store)->n_samples ||
            !isfinite(t->source_x_m + t->start_s))
            abort();
        sum += samples[i * pstm_store_stride(store) + t->live_last];
    }
    if (sum == 1) abort(); /* keeps the reads */
}

static void read_all(const pstm_store *store, size_t file_bytes)
{
    const pstm_store_about *its = pstm_store_get_about(store);
    const int64_t stride = pstm_store_stride(store), row_bytes = stride * 4 + (int64_t)sizeof(pstm_trace);
    /* What it says must be there, so that no small file claims much. */
    if (its->n_traces * row_bytes + its->n_leaves * (int64_t)sizeof(pstm_leaf) > (int64_t)file_bytes) abort();
    pstm_trace *traces = NULL;
    float *samples = NULL;
    pstm_doubts doubts = {0};
    (void)fuzz_is_ok(pstm_store_read_doubts(store, &doubts));
    pstm_doubts_clear(&doubts);
    if (!fuzz_is_ok(PSTM_NEW(&traces, its->n_traces, "traces")) ||
        !fuzz_is_ok(PSTM_NEW(&samples, its->n_traces * stride, "samples")))
        abort();
    for (int64_t i = 0; i < its->n_leaves; i++) {
        const pstm_leaf *leaf = &pstm_store_leaves(store)[i];
        if (!fuzz_is_ok(pstm_store_read_samples(store, leaf->first_trace, leaf->n_traces, samples))) abort();
        if (fuzz_is_ok(pstm_store_read_traces(store, leaf->first_trace, leaf->n_traces, traces)))
            check_traces(traces, leaf->n_traces, samples, store);
        if (fuzz_is_ok(pstm_store_read_leaf(store, i, traces, samples)))
            check_traces(traces, leaf->n_traces, samples, store);
    }
    PSTM_FREE(&traces);
    PSTM_FREE(&samples);
}

/* All that a run does with a store, in an order of our own. */
static void use(const char *path, size_t n)
{
    static const uint64_t digests[LEAVES];
    pstm_store *store = NULL;
    bool usable;
    const bool opens = fuzz_is_ok(pstm_store_open(path, &about, leaves, false, &store));
    if (opens) read_all(store, n);
    if (fuzz_is_ok(pstm_store_probe(path, &about, leaves, &usable)) && usable &&
        !(opens && pstm_store_is_complete(store)))
        abort();
    pstm_store_close(&store);
    if (fuzz_is_ok(pstm_store_open(path, &about, leaves, true, &store)) != opens) abort();
    if (opens && !fuzz_is_ok(pstm_store_finish(store, 9, digests, &(pstm_doubts){0}))) abort();
    pstm_store_close(&store);
    if (fuzz_is_ok(pstm_store_open(path, &about, leaves, true, &store)) && !pstm_store_is_complete(store))
        abort();
    pstm_store_close(&store);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n == 0) return 0;
    const int how = bytes[0];
    bytes++;
    n--;
    if (!(how & WHOLE_FILE)) {
        memcpy(changed, good, good_bytes);
        const size_t kept = (how & CUT) && n >= 2 ? (bytes[0] + 256u * bytes[1]) % good_bytes : good_bytes;
        for (size_t i = how & CUT ? 2 : 0; i + CHANGE_BYTES <= n; i += CHANGE_BYTES)
            change(bytes + i);
        seal(how);
        bytes = changed;
        n = kept;
    }
    use(fuzz_file(bytes, n), n);
    return 0;
}
