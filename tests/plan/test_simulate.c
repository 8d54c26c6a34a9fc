/* The simulator, and through it the scheduler at scale. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/memory.h"
#include "plan/simulate.h"
#include "tests/check/suite.h"

static pstm_machine_model machine_of(int32_t n_workers)
{
    return (pstm_machine_model){.n_workers = n_workers,
                                .rate = 1,
                                .latency_s = 1e-3,
                                .message_s = 1e-5,
                                .bytes_per_location = 8000,
                                .locations_per_tile = 256,
                                .write_bytes_s = INFINITY,
                                .read_bytes_s = INFINITY,
                                .seed = 1,
                                .rules = PSTM_SCHEDULE_RULES};
}

static pstm_work *equal_tiles(int64_t n, double cost)
{
    pstm_work *work = NULL;
    ck_assert_int_eq(PSTM_NEW(&work, n, "tiles"), PSTM_OK);
    for (int64_t t = 0; t < n; t++)
        work[t] = (pstm_work){
            .number = t, .at_inline = (int32_t)(t / 100), .at_crossline = (int32_t)(t % 100), .cost = cost};
    return work;
}

/* Pareto's law cut off at `most`: P(cost > c) = (c^-a - most^-a) / (1 - most^-a) for 1 <= c <= most. */
static pstm_work *pareto_tiles(int64_t n, double a, double most, unsigned seed)
{
    pstm_work *work = equal_tiles(n, 0);
    srand(seed);
    for (int64_t t = 0; t < n; t++) {
        const double u = (rand() + 0.5) / ((double)RAND_MAX + 1);
        work[t].cost = pow(1 - u * (1 - pow(most, -a)), -1 / a);
    }
    return work;
}

static pstm_simulation simulate(const pstm_work *work, int64_t n, const pstm_machine_model *machine)
{
    pstm_simulation out;
    ck_assert_int_eq(pstm_simulate(work, n, machine, &out), PSTM_OK);
    return out;
}

START_TEST(equal_tiles_on_workers_that_divide_them_take_their_share)
{
    pstm_work *work = equal_tiles(100, 2);
    const pstm_machine_model machine = machine_of(10);
    const pstm_simulation out = simulate(work, 100, &machine);
    ck_assert(out.finished);
    ck_assert_double_eq_tol(out.ideal_s, 20, 1e-9);
    /* First and last messages, and one round trip of 2 ms where a worker waits for its last tile. */
    ck_assert_double_eq_tol(out.wall_s, 20, 0.02);
    ck_assert_double_eq_tol(out.busy_share, 1, 1e-3);
    /* ready once; asked, ordered, written for each tile; beats. */
    ck_assert_int_ge(out.n_messages, 10 + 3 * 100);
    ck_assert_int_le(out.n_messages, 2 * 10 + 4 * 100 + 10 * 2);
    ck_assert_int_eq(out.bound_by, PSTM_BOUND_BY_WORK);
    PSTM_FREE(&work);
}
END_TEST

START_TEST(the_same_input_gives_the_same_run)
{
    pstm_work *work = pareto_tiles(3000, 1.2, 100, 5);
    pstm_machine_model machine = machine_of(64);
    machine.speed_spread = 0.2;
    machine.failures_per_hour = 1;
    const pstm_simulation a = simulate(work, 3000, &machine), b = simulate(work, 3000, &machine);
    ck_assert(a.wall_s == b.wall_s && a.n_messages == b.n_messages && a.n_lost == b.n_lost);
    machine.seed = 2;
    ck_assert(simulate(work, 3000, &machine).wall_s != a.wall_s);
    PSTM_FREE(&work);
}
END_TEST

/* The goal of the project for large machines. */
static const double LEAST_EFFICIENCY = 0.95;

START_TEST(workers_by_the_thousand_reach_95_percent_of_the_ideal_on_a_heavy_tail)
{
    enum { TILES = 200000, WORKERS = 4096 };
    pstm_work *work = pareto_tiles(TILES, 1.2, 100, 31);
    pstm_machine_model machine = machine_of(WORKERS);
    machine.speed_spread = 0.05;
    const pstm_simulation out = simulate(work, TILES, &machine);
    printf("4,096 workers: %.1f s, ideal %.1f s, efficiency %.3f, %.0f messages/s, rank 0 busy %.3f, %lld "
           "doubled\n",
           out.wall_s, out.ideal_s, out.efficiency, out.messages_s, out.rank_0_share,
           (long long)out.n_doubled);
    ck_assert(out.finished);
    ck_assert_double_ge(out.efficiency, LEAST_EFFICIENCY);
    PSTM_FREE(&work);
}
END_TEST

