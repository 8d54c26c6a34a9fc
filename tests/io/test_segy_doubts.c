/* Samples and coordinates of another format than they are read as: told, and never of what is right. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/segy/fields.h"
#include "io/segy/samples.h"
#include "segy_made.h"
#include "tests/check/suite.h"

enum { IBM = 1, IEEE = 5, N_TRACES = 40, N_SAMPLES = 500, N_SEEDS = 20 };

static uint64_t state;

static double draw(void) /* uniform in [0, 1) */
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (double)(state >> 11) * 0x1p-53;
}

static double normal(void)
{
    return sqrt(-2 * log(1 - draw())) * cos(2 * 3.14159265358979323846 * draw());
}

static double ricker(double t)
{
    const double a = 9.8696 * t * t;
    return (1 - 2 * a) * exp(-a);
}

/* What recordings and models are like. */
typedef enum contents {
    NOISE,
    DECAY,    /* six decades from top to bottom */
    WAVELETS, /* a few events in exact zeros */
    WEAK,     /* 1e-20 */
    STRONG,   /* 1e15 */
    CLIPPED,
    COUNTS,  /* whole numbers of 24 bits */
    SMALL,   /* whole numbers up to 20 */
    SHIFTED, /* whole numbers of 24 bits far from zero */
    SPIKES,
    N_CONTENTS
} contents;

static const bool tells[N_CONTENTS] = {true, true, true, true, true, true, true, false, false, false};

static double value_of(contents kind, int i)
{
    const double x = normal();
    switch (kind) {
    case DECAY:
        return 1e4 * x * pow(10, -6.0 * i / N_SAMPLES);
    case WAVELETS:
        return i % 100 < 30 ? (0.5 + x) * ricker((i % 100 - 15) / 5.0) : 0;
    case WEAK:
        return 1e-20 * x;
    case STRONG:
        return 1e15 * x;
    case CLIPPED:
        return fmax(-1.5, fmin(1.5, x));
    case COUNTS:
        return nearbyint(1e5 * x);
    case SMALL:
        return fmax(-20, fmin(20, nearbyint(5 * x)));
    case SHIFTED:
        return nearbyint(600000 + 3000 * x);
    case SPIKES:
        return draw() < 0.002 ? x : 0;
    default:
        return 1000 * x;
    }
}

/* A file of these contents in one format with the label of another. */
static made_file make_samples(contents kind, int format, int label, bool little)
{
    const made_spec spec = {.revision = 1,
                            .format = label,
                            .n_samples = N_SAMPLES,
                            .interval_us = 2000,
                            .n_traces = N_TRACES,
                            .little = little};
    made_file made = make_file(&spec);
    for (int t = 0; t < N_TRACES; t++) {
        float samples[N_SAMPLES];
        for (int i = 0; i < N_SAMPLES; i++)
            samples[i] = (float)value_of(kind, i);
        pstm_segy_encode(format, little, samples, N_SAMPLES, made_samples(&made, t));
    }
    return made;
}

static int64_t count_doubts(const made_file *made, const pstm_input_options *how, const char *words)
{
    pstm_segy *file = NULL;
    ck_assert_msg(open_made(made, how, &file) == PSTM_OK, "%s", pstm_error_text());
    const int64_t n = pstm_segy_doubts(file)->n;
    if (n > 0) {
        ck_assert_msg(find_doubt(file, words) != NULL, "%s", pstm_segy_doubts(file)->items[0].text);
        ck_assert(pstm_segy_doubts(file)->items[0].is_error);
    }
    pstm_segy_close(&file);
    return n;
}

START_TEST(samples_of_the_format_of_their_label_raise_no_doubt)
{
    state = 1;
    for (int kind = 0; kind < N_CONTENTS; kind++) {
        for (int seed = 0; seed < N_SEEDS; seed++) {
            for (int format = IBM; format <= IEEE; format += IEEE - IBM) {
                made_file made = make_samples((contents)kind, format, format, seed % 2 == 1);
                ck_assert_msg(count_doubts(&made, NULL, "") == 0, "contents %d, format %d", kind, format);
                remove_made(&made);
            }
        }
    }
}
END_TEST

START_TEST(ibm_and_ieee_floats_are_told_apart)
{
    state = 2;
    for (int kind = 0; kind < N_CONTENTS; kind++) {
        for (int format = IBM; tells[kind] && format <= IEEE; format += IEEE - IBM) {
            made_file made = make_samples((contents)kind, format, IBM + IEEE - format, kind % 2 == 1);
            const char *words = format == IBM ? "look like IBM floats" : "look like IEEE floats";
            ck_assert_msg(count_doubts(&made, NULL, words) == 1, "contents %d, format %d", kind, format);
            const pstm_input_options how = {.format = format};
            ck_assert_int_eq(count_doubts(&made, &how, ""), 0);
            remove_made(&made);
        }
    }
}
END_TEST

