/** @file rate.h  How fast a finished run was, from the profile that it left as JSON. Local. */
#ifndef PSTM_PROFILE_RATE_H
#define PSTM_PROFILE_RATE_H

#include <stdint.h>

#include "core/status.h"

typedef struct pstm_profile_rate {
    double busy_s;          /**< in which a rank's compute threads did not wait, on average; over ranks */
    double n_contributions; /**< samples added to the image, over ranks */
    int64_t n_tiles;        /**< that the run migrated */
} pstm_profile_rate;

/** Reads what pstm_profile_write_json() wrote. PSTM_DATA, naming the path, if it is not such a file or holds
 * no time or no contribution. */
PSTM_MUST_CHECK pstm_status pstm_profile_read_rate(const char *path, pstm_profile_rate *rate);

#endif
