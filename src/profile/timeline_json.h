/** @file timeline_json.h
 * The timelines of a rank as Chrome trace JSON, which Perfetto (ui.perfetto.dev) and chrome://tracing open.
 * Local.
 */
#ifndef PSTM_PROFILE_TIMELINE_JSON_H
#define PSTM_PROFILE_TIMELINE_JSON_H

#include <stdint.h>

#include "core/status.h"
#include "profile/lane.h"

/**
 * Writes the lanes of a rank, [PSTM_LANES], NULL: none; whole or not at all. Times count from
 * origin_s. PSTM_SYSTEM with the path.
 */
PSTM_MUST_CHECK pstm_status pstm_timeline_write(const char *path, int32_t rank, const char *host,
                                                double origin_s, pstm_timeline *const *lanes);

#endif
