/** @file arguments.h  Reading the arguments of a command. All functions are Local. */
#ifndef PSTM_COMMANDS_ARGUMENTS_H
#define PSTM_COMMANDS_ARGUMENTS_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"

/** What a command does with one option: the `val` of its row, the value behind it (NULL: it has none). */
typedef pstm_status pstm_argument_take(int option, const char *value, void *options);

/** What is left of a command line: borrowed from argv. */
typedef struct pstm_arguments {
    char **words; /**< those that are no options */
    int n;
    bool help; /**< --help was there; nothing behind it was read */
} pstm_arguments;

/**
 * Reads a command line: known[] ends in an all zero row, and its `val` 'h' is --help; the others go to `take`
 * (NULL when there are none), in order. PSTM_USAGE as take() says, or naming the option that is unknown or
 * lacks its value.
 */
PSTM_MUST_CHECK pstm_status pstm_arguments_read(int argc, char **argv, const struct option *known,
                                                pstm_argument_take *take, void *options,
                                                pstm_arguments *left);

/** Reads a whole text as a finite number. PSTM_USAGE naming the option and the text. */
PSTM_MUST_CHECK pstm_status pstm_argument_number(const char *option, const char *text, double *number);

/** Reads a whole text as an integer. PSTM_USAGE naming the option and the text. */
PSTM_MUST_CHECK pstm_status pstm_argument_integer(const char *option, const char *text, int32_t *number);

/** Reads "first,second" as two finite numbers. PSTM_USAGE naming the option and the text. */
PSTM_MUST_CHECK pstm_status pstm_argument_pair(const char *option, const char *text, double pair[2]);

#endif
