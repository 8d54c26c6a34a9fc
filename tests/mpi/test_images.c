/* Several images of one survey: headers are read and traces conditioned once, and each cube is bit for bit
 * that of its own run. The images differ in velocity, so that they need different numbers of antialias
 * copies. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "core/memory.h"
#include "io/cube/cube.h"
#include "job/job.h"
#include "mpi/run/run.h"
#include "qc/survey_files.h"
#include "tests/check/mpi.h"

enum { N_IMAGES = 2, MOST_SETTINGS = 12, MOST_SAID = 1 << 16 };

static char folder[64];
static char said[MOST_SAID]; /* rank 0: to standard error by the last run */

/* ---- runs -------------------------------------------------------------------------------------------- */

static char *in_folder(const char *name, char path[128])
{
    snprintf(path, 128, "%s/%s", folder, name);
    return path;
}

/* An image of this name with a velocity scale, and one more setting or NULL. */
static pstm_job *read_job(const char *name, const char *scale, const char *more)
{
    pstm_job *job = NULL;
    char path[128], cube[160], velocity[64];
    snprintf(cube, sizeof cube, "output.file=%s/%s.h5", folder, name);
    snprintf(velocity, sizeof velocity, "velocity.scale=%s", scale);
    const char *settings[MOST_SETTINGS] = {
        cube, velocity, "devices=cpu", "threads=1", "migrate.antialias=bank", "memory=400 MiB"};
    const size_t n = more == NULL ? 6 : 7;
    settings[6] = more;
    const pstm_status status = pstm_job_read(in_folder("survey/job.yaml", path), settings, n, &job);
    if (status != PSTM_OK) fprintf(stderr, "%s\n", pstm_error_text());
    return job;
}

static pstm_status run_jobs(pstm_job **jobs, int n_jobs, const pstm_run_options *options)
{
    const pstm_job *borrowed[N_IMAGES] = {jobs[0], n_jobs > 1 ? jobs[1] : NULL};
    return pstm_run_images(MPI_COMM_WORLD, borrowed, n_jobs, options);
}

/* Runs the jobs, which it frees, and keeps what rank 0 says. Collective. */
static pstm_status run_with(pstm_job **jobs, int n_jobs, double max_s)
{
    char path[128];
    const pstm_run_options options = {.quiet = true, .max_s = max_s, .version = "test", .commit = "test"};
    fflush(stderr);
    const int kept = dup(STDERR_FILENO);
    const int log =
        open(in_folder(rank == 0 ? "said" : "said-elsewhere", path), O_RDWR | O_CREAT | O_TRUNC, 0600);
    dup2(log, STDERR_FILENO);
    const pstm_status status = run_jobs(jobs, n_jobs, &options);
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    const ssize_t n = pread(log, said, MOST_SAID - 1, 0);
    said[n > 0 ? n : 0] = '\0';
    close(log);
    if (status != PSTM_OK && rank == 0) fprintf(stderr, "  (%s)\n", pstm_error_text());
    for (int i = 0; i < n_jobs; i++)
        pstm_job_destroy(&jobs[i]);
    return status;
}

static pstm_status run_alone(const char *name, const char *scale, const char *more)
{
    pstm_job *job = read_job(name, scale, more);
    return run_with(&job, 1, 0);
}

/* The second image has the lower velocities, so that it needs more copies. */
static pstm_status run_both(const char *first, const char *second, const char *more)
{
    pstm_job *jobs[N_IMAGES] = {read_job(first, "1", more), read_job(second, "0.6", more)};
    return run_with(jobs, N_IMAGES, 0);
}

static int times_said(const char *words)
{
    int n = 0;
    for (const char *at = strstr(said, words); at != NULL; at = strstr(at + 1, words))
        n++;
    return n;
}

/* ---- cubes ------------------------------------------------------------------------------------------- */

static float *read_stack(const char *name, int64_t *n, char checksum[17], int *n_levels)
{
    char path[128], file[64];
    pstm_cube *cube = NULL;
    float *stack = NULL;
    snprintf(file, sizeof file, "%s.h5", name);
    if (pstm_cube_open_read(in_folder(file, path), &cube) != PSTM_OK) return NULL;
    const pstm_cube_about *about = pstm_cube_get_about(cube);
    const pstm_grid *grid = &about->grid;
    const pstm_cube_range all = {0, grid->n_inline, 0, grid->n_crossline, 0, 1, 0, grid->n_times};
    const char *levels = strstr(about->image_key_text, "levels: ");
    *n_levels = levels == NULL ? 0 : atoi(levels + 8);
    *n = (int64_t)grid->n_inline * grid->n_crossline * grid->n_times;
    strcpy(checksum, pstm_cube_get_state(cube).checksum);
    if (PSTM_NEW(&stack, *n, "a stack") == PSTM_OK &&
        pstm_cube_read(cube, PSTM_CUBE_STACK, &all, stack) != PSTM_OK)
        PSTM_FREE(&stack);
    return pstm_cube_close(&cube) == PSTM_OK ? stack : NULL;
}

