#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/memory.h"
#include "cube_fixture.h"
#include "io/cube/cube.h"
#include "io/h5.h"
#include "tests/check/mpi.h"

static char folder[64], path[96], journal_path[112];
static pstm_cube_about about;

static void set_up(void)
{
    fixture_folder_make(folder);
    snprintf(path, sizeof path, "%s/image.h5", folder);
    snprintf(journal_path, sizeof journal_path, "%s.journal", path);
    about = fixture_about();
}

static void tear_down(void)
{
    fixture_folder_remove(folder);
}

static pstm_journal *append_journal(void)
{
    const pstm_journal_about journal_about = pstm_cube_journal_about(&about);
    pstm_journal *journal = NULL;
    ok(pstm_journal_open_append(journal_path, &journal_about, &journal));
    return journal;
}

/* Creates the cube and writes an area of it in blocks; marks it finished. */
static void make(pstm_cube_area area, int32_t block)
{
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    pstm_cube *cube = NULL;
    pstm_journal *journal = append_journal();
    ok(pstm_cube_open_write(path, &cube));
    fixture_write(cube, area, block, journal);
    ok(pstm_cube_close(&cube));
    ok(pstm_cube_finish(path, journal));
    pstm_journal_close(&journal);
}

static pstm_cube_range whole_range(void)
{
    return (pstm_cube_range){0, about.grid.n_inline, 0, about.grid.n_crossline,
                             0, about.n_classes,     0, about.grid.n_times};
}

/* Values of a dataset in a range, from the fixture. */
static float expected_value(const fixture_tile *all, pstm_cube_data data, int64_t i, int64_t j, int64_t c,
                            int64_t k)
{
    const int64_t location = i * about.grid.n_crossline + j;
    const int64_t in_gather = (location * about.n_classes + c) * about.grid.n_times + k;
    switch (data) {
    case PSTM_CUBE_GATHER:
        return all->gather[in_gather];
    case PSTM_CUBE_GATHER_FOLD:
        return (float)all->gather_fold[in_gather];
    case PSTM_CUBE_STACK:
        return all->stack[location * about.grid.n_times + k];
    default:
        return (float)all->fold[location * about.grid.n_times + k];
    }
}

static void expect_range(pstm_cube *cube, const fixture_tile *all, pstm_cube_data data, pstm_cube_range r)
{
    static float out[40 * 40 * 3 * 20];
    if (data == PSTM_CUBE_STACK || data == PSTM_CUBE_FOLD) {
        r.c_begin = 0;
        r.c_end = 1;
    }
    ok(pstm_cube_read(cube, data, &r, out));
    int64_t at = 0;
    for (int64_t i = r.i_begin; i < r.i_end; i++)
        for (int64_t j = r.j_begin; j < r.j_end; j++)
            for (int64_t c = r.c_begin; c < r.c_end; c++)
                for (int64_t k = r.k_begin; k < r.k_end; k++, at++)
                    if (out[at] != expected_value(all, data, i, j, c, k)) /* an assert each takes seconds */
                        ck_abort_msg("/%s (%d, %d, %d, %d): %g", pstm_cube_data_name(data), (int)i, (int)j,
                                     (int)c, (int)k, (double)out[at]);
}

START_TEST(what_was_written_is_read_wherever_one_looks)
{
    make(fixture_everything(&about), 16);
    pstm_cube *cube = NULL;
    ok(pstm_cube_open_read(path, &cube));
    fixture_tile all = fixture_tile_make(&about, fixture_everything(&about));
    const pstm_cube_range ranges[] = {whole_range(),
                                      {5, 36, 3, 20, 1, 3, 4, 11},
                                      {17, 18, 0, 21, 0, 3, 0, 19},
                                      {0, 37, 20, 21, 2, 3, 18, 19},
                                      {3, 3, 0, 21, 0, 3, 0, 19}};
    for (int d = 0; d < PSTM_CUBE_N_DATA; d++)
        for (size_t r = 0; r < sizeof ranges / sizeof ranges[0]; r++)
            expect_range(cube, &all, (pstm_cube_data)d, ranges[r]);
    fixture_tile_free(&all);
    ok(pstm_cube_close(&cube));
}
END_TEST

