/* What the writer writes the reader reads, and so does segyio. */
#include <math.h>
#include <segyio/segy.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/segy/read.h"
#include "io/segy/write.h"
#include "tests/check/suite.h"

enum { N_SAMPLES = 40 };

static const pstm_segy_layout usual = {.n_samples = N_SAMPLES, .sample_s = 0.002, .format = 5, .revision = 1};
static const pstm_input_options defaults = {.use_delay = true};

static char folder[64], path[96], part[112];

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/pstm_segy_XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/line", folder);
    snprintf(part, sizeof part, "%s/line.part", folder);
}

static void remove_folder(void)
{
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0); /* no temporary file stays */
}

static bool exists(const char *name)
{
    struct stat about;
    return stat(name, &about) == 0;
}

/* Three shots of four traces on a skew line, to the centimetre. */
static pstm_trace trace_at(int i)
{
    return (pstm_trace){.source_x_m = 606000.25 + 50.01 * (i / 4),
                        .source_y_m = -6077000.13 + 20 * (i / 4),
                        .receiver_x_m = 606500.75 + 12.5 * i,
                        .receiver_y_m = -6076800.99,
                        .start_s = 0.1,
                        .mute_start_ms = 0,
                        .mute_end_ms = (int16_t)(10 * i),
                        .n_samples = N_SAMPLES,
                        .fate = i == 5 ? PSTM_TRACE_NOT_SEISMIC : PSTM_TRACE_KEPT};
}

static float sample_at(int trace, int i)
{
    return (float)((trace + 1) * sin(0.3 * i + trace) * pow(10, i % 7 - 3));
}

static void write_line(const pstm_segy_layout *layout)
{
    pstm_segy_writer *writer = NULL;
    float samples[N_SAMPLES];
    ck_assert_msg(pstm_segy_writer_create(path, layout, &writer) == PSTM_OK, "%s", pstm_error_text());
    for (int trace = 0; trace < 12; trace++) {
        const pstm_trace header = trace_at(trace);
        for (int i = 0; i < N_SAMPLES; i++)
            samples[i] = sample_at(trace, i);
        ck_assert_msg(pstm_segy_writer_add(writer, &header, samples) == PSTM_OK, "%s", pstm_error_text());
    }
    ck_assert(exists(part) && !exists(path));
    ck_assert_int_eq(pstm_segy_writer_close(&writer), PSTM_OK);
    ck_assert_ptr_null(writer);
    ck_assert(!exists(part) && exists(path));
}

/* An IBM fraction has 21 significant bits at worst, and is rounded to nearest. */
static const double ibm_tolerance = 0x1p-21;
static const double centimetre_tolerance_m = 1e-9; /* of a double of 6e6 m */

static void check_line(const pstm_segy_layout *layout)
{
    pstm_segy *file = NULL;
    pstm_trace traces[12];
    float samples[12 * N_SAMPLES];
    ck_assert_msg(pstm_segy_open(path, &defaults, &file) == PSTM_OK, "%s", pstm_error_text());
    ck_assert_int_eq(pstm_segy_doubts(file)->n, 0);
    ck_assert_int_eq(pstm_segy_n_traces(file), 12);
    ck_assert_int_eq(pstm_segy_n_samples(file), N_SAMPLES);
    ck_assert(pstm_segy_sample_s(file) == layout->sample_s);
    ck_assert_int_eq(pstm_segy_format(file), layout->format);
    ck_assert_int_eq(pstm_segy_revision(file), layout->revision);
    ck_assert_int_eq(pstm_segy_kind(file), layout->kind == PSTM_KIND_SU ? PSTM_KIND_SU : PSTM_KIND_SEGY);
    if (layout->order != PSTM_ORDER_AUTO) ck_assert_int_eq(pstm_segy_byte_order(file), layout->order);
    ck_assert_int_eq(pstm_segy_read_headers(file, 0, 0, 12, traces, NULL), PSTM_OK);
    ck_assert_int_eq(pstm_segy_read_samples(file, 0, 12, samples, N_SAMPLES, NULL), PSTM_OK);
    for (int trace = 0; trace < 12; trace++) {
        const pstm_trace expected = trace_at(trace);
        ck_assert_int_eq(traces[trace].fate, expected.fate);
        for (int i = 0; i < N_SAMPLES; i++) {
            const double tolerance =
                layout->format == 1 ? ibm_tolerance * fabs((double)sample_at(trace, i)) : 0;
            ck_assert_double_le(fabs((double)samples[trace * N_SAMPLES + i] - (double)sample_at(trace, i)),
                                tolerance);
        }
        if (expected.fate != PSTM_TRACE_KEPT) continue;
        ck_assert_double_le(fabs(traces[trace].source_x_m - expected.source_x_m), centimetre_tolerance_m);
        ck_assert_double_le(fabs(traces[trace].source_y_m - expected.source_y_m), centimetre_tolerance_m);
        ck_assert_double_le(fabs(traces[trace].receiver_x_m - expected.receiver_x_m), centimetre_tolerance_m);
        ck_assert_double_le(fabs(traces[trace].receiver_y_m - expected.receiver_y_m), centimetre_tolerance_m);
        ck_assert(traces[trace].start_s == expected.start_s);
        ck_assert_int_eq(traces[trace].mute_end_ms, expected.mute_end_ms);
        ck_assert_int_eq(traces[trace].n_samples, N_SAMPLES);
    }
    pstm_segy_close(&file);
}

