#include "velocity/function_doubts.h"

#include <inttypes.h>
#include <math.h>

#include "survey/box.h"

/* ---- places -------------------------------------------------------------------------------------------- */

/** Functions belong to the grid as far away as half its diagonal, their own extent or this many steps. */
#define NEAR_STEPS 20
/** No velocity model of one survey reaches farther than this, nor ten times its grid. */
#define FAR_M 1e5
#define FAR_DIAGONALS 10
/** Functions are read otherwise than meant where they span at most this part of the grid as written and at
 * least that part read in another way; good ones span much in one way alone, the right one. */
#define HARDLY_SPANNED 0.1
#define WELL_SPANNED 0.5

/** How the two numbers of a place are read. */
typedef enum reading { AS_WRITTEN, SWAPPED, INLINE_CROSSLINE, CROSSLINE_INLINE, N_READINGS } reading;

static const char *const reading_words[N_READINGS] = {
    "as x and y", "as y and x", "as inline and crossline numbers", "as crossline and inline numbers"};

/** Fractional indices of a place on the grid. */
static void find_indices(const pstm_grid *grid, reading how, double x, double y, double *i, double *j)
{
    if (how == AS_WRITTEN || how == SWAPPED) {
        pstm_grid_indices(grid, how == SWAPPED ? y : x, how == SWAPPED ? x : y, i, j);
        return;
    }
    *i = (how == INLINE_CROSSLINE ? x : y) - grid->first_inline;
    *j = (how == INLINE_CROSSLINE ? y : x) - grid->first_crossline;
}

/** Labels are whole numbers, and there are functions only where the grid has them. */
static bool can_be_label(double index, int32_t n)
{
    return index == floor(index) && index >= 0 && index <= n - 1;
}

/** The part of an axis of n nodes that the range covers, each node with half a step on either side. */
static double covered_part(double min, double max, int32_t n)
{
    return fmax(0, fmin(max + 0.5, n - 0.5) - fmax(min - 0.5, -0.5)) / n;
}

/** The part of the grid in the smallest rectangle along its axes round the functions. */
static double spanned_part(const pstm_vfunctions *functions, const pstm_grid *grid, reading how)
{
    pstm_box box = {INFINITY, -INFINITY, INFINITY, -INFINITY}; /* x is i, y is j */
    for (int64_t f = 0; f < functions->n; f++) {
        double i, j;
        find_indices(grid, how, functions->functions[f].x_m, functions->functions[f].y_m, &i, &j);
        if (how >= INLINE_CROSSLINE &&
            !(can_be_label(i, grid->n_inline) && can_be_label(j, grid->n_crossline)))
            return 0;
        const pstm_box place = {i, i, j, j};
        box = pstm_box_unite(&box, &place);
    }
    return covered_part(box.min_x_m, box.max_x_m, grid->n_inline) *
           covered_part(box.min_y_m, box.max_y_m, grid->n_crossline);
}

static double distance_m(const pstm_grid *grid, const pstm_vfunction *function)
{
    double i, j;
    pstm_grid_indices(grid, function->x_m, function->y_m, &i, &j);
    return hypot(pstm_range_gap(i, i, 0, grid->n_inline - 1) * grid->step_inline_m,
                 pstm_range_gap(j, j, 0, grid->n_crossline - 1) * grid->step_crossline_m);
}

static double diagonal_m(const pstm_grid *grid)
{
    return hypot((grid->n_inline - 1) * grid->step_inline_m,
                 (grid->n_crossline - 1) * grid->step_crossline_m);
}

/** The world box round the grid's corners. */
static pstm_box grid_box(const pstm_grid *grid)
{
    pstm_box box = {INFINITY, -INFINITY, INFINITY, -INFINITY};
    for (int corner = 0; corner < 4; corner++) {
        double x_m, y_m;
        pstm_grid_node(grid, corner % 2 == 0 ? 0 : grid->n_inline - 1,
                       corner / 2 == 0 ? 0 : grid->n_crossline - 1, &x_m, &y_m);
        const pstm_box place = {x_m, x_m, y_m, y_m};
        box = pstm_box_unite(&box, &place);
    }
    return box;
}

/** The world box round the functions. */
static pstm_box functions_box(const pstm_vfunctions *functions)
{
    pstm_box box = {INFINITY, -INFINITY, INFINITY, -INFINITY};
    for (int64_t f = 0; f < functions->n; f++) {
        const pstm_vfunction *function = &functions->functions[f];
        const pstm_box place = {function->x_m, function->x_m, function->y_m, function->y_m};
        box = pstm_box_unite(&box, &place);
    }
    return box;
}

/** What is known of the distances. */
typedef struct distances {
    int64_t nearest, farthest, n_far;
    double nearest_m, farthest_m;
} distances;

static distances find_distances(const pstm_vfunctions *functions, const pstm_grid *grid)
{
    distances found = {.nearest_m = INFINITY, .farthest_m = -INFINITY};
    const double far_m = fmax(FAR_M, FAR_DIAGONALS * diagonal_m(grid));
    for (int64_t f = 0; f < functions->n; f++) {
        const double m = distance_m(grid, &functions->functions[f]);
        if (m < found.nearest_m) found.nearest = f;
        if (m > found.farthest_m) found.farthest = f;
        found.nearest_m = fmin(found.nearest_m, m);
        found.farthest_m = fmax(found.farthest_m, m);
        found.n_far += m > far_m;
    }
    return found;
}

