#include "io/store/header.h"

#include <math.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include "device/device.h"
#include "io/store/bytes.h"

_Static_assert(sizeof(pstm_leaf) == 64, "the trace store relies on this layout");
_Static_assert(sizeof(pstm_store_header) == 232, "the trace store relies on this layout, without padding");
_Static_assert(sizeof(PSTM_STORE_KIND) == sizeof((pstm_store_header){0}.magic) + 1, "the magic is all text");
_Static_assert((int)PSTM_STORE_KEY_CHARS >= (int)PSTM_KEY_CHARS, "a key fits");

static const uint32_t BYTE_ORDER_MARK = 0x01020304;

/* ---- what must hold ---------------------------------------------------------------------------------- */

int64_t pstm_store_header_stride(const pstm_store_header *h)
{
    return h->n_levels * pstm_trace_stride(h->n_samples);
}

static bool numbers_hold(const pstm_store_header *h)
{
    return h->n_traces >= 0 && h->n_leaves >= 0 && h->n_leaves <= h->n_traces && h->n_samples >= 1 &&
           h->n_samples <= INT32_MAX - 4 * PSTM_TRACE_PAD && h->n_levels >= 1 &&
           h->n_levels <= PSTM_MOST_LEVELS && h->n_inputs >= 0 && h->doubt_bytes >= 0 && h->sample_s > 0.0 &&
           isfinite(h->sample_s);
}

/* The bytes [from, end) of a dataset. */
typedef struct extent {
    int64_t from, end;
} extent;

enum { DATASETS = 6 };

/** Where its datasets are; false when one is not within what a file can hold, header and all. */
static bool find_extents(const pstm_store_header *h, extent extents[DATASETS])
{
    const int64_t from[DATASETS] = {h->trace_byte, h->leaf_byte,   h->samples_byte,
                                    h->input_byte, h->digest_byte, h->doubt_byte},
                  n[DATASETS] = {h->n_traces, h->n_leaves, h->n_traces,
                                 h->n_inputs, h->n_leaves, h->doubt_bytes};
    const int64_t row_bytes[DATASETS] = {(int64_t)sizeof(pstm_trace),
                                         (int64_t)sizeof(pstm_leaf),
                                         pstm_store_header_stride(h) * (int64_t)sizeof(float),
                                         (int64_t)sizeof(pstm_file_identity),
                                         (int64_t)sizeof(uint64_t),
                                         1};
    for (int i = 0; i < DATASETS; i++) {
        int64_t bytes;
        extents[i].from = from[i];
        if (__builtin_mul_overflow(n[i], row_bytes[i], &bytes) ||
            __builtin_add_overflow(from[i], bytes, &extents[i].end))
            return false;
    }
    return true;
}

static bool places_hold(const pstm_store_header *h)
{
    extent e[DATASETS];
    if (!find_extents(h, e)) return false;
    for (int i = 0; i < DATASETS; i++) {
        if (e[i].from == e[i].end) continue; /* empty, wherever */
        if (e[i].from < PSTM_STORE_BLOCK || e[i].end > h->file_bytes) return false;
        for (int j = 0; j < i; j++)
            if (e[j].from < e[j].end && e[i].from < e[j].end && e[j].from < e[i].end) return false;
    }
    return true;
}

/* ---- making ------------------------------------------------------------------------------------------ */

/** Fails when the rows are more than a file can hold. */
static pstm_status sum_bytes(const char *path, const pstm_store_header *h, int64_t *data_bytes)
{
    extent e[DATASETS];
    int64_t sum = (DATASETS - 1) * PSTM_STORE_BLOCK;
    bool fits = find_extents(h, e);
    for (int i = 0; i < DATASETS && fits; i++)
        fits = !__builtin_add_overflow(sum, e[i].end - e[i].from, &sum);
    if (!fits)
        return pstm_fail(PSTM_DATA, "%s: %lld traces of %d samples are more than a file can hold", path,
                         (long long)h->n_traces, h->n_samples);
    *data_bytes = sum;
    return PSTM_OK;
}

pstm_status pstm_store_header_make(const char *path, const pstm_store_about *about, const pstm_leaf *leaves,
                                   pstm_store_header *header, int64_t *data_bytes)
{
    pstm_store_header h = {.byte_order = BYTE_ORDER_MARK,
                           .version = PSTM_STORE_VERSION,
                           .header_bytes = (int32_t)sizeof h,
                           .trace_bytes = (int32_t)sizeof(pstm_trace),
                           .leaf_bytes = (int32_t)sizeof(pstm_leaf),
                           .input_bytes = (int32_t)sizeof(pstm_file_identity),
                           .n_inputs = about->n_inputs,
                           .n_samples = about->n_samples,
                           .n_levels = about->n_levels,
                           .n_traces = about->n_traces,
                           .n_leaves = about->n_leaves,
                           .sample_s = about->sample_s};
    if (about->key == NULL || !numbers_hold(&h))
        return pstm_fail(
            PSTM_DATA, "%s: no trace store can hold %lld traces of %d samples every %g s in %lld leaves",
            path, (long long)about->n_traces, about->n_samples, about->sample_s, (long long)about->n_leaves);
    PSTM_TRY(sum_bytes(path, &h, data_bytes));
    memcpy(h.magic, PSTM_STORE_KIND, sizeof h.magic);
    pstm_digest_key(about->key, h.key);
    h.leaves_digest = pstm_digest_bytes(leaves, (size_t)h.n_leaves * sizeof *leaves);
    h.inputs_digest = pstm_digest_bytes(about->inputs, (size_t)h.n_inputs * sizeof *about->inputs);
    *header = h;
    return PSTM_OK;
}

