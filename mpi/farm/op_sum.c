/* The tile operator `sum`: the Kirchhoff sum of a work item on a device. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/fault.h"
#include "core/memory.h"
#include "io/cube/cube.h"
#include "mpi/farm/live_stack.h"
#include "mpi/farm/operator_context.h"
#include "sum/real_double.h"

/* An item with all that is known before its sum. */
typedef struct place {
    pstm_work_item item;
    pstm_box box;
    double reach_m;
    double *x_m, *y_m;    /* of the locations */
    pstm_columns columns; /* of the locations */
    pstm_columns surface; /* the same at t0 = 0 alone, of input with raw spreading */
} place;

typedef struct op_sum {
    const pstm_operator_context *context;
    int64_t n_locations; /* of an item, at most */
    void *device;
    place places[PSTM_OPERATOR_PLACES];
    const place *present;     /* in work */
    pstm_sums bands;          /* of the device's classes, where results have one */
    pstm_device_trace *batch; /* [PSTM_LEAF_TRACES] */
    pstm_lane *lane;
    pstm_aperture_stats *stats; /* of this worker, or NULL */
    pstm_device_times times;    /* what the device had measured when it was freed */
    double operation_s[PSTM_OPERATIONS];
} op_sum;

static int64_t count_columns(const pstm_operator_context *context, int64_t n_locations)
{
    return context->velocity->range.is_uniform ? 1 : n_locations;
}

/* Whether results have one class, the mean over those of the device. */
static bool has_bands(const pstm_operator_context *context)
{
    return context->n_classes != context->device_plan->n_classes;
}

static int64_t band_bytes(const pstm_operator_context *context, int64_t n_locations)
{
    const pstm_device_plan *plan = context->device_plan;
    if (!has_bands(context)) return 0;
    return n_locations * plan->n_classes * plan->n_times * pstm_sums_bytes(pstm_device_accumulators(plan));
}

static int64_t fixed_bytes(const pstm_operator_context *context, int64_t n_locations)
{
    const pstm_device_plan *plan = context->device_plan;
    const int64_t n_columns = count_columns(context, n_locations);
    const pstm_fields fields = pstm_device_fields(plan);
    const int64_t surface_bytes = context->raw_spreading ? pstm_columns_bytes(fields, 1) : 0;
    return context->device->tile_bytes(plan, n_locations, n_columns) +
           PSTM_OPERATOR_PLACES * n_columns * (pstm_columns_bytes(fields, plan->n_times) + surface_bytes) +
           pstm_velocity_columns_bytes(context->velocity, context->grid, &context->largest, fields) +
           band_bytes(context, n_locations);
}

/* What v(0) is asked for: a grid of one output sample, at time 0. */
static pstm_grid surface_of(const pstm_grid *grid)
{
    pstm_grid surface = *grid;
    surface.n_times = 1;
    surface.time_first_s = 0;
    return surface;
}

/* ---- preparing an item ------------------------------------------------------------------------------- */

/* Without the index, or without a prefilter, every leaf is looked into. */
static int64_t choose_leaves(const pstm_operator_context *context, const place *p, int64_t *leaves)
{
    if (context->trace_prefilter && context->spatial_index)
        return pstm_kdtree_query(context->tree, &p->box, p->reach_m, leaves);
    for (int64_t i = 0; i < context->tree->n_leaves; i++)
        leaves[i] = i;
    return context->tree->n_leaves;
}

/* A device is made for one window. */
static pstm_status check_windows(const op_sum *s, const pstm_windows *windows)
{
    const pstm_device_plan *plan = s->context->device_plan;
    pstm_window window;
    PSTM_TRY(pstm_windows_single(windows, "a device", &window));
    if (window.k_begin == plan->k_begin && window.k_end == plan->k_end) return PSTM_OK;
    return pstm_fail(PSTM_SYSTEM, "output samples %d to %d are wanted of a device that was made for %d to %d",
                     window.k_begin, window.k_end - 1, plan->k_begin, plan->k_end - 1);
}

static pstm_status prepare(void *self, int which, const pstm_work_item *item, int64_t *leaves,
                           int64_t *n_leaves)
{
    op_sum *s = self;
    place *p = &s->places[which];
    PSTM_TRY(check_windows(s, &item->windows));
    p->item = *item;
    p->box = pstm_tile_box(s->context->grid, &item->tile);
    pstm_tile_locations(s->context->grid, &item->tile, p->x_m, p->y_m);
    const pstm_grid_area area = pstm_tile_area(&item->tile);
    PSTM_TRY(pstm_velocity_columns(s->context->velocity, s->context->grid, &area, &p->columns));
    if (s->context->raw_spreading) {
        const pstm_grid surface = surface_of(s->context->grid);
        PSTM_TRY(pstm_velocity_inputs(s->context->velocity, p->x_m, p->y_m,
                                      pstm_tile_n_locations(&item->tile), &surface, &p->surface));
    }
    p->reach_m = pstm_work_item_reach_m(s->context->aperture, s->context->grid, item, &p->columns);
    *n_leaves = choose_leaves(s->context, p, leaves);
    return PSTM_OK;
}

