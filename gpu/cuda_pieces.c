#include "gpu/cuda_pieces.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "device/aperture_limits.h"
#include "sum/real_double.h"

#define REAL double
#define REAL_OF(x) ((double)(x))
#define REAL_FMA(a, b, c) ((a) * (b) + (c))
#define NODES(name) name##_d
#define NODES_INLINE static inline
#include "gpu/cuda_nodes.inc"

/* Arrivals within 1/500 sample and weights within 0.1 % are what device.h promises with fast_math. The errors
 * that an image shows are the rms. They are those of traces without offset, where the errors of both legs add
 * up; where they are independent, the rms is 1/sqrt(2) of it. With a quarter of the traces without offset
 * these limits are 1e-4 samples (1.7e-4 of white noise, 3e-5 of a signal of 25 Hz at 2 ms) and 9e-5 of the
 * weights. */
static const double MOST_SAMPLES = 1.0 / 500, RMS_SAMPLES = 1.27e-4, MOST_WEIGHT = 1e-3, RMS_WEIGHT = 1.0e-4;

enum { RINGS = 8, ANGLES = 5, SOME_SAMPLES = 8, SOME_LOCATIONS = 4 };

/* Behind the axis a column goes on as it came over so many samples, within these parts of its last value. */
enum { BACK = 8 };
static const double LEAST_BEHIND = 0.5, MOST_BEHIND = 2;

/* ---- the column ---- */

/* The velocity at output sample k, which may lie behind the axis. */
static double vrms_at(const float *vrms_m_s, int32_t n_times, int32_t k)
{
    if (k < n_times) return vrms_m_s[k];
    const int32_t last = n_times - 1, back = last < BACK ? last : BACK;
    if (back == 0) return vrms_m_s[last];
    const double slope = ((double)vrms_m_s[last] - vrms_m_s[last - back]) / back;
    const double v_m_s = vrms_m_s[last] + slope * (k - last);
    return fmin(fmax(v_m_s, LEAST_BEHIND * vrms_m_s[last]), MOST_BEHIND * vrms_m_s[last]);
}

/* The fields of the law at output sample k, times in input samples. */
static pstm_ray_d fields_at(const pstm_device_plan *plan, const float *vrms_m_s, int32_t k)
{
    const double tau = pstm_device_time_s(plan, k) / 2 / plan->sample_s;
    const double v_m_per_sample = vrms_at(vrms_m_s, plan->n_times, k) * plan->sample_s;
    return (pstm_ray_d){.tau2 = tau * tau, .slowness2 = 1 / (v_m_per_sample * v_m_per_sample)};
}

static double field(const pstm_ray_d *ray, int f)
{
    switch (f) {
#define FIELD(A, NAME, name, help)                                                                           \
    case PSTM_RAY_##NAME:                                                                                    \
        return ray->name;
        PSTM_RAY_FIELD_LIST(FIELD, )
#undef FIELD
    default:
        return NAN;
    }
}

/* The longest leg in metres that a sample of a piece may have. */
static double longest_m(const pstm_device_plan *plan, const float *vrms_m_s, int32_t k)
{
    const pstm_medium medium = {.vrms_m_s = vrms_at(vrms_m_s, plan->n_times, k)};
    return pstm_aperture_limit_m(plan, pstm_device_time_s(plan, k), &medium);
}

/* ---- the errors ---- */

/* A place from which a group is looked at: along it from its middle, and squared across. Source and receiver
 * are both there: errors of the legs then add up. */
typedef struct view {
    double along_m, across2_m2, weight;
} view;

typedef struct sums {
    pstm_cuda_errors errors;
    double samples2, weight2, all_weight2, n;
} sums;

typedef struct shape {
    const pstm_device_plan *plan;
    const float *vrms_m_s;
    int32_t first, width;
    double half_m; /* from the middle of a group to its last location */
} shape;

static int is_narrow(const shape *s)
{
    return s->width < PSTM_CUDA_WIDEST;
}

static double leg2_at(const shape *s, const view *v, double x)
{
    const double along_m = v->along_m + x * s->half_m;
    return along_m * along_m + v->across2_m2;
}

