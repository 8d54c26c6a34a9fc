/* The kernel of groups on a GPU, against the reference, the kernel of single locations and itself: tiles of a
 * lattice with one column, with and without all that a group may meet. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract_job.h"
#include "device/device.h"
#include "tests/check/suite.h"

/* Against the reference, on noise that is nearly white. */
#define NRMS_LIMIT 3e-4

/* Part of the folds that may differ from the reference's by one: arrivals within a rounding of a live
 * window's end. */
#define UNDECIDED 1e-5

enum { JOBS = 24, MOST_ALONG = 70, MOST_ACROSS = 4 };

typedef struct lattice_job {
    contract_job *job;
    int32_t n[2];
    pstm_lattice lattice;
} lattice_job;

static int32_t one_of(uint64_t *state, int32_t n)
{
    return (int32_t)(contract_random(state) * n);
}

/* Part [first, first + n) of the lattice. */
static void take_part(lattice_job *l, int32_t first_i, int32_t n_i, int32_t first_j, int32_t n_j)
{
    contract_job *job = l->job;
    pstm_lattice *lattice = &job->tile.lattice;
    *lattice = l->lattice;
    lattice->first[0] += first_i, lattice->first[1] += first_j;
    lattice->n[0] = n_i, lattice->n[1] = n_j;
    job->tile.n_locations = n_i * n_j;
    for (int32_t i = 0; i < n_i; i++)
        for (int32_t j = 0; j < n_j; j++) {
            const double a = lattice->first[0] + i, b = lattice->first[1] + j;
            job->x_m[i * n_j + j] =
                lattice->origin_m[0] + (a * lattice->step_m[0][0] + b * lattice->step_m[1][0]);
            job->y_m[i * n_j + j] =
                lattice->origin_m[1] + (a * lattice->step_m[0][1] + b * lattice->step_m[1][1]);
        }
}

static void place_lattice(uint64_t *state, lattice_job *l)
{
    static const double steps_m[] = {12.5, 25, 12.5, 6.25};
    const int along = one_of(state, 2);
    const double step_m = steps_m[one_of(state, 4)], across_m = step_m * (1 + one_of(state, 2));
    const double azimuth = one_of(state, 2) == 0 ? 0 : 2 * M_PI * contract_random(state);
    pstm_lattice *lattice = &l->lattice;
    l->n[along] = 5 + one_of(state, MOST_ALONG - 5);
    l->n[1 - along] = 1 + one_of(state, MOST_ACROSS);
    lattice->first[0] = one_of(state, 50), lattice->first[1] = one_of(state, 50);
    lattice->n[0] = l->n[0], lattice->n[1] = l->n[1];
    lattice->origin_m[0] = 512345.25, lattice->origin_m[1] = 6712345.5;
    lattice->step_m[along][0] = step_m * cos(azimuth), lattice->step_m[along][1] = step_m * sin(azimuth);
    lattice->step_m[1 - along][0] = -across_m * sin(azimuth);
    lattice->step_m[1 - along][1] = across_m * cos(azimuth);
    if (l->n[1 - along] == 1) lattice->step_m[1 - along][0] = lattice->step_m[1 - along][1] = 0;
}

static void place_traces(uint64_t *state, const lattice_job *l)
{
    const contract_job *job = l->job;
    const double late_s = one_of(state, 3) == 0 ? 0.3 : 0;
    for (int64_t i = 0; i < job->n_traces; i++) {
        pstm_device_trace *trace = &job->traces[i];
        const int32_t at = one_of(state, job->tile.n_locations);
        double *const ends_m[] = {&trace->source_x_m, &trace->source_y_m, &trace->receiver_x_m,
                                  &trace->receiver_y_m};
        for (int e = 0; e < 4; e++)
            *ends_m[e] = (e % 2 == 0 ? job->x_m[at] : job->y_m[at]) + 1600 * (contract_random(state) - 0.5);
        trace->start_s = late_s * (contract_random(state) - 0.5);
        trace->key = i + 1;
    }
}

