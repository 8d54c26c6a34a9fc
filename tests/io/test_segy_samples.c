/* From samples in the file to host floats. */
#include <math.h>
#include <pthread.h>
#include <segyio/segy.h>
#include <stdlib.h>
#include <string.h>

#include "segy_made.h"
#include "tests/check/suite.h"

static pstm_segy *open_it(made_file *made)
{
    pstm_segy *file = NULL;
    ck_assert_msg(open_made(made, NULL, &file) == PSTM_OK, "%s", pstm_error_text());
    return file;
}

static uint64_t float_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static uint64_t double_bits(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

typedef struct sample_case {
    int format, width;
    uint64_t word;
    float expected;
} sample_case;

/* Format, bytes, the bits as the file has them, the value by the standard. */
static const sample_case integer_cases[] = {
    {2, 4, 0x00000000, 0.0f},
    {2, 4, 0x7fffffff, 2147483648.0f},
    {2, 4, 0x80000000, -2147483648.0f},
    {2, 4, 0xffffff85, -123.0f},
    {3, 2, 0x7fff, 32767.0f},
    {3, 2, 0x8000, -32768.0f},
    {7, 3, 0x7fffff, 8388607.0f},
    {7, 3, 0x800000, -8388608.0f},
    {7, 3, 0xfffffe, -2.0f},
    {8, 1, 0x7f, 127.0f},
    {8, 1, 0x80, -128.0f},
    {9, 8, 0xffffffffffffff85, -123.0f},
    {9, 8, 0x4000000000000000, 4611686018427387904.0f},
    {10, 4, 0xffffffff, 4294967296.0f},
    {11, 2, 0xffff, 65535.0f},
    {12, 8, 0xffffffffffffffff, 18446744073709551616.0f},
    {15, 3, 0xffffff, 16777215.0f},
    {16, 1, 0xff, 255.0f},
    {1, 4, 0x00000000, 0.0f},
    {1, 4, 0x41100000, 1.0f},
    {1, 4, 0xc276a000, -118.625f},
    {1, 4, 0x40800000, 0.5f},
    {1, 4, 0x46ffffff, 16777215.0f},
    {1, 4, 0x42000000, 0.0f},      /* a zero with an exponent */
    {1, 4, 0x46000001, 1.0f},      /* not normalized */
    {1, 4, 0x20800000, 0x1p-129f}, /* denormal as an IEEE float */
    {1, 4, 0x1ba00000, 0x1p-149f}, /* rounded, not cut: 1.25, 1.75 and 0.375 of the least float */
    {1, 4, 0x1be00000, 0x1p-148f},
    {1, 4, 0x1b300000, 0.0f},
    {1, 4, 0x00ffffff, 0.0f},      /* too small for a float */
    {1, 4, 0x7fffffff, INFINITY},  /* too large */
    {1, 4, 0xe1100000, -INFINITY}, /* -2^128 */
    {1, 4, 0x60ffffff, 0x1.fffffep127f},
};

static void check_case(const sample_case *c, bool little)
{
    const made_spec spec = {.revision = 1,
                            .little = little,
                            .format = c->format,
                            .n_samples = 3,
                            .interval_us = 4000,
                            .n_traces = 2};
    made_file made = make_file(&spec);
    made_set(&made, made_samples(&made, 1) + c->width, 1, c->width, c->word);
    pstm_segy *file = open_it(&made);
    float samples[6] = {9, 9, 9, 9, 9, 9};
    ck_assert_int_eq(pstm_segy_read_samples(file, 0, 2, samples, 3, NULL), PSTM_OK);
    ck_assert_msg(samples[4] == c->expected, "format %d, %llx: %.9g, not %.9g", c->format,
                  (unsigned long long)c->word, (double)samples[4], (double)c->expected);
    for (int i = 0; i < 6; i++)
        if (i != 4) ck_assert(samples[i] == 0);
    pstm_segy_close(&file);
    remove_made(&made);
}

START_TEST(every_format_is_converted_in_both_byte_orders)
{
    for (size_t i = 0; i < sizeof integer_cases / sizeof integer_cases[0]; i++) {
        check_case(&integer_cases[i], false);
        check_case(&integer_cases[i], true);
    }
    const double values[] = {0.0, 1.0, -118.625, 1e-30, 3.5e37, -2.0};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        const sample_case single = {5, 4, float_bits((float)values[i]), (float)values[i]};
        const sample_case twice = {6, 8, double_bits(values[i]), (float)values[i]};
        for (int little = 0; little <= 1; little++) {
            check_case(&single, little == 1);
            check_case(&twice, little == 1);
        }
    }
    check_case(&(sample_case){6, 8, double_bits(1e300), INFINITY}, false);
    check_case(&(sample_case){6, 8, double_bits(1.0 + 0x1p-25), 1.0f}, true);
}
END_TEST