START_TEST(a_cube_says_what_it_was_made_of)
{
    static char long_text[200001]; /* beyond the 64 KB of an HDF5 object header */
    memset(long_text, 'x', sizeof long_text - 1);
    about.job_text = long_text;
    about.devices = "";
    about.commit = NULL;
    about.k_begin = 3;
    about.k_end = 12;
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    pstm_cube *cube = NULL;
    ok(pstm_cube_open_read(path, &cube));
    const pstm_cube_about *back = pstm_cube_get_about(cube);
    /* Numbers come back to the bit. */
    ck_assert_mem_eq(&back->grid, &about.grid, sizeof about.grid);
    ck_assert_int_eq(back->n_classes, 3);
    ck_assert_mem_eq(back->class_centres_m, about.class_centres_m, 3 * sizeof(double));
    ck_assert(back->gathers && back->stack && back->fold);
    ck_assert_int_eq(back->k_begin, 3);
    ck_assert_int_eq(back->k_end, 12);
    ck_assert_str_eq(back->image_key_text, about.image_key_text);
    ck_assert_str_eq(back->image_key, about.image_key);
    ck_assert_str_eq(back->job_text, long_text);
    ck_assert_str_eq(back->numerics_id, about.numerics_id);
    ck_assert_str_eq(back->version, about.version);
    ck_assert_str_eq(back->commit, "");
    ck_assert_str_eq(back->devices, "");
    const pstm_cube_state state = pstm_cube_get_state(cube);
    ck_assert_int_eq(state.n_columns, 6);
    ck_assert_int_eq(state.n_done, 0);
    ck_assert_str_eq(state.checksum, "");
    ok(pstm_cube_close(&cube));
    ck_assert_ptr_null(cube);
}
END_TEST

START_TEST(every_choice_of_datasets_holds_just_those)
{
    for (int choice = 1; choice < 8; choice++) {
        about.gathers = choice & 1;
        about.stack = choice & 2;
        about.fold = choice & 4;
        make(fixture_everything(&about), 16);
        pstm_cube *cube = NULL;
        ok(pstm_cube_open_read(path, &cube));
        fixture_tile all = fixture_tile_make(&about, fixture_everything(&about));
        for (int d = 0; d < PSTM_CUBE_N_DATA; d++) {
            const bool has = d == PSTM_CUBE_STACK  ? about.stack
                             : d == PSTM_CUBE_FOLD ? about.fold
                                                   : about.gathers;
            const pstm_cube_range range = whole_range();
            float out;
            ck_assert(pstm_cube_has(cube, (pstm_cube_data)d) == has);
            if (has)
                expect_range(cube, &all, (pstm_cube_data)d, range);
            else
                ck_assert(pstm_cube_read(cube, (pstm_cube_data)d, &range, &out) == PSTM_USAGE);
        }
        fixture_tile_free(&all);
        ok(pstm_cube_close(&cube));
        ck_assert_str_eq(pstm_cube_data_name(PSTM_CUBE_GATHER_FOLD), "gather_fold");
    }
    about.gathers = about.stack = about.fold = false;
    ck_assert(pstm_cube_create(path, &about, NULL, 0, NULL) == PSTM_USAGE);
}
END_TEST

static uint64_t checksum_with_blocks(int32_t block)
{
    uint64_t checksum = 0;
    make(fixture_everything(&about), block);
    pstm_journal *journal = append_journal();
    ck_assert_int_eq(pstm_journal_n_done(journal), 6);
    ok(pstm_journal_checksum(journal, &checksum));
    pstm_journal_close(&journal);
    return checksum;
}

START_TEST(tile_size_changes_no_digest)
{
    const uint64_t checksum = checksum_with_blocks(16);
    ck_assert_uint_eq(checksum, checksum_with_blocks(32));
    ck_assert_uint_eq(checksum, checksum_with_blocks(48));
}
END_TEST

START_TEST(digests_read_from_the_file_are_those_of_the_journal)
{
    make(fixture_everything(&about), 32);
    pstm_journal *journal = append_journal();
    pstm_cube *cube = NULL;
    ok(pstm_cube_open_read(path, &cube));
    for (int32_t ci = 0; ci < 3; ci++)
        for (int32_t cj = 0; cj < 2; cj++) {
            pstm_journal_record record;
            ok(pstm_cube_digest_column(cube, ci, cj, &record));
            ck_assert_mem_eq(&record, pstm_journal_get(journal, ci, cj), sizeof record);
        }
    pstm_journal_record record;
    ck_assert(pstm_cube_digest_column(cube, 3, 0, &record) == PSTM_USAGE);
    ok(pstm_cube_close(&cube));
    pstm_journal_close(&journal);
}
END_TEST

