/* The contract's promises about bits: what may not change any. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "device_contract.h"

enum { N_LOCATIONS = 11, N_TRACES = 45, N_TIMES = 490 };

static contract_job *job;
static contract_image whole; /* of the job in one batch */
/* What every job here has; fast jobs with a weight also have a taper. */
static struct {
    bool fast_math;
    pstm_law law;
    pstm_weight weight;
} with;

static void prepare(contract_job *made)
{
    made->plan.fast_math = with.fast_math;
    made->plan.aperture_taper = with.fast_math && with.weight != PSTM_WEIGHT_NONE ? 0.3 : 0;
    contract_job_set_formulas(made, with.law, with.weight);
}

/* 500 samples of 2 ms: with fast_math, most of them are interpolated. */
static contract_job *create(int32_t n_locations, int64_t n_traces)
{
    contract_job *made = contract_job_create_axes(n_locations, n_traces, 600, 0.002, N_TIMES, 0.002);
    prepare(made);
    return made;
}

static void setup(void)
{
    job = create(N_LOCATIONS, N_TRACES);
    whole = contract_run(contract_device, job, N_TRACES);
}

/* A fixture takes no argument: one for each law and weight, with and without fast_math. */
#define SETUP(LAW, WEIGHT, ...)                                                                              \
    static void setup_##LAW##_##WEIGHT(void)                                                                 \
    {                                                                                                        \
        with.fast_math = false, with.law = PSTM_LAW_##LAW, with.weight = PSTM_WEIGHT_##WEIGHT;               \
        setup();                                                                                             \
    }                                                                                                        \
    static void setup_fast_##LAW##_##WEIGHT(void)                                                            \
    {                                                                                                        \
        with.fast_math = true, with.law = PSTM_LAW_##LAW, with.weight = PSTM_WEIGHT_##WEIGHT;                \
        setup();                                                                                             \
    }
#define SETUP_LAW(A, LAW, ...) PSTM_WEIGHT_LIST(SETUP, LAW)
PSTM_LAW_LIST(SETUP_LAW, )

static void teardown(void)
{
    contract_image_free(&whole);
    contract_job_destroy(&job);
}

static void assert_same_image_as_whole(contract_image image)
{
    contract_assert_equal(&image, &whole);
    contract_image_free(&image);
}

START_TEST(the_job_of_these_tests_has_something_in_every_class)
{
    int64_t n_times = job->plan.n_times;
    for (int64_t i = 0; i < N_LOCATIONS * job->plan.n_classes; i++) {
        uint32_t most = 0;
        for (int64_t k = 0; k < n_times; k++)
            most = whole.fold[i * n_times + k] > most ? whole.fold[i * n_times + k] : most;
        ck_assert_uint_ge(most, 4);
    }
}
END_TEST

START_TEST(batches_of_any_size_give_the_same_bits)
{
    assert_same_image_as_whole(contract_run(contract_device, job, 1));
    assert_same_image_as_whole(contract_run(contract_device, job, 7));
}
END_TEST

START_TEST(empty_batches_change_nothing)
{
    contract_image image = contract_run(contract_device, job, N_TRACES);
    void *self = NULL;
    contract_must(contract_device->create(&job->plan, &self));
    contract_must(contract_device->begin_tile(self, &job->tile));
    contract_must(contract_device->add_batch(self, job->traces, 0));
    contract_must(contract_device->add_batch(self, job->traces, N_TRACES));
    contract_must(contract_device->add_batch(self, job->traces, 0));
    contract_must(contract_device->read_tile(self, &(pstm_sums){image.image, image.fold, image.faded}));
    contract_device->destroy(&self);
    assert_same_image_as_whole(image);
}
END_TEST

START_TEST(traces_without_a_live_window_change_nothing)
{
    contract_job *more = create(N_LOCATIONS, N_TRACES + 5);
    int64_t n_dead = 0;
    for (int64_t i = 0; i < more->n_traces; i++) {
        if (i % 10 == 3 && n_dead < 5) {
            more->traces[i].live_first = 1;
            more->traces[i].live_last = 0;
            n_dead++;
        } else {
            const float *samples = more->traces[i].samples;
            more->traces[i] = job->traces[i - n_dead];
            more->traces[i].samples = samples;
            memcpy(contract_job_sample(more, i, 0), job->traces[i - n_dead].samples,
                   (size_t)job->plan.n_samples * sizeof *samples);
        }
    }
    ck_assert_int_eq(n_dead, 5);
    assert_same_image_as_whole(contract_run(contract_device, more, 8));
    contract_job_destroy(&more);
}
END_TEST

