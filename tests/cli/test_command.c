/* The table of a command's options: values, ranges and words, and what is refused. */
#include <check.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "commands/command.h"
#include "job/settings.h"
#include "tests/check/suite.h"

typedef struct options {
    bool flag;
    const char *text;
    int32_t integer;
    double number, pair[2], above;
    pstm_settings settings;
} options;

static const pstm_option table[] = {
    PSTM_OPTION("flag", NULL, pstm_option_flag, options, flag, "a flag"),
    PSTM_OPTION("text", "TEXT", pstm_option_text, options, text, "a text"),
    PSTM_OPTION_WITHIN("integer", "N", pstm_option_integer, options, integer, "1 to 3", 1, 3, "an integer"),
    PSTM_OPTION("number", "X", pstm_option_number, options, number, "a number"),
    PSTM_OPTION("pair", "A,B", pstm_option_pair, options, pair, "two numbers"),
    PSTM_OPTION_WITHIN("above", "X", pstm_option_number, options, above, "a number above 0", PSTM_ABOVE_ZERO,
                       INFINITY, "a number"),
    PSTM_OPTION_REPEATED("set", "KEY=VALUE", pstm_option_setting, options, settings, "a setting"),
};

static const pstm_command_line line = {.usage = "usage: pstm test\n",
                                       PSTM_OPTIONS(table),
                                       .words = "one or two words are wanted",
                                       .least_words = 1,
                                       .most_words = 2};

enum { MOST_ARGUMENTS = 32 };

/* Reads a line whose words are parted by single spaces; the words that are left. */
static char **read_line(char *text, options *o, int *code)
{
    static char name[] = "test";
    static char *argv[MOST_ARGUMENTS + 1];
    int argc = 0;
    argv[argc++] = name;
    for (char *word = strtok(text, " "); word != NULL && argc < MOST_ARGUMENTS; word = strtok(NULL, " "))
        argv[argc++] = word;
    argv[argc] = NULL;
    return pstm_command_line_read(&line, argc, argv, o, code);
}

START_TEST(options_and_words_are_read_in_any_order)
{
    options o = {0};
    int code = -1;
    char text[] = "first --flag --text words --integer 3 --set a=b --number=-2.5 second --pair 1,-2 --above "
                  "1e-9 --set c=d";
    char **words = read_line(text, &o, &code);
    ck_assert_ptr_nonnull(words);
    ck_assert_int_eq(code, PSTM_OK);
    ck_assert_str_eq(words[0], "first");
    ck_assert_str_eq(words[1], "second");
    ck_assert_ptr_null(words[2]);
    ck_assert(o.flag && o.integer == 3 && o.number == -2.5 && o.pair[0] == 1 && o.pair[1] == -2);
    ck_assert(o.above == 1e-9);
    ck_assert_str_eq(o.text, "words");
    ck_assert_uint_eq(o.settings.n, 2);
    ck_assert_str_eq(o.settings.text[1], "c=d");
    pstm_settings_clear(&o.settings);
}
END_TEST

START_TEST(what_is_wrong_is_named_and_ends_the_command)
{
    static const char *const wrong[][2] = {
        {"word --integer 4", "--integer wants 1 to 3, not '4'"},
        {"word --integer 1.5", "--integer wants 1 to 3, not '1.5'"},
        {"word --number 1x", "--number wants a number, not '1x'"},
        {"word --number nan", "--number wants a number, not 'nan'"},
        {"word --above 0", "--above wants a number above 0, not '0'"},
        {"word --pair 1", "--pair wants two numbers 'a,b', not '1'"},
        {"word --pair 1,2,3", "--pair wants two numbers 'a,b', not '1,2,3'"},
        {"word --text", "--text wants a value"},
        {"word --integer 1 --integer 2", "--integer is given twice"},
        {"word --flag --flag", "--flag is given twice"},
        {"word --nothing", "there is no option '--nothing'"},
        {"", "one or two words are wanted, 0 were given"},
        {"a b c", "one or two words are wanted, 3 were given"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        options o = {0};
        int code = -1;
        char text[64];
        snprintf(text, sizeof text, "%s", wrong[i][0]);
        ck_assert_ptr_null(read_line(text, &o, &code));
        ck_assert_int_eq(code, PSTM_USAGE);
        ck_assert_msg(strstr(pstm_error_text(), wrong[i][1]) != NULL, "%s: %s", wrong[i][0],
                      pstm_error_text());
    }
}
END_TEST

START_TEST(help_ends_the_command_and_is_no_error)
{
    options o = {0};
    int code = -1;
    char text[] = "--help --nothing";
    ck_assert_ptr_null(read_line(text, &o, &code));
    ck_assert_int_eq(code, PSTM_OK);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("command");
    TCase *tests = tcase_create("command line");
    tcase_add_test(tests, options_and_words_are_read_in_any_order);
    tcase_add_test(tests, what_is_wrong_is_named_and_ends_the_command);
    tcase_add_test(tests, help_ends_the_command_and_is_no_error);
    suite_add_tcase(suite, tests);
    return suite;
}
