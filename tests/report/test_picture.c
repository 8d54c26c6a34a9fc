#include <cairo.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/percentile.h"
#include "report/picture.h"
#include "tests/check/suite.h"

static char path[64];

static cairo_surface_t *load(const pstm_picture_place *place)
{
    cairo_surface_t *png = cairo_image_surface_create_from_png(path);
    ck_assert_int_eq(cairo_surface_status(png), CAIRO_STATUS_SUCCESS);
    ck_assert_int_eq(cairo_image_surface_get_width(png), place->png_width);
    ck_assert_int_eq(cairo_image_surface_get_height(png), place->png_height);
    return png;
}

static uint32_t pixel(cairo_surface_t *png, int32_t x, int32_t y)
{
    uint32_t value;
    memcpy(&value, cairo_image_surface_get_data(png) + y * cairo_image_surface_get_stride(png) + 4 * x, 4);
    return value & 0xffffff;
}

/* Four columns of three samples: known values at known places. */
static const float values[4][3] = {{-2, 0, 2}, {-1, 1, 0.5F}, {0, 0, NAN}, {2, 4, -4}};

static pstm_picture small_picture(void)
{
    return (pstm_picture){.values = &values[0][0],
                          .n_columns = 4,
                          .n_rows = 3,
                          .across = {"distance (m)", 0, 75, false},
                          .down = {"two-way time (s)", 0, 0.008, false},
                          .blocks = true,
                          .limit = 2,
                          .width_px = 400,
                          .height_px = 300};
}

static uint32_t cell(cairo_surface_t *png, const pstm_picture_place *place, int column, int row)
{
    return pixel(png, place->left + 100 * column + 50, place->top + 100 * row + 50);
}

START_TEST(a_known_value_has_the_colour_of_the_map)
{
    pstm_picture picture = small_picture();
    pstm_picture_place place;
    for (int colour = 0; colour < PSTM_COLOURS; colour++) {
        picture.colour = (pstm_colour)colour;
        ck_assert_int_eq(pstm_picture_write(&picture, path, &place), PSTM_OK);
        cairo_surface_t *png = load(&place);
        for (int column = 0; column < 4; column++)
            for (int row = 0; row < 3; row++) {
                const float value = values[column][row];
                const uint32_t expected =
                    isnan(value) ? 0xf7f1d8 : pstm_colour_at(picture.colour, ((double)value + 2) / 4);
                ck_assert_uint_eq(cell(png, &place, column, row), expected);
            }
        cairo_surface_destroy(png);
    }
}
END_TEST

START_TEST(the_maps_are_what_their_names_say)
{
    ck_assert_uint_eq(pstm_colour_at(PSTM_COLOUR_GREY, 0), 0xffffff);
    ck_assert_uint_eq(pstm_colour_at(PSTM_COLOUR_GREY, 1), 0x000000);
    ck_assert_uint_eq(pstm_colour_at(PSTM_COLOUR_GREY, 7), 0x000000);
    ck_assert_uint_eq(pstm_colour_at(PSTM_COLOUR_GREY, NAN), 0xffffff);
    ck_assert_uint_eq(pstm_colour_at(PSTM_COLOUR_RWB, 0.5), 0xffffff);
    const uint32_t low = pstm_colour_at(PSTM_COLOUR_RWB, 0.2), high = pstm_colour_at(PSTM_COLOUR_RWB, 0.8);
    ck_assert_uint_gt(low >> 16, (low & 255) + 100);   /* red */
    ck_assert_uint_gt(high & 255, (high >> 16) + 100); /* blue */
    pstm_colour colour;
    ck_assert_int_eq(pstm_colour_parse("rwb", &colour), PSTM_OK);
    ck_assert_int_eq(colour, PSTM_COLOUR_RWB);
    ck_assert_int_eq(pstm_colour_parse("jet", &colour), PSTM_USAGE);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "grey, rwb"));
}
END_TEST

START_TEST(rows_of_a_map_grow_upwards)
{
    pstm_picture picture = small_picture();
    pstm_picture_place place;
    picture.rows_up = true;
    ck_assert_int_eq(pstm_picture_write(&picture, path, &place), PSTM_OK);
    cairo_surface_t *png = load(&place);
    ck_assert_uint_eq(cell(png, &place, 0, 2), 0xffffff); /* -2 of row 0 at the bottom, white in grey */
    ck_assert_uint_eq(cell(png, &place, 0, 0), 0x000000);
    cairo_surface_destroy(png);
}
END_TEST