START_TEST(a_changed_value_changes_the_digest_of_its_column_only)
{
    make(fixture_everything(&about), 16);
    pstm_cube *cube = NULL;
    fixture_tile part = fixture_tile_make(&about, (pstm_cube_area){16, 32, 0, 16});
    part.gather[about.grid.n_times * 5 + 2] += 1;
    pstm_journal_record before, after;
    ok(pstm_cube_open_write(path, &cube));
    ok(pstm_cube_digest_column(cube, 1, 0, &before));
    ok(pstm_cube_write_tile(cube, &part.tile, &after));
    fixture_tile_free(&part);
    ck_assert_uint_ne(before.digest[PSTM_CUBE_GATHER], after.digest[PSTM_CUBE_GATHER]);
    for (int d = PSTM_CUBE_GATHER_FOLD; d < PSTM_CUBE_N_DATA; d++)
        ck_assert_uint_eq(before.digest[d], after.digest[d]);
    ok(pstm_cube_digest_column(cube, 1, 0, &before));
    ck_assert_mem_eq(&before, &after, sizeof before);
    ok(pstm_cube_close(&cube));
}
END_TEST

START_TEST(all_bits_of_floats_survive)
{
    make(fixture_everything(&about), 16);
    pstm_cube *cube = NULL;
    fixture_tile part = fixture_tile_make(&about, (pstm_cube_area){0, 16, 0, 16});
    static const float odd[] = {-0.0f, INFINITY, -INFINITY, 1e-42f, 3.4e38f, NAN};
    memcpy(part.stack, odd, sizeof odd);
    pstm_journal_record record;
    ok(pstm_cube_open_write(path, &cube));
    ok(pstm_cube_write_tile(cube, &part.tile, &record));
    ok(pstm_cube_close(&cube));
    ok(pstm_cube_open_read(path, &cube));
    const pstm_cube_range range = {0, 1, 0, 1, 0, 1, 0, 6};
    float out[6];
    ok(pstm_cube_read(cube, PSTM_CUBE_STACK, &range, out));
    ck_assert_mem_eq(out, odd, sizeof odd);
    ok(pstm_cube_close(&cube));
    fixture_tile_free(&part);
}
END_TEST

START_TEST(an_interrupted_cube_is_continued_to_the_same_image)
{
    const uint64_t whole = checksum_with_blocks(16);
    make((pstm_cube_area){0, 16, 0, 21}, 16); /* a new one, of which a third is done */
    pstm_cube *cube = NULL;
    ok(pstm_cube_open_read(path, &cube));
    ck_assert_int_eq(pstm_cube_get_state(cube).n_done, 2);
    char partial[17];
    strcpy(partial, pstm_cube_get_state(cube).checksum);
    fixture_tile all = fixture_tile_make(&about, fixture_everything(&about));
    expect_range(cube, &all, PSTM_CUBE_GATHER, (pstm_cube_range){0, 16, 0, 21, 0, 3, 0, 19});
    const pstm_cube_range rest = {16, 37, 0, 21, 0, 3, 0, 19};
    static float out[21 * 21 * 3 * 19];
    ok(pstm_cube_read(cube, PSTM_CUBE_GATHER, &rest, out));
    for (size_t n = 0; n < sizeof out / sizeof out[0]; n++)
        if (out[n] != 0) ck_abort_msg("what was not migrated is not zero");
    ok(pstm_cube_close(&cube));

    pstm_journal *journal = append_journal();
    ok(pstm_cube_open_write(path, &cube));
    fixture_write(cube, (pstm_cube_area){16, 37, 0, 21}, 32, journal);
    ok(pstm_cube_close(&cube));
    ok(pstm_cube_finish(path, journal));
    pstm_journal_close(&journal);
    ok(pstm_cube_open_read(path, &cube));
    char hex[20];
    snprintf(hex, sizeof hex, "%016llx", (unsigned long long)whole);
    ck_assert_str_eq(pstm_cube_get_state(cube).checksum, hex);
    ck_assert_str_ne(partial, hex);
    for (int d = 0; d < PSTM_CUBE_N_DATA; d++)
        expect_range(cube, &all, (pstm_cube_data)d, whole_range());
    ok(pstm_cube_close(&cube));
    fixture_tile_free(&all);
}
END_TEST

