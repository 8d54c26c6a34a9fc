/** @file report_flags.h
 * What somebody who looks after a run should know of it: flags, each with a sentence of advice. All functions
 * are Local.
 */
#ifndef PSTM_QC_REPORT_FLAGS_H
#define PSTM_QC_REPORT_FLAGS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"

/** X(NAME, title, advice) */
#define PSTM_REPORT_FLAG_LIST(X)                                                                             \
    X(STOPPED, "the run has ended before it was done",                                                       \
      "The same command goes on where it was; nothing that is migrated is done again.")                      \
    X(UNFINISHED, "a part of the grid is not migrated",                                                      \
      "If target in the job names a part, this is meant; else `pstm run` of the job goes on.")               \
    X(DOUBTED, "inputs were doubted",                                                                        \
      "Read the doubts below: each has a cause. docs/troubleshooting.md has the remedies; `accept` in the "  \
      "job names those that are meant.")                                                                     \
    X(DROPPED, "many traces were left out",                                                                  \
      "The list of dropped traces beside the cube has a reason for each; look at input and condition.")      \
    X(BARE, "much of the image holds no trace",                                                              \
      "Where no trace contributes the image is 0: look at the grid against the survey (`pstm check "         \
      "--png`), the "                                                                                        \
      "aperture and mutes.")                                                                                 \
    X(SLOW_KERNEL, "a slow kernel was used",                                                                 \
      "`portable` and `reference` are for machines and tests without another: look at `devices` and "        \
      "PSTM_CPU_KERNEL, and at what `pstm doctor` finds.")                                                   \
    X(UNEVEN, "ranks were busy for different times",                                                         \
      "Give the job more and smaller tiles (tile.inline, tile.crossline), or fewer ranks; look for a rank "  \
      "on a slow or "                                                                                        \
      "shared node.")                                                                                        \
    X(WAITING, "workers waited for much of their time",                                                      \
      "They waited for tiles or for traces: fewer ranks, or a faster file system for the cube's folder, "    \
      "where the "                                                                                           \
      "traces are kept.")                                                                                    \
    X(WRITING, "writing took much of the time",                                                              \
      "Put the cube on a faster file system (`pstm doctor FOLDER` measures it), or set output.stripes.")

typedef enum pstm_report_flag {
#define PSTM_REPORT_FLAG_ENTRY(NAME, title, advice) PSTM_REPORT_FLAG_##NAME,
    PSTM_REPORT_FLAG_LIST(PSTM_REPORT_FLAG_ENTRY)
#undef PSTM_REPORT_FLAG_ENTRY
        PSTM_REPORT_FLAGS
} pstm_report_flag;

/** What of a run the flags go by; what is not known is NAN or 0. */
typedef struct pstm_report_facts {
    bool has_progress, is_finished; /**< by the progress file */
    bool has_profile;
    double share_done;                     /**< of the image, 0 to 1 */
    double n_doubts;                       /**< lines of the cube's doubts */
    double n_dropped, n_traces;            /**< of the input; n_traces is 0 without a profile */
    double bare_share;                     /**< of the samples of the fold's middle sections that are 0 */
    double wall_s, sum_mean_s, sum_most_s; /**< of ranks */
    double wait_share;                     /**< of the workers' time */
    double write_share;                    /**< of the wall clock, of the slowest rank */
    char kernel[96];                       /**< numerics id */
} pstm_report_facts;

/** The flags that the facts raise: bit k is flag k. */
uint64_t pstm_report_flags_raise(const pstm_report_facts *facts);

const char *pstm_report_flag_title(pstm_report_flag flag);
const char *pstm_report_flag_advice(pstm_report_flag flag);
const char *pstm_report_flag_word(pstm_report_flag flag); /**< "STOPPED" */

/** Fills what the progress and profile files of a cube say; a file that is not there leaves it as it is.
 * PSTM_DATA for a file that is no such one. */
PSTM_MUST_CHECK pstm_status pstm_report_facts_read(const char *cube_path, pstm_report_facts *facts);

#endif