START_TEST(samples_in_the_other_byte_order_are_told_and_read)
{
    state = 3;
    for (int kind = 0; kind < N_CONTENTS; kind++) {
        for (int format = IBM; format <= IEEE; format += IEEE - IBM) {
            if (!tells[kind]) continue;
            made_file made = make_samples((contents)kind, format, format, false);
            float samples[N_SAMPLES], right[N_SAMPLES];
            pstm_segy *file = NULL;
            ck_assert_int_eq(open_made(&made, NULL, &file), PSTM_OK);
            ck_assert_int_eq(pstm_segy_read_samples(file, 3, 1, right, N_SAMPLES, NULL), PSTM_OK);
            pstm_segy_close(&file);
            for (int t = 0; t < N_TRACES; t++)
                for (unsigned char *at = made_samples(&made, t); at < made_samples(&made, t) + 4 * N_SAMPLES;
                     at += 4) {
                    const unsigned char word[4] = {at[3], at[2], at[1], at[0]};
                    memcpy(at, word, 4);
                }
            ck_assert_msg(count_doubts(&made, NULL, "byte-swapped") == 1, "contents %d, format %d", kind,
                          format);
            const pstm_input_options how = {.sample_order = PSTM_ORDER_LITTLE};
            ck_assert_int_eq(count_doubts(&made, &how, ""), 0);
            ck_assert_int_eq(open_made(&made, &how, &file), PSTM_OK);
            ck_assert_int_eq(pstm_segy_read_samples(file, 3, 1, samples, N_SAMPLES, NULL), PSTM_OK);
            ck_assert_mem_eq(samples, right, sizeof right);
            pstm_segy_close(&file);
            remove_made(&made);
        }
    }
}
END_TEST

/* ---- integers ---- */

/* Integers of a format, with its label or another: smooth records, white noise, or counts in one decade. */
static made_file make_integers(int label, int kind, double amplitude, bool swapped)
{
    const made_spec spec = {
        .revision = 1, .format = label, .n_samples = N_SAMPLES, .interval_us = 2000, .n_traces = N_TRACES};
    made_file made = make_file(&spec);
    for (int t = 0; t < N_TRACES; t++) {
        for (int i = 0; i < N_SAMPLES; i++) {
            unsigned char *at = made_samples(&made, t) + i * made.sample_bytes;
            const double x = kind == 0   ? sin(0.4 * i + t) + 0.2 * normal()
                             : kind == 1 ? normal()
                                         : 2 * draw() - 1;
            const double clipped = fmax(-1, fmin(1, 0.4 * x));
            pstm_segy_store(at, made.sample_bytes, swapped,
                            (uint64_t)(int64_t)nearbyint(amplitude * clipped));
        }
    }
    return made;
}

/* Codes of signed integers, how large they can be, and the code of the same without a sign. */
static const struct {
    int code, code_unsigned;
    double most;
} integers[] = {{2, 10, 2147483000}, {3, 11, 32767}, {7, 15, 8388607}, {9, 12, 9e18}};
enum { N_INTEGERS = sizeof integers / sizeof integers[0] };

START_TEST(integers_of_the_format_of_their_label_raise_no_doubt)
{
    state = 4;
    for (int k = 0; k < N_INTEGERS; k++) {
        for (int kind = 0; kind < 3; kind++) {
            for (double part = 1; part * integers[k].most >= 10; part /= 7) {
                made_file made = make_integers(integers[k].code, kind, part * integers[k].most, false);
                ck_assert_msg(count_doubts(&made, NULL, "") == 0, "code %d, kind %d, part %g",
                              integers[k].code, kind, part);
                remove_made(&made);
            }
        }
    }
}
END_TEST

START_TEST(integers_in_the_other_byte_order_are_told)
{
    state = 5;
    for (int k = 0; k < N_INTEGERS; k++) {
        made_file made = make_integers(integers[k].code, 0, 0.8 * integers[k].most, true);
        const pstm_input_options how = {.sample_order = PSTM_ORDER_LITTLE};
        ck_assert_int_eq(count_doubts(&made, NULL, "byte-swapped"), 1);
        ck_assert_int_eq(count_doubts(&made, &how, ""), 0);
        remove_made(&made);
    }
}
END_TEST