START_TEST(round_trips_keep_traces_in_every_revision_format_and_order)
{
    make_folder();
    for (int revision = 0; revision <= 2; revision++) {
        for (int format = 1; format <= 5; format += 4) {
            for (int order = PSTM_ORDER_AUTO; order <= PSTM_ORDER_LITTLE; order++) {
                pstm_segy_layout layout = usual;
                layout.revision = revision;
                layout.format = format;
                layout.order = (pstm_byte_order)order;
                write_line(&layout);
                check_line(&layout);
                unlink(path);
            }
        }
    }
    remove_folder();
}
END_TEST

START_TEST(su_files_make_the_round_trip_in_both_orders)
{
    make_folder();
    for (int order = PSTM_ORDER_AUTO; order <= PSTM_ORDER_LITTLE; order++) {
        const pstm_segy_layout layout = {.n_samples = N_SAMPLES,
                                         .sample_s = 0.002,
                                         .format = 5,
                                         .kind = PSTM_KIND_SU,
                                         .order = (pstm_byte_order)order};
        write_line(&layout);
        check_line(&layout);
        struct stat about;
        ck_assert_int_eq(stat(path, &about), 0);
        ck_assert_int_eq(about.st_size, 12 * (240 + 4 * N_SAMPLES));
        unlink(path);
    }
    remove_folder();
}
END_TEST

START_TEST(segyio_reads_the_same_headers_text_and_samples)
{
    make_folder();
    pstm_segy_layout layout = usual;
    layout.format = 1;
    layout.text = "MADE FOR A TEST (A-Z, 0-9): a_z #1 + 2 = 3.\nsecond line";
    write_line(&layout);
    segy_file *file = segy_open(path, "rb");
    ck_assert_ptr_nonnull(file);
    char binary[400], header[240], text[3201];
    ck_assert_int_eq(segy_binheader(file, binary), SEGY_OK);
    ck_assert_int_eq(segy_samples(binary), N_SAMPLES);
    ck_assert_int_eq(segy_format(binary), 1);
    ck_assert_int_eq(segy_read_textheader(file, text), SEGY_OK);
    ck_assert_int_eq(strncmp(text, "C 1 MADE FOR A TEST (A-Z, 0-9): a_z #1 + 2 = 3. ", 48), 0);
    ck_assert_int_eq(strncmp(text + 80, "C 2 second line   ", 18), 0);
    ck_assert_int_eq(strncmp(text + 38 * 80, "C39 SEG Y REV1   ", 17), 0);
    ck_assert_int_eq(strncmp(text + 39 * 80, "C40 END TEXTUAL HEADER   ", 25), 0);

    ck_assert_int_eq(segy_traceheader(file, 6, header, 3600, 4 * N_SAMPLES), SEGY_OK);
    static const struct {
        int field, expected;
    } fields[] = {
        {SEGY_TR_SEQ_LINE, 7},
        {SEGY_TR_SEQ_FILE, 7},
        {SEGY_TR_FIELD_RECORD, 2},
        {SEGY_TR_NUMBER_ORIG_FIELD, 3},
        {SEGY_TR_ENERGY_SOURCE_POINT, 2},
        {SEGY_TR_TRACE_ID, 1},
        {SEGY_TR_SOURCE_GROUP_SCALAR, -100},
        {SEGY_TR_SOURCE_X, 60605026},
        {SEGY_TR_SOURCE_Y, -607698013},
        {SEGY_TR_GROUP_X, 60657575},
        {SEGY_TR_GROUP_Y, -607680099},
        {SEGY_TR_COORD_UNITS, 1},
        {SEGY_TR_CDP_Y, -607689056},
        {SEGY_TR_OFFSET, 555},
        {SEGY_TR_DELAY_REC_TIME, 100},
        {SEGY_TR_MUTE_TIME_END, 60},
        {SEGY_TR_SAMPLE_COUNT, N_SAMPLES},
        {SEGY_TR_SAMPLE_INTER, 2000},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        int32_t value = 0;
        ck_assert_int_eq(segy_get_field(header, fields[i].field, &value), SEGY_OK);
        ck_assert_msg(value == fields[i].expected, "byte %d: %d, not %d", fields[i].field, (int)value,
                      fields[i].expected);
    }
    float samples[N_SAMPLES];
    ck_assert_int_eq(segy_readtrace(file, 6, samples, 3600, 4 * N_SAMPLES), SEGY_OK);
    ck_assert_int_eq(segy_to_native(SEGY_IBM_FLOAT_4_BYTE, N_SAMPLES, samples), SEGY_OK);
    for (int i = 0; i < N_SAMPLES; i++)
        ck_assert_double_le(fabs((double)samples[i] - (double)sample_at(6, i)),
                            ibm_tolerance * fabs((double)sample_at(6, i)));
    segy_close(file);
    remove_folder();
}
END_TEST

