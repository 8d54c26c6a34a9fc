#include "velocity/bend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

/* Samples from knot to knot; a layer has a power of two of them, so that knots lie at its ends. */
enum { KNOT = 8 };
static const double LAYER_S = 0.009, MEDIAN_S = 0.2; /* two-way */

/* Interval velocities by the rms velocity. */
static const double LEAST = 0.3, MOST = 3;

/* The two rays, by the depth. */
static const double NEAR = 0.7, FAR = 1.4;

/* Below this R rays are straight. */
static const double LEAST_R = 1e-5;

/* What alpha may be, and what is added so that columns of values above 0 are fitted. */
static const double LEAST_ALPHA = -0.45, MOST_ALPHA = 10, MOST_BETA = 100;
static const double ABOVE_ALPHA = 0.5, ABOVE_BETA = 1;

struct pstm_bend {
    int32_t n_times, layer; /* samples of a layer */
    double first_s, step_s;
    int32_t n_layers;
    int32_t *ends; /* [layer] samples where they end */
    pstm_layers layers;
    double *raw, *raw_eta; /* [layer] squared interval velocities and etas, before the median */
    double *sorted;        /* those of a window */
    int32_t *at;           /* [knot] its sample */
    pstm_bent *bent;       /* [knot] */
    float *input;          /* [k] */
};

/* ---- one time ------------------------------------------------------------------------------------------ */

/* By the fourth moment, which says how alpha begins, and the farther ray. */
static pstm_bent by_moment(double heterogeneity, double r, double y)
{
    const double beta = fmax(0, ((heterogeneity - 1) / 4 / r - 1) / y);
    return (pstm_bent){r * (1 + beta * y), beta};
}

pstm_bent pstm_bend_fit(const pstm_layers *layers, int32_t n, double p_s_m[2])
{
    const pstm_layer_sums sums = pstm_layers_sum(layers, n);
    double y[2], r[2];
    for (int i = 0; i < 2; i++) {
        const double x_m = (i == 0 ? NEAR : FAR) * sums.depth_m, tau2 = sums.tau_s * sums.tau_s;
        if (!(p_s_m[i] < sums.most_p_s_m)) p_s_m[i] = sums.most_p_s_m / 2;
        const double time_s = pstm_layers_time_s(layers, n, &sums, x_m, &p_s_m[i]);
        y[i] = x_m * x_m / (sums.mu2_m2_s2 * tau2);
        r[i] = (1 + y[i] - time_s * time_s / tau2) / (y[i] * y[i]);
    }
    if (fabs(r[0]) < LEAST_R && fabs(r[1]) < LEAST_R) return (pstm_bent){0, 0};
    if (r[0] * r[1] <= 0) return (pstm_bent){r[1], 0};
    const double slope = (1 / r[1] - 1 / r[0]) / (y[1] - y[0]), alpha = 1 / (1 / r[0] - slope * y[0]);
    const pstm_bent bent = {alpha, alpha * slope};
    return alpha * r[1] > 0 && bent.beta >= 0 ? bent : by_moment(sums.heterogeneity, r[1], y[1]);
}

/* ---- layers of a column -------------------------------------------------------------------------------- */

static double time_s(const pstm_bend *bend, int32_t k)
{
    return bend->first_s + (double)k * bend->step_s;
}

/* Dix: v^2 t grows over a layer by what the layer's own v^2 times its duration is. Before the first sample
 * the velocity is that of the first. */
