#include "plan/groups.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { GROUPS_A_WORKER = 16 };

static int64_t n_groups(const pstm_tiling *t, pstm_group_size g)
{
    return ((t->n_tiles_inline + g.n_inline - 1) / g.n_inline) *
           ((t->n_tiles_crossline + g.n_crossline - 1) / g.n_crossline);
}

static int32_t tiles_of(int32_t side, int32_t tile, int64_t n_tiles)
{
    int32_t n = side / tile;
    if (n > PSTM_GROUP_MOST) n = PSTM_GROUP_MOST;
    if (n > n_tiles) n = (int32_t)n_tiles;
    return n > 1 ? n : 1;
}

static pstm_group_size halve(const pstm_tiling *t, pstm_group_size g)
{
    const bool inline_is_longer = g.n_inline * t->tile_inline >= g.n_crossline * t->tile_crossline;
    if (g.n_crossline == 1 || (inline_is_longer && g.n_inline > 1))
        g.n_inline = (g.n_inline + 1) / 2;
    else
        g.n_crossline = (g.n_crossline + 1) / 2;
    return g;
}

pstm_group_size pstm_group_size_choose(const pstm_tiling *t, int32_t side, int32_t n_workers,
                                       int64_t most_locations)
{
    pstm_group_size g = {tiles_of(side, t->tile_inline, t->n_tiles_inline),
                         tiles_of(side, t->tile_crossline, t->n_tiles_crossline)};
    while (g.n_inline * g.n_crossline > 1) {
        const int64_t n = n_groups(t, g);
        const int64_t n_i = (int64_t)g.n_inline * t->tile_inline,
                      n_j = (int64_t)g.n_crossline * t->tile_crossline;
        const bool large = n_i * n_j > (int64_t)side / 2 * (side / 2);
        if (n_i * n_j <= most_locations && n >= n_workers &&
            (n >= (int64_t)GROUPS_A_WORKER * n_workers || !large))
            break;
        g = halve(t, g);
    }
    return g;
}

static int32_t at_most(int64_t end, int32_t n)
{
    return end < n ? (int32_t)end : n;
}

pstm_tile pstm_group_at(const pstm_tiling *t, int64_t number, pstm_group_size size)
{
    pstm_tile tile = pstm_tile_at(t, number);
    if (size.n_inline > 1)
        tile.i_end = at_most(tile.i_begin + (int64_t)size.n_inline * t->tile_inline, t->n_inline);
    if (size.n_crossline > 1)
        tile.j_end = at_most(tile.j_begin + (int64_t)size.n_crossline * t->tile_crossline, t->n_crossline);
    return tile;
}

/* The tiles of one block that are to be done: costs, and which. */
typedef struct block {
    bool wanted[PSTM_GROUP_MOST][PSTM_GROUP_MOST];
    pstm_work work[PSTM_GROUP_MOST][PSTM_GROUP_MOST];
} block;

typedef struct order_context {
    const pstm_tiling *tiling;
    const pstm_lines *lines;
    pstm_group_size size;
} order_context;

static bool row_is_wanted(const block *b, int32_t i, int32_t j_begin, int32_t j_end)
{
    for (int32_t j = j_begin; j < j_end; j++)
        if (!b->wanted[i][j]) return false;
    return true;
}

static int64_t n_wanted_nodes(const order_context *c, int64_t number, pstm_group_size size)
{
    const pstm_tile group = pstm_group_at(c->tiling, number, size), part = pstm_lines_part(c->lines, &group);
    return pstm_tile_n_locations(&part);
}

/* Whether no more is wanted of a rectangle of tiles than of each tile. */
static bool is_exact(const order_context *c, int64_t number, pstm_group_size size)
{
    int64_t n_of_tiles = 0;
    if (c->lines->n == 0) return true;
    for (int32_t i = 0; i < size.n_inline; i++)
        for (int32_t j = 0; j < size.n_crossline; j++)
            n_of_tiles +=
                n_wanted_nodes(c, number + i * c->tiling->n_tiles_crossline + j, (pstm_group_size){1, 1});
    return n_wanted_nodes(c, number, size) == n_of_tiles;
}

/* Takes the rectangle out that begins at tile (i, j): as wide as it goes, then as long as all rows are. */
static pstm_work take_rectangle(const order_context *c, block *b, int32_t i, int32_t j)
{
    int32_t i_end = i + 1, j_end = j + 1;
    const int64_t first = b->work[i][j].number;
    while (j_end < c->size.n_crossline && b->wanted[i][j_end] &&
           is_exact(c, first, (pstm_group_size){1, j_end - j + 1}))
        j_end++;
    while (i_end < c->size.n_inline && row_is_wanted(b, i_end, j, j_end) &&
           is_exact(c, first, (pstm_group_size){i_end - i + 1, j_end - j}))
        i_end++;
    pstm_work all = b->work[i][j];
    all.n_inline = i_end - i;
    all.n_crossline = j_end - j;
    all.cost = 0;
    for (int32_t p = i; p < i_end; p++)
        for (int32_t q = j; q < j_end; q++) {
            all.cost += b->work[p][q].cost;
            b->wanted[p][q] = false;
        }
    return all;
}

static int64_t block_of(const pstm_tiling *t, pstm_group_size size, int64_t number)
{
    const int64_t n_blocks = (t->n_tiles_crossline + size.n_crossline - 1) / size.n_crossline;
    return number / t->n_tiles_crossline / size.n_inline * n_blocks +
           number % t->n_tiles_crossline / size.n_crossline;
}

static int by_block_then_number(const void *a, const void *b, void *context)
{
    const order_context *c = context;
    const int64_t m = ((const pstm_work *)a)->number, n = ((const pstm_work *)b)->number;
    const int64_t p = block_of(c->tiling, c->size, m), q = block_of(c->tiling, c->size, n);
    if (p != q) return p < q ? -1 : 1;
    return (m > n) - (m < n);
}

static int by_number(const void *a, const void *b)
{
    const int64_t p = ((const pstm_work *)a)->number, q = ((const pstm_work *)b)->number;
    return (p > q) - (p < q);
}

int64_t pstm_work_join(const pstm_tiling *t, const pstm_lines *lines, pstm_group_size size, pstm_work *work,
                       int64_t n)
{
    order_context context = {t, lines, size};
    int64_t n_joined = 0;
    if (size.n_inline * size.n_crossline <= 1 || n == 0) return n;
    qsort_r(work, (size_t)n, sizeof *work, by_block_then_number, &context);
    for (int64_t k = 0; k < n;) {
        const int64_t this_block = block_of(t, size, work[k].number);
        block b;
        memset(&b, 0, sizeof b);
        for (; k < n && block_of(t, size, work[k].number) == this_block; k++) {
            const int64_t i = work[k].number / t->n_tiles_crossline % size.n_inline;
            const int64_t j = work[k].number % t->n_tiles_crossline % size.n_crossline;
            b.wanted[i][j] = true;
            b.work[i][j] = work[k];
        }
        for (int32_t i = 0; i < size.n_inline; i++)
            for (int32_t j = 0; j < size.n_crossline; j++)
                if (b.wanted[i][j]) work[n_joined++] = take_rectangle(&context, &b, i, j);
    }
    qsort(work, (size_t)n_joined, sizeof *work, by_number);
    return n_joined;
}

const pstm_work *pstm_work_find(const pstm_work *work, int64_t n, int64_t number)
{
    const pstm_work key = {.number = number};
    return n > 0 ? bsearch(&key, work, (size_t)n, sizeof *work, by_number) : NULL;
}
