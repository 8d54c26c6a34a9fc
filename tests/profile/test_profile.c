#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "profile/profile.h"
#include "profile/rate.h"
#include "tests/check/suite.h"

/* The phases of a lane add up to its wall time by construction; this leaves room for the rounding of sums of
 * doubles only. */
static const double adds_up_share = 1e-9;

static char folder[] = "/tmp/pstm_test_profile_XXXXXX"; /* made by set_up() */

static double phases_sum(const pstm_lane *lane)
{
    double sum = 0;
    for (int phase = 0; phase < PSTM_PHASES; phase++)
        sum += lane->phase_s[phase];
    return sum;
}

START_TEST(phases_of_a_lane_add_up_to_its_wall_time)
{
    pstm_rank_profile profile = {0};
    pstm_lane *lane = pstm_profile_lane(&profile, PSTM_LANE_COMPUTE, 0);
    const double begin_s = pstm_now_s();
    pstm_lane_start(lane, PSTM_PHASE_WAIT);
    const double started_s = pstm_now_s();
    for (int i = 0; i < 10; i++) {
        ck_assert_int_eq(pstm_phase_switch(lane, PSTM_PHASE_SUM), i ? PSTM_PHASE_TRANSFER : PSTM_PHASE_WAIT);
        pstm_sleep_s(0.01);
        pstm_phase_switch(lane, PSTM_PHASE_TRANSFER);
        pstm_sleep_s(0.002);
    }
    const double inside_s = pstm_now_s() - started_s;
    pstm_lane_stop(lane);
    const double outside_s = pstm_now_s() - begin_s;
    ck_assert_double_eq_tol(phases_sum(lane), lane->wall_s, adds_up_share * lane->wall_s);
    ck_assert_double_ge(lane->wall_s, inside_s); /* nothing is lost against clocks round it */
    ck_assert_double_le(lane->wall_s, outside_s);
    ck_assert_double_ge(lane->phase_s[PSTM_PHASE_SUM], 0.1);
    ck_assert_double_ge(lane->phase_s[PSTM_PHASE_TRANSFER], 0.02);
    ck_assert_double_gt(lane->phase_s[PSTM_PHASE_SUM], lane->phase_s[PSTM_PHASE_TRANSFER]);
}
END_TEST

START_TEST(a_lane_that_starts_again_goes_on_adding)
{
    pstm_rank_profile profile = {0};
    pstm_lane *lane = &profile.lanes[PSTM_LANE_READER];
    const double begin_s = pstm_now_s();
    for (int i = 0; i < 2; i++) {
        pstm_lane_start(lane, PSTM_PHASE_READ);
        pstm_sleep_s(0.01);
        pstm_lane_stop(lane);
        pstm_sleep_s(0.05); /* stopped: counts nowhere */
    }
    ck_assert_double_ge(lane->phase_s[PSTM_PHASE_READ], 0.02);
    ck_assert_double_le(lane->phase_s[PSTM_PHASE_READ], pstm_now_s() - begin_s - 0.1);
    ck_assert_double_eq_tol(phases_sum(lane), lane->wall_s, adds_up_share * lane->wall_s);
}
END_TEST

START_TEST(without_a_profile_every_call_does_nothing)
{
    pstm_lane *lane = pstm_profile_lane(NULL, PSTM_LANE_MAIN, 0);
    ck_assert_ptr_null(lane);
    pstm_lane_start(lane, PSTM_PHASE_READ);
    ck_assert_int_eq(pstm_phase_switch(lane, PSTM_PHASE_SUM), PSTM_PHASE_OTHER);
    pstm_lane_count(lane, PSTM_COUNT_PAIRS, 3);
    const pstm_lane_mark mark = pstm_lane_mark_now(lane);
    pstm_tile_record record = {.tile = 7};
    pstm_tile_record_add(&record, lane, &mark);
    pstm_lane_stop(lane);
    ck_assert_int_eq(record.counts[PSTM_COUNT_PAIRS], 0);
}
END_TEST

