#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
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
static const pstm_journal_about about = {
    .image_key = "00112233445566778899aabbccddeeff",
    .n_columns_inline = 3,
    .n_columns_crossline = 4,
    .has = {true, true, true, false},
};

static pstm_journal_record record_of(int32_t ci, int32_t cj)
{
    const uint64_t seed = (uint64_t)(ci * 100 + cj + 1);
    return (pstm_journal_record){
        .column_inline = ci,
        .column_crossline = cj,
        .digest = {seed * 0x9e3779b97f4a7c15u, seed * 0xc2b2ae3d27d4eb4fu, seed * 0x165667b19e3779f9u, 0}};
}

static void add(pstm_journal *journal, int32_t ci, int32_t cj)
{
    const pstm_journal_record record = record_of(ci, cj);
    ok(pstm_journal_add(journal, &record, 1));
}

static const int32_t columns[4][2] = {{2, 3}, {0, 0}, {1, 2}, {0, 1}};

/* Makes the journal of the four columns above. */
static void make(void)
{
    pstm_journal *journal = NULL;
    ok(pstm_journal_open_append(path, &about, &journal));
    for (int n = 0; n < 4; n++)
        add(journal, columns[n][0], columns[n][1]);
    ok(pstm_journal_sync(journal));
    pstm_journal_close(&journal);
}

static size_t read_file(char *bytes, size_t limit)
{
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    const size_t n = fread(bytes, 1, limit, file);
    fclose(file);
    ck_assert(n < limit);
    bytes[n] = '\0';
    return n;
}

static void write_file(const char *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, n, file), n);
    fclose(file);
}

/* The first `n` of the four columns are done with the right digests, and nothing else. */
static void expect_first(const pstm_journal *journal, int n)
{
    ck_assert_int_eq(pstm_journal_n_done(journal), n);
    for (int i = 0; i < 4; i++) {
        const pstm_journal_record *record = pstm_journal_get(journal, columns[i][0], columns[i][1]);
        const pstm_journal_record wanted = record_of(columns[i][0], columns[i][1]);
        ck_assert(pstm_journal_is_done(journal, columns[i][0], columns[i][1]) == (i < n));
        ck_assert((record != NULL) == (i < n));
        if (record != NULL) ck_assert_mem_eq(record, &wanted, sizeof wanted);
    }
}

static void expect_read(int n)
{
    pstm_journal *journal = NULL;
    ok(pstm_journal_open_read(path, &about, &journal));
    expect_first(journal, n);
    pstm_journal_close(&journal);
}

START_TEST(records_come_back)
{
    make();
    expect_read(4);
    pstm_journal *journal = NULL;
    ok(pstm_journal_open_append(path, &about, &journal));
    expect_first(journal, 4);
    ck_assert_int_eq(pstm_journal_n_columns(journal), 12);
    ck_assert(!pstm_journal_is_done(journal, 3, 0) && !pstm_journal_is_done(journal, 0, -1));
    pstm_journal_close(&journal);
}
END_TEST

START_TEST(the_file_is_as_documented)
{
    make();
    char bytes[2000];
    read_file(bytes, sizeof bytes);
    static const char first[] = "pstm-journal 1 key 00112233445566778899aabbccddeeff columns 3 4 data "
                                "gather,gather_fold,stack ";
    ck_assert(strncmp(bytes, first, sizeof first - 1) == 0);
    const char *line = strchr(bytes, '\n') + 1;
    ck_assert(strncmp(line, "chunk 2 3 ", 10) == 0);
    /* Four digests, the last "-", then the checksum of the line so far. */
    const char *end = strchr(line, '\n');
    char hex[PSTM_DIGEST_CHARS];
    pstm_digest_to_hex(pstm_digest_bytes(line, (size_t)(end - 17 - line)), hex);
    ck_assert(strncmp(end - 19, " - ", 3) == 0);
    ck_assert(strncmp(end - 16, hex, 16) == 0);
}
END_TEST

