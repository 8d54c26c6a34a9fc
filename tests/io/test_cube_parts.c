/* Chunk columns of which only some locations are done: written bit by bit, read, compared and copied. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "cube_case.h"
#include "tests/check/mpi.h"

/* Writes an area, with what the journal has of its columns, as a run does. */
static pstm_status try_part(pstm_cube_area area, pstm_journal *journal)
{
    pstm_cube *cube = NULL;
    pstm_journal_record records[6], *parts = NULL;
    ok(pstm_cube_open_write(path, &cube));
    ok(pstm_journal_list(journal, &parts));
    fixture_tile t = fixture_tile_make(&about, area);
    t.tile.parts = parts;
    t.tile.n_parts = pstm_journal_n_records(journal);
    const pstm_status status = pstm_cube_write_tile(cube, &t.tile, records);
    ok(pstm_cube_sync(cube));
    if (status == PSTM_OK) ok(pstm_journal_add(journal, records, pstm_cube_area_columns(&area)));
    fixture_tile_free(&t);
    PSTM_FREE(&parts);
    ok(pstm_cube_close(&cube));
    return status;
}

static void write_part(pstm_cube_area area, pstm_journal *journal)
{
    ok(try_part(area, journal));
}

static void make_empty(pstm_journal **journal)
{
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    *journal = append_journal();
}

static bool all_hold(const pstm_journal *journal)
{
    pstm_cube *cube = NULL;
    pstm_journal_record *records = NULL;
    bool all = true, holds;
    ok(pstm_cube_open_read(path, &cube));
    ok(pstm_journal_list(journal, &records));
    for (int64_t i = 0; i < pstm_journal_n_records(journal); i++) {
        ok(pstm_cube_holds(cube, &records[i], &holds));
        all = all && holds;
    }
    PSTM_FREE(&records);
    ok(pstm_cube_close(&cube));
    return all;
}

static uint64_t checksum_of(const pstm_journal *journal)
{
    uint64_t checksum;
    ok(pstm_journal_checksum(journal, &checksum));
    return checksum;
}

/* The 37 x 21 nodes of the fixture: an inline, a crossline, and pieces that make the rest up. */
START_TEST(lines_and_the_rest_make_up_the_whole_image)
{
    static const pstm_cube_area areas[] = {{5, 6, 0, 21},   {0, 37, 18, 19}, {0, 5, 0, 21},
                                           {32, 37, 0, 16}, {6, 32, 0, 21},  {32, 37, 16, 21}};
    static const int n_done[] = {0, 0, 0, 1, 5, 6}, n_records[] = {2, 4, 4, 5, 6, 6};
    make(fixture_everything(&about), 16);
    pstm_journal *journal = append_journal();
    const uint64_t wanted = checksum_of(journal);
    pstm_journal_close(&journal);
    unlink(path);
    unlink(journal_path);
    make_empty(&journal);
    for (size_t n = 0; n < sizeof areas / sizeof *areas; n++) {
        write_part(areas[n], journal);
        ck_assert_int_eq(pstm_journal_n_done(journal), n_done[n]);
        ck_assert_int_eq(pstm_journal_n_records(journal), n_records[n]);
        ck_assert(pstm_cube_area_is_done(journal, &areas[n]));
        ck_assert(all_hold(journal));
    }
    ck_assert_uint_eq(checksum_of(journal), wanted);
    pstm_journal_close(&journal);
}
END_TEST

START_TEST(the_order_in_which_lines_come_changes_no_record)
{
    static const pstm_cube_area areas[] = {{5, 6, 0, 21}, {0, 37, 18, 19}, {9, 12, 0, 21}};
    uint64_t checksum[2];
    for (int turn = 0; turn < 2; turn++) {
        pstm_journal *journal;
        make_empty(&journal);
        for (int n = 0; n < 3; n++)
            write_part(areas[turn == 0 ? n : 2 - n], journal);
        checksum[turn] = checksum_of(journal);
        pstm_journal_close(&journal);
        unlink(path);
        unlink(journal_path);
    }
    ck_assert_uint_eq(checksum[0], checksum[1]);
}
END_TEST

/* As a run leaves it that is killed after it has written, and before its journal knows. */
START_TEST(what_no_journal_knows_changes_no_record)
{
    pstm_journal *journal, *forgotten = NULL;
    char other[128];
    make_empty(&journal);
    write_part((pstm_cube_area){5, 6, 0, 21}, journal);
    const uint64_t before = checksum_of(journal);
    const pstm_journal_about of = pstm_cube_journal_about(&about);
    snprintf(other, sizeof other, "%s/other.journal", folder);
    ok(pstm_journal_open_append(other, &of, &forgotten));
    write_part((pstm_cube_area){0, 37, 18, 19}, forgotten);
    pstm_journal_close(&forgotten);
    ck_assert(all_hold(journal));
    ck_assert_uint_eq(checksum_of(journal), before);
    write_part((pstm_cube_area){7, 8, 0, 21}, journal);
    ck_assert(all_hold(journal));
    ck_assert(!pstm_journal_has(journal, 0, 18) && pstm_journal_has(journal, 7, 18));
    pstm_journal_close(&journal);
}
END_TEST

/* Locations that are done are not written again beside others, so that no kill can harm them; and a record of
 * both promises no value that was changed meanwhile. */
START_TEST(a_changed_value_is_seen_only_where_it_is_done)
{
    pstm_journal *journal, *forgotten = NULL;
    char other[128];
    const pstm_journal_about of = pstm_cube_journal_about(&about);
    make_empty(&journal);
    write_part((pstm_cube_area){5, 6, 0, 21}, journal);
    pstm_cube *cube = NULL;
    fixture_tile t = fixture_tile_make(&about, (pstm_cube_area){5, 6, 3, 4});
    pstm_journal_record record;
    t.stack[2] += 1;
    ok(pstm_cube_open_write(path, &cube));
    ok(pstm_cube_write_tile(cube, &t.tile, &record));
    ok(pstm_cube_close(&cube));
    fixture_tile_free(&t);
    ck_assert(!all_hold(journal));
    ck_assert_int_eq(try_part((pstm_cube_area){7, 8, 0, 21}, journal), PSTM_DATA);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "/stack does not hold what was written"));
    snprintf(other, sizeof other, "%s/other.journal", folder);
    ok(pstm_journal_open_append(other, &of, &forgotten));
    write_part((pstm_cube_area){5, 6, 0, 21}, forgotten);
    pstm_journal_close(&forgotten);
    ck_assert(all_hold(journal));
    pstm_journal_close(&journal);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("cube parts");
    TCase *tests = cube_case("parts");
    tcase_add_test(tests, lines_and_the_rest_make_up_the_whole_image);
    tcase_add_test(tests, the_order_in_which_lines_come_changes_no_record);
    tcase_add_test(tests, what_no_journal_knows_changes_no_record);
    tcase_add_test(tests, a_changed_value_is_seen_only_where_it_is_done);
    suite_add_tcase(suite, tests);
    return suite;
}