START_TEST(smooth_pictures_are_linear_between_samples)
{
    const float ramp[5] = {0, 1, 2, 3, 4};
    pstm_picture picture = {.values = ramp,
                            .n_columns = 5,
                            .n_rows = 1,
                            .limit = 4,
                            .from_zero = true,
                            .width_px = 500,
                            .height_px = 40};
    pstm_picture_place place;
    ck_assert_int_eq(pstm_picture_write(&picture, path, &place), PSTM_OK);
    cairo_surface_t *png = load(&place);
    for (int x = 0; x < 500; x += 7) {
        const double at = fmin(fmax((x + 0.5) / 100 - 0.5, 0), 4);
        ck_assert_uint_eq(pixel(png, place.left + x, place.top + 20),
                          pstm_colour_at(PSTM_COLOUR_GREY, at / 4));
    }
    cairo_surface_destroy(png);
}
END_TEST

START_TEST(traces_of_a_gather_are_not_mixed)
{
    const float traces[3][2] = {{-1, 1}, {1, -1}, {-1, -1}};
    pstm_picture picture = {.values = &traces[0][0],
                            .n_columns = 3,
                            .n_rows = 2,
                            .limit = 1,
                            .separate_columns = true,
                            .width_px = 300,
                            .height_px = 200};
    pstm_picture_place place;
    ck_assert_int_eq(pstm_picture_write(&picture, path, &place), PSTM_OK);
    cairo_surface_t *png = load(&place);
    ck_assert_uint_eq(pixel(png, place.left + 99, place.top + 20), 0xffffff);
    ck_assert_uint_eq(pixel(png, place.left + 100, place.top + 20), 0x000000);
    const double u =
        1 - 0.505; /* row pixel 100: 0.505 of the way from row 0 to row 1, in time still linear */
    ck_assert_uint_eq(pixel(png, place.left + 100, place.top + 100), pstm_colour_at(PSTM_COLOUR_GREY, u));
    cairo_surface_destroy(png);
}
END_TEST

START_TEST(more_samples_than_pixels_are_averaged)
{
    enum { N = 4000 };
    static float comb[N];
    for (int i = 0; i < N; i++)
        comb[i] = i < N / 2 ? (i % 2 ? 1 : -1) : 1; /* means 0, then 1 */
    pstm_picture picture = {
        .values = comb, .n_columns = N, .n_rows = 1, .limit = 1, .width_px = 200, .height_px = 40};
    pstm_picture_place place;
    ck_assert_int_eq(pstm_picture_write(&picture, path, &place), PSTM_OK);
    cairo_surface_t *png = load(&place);
    ck_assert_uint_eq(pixel(png, place.left + 50, place.top + 20), pstm_colour_at(PSTM_COLOUR_GREY, 0.5));
    ck_assert_uint_eq(pixel(png, place.left + 150, place.top + 20), 0x000000);
    cairo_surface_destroy(png);
}
END_TEST

static void check_white_border(cairo_surface_t *png, const pstm_picture_place *place, int border)
{
    for (int32_t y = 0; y < place->png_height; y++)
        for (int32_t x = 0; x < place->png_width; x++) {
            const bool inside =
                x >= border && y >= border && x < place->png_width - border && y < place->png_height - border;
            if (!inside)
                ck_assert_msg(pixel(png, x, y) == 0xffffff, "ink at %d, %d of %d x %d", x, y,
                              place->png_width, place->png_height);
        }
}

START_TEST(all_texts_lie_within_the_picture)
{
    pstm_picture picture = small_picture();
    pstm_picture_place place;
    picture.title = "a title that is a good deal longer than the image below it is wide, by intent";
    picture.subtitle = "and a line below it";
    picture.across_second =
        (pstm_picture_axis){"a label of the second axis that is long as well, longer", 1e6, 1e6 + 75, true};
    picture.down_second =
        (pstm_picture_axis){"another label that is longer than the image is high", 6077000, 6077300, false};
    picture.value_label = "the amplitude of the image with its unit";
    picture.limit = 3.4e-7;
    picture.width_px = 120;
    picture.height_px = 110;
    ck_assert_int_eq(pstm_picture_write(&picture, path, &place), PSTM_OK);
    ck_assert_int_eq(place.width, 120);
    cairo_surface_t *png = load(&place);
    check_white_border(png, &place, 4);
    cairo_surface_destroy(png);

    picture = (pstm_picture){
        .values = &values[0][0], .n_columns = 1, .n_rows = 1, .across = {"x (m)", 606000, 606000, false}};
    ck_assert_int_eq(pstm_picture_write(&picture, path, &place), PSTM_OK);
    png = load(&place);
    check_white_border(png, &place, 4);
    cairo_surface_destroy(png);
}
END_TEST

