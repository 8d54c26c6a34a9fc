/* The traces of a synthetic survey, and the texts that go with it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "job/job.h"
#include "synth/settings.h"
#include "synth/synth.h"
#include "tests/check/suite.h"

enum { MAX_SAMPLES = 1600 };

static pstm_synth preset(const char *name)
{
    pstm_synth synth;
    ck_assert_int_eq(pstm_synth_preset(name, &synth), PSTM_OK);
    ck_assert_int_eq(pstm_synth_check(&synth), PSTM_OK);
    ck_assert_int_le(synth.n_samples, MAX_SAMPLES);
    return synth;
}

START_TEST(the_presets_are_of_the_size_they_say)
{
    const pstm_synth demo = preset("demo"), point = preset("diffractor"), seed31k = preset("seed31k");
    ck_assert_int_eq(pstm_acquisition_n_traces(&demo.acquisition), 6075);
    ck_assert_int_eq(pstm_acquisition_n_traces(&point.acquisition), 7442);
    ck_assert_int_eq(pstm_acquisition_n_traces(&seed31k.acquisition), 31012);
    ck_assert_int_eq(seed31k.n_samples, 1600);
}
END_TEST

START_TEST(an_unknown_preset_names_the_nearest)
{
    pstm_synth synth = {.n_samples = 7};
    ck_assert_int_eq(pstm_synth_preset("seed31", &synth), PSTM_USAGE);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "seed31k"));
    ck_assert_int_eq(synth.n_samples, 7);
}
END_TEST

START_TEST(a_trace_does_not_depend_on_those_made_before)
{
    const pstm_synth synth = preset("demo");
    static float alone[MAX_SAMPLES], after[MAX_SAMPLES];
    pstm_trace first, again;
    pstm_synth_trace(&synth, 4321, &first, alone);
    for (int64_t i = 4325; i > 4321; i--)
        pstm_synth_trace(&synth, i, &again, after);
    pstm_synth_trace(&synth, 4321, &again, after);
    ck_assert_mem_eq(alone, after, (size_t)synth.n_samples * sizeof *alone);
    ck_assert_mem_eq(&first, &again, sizeof first);
}
END_TEST

START_TEST(another_seed_gives_other_noise_and_other_places)
{
    pstm_synth synth = preset("seed31k");
    static float a[MAX_SAMPLES], b[MAX_SAMPLES];
    pstm_trace one, other;
    pstm_synth_trace(&synth, 5, &one, a);
    synth.seed++;
    pstm_synth_trace(&synth, 5, &other, b);
    ck_assert(memcmp(a, b, sizeof a) != 0);
    ck_assert(one.source_x_m != other.source_x_m);
}
END_TEST

/* Noise of 100 traces: its variance, and its correlation from a trace to the next. */
START_TEST(noise_has_the_asked_deviation_and_differs_from_trace_to_trace)
{
    enum { TRACES = 100 };
    pstm_synth synth = preset("diffractor");
    synth.model.n_diffractors = 0;
    synth.noise = 0.25;
    static float samples[2][MAX_SAMPLES];
    double sum = 0.0, square = 0.0, fourth = 0.0, product = 0.0;
    for (int i = 0; i < TRACES; i++) {
        pstm_trace trace;
        pstm_synth_trace(&synth, i, &trace, samples[i % 2]);
        for (int j = 0; j < synth.n_samples; j++) {
            const double x = samples[i % 2][j] / synth.noise;
            sum += x;
            square += x * x;
            fourth += x * x * x * x;
            product += x * samples[(i + 1) % 2][j] / synth.noise;
        }
    }
    /* Five standard errors of 70,100 numbers; the fourth moment of a Gaussian is 3, its error sqrt(96/n). */
    const double n = (double)TRACES * synth.n_samples, five_errors = 5.0 / sqrt(n);
    ck_assert_double_eq_tol(sum / n, 0.0, five_errors);
    ck_assert_double_eq_tol(square / n, 1.0, five_errors * sqrt(2.0));
    ck_assert_double_eq_tol(fourth / n, 3.0, five_errors * sqrt(96.0));
    ck_assert_double_eq_tol(product / n, 0.0, five_errors);
}
END_TEST

