/* Columns of a model (model.h) as splines: fitted in time at nodes, joined over the grid between them. */
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "velocity/bend.h"
#include "velocity/column_fit.h"
#include "velocity/eta.h"
#include "velocity/model.h"
#include "velocity/nodes.h"

/** The nodes round an area. */
typedef struct lattice {
    const pstm_velocity *velocity;
    const pstm_grid *grid;
    pstm_nodes along_i, along_j;
} lattice;

static lattice lattice_of(const pstm_velocity *velocity, const pstm_grid *grid, const pstm_grid_area *area)
{
    if (velocity->range.is_uniform)
        return (lattice){velocity, grid, pstm_nodes_of_axis(1, 0, 0, 1), pstm_nodes_of_axis(1, 0, 0, 1)};
    return (lattice){
        .velocity = velocity,
        .grid = grid,
        .along_i = pstm_nodes_of_axis(grid->n_inline, grid->step_inline_m, area->i_begin, area->i_end),
        .along_j = pstm_nodes_of_axis(grid->n_crossline, grid->step_crossline_m, area->j_begin, area->j_end)};
}

static int64_t n_nodes(const lattice *nodes)
{
    return (int64_t)nodes->along_i.n * nodes->along_j.n;
}

/** World position of node number i of n along inlines and j along crosslines, counted from the first. */
static void place_of(const lattice *nodes, int32_t i, int32_t j, double *x_m, double *y_m)
{
    const pstm_nodes *along_i = &nodes->along_i, *along_j = &nodes->along_j;
    pstm_grid_node(nodes->grid, ((int64_t)along_i->first + i) * along_i->spacing,
                   ((int64_t)along_j->first + j) * along_j->spacing, x_m, y_m);
}

/** The box round all nodes, as their places are rounded. */
static pstm_box box_of(const lattice *nodes)
{
    pstm_box box = {INFINITY, -INFINITY, INFINITY, -INFINITY};
    for (int32_t i = 0; i < nodes->along_i.n; i++) {
        for (int32_t j = 0; j < nodes->along_j.n; j++) {
            double x_m, y_m;
            place_of(nodes, i, j, &x_m, &y_m);
            const pstm_box place = {x_m, x_m, y_m, y_m};
            box = pstm_box_unite(&box, &place);
        }
    }
    return box;
}

/* ---- columns at nodes ---------------------------------------------------------------------------------- */

/** What is needed to fit columns. */
typedef struct fitter {
    pstm_column_fit *fit;
    pstm_bend *bend;    /**< NULL where no field says how rays bend */
    pstm_columns input; /**< one column of vrms */
    pstm_fit_count count;
    pstm_bend_count bend_count;
} fitter;

/** The fields that follow from vrms (bend.h). */
static const pstm_fields OF_BEND = (1u << PSTM_FIELD_ALPHA) | (1u << PSTM_FIELD_BETA);

static pstm_status create_fitter(const pstm_grid *grid, pstm_fields fields, fitter *f)
{
    PSTM_TRY(pstm_columns_create(pstm_field_bit(PSTM_FIELD_VRMS), 1, grid->n_times, &f->input));
    if (fields & OF_BEND) PSTM_TRY(pstm_bend_create(grid, &f->bend));
    return pstm_column_fit_create(grid, &f->fit);
}

static void clear_fitter(fitter *f)
{
    pstm_columns_clear(&f->input);
    pstm_bend_destroy(&f->bend);
    pstm_column_fit_destroy(&f->fit);
}

/** Fits all nodes: columns[field][node][k], of vrms, and with a bend of alpha and beta. */
static pstm_status fit_nodes(const lattice *nodes, fitter *f, double *columns)
{
    const pstm_velocity_kind *kind = nodes->velocity->kind;
    const int32_t n_times = nodes->grid->n_times;
    void *held = NULL;
    if (kind->hold != NULL) {
        const pstm_box box = box_of(nodes);
        PSTM_TRY(kind->hold(nodes->velocity->self, &box, &held));
    }
    for (int64_t node = 0; node < n_nodes(nodes); node++) {
        double x_m, y_m, *column = columns + node * n_times;
        place_of(nodes, (int32_t)(node / nodes->along_j.n), (int32_t)(node % nodes->along_j.n), &x_m, &y_m);
        kind->column(nodes->velocity->self, held, x_m, y_m, nodes->grid, &f->input);
        pstm_column_fit_run(f->fit, f->input.vrms_m_s, column, &f->count);
        if (f->bend == NULL) continue;
        double *const bent[2] = {column + n_nodes(nodes) * n_times, column + 2 * n_nodes(nodes) * n_times};
        pstm_bend_run(f->bend, f->fit, column, nodes->velocity->eta, bent, &f->bend_count);
    }
    if (kind->hold != NULL) kind->release(&held);
    return PSTM_OK;
}

/* ---- columns between nodes ----------------------------------------------------------------------------- */

