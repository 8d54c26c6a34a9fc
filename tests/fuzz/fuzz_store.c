/* Trace store: opened, and every row that it says it has is read. After a first byte '+' the bytes are
 * changes of a good store, three bytes each: which of the bytes that HDF5 hands on to us (attributes, shapes,
 * places, leaves), and its new value; HDF5's checksums of its own blocks, which would hide these from a
 * fuzzer, are made right. HDF5's own structure is left alone there, as HDF5 1.10 itself falls over forged
 * structures. Otherwise the bytes are the file. */
#include <fcntl.h>
#include <hdf5.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "core/memory.h"
#include "fuzz.h"
#include "io/store.h"
#include "io/store_layout.h"

/* HDF5's own; it is in the library, though in no public header. */
uint32_t H5_checksum_metadata(const void *bytes, size_t n, uint32_t start);

enum {
    FILE_BYTES = 1 << 16,
    MOST_BLOCKS = 64,
    MOST_PLACES = 2048,
    TRACES = 19,
    LEAVES = 3,
    SAMPLES = 23,
    LEVELS = 5
};

/* HDF5 wants a file with a real path; it is in the current folder, and stays. */
static char path[] = "fuzz_store.XXXXXX";
static int descriptor;
static uint8_t good[FILE_BYTES], changed[FILE_BYTES];
static size_t good_bytes;
static struct {
    size_t from, length;
} blocks[MOST_BLOCKS];
static size_t places[MOST_PLACES]; /* of bytes that HDF5 hands on */
static int n_blocks, n_places;

static void make_good(void)
{
    const pstm_store_about about = {.key = "key",
                                    .n_traces = TRACES,
                                    .n_leaves = LEAVES,
                                    .n_samples = SAMPLES,
                                    .n_levels = LEVELS,
                                    .sample_s = 0.004};
    const pstm_trace traces[TRACES] = {{.n_samples = SAMPLES}};
    const pstm_leaf leaves[LEAVES] = {
        {.n_traces = 7}, {.first_trace = 7, .n_traces = 7}, {.first_trace = 14, .n_traces = 5}};
    pstm_store *store = NULL;
    close(mkstemp(path));
    if (!fuzz_is_ok(pstm_store_create(path, &about, leaves)) ||
        !fuzz_is_ok(pstm_store_open(path, true, &store)) ||
        !fuzz_is_ok(pstm_store_write(store, 0, TRACES, traces, NULL)) ||
        !fuzz_is_ok(pstm_store_finish(path, 7)))
        abort();
    pstm_store_close(&store);
    descriptor = open(path, O_RDWR | O_CLOEXEC);
    const ssize_t got = read(descriptor, good, sizeof good);
    if (got < 1 || got == sizeof good) abort();
    good_bytes = (size_t)got;
}

/* A block that ends in its checksum, from here on; its length is what makes the checksum right. */
static void find_block(size_t from)
{
    uint32_t sum;
    for (size_t length = 12; from + length <= good_bytes && length < 4096; length++) {
        memcpy(&sum, good + from + length - 4, 4);
        if (H5_checksum_metadata(good + from, length - 4, 0) != sum || n_blocks == MOST_BLOCKS) continue;
        blocks[n_blocks].from = from;
        blocks[n_blocks++].length = length;
        return;
    }
}

static void find_blocks(void)
{
    find_block(0);
    for (size_t at = 8; at < good_bytes; at++)
        if (good[at] >= 'A' && good[at] <= 'Z' && good[at + 1] >= 'A' && good[at + 1] <= 'Z') find_block(at);
    if (n_blocks < 3) abort(); /* the superblock, and the headers of objects */
}

static void add_places(size_t from, size_t n)
{
    for (size_t i = 0; i < n && n_places < MOST_PLACES; i++)
        places[n_places++] = from + i;
}

/* The value of an attribute, behind its name and a type and shape of so many bytes. */
static void find_value(const char *name, size_t type_bytes, const void *value, size_t n)
{
    for (size_t at = 0; at + 64 < good_bytes; at++) {
        const size_t from = at + strlen(name) + 1 + type_bytes;
        if (strcmp((const char *)good + at, name) != 0 || memcmp(good + from, value, n) != 0) continue;
        add_places(from, n);
        return;
    }
    abort();
}