START_TEST(dead_traces_are_as_many_as_asked_and_of_both_kinds)
{
    pstm_synth synth = preset("demo");
    synth.dead_fraction = 0.2;
    int counts[PSTM_TRACE_FATES] = {0};
    static float samples[MAX_SAMPLES];
    for (int64_t i = 0; i < 6075; i++) {
        pstm_trace trace;
        pstm_synth_trace(&synth, i, &trace, samples);
        counts[trace.fate]++;
        bool zero = true;
        for (int j = 0; j < synth.n_samples; j++)
            zero = zero && samples[j] == 0.0f;
        ck_assert_int_eq(zero, trace.fate == PSTM_TRACE_DEAD);
    }
    /* Expected 607.5 of each; five standard deviations are 117. */
    ck_assert_int_le(abs(counts[PSTM_TRACE_DEAD] - 607), 117);
    ck_assert_int_le(abs(counts[PSTM_TRACE_NOT_SEISMIC] - 607), 117);
    ck_assert_int_eq(counts[PSTM_TRACE_KEPT] + counts[PSTM_TRACE_DEAD] + counts[PSTM_TRACE_NOT_SEISMIC],
                     6075);
}
END_TEST

START_TEST(the_wavelet_peaks_at_the_exact_time_of_the_headers_positions)
{
    pstm_synth synth = preset("diffractor");
    synth.grid.azimuth_deg = 77.0;
    synth.grid.origin_x_m = 606000.0;
    pstm_grid_prepare(&synth.grid);
    double x, y;
    pstm_synth_to_world(&synth, 750.0, 750.0, &x, &y);
    static float samples[MAX_SAMPLES];
    for (int64_t i = 0; i < 7442; i += 371) {
        pstm_trace trace;
        pstm_synth_trace(&synth, i, &trace, samples);
        const double rs = hypot(hypot(trace.source_x_m - x, trace.source_y_m - y), 400.0);
        const double rr = hypot(hypot(trace.receiver_x_m - x, trace.receiver_y_m - y), 400.0);
        for (int j = 0; j < synth.n_samples; j++) {
            const double wanted =
                400.0 * 400.0 / (rs * rr) * pstm_ricker(25.0, j * 0.002 - (rs + rr) / 2000.0);
            ck_assert_double_eq_tol(samples[j], wanted, 1e-6); /* float samples, UTM positions in double */
        }
    }
}
END_TEST

START_TEST(regular_midpoints_lie_on_the_image_grid_of_any_azimuth)
{
    pstm_synth synth = preset("diffractor");
    synth.grid.azimuth_deg = 201.5;
    synth.grid.origin_y_m = 6077000.0;
    pstm_grid_prepare(&synth.grid);
    static float samples[MAX_SAMPLES];
    pstm_trace trace;
    const int64_t i_trace = (3 * 61 + 8) * 2 + 1; /* inline 3, crossline 8, the 300 m offset */
    pstm_synth_trace(&synth, i_trace, &trace, samples);
    double i, j;
    pstm_grid_indices(&synth.grid, 0.5 * (trace.source_x_m + trace.receiver_x_m),
                      0.5 * (trace.source_y_m + trace.receiver_y_m), &i, &j);
    ck_assert_double_eq_tol(i, 3.0, 1e-9);
    ck_assert_double_eq_tol(j, 8.0, 1e-9);
    ck_assert_double_eq_tol(pstm_trace_offset_m(&trace), 300.0, 1e-6);
    pstm_grid_indices(&synth.grid, trace.receiver_x_m, trace.receiver_y_m, &i, &j);
    ck_assert_double_eq_tol(i, 3.0 + 150.0 / 25.0, 1e-9); /* its azimuth, 90 from Y, is that of X */
}
END_TEST

START_TEST(random_pairs_fill_their_ranges_and_no_more)
{
    pstm_acquisition a = preset("seed31k").acquisition;
    a.x_m = -100.0;
    a.azimuth_min_deg = 20.0;
    a.azimuth_max_deg = 50.0;
    double low[4] = {INFINITY, INFINITY, INFINITY, INFINITY},
           high[4] = {-INFINITY, -INFINITY, -INFINITY, -INFINITY};
    for (int64_t i = 0; i < 5000; i++) {
        const pstm_shot_pair p = pstm_acquisition_pair(&a, 9, i);
        const double dx = p.rx_m - p.sx_m, dy = p.ry_m - p.sy_m;
        const double values[4] = {0.5 * (p.sx_m + p.rx_m), 0.5 * (p.sy_m + p.ry_m), hypot(dx, dy),
                                  atan2(dx, dy) * 180.0 / 3.14159265358979323846};
        for (int k = 0; k < 4; k++) {
            low[k] = fmin(low[k], values[k]);
            high[k] = fmax(high[k], values[k]);
        }
    }
    const double least[4] = {-100.0, 0.0, 300.0, 20.0}, most[4] = {5675.0, 8000.0, 600.0, 50.0};
    for (int k = 0; k < 4; k++) {
        const double part = 0.005 * (most[k] - least[k]); /* 5,000 draws leave gaps of 0.02 % at the ends */
        ck_assert_double_ge(low[k], least[k] - 1e-9);
        ck_assert_double_le(low[k], least[k] + part);
        ck_assert_double_le(high[k], most[k] + 1e-9);
        ck_assert_double_ge(high[k], most[k] - part);
    }
}
END_TEST

