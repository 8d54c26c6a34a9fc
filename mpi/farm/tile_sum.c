#include "mpi/farm/tile_sum.h"

#include <inttypes.h>
#include <math.h>

#include "core/fault.h"
#include "core/memory.h"
#include "io/cube/cube.h"
#include "io/store/leaf_cache.h"

struct pstm_tile_sum {
    pstm_worker_plan plan;
    void *device;
    pstm_leaf_cache *cache;
    pstm_prepared_tile prepared[PSTM_PREPARED_TILES];
    pstm_device_trace *batch; /* [PSTM_LEAF_TRACES] */
    pstm_lane *lane;
    pstm_aperture_stats *stats; /* of this worker, or NULL */
    pstm_device_times times;    /* what the device had measured when it was freed */
    double operation_s[PSTM_OPERATIONS];
};

/* ---- preparing a tile -------------------------------------------------------------------------------- */

static void fill_columns(const pstm_worker_plan *plan, pstm_prepared_tile *p)
{
    const int64_t n_columns = pstm_columns_count(&p->columns, pstm_tile_n_locations(&p->item.tile));
    for (int64_t i = 0; i < n_columns; i++) {
        const pstm_columns column = pstm_columns_view(&p->columns, i);
        pstm_velocity_column(plan->velocity, p->x_m[i], p->y_m[i], plan->grid, &column);
    }
}

/* Without the index, or without a prefilter, every leaf is looked into. */
static int64_t choose_leaves(const pstm_worker_plan *plan, pstm_prepared_tile *p)
{
    if (plan->trace_prefilter && plan->spatial_index)
        return pstm_kdtree_query(plan->tree, &p->box, p->reach_m, p->leaves);
    for (int64_t i = 0; i < plan->tree->n_leaves; i++)
        p->leaves[i] = i;
    return plan->tree->n_leaves;
}

pstm_status pstm_tile_sum_prepare(pstm_tile_sum *s, pstm_prepared_tile *p, int64_t tile_number,
                                  pstm_group_size size)
{
    const pstm_worker_plan *plan = &s->plan;
    const pstm_phase before = pstm_phase_switch(s->lane, PSTM_PHASE_PREFILTER);
    p->item = pstm_work_item_make(plan->tiling, tile_number, size, plan->windows);
    p->box = pstm_tile_box(plan->grid, &p->item.tile);
    pstm_tile_locations(plan->grid, &p->item.tile, p->x_m, p->y_m);
    fill_columns(plan, p);
    p->reach_m = pstm_work_item_reach_m(plan->aperture, plan->grid, &p->item, &p->columns);
    p->n_leaves = choose_leaves(plan, p);
    p->ready = true;
    const pstm_status status = pstm_leaf_cache_want(s->cache, p->leaves, p->n_leaves);
    pstm_phase_switch(s->lane, before);
    return status;
}

/* ---- the sum ----------------------------------------------------------------------------------------- */

pstm_status pstm_tile_sum_begin(pstm_tile_sum *s, const pstm_prepared_tile *p)
{
    const pstm_device_tile tile = {.n_locations = (int32_t)pstm_tile_n_locations(&p->item.tile),
                                   .x_m = p->x_m,
                                   .y_m = p->y_m,
                                   .columns = p->columns};
    return s->plan.device->begin_tile(s->device, &tile);
}

/* The traces of a leaf that can contribute to the tile, in leaf order; first_row: of the leaf in the store.
 */
static int64_t choose_traces(pstm_tile_sum *s, const pstm_prepared_tile *p, const pstm_leaf_view *leaf,
                             int64_t first_row)
{
    const int64_t stride = pstm_store_stride(s->plan.store);
    int64_t n = 0;
    for (int64_t i = 0; i < leaf->n_traces; i++) {
        const pstm_trace *t = &leaf->traces[i];
        if (t->fate != PSTM_TRACE_KEPT || t->live_first > t->live_last) continue;
        const int32_t class_index = pstm_bins_class(s->plan.bins, t);
        if (class_index < 0) continue;
        if (s->plan.trace_prefilter && !pstm_trace_can_reach(t, &p->box, p->reach_m)) continue;
        s->batch[n++] = (pstm_device_trace){.source_x_m = t->source_x_m,
                                            .source_y_m = t->source_y_m,
                                            .receiver_x_m = t->receiver_x_m,
                                            .receiver_y_m = t->receiver_y_m,
                                            .start_s = t->start_s,
                                            .samples = leaf->samples + i * stride + PSTM_TRACE_PAD,
                                            .live_first = t->live_first,
                                            .live_last = t->live_last,
                                            .class_index = class_index,
                                            .key = first_row + i + 1};
    }
    return n;
}

