#include "profile/timeline_json.h"

#include <string.h>

#include "core/text.h"
#include "core/write_file.h"

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
    int64_t n;
    const pstm_timeline_event *events = pstm_timeline_events(t, &n);
    pstm_lane_describe(lane, name);
    PSTM_TRY(pstm_text_add(
        text,
        ",\n{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":%d,\"tid\":%d,\"args\":{\"name\":\"%s\","
        "\"least_us\":%.0f}}",
        rank, lane, name, 1e6 * pstm_timeline_least_s(t)));
    for (int64_t i = 0; i < n; i++) {
        const pstm_timeline_event *e = &events[i];
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
