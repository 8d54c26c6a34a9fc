#include "store_fixture.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"

char folder[64];
char path[128];

/* Each test has a folder of its own, since Check runs each in a process of its own. */
static void make_folder(void)
{
    strcpy(folder, "/tmp/pstm_test_store.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/image.h5.traces.h5", folder);
}

static void remove_folder(void)
{
    glob_t found = {0};
    char pattern[80];
    snprintf(pattern, sizeof pattern, "%s/*", folder);
    if (glob(pattern, 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++)
            unlink(found.gl_pathv[i]);
    globfree(&found);
    rmdir(folder);
}

size_t files_in_folder(void)
{
    glob_t found = {0};
    char pattern[80];
    snprintf(pattern, sizeof pattern, "%s/*", folder);
    glob(pattern, 0, NULL, &found);
    size_t n = found.gl_pathc;
    globfree(&found);
    return n;
}

const pstm_file_identity inputs[INPUTS] = {{4000, 1000000001, 2000000002, 11, 7, 5},
                                           {8000, 1000000003, 2000000004, 12, 7, 5}};

pstm_store_about an_about(void)
{
    return (pstm_store_about){.key = "input: 12ab\ncondition.agc: off\n",
                              .commit = "0123abc",
                              .n_traces = TRACES,
                              .n_leaves = LEAVES,
                              .n_samples = SAMPLES,
                              .n_levels = 1,
                              .sample_s = 0.002,
                              .n_inputs = INPUTS,
                              .inputs = inputs};
}

pstm_trace a_trace(int64_t i)
{
    return (pstm_trace){.source_x_m = 600000.25 + (double)i,
                        .source_y_m = -1.0 / 3.0,
                        .receiver_x_m = 1e-3 * (double)i,
                        .receiver_y_m = 6e6,
                        .start_s = 0.1,
                        .number = ((int64_t)1 << 40) + i,
                        .file = 3,
                        .n_samples = SAMPLES,
                        .live_first = (int32_t)(i % 7),
                        .live_last = SAMPLES - 1,
                        .mute_start_ms = -5,
                        .mute_end_ms = 17,
                        .fate = (int32_t)(i % PSTM_TRACE_FATES)};
}

float a_sample(int64_t row, int64_t column)
{
    return (float)(row * 1000 + column);
}

pstm_trace traces[TRACES];
pstm_leaf leaves[LEAVES];

static pstm_store_about made; /* as the last create() was asked for */

pstm_status create(const pstm_store_about *about)
{
    made = *about;
    for (int64_t i = 0; i < TRACES; i++)
        traces[i] = a_trace(i);
    for (int i = 0; i < LEAVES; i++)
        leaves[i] = (pstm_leaf){.first_trace = 256 * i,
                                .n_traces = i == 3 ? 232 : 256,
                                .midpoints = {10.0 * i, 10.0 * i + 9, -1, 1},
                                .min_half_offset_m = 50,
                                .max_half_offset_m = 1500.5};
    return pstm_store_create(path, about, leaves);
}

void make_store(void)
{
    pstm_store_about about = an_about();
    pstm_status status = create(&about);
    ck_assert_msg(status == PSTM_OK, "%s", pstm_error_text());
}

pstm_status open_store(bool writable, pstm_store **store)
{
    return pstm_store_open(path, &made, leaves, writable, store);
}

static pstm_status digest_leaf(const pstm_store *store, const pstm_leaf *leaf, uint64_t *digest)
{
    pstm_trace *read = NULL;
    float *samples = NULL;
    pstm_status status;
    PSTM_GO(PSTM_NEW(&read, leaf->n_traces, "a leaf"));
    PSTM_GO(PSTM_NEW(&samples, leaf->n_traces * pstm_store_stride(store), "a leaf"));
    PSTM_GO(pstm_store_read_traces(store, leaf->first_trace, leaf->n_traces, read));
    PSTM_GO(pstm_store_read_samples(store, leaf->first_trace, leaf->n_traces, samples));
    *digest = pstm_store_digest(store, leaf->n_traces, read, samples);
cleanup:
    PSTM_FREE(&read);
    PSTM_FREE(&samples);
    return status;
}

pstm_status add_doubts(pstm_doubts *doubts)
{
    PSTM_TRY(pstm_doubts_add(doubts, PSTM_DOUBT_FILE_GAIN, false, "a.sgy: %d times\nlouder", 130));
    return pstm_doubts_add(doubts, PSTM_DOUBT_SAMPLE_FORMAT, true, "b.sgy: looks like IEEE floats");
}

pstm_status finish_open(pstm_store *store, uint64_t samples_digest)
{
    enum { MOST_LEAVES = 64 };
    uint64_t digests[MOST_LEAVES];
    const int64_t n = pstm_store_get_about(store)->n_leaves;
    ck_assert_int_le(n, MOST_LEAVES);
    for (int64_t i = 0; i < n; i++)
        PSTM_TRY(digest_leaf(store, &pstm_store_leaves(store)[i], &digests[i]));
    pstm_doubts doubts = {0};
    PSTM_TRY(add_doubts(&doubts));
    const pstm_status status = pstm_store_finish(store, samples_digest, digests, &doubts);
    pstm_doubts_clear(&doubts);
    return status;
}

pstm_status finish_store(uint64_t samples_digest)
{
    pstm_store *store = NULL;
    pstm_status status = open_store(true, &store);
    if (status == PSTM_OK) status = finish_open(store, samples_digest);
    pstm_store_close(&store);
    return status;
}

bool is_usable(const char *key)
{
    pstm_store_about about = an_about();
    bool usable = true;
    about.key = key;
    const pstm_status status = pstm_store_probe(path, &about, leaves, &usable);
    ck_assert_msg(status == PSTM_OK, "%s", pstm_error_text());
    return usable;
}

/** Writes rows [first, first + n) with a_sample() in every column. */
pstm_status write_rows(pstm_store *store, int64_t first, int64_t n)
{
    int64_t stride = pstm_store_stride(store);
    float *samples = NULL;
    PSTM_TRY(PSTM_NEW(&samples, n * stride, "rows"));
    for (int64_t i = 0; i < n * stride; i++)
        samples[i] = a_sample(first + i / stride, i % stride);
    pstm_status status = pstm_store_write(store, first, n, traces + first, samples);
    PSTM_FREE(&samples);
    return status;
}

void assert_rows(const pstm_store *store, int64_t first, int64_t n)
{
    int64_t stride = pstm_store_stride(store);
    float *samples = NULL;
    ck_assert_int_eq(PSTM_NEW(&samples, n * stride, "rows"), PSTM_OK);
    ck_assert_int_eq(pstm_store_read_samples(store, first, n, samples), PSTM_OK);
    int64_t n_wrong = 0;
    for (int64_t i = 0; i < n * stride; i++)
        n_wrong += samples[i] != a_sample(first + i / stride, i % stride);
    ck_assert_int_eq(n_wrong, 0);
    PSTM_FREE(&samples);
}

void add(Suite *suite, TCase *tests)
{
    tcase_add_checked_fixture(tests, make_folder, remove_folder);
    suite_add_tcase(suite, tests);
}