static int64_t complete_attribute(void)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    int64_t complete = -1;
    ok(pstm_h5_get_integer(file, "complete", &complete));
    H5Fclose(file);
    return complete;
}

START_TEST(only_a_whole_image_is_marked_complete)
{
    make(fixture_everything(&about), 16);
    ck_assert_int_eq(complete_attribute(), 1);
    make((pstm_cube_area){0, 37, 0, 16}, 16);
    ck_assert_int_eq(complete_attribute(), 0);
    about.k_begin = 1;
    make(fixture_everything(&about), 16);
    ck_assert_int_eq(complete_attribute(), 0);
}
END_TEST

static int64_t bytes_on_disk(void)
{
    struct stat file;
    ck_assert_int_eq(stat(path, &file), 0);
    return (int64_t)file.st_blocks * 512;
}

START_TEST(space_is_taken_for_the_areas_wanted_and_no_more)
{
    /* Chunks of 256 KB, so that blocks of the file system weigh nothing. */
    about.grid.n_inline = about.grid.n_crossline = 64;
    about.grid.n_times = about.k_end = 256;
    const int64_t column = 16 * 16 * 256 * 4 * (2 * 3 + 2), slack = 300 * 1024;
    const pstm_cube_area areas[3] = {{0, 16, 0, 32}, {32, 48, 48, 64}, {0, 16, 16, 32}};
    ok(pstm_cube_create(path, &about, areas, 3, NULL));
    ck_assert_int_ge(bytes_on_disk(), 3 * column);
    ck_assert_int_le(bytes_on_disk(), 3 * column + slack);
    const pstm_cube_area more = {48, 64, 0, 64};
    ok(pstm_cube_allocate(path, &more, 1));
    ck_assert_int_ge(bytes_on_disk(), 7 * column);
    ck_assert_int_le(bytes_on_disk(), 7 * column + slack);
    ok(pstm_cube_allocate(path, areas, 3)); /* there already */
    ck_assert_int_le(bytes_on_disk(), 7 * column + slack);
    ok(pstm_cube_allocate(path, NULL, 0));
    ck_assert_int_ge(bytes_on_disk(), 16 * column);

    /* Writing where space was reserved takes none. */
    const int64_t before = bytes_on_disk();
    pstm_cube *cube = NULL;
    ok(pstm_cube_open_write(path, &cube));
    fixture_write(cube, areas[1], 16, NULL);
    ok(pstm_cube_close(&cube));
    ck_assert_int_le(bytes_on_disk(), before + slack);
}
END_TEST

START_TEST(a_new_cube_replaces_the_old_one_and_its_journal)
{
    make(fixture_everything(&about), 16);
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    ck_assert_int_ne(access(journal_path, F_OK), 0);
    pstm_cube *cube = NULL;
    ok(pstm_cube_open_read(path, &cube));
    const pstm_cube_range range = {0, 1, 0, 1, 0, 1, 3, 4};
    float value = 5;
    ok(pstm_cube_read(cube, PSTM_CUBE_STACK, &range, &value));
    ck_assert(value == 0);
    ok(pstm_cube_close(&cube));
}
END_TEST

START_TEST(a_cube_that_cannot_be_made_leaves_everything_as_it_was)
{
    make(fixture_everything(&about), 16);
    const int64_t before = bytes_on_disk();
    const pstm_cube_area outside = {32, 48, 0, 16};
    ck_assert(pstm_cube_create(path, &about, &outside, 1, NULL) == PSTM_SYSTEM);
    ck_assert_int_eq(bytes_on_disk(), before);
    ck_assert_int_eq(access(journal_path, F_OK), 0);
    char temporary[120];
    snprintf(temporary, sizeof temporary, "%s.making", path);
    ck_assert_int_ne(access(temporary, F_OK), 0);
}
END_TEST

