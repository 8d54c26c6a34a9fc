#include "survey/proposal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "survey/spacing.h"

enum { FEW_PLACES = 30, SQUARES = 64 };
static const double DEGREE = M_PI / 180, MOST_DIMENSION = 1.45;

/* Bytes that usually number inlines and crosslines, the standard's first; only pairs that fit are taken. */
static const int32_t pairs[][2] = {{189, 193}, {9, 21},  {9, 13},   {17, 21},
                                   {5, 21},    {17, 13}, {197, 21}, {21, 25}};
enum { PAIRS = sizeof pairs / sizeof *pairs };
static const int32_t line_bytes[] = {193, 21, 189, 13, 197};
enum { LINE_BYTES = sizeof line_bytes / sizeof *line_bytes };

/* ---- rows -------------------------------------------------------------------------------------------- */

/* How many squares of a side-th of the larger extent have a point. */
static int64_t count_squares(const pstm_position *points, int64_t n, const pstm_position *least,
                             double extent_m, int side)
{
    bool taken[SQUARES * SQUARES] = {false};
    int64_t count = 0;
    for (int64_t p = 0; p < n; p++) {
        const int i = (int)fmin(floor((points[p].x_m - least->x_m) / extent_m * side), side - 1);
        const int j = (int)fmin(floor((points[p].y_m - least->y_m) / extent_m * side), side - 1);
        count += !taken[i * side + j];
        taken[i * side + j] = true;
    }
    return count;
}

/* Squares of half the side are twice as many along a curve, four times as many over an area (box counting:
 * Mandelbrot 1982). */
static double dimension_of(const pstm_position *points, int64_t n)
{
    pstm_position least = points[0], most = points[0];
    for (int64_t p = 1; p < n; p++) {
        least = (pstm_position){fmin(least.x_m, points[p].x_m), fmin(least.y_m, points[p].y_m)};
        most = (pstm_position){fmax(most.x_m, points[p].x_m), fmax(most.y_m, points[p].y_m)};
    }
    const double extent_m = fmax(most.x_m - least.x_m, most.y_m - least.y_m);
    if (!(extent_m > 0)) return 0;
    return log2((double)count_squares(points, n, &least, extent_m, SQUARES) /
                (double)count_squares(points, n, &least, extent_m, SQUARES / 2));
}

/* The straight line through points with the least squares of distances, and the rms of these. */
static pstm_line best_line(const pstm_position *points, int64_t n, double *off_m)
{
    double x = 0, y = 0, xx = 0, xy = 0, yy = 0;
    for (int64_t p = 0; p < n; p++) {
        x += points[p].x_m / (double)n;
        y += points[p].y_m / (double)n;
    }
    for (int64_t p = 0; p < n; p++) {
        const double dx = points[p].x_m - x, dy = points[p].y_m - y;
        xx += dx * dx / (double)n;
        xy += dx * dy / (double)n;
        yy += dy * dy / (double)n;
    }
    const double angle = 0.5 * atan2(2 * xy, xx - yy);
    const double across = 0.5 * (xx + yy) - hypot(0.5 * (xx - yy), xy);
    *off_m = sqrt(fmax(across, 0));
    return (pstm_line){.from = {x, y}, .unit = {cos(angle), sin(angle)}};
}

/* ---- numbers in headers ------------------------------------------------------------------------------ */

static pstm_numbering number_at(const pstm_survey_places *places, int32_t byte, double step_m)
{
    for (int64_t w = 0; w < places->n_words; w++)
        if (places->bytes[w] == byte) {
            pstm_numbering found = pstm_numbering_find(places->numbered, places->words + w, places->n_words,
                                                       places->n_numbered, step_m);
            found.byte = byte;
            return found;
        }
    return (pstm_numbering){.fits = false};
}

