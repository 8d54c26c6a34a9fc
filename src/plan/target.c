#include "plan/target.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

/** The part of a sample by which a time may miss it and still mean it. */
#define SAMPLE_SLACK 1e-6

/** What a tile may satisfy; a bit each. */
enum { IN_TILES = 1, IN_INLINES = 2, IN_CROSSLINES = 4, IN_LINES = 8, IN_BOX = 16 };

/** A selection in the making. */
typedef struct selection {
    const pstm_target_options *options;
    const pstm_grid *grid;
    const pstm_tiling *tiling;
    unsigned char *satisfies; /**< [n_tiles] of the bits above */
    unsigned wanted;          /**< bits that the options set */
    pstm_lines lines;         /**< that are set */
} selection;

/** One axis of the grid. */
typedef struct axis {
    const char *name; /**< inline or crossline */
    int32_t first, n; /**< labels */
    bool is_inline;
} axis;

static axis axis_of(const pstm_grid *grid, bool is_inline)
{
    return is_inline ? (axis){"inline", grid->first_inline, grid->n_inline, true}
                     : (axis){"crossline", grid->first_crossline, grid->n_crossline, false};
}

static long long last_label(const axis *along)
{
    return (long long)along->first + along->n - 1;
}

/** Gives the bit to all tiles that hold a node with an index in [begin, end) of this axis. */
static void mark_indices(selection *s, const axis *along, int64_t begin, int64_t end, unsigned bit)
{
    for (int64_t number = 0; number < s->tiling->n_tiles; number++) {
        pstm_tile tile = pstm_tile_at(s->tiling, number);
        int32_t tile_begin = along->is_inline ? tile.i_begin : tile.j_begin;
        int32_t tile_end = along->is_inline ? tile.i_end : tile.j_end;
        if (tile_begin < end && tile_end > begin) s->satisfies[number] |= (unsigned char)bit;
    }
}

/** Reads digits, with a sign if `may_be_negative`, and moves *at behind them. */
static bool read_number(const char **at, bool may_be_negative, long long *number)
{
    const char *digits = *at + (may_be_negative && **at == '-');
    if (!isdigit((unsigned char)*digits) || strspn(digits, "0123456789") > 18) return false;
    char *end;
    *number = strtoll(*at, &end, 10);
    *at = end;
    return true;
}

static pstm_status mark_tiles(selection *s)
{
    for (int64_t i = 0; i < s->options->tiles.n; i++) {
        const char *text = s->options->tiles.text[i], *at = text;
        long long first = 0, last = 0;
        bool good = read_number(&at, false, &first);
        last = first;
        if (good && *at == '-') {
            at++;
            good = read_number(&at, false, &last);
        }
        if (!good || *at != '\0' || last < first)
            return pstm_fail(PSTM_USAGE, "target.tiles: \"%s\" is no tile number and no range such as 12-20",
                             text);
        if (last >= s->tiling->n_tiles)
            return pstm_fail(PSTM_USAGE,
                             "target.tiles: tile %lld is outside the grid; its tiles are 0 to %lld", last,
                             (long long)s->tiling->n_tiles - 1);
        for (long long number = first; number <= last; number++)
            s->satisfies[number] |= IN_TILES;
    }
    return PSTM_OK;
}

static pstm_status mark_lines(selection *s)
{
    PSTM_TRY(PSTM_NEW(&s->lines.of, s->options->lines.n, "the list of lines"));
    for (int64_t i = 0; i < s->options->lines.n; i++) {
        const char *text = s->options->lines.text[i];
        axis along = axis_of(s->grid, strncmp(text, "inline", 6) == 0);
        const char *at =
            strncmp(text, along.name, strlen(along.name)) == 0 ? text + strlen(along.name) : text;
        const char *number = at + strspn(at, " \t");
        long long label = 0;
        if (number == at || !read_number(&number, true, &label) || *number != '\0')
            return pstm_fail(PSTM_USAGE,
                             "target.lines: \"%s\" is not like \"inline 120\" or \"crossline 80\"", text);
        if (label < along.first || label > last_label(&along))
            return pstm_fail(PSTM_USAGE, "target.lines: %s %lld is outside the grid, which has %d to %lld",
                             along.name, label, (int)along.first, last_label(&along));
        mark_indices(s, &along, label - along.first, label - along.first + 1, IN_LINES);
        s->lines.of[s->lines.n++] =
            (struct pstm_wanted_line){along.is_inline, (int32_t)(label - along.first)};
    }
    return PSTM_OK;
}