START_TEST(integers_with_a_sign_under_the_label_of_those_without_are_told)
{
    state = 6;
    for (int k = 0; k < N_INTEGERS; k++) {
        made_file made = make_integers(integers[k].code_unsigned, 0, 0.5 * integers[k].most, false);
        const pstm_input_options how = {.format = integers[k].code_unsigned};
        ck_assert_int_eq(count_doubts(&made, NULL, "integers with a sign"), 1);
        ck_assert_int_eq(count_doubts(&made, &how, ""), 0);
        remove_made(&made);
    }
}
END_TEST

START_TEST(floats_under_the_label_of_integers_are_told)
{
    state = 7;
    for (int kind = 0; kind < N_CONTENTS; kind++) {
        for (int format = IBM; tells[kind] && format <= IEEE; format += IEEE - IBM) {
            made_file made = make_samples((contents)kind, format, 2, kind % 2 == 1);
            const pstm_input_options how = {.format = format};
            ck_assert_msg(count_doubts(&made, NULL, "look like IEEE or IBM floats") == 1, "contents %d",
                          kind);
            ck_assert_int_eq(count_doubts(&made, &how, ""), 0);
            remove_made(&made);
        }
    }
}
END_TEST

/* ---- coordinates ---- */

static void set_floats(made_file *made, int format, int scalar, bool offset)
{
    for (int t = 0; t < made->spec.n_traces; t++) {
        const float x[4] = {(float)(500.5 + 25 * t), 0, (float)(700.5 + 25 * t), 0};
        unsigned char *header = made_trace(made, t);
        pstm_segy_encode(format, made->spec.little, x, 4, header + 72);
        made_set(made, header, 71, 2, (uint64_t)scalar);
        if (offset) made_set(made, header, 37, 4, 200);
    }
}

START_TEST(coordinates_in_floats_are_told_and_read)
{
    const made_spec spec = {.revision = 1, .format = 3, .n_samples = 50, .interval_us = 2000, .n_traces = 9};
    for (int ibm = 0; ibm <= 1; ibm++) {
        for (int scalar = 1; scalar >= -10000; scalar -= 10001) {
            made_file made = make_file(&spec);
            pstm_segy *file = NULL;
            pstm_trace trace;
            set_floats(&made, ibm ? IBM : IEEE, scalar, true);
            if (!ibm) ck_assert_int_eq(count_doubts(&made, NULL, "floats by size"), 1);
            if (scalar == 1) ck_assert_int_eq(count_doubts(&made, NULL, "floats by size"), 1);
            const pstm_input_options how = {.coordinate_format =
                                                ibm ? PSTM_COORDINATES_IBM : PSTM_COORDINATES_IEEE};
            ck_assert_int_eq(count_doubts(&made, &how, ""), 0);
            ck_assert_int_eq(open_made(&made, &how, &file), PSTM_OK);
            ck_assert_int_eq(pstm_segy_read_headers(file, 0, 8, 1, &trace, NULL), PSTM_OK);
            ck_assert(trace.source_x_m == 700.5 && trace.source_y_m == 0 && trace.receiver_x_m == 900.5);
            pstm_segy_close(&file);
            remove_made(&made);
        }
    }
}
END_TEST

START_TEST(large_whole_coordinates_raise_no_doubt)
{
    const made_spec spec = {.revision = 1, .format = 3, .n_samples = 50, .interval_us = 2000, .n_traces = 9};
    made_file made = make_file(&spec);
    for (int t = 0; t < 9; t++) { /* millimetres, 1.1e6 m from the origin */
        unsigned char *header = made_trace(&made, t);
        const int bytes[4] = {73, 77, 81, 85};
        made_set(&made, header, 71, 2, (uint64_t)-1000);
        made_set(&made, header, 37, 4, 300);
        for (int k = 0; k < 4; k++)
            made_set(&made, header, bytes[k], 4, (uint64_t)(1100000000 + 25000 * t + (k == 2) * 300000));
    }
    ck_assert_int_eq(count_doubts(&made, NULL, ""), 0);
    remove_made(&made);
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("segy_doubts");
    tcase_add_test(tests, samples_of_the_format_of_their_label_raise_no_doubt);
    tcase_add_test(tests, ibm_and_ieee_floats_are_told_apart);
    tcase_add_test(tests, samples_in_the_other_byte_order_are_told_and_read);
    tcase_add_test(tests, integers_of_the_format_of_their_label_raise_no_doubt);
    tcase_add_test(tests, integers_in_the_other_byte_order_are_told);
    tcase_add_test(tests, integers_with_a_sign_under_the_label_of_those_without_are_told);
    tcase_add_test(tests, floats_under_the_label_of_integers_are_told);
    tcase_add_test(tests, coordinates_in_floats_are_told_and_read);
    tcase_add_test(tests, large_whole_coordinates_raise_no_doubt);
    Suite *suite = suite_create("segy_doubts");
    suite_add_tcase(suite, tests);
    return suite;
}
