#include "core/log.h"

#include <stdarg.h>
#include <stdio.h>

static const char *log_command = "";
static int log_rank;
static int log_quiet;

void pstm_log_setup(const char *command, int rank, int quiet)
{
    log_command = command;
    log_rank = rank;
    log_quiet = quiet;
}

static void print_line(const char *lead, const char *format, va_list arguments)
{
    char line[2048];
    vsnprintf(line, sizeof line, format, arguments);
    fprintf(stderr, "%s%s\n", lead, line);
}

void pstm_note(const char *format, ...)
{
    if (log_rank != 0 || log_quiet) return;
    va_list arguments;
    va_start(arguments, format);
    print_line("", format, arguments);
    va_end(arguments);
}

/* "pstm run: warning: " */
static void print_graded(const char *grade, const char *format, va_list arguments)
{
    char lead[96], of_rank[24] = "";
    const char *pstm = log_command[0] == '\0' ? "" : "pstm ", *colon = log_command[0] == '\0' ? "" : ": ";
    if (log_rank != 0) snprintf(of_rank, sizeof of_rank, " (rank %d)", log_rank);
    snprintf(lead, sizeof lead, "%s%s%s%s%s: ", pstm, log_command, colon, grade, of_rank);
    print_line(lead, format, arguments);
}

void pstm_warn(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_graded("warning", format, arguments);
    va_end(arguments);
}

void pstm_tell(const char *grade, const char *format, ...)
{
    if (log_rank != 0) return;
    va_list arguments;
    va_start(arguments, format);
    print_graded(grade, format, arguments);
    va_end(arguments);
}