START_TEST(records_are_taken_back_and_may_come_again)
{
    make();
    pstm_journal *journal = NULL;
    pstm_journal_record *all = NULL;
    const pstm_journal_record lost[] = {record_of(1, 2), record_of(0, 1)}, wanted = record_of(2, 3);
    ok(pstm_journal_open_append(path, &about, &journal));
    ok(pstm_journal_withdraw(journal, lost, 2));
    expect_first(journal, 2);
    pstm_journal_close(&journal);
    expect_read(2);
    ok(pstm_journal_open_append(path, &about, &journal));
    ok(pstm_journal_list(journal, &all));
    ck_assert(all[0].column_inline == 0 && all[1].column_inline == 2); /* row-major */
    ck_assert_mem_eq(&all[1], &wanted, sizeof *all);
    PSTM_FREE(&all);
    add(journal, 1, 2);
    expect_first(journal, 3);
    pstm_journal_close(&journal);
    expect_read(3);
}
END_TEST

START_TEST(a_journal_that_is_not_there_has_no_records_and_is_not_made_by_reading)
{
    expect_read(0);
    ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

START_TEST(a_journal_torn_at_every_byte_keeps_its_whole_lines_and_goes_on)
{
    make();
    char bytes[2000], after[2000];
    const size_t n = read_file(bytes, sizeof bytes);
    for (size_t cut = 0; cut <= n; cut++) {
        int whole = -1; /* the first line is no record */
        for (size_t b = 0; b < cut; b++)
            whole += bytes[b] == '\n';
        const int expected = whole < 0 ? 0 : whole;
        write_file(bytes, cut);
        expect_read(expected);

        pstm_journal *journal = NULL;
        ok(pstm_journal_open_append(path, &about, &journal));
        expect_first(journal, expected);
        for (int i = expected; i < 4; i++)
            add(journal, columns[i][0], columns[i][1]);
        pstm_journal_close(&journal);
        ck_assert_uint_eq(read_file(after, sizeof after), n);
        ck_assert_mem_eq(after, bytes, n);
    }
}
END_TEST

START_TEST(every_changed_byte_is_found_and_its_line_named)
{
    make();
    char bytes[2000], place[150];
    const size_t n = read_file(bytes, sizeof bytes);
    int line = 1, n_lines = 5;
    for (size_t b = 0; b < n; b++) {
        const char good = bytes[b];
        bytes[b] ^= 1;
        write_file(bytes, n);
        pstm_journal *journal = NULL;
        const pstm_status status = pstm_journal_open_read(path, &about, &journal);
        /* A change in the last line, or of the end of the one before, looks like a torn tail. */
        const int n_bad = line == n_lines ? 1 : line == n_lines - 1 && good == '\n' ? 2 : 0;
        if (n_bad > 0) {
            ck_assert(status == PSTM_OK);
            expect_first(journal, 4 - n_bad);
        } else {
            ck_assert_msg(status == PSTM_DATA, "byte %zu: %d", b, status);
            snprintf(place, sizeof place, "%s:%d: ", path, line);
            ck_assert_msg(strstr(pstm_error_text(), place) != NULL, "byte %zu: %s", b, pstm_error_text());
        }
        pstm_journal_close(&journal);
        bytes[b] = good;
        line += good == '\n';
    }
}
END_TEST

START_TEST(a_damaged_journal_is_not_cut_by_opening_it_for_append)
{
    make();
    char bytes[2000], after[2000];
    const size_t n = read_file(bytes, sizeof bytes);
    *strstr(bytes, "chunk 0 0") = 'C';
    write_file(bytes, n);
    pstm_journal *journal = NULL;
    ck_assert(pstm_journal_open_append(path, &about, &journal) == PSTM_DATA);
    ck_assert_ptr_null(journal);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), ":3: "));
    ck_assert_uint_eq(read_file(after, sizeof after), n);
    ck_assert_mem_eq(bytes, after, n);
}
END_TEST

START_TEST(a_file_that_is_no_journal_is_left_alone)
{
    static const char *const others[] = {"hello\n", "pst", "pstm-journal 1 key\n", "x"};
    static const pstm_status expected[] = {PSTM_DATA, PSTM_OK, PSTM_DATA, PSTM_DATA};
    char after[100];
    for (int i = 0; i < 4; i++) {
        write_file(others[i], strlen(others[i]));
        pstm_journal *journal = NULL;
        ck_assert_int_eq(pstm_journal_open_append(path, &about, &journal), expected[i]);
        pstm_journal_close(&journal);
        if (expected[i] == PSTM_OK) continue;
        read_file(after, sizeof after);
        ck_assert_str_eq(after, others[i]);
    }
}
END_TEST