/* The first pair that numbers lines at right angles. */
static void find_pair(const pstm_survey_places *places, double step_m, pstm_numbering found[2])
{
    for (int p = 0; p < PAIRS; p++) {
        for (int a = 0; a < 2; a++)
            found[a] = number_at(places, pairs[p][a], step_m);
        const double product = hypot(found[0].east, found[0].north) * hypot(found[1].east, found[1].north);
        const double cosine = (found[0].east * found[1].east + found[0].north * found[1].north) / product;
        if (found[0].fits && found[1].fits && fabs(cosine) < 0.1) return;
    }
    found[0].fits = found[1].fits = false;
}

/* The lattice of numbered lines. */
static pstm_bin_lattice lattice_of_numbers(const pstm_numbering numbers[2])
{
    const double crossline = hypot(numbers[1].east, numbers[1].north),
                 inline_ = hypot(numbers[0].east, numbers[0].north);
    const double azimuth = atan2(numbers[1].east, numbers[1].north) / DEGREE;
    pstm_bin_lattice out = {.found = true,
                            .azimuth_deg = fmod(azimuth + 360, 180),
                            .step_m = {1 / crossline, 1 / inline_},
                            .node = numbers[0].middle};
    for (int a = 0; a < 2; a++) { /* to where the number is whole */
        const pstm_numbering *n = &numbers[a];
        const double at = pstm_numbering_at(n, out.node.x_m, out.node.y_m);
        const double gradient2 = n->east * n->east + n->north * n->north;
        out.node.x_m += (round(at) - at) * n->east / gradient2;
        out.node.y_m += (round(at) - at) * n->north / gradient2;
    }
    return out;
}

/* ---- the grid ---------------------------------------------------------------------------------------- */

/* Numbers rise by a whole number from bin to bin. */
static bool is_whole(double step)
{
    return fabs(step) > 0.5 && fabs(step - round(step)) < 0.05 * fabs(step);
}

/* Rounds a step or an angle to as few decimals as move the grid's far end by less than slack. */
static double round_to(double value, double slack)
{
    for (int decimals = 0; decimals < 7; decimals++) {
        const double power = pow(10, decimals), rounded = round(value * power) / power;
        if (rounded != 0 && fabs(rounded - value) <= slack) return rounded;
    }
    return value;
}