/** Makes the coefficients of a field's columns[node][k], in place: the first n_coefficients of each axis. */
static void make_coefficients(const lattice *nodes, double *columns)
{
    const int32_t n_times = nodes->grid->n_times;
    const int64_t row = (int64_t)nodes->along_j.n * n_times;
    for (int32_t i = 0; i < nodes->along_i.n; i++)
        pstm_nodes_make_coefficients(&nodes->along_j, columns + i * row, n_times, n_times);
    for (int32_t j = 0; j < nodes->along_j.n_coefficients; j++)
        pstm_nodes_make_coefficients(&nodes->along_i, columns + (int64_t)j * n_times, row, n_times);
}

/** sum[k] = the columns, n_weighted of them, times their weights, in this order. */
static void combine(const double *columns, int64_t stride, const double *weights, int32_t n_weighted,
                    int64_t n_values, double *sum)
{
    if (n_weighted == 1) {
        memcpy(sum, columns, (size_t)n_values * sizeof *sum);
        return;
    }
    const double *b = columns + stride, *c = b + stride, *d = c + stride;
    for (int64_t k = 0; k < n_values; k++)
        sum[k] = weights[0] * columns[k] + weights[1] * b[k] + weights[2] * c[k] + weights[3] * d[k];
}

/** Rounds a column to float. Where the model jumps from node to node a spline overshoots: never beyond the
 * range of the model's columns. */
static void store_column(const lattice *nodes, int field, const double *column, float *out)
{
    const pstm_velocity_range *range = &nodes->velocity->range;
    for (int32_t k = 0; k < nodes->grid->n_times; k++) {
        double value = column[k];
        if (field == PSTM_FIELD_VRMS) value = fmin(fmax(value, range->least_m_s), range->most_m_s);
        if (field == PSTM_FIELD_BETA) value = fmax(value, 0);
        out[k] = (float)value;
    }
}

/** Joins a field's coefficients to its columns of the area; `row` has room for a column of each coefficient
 * along crosslines and one more. */
static void join(const lattice *nodes, const pstm_grid_area *area, int field, const double *coefficients,
                 double *row, float *out)
{
    const pstm_nodes *along_i = &nodes->along_i, *along_j = &nodes->along_j;
    const int64_t n_times = nodes->grid->n_times, stride = along_j->n * n_times;
    double weights[PSTM_NODE_WEIGHTS], *column = row + along_j->n_coefficients * n_times;
    for (int32_t i = area->i_begin; i < area->i_end; i++) {
        const int32_t first_i = pstm_nodes_weights(along_i, i, weights);
        combine(coefficients + first_i * stride, stride, weights, along_i->n_weighted,
                along_j->n_coefficients * n_times, row);
        for (int32_t j = area->j_begin; j < area->j_end; j++, out += n_times) {
            const int32_t first_j = pstm_nodes_weights(along_j, j, weights);
            combine(row + first_j * n_times, n_times, weights, along_j->n_weighted, n_times, column);
            store_column(nodes, field, column, out);
        }
    }
}

/* ---- all ----------------------------------------------------------------------------------------------- */

/** What is held for a field: the columns at nodes, and the room of join(). */
static int64_t n_values_of_nodes(const lattice *nodes)
{
    return n_nodes(nodes) * nodes->grid->n_times;
}

static int64_t n_values_of_row(const lattice *nodes)
{
    return (nodes->along_j.n_coefficients + (int64_t)1) * nodes->grid->n_times;
}

int64_t pstm_velocity_columns_bytes(const pstm_velocity *velocity, const pstm_grid *grid,
                                    const pstm_grid_area *area, pstm_fields fields)
{
    const lattice nodes = lattice_of(velocity, grid, area);
    const int64_t n_values = n_values_of_nodes(&nodes) * __builtin_popcount(fields) + n_values_of_row(&nodes);
    int64_t bytes = n_values * (int64_t)sizeof(double) + pstm_column_fit_bytes(grid) +
                    pstm_columns_bytes(pstm_field_bit(PSTM_FIELD_VRMS), grid->n_times);
    if (fields & OF_BEND) bytes += pstm_bend_bytes(grid);
    if (velocity->kind->hold != NULL) {
        const pstm_box box = box_of(&nodes);
        bytes += velocity->kind->held_bytes(velocity->self, &box);
    }
    return bytes;
}

/** What columns at nodes are made of. */
typedef struct column_counts {
    pstm_fit_count fit;
    pstm_bend_count bend;
} column_counts;

