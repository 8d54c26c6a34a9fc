/* The interpolation of the kernel of groups (gpu/cuda_nodes.inc), on the processor and in float, against
 * exact arrivals and weights in double: wherever the choice (gpu/cuda_pieces.h) gives a piece to groups, the
 * errors are within its bounds, and images of noise and of a signal within what is promised. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gpu/cuda_pieces.h"
#include "sum/real_double.h"
#include "sum/real_float.h"
#include "tests/check/suite.h"

#define REAL float
#define REAL_OF(x) ((float)(x))
#define REAL_FMA(a, b, c) fmaf(a, b, c)
#define NODES(name) name##_f
#define NODES_INLINE static inline
#include "gpu/cuda_nodes.inc"

/* Samples rms: that of the choice, and some roundings of a float near 2,000, each 2^-14 at most. */
#define RMS_LIMIT 2e-4

/* Of one arrival: device.h's word, and the same roundings. */
#define MOST_LIMIT 2.5e-3

/* Of images. */
#define NOISE_LIMIT 3e-4
#define SIGNAL_LIMIT 1e-4

enum { N_TIMES = 1001, N_SAMPLES = 3000, N_TRACES = 200, HARMONICS = 40 };

static const double bins_m[] = {12.5, 25, 50}, velocities_m_s[] = {300, 1000, 1700, 2500, 4500};

enum { BINS = sizeof bins_m / sizeof *bins_m, VELOCITIES = sizeof velocities_m_s / sizeof *velocities_m_s };

static pstm_device_plan plan;
static float vrms_m_s[N_TIMES];
static float noise[N_SAMPLES], signal[N_SAMPLES];
static uint64_t state;

static double next(void)
{
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (double)(state >> 11) / 9007199254740992.0;
}

static void setup(void)
{
    state = 15;
    plan = (pstm_device_plan){.n_times = N_TIMES,
                              .time_step_s = 0.002,
                              .k_end = N_TIMES,
                              .n_samples = N_SAMPLES,
                              .sample_s = 0.002,
                              .n_classes = 1,
                              .n_levels = 1,
                              .weight = PSTM_WEIGHT_OBLIQUITY,
                              .aperture_m = 3000,
                              .aperture_tan = tan(M_PI / 3),
                              .fast_math = true};
    for (int i = 0; i < N_SAMPLES; i++)
        noise[i] = (float)(next() - 0.5), signal[i] = 0;
    /* About 25 Hz: harmonics of random phase between 10 and 40 Hz. */
    for (int h = 0; h < HARMONICS; h++) {
        const double turns = (10 + 30.0 * h / HARMONICS) * plan.sample_s, phase = 2 * M_PI * next();
        for (int i = 0; i < N_SAMPLES; i++)
            signal[i] += (float)cos(2 * M_PI * turns * i + phase);
    }
}

static void set_column(double v_m_s)
{
    for (int k = 0; k < N_TIMES; k++)
        vrms_m_s[k] = (float)(v_m_s * (1 + 0.47e-3 * k));
}

/* ---- a group ---- */

typedef struct group {
    int width, first; /* locations; sample of the piece */
    double half_m;
} group;

/* Source or receiver: along the group from its middle, and squared across. */
typedef struct end {
    double along_m, across2_m2;
} end;

static double leg2_at(const group *g, const end *e, double x)
{
    const double along_m = e->along_m + x * g->half_m;
    return along_m * along_m + e->across2_m2;
}

static double velocity_at(int k)
{
    return k < N_TIMES ? vrms_m_s[k]
                       : vrms_m_s[N_TIMES - 1] +
                             (vrms_m_s[N_TIMES - 1] - vrms_m_s[N_TIMES - 9]) / 8.0 * (k - N_TIMES + 1);
}

static pstm_ray_d ray_at(int k)
{
    const double tau = pstm_device_time_s(&plan, k) / 2 / plan.sample_s, v = velocity_at(k) * plan.sample_s;
    return (pstm_ray_d){.tau2 = tau * tau, .slowness2 = 1 / (v * v)};
}