static pstm_status add_traces(pstm_tile_sum *s, int64_t n)
{
    const int64_t n_batch = s->plan.batch ? n : 1;
    for (int64_t i = 0; i < n; i += n_batch) {
        PSTM_TRY(s->plan.device->add_batch(s->device, s->batch + i, n_batch));
        pstm_lane_count(s->lane, PSTM_COUNT_BATCHES, 1);
    }
    return PSTM_OK;
}

pstm_status pstm_tile_sum_add_leaf(pstm_tile_sum *s, const pstm_prepared_tile *p, int64_t i)
{
    const int64_t leaf = p->leaves[i];
    pstm_leaf_view view;
    pstm_phase_switch(s->lane, PSTM_PHASE_READ); /* what the tile waits for its traces */
    PSTM_TRY(pstm_leaf_cache_borrow(s->cache, leaf, &view));
    pstm_phase_switch(s->lane, PSTM_PHASE_PREFILTER);
    const int64_t n = choose_traces(s, p, &view, pstm_store_leaves(s->plan.store)[leaf].first_trace);
    pstm_phase_switch(s->lane, PSTM_PHASE_SUM);
    const pstm_status status = add_traces(s, n);
    pstm_phase_switch(s->lane, PSTM_PHASE_OTHER);
    pstm_leaf_cache_give_back(s->cache, leaf);
    pstm_lane_count(s->lane, PSTM_COUNT_EXAMINED, view.n_traces);
    pstm_lane_count(s->lane, PSTM_COUNT_TRACES, n);
    pstm_lane_count(s->lane, PSTM_COUNT_PAIRS, n * pstm_tile_n_locations(&p->item.tile));
    return status;
}

/* A device that makes what is not a number is broken. */
static pstm_status refuse_values(const pstm_tile_sum *s, const pstm_tile_result *result)
{
    const int64_t n_times = s->plan.device_plan->n_times;
    int64_t i = 0;
    while (isfinite(result->stack[i]))
        i++;
    return pstm_fail(PSTM_SYSTEM,
                     "device %s made a value that is no finite number at location %" PRId64
                     ", output sample %" PRId64,
                     s->plan.device_name, i / n_times, i % n_times);
}

/* With all threads: a device's next group waits for it. */
static pstm_status finish_result(pstm_tile_sum *s, const pstm_prepared_tile *p, pstm_tile_result *result)
{
    const pstm_device_plan *plan = s->plan.device_plan;
    const int64_t n_locations = pstm_tile_n_locations(&p->item.tile), n_times = plan->n_times;
    const int32_t n_classes = plan->n_classes, n_threads = plan->n_threads;
    int64_t contributions = 0, n_bad = 0;
#pragma omp parallel for schedule(static) num_threads(n_threads) reduction(+ : contributions, n_bad)
    for (int64_t i = 0; i < n_locations; i++) {
        const int64_t first = i * n_classes * n_times;
        float *stack = result->stack + i * n_times;
        uint32_t *fold = result->fold + i * n_times;
        pstm_cube_sum_classes(1, n_classes, plan->n_times, result->gather + first,
                              result->gather_fold + first, stack, fold);
        for (int64_t k = 0; k < n_times; k++) {
            contributions += fold[k];
            n_bad += !isfinite(stack[k]);
        }
    }
    pstm_lane_count(s->lane, PSTM_COUNT_CONTRIBUTIONS, contributions);
    pstm_aperture_stats_add(s->stats, result->fold, n_locations, n_threads);
    return n_bad == 0 ? PSTM_OK : refuse_values(s, result);
}

pstm_status pstm_tile_sum_finish(pstm_tile_sum *s, const pstm_prepared_tile *p, pstm_tile_result *result)
{
    pstm_phase_switch(s->lane, PSTM_PHASE_TRANSFER);
    PSTM_TRY(s->plan.device->read_tile(s->device, result->gather, result->gather_fold));
    pstm_phase_switch(s->lane, PSTM_PHASE_OTHER);
    if (pstm_fault_at(PSTM_FAULT_TILE, p->item.tile.number) == PSTM_FAULT_NAN) result->gather[0] = NAN;
    return finish_result(s, p, result);
}

pstm_device_times pstm_tile_sum_measured(const pstm_tile_sum *s)
{
    pstm_device_times times = {0};
    if (s->plan.device->times != NULL) s->plan.device->times(s->device, &times);
    return times;
}

/* ---- making ------------------------------------------------------------------------------------------ */

