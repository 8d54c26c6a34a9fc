#include "commands/command.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "job/settings.h"

enum { HELP = 256, FIRST_OPTION /* what getopt_long() returns, beyond all characters */ };

/* ---- readers ---- */

static void *field_of(const pstm_option *option, void *options)
{
    return (char *)options + option->field;
}

static pstm_status refuse_value(const pstm_option *option, const char *wants, const char *text)
{
    return pstm_fail(PSTM_USAGE, "--%s wants %s, not '%s'", option->name,
                     option->wants != NULL ? option->wants : wants, text);
}

static bool is_within(const pstm_option *option, double value)
{
    return option->wants == NULL || (value >= option->least && value <= option->most);
}

pstm_status pstm_option_flag(const pstm_option *option, const char *text, void *options)
{
    (void)text;
    *(bool *)field_of(option, options) = true;
    return PSTM_OK;
}

pstm_status pstm_option_text(const pstm_option *option, const char *text, void *options)
{
    *(const char **)field_of(option, options) = text;
    return PSTM_OK;
}

pstm_status pstm_option_integer(const pstm_option *option, const char *text, void *options)
{
    char *end = NULL;
    errno = 0;
    const long value = strtol(text, &end, 10);
    if (end == text || *end != 0 || errno != 0 || value < INT32_MIN || value > INT32_MAX ||
        !is_within(option, (double)value))
        return refuse_value(option, "a whole number", text);
    *(int32_t *)field_of(option, options) = (int32_t)value;
    return PSTM_OK;
}

pstm_status pstm_option_number(const pstm_option *option, const char *text, void *options)
{
    char *end = NULL;
    const double value = strtod(text, &end);
    if (end == text || *end != 0 || !isfinite(value) || !is_within(option, value))
        return refuse_value(option, "a number", text);
    *(double *)field_of(option, options) = value;
    return PSTM_OK;
}

pstm_status pstm_option_pair(const pstm_option *option, const char *text, void *options)
{
    char *comma = NULL, *end = NULL;
    const double first = strtod(text, &comma);
    if (comma == text || *comma != ',') return refuse_value(option, "two numbers 'a,b'", text);
    const double second = strtod(comma + 1, &end);
    if (end == comma + 1 || *end != 0 || !isfinite(first) || !isfinite(second))
        return refuse_value(option, "two numbers 'a,b'", text);
    double *pair = field_of(option, options);
    pair[0] = first;
    pair[1] = second;
    return PSTM_OK;
}

pstm_status pstm_option_setting(const pstm_option *option, const char *text, void *options)
{
    return pstm_settings_add(field_of(option, options), text);
}

/* ---- help ---- */

static int width_of(const pstm_option *option)
{
    return (int)(strlen(option->name) + (option->value != NULL ? 1 + strlen(option->value) : 0));
}

static void print_option(const pstm_option *option, int width)
{
    const int padding = width - width_of(option);
    printf("  --%s%s%s%*s  ", option->name, option->value != NULL ? " " : "",
           option->value != NULL ? option->value : "", padding > 0 ? padding : 0, "");
    for (const char *line = option->help;;) {
        const char *end = strchr(line, '\n');
        if (end == NULL) {
            printf("%s\n", line);
            return;
        }
        printf("%.*s%*s", (int)(end + 1 - line), line, width + 6, "");
        line = end + 1;
    }
}

static void print_help(const pstm_command_line *line)
{
    const pstm_option help = {"help", NULL, "this text", NULL, 0, NULL, 0, 0, false};
    int width = width_of(&help);
    for (size_t i = 0; i < line->n_options; i++)
        if (width_of(&line->options[i]) > width) width = width_of(&line->options[i]);
    fputs(line->usage, stdout);
    printf("\noptions:\n");
    for (size_t i = 0; i < line->n_options; i++)
        print_option(&line->options[i], width);
    print_option(&help, width);
}

/* ---- reading ---- */

/* Why getopt_long() has returned '?' or ':'. */
static pstm_status refuse(int returned, char **argv)
{
    const char *word = argv[optind - 1];
    if (returned == ':') return pstm_fail(PSTM_USAGE, "%s wants a value; try --help", word);
    return pstm_fail(PSTM_USAGE, "there is no option '%s'; try --help", word);
}

static pstm_status check_words(const pstm_command_line *line, int n)
{
    if (n >= line->least_words && n <= line->most_words) return PSTM_OK;
    return pstm_fail(PSTM_USAGE, "%s, %d %s given; try --help", line->words, n, n == 1 ? "was" : "were");
}

static pstm_status read_line(const pstm_command_line *line, int argc, char **argv, void *options, bool *help)
{
    struct option known[PSTM_MOST_OPTIONS + 2] = {{"help", no_argument, NULL, HELP}};
    for (size_t i = 0; i < line->n_options; i++)
        known[1 + i] = (struct option){line->options[i].name,
                                       line->options[i].value != NULL ? required_argument : no_argument, NULL,
                                       FIRST_OPTION + (int)i};
    bool given[PSTM_MOST_OPTIONS] = {false};
    optind = 0; /* glibc: start afresh */
    for (int found; (found = getopt_long(argc, argv, ":", known, NULL)) != -1;) {
        *help = found == HELP;
        if (*help) return PSTM_OK;
        if (found < FIRST_OPTION) return refuse(found, argv);
        const pstm_option *option = &line->options[found - FIRST_OPTION];
        if (given[found - FIRST_OPTION] && !option->repeats)
            return pstm_fail(PSTM_USAGE, "--%s is given twice; only one can count", option->name);
        given[found - FIRST_OPTION] = true;
        PSTM_TRY(option->read(option, optarg, options));
    }
    return check_words(line, argc - optind);
}

char **pstm_command_line_read(const pstm_command_line *line, int argc, char **argv, void *options, int *code)
{
    bool help = false;
    *code = pstm_command_end(argv[0], read_line(line, argc, argv, options, &help));
    if (*code != PSTM_OK) return NULL;
    if (!help) return argv + optind;
    print_help(line);
    return NULL;
}

int pstm_command_end(const char *name, pstm_status status)
{
    if (status != PSTM_OK) fprintf(stderr, "pstm %s: %s\n", name, pstm_error_text());
    return (int)status;
}