/* Arrival and scaled weight of both legs. */
static void exact_at(const shape *s, const pstm_ray_d *ray, double leg2, double *arrival, double *weight)
{
    const int power = pstm_weight_tau_power((int)s->plan->weight);
    const double time = sqrt(pstm_law_time2_d((int)s->plan->law, leg2, ray));
    const pstm_pair_d pair = {.tau2 = ray->tau2, .per_ts = 1 / time, .per_tr = 1 / time};
    *arrival = 2 * time;
    *weight = pstm_weight_pair_d((int)s->plan->weight, &pair) / pow(ray->tau2, 0.25 * power);
}

static void interpolate(const shape *s, const view *v, double p[PSTM_NODES_ARRIVAL],
                        double q[PSTM_NODES_WEIGHT_NARROW])
{
    double c[PSTM_NODES_KNOTS][5], w[PSTM_NODES_KNOTS][5];
    for (int knot = 0; knot < PSTM_NODES_KNOTS; knot++) {
        double arrivals[PSTM_NODES_ACROSS], weights[PSTM_NODES_ACROSS];
        const pstm_ray_d ray = fields_at(s->plan, s->vrms_m_s, s->first + pstm_nodes_knot_d(knot));
        for (int i = 0; i < PSTM_NODES_ACROSS; i++)
            exact_at(s, &ray, leg2_at(s, v, pstm_nodes_place_d(i)), &arrivals[i], &weights[i]);
        pstm_nodes_transform_d(arrivals, c[knot]);
        pstm_nodes_transform_d(weights, w[knot]);
    }
    pstm_nodes_arrival_d(c, p);
    pstm_nodes_weight_d(w, is_narrow(s), q);
}

/* What interpolation makes of one location. */
typedef struct guess {
    double x, arrival, weight;
} guess;

/* Adds what it is off, if the location is within the aperture. */
static void compare(const shape *s, const view *v, const pstm_ray_d *ray, double limit_m, const guess *of,
                    sums *out)
{
    const double leg2 = leg2_at(s, v, of->x);
    double exact, exact_weight;
    if (leg2 > limit_m * limit_m) return;
    exact_at(s, ray, leg2, &exact, &exact_weight);
    const double samples = fabs(of->arrival - exact), of_weight = fabs(of->weight - exact_weight);
    /* Not fmax(), which forgets a NaN. */
    if (!(samples <= out->errors.most_samples)) out->errors.most_samples = samples;
    if (!(of_weight <= out->errors.most_weight * exact_weight))
        out->errors.most_weight = of_weight / exact_weight;
    out->samples2 += v->weight * samples * samples;
    out->weight2 += v->weight * of_weight * of_weight;
    out->all_weight2 += v->weight * exact_weight * exact_weight;
    out->n += v->weight;
}

static void look(const shape *s, const view *v, sums *out)
{
    double p[PSTM_NODES_ARRIVAL], q[PSTM_NODES_WEIGHT_NARROW];
    interpolate(s, v, p, q);
    for (int i = 0; i < SOME_SAMPLES; i++) {
        const int32_t k = i * (PSTM_NODES_SAMPLES - 1) / (SOME_SAMPLES - 1);
        const double u = pstm_nodes_along_d(k), limit_m = longest_m(s->plan, s->vrms_m_s, s->first + k);
        const pstm_ray_d ray = fields_at(s->plan, s->vrms_m_s, s->first + k);
        double c[5], w[5];
        pstm_nodes_arrival_along_d(p, u, c);
        pstm_nodes_weight_along_d(q, is_narrow(s), u, w);
        for (int h = 0; h < SOME_LOCATIONS; h++) {
            const int j = s->width / 2 + h * (s->width / 2 - 1) / (SOME_LOCATIONS - 1);
            const double x = pstm_nodes_across_d(j, s->width);
            guess right = {.x = x}, left = {.x = -x};
            pstm_nodes_arrival_pair_d(c, x, &right.arrival, &left.arrival);
            pstm_nodes_weight_pair_d(w, is_narrow(s), x, &right.weight, &left.weight);
            compare(s, v, &ray, limit_m, &right, out);
            compare(s, v, &ray, limit_m, &left, out);
        }
    }
}