START_TEST(formats_without_a_meaning_are_refused)
{
    const int formats[] = {0, 4, 13, 14, 17, 255};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        const made_spec spec = {
            .revision = 2, .format = formats[i], .n_samples = 10, .interval_us = 4000, .n_traces = 2};
        made_file made = make_file(&spec);
        expect_refusal(&made, NULL, "cannot be read; known are 1 IBM float");
        remove_made(&made);
    }
}
END_TEST

START_TEST(ibm_floats_agree_with_segyio_on_normalized_words)
{
    enum { N = 65521 };
    const made_spec spec = {.revision = 1, .format = 1, .n_samples = N, .interval_us = 4000, .n_traces = 2};
    made_file made = make_file(&spec);
    uint32_t state = 7;
    for (int i = 0; i < 2 * N; i++) {
        state = state * 1664525u + 1013904223u;
        /* exponents that a normal IEEE float reaches, first hexadecimal digit not zero */
        const uint32_t exponent = 0x22 + (state >> 8) % 0x3e;
        const uint32_t word = (state & 0x80000000u) | exponent << 24 | 0x100000 | ((state >> 3) & 0xffffff);
        made_set(&made, made_samples(&made, i / N) + 4 * (i % N), 1, 4, word);
    }
    pstm_segy *file = open_it(&made);
    float *samples = calloc(2 * N, sizeof *samples);
    ck_assert_int_eq(pstm_segy_read_samples(file, 0, 2, samples, N, NULL), PSTM_OK);
    for (int trace = 0; trace < 2; trace++) {
        unsigned char *expected = made_samples(&made, trace);
        ck_assert_int_eq(segy_to_native(SEGY_IBM_FLOAT_4_BYTE, N, expected), SEGY_OK);
        ck_assert_mem_eq(samples + (size_t)trace * N, expected, 4 * N);
    }
    free(samples);
    pstm_segy_close(&file);
    remove_made(&made);
}
END_TEST

/* Sample i of trace k is a number of its own. */
static float numbered(int64_t trace, int64_t i)
{
    return (float)((trace * 1000003 + i) % 16777216);
}

static made_file make_numbered(const made_spec *spec)
{
    made_file made = make_file(spec);
    for (int trace = 0; trace < spec->n_traces; trace++)
        for (int i = 0; i < spec->n_samples; i++)
            made_set(&made, made_samples(&made, trace) + 4 * (size_t)i, 1, 4, float_bits(numbered(trace, i)));
    return made;
}

START_TEST(samples_of_many_reads_fall_in_place_and_gaps_stay_untouched)
{
    /* 8.2 MB: three reads of whole traces */
    const made_spec spec = {
        .revision = 1, .format = 5, .n_samples = 1000, .interval_us = 4000, .n_traces = 2000};
    enum { FIRST = 3, N = 1995, STRIDE = 1003 };
    made_file made = make_numbered(&spec);
    pstm_segy *file = open_it(&made);
    float *samples = malloc(sizeof *samples * N * STRIDE);
    for (int64_t i = 0; i < (int64_t)N * STRIDE; i++)
        samples[i] = -1;
    ck_assert_int_eq(pstm_segy_read_samples(file, FIRST, N, samples, STRIDE, NULL), PSTM_OK);
    int64_t n_wrong = 0;
    for (int64_t trace = 0; trace < N; trace++)
        for (int64_t i = 0; i < STRIDE; i++)
            n_wrong += samples[trace * STRIDE + i] != (i < 1000 ? numbered(FIRST + trace, i) : -1);
    ck_assert_int_eq(n_wrong, 0);
    ck_assert_int_ne(pstm_segy_read_samples(file, 0, 1, samples, 999, NULL), PSTM_OK);
    ck_assert_int_eq(pstm_segy_read_samples(file, 1999, 2, samples, STRIDE, NULL), PSTM_DATA);
    free(samples);
    pstm_segy_close(&file);
    remove_made(&made);
}
END_TEST

