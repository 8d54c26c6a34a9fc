#include "commands/arguments.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static pstm_status no_number(const char *option, const char *wanted, const char *text)
{
    return pstm_fail(PSTM_USAGE, "%s wants %s, not '%s'", option, wanted, text);
}

pstm_status pstm_argument_number(const char *option, const char *text, double *number)
{
    char *end = NULL;
    const double value = strtod(text, &end);
    if (end == text || *end != 0 || !isfinite(value)) return no_number(option, "a number", text);
    *number = value;
    return PSTM_OK;
}

pstm_status pstm_argument_integer(const char *option, const char *text, int32_t *number)
{
    char *end = NULL;
    errno = 0;
    const long value = strtol(text, &end, 10);
    if (end == text || *end != 0 || errno != 0 || value < INT32_MIN || value > INT32_MAX)
        return no_number(option, "a whole number", text);
    *number = (int32_t)value;
    return PSTM_OK;
}

pstm_status pstm_argument_pair(const char *option, const char *text, double pair[2])
{
    char *end = NULL;
    const double first = strtod(text, &end);
    if (end == text || *end != ',') return no_number(option, "two numbers 'a,b'", text);
    const char *rest = end + 1;
    const double second = strtod(rest, &end);
    if (end == rest || *end != 0 || !isfinite(first) || !isfinite(second))
        return no_number(option, "two numbers 'a,b'", text);
    pair[0] = first;
    pair[1] = second;
    return PSTM_OK;
}

/* Why getopt_long() has returned '?' or ':'. */
static pstm_status refuse(int returned, char **argv)
{
    const char *word = argv[optind - 1];
    if (returned == ':') return pstm_fail(PSTM_USAGE, "%s wants a value; try --help", word);
    return pstm_fail(PSTM_USAGE, "there is no option '%s'; try --help", word);
}

pstm_status pstm_arguments_read(int argc, char **argv, const struct option *known, pstm_argument_take *take,
                                void *options, pstm_arguments *left)
{
    *left = (pstm_arguments){0};
    optind = 0; /* glibc: start afresh */
    for (int option; (option = getopt_long(argc, argv, ":", known, NULL)) != -1;) {
        if (option == '?' || option == ':') return refuse(option, argv);
        if (option == 'h') {
            left->help = true;
            return PSTM_OK;
        }
        PSTM_TRY(take(option, optarg, options));
    }
    left->words = argv + optind;
    left->n = argc - optind;
    return PSTM_OK;
}
