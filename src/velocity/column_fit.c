#include "velocity/column_fit.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "core/memory.h"

/* Samples of a cell: of the widest and the narrowest, and of a span, which is the longest of any device. The
 * last cell of the axis takes the rest too. */
enum { WIDEST = 128, SPAN = 64, NARROWEST = 4 };

/* A cell of a span or more that departs by more than this part of the input is halved. A narrower one, of
 * which devices do without long spans, is so much earlier: what it misses rings into the cells beside it. */
static const double HALVED = 1e-3, HALVED_NARROW = 1e-4;

/* Basis functions that are not 0 in a cell. */
enum { DEGREE = 3, BASES = DEGREE + 1 };

struct pstm_column_fit {
    int32_t n_times;
    int32_t n_cells;
    int32_t *breaks;         /* [n_cells + 1] samples where cells begin, and the last one's end */
    int32_t *new_breaks;     /* the same, of the cells to come */
    double *departures;      /* [cell] the largest, as a part of the input */
    double (*bases)[BASES];  /* [k] */
    double (*matrix)[BASES]; /* [coefficient] a row of the normal equations: diagonal, then to the left */
    double *coefficients;
    double *column; /* [k] */
};

/** Cells and coefficients at most. */
static int64_t most_coefficients(int32_t n_times)
{
    return n_times / NARROWEST + DEGREE;
}

int64_t pstm_column_fit_bytes(const pstm_grid *grid)
{
    const int32_t n_times = grid->n_times;
    const size_t of_cell = 2 * sizeof(int32_t) + (2 + BASES) * sizeof(double);
    return n_times * (int64_t)((BASES + 1) * sizeof(double)) + most_coefficients(n_times) * (int64_t)of_cell +
           (int64_t)sizeof(pstm_column_fit);
}

pstm_status pstm_column_fit_create(const pstm_grid *grid, pstm_column_fit **out)
{
    pstm_status status = PSTM_OK;
    pstm_column_fit *fit = NULL;
    static const char what[] = "the fit of velocity columns";
    const int32_t n_times = grid->n_times;
    const int64_t n = most_coefficients(n_times);
    PSTM_GO(PSTM_NEW(&fit, 1, what));
    fit->n_times = n_times;
    PSTM_GO(PSTM_NEW(&fit->breaks, n, what));
    PSTM_GO(PSTM_NEW(&fit->new_breaks, n, what));
    PSTM_GO(PSTM_NEW(&fit->departures, n, what));
    PSTM_GO(PSTM_NEW(&fit->matrix, n, what));
    PSTM_GO(PSTM_NEW(&fit->coefficients, n, what));
    PSTM_GO(PSTM_NEW(&fit->bases, n_times, what));
    PSTM_GO(PSTM_NEW(&fit->column, n_times, what));
    *out = fit;
    fit = NULL;
cleanup:
    pstm_column_fit_destroy(&fit);
    return status;
}

void pstm_column_fit_destroy(pstm_column_fit **fit)
{
    if (*fit == NULL) return;
    PSTM_FREE(&(*fit)->breaks);
    PSTM_FREE(&(*fit)->new_breaks);
    PSTM_FREE(&(*fit)->departures);
    PSTM_FREE(&(*fit)->matrix);
    PSTM_FREE(&(*fit)->coefficients);
    PSTM_FREE(&(*fit)->bases);
    PSTM_FREE(&(*fit)->column);
    PSTM_FREE(fit);
}

/* ---- least squares ------------------------------------------------------------------------------------- */

/** The samples of a cell: from its break on, the last cell's with its end. */
static int32_t end_of_cell(const pstm_column_fit *fit, int32_t cell)
{
    return fit->breaks[cell + 1] + (cell + 1 == fit->n_cells);
}

/** Knot i counted from the one where cell 0 begins; at both ends it is repeated. */
static double knot_at(const pstm_column_fit *fit, int32_t i)
{
    return fit->breaks[i < 0 ? 0 : i > fit->n_cells ? fit->n_cells : i];
}

