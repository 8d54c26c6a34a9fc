/** @file arguments.h  Reading the arguments of a command. All functions are Local. */
#ifndef PSTM_COMMANDS_ARGUMENTS_H
#define PSTM_COMMANDS_ARGUMENTS_H

#include <stdint.h>

#include "core/status.h"

/** Reads a whole text as a finite number. PSTM_USAGE naming the option and the text. */
PSTM_MUST_CHECK pstm_status pstm_argument_number(const char *option, const char *text, double *number);

/** Reads a whole text as an integer. PSTM_USAGE naming the option and the text. */
PSTM_MUST_CHECK pstm_status pstm_argument_integer(const char *option, const char *text, int32_t *number);

/** Reads "first,second" as two finite numbers. PSTM_USAGE naming the option and the text. */
PSTM_MUST_CHECK pstm_status pstm_argument_pair(const char *option, const char *text, double pair[2]);

/**
 * The error of getopt_long() having returned '?' or ':' (its option string begins with ':'): says which
 * option is unknown or lacks its value. PSTM_USAGE.
 */
PSTM_MUST_CHECK pstm_status pstm_argument_refuse(int returned, char **argv);

#endif
