/* What is written into a cube is what is read from it, with its digests. */
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "cube_case.h"
#include "io/h5.h"
#include "tests/check/mpi.h"

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
            ok(pstm_cube_digest_column(
                cube, &(pstm_journal_record){.column_inline = ci, .column_crossline = cj}, &record));
            ck_assert_mem_eq(&record, pstm_journal_get(journal, ci, cj), sizeof record);
        }
    pstm_journal_record record;
    ck_assert(pstm_cube_digest_column(cube, &(pstm_journal_record){.column_inline = 3}, &record) ==
              PSTM_USAGE);
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
    ok(pstm_cube_digest_column(cube, &(pstm_journal_record){.column_inline = 1}, &before));
    ok(pstm_cube_write_tile(cube, &part.tile, &after));
    fixture_tile_free(&part);
    ck_assert_uint_ne(before.digest[PSTM_CUBE_GATHER], after.digest[PSTM_CUBE_GATHER]);
    for (int d = PSTM_CUBE_GATHER_FOLD; d < PSTM_CUBE_N_DATA; d++)
        ck_assert_uint_eq(before.digest[d], after.digest[d]);
    ok(pstm_cube_digest_column(cube, &(pstm_journal_record){.column_inline = 1}, &before));
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

START_TEST(the_stack_divides_by_the_fold_of_all_classes)
{
    const float gather[2 * 2 * 3] = {1, 2, 3, 10, 20, 30, 0, 5, 7, 0, 0, -3};
    const uint32_t gather_fold[2 * 2 * 3] = {1, 1, 0, 3, 0, 0, 0, 1, 4, 0, 1, 0};
    const float wanted[2 * 3] = {11.0f / 4, 22, 33, 0, 2.5f, 1};
    const uint32_t wanted_fold[2 * 3] = {4, 1, 0, 0, 2, 4};
    float stack[6];
    uint32_t fold[6];
    for (int l = 0; l < 2; l++)
        pstm_cube_sum_classes(2, 3, gather + l * 6L, gather_fold + l * 6L, NULL, stack + l * 3L,
                              fold + l * 3L);
    ck_assert_mem_eq(stack, wanted, sizeof wanted);
    ck_assert_mem_eq(fold, wanted_fold, sizeof wanted_fold);
}
END_TEST

START_TEST(the_stack_divides_by_the_tapers_of_all_classes_and_by_1_at_least)
{
    const float gather[2 * 3] = {6, 3, 0.5f, 2, 0, 0}, faded[2 * 3] = {1.5f, 0.25f, 0.875f, 0.5f, 0, 0};
    const uint32_t gather_fold[2 * 3] = {4, 2, 1, 2, 0, 0}, wanted_fold[3] = {6, 2, 1};
    const float wanted[3] = {8.0f / 4, 3 / 1.75f, 0.5f};
    float stack[3];
    uint32_t fold[3];
    pstm_cube_sum_classes(2, 3, gather, gather_fold, faded, stack, fold);
    ck_assert_mem_eq(stack, wanted, sizeof wanted);
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

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("cube values");
    TCase *tests = cube_case("cube values");
    tcase_add_test(tests, what_was_written_is_read_wherever_one_looks);
    tcase_add_test(tests, every_choice_of_datasets_holds_just_those);
    tcase_add_test(tests, tile_size_changes_no_digest);
    tcase_add_test(tests, digests_read_from_the_file_are_those_of_the_journal);
    tcase_add_test(tests, a_changed_value_changes_the_digest_of_its_column_only);
    tcase_add_test(tests, all_bits_of_floats_survive);
    tcase_add_test(tests, an_interrupted_cube_is_continued_to_the_same_image);
    tcase_add_test(tests, only_a_whole_image_is_marked_complete);
    tcase_add_test(tests, the_stack_divides_by_the_fold_of_all_classes);
    tcase_add_test(tests, the_stack_divides_by_the_tapers_of_all_classes_and_by_1_at_least);
    tcase_add_test(tests, a_2d_line_and_a_single_location_are_cubes_too);
    suite_add_tcase(suite, tests);
    return suite;
}
