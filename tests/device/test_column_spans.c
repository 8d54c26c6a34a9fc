/* How many output samples of columns as a job gives them (velocity/column_fit.h) lie in the longest spans of
 * the CPU device. */
#include <math.h>

#include "core/memory.h"
#include "device/aperture_limits.h"
#include "device/cpu/spans.h"
#include "tests/check/suite.h"
#include "tests/velocity/models.h"
#include "tests/velocity/shapes.h"

static const double STEPS_S[] = {0.001, 0.002, 0.004};
enum { N_STEPS = sizeof STEPS_S / sizeof *STEPS_S };

static const double LENGTH_S = 4;

/** A shape's column on the grid of a line. */
static void make_column(shape kind, const pstm_grid *grid, const pstm_columns *column)
{
    const pstm_grid_area first = {0, 1, 0, 1};
    pstm_text text = {0};
    shape_add(kind, &text);
    pstm_velocity *velocity = model_of_text(text.bytes);
    ck_assert(pstm_velocity_columns(velocity, grid, &first, column) == PSTM_OK);
    pstm_velocity_destroy(&velocity);
    pstm_text_clear(&text);
}

/** The part of the samples from 0.3 s on that lie in spans of so many blocks and more. */
static double share_in_spans(shape kind, double step_s, int32_t n_blocks_least)
{
    pstm_grid grid = model_grid();
    grid.time_step_s = step_s;
    grid.n_times = (int32_t)lround(LENGTH_S / step_s);
    const int32_t n_blocks = (grid.n_times + PSTM_BLOCK - 1) / PSTM_BLOCK, n_padded = n_blocks * PSTM_BLOCK;
    const pstm_device_plan plan = {.law = PSTM_LAW_STRAIGHT,
                                   .weight = PSTM_WEIGHT_OBLIQUITY,
                                   .n_times = grid.n_times,
                                   .time_step_s = step_s,
                                   .k_end = grid.n_times,
                                   .n_samples = 3000,
                                   .sample_s = 0.002,
                                   .n_classes = 1,
                                   .n_levels = 1,
                                   .aperture_m = 3000,
                                   .aperture_tan = tan(60 * M_PI / 180),
                                   .fast_math = true,
                                   .n_threads = 1};
    pstm_columns column;
    float *limit2_m2 = NULL, *fields = NULL;
    ck_assert(pstm_columns_create(pstm_field_bit(PSTM_FIELD_VRMS), 1, grid.n_times, &column) == PSTM_OK);
    ck_assert(PSTM_NEW(&limit2_m2, n_padded, "limits") == PSTM_OK);
    ck_assert(PSTM_NEW(&fields, PSTM_RAY_FIELDS * n_padded, "fields") == PSTM_OK);
    make_column(kind, &grid, &column);
    pstm_aperture_limits(&plan, &column, limit2_m2);
    for (int32_t k = grid.n_times; k < n_padded; k++)
        limit2_m2[k] = limit2_m2[grid.n_times - 1];
    pstm_cpu_velocity velocity = {.plan = &plan, .column = &column, .limit2_m2 = limit2_m2};
    for (int f = 0; f < PSTM_RAY_FIELDS; f++) {
        for (int32_t k = 0; k < n_padded; k++)
            fields[f * n_padded + k] = pstm_cpu_field(&plan, &column, (pstm_ray_field)f, k);
        velocity.ray[f] = fields + f * n_padded;
    }
    int32_t n = 0, n_long = 0;
    for (int32_t block = 0; block < n_blocks;) {
        const pstm_cpu_span span = pstm_cpu_span_at(&velocity, block, n_blocks);
        if (block * PSTM_BLOCK * step_s >= 0.3) {
            n += span.n_blocks;
            n_long += span.n_blocks >= n_blocks_least ? span.n_blocks : 0;
        }
        block += span.n_blocks;
    }
    pstm_columns_clear(&column);
    PSTM_FREE(&limit2_m2);
    PSTM_FREE(&fields);
    return (double)n_long / n;
}

START_TEST(smooth_picks_have_as_many_long_spans_as_what_is_linear_in_time)
{
    static const shape smooth[] = {SMOOTH_20, ROUNDED_20, SMOOTH_100, SMOOTH_300};
    for (int32_t n_blocks = PSTM_CPU_SPAN_BLOCKS; n_blocks > 1; n_blocks /= 2) {
        const double wanted = share_in_spans(LINEAR, STEPS_S[_i], n_blocks);
        for (size_t s = 0; s < sizeof smooth / sizeof *smooth; s++) {
            const double found = share_in_spans(smooth[s], STEPS_S[_i], n_blocks);
            /* Steps of 4 ms have 15 long spans, and these functions rise more steeply to their first. */
            ck_assert_msg(found >= wanted - 0.07, "%s: %g, not %g", shape_name(smooth[s]), found, wanted);
        }
    }
}
END_TEST

/** Within the layer times fall from sample to sample, where only spans of a block are known: 0.5 s of 3.7
 * s. */
START_TEST(kinks_cost_no_more_than_a_tenth_of_the_long_spans)
{
    static const struct {
        shape shape;
        double of;
    } kinked[] = {{WATER_BOTTOM, 1}, {STEP, 1}, {LAYER, 1 - 0.5 / 3.7}};
    for (size_t s = 0; s < sizeof kinked / sizeof *kinked; s++) {
        const double found = share_in_spans(kinked[s].shape, 0.001, PSTM_CPU_SPAN_BLOCKS);
        ck_assert_msg(found >= 0.9 * kinked[s].of, "%s: %g", shape_name(kinked[s].shape), found);
    }
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("column spans");
    TCase *tests = tcase_create("column spans");
    tcase_add_loop_test(tests, smooth_picks_have_as_many_long_spans_as_what_is_linear_in_time, 0, N_STEPS);
    tcase_add_test(tests, kinks_cost_no_more_than_a_tenth_of_the_long_spans);
    suite_add_tcase(suite, tests);
    return suite;
}