static void exact(const group *g, const end ends[2], int k, double x, double *arrival, double *weight)
{
    const pstm_ray_d ray = ray_at(k);
    const double ts = sqrt(pstm_law_time2_d((int)plan.law, leg2_at(g, &ends[0], x), &ray));
    const double tr = sqrt(pstm_law_time2_d((int)plan.law, leg2_at(g, &ends[1], x), &ray));
    const pstm_pair_d pair = {.tau2 = ray.tau2, .per_ts = 1 / ts, .per_tr = 1 / tr};
    const double of_pair = pstm_weight_pair_d((int)plan.weight, &pair);
    *arrival = ts + tr;
    *weight = of_pair * pow(ray.tau2, -0.5 * pstm_weight_tau_power((int)plan.weight));
}

/* What prepare() of gpu/cuda_groups.inc does. */
static void prepare(const group *g, const end ends[2], const pstm_cuda_piece *piece,
                    float p[PSTM_NODES_ARRIVAL], float q[PSTM_NODES_WEIGHT_NARROW])
{
    float c[PSTM_NODES_KNOTS][5], w[PSTM_NODES_KNOTS][5];
    for (int knot = 0; knot < PSTM_NODES_KNOTS; knot++) {
        float arrivals[PSTM_NODES_ACROSS], weights[PSTM_NODES_ACROSS];
        const pstm_ray_f ray = {.tau2 = piece->knots[PSTM_RAY_TAU2][knot],
                                .slowness2 = piece->knots[PSTM_RAY_SLOWNESS2][knot]};
        for (int i = 0; i < PSTM_NODES_ACROSS; i++) {
            float time2[2], per[2];
            for (int e = 0; e < 2; e++) {
                const float along = (float)ends[e].along_m + pstm_nodes_place_f(i) * (float)g->half_m;
                time2[e] =
                    pstm_law_time2_f((int)plan.law, fmaf(along, along, (float)ends[e].across2_m2), &ray);
                per[e] = 1 / sqrtf(time2[e]);
            }
            const pstm_pair_f pair = {.tau2 = 1, .per_ts = per[0], .per_tr = per[1]};
            arrivals[i] = fmaf(time2[1], per[1], fmaf(time2[0], per[0], -0.0f));
            weights[i] = pstm_weight_pair_f((int)plan.weight, &pair) * piece->scale[knot];
        }
        pstm_nodes_transform_f(arrivals, c[knot]);
        pstm_nodes_transform_f(weights, w[knot]);
    }
    pstm_nodes_arrival_f(c, p);
    pstm_nodes_weight_f(w, g->width < PSTM_CUDA_WIDEST, q);
}

typedef struct totals {
    double samples2, n, most, most_weight;
    double noise2, noise_error2, signal2, signal_error2;
} totals;

static double value_at(const float *samples, double position)
{
    const int i = (int)position;
    return samples[i] + (position - i) * (samples[i + 1] - (double)samples[i]);
}

/* What interpolation makes of a location. */
typedef struct guess {
    int j;
    float arrival, weight;
} guess;

/* One location and sample of the image. */
typedef struct pixel {
    double noise[2], signal[2]; /* exact, interpolated */
} pixel;

static void add(const group *g, const end ends[2], int k, const guess *of, pixel *sum, totals *t)
{
    double at, scaled_exact;
    const float arrival = of->arrival, scaled = of->weight;
    exact(g, ends, k, (2.0 * of->j + 1 - g->width) / (g->width - 1), &at, &scaled_exact);
    const double tau2 = ray_at(k).tau2, power = 0.25 * pstm_weight_tau_power((int)plan.weight);
    const double weight = scaled_exact, weight2 = scaled / pow(tau2, power);
    t->samples2 += (arrival - at) * (arrival - at), t->n++;
    t->most = fmax(t->most, fabs(arrival - at));
    t->most_weight = fmax(t->most_weight, fabs(weight2 / weight - 1));
    sum->noise[0] += weight * value_at(noise, at), sum->noise[1] += weight2 * value_at(noise, arrival);
    sum->signal[0] += weight * value_at(signal, at), sum->signal[1] += weight2 * value_at(signal, arrival);
}

/* A leg that the aperture admits for all of the group. */
static end random_end(const group *g, double most_m)
{
    const double radius_m = fmax(most_m - g->half_m, 0) * sqrt(next()), turn = 2 * M_PI * next();
    const double across_m = radius_m * sin(turn);
    return (end){radius_m * cos(turn), across_m * across_m};
}

