/* Journal records of columns of which only some locations are done. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "cube_fixture.h"
#include "io/digest.h"
#include "io/journal.h"
#include "tests/check/suite.h"

static char folder[64], path[96];

static void set_up(void)
{
    fixture_folder_make(folder);
    snprintf(path, sizeof path, "%s/image.h5.journal", folder);
}

static void tear_down(void)
{
    fixture_folder_remove(folder);
}

/* A cube of 3 x 4 columns with gathers and stack, but no fold. */
static const pstm_journal_about about = {.image_key = "00112233445566778899aabbccddeeff",
                                         .n_columns_inline = 3,
                                         .n_columns_crossline = 4,
                                         .has = {true, true, true, false}};

static pstm_journal_record whole_of(int32_t ci, int32_t cj)
{
    return (pstm_journal_record){.column_inline = ci, .column_crossline = cj, .digest = {1, 2, 3, 0}};
}

/* A column of which only locations (2, 0) and (15, 15) are done. */
static pstm_journal_record part_of(int32_t ci, int32_t cj)
{
    pstm_journal_record record = whole_of(ci, cj);
    memset(record.missing, 0xff, sizeof record.missing);
    pstm_record_set(&record, 2, 0, true);
    pstm_record_set(&record, 15, 15, true);
    return record;
}

static void expect_part(const pstm_journal *journal, int64_t n_records, const pstm_journal_record *wanted)
{
    const pstm_journal_record *got =
        pstm_journal_get(journal, wanted->column_inline, wanted->column_crossline);
    ck_assert_int_eq(pstm_journal_n_done(journal), 0);
    ck_assert_int_eq(pstm_journal_n_records(journal), n_records);
    ck_assert_ptr_nonnull(got);
    ck_assert_mem_eq(got, wanted, sizeof *got);
    ck_assert(!pstm_journal_is_done(journal, wanted->column_inline, wanted->column_crossline));
}

START_TEST(a_part_of_a_column_has_its_locations_and_grows)
{
    pstm_journal *journal = NULL;
    pstm_journal_record part = part_of(1, 3), *all = NULL;
    uint64_t first, second;
    ok(pstm_journal_open_append(path, &about, &journal));
    ok(pstm_journal_add(journal, &part, 1));
    expect_part(journal, 1, &part);
    ok(pstm_journal_checksum(journal, &first));
    ck_assert(pstm_journal_has(journal, 16 + 2, 48) && pstm_journal_has(journal, 31, 63));
    ck_assert(!pstm_journal_has(journal, 16 + 3, 48) && !pstm_journal_has(journal, 2, 48));
    ck_assert(!pstm_journal_has(journal, 48, 0) && !pstm_journal_has(journal, -1, 0));
    pstm_record_set(&part, 7, 8, true);
    part.digest[1]++;
    ok(pstm_journal_add(journal, &part, 1));
    pstm_journal_close(&journal);
    ok(pstm_journal_open_append(path, &about, &journal));
    expect_part(journal, 1, &part);
    ok(pstm_journal_checksum(journal, &second));
    ck_assert(first != second && pstm_journal_has(journal, 16 + 7, 48 + 8));
    ok(pstm_journal_list(journal, &all));
    ck_assert_mem_eq(all, &part, sizeof part);
    PSTM_FREE(&all);
    pstm_journal_close(&journal);
}
END_TEST

START_TEST(a_whole_column_stays_whole_until_it_is_taken_back)
{
    pstm_journal *journal = NULL;
    const pstm_journal_record part = part_of(1, 2), whole = whole_of(1, 2);
    ok(pstm_journal_open_append(path, &about, &journal));
    ok(pstm_journal_add(journal, &part, 1));
    ok(pstm_journal_add(journal, &whole, 1));
    ok(pstm_journal_add(journal, &part, 1));
    for (int again = 0; again < 2; again++) {
        ck_assert_int_eq(pstm_journal_n_done(journal), 1);
        ck_assert_int_eq(pstm_journal_n_records(journal), 1);
        ck_assert_mem_eq(pstm_journal_get(journal, 1, 2), &whole, sizeof whole);
        pstm_journal_close(&journal);
        ok(pstm_journal_open_append(path, &about, &journal));
    }
    ok(pstm_journal_withdraw(journal, &whole, 1));
    ck_assert_int_eq(pstm_journal_n_records(journal), 0);
    ok(pstm_journal_add(journal, &part, 1));
    expect_part(journal, 1, &part);
    pstm_journal_close(&journal);
}
END_TEST

/* Lines with good checksums that say what no column can. */
START_TEST(a_part_that_makes_no_sense_is_refused)
{
    static const char none[] = "0000000000000000000000000000000000000000000000000000000000000000";
    static const char *const missing[] = {none, "ff", "zz"};
    for (size_t n = 0; n < sizeof missing / sizeof *missing; n++) {
        pstm_journal *journal = NULL;
        char line[300], hex[PSTM_DIGEST_CHARS];
        ok(pstm_journal_open_append(path, &about, &journal));
        pstm_journal_close(&journal);
        int length = snprintf(line, sizeof line,
                              "part 0 0 %s 0000000000000001 0000000000000001 0000000000000001 -", missing[n]);
        pstm_digest_to_hex(pstm_digest_bytes(line, (size_t)length), hex);
        FILE *file = fopen(path, "a");
        fprintf(file, "%s %s\n", line, hex);
        fclose(file);
        ck_assert_int_eq(pstm_journal_open_read(path, &about, &journal), PSTM_DATA);
        ck_assert_ptr_nonnull(strstr(pstm_error_text(), "not a record of this cube"));
        unlink(path);
    }
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("journal parts");
    TCase *tests = tcase_create("journal parts");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_part_of_a_column_has_its_locations_and_grows);
    tcase_add_test(tests, a_whole_column_stays_whole_until_it_is_taken_back);
    tcase_add_test(tests, a_part_that_makes_no_sense_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
