#include "scheduler_fixture.h"

#include <check.h>

pstm_work work_at(int64_t number, int32_t i, int32_t j, double cost)
{
    return (pstm_work){.number = number, .at_inline = i, .at_crossline = j, .cost = cost};
}

pstm_scheduler *make(const pstm_work *work, int64_t n, int32_t workers)
{
    pstm_scheduler *s = NULL;
    ck_assert_int_eq(pstm_scheduler_create(work, n, workers, &PSTM_SCHEDULE_RULES, &s), PSTM_OK);
    return s;
}

void send_at(pstm_scheduler *s, double now_s, pstm_event_kind kind, int32_t worker, int64_t tile)
{
    const pstm_event event = {.kind = kind, .worker = worker, .tile = tile, .now_s = now_s};
    ck_assert_int_eq(pstm_scheduler_handle(s, &event), PSTM_OK);
}

void send(pstm_scheduler *s, pstm_event_kind kind, int32_t worker, int64_t tile)
{
    send_at(s, 0, kind, worker, tile);
}

void expect(pstm_scheduler *s, pstm_action_kind kind, int32_t worker, int64_t tile)
{
    pstm_action action;
    ck_assert(pstm_scheduler_next(s, &action));
    ck_assert_int_eq(action.kind, kind);
    if (worker >= 0) ck_assert_int_eq(action.worker, worker);
    if (tile >= 0) ck_assert_int_eq(action.tile, tile);
}

void expect_nothing(pstm_scheduler *s)
{
    pstm_action action;
    ck_assert(!pstm_scheduler_next(s, &action));
}