static pstm_status mark_labels(selection *s, const pstm_range *range, bool is_inline, unsigned bit)
{
    axis along = axis_of(s->grid, is_inline);
    double first = fmax(ceil(range->first), along.first);
    double last = fmin(floor(range->last), (double)last_label(&along));
    if (!(first <= last))
        return pstm_fail(PSTM_USAGE, "target.%ss: no %s in %g to %g; the grid has %d to %lld", along.name,
                         along.name, range->first, range->last, (int)along.first, last_label(&along));
    mark_indices(s, &along, (int64_t)first - along.first, (int64_t)last - along.first + 1, bit);
    return PSTM_OK;
}

/** The rectangle along the world axes round the bins of a tile. */
static pstm_box box_of_bins(const pstm_grid *grid, const pstm_tile *tile)
{
    pstm_grid half_steps = *grid;
    half_steps.step_inline_m /= 2;
    half_steps.step_crossline_m /= 2;
    pstm_tile bins = {.i_begin = 2 * tile->i_begin - 1,
                      .i_end = 2 * tile->i_end,
                      .j_begin = 2 * tile->j_begin - 1,
                      .j_end = 2 * tile->j_end};
    return pstm_tile_box(&half_steps, &bins);
}

/**
 * Do the tile's bins touch the box? Two rectangles are apart exactly when they are apart along an axis of
 * one of them.
 */
static bool bins_touch_box(const pstm_grid *grid, const pstm_tile *tile, const pstm_box *box)
{
    pstm_box bins = box_of_bins(grid, tile);
    if (pstm_box_distance2_m2(&bins, box) > 0) return false;
    double min_i = INFINITY, max_i = -INFINITY, min_j = INFINITY, max_j = -INFINITY;
    for (int corner = 0; corner < 4; corner++) {
        double i, j;
        pstm_grid_indices(grid, corner & 1 ? box->max_x_m : box->min_x_m,
                          corner & 2 ? box->max_y_m : box->min_y_m, &i, &j);
        min_i = fmin(min_i, i);
        max_i = fmax(max_i, i);
        min_j = fmin(min_j, j);
        max_j = fmax(max_j, j);
    }
    return max_i >= tile->i_begin - 0.5 && min_i <= tile->i_end - 0.5 && max_j >= tile->j_begin - 0.5 &&
           min_j <= tile->j_end - 0.5;
}

static pstm_status mark_box(selection *s)
{
    const pstm_range *x = &s->options->x_m, *y = &s->options->y_m;
    pstm_tile all = {.i_end = s->grid->n_inline, .j_end = s->grid->n_crossline};
    pstm_box grid_box = box_of_bins(s->grid, &all), box = grid_box;
    /* Cut to the grid, so that a side that is not set, or is infinite, has corners to turn. */
    if (x->set) {
        box.min_x_m = fmax(box.min_x_m, x->first);
        box.max_x_m = fmin(box.max_x_m, x->last);
    }
    if (y->set) {
        box.min_y_m = fmax(box.min_y_m, y->first);
        box.max_y_m = fmin(box.max_y_m, y->last);
    }
    bool found = false;
    for (int64_t number = 0; number < s->tiling->n_tiles; number++) {
        pstm_tile tile = pstm_tile_at(s->tiling, number);
        if (box.min_x_m > box.max_x_m || box.min_y_m > box.max_y_m) break;
        if (!bins_touch_box(s->grid, &tile, &box)) continue;
        s->satisfies[number] |= IN_BOX;
        found = true;
    }
    if (!found)
        return pstm_fail(PSTM_USAGE,
                         "target.x, target.y: the rectangle touches no bin of the grid, which lies within x "
                         "%.10g to %.10g m and y %.10g to %.10g m",
                         grid_box.min_x_m, grid_box.max_x_m, grid_box.min_y_m, grid_box.max_y_m);
    return PSTM_OK;
}

static pstm_status mark_all(selection *s)
{
    const pstm_target_options *options = s->options;
    if (options->tiles.n > 0) {
        s->wanted |= IN_TILES;
        PSTM_TRY(mark_tiles(s));
    }
    if (options->lines.n > 0) {
        s->wanted |= IN_LINES;
        PSTM_TRY(mark_lines(s));
    }
    if (options->inlines.set) {
        s->wanted |= IN_INLINES;
        PSTM_TRY(mark_labels(s, &options->inlines, true, IN_INLINES));
    }
    if (options->crosslines.set) {
        s->wanted |= IN_CROSSLINES;
        PSTM_TRY(mark_labels(s, &options->crosslines, false, IN_CROSSLINES));
    }
    if (options->x_m.set || options->y_m.set) {
        s->wanted |= IN_BOX;
        PSTM_TRY(mark_box(s));
    }
    return PSTM_OK;
}