/** Whether no function is near the grid, nor the grid between functions. */
static bool all_are_away(const pstm_vfunctions *functions, const pstm_grid *grid, double nearest_m)
{
    const pstm_box of_functions = functions_box(functions), of_grid = grid_box(grid);
    if (pstm_box_distance2_m2(&of_functions, &of_grid) == 0) return false;
    const double extent_m =
        hypot(of_functions.max_x_m - of_functions.min_x_m, of_functions.max_y_m - of_functions.min_y_m);
    const double steps_m = NEAR_STEPS * fmax(grid->step_inline_m, grid->step_crossline_m);
    return nearest_m > fmax(fmax(diagonal_m(grid) / 2, extent_m), steps_m);
}

/** The reading in which the functions span much of the grid; AS_WRITTEN when they hardly do in any. */
static reading find_reading(const pstm_vfunctions *functions, const pstm_grid *grid)
{
    for (reading how = SWAPPED; how < N_READINGS; how++)
        if (spanned_part(functions, grid, how) >= WELL_SPANNED) return how;
    return AS_WRITTEN;
}

/** In kilometres, to the metre. */
static double km(double m)
{
    return round(m) / 1000;
}

static pstm_status doubt_places(const pstm_vfunctions *functions, const char *name, const pstm_grid *grid,
                                pstm_doubts *doubts)
{
    if (functions->n == 1) return PSTM_OK;
    const distances found = find_distances(functions, grid);
    const pstm_vfunction *nearest = &functions->functions[found.nearest];
    const pstm_vfunction *farthest = &functions->functions[found.farthest];
    const double spanned = spanned_part(functions, grid, AS_WRITTEN);
    const reading meant = spanned <= HARDLY_SPANNED ? find_reading(functions, grid) : AS_WRITTEN;
    if (meant != AS_WRITTEN)
        return pstm_doubts_add(
            doubts, PSTM_DOUBT_VELOCITY_PLACE, true,
            "%s: its %" PRId64 " functions span %.0f %% of the grid, and the nearest, x %.10g y %.10g "
            "(line %" PRId64 "), is %.10g km from it; read %s they span %.0f %%",
            name, functions->n, 100 * spanned, nearest->x_m, nearest->y_m, nearest->line, km(found.nearest_m),
            reading_words[meant], 100 * spanned_part(functions, grid, meant));
    if (all_are_away(functions, grid, found.nearest_m))
        return pstm_doubts_add(doubts, PSTM_DOUBT_VELOCITY_PLACE, true,
                               "%s: none of its %" PRId64
                               " functions is near the grid: the nearest, x %.10g y %.10g (line "
                               "%" PRId64 "), is %.10g km from it, and the grid's diagonal is %.10g km",
                               name, functions->n, nearest->x_m, nearest->y_m, nearest->line,
                               km(found.nearest_m), km(diagonal_m(grid)));
    if (found.n_far == 0) return PSTM_OK;
    return pstm_doubts_add(doubts, PSTM_DOUBT_VELOCITY_PLACE, false,
                           "%s: %" PRId64 " of its %" PRId64
                           " functions are far from the grid: the farthest, x %.10g y %.10g "
                           "(line %" PRId64 "), is %.10g km from it, and the grid's diagonal is %.10g km",
                           name, found.n_far, functions->n, farthest->x_m, farthest->y_m, farthest->line,
                           km(found.farthest_m), km(diagonal_m(grid)));
}

/* ---- times --------------------------------------------------------------------------------------------- */

/** Velocities of a whole record reach beyond a shallow image, but not beyond this many times its end ... */
#define BEYOND_FACTOR 10
/** ... once they are longer than records are. */
#define LONG_RECORD_S 15
/** A function that changes, but only before this part of the image's end, has its times in another unit. */
#define SHORT_PART 0.05

static const pstm_vpick *picks_of(const pstm_vfunctions *functions, int64_t f)
{
    return functions->picks + functions->functions[f].first_pick;
}

/** Most picks must be beyond the image too: one pick alone may stand for "and so on". */
static bool is_beyond(const pstm_vpick *picks, int64_t n, double end_s)
{
    int64_t n_beyond = 0;
    if (n < 2 || picks[n - 1].t_s <= fmax(LONG_RECORD_S, BEYOND_FACTOR * end_s)) return false;
    for (int64_t k = 0; k < n; k++)
        n_beyond += picks[k].t_s > end_s;
    return 2 * n_beyond >= n;
}

static bool is_short(const pstm_vpick *picks, int64_t n, double end_s)
{
    bool changes = false;
    for (int64_t k = 1; k < n; k++)
        changes = changes || picks[k].v_m_s != picks[0].v_m_s;
    return changes && picks[n - 1].t_s < SHORT_PART * end_s;
}