START_TEST(a_location_alone_has_the_bits_it_has_beside_others)
{
    int64_t n_column = (int64_t)job->plan.n_classes * job->plan.n_times;
    contract_job alone = *job;
    alone.tile.n_locations = 1;
    for (int64_t i = 0; i < N_LOCATIONS; i++) {
        alone.tile.x_m = job->x_m + i;
        alone.tile.y_m = job->y_m + i;
        alone.tile.columns = pstm_columns_view(&job->tile.columns, i);
        contract_image image = contract_run(contract_device, &alone, 9);
        contract_image expected = contract_image_part(&whole, i * n_column, n_column);
        contract_assert_equal(&image, &expected);
        contract_image_free(&image);
    }
}
END_TEST

START_TEST(a_class_alone_has_the_bits_it_has_beside_others)
{
    contract_job alone = *job;
    alone.plan.n_classes = 1;
    alone.traces = calloc(N_TRACES, sizeof *alone.traces);
    alone.n_traces = 0;
    for (int64_t i = 0; i < N_TRACES; i++) {
        if (job->traces[i].class_index != 1) continue;
        alone.traces[alone.n_traces] = job->traces[i];
        alone.traces[alone.n_traces++].class_index = 0;
    }
    contract_image image = contract_run(contract_device, &alone, N_TRACES);
    int64_t n_times = job->plan.n_times;
    for (int64_t i = 0; i < N_LOCATIONS; i++) {
        int64_t in_whole = (i * job->plan.n_classes + 1) * n_times;
        contract_image column = contract_image_part(&image, i * n_times, n_times);
        contract_image expected = contract_image_part(&whole, in_whole, n_times);
        contract_assert_equal(&column, &expected);
    }
    contract_image_free(&image);
    free(alone.traces);
}
END_TEST

START_TEST(a_time_window_has_the_bits_of_the_whole_and_zeros_around)
{
    static const int32_t windows[][2] = {{17, 53}, {0, 1}, {489, 490}, {16, 32}, {40, 40}, {130, 475}};
    for (size_t w = 0; w < sizeof windows / sizeof windows[0]; w++) {
        contract_job part = *job;
        part.plan.k_begin = windows[w][0];
        part.plan.k_end = windows[w][1];
        contract_image image = contract_run(contract_device, &part, 6);
        contract_image expected = contract_run(contract_device, job, 6);
        for (int64_t i = 0; i < expected.n; i++) {
            int64_t k = i % job->plan.n_times;
            if (k >= part.plan.k_begin && k < part.plan.k_end) continue;
            expected.image[i] = 0;
            expected.fold[i] = 0;
            if (expected.faded != NULL) expected.faded[i] = 0;
        }
        contract_assert_equal(&image, &expected);
        contract_image_free(&image);
        contract_image_free(&expected);
    }
}
END_TEST

/* With fast_math as far as whole spans of 64 samples, of which the last needs the velocities two samples
 * behind it: those of another axis are another job. */
START_TEST(a_longer_time_axis_changes_no_sample_of_a_shorter_one)
{
    enum { SPAN = 64, BEHIND = 2 };
    static const int32_t lengths[] = {1, 17, 33, 145, 257, 451};
    for (size_t l = 0; l < sizeof lengths / sizeof lengths[0]; l++) {
        contract_job shorter = *job;
        const int32_t n_times = lengths[l],
                      n_equal = with.fast_math ? (n_times - 1 - BEHIND) / SPAN * SPAN : n_times;
        shorter.plan.n_times = shorter.plan.k_end = shorter.tile.columns.n_times = n_times;
        shorter.tile.n_locations = 1;
        contract_image image = contract_run(contract_device, &shorter, 10);
        for (int64_t i = 0; i < image.n; i++) {
            int64_t in_whole = i / n_times * job->plan.n_times + i % n_times;
            if (i % n_times < n_equal)
                ck_assert_msg(image.image[i] == whole.image[in_whole], "image[%lld]", (long long)i);
            ck_assert_uint_eq(image.fold[i], whole.fold[in_whole]);
        }
        contract_image_free(&image);
    }
}
END_TEST

