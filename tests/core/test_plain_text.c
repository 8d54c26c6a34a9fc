/* Texts from any editor: ends of lines, control characters, characters that look like others. */
#include <string.h>

#include "core/plain_text.h"
#include "tests/check/suite.h"

static pstm_status make_plain(const char *bytes, size_t n, pstm_text *text)
{
    ck_assert_int_eq(pstm_text_add(text, "%*s", (int)n, ""), PSTM_OK);
    memcpy(text->bytes, bytes, n);
    return pstm_plain_text_make(text, "v.txt", PSTM_DATA);
}

static const struct {
    const char *written, *read;
} forms[] = {
    {"", ""},
    {"a\nb\n", "a\nb\n"},
    {"a\r\nb\r\n", "a\nb\n"},
    {"a\rb\r", "a\nb\n"},
    {"a\rb\r\nc\nd", "a\nb\nc\nd"},
    {"a\r\r\nb", "a\n\nb"},
    {"\xef\xbb\xbf", ""},
    {"\xef\xbb\xbf"
     "0\t1\n",
     "0\t1\n"},
    {"# \xc3\xa9t\xc3\xa9 \xe9 \xff\n",
     "# \xc3\xa9t\xc3\xa9 \xe9 \xff\n"}, /* UTF-8, and bytes of other sets */
};

START_TEST(lines_end_with_lf_and_a_mark_at_the_start_is_gone)
{
    pstm_text text = {0};
    ck_assert_int_eq(make_plain(forms[_i].written, strlen(forms[_i].written), &text), PSTM_OK);
    ck_assert_str_eq(text.bytes, forms[_i].read);
    ck_assert_int_eq(text.length, (int64_t)strlen(forms[_i].read));
    pstm_text_clear(&text);
}
END_TEST

static const struct {
    const char *bytes;
    size_t n;
    const char *message;
} refused[] = {
    {"0 1\n1 2\n\x1a", 9, "v.txt:3:1: control character U+001A (Ctrl-Z)"},
    {"0 1\r1 2\x7f\r", 9, "v.txt:2:4: control character U+007F (DEL)"},
    {"0 1\r\n\xc3\xa9 \x0c", 9, "v.txt:2:3: control character U+000C (Ctrl-L)"},
    {"0 1\n2 \x00 3", 9, "v.txt:2:3: control character U+0000 (Ctrl-@)"},
    {"a\xc2\x85", 3, "v.txt:1:2: control character U+0085"},
    {"a\xe2\x80\xa8", 4, "v.txt:1:2: control character U+2028"},
    {"\xff\xfe"
     "0\0",
     4, "v.txt: the text is in UTF-16"},
    {"\xfe\xff\0"
     "0",
     4, "v.txt: the text is in UTF-16"},
    {"0\0 \0", 4, "v.txt: the text is in UTF-16"},
};

START_TEST(control_characters_are_refused_with_line_and_column)
{
    pstm_text text = {0};
    ck_assert_int_eq(make_plain(refused[_i].bytes, refused[_i].n, &text), PSTM_DATA);
    ck_assert_msg(strstr(pstm_error_text(), refused[_i].message) != NULL, "%s", pstm_error_text());
    ck_assert_mem_eq(text.bytes, refused[_i].bytes, refused[_i].n);
    pstm_text_clear(&text);
}
END_TEST

static const struct {
    const char *word, *advice; /* NULL: none */
} words[] = {
    {"0.5", NULL},
    {"caf\xc3\xa9", NULL},
    {"\xc3\xa0", NULL}, /* its second byte alone would be a blank of Latin-1 */
    {",5", NULL},
    {"0.5\xc2\xa0"
     "2000",
     "U+00A0 (a non-breaking space) looks like a blank"},
    {"0.5\xa0", "byte A0"},
    {"6\xe2\x80\xaf"
     "000",
     "U+202F"},
    {"\xe2\x88\x92"
     "0.5",
     "U+2212 (a minus sign) looks like a minus; write -"},
    {"\xe2\x80\x93"
     "0.5",
     "U+2013"},
    {"\x96"
     "5",
     "byte 96"},
    {"1\xef\xbb\xbf", "U+FEFF"},
    {"\xe2\x80\x9c"
     "a",
     "U+201C looks like a quotation mark"},
    {"0,5", "decimal point"},
    {"0.5,2000", "no comma"},
};

START_TEST(characters_that_look_like_others_are_named)
{
    const char *advice = pstm_plain_text_advice(words[_i].word, strlen(words[_i].word));
    if (words[_i].advice == NULL)
        ck_assert_ptr_null(advice);
    else
        ck_assert_msg(advice != NULL && strstr(advice, words[_i].advice) != NULL, "%s",
                      advice == NULL ? "none" : advice);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("plain text");
    TCase *tests = tcase_create("plain text");
    tcase_add_loop_test(tests, lines_end_with_lf_and_a_mark_at_the_start_is_gone, 0,
                        (int)(sizeof forms / sizeof *forms));
    tcase_add_loop_test(tests, control_characters_are_refused_with_line_and_column, 0,
                        (int)(sizeof refused / sizeof *refused));
    tcase_add_loop_test(tests, characters_that_look_like_others_are_named, 0,
                        (int)(sizeof words / sizeof *words));
    suite_add_tcase(suite, tests);
    return suite;
}
