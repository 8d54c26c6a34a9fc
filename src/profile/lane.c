#include "profile/lane.h"

#include <stdio.h>

static const char *const phase_names[] = {
#define PSTM_PHASE_ENTRY(name, text, meaning) text,
    PSTM_PHASE_LIST(PSTM_PHASE_ENTRY)
#undef PSTM_PHASE_ENTRY
};

static const char *const lane_names[] = {
#define PSTM_LANE_ENTRY(name, text, meaning) text,
    PSTM_LANE_LIST(PSTM_LANE_ENTRY)
#undef PSTM_LANE_ENTRY
};

static const char *const counter_names[] = {
#define PSTM_COUNTER_ENTRY(name, text, meaning) text,
    PSTM_COUNTER_LIST(PSTM_COUNTER_ENTRY)
#undef PSTM_COUNTER_ENTRY
};

const char *pstm_phase_name(pstm_phase phase)
{
    return phase < PSTM_PHASES ? phase_names[phase] : "unknown";
}

const char *pstm_lane_name(pstm_lane_role role)
{
    return role < PSTM_LANE_ROLES ? lane_names[role] : "unknown";
}

void pstm_lane_describe(int lane, char text[24])
{
    const char *role = pstm_lane_name(pstm_lane_role_of(lane));
    const int worker = pstm_lane_worker_of(lane);
    if (worker == 0)
        snprintf(text, 24, "%s", role);
    else
        snprintf(text, 24, "%.10s_%d", role, worker);
}

const char *pstm_counter_name(pstm_counter counter)
{
    return counter < PSTM_COUNTERS ? counter_names[counter] : "unknown";
}

pstm_lane_mark pstm_lane_mark_now(const pstm_lane *lane)
{
    pstm_lane_mark mark = {0};
    if (!lane) return mark;
    for (int phase = 0; phase < PSTM_PHASES; phase++)
        mark.phase_s[phase] = lane->phase_s[phase];
    if (lane->is_running) mark.phase_s[lane->phase] += pstm_now_s() - lane->switched_s;
    for (int counter = 0; counter < PSTM_COUNTERS; counter++)
        mark.counts[counter] = lane->counts[counter];
    return mark;
}