START_TEST(one_velocity_column_for_all_gives_the_bits_of_full_columns)
{
    int32_t n_times = job->plan.n_times;
    for (int32_t i = 1; i < N_LOCATIONS; i++)
        memcpy(job->vrms_m_s + (int64_t)i * n_times, job->vrms_m_s, (size_t)n_times * sizeof(float));
    contract_image full = contract_run(contract_device, job, 20);
    job->tile.columns.one_column = true;
    contract_image one = contract_run(contract_device, job, 20);
    contract_assert_equal(&one, &full);
    contract_image_free(&one);
    contract_image_free(&full);
}
END_TEST

START_TEST(a_device_starts_each_tile_with_zeros)
{
    void *self = NULL;
    contract_must(contract_device->create(&job->plan, &self));
    contract_job smaller = *job;
    smaller.tile.n_locations = 3;
    contract_image first = contract_run_on(contract_device, self, &smaller, 4);
    contract_image second = contract_run_on(contract_device, self, job, 13);
    contract_image third = contract_run_on(contract_device, self, &smaller, 5);
    contract_assert_equal(&second, &whole);
    contract_assert_equal(&third, &first);
    contract_image_free(&first);
    contract_image_free(&second);
    contract_image_free(&third);
    contract_device->destroy(&self);
    contract_device->destroy(&self);
}
END_TEST

START_TEST(two_threads_give_the_bits_of_one)
{
    job->plan.n_threads = 2;
    assert_same_image_as_whole(contract_run(contract_device, job, 11));
}
END_TEST

/* A batch is borrowed for the call only: what the host does to it afterwards does not matter. */
START_TEST(the_host_may_reuse_a_batch_after_the_call)
{
    contract_image image = contract_run(contract_device, job, N_TRACES);
    void *self = NULL;
    contract_must(contract_device->create(&job->plan, &self));
    contract_must(contract_device->begin_tile(self, &job->tile));
    for (int64_t i = 0; i < N_TRACES; i += 5) {
        pstm_device_trace batch[5];
        memcpy(batch, job->traces + i, sizeof batch);
        contract_must(contract_device->add_batch(self, batch, 5));
        memset(batch, 0xff, sizeof batch);
        for (int64_t j = i; j < i + 5; j++)
            memset(contract_job_sample(job, j, 0), 0xff, (size_t)job->plan.n_samples * sizeof(float));
    }
    contract_must(contract_device->read_tile(self, &(pstm_sums){image.image, image.fold, image.faded}));
    contract_device->destroy(&self);
    assert_same_image_as_whole(image);
}
END_TEST

/* Coordinates in eighths of a metre are exact in double at any world origin. */
START_TEST(world_coordinates_give_the_bits_of_local_ones)
{
    contract_job *world = create(4, 10);
    for (int64_t i = 0; i < world->n_traces; i++) {
        pstm_device_trace *trace = &world->traces[i];
        trace->source_x_m = round(trace->source_x_m * 8) / 8;
        trace->source_y_m = round(trace->source_y_m * 8) / 8;
        trace->receiver_x_m = round(trace->receiver_x_m * 8) / 8;
        trace->receiver_y_m = round(trace->receiver_y_m * 8) / 8;
    }
    contract_image far = contract_run(contract_device, world, 10);
    for (int32_t i = 0; i < 4; i++) {
        world->x_m[i] -= 512345.25;
        world->y_m[i] -= 6712345.5;
    }
    for (int64_t i = 0; i < world->n_traces; i++) {
        pstm_device_trace *trace = &world->traces[i];
        trace->source_x_m -= 512345.25;
        trace->source_y_m -= 6712345.5;
        trace->receiver_x_m -= 512345.25;
        trace->receiver_y_m -= 6712345.5;
    }
    contract_image near = contract_run(contract_device, world, 10);
    contract_assert_equal(&near, &far);
    contract_image_free(&near);
    contract_image_free(&far);
    contract_job_destroy(&world);
}
END_TEST

/* A device may keep traces that have a key: from tile to tile, and beside those without; but not those of a
 * tile that was given up before they were summed. */
START_TEST(traces_with_a_key_give_the_same_bits_in_every_tile)
{
    void *self = NULL;
    contract_must(contract_device->create(&job->plan, &self));
    contract_must(contract_device->begin_tile(self, &job->tile));
    for (int64_t i = 0; i < N_TRACES; i++)
        job->traces[i].key = i % 5 == 0 ? 0 : ((int64_t)1 << 40) + i;
    contract_must(contract_device->add_batch(self, job->traces, N_TRACES / 2));
    static const int64_t batches[] = {N_TRACES, 4, 9};
    for (int i = 0; i < 3; i++) {
        contract_image image = contract_run_on(contract_device, self, job, batches[i]);
        contract_assert_equal(&image, &whole);
        contract_image_free(&image);
        for (int64_t k = 0; i == 1 && k < N_TRACES; k++) /* other traces, other keys */
            job->traces[k].key += job->traces[k].key > 0 ? N_TRACES : 0;
    }
    contract_device->destroy(&self);
}
END_TEST

