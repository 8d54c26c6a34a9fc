#include "device/antialias.h"

#include "sum/aperture.h"
#include "sum/real_double.h"

void pstm_antialias_blocks(const pstm_device_plan *plan, const pstm_columns *column,
                           pstm_antialias_block *blocks)
{
    int32_t n_blocks = pstm_antialias_n_blocks(plan->n_times);
    for (int32_t b = 0; b < n_blocks; b++) {
        int32_t k = b * PSTM_BLOCK, end = k + PSTM_BLOCK < plan->n_times ? k + PSTM_BLOCK : plan->n_times;
        while (k < end && pstm_device_time_s(plan, k) <= 0)
            k++;
        blocks[b] = (pstm_antialias_block){0};
        if (k == end) continue;
        double depth_m = column->vrms_m_s[k] * (pstm_device_time_s(plan, k) / 2);
        double sample_m = column->vrms_m_s[k] * plan->sample_s;
        const pstm_medium medium = pstm_device_medium(column, k);
        blocks[b] = (pstm_antialias_block){.depth2_m2 = (float)(depth_m * depth_m),
                                           .per_sample2_m2 = (float)(1 / (sample_m * sample_m)),
                                           .alpha = (float)medium.alpha,
                                           .beta = (float)medium.beta};
    }
}

void pstm_antialias_steps(const pstm_grid *grid, double coefficient, double bin_step_m[2][2])
{
    double inline_m = grid->n_inline > 1 ? coefficient * grid->step_inline_m : 0;
    double crossline_m = grid->n_crossline > 1 ? coefficient * grid->step_crossline_m : 0;
    bin_step_m[0][0] = inline_m * grid->cos_azimuth;
    bin_step_m[0][1] = -inline_m * grid->sin_azimuth;
    bin_step_m[1][0] = crossline_m * grid->sin_azimuth;
    bin_step_m[1][1] = crossline_m * grid->cos_azimuth;
}

int32_t pstm_antialias_n_levels(const pstm_device_plan *plan, double least_vrms_m_s)
{
    double sine = isinf(plan->aperture_tan) ? 1 : plan->aperture_tan / hypot(1, plan->aperture_tan);
    double slope_s_m = pstm_law_steepest_slope(plan->law, sine, least_vrms_m_s), steepest = 0;
    for (int a = 0; a < 2; a++) {
        double step_m = hypot(plan->bin_step_m[a][0], plan->bin_step_m[a][1]);
        steepest = fmax(steepest, 2 * slope_s_m * step_m / plan->sample_s);
    }
    return 1 + pstm_antialias_octave_f((float)fmin(steepest * steepest, 1e30), PSTM_MOST_LEVELS - 1);
}

int32_t pstm_antialias_block_level(const pstm_device_plan *plan, const pstm_antialias_legs_f *legs,
                                   const pstm_antialias_block *block)
{
    const pstm_ray_f ray = {
        .tau2 = block->depth2_m2, .slowness2 = 1, .alpha = block->alpha, .beta = block->beta};
    return pstm_antialias_level_f((int)plan->law, legs, &ray, block->per_sample2_m2, plan->n_levels - 1);
}

pstm_antialias_legs_f pstm_antialias_legs_of(const pstm_device_plan *plan, double x_m, double y_m,
                                             const pstm_device_trace *trace)
{
    pstm_antialias_legs_f legs = {
        .source_leg2_m2 = pstm_aperture_leg2(x_m, y_m, trace->source_x_m, trace->source_y_m),
        .receiver_leg2_m2 = pstm_aperture_leg2(x_m, y_m, trace->receiver_x_m, trace->receiver_y_m)};
    for (int a = 0; a < 2; a++) {
        float step_x_m = (float)plan->bin_step_m[a][0], step_y_m = (float)plan->bin_step_m[a][1];
        legs.source_along_m2[a] = pstm_antialias_projection_f(
            (float)(x_m - trace->source_x_m), (float)(y_m - trace->source_y_m), step_x_m, step_y_m);
        legs.receiver_along_m2[a] = pstm_antialias_projection_f(
            (float)(x_m - trace->receiver_x_m), (float)(y_m - trace->receiver_y_m), step_x_m, step_y_m);
    }
    return legs;
}
