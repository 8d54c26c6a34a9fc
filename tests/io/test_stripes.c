/* Stripes of a cube, and where its chunks begin. MPI_File_open() stands here before that of the MPI library,
 * to see what it is asked for. */
#include <hdf5.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cube_fixture.h"
#include "io/cube/cube.h"
#include "tests/check/mpi.h"

static char folder[64], path[128];
static int n_made; /* files that were made by MPI-IO */
static char hints[4][32];
static const char *const names[4] = {"striping_factor", "stripe_width", "striping_unit", "stripe_size"};

int MPI_File_open(MPI_Comm comm, const char *name, int mode, MPI_Info info, MPI_File *file)
{
    if ((mode & MPI_MODE_CREATE) != 0) {
        n_made++;
        for (int i = 0; i < 4; i++) {
            int found;
            MPI_Info_get(info, names[i], sizeof hints[i] - 1, hints[i], &found);
            if (!found) hints[i][0] = '\0';
        }
    }
    return PMPI_File_open(comm, name, mode, info, file);
}

static void setup(void)
{
    fixture_folder_make(folder);
    snprintf(path, sizeof path, "%s/cube.h5", folder);
    n_made = 0;
}

static void teardown(void)
{
    fixture_folder_remove(folder);
}

static void assert_hints(const char *n, const char *bytes)
{
    ck_assert_int_eq(n_made, 1);
    for (int i = 0; i < 4; i++)
        ck_assert_str_eq(hints[i], i < 2 ? n : bytes);
}

START_TEST(a_striped_cube_is_made_with_the_hints_of_both_mpi_ios)
{
    const pstm_cube_about about = fixture_about();
    ok(pstm_cube_create(path, &about, NULL, 0, &(pstm_stripes){.n = 12, .bytes = (int64_t)4 << 20}));
    assert_hints("12", "4194304");
    pstm_cube *cube = NULL;
    ok(pstm_cube_open_write(path, &cube));
    fixture_write(cube, fixture_everything(&about), 16, NULL);
    ok(pstm_cube_close(&cube));
}
END_TEST

START_TEST(what_is_not_asked_for_is_left_to_the_folder)
{
    const pstm_cube_about about = fixture_about();
    ok(pstm_cube_create(path, &about, NULL, 0, &(pstm_stripes){.n = 3}));
    assert_hints("3", "");
    n_made = 0;
    ok(pstm_cube_create(path, &about, NULL, 0, &(pstm_stripes){0}));
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    ck_assert_int_eq(n_made, 0);
}
END_TEST

START_TEST(a_file_that_cannot_be_striped_is_named)
{
    const pstm_cube_about about = fixture_about();
    ck_assert_int_eq(pstm_cube_create("/dev/null/cube.h5", &about, NULL, 0, &(pstm_stripes){.n = 2}),
                     PSTM_SYSTEM);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "/dev/null"));
}
END_TEST

/* Bytes of the file at which the chunks of /stack begin. */
static void list_chunks(hsize_t n_chunks, haddr_t *places)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT),
                stack = H5Dopen2(file, "stack", H5P_DEFAULT);
    const hid_t space = H5Dget_space(stack);
    hsize_t n = 0, bytes;
    ck_assert(H5Dget_num_chunks(stack, space, &n) >= 0);
    ck_assert_uint_eq(n, n_chunks);
    for (hsize_t i = 0; i < n; i++) {
        hsize_t at[3];
        unsigned filters;
        ck_assert(H5Dget_chunk_info(stack, space, i, at, &filters, &places[i], &bytes) >= 0);
    }
    H5Sclose(space);
    H5Dclose(stack);
    H5Fclose(file);
}

START_TEST(large_chunks_share_no_page)
{
    pstm_cube_about about = fixture_about();
    about.grid.n_times = 70; /* 16 x 16 x 70 x 4 bytes are 70 KiB, no multiple of a page */
    about.k_end = 70;
    haddr_t places[6];
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    list_chunks(6, places);
    for (int i = 0; i < 6; i++)
        ck_assert_msg(places[i] % 4096 == 0, "chunk %d begins at byte %llu", i,
                      (unsigned long long)places[i]);
    /* Room is found for a part of it all the same. */
    const pstm_cube_area area = {0, 16, 0, 16};
    ok(pstm_cube_create(path, &about, &area, 1, NULL));
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("stripes");
    TCase *tests = tcase_create("stripes");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_striped_cube_is_made_with_the_hints_of_both_mpi_ios);
    tcase_add_test(tests, what_is_not_asked_for_is_left_to_the_folder);
    tcase_add_test(tests, a_file_that_cannot_be_striped_is_named);
    tcase_add_test(tests, large_chunks_share_no_page);
    suite_add_tcase(suite, tests);
    return suite;
}
