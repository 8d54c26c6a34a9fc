#include "io/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/log.h"
#include "core/memory.h"
#include "io/store_bytes.h"
#include "io/store_layout.h"
#include "migrate/device.h"

struct pstm_store {
    char *path;
    pstm_store_layout layout;
    pstm_leaf *leaves;
    int64_t stride;
    int descriptor;
    bool writable;
};

/* ---- opening ----------------------------------------------------------------------------------------- */

/** Reads the leaves; one that points outside the traces would be read through later. */
static pstm_status read_leaves(pstm_store *store)
{
    int64_t n = store->layout.about.n_leaves, n_traces = store->layout.about.n_traces;
    PSTM_TRY(PSTM_NEW(&store->leaves, n, "the leaves of the trace store"));
    PSTM_TRY(pstm_store_get_bytes(store->descriptor, store->path, store->layout.places.leaf_byte,
                                  store->leaves, n * (int64_t)sizeof *store->leaves));
    for (int64_t i = 0; i < n; i++) {
        const pstm_leaf *leaf = &store->leaves[i];
        if (leaf->n_traces < 0 || leaf->first_trace < 0 || leaf->first_trace > n_traces - leaf->n_traces)
            return pstm_fail(PSTM_DATA,
                             "%s is damaged: leaf %lld holds %d traces from %lld on, of %lld; delete it, and "
                             "the next run makes it anew",
                             store->path, (long long)i, leaf->n_traces, (long long)leaf->first_trace,
                             (long long)n_traces);
    }
    return PSTM_OK;
}

pstm_status pstm_store_open(const char *path, bool writable, pstm_store **out)
{
    pstm_store *store = NULL;
    pstm_status status = PSTM_OK;
    PSTM_GO(PSTM_NEW(&store, 1, "the trace store"));
    store->descriptor = -1;
    store->writable = writable;
    PSTM_GO(pstm_copy_text(&store->path, path));
    PSTM_GO(pstm_store_layout_read(path, &store->layout, NULL));
    store->stride = store->layout.about.n_levels * pstm_trace_stride(store->layout.about.n_samples);
    store->descriptor = open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC);
    if (store->descriptor < 0) PSTM_GO(pstm_fail_errno(PSTM_SYSTEM, "cannot open the trace store %s", path));
    PSTM_GO(read_leaves(store));
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
    pstm_store_layout_clear(&(*store)->layout);
    PSTM_FREE(&(*store)->leaves);
    PSTM_FREE(&(*store)->path);
    PSTM_FREE(store);
}

const pstm_store_about *pstm_store_get_about(const pstm_store *store)
{
    return &store->layout.about;
}

bool pstm_store_is_complete(const pstm_store *store)
{
    return store->layout.complete;
}

const pstm_leaf *pstm_store_leaves(const pstm_store *store)
{
    return store->leaves;
}

int64_t pstm_store_stride(const pstm_store *store)
{
    return store->stride;
}

/* ---- rows -------------------------------------------------------------------------------------------- */

static pstm_status check_rows(const pstm_store *store, int64_t first, int64_t n)
{
    int64_t n_traces = store->layout.about.n_traces;
    if (first >= 0 && n >= 0 && n <= n_traces && first <= n_traces - n) return PSTM_OK;
    return pstm_fail(PSTM_USAGE, "%s: %lld rows from %lld on are not among its %lld traces", store->path,
                     (long long)n, (long long)first, (long long)n_traces);
}

static int64_t trace_byte(const pstm_store *store, int64_t row)
{
    return store->layout.places.trace_byte + row * (int64_t)sizeof(pstm_trace);
}

static int64_t samples_bytes(const pstm_store *store, int64_t n_rows)
{
    return n_rows * store->stride * (int64_t)sizeof(float);
}

static int64_t samples_byte(const pstm_store *store, int64_t row)
{
    return store->layout.places.samples_byte + samples_bytes(store, row);
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

pstm_status pstm_store_read_traces(const pstm_store *store, int64_t first, int64_t n, pstm_trace *traces)
{
    PSTM_TRY(check_rows(store, first, n));
    return pstm_store_get_bytes(store->descriptor, store->path, trace_byte(store, first), traces,
                                n * (int64_t)sizeof *traces);
}

pstm_status pstm_store_read_samples(const pstm_store *store, int64_t first, int64_t n, float *samples)
{
    PSTM_TRY(check_rows(store, first, n));
    return pstm_store_get_bytes(store->descriptor, store->path, samples_byte(store, first), samples,
                                samples_bytes(store, n));
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

/* ---- probe ------------------------------------------------------------------------------------------- */

pstm_status pstm_store_probe(const char *path, const char *key, bool *usable)
{
    struct stat there;
    if (stat(path, &there) != 0 && errno == ENOENT) {
        *usable = false;
        return PSTM_OK;
    }
    pstm_store_layout layout = {0};
    bool foreign = false;
    pstm_status status = pstm_store_layout_read(path, &layout, &foreign);
    if (status == PSTM_OK) {
        *usable = layout.complete && strcmp(layout.about.key, key) == 0;
    } else if (status == PSTM_DATA && foreign) {
        status = pstm_while(status, "a file is in the place of the trace store; move it away, or change "
                                    "output.file");
    } else if (status == PSTM_DATA) {
        pstm_note("the trace store is made anew: %s", pstm_error_text());
        *usable = false;
        status = PSTM_OK;
    }
    pstm_store_layout_clear(&layout);
    return status;
}