pstm_cuda_errors pstm_cuda_piece_errors(const pstm_device_plan *plan, const float *vrms_m_s, int32_t i_piece,
                                        int32_t width, double step_m)
{
    const shape s = {plan, vrms_m_s, i_piece * PSTM_CUDA_PIECE, width, (width - 1) * step_m / 2};
    sums out = {0};
    double most_m = 0;
    for (int32_t k = 0; k < PSTM_CUDA_PIECE; k++)
        most_m = fmax(most_m, longest_m(plan, vrms_m_s, s.first + k));
    /* Rings have their area's share of the traces; angles are those of a quarter turn, as both axes are
     * mirrors. */
    for (int ring = 0; ring < RINGS; ring++)
        for (int angle = 0; angle < ANGLES; angle++) {
            const double radius_m = (most_m + s.half_m) * (ring + 0.5) / RINGS;
            const double turn = M_PI / 2 * angle / (ANGLES - 1), across_m = radius_m * sin(turn);
            look(&s, &(view){radius_m * cos(turn), across_m * across_m, ring + 0.5}, &out);
        }
    out.errors.rms_samples = sqrt(out.samples2 / out.n);
    out.errors.rms_weight = sqrt(out.weight2 / out.all_weight2);
    return out.errors;
}

bool pstm_cuda_errors_allowed(const pstm_cuda_errors *errors)
{
    return errors->most_samples <= MOST_SAMPLES && errors->rms_samples <= RMS_SAMPLES &&
           errors->most_weight <= MOST_WEIGHT && errors->rms_weight <= RMS_WEIGHT;
}

/* ---- the pieces ---- */

bool pstm_cuda_groups_apply(const pstm_device_plan *plan)
{
    const bool bends = pstm_law_bends((int)plan->law); /* pieces have no alpha and beta */
    return plan->fast_math && plan->n_levels == 1 && !isinf(plan->aperture_m) && !bends;
}

int pstm_cuda_groups_axis(const pstm_device_plan *plan, const pstm_device_tile *tile)
{
    const pstm_lattice *lattice = &tile->lattice;
    if (!pstm_cuda_groups_apply(plan) || !tile->columns.one_column) return -1;
    if ((int64_t)lattice->n[0] * lattice->n[1] != tile->n_locations) return -1;
    double step_m[2];
    for (int a = 0; a < 2; a++)
        step_m[a] = hypot(lattice->step_m[a][0], lattice->step_m[a][1]);
    if (step_m[0] == 0 && step_m[1] == 0) return -1;
    if (step_m[0] == 0 || step_m[1] == 0) return step_m[0] == 0;
    return step_m[1] < step_m[0];
}

/* Times before 0 have none of these. */
static bool span_does(const pstm_device_plan *plan, const float *vrms_m_s, int32_t i_span, int32_t width,
                      double step_m)
{
    for (int32_t i = 0; i < PSTM_CUDA_PIECES_OF_SPAN; i++) {
        const int32_t i_piece = i_span * PSTM_CUDA_PIECES_OF_SPAN + i;
        if (pstm_device_time_s(plan, (int64_t)i_piece * PSTM_CUDA_PIECE) <= 0) return false;
        if (i_piece * PSTM_CUDA_PIECE >= plan->n_times) continue;
        const pstm_cuda_errors errors = pstm_cuda_piece_errors(plan, vrms_m_s, i_piece, width, step_m);
        if (!pstm_cuda_errors_allowed(&errors)) return false;
    }
    return true;
}

/* What is behind the axis is made and dropped: a half that is full but for it is full, and one that is all
 * behind it is like the half before. */
static void set_limits(const pstm_device_plan *plan, const float *limit2_m2, int32_t first,
                       float full_fraction, pstm_cuda_piece *piece)
{
    enum { HALF = PSTM_CUDA_PIECE / PSTM_CUDA_HALVES };
    float least2 = INFINITY, most2 = -1;
    for (int32_t half = 0; half < PSTM_CUDA_HALVES; half++) {
        const int32_t begin = first + half * HALF;
        if (begin < plan->n_times) least2 = INFINITY, most2 = -1;
        for (int32_t k = begin; k < begin + HALF && k < plan->n_times; k++) {
            const float limit2 = k >= plan->k_begin && k < plan->k_end ? limit2_m2[k] : -1;
            least2 = fminf(least2, limit2), most2 = fmaxf(most2, limit2);
        }
        piece->most2_m2[half] = most2;
        piece->full2_m2[half] = most2 < 0 ? -1 : least2 * full_fraction;
    }
}

