#include "profile/timeline.h"

#include "core/memory.h"

static const double FIRST_LEAST_S = 1e-6;

struct pstm_timeline {
    pstm_timeline_event *events;
    int64_t n, capacity;
    double least_s; /* shorter events are left out */
};

pstm_status pstm_timeline_create(int64_t capacity, pstm_timeline **out)
{
    pstm_timeline *t = NULL;
    PSTM_TRY(PSTM_NEW(&t, 1, "a timeline"));
    t->capacity = capacity;
    const pstm_status status = PSTM_NEW(&t->events, capacity, "a timeline");
    if (status == PSTM_OK)
        *out = t;
    else
        PSTM_FREE(&t);
    return status;
}

void pstm_timeline_destroy(pstm_timeline **timeline)
{
    if (*timeline == NULL) return;
    PSTM_FREE(&(*timeline)->events);
    PSTM_FREE(timeline);
}

/* Leaves out ever longer events until half of the room is free. */
static void thin_out(pstm_timeline *t)
{
    while (t->n > t->capacity / 2) {
        t->least_s = t->least_s > 0 ? 2 * t->least_s : FIRST_LEAST_S;
        int64_t n = 0;
        for (int64_t i = 0; i < t->n; i++)
            if (t->events[i].end_s - t->events[i].begin_s >= t->least_s) t->events[n++] = t->events[i];
        t->n = n;
    }
}

void pstm_timeline_add(pstm_timeline *t, int32_t phase, double begin_s, double end_s)
{
    if (t == NULL || end_s - begin_s < t->least_s) return;
    if (t->n == t->capacity) thin_out(t);
    t->events[t->n++] = (pstm_timeline_event){.begin_s = begin_s, .end_s = end_s, .phase = phase};
}

const pstm_timeline_event *pstm_timeline_events(const pstm_timeline *t, int64_t *n)
{
    *n = t->n;
    return t->events;
}

double pstm_timeline_least_s(const pstm_timeline *t)
{
    return t->least_s;
}