static void find_integer(const char *name, int64_t value)
{
    find_value(name, 16, &value, 8);
}

/* Shapes, sizes and addresses of the datasets. */
static void find_numbers(int64_t number)
{
    int n = 0;
    for (size_t at = 0; at + 8 <= good_bytes && at < 4096; at++)
        if (memcmp(good + at, &number, 8) == 0) {
            add_places(at, 8);
            n++;
        }
    if (n == 0) abort();
}

static void find_places(void)
{
    pstm_store_layout layout = {0};
    if (!fuzz_is_ok(pstm_store_layout_read(path, &layout, NULL))) abort();
    find_integer("version", PSTM_STORE_VERSION);
    find_integer("n_samples", SAMPLES);
    find_integer("n_levels", LEVELS);
    find_integer("complete", 1);
    find_value("sample_s", 24, &(double){0.004}, 8);
    find_value("samples_digest", 12, "0000000000000007", 16);
    find_value("kind", 12, PSTM_STORE_KIND, strlen(PSTM_STORE_KIND));
    find_numbers(TRACES);
    find_numbers(TRACES * (int64_t)sizeof(pstm_trace));
    find_numbers(LEAVES * (int64_t)sizeof(pstm_leaf));
    find_numbers(layout.places.trace_byte);
    find_numbers(layout.places.leaf_byte);
    find_numbers(layout.places.samples_byte);
    add_places((size_t)layout.places.leaf_byte, LEAVES * sizeof(pstm_leaf));
    add_places((size_t)layout.places.trace_byte, sizeof(pstm_trace));
    pstm_store_layout_clear(&layout);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    pstm_log_setup(0, 1);
    make_good();
    find_blocks();
    find_places();
    return 0;
}

static void change(const uint8_t *bytes, size_t n)
{
    memcpy(changed, good, good_bytes);
    for (size_t i = 0; i + 3 <= n; i += 3)
        changed[places[(bytes[i] + 256u * bytes[i + 1]) % (unsigned)n_places]] = bytes[i + 2];
    for (int b = n_blocks - 1; b >= 0; b--) {
        const uint32_t sum = H5_checksum_metadata(changed + blocks[b].from, blocks[b].length - 4, 0);
        memcpy(changed + blocks[b].from + blocks[b].length - 4, &sum, 4);
    }
}

static void read_all(const pstm_store *store, size_t file_bytes)
{
    const pstm_store_about *about = pstm_store_get_about(store);
    const int64_t stride = pstm_store_stride(store), row_bytes = stride * 4 + (int64_t)sizeof(pstm_trace);
    /* What it says must be there, so that no small file claims much; datasets may overlap. */
    if (about->n_traces * row_bytes > 2 * (int64_t)file_bytes ||
        about->n_leaves * (int64_t)sizeof(pstm_leaf) > (int64_t)file_bytes)
        abort();
    pstm_trace *traces = NULL;
    float *samples = NULL;
    if (!fuzz_is_ok(PSTM_NEW(&traces, about->n_traces, "traces")) ||
        !fuzz_is_ok(PSTM_NEW(&samples, about->n_traces * stride, "samples")))
        abort();
    for (int64_t i = 0; i < about->n_leaves; i++) {
        const pstm_leaf *leaf = &pstm_store_leaves(store)[i];
        if (!fuzz_is_ok(pstm_store_read_traces(store, leaf->first_trace, leaf->n_traces, traces)) ||
            !fuzz_is_ok(pstm_store_read_samples(store, leaf->first_trace, leaf->n_traces, samples)))
            abort();
    }
    PSTM_FREE(&traces);
    PSTM_FREE(&samples);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    pstm_store *store = NULL;
    bool usable;
    if (n > 0 && bytes[0] == '+') {
        change(bytes + 1, n - 1);
        bytes = changed;
        n = good_bytes;
    }
    if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, bytes, n, 0) != (ssize_t)n) abort();
    if (fuzz_is_ok(pstm_store_open(path, false, &store))) read_all(store, n);
    pstm_store_close(&store);
    fuzz_is_ok(pstm_store_probe(path, "key", &usable));
    return 0;
}
