/* Files of others, as far as ../shared/data is there. The expected numbers come from an independent reading
 * with Python's struct, IBM floats as exact fractions. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/segy/read.h"
#include "tests/check/suite.h"

#define DATA PSTM_SOURCE_DIR "/../shared/data/"

typedef struct known_sample {
    int32_t trace, i;
    float value;
} known_sample;

typedef struct known_file {
    const char *path;
    pstm_input_options how;
    pstm_file_kind kind;
    int32_t format, revision, n_traces, n_samples;
    double sample_s;
    double position_sums_m[4]; /* over all traces: source x, y, receiver x, y */
    double sum, largest;       /* of all samples */
    const char *doubt;
    known_sample samples[6];
} known_file;

static const known_file files[] = {
    {.path = DATA "viking_small/viking_small.segy",
     .how = {.use_delay = true},
     .kind = PSTM_KIND_SEGY,
     .format = 1,
     .n_traces = 480,
     .n_samples = 600,
     .sample_s = 0.004,
     .position_sums_m = {1571760, 0, 732000, 0},
     .sum = 266.06659126281738,
     .largest = 1290.62890625,
     .doubt = "unit code 3",
     .samples = {{0, 0, 0x1.bd7p-6f},
                 {0, 599, -0x1.5cd56p+3f},
                 {119, 100, -0x1.cbe74p+3f},
                 {119, 300, 0x1.11fa6p+5f},
                 {479, 300, 0x1.0853ep+5f},
                 {479, 599, 0x1.2f9bcp+3f}}},
    {.path = DATA "loma_blanca_sh/loma_blanca_sh.sgy",
     .how = {.use_delay = true, .coordinate_scalar = -10},
     .kind = PSTM_KIND_SEGY,
     .format = 5,
     .revision = 1,
     .n_traces = 3600,
     .n_samples = 701,
     .sample_s = 0.001,
     .position_sums_m = {108000.0, 0, 109800.0, 0},
     .sum = -594.91809223433779,
     .largest = 186.84124755859375,
     .doubt = "",
     .samples = {{0, 0, 0x1.4d0f6ap+2f},
                 {0, 100, 0x1.cd858p-4f},
                 {0, 700, 0x1.becdcp-6f},
                 {3599, 0, -0x1.9e5d08p-1f},
                 {3599, 350, 0x1.25a3p-3f},
                 {3599, 700, 0x1.811704p-7f}}},
    {.path = DATA "su_constant_velocity/su_cv.sgy",
     .how = {.use_delay = true},
     .kind = PSTM_KIND_SEGY,
     .format = 5,
     .revision = 1,
     .n_traces = 2880,
     .n_samples = 750,
     .sample_s = 0.004,
     .position_sums_m = {6444000, 0, 8892000, 0},
     .sum = 334.3945732043565,
     .largest = 8.1884927749633789,
     .doubt = "",
     .samples = {{0, 0, 0},
                 {0, 375, 0x1.036a28p-10f},
                 {0, 749, -0x1.41943cp-8f},
                 {2879, 100, 0},
                 {2879, 375, 0x1.31d2dp-17f},
                 {2879, 749, -0x1.2b0a98p-5f}}},
    {.path = DATA "land3d_cmp/seismiclab_cdp700_land3d.su",
     .how = {.use_delay = true},
     .kind = PSTM_KIND_SU,
     .format = 5,
     .n_traces = 24,
     .n_samples = 1100,
     .sample_s = 0.002,
     .position_sums_m = {8934637, 136711013, 8933925, 136710276},
     .sum = 1156.7303750477731,
     .largest = 7208.76171875,
     .doubt = "",
     .samples = {{0, 0, 0x1.6900dap-1f},
                 {0, 100, 0x1.b851dp-3f},
                 {0, 1099, -0x1.90976ep+7f},
                 {23, 0, 0x1.a41910p-3f},
                 {23, 550, -0x1.7a785p+8f},
                 {23, 1099, 0x1.38a1p+8f}}},
};
enum { N_FILES = sizeof files / sizeof files[0] };

/* The sums of up to 3600 positions of 1 decimal, and of 2.5 million samples added in the same order. */
static const double position_tolerance_m = 1e-6, sum_tolerance = 1e-9;

