#include "device/cpu/tables.h"

#include <math.h>

#include "core/memory.h"
#include "device/antialias.h"
#include "device/aperture_limits.h"
#include "device/cpu/spans.h"
#include "sum/aperture.h"

/* What is the same for all traces is made once for each column: at knots the fields of the law and half of
 * what they grow by, at spans what spans.c has found out, at blocks the apertures. Times are counted in input
 * samples and squared times in their squares: an arrival time is then a position in the trace.
 *
 * Arrays of floats over spans and knots, and at the end over blocks, of a column. */
enum {
    VALUE,                           /* of the fields of sum/ray.h at knots */
    SLOPE = VALUE + PSTM_RAY_FIELDS, /* half of what they grow by */
    TAU_GROWTH = SLOPE + PSTM_RAY_FIELDS,
    LENGTH, /* of spans, and its reciprocal */
    PER_LENGTH,
    MAX_ERROR, /* what spans.c has found out */
    KNOWN_LEG2,
    KNOWN,
    MOST_SLOPE,
    DEPTH2, /* of antialias.h, for each block of a span */
    PER_SAMPLE2 = DEPTH2 + PSTM_CPU_SPAN_BLOCKS,
    BLOCK_ALPHA = PER_SAMPLE2 + PSTM_CPU_SPAN_BLOCKS,
    BLOCK_BETA = BLOCK_ALPHA + PSTM_CPU_SPAN_BLOCKS,
    REACH2 = BLOCK_BETA + PSTM_CPU_SPAN_BLOCKS, /* from here on over blocks: squared apertures */
    UNTAPERED2,
    PLAIN2,
    N_FIELDS
};

_Static_assert(PSTM_RAY_TAU2 == 0, "the field of t0 alone comes first");

/* Fields of the law that a column has over k: all but that of t0 alone. */
static int n_of_column(const pstm_device_plan *plan)
{
    return __builtin_popcount(pstm_law_needs((int)plan->law)) - 1;
}

/* Arrays of integers: of a span its first block and their number, of a block its span. */
enum { SPAN_BLOCK, SPAN_N_BLOCKS, SPAN_OF_BLOCK, N_NUMBERS };

/* One column of the tables while it is made. */
typedef struct new_column {
    pstm_cpu_velocity velocity;
    float *limit2_m2;
    float *fields;
    int32_t *numbers;
    pstm_antialias_block *levels; /* NULL without antialias */
    int64_t stride;
    int32_t n_blocks;
} new_column;

/* Arrays over spans and blocks begin at multiples of a cache line of 64 bytes. */
enum { LINE_FLOATS = 16 };

/** Empty tables with their shape. There are at most as many spans as blocks. */
static pstm_cpu_tables shape_of(const pstm_device_plan *plan)
{
    pstm_cpu_tables tables = {.plan = *plan};
    tables.n_blocks = (plan->n_times + PSTM_BLOCK - 1) / PSTM_BLOCK;
    tables.block_end = (plan->k_end + PSTM_BLOCK - 1) / PSTM_BLOCK;
    tables.n_padded = (int64_t)tables.n_blocks * PSTM_BLOCK;
    tables.stride = (tables.n_blocks + PSTM_CPU_PAD + LINE_FLOATS - 1) / LINE_FLOATS * LINE_FLOATS;
    return tables;
}

int64_t pstm_cpu_tables_bytes(const pstm_device_plan *plan, int64_t n_columns)
{
    const pstm_cpu_tables tables = shape_of(plan);
    const size_t over_k = (size_t)n_of_column(plan) * sizeof *tables.rays + sizeof *tables.limit2_m2;
    const size_t over_spans = N_FIELDS * sizeof *tables.fields + N_NUMBERS * sizeof *tables.numbers;
    const size_t over_blocks = plan->n_levels > 1 ? sizeof *tables.levels : 0;
    return n_columns * (tables.n_padded * (int64_t)over_k + tables.stride * (int64_t)over_spans +
                        tables.n_blocks * (int64_t)over_blocks);
}

pstm_status pstm_cpu_tables_start(const pstm_device_plan *plan, pstm_cpu_tables *tables)
{
    *tables = shape_of(plan);
    PSTM_TRY(PSTM_NEW(&tables->tau2, tables->n_padded, "half times of a CPU device"));
    for (int64_t k = 0; k < tables->n_padded; k++) {
        double tau = pstm_cpu_half_time(plan, k);
        tables->tau2[k] = (float)(tau * tau);
    }
    return PSTM_OK;
}