/* ---- the sum ----------------------------------------------------------------------------------------- */

static pstm_lattice lattice_of(const pstm_grid *grid, const pstm_tile *tile)
{
    const double inline_m = grid->n_inline > 1 ? grid->step_inline_m : 0;
    const double crossline_m = grid->n_crossline > 1 ? grid->step_crossline_m : 0;
    return (pstm_lattice){
        .first = {tile->i_begin, tile->j_begin},
        .n = {tile->i_end - tile->i_begin, tile->j_end - tile->j_begin},
        .origin_m = {grid->origin_x_m, grid->origin_y_m},
        .step_m = {{inline_m * grid->cos_azimuth, -inline_m * grid->sin_azimuth},
                   {crossline_m * grid->sin_azimuth, crossline_m * grid->cos_azimuth}},
    };
}

static pstm_status begin(void *self, int which)
{
    op_sum *s = self;
    const place *p = s->present = &s->places[which];
    const pstm_device_tile tile = {.n_locations = (int32_t)pstm_tile_n_locations(&p->item.tile),
                                   .x_m = p->x_m,
                                   .y_m = p->y_m,
                                   .lattice = lattice_of(s->context->grid, &p->item.tile),
                                   .columns = p->columns};
    return s->context->device->begin_tile(s->device, &tile);
}

/* The traces of a leaf that can contribute to the item, in leaf order. */
static int64_t choose_traces(op_sum *s, const pstm_leaf_view *leaf)
{
    const place *p = s->present;
    int64_t n = 0;
    const pstm_weight weight = s->context->device_plan->weight;
    for (int64_t i = 0; i < leaf->n_traces; i++) {
        const pstm_trace *t = &leaf->traces[i];
        if (t->fate != PSTM_TRACE_KEPT || t->live_first > t->live_last) continue;
        const int32_t class_index = pstm_bins_class(s->context->bins, t);
        if (class_index < 0) continue;
        const double area = s->context->areas == NULL ? 1 : s->context->areas[leaf->first_row + i];
        if (s->context->trace_prefilter && !pstm_trace_can_reach(t, &p->box, p->reach_m)) continue;
        s->batch[n++] = (pstm_device_trace){.source_x_m = t->source_x_m,
                                            .source_y_m = t->source_y_m,
                                            .receiver_x_m = t->receiver_x_m,
                                            .receiver_y_m = t->receiver_y_m,
                                            .start_s = t->start_s,
                                            .samples = leaf->samples + i * leaf->stride + PSTM_TRACE_PAD,
                                            .live_first = t->live_first,
                                            .live_last = t->live_last,
                                            .class_index = class_index,
                                            .factor = pstm_weight_trace(weight, pstm_trace_offset_m(t), area),
                                            .key = leaf->first_row + i + 1};
    }
    return n;
}

static pstm_status add_traces(op_sum *s, int64_t n)
{
    const int64_t n_batch = s->context->batch ? n : 1;
    for (int64_t i = 0; i < n; i += n_batch) {
        PSTM_TRY(s->context->device->add_batch(s->device, s->batch + i, n_batch));
        pstm_lane_count(s->lane, PSTM_COUNT_BATCHES, 1);
    }
    return PSTM_OK;
}

static pstm_status add_leaf(op_sum *s, const pstm_leaf_view *leaf)
{
    pstm_phase_switch(s->lane, PSTM_PHASE_PREFILTER);
    const int64_t n = choose_traces(s, leaf);
    pstm_lane_count(s->lane, PSTM_COUNT_EXAMINED, leaf->n_traces);
    pstm_lane_count(s->lane, PSTM_COUNT_TRACES, n);
    pstm_lane_count(s->lane, PSTM_COUNT_PAIRS, n * pstm_tile_n_locations(&s->present->item.tile));
    pstm_phase_switch(s->lane, PSTM_PHASE_SUM);
    return add_traces(s, n);
}

static pstm_status add(void *self, const pstm_leaf_view *views, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        PSTM_TRY(add_leaf(self, &views[i]));
    return PSTM_OK;
}

