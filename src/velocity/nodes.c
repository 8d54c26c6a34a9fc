#include "velocity/nodes.h"

/* Spacings are powers of two: a group of 8 or 16 locations of a device lies between two nodes. */
enum { WIDE = 16, USUAL = 8 };
static const double WIDE_MOST_M = 200, MOST_M = 400;

static int32_t spacing_of(int32_t n, double step_m)
{
    if (n == 1) return 1;
    if (WIDE * step_m <= WIDE_MOST_M) return WIDE;
    int32_t spacing = USUAL;
    while (spacing > 1 && spacing * step_m > MOST_M)
        spacing /= 2;
    return spacing;
}

pstm_nodes pstm_nodes_of_axis(int32_t n, double step_m, int32_t begin, int32_t end)
{
    pstm_nodes nodes = {.spacing = spacing_of(n, step_m)};
    const int32_t n_between = (end - 1) / nodes.spacing - begin / nodes.spacing + 1;
    if (nodes.spacing == 1) {
        nodes.first = begin;
        nodes.n = nodes.n_coefficients = n_between;
        nodes.n_weighted = 1;
    } else {
        nodes.first = begin / nodes.spacing - 2;
        nodes.n_weighted = PSTM_NODE_WEIGHTS;
        nodes.n_coefficients = n_between + PSTM_NODE_WEIGHTS - 1;
        nodes.n = nodes.n_coefficients + 2;
    }
    return nodes;
}

int32_t pstm_nodes_weights(const pstm_nodes *nodes, int32_t location, double weights[PSTM_NODE_WEIGHTS])
{
    if (nodes->n_weighted == 1) {
        weights[0] = 1;
        return location - nodes->first;
    }
    const double u = (double)(location % nodes->spacing) / nodes->spacing, v = 1 - u;
    weights[0] = v * v * v / 6;
    weights[1] = (u * u * (3 * u - 6) + 4) / 6;
    weights[2] = (v * v * (3 * v - 6) + 4) / 6;
    weights[3] = u * u * u / 6;
    return location / nodes->spacing - (nodes->first + 2);
}

void pstm_nodes_make_coefficients(const pstm_nodes *nodes, double *columns, int64_t stride, int32_t n_times)
{
    if (nodes->n_weighted == 1) return;
    for (int32_t i = 0; i < nodes->n_coefficients; i++) {
        double *before = columns + i * stride;
        const double *here = before + stride, *after = here + stride;
        for (int32_t k = 0; k < n_times; k++)
            before[k] = (8 * here[k] - (before[k] + after[k])) / 6;
    }
}