START_TEST(a_tile_record_holds_what_was_spent_since_the_mark)
{
    pstm_rank_profile profile = {0};
    pstm_lane *lane = &profile.lanes[PSTM_LANE_COMPUTE];
    pstm_lane_start(lane, PSTM_PHASE_SUM);
    pstm_lane_count(lane, PSTM_COUNT_CONTRIBUTIONS, 1000);
    pstm_sleep_s(0.05);
    const pstm_lane_mark mark = pstm_lane_mark_now(lane);
    pstm_lane_count(lane, PSTM_COUNT_CONTRIBUTIONS, 5);
    pstm_sleep_s(0.01);
    pstm_tile_record record = {0};
    pstm_tile_record_add(&record, lane, &mark);
    pstm_lane_stop(lane);
    ck_assert_int_eq(record.counts[PSTM_COUNT_CONTRIBUTIONS], 5);
    ck_assert_double_ge(record.phase_s[PSTM_PHASE_SUM], 0.01);
    ck_assert_double_lt(record.phase_s[PSTM_PHASE_SUM], lane->phase_s[PSTM_PHASE_SUM] - 0.045);
}
END_TEST

/* Two ranks: 3 s and 1 s of summing, 60 and 20 contributions. */
static void make_ranks(pstm_rank_profile ranks[2])
{
    memset(ranks, 0, 2 * sizeof *ranks);
    for (int i = 0; i < 2; i++) {
        pstm_lane *compute = &ranks[i].lanes[PSTM_LANE_COMPUTE];
        ranks[i].rank = i;
        ranks[i].n_threads = 2;
        snprintf(ranks[i].host, sizeof ranks[i].host, "node%d", i);
        snprintf(ranks[i].device, sizeof ranks[i].device, "cpu/portable/1");
        compute->phase_s[PSTM_PHASE_SUM] = i ? 1 : 3;
        compute->phase_s[PSTM_PHASE_WAIT] = i ? 3 : 1;
        compute->wall_s = 4;
        compute->counts[PSTM_COUNT_CONTRIBUTIONS] = i ? 20 : 60;
        ranks[i].lanes[PSTM_LANE_READER].counts[PSTM_COUNT_BYTES_READ] = 500;
    }
}

static const pstm_run_summary summary = {.version = "0.1.0",
                                         .numerics_id = "cpu/portable/1",
                                         .device = "two \"quoted\" cores",
                                         .wall_s = 4,
                                         .velocity_columns = "splines"};

static double number_at(json_t *object, const char *const *path)
{
    for (; *path; path++) {
        object = json_object_get(object, *path);
        ck_assert_msg(object != NULL, "no key %s", *path);
    }
    return json_number_value(object);
}
#define NUMBER(root, ...) number_at(root, (const char *const[]){__VA_ARGS__, NULL})

static void check_json(json_t *root)
{
    ck_assert_str_eq(json_string_value(json_object_get(root, "device")), summary.device);
    ck_assert_str_eq(json_string_value(json_object_get(root, "velocity_columns")), "splines");
    ck_assert_double_eq(NUMBER(root, "phases", "sum", "min_s"), 1);
    ck_assert_double_eq(NUMBER(root, "phases", "sum", "mean_s"), 2);
    ck_assert_double_eq(NUMBER(root, "phases", "sum", "max_s"), 3);
    ck_assert_double_eq(NUMBER(root, "phases", "sum", "imbalance"), 1.5);
    ck_assert_double_eq(NUMBER(root, "phases", "sync", "imbalance"), 1);
    ck_assert_double_eq(NUMBER(root, "counts", "n_contributions"), 80);
    ck_assert_double_eq(NUMBER(root, "counts", "bytes_read"), 1000);
    ck_assert_double_eq(NUMBER(root, "contributions_per_s"), 20);
    json_t *rank = json_array_get(json_object_get(root, "ranks"), 1);
    ck_assert_str_eq(json_string_value(json_object_get(rank, "host")), "node1");
    ck_assert_double_eq(NUMBER(rank, "lanes", "compute", "phases_s", "wait"), 3);
    ck_assert_double_eq(NUMBER(rank, "contributions_per_s"), 5);
    json_t *tile = json_array_get(json_object_get(root, "tiles"), 0);
    ck_assert_double_eq(NUMBER(tile, "tile"), 41);
    ck_assert_double_eq(NUMBER(tile, "phases_s", "write"), 0.25);
    ck_assert_double_eq(NUMBER(tile, "n_traces"), 12);
    ck_assert_double_eq(NUMBER(root, "aperture", "traces_per_point", "max"), 4);
    ck_assert_double_eq(NUMBER(root, "aperture", "share_of_pairs"), 0.3);
    ck_assert_uint_eq(json_array_size(json_object_get(json_object_get(root, "aperture"), "mean")), 2);
}