static float *field(const new_column *c, int i)
{
    return c->fields + i * c->stride;
}

static int32_t *number(const new_column *c, int i)
{
    return c->numbers + i * c->stride;
}

/* The weight at a knot has a slope too, and in it that of tau^n: d log(tau^n)/dk = n tau'/tau =
 * n ((tau^2)'/2) / tau^2. */
static void fill_knot(const new_column *c, int64_t i, int64_t k)
{
    const pstm_device_plan *plan = c->velocity.plan;
    const pstm_cpu_knot knot = pstm_cpu_knot_at(plan, c->velocity.column, k);
#define FIELD(A, NAME, name, help)                                                                           \
    field(c, VALUE + PSTM_RAY_##NAME)[i] = knot.value.name;                                                  \
    field(c, SLOPE + PSTM_RAY_##NAME)[i] = knot.half_slope.name;
    PSTM_RAY_FIELD_LIST(FIELD, )
#undef FIELD
    const float power = (float)pstm_weight_tau_power((int)plan->weight);
    field(c, TAU_GROWTH)[i] = knot.value.tau2 > 0 ? power * knot.half_slope.tau2 / knot.value.tau2 : 0;
}

static void fill_span(const new_column *c, int64_t i, const pstm_cpu_span *span)
{
    fill_knot(c, i, (int64_t)span->first_block * PSTM_BLOCK);
    field(c, LENGTH)[i] = (float)(span->n_blocks * PSTM_BLOCK);
    field(c, PER_LENGTH)[i] = 1.0f / field(c, LENGTH)[i];
    field(c, MAX_ERROR)[i] = span->max_error;
    field(c, KNOWN_LEG2)[i] = span->known_leg2;
    field(c, KNOWN)[i] = span->known ? 0 : -1;
    field(c, MOST_SLOPE)[i] = span->most_slope;
    number(c, SPAN_BLOCK)[i] = span->first_block;
    number(c, SPAN_N_BLOCKS)[i] = span->n_blocks;
    for (int32_t b = span->first_block; b < span->first_block + span->n_blocks; b++) {
        number(c, SPAN_OF_BLOCK)[b] = (int32_t)i;
        if (!c->levels) continue;
        field(c, DEPTH2 + b - span->first_block)[i] = c->levels[b].depth2_m2;
        field(c, PER_SAMPLE2 + b - span->first_block)[i] = c->levels[b].per_sample2_m2;
        field(c, BLOCK_ALPHA + b - span->first_block)[i] = c->levels[b].alpha;
        field(c, BLOCK_BETA + b - span->first_block)[i] = c->levels[b].beta;
    }
}

/* Cuts the column into spans: from the front the longest that will do. The first entry behind the last span
 * is its end knot; what is computed for those behind it is not used. */
static void fill_spans(const new_column *c)
{
    int64_t i = 0;
    int32_t block = 0;
    for (; block < c->n_blocks; i++) {
        pstm_cpu_span span = pstm_cpu_span_at(&c->velocity, block, c->n_blocks);
        fill_span(c, i, &span);
        block += span.n_blocks;
    }
    for (; i < c->stride; i++) {
        for (int f = 0; f < REACH2; f++)
            field(c, f)[i] = 0;
        fill_knot(c, i, (int64_t)block * PSTM_BLOCK);
    }
}

/* The time window: whole blocks, since it may not change how a block is computed. */
static void close_outside(const pstm_cpu_tables *tables, float *limit2_m2)
{
    int64_t begin = tables->plan.k_begin / PSTM_BLOCK * PSTM_BLOCK;
    for (int64_t k = 0; k < tables->n_padded; k++) {
        if (k < begin || k >= (int64_t)tables->block_end * PSTM_BLOCK) limit2_m2[k] = -1;
    }
}

/* The least or largest aperture of a block. */
static float limit_of_block(const new_column *c, int64_t b, float (*extreme)(float, float))
{
    float limit2_m2 = c->limit2_m2[b * PSTM_BLOCK];
    for (int64_t k = b * PSTM_BLOCK + 1; k < (b + 1) * PSTM_BLOCK; k++)
        limit2_m2 = extreme(limit2_m2, c->limit2_m2[k]);
    return limit2_m2;
}

/* The taper is 1 up to legs of (1 - f) A (aperture.h), so up to (1 - f)^2 of the least squared A of a block
 * no sample of it is tapered. */
static void fill_untapered(const new_column *c)
{
    double fraction = c->velocity.plan->aperture_taper;
    float inner = 1 - (float)fraction;
    for (int64_t b = 0; b < c->n_blocks; b++)
        field(c, UNTAPERED2)[b] = fraction > 0 ? inner * inner * limit_of_block(c, b, fminf) : INFINITY;
}

/* What the search for a trace's first blocks goes by: both rise from block to block, whatever the aperture
 * does. With the largest aperture of a block and those before it a leg reaches nothing before the first block
 * whose entry is not less than the leg; with the least aperture from a block on, and where no sample is
 * tapered, it reaches all of every block from there on. */
static void fill_reach(const new_column *c, int32_t block_end)
{
    float *reach2 = field(c, REACH2), *plain2 = field(c, PLAIN2);
    float most = -1, least = INFINITY;
    for (int64_t b = 0; b < c->stride; b++) {
        if (b < c->n_blocks) most = fmaxf(most, limit_of_block(c, b, fmaxf));
        reach2[b] = most;
        plain2[b] = INFINITY;
    }
    for (int64_t b = block_end - 1; b >= 0; b--) {
        least = fminf(least, fminf(limit_of_block(c, b, fminf), field(c, UNTAPERED2)[b]));
        plain2[b] = least;
    }
}

/** A field over k of a column; NULL where the law does not need it. That of t0 is the same for all columns
 * and lies apart. */
static float *ray_field(const pstm_cpu_tables *tables, int64_t i_column, pstm_ray_field field)
{
    const unsigned needs = pstm_law_needs((int)tables->plan.law), bit = 1u << field;
    if (field == PSTM_RAY_TAU2) return tables->tau2;
    if ((needs & bit) == 0) return NULL;
    const int before = __builtin_popcount(needs & (bit - 1)) - 1;
    return tables->rays + (i_column * n_of_column(&tables->plan) + before) * tables->n_padded;
}

static void fill_rays(const pstm_cpu_tables *tables, const pstm_columns *column, int64_t i_column)
{
    for (int f = 1; f < PSTM_RAY_FIELDS; f++) {
        float *values = ray_field(tables, i_column, (pstm_ray_field)f);
        if (values == NULL) continue;
        for (int64_t k = 0; k < tables->n_padded; k++)
            values[k] = pstm_cpu_field(&tables->plan, column, (pstm_ray_field)f, k);
    }
}

/* Limits come first: spans are tried up to the aperture. They are closed outside of the time window only
 * after the spans are cut, so that the window changes none. */
static void fill_column(pstm_cpu_tables *tables, const pstm_columns *column, int64_t i_column)
{
    const pstm_device_plan *plan = &tables->plan;
    float *limit2_m2 = tables->limit2_m2 + i_column * tables->n_padded;
    fill_rays(tables, column, i_column);
    pstm_aperture_limits(plan, column, limit2_m2);
    for (int64_t k = plan->n_times; k < tables->n_padded; k++) /* nobody reads them */
        limit2_m2[k] = limit2_m2[plan->n_times - 1];
    new_column c = {.velocity = {.plan = plan, .column = column, .limit2_m2 = limit2_m2},
                    .limit2_m2 = limit2_m2,
                    .fields = tables->fields + i_column * N_FIELDS * tables->stride,
                    .numbers = tables->numbers + i_column * N_NUMBERS * tables->stride,
                    .levels = plan->n_levels > 1 ? tables->levels + i_column * tables->n_blocks : NULL,
                    .stride = tables->stride,
                    .n_blocks = tables->n_blocks};
    for (int f = 0; f < PSTM_RAY_FIELDS; f++)
        c.velocity.ray[f] = ray_field(tables, i_column, (pstm_ray_field)f);
    if (c.levels) pstm_antialias_blocks(plan, column, c.levels);
    fill_spans(&c);
    fill_untapered(&c);
    close_outside(tables, limit2_m2);
    fill_reach(&c, tables->block_end);
}

pstm_status pstm_cpu_tables_fill(pstm_cpu_tables *tables, const pstm_device_tile *tile)
{
    int64_t n_columns = pstm_columns_count(&tile->columns, tile->n_locations);
    int64_t n_k = n_columns * tables->n_padded;
    PSTM_TRY(PSTM_RENEW(&tables->rays, &tables->rays_capacity, n_of_column(&tables->plan) * n_k,
                        "slownesses of a tile"));
    PSTM_TRY(PSTM_RENEW(&tables->limit2_m2, &tables->limit_capacity, n_k, "apertures of a tile"));
    PSTM_TRY(PSTM_RENEW(&tables->fields, &tables->fields_capacity, n_columns * N_FIELDS * tables->stride,
                        "spans of a tile"));
    PSTM_TRY(PSTM_RENEW(&tables->numbers, &tables->numbers_capacity, n_columns * N_NUMBERS * tables->stride,
                        "spans of a tile"));
    if (tables->plan.n_levels > 1)
        PSTM_TRY(PSTM_RENEW(&tables->levels, &tables->levels_capacity, n_columns * tables->n_blocks,
                            "antialias levels of a tile"));
#pragma omp parallel for schedule(static) num_threads(tables->plan.n_threads)
    for (int64_t i = 0; i < n_columns; i++) {
        const pstm_columns column = pstm_columns_view(&tile->columns, i);
        fill_column(tables, &column, i);
    }
    return PSTM_OK;
}

void pstm_cpu_tables_column(const pstm_cpu_tables *tables, int64_t i_column, pstm_cpu_column *column)
{
    const pstm_device_plan *plan = &tables->plan;
    const float *fields = tables->fields + i_column * N_FIELDS * tables->stride;
    const int32_t *numbers = tables->numbers + i_column * N_NUMBERS * tables->stride;
    *column = (pstm_cpu_column){
        .n_blocks = tables->block_end,
        .limit2_m2 = tables->limit2_m2 + i_column * tables->n_padded,
        .reach2_m2 = fields + REACH2 * tables->stride,
        .untapered2_m2 = fields + UNTAPERED2 * tables->stride,
        .plain2_m2 = fields + PLAIN2 * tables->stride,
        .span_of_block = numbers + SPAN_OF_BLOCK * tables->stride,
        .knot_tau_growth = fields + TAU_GROWTH * tables->stride,
        .span_block = numbers + SPAN_BLOCK * tables->stride,
        .span_n_blocks = numbers + SPAN_N_BLOCKS * tables->stride,
        .length = fields + LENGTH * tables->stride,
        .per_length = fields + PER_LENGTH * tables->stride,
        .max_error = fields + MAX_ERROR * tables->stride,
        .most_slope = fields + MOST_SLOPE * tables->stride,
        .known = fields + KNOWN * tables->stride,
        .known_leg2 = fields + KNOWN_LEG2 * tables->stride,
        .n_levels = plan->n_levels,
        .copy_samples = (int32_t)pstm_trace_stride(plan->n_samples),
        .taper_scale = (float)pstm_aperture_taper_scale(plan->aperture_taper),
    };
    for (int f = 0; f < PSTM_RAY_FIELDS; f++) {
        column->ray[f] = ray_field(tables, i_column, (pstm_ray_field)f);
        column->knot[f] = fields + (VALUE + f) * tables->stride;
        column->knot_slope[f] = fields + (SLOPE + f) * tables->stride;
    }
    for (int q = 0; q < PSTM_CPU_SPAN_BLOCKS; q++) {
        column->depth2_m2[q] = fields + (DEPTH2 + q) * tables->stride;
        column->per_sample2_m2[q] = fields + (PER_SAMPLE2 + q) * tables->stride;
        column->block_alpha[q] = fields + (BLOCK_ALPHA + q) * tables->stride;
        column->block_beta[q] = fields + (BLOCK_BETA + q) * tables->stride;
    }
    for (int i = 0; i < 4; i++)
        column->step_m[i / 2][i % 2] = (float)plan->bin_step_m[i / 2][i % 2];
}

void pstm_cpu_tables_clear(pstm_cpu_tables *tables)
{
    PSTM_FREE(&tables->tau2);
    PSTM_FREE(&tables->rays);
    PSTM_FREE(&tables->limit2_m2);
    PSTM_FREE(&tables->fields);
    PSTM_FREE(&tables->numbers);
    PSTM_FREE(&tables->levels);
}
