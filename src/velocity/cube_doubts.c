/* What is doubtful of a cube of velocities for an image. */
#include <inttypes.h>
#include <math.h>

#include "velocity/cube.h"
#include "velocity/function_doubts.h"

/** Places of the grid that are looked at on each axis, its ends among them. */
enum { N_LOOKS = 33 };
/** Beyond this part of the grid outside the cube the image is one of another place. */
#define MOST_OUTSIDE 0.5
/** Times as of function_doubts.c: records are shorter, changes end later, and what ends here is told. */
#define LONG_RECORD_S 15
#define BEYOND_FACTOR 10
#define SHORT_PART 0.05
#define TOLD_PART 0.9

static const char *u_word(const pstm_cube_shape *shape)
{
    return shape->labels ? "inline" : "x";
}

static const char *v_word(const pstm_cube_shape *shape)
{
    return shape->labels ? "crossline" : "y";
}

/** How many steps of the lattice a position lies beyond an axis; an axis of one node holds everywhere. */
static double steps_beyond(const double *axis, int64_t n, double at)
{
    if (n == 1) return 0;
    if (at < axis[0]) return (axis[0] - at) / (axis[1] - axis[0]);
    return at > axis[n - 1] ? (at - axis[n - 1]) / (axis[n - 1] - axis[n - 2]) : 0;
}

static pstm_status doubt_places(const pstm_cube_shape *shape, const char *name, const pstm_grid *grid,
                                pstm_doubts *doubts)
{
    int n_outside = 0;
    double least_u = INFINITY, most_u = -INFINITY, least_v = INFINITY, most_v = -INFINITY;
    for (int look = 0; look < N_LOOKS * N_LOOKS; look++) {
        const int64_t i = (int64_t)(look / N_LOOKS) * (grid->n_inline - 1) / (N_LOOKS - 1);
        const int64_t j = (int64_t)(look % N_LOOKS) * (grid->n_crossline - 1) / (N_LOOKS - 1);
        double x_m, y_m;
        pstm_grid_node(grid, i, j, &x_m, &y_m);
        x_m -= shape->origin_x_m, y_m -= shape->origin_y_m;
        const double u = shape->u_of[0] + shape->u_of[1] * x_m + shape->u_of[2] * y_m;
        const double v = shape->v_of[0] + shape->v_of[1] * x_m + shape->v_of[2] * y_m;
        least_u = fmin(least_u, u), most_u = fmax(most_u, u);
        least_v = fmin(least_v, v), most_v = fmax(most_v, v);
        n_outside += steps_beyond(shape->u, shape->n_u, u) > 1 || steps_beyond(shape->v, shape->n_v, v) > 1;
    }
    if (n_outside == 0) return PSTM_OK;
    const double part = (double)n_outside / (N_LOOKS * N_LOOKS);
    return pstm_doubts_add(
        doubts, PSTM_DOUBT_VELOCITY_PLACE, part > MOST_OUTSIDE,
        "%s: %.3g %% of the grid lie more than a step outside the cube, where the velocities "
        "of its rim hold: the cube has %s %.10g to %.10g and %s %.10g to %.10g, the grid "
        "%.10g to %.10g and %.10g to %.10g",
        name, 100 * part, u_word(shape), shape->u[0], shape->u[shape->n_u - 1], v_word(shape), shape->v[0],
        shape->v[shape->n_v - 1], least_u, most_u, least_v, most_v);
}

static pstm_status doubt_times(const pstm_cube_shape *shape, const char *name, const pstm_grid *grid,
                               pstm_doubts *doubts)
{
    const double end_s = pstm_grid_time_s(grid, grid->n_times - 1);
    const double first_s = shape->t_s[0], last_s = shape->t_s[shape->n_t - 1];
    const bool is_beyond = last_s > fmax(LONG_RECORD_S, BEYOND_FACTOR * end_s) || first_s >= end_s;
    if (shape->n_t == 1 || (last_s >= TOLD_PART * end_s && !is_beyond)) return PSTM_OK;
    return pstm_doubts_add(
        doubts, PSTM_DOUBT_VELOCITY_TIME, is_beyond || last_s < SHORT_PART * end_s,
        "%s: its times go from %.4g to %.4g s, those of the image to %.4g s; beyond its ends "
        "velocities are constant",
        name, first_s, last_s, end_s);
}

static pstm_status doubt_holes(const pstm_vcube *cube, const char *name, pstm_doubts *doubts)
{
    const pstm_cube_facts *facts = &cube->facts;
    const pstm_cube_shape *shape = &cube->shape;
    if (facts->n_holes > 0)
        PSTM_TRY(pstm_doubts_add(doubts, PSTM_DOUBT_VELOCITY_HOLES, true,
                                 "%s: %" PRId64 " of %" PRId64
                                 " columns have no velocity, the first at %s %.10g, %s %.10g; where this is "
                                 "accepted they are those of the nearest column",
                                 name, facts->n_holes, shape->n_u * shape->n_v, u_word(shape), facts->hole_u,
                                 v_word(shape), facts->hole_v));
    if (facts->n_dead == 0) return PSTM_OK;
    return pstm_doubts_add(
        doubts, PSTM_DOUBT_VELOCITY_HOLES, true,
        "%s: %" PRId64 " samples beside velocities are 0, negative, or no number, the first at %s %.10g, %s "
        "%.10g, %.4g s; where this is accepted they are as the nearest of their column say",
        name, facts->n_dead, u_word(shape), facts->dead_u, v_word(shape), facts->dead_v, facts->dead_s);
}

static pstm_status doubt_jumps(const pstm_vcube *cube, const char *name, pstm_doubts *doubts)
{
    const pstm_cube_facts *facts = &cube->facts;
    const pstm_cube_shape *shape = &cube->shape;
    const pstm_vpick *a = &facts->jump[0], *b = &facts->jump[1];
    if (facts->n_jumps == 0) return PSTM_OK;
    return pstm_doubts_add(
        doubts, PSTM_DOUBT_VELOCITY_JUMP, (double)facts->n_jumps >= PSTM_MANY_JUMPS * (double)facts->n_steps,
        "%s: %" PRId64 " of %" PRId64
        " steps of 0.1 s need %s: at %s %.10g, %s %.10g from %.6g m/s at %.4g s to %.6g m/s at %.4g s",
        name, facts->n_jumps, facts->n_steps,
        b->v_m_s < a->v_m_s ? "an imaginary interval velocity" : "an interval velocity that no rock has",
        u_word(shape), facts->jump_u, v_word(shape), facts->jump_v, a->v_m_s, a->t_s, b->v_m_s, b->t_s);
}

pstm_status pstm_vcube_doubt(const pstm_vcube *cube, const char *name, const pstm_grid *grid,
                             pstm_doubts *doubts)
{
    PSTM_TRY(doubt_places(&cube->shape, name, grid, doubts));
    PSTM_TRY(doubt_times(&cube->shape, name, grid, doubts));
    PSTM_TRY(doubt_holes(cube, name, doubts));
    return doubt_jumps(cube, name, doubts);
}