/** The B-splines that are not 0 at a sample of a cell, by the recurrence of Cox and de Boor in the order of
 * Piegl and Tiller (docs/references.md). */
static void find_bases(const pstm_column_fit *fit, int32_t cell, int32_t k, double bases[BASES])
{
    double left[BASES], right[BASES];
    bases[0] = 1;
    for (int degree = 1; degree <= DEGREE; degree++) {
        left[degree] = k - knot_at(fit, cell + 1 - degree);
        right[degree] = knot_at(fit, cell + degree) - k;
        double carried = 0;
        for (int r = 0; r < degree; r++) {
            const double part = bases[r] / (right[r + 1] + left[degree - r]);
            bases[r] = carried + right[r + 1] * part;
            carried = left[degree - r] * part;
        }
        bases[degree] = carried;
    }
}

/** The normal equations: B-spline number cell + a is bases[a] of the cell. */
static void assemble(pstm_column_fit *fit, const float *input)
{
    const int32_t n = fit->n_cells + DEGREE;
    memset(fit->matrix, 0, (size_t)n * sizeof *fit->matrix);
    memset(fit->coefficients, 0, (size_t)n * sizeof *fit->coefficients);
    for (int32_t cell = 0; cell < fit->n_cells; cell++) {
        for (int32_t k = fit->breaks[cell]; k < end_of_cell(fit, cell); k++) {
            double *bases = fit->bases[k];
            find_bases(fit, cell, k, bases);
            for (int a = 0; a < BASES; a++) {
                fit->coefficients[cell + a] += bases[a] * (double)input[k];
                for (int b = 0; b <= a; b++)
                    fit->matrix[cell + a][a - b] += bases[a] * bases[b];
            }
        }
    }
}

/** Cholesky's factors of a band, without square roots: A = L D L'; matrix becomes D and L, the right side the
 * solution. */
static void solve(pstm_column_fit *fit)
{
    const int32_t n = fit->n_cells + DEGREE;
    double(*m)[BASES] = fit->matrix, *x = fit->coefficients;
    for (int32_t i = 0; i < n; i++) {
        const int before = i < DEGREE ? i : DEGREE;
        for (int d = before; d >= 1; d--) { /* row i, column i - d: as yet L D */
            for (int e = d + 1; e <= before; e++)
                m[i][d] -= m[i][e] * m[i - d][e - d];
        }
        for (int d = 1; d <= before; d++) {
            const double below = m[i][d] / m[i - d][0];
            m[i][0] -= below * m[i][d];
            x[i] -= below * x[i - d];
            m[i][d] = below;
        }
    }
    for (int32_t i = n - 1; i >= 0; i--) {
        x[i] /= m[i][0];
        for (int d = 1; d <= DEGREE && i + d < n; d++)
            x[i] -= m[i + d][d] * x[i + d];
    }
}

/** The spline at all samples, and what the cells depart by. */
static void measure(pstm_column_fit *fit, const float *input)
{
    for (int32_t cell = 0; cell < fit->n_cells; cell++) {
        fit->departures[cell] = 0;
        for (int32_t k = fit->breaks[cell]; k < end_of_cell(fit, cell); k++) {
            const double *bases = fit->bases[k], *c = fit->coefficients + cell;
            fit->column[k] = bases[0] * c[0] + bases[1] * c[1] + bases[2] * c[2] + bases[3] * c[3];
            fit->departures[cell] = fmax(fit->departures[cell], fabs(fit->column[k] / (double)input[k] - 1));
        }
    }
}

/* ---- cells --------------------------------------------------------------------------------------------- */

static int32_t width_of(const pstm_column_fit *fit, int32_t cell)
{
    return fit->breaks[cell + 1] - fit->breaks[cell];
}

