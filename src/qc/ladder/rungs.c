#include "qc/ladder/rungs.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "plan/target.h"
#include "plan/tiles.h"
#include "survey/grid.h"

enum { LAST_DOUBLE = 5 /* the rung before single precision */ };

const pstm_rung pstm_rungs[PSTM_RUNGS] = {
    {"start", NULL, "depth loop in double precision, all traces, constant aperture, one trace at a time"},
    {"time_domain", "optimise.time_domain=on", "the double square root in time"},
    {"time_dependent_aperture", "optimise.time_dependent_aperture=on", "the aperture opens with time"},
    {"trace_prefilter", "optimise.trace_prefilter=on", "a tile gets only traces that can reach it"},
    {"spatial_index", "optimise.spatial_index=on", "which a tree over the midpoints finds"},
    {"batch", "optimise.batch=on", "traces in the order of the tree, up to 256 at a time"},
    {"single precision", "devices=cpu", "vectors in single precision, exact square roots"},
    {"fast_math", "optimise.fast_math=on", "arrival times by cubics, reciprocal square roots"},
    {"device", NULL, "everything on, on the job's own device"},
};

/* ---- settings ---------------------------------------------------------------------------------------- */

pstm_status pstm_made_settings_borrow(pstm_made_settings *settings, const char *text)
{
    PSTM_TRY(PSTM_GROW(&settings->text, &settings->capacity, (int64_t)settings->n + 1, "settings"));
    settings->text[settings->n++] = text;
    return PSTM_OK;
}

pstm_status pstm_made_settings_add(pstm_made_settings *settings, const char *format, ...)
{
    char *text = NULL;
    PSTM_TRY(PSTM_GROW(&settings->made, &settings->made_capacity, settings->n_made + 1, "settings"));
    va_list arguments;
    va_start(arguments, format);
    const int n = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (n < 0) return pstm_fail(PSTM_SYSTEM, "memory is short for a setting");
    settings->made[settings->n_made++] = text;
    return pstm_made_settings_borrow(settings, text);
}

void pstm_made_settings_clear(pstm_made_settings *settings)
{
    for (int64_t i = 0; i < settings->n_made; i++)
        PSTM_FREE(&settings->made[i]);
    PSTM_FREE(&settings->made);
    PSTM_FREE(&settings->text);
    *settings = (pstm_made_settings){0};
}

pstm_status pstm_rung_add_settings(int i_rung, const char *job_device, pstm_made_settings *settings)
{
    static const char *const off[] = {"devices=reference",
                                      "optimise.time_domain=off",
                                      "optimise.time_dependent_aperture=off",
                                      "optimise.trace_prefilter=off",
                                      "optimise.spatial_index=off",
                                      "optimise.batch=off",
                                      "optimise.fast_math=off"};
    for (size_t i = 0; i < sizeof off / sizeof *off; i++)
        PSTM_TRY(pstm_made_settings_add(settings, "%s", off[i]));
    const int last = i_rung == PSTM_RUNG_OPERATIONS ? LAST_DOUBLE : i_rung;
    for (int i = 1; i <= last; i++) {
        if (pstm_rungs[i].setting != NULL)
            PSTM_TRY(pstm_made_settings_add(settings, "%s", pstm_rungs[i].setting));
        else
            PSTM_TRY(pstm_made_settings_add(settings, "devices=%s", job_device));
    }
    if (i_rung == PSTM_RUNG_OPERATIONS) return pstm_made_settings_add(settings, "devices=stopwatch");
    return PSTM_OK;
}

/* ---- the sample -------------------------------------------------------------------------------------- */

void pstm_sample_clear(pstm_sample *sample)
{
    pstm_text_clear(&sample->tiles);
}

static int64_t target_locations(const pstm_tiling *tiling, const pstm_target *target)
{
    int64_t n = 0;
    for (int64_t i = 0; i < target->n_tiles; i++) {
        const pstm_tile tile = pstm_tile_at(tiling, target->tiles[i]);
        n += pstm_tile_n_locations(&tile);
    }
    return n;
}

static void place(pstm_sample *sample, const pstm_tile *tile)
{
    sample->i_begin = tile->i_begin;
    sample->i_end = tile->i_end;
    sample->j_begin = tile->j_begin;
    sample->j_end = tile->j_end;
}

static pstm_status take_tiles(const pstm_tiling *tiling, const pstm_target *target, int64_t n_tiles,
                              pstm_sample *sample)
{
    const int64_t n = n_tiles < target->n_tiles ? n_tiles : target->n_tiles;
    for (int64_t i = 0; i < n; i++) {
        const pstm_tile tile = pstm_tile_at(tiling, target->tiles[(2 * i + 1) * target->n_tiles / (2 * n)]);
        PSTM_TRY(pstm_text_add(&sample->tiles, "%s%" PRId64, i > 0 ? "," : "", tile.number));
        sample->n_locations += pstm_tile_n_locations(&tile);
        if (i == n / 2) place(sample, &tile);
    }
    sample->n_tiles = n;
    return PSTM_OK;
}

/* First of n indices round `middle` that lie within [0, limit). */
static int32_t begin_round(int32_t middle, int32_t n, int32_t limit)
{
    const int32_t begin = middle - n / 2;
    return begin < 0 ? 0 : begin + n > limit ? limit - n : begin;
}

