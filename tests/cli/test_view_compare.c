/* The commands view and compare, as a user calls them, on cubes made here. */
#include <cairo.h>
#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/cube/cube.h"
#include "tests/check/suite.h"

enum { N_INLINE = 20, N_CROSSLINE = 18, N_CLASSES = 2, N_TIMES = 80 };

/* In the process that makes the cubes: says what failed and ends it. */
#define ok(call)                                                                                             \
    do {                                                                                                     \
        if ((call) != PSTM_OK) {                                                                             \
            fprintf(stderr, "%s: %s\n", #call, pstm_error_text());                                           \
            _exit(1);                                                                                        \
        }                                                                                                    \
    } while (0)

static char folder[] = "/tmp/pstm_test_view_XXXXXX"; /* made by set_up() */

/* ---- cubes ---- */

/* What is particular about a cube. */
typedef struct recipe {
    int32_t n_inline;   /**< 0: N_INLINE */
    int32_t n_classes;  /**< 0: N_CLASSES; 1: only the last of them */
    double late_s;      /**< of its event */
    bool azimuths;      /**< its classes are by azimuth, not by offset */
    bool falling;       /**< no event: every sample is 1/t^2, 0 at t = 0 */
    bool nudged;        /**< one sample of location (17, 3), class 1, output sample 30 is 0.5 larger */
    bool lacks_a_chunk; /**< the chunk column (0, 0) is not migrated */
    bool is_empty;      /**< as a run leaves it that is killed before its first tile */
} recipe;

static pstm_cube_about make_about(const recipe *how)
{
    static const pstm_class_centre centres[N_CLASSES] = {{150, NAN, NAN, NAN}, {450, NAN, NAN, NAN}};
    static const pstm_class_centre azimuths[N_CLASSES] = {{NAN, 45, NAN, NAN}, {NAN, 135, NAN, NAN}};
    const int32_t n_classes = how->n_classes ? how->n_classes : N_CLASSES;
    pstm_cube_about about = {.n_classes = n_classes,
                             .centres = (how->azimuths ? azimuths : centres) + N_CLASSES - n_classes,
                             .bins = how->azimuths ? "azimuth" : "offset",
                             .job_text = "tile.inline: 16\ntile.crossline: 16\n",
                             .gathers = true,
                             .stack = true,
                             .fold = true,
                             .k_end = N_TIMES,
                             .image_key = "00112233445566778899aabbccddeeff",
                             .numerics_id = "cpu/portable/1"};
    about.grid = (pstm_grid){.origin_x_m = 1000,
                             .origin_y_m = 2000,
                             .n_inline = how->n_inline ? how->n_inline : N_INLINE,
                             .n_crossline = N_CROSSLINE,
                             .step_inline_m = 25,
                             .step_crossline_m = 10,
                             .first_inline = 101,
                             .first_crossline = 1,
                             .n_times = N_TIMES,
                             .time_step_s = 0.004};
    pstm_grid_prepare(&about.grid);
    return about;
}

static float sample(const recipe *how, int32_t i, int32_t j, int32_t c, int32_t k)
{
    if (how->falling) return k > 0 ? (float)(1 / (0.004 * k * 0.004 * k)) : 0;
    const double t_s = k * 0.004 - 0.12 - 0.001 * j - how->late_s, u = M_PI * 25 * t_s;
    const bool here = how->nudged && i == 17 && j == 3 && c == 1 && k == 30;
    return (float)((c + 1) * (1 - 2 * u * u) * exp(-u * u)) + (here ? 0.5F : 0);
}

static void write_tile(pstm_cube *cube, pstm_journal *journal, const recipe *how, pstm_cube_area area)
{
    const int64_t n = (int64_t)(area.i_end - area.i_begin) * (area.j_end - area.j_begin);
    const int32_t n_classes = how->n_classes ? how->n_classes : N_CLASSES;
    float *gather, *stack;
    uint32_t *gather_fold, *fold;
    ok(PSTM_NEW(&gather, n * n_classes * N_TIMES, "gather"));
    ok(PSTM_NEW(&gather_fold, n * n_classes * N_TIMES, "gather fold"));
    ok(PSTM_NEW(&stack, n * N_TIMES, "stack"));
    ok(PSTM_NEW(&fold, n * N_TIMES, "fold"));
    int64_t at = 0;
    for (int32_t i = area.i_begin; i < area.i_end; i++)
        for (int32_t j = area.j_begin; j < area.j_end; j++)
            for (int32_t c = N_CLASSES - n_classes; c < N_CLASSES; c++)
                for (int32_t k = 0; k < N_TIMES; k++, at++) {
                    gather[at] = sample(how, i, j, c, k);
                    gather_fold[at] = k ? (uint32_t)(c + 1) : 0;
                }
    for (int64_t l = 0, of_gather = (int64_t)n_classes * N_TIMES; l < n; l++)
        pstm_cube_sum_classes(n_classes, N_TIMES, gather + l * of_gather, gather_fold + l * of_gather, NULL,
                              stack + l * N_TIMES, fold + l * N_TIMES);
    const pstm_cube_tile tile = {
        .area = area, .gather = gather, .gather_fold = gather_fold, .stack = stack, .fold = fold};
    pstm_journal_record record;
    ok(pstm_cube_write_tile(cube, &tile, &record));
    ok(pstm_journal_add(journal, &record, 1));
    PSTM_FREE(&gather);
    PSTM_FREE(&gather_fold);
    PSTM_FREE(&stack);
    PSTM_FREE(&fold);
}

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static void make_cube(const char *name, const recipe *how)
{
    const pstm_cube_about about = make_about(how);
    const pstm_journal_about journal_about = pstm_cube_journal_about(&about);
    char path[128];
    pstm_text journal_path = {0};
    pstm_cube *cube = NULL;
    pstm_journal *journal = NULL;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    ok(pstm_journal_path(path, &journal_path));
    ok(pstm_journal_open_append(journal_path.bytes, &journal_about, &journal));
    ok(pstm_cube_open_write(path, &cube));
    for (int32_t i = 0; i < about.grid.n_inline && !how->is_empty; i += PSTM_CUBE_CHUNK)
        for (int32_t j = 0; j < about.grid.n_crossline; j += PSTM_CUBE_CHUNK) {
            if (how->lacks_a_chunk && i == 0 && j == 0) continue;
            write_tile(cube, journal, how,
                       (pstm_cube_area){i, least(i + PSTM_CUBE_CHUNK, about.grid.n_inline), j,
                                        least(j + PSTM_CUBE_CHUNK, about.grid.n_crossline)});
        }
    ok(pstm_cube_close(&cube));
    if (!how->is_empty) ok(pstm_cube_finish(path, journal));
    pstm_journal_close(&journal);
    pstm_text_clear(&journal_path);
}

/* In a process of its own, since a cube is written through MPI, which the tests then need not carry along. */
static bool make_all(void)
{
    const pid_t child = fork();
    if (child < 0) return false;
    if (child > 0) {
        int status = 0;
        return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    MPI_Init(NULL, NULL);
    make_cube("plain.h5", &(recipe){0});
    make_cube("nudged.h5", &(recipe){.nudged = true});
    make_cube("partial.h5", &(recipe){.lacks_a_chunk = true});
    make_cube("late.h5", &(recipe){.late_s = 0.001});
    make_cube("empty.h5", &(recipe){.is_empty = true});
    make_cube("line.h5", &(recipe){.n_inline = 1});
    make_cube("falling.h5", &(recipe){.falling = true});
    make_cube("alone.h5", &(recipe){.n_classes = 1});
    make_cube("azimuths.h5", &(recipe){.azimuths = true});
    MPI_Finalize();
    _exit(0);
}

static void clean_folder(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0) fprintf(stderr, "%s stays\n", folder);
}

/* ---- calling ---- */

static char output[20000];

/* Runs the program in the folder; its output, both streams, goes to `output`; returns the exit code. */
static int run(const char *arguments)
{
    char command[1000];
    snprintf(command, sizeof command, "cd '%s' && '%s' %s 2>&1", folder, PSTM_PROGRAM, arguments);
    FILE *pipe = popen(command, "r");
    ck_assert_ptr_nonnull(pipe);
    output[fread(output, 1, sizeof output - 1, pipe)] = 0;
    const int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#define SAYS(text) ck_assert_msg(strstr(output, text) != NULL, "no '%s' in:\n%s", text, output)
#define SAYS_NOT(text) ck_assert_msg(strstr(output, text) == NULL, "'%s' in:\n%s", text, output)

static bool is_png(const char *name)
{
    char path[256];
    unsigned char head[8] = {0};
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    const bool whole = fread(head, 1, 8, file) == 8;
    fclose(file);
    return whole && memcmp(head, "\x89PNG\r\n\x1a\n", 8) == 0;
}

START_TEST(a_cube_equals_itself_bit_for_bit)
{
    ck_assert_int_eq(run("compare plain.h5 plain.h5 --require bit-equal --max-nrms 0"), 0);
    SAYS("bit-equal: yes\n");
    SAYS("samples that differ: 0 of 28800\n"); /* 20 x 18 x 80 */
    SAYS("4 of 4 chunk columns");
    SAYS("folds that differ: 0 of 28800");
}
END_TEST

START_TEST(one_sample_is_found_where_it_is)
{
    ck_assert_int_eq(run("compare nudged.h5 plain.h5 --dataset gather"), 0);
    SAYS("bit-equal: no\n");
    SAYS("samples that differ: 1 of 57600\n");
    SAYS("largest difference: 0.5 ");
    /* node (17, 3): inline 118, crossline 4; azimuth 0, so x grows with the inline */
    SAYS("at inline 118, crossline 4, offset 450 m, twt 0.12 s, x 1425.00 m, y 2030.00 m\n");
    ck_assert_int_eq(run("compare nudged.h5 plain.h5 --require bit-equal"), 2);
    SAYS("pstm compare: the cubes are not bit-equal");
    ck_assert_int_eq(run("compare nudged.h5 plain.h5 --max-nrms 1e-9"), 2);
    ck_assert_int_eq(run("compare nudged.h5 plain.h5 --max-nrms 0.5"), 0);
}
END_TEST

START_TEST(only_what_both_have_migrated_is_compared)
{
    ck_assert_int_eq(run("compare partial.h5 plain.h5 --require bit-equal"), 0);
    SAYS("3 of 4 chunk columns");
    SAYS("samples that differ: 0 of 8320\n"); /* (20 x 18 - 16 x 16) x 80 */
}
END_TEST

START_TEST(a_shift_is_told_in_milliseconds)
{
    ck_assert_int_eq(run("compare late.h5 plain.h5 --out shift.png"), 0);
    const char *at = strstr(output, "median ");
    ck_assert_ptr_nonnull(at);
    const double tolerance_ms = 0.1; /* the parabola through samples 4 ms apart, wavelet of 25 Hz */
    ck_assert_double_eq_tol(strtod(at + 7, NULL), 1, tolerance_ms);
    ck_assert(is_png("shift.png"));
}
END_TEST

START_TEST(one_offset_class_is_compared_with_its_place_beside_others)
{
    ck_assert_int_eq(run("compare --dataset gather alone.h5 plain.h5 --offset 450 --require bit-equal"), 0);
    SAYS("compared: gather, offset 450 m, 4 of 4 chunk columns");
    SAYS("samples that differ: 0 of 28800\n");
    SAYS("folds that differ: 0 of 28800");
    ck_assert_int_eq(run("compare nudged.h5 alone.h5 --offset 450 --out class.png --require bit-equal"), 2);
    SAYS("largest difference: 0.5 ");
    SAYS("offset 450 m, twt 0.12 s");
    ck_assert(is_png("class.png"));
    ck_assert_int_eq(run("compare nudged.h5 plain.h5 --offset 150 --require bit-equal"), 0);
    ck_assert_int_eq(run("compare alone.h5 plain.h5 --offset 150"), 1);
    SAYS("alone.h5: no class is centred on offset 150 m; the nearest of 1 is centred on offset 450 m");
    ck_assert_int_eq(run("compare alone.h5 plain.h5 --dataset gather"), 2);
    SAYS("different classes: 1 in alone.h5, 2 in plain.h5");
    ck_assert_int_eq(run("compare plain.h5 plain.h5 --offset 450 --dataset stack"), 1);
    SAYS("a stack has no classes");
}
END_TEST

START_TEST(classes_are_named_by_what_they_are)
{
    ck_assert_int_eq(run("status azimuths.h5"), 0);
    SAYS("classes:    2 by bins.kind azimuth, azimuth 45 degrees to azimuth 135 degrees\n");
    ck_assert_int_eq(run("status alone.h5"), 0);
    SAYS("classes:    1 by bins.kind offset, offset 450 m\n");
    ck_assert_int_eq(run("view azimuths.h5 --azimuth 135 --crossline 18 --gather 101,1"), 0);
    SAYS(
        "azimuths.gather_azimuth_135_degrees_crossline_18.png\nazimuths.gather_inline_101_crossline_1.png\n");
    ck_assert(is_png("azimuths.gather_azimuth_135_degrees_crossline_18.png"));
    ck_assert_int_eq(run("view azimuths.h5 --offset 150"), 1);
    SAYS("no class is centred on offset 150 m; the first of 2 is centred on azimuth 45 degrees");
    ck_assert_int_eq(run("compare azimuths.h5 azimuths.h5 --azimuth 45"), 0);
    SAYS("compared: gather, azimuth 45 degrees, 4 of 4 chunk columns");
    ck_assert_int_eq(run("compare azimuths.h5 plain.h5 --dataset gather"), 2);
    SAYS("different kinds of classes: azimuth in azimuths.h5, offset in plain.h5; compare the stacks");
    ck_assert_int_eq(run("merge merged.h5 azimuths.h5 plain.h5"), 1);
    SAYS("bins: offset in plain.h5, azimuth in azimuths.h5");
}
END_TEST

START_TEST(cubes_that_cannot_be_compared_are_refused_with_the_reason)
{
    ck_assert_int_eq(run("compare line.h5 plain.h5"), 2);
    SAYS("inlines 1 in line.h5, 20 in plain.h5");
    ck_assert_int_eq(run("compare plain.h5"), 1);
    ck_assert_int_eq(run("compare plain.h5 plain.h5 --require equality"), 1);
    ck_assert_int_eq(run("compare plain.h5 plain.h5 --dataset fold"), 1);
    ck_assert_int_ne(run("compare plain.h5 absent.h5"), 0);
    SAYS("absent.h5");
}
END_TEST

START_TEST(view_draws_the_three_middle_sections)
{
    ck_assert_int_eq(run("view plain.h5"), 0);
    ck_assert_str_eq(output, "plain.stack_inline_111.png\nplain.stack_crossline_10.png\n"
                             "plain.stack_two-way_time_0.16_s.png\n");
    ck_assert(is_png("plain.stack_inline_111.png"));
    ck_assert(is_png("plain.stack_crossline_10.png"));
    ck_assert(is_png("plain.stack_two-way_time_0.16_s.png"));
    ck_assert_int_eq(run("view line.h5"), 0);
    ck_assert_str_eq(output, "line.stack_inline_101.png\n");
    ck_assert(is_png("line.stack_inline_101.png"));
}
END_TEST

START_TEST(view_draws_what_is_asked_for)
{
    ck_assert_int_eq(run("view plain.h5 --gather 118,4 --colour rwb --clip 95 --window 0.05,0.2 --out g.png"),
                     0);
    ck_assert_str_eq(output, "g.png\n");
    ck_assert(is_png("g.png"));
    ck_assert_int_eq(run("view partial.h5 --dataset fold --time 0.1"), 0);
    ck_assert(is_png("partial.fold_two-way_time_0.1_s.png"));
    ck_assert_int_eq(run("view plain.h5 --offset 450 --crossline 18"), 0);
    ck_assert(is_png("plain.gather_offset_450_m_crossline_18.png"));
}
END_TEST

/* The red of pixels down the middle of a picture, from a third to two thirds of its height: the lowest and
 * the highest. */
static void middle_reds(const char *name, int *low, int *high)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    cairo_surface_t *png = cairo_image_surface_create_from_png(path);
    ck_assert_int_eq(cairo_surface_status(png), CAIRO_STATUS_SUCCESS);
    const int height = cairo_image_surface_get_height(png), stride = cairo_image_surface_get_stride(png);
    const int column = cairo_image_surface_get_width(png) / 2;
    *low = 255;
    *high = 0;
    for (int y = height / 3; y < 2 * height / 3; y++) {
        uint32_t pixel;
        memcpy(&pixel, cairo_image_surface_get_data(png) + (ptrdiff_t)y * stride + 4 * column, sizeof pixel);
        const int red = (int)(pixel >> 16 & 255);
        *low = red < *low ? red : *low;
        *high = red > *high ? red : *high;
    }
    cairo_surface_destroy(png);
}

START_TEST(a_gain_of_t_squared_makes_what_falls_like_one_over_t_squared_even)
{
    int low, high;
    ck_assert_int_eq(
        run("view falling.h5 --inline 110 --window 0.08,0.3 --clip 100 --tpow 0 --out falling.png"), 0);
    middle_reds("falling.png", &low, &high);
    ck_assert_int_gt(high - low, 20); /* over the middle of the picture 1/t^2 falls by half */
    ck_assert_int_eq(run("view falling.h5 --inline 110 --window 0.08,0.3 --clip 100 --tpow 2 --out even.png"),
                     0);
    middle_reds("even.png", &low, &high);
    ck_assert_int_le(high - low, 1); /* float rounding at the border of two colours */
    ck_assert_int_lt(high, 10);      /* all at the limit: black */
    ck_assert_int_eq(run("view falling.h5 --time 0.1 --tpow 2 --out map.png"), 0);
    ck_assert(is_png("map.png"));
}
END_TEST

/* Without any option: what is deep shows as what is shallow. */
START_TEST(by_default_amplitudes_are_balanced_over_time)
{
    int low, high;
    ck_assert_int_eq(run("view falling.h5 --inline 110 --window 0.08,0.3 --out balanced.png"), 0);
    middle_reds("balanced.png", &low, &high);
    ck_assert_int_le(high - low, 40); /* within a window of the mean 1/t^2 still falls a little */
    ck_assert_int_lt(high, 60);
}
END_TEST

START_TEST(a_call_draws_as_many_pictures_as_are_asked_for)
{
    ck_assert_int_eq(run("view plain.h5 --inline 103 --inline 105 --crossline 7 --time 0.1 --time 0.14 "
                         "--gather 104,5 --gather 105,5"),
                     0);
    ck_assert(is_png("plain.stack_inline_103.png") && is_png("plain.stack_inline_105.png"));
    ck_assert(is_png("plain.stack_crossline_7.png") && is_png("plain.stack_two-way_time_0.14_s.png"));
    ck_assert(is_png("plain.gather_inline_104_crossline_5.png") &&
              is_png("plain.gather_inline_105_crossline_5.png"));
}
END_TEST

START_TEST(view_says_what_is_wrong_with_the_arguments)
{
    static const char *const wrong[][2] = {
        {"view plain.h5 --inline 100", "inline 100 is not in the cube, which has 101 to 120"},
        {"view plain.h5 --time 7", "--time 7 lies outside the cube"},
        {"view plain.h5 --window 5,6", "holds no sample"},
        {"view plain.h5 --offset 2",
         "no class is centred on offset 2 m; the nearest of 2 is centred on offset 150 m"},
        {"view plain.h5 --tpow -1", "--tpow wants a power from 0 to 10"},
        {"view plain.h5 --tpow 2 --dataset fold", "--tpow is for amplitudes"},
        {"view plain.h5 --colour jet", "grey, rwb"},
        {"view plain.h5 --dataset image", "it has gather, gather_fold, stack, fold"},
        {"view plain.h5 --out one.png", "--out names one picture"},
        {"view plain.h5 --depth 3", "'--depth'"},
        {"view plain.h5 --inline", "--inline wants a value"},
        {"view plain.h5 --inline 1x", "'1x'"},
        {"view plain.h5 --clip 0", "--clip"},
        {"view line.h5 --time 0.1", "no time slice"},
        {"view", "one cube is wanted"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ck_assert_msg(run(wrong[i][0]) == 1, "%s: %s", wrong[i][0], output);
        SAYS(wrong[i][1]);
        SAYS("pstm view: ");
    }
    ck_assert(!is_png("one.png"));
}
END_TEST

START_TEST(help_goes_to_the_reader_and_succeeds)
{
    ck_assert_int_eq(run("view --help"), 0);
    SAYS("usage: pstm view");
    ck_assert_int_eq(run("compare --help"), 0);
    SAYS("usage: pstm compare");
}
END_TEST

/* Copies a cube without its journal. */
static void copy_alone(const char *from, const char *to)
{
    char command[300];
    snprintf(command, sizeof command, "cp '%s/%s' '%s/%s'", folder, from, folder, to);
    ck_assert_int_eq(system(command), 0);
}

START_TEST(a_whole_cube_without_its_journal_is_taken_as_whole)
{
    ck_assert_int_eq(run("compare plain.h5 plain.h5"), 0);
    SAYS_NOT("no journal");
    copy_alone("plain.h5", "copied.h5");
    ck_assert_int_eq(run("compare copied.h5 plain.h5"), 0);
    SAYS("no journal beside it");
    SAYS("4 of 4 chunk columns");
    SAYS("bit-equal: yes");
    ck_assert_int_eq(run("view copied.h5"), 0);
}
END_TEST

START_TEST(a_part_of_a_cube_without_its_journal_is_refused)
{
    copy_alone("partial.h5", "part.h5");
    ck_assert_int_eq(run("compare part.h5 plain.h5"), 2);
    SAYS("3 of 4 chunk columns migrated and does not say which");
    ck_assert_int_eq(run("view part.h5"), 2);
    SAYS("part.h5.journal");
}
END_TEST

START_TEST(a_cube_with_nothing_migrated_is_refused)
{
    ck_assert_int_eq(run("compare empty.h5 plain.h5"), 2);
    SAYS("empty.h5: nothing is migrated yet");
    ck_assert_int_eq(run("compare plain.h5 empty.h5 --require bit-equal"), 2);
    ck_assert_int_eq(run("view empty.h5"), 2);
    SAYS("empty.h5: nothing is migrated yet");
    copy_alone("empty.h5", "empty_alone.h5");
    ck_assert_int_eq(run("compare empty_alone.h5 empty_alone.h5"), 2);
    SAYS("0 of 4 chunk columns migrated");
}
END_TEST

static void set_up(void)
{
    ck_assert(mkdtemp(folder) != NULL && make_all());
}

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("view and compare");
    tcase_add_unchecked_fixture(tests, set_up, clean_folder);
    tcase_add_test(tests, a_cube_equals_itself_bit_for_bit);
    tcase_add_test(tests, one_sample_is_found_where_it_is);
    tcase_add_test(tests, only_what_both_have_migrated_is_compared);
    tcase_add_test(tests, a_shift_is_told_in_milliseconds);
    tcase_add_test(tests, one_offset_class_is_compared_with_its_place_beside_others);
    tcase_add_test(tests, classes_are_named_by_what_they_are);
    tcase_add_test(tests, cubes_that_cannot_be_compared_are_refused_with_the_reason);
    tcase_add_test(tests, view_draws_the_three_middle_sections);
    tcase_add_test(tests, view_draws_what_is_asked_for);
    tcase_add_test(tests, a_gain_of_t_squared_makes_what_falls_like_one_over_t_squared_even);
    tcase_add_test(tests, by_default_amplitudes_are_balanced_over_time);
    tcase_add_test(tests, a_call_draws_as_many_pictures_as_are_asked_for);
    tcase_add_test(tests, view_says_what_is_wrong_with_the_arguments);
    tcase_add_test(tests, help_goes_to_the_reader_and_succeeds);
    tcase_add_test(tests, a_whole_cube_without_its_journal_is_taken_as_whole);
    tcase_add_test(tests, a_part_of_a_cube_without_its_journal_is_refused);
    tcase_add_test(tests, a_cube_with_nothing_migrated_is_refused);
    Suite *suite = suite_create("view and compare");
    suite_add_tcase(suite, tests);
    return suite;
}
