/* Growing texts, near words, files read whole. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/text.h"
#include "tests/check/suite.h"

START_TEST(words_are_appended)
{
    pstm_text text = {0};
    ck_assert_int_eq(pstm_text_add(&text, "%s", ""), PSTM_OK);
    ck_assert_str_eq(text.bytes, "");
    ck_assert_int_eq(pstm_text_add(&text, "inline %d", 7), PSTM_OK);
    ck_assert_int_eq(pstm_text_add(&text, ", %.1f m", 12.5), PSTM_OK);
    ck_assert_str_eq(text.bytes, "inline 7, 12.5 m");
    ck_assert_int_eq(text.length, (int64_t)strlen(text.bytes));
    pstm_text_clear(&text);
    ck_assert_ptr_null(text.bytes);
    ck_assert_int_eq(text.length, 0);
    pstm_text_clear(&text);
}
END_TEST

START_TEST(a_long_text_grows_without_loss)
{
    pstm_text text = {0};
    for (int i = 0; i < 5000; i++)
        ck_assert_int_eq(pstm_text_add(&text, "%04d.", i), PSTM_OK);
    ck_assert_int_eq(text.length, 25000);
    for (int i = 0; i < 5000; i++)
        ck_assert_int_eq(atoi(text.bytes + 5 * (size_t)i), i);
    pstm_text_clear(&text);
}
END_TEST

static const char *near(const char *word)
{
    static const char *const words[] = {"auto", "cpu", "cuda", "reference", "paranoid"};
    const char *found = pstm_nearest_word(word, words, sizeof words / sizeof words[0]);
    return found == NULL ? "(none)" : found;
}

START_TEST(the_nearest_word_within_a_third_is_found)
{
    ck_assert_str_eq(near("cuda"), "cuda");
    ck_assert_str_eq(near("cudda"), "cuda"); /* one letter too many */
    ck_assert_str_eq(near("cda"), "cuda");   /* one missing */
    ck_assert_str_eq(near("cpo"), "cpu");    /* one wrong */
    ck_assert_str_eq(near("refrnce"), "reference");
    ck_assert_str_eq(near("refren"), "(none)"); /* three letters off, two allowed */
    ck_assert_str_eq(near("gpus"), "(none)");
    ck_assert_str_eq(near(""), "(none)");
}
END_TEST

START_TEST(the_nearer_of_two_words_wins_and_the_first_of_equals)
{
    static const char *const words[] = {"taper", "tapers", "paper"};
    ck_assert_str_eq(pstm_nearest_word("tapers", words, 3), "tapers");
    ck_assert_str_eq(pstm_nearest_word("zaper", words, 3), "taper");
    ck_assert_ptr_null(pstm_nearest_word("taper", words, 0));
}
END_TEST

START_TEST(a_long_word_is_near_nothing)
{
    static const char *const words[] = {"taper"};
    char word[5001];
    memset(word, 't', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    ck_assert_ptr_null(pstm_nearest_word(word, words, 1));
}
END_TEST

/* A file with `length` bytes, the i-th being i * 7 modulo 256; its name is put into path. */
static void make_file(char path[32], int64_t length)
{
    strcpy(path, "/tmp/pstm_text_XXXXXX");
    const int descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    FILE *file = fdopen(descriptor, "wb");
    ck_assert_ptr_nonnull(file);
    for (int64_t i = 0; i < length; i++)
        putc((int)(i * 7 % 256), file);
    ck_assert(!ferror(file));
    ck_assert_int_eq(fclose(file), 0);
}

START_TEST(a_file_is_read_whole_with_a_zero_behind_it)
{
    static const int64_t lengths[] = {0, 1, 65534, 65535, 65536, 200000}; /* around the size of one read */
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        char path[32];
        pstm_text text = {0};
        make_file(path, lengths[i]);
        ck_assert_int_eq(pstm_text_add(&text, "what was there before"), PSTM_OK);
        ck_assert_int_eq(pstm_text_read_file(&text, path, 200000), PSTM_OK);
        ck_assert_int_eq(text.length, lengths[i]);
        ck_assert_int_eq(text.bytes[text.length], '\0');
        int64_t n_wrong = 0;
        for (int64_t k = 0; k < text.length; k++)
            n_wrong += (unsigned char)text.bytes[k] != k * 7 % 256;
        ck_assert_int_eq(n_wrong, 0);
        pstm_text_clear(&text);
        unlink(path);
    }
}
END_TEST

static void expect_refusal(const char *path, int64_t limit, const char *message)
{
    pstm_text text = {0};
    ck_assert_int_eq(pstm_text_add(&text, "before"), PSTM_OK);
    ck_assert_int_eq(pstm_text_read_file(&text, path, limit), PSTM_USAGE);
    ck_assert_str_eq(text.bytes, "before");
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), path));
    ck_assert_msg(strstr(pstm_error_text(), message) != NULL, "%s", pstm_error_text());
    pstm_text_clear(&text);
}

START_TEST(a_file_that_cannot_be_taken_leaves_the_text_untouched)
{
    char path[32];
    make_file(path, 1001);
    expect_refusal(path, 1000, "longer than 1000 bytes");
    unlink(path);
    expect_refusal(path, 1000, "No such file");
    expect_refusal("/tmp", 1000, "is a folder");
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("text");
    TCase *tests = tcase_create("text");
    tcase_add_test(tests, words_are_appended);
    tcase_add_test(tests, a_long_text_grows_without_loss);
    tcase_add_test(tests, the_nearest_word_within_a_third_is_found);
    tcase_add_test(tests, the_nearer_of_two_words_wins_and_the_first_of_equals);
    tcase_add_test(tests, a_long_word_is_near_nothing);
    tcase_add_test(tests, a_file_is_read_whole_with_a_zero_behind_it);
    tcase_add_test(tests, a_file_that_cannot_be_taken_leaves_the_text_untouched);
    suite_add_tcase(suite, tests);
    return suite;
}
