#include "device/aperture_limits.h"

#include <float.h>
#include <math.h>

#include "sum/aperture.h"
#include "sum/real_double.h"

double pstm_aperture_limit_m(const pstm_device_plan *plan, double t0_s, const pstm_medium *medium)
{
    return fmin(pstm_aperture_radius_m(plan->aperture_m, plan->aperture_tan, medium->vrms_m_s, t0_s),
                pstm_law_longest_leg_m(plan->law, t0_s, medium));
}

void pstm_aperture_limits(const pstm_device_plan *plan, const pstm_columns *column, float *limit2_m2)
{
    for (int32_t k = 0; k < plan->n_times; k++) {
        double t0_s = pstm_device_time_s(plan, k);
        if (t0_s <= 0) {
            limit2_m2[k] = -1;
            continue;
        }
        const pstm_medium medium = pstm_device_medium(column, k);
        double radius_m = pstm_aperture_limit_m(plan, t0_s, &medium);
        double radius2_m2 = radius_m * radius_m;
        limit2_m2[k] = radius2_m2 <= FLT_MAX ? (float)radius2_m2 : INFINITY;
    }
}