/* ---- the result -------------------------------------------------------------------------------------- */

/* A device that makes what is not a number is broken. */
static pstm_status refuse_values(const op_sum *s, const pstm_tile_result *result)
{
    const int64_t n_times = s->context->device_plan->n_times;
    int64_t i = 0;
    while (isfinite(result->stack[i]))
        i++;
    return pstm_fail(PSTM_SYSTEM,
                     "device %s made a value that is no finite number at location %" PRId64
                     ", output sample %" PRId64,
                     s->context->device_name, i / n_times, i % n_times);
}

/* Point sources have spread to 1/(4 pi v t) in a constant velocity v, and to v(0)/(4 pi v(t0)^2 t) where it
 * grows (Newman 1973: docs/references.md). Conditioning has multiplied by t; the rest is one of the image. */
static void take_out_spreading(const op_sum *s, const pstm_tile_result *result, float *sums)
{
    const pstm_device_plan *plan = s->context->device_plan;
    const place *p = s->present;
    const int64_t n = pstm_tile_n_locations(&result->item.tile), n_times = plan->n_times;
#pragma omp parallel for schedule(static) num_threads(plan->n_threads)
    for (int64_t i = 0; i < n * plan->n_classes; i++) {
        const int64_t column = pstm_columns_index(&p->columns, i / plan->n_classes);
        const float *v = p->columns.vrms_m_s + column * n_times;
        const double per_v0 = 4 * M_PI / (double)p->surface.vrms_m_s[column];
        float *sum = sums + i * n_times;
        for (int64_t k = plan->k_begin; k < plan->k_end; k++)
            sum[k] *= (float)(per_v0 * ((double)v[k] * (double)v[k]));
    }
}

/* Stack and fold of a location. A result with bands has their mean as its only class. */
static void stack_location(const op_sum *s, int64_t i, const pstm_sums *sums, const pstm_tile_result *result)
{
    const pstm_operator_context *context = s->context;
    const pstm_device_plan *plan = context->device_plan;
    const int64_t n_times = plan->n_times, first = i * plan->n_classes * n_times;
    float *stack = result->stack + i * n_times;
    uint32_t *fold = result->fold + i * n_times;
    const pstm_sums at = pstm_sums_from(sums, first);
    if (context->live == NULL) {
        pstm_cube_sum_classes(plan->n_classes, plan->n_times, at.sum, at.fold, at.faded, stack, fold);
        return;
    }
    const int64_t column = pstm_columns_index(&s->present->columns, i);
    pstm_live_stack(plan, context->live, s->present->columns.vrms_m_s + column * n_times, at.sum, at.fold,
                    stack, fold);
    if (!has_bands(context)) return;
    memcpy(result->gather.sum + i * n_times, stack, (size_t)n_times * sizeof *stack);
    memcpy(result->gather.fold + i * n_times, fold, (size_t)n_times * sizeof *fold);
}

/* With all threads: a device's next item waits for it. */
static pstm_status sum_classes(op_sum *s, const pstm_sums *sums, pstm_tile_result *result)
{
    const pstm_device_plan *plan = s->context->device_plan;
    const int64_t n_locations = pstm_tile_n_locations(&result->item.tile), n_times = plan->n_times;
    const int32_t n_threads = plan->n_threads;
    int64_t contributions = 0, n_bad = 0;
#pragma omp parallel for schedule(static) num_threads(n_threads) reduction(+ : contributions, n_bad)
    for (int64_t i = 0; i < n_locations; i++) {
        const float *stack = result->stack + i * n_times;
        const uint32_t *fold = result->fold + i * n_times;
        stack_location(s, i, sums, result);
        for (int64_t k = 0; k < n_times; k++) {
            contributions += fold[k];
            n_bad += !isfinite(stack[k]);
        }
    }
    pstm_lane_count(s->lane, PSTM_COUNT_CONTRIBUTIONS, contributions);
    pstm_aperture_stats_add(s->stats, result->fold, n_locations, n_threads);
    return n_bad == 0 ? PSTM_OK : refuse_values(s, result);
}

static pstm_status finish(void *self, pstm_tile_result *result)
{
    op_sum *s = self;
    pstm_phase_switch(s->lane, PSTM_PHASE_TRANSFER);
    const pstm_sums *sums = has_bands(s->context) ? &s->bands : &result->gather;
    PSTM_TRY(s->context->device->read_tile(s->device, sums));
    pstm_phase_switch(s->lane, PSTM_PHASE_OTHER);
    if (pstm_fault_at(PSTM_FAULT_TILE, result->item.tile.number) == PSTM_FAULT_NAN) sums->sum[0] = NAN;
    if (s->context->raw_spreading) take_out_spreading(s, result, sums->sum);
    return sum_classes(s, sums, result);
}