START_TEST(a_draft_touches_nothing_until_it_takes_its_place)
{
    char draft[128];
    snprintf(draft, sizeof draft, "%s.making", path);
    make(fixture_everything(&about), 16);
    const int64_t before = bytes_on_disk();
    for (int turn = 0; turn < 2; turn++) {
        ok(pstm_cube_draft(path, &about, NULL, 0, NULL));
        ck_assert_int_eq(access(draft, F_OK), 0);
        ck_assert_int_eq(bytes_on_disk(), before);
        ck_assert_int_eq(access(journal_path, F_OK), 0);
        if (turn == 0) pstm_cube_drop_draft(path);
        ck_assert(turn == 1 || access(draft, F_OK) != 0);
    }
    ok(pstm_cube_place(path));
    ck_assert_int_ne(access(draft, F_OK), 0);
    ck_assert_int_ne(access(journal_path, F_OK), 0);
    ck_assert_int_eq(pstm_cube_place(path), PSTM_SYSTEM); /* there is no draft any more */
}
END_TEST

START_TEST(a_link_in_the_place_of_the_draft_is_not_followed)
{
    char draft[128], victim[128], words[16] = "";
    snprintf(draft, sizeof draft, "%s.making", path);
    snprintf(victim, sizeof victim, "%s/victim", folder);
    FILE *file = fopen(victim, "w");
    fputs("untouched", file);
    fclose(file);
    ck_assert_int_eq(symlink(victim, draft), 0);
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    file = fopen(victim, "r");
    ck_assert_ptr_nonnull(fgets(words, sizeof words, file));
    fclose(file);
    ck_assert_str_eq(words, "untouched");
}
END_TEST

START_TEST(a_folder_that_cannot_be_written_is_named)
{
    char nowhere[200];
    snprintf(nowhere, sizeof nowhere, "%s/none/image.h5", folder);
    ck_assert(pstm_cube_create(nowhere, &about, NULL, 0, NULL) == PSTM_SYSTEM);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), nowhere));
    if (geteuid() == 0) return; /* root may write anywhere */
    chmod(folder, 0500);
    ck_assert(pstm_cube_create(path, &about, NULL, 0, NULL) == PSTM_SYSTEM);
    chmod(folder, 0700);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), path));
}
END_TEST

START_TEST(a_tile_that_is_not_of_whole_chunks_or_lacks_values_is_refused)
{
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    pstm_cube *cube = NULL;
    pstm_journal_record records[6];
    ok(pstm_cube_open_write(path, &cube));
    fixture_tile t = fixture_tile_make(&about, fixture_everything(&about));
    static const pstm_cube_area bad[] = {{0, 15, 0, 16}, {1, 16, 0, 16},  {0, 16, 16, 20},
                                         {0, 48, 0, 16}, {16, 16, 0, 16}, {-16, 16, 0, 16}};
    for (size_t b = 0; b < sizeof bad / sizeof bad[0]; b++) {
        t.tile.area = bad[b];
        ck_assert(pstm_cube_write_tile(cube, &t.tile, records) == PSTM_SYSTEM);
    }
    t.tile.area = (pstm_cube_area){0, 16, 0, 16};
    t.tile.fold = NULL;
    ck_assert(pstm_cube_write_tile(cube, &t.tile, records) == PSTM_SYSTEM);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "/fold"));
    fixture_tile_free(&t);
    ok(pstm_cube_close(&cube));
}
END_TEST

START_TEST(a_range_outside_the_cube_is_refused)
{
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    pstm_cube *cube = NULL;
    ok(pstm_cube_open_read(path, &cube));
    static const pstm_cube_range bad[] = {{0, 38, 0, 1, 0, 1, 0, 1},
                                          {0, 1, -1, 1, 0, 1, 0, 1},
                                          {0, 1, 0, 1, 0, 4, 0, 1},
                                          {0, 1, 0, 1, 0, 1, 0, 20},
                                          {2, 1, 0, 1, 0, 1, 0, 1}};
    float out[64];
    for (size_t b = 0; b < sizeof bad / sizeof bad[0]; b++)
        ck_assert(pstm_cube_read(cube, PSTM_CUBE_GATHER, &bad[b], out) == PSTM_USAGE);
    ok(pstm_cube_close(&cube));
}
END_TEST

/* ---- Looking before a run ---- */

