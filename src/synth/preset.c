#include <string.h>

#include "synth/synth.h"

/* A small 3D survey with everything in it that migrates within seconds on two cores. The middle inline cuts
 * all points; the middle crossline and the middle time slice, 0.54 s, cut the second (its peak there, since a
 * point made zero phase for planes is not). Their amplitudes are such that all events show in one picture
 * with a gain of t^2. */
static void preset_demo(pstm_synth *synth)
{
    *synth = (pstm_synth){
        .model = {.v0_m_s = 2000.0,
                  .peak_hz = 25.0,
                  .n_diffractors = 3,
                  .diffractors = {{640.0, 360.0, 240.0, 0.4},
                                  {640.0, 640.0, 530.0, 0.2},
                                  {640.0, 880.0, 660.0, 0.16}},
                  .n_reflectors = 2,
                  .reflectors = {{630.0, 630.0, 800.0, 0.0, 0.0, 0.5},
                                 {630.0, 630.0, 430.0, 12.0, 60.0, 1.0}}},
        .acquisition = {.x_m = 14.0,
                        .y_m = 14.0,
                        .n_x = 45,
                        .n_y = 45,
                        .step_x_m = 28.0,
                        .step_y_m = 28.0,
                        .n_offsets = 3,
                        .offsets = {{150.0, 0.0}, {350.0, 60.0}, {550.0, 120.0}}},
        .grid = {.origin_x_m = 606000.0,
                 .origin_y_m = 6077000.0,
                 .azimuth_deg = 30.0,
                 .n_inline = 64,
                 .n_crossline = 64,
                 .step_inline_m = 20.0,
                 .step_crossline_m = 20.0,
                 .n_times = 270,
                 .time_step_s = 0.004},
        .n_samples = 400,
        .sample_s = 0.004,
        .seed = 1,
        .noise = 0.03,
        .dead_fraction = 0.01,
        .aperture_m = 800.0,
        .aperture_deg = 60.0,
        .class_first_m = 150.0,
        .class_step_m = 200.0,
        .n_classes = 3,
    };
}

/* One point, clean: the survey of the energy figure of a focused image. */
static void preset_diffractor(pstm_synth *synth)
{
    *synth = (pstm_synth){
        .model = {.v0_m_s = 2000.0,
                  .peak_hz = 25.0,
                  .n_diffractors = 1,
                  .diffractors = {{750.0, 750.0, 400.0, 1.0}}},
        .acquisition = {.n_x = 61,
                        .n_y = 61,
                        .step_x_m = 25.0,
                        .step_y_m = 25.0,
                        .n_offsets = 2,
                        .offsets = {{0.0, 0.0}, {300.0, 90.0}}},
        .grid = {.n_inline = 61,
                 .n_crossline = 61,
                 .step_inline_m = 25.0,
                 .step_crossline_m = 25.0,
                 .n_times = 301,
                 .time_step_s = 0.002},
        .n_samples = 701,
        .sample_s = 0.002,
        .seed = 1,
        .aperture_m = 3000.0,
        .aperture_deg = 60.0,
        .bare_wavelet = true,
    };
}

/* The reference job of the benchmarks: 4.6e12 pairs, about 1e12 contributions. The depths are pseudo-depths
 * of t0 = 0.6, 1.2, 1.7 and 1.5 s. */
static void preset_seed31k(pstm_synth *synth)
{
    *synth = (pstm_synth){
        .model = {.background = PSTM_BACKGROUND_VRMS,
                  .v0_m_s = 1700.0,
                  .gradient = 400.0,
                  .peak_hz = 25.0,
                  .n_diffractors = 3,
                  .diffractors = {{2000.0, 2500.0, 582.0, 1.0},
                                  {2887.5, 4000.0, 1308.0, 1.0},
                                  {3750.0, 5500.0, 2023.0, 1.0}},
                  .n_reflectors = 1,
                  .reflectors = {{2887.5, 4000.0, 1725.0, 0.0, 0.0, 1.0}}},
        .acquisition = {.random = true,
                        .n_traces = 31012,
                        .length_x_m = 5775.0,
                        .length_y_m = 8000.0,
                        .offset_min_m = 300.0,
                        .offset_max_m = 600.0,
                        .azimuth_max_deg = 360.0},
        .grid = {.origin_x_m = 606000.0,
                 .origin_y_m = 6077000.0,
                 .azimuth_deg = 32.5,
                 .n_inline = 463,
                 .n_crossline = 321,
                 .step_inline_m = 12.5,
                 .step_crossline_m = 25.0,
                 .n_times = 1001,
                 .time_step_s = 0.002},
        .n_samples = 1600,
        .sample_s = 0.002,
        .seed = 31,
        .noise = 0.05,
        .aperture_m = 3000.0,
        .aperture_deg = 60.0,
    };
}

