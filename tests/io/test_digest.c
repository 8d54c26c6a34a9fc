#include <stdlib.h>
#include <string.h>

#include "io/digest.h"
#include "tests/check/suite.h"

START_TEST(digests_are_the_published_xxh3)
{
    /* Values of the empty input from the xxHash specification. */
    ck_assert_uint_eq(pstm_digest_bytes(NULL, 0), 0x2d06800538d394c2u);
    char key[PSTM_KEY_CHARS];
    pstm_digest_key("", key);
    ck_assert_str_eq(key, "99aa06d3014798d86001c324468d497f");
}
END_TEST

START_TEST(combination_is_the_digest_of_the_digests_bytes)
{
    enum { N = 1300 }; /* more than one group of the implementation */
    static uint64_t digests[N];
    static unsigned char bytes[N * 8];
    for (int i = 0; i < N; i++) {
        digests[i] = (uint64_t)(i + 1) * 0x0123456789abcdefu;
        for (int b = 0; b < 8; b++)
            bytes[8 * i + b] = (unsigned char)(digests[i] >> 8 * b);
    }
    static const int64_t sizes[] = {0, 1, 2, 511, 512, 513, 1024, N};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
        ck_assert_uint_eq(pstm_digest_combine(digests, sizes[s]),
                          pstm_digest_bytes(bytes, (size_t)sizes[s] * 8));
}
END_TEST

START_TEST(rows_apart_have_the_digest_of_rows_that_lie_together)
{
    enum { N = 300, BYTES = 52, APART = 80 }; /* a row of the implementation's stripes is 64 bytes */
    static unsigned char together[N * BYTES], apart[N * APART];
    for (int i = 0; i < N * BYTES; i++)
        together[i] = apart[i / BYTES * APART + i % BYTES] = (unsigned char)(i * 7919 >> 3);
    for (int n = 0; n <= N; n += n < 3 ? 1 : 99)
        ck_assert_uint_eq(pstm_digest_rows(apart, n, BYTES, APART),
                          pstm_digest_bytes(together, (size_t)n * BYTES));
}
END_TEST

START_TEST(combination_depends_on_the_order)
{
    const uint64_t ab[2] = {1, 2}, ba[2] = {2, 1};
    ck_assert_uint_ne(pstm_digest_combine(ab, 2), pstm_digest_combine(ba, 2));
}
END_TEST

START_TEST(hexadecimal_comes_back_and_other_texts_do_not)
{
    static const uint64_t numbers[] = {0, 1, 0x8000000000000000u, 0xfedcba9876543210u, UINT64_MAX};
    char text[PSTM_DIGEST_CHARS];
    uint64_t back;
    for (size_t i = 0; i < 5; i++) {
        pstm_digest_to_hex(numbers[i], text);
        ck_assert_uint_eq(strlen(text), 16);
        ck_assert(pstm_digest_from_hex(text, &back));
        ck_assert_uint_eq(back, numbers[i]);
    }
    ck_assert_str_eq(text, "ffffffffffffffff");
    back = 5;
    ck_assert(!pstm_digest_from_hex("0123456789abcde", &back));
    ck_assert(!pstm_digest_from_hex("0123456789abcdeF", &back));
    ck_assert(!pstm_digest_from_hex(" 123456789abcdef", &back));
    ck_assert_uint_eq(back, 5);
}
END_TEST

static void expect_difference(const char *found, const char *wanted, const char *difference)
{
    pstm_text text = {0};
    ck_assert(pstm_digest_difference(found, "the cube", wanted, "the job", &text) == PSTM_OK);
    ck_assert_str_eq(text.bytes == NULL ? "" : text.bytes, difference);
    pstm_text_clear(&text);
}

START_TEST(a_changed_value_is_named_with_both_values)
{
    expect_difference("a: 1\nmigrate.weight: none\nz: 2\n", "a: 1\nmigrate.weight: obliquity\nz: 2\n",
                      "migrate.weight: none in the cube, obliquity in the job\n");
}
END_TEST

START_TEST(equal_texts_have_no_difference)
{
    expect_difference("a: 1\nb: 2\n", "a: 1\nb: 2\n", "");
    expect_difference("", "", "");
    expect_difference("a: 1", "a: 1\n", "");
}
END_TEST

START_TEST(lines_of_one_side_only_are_named_absent_on_the_other)
{
    expect_difference("a: 1\nold: 3\n", "a: 1\nnew: 4\n",
                      "new: absent in the cube, 4 in the job\nold: 3 in the cube, absent in the job\n");
}
END_TEST

START_TEST(names_in_several_lines_are_compared_in_order)
{
    expect_difference("file: a\nfile: b\n", "file: a\nfile: c\nfile: d\n",
                      "file: b in the cube, c in the job\nfile: absent in the cube, d in the job\n");
}
END_TEST

START_TEST(a_name_that_begins_another_is_not_that_name)
{
    expect_difference("aperture: 1\naperture.taper: 0\n", "aperture: 1\naperture.taper: 0.1\n",
                      "aperture.taper: 0 in the cube, 0.1 in the job\n");
}
END_TEST

START_TEST(an_empty_value_is_called_nothing)
{
    expect_difference("a: \n", "a: x\n", "a: nothing in the cube, x in the job\n");
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("digest");
    TCase *tests = tcase_create("digest");
    tcase_add_test(tests, digests_are_the_published_xxh3);
    tcase_add_test(tests, combination_is_the_digest_of_the_digests_bytes);
    tcase_add_test(tests, rows_apart_have_the_digest_of_rows_that_lie_together);
    tcase_add_test(tests, combination_depends_on_the_order);
    tcase_add_test(tests, hexadecimal_comes_back_and_other_texts_do_not);
    tcase_add_test(tests, a_changed_value_is_named_with_both_values);
    tcase_add_test(tests, equal_texts_have_no_difference);
    tcase_add_test(tests, lines_of_one_side_only_are_named_absent_on_the_other);
    tcase_add_test(tests, names_in_several_lines_are_compared_in_order);
    tcase_add_test(tests, a_name_that_begins_another_is_not_that_name);
    tcase_add_test(tests, an_empty_value_is_called_nothing);
    suite_add_tcase(suite, tests);
    return suite;
}