/* Whether two cubes are equal in every bit of all datasets, of which the checksum tells, and not empty. Only
 * rank 0 looks; the others agree. */
static bool are_equal(const char *a, const char *b)
{
    if (rank != 0) return true;
    int64_t n_a = 0, n_b = 0;
    int levels_a, levels_b;
    char checksum_a[17] = "", checksum_b[17] = "";
    float *stack_a = read_stack(a, &n_a, checksum_a, &levels_a);
    float *stack_b = read_stack(b, &n_b, checksum_b, &levels_b);
    bool equal = stack_a != NULL && stack_b != NULL && n_a == n_b && levels_a == levels_b &&
                 strcmp(checksum_a, checksum_b) == 0 && checksum_a[0] != '\0' &&
                 memcmp(stack_a, stack_b, (size_t)n_a * sizeof *stack_a) == 0;
    double energy = 0;
    for (int64_t i = 0; equal && i < n_a; i++)
        energy += (double)stack_a[i] * stack_a[i];
    PSTM_FREE(&stack_a);
    PSTM_FREE(&stack_b);
    return equal && energy > 0;
}

static int levels_of(const char *name)
{
    int64_t n;
    int n_levels = 0;
    char checksum[17];
    float *stack = rank == 0 ? read_stack(name, &n, checksum, &n_levels) : NULL;
    PSTM_FREE(&stack);
    MPI_Bcast(&n_levels, 1, MPI_INT, 0, MPI_COMM_WORLD);
    return n_levels;
}

/* ---- tests ------------------------------------------------------------------------------------------- */

static void make_own_runs(void)
{
    static bool made;
    if (made) return;
    made = true;
    ck_assert(everywhere(run_alone("own-1", "1", NULL) == PSTM_OK));
    ck_assert(everywhere(run_alone("own-2", "0.6", NULL) == PSTM_OK));
}

START_TEST(two_images_of_one_store_are_bit_equal_to_their_own_runs)
{
    make_own_runs();
    ck_assert(everywhere(run_both("both-1", "both-2", NULL) == PSTM_OK));
    ck_assert(everywhere(rank > 0 || times_said("conditioning ") == 1));
    ck_assert(everywhere(rank > 0 || times_said("reusing conditioned traces") == 0));
    ck_assert(everywhere(rank > 0 || times_said("; wavelet filter ") == 1)); /* headers are read once */
    ck_assert(everywhere(rank > 0 || times_said("image checksum ") == N_IMAGES));
    ck_assert(everywhere(are_equal("both-1", "own-1")));
    ck_assert(everywhere(are_equal("both-2", "own-2")));
    ck_assert(everywhere(rank > 0 || !are_equal("both-1", "both-2")));
    ck_assert_int_gt(levels_of("own-2"), levels_of("own-1"));
}
END_TEST

/* One reads the plain traces of a store that has the other's copies too. */
START_TEST(images_with_other_weights_copies_and_classes_are_bit_equal_to_their_own_runs)
{
    static const char plain[] = "migrate={weight: none, antialias: off, aperture: {angle: 40}}";
    static const char classes[] = "offsets={first: 100, step: 200, n: 3}";
    pstm_job *jobs[N_IMAGES] = {read_job("plain", "1", plain), read_job("classes", "0.6", classes)};
    ck_assert(everywhere(run_with(jobs, N_IMAGES, 0) == PSTM_OK));
    ck_assert(everywhere(rank > 0 || times_said("conditioning ") == 1));
    ck_assert(everywhere(run_alone("own-plain", "1", plain) == PSTM_OK));
    ck_assert(everywhere(run_alone("own-classes", "0.6", classes) == PSTM_OK));
    ck_assert(everywhere(are_equal("plain", "own-plain")));
    ck_assert(everywhere(are_equal("classes", "own-classes")));
    ck_assert_int_eq(levels_of("plain"), 1);
    ck_assert_int_gt(levels_of("classes"), 1);
}
END_TEST

START_TEST(an_image_that_was_begun_with_others_goes_on_by_itself)
{
    make_own_runs();
    ck_assert(everywhere(run_both("begun-1", "begun-2", "target.tiles=[0, 1]") == PSTM_OK));
    ck_assert(everywhere(run_alone("begun-1", "1", NULL) == PSTM_OK));
    ck_assert(everywhere(rank > 0 || times_said("2 tiles were finished by an earlier run") == 1));
    ck_assert(everywhere(are_equal("begun-1", "own-1")));
    ck_assert(everywhere(run_alone("begun-2", "0.6", NULL) == PSTM_OK));
    ck_assert(everywhere(are_equal("begun-2", "own-2")));
}
END_TEST