static double aperture_m(int k)
{
    return fmin(plan.aperture_m, plan.aperture_tan * velocity_at(k) * pstm_device_time_s(&plan, k) / 2);
}

static void image_of(const group *g, const pstm_cuda_piece *piece, totals *t)
{
    static pixel image[PSTM_NODES_SAMPLES][PSTM_NODES_MOST];
    memset(image, 0, sizeof image);
    for (int i = 0; i < N_TRACES; i++) {
        float p[PSTM_NODES_ARRIVAL], q[PSTM_NODES_WEIGHT_NARROW], c[5], w[5];
        const end source = random_end(g, aperture_m(g->first));
        /* A quarter of the traces have no offset, where the errors of both legs add up. */
        const end ends[2] = {source, i % 4 == 0 ? source : random_end(g, aperture_m(g->first))};
        prepare(g, ends, piece, p, q);
        for (int k = 0; k < PSTM_NODES_SAMPLES; k++) {
            pstm_nodes_arrival_along_f(p, pstm_nodes_along_f(k), c);
            pstm_nodes_weight_along_f(q, g->width < PSTM_CUDA_WIDEST, pstm_nodes_along_f(k), w);
            for (int h = 0; h < g->width / 2; h++) {
                guess right = {.j = g->width / 2 + h}, left = {.j = g->width / 2 - 1 - h};
                const float x = pstm_nodes_across_f(right.j, g->width);
                pstm_nodes_arrival_pair_f(c, x, &right.arrival, &left.arrival);
                pstm_nodes_weight_pair_f(w, g->width < PSTM_CUDA_WIDEST, x, &right.weight, &left.weight);
                add(g, ends, g->first + k, &right, &image[k][right.j], t);
                add(g, ends, g->first + k, &left, &image[k][left.j], t);
            }
        }
    }
    for (int k = 0; k < PSTM_NODES_SAMPLES; k++)
        for (int j = 0; j < g->width; j++) {
            const pixel *s = &image[k][j];
            t->noise2 += pow(s->noise[0], 2), t->noise_error2 += pow(s->noise[1] - s->noise[0], 2);
            t->signal2 += pow(s->signal[0], 2), t->signal_error2 += pow(s->signal[1] - s->signal[0], 2);
        }
}

START_TEST(wherever_groups_are_chosen_they_are_exact_enough)
{
    const double bin_m = bins_m[_i % BINS], v_m_s = velocities_m_s[_i / BINS % VELOCITIES];
    pstm_cuda_pieces pieces = {0};
    plan.weight = (pstm_weight)(_i / BINS / VELOCITIES);
    set_column(v_m_s);
    ck_assert_int_eq(pstm_cuda_pieces_make(&plan, vrms_m_s, bin_m, 1, &pieces), PSTM_OK);
    for (int i = 0; i < pieces.n_spans * PSTM_CUDA_PIECES_OF_SPAN; i++) {
        const int width = pieces.width[i / PSTM_CUDA_PIECES_OF_SPAN];
        const group g = {width, i * PSTM_CUDA_PIECE, (width - 1) * bin_m / 2};
        totals t = {0};
        if (width == 0) continue;
        image_of(&g, &pieces.piece[i], &t);
        const double rms = sqrt(t.samples2 / t.n), of_noise = sqrt(t.noise_error2 / t.noise2),
                     of_signal = sqrt(t.signal_error2 / t.signal2);
        printf("%4g m/s, %4g m, %.3f s, %2d wide: %.1e samples rms, %.1e most, weight %.1e; noise %.1e, "
               "signal %.1e\n",
               v_m_s, bin_m, g.first * plan.time_step_s, width, rms, t.most, t.most_weight, of_noise,
               of_signal);
        ck_assert_double_lt(rms, RMS_LIMIT);
        ck_assert_double_lt(t.most, MOST_LIMIT);
        ck_assert_double_lt(t.most_weight, 1e-3);
        ck_assert_double_lt(of_noise, NOISE_LIMIT);
        ck_assert_double_lt(of_signal, SIGNAL_LIMIT);
    }
    pstm_cuda_pieces_clear(&pieces);
}
END_TEST

