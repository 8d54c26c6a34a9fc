/** @file simulate.h
 * How long a run would take on N workers: a discrete-event simulation in which modelled workers, a modelled
 * rank 0 and a modelled file system drive the scheduler that a real run uses (plan/scheduler.h).
 *
 * The model: rank 0 handles one message after the other, message_s each; a message travels latency_s. A
 * worker computes its tiles one after the other, each for cost / (rate x its speed), but not faster than its
 * traces can be read; a finished tile waits for its grant and for the file system, which writes for all ranks
 * one after the other at write_bytes_s; a worker that holds two results stops computing. Workers fail at
 * random, with an error or by hanging. The end is when all tiles are written and rank 0 knows it.
 *
 * All functions are Local; the result is a pure function of the input.
 */
#ifndef PSTM_PLAN_SIMULATE_H
#define PSTM_PLAN_SIMULATE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "plan/scheduler.h"

/** A machine and its file system. */
typedef struct pstm_machine_model {
    int32_t n_workers;
    double rate;                /**< contributions per second of a worker of speed 1, > 0 */
    double speed_spread;        /**< standard deviation of ln(speed); 0: all alike */
    double latency_s;           /**< of a message */
    double message_s;           /**< that rank 0 spends on a message, either way */
    double bytes_per_location;  /**< written for an image location */
    double locations_per_tile;  /**< image locations of a tile */
    double write_bytes_s;       /**< of the file system, for all ranks together; INFINITY: no limit */
    double read_bytes_per_cost; /**< bytes of traces read for a contribution, after the cache */
    double read_bytes_s;        /**< of the file system, for all ranks together; INFINITY: no limit */
    double failures_per_hour;   /**< of a worker; half are errors, half are hangs */
    uint64_t seed;              /**< of speeds and failures */
    pstm_schedule_rules rules;
} pstm_machine_model;

/** X(name, text): what a run's length is bound by. */
#define PSTM_BOUND_BY_LIST(X)                                                                                \
    X(WORK, "the sum")                                                                                       \
    X(PIECE, "the costliest tile")                                                                           \
    X(READ, "reading traces")                                                                                \
    X(WRITE, "writing the image")                                                                            \
    X(RANK_0, "messages on rank 0")                                                                          \
    X(FAULTS, "workers that were lost")                                                                      \
    X(END, "idle ranks at the end")

typedef enum pstm_bound_by {
#define PSTM_BOUND_BY_ENTRY(name, text) PSTM_BOUND_BY_##name,
    PSTM_BOUND_BY_LIST(PSTM_BOUND_BY_ENTRY)
#undef PSTM_BOUND_BY_ENTRY
} pstm_bound_by;

/** What came out. */
typedef struct pstm_simulation {
    double wall_s;
    double ideal_s;      /**< max(total cost / sum of speeds, costliest tile on the fastest worker) */
    double efficiency;   /**< ideal_s / wall_s */
    double busy_share;   /**< of the workers' time that went into tiles that were kept */
    double messages_s;   /**< messages that rank 0 handled or sent, per second */
    double rank_0_share; /**< of rank 0's time that messages took */
    int64_t n_messages, n_doubled;
    int32_t n_lost;
    bool finished; /**< else it ended early: all workers lost */
    pstm_bound_by bound_by;
} pstm_simulation;

/** Simulates the work on the machine. PSTM_USAGE for a machine that cannot be; PSTM_SYSTEM: memory. */
PSTM_MUST_CHECK pstm_status pstm_simulate(const pstm_work *work, int64_t n_work,
                                          const pstm_machine_model *machine, pstm_simulation *out);

/** The text of a bound. Never NULL. */
const char *pstm_bound_by_text(pstm_bound_by bound_by);

#endif