/* limit2_m2: of the axis. */
static void make_piece(const pstm_device_plan *plan, const float *vrms_m_s, const float *limit2_m2,
                       int32_t first, float full_fraction, pstm_cuda_piece *piece)
{
    for (int knot = 0; knot < PSTM_CUDA_KNOTS; knot++) {
        const pstm_ray_d ray = fields_at(plan, vrms_m_s, first + pstm_nodes_knot_d(knot));
        for (int f = 0; f < PSTM_RAY_FIELDS; f++)
            piece->knots[f][knot] = (float)field(&ray, f);
        piece->scale[knot] = (float)pstm_cuda_tau_scale((int)plan->weight, ray.tau2);
    }
    piece->valid2_m2 = INFINITY;
    for (int f = 0; f < PSTM_RAY_FIELDS; f++)
        piece->least[f] = INFINITY, piece->most[f] = 0;
    for (int32_t k = first; k < first + PSTM_CUDA_PIECE; k++) {
        const pstm_ray_d ray = fields_at(plan, vrms_m_s, k);
        const pstm_medium medium = {.vrms_m_s = vrms_at(vrms_m_s, plan->n_times, k)};
        const double valid_m = pstm_law_longest_leg_m(plan->law, pstm_device_time_s(plan, k), &medium);
        piece->valid2_m2 = fminf(piece->valid2_m2, (float)(valid_m * valid_m));
        for (int f = 0; f < PSTM_RAY_FIELDS; f++) {
            piece->least[f] = fminf(piece->least[f], (float)field(&ray, f));
            piece->most[f] = fmaxf(piece->most[f], (float)field(&ray, f));
        }
    }
    set_limits(plan, limit2_m2, first, full_fraction, piece);
}

static pstm_status make_all(const pstm_device_plan *plan, double step_m, float full_fraction,
                            pstm_cuda_pieces *pieces)
{
    pstm_status status;
    float *limit2_m2 = NULL;
    const float *vrms_m_s = pieces->vrms_m_s;
    PSTM_GO(PSTM_NEW(&limit2_m2, plan->n_times, "limits of the aperture"));
    pstm_aperture_limits(plan, &(pstm_columns){.n_times = plan->n_times, .vrms_m_s = pieces->vrms_m_s},
                         limit2_m2);
    for (int32_t i = 0; i < pieces->n_spans; i++) {
        int32_t width = PSTM_CUDA_WIDEST;
        while (width >= PSTM_CUDA_WIDEST / 2 && !span_does(plan, vrms_m_s, i, width, step_m))
            width /= 2;
        pieces->width[i] = (uint8_t)(width >= PSTM_CUDA_WIDEST / 2 ? width : 0);
    }
    for (int32_t i = 0; i < pieces->n_spans * PSTM_CUDA_PIECES_OF_SPAN; i++)
        make_piece(plan, vrms_m_s, limit2_m2, i * PSTM_CUDA_PIECE, full_fraction, &pieces->piece[i]);
cleanup:
    PSTM_FREE(&limit2_m2);
    return status;
}

pstm_status pstm_cuda_pieces_make(const pstm_device_plan *plan, const float *vrms_m_s, double step_m,
                                  float full_fraction, pstm_cuda_pieces *pieces)
{
    const size_t bytes = (size_t)plan->n_times * sizeof *vrms_m_s;
    if (pieces->step_m == step_m && pieces->vrms_m_s && memcmp(pieces->vrms_m_s, vrms_m_s, bytes) == 0)
        return PSTM_OK;
    pstm_cuda_pieces_clear(pieces);
    const int32_t span = PSTM_CUDA_PIECES_OF_SPAN * PSTM_CUDA_PIECE;
    pieces->n_spans = (plan->n_times + span - 1) / span;
    const int64_t n_pieces = (int64_t)pieces->n_spans * PSTM_CUDA_PIECES_OF_SPAN;
    PSTM_TRY(PSTM_NEW(&pieces->width, pieces->n_spans, "spans of a GPU"));
    PSTM_TRY(PSTM_NEW(&pieces->piece, n_pieces, "pieces of a GPU"));
    PSTM_TRY(PSTM_NEW(&pieces->vrms_m_s, plan->n_times, "a column of a GPU"));
    memcpy(pieces->vrms_m_s, vrms_m_s, bytes);
    PSTM_TRY(make_all(plan, step_m, full_fraction, pieces));
    pieces->step_m = step_m;
    return PSTM_OK;
}

void pstm_cuda_pieces_clear(pstm_cuda_pieces *pieces)
{
    PSTM_FREE(&pieces->width);
    PSTM_FREE(&pieces->piece);
    PSTM_FREE(&pieces->vrms_m_s);
    *pieces = (pstm_cuda_pieces){0};
}
