#include "profile/profile.h"

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

const char *pstm_device_kernel_name(pstm_device_kernel kernel)
{
    static const char *const names[] = {
#define KERNEL_NAME(name, text, meaning) text,
        PSTM_DEVICE_KERNEL_LIST(KERNEL_NAME)
#undef KERNEL_NAME
    };
    return kernel < PSTM_DEVICE_KERNELS ? names[kernel] : "unknown";
}

const char *pstm_device_meeting_name(pstm_device_meeting meeting)
{
    static const char *const names[] = {
#define MEETING_NAME(name, text, meaning) text,
        PSTM_DEVICE_MEETING_LIST(MEETING_NAME)
#undef MEETING_NAME
    };
    return meeting < PSTM_DEVICE_MEETINGS ? names[meeting] : "unknown";
}

double pstm_device_counted(const pstm_device_times *times)
{
    double all = 0;
    for (int kernel = 0; kernel < PSTM_DEVICE_KERNELS; kernel++)
        all += times->contributions[kernel];
    return all;
}

double pstm_device_kernel_share(const pstm_device_times *times, pstm_device_kernel kernel)
{
    const double all = pstm_device_counted(times);
    return all > 0 ? times->contributions[kernel] / all : 0;
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
