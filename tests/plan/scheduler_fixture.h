/** @file scheduler_fixture.h  A scheduler under test: events go in, expected actions come out. */
#ifndef PSTM_TESTS_PLAN_SCHEDULER_FIXTURE_H
#define PSTM_TESTS_PLAN_SCHEDULER_FIXTURE_H

#include "plan/scheduler.h"

/** A tile at a place among the tiles. */
pstm_work work_at(int64_t number, int32_t i, int32_t j, double cost);

/** A scheduler with the rules of a run; freed by the caller. */
pstm_scheduler *make(const pstm_work *work, int64_t n, int32_t workers);

/** Sends an event that must be taken; send() at time 0. */
void send_at(pstm_scheduler *s, double now_s, pstm_event_kind kind, int32_t worker, int64_t tile);
void send(pstm_scheduler *s, pstm_event_kind kind, int32_t worker, int64_t tile);

/** The next action is this one; worker or tile -1: any. */
void expect(pstm_scheduler *s, pstm_action_kind kind, int32_t worker, int64_t tile);

/** There is no action. */
void expect_nothing(pstm_scheduler *s);

#endif