START_TEST(an_image_that_was_begun_by_itself_goes_on_with_others)
{
    make_own_runs();
    ck_assert(everywhere(run_alone("joined-1", "1", "target.tiles=[0, 1]") == PSTM_OK));
    ck_assert(everywhere(run_both("joined-1", "joined-2", NULL) == PSTM_OK));
    ck_assert(everywhere(rank > 0 || times_said("2 tiles were finished by an earlier run") == 1));
    ck_assert(everywhere(are_equal("joined-1", "own-1")));
    ck_assert(everywhere(are_equal("joined-2", "own-2")));
}
END_TEST

START_TEST(a_run_that_is_stopped_leaves_the_later_images_for_the_next_one)
{
    static const double NO_TIME_S = 1e-3;
    make_own_runs();
    pstm_job *jobs[N_IMAGES] = {read_job("late-1", "1", NULL), read_job("late-2", "0.6", NULL)};
    ck_assert(everywhere(run_with(jobs, N_IMAGES, NO_TIME_S) == PSTM_STOPPED));
    ck_assert(everywhere(rank > 0 || times_said("image checksum ") == 1)); /* the second was not begun */
    ck_assert(everywhere(run_both("late-1", "late-2", NULL) == PSTM_OK));
    ck_assert(everywhere(rank > 0 || times_said("reusing conditioned traces") == 1));
    ck_assert(everywhere(are_equal("late-1", "own-1")));
    ck_assert(everywhere(are_equal("late-2", "own-2")));
}
END_TEST

START_TEST(images_of_other_traces_are_refused_with_the_key_that_differs)
{
    pstm_job *jobs[N_IMAGES] = {read_job("agc-1", "1", NULL), read_job("agc-2", "1", "condition.agc=0.1")};
    ck_assert(everywhere(run_with(jobs, N_IMAGES, 0) == PSTM_USAGE));
    ck_assert(everywhere(strstr(pstm_error_text(), "condition.agc") != NULL));
    pstm_job *files[N_IMAGES] = {read_job("file-1", "1", NULL),
                                 read_job("file-2", "1", "input.segy=[other.sgy]")};
    ck_assert(everywhere(run_with(files, N_IMAGES, 0) == PSTM_USAGE));
    ck_assert(everywhere(strstr(pstm_error_text(), "other.sgy in this one") != NULL));
}
END_TEST

/* ---- the survey -------------------------------------------------------------------------------------- */

/* Rank 0 makes it; the name of the folder goes to all. */
static bool make_survey(void)
{
    char path[128];
    pstm_synth synth;
    strcpy(folder, "/tmp/pstm-images-XXXXXX");
    if (mkdtemp(folder) == NULL || pstm_synth_preset("diffractor", &synth) != PSTM_OK) return false;
    pstm_acquisition_randomise(&synth.acquisition, 300);
    synth.grid.n_inline = 40;
    synth.grid.n_crossline = 24;
    synth.grid.step_inline_m = synth.grid.step_crossline_m = 40;
    synth.grid.n_times = 60;
    synth.grid.time_step_s = 0.008;
    pstm_grid_prepare(&synth.grid);
    return pstm_survey_write(&synth, 5, in_folder("survey", path), false) == PSTM_OK;
}

static void remove_folder(void)
{
    char command[160];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (rank == 0 && system(command) != 0) fprintf(stderr, "%s stays\n", folder);
}

Suite *pstm_test_suite(void)
{
    int made = rank > 0 || make_survey();
    if (rank == 0 && !made) fprintf(stderr, "%s\n", pstm_error_text());
    MPI_Bcast(folder, sizeof folder, MPI_CHAR, 0, MPI_COMM_WORLD);
    if (!everywhere(made)) return NULL;
    atexit(remove_folder);
    pstm_log_setup("", rank, 0);
    Suite *suite = suite_create("images");
    TCase *tests = tcase_create("images");
    tcase_set_timeout(tests, 100);
    tcase_add_test(tests, two_images_of_one_store_are_bit_equal_to_their_own_runs);
    tcase_add_test(tests, images_with_other_weights_copies_and_classes_are_bit_equal_to_their_own_runs);
    tcase_add_test(tests, an_image_that_was_begun_with_others_goes_on_by_itself);
    tcase_add_test(tests, an_image_that_was_begun_by_itself_goes_on_with_others);
    tcase_add_test(tests, a_run_that_is_stopped_leaves_the_later_images_for_the_next_one);
    tcase_add_test(tests, images_of_other_traces_are_refused_with_the_key_that_differs);
    suite_add_tcase(suite, tests);
    return suite;
}