START_TEST(ibm_floats_are_rounded_to_nearest)
{
    static const struct {
        float value;
        uint32_t word;
    } cases[] = {
        {0.0f, 0},
        {-0.0f, 0},
        {1.0f, 0x41100000},
        {-118.625f, 0xc276a000},
        {0.1f, 0x4019999a},
        {0x1.000008p0f, 0x41100000},   /* halfway, to even */
        {0x1.000018p0f, 0x41100002},   /* halfway, to even */
        {0x1.fffffep0f, 0x41200000},   /* carries */
        {0x1.fffffep127f, 0x60ffffff}, /* the largest float */
        {-0x1p-149f, 0x9b800000},      /* the least */
    };
    enum { N = sizeof cases / sizeof cases[0] };
    make_folder();
    const pstm_segy_layout layout = {.n_samples = N, .sample_s = 0.002, .format = 1, .revision = 1};
    pstm_segy_writer *writer = NULL;
    const pstm_trace trace = {0};
    float samples[N];
    unsigned char bytes[4 * N];
    for (int i = 0; i < N; i++)
        samples[i] = cases[i].value;
    ck_assert_int_eq(pstm_segy_writer_create(path, &layout, &writer), PSTM_OK);
    ck_assert_int_eq(pstm_segy_writer_add(writer, &trace, samples), PSTM_OK);
    ck_assert_int_eq(pstm_segy_writer_close(&writer), PSTM_OK);
    FILE *stream = fopen(path, "rb");
    ck_assert_ptr_nonnull(stream);
    ck_assert_int_eq(fseek(stream, 3600 + 240, SEEK_SET), 0);
    ck_assert_uint_eq(fread(bytes, 1, sizeof bytes, stream), sizeof bytes);
    fclose(stream);
    for (int i = 0; i < N; i++) {
        const unsigned char *b = bytes + 4 * i;
        const uint32_t word = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
        ck_assert_msg(word == cases[i].word, "%a: %08x, not %08x", (double)cases[i].value, word,
                      cases[i].word);
    }
    remove_folder();
}
END_TEST