/* Which of the lattice's axes is the one along which crossline numbers grow, and which way: its azimuth. */
static double choose_azimuth(const pstm_survey_places *places, const pstm_proposal *p, int *axis)
{
    double wanted = places->direction_deg;
    if (p->numbers[1].fits) wanted = atan2(p->numbers[1].east, p->numbers[1].north) / DEGREE;
    *axis = 0;
    if (isnan(wanted)) return p->lattice.azimuth_deg;
    *axis = fabs(sin((wanted - p->lattice.azimuth_deg) * DEGREE)) > sqrt(0.5);
    double azimuth = p->lattice.azimuth_deg + (*axis == 1 ? 90 : 0);
    if (!p->numbers[1].fits) return fmod(azimuth, 180);
    if (cos((wanted - azimuth) * DEGREE) < 0) azimuth += 180;
    return fmod(azimuth, 360);
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* From the middle outwards to where more than ten rows and a tenth of the others are bare. */
static void find_ends(double *rows, int64_t n, double *first, double *last)
{
    qsort(rows, (size_t)n, sizeof *rows, compare);
    int64_t low = n / 20, high = n - 1 - n / 20;
    const double gap = fmax(10, 0.1 * (rows[high] - rows[low]));
    while (low > 0 && rows[low] - rows[low - 1] <= gap)
        low--;
    while (high < n - 1 && rows[high + 1] - rows[high] <= gap)
        high++;
    *first = rows[low];
    *last = rows[high];
}

static pstm_status span_points(const pstm_survey_places *places, pstm_grid *grid)
{
    double *rows, first[2], last[2];
    PSTM_TRY(PSTM_NEW(&rows, places->n, "rows of midpoints"));
    for (int a = 0; a < 2; a++) {
        for (int64_t p = 0; p < places->n; p++) {
            double i, j;
            pstm_grid_indices(grid, places->points[p].x_m, places->points[p].y_m, &i, &j);
            rows[p] = floor((a == 0 ? i : j) + 0.5);
        }
        find_ends(rows, places->n, &first[a], &last[a]);
    }
    PSTM_FREE(&rows);
    pstm_grid_node(grid, (int64_t)first[0], (int64_t)first[1], &grid->origin_x_m, &grid->origin_y_m);
    grid->n_inline = (int32_t)fmin(last[0] - first[0] + 1, 1e6);
    grid->n_crossline = (int32_t)fmin(last[1] - first[1] + 1, 1e6);
    return PSTM_OK;
}

/* The grid of p->lattice over the points. */
static pstm_status lay_grid(const pstm_survey_places *places, pstm_proposal *p)
{
    int axis;
    pstm_grid *grid = &p->grid;
    *grid = (pstm_grid){.origin_x_m = p->lattice.node.x_m,
                        .origin_y_m = p->lattice.node.y_m,
                        .n_inline = 1,
                        .n_crossline = 1,
                        .first_inline = 1,
                        .first_crossline = 1};
    grid->azimuth_deg = choose_azimuth(places, p, &axis);
    grid->step_crossline_m = p->lattice.step_m[axis];
    grid->step_inline_m = p->lattice.step_m[1 - axis];
    pstm_grid_prepare(grid);
    PSTM_TRY(span_points(places, grid));
    /* Rounded about the middle, so that the ends move least. */
    const double longest =
        fmax(grid->n_inline * grid->step_inline_m, grid->n_crossline * grid->step_crossline_m);
    const double least = fmin(grid->step_inline_m, grid->step_crossline_m);
    grid->azimuth_deg = round_to(grid->azimuth_deg, 0.03 * least / longest / DEGREE);
    grid->step_inline_m = round_to(grid->step_inline_m, 0.03 * grid->step_inline_m / grid->n_inline);
    grid->step_crossline_m =
        round_to(grid->step_crossline_m, 0.03 * grid->step_crossline_m / grid->n_crossline);
    grid->origin_x_m = p->lattice.node.x_m;
    grid->origin_y_m = p->lattice.node.y_m;
    pstm_grid_prepare(grid);
    return span_points(places, grid);
}

/* By how much a numbering grows per bin towards (east, north). */
static double growth(const pstm_numbering *n, double east, double north, double step_m)
{
    return n->fits ? (n->east * east + n->north * north) * step_m : 0;
}

/* What headers' numbers are on the grid, and its own. */
static void label_grid(pstm_proposal *p)
{
    pstm_grid *grid = &p->grid;
    p->number_step[0] = growth(&p->numbers[0], grid->cos_azimuth, -grid->sin_azimuth, grid->step_inline_m);
    p->number_step[1] = growth(&p->numbers[1], grid->sin_azimuth, grid->cos_azimuth, grid->step_crossline_m);
    p->left_handed = p->numbers[0].fits && p->number_step[0] < 0;
    for (int a = 0; a < 2; a++) {
        if (!p->numbers[a].fits || fabs(p->number_step[a] - 1) > 0.05) continue;
        const double first = pstm_numbering_at(&p->numbers[a], grid->origin_x_m, grid->origin_y_m);
        if (fabs(first) > 1e9) continue;
        *(a == 0 ? &grid->first_inline : &grid->first_crossline) = (int32_t)lround(first);
    }
}

/* ---- shapes ------------------------------------------------------------------------------------------ */

/* Steps that the numbers of headers agree with: those of the midpoints, or coarser ones of a processor. */
static void settle_lattice(pstm_proposal *p)
{
    if (!p->numbers[0].fits) return;
    const pstm_bin_lattice numbered = lattice_of_numbers(p->numbers);
    const pstm_bin_lattice found = p->lattice;
    if (!found.found) {
        p->lattice = numbered;
        return;
    }
    const bool turned = fabs(sin((numbered.azimuth_deg - found.azimuth_deg) * DEGREE)) > sqrt(0.5);
    for (int a = 0; a < 2; a++) {
        const double step = found.step_m[turned ? 1 - a : a] / numbered.step_m[a];
        if (!is_whole(step) && is_whole(1 / step)) p->lattice = numbered;
    }
}

static pstm_status propose_area(const pstm_survey_places *places, pstm_proposal *p)
{
    p->shape = PSTM_SHAPE_AREA;
    p->has_lattice = p->lattice.found;
    settle_lattice(p);
    PSTM_TRY(lay_grid(places, p));
    label_grid(p);
    return PSTM_OK;
}

/* One digit: 1, 2, 2.5, 5 times a power of ten. */
static double plain_step(double step_m)
{
    static const double leads[] = {1, 2, 2.5, 5, 10};
    const double power = pow(10, floor(log10(step_m)));
    double best = leads[0];
    for (size_t i = 1; i < sizeof leads / sizeof *leads; i++)
        if (fabs(log(leads[i] * power / step_m)) < fabs(log(best * power / step_m))) best = leads[i];
    return best * power;
}

static pstm_status find_spacing(const pstm_survey_places *places, const pstm_line *line, double *step_m)
{
    pstm_position *at;
    int number;
    PSTM_TRY(PSTM_NEW(&at, places->n_dense, "midpoints"));
    for (int64_t p = 0; p < places->n_dense; p++) {
        const double dx = places->points[p].x_m, dy = places->points[p].y_m;
        at[p] =
            line == NULL ? places->points[p] : (pstm_position){dx * line->unit.x_m + dy * line->unit.y_m, 0};
    }
    const pstm_status status = pstm_spacing_find(at, places->n_dense, line != NULL, &number);
    PSTM_FREE(&at);
    *step_m = number < 0 ? 25 : plain_step(pstm_spacing_m(number));
    return status;
}

/* No digits that the data do not have: whole degrees, whole metres. */
static pstm_status propose_random(const pstm_survey_places *places, const pstm_line *longest,
                                  pstm_proposal *p)
{
    double step_m;
    PSTM_TRY(find_spacing(places, NULL, &step_m));
    const double direction = isnan(places->direction_deg)
                                 ? atan2(longest->unit.x_m, longest->unit.y_m) / DEGREE
                                 : places->direction_deg;
    p->shape = PSTM_SHAPE_RANDOM;
    p->lattice = (pstm_bin_lattice){.azimuth_deg = fmod(round(direction) + 360, 180),
                                    .step_m = {step_m, step_m},
                                    .node = {round(longest->from.x_m), round(longest->from.y_m)}};
    PSTM_TRY(lay_grid(places, p));
    p->grid.origin_x_m = round(p->grid.origin_x_m);
    p->grid.origin_y_m = round(p->grid.origin_y_m);
    return PSTM_OK;
}

static void find_line_number(const pstm_survey_places *places, const pstm_line *line, pstm_proposal *p)
{
    for (int b = 0; b < LINE_BYTES && !p->numbers[1].fits; b++)
        p->numbers[1] = number_at(places, line_bytes[b], p->lattice.step_m[0]);
    /* Only along the line is anything known. */
    const double along = p->numbers[1].east * line->unit.x_m + p->numbers[1].north * line->unit.y_m;
    p->numbers[1].east = along * line->unit.x_m;
    p->numbers[1].north = along * line->unit.y_m;
}

/* A straight grid of one inline. Crooked: its steps are as plain as random ones. */
static pstm_status propose_line(const pstm_survey_places *places, bool is_straight, pstm_proposal *p)
{
    const pstm_line line = best_line(places->points, places->n, &p->off_line_m);
    p->shape = is_straight ? PSTM_SHAPE_LINE : PSTM_SHAPE_CROOKED;
    if (is_straight)
        PSTM_TRY(pstm_lattice_find(places->points, places->n, places->n_dense, &line, &p->lattice));
    p->has_lattice = p->lattice.found;
    if (!p->has_lattice) {
        double step_m;
        PSTM_TRY(find_spacing(places, &line, &step_m));
        /* Along a curve midpoints are everywhere; where neighbours are half a receiver step apart tells more.
         * */
        if (places->receiver_step_m > 0) step_m = plain_step(0.5 * places->receiver_step_m);
        const double azimuth = round(atan2(line.unit.x_m, line.unit.y_m) / DEGREE);
        p->lattice = (pstm_bin_lattice){.azimuth_deg = fmod(azimuth + 360, 180),
                                        .step_m = {step_m, step_m},
                                        .node = {round(line.from.x_m), round(line.from.y_m)}};
    }
    pstm_survey_places along = *places;
    along.direction_deg = p->lattice.azimuth_deg;
    if (is_straight) find_line_number(places, &line, p);
    PSTM_TRY(lay_grid(&along, p));
    /* The inline through the middle of all. */
    double i, j;
    pstm_grid_indices(&p->grid, line.from.x_m, line.from.y_m, &i, &j);
    p->grid.origin_x_m += i * p->grid.step_inline_m * p->grid.cos_azimuth;
    p->grid.origin_y_m -= i * p->grid.step_inline_m * p->grid.sin_azimuth;
    p->grid.n_inline = 1;
    label_grid(p);
    return PSTM_OK;
}

static bool all_are_one(const pstm_position *points, int64_t n)
{
    for (int64_t p = 1; p < n; p++)
        if (points[p].x_m != points[0].x_m || points[p].y_m != points[0].y_m) return false;
    return true;
}

pstm_status pstm_proposal_make(const pstm_survey_places *places, pstm_proposal *out)
{
    *out = (pstm_proposal){.shape = PSTM_SHAPE_NONE};
    double off_m;
    if (places->n < FEW_PLACES || all_are_one(places->points, places->n)) return PSTM_OK;
    if (places->on_a_line) return propose_line(places, true, out);
    PSTM_TRY(pstm_lattice_find(places->points, places->n, places->n_dense, NULL, &out->lattice));
    find_pair(places, out->lattice.found ? fmax(out->lattice.step_m[0], out->lattice.step_m[1]) : 0,
              out->numbers);
    if (out->lattice.found || out->numbers[0].fits) return propose_area(places, out);
    const pstm_line longest = best_line(places->points, places->n, &off_m);
    if (dimension_of(places->points, places->n) < MOST_DIMENSION) return propose_line(places, false, out);
    return propose_random(places, &longest, out);
}

/* ---- trimming ---------------------------------------------------------------------------------------- */

static pstm_status trim_axis(const int32_t *fold, const pstm_grid *grid, bool inlines, int32_t *first,
                             int32_t *n)
{
    double *rows, low, high;
    int64_t n_rows = 0;
    PSTM_TRY(PSTM_NEW(&rows, (int64_t)grid->n_inline * grid->n_crossline, "rows of the grid"));
    for (int64_t b = 0; b < (int64_t)grid->n_inline * grid->n_crossline; b++)
        if (fold[b] > 0) rows[n_rows++] = (double)(inlines ? b / grid->n_crossline : b % grid->n_crossline);
    if (n_rows > 0) {
        find_ends(rows, n_rows, &low, &high);
        *first = (int32_t)low;
        *n = (int32_t)(high - low) + 1;
    }
    PSTM_FREE(&rows);
    return PSTM_OK;
}

pstm_status pstm_proposal_trim(const int32_t *fold, pstm_grid *grid)
{
    int32_t first[2] = {0, 0}, n[2] = {grid->n_inline, grid->n_crossline};
    PSTM_TRY(trim_axis(fold, grid, true, &first[0], &n[0]));
    PSTM_TRY(trim_axis(fold, grid, false, &first[1], &n[1]));
    pstm_grid_node(grid, first[0], first[1], &grid->origin_x_m, &grid->origin_y_m);
    grid->first_inline += first[0];
    grid->first_crossline += first[1];
    grid->n_inline = n[0];
    grid->n_crossline = n[1];
    return PSTM_OK;
}