/** The output samples in the time window. */
static pstm_status select_times(const pstm_range *time_s, const pstm_grid *grid, pstm_target *target)
{
    target->windows = (pstm_windows){.n = 1, .at = {{0, grid->n_times}}};
    if (!time_s->set) return PSTM_OK;
    double first = ceil((time_s->first - grid->time_first_s) / grid->time_step_s - SAMPLE_SLACK);
    double last = floor((time_s->last - grid->time_first_s) / grid->time_step_s + SAMPLE_SLACK);
    first = fmax(first, 0);
    last = fmin(last, grid->n_times - 1);
    if (!(first <= last))
        return pstm_fail(PSTM_USAGE, "target.time: no output sample in %g to %g s; they go from %g to %g s",
                         time_s->first, time_s->last, grid->time_first_s,
                         pstm_grid_time_s(grid, grid->n_times - 1));
    target->windows.at[0] = (pstm_window){(int32_t)first, (int32_t)last + 1};
    return PSTM_OK;
}

/** The tiles that satisfy all that is wanted. */
static pstm_status list_tiles(const selection *s, pstm_target *target)
{
    PSTM_TRY(PSTM_NEW(&target->tiles, s->tiling->n_tiles, "the list of tiles"));
    for (int64_t number = 0; number < s->tiling->n_tiles; number++)
        if (s->satisfies[number] == s->wanted) target->tiles[target->n_tiles++] = number;
    if (target->n_tiles == 0)
        return pstm_fail(PSTM_USAGE, "target: no tile satisfies all of tiles, lines, inlines, crosslines, x "
                                     "and y that are set; leave out one of them");
    return PSTM_OK;
}

pstm_status pstm_target_select(const pstm_target_options *options, const pstm_grid *grid,
                               const pstm_tiling *tiling, pstm_target **out)
{
    pstm_status status = PSTM_OK;
    pstm_target *target = NULL;
    selection s = {.options = options, .grid = grid, .tiling = tiling};
    PSTM_GO(PSTM_NEW(&target, 1, "the target"));
    PSTM_GO(PSTM_NEW(&s.satisfies, tiling->n_tiles, "the list of tiles"));
    PSTM_GO(select_times(&options->time_s, grid, target));
    PSTM_GO(mark_all(&s));
    PSTM_GO(list_tiles(&s, target));
    target->lines = s.lines;
    s.lines = (pstm_lines){0};
    *out = target;
    target = NULL;
cleanup:
    PSTM_FREE(&s.satisfies);
    PSTM_FREE(&s.lines.of);
    pstm_target_destroy(&target);
    return status;
}

/* Where the first shard's tile stands in a row of n_shards tiles: a multiplicative hash (D. Knuth, The Art of
 * Computer Programming 3, 6.4) of the row's number. */
static int64_t shard_offset(int64_t row, int32_t n_shards)
{
    return (int64_t)(((uint64_t)row * UINT64_C(0x9E3779B97F4A7C15)) >> 33) % n_shards;
}

pstm_status pstm_target_shard(pstm_target *target, int32_t shard, int32_t n_shards)
{
    int64_t n = 0;
    if (shard < 1 || shard > n_shards)
        return pstm_fail(PSTM_USAGE, "shard %d of %d: a shard is I/N with 1 <= I <= N", shard, n_shards);
    if (n_shards > target->n_tiles)
        return pstm_fail(PSTM_USAGE,
                         "the target has %" PRId64 " tiles, too few for %d shards; use at most %" PRId64
                         " shards, or smaller tiles (`tile`)",
                         target->n_tiles, n_shards, target->n_tiles);
    for (int64_t t = 0; t < target->n_tiles; t++) {
        const int64_t row = t / n_shards;
        /* The last row may be short: there the places are not moved, so that the counts differ by one. */
        const int64_t moved = (row + 1) * n_shards <= target->n_tiles ? shard_offset(row, n_shards) : 0;
        if ((t + moved) % n_shards == shard - 1) target->tiles[n++] = target->tiles[t];
    }
    target->n_tiles = n;
    return PSTM_OK;
}

static int32_t lesser(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static int32_t greater(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

pstm_tile pstm_target_area(const pstm_target *target, const pstm_tiling *tiling)
{
    pstm_tile area = pstm_tile_at(tiling, target->tiles[0]);
    for (int64_t t = 1; t < target->n_tiles; t++) {
        const pstm_tile tile = pstm_tile_at(tiling, target->tiles[t]);
        area = (pstm_tile){.i_begin = lesser(area.i_begin, tile.i_begin),
                           .i_end = greater(area.i_end, tile.i_end),
                           .j_begin = lesser(area.j_begin, tile.j_begin),
                           .j_end = greater(area.j_end, tile.j_end)};
    }
    area.number = 0;
    return area;
}

void pstm_target_destroy(pstm_target **target)
{
    if (*target == NULL) return;
    PSTM_FREE(&(*target)->tiles);
    PSTM_FREE(&(*target)->lines.of);
    PSTM_FREE(target);
}
