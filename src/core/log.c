#include "core/log.h"

#include <stdarg.h>
#include <stdio.h>

static int log_rank;
static int log_quiet;

void pstm_log_setup(int rank, int quiet)
{
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

void pstm_warn(const char *format, ...)
{
    char lead[48] = "warning: ";
    if (log_rank != 0) snprintf(lead, sizeof lead, "warning (rank %d): ", log_rank);
    va_list arguments;
    va_start(arguments, format);
    print_line(lead, format, arguments);
    va_end(arguments);
}