static lattice_job create_with(uint64_t seed, int64_t n_traces)
{
    uint64_t state = seed * 0x9e3779b97f4a7c15ULL + 1;
    lattice_job l = {0};
    for (int i = 0; i < 8; i++)
        contract_random(&state);
    const double step_s = one_of(&state, 3) == 0 ? 0.004 : 0.002;
    const int32_t n_times = 400 + one_of(&state, 620);
    l.job = contract_job_create_axes(MOST_ALONG * MOST_ACROSS, n_traces, 1500, 0.002, n_times, step_s);
    pstm_device_plan *plan = &l.job->plan;
    plan->fast_math = true;
    plan->n_classes = 1 + one_of(&state, 3);
    plan->aperture_m = 600 + 1200 * contract_random(&state);
    plan->aperture_taper = one_of(&state, 2) == 0 ? 0 : 0.3;
    if (one_of(&state, 3) == 0) plan->aperture_tan = INFINITY;
    l.job->tile.columns.one_column = true;
    for (int64_t i = 0; i < l.job->n_traces; i++)
        l.job->traces[i].class_index = (int32_t)(i % plan->n_classes);
    /* One in five by each law in turn: groups leave those that bend to the kernel of single locations. */
    const pstm_law law = (pstm_law)(seed % 5 == 0 ? seed / 5 % PSTM_LAWS : 0);
    contract_job_set_formulas(l.job, law, (pstm_weight)(seed % PSTM_WEIGHTS));
    place_lattice(&state, &l);
    take_part(&l, 0, l.n[0], 0, l.n[1]);
    place_traces(&state, &l);
    return l;
}

static lattice_job create(uint64_t seed)
{
    return create_with(seed, 50);
}

/* Adds what the device counts to *times; NULL: that is not asked. */
static contract_image run_counted(const lattice_job *l, const char *groups, int64_t n_batch,
                                  pstm_device_times *times)
{
    void *self = NULL;
    setenv("PSTM_CUDA_GROUPS", groups, 1);
    contract_must(pstm_device_cuda.create(&l->job->plan, &self));
    contract_image image = contract_run_on(&pstm_device_cuda, self, l->job, n_batch);
    if (times != NULL) pstm_device_cuda.times(self, times);
    pstm_device_cuda.destroy(&self);
    unsetenv("PSTM_CUDA_GROUPS");
    return image;
}

static contract_image run(const lattice_job *l, const char *groups, int64_t n_batch)
{
    return run_counted(l, groups, n_batch, NULL);
}

/* Sums that differ in any bit. */
static int64_t count_different(const contract_image *a, const contract_image *b)
{
    int64_t n = 0;
    for (int64_t i = 0; i < a->n; i++)
        n += memcmp(&a->image[i], &b->image[i], sizeof *a->image) != 0;
    return n;
}

START_TEST(groups_make_the_image_and_the_fold_of_reference_and_single_locations)
{
    lattice_job l = create((uint64_t)_i);
    contract_image image = run(&l, "on", 50), single = run(&l, "off", 50);
    contract_image reference = contract_run(&pstm_device_reference, l.job, 50);
    int64_t undecided = 0;
    for (int64_t i = 0; i < image.n; i++) {
        ck_assert_msg(image.fold[i] == single.fold[i], "job %d: fold[%lld] is %u, not %u", _i, (long long)i,
                      image.fold[i], single.fold[i]);
        undecided += image.fold[i] != reference.fold[i];
    }
    const double nrms = contract_nrms(&image, &reference), of_single = contract_nrms(&single, &reference);
    printf(
        "job %d: %d x %d, %d of %lld sums by groups, NRMS %.2e (single locations %.2e), undecided folds %d\n",
        _i, l.n[0], l.n[1], (int)count_different(&image, &single), (long long)image.n, nrms, of_single,
        (int)undecided);
    ck_assert_msg(nrms < NRMS_LIMIT, "job %d: NRMS %.3g", _i, nrms);
    ck_assert(undecided <= UNDECIDED * (double)image.n);
    contract_image_free(&image);
    contract_image_free(&single);
    contract_image_free(&reference);
    contract_job_destroy(&l.job);
}
END_TEST

/* Location (i, j) of class c in an image of n_j locations across. */
static int64_t place_of(const lattice_job *l, int32_t n_j, int32_t i, int32_t j, int32_t c)
{
    return (((int64_t)i * n_j + j) * l->job->plan.n_classes + c) * l->job->plan.n_times;
}

