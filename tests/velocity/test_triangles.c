#include <math.h>
#include <stdlib.h>

#include "tests/check/suite.h"
#include "velocity/triangles.h"

enum { MAX_POINTS = 50, N_CASES = 40 };

static uint64_t random_state;

/** A whole number in [0, n). */
static int64_t random_below(int64_t n)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)((random_state >> 33) % (uint64_t)n);
}

static int compare_points(const void *left, const void *right)
{
    const pstm_lattice_point *a = left, *b = right;
    if (a->x != b->x) return a->x < b->x ? -1 : 1;
    return a->y < b->y ? -1 : a->y > b->y;
}

/** Sorted distinct points: anywhere, on a coarse lattice, round a circle, or nearly on a line. */
static int64_t make_points(int kind, pstm_lattice_point *points)
{
    int64_t n = 3 + random_below(MAX_POINTS - 3), spacing = PSTM_LATTICE / 12, half = PSTM_LATTICE / 2;
    for (int64_t i = 0; i < n; i++) {
        int64_t x = random_below(PSTM_LATTICE + 1), y = random_below(PSTM_LATTICE + 1);
        if (kind == 1) {
            x = random_below(12) * spacing;
            y = random_below(12) * spacing;
        } else if (kind == 2) {
            double angle = 2 * M_PI * (double)i / (double)n;
            x = half + llround((double)half * cos(angle));
            y = half + llround((double)half * sin(angle));
        } else if (kind == 3) {
            y = x / 2 + random_below(3);
        }
        points[i] = (pstm_lattice_point){x, y, 0};
    }
    qsort(points, (size_t)n, sizeof *points, compare_points);
    int64_t n_distinct = 1;
    for (int64_t i = 1; i < n; i++)
        if (compare_points(&points[i], &points[n_distinct - 1]) != 0) points[n_distinct++] = points[i];
    return n_distinct;
}

static int are_on_one_line(const pstm_lattice_point *points, int64_t n)
{
    for (int64_t i = 2; i < n; i++)
        if (pstm_lattice_area2(&points[0], &points[1], &points[i]) != 0) return 0;
    return 1;
}

/** Sign of the circle test in long double, or 0 where that cannot be told. */
static int circle_sign(const pstm_lattice_point *p, int64_t a, int64_t b, int64_t c, int64_t d)
{
    long double m[3][3];
    int64_t vertex[3] = {a, b, c};
    for (int i = 0; i < 3; i++) {
        m[i][0] = (long double)(p[vertex[i]].x - p[d].x);
        m[i][1] = (long double)(p[vertex[i]].y - p[d].y);
        m[i][2] = m[i][0] * m[i][0] + m[i][1] * m[i][1];
    }
    long double terms[3], sum = 0, size = 0;
    for (int i = 0; i < 3; i++) {
        const long double *u = m[(i + 1) % 3], *v = m[(i + 2) % 3];
        terms[i] = m[i][2] * (u[0] * v[1] - u[1] * v[0]);
        sum += terms[i];
        size += fabsl(terms[i]);
    }
    if (fabsl(sum) <= 1e-17L * size) return 0;
    return sum > 0 ? 1 : -1;
}

/**
 * Twice the area between point 0 and the lower (upper) half of the convex hull by the monotone chain;
 * adds the edges between neighbouring points on it, those within a side among them, to *n_edges.
 */
static int64_t half_hull_area2(const pstm_lattice_point *points, int64_t n, int is_upper, int64_t *n_edges)
{
    int64_t chain[MAX_POINTS], n_chain = 0, area2 = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t p = is_upper ? n - 1 - i : i;
        while (n_chain >= 2 &&
               pstm_lattice_area2(&points[chain[n_chain - 2]], &points[chain[n_chain - 1]], &points[p]) < 0)
            n_chain--;
        chain[n_chain++] = p;
    }
    for (int64_t i = 0; i + 1 < n_chain; i++)
        area2 += pstm_lattice_area2(&points[0], &points[chain[i]], &points[chain[i + 1]]);
    *n_edges += n_chain - 1;
    return area2;
}

static void check_triangles(const pstm_lattice_point *points, int64_t n, const pstm_triangle *triangles,
                            int64_t n_triangles)
{
    int64_t area2 = 0, n_hull_edges = 0, n_on_hull = 0;
    for (int64_t i = 0; i < n_triangles; i++) {
        const pstm_triangle *t = &triangles[i];
        const int64_t *v = t->vertex;
        int64_t own = pstm_lattice_area2(&points[v[0]], &points[v[1]], &points[v[2]]);
        ck_assert(own > 0);
        area2 += own;
        for (int k = 0; k < 3; k++) {
            if (t->neighbour[k] < 0) {
                n_hull_edges++;
                continue;
            }
            const pstm_triangle *u = &triangles[t->neighbour[k]];
            int back = u->neighbour[0] == i ? 0 : u->neighbour[1] == i ? 1 : 2;
            ck_assert_int_eq(u->neighbour[back], i);
            ck_assert_int_eq(u->vertex[back], v[(k + 1) % 3]);
            ck_assert_int_eq(u->vertex[(back + 1) % 3], v[k]);
        }
        int64_t n_inside = 0;
        for (int64_t d = 0; d < n; d++)
            n_inside += d != v[0] && d != v[1] && d != v[2] && circle_sign(points, v[0], v[1], v[2], d) > 0;
        ck_assert_int_eq(n_inside, 0);
    }
    int64_t hull_area2 = half_hull_area2(points, n, 0, &n_on_hull);
    hull_area2 += half_hull_area2(points, n, 1, &n_on_hull);
    ck_assert_int_eq(area2, hull_area2);
    ck_assert_int_eq(n_hull_edges, n_on_hull);
    ck_assert_int_eq(n_triangles, 2 * n - 2 - n_on_hull);
}

START_TEST(triangles_fill_the_hull_and_no_circumcircle_holds_a_point)
{
    random_state = (uint64_t)_i + 1;
    int n_done = 0;
    for (int i_case = 0; i_case < N_CASES; i_case++) {
        pstm_lattice_point points[MAX_POINTS];
        pstm_triangle triangles[2 * MAX_POINTS];
        int64_t n = make_points(_i, points), n_triangles = 0;
        if (n < 3 || are_on_one_line(points, n)) continue;
        ck_assert(pstm_triangulate(points, n, triangles, &n_triangles) == PSTM_OK);
        check_triangles(points, n, triangles, n_triangles);
        n_done++;
    }
    ck_assert(n_done > N_CASES / 2);
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("triangles");
    tcase_add_loop_test(tests, triangles_fill_the_hull_and_no_circumcircle_holds_a_point, 0, 4);
    Suite *suite = suite_create("velocity/triangles");
    suite_add_tcase(suite, tests);
    return suite;
}