START_TEST(the_json_parses_and_holds_the_figures)
{
    pstm_rank_profile ranks[2];
    make_ranks(ranks);
    pstm_tile_record tile = {.tile = 41, .rank = 1, .device = "cpu"};
    tile.phase_s[PSTM_PHASE_WRITE] = 0.25;
    tile.counts[PSTM_COUNT_TRACES] = 12;
    const pstm_grid grid = {.n_times = 3, .time_step_s = 0.004};
    const uint32_t fold[3] = {0, 2, 4};
    pstm_aperture_stats *stats = NULL;
    ck_assert_int_eq(pstm_aperture_stats_create(&grid, 0, 3, 10, &stats), PSTM_OK);
    pstm_aperture_stats_add(stats, fold, 1, 1);

    char path[128];
    snprintf(path, sizeof path, "%s/profile.json", folder);
    ck_assert_int_eq(pstm_profile_write_json(path, &summary, ranks, 2, &tile, 1, stats), PSTM_OK);
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error);
    ck_assert_msg(root != NULL, "%s", error.text);
    check_json(root);
    json_decref(root);
    unlink(path);
    pstm_aperture_stats_destroy(&stats);
    pstm_aperture_stats_destroy(&stats);
}
END_TEST

START_TEST(the_rate_of_a_run_is_read_from_its_json)
{
    pstm_rank_profile ranks[2] = {{.rank = 0}, {.rank = 1}};
    pstm_tile_record tile = {.tile = 41};
    for (int i = 0; i < 2; i++)
        for (int32_t worker = 0; worker < 2; worker++) { /* of 8 s each, 3 s wait */
            pstm_lane *lane = pstm_profile_lane(&ranks[i], PSTM_LANE_COMPUTE, worker);
            lane->wall_s = 8;
            lane->phase_s[PSTM_PHASE_WAIT] = 3;
            lane->phase_s[PSTM_PHASE_SUM] = 5;
            lane->counts[PSTM_COUNT_CONTRIBUTIONS] = 100;
        }
    char path[128];
    snprintf(path, sizeof path, "%s/profile.json", folder);
    pstm_profile_rate rate = {0};
    ck_assert_int_eq(pstm_profile_write_json(path, &summary, ranks, 2, &tile, 1, NULL), PSTM_OK);
    ck_assert_int_eq(pstm_profile_read_rate(path, &rate), PSTM_OK);
    ck_assert_double_eq(rate.busy_s, 10);
    ck_assert_double_eq(rate.n_contributions, 400);
    ck_assert_int_eq(rate.n_tiles, 1);
    ck_assert_int_eq(pstm_profile_write_json(path, &summary, ranks, 0, NULL, 0, NULL), PSTM_OK);
    ck_assert_int_eq(pstm_profile_read_rate(path, &rate), PSTM_DATA);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), path));
    unlink(path);
    ck_assert_int_eq(pstm_profile_read_rate(path, &rate), PSTM_DATA);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_named)
{
    pstm_rank_profile ranks[2];
    make_ranks(ranks);
    ck_assert_int_eq(pstm_profile_write_json("/dev/null/p.json", &summary, ranks, 2, NULL, 0, NULL),
                     PSTM_SYSTEM);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "/dev/null/p.json"));
    ck_assert_int_eq(pstm_profile_write_csv("/dev/null/p.csv", NULL, 0), PSTM_SYSTEM);
}
END_TEST

