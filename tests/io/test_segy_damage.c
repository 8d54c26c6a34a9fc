/* Damaged files are refused or read, and never read beyond what is there: the sanitizers watch. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "segy_made.h"
#include "tests/check/suite.h"

enum { N_DAMAGES = 600, N_TRACES = 5, N_SAMPLES = 12, MAX_FLOATS = 1 << 20 };

static uint32_t state;

static uint32_t draw(uint32_t below)
{
    state = state * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)(state >> 8) * below >> 24);
}

/* Bytes that decide about the layout are hit most. */
static size_t place_of_damage(const made_file *made)
{
    static const size_t hot[] = {3216, 3220, 3224, 3268, 3272, 3296, 3500,
                                 3501, 3504, 3506, 3512, 3520, 3528};
    const uint32_t n_hot = sizeof hot / sizeof hot[0];
    const uint32_t which = draw(4);
    if (which < 2 && !made->spec.su) return hot[draw(n_hot)] + draw(8);
    if (which == 2) return made->first_trace + draw(N_TRACES) * made->trace_bytes + draw(240);
    return draw((uint32_t)made->n);
}

/* Reads all that the file claims to hold, as far as it is little; returns the number of traces, 0 for a
 * refusal. */
static int64_t read_all(const made_file *made)
{
    pstm_segy *file = NULL;
    const pstm_status status = open_made(made, NULL, &file);
    ck_assert(status == PSTM_OK || status == PSTM_DATA);
    if (status != PSTM_OK) return 0;
    const int64_t n = pstm_segy_n_traces(file), n_samples = pstm_segy_n_samples(file);
    ck_assert_int_ge(n, 1);
    ck_assert_int_ge(n_samples, 1);
    ck_assert_int_le(n * (240 + n_samples), pstm_segy_size_bytes(file)); /* samples have a byte or more */
    ck_assert_int_le(n * n_samples, MAX_FLOATS);
    ck_assert(pstm_segy_sample_s(file) > 0);
    pstm_trace *traces = NULL;
    float *samples = NULL;
    ck_assert_int_eq(PSTM_NEW(&traces, n, "traces"), PSTM_OK);
    ck_assert_int_eq(PSTM_NEW(&samples, n * n_samples, "samples"), PSTM_OK);
    const pstm_status headers = pstm_segy_read_headers(file, 0, 0, n, traces, NULL);
    ck_assert(headers == PSTM_OK || headers == PSTM_DATA);
    for (int64_t i = 0; headers == PSTM_OK && i < n; i++)
        ck_assert(traces[i].n_samples >= 1 && traces[i].n_samples <= n_samples);
    ck_assert_int_eq(pstm_segy_read_samples(file, 0, n, samples, n_samples, NULL), PSTM_OK);
    PSTM_FREE(&traces);
    PSTM_FREE(&samples);
    pstm_segy_close(&file);
    return n;
}

START_TEST(no_damage_leads_beyond_the_file)
{
    static const made_spec specs[] = {
        {.revision = 0, .format = 1},
        {.revision = 1, .format = 3, .little = true, .n_texts = 1},
        {.revision = 2, .format = 5, .n_extensions = 1},
        {.revision = 2, .format = 8, .little = true},
        {.su = true, .format = 5},
    };
    made_spec spec = specs[_i];
    spec.n_samples = N_SAMPLES;
    spec.n_traces = N_TRACES;
    spec.interval_us = 1000;
    made_file made = make_file(&spec);
    unsigned char *whole = malloc(made.n);
    const size_t n_whole = made.n;
    int n_read = 0;
    memcpy(whole, made.bytes, n_whole);
    state = (uint32_t)_i;
    for (int damage = 0; damage < N_DAMAGES; damage++) {
        memcpy(made.bytes, whole, n_whole);
        made.n = n_whole;
        for (uint32_t i = draw(4) + 1; i > 0; i--) {
            const size_t at = place_of_damage(&made);
            if (at < n_whole)
                made.bytes[at] = (unsigned char)(draw(2) ? draw(256) : draw(2) ? 0xff : draw(3));
        }
        if (draw(8) == 0) made.n = draw((uint32_t)n_whole + 1);
        n_read += read_all(&made) > 0;
    }
    ck_assert_int_gt(n_read, N_DAMAGES / 10); /* the damages are not all fatal, and not all harmless */
    ck_assert_int_lt(n_read, N_DAMAGES);
    free(whole);
    remove_made(&made);
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("segy_damage");
    tcase_add_loop_test(tests, no_damage_leads_beyond_the_file, 0, 5);
    Suite *suite = suite_create("segy_damage");
    suite_add_tcase(suite, tests);
    return suite;
}