START_TEST(starts_of_a_fraction_of_a_millisecond_need_a_time_scalar)
{
    make_folder();
    static const double starts_s[] = {0.0, 0.0123, -0.01234, 0.001234, 30.5, -0.4};
    const float samples[N_SAMPLES] = {1};
    pstm_segy_writer *writer = NULL;
    pstm_segy *file = NULL;
    pstm_trace trace = {0}, traces[6];
    ck_assert_int_eq(pstm_segy_writer_create(path, &usual, &writer), PSTM_OK);
    for (int i = 0; i < 6; i++) {
        trace.start_s = starts_s[i];
        ck_assert_int_eq(pstm_segy_writer_add(writer, &trace, samples), PSTM_OK);
    }
    trace.start_s = 0.00012345; /* below 1 us */
    ck_assert_int_eq(pstm_segy_writer_add(writer, &trace, samples), PSTM_DATA);
    trace.start_s = 40;
    ck_assert_int_eq(pstm_segy_writer_add(writer, &trace, samples), PSTM_DATA);
    ck_assert_int_eq(pstm_segy_writer_close(&writer), PSTM_OK);
    ck_assert_int_eq(pstm_segy_open(path, &defaults, &file), PSTM_OK);
    ck_assert_int_eq(pstm_segy_read_headers(file, 0, 0, 6, traces, NULL), PSTM_OK);
    for (int i = 0; i < 6; i++)
        ck_assert(traces[i].start_s == starts_s[i]);
    pstm_segy_close(&file);

    pstm_segy_layout rev0 = usual;
    rev0.revision = 0;
    ck_assert_int_eq(pstm_segy_writer_create(path, &rev0, &writer), PSTM_OK);
    trace.start_s = 0.0123;
    ck_assert_int_eq(pstm_segy_writer_add(writer, &trace, samples), PSTM_DATA);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "whole number of ms"));
    pstm_segy_writer_abandon(&writer);
    remove_folder();
}
END_TEST

START_TEST(long_traces_and_odd_intervals_need_revision_2)
{
    make_folder();
    pstm_segy_layout layout = {.n_samples = 70001, .sample_s = 0.0000625, .format = 5, .revision = 2};
    float *samples = calloc(70001, sizeof *samples);
    samples[70000] = 5;
    const pstm_trace trace = {.receiver_x_m = 100};
    for (int order = PSTM_ORDER_BIG; order <= PSTM_ORDER_LITTLE; order++) {
        pstm_segy_writer *writer = NULL;
        pstm_segy *file = NULL;
        float back[70001];
        layout.order = (pstm_byte_order)order;
        ck_assert_int_eq(pstm_segy_writer_create(path, &layout, &writer), PSTM_OK);
        for (int i = 0; i < 20; i++) /* more than one buffer */
            ck_assert_int_eq(pstm_segy_writer_add(writer, &trace, samples), PSTM_OK);
        ck_assert_int_eq(pstm_segy_writer_close(&writer), PSTM_OK);
        ck_assert_int_eq(pstm_segy_open(path, &defaults, &file), PSTM_OK);
        ck_assert_int_eq(pstm_segy_n_traces(file), 20);
        ck_assert_int_eq(pstm_segy_n_samples(file), 70001);
        ck_assert(pstm_segy_sample_s(file) == 0.0000625);
        ck_assert_int_eq(pstm_segy_read_samples(file, 19, 1, back, 70001, NULL), PSTM_OK);
        ck_assert_mem_eq(samples, back, sizeof back);
        pstm_segy_close(&file);
    }
    free(samples);
    remove_folder();
}
END_TEST

START_TEST(layouts_that_a_format_cannot_hold_are_refused)
{
    make_folder();
    const pstm_segy_layout bad[] = {
        {.n_samples = 65536, .sample_s = 0.002, .format = 5, .revision = 1},
        {.n_samples = 0, .sample_s = 0.002, .format = 5, .revision = 2},
        {.n_samples = 10, .sample_s = 0.0000625, .format = 5, .revision = 1},
        {.n_samples = 10, .sample_s = 0.07, .format = 5, .revision = 1},
        {.n_samples = 10, .sample_s = 0, .format = 5, .revision = 2},
        {.n_samples = 10, .sample_s = NAN, .format = 5, .revision = 2},
        {.n_samples = 10, .sample_s = 0.002, .format = 3, .revision = 1},
        {.n_samples = 10, .sample_s = 0.002, .format = 5, .revision = 3},
        {.n_samples = 10, .sample_s = 0.002, .format = 1, .kind = PSTM_KIND_SU},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        pstm_segy_writer *writer = NULL;
        ck_assert_int_eq(pstm_segy_writer_create(path, &bad[i], &writer), PSTM_USAGE);
        ck_assert_ptr_null(writer);
        ck_assert(!exists(part));
    }
    remove_folder();
}
END_TEST