START_TEST(a_trace_longer_than_the_buffer_is_read_in_pieces)
{
    const made_spec spec = {
        .revision = 2, .little = true, .format = 5, .n_samples = 2500001, .interval_us = 4000, .n_traces = 2};
    made_file made = make_numbered(&spec);
    pstm_segy *file = open_it(&made);
    ck_assert_int_eq(pstm_segy_n_samples(file), 2500001);
    float *samples = malloc(sizeof *samples * 2500001);
    ck_assert_int_eq(pstm_segy_read_samples(file, 1, 1, samples, 2500001, NULL), PSTM_OK);
    int64_t n_wrong = 0;
    for (int64_t i = 0; i < 2500001; i++)
        n_wrong += samples[i] != numbered(1, i);
    ck_assert_int_eq(n_wrong, 0);
    free(samples);
    pstm_segy_close(&file);
    remove_made(&made);
}
END_TEST

START_TEST(a_file_that_shrinks_while_it_is_open_is_an_error)
{
    const made_spec spec = {
        .revision = 1, .format = 5, .n_samples = 100, .interval_us = 4000, .n_traces = 10};
    made_file made = make_numbered(&spec);
    pstm_segy *file = NULL, *shorter = NULL;
    ck_assert_int_eq(open_written(&made, NULL, &file), PSTM_OK);
    made.n -= 2 * made.trace_bytes;
    ck_assert_int_eq(open_written(&made, NULL, &shorter), PSTM_OK);
    float samples[1000];
    ck_assert_int_eq(pstm_segy_read_samples(file, 0, 8, samples, 100, NULL), PSTM_OK);
    ck_assert_int_eq(pstm_segy_read_samples(file, 0, 9, samples, 100, NULL), PSTM_DATA);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "when it was opened"));
    pstm_segy_close(&shorter);
    pstm_segy_close(&file);
    remove_made(&made);
}
END_TEST

typedef struct reader {
    const pstm_segy *file;
    int64_t n_wrong;
} reader;

static void *read_backwards(void *argument)
{
    reader *r = argument;
    float samples[200];
    for (int64_t first = 498; first >= 0; first -= 2) {
        if (pstm_segy_read_samples(r->file, first, 2, samples, 100, NULL) != PSTM_OK) r->n_wrong++;
        for (int64_t i = 0; i < 200; i++)
            r->n_wrong += samples[i] != numbered(first + i / 100, i % 100);
    }
    return NULL;
}

START_TEST(threads_read_the_same_open_file)
{
    const made_spec spec = {
        .revision = 1, .format = 5, .n_samples = 100, .interval_us = 4000, .n_traces = 500};
    made_file made = make_numbered(&spec);
    pstm_segy *file = NULL;
    ck_assert_int_eq(open_written(&made, NULL, &file), PSTM_OK);
    pthread_t threads[4];
    reader readers[4];
    for (int i = 0; i < 4; i++) {
        readers[i] = (reader){file, 0};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, read_backwards, &readers[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        ck_assert_int_eq(readers[i].n_wrong, 0);
    }
    pstm_segy_close(&file);
    remove_made(&made);
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("segy_samples");
    tcase_add_test(tests, every_format_is_converted_in_both_byte_orders);
    tcase_add_test(tests, formats_without_a_meaning_are_refused);
    tcase_add_test(tests, ibm_floats_agree_with_segyio_on_normalized_words);
    tcase_add_test(tests, samples_of_many_reads_fall_in_place_and_gaps_stay_untouched);
    tcase_add_test(tests, a_trace_longer_than_the_buffer_is_read_in_pieces);
    tcase_add_test(tests, a_file_that_shrinks_while_it_is_open_is_an_error);
    tcase_add_test(tests, threads_read_the_same_open_file);
    Suite *suite = suite_create("segy_samples");
    suite_add_tcase(suite, tests);
    return suite;
}