START_TEST(a_regular_survey_made_random_keeps_area_and_offsets)
{
    pstm_acquisition a = preset("demo").acquisition;
    pstm_acquisition_randomise(&a, 500);
    ck_assert_int_eq(pstm_acquisition_check(&a), PSTM_OK);
    ck_assert_int_eq(pstm_acquisition_n_traces(&a), 500);
    ck_assert_double_eq_tol(a.x_m, 0.0, 1e-9);
    ck_assert_double_eq_tol(a.length_y_m, 1260.0, 1e-9);
    ck_assert_double_eq(a.offset_min_m, 150.0);
    ck_assert_double_eq(a.offset_max_m, 550.0);
    ck_assert_double_eq(a.azimuth_max_deg, 120.0);
}
END_TEST

START_TEST(the_truth_holds_place_time_and_velocity_of_a_diffractor)
{
    pstm_synth synth = preset("demo");
    pstm_text text = {0};
    ck_assert_int_eq(pstm_synth_add_truth(&synth, &text), PSTM_OK);
    const char *line = strstr(text.bytes, "\ndiffractor 1 ");
    ck_assert_ptr_nonnull(line);
    double x, y, inline_number, crossline_number, z, t0, vrms, amplitude;
    ck_assert_int_eq(sscanf(line, "\ndiffractor 1 %lf %lf %lf %lf %lf %lf %lf %lf", &x, &y, &inline_number,
                            &crossline_number, &z, &t0, &vrms, &amplitude),
                     8);
    double i, j;
    pstm_grid_indices(&synth.grid, x, y, &i, &j);
    ck_assert_double_eq_tol(i, 640.0 / 20.0, 1e-3); /* written to the centimetre */
    ck_assert_double_eq_tol(j, 640.0 / 20.0, 1e-3);
    ck_assert_double_eq_tol(inline_number, 33.0, 1e-9);
    ck_assert_double_eq_tol(crossline_number, 33.0, 1e-9);
    ck_assert_double_eq_tol(t0, 2.0 * 530.0 / 2000.0, 1e-9);
    ck_assert_double_eq_tol(vrms, 2000.0, 1e-9);
    pstm_text_clear(&text);
}
END_TEST

START_TEST(the_velocity_text_follows_vrms_between_its_lines)
{
    pstm_synth synth = preset("demo");
    synth.model.gradient = 0.6;
    pstm_text text = {0};
    ck_assert_int_eq(pstm_synth_add_velocity(&synth, &text), PSTM_OK);
    double t_before = -1.0, v_before = 0.0;
    int n_lines = 0;
    for (char *line = strchr(text.bytes, '\n') + 1; *line != '\0'; line = strchr(line, '\n') + 1, n_lines++) {
        double t, v;
        ck_assert_int_eq(sscanf(line, "%lf %lf", &t, &v), 2);
        ck_assert_double_gt(t, t_before);
        if (n_lines > 0) { /* 0.01 %: moves no event of a second by a tenth of a sample */
            const double middle = pstm_model_vrms(&synth.model, 0.5 * (t + t_before));
            ck_assert_double_eq_tol(0.5 * (v + v_before), middle, 1e-4 * middle);
        }
        t_before = t;
        v_before = v;
    }
    ck_assert_int_gt(n_lines, 2);
    ck_assert_double_eq_tol(t_before, 269 * 0.004, 1e-6);
    pstm_text_clear(&text);
}
END_TEST

static pstm_job *job_of(const pstm_synth *synth)
{
    char path[] = "/tmp/pstm_job_XXXXXX";
    const int descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    pstm_text text = {0};
    ck_assert_int_eq(pstm_synth_add_job(synth, &text), PSTM_OK);
    ck_assert_int_eq(write(descriptor, text.bytes, (size_t)text.length), text.length);
    close(descriptor);
    pstm_text_clear(&text);
    pstm_job *job = NULL;
    const pstm_status status = pstm_job_read(path, NULL, 0, &job);
    unlink(path);
    ck_assert_msg(status == PSTM_OK, "%s", pstm_error_text());
    return job;
}