/* The tick marks stand one pixel outside the frame: the columns of ink below the image are the ticks. */
START_TEST(ticks_stand_at_their_values)
{
    pstm_picture picture = small_picture();
    pstm_picture_place place;
    picture.across =
        (pstm_picture_axis){"crossline", 10, 13, true}; /* cells of 100 pixels, centres at 50, ... */
    ck_assert_int_eq(pstm_picture_write(&picture, path, &place), PSTM_OK);
    cairo_surface_t *png = load(&place);
    int n_ticks = 0;
    for (int x = 0; x < place.width; x++)
        if (pixel(png, place.left + x, place.top + place.height + 4) != 0xffffff) {
            ck_assert_int_eq(x % 100, 50);
            n_ticks++;
        }
    ck_assert_int_eq(n_ticks, 4);
    cairo_surface_destroy(png);
}
END_TEST

START_TEST(a_map_in_metres_keeps_its_shape)
{
    static const float flat[20 * 10];
    pstm_picture picture = {.values = flat,
                            .n_columns = 20,
                            .n_rows = 10,
                            .across = {"x (m)", 0, 19 * 25, false},
                            .down = {"y (m)", 0, 9 * 100, false},
                            .equal_scale = true};
    pstm_picture_place place;
    ck_assert_int_eq(pstm_picture_write(&picture, path, &place), PSTM_OK);
    ck_assert_double_eq_tol((double)place.height / place.width, 2, 0.02); /* whole pixels */
}
END_TEST

static int compare_floats(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

START_TEST(the_percentile_is_that_of_a_sorted_list)
{
    enum { N = 3001 };
    static float some[N], sorted[N];
    int n = 0;
    srand(11);
    for (int i = 0; i < N; i++) {
        some[i] = (i % 5 == 0) ? 0 : (float)((rand() % 20001 - 10000) * 1.7e-7);
        if (some[i] != 0) sorted[n++] = fabsf(some[i]);
    }
    some[0] = NAN;
    some[5] = INFINITY;
    qsort(sorted, (size_t)n, sizeof *sorted, compare_floats);
    for (double percent = 1; percent <= 100; percent += 3) {
        double value = -1;
        ck_assert_int_eq(pstm_percentile(some, N, percent, &value), PSTM_OK);
        ck_assert_double_eq(value, (double)sorted[(int)ceil(n * percent / 100) - 1]);
    }
    double value = -1;
    ck_assert_int_eq(pstm_percentile(some, 1, 50, &value), PSTM_OK);
    ck_assert_double_eq(value, 0);
}
END_TEST

START_TEST(what_cannot_be_drawn_is_an_error_and_leaves_no_file)
{
    pstm_picture picture = small_picture();
    unlink(path);
    picture.n_rows = 0;
    ck_assert_int_eq(pstm_picture_write(&picture, path, NULL), PSTM_USAGE);
    picture = small_picture();
    picture.width_px = 40000;
    ck_assert_int_eq(pstm_picture_write(&picture, path, NULL), PSTM_USAGE);
    ck_assert_int_ne(access(path, F_OK), 0);
    picture = small_picture();
    ck_assert_int_eq(pstm_picture_write(&picture, "/dev/null/a.png", NULL), PSTM_SYSTEM);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "/dev/null/a.png"));
}
END_TEST

static void set_up(void)
{
    snprintf(path, sizeof path, "/tmp/pstm_test_picture_%ld.png", (long)getpid());
}

static void tear_down(void)
{
    unlink(path);
}

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("picture");
    tcase_add_unchecked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_known_value_has_the_colour_of_the_map);
    tcase_add_test(tests, the_maps_are_what_their_names_say);
    tcase_add_test(tests, rows_of_a_map_grow_upwards);
    tcase_add_test(tests, smooth_pictures_are_linear_between_samples);
    tcase_add_test(tests, traces_of_a_gather_are_not_mixed);
    tcase_add_test(tests, more_samples_than_pixels_are_averaged);
    tcase_add_test(tests, all_texts_lie_within_the_picture);
    tcase_add_test(tests, ticks_stand_at_their_values);
    tcase_add_test(tests, a_map_in_metres_keeps_its_shape);
    tcase_add_test(tests, the_percentile_is_that_of_a_sorted_list);
    tcase_add_test(tests, what_cannot_be_drawn_is_an_error_and_leaves_no_file);
    Suite *suite = suite_create("picture");
    suite_add_tcase(suite, tests);
    return suite;
}
