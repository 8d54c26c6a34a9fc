#include "velocity/rays.h"

#include <math.h>

pstm_layer_sums pstm_layers_sum(const pstm_layers *layers, int32_t n)
{
    pstm_layer_sums sums = {.most_p_s_m = INFINITY};
    double fourth = 0;
    for (int32_t i = 0; i < n; i++) {
        const double dtau_s = layers->dtau_s[i], vn = layers->vn_m_s[i], eta = layers->eta[i];
        sums.tau_s += dtau_s;
        sums.depth_m += vn * dtau_s;
        sums.mu2_m2_s2 += vn * vn * dtau_s;
        fourth += vn * vn * vn * vn * (1 + 8 * eta) * dtau_s;
        sums.most_p_s_m = fmin(sums.most_p_s_m, 1 / (vn * sqrt(1 + 2 * eta)));
    }
    sums.mu2_m2_s2 /= sums.tau_s;
    sums.heterogeneity = fourth / sums.tau_s / (sums.mu2_m2_s2 * sums.mu2_m2_s2);
    return sums;
}

/** Distance and time of a ray, and by how much the distance grows with its slowness. */
typedef struct ray {
    double x_m, t_s, growth;
} ray;

/* d(s/D) = ds/D^2, so that dx/x = dp/p (1 + 8 eta s/D + s/(D R)^2). */
static ray trace(const pstm_layers *layers, int32_t n, double p)
{
    ray sum = {0};
    for (int32_t i = 0; i < n; i++) {
        const double vn2 = layers->vn_m_s[i] * layers->vn_m_s[i], s = p * p * vn2;
        const double d = 1 - 2 * layers->eta[i] * s, r2 = 1 - s / d, r = sqrt(r2);
        const double per_p = layers->dtau_s[i] * vn2 / (d * d * r);
        sum.x_m += p * per_p;
        sum.t_s += p * p * per_p + layers->dtau_s[i] * r;
        sum.growth += per_p * (1 + 8 * layers->eta[i] * s / d + s / (d * d * r2));
    }
    return sum;
}

/* Newton's steps, halving the bracket where one leads out of it. dt = p dx, so the time at x itself is exact
 * to the square of what the distance misses. */
double pstm_layers_time_s(const pstm_layers *layers, int32_t n, const pstm_layer_sums *sums, double x_m,
                          double *p_s_m)
{
    enum { MOST_STEPS = 100 };
    static const double MISS = 1e-7;
    double low = 0, high = sums->most_p_s_m, p = *p_s_m;
    ray found = trace(layers, n, p);
    for (int i = 0; i < MOST_STEPS && !(fabs(found.x_m - x_m) <= MISS * x_m); i++) {
        if (found.x_m < x_m)
            low = p;
        else
            high = p;
        p += (x_m - found.x_m) / found.growth;
        if (!(p > low && p < high)) p = (low + high) / 2;
        found = trace(layers, n, p);
    }
    *p_s_m = p;
    return found.t_s + p * (x_m - found.x_m);
}
