#include "made_operator.h"

#include <string.h>

#include "core/clock.h"
#include "core/memory.h"
#include "tests/io/store_fixture.h"

struct script script;
struct seen seen;

typedef struct counter {
    pstm_work_item items[PSTM_OPERATOR_PLACES];
    int present; /* place of the item in work; -1: none */
    int next_leaf;
    int64_t n_traces; /* added */
    pstm_lane *lane;
} counter;

static void await_release(void)
{
    while (!script.released)
        pstm_sleep_s(0.001);
}

static void expect(bool right)
{
    if (!right) seen.wrong = true;
}

static int64_t fixed_bytes(const pstm_operator_context *context, int64_t n_locations)
{
    (void)context;
    return FIXED_BYTES * n_locations;
}

static pstm_status create_counter(const pstm_operator_context *context, int64_t n_locations, pstm_lane *lane,
                                  void **self)
{
    counter *c;
    expect(context == NULL && n_locations == N_LOCATIONS);
    if (script.create_fails) return pstm_fail(PSTM_USAGE, "no counter can be made");
    PSTM_TRY(PSTM_NEW(&c, 1, "a counter"));
    c->present = -1;
    c->lane = lane;
    *self = c;
    return PSTM_OK;
}

static void destroy_counter(void **self)
{
    if (*self != NULL) seen.n_destroyed++;
    pstm_free(self);
}

static pstm_status start(void *self)
{
    (void)self;
    seen.n_started++;
    seen.thread = pthread_self();
    if (script.start_waits) await_release();
    return script.start_fails ? pstm_fail(PSTM_SYSTEM, "the counter does not start") : PSTM_OK;
}

static void stop(void *self)
{
    (void)self;
    expect(pthread_equal(seen.thread, pthread_self()));
    seen.n_stopped++;
}

static pstm_status prepare(void *self, int place, const pstm_work_item *item, int64_t *numbers,
                           int64_t *n_numbers)
{
    counter *c = self;
    expect(place != c->present);
    seen.n_prepared_in_work += c->present >= 0;
    seen.n_prepared++;
    if (script.prepare_fails) return pstm_fail(PSTM_SYSTEM, "the counter cannot prepare");
    c->items[place] = *item;
    *n_numbers = 0;
    for (int64_t leaf = 0; leaf < LEAVES; leaf++)
        if (item->tile.number >> leaf & 1) numbers[(*n_numbers)++] = leaf;
    return PSTM_OK;
}

static pstm_status begin(void *self, int place)
{
    counter *c = self;
    c->present = place;
    c->next_leaf = 0;
    c->n_traces = 0;
    seen.n_begun++;
    return PSTM_OK;
}

/* The leaves that are named, each once and in order. */
static void check_leaf(counter *c, const pstm_leaf_view *view)
{
    while (c->next_leaf < LEAVES && !(c->items[c->present].tile.number >> c->next_leaf & 1))
        c->next_leaf++;
    const pstm_leaf *leaf = &leaves[c->next_leaf++];
    expect(view->first_row == leaf->first_trace && view->n_traces == leaf->n_traces);
    expect(view->stride > SAMPLES && view->traces[0].number == a_trace(view->first_row).number);
    expect(view->samples[view->stride + 1] == a_sample(view->first_row + 1, 1));
}

static pstm_status add_views(void *self, const pstm_leaf_view *views, int64_t n)
{
    counter *c = self;
    if (++seen.n_added == script.fails_at_add) return pstm_fail(PSTM_SYSTEM, "the counter fails");
    if (seen.n_added == script.add_waits) await_release();
    for (int64_t i = 0; i < n; i++) {
        check_leaf(c, &views[i]);
        c->n_traces += views[i].n_traces;
        pstm_lane_count(c->lane, PSTM_COUNT_TRACES, views[i].n_traces);
    }
    return PSTM_OK;
}

static pstm_status finish(void *self, pstm_tile_result *result)
{
    counter *c = self;
    expect(memcmp(&result->item, &c->items[c->present], sizeof result->item) == 0);
    c->present = -1;
    if (script.finish_fails) return pstm_fail(PSTM_SYSTEM, "the counter cannot finish");
    result->fold[0] = (uint32_t)c->n_traces;
    seen.n_finished++;
    return PSTM_OK;
}

static void measured(const void *self, pstm_device_times *times)
{
    (void)self;
    times->step_s[0] += 2.0 * seen.n_added;
}

const pstm_tile_operator made_operator = {.fixed_bytes = fixed_bytes,
                                          .create = create_counter,
                                          .destroy = destroy_counter,
                                          .start = start,
                                          .stop = stop,
                                          .prepare = prepare,
                                          .begin = begin,
                                          .add = add_views,
                                          .finish = finish,
                                          .measured = measured};