static void check_headers(const known_file *known, const pstm_segy *file)
{
    pstm_trace *traces = NULL;
    double sums[4] = {0};
    ck_assert_int_eq(PSTM_NEW(&traces, known->n_traces, "traces"), PSTM_OK);
    ck_assert_msg(pstm_segy_read_headers(file, 0, 0, known->n_traces, traces, NULL) == PSTM_OK, "%s",
                  pstm_error_text());
    for (int32_t i = 0; i < known->n_traces; i++) {
        sums[0] += traces[i].source_x_m;
        sums[1] += traces[i].source_y_m;
        sums[2] += traces[i].receiver_x_m;
        sums[3] += traces[i].receiver_y_m;
        ck_assert_int_eq(traces[i].fate, PSTM_TRACE_KEPT);
        ck_assert_int_eq(traces[i].n_samples, known->n_samples);
        ck_assert(traces[i].start_s == 0);
    }
    for (int k = 0; k < 4; k++)
        ck_assert_double_le(fabs(sums[k] - known->position_sums_m[k]), position_tolerance_m);
    PSTM_FREE(&traces);
}

static void check_samples(const known_file *known, const pstm_segy *file)
{
    float *samples = NULL;
    double sum = 0, largest = 0;
    ck_assert_int_eq(PSTM_NEW(&samples, (int64_t)known->n_traces * known->n_samples, "samples"), PSTM_OK);
    ck_assert_int_eq(pstm_segy_read_samples(file, 0, known->n_traces, samples, known->n_samples, NULL),
                     PSTM_OK);
    for (int64_t i = 0; i < (int64_t)known->n_traces * known->n_samples; i++) {
        sum += (double)samples[i];
        largest = fmax(largest, fabs((double)samples[i]));
    }
    ck_assert(largest == known->largest);
    ck_assert_double_le(fabs(sum - known->sum), sum_tolerance * largest);
    for (int k = 0; k < 6; k++) {
        const known_sample *s = &known->samples[k];
        ck_assert(samples[(int64_t)s->trace * known->n_samples + s->i] == s->value);
    }
    PSTM_FREE(&samples);
}

START_TEST(field_files_read_as_an_independent_reader_does)
{
    const known_file *known = &files[_i];
    if (access(known->path, R_OK) != 0) {
        printf("skipped: %s is not there\n", known->path);
        return;
    }
    pstm_segy *file = NULL;
    ck_assert_msg(pstm_segy_open(known->path, &known->how, &file) == PSTM_OK, "%s", pstm_error_text());
    ck_assert_int_eq(pstm_segy_kind(file), known->kind);
    ck_assert_int_eq(pstm_segy_byte_order(file), PSTM_ORDER_BIG);
    ck_assert_int_eq(pstm_segy_format(file), known->format);
    ck_assert_int_eq(pstm_segy_revision(file), known->revision);
    ck_assert_int_eq(pstm_segy_n_traces(file), known->n_traces);
    ck_assert_int_eq(pstm_segy_n_samples(file), known->n_samples);
    ck_assert(pstm_segy_sample_s(file) == known->sample_s);
    pstm_text doubts = {0};
    ck_assert_int_eq(pstm_doubts_describe(pstm_segy_doubts(file), &doubts), PSTM_OK);
    if (known->doubt[0] != '\0')
        ck_assert_ptr_nonnull(strstr(doubts.bytes, known->doubt));
    else
        ck_assert_int_eq(pstm_segy_doubts(file)->n, 0);
    pstm_text_clear(&doubts);
    check_headers(known, file);
    check_samples(known, file);
    pstm_segy_close(&file);
}
END_TEST

START_TEST(the_header_mute_and_the_offset_of_a_marine_line_are_read)
{
    const known_file *viking = &files[0];
    if (access(viking->path, R_OK) != 0) return;
    pstm_segy *file = NULL;
    pstm_trace traces[2];
    ck_assert_int_eq(pstm_segy_open(viking->path, &viking->how, &file), PSTM_OK);
    ck_assert_int_eq(pstm_segy_read_headers(file, 0, 119, 2, traces, NULL), PSTM_OK);
    ck_assert(traces[0].source_x_m == 3237 && traces[0].receiver_x_m == 2975);
    ck_assert(pstm_trace_offset_m(&traces[0]) == 262);
    ck_assert(traces[1].source_x_m == 3262 && traces[1].receiver_x_m == 25);
    ck_assert_int_eq(traces[0].mute_start_ms, 0);
    ck_assert_int_eq(traces[0].mute_end_ms, 48);
    pstm_segy_close(&file);
}
END_TEST

Suite *pstm_test_suite(void)
{
    int n_there = 0;
    for (int i = 0; i < N_FILES; i++)
        n_there += access(files[i].path, R_OK) == 0;
    if (n_there == 0) {
        printf("skipped: no field data at %s\n", DATA);
        return NULL;
    }
    TCase *tests = tcase_create("segy_field_data");
    tcase_add_loop_test(tests, field_files_read_as_an_independent_reader_does, 0, N_FILES);
    tcase_add_test(tests, the_header_mute_and_the_offset_of_a_marine_line_are_read);
    Suite *suite = suite_create("segy_field_data");
    suite_add_tcase(suite, tests);
    return suite;
}