static uint64_t digest_of(const pstm_store_header *h)
{
    return pstm_digest_bytes(h, offsetof(pstm_store_header, digest));
}

void pstm_store_header_seal(pstm_store_header *header)
{
    header->digest = digest_of(header);
}

pstm_status pstm_store_header_write(int descriptor, const char *path, pstm_store_header *header)
{
    pstm_store_header_seal(header);
    return pstm_store_put_bytes(descriptor, path, 0, header, (int64_t)sizeof *header);
}

/* ---- reading ----------------------------------------------------------------------------------------- */

/* Whether the bytes hold a text. */
#define HOLDS(bytes, n, text) (memmem(bytes, n, text, sizeof(text) - 1) != NULL)

/**
 * Whether a file without our magic is a store of versions 1 or 2, which had no header. HDF5 is not asked:
 * such a file begins with its signature, and the names of the three datasets follow with their lengths.
 */
static pstm_status is_older_store(int descriptor, const char *path, int64_t file_bytes, bool *is_store)
{
    enum { LOOK_BYTES = 1024 };
    char bytes[LOOK_BYTES];
    const size_t n = file_bytes < LOOK_BYTES ? (size_t)file_bytes : LOOK_BYTES;
    PSTM_TRY(pstm_store_get_bytes(descriptor, path, 0, bytes, (int64_t)n));
    *is_store = n >= 8 && memcmp(bytes, "\211HDF\r\n\032\n", 8) == 0 && HOLDS(bytes, n, "\005trace") &&
                HOLDS(bytes, n, "\004leaf") && HOLDS(bytes, n, "\007samples");
    return PSTM_OK;
}

/** The file has the magic. */
static pstm_status check_header(const pstm_store_header *h, int64_t file_bytes)
{
    if (file_bytes < (int64_t)sizeof *h)
        return pstm_fail(PSTM_DATA, "it ends within its header, at byte %lld", (long long)file_bytes);
    if (h->byte_order != BYTE_ORDER_MARK)
        return pstm_fail(PSTM_DATA, "a machine of another byte order wrote it, or its header is damaged");
    if (h->version != PSTM_STORE_VERSION)
        return pstm_fail(PSTM_DATA, "its version is %d, and this program reads version %d", h->version,
                         PSTM_STORE_VERSION);
    if (h->digest != digest_of(h)) return pstm_fail(PSTM_DATA, "its header is damaged");
    if (h->header_bytes != (int32_t)sizeof *h || h->trace_bytes != (int32_t)sizeof(pstm_trace) ||
        h->leaf_bytes != (int32_t)sizeof(pstm_leaf) ||
        h->input_bytes != (int32_t)sizeof(pstm_file_identity) || h->key[PSTM_STORE_KEY_CHARS - 1] != '\0' ||
        (h->complete != 0 && h->complete != 1))
        return pstm_fail(PSTM_DATA, "its header is not one that this program writes");
    if (!numbers_hold(h))
        return pstm_fail(
            PSTM_DATA, "it claims %lld traces of %d samples every %g s in %d copies and %lld leaves",
            (long long)h->n_traces, h->n_samples, h->sample_s, h->n_levels, (long long)h->n_leaves);
    if (h->file_bytes != file_bytes)
        return pstm_fail(PSTM_DATA, "it holds %lld bytes and was made with %lld", (long long)file_bytes,
                         (long long)h->file_bytes);
    if (!places_hold(h))
        return pstm_fail(PSTM_DATA,
                         "the rows of its %lld traces and %lld leaves do not fit into its %lld bytes",
                         (long long)h->n_traces, (long long)h->n_leaves, (long long)file_bytes);
    return PSTM_OK;
}

static pstm_status read_header(int descriptor, const char *path, int64_t file_bytes, pstm_store_header *h,
                               bool *foreign)
{
    const int64_t n = (int64_t)sizeof *h;
    bool is_store;
    *foreign = true; /* until it is known to be ours: what is not may not be replaced */
    PSTM_TRY(pstm_store_get_bytes(descriptor, path, 0, h, file_bytes < n ? file_bytes : n));
    if (memcmp(h->magic, PSTM_STORE_KIND, sizeof h->magic) == 0) {
        *foreign = false;
        return check_header(h, file_bytes);
    }
    PSTM_TRY(is_older_store(descriptor, path, file_bytes, &is_store));
    *foreign = !is_store;
    return pstm_fail(PSTM_DATA,
                     is_store ? "an older version of this program made it" : "it is no trace store");
}

pstm_status pstm_store_header_read(int descriptor, const char *path, pstm_store_header *header, bool *foreign)
{
    struct stat about;
    pstm_store_header h = {0};
    *foreign = false;
    if (fstat(descriptor, &about) != 0) return pstm_fail_errno(PSTM_SYSTEM, "cannot look at %s", path);
    *foreign = !S_ISREG(about.st_mode);
    if (*foreign) return pstm_fail(PSTM_DATA, "%s: it is no file", path);
    const pstm_status status = read_header(descriptor, path, (int64_t)about.st_size, &h, foreign);
    if (status == PSTM_OK) *header = h;
    if (status != PSTM_DATA) return status;
    if (*foreign) return pstm_while(status, "%s", path);
    return pstm_while(status, "the trace store %s is of no use (delete it, and the next run makes it anew)",
                      path);
}