START_TEST(the_csv_has_a_line_a_tile_and_as_many_columns_as_names)
{
    pstm_tile_record tiles[2] = {{.tile = 3, .rank = 0, .device = "cpu"},
                                 {.tile = 5, .rank = 1, .device = "cpu"}};
    tiles[1].counts[PSTM_COUNTERS - 1] = 77; /* the last column */
    char path[128];
    snprintf(path, sizeof path, "%s/tiles.csv", folder);
    ck_assert_int_eq(pstm_profile_write_csv(path, tiles, 2), PSTM_OK);
    pstm_text text = {0};
    ck_assert_int_eq(pstm_text_read_file(&text, path, 10000), PSTM_OK);
    int n_lines = 0, n_commas = 0;
    for (const char *c = text.bytes; *c; c++) {
        n_lines += *c == '\n';
        n_commas += *c == ',';
    }
    ck_assert_int_eq(n_lines, 3);
    ck_assert_int_eq(n_commas, 3 * (2 + PSTM_PHASES + PSTM_DEVICE_STEPS + PSTM_COUNTERS));
    ck_assert_int_eq(strncmp(text.bytes, "tile,rank,device,other_s,read_s,", 32), 0);
    ck_assert_ptr_nonnull(strstr(text.bytes, ",77\n"));
    pstm_text_clear(&text);
    unlink(path);
}
END_TEST

START_TEST(the_table_tells_spread_imbalance_and_rates)
{
    pstm_rank_profile ranks[2];
    make_ranks(ranks);
    pstm_text text = {0};
    ck_assert_int_eq(pstm_profile_describe(&text, &summary, ranks, 2, NULL), PSTM_OK);
    ck_assert_ptr_nonnull(strstr(text.bytes, "sum             1.000      2.000      3.000       1.50\n"));
    ck_assert_ptr_nonnull(strstr(text.bytes, "compute 50.0 %"));
    ck_assert_ptr_nonnull(strstr(text.bytes, "contributions 80, 20/s over the whole run, 10/s a rank"));
    ck_assert_ptr_null(strstr(text.bytes, "sync")); /* phases without time are left out */
    pstm_text_clear(&text);
}
END_TEST

START_TEST(nodes_are_listed_the_slowest_first)
{
    pstm_rank_profile ranks[3] = {{.host = "swift"}, {.host = "slow"}, {.host = "swift"}};
    for (int r = 0; r < 3; r++) {
        pstm_lane *lane = &ranks[r].lanes[PSTM_LANE_COMPUTE];
        lane->wall_s = lane->phase_s[PSTM_PHASE_SUM] = r == 1 ? 4 : 1 + r;
        lane->counts[PSTM_COUNT_CONTRIBUTIONS] = 800;
    }
    pstm_text text = {0};
    ck_assert_int_eq(pstm_profile_describe(&text, &summary, ranks, 3, NULL), PSTM_OK);
    const char *slow = strstr(text.bytes, "  slow "), *swift = strstr(text.bytes, "  swift ");
    ck_assert(slow != NULL && swift != NULL && slow < swift);
    /* ranks, sum, rate */
    ck_assert_ptr_nonnull(strstr(slow, "1      4.000            200\n"));
    ck_assert_ptr_nonnull(strstr(swift, "2      2.000            400\n"));
    pstm_text_clear(&text);
    ck_assert_int_eq(pstm_profile_describe(&text, &summary, ranks, 1, NULL), PSTM_OK);
    ck_assert_ptr_null(strstr(text.bytes, "node")); /* one node needs no list */
    pstm_text_clear(&text);
}
END_TEST

/* Rank 0 drives two GPUs, rank 1 none: 60 contributions in 4 s of busy time, of 120 that these allow. */
static void give_units(pstm_rank_profile ranks[2])
{
    ranks[0].n_device_units = 2;
    ranks[0].device_contributions = 60;
    ranks[0].device_times = (pstm_device_times){
        .step_s = {[PSTM_DEVICE_STEP_COPY_IN] = 0.25, [PSTM_DEVICE_STEP_MIGRATE] = 5},
        .busy_s = 4,
        .limit = 120,
        .contributions = {[PSTM_DEVICE_KERNEL_SINGLE] = 15, [PSTM_DEVICE_KERNEL_WIDE] = 45},
        .meetings = {[PSTM_DEVICE_MEETING_EDGE] = 7}};
}

