#include "migrate/aperture.h"

#include <float.h>

double pstm_aperture_radius_m(const pstm_device_plan *plan, double vrms_m_s, double t0_s)
{
    double by_angle_m = vrms_m_s * (t0_s / 2) * plan->aperture_tan;
    return by_angle_m < plan->aperture_m ? by_angle_m : plan->aperture_m;
}

void pstm_aperture_limits(const pstm_device_plan *plan, const float *vrms_m_s, float *limit2_m2)
{
    for (int32_t k = 0; k < plan->n_times; k++) {
        double t0_s = pstm_device_time_s(plan, k);
        if (t0_s <= 0) {
            limit2_m2[k] = -1;
            continue;
        }
        double radius_m = pstm_aperture_radius_m(plan, vrms_m_s[k], t0_s);
        double radius2_m2 = radius_m * radius_m;
        limit2_m2[k] = radius2_m2 <= FLT_MAX ? (float)radius2_m2 : INFINITY;
    }
}
