#include "profile/timeline.h"

#include <string.h>

#include "core/memory.h"
#include "core/text.h"
#include "core/write_file.h"
#include "profile/profile.h"

static const double FIRST_LEAST_S = 1e-6;

typedef struct event {
    double begin_s, end_s;
    int32_t phase, padding;
} event;

struct pstm_timeline {
    event *events;
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
    t->events[t->n++] = (event){.begin_s = begin_s, .end_s = end_s, .phase = phase};
}

int64_t pstm_timeline_n_events(const pstm_timeline *t)
{
    return t->n;
}

double pstm_timeline_least_s(const pstm_timeline *t)
{
    return t->least_s;
}

/* Host names are letters, digits, dots and dashes; anything else is left out of the JSON. */
static void plain_name(const char *host, char name[64])
{
    size_t n = 0;
    for (; *host != '\0' && n < 63; host++)
        if (*host > ' ' && *host < 127 && *host != '"' && *host != '\\') name[n++] = *host;
    name[n] = '\0';
}

static pstm_status add_lane(pstm_text *text, int32_t rank, int lane, double origin_s, const pstm_timeline *t)
{
    char name[24];
    pstm_lane_describe(lane, name);
    PSTM_TRY(pstm_text_add(
        text,
        ",\n{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":%d,\"tid\":%d,\"args\":{\"name\":\"%s\","
        "\"least_us\":%.0f}}",
        rank, lane, name, 1e6 * t->least_s));
    for (int64_t i = 0; i < t->n; i++) {
        const event *e = &t->events[i];
        PSTM_TRY(pstm_text_add(
            text, ",\n{\"ph\":\"X\",\"name\":\"%s\",\"pid\":%d,\"tid\":%d,\"ts\":%.1f,\"dur\":%.1f}",
            pstm_phase_name((pstm_phase)e->phase), rank, lane, 1e6 * (e->begin_s - origin_s),
            1e6 * (e->end_s - e->begin_s)));
    }
    return PSTM_OK;
}

pstm_status pstm_timeline_write(const char *path, int32_t rank, const char *host, double origin_s,
                                pstm_timeline *const *lanes)
{
    pstm_text text = {0};
    char name[64];
    pstm_status status;
    plain_name(host, name);
    PSTM_GO(pstm_text_add(&text,
                          "{\"traceEvents\":[\n{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":%d,\"tid\":0,"
                          "\"args\":{\"name\":\"rank %d on %s\"}}",
                          rank, rank, name));
    for (int i = 0; i < PSTM_LANES; i++)
        if (lanes[i] != NULL) PSTM_GO(add_lane(&text, rank, i, origin_s, lanes[i]));
    PSTM_GO(pstm_text_add(&text, "\n],\"displayTimeUnit\":\"ms\"}\n"));
    status = pstm_write_file(path, text.bytes, strlen(text.bytes));
cleanup:
    pstm_text_clear(&text);
    return status;
}