static void measured(const void *self, pstm_device_times *times)
{
    const op_sum *s = self;
    if (s->context->device->times != NULL) s->context->device->times(s->device, times);
}

/* ---- making and freeing ------------------------------------------------------------------------------ */

static pstm_status create_stats(op_sum *s)
{
    const pstm_operator_context *context = s->context;
    if (context->stats == NULL) return PSTM_OK;
    return pstm_aperture_stats_create(context->grid, context->device_plan->k_begin,
                                      context->device_plan->k_end, context->stats->n_traces, &s->stats);
}

static pstm_status create_place(const op_sum *s, place *p)
{
    const pstm_device_plan *plan = s->context->device_plan;
    PSTM_TRY(PSTM_NEW(&p->x_m, s->n_locations, "tile locations"));
    PSTM_TRY(PSTM_NEW(&p->y_m, s->n_locations, "tile locations"));
    const int64_t n_columns = count_columns(s->context, s->n_locations);
    if (s->context->raw_spreading)
        PSTM_TRY(pstm_columns_create(pstm_device_fields(plan), n_columns, 1, &p->surface));
    return pstm_columns_create(pstm_device_fields(plan), n_columns, plan->n_times, &p->columns);
}

static pstm_status start(void *self)
{
    op_sum *s = self;
    const pstm_device_plan *plan = s->context->device_plan;
    if (has_bands(s->context))
        PSTM_TRY(pstm_sums_create(pstm_device_accumulators(plan),
                                  s->n_locations * plan->n_classes * plan->n_times, "bands of offset",
                                  &s->bands));
    return s->context->device->create(s->context->device_plan, &s->device);
}

static void free_device(op_sum *s)
{
    const pstm_device_ops *device = s->context->device;
    if (s->device == NULL) return;
    if (device->operations != NULL) device->operations(s->device, s->operation_s);
    measured(s, &s->times);
    device->destroy(&s->device);
}

static void stop(void *self)
{
    op_sum *s = self;
    free_device(s);
    pstm_sums_clear(&s->bands);
    for (int i = 0; i < PSTM_OPERATOR_PLACES; i++) {
        PSTM_FREE(&s->places[i].x_m);
        PSTM_FREE(&s->places[i].y_m);
        pstm_columns_clear(&s->places[i].columns);
        pstm_columns_clear(&s->places[i].surface);
    }
}

/* What the device has measured. */
static void add_to_profile(const op_sum *s, pstm_rank_profile *profile)
{
    for (int o = 0; o < PSTM_OPERATIONS; o++)
        profile->operation_s[o] += s->operation_s[o];
    pstm_device_times_add(&profile->device_times, &s->times);
    if (s->context->device->times != NULL)
        profile->device_contributions += s->lane->counts[PSTM_COUNT_CONTRIBUTIONS];
}

static void destroy(void **self)
{
    op_sum *s = *self;
    if (s == NULL) return;
    stop(s);
    if (s->context->profile != NULL) add_to_profile(s, s->context->profile);
    if (s->stats != NULL) pstm_aperture_stats_merge(s->context->stats, s->stats);
    pstm_aperture_stats_destroy(&s->stats);
    PSTM_FREE(&s->batch);
    pstm_free(self);
}

static pstm_status create(const pstm_operator_context *context, int64_t n_locations, pstm_lane *lane,
                          void **self)
{
    op_sum *s = NULL;
    void *made;
    pstm_status status;
    PSTM_GO(PSTM_NEW(&s, 1, "the operator `sum`"));
    s->context = context;
    s->n_locations = n_locations;
    s->lane = lane;
    PSTM_GO(PSTM_NEW(&s->batch, PSTM_LEAF_TRACES, "a batch of traces"));
    for (int i = 0; i < PSTM_OPERATOR_PLACES; i++)
        PSTM_GO(create_place(s, &s->places[i]));
    PSTM_GO(create_stats(s));
    *self = s;
    return PSTM_OK;
cleanup:
    made = s;
    destroy(&made);
    return status;
}

const pstm_tile_operator pstm_op_sum = {.fixed_bytes = fixed_bytes,
                                        .create = create,
                                        .destroy = destroy,
                                        .start = start,
                                        .stop = stop,
                                        .prepare = prepare,
                                        .begin = begin,
                                        .add = add,
                                        .finish = finish,
                                        .measured = measured};