/** As pstm_velocity_columns(); adds to the counts what the columns at nodes are made of. */
static pstm_status make_columns(const pstm_velocity *velocity, const pstm_grid *grid,
                                const pstm_grid_area *area, const pstm_columns *columns,
                                column_counts *counts)
{
    pstm_status status = PSTM_OK;
    pstm_grid_area wanted = *area;
    if (columns->one_column) wanted.i_end = wanted.i_begin + 1, wanted.j_end = wanted.j_begin + 1;
    if (velocity->range.is_uniform) wanted = (pstm_grid_area){0, 1, 0, 1};
    const lattice nodes = lattice_of(velocity, grid, &wanted);
    double *at_nodes = NULL, *row = NULL;
    pstm_fields fields = 0;
    fitter f = {0};
    for (int field = 0; field < PSTM_N_FIELDS; field++)
        if (columns->fields[field] != NULL) fields |= pstm_field_bit((pstm_field)field);
    PSTM_GO(PSTM_NEW(&at_nodes, n_values_of_nodes(&nodes) * __builtin_popcount(fields),
                     "velocity columns at nodes"));
    PSTM_GO(PSTM_NEW(&row, n_values_of_row(&nodes), "velocity columns between nodes"));
    PSTM_GO(create_fitter(grid, fields, &f));
    PSTM_GO(fit_nodes(&nodes, &f, at_nodes));
    double *of_field = at_nodes;
    for (int field = 0; field < PSTM_N_FIELDS; field++) {
        if (columns->fields[field] == NULL) continue;
        make_coefficients(&nodes, of_field);
        join(&nodes, &wanted, field, of_field, row, columns->fields[field]);
        of_field += n_values_of_nodes(&nodes);
    }
    counts->fit.n += f.count.n;
    counts->fit.n_fine += f.count.n_fine;
    counts->fit.n_input += f.count.n_input;
    counts->bend.n += f.bend_count.n;
    counts->bend.n_beyond += f.bend_count.n_beyond;
cleanup:
    clear_fitter(&f);
    PSTM_FREE(&row);
    PSTM_FREE(&at_nodes);
    return status;
}

pstm_status pstm_velocity_columns(const pstm_velocity *velocity, const pstm_grid *grid,
                                  const pstm_grid_area *area, const pstm_columns *columns)
{
    column_counts counts = {0};
    return make_columns(velocity, grid, area, columns, &counts);
}

/* ---- departures ---------------------------------------------------------------------------------------- */

/** Adds the departures at a location; out->rms is the sum of squares as yet. */
static pstm_status add_departures(const pstm_velocity *velocity, const pstm_grid *grid, int32_t i, int32_t j,
                                  const pstm_columns both[2], column_counts *counts,
                                  pstm_column_departures *out)
{
    const pstm_grid_area here = {i, i + 1, j, j + 1};
    double x_m, y_m;
    pstm_grid_node(grid, i, j, &x_m, &y_m);
    PSTM_TRY(pstm_velocity_inputs(velocity, &x_m, &y_m, 1, grid, &both[0]));
    PSTM_TRY(make_columns(velocity, grid, &here, &both[1], counts));
    for (int32_t k = 0; k < grid->n_times; k++) {
        const double departure = fabs((double)both[1].vrms_m_s[k] / (double)both[0].vrms_m_s[k] - 1);
        out->rms += departure * departure;
        if (departure <= out->largest) continue;
        out->largest = departure;
        out->largest_i = i, out->largest_j = j, out->largest_k = k;
    }
    return PSTM_OK;
}

pstm_status pstm_velocity_departures(const pstm_velocity *velocity, const pstm_grid *grid, pstm_fields fields,
                                     pstm_column_departures *out)
{
    enum { MOST_SIDE = 4 };
    pstm_status status = PSTM_OK;
    pstm_columns both[2] = {{0}};
    column_counts counts = {0};
    const int32_t side = velocity->range.is_uniform ? 1 : MOST_SIDE;
    const int32_t n_i = grid->n_inline < side ? grid->n_inline : side;
    const int32_t n_j = grid->n_crossline < side ? grid->n_crossline : side;
    *out = (pstm_column_departures){0};
    PSTM_GO(pstm_columns_create(pstm_field_bit(PSTM_FIELD_VRMS), 1, grid->n_times, &both[0]));
    PSTM_GO(pstm_columns_create(fields, 1, grid->n_times, &both[1]));
    for (int32_t a = 0; a < n_i * n_j; a++) {
        const int64_t at_i = 2 * (a / n_j) + 1, at_j = 2 * (a % n_j) + 1;
        PSTM_GO(add_departures(velocity, grid, (int32_t)(at_i * grid->n_inline / (2 * n_i)),
                               (int32_t)(at_j * grid->n_crossline / (2 * n_j)), both, &counts, out));
    }
    out->rms = sqrt(out->rms / ((double)n_i * n_j * grid->n_times));
    out->fine_share = (double)counts.fit.n_fine / (double)counts.fit.n;
    out->input_share = (double)counts.fit.n_input / (double)counts.fit.n;
    if (counts.bend.n > 0) out->beyond_share = (double)counts.bend.n_beyond / (double)counts.bend.n;
cleanup:
    pstm_columns_clear(&both[0]);
    pstm_columns_clear(&both[1]);
    return status;
}