START_TEST(values_that_do_not_fit_are_refused_and_leave_no_trace)
{
    make_folder();
    pstm_segy_layout ibm = usual;
    ibm.format = 1;
    pstm_segy_writer *writer = NULL;
    float samples[N_SAMPLES] = {1};
    pstm_trace trace = {.source_x_m = 21474836.48};
    ck_assert_int_eq(pstm_segy_writer_create(path, &ibm, &writer), PSTM_OK);
    ck_assert_int_eq(pstm_segy_writer_add(writer, &trace, samples), PSTM_DATA);
    trace.source_x_m = NAN;
    ck_assert_int_eq(pstm_segy_writer_add(writer, &trace, samples), PSTM_DATA);
    trace.source_x_m = -21474836.47;
    samples[3] = INFINITY;
    ck_assert_int_eq(pstm_segy_writer_add(writer, &trace, samples), PSTM_DATA);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "trace 1, sample 4"));
    samples[3] = 0;
    ck_assert_int_eq(pstm_segy_writer_add(writer, &trace, samples), PSTM_OK);
    ck_assert_int_eq(pstm_segy_writer_close(&writer), PSTM_OK);
    pstm_segy *file = NULL;
    ck_assert_int_eq(pstm_segy_open(path, &defaults, &file), PSTM_OK);
    ck_assert_int_eq(pstm_segy_n_traces(file), 1);
    ck_assert_int_eq(pstm_segy_read_headers(file, 0, 0, 1, &trace, NULL), PSTM_OK);
    ck_assert(trace.source_x_m == -21474836.47);
    pstm_segy_close(&file);
    remove_folder();
}
END_TEST

START_TEST(an_abandoned_or_empty_file_leaves_what_was_there)
{
    make_folder();
    write_line(&usual);
    pstm_segy_writer *writer = NULL;
    const float samples[N_SAMPLES] = {1};
    const pstm_trace trace = {0};
    ck_assert_int_eq(pstm_segy_writer_create(path, &usual, &writer), PSTM_OK);
    ck_assert_int_eq(pstm_segy_writer_add(writer, &trace, samples), PSTM_OK);
    pstm_segy_writer_abandon(&writer);
    ck_assert_ptr_null(writer);
    pstm_segy_writer_abandon(&writer);
    ck_assert_int_eq(pstm_segy_writer_create(path, &usual, &writer), PSTM_OK);
    ck_assert_int_eq(pstm_segy_writer_close(&writer), PSTM_DATA);
    ck_assert_ptr_null(writer);
    ck_assert(!exists(part));
    check_line(&usual);
    remove_folder();
}
END_TEST

START_TEST(a_full_disk_is_reported_at_close_and_leaves_nothing)
{
    make_folder();
    ck_assert_ptr_ne((void *)signal(SIGXFSZ, SIG_IGN), (void *)SIG_ERR);
    const struct rlimit limit = {.rlim_cur = 4000, .rlim_max = RLIM_INFINITY};
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    pstm_segy_writer *writer = NULL;
    const float samples[N_SAMPLES] = {1};
    const pstm_trace trace = {0};
    ck_assert_int_eq(pstm_segy_writer_create(path, &usual, &writer), PSTM_OK);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pstm_segy_writer_add(writer, &trace, samples), PSTM_OK);
    ck_assert_int_eq(pstm_segy_writer_close(&writer), PSTM_SYSTEM);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), part));
    const struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
    ck_assert_ptr_null(writer);
    ck_assert(!exists(part) && !exists(path));
    ck_assert_int_eq(pstm_segy_writer_create("/dev/null/line", &usual, &writer), PSTM_SYSTEM);
    remove_folder();
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("segy_write");
    tcase_add_test(tests, round_trips_keep_traces_in_every_revision_format_and_order);
    tcase_add_test(tests, su_files_make_the_round_trip_in_both_orders);
    tcase_add_test(tests, segyio_reads_the_same_headers_text_and_samples);
    tcase_add_test(tests, ibm_floats_are_rounded_to_nearest);
    tcase_add_test(tests, starts_of_a_fraction_of_a_millisecond_need_a_time_scalar);
    tcase_add_test(tests, long_traces_and_odd_intervals_need_revision_2);
    tcase_add_test(tests, layouts_that_a_format_cannot_hold_are_refused);
    tcase_add_test(tests, values_that_do_not_fit_are_refused_and_leave_no_trace);
    tcase_add_test(tests, an_abandoned_or_empty_file_leaves_what_was_there);
    tcase_add_test(tests, a_full_disk_is_reported_at_close_and_leaves_nothing);
    Suite *suite = suite_create("segy_write");
    suite_add_tcase(suite, tests);
    return suite;
}
