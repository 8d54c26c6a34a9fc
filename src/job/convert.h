/** @file convert.h
 * From the text of a value to the field of the job where it lands, by the type of its key.
 * All functions are Local.
 */
#ifndef PSTM_JOB_CONVERT_H
#define PSTM_JOB_CONVERT_H

#include "core/status.h"
#include "job/schema.h"
#include "job/yaml_tree.h"

/**
 * Checks the node against the row and stores the value in its field, which must be empty (zero) before.
 * Relative paths get `folder` in front. PSTM_USAGE with what was expected and what was found; the place is
 * the caller's to add.
 */
PSTM_MUST_CHECK pstm_status pstm_key_read(const pstm_key *key, const pstm_yaml *node, const char *folder,
                                          pstm_job *job);

/** Frees what the field owns and empties it. */
void pstm_key_clear(const pstm_key *key, pstm_job *job);

#endif
