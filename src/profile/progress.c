#include "profile/progress.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/log.h"
#include "core/memory.h"
#include "core/write_file.h"

static const double terminal_every_s = 0.2;
static const double line_every_s = 10;
static const double json_every_s = 2;

struct pstm_progress {
    FILE *stream;
    char *json_path;
    bool is_terminal;
    int drawn;                 /* characters of the rewritten line now on the terminal */
    double line_due_s;         /* elapsed time from which a line may be shown */
    int next_tenth;            /* tenth of the cost at which a plain line is due */
    double json_due_s;         /* elapsed time from which the file may be replaced */
    bool json_failed;          /* warned already */
    pstm_progress_state shown; /* state of the last plain line */
    bool has_shown;
};

pstm_status pstm_progress_create(FILE *stream, const char *json_path, pstm_progress **progress)
{
    pstm_status status = PSTM_OK;
    pstm_progress *made = NULL;
    PSTM_GO(PSTM_NEW(&made, 1, "progress"));
    if (json_path) PSTM_GO(pstm_copy_text(&made->json_path, json_path));
    made->stream = stream;
    made->is_terminal = stream && isatty(fileno(stream));
    made->next_tenth = 1;
    *progress = made;
    made = NULL;
cleanup:
    pstm_progress_destroy(&made);
    return status;
}

void pstm_progress_destroy(pstm_progress **progress)
{
    if (!*progress) return;
    PSTM_FREE(&(*progress)->json_path);
    PSTM_FREE(progress);
}

static double share_done(const pstm_progress_state *state)
{
    if (state->cost_total > 0) return fmin(1, fmax(0, state->cost_done / state->cost_total));
    return state->tiles_total > 0 ? (double)state->tiles_done / (double)state->tiles_total : 1;
}

double pstm_progress_eta_s(const pstm_progress_state *state)
{
    const double done = state->cost_done - state->cost_resumed;
    if (state->tiles_done >= state->tiles_total) return 0;
    if (!(done > 0) || !(state->elapsed_s > 0)) return -1;
    return fmax(0, state->cost_total - state->cost_done) * state->elapsed_s / done;
}

static double rate_per_s(const pstm_progress_state *state)
{
    return state->elapsed_s > 0 ? (double)state->contributions / state->elapsed_s : 0;
}

/* "1:02:03" or "2:03". */
static void write_duration(char *text, size_t bytes, double seconds)
{
    const long long whole = (long long)(seconds + 0.5);
    if (whole >= 3600)
        snprintf(text, bytes, "%lld:%02lld:%02lld", whole / 3600, whole / 60 % 60, whole % 60);
    else
        snprintf(text, bytes, "%lld:%02lld", whole / 60, whole % 60);
}

static void write_line(char *text, size_t bytes, const pstm_progress_state *state)
{
    char elapsed[32], rest[48] = "", resumed[48] = "";
    const double eta_s = pstm_progress_eta_s(state);
    write_duration(elapsed, sizeof elapsed, state->elapsed_s);
    if (eta_s > 0) {
        char duration[32];
        write_duration(duration, sizeof duration, eta_s);
        snprintf(rest, sizeof rest, ", %s to go", duration);
    }
    if (state->tiles_resumed > 0)
        snprintf(resumed, sizeof resumed, " (%lld resumed)", (long long)state->tiles_resumed);
    snprintf(text, bytes, "%5.1f %%  tiles %lld/%lld%s  %.3g contributions/s  %s%s", 100 * share_done(state),
             (long long)state->tiles_done, (long long)state->tiles_total, resumed, rate_per_s(state), elapsed,
             rest);
}

void pstm_progress_clear(pstm_progress *progress)
{
    if (!progress || progress->drawn == 0) return;
    fprintf(progress->stream, "\r%*s\r", progress->drawn, "");
    fflush(progress->stream);
    progress->drawn = 0;
}

static void draw_terminal_line(pstm_progress *progress, const pstm_progress_state *state)
{
    char text[256];
    write_line(text, sizeof text, state);
    const int length = (int)strlen(text);
    const int erase = progress->drawn > length ? progress->drawn - length : 0;
    fprintf(progress->stream, "\r%s%*s", text, erase, "");
    fflush(progress->stream);
    progress->drawn = length;
    progress->line_due_s = state->elapsed_s + terminal_every_s;
}

static void print_plain_line(pstm_progress *progress, const pstm_progress_state *state)
{
    char text[256];
    write_line(text, sizeof text, state);
    fprintf(progress->stream, "%s\n", text);
    fflush(progress->stream);
    progress->line_due_s = state->elapsed_s + line_every_s;
    progress->next_tenth = (int)floor(10 * share_done(state)) + 1;
    progress->shown = *state;
    progress->has_shown = true;
}

static bool plain_line_is_due(const pstm_progress *progress, const pstm_progress_state *state)
{
    return !progress->has_shown || state->elapsed_s >= progress->line_due_s ||
           10 * share_done(state) >= progress->next_tenth;
}

static void write_json(pstm_progress *progress, const pstm_progress_state *state, bool is_last)
{
    const double eta_s = pstm_progress_eta_s(state);
    const char *phase = !is_last                                  ? "running"
                        : state->tiles_done >= state->tiles_total ? "finished"
                                                                  : "stopped";
    json_t *root =
        json_pack("{ss sf sf sI sI sI sI sf sf sI}", "state", phase, "percent", 100 * share_done(state),
                  "elapsed_s", state->elapsed_s, "tiles_done", (json_int_t)state->tiles_done, "tiles_total",
                  (json_int_t)state->tiles_total, "tiles_resumed", (json_int_t)state->tiles_resumed,
                  "contributions", (json_int_t)state->contributions, "contributions_per_s", rate_per_s(state),
                  "cost_done", state->cost_done, "updated_unix_s", (json_int_t)time(NULL));
    if (root && eta_s >= 0) json_object_set_new(root, "eta_s", json_real(eta_s));
    if (root) json_object_set_new(root, "cost_total", json_real(state->cost_total));
    char *text = root ? json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(9)) : NULL;
    const pstm_status status = text ? pstm_write_file(progress->json_path, text, strlen(text))
                                    : pstm_fail(PSTM_SYSTEM, "%s: memory is short", progress->json_path);
    if (status != PSTM_OK && !progress->json_failed) {
        pstm_progress_clear(progress);
        pstm_warn("%s (the run goes on without it)", pstm_error_text());
        progress->json_failed = true;
    }
    free(text);
    json_decref(root);
    progress->json_due_s = state->elapsed_s + json_every_s;
}

void pstm_progress_update(pstm_progress *progress, const pstm_progress_state *state)
{
    if (!progress) return;
    if (progress->json_path && state->elapsed_s >= progress->json_due_s) write_json(progress, state, false);
    if (!progress->stream) return;
    if (progress->is_terminal) {
        if (state->elapsed_s >= progress->line_due_s) draw_terminal_line(progress, state);
    } else if (plain_line_is_due(progress, state)) {
        print_plain_line(progress, state);
    }
}

void pstm_progress_finish(pstm_progress *progress, const pstm_progress_state *state)
{
    if (!progress) return;
    if (progress->json_path) write_json(progress, state, true);
    if (!progress->stream) return;
    if (progress->is_terminal) {
        draw_terminal_line(progress, state);
        fputc('\n', progress->stream);
        fflush(progress->stream);
        progress->drawn = 0;
    } else if (!progress->has_shown || progress->shown.tiles_done != state->tiles_done) {
        print_plain_line(progress, state);
    }
}
