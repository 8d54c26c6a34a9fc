/* Counts past 2^31 values in a cube that is nearly all holes. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "core/memory.h"
#include "cube_fixture.h"
#include "tests/check/mpi.h"

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
    ok(pstm_cube_digest_column(cube, &record, &now));
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

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("huge cube");
    TCase *tests = tcase_create("cube");
    tcase_add_test(tests, a_cube_of_more_values_than_31_bits_count);
    suite_add_tcase(suite, tests);
    return suite;
}
