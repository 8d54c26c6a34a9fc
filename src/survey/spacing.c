#include "survey/spacing.h"

#include <math.h>
#include <string.h>

#include "core/memory.h"

enum {
    DOUBLING = 4,     /* numbers to twice the spacing */
    LEAST_SQUARES = 9 /* occupied by places that are taken for an area */
};

static const double SMALLEST_M = 0.1;

double pstm_spacing_m(int number)
{
    static const double roots[DOUBLING] = {1.0, 1.18920711500272107, 1.41421356237309505,
                                           1.68179283050742909}; /* 2^(1/4) and its powers */
    return ldexp(SMALLEST_M * roots[number % DOUBLING], number / DOUBLING);
}

/* The number nearest to a spacing. */
static int nearest_number(double spacing_m)
{
    const double number = round(DOUBLING * log2(spacing_m / SMALLEST_M));
    return number < 0 ? 0 : number < PSTM_SPACINGS - 1 ? (int)number : PSTM_SPACINGS - 1;
}

/* Places, and a table of the squares that they occupy; twice as many entries as places, or more. */
typedef struct squares {
    const pstm_position *places;
    int64_t n;
    bool on_a_line;
    int64_t *table; /* [2 mask + 2]: pairs of a square's numbers; EMPTY */
    uint64_t mask;
} squares;

static const int64_t EMPTY = INT64_MIN;

static bool add_square(const squares *s, int64_t i, int64_t j)
{
    uint64_t at = (uint64_t)i * UINT64_C(0x9e3779b97f4a7c15) ^ (uint64_t)j * UINT64_C(0xc2b2ae3d27d4eb4f);
    for (at ^= at >> 29;; at++) {
        int64_t *entry = s->table + 2 * (at & s->mask);
        if (entry[0] == i && entry[1] == j) return false;
        if (entry[0] != EMPTY) continue;
        entry[0] = i;
        entry[1] = j;
        return true;
    }
}

static int64_t count_squares(const squares *s, int number)
{
    const double side_m = pstm_spacing_m(number);
    int64_t n = 0;
    for (uint64_t e = 0; e <= s->mask; e++)
        s->table[2 * e] = EMPTY;
    for (int64_t i = 0; i < s->n; i++)
        n += add_square(s, (int64_t)floor(s->places[i].x_m / side_m),
                        (int64_t)floor(s->places[i].y_m / side_m));
    return n;
}

/* Whether squares of this side cover 64 % of what those of twice the side cover (pieces of a line 75 %). */
static bool covers(const squares *s, int number)
{
    const int64_t n = count_squares(s, number), n_wide = count_squares(s, number + DOUBLING);
    return 100 * n >= (s->on_a_line ? 75 * 2 : 64 * 4) * n_wide;
}

/* Of a few places, or of places on a curve: n squares fill the rectangle round the places and half a square
 * on each side, (w + s) (h + s) = n s^2. */
static double of_rectangle(double w, double h, int64_t n)
{
    const double half = (w + h) / 2, rest = (double)(n - 1);
    return (half + sqrt(half * half + rest * w * h)) / rest;
}

static void measure(const squares *s, double *w, double *h)
{
    pstm_position low = s->places[0], high = low;
    for (int64_t i = 1; i < s->n; i++) {
        low.x_m = fmin(low.x_m, s->places[i].x_m);
        low.y_m = fmin(low.y_m, s->places[i].y_m);
        high.x_m = fmax(high.x_m, s->places[i].x_m);
        high.y_m = fmax(high.y_m, s->places[i].y_m);
    }
    *w = high.x_m - low.x_m;
    *h = high.y_m - low.y_m;
}

static int find(const squares *s)
{
    const int64_t n_places = count_squares(s, 0), least = s->on_a_line ? 3 : LEAST_SQUARES;
    double w, h;
    if (n_places < 2) return -1;
    measure(s, &w, &h);
    int number = nearest_number(fmax(w, h));
    while (number >= DOUBLING && count_squares(s, number) < least)
        number -= DOUBLING;
    number -= DOUBLING; /* the sides of `number` and of twice as much are compared */
    if (number < 0 || !covers(s, number)) return nearest_number(of_rectangle(w, h, n_places));
    while (number >= DOUBLING && covers(s, number - DOUBLING))
        number -= DOUBLING;
    while (number >= 1 && covers(s, number - 1))
        number--;
    return number;
}

pstm_status pstm_spacing_find(const pstm_position *places, int64_t n, bool on_a_line, int *number)
{
    squares s = {.places = places, .n = n, .on_a_line = on_a_line, .mask = 15};
    *number = -1;
    if (n < 2) return PSTM_OK;
    while (s.mask + 1 < 2 * (uint64_t)n)
        s.mask = 2 * s.mask + 1;
    PSTM_TRY(PSTM_NEW(&s.table, 2 * (int64_t)(s.mask + 1), "the squares of a survey"));
    *number = find(&s);
    PSTM_FREE(&s.table);
    return PSTM_OK;
}
