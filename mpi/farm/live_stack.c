#include "mpi/farm/live_stack.h"

#include "sum/aperture.h"

/* One output sample; gather and gather_fold have a class every n_times values. */
static float mean_of_live(const pstm_device_plan *plan, const pstm_live_class *live, int64_t k,
                          double vrms_m_s, const float *gather, const uint32_t *gather_fold)
{
    const double t0_s = pstm_device_time_s(plan, k);
    const double radius_m = pstm_aperture_radius_m(plan->aperture_m, plan->aperture_tan, vrms_m_s, t0_s);
    const double untapered_m = (1 - plan->aperture_taper) * radius_m;
    int32_t n = 0, nearest = -1;
    float sum = 0;
    for (int32_t c = 0; c < plan->n_classes; c++) {
        const int64_t at = c * (int64_t)plan->n_times + k;
        if (gather_fold[at] == 0) continue;
        if (nearest < 0 || live[c].half_offset_m < live[nearest].half_offset_m) nearest = c;
        if (!pstm_class_is_live(&live[c], t0_s, vrms_m_s, untapered_m)) continue;
        sum += gather[at];
        n++;
    }
    if (n > 0) return sum / (float)n;
    return nearest < 0 ? 0 : gather[nearest * (int64_t)plan->n_times + k];
}

void pstm_live_stack(const pstm_device_plan *plan, const pstm_live_class *live, const float *vrms_m_s,
                     const float *gather, const uint32_t *gather_fold, float *stack, uint32_t *fold)
{
    for (int64_t k = 0; k < plan->n_times; k++) {
        fold[k] = 0;
        stack[k] = 0;
        for (int32_t c = 0; c < plan->n_classes; c++)
            fold[k] += gather_fold[c * (int64_t)plan->n_times + k];
        if (fold[k] > 0) stack[k] = mean_of_live(plan, live, k, (double)vrms_m_s[k], gather, gather_fold);
    }
}
