/* Which tile a worker gets, and how many it holds. */
#include <math.h>

#include "plan/scheduler_state.h"

enum { LOOK_AHEAD = 64 };
static const double NEAR_COST_SHARE = 0.5;
enum { TILES_BY_COST = 4 }; /* the last of each worker: what is costly must not be left for the end */
static const double ADVANCE_SHARE = 0.5;
static const double SLOW = 0.8; /* a worker of less than this part of the mean rate gets cheaper tiles */

static double distance_squared(const pstm_work *a, const pstm_work *b)
{
    const double di = a->at_inline - b->at_inline, dj = a->at_crossline - b->at_crossline;
    return di * di + dj * dj;
}

double pstm_schedule_rate(const pstm_scheduler *s, const pstm_schedule_worker *w)
{
    if (w->busy_s > 0 && w->cost_done > 0) return w->cost_done / w->busy_s;
    return s->busy_s > 0 ? s->cost_done / s->busy_s : 0;
}

/* The first tile, pending or not, that costs no more than this; n_tiles if all do. */
static int64_t first_as_cheap(const pstm_scheduler *s, double cost)
{
    int64_t low = 0, high = s->n_tiles;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (s->tiles[middle].work.cost > cost)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The costliest pending tile; for a worker slower than the mean the costliest that takes it no longer than
 * that tile would take a mean one, so that it does not hold up the end. */
static int64_t costliest_for(const pstm_scheduler *s, const pstm_schedule_worker *w)
{
    const int64_t costliest = pstm_index_set_next(&s->pending, 0);
    const double slowness = s->cost_done > 0 ? pstm_schedule_rate(s, w) * s->busy_s / s->cost_done : 1;
    if (slowness >= SLOW) return costliest;
    const int64_t fit =
        pstm_index_set_next(&s->pending, first_as_cheap(s, slowness * s->tiles[costliest].work.cost));
    return fit >= 0 ? fit : costliest;
}

/* That tile, or one nearly as costly that is nearest to the worker's last, while there are many. */
int64_t pstm_schedule_choose(const pstm_scheduler *s, const pstm_schedule_worker *to)
{
    int64_t best = costliest_for(s, to);
    if (to->last < 0 || s->n_pending <= (int64_t)TILES_BY_COST * s->n_alive) return best;
    const pstm_work *near = &s->tiles[to->last].work;
    const double least_cost = NEAR_COST_SHARE * s->tiles[best].work.cost;
    int64_t i = best;
    for (int looked_at = 0; looked_at < LOOK_AHEAD && i >= 0; looked_at++) {
        if (s->tiles[i].work.cost < least_cost) break;
        if (distance_squared(&s->tiles[i].work, near) < distance_squared(&s->tiles[best].work, near))
            best = i;
        i = pstm_index_set_next(&s->pending, i + 1);
    }
    return best;
}

double pstm_schedule_expected_s(const pstm_scheduler *s, const pstm_schedule_worker *w,
                                const pstm_schedule_tile *t)
{
    const double rate = pstm_schedule_rate(s, w);
    return rate > 0 ? t->work.cost / rate : 0;
}

/* How many tiles a worker should hold: two or what lasts hold_s, but at the end only its share. */
static int32_t wanted_tiles(const pstm_scheduler *s, const pstm_schedule_worker *w)
{
    const pstm_schedule_tile *next = &s->tiles[pstm_index_set_next(&s->pending, 0)];
    const double tile_s = pstm_schedule_expected_s(s, w, next);
    const double lasting = tile_s > 0 ? ceil(s->rules.hold_s / tile_s) : 0;
    const double share = 1 + (double)((s->n_pending - 1) / s->n_alive);
    return (int32_t)fmin(fmin(fmax(2, lasting), share), PSTM_SCHEDULE_HOLD);
}

/* Whether one more tile in advance would be more than the worker's share of the work that is left. */
static bool has_its_share(const pstm_scheduler *s, const pstm_schedule_worker *w)
{
    double cost = s->tiles[pstm_index_set_next(&s->pending, 0)].work.cost;
    for (int32_t h = 0; h < w->n_held; h++)
        cost += s->tiles[w->held[h]].work.cost;
    return w->n_held > 0 && s->n_alive > 1 && cost > ADVANCE_SHARE * s->cost_pending / s->n_alive;
}

bool pstm_schedule_wants_more(const pstm_scheduler *s, const pstm_schedule_worker *w)
{
    return w->n_held < wanted_tiles(s, w) && !has_its_share(s, w);
}
