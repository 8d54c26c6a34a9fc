/** @file spread.h  How a phase is spread over ranks. Local; used within profile/. */
#ifndef PSTM_PROFILE_SPREAD_H
#define PSTM_PROFILE_SPREAD_H

#include "profile/profile.h"

/** Seconds over ranks; imbalance = max/mean, 1 when the phase took no time anywhere. */
typedef struct pstm_spread {
    double min_s, mean_s, max_s, imbalance;
} pstm_spread;

/** The spread of a phase over ranks, the lanes of a rank added; all 0 and imbalance 1 without ranks. */
pstm_spread pstm_phase_spread(const pstm_rank_profile *ranks, int64_t n_ranks, pstm_phase phase);

/** Appends a line for each node, the slowest first, when the ranks are on more than one. PSTM_SYSTEM: memory.
 */
PSTM_MUST_CHECK pstm_status pstm_nodes_describe(pstm_text *text, const pstm_rank_profile *ranks,
                                                int64_t n_ranks);

/** A counter over all ranks. */
int64_t pstm_total_count(const pstm_rank_profile *ranks, int64_t n_ranks, pstm_counter counter);

#endif
