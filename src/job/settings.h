/** @file settings.h  The values of repeated `--set KEY=VALUE` options. Local. */
#ifndef PSTM_JOB_SETTINGS_H
#define PSTM_JOB_SETTINGS_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

/** Borrowed texts in the order given; all zero is empty. */
typedef struct pstm_settings {
    const char **text;
    size_t n;
    int64_t capacity;
} pstm_settings;

/** Appends one; `text` must outlive the settings, as argv does. */
PSTM_MUST_CHECK pstm_status pstm_settings_add(pstm_settings *settings, const char *text);

/** Frees the list. */
void pstm_settings_clear(pstm_settings *settings);

#endif
