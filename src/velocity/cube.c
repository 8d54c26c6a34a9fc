/* The kind `cube`: columns at the nodes of a lattice (cube.h), read when a box needs them. */
#include "velocity/cube.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "velocity/model.h"

typedef struct cube_model {
    pstm_vcube *cube;
    double scale;
} cube_model;

/** The columns of nodes [i_begin, i_end) x [j_begin, j_end). */
typedef struct cube_part {
    int64_t i_begin, i_end, j_begin, j_end;
    float *columns; /**< [i][j][n_t] */
} cube_part;

void pstm_cube_shape_clear(pstm_cube_shape *shape)
{
    PSTM_FREE(&shape->u);
    PSTM_FREE(&shape->v);
    PSTM_FREE(&shape->t_s);
}

void pstm_cube_shape_use_labels(pstm_cube_shape *shape, const pstm_grid *grid)
{
    const double u_of[3] = {grid->first_inline, grid->cos_azimuth / grid->step_inline_m,
                            -grid->sin_azimuth / grid->step_inline_m};
    const double v_of[3] = {grid->first_crossline, grid->sin_azimuth / grid->step_crossline_m,
                            grid->cos_azimuth / grid->step_crossline_m};
    shape->labels = true;
    shape->origin_x_m = grid->origin_x_m;
    shape->origin_y_m = grid->origin_y_m;
    memcpy(shape->u_of, u_of, sizeof u_of);
    memcpy(shape->v_of, v_of, sizeof v_of);
}

void pstm_vcube_destroy(pstm_vcube **cube)
{
    if (*cube == NULL) return;
    if ((*cube)->file >= 0) close((*cube)->file);
    pstm_cube_shape_clear(&(*cube)->shape);
    PSTM_FREE(&(*cube)->source);
    PSTM_FREE(cube);
}

/* ---- the model ----------------------------------------------------------------------------------------- */

static bool cube_is_asked(const pstm_velocity_options *options)
{
    return options->cube != NULL;
}

static void cube_destroy(void **self)
{
    cube_model *model = *self;
    if (model == NULL) return;
    pstm_vcube_destroy(&model->cube);
    pstm_free(self);
}

static pstm_status cube_create(const pstm_velocity_options *options, const char *text, void **self,
                               pstm_velocity_range *range)
{
    (void)text;
    const pstm_vcube *cube = options->cube;
    *range = (pstm_velocity_range){.is_uniform = cube->shape.n_u * cube->shape.n_v == 1,
                                   .least_m_s = options->scale * cube->facts.least_m_s,
                                   .most_m_s = options->scale * cube->facts.most_m_s};
    if (!(range->least_m_s >= PSTM_VELOCITY_LEAST_M_S && range->most_m_s <= PSTM_VELOCITY_MOST_M_S))
        return pstm_fail(
            PSTM_DATA,
            "%s: rms velocities are %.6g to %.6g m/s after velocity.scale, outside %g to %g m/s; "
            "look at velocity.scale and velocity.kind",
            options->file, range->least_m_s, range->most_m_s, PSTM_VELOCITY_LEAST_M_S,
            PSTM_VELOCITY_MOST_M_S);
    cube_model *model = NULL;
    PSTM_TRY(PSTM_NEW(&model, 1, "the velocity cube"));
    *model = (cube_model){.cube = options->cube, .scale = options->scale};
    *self = model;
    return PSTM_OK;
}

/* ---- places -------------------------------------------------------------------------------------------- */

static double along(const double of[3], const pstm_cube_shape *shape, double x_m, double y_m)
{
    return of[0] + of[1] * (x_m - shape->origin_x_m) + of[2] * (y_m - shape->origin_y_m);
}