START_TEST(slow_workers_do_not_hold_up_the_end)
{
    pstm_work *work = pareto_tiles(20000, 1.2, 100, 7);
    pstm_machine_model machine = machine_of(256);
    machine.speed_spread = 0.5; /* the slowest of 256 at a quarter of the middle */
    const pstm_simulation out = simulate(work, 20000, &machine);
    printf("256 workers of very different speeds: efficiency %.3f, %lld doubled\n", out.efficiency,
           (long long)out.n_doubled);
    ck_assert_double_ge(out.efficiency, 0.85); /* speeds are not known before the first, costliest tiles */
    PSTM_FREE(&work);
}
END_TEST

START_TEST(a_run_ends_though_workers_are_lost)
{
    pstm_work *work = equal_tiles(20000, 30);
    pstm_machine_model machine = machine_of(256);
    machine.failures_per_hour = 0.2; /* ideal 0.65 h: every eighth is lost */
    const pstm_simulation out = simulate(work, 20000, &machine);
    printf("256 workers, %d lost: efficiency %.3f, %lld doubled\n", out.n_lost, out.efficiency,
           (long long)out.n_doubled);
    ck_assert(out.finished);
    ck_assert_int_ge(out.n_lost, 10);
    ck_assert_double_ge(out.efficiency, 0.75);
    machine.failures_per_hour = 1e4;
    ck_assert(!simulate(work, 20000, &machine).finished);
    PSTM_FREE(&work);
}
END_TEST

START_TEST(what_binds_is_named)
{
    pstm_work *work = equal_tiles(2000, 1);
    pstm_machine_model machine = machine_of(100);
    ck_assert_int_eq(simulate(work, 2000, &machine).bound_by, PSTM_BOUND_BY_WORK);
    machine.message_s = 0.01;
    ck_assert_int_eq(simulate(work, 2000, &machine).bound_by, PSTM_BOUND_BY_RANK_0);
    machine = machine_of(100);
    machine.write_bytes_s = 8000.0 * 256 * 2000 / 100; /* 100 s for all, against 20 s of sum */
    const pstm_simulation slow = simulate(work, 2000, &machine);
    ck_assert_int_eq(slow.bound_by, PSTM_BOUND_BY_WRITE);
    ck_assert_double_eq_tol(slow.wall_s, 101, 1);
    machine = machine_of(100);
    machine.read_bytes_per_cost = 10;
    machine.read_bytes_s = 200; /* 2 a worker: 5 s a tile */
    const pstm_simulation reading = simulate(work, 2000, &machine);
    ck_assert_int_eq(reading.bound_by, PSTM_BOUND_BY_READ);
    ck_assert_double_eq_tol(reading.wall_s, 100, 1);
    machine = machine_of(100);
    work[17].cost = 500;
    ck_assert_int_eq(simulate(work, 2000, &machine).bound_by, PSTM_BOUND_BY_PIECE);
    PSTM_FREE(&work);
}
END_TEST

START_TEST(a_machine_that_cannot_be_is_refused)
{
    pstm_work *work = equal_tiles(1, 1);
    pstm_machine_model machine = machine_of(0);
    pstm_simulation out;
    ck_assert_int_eq(pstm_simulate(work, 1, &machine, &out), PSTM_USAGE);
    machine = machine_of(1);
    machine.rate = 0;
    ck_assert_int_eq(pstm_simulate(work, 1, &machine, &out), PSTM_USAGE);
    PSTM_FREE(&work);
}
END_TEST

Suite *pstm_test_suite(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    Suite *suite = suite_create("simulate");
    TCase *simulated = tcase_create("simulated");
    tcase_add_test(simulated, equal_tiles_on_workers_that_divide_them_take_their_share);
    tcase_add_test(simulated, the_same_input_gives_the_same_run);
    tcase_add_test(simulated, workers_by_the_thousand_reach_95_percent_of_the_ideal_on_a_heavy_tail);
    tcase_add_test(simulated, slow_workers_do_not_hold_up_the_end);
    tcase_add_test(simulated, a_run_ends_though_workers_are_lost);
    tcase_add_test(simulated, what_binds_is_named);
    tcase_add_test(simulated, a_machine_that_cannot_be_is_refused);
    suite_add_tcase(suite, simulated);
    return suite;
}
