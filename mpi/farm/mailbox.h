/** @file mailbox.h
 * Small messages between the main threads of the ranks. A rank may write to itself. Nothing here waits:
 * a blocking receive would burn a core, so the owner polls and sleeps. A mailbox is used by the one thread
 * that does the rank's MPI. All functions are Local except pstm_mailbox_destroy().
 */
#ifndef PSTM_MPI_FARM_MAILBOX_H
#define PSTM_MPI_FARM_MAILBOX_H

#include <mpi.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"

typedef struct pstm_mailbox pstm_mailbox;

/** What a message says; READY to LEAVES go to rank 0, the others come from it. */
typedef enum pstm_message_kind {
    PSTM_SAYS_READY,   /**< has started and takes tiles */
    PSTM_SAYS_ASKS,    /**< has computed `tile`, asks to write it */
    PSTM_SAYS_WRITTEN, /**< has written and synced `tile`; payload: what to record of it */
    PSTM_SAYS_BEAT,    /**< lives; `tile` is a count that grows while it computes */
    PSTM_SAYS_LOST,    /**< computes no more, failed at `tile`; payload: status and text */
    PSTM_SAYS_FAILED,  /**< cannot go on; payload: status and text */
    PSTM_SAYS_STOP,    /**< got a signal to stop */
    PSTM_SAYS_LEAVES,  /**< has heard FINISH or ABORT: the last message of a rank */
    PSTM_SAYS_ORDERS,  /**< payload: pstm_order, one or more: what to do with which tiles */
    PSTM_SAYS_RETIRE,  /**< your compute thread hangs: compute no more */
    PSTM_SAYS_FINISH,  /**< no work is left; payload: nothing */
    PSTM_SAYS_ABORT,   /**< end with the error of the payload */
} pstm_message_kind;

typedef struct pstm_message {
    pstm_message_kind kind;
    int32_t from;   /**< rank of the sender */
    int32_t worker; /**< of the rank's workers, from 0: who says it, or to whom it is said */
    int64_t tile;   /**< tile number, or -1 */
    int64_t n_bytes;
    void *payload; /**< n_bytes, owned by who took the message out: pstm_free() */
} pstm_message;

/** Opens a mailbox on a duplicate of comm. Collective over comm. */
PSTM_MUST_CHECK pstm_status pstm_mailbox_create(MPI_Comm comm, pstm_mailbox **out);

/** Waits until what any rank has sent was received, throws away what nobody has taken, frees all. NULL-safe.
 * Collective. */
void pstm_mailbox_destroy(pstm_mailbox **mailbox);

/** Sends a copy of the message (`from` is filled in) and of its payload. Messages from one rank to another
 * arrive in the order sent. */
PSTM_MUST_CHECK pstm_status pstm_mailbox_send(pstm_mailbox *mailbox, int32_t to, const pstm_message *message);

/** Takes one message out if there is one. */
PSTM_MUST_CHECK pstm_status pstm_mailbox_poll(pstm_mailbox *mailbox, pstm_message *message, bool *got);

#endif
