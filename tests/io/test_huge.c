/* Counts beyond 2^31, in sparse files: traces of a SEG-Y file, values of a cube. Skipped where a file cannot
 * be so large. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../leaks.h"
#include "core/memory.h"
#include "cube_fixture.h"
#include "segy_made.h"

static const int64_t MANY_TRACES = ((int64_t)1 << 31) + 10;

/* The file grows to many traces that are holes; the last one is a copy of the first with another source. */
static bool grow(made_file *made)
{
    const int descriptor = open(made->path, O_RDWR | O_CLOEXEC);
    const off_t last = (off_t)made->first_trace + (off_t)((MANY_TRACES - 1) * (int64_t)made->trace_bytes);
    const bool grown = ftruncate(descriptor, last + (off_t)made->trace_bytes) == 0;
    if (!grown) printf("skipped: no file of %lld bytes here (%s)\n", (long long)last, strerror(errno));
    made_set(made, made_trace(made, 0), 73, 4, 4321);
    made_samples(made, 0)[1] = 7;
    if (grown)
        ck_assert_int_eq(pwrite(descriptor, made_trace(made, 0), made->trace_bytes, last),
                         (ssize_t)made->trace_bytes);
    close(descriptor);
    return grown;
}

START_TEST(a_segy_file_of_more_traces_than_31_bits_count)
{
    const made_spec spec = {.revision = 1, .format = 8, .n_samples = 3, .interval_us = 2000, .n_traces = 1};
    const pstm_job_input how = {.use_delay = true};
    made_file made = make_file(&spec);
    pstm_segy *file = NULL;
    ok(open_made(&made, &how, &file));
    pstm_segy_close(&file);
    if (grow(&made)) {
        pstm_trace trace;
        float samples[3];
        ok(pstm_segy_open(made.path, &how, &file));
        ck_assert_int_eq(pstm_segy_n_traces(file), MANY_TRACES);
        ok(pstm_segy_read_headers(file, 0, MANY_TRACES - 1, 1, &trace, NULL));
        ck_assert_int_eq(trace.number, MANY_TRACES - 1);
        ck_assert(trace.source_x_m == 4321);
        ok(pstm_segy_read_samples(file, MANY_TRACES - 1, 1, samples, 3));
        ck_assert(samples[1] == 7);
        pstm_segy_close(&file);
    }
    remove_made(&made);
}
END_TEST

/* 2,053 x 2,048 locations x 1,000 times of /stack are 4.2e9 values, 16.8 GB; the last column alone has room.
 */
START_TEST(a_cube_of_more_values_than_31_bits_count)
{
    char folder[64], path[96];
    fixture_folder_make(folder);
    snprintf(path, sizeof path, "%s/cube.h5", folder);
    pstm_cube_about about = fixture_about();
    about.grid.n_inline = 2053;
    about.grid.n_crossline = 2048;
    about.grid.n_times = about.k_end = 1000;
    about.gathers = about.fold = false;
    const pstm_cube_area last = {2048, 2053, 2032, 2048};
    enum { VALUES = 5 * 16 * 1000 };
    float *stack = NULL, read[3];
    ok(PSTM_NEW(&stack, VALUES, "the last column"));
    for (int i = 0; i < VALUES; i++)
        stack[i] = (float)i;
    ok(pstm_cube_create(path, &about, &last, 1, NULL));
    struct stat size;
    ck_assert_int_eq(stat(path, &size), 0);
    ck_assert_msg(size.st_size > (off_t)16 << 30 || size.st_size > 4 * ((int64_t)2053 * 2048 * 1000),
                  "%lld bytes", (long long)size.st_size);
    ck_assert_msg(size.st_blocks * 512 < (int64_t)1 << 30, "%lld blocks are not sparse",
                  (long long)size.st_blocks);
    pstm_cube *cube = NULL;
    pstm_journal_record record, now;
    ok(pstm_cube_open_write(path, &cube));
    ok(pstm_cube_write_tile(cube, &(pstm_cube_tile){.area = last, .stack = stack}, &record));
    ok(pstm_cube_sync(cube));
    ok(pstm_cube_digest_column(cube, 128, 127, &now));
    ck_assert_mem_eq(&record, &now, sizeof now);
    ok(pstm_cube_read(cube, PSTM_CUBE_STACK, &(pstm_cube_range){2052, 2053, 2047, 2048, 0, 1, 997, 1000},
                      read));
    for (int k = 0; k < 3; k++)
        ck_assert(read[k] == (float)(VALUES - 3 + k));
    ok(pstm_cube_close(&cube));
    PSTM_FREE(&stack);
    fixture_folder_remove(folder);
}
END_TEST

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    Suite *suite = suite_create("huge");
    TCase *tests = tcase_create("huge");
    tcase_add_test(tests, a_segy_file_of_more_traces_than_31_bits_count);
    tcase_add_test(tests, a_cube_of_more_values_than_31_bits_count);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    check_leaks_before_finalize();
    MPI_Finalize();
    return failed == 0 ? 0 : 1;
}