/** The node before a position on an axis, and the part of the way to the next; at the rim beyond the ends. */
static int64_t find_node(const double *axis, int64_t n, double at, double *part)
{
    int64_t low = 0, high = n - 1;
    *part = 0;
    if (!(at > axis[0])) return 0;
    if (at >= axis[n - 1]) return n - 1;
    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        if (axis[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    *part = (at - axis[low]) / (axis[high] - axis[low]);
    return low;
}

/** The nodes of an axis that a range needs, one more on each side for rounding. */
static void find_range(const double *axis, int64_t n, double least, double most, int64_t *begin, int64_t *end)
{
    double part;
    const int64_t first = find_node(axis, n, least, &part) - 1, last = find_node(axis, n, most, &part) + 2;
    *begin = first > 0 ? first : 0;
    *end = (last < n - 1 ? last : n - 1) + 1;
}

static cube_part part_of(const pstm_cube_shape *shape, const pstm_box *box)
{
    double least[2] = {INFINITY, INFINITY}, most[2] = {-INFINITY, -INFINITY};
    cube_part part = {0};
    for (int corner = 0; corner < 4; corner++) {
        const double x_m = corner % 2 == 0 ? box->min_x_m : box->max_x_m;
        const double y_m = corner / 2 == 0 ? box->min_y_m : box->max_y_m;
        const double at[2] = {along(shape->u_of, shape, x_m, y_m), along(shape->v_of, shape, x_m, y_m)};
        for (int axis = 0; axis < 2; axis++) {
            least[axis] = fmin(least[axis], at[axis]);
            most[axis] = fmax(most[axis], at[axis]);
        }
    }
    find_range(shape->u, shape->n_u, least[0], most[0], &part.i_begin, &part.i_end);
    find_range(shape->v, shape->n_v, least[1], most[1], &part.j_begin, &part.j_end);
    return part;
}

/* ---- what a box needs ---------------------------------------------------------------------------------- */

static void cube_release(void **held)
{
    cube_part *part = *held;
    if (part == NULL) return;
    PSTM_FREE(&part->columns);
    pstm_free(held);
}

/** Reads a row of nodes, those that lie together in one go. */
static pstm_status read_row(const pstm_vcube *cube, int64_t first, int64_t n, float *columns)
{
    for (int64_t j = 0, together; j < n; j += together) {
        together = 1;
        while (j + together < n && cube->source[first + j + together] == cube->source[first + j] + together)
            together++;
        PSTM_TRY(cube->read(cube, cube->source[first + j], together, columns + j * cube->shape.n_t));
    }
    return PSTM_OK;
}

static pstm_status cube_hold(const void *self, const pstm_box *box, void **held)
{
    const pstm_vcube *cube = ((const cube_model *)self)->cube;
    pstm_status status = PSTM_OK;
    cube_part *part = NULL;
    void *unfinished = NULL;
    PSTM_GO(PSTM_NEW(&part, 1, "a part of the velocity cube"));
    unfinished = part;
    *part = part_of(&cube->shape, box);
    const int64_t n_j = part->j_end - part->j_begin;
    PSTM_GO(PSTM_NEW(&part->columns, (part->i_end - part->i_begin) * n_j * cube->shape.n_t,
                     "columns of the velocity cube"));
    for (int64_t i = part->i_begin; i < part->i_end; i++)
        PSTM_GO(read_row(cube, i * cube->shape.n_v + part->j_begin, n_j,
                         part->columns + (i - part->i_begin) * n_j * cube->shape.n_t));
    *held = part;
    unfinished = NULL;
cleanup:
    cube_release(&unfinished);
    return status;
}

static int64_t cube_held_bytes(const void *self, const pstm_box *box)
{
    const pstm_cube_shape *shape = &((const cube_model *)self)->cube->shape;
    const cube_part part = part_of(shape, box);
    return (part.i_end - part.i_begin) * (part.j_end - part.j_begin) * shape->n_t * (int64_t)sizeof(float) +
           (int64_t)sizeof part;
}

/* ---- columns ------------------------------------------------------------------------------------------- */

/** The readers of the nodes round a position and their weights; returns how many, 1 to 4. */
static int find_readers(const cube_model *model, const cube_part *part, double x_m, double y_m,
                        pstm_vreader readers[4], double weights[4])
{
    const pstm_vcube *cube = model->cube;
    const pstm_cube_shape *shape = &cube->shape;
    double pu, pv;
    const int64_t i = find_node(shape->u, shape->n_u, along(shape->u_of, shape, x_m, y_m), &pu);
    const int64_t j = find_node(shape->v, shape->n_v, along(shape->v_of, shape, x_m, y_m), &pv);
    int n = 0;
    for (int corner = 0; corner < 4; corner++) {
        const int di = corner / 2, dj = corner % 2;
        const double weight = (di == 0 ? 1 - pu : pu) * (dj == 0 ? 1 - pv : pv);
        if (!(weight > 0)) continue;
        const int64_t node =
            (i + di - part->i_begin) * (part->j_end - part->j_begin) + j + dj - part->j_begin;
        weights[n] = weight;
        readers[n++] = (pstm_vreader){.quantity = cube->quantity,
                                      .n = shape->n_t,
                                      .times_s = shape->t_s,
                                      .values = part->columns + node * shape->n_t,
                                      .scale = model->scale};
    }
    return n;
}

static void cube_column(const void *self, const void *held, double x_m, double y_m, const pstm_grid *grid,
                        const pstm_columns *column)
{
    pstm_vreader readers[4];
    double weights[4];
    const int n = find_readers(self, held, x_m, y_m, readers, weights);
    for (int32_t k = 0; k < grid->n_times; k++) {
        const double t0_s = pstm_grid_time_s(grid, k);
        if (n == 1) {
            column->vrms_m_s[k] = (float)pstm_vreader_at(&readers[0], t0_s);
            continue;
        }
        double slowness2 = 0;
        for (int c = 0; c < n; c++) {
            const double v_m_s = pstm_vreader_at(&readers[c], t0_s);
            slowness2 += weights[c] / (v_m_s * v_m_s);
        }
        column->vrms_m_s[k] = (float)(1 / sqrt(slowness2));
    }
}

/* ---- what tells it from others ------------------------------------------------------------------------- */

static pstm_status cube_describe(const void *self, pstm_text *text)
{
    const cube_model *model = self;
    const pstm_cube_shape *shape = &model->cube->shape;
    PSTM_TRY(pstm_velocity_describe_quantity(model->cube->quantity, text));
    PSTM_TRY(pstm_text_add(text, "cube %s\nscale %.17g\norigin %.17g %.17g\n", model->cube->digest,
                           model->scale, shape->origin_x_m, shape->origin_y_m));
    return pstm_text_add(text, "axes %.17g %.17g %.17g %.17g %.17g %.17g\n", shape->u_of[0], shape->u_of[1],
                         shape->u_of[2], shape->v_of[0], shape->v_of[1], shape->v_of[2]);
}

static pstm_status cube_doubt(const void *self, const char *name, const pstm_grid *grid, pstm_doubts *doubts)
{
    return pstm_vcube_doubt(((const cube_model *)self)->cube, name, grid, doubts);
}

const pstm_velocity_kind pstm_velocity_cube = {
    .is_asked = cube_is_asked,
    .create = cube_create,
    .destroy = cube_destroy,
    .hold = cube_hold,
    .release = cube_release,
    .held_bytes = cube_held_bytes,
    .column = cube_column,
    .describe = cube_describe,
    .doubt = cube_doubt,
};