START_TEST(units_that_measure_themselves_are_told_with_rate_and_share)
{
    pstm_rank_profile ranks[2];
    make_ranks(ranks);
    give_units(ranks);
    pstm_tile_record tile = {.tile = 41, .device = "cuda:0"};
    tile.step_s[PSTM_DEVICE_STEP_MIGRATE] = 1.5;
    char path[128];
    snprintf(path, sizeof path, "%s/units.json", folder);
    ck_assert_int_eq(pstm_profile_write_json(path, &summary, ranks, 2, &tile, 1, NULL), PSTM_OK);
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error);
    ck_assert_msg(root != NULL, "%s", error.text);
    ck_assert_double_eq(NUMBER(root, "unit", "n_units"), 2);
    ck_assert_double_eq(NUMBER(root, "unit", "busy_s"), 4);
    ck_assert_double_eq(NUMBER(root, "unit", "contributions_per_s"), 15);
    ck_assert_double_eq(NUMBER(root, "unit", "share_of_limit"), 0.5);
    ck_assert_double_eq(NUMBER(root, "unit", "steps_s", "copy_in"), 0.25);
    ck_assert_double_eq(NUMBER(root, "unit", "share_of_kernels", "single_locations"), 0.25);
    ck_assert_double_eq(NUMBER(root, "unit", "share_of_kernels", "groups_of_16"), 0.75);
    ck_assert_double_eq(NUMBER(root, "unit", "traces_of_groups", "edge"), 7);
    json_t *rank = json_array_get(json_object_get(root, "ranks"), 0);
    ck_assert_double_eq(NUMBER(rank, "unit", "steps_s", "migrate"), 5);
    ck_assert_ptr_null(json_object_get(json_array_get(json_object_get(root, "ranks"), 1), "unit"));
    ck_assert_double_eq(NUMBER(json_array_get(json_object_get(root, "tiles"), 0), "steps_s", "migrate"), 1.5);
    json_decref(root);
    unlink(path);

    pstm_text text = {0};
    ck_assert_int_eq(pstm_profile_describe(&text, &summary, ranks, 2, NULL), PSTM_OK);
    ck_assert_ptr_nonnull(strstr(text.bytes,
                                 "  2 units: kernels busy 4.000 s, 50.0 % of the run; 15/s a unit then, "
                                 "50.0 % of the limit\n    copy_in 0.250 s"));
    ck_assert_ptr_nonnull(strstr(text.bytes, "\n    contributions by kernel: single_locations 25.00 % "
                                             "groups_of_8 0.00 % groups_of_16 75.00 %\n"));
    pstm_text_clear(&text);
}
END_TEST

START_TEST(without_such_units_nothing_is_told_of_them)
{
    pstm_rank_profile ranks[2];
    make_ranks(ranks);
    pstm_text text = {0};
    ck_assert_int_eq(pstm_profile_describe(&text, &summary, ranks, 2, NULL), PSTM_OK);
    ck_assert_ptr_null(strstr(text.bytes, "unit"));
    pstm_text_clear(&text);
}
END_TEST

static void set_up(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void tear_down(void)
{
    rmdir(folder);
}

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("profile");
    tcase_add_unchecked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, phases_of_a_lane_add_up_to_its_wall_time);
    tcase_add_test(tests, a_lane_that_starts_again_goes_on_adding);
    tcase_add_test(tests, without_a_profile_every_call_does_nothing);
    tcase_add_test(tests, a_tile_record_holds_what_was_spent_since_the_mark);
    tcase_add_test(tests, the_json_parses_and_holds_the_figures);
    tcase_add_test(tests, the_rate_of_a_run_is_read_from_its_json);
    tcase_add_test(tests, a_folder_that_is_not_there_is_named);
    tcase_add_test(tests, the_csv_has_a_line_a_tile_and_as_many_columns_as_names);
    tcase_add_test(tests, the_table_tells_spread_imbalance_and_rates);
    tcase_add_test(tests, nodes_are_listed_the_slowest_first);
    tcase_add_test(tests, units_that_measure_themselves_are_told_with_rate_and_share);
    tcase_add_test(tests, without_such_units_nothing_is_told_of_them);
    Suite *suite = suite_create("profile");
    suite_add_tcase(suite, tests);
    return suite;
}
