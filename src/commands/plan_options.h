/** @file plan_options.h  The options of `pstm plan`. Local. */
#ifndef PSTM_COMMANDS_PLAN_OPTIONS_H
#define PSTM_COMMANDS_PLAN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "job/settings.h"

enum { PSTM_PLAN_MOST_RANKS = 32 /**< counts that are simulated */ };

typedef struct pstm_plan_options {
    const char *job, *profile, *png; /**< NULL: not given */
    pstm_settings settings;
    int32_t ranks[PSTM_PLAN_MOST_RANKS]; /**< rising */
    int32_t n_ranks;
    double rate; /**< contributions per second of a rank; 0: from the profile */
    double traces_scale, area_scale;
    double spread, failures_per_hour, latency_s, message_s, write_bytes_s, read_bytes_s;
    int32_t seed;
    bool help;
} pstm_plan_options;

/** Reads the arguments. PSTM_USAGE. pstm_settings_clear() frees what it holds. */
PSTM_MUST_CHECK pstm_status pstm_plan_options_parse(int argc, char **argv, pstm_plan_options *options);

extern const char pstm_plan_usage[];

#endif