/* The width from a time on, in a column of 1,700 m/s and more. */
static void assert_width(double bin_m, double from_s, int width)
{
    pstm_cuda_pieces pieces = {0};
    set_column(1700);
    ck_assert_int_eq(pstm_cuda_pieces_make(&plan, vrms_m_s, bin_m, 1, &pieces), PSTM_OK);
    for (int i = 0; i < pieces.n_spans; i++) {
        const double t0_s = i * PSTM_CUDA_PIECES_OF_SPAN * PSTM_CUDA_PIECE * plan.time_step_s;
        if (t0_s >= from_s)
            ck_assert_msg(pieces.width[i] >= width, "%g m, %.3f s: %d", bin_m, t0_s, pieces.width[i]);
    }
    ck_assert_int_eq(pieces.width[0], 0); /* it begins at time 0 */
    pstm_cuda_pieces_clear(&pieces);
}

START_TEST(groups_take_most_of_a_survey)
{
    assert_width(12.5, 1.02, 16);
    assert_width(12.5, 0.51, 8);
    assert_width(25, 1.53, 16);
    assert_width(25, 0.76, 8);
    assert_width(50, 1.02, 8);
}
END_TEST

START_TEST(a_kink_of_the_column_goes_to_single_locations)
{
    pstm_cuda_pieces pieces = {0};
    set_column(1700);
    for (int k = 700; k < N_TIMES; k++)
        vrms_m_s[k] += (float)(2.0 * (k - 700));
    ck_assert_int_eq(pstm_cuda_pieces_make(&plan, vrms_m_s, 12.5, 1, &pieces), PSTM_OK);
    ck_assert_int_eq(pieces.width[700 / 128], 0);
    ck_assert_int_gt(pieces.width[4], 0);
    ck_assert_int_gt(pieces.width[7], 0);
    pstm_cuda_pieces_clear(&pieces);
}
END_TEST

START_TEST(what_groups_do_not_cover_goes_to_single_locations)
{
    pstm_device_tile tile = {.n_locations = 6,
                             .lattice = {.n = {2, 3}, .step_m = {{0, 25}, {12.5, 0}}},
                             .columns = {.one_column = true}};
    ck_assert_int_eq(pstm_cuda_groups_axis(&plan, &tile), 1);
    tile.lattice.step_m[0][1] = 10;
    ck_assert_int_eq(pstm_cuda_groups_axis(&plan, &tile), 0);
    tile.lattice.step_m[0][1] = 0; /* a line */
    ck_assert_int_eq(pstm_cuda_groups_axis(&plan, &tile), 1);
    tile.lattice.step_m[1][0] = 0; /* a point */
    ck_assert_int_eq(pstm_cuda_groups_axis(&plan, &tile), -1);
    tile.lattice.step_m[1][0] = 12.5;
    tile.n_locations = 5;
    ck_assert_int_eq(pstm_cuda_groups_axis(&plan, &tile), -1);
    tile.n_locations = 6, tile.columns.one_column = false;
    ck_assert_int_eq(pstm_cuda_groups_axis(&plan, &tile), -1);
    tile.columns.one_column = true, plan.fast_math = false;
    ck_assert_int_eq(pstm_cuda_groups_axis(&plan, &tile), -1);
    plan.fast_math = true, plan.aperture_m = INFINITY;
    ck_assert_int_eq(pstm_cuda_groups_axis(&plan, &tile), -1);
    plan.aperture_m = 3000, plan.n_levels = 2;
    ck_assert_int_eq(pstm_cuda_groups_axis(&plan, &tile), -1);
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("pieces");
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_loop_test(tests, wherever_groups_are_chosen_they_are_exact_enough, 0,
                        BINS * VELOCITIES * PSTM_WEIGHTS);
    tcase_add_test(tests, groups_take_most_of_a_survey);
    tcase_add_test(tests, a_kink_of_the_column_goes_to_single_locations);
    tcase_add_test(tests, what_groups_do_not_cover_goes_to_single_locations);
    Suite *suite = suite_create("pieces of groups");
    suite_add_tcase(suite, tests);
    return suite;
}