/** What a cell that may be halved departs by; 0 for others. */
static double halvable(const pstm_column_fit *fit, int32_t cell)
{
    if (cell < 0 || cell >= fit->n_cells || width_of(fit, cell) < 2 * NARROWEST) return 0;
    const double most = width_of(fit, cell) >= SPAN ? HALVED : HALVED_NARROW;
    return fit->departures[cell] > most ? fit->departures[cell] : 0;
}

/** The samples of the first half of a cell: a power of two, so that knots lie where spans may begin. */
static int32_t half_of(int32_t width)
{
    int32_t half = NARROWEST;
    while (2 * half < width && width - 2 * half >= NARROWEST)
        half *= 2;
    return half;
}

/** Halves the cells that depart too much and more than their neighbours, in which the same kink may ring.
 * False if there are none. */
static bool halve_cells(pstm_column_fit *fit)
{
    int32_t n = 0;
    for (int32_t cell = 0; cell < fit->n_cells; cell++) {
        const double here = halvable(fit, cell);
        fit->new_breaks[n++] = fit->breaks[cell];
        if (here > 0 && here >= halvable(fit, cell - 1) && here >= halvable(fit, cell + 1))
            fit->new_breaks[n++] = fit->breaks[cell] + half_of(width_of(fit, cell));
    }
    fit->new_breaks[n] = fit->breaks[fit->n_cells];
    if (n == fit->n_cells) return false;
    int32_t *old = fit->breaks;
    fit->breaks = fit->new_breaks;
    fit->new_breaks = old;
    fit->n_cells = n;
    return true;
}

/** How much of the input a sample takes: all in cells that depart too much, and down to nothing over the
 * width of a narrowest cell beside them, as a cubic with slopes of 0 falls. */
static double share_of_input(const pstm_column_fit *fit, int32_t cell, int32_t k)
{
    int32_t away = NARROWEST;
    if (fit->departures[cell] > PSTM_COLUMN_DEPARTURE) return 1;
    for (int32_t c = cell - 1; c >= 0 && k - fit->breaks[c + 1] < away; c--)
        if (fit->departures[c] > PSTM_COLUMN_DEPARTURE) away = k - fit->breaks[c + 1];
    for (int32_t c = cell + 1; c < fit->n_cells && fit->breaks[c] - k < away; c++)
        if (fit->departures[c] > PSTM_COLUMN_DEPARTURE) away = fit->breaks[c] - k;
    const double u = (double)away / NARROWEST;
    return 1 - u * u * (3 - 2 * u);
}

static void finish(const pstm_column_fit *fit, const float *input, double *column, pstm_fit_count *count)
{
    count->n += fit->n_times;
    for (int32_t cell = 0; cell < fit->n_cells; cell++) {
        const bool is_fine = width_of(fit, cell) < SPAN;
        for (int32_t k = fit->breaks[cell]; k < end_of_cell(fit, cell); k++) {
            const double share = share_of_input(fit, cell, k);
            column[k] = fit->column[k] + share * ((double)input[k] - fit->column[k]);
            if (share > 0)
                count->n_input++;
            else if (is_fine)
                count->n_fine++;
        }
    }
}

/** One cell takes two of the narrowest at least. */
static void keep_input(const pstm_column_fit *fit, const float *input, double *column, pstm_fit_count *count)
{
    for (int32_t k = 0; k < fit->n_times; k++)
        column[k] = (double)input[k];
    count->n += fit->n_times;
    count->n_input += fit->n_times;
}

void pstm_column_fit_run(pstm_column_fit *fit, const float *input, double *column, pstm_fit_count *count)
{
    const int32_t last = fit->n_times - 1;
    if (last < 2 * NARROWEST) {
        keep_input(fit, input, column, count);
        return;
    }
    fit->n_cells = last < WIDEST ? 1 : last / WIDEST;
    for (int32_t i = 0; i < fit->n_cells; i++)
        fit->breaks[i] = i * WIDEST;
    fit->breaks[fit->n_cells] = last;
    do {
        assemble(fit, input);
        solve(fit);
        measure(fit, input);
    } while (halve_cells(fit));
    finish(fit, input, column, count);
}