/* Reflectors of known reflectivity, 0.1 and 0.2, the lower one with a dip, on data that are corrected for
 * spreading: the stack shows them with these peaks, away from the survey's edge. Fast enough and the aperture
 * narrow enough for operators that do not alias at this spacing of the traces. */
static void preset_amplitude(pstm_synth *synth)
{
    *synth = (pstm_synth){
        .model = {.v0_m_s = 3000.0,
                  .peak_hz = 25.0,
                  .spreading = PSTM_SPREADING_CORRECTED,
                  .n_reflectors = 2,
                  .reflectors = {{1000.0, 1000.0, 750.0, 0.0, 0.0, 0.1},
                                 {1000.0, 1000.0, 1350.0, 15.0, 60.0, 0.2}}},
        .acquisition = {.n_x = 81,
                        .n_y = 81,
                        .step_x_m = 25.0,
                        .step_y_m = 25.0,
                        .n_offsets = 3,
                        .offsets = {{0.0, 0.0}, {300.0, 90.0}, {600.0, 90.0}}},
        .grid = {.n_inline = 81,
                 .n_crossline = 81,
                 .step_inline_m = 25.0,
                 .step_crossline_m = 25.0,
                 .n_times = 301,
                 .time_step_s = 0.004},
        .n_samples = 801,
        .sample_s = 0.002,
        .seed = 1,
        .aperture_m = 2000.0,
        .aperture_deg = 50.0,
        .class_first_m = 0.0,
        .class_step_m = 300.0,
        .n_classes = 3,
        .true_amplitude = true,
    };
}

static const char *const NAMES[] = {"demo", "diffractor", "seed31k", "amplitude"};
static const char *const TEXTS[] = {
    "6,075 traces over 1.2 x 1.2 km: points, a flat and a dipping plane, noise, dead traces",
    "7,442 clean traces over 1.5 x 1.5 km, offsets 0 and 300 m, of one point 400 m deep",
    "31,012 traces x 1,600 samples at random over 5.8 x 8 km: the reference job of the benchmarks",
    "19,683 clean traces over 2 x 2 km, planes of reflectivity 0.1 and 0.2, the weight `true`",
};
static void (*const PRESETS[])(pstm_synth *) = {preset_demo, preset_diffractor, preset_seed31k,
                                                preset_amplitude};
enum { N_PRESETS = sizeof NAMES / sizeof *NAMES };

const char *const *pstm_synth_preset_names(size_t *n, const char *const **texts)
{
    *n = N_PRESETS;
    *texts = TEXTS;
    return NAMES;
}

pstm_status pstm_synth_preset(const char *name, pstm_synth *synth)
{
    for (size_t i = 0; i < N_PRESETS; i++) {
        if (strcmp(name, NAMES[i]) != 0) continue;
        PRESETS[i](synth);
        synth->grid.first_inline = synth->grid.first_crossline = 1;
        pstm_grid_prepare(&synth->grid);
        return PSTM_OK;
    }
    const char *near = pstm_nearest_word(name, NAMES, N_PRESETS);
    if (near != NULL)
        return pstm_fail(PSTM_USAGE, "no preset is called `%s`; did you mean `%s`?", name, near);
    return pstm_fail(PSTM_USAGE,
                     "no preset is called `%s`; there are demo, diffractor, seed31k and amplitude", name);
}