START_TEST(the_job_text_is_a_job_with_the_surveys_image)
{
    size_t n;
    const char *const *texts, *const *names = pstm_synth_preset_names(&n, &texts);
    for (size_t i = 0; i < n; i++) {
        const pstm_synth synth = preset(names[i]);
        pstm_job *job = job_of(&synth);
        ck_assert_mem_eq(&job->grid, &synth.grid, sizeof job->grid);
        ck_assert_int_eq(job->bins.offset.n, synth.n_classes);
        ck_assert_double_eq(job->aperture.distance_m, synth.aperture_m);
        ck_assert_double_eq(job->aperture.angle_deg, synth.aperture_deg);
        ck_assert_int_eq(job->weight, synth.true_amplitude ? PSTM_WEIGHT_TRUE : PSTM_WEIGHT_OBLIQUITY);
        ck_assert_int_eq(job->condition.wavelet, synth.bare_wavelet ? PSTM_WAVELET_OFF : PSTM_WAVELET_AUTO);
        pstm_job_destroy(&job);
    }
}
END_TEST

START_TEST(changes_apply_in_order_and_the_first_point_takes_the_presets_place)
{
    pstm_synth synth = preset("demo");
    pstm_synth_changes changes = {.synth = &synth};
    ck_assert_int_gt(synth.model.n_diffractors, 1);
    ck_assert_int_eq(pstm_synth_change(&changes, "diffractor", "300,200,400"), PSTM_OK);
    ck_assert_int_eq(pstm_synth_change(&changes, "diffractor", "310,210,410,0.5"), PSTM_OK);
    ck_assert_int_eq(pstm_synth_change(&changes, "velocity", "1500"), PSTM_OK);
    ck_assert_int_eq(synth.model.n_diffractors, 2);
    ck_assert_double_eq(synth.model.diffractors[0].amplitude, 1);
    ck_assert_double_eq(synth.model.diffractors[1].amplitude, 0.5);
    ck_assert_double_eq(synth.model.v0_m_s, 1500);
    ck_assert_double_eq(synth.model.gradient, 0);
}
END_TEST

START_TEST(spreading_is_a_word)
{
    pstm_synth synth = preset("demo");
    pstm_synth_changes changes = {.synth = &synth};
    ck_assert_int_eq(synth.model.spreading, PSTM_SPREADING_DEPTH);
    ck_assert_int_eq(pstm_synth_change(&changes, "spreading", "raw"), PSTM_OK);
    ck_assert_int_eq(synth.model.spreading, PSTM_SPREADING_RAW);
    ck_assert_int_eq(pstm_synth_change(&changes, "spreading", "corrected"), PSTM_OK);
    ck_assert_int_eq(synth.model.spreading, PSTM_SPREADING_CORRECTED);
    ck_assert_int_eq(pstm_synth_change(&changes, "spreading", "spherical"), PSTM_USAGE);
}
END_TEST

START_TEST(a_change_with_wrong_numbers_is_refused_by_name)
{
    static const char *const wrong[][2] = {{"record", "100"},   {"record", "100,0.004,1"}, {"record", "a,b"},
                                           {"record", "1.5,1"}, {"velocity", ""},          {"peak", "inf"},
                                           {"colour", "1"}};
    pstm_synth synth = preset("demo");
    pstm_synth_changes changes = {.synth = &synth};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ck_assert_int_eq(pstm_synth_change(&changes, wrong[i][0], wrong[i][1]), PSTM_USAGE);
        ck_assert_ptr_nonnull(strstr(pstm_error_text(), wrong[i][0]));
    }
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("synth");
    TCase *cases = tcase_create("synth");
    tcase_add_test(cases, the_presets_are_of_the_size_they_say);
    tcase_add_test(cases, an_unknown_preset_names_the_nearest);
    tcase_add_test(cases, a_trace_does_not_depend_on_those_made_before);
    tcase_add_test(cases, another_seed_gives_other_noise_and_other_places);
    tcase_add_test(cases, noise_has_the_asked_deviation_and_differs_from_trace_to_trace);
    tcase_add_test(cases, dead_traces_are_as_many_as_asked_and_of_both_kinds);
    tcase_add_test(cases, the_wavelet_peaks_at_the_exact_time_of_the_headers_positions);
    tcase_add_test(cases, regular_midpoints_lie_on_the_image_grid_of_any_azimuth);
    tcase_add_test(cases, random_pairs_fill_their_ranges_and_no_more);
    tcase_add_test(cases, a_regular_survey_made_random_keeps_area_and_offsets);
    tcase_add_test(cases, the_truth_holds_place_time_and_velocity_of_a_diffractor);
    tcase_add_test(cases, the_velocity_text_follows_vrms_between_its_lines);
    tcase_add_test(cases, the_job_text_is_a_job_with_the_surveys_image);
    tcase_add_test(cases, changes_apply_in_order_and_the_first_point_takes_the_presets_place);
    tcase_add_test(cases, spreading_is_a_word);
    tcase_add_test(cases, a_change_with_wrong_numbers_is_refused_by_name);
    suite_add_tcase(suite, cases);
    return suite;
}
