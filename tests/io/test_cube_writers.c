/* Several ranks write one cube, each for itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "cube_fixture.h"
#include "io/cube/cube.h"
#include "io/digest.h"
#include "tests/check/mpi.h"

/* The image checksum of the fixture, for any number of ranks and any tiles. It changes only with the values
 * of the fixture or the definition of the digests. */
#define FIXTURE_CHECKSUM "6b1c58870605b9df"

static int64_t read_bytes(const char *path, char **bytes)
{
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "cannot open %s", path);
    fseek(file, 0, SEEK_END);
    const int64_t n = ftell(file);
    rewind(file);
    ok(PSTM_NEW(bytes, n, "a file"));
    ck_assert_int_eq((int64_t)fread(*bytes, 1, (size_t)n, file), n);
    fclose(file);
    return n;
}

/* Columns are dealt to n_writers ranks, the others only take part in the gathering. */
static pstm_status write_dealt(const char *path, const pstm_cube_about *about, int n_writers,
                               pstm_journal_record records[6])
{
    pstm_cube *cube = NULL;
    memset(records, 0, 6 * sizeof records[0]);
    if (rank >= n_writers) return PSTM_OK;
    PSTM_TRY(pstm_cube_open_write(path, &cube));
    pstm_status status = PSTM_OK;
    for (int n = rank; n < 6 && status == PSTM_OK; n += n_writers) {
        const int32_t i = n / 2 * 16, j = n % 2 * 16;
        const pstm_cube_area area = {i, i == 32 ? about->grid.n_inline : i + 16, j,
                                     j == 16 ? about->grid.n_crossline : j + 16};
        fixture_tile t = fixture_tile_make(about, area);
        status = pstm_cube_write_tile(cube, &t.tile, &records[n]);
        if (status == PSTM_OK) status = pstm_cube_sync(cube);
        fixture_tile_free(&t);
    }
    const pstm_status closed = pstm_cube_close(&cube);
    return status != PSTM_OK ? status : closed;
}

static pstm_status finish(const char *path, const pstm_cube_about *about, const pstm_journal_record *records,
                          char checksum[PSTM_DIGEST_CHARS])
{
    pstm_text journal_path = {0};
    const pstm_journal_about journal_about = pstm_cube_journal_about(about);
    pstm_journal *journal = NULL;
    uint64_t digest = 0;
    pstm_status status = PSTM_OK;
    PSTM_GO(pstm_journal_path(path, &journal_path));
    PSTM_GO(pstm_journal_open_append(journal_path.bytes, &journal_about, &journal));
    PSTM_GO(pstm_journal_add(journal, records, 6));
    PSTM_GO(pstm_cube_finish(path, journal));
    PSTM_GO(pstm_journal_checksum(journal, &digest));
    pstm_digest_to_hex(digest, checksum);
cleanup:
    pstm_journal_close(&journal);
    pstm_text_clear(&journal_path);
    return status;
}

/* Rank 0 creates, all write, rank 0 records and finishes. The same on all ranks: the last failing step of
 * this test, 0 when the image has the right checksum. */
static int make(const char *path, int n_writers)
{
    const pstm_cube_about about = fixture_about();
    pstm_journal_record mine[6], records[6];
    char checksum[PSTM_DIGEST_CHARS] = "";
    if (!everywhere(rank != 0 || pstm_cube_create(path, &about, NULL, 0, NULL) == PSTM_OK)) return 1;
    if (!everywhere(write_dealt(path, &about, n_writers, mine) == PSTM_OK)) return 2;
    /* A column that a rank did not write is all zero there. */
    MPI_Reduce(mine, records, sizeof mine, MPI_BYTE, MPI_BOR, 0, MPI_COMM_WORLD);
    if (!everywhere(rank != 0 || finish(path, &about, records, checksum) == PSTM_OK)) return 3;
    if (rank == 0 && strcmp(checksum, FIXTURE_CHECKSUM) != 0) printf("image checksum %s\n", checksum);
    return everywhere(rank != 0 || strcmp(checksum, FIXTURE_CHECKSUM) == 0) ? 0 : 4;
}

static void common_folder(char folder[64])
{
    if (rank == 0) fixture_folder_make(folder);
    MPI_Bcast(folder, 64, MPI_CHAR, 0, MPI_COMM_WORLD);
}

static bool same_bytes(const char *a, const char *b)
{
    char *bytes_a, *bytes_b;
    const int64_t n_a = read_bytes(a, &bytes_a), n_b = read_bytes(b, &bytes_b);
    const bool same = n_a == n_b && memcmp(bytes_a, bytes_b, (size_t)n_a) == 0;
    PSTM_FREE(&bytes_a);
    PSTM_FREE(&bytes_b);
    return same;
}

START_TEST(any_number_of_ranks_writes_the_same_bytes_as_one)
{
    char folder[64], one[96], many[96];
    common_folder(folder);
    snprintf(one, sizeof one, "%s/one.h5", folder);
    snprintf(many, sizeof many, "%s/many.h5", folder);
    const int step_one = make(one, 1), step_many = make(many, n_ranks);
    const bool same = everywhere(rank != 0 || same_bytes(one, many));
    if (rank == 0) fixture_folder_remove(folder);
    ck_assert_int_eq(step_one, 0);
    ck_assert_int_eq(step_many, 0);
    ck_assert(same);
}
END_TEST

START_TEST(a_rank_that_keeps_its_cube_open_hangs_nobody)
{
    char folder[64], path[96];
    common_folder(folder);
    snprintf(path, sizeof path, "%s/image.h5", folder);
    const pstm_cube_about about = fixture_about();
    const bool created = everywhere(rank != 0 || pstm_cube_create(path, &about, NULL, 0, NULL) == PSTM_OK);
    pstm_cube *late = NULL;
    const bool opened = everywhere(rank != n_ranks - 1 || pstm_cube_open_write(path, &late) == PSTM_OK);
    /* The last rank holds on to the old cube while all make a new one, from creation to finish. */
    const int step = make(path, n_ranks);
    const bool closed = everywhere(pstm_cube_close(&late) == PSTM_OK);
    if (rank == 0) fixture_folder_remove(folder);
    ck_assert(created && opened && closed);
    ck_assert_int_eq(step, 0);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("cube_writers");
    TCase *tests = tcase_create("cube_writers");
    tcase_add_test(tests, any_number_of_ranks_writes_the_same_bytes_as_one);
    tcase_add_test(tests, a_rank_that_keeps_its_cube_open_hangs_nobody);
    suite_add_tcase(suite, tests);
    return suite;
}
