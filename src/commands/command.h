/** @file command.h
 * What a command is made of: its function, which command_list.h names, its options as one table, which gives
 * their values, the help and the messages, and its end.
 *
 * A command gets argv[0] = its own name and its arguments behind it. It prints results to standard output,
 * errors as "pstm NAME: text" to standard error, and returns a pstm_status as exit code. All functions are
 * Local.
 */
#ifndef PSTM_COMMANDS_COMMAND_H
#define PSTM_COMMANDS_COMMAND_H

#include <float.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "commands/command_list.h"
#include "core/status.h"

#define PSTM_COMMAND_ENTRY(name, what) int pstm_command_##name(int argc, char **argv);
PSTM_COMMAND_LIST(PSTM_COMMAND_ENTRY)
#undef PSTM_COMMAND_ENTRY

typedef struct pstm_option pstm_option;

/** Reads the text behind an option (NULL: it takes none) into the structure of the command's options.
 * PSTM_USAGE, naming the option and the text. */
typedef pstm_status pstm_option_read(const pstm_option *option, const char *text, void *options);

/** One option of a command. */
struct pstm_option {
    const char *name;       /**< without its dashes */
    const char *value;      /**< what stands behind it, in the help: "FILE"; NULL: it takes nothing */
    const char *help;       /**< a line, or several with a newline between them */
    pstm_option_read *read; /**< pstm_option_text and so on, or the command's own */
    size_t field;           /**< offset of its field in the structure */
    const char *wants;      /**< of a number with a range: "a power from 0 to 10"; NULL: it has none */
    double least, most;     /**< the range */
    bool repeats;           /**< each one counts; others are refused when they are given twice */
};

/** Rows of a table of options, for a field of the structure `type`. */
#define PSTM_OPTION(name, value, read, type, field, help)                                                    \
    {                                                                                                        \
        name, value, help, read, offsetof(type, field), NULL, 0, 0, false                                    \
    }
#define PSTM_OPTION_REPEATED(name, value, read, type, field, help)                                           \
    {                                                                                                        \
        name, value, help, read, offsetof(type, field), NULL, 0, 0, true                                     \
    }
#define PSTM_OPTION_WITHIN(name, value, read, type, field, wants, least, most, help)                         \
    {                                                                                                        \
        name, value, help, read, offsetof(type, field), wants, least, most, false                            \
    }

#define PSTM_ABOVE_ZERO DBL_MIN /**< least of a range that does not hold 0 */

/** Readers, by the type of the field. */
pstm_option_read pstm_option_flag;    /**< bool: it was given */
pstm_option_read pstm_option_text;    /**< const char *, borrowed from argv */
pstm_option_read pstm_option_integer; /**< int32_t */
pstm_option_read pstm_option_number;  /**< double, finite */
pstm_option_read pstm_option_pair;    /**< double[2], finite, from "first,second" */
pstm_option_read pstm_option_setting; /**< pstm_settings, of `--set KEY=VALUE`, each of which counts */

/** The command line of a command. */
typedef struct pstm_command_line {
    const char *usage;           /**< over the options, in the help */
    const pstm_option *options;  /**< [n_options]; --help is one of every command */
    size_t n_options;            /**< at most PSTM_MOST_OPTIONS */
    const char *words;           /**< what is wanted besides options: "one cube is wanted" */
    int least_words, most_words; /**< how many of them */
} pstm_command_line;

/** Initialises the fields `options` and `n_options`. */
#define PSTM_OPTIONS(table) .options = (table), .n_options = sizeof(table) / sizeof *(table)

enum { PSTM_MOST_OPTIONS = 32, PSTM_ANY_WORDS = INT_MAX /**< no limit */ };

/**
 * Reads a command line into the structure that the table is for. Returns the words that are no options,
 * borrowed from argv, a NULL behind them; or NULL when the command is over, with exit code *code: the help
 * was wanted and printed, or an error was.
 */
char **pstm_command_line_read(const pstm_command_line *line, int argc, char **argv, void *options, int *code);

/** The exit code of `status`; unless it is PSTM_OK, "pstm NAME: " and this thread's error text are printed to
 * standard error. */
int pstm_command_end(const char *name, pstm_status status);

#endif