static void make_raw(const pstm_bend *bend, const double *vrms_m_s, pstm_bend_count *count)
{
    double begin_s = 0, begin = 0;
    for (int32_t i = 0; i < bend->n_layers; i++) {
        const int32_t k = bend->ends[i];
        const double end_s = time_s(bend, k), v2 = vrms_m_s[k] * vrms_m_s[k], end = v2 * end_s;
        const double own = (end - begin) / (end_s - begin_s);
        bend->raw[i] = fmin(fmax(own, LEAST * LEAST * v2), MOST * MOST * v2);
        bend->layers.dtau_s[i] = (end_s - begin_s) / 2;
        count->n_beyond += bend->raw[i] != own;
        begin_s = end_s, begin = end;
    }
    count->n += bend->n_layers;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(const pstm_bend *bend, const double *values, int32_t i)
{
    const int32_t most = (int32_t)lround(MEDIAN_S / 2 / (bend->layer * bend->step_s));
    const int32_t behind = bend->n_layers - 1 - i, within = i < behind ? i : behind;
    const int32_t side = within < most ? within : most;
    memcpy(bend->sorted, values + i - side, (size_t)(2 * side + 1) * sizeof *values);
    qsort(bend->sorted, (size_t)(2 * side + 1), sizeof *bend->sorted, compare);
    return bend->sorted[side];
}

/* Of effective ones: t vrms^4 (1 + 8 eta) grows over a layer by what the layer's own is times its duration.
 * */
static void make_etas(const pstm_bend *bend, const double *vrms_m_s, const pstm_eta *eta)
{
    double begin_s = 0, begin = 0;
    for (int32_t i = 0; i < bend->n_layers; i++) {
        const int32_t k = bend->ends[i];
        const double end_s = time_s(bend, k), v2 = vrms_m_s[k] * vrms_m_s[k];
        const double end = end_s * v2 * v2 * (1 + 8 * pstm_eta_at(eta, end_s));
        const double own = (end - begin) / (end_s - begin_s) / (bend->raw[i] * bend->raw[i]);
        bend->raw_eta[i] =
            pstm_eta_is_effective(eta) ? (own - 1) / 8 : pstm_eta_at(eta, (begin_s + end_s) / 2);
        bend->raw_eta[i] = fmin(fmax(bend->raw_eta[i], PSTM_ETA_LEAST), PSTM_ETA_MOST);
        begin_s = end_s, begin = end;
    }
}

/* Velocities and etas of the layers. */
static void make_layers(const pstm_bend *bend, const double *vrms_m_s, const pstm_eta *eta,
                        pstm_bend_count *count)
{
    make_raw(bend, vrms_m_s, count);
    if (eta != NULL) make_etas(bend, vrms_m_s, eta);
    for (int32_t i = 0; i < bend->n_layers; i++) {
        bend->layers.vn_m_s[i] = sqrt(median(bend, bend->raw, i));
        bend->layers.eta[i] = eta == NULL ? 0 : median(bend, bend->raw_eta, i);
    }
}

/* ---- columns ------------------------------------------------------------------------------------------- */

/* At the knots, which are ends of layers; returns how many. Where rays are straight beta is not known, and
 * goes on as it is at the next knot. */
static int32_t fit_knots(const pstm_bend *bend)
{
    const int32_t last = bend->n_layers - 1;
    double p_s_m[2] = {0, 0};
    int32_t n = 0;
    for (int32_t i = 0; i <= last; i++) {
        if (i > 0 && i < last && bend->ends[i] % KNOT != 0) continue;
        const pstm_bent bent = pstm_bend_fit(&bend->layers, i + 1, p_s_m);
        bend->bent[n] = (pstm_bent){.alpha = fmin(fmax(bent.alpha, LEAST_ALPHA), MOST_ALPHA),
                                    .beta = fmin(bent.beta, MOST_BETA)};
        bend->at[n++] = bend->ends[i];
    }
    for (int32_t i = n - 2; i >= 0; i--)
        if (bend->bent[i].alpha == 0) bend->bent[i].beta = bend->bent[i + 1].beta;
    return n;
}

/* One of both, 0 for alpha, linear between knots and constant beyond; to which `above` is added. */
static void spread(const pstm_bend *bend, int32_t n, int which, double above)
{
    const int32_t *at = bend->at;
    int32_t i = 0;
    for (int32_t k = 0; k < bend->n_times; k++) {
        while (i < n - 1 && at[i + 1] <= k)
            i++;
        const int32_t j = i < n - 1 ? i + 1 : i;
        const double share = k <= at[i] || j == i ? 0 : (double)(k - at[i]) / (at[j] - at[i]);
        const double from = which == 0 ? bend->bent[i].alpha : bend->bent[i].beta;
        const double to = which == 0 ? bend->bent[j].alpha : bend->bent[j].beta;
        bend->input[k] = (float)(above + from + share * (to - from));
    }
}

void pstm_bend_run(pstm_bend *bend, pstm_column_fit *fit, const double *vrms_m_s, const pstm_eta *eta,
                   double *const columns[2], pstm_bend_count *count)
{
    const double above[2] = {ABOVE_ALPHA, ABOVE_BETA}, least[2] = {LEAST_ALPHA, 0};
    for (int32_t k = 0; k < bend->n_times; k++)
        columns[0][k] = columns[1][k] = 0;
    if (bend->n_layers == 0) return;
    make_layers(bend, vrms_m_s, eta, count);
    const int32_t n = fit_knots(bend);
    for (int which = 0; which < 2; which++) {
        pstm_fit_count ignored = {0};
        spread(bend, n, which, above[which]);
        pstm_column_fit_run(fit, bend->input, columns[which], &ignored);
        for (int32_t k = 0; k < bend->n_times; k++)
            columns[which][k] = fmax(columns[which][k] - above[which], least[which]);
    }
}

/* ---- the room ------------------------------------------------------------------------------------------ */

static int32_t samples_of_layer(const pstm_grid *grid)
{
    int32_t n = KNOT;
    while (n > 1 && n * grid->time_step_s > LAYER_S)
        n /= 2;
    return n;
}

/* The samples where layers end: those after t = 0 at multiples of a layer's samples, and the last. */
static void find_ends(pstm_bend *bend)
{
    for (int32_t k = 0; k < bend->n_times; k++)
        if (time_s(bend, k) > 0 && (k % bend->layer == 0 || k == bend->n_times - 1))
            bend->ends[bend->n_layers++] = k;
}

int64_t pstm_bend_bytes(const pstm_grid *grid)
{
    const pstm_bend *bend = NULL; /* for the sizes */
    const size_t of_layer = sizeof *bend->ends + 3 * sizeof *bend->layers.eta + 2 * sizeof *bend->raw +
                            sizeof *bend->sorted + sizeof *bend->at + sizeof *bend->bent;
    return grid->n_times * (int64_t)(of_layer + sizeof *bend->input) + (int64_t)sizeof *bend;
}

pstm_status pstm_bend_create(const pstm_grid *grid, pstm_bend **out)
{
    static const char what[] = "the bend of rays";
    pstm_status status = PSTM_OK;
    pstm_bend *bend = NULL;
    const int32_t n = grid->n_times;
    PSTM_GO(PSTM_NEW(&bend, 1, what));
    bend->n_times = n;
    bend->layer = samples_of_layer(grid);
    bend->first_s = grid->time_first_s;
    bend->step_s = grid->time_step_s;
    PSTM_GO(PSTM_NEW(&bend->ends, n, what));
    PSTM_GO(PSTM_NEW(&bend->layers.dtau_s, n, what));
    PSTM_GO(PSTM_NEW(&bend->layers.vn_m_s, n, what));
    PSTM_GO(PSTM_NEW(&bend->layers.eta, n, what));
    PSTM_GO(PSTM_NEW(&bend->raw, n, what));
    PSTM_GO(PSTM_NEW(&bend->raw_eta, n, what));
    PSTM_GO(PSTM_NEW(&bend->sorted, n, what));
    PSTM_GO(PSTM_NEW(&bend->at, n, what));
    PSTM_GO(PSTM_NEW(&bend->bent, n, what));
    PSTM_GO(PSTM_NEW(&bend->input, n, what));
    find_ends(bend);
    bend->layers.n = bend->n_layers;
    *out = bend;
    bend = NULL;
cleanup:
    pstm_bend_destroy(&bend);
    return status;
}

void pstm_bend_destroy(pstm_bend **bend)
{
    if (*bend == NULL) return;
    PSTM_FREE(&(*bend)->ends);
    PSTM_FREE(&(*bend)->layers.dtau_s);
    PSTM_FREE(&(*bend)->layers.vn_m_s);
    PSTM_FREE(&(*bend)->layers.eta);
    PSTM_FREE(&(*bend)->raw);
    PSTM_FREE(&(*bend)->raw_eta);
    PSTM_FREE(&(*bend)->sorted);
    PSTM_FREE(&(*bend)->at);
    PSTM_FREE(&(*bend)->bent);
    PSTM_FREE(&(*bend)->input);
    PSTM_FREE(bend);
}