/* The same promises where each block reads a copy of its own. */
START_TEST(antialias_keeps_all_of_these_bits)
{
    contract_job *levels = contract_job_create_antialias(N_LOCATIONS, N_TRACES);
    prepare(levels);
    contract_image all = contract_run(contract_device, levels, N_TRACES);
    static const int64_t batches[] = {1, 7};
    for (int i = 0; i < 2; i++) {
        levels->plan.n_threads = 1 + i;
        contract_image image = contract_run(contract_device, levels, batches[i]);
        contract_assert_equal(&image, &all);
        contract_image_free(&image);
    }
    int32_t n_times = levels->plan.n_times;
    int64_t n_column = (int64_t)levels->plan.n_classes * n_times;
    contract_job alone = *levels;
    alone.tile.n_locations = 1;
    alone.plan.k_begin = 21;
    alone.plan.k_end = 77;
    for (int64_t i = 0; i < N_LOCATIONS; i++) {
        alone.tile.x_m = levels->x_m + i;
        alone.tile.y_m = levels->y_m + i;
        alone.tile.columns = pstm_columns_view(&levels->tile.columns, i);
        contract_image image = contract_run(contract_device, &alone, 9);
        for (int64_t s = 0; s < n_column; s++) {
            bool in_window = s % n_times >= 21 && s % n_times < 77;
            ck_assert(image.image[s] == (in_window ? all.image[i * n_column + s] : 0));
            ck_assert_uint_eq(image.fold[s], in_window ? all.fold[i * n_column + s] : 0);
        }
        contract_image_free(&image);
    }
    contract_image_free(&all);
    contract_job_destroy(&levels);
}
END_TEST

static void add_case(Suite *suite, const char *name, SFun set_up)
{
    TCase *tests = tcase_create(name);
    tcase_add_checked_fixture(tests, set_up, teardown);
    tcase_add_test(tests, the_job_of_these_tests_has_something_in_every_class);
    tcase_add_test(tests, batches_of_any_size_give_the_same_bits);
    tcase_add_test(tests, empty_batches_change_nothing);
    tcase_add_test(tests, traces_without_a_live_window_change_nothing);
    tcase_add_test(tests, a_location_alone_has_the_bits_it_has_beside_others);
    tcase_add_test(tests, a_class_alone_has_the_bits_it_has_beside_others);
    tcase_add_test(tests, a_time_window_has_the_bits_of_the_whole_and_zeros_around);
    tcase_add_test(tests, a_longer_time_axis_changes_no_sample_of_a_shorter_one);
    tcase_add_test(tests, one_velocity_column_for_all_gives_the_bits_of_full_columns);
    tcase_add_test(tests, a_device_starts_each_tile_with_zeros);
    tcase_add_test(tests, two_threads_give_the_bits_of_one);
    tcase_add_test(tests, the_host_may_reuse_a_batch_after_the_call);
    tcase_add_test(tests, world_coordinates_give_the_bits_of_local_ones);
    tcase_add_test(tests, traces_with_a_key_give_the_same_bits_in_every_tile);
    tcase_add_test(tests, antialias_keeps_all_of_these_bits);
    suite_add_tcase(suite, tests);
}

/* Each law with each weight, and each of both with and without fast_math: all pairs of entries. */
_Static_assert(PSTM_LAWS >= 2 && PSTM_WEIGHTS >= 2, "by turns, each entry meets both");
void contract_bits_cases(Suite *suite)
{
#define ADD_CASE(LAW, WEIGHT, ...)                                                                           \
    if ((PSTM_LAW_##LAW + PSTM_WEIGHT_##WEIGHT) % 2 == 0)                                                    \
        add_case(suite, "bits, " #LAW " " #WEIGHT, setup_##LAW##_##WEIGHT);                                  \
    else                                                                                                     \
        add_case(suite, "bits with fast_math, " #LAW " " #WEIGHT, setup_fast_##LAW##_##WEIGHT);
#define ADD_CASES_OF_LAW(A, LAW, ...) PSTM_WEIGHT_LIST(ADD_CASE, LAW)
    PSTM_LAW_LIST(ADD_CASES_OF_LAW, )
}
