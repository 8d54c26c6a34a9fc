#include "profile/profile.h"

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

const char *pstm_operation_name(pstm_operation operation)
{
    static const char *const names[] = {
#define OPERATION_NAME(name, text, meaning) text,
        PSTM_OPERATION_LIST(OPERATION_NAME)
#undef OPERATION_NAME
    };
    return operation < PSTM_OPERATIONS ? names[operation] : "unknown";
}

const char *pstm_device_step_name(pstm_device_step step)
{
    static const char *const names[] = {
#define STEP_NAME(name, text, meaning) text,
        PSTM_DEVICE_STEP_LIST(STEP_NAME)
#undef STEP_NAME
    };
    return step < PSTM_DEVICE_STEPS ? names[step] : "unknown";
}

pstm_device_sum pstm_total_device(const pstm_rank_profile *ranks, int64_t n_ranks)
{
    pstm_device_sum sum = {0};
    for (int64_t i_rank = 0; i_rank < n_ranks; i_rank++) {
        sum.n_units += ranks[i_rank].n_device_units;
        sum.n_contributions += ranks[i_rank].device_contributions;
        pstm_device_times_add(&sum.times, &ranks[i_rank].device_times);
    }
    return sum;
}

double pstm_device_rate(const pstm_device_sum *sum)
{
    return sum->times.busy_s > 0 ? (double)sum->n_contributions / sum->times.busy_s : 0;
}

double pstm_device_share_of_limit(const pstm_device_sum *sum)
{
    return sum->times.limit > 0 ? (double)sum->n_contributions / sum->times.limit : 0;
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

void pstm_tile_record_add(pstm_tile_record *record, const pstm_lane *lane, const pstm_lane_mark *mark)
{
    if (!lane) return;
    const pstm_lane_mark now = pstm_lane_mark_now(lane);
    for (int phase = 0; phase < PSTM_PHASES; phase++)
        record->phase_s[phase] += now.phase_s[phase] - mark->phase_s[phase];
    for (int counter = 0; counter < PSTM_COUNTERS; counter++)
        record->counts[counter] += now.counts[counter] - mark->counts[counter];
}

double pstm_rank_phase_s(const pstm_rank_profile *rank, pstm_phase phase)
{
    double sum_s = 0;
    for (int lane = 0; lane < PSTM_LANES; lane++)
        sum_s += rank->lanes[lane].phase_s[phase];
    return sum_s;
}

int64_t pstm_rank_count(const pstm_rank_profile *rank, pstm_counter counter)
{
    int64_t sum = 0;
    for (int lane = 0; lane < PSTM_LANES; lane++)
        sum += rank->lanes[lane].counts[counter];
    return sum;
}
