/** @file values.h
 * Where the value of each key comes from: the job file, a setting, or (nothing found) the default.
 * All functions are Local.
 */
#ifndef PSTM_JOB_VALUES_H
#define PSTM_JOB_VALUES_H

#include <stdbool.h>

#include "core/status.h"
#include "job/schema.h"
#include "job/yaml_tree.h"

/** A text with values. */
typedef struct pstm_job_source {
    const char *name;   /**< path of the job file, or "key=value" of a setting; borrowed */
    bool is_file;       /**< places have line numbers; relative paths count from the file's folder */
    const char *folder; /**< put in front of relative paths, "dir/"; "" for none; borrowed */
    pstm_yaml *tree;    /**< its keys; owned by who made it */
} pstm_job_source;

/** The value of one key; node NULL: the default. All borrowed. */
typedef struct pstm_job_value {
    const pstm_yaml *node;
    const pstm_job_source *source;
} pstm_job_value;

/**
 * Notes in values[pstm_n_keys] every key of the source's tree; what an earlier source gave is replaced.
 * Keys may be nested or written with dots ("grid.time.n"). PSTM_USAGE for unknown keys, with the nearest
 * known one, and for keys given twice.
 */
PSTM_MUST_CHECK pstm_status pstm_job_values_take(pstm_job_value *values, const pstm_job_source *source);

/** Where a value stands, for errors: "job.yaml:12" or "--set a.b=1", in buffer[size]; returns buffer. */
const char *pstm_job_place(const pstm_job_source *source, const pstm_yaml *node, char *buffer, size_t size);

#endif