static pstm_status create_stats(pstm_tile_sum *s)
{
    const pstm_worker_plan *plan = &s->plan;
    if (plan->stats == NULL) return PSTM_OK;
    return pstm_aperture_stats_create(plan->grid, plan->device_plan->k_begin, plan->device_plan->k_end,
                                      plan->stats->n_traces, &s->stats);
}

static pstm_status create_prepared(const pstm_tile_sum *s, pstm_prepared_tile *p)
{
    const pstm_worker_plan *plan = &s->plan;
    const pstm_tile first = pstm_group_at(plan->tiling, 0, plan->group);
    const int64_t n_locations = pstm_tile_n_locations(&first);
    const int64_t n_columns = pstm_velocity_is_uniform(plan->velocity) ? 1 : n_locations;
    PSTM_TRY(PSTM_NEW(&p->x_m, n_locations, "tile locations"));
    PSTM_TRY(PSTM_NEW(&p->y_m, n_locations, "tile locations"));
    PSTM_TRY(PSTM_NEW(&p->leaves, plan->tree->n_leaves, "a tile's leaves"));
    return pstm_columns_create(pstm_device_fields(plan->device_plan), n_columns, plan->device_plan->n_times,
                               &p->columns);
}

pstm_status pstm_tile_sum_create(const pstm_worker_plan *plan, pstm_tile_sum **out)
{
    pstm_tile_sum *s = NULL;
    pstm_status status;
    PSTM_GO(PSTM_NEW(&s, 1, "the worker's sum"));
    s->plan = *plan;
    s->lane = pstm_profile_lane(plan->profile, PSTM_LANE_COMPUTE, plan->worker);
    PSTM_GO(PSTM_NEW(&s->batch, PSTM_LEAF_TRACES, "a batch of traces"));
    for (int i = 0; i < PSTM_PREPARED_TILES; i++)
        PSTM_GO(create_prepared(s, &s->prepared[i]));
    PSTM_GO(create_stats(s));
    PSTM_GO(pstm_leaf_cache_create(plan->store, plan->memory_bytes - pstm_worker_fixed_bytes(plan),
                                   pstm_profile_lane(plan->profile, PSTM_LANE_READER, plan->worker),
                                   &s->cache));
    *out = s;
    return PSTM_OK;
cleanup:
    pstm_tile_sum_destroy(&s);
    return status;
}

static void free_device(pstm_tile_sum *s)
{
    const pstm_device_ops *device = s->plan.device;
    if (s->device == NULL) return;
    if (device->operations != NULL) device->operations(s->device, s->operation_s);
    s->times = pstm_tile_sum_measured(s);
    device->destroy(&s->device);
}

void pstm_tile_sum_drop_traces(pstm_tile_sum *s)
{
    pstm_leaf_cache_drop(s->cache);
}

void pstm_tile_sum_stop(pstm_tile_sum *s)
{
    pstm_leaf_cache_destroy(&s->cache);
    free_device(s);
    for (int i = 0; i < PSTM_PREPARED_TILES; i++) {
        PSTM_FREE(&s->prepared[i].x_m);
        PSTM_FREE(&s->prepared[i].y_m);
        PSTM_FREE(&s->prepared[i].leaves);
        pstm_columns_clear(&s->prepared[i].columns);
    }
}

/* What the device has measured. */
static void add_to_profile(const pstm_tile_sum *s, pstm_rank_profile *profile)
{
    for (int o = 0; o < PSTM_OPERATIONS; o++)
        profile->operation_s[o] += s->operation_s[o];
    pstm_device_times_add(&profile->device_times, &s->times);
    if (s->plan.device->times != NULL)
        profile->device_contributions += s->lane->counts[PSTM_COUNT_CONTRIBUTIONS];
}

void pstm_tile_sum_destroy(pstm_tile_sum **sum)
{
    pstm_tile_sum *s = *sum;
    if (s == NULL) return;
    pstm_tile_sum_stop(s);
    if (s->plan.profile != NULL) add_to_profile(s, s->plan.profile);
    if (s->stats != NULL) pstm_aperture_stats_merge(s->plan.stats, s->stats);
    pstm_aperture_stats_destroy(&s->stats);
    PSTM_FREE(&s->batch);
    PSTM_FREE(sum);
}

pstm_status pstm_tile_sum_start(pstm_tile_sum *s)
{
    return s->plan.device->create(s->plan.device_plan, &s->device);
}

pstm_prepared_tile *pstm_tile_sum_prepared(pstm_tile_sum *s, int which)
{
    return &s->prepared[which];
}
