#include "mpi/farm/mailbox.h"

#include <string.h>

#include "core/clock.h"
#include "core/memory.h"
#include "mpi/comm/agree.h"

enum { TAG = 1 };
static const double PAUSE_S = 0.0001;

/* A message as it travels: this, then the payload. */
typedef struct envelope {
    int32_t kind, from, worker, unused;
    int64_t tile, n_bytes;
} envelope;

typedef struct parcel {
    struct parcel *next;
    MPI_Request request;
    int n_bytes;
    envelope *bytes;
} parcel;

struct pstm_mailbox {
    MPI_Comm comm;
    int rank;
    parcel *leaving;              /* sends that MPI has not finished */
    parcel *own_first, *own_last; /* messages of this rank to itself */
};

pstm_status pstm_mailbox_create(MPI_Comm comm, pstm_mailbox **out)
{
    pstm_mailbox *box = NULL;
    const pstm_status status = pstm_agree(comm, PSTM_NEW(&box, 1, "the mailbox"));
    if (status != PSTM_OK) {
        PSTM_FREE(&box);
        return status;
    }
    MPI_Comm_dup(comm, &box->comm);
    MPI_Comm_rank(comm, &box->rank);
    *out = box;
    return PSTM_OK;
}

static void free_parcel(parcel **p)
{
    PSTM_FREE(&(*p)->bytes);
    PSTM_FREE(p);
}

/* Frees the sends that are done. */
static void collect_sent(pstm_mailbox *box)
{
    for (parcel **at = &box->leaving; *at != NULL;) {
        parcel *p = *at;
        int done;
        MPI_Test(&p->request, &done, MPI_STATUS_IGNORE);
        if (done) {
            *at = p->next;
            free_parcel(&p);
        } else {
            at = &p->next;
        }
    }
}

/* Takes a message that nobody waits for any more, so that its sender can end. */
static void receive_unread(pstm_mailbox *box)
{
    int there;
    MPI_Message message;
    MPI_Status about;
    MPI_Improbe(MPI_ANY_SOURCE, TAG, box->comm, &there, &message, &about);
    if (!there) return;
    int n_bytes;
    MPI_Get_count(&about, MPI_BYTE, &n_bytes);
    char *bytes = NULL;
    if (PSTM_NEW(&bytes, n_bytes, "a message") != PSTM_OK) MPI_Abort(box->comm, PSTM_SYSTEM);
    MPI_Mrecv(bytes, n_bytes, MPI_BYTE, &message, MPI_STATUS_IGNORE);
    PSTM_FREE(&bytes);
}

/* A rank enters the barrier when all that it has sent was received; when all have, nothing is under way. */
static void drain(pstm_mailbox *box)
{
    MPI_Request all_drained = MPI_REQUEST_NULL;
    bool entered = false;
    for (int done = 0; !done;) {
        pstm_sleep_s(PAUSE_S); /* others may still compute, on this core too */
        receive_unread(box);
        collect_sent(box);
        if (entered) {
            MPI_Test(&all_drained, &done, MPI_STATUS_IGNORE);
        } else if (box->leaving == NULL) {
            MPI_Ibarrier(box->comm, &all_drained);
            entered = true;
        }
    }
}

void pstm_mailbox_destroy(pstm_mailbox **mailbox)
{
    pstm_mailbox *box = *mailbox;
    if (box == NULL) return;
    drain(box);
    while (box->own_first != NULL) {
        parcel *p = box->own_first;
        box->own_first = p->next;
        free_parcel(&p);
    }
    MPI_Comm_free(&box->comm);
    PSTM_FREE(mailbox);
}

pstm_status pstm_mailbox_send(pstm_mailbox *box, int32_t to, const pstm_message *message)
{
    parcel *p = NULL;
    PSTM_TRY(PSTM_NEW(&p, 1, "a message"));
    p->n_bytes = (int)((int64_t)sizeof(envelope) + message->n_bytes);
    char *bytes = NULL;
    if (PSTM_NEW(&bytes, p->n_bytes, "a message") != PSTM_OK) {
        PSTM_FREE(&p);
        return PSTM_SYSTEM;
    }
    p->bytes = (envelope *)(void *)bytes;
    *p->bytes = (envelope){.kind = (int32_t)message->kind,
                           .from = box->rank,
                           .worker = message->worker,
                           .tile = message->tile,
                           .n_bytes = message->n_bytes};
    if (message->n_bytes > 0) memcpy(p->bytes + 1, message->payload, (size_t)message->n_bytes);
    if (to == box->rank) {
        if (box->own_last != NULL && box->own_first != NULL)
            box->own_last->next = p;
        else
            box->own_first = p;
        box->own_last = p;
        return PSTM_OK;
    }
    MPI_Isend(p->bytes, p->n_bytes, MPI_BYTE, to, TAG, box->comm, &p->request);
    p->next = box->leaving;
    box->leaving = p;
    return PSTM_OK;
}

static pstm_status unpack(const envelope *bytes, pstm_message *message)
{
    void *payload = NULL;
    if (bytes->n_bytes > 0) {
        PSTM_TRY(pstm_new(&payload, bytes->n_bytes, 1, "a message"));
        memcpy(payload, bytes + 1, (size_t)bytes->n_bytes);
    }
    *message = (pstm_message){.kind = (pstm_message_kind)bytes->kind,
                              .from = bytes->from,
                              .worker = bytes->worker,
                              .tile = bytes->tile,
                              .n_bytes = bytes->n_bytes,
                              .payload = payload};
    return PSTM_OK;
}

static pstm_status take_own(pstm_mailbox *box, pstm_message *message)
{
    parcel *p = box->own_first;
    PSTM_TRY(unpack(p->bytes, message));
    box->own_first = p->next;
    if (box->own_first == NULL) box->own_last = NULL;
    free_parcel(&p);
    return PSTM_OK;
}

pstm_status pstm_mailbox_poll(pstm_mailbox *box, pstm_message *message, bool *got)
{
    *got = false;
    collect_sent(box);
    if (box->own_first != NULL) {
        PSTM_TRY(take_own(box, message));
        *got = true;
        return PSTM_OK;
    }
    int there;
    MPI_Status about;
    MPI_Iprobe(MPI_ANY_SOURCE, TAG, box->comm, &there, &about);
    if (!there) return PSTM_OK;
    int n_bytes;
    MPI_Get_count(&about, MPI_BYTE, &n_bytes);
    char *bytes = NULL;
    PSTM_TRY(PSTM_NEW(&bytes, n_bytes, "a message"));
    MPI_Recv(bytes, n_bytes, MPI_BYTE, about.MPI_SOURCE, TAG, box->comm, MPI_STATUS_IGNORE);
    const pstm_status status = unpack((const envelope *)(const void *)bytes, message);
    PSTM_FREE(&bytes);
    *got = status == PSTM_OK;
    return status;
}