START_TEST(a_journal_of_another_image_or_shape_is_refused)
{
    make();
    pstm_journal_about others[4] = {about, about, about, about};
    others[0].image_key = "ffffffffffffffffffffffffffffffff";
    others[1].n_columns_inline = 4;
    others[2].n_columns_crossline = 3;
    others[3].has[PSTM_CUBE_FOLD] = true;
    for (int i = 0; i < 4; i++) {
        pstm_journal *journal = NULL;
        ck_assert(pstm_journal_open_append(path, &others[i], &journal) == PSTM_USAGE);
        ck_assert(pstm_journal_open_read(path, &others[i], &journal) == PSTM_USAGE);
        ck_assert_ptr_null(journal);
        ck_assert_ptr_nonnull(strstr(pstm_error_text(), path));
    }
    expect_read(4);
}
END_TEST

static void expect_bad_record(const char *payload)
{
    make();
    char bytes[2000], hex[PSTM_DIGEST_CHARS];
    const size_t n = read_file(bytes, sizeof bytes);
    pstm_digest_to_hex(pstm_digest_bytes(payload, strlen(payload)), hex);
    snprintf(bytes + n, sizeof bytes - n, "%s %s\n", payload, hex);
    write_file(bytes, strlen(bytes));
    pstm_journal *journal = NULL;
    ck_assert_msg(pstm_journal_open_read(path, &about, &journal) == PSTM_DATA, "taken: %s", payload);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), ":6: "));
    unlink(path);
}

START_TEST(a_good_line_that_is_no_record_of_this_cube_is_refused)
{
    expect_bad_record("chunk 3 0 0000000000000001 0000000000000001 0000000000000001 -");
    expect_bad_record("chunk 0 -1 0000000000000001 0000000000000001 0000000000000001 -");
    expect_bad_record("chunk 0 0 0000000000000001 0000000000000001 - -");
    expect_bad_record("chunk 0 0 0000000000000001 0000000000000001 0000000000000001 0000000000000001");
    expect_bad_record("chunk 0 0 0000000000000001 0000000000000001 00000000000000012 -");
    expect_bad_record("chunk 0 0 0000000000000001 0000000000000001 0000000000000001 - more");
    expect_bad_record("tile 0 0");
}
END_TEST

START_TEST(a_column_recorded_twice_counts_once_with_the_later_digests)
{
    pstm_journal *journal = NULL;
    ok(pstm_journal_open_append(path, &about, &journal));
    pstm_journal_record record = record_of(1, 1);
    ok(pstm_journal_add(journal, &record, 1));
    record.digest[PSTM_CUBE_STACK] = 77;
    ok(pstm_journal_add(journal, &record, 1));
    for (int round = 0; round < 2; round++) {
        ck_assert_int_eq(pstm_journal_n_done(journal), 1);
        ck_assert_uint_eq(pstm_journal_get(journal, 1, 1)->digest[PSTM_CUBE_STACK], 77);
        pstm_journal_close(&journal);
        ok(pstm_journal_open_read(path, &about, &journal));
    }
    pstm_journal_close(&journal);
}
END_TEST

START_TEST(a_column_outside_the_cube_is_refused_and_nothing_is_added)
{
    pstm_journal *journal = NULL;
    ok(pstm_journal_open_append(path, &about, &journal));
    const pstm_journal_record records[2] = {record_of(0, 0), record_of(3, 0)};
    ck_assert(pstm_journal_add(journal, records, 2) == PSTM_SYSTEM);
    ck_assert_int_eq(pstm_journal_n_done(journal), 0);
    pstm_journal_close(&journal);
    expect_read(0);
}
END_TEST

START_TEST(a_second_writer_is_refused)
{
    pstm_journal *first = NULL, *second = NULL;
    ok(pstm_journal_open_append(path, &about, &first));
    ck_assert(pstm_journal_open_append(path, &about, &second) == PSTM_USAGE);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "another run"));
    ok(pstm_journal_open_read(path, &about, &second)); /* a reader is welcome */
    pstm_journal_close(&second);
    pstm_journal_close(&first);
    ok(pstm_journal_open_append(path, &about, &second));
    pstm_journal_close(&second);
}
END_TEST