static void take_block(const pstm_grid *grid, const pstm_tile *tile, int64_t n_locations, pstm_sample *sample)
{
    const int64_t n = n_locations < 1 ? 1 : n_locations;
    int64_t n_i = (int64_t)fmin(floor(sqrt((double)n)), grid->n_inline);
    const int64_t n_j = n / n_i < grid->n_crossline ? n / n_i : grid->n_crossline;
    n_i = n / n_j < grid->n_inline ? n / n_j : grid->n_inline;
    sample->is_block = true;
    sample->n_locations = n_i * n_j;
    sample->i_begin = begin_round((tile->i_begin + tile->i_end) / 2, (int32_t)n_i, grid->n_inline);
    sample->i_end = sample->i_begin + (int32_t)n_i;
    sample->j_begin = begin_round((tile->j_begin + tile->j_end) / 2, (int32_t)n_j, grid->n_crossline);
    sample->j_end = sample->j_begin + (int32_t)n_j;
}

/* The tile of the target nearest to the middle of the smallest rectangle round all of them. */
static pstm_tile middle_tile(const pstm_tiling *tiling, const pstm_target *target)
{
    pstm_box round = {INFINITY, -INFINITY, INFINITY, -INFINITY}; /* x is i, y is j */
    pstm_tile nearest = pstm_tile_at(tiling, target->tiles[0]);
    double least = INFINITY;
    for (int64_t t = 0; t < target->n_tiles; t++) {
        const pstm_tile tile = pstm_tile_at(tiling, target->tiles[t]);
        const pstm_box box = {tile.i_begin, tile.i_end, tile.j_begin, tile.j_end};
        round = pstm_box_unite(&round, &box);
    }
    for (int64_t t = 0; t < target->n_tiles; t++) {
        const pstm_tile tile = pstm_tile_at(tiling, target->tiles[t]);
        const double distance = hypot(tile.i_begin + tile.i_end - round.min_x_m - round.max_x_m,
                                      tile.j_begin + tile.j_end - round.min_y_m - round.max_y_m);
        if (distance >= least) continue;
        least = distance;
        nearest = tile;
    }
    return nearest;
}

static pstm_status choose(const pstm_job *job, int64_t n_tiles, int64_t n_locations, pstm_sample *sample)
{
    pstm_tiling tiling;
    pstm_target *target = NULL;
    pstm_status status;
    *sample = (pstm_sample){0};
    PSTM_GO(pstm_tiling_make(&job->grid, job->tile_inline, job->tile_crossline, &tiling));
    PSTM_GO(pstm_target_select(&job->target, &job->grid, &tiling, &target));
    const pstm_tile middle = middle_tile(&tiling, target);
    sample->n_job_locations = target_locations(&tiling, target);
    if (n_tiles == 0) n_tiles = n_locations / pstm_tile_n_locations(&middle);
    if (n_tiles > 0)
        PSTM_GO(take_tiles(&tiling, target, n_tiles, sample));
    else
        take_block(&job->grid, &middle, n_locations, sample);
cleanup:
    pstm_target_destroy(&target);
    return status;
}

pstm_status pstm_sample_tiles(const pstm_job *job, int64_t n_tiles, pstm_sample *sample)
{
    return choose(job, n_tiles, 0, sample);
}

pstm_status pstm_sample_locations(const pstm_job *job, int64_t n_locations, pstm_sample *sample)
{
    return choose(job, 0, n_locations, sample);
}

/* A grid of the block alone: node (0, 0) is the block's first. */
static pstm_status add_block(const pstm_sample *sample, const pstm_grid *grid, pstm_made_settings *settings)
{
    double x_m, y_m;
    pstm_grid_node(grid, sample->i_begin, sample->j_begin, &x_m, &y_m);
    PSTM_TRY(pstm_made_settings_add(settings, "grid.origin=[%.17g, %.17g]", x_m, y_m));
    PSTM_TRY(pstm_made_settings_add(settings, "grid.inline.n=%d", sample->i_end - sample->i_begin));
    PSTM_TRY(pstm_made_settings_add(settings, "grid.inline.first=%d", grid->first_inline + sample->i_begin));
    PSTM_TRY(pstm_made_settings_add(settings, "grid.crossline.n=%d", sample->j_end - sample->j_begin));
    return pstm_made_settings_add(settings, "grid.crossline.first=%d",
                                  grid->first_crossline + sample->j_begin);
}

pstm_status pstm_sample_add_settings(const pstm_sample *sample, const pstm_job *job,
                                     pstm_made_settings *settings)
{
    static const char *const whole[] = {"inlines", "crosslines", "x", "y", "lines"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        PSTM_TRY(pstm_made_settings_add(settings, "target.%s=all", whole[i]));
    if (!sample->is_block) return pstm_made_settings_add(settings, "target.tiles=[%s]", sample->tiles.bytes);
    PSTM_TRY(pstm_made_settings_add(settings, "target.tiles=all"));
    return add_block(sample, &job->grid, settings);
}

pstm_status pstm_sample_describe(const pstm_sample *sample, pstm_text *text)
{
    PSTM_TRY(pstm_text_add(text, "%" PRId64 " of the job's %" PRId64 " image locations", sample->n_locations,
                           sample->n_job_locations));
    if (sample->is_block)
        return pstm_text_add(text, " (a block of %d x %d in the middle)", sample->i_end - sample->i_begin,
                             sample->j_end - sample->j_begin);
    if (sample->n_tiles > 8) return pstm_text_add(text, " (%" PRId64 " tiles)", sample->n_tiles);
    return pstm_text_add(text, " (tile%s %s)", sample->n_tiles > 1 ? "s" : "", sample->tiles.bytes);
}