static pstm_status doubt_times_by(bool (*concerns)(const pstm_vpick *picks, int64_t n, double end_s),
                                  const char *words, const pstm_vfunctions *functions, const char *name,
                                  const pstm_grid *grid, pstm_doubts *doubts)
{
    const double end_s = pstm_grid_time_s(grid, grid->n_times - 1);
    int64_t n_concerned = 0, first = 0;
    for (int64_t f = 0; f < functions->n; f++) {
        if (!concerns(picks_of(functions, f), functions->functions[f].n_picks, end_s)) continue;
        if (n_concerned++ == 0) first = f;
    }
    if (n_concerned == 0) return PSTM_OK;
    const pstm_vfunction *function = &functions->functions[first];
    return pstm_doubts_add(doubts, PSTM_DOUBT_VELOCITY_TIME, n_concerned == functions->n,
                           "%s: %" PRId64 " of its %" PRId64
                           " function(s) end %s the image's %.4g s: that of line %" PRId64 " ends at %.4g s",
                           name, n_concerned, functions->n, words, end_s, function->line,
                           picks_of(functions, first)[function->n_picks - 1].t_s);
}

static pstm_status doubt_times(const pstm_vfunctions *functions, const char *name, const pstm_grid *grid,
                               pstm_doubts *doubts)
{
    PSTM_TRY(doubt_times_by(is_beyond, "many times beyond", functions, name, grid, doubts));
    return doubt_times_by(is_short, "long before", functions, name, grid, doubts);
}

/* ---- jumps --------------------------------------------------------------------------------------------- */

/** No rock above the Earth's mantle, of about 8 km/s, is faster. */
#define FASTEST_ROCK_M_S 8500.0
/** How well an rms velocity is picked; what is impossible must stay so when both picks are that much off. */
#define PICK_ERROR 0.03

bool pstm_velocity_is_jump(const pstm_vpick *a, const pstm_vpick *b)
{
    const double low = (1 - PICK_ERROR) * (1 - PICK_ERROR), high = (1 + PICK_ERROR) * (1 + PICK_ERROR);
    const double a2t = a->v_m_s * a->v_m_s * a->t_s, b2t = b->v_m_s * b->v_m_s * b->t_s;
    const double most2t = FASTEST_ROCK_M_S * FASTEST_ROCK_M_S * (b->t_s - a->t_s);
    return high * b2t < low * a2t || low * b2t - high * a2t > most2t;
}

/** What is known of the intervals between picks that the image uses. */
typedef struct jumps {
    int64_t n_intervals, n_impossible, n_functions;
    const pstm_vpick *first; /**< the first pick of the first impossible one; NULL: there is none */
    int64_t line;            /**< of its function */
} jumps;

static jumps find_jumps(const pstm_vfunctions *functions, double end_s)
{
    jumps found = {0};
    for (int64_t f = 0; f < functions->n; f++) {
        const pstm_vpick *picks = picks_of(functions, f);
        const int64_t before = found.n_impossible;
        for (int64_t k = 1; k < functions->functions[f].n_picks && picks[k - 1].t_s < end_s; k++) {
            found.n_intervals++;
            if (!pstm_velocity_is_jump(&picks[k - 1], &picks[k])) continue;
            if (found.n_impossible++ > 0) continue;
            found.first = &picks[k - 1];
            found.line = functions->functions[f].line;
        }
        found.n_functions += found.n_impossible > before;
    }
    return found;
}

static pstm_status doubt_jumps(const pstm_vfunctions *functions, const char *name, const pstm_grid *grid,
                               pstm_doubts *doubts)
{
    const jumps found = find_jumps(functions, pstm_grid_time_s(grid, grid->n_times - 1));
    if (found.n_impossible == 0) return PSTM_OK;
    const bool everywhere = found.n_functions == functions->n &&
                            (double)found.n_impossible >= PSTM_MANY_JUMPS * (double)found.n_intervals;
    const pstm_vpick *a = found.first, *b = a + 1;
    return pstm_doubts_add(
        doubts, PSTM_DOUBT_VELOCITY_JUMP, everywhere,
        "%s: %" PRId64 " of %" PRId64 " steps between picks, in %" PRId64 " of its %" PRId64
        " function(s), need %s: from %.6g m/s at %.4g s to %.6g m/s at %.4g s (function of line "
        "%" PRId64 ")",
        name, found.n_impossible, found.n_intervals, found.n_functions, functions->n,
        b->v_m_s < a->v_m_s ? "an imaginary interval velocity" : "an interval velocity that no rock has",
        a->v_m_s, a->t_s, b->v_m_s, b->t_s, found.line);
}

pstm_status pstm_vfunctions_doubt(const pstm_vfunctions *functions, pstm_velocity_quantity quantity,
                                  const char *name, const pstm_grid *grid, pstm_doubts *doubts)
{
    PSTM_TRY(doubt_places(functions, name, grid, doubts));
    PSTM_TRY(doubt_times(functions, name, grid, doubts));
    if (quantity == PSTM_VELOCITY_RMS) PSTM_TRY(doubt_jumps(functions, name, grid, doubts));
    return pstm_vfunctions_doubt_feet(functions, quantity, name, grid, doubts);
}