START_TEST(any_tile_window_and_batch_gives_the_bits_of_the_whole)
{
    lattice_job l = create((uint64_t)_i);
    uint64_t state = (uint64_t)_i + 99;
    contract_image whole = run(&l, "on", 50);
    for (int part = 0; part < 4; part++) {
        const int32_t i0 = one_of(&state, l.n[0]), n_i = 1 + one_of(&state, l.n[0] - i0);
        const int32_t j0 = one_of(&state, l.n[1]), n_j = 1 + one_of(&state, l.n[1] - j0);
        const int32_t n_times = l.job->plan.n_times, k_begin = one_of(&state, n_times),
                      k_end = k_begin + 1 + one_of(&state, n_times - k_begin);
        take_part(&l, i0, n_i, j0, n_j);
        l.job->plan.k_begin = part % 2 ? k_begin : 0, l.job->plan.k_end = part % 2 ? k_end : n_times;
        contract_image image = run(&l, "on", 1 + one_of(&state, 20));
        for (int32_t s = 0; s < n_i * n_j * l.job->plan.n_classes; s++) {
            const int32_t c = s % l.job->plan.n_classes, at = s / l.job->plan.n_classes;
            const int64_t in_part = place_of(&l, n_j, at / n_j, at % n_j, c);
            const int64_t in_whole = place_of(&l, l.n[1], i0 + at / n_j, j0 + at % n_j, c);
            for (int32_t k = l.job->plan.k_begin; k < l.job->plan.k_end; k++) {
                ck_assert_msg(memcmp(&image.image[in_part + k], &whole.image[in_whole + k], sizeof(float)) ==
                                  0,
                              "job %d, part %d, location %d, sample %d: %.9g and %.9g", _i, part, at, k,
                              image.image[in_part + k], whole.image[in_whole + k]);
                ck_assert_uint_eq(image.fold[in_part + k], whole.fold[in_whole + k]);
            }
        }
        contract_image_free(&image);
    }
    contract_image_free(&whole);
    contract_job_destroy(&l.job);
}
END_TEST

/* Turns of a launch (gpu/cuda_turns.inc) wait for each other. With room for few traces on the GPU launches
 * are too small to have several. */
START_TEST(turns_of_a_launch_give_the_bits_of_small_launches)
{
    lattice_job l = create_with((uint64_t)_i, 5000);
    contract_image turns = run(&l, "on", 1000);
    setenv("PSTM_CUDA_CACHE_MIB", "1", 1);
    contract_image small = run(&l, "on", 1000);
    unsetenv("PSTM_CUDA_CACHE_MIB");
    contract_assert_equal(&turns, &small);
    contract_image_free(&turns);
    contract_image_free(&small);
    contract_job_destroy(&l.job);
}
END_TEST

/* A test in which groups take nothing, or one of their paths is never gone, would pass. */
START_TEST(groups_take_much_of_these_jobs_by_each_of_their_paths_and_count_it)
{
    int64_t different = 0, all = 0;
    pstm_device_times all_times = {0};
    for (int seed = 0; seed < JOBS; seed++) {
        lattice_job l = create((uint64_t)seed);
        pstm_device_times times = {0};
        contract_image image = run_counted(&l, "on", 50, &times), single = run(&l, "off", 50);
        double fold = 0, counted = 0;
        for (int64_t i = 0; i < image.n; i++)
            fold += image.fold[i];
        for (int kernel = 0; kernel < PSTM_DEVICE_KERNELS; kernel++)
            counted += times.contributions[kernel];
        ck_assert_double_eq(counted, fold);
        pstm_device_times_add(&all_times, &times);
        different += count_different(&image, &single), all += image.n;
        contract_image_free(&image);
        contract_image_free(&single);
        contract_job_destroy(&l.job);
    }
    printf("%lld of %lld sums by groups\n", (long long)different, (long long)all);
    ck_assert_int_gt(different, all / 5);
    for (int kernel = 0; kernel < PSTM_DEVICE_KERNELS; kernel++)
        ck_assert_msg(all_times.contributions[kernel] > 0, "kernel %d of device_times.h makes nothing",
                      kernel);
    for (int meeting = 0; meeting < PSTM_DEVICE_MEETINGS; meeting++)
        ck_assert_msg(all_times.meetings[meeting] > 0, "path %d of device_times.h is never gone", meeting);
}
END_TEST

Suite *pstm_test_suite(void)
{
    pstm_device_info info;
    const char *required = getenv("PSTM_REQUIRE_GPU");
    if (pstm_device_cuda.probe(&info) != PSTM_OK && (required == NULL || strcmp(required, "1") != 0)) {
        printf("skipped: %s\n", pstm_error_text());
        return NULL;
    }
    /* A forked test cannot use the CUDA that its parent set up in probe(). */
    setenv("CK_FORK", "no", 1);
    TCase *tests = tcase_create("groups");
    tcase_add_test(tests, groups_take_much_of_these_jobs_by_each_of_their_paths_and_count_it);
    tcase_add_loop_test(tests, groups_make_the_image_and_the_fold_of_reference_and_single_locations, 0, JOBS);
    tcase_add_loop_test(tests, any_tile_window_and_batch_gives_the_bits_of_the_whole, 0, JOBS);
    tcase_add_loop_test(tests, turns_of_a_launch_give_the_bits_of_small_launches, 0, 4);
    Suite *suite = suite_create("cuda groups");
    suite_add_tcase(suite, tests);
    return suite;
}