static void expect_changed(const pstm_cube_about *wanted, const char *words)
{
    pstm_cube_found found;
    ck_assert(pstm_cube_probe(path, wanted, &found) == PSTM_USAGE);
    ck_assert_msg(strstr(pstm_error_text(), words) != NULL, "%s", pstm_error_text());
    ck_assert(strstr(pstm_error_text(), path) != NULL && !found.is_there);
}

START_TEST(a_cube_of_another_image_is_refused_with_the_difference_named)
{
    pstm_cube_found found = {.is_there = true};
    ok(pstm_cube_probe(path, &about, &found));
    ck_assert(!found.is_there);
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    ok(pstm_cube_probe(path, &about, &found));
    ck_assert(found.is_there);

    pstm_cube_about other = about;
    other.image_key_text = "grid.azimuth: 32.5\nmigrate.weight: obliquity\n";
    expect_changed(&other, "migrate.weight: none in the cube, obliquity in the job");
    other = about;
    other.fold = false;
    expect_changed(&other, "/fold: on in the cube, off in the job");
    other = about;
    other.k_end = 10;
    expect_changed(&other, "samples 0 to 18 in the cube, 0 to 9 in the job");
    other = about;
    other.numerics_id = "cpu/avx512/1";
    expect_changed(&other, "numerics: cpu/avx2/1 in the cube, cpu/avx512/1 in the job");
    other = about;
    other.n_classes = 2;
    expect_changed(&other, "37 x 21 x 3 x 19 in the cube, 37 x 21 x 2 x 19 in the job");
}
END_TEST

START_TEST(a_cube_of_other_samples_is_refused_without_being_opened_again)
{
    pstm_cube_found found;
    pstm_cube_about with = about;
    with.samples_digest = "0123456789abcdef";
    ok(pstm_cube_create(path, &with, NULL, 0, NULL));
    ok(pstm_cube_probe(path, &about, &found)); /* the job does not know its samples yet */
    ck_assert_str_eq(found.samples_digest, "0123456789abcdef");
    ck_assert_int_eq(unlink(path), 0);
    ok(pstm_cube_check_samples(path, &found, &with));
    ok(pstm_cube_check_samples(path, &(pstm_cube_found){0}, &with));
    with.samples_digest = "0123456789abcdee";
    ck_assert(pstm_cube_check_samples(path, &found, &with) == PSTM_USAGE);
    ck_assert_msg(strstr(pstm_error_text(), path) != NULL &&
                      strstr(pstm_error_text(),
                             "digest 0123456789abcdef in the cube, 0123456789abcdee in the job") != NULL,
                  "%s", pstm_error_text());
}
END_TEST

static void expect_no_cube(const char *words)
{
    pstm_cube_found found;
    pstm_cube *cube = NULL;
    ck_assert(pstm_cube_probe(path, &about, &found) == PSTM_DATA);
    ck_assert(pstm_cube_open_read(path, &cube) == PSTM_DATA);
    ck_assert_ptr_null(cube);
    ck_assert_msg(strstr(pstm_error_text(), words) && strstr(pstm_error_text(), path), "%s",
                  pstm_error_text());
}

START_TEST(a_file_that_is_no_cube_is_named_and_left_alone)
{
    pstm_cube *cube = NULL;
    ck_assert(pstm_cube_open_read(path, &cube) == PSTM_DATA);
    FILE *file = fopen(path, "w");
    fputs("a picture", file);
    fclose(file);
    expect_no_cube("no HDF5 file");
    const hid_t other = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(other);
    expect_no_cube("no image cube");
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    const hid_t changed = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    ok(pstm_h5_put_integer(changed, "n_times", 20));
    H5Fclose(changed);
    expect_no_cube("does not have the type, axes and chunks");
}
END_TEST

START_TEST(a_torn_cube_is_an_error_and_not_a_crash)
{
    make(fixture_everything(&about), 16);
    struct stat file;
    ck_assert_int_eq(stat(path, &file), 0);
    for (int part = 0; part < 8; part++) {
        ck_assert_int_eq(truncate(path, file.st_size * (8 - part) / 9), 0);
        pstm_cube *cube = NULL;
        ck_assert(pstm_cube_open_read(path, &cube) != PSTM_OK);
        ck_assert_ptr_nonnull(strstr(pstm_error_text(), path));
        ck_assert_ptr_null(cube);
    }
}
END_TEST

