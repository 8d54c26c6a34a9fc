#include "migrate/depth_loop.h"

#include <math.h>

pstm_arrival pstm_depth_loop_arrival(double t0_s, double vrms_m_s, double source_leg_m, double receiver_leg_m)
{
    double z_m = vrms_m_s * t0_s / 2;
    double r_s_m = sqrt(z_m * z_m + source_leg_m * source_leg_m);
    double r_r_m = sqrt(z_m * z_m + receiver_leg_m * receiver_leg_m);
    double cos_s = z_m / r_s_m;
    double cos_r = z_m / r_r_m;
    return (pstm_arrival){.time_s = (r_s_m + r_r_m) / vrms_m_s, .obliquity = cos_s * cos_r / (r_s_m * r_r_m)};
}