START_TEST(a_record_that_does_not_fit_on_disk_leaves_no_half_line)
{
    pstm_journal *journal = NULL;
    struct stat before, after;
    ok(pstm_journal_open_append(path, &about, &journal));
    add(journal, columns[0][0], columns[0][1]);
    ck_assert_int_eq(stat(path, &before), 0);

    signal(SIGXFSZ, SIG_IGN);
    struct rlimit old, small;
    getrlimit(RLIMIT_FSIZE, &old);
    small = old;
    small.rlim_cur = (rlim_t)before.st_size + 20;
    setrlimit(RLIMIT_FSIZE, &small);
    const pstm_journal_record record = record_of(0, 0);
    const pstm_status status = pstm_journal_add(journal, &record, 1);
    setrlimit(RLIMIT_FSIZE, &old);

    ck_assert(status == PSTM_SYSTEM);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), path));
    ck_assert_int_eq(stat(path, &after), 0);
    ck_assert_int_eq(after.st_size, before.st_size);
    expect_first(journal, 1);
    add(journal, columns[1][0], columns[1][1]);
    pstm_journal_close(&journal);
    expect_read(2);
}
END_TEST

static uint64_t checksum_in_order(const int *order, int n)
{
    pstm_journal *journal = NULL;
    uint64_t checksum = 0;
    ok(pstm_journal_open_append(path, &about, &journal));
    for (int i = 0; i < n; i++)
        add(journal, columns[order[i]][0], columns[order[i]][1]);
    ok(pstm_journal_checksum(journal, &checksum));
    pstm_journal_close(&journal);
    unlink(path);
    return checksum;
}

START_TEST(the_image_checksum_depends_on_the_columns_and_not_on_their_order)
{
    const int forward[4] = {0, 1, 2, 3}, backward[4] = {3, 2, 1, 0};
    const uint64_t checksum = checksum_in_order(forward, 4);
    ck_assert_uint_eq(checksum, checksum_in_order(backward, 4));
    ck_assert_uint_ne(checksum, checksum_in_order(forward, 3));

    /* By hand: digests in place, row-major, the cube's three datasets, 0 where nothing is done. */
    uint64_t digests[12 * 3] = {0};
    for (int i = 0; i < 4; i++) {
        const pstm_journal_record record = record_of(columns[i][0], columns[i][1]);
        memcpy(&digests[(columns[i][0] * 4 + columns[i][1]) * 3], record.digest, 3 * sizeof(uint64_t));
    }
    ck_assert_uint_eq(checksum, pstm_digest_combine(digests, 12 * 3));
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_a_system_error_with_the_path)
{
    char nowhere[200];
    pstm_journal *journal = NULL;
    snprintf(nowhere, sizeof nowhere, "%s/none/image.h5.journal", folder);
    ck_assert(pstm_journal_open_append(nowhere, &about, &journal) == PSTM_SYSTEM);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), nowhere));
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("journal");
    TCase *tests = tcase_create("journal");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, records_come_back);
    tcase_add_test(tests, the_file_is_as_documented);
    tcase_add_test(tests, records_are_taken_back_and_may_come_again);
    tcase_add_test(tests, a_journal_that_is_not_there_has_no_records_and_is_not_made_by_reading);
    tcase_add_test(tests, a_journal_torn_at_every_byte_keeps_its_whole_lines_and_goes_on);
    tcase_add_test(tests, every_changed_byte_is_found_and_its_line_named);
    tcase_add_test(tests, a_damaged_journal_is_not_cut_by_opening_it_for_append);
    tcase_add_test(tests, a_file_that_is_no_journal_is_left_alone);
    tcase_add_test(tests, a_journal_of_another_image_or_shape_is_refused);
    tcase_add_test(tests, a_good_line_that_is_no_record_of_this_cube_is_refused);
    tcase_add_test(tests, a_column_recorded_twice_counts_once_with_the_later_digests);
    tcase_add_test(tests, a_column_outside_the_cube_is_refused_and_nothing_is_added);
    tcase_add_test(tests, a_second_writer_is_refused);
    tcase_add_test(tests, a_record_that_does_not_fit_on_disk_leaves_no_half_line);
    tcase_add_test(tests, the_image_checksum_depends_on_the_columns_and_not_on_their_order);
    tcase_add_test(tests, a_folder_that_is_not_there_is_a_system_error_with_the_path);
    suite_add_tcase(suite, tests);
    return suite;
}