START_TEST(the_stack_divides_by_the_fold_of_all_classes)
{
    const float gather[2 * 2 * 3] = {1, 2, 3, 10, 20, 30, 0, 5, 7, 0, 0, -3};
    const uint32_t gather_fold[2 * 2 * 3] = {1, 1, 0, 3, 0, 0, 0, 1, 4, 0, 1, 0};
    const float wanted[2 * 3] = {11.0f / 4, 22, 33, 0, 2.5f, 1};
    const uint32_t wanted_fold[2 * 3] = {4, 1, 0, 0, 2, 4};
    float stack[6];
    uint32_t fold[6];
    pstm_cube_sum_classes(2, 2, 3, gather, gather_fold, stack, fold);
    ck_assert_mem_eq(stack, wanted, sizeof wanted);
    ck_assert_mem_eq(fold, wanted_fold, sizeof wanted_fold);
    memset(fold, 0, sizeof fold);
    pstm_cube_sum_classes(2, 2, 3, gather, gather_fold, NULL, fold);
    ck_assert_mem_eq(fold, wanted_fold, sizeof wanted_fold);
}
END_TEST

START_TEST(a_2d_line_and_a_single_location_are_cubes_too)
{
    static const int32_t sizes[3][2] = {{1, 40}, {40, 1}, {1, 1}};
    for (int s = 0; s < 3; s++) {
        about.grid.n_inline = sizes[s][0];
        about.grid.n_crossline = sizes[s][1];
        make(fixture_everything(&about), 16);
        pstm_cube *cube = NULL;
        ok(pstm_cube_open_read(path, &cube));
        fixture_tile all = fixture_tile_make(&about, fixture_everything(&about));
        for (int d = 0; d < PSTM_CUBE_N_DATA; d++)
            expect_range(cube, &all, (pstm_cube_data)d, whole_range());
        fixture_tile_free(&all);
        ok(pstm_cube_close(&cube));
    }
}
END_TEST

START_TEST(too_long_a_time_axis_is_refused)
{
    about.grid.n_times = PSTM_CUBE_MAX_TIMES + 1;
    ck_assert(pstm_cube_create(path, &about, NULL, 0, NULL) == PSTM_USAGE);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "grid.time.n"));
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("cube");
    TCase *tests = tcase_create("cube");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, what_was_written_is_read_wherever_one_looks);
    tcase_add_test(tests, a_cube_says_what_it_was_made_of);
    tcase_add_test(tests, every_choice_of_datasets_holds_just_those);
    tcase_add_test(tests, tile_size_changes_no_digest);
    tcase_add_test(tests, digests_read_from_the_file_are_those_of_the_journal);
    tcase_add_test(tests, a_changed_value_changes_the_digest_of_its_column_only);
    tcase_add_test(tests, all_bits_of_floats_survive);
    tcase_add_test(tests, an_interrupted_cube_is_continued_to_the_same_image);
    tcase_add_test(tests, only_a_whole_image_is_marked_complete);
    tcase_add_test(tests, space_is_taken_for_the_areas_wanted_and_no_more);
    tcase_add_test(tests, a_new_cube_replaces_the_old_one_and_its_journal);
    tcase_add_test(tests, a_cube_that_cannot_be_made_leaves_everything_as_it_was);
    tcase_add_test(tests, a_draft_touches_nothing_until_it_takes_its_place);
    tcase_add_test(tests, a_link_in_the_place_of_the_draft_is_not_followed);
    tcase_add_test(tests, a_folder_that_cannot_be_written_is_named);
    tcase_add_test(tests, a_tile_that_is_not_of_whole_chunks_or_lacks_values_is_refused);
    tcase_add_test(tests, a_range_outside_the_cube_is_refused);
    tcase_add_test(tests, a_cube_of_another_image_is_refused_with_the_difference_named);
    tcase_add_test(tests, a_cube_of_other_samples_is_refused_without_being_opened_again);
    tcase_add_test(tests, a_file_that_is_no_cube_is_named_and_left_alone);
    tcase_add_test(tests, a_torn_cube_is_an_error_and_not_a_crash);
    tcase_add_test(tests, the_stack_divides_by_the_fold_of_all_classes);
    tcase_add_test(tests, a_2d_line_and_a_single_location_are_cubes_too);
    tcase_add_test(tests, too_long_a_time_axis_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
