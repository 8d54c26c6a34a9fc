#include "core/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { ERROR_TEXT_BYTES = 4096 };

static _Thread_local char error_text[ERROR_TEXT_BYTES];

const char *pstm_status_text(pstm_status status)
{
    switch (status) {
#define PSTM_STATUS_CASE(name, code, text)                                                                   \
    case PSTM_##name:                                                                                        \
        return text;
        PSTM_STATUS_LIST(PSTM_STATUS_CASE)
#undef PSTM_STATUS_CASE
    }
    return "unknown status";
}

pstm_status pstm_fail(pstm_status status, const char *format, ...)
{
    char text[ERROR_TEXT_BYTES]; /* the arguments may hold the present text */
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    memcpy(error_text, text, sizeof text);
    return status;
}

/* Whether it tells of the machine, not of what was asked of it. */
static bool is_of_system(int error)
{
    static const int errors[] = {EIO,    ENOMEM, EMFILE, ENFILE, ENOSPC,
                                 EDQUOT, ESTALE, EAGAIN, EINTR,  ETIMEDOUT};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (error == errors[i]) return true;
    return false;
}

pstm_status pstm_fail_errno(pstm_status status, const char *format, ...)
{
    const int error = errno;
    char text[ERROR_TEXT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return pstm_fail(is_of_system(error) ? PSTM_SYSTEM : status, "%s: %s", text, strerror(error));
}

pstm_status pstm_while(pstm_status status, const char *format, ...)
{
    char text[ERROR_TEXT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return pstm_fail(status, "%s: %s", text, error_text);
}

const char *pstm_error_text(void)
{
    return error_text;
}
