/* pstm watch: how far a run is, from the file that it keeps beside its cube. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "commands/command.h"
#include "core/place.h"
#include "core/text.h"

typedef struct watch_options {
    const char *cube;
    double every_s;
    bool once;
} watch_options;

static const pstm_option table[] = {
    PSTM_OPTION_WITHIN("every", "S", pstm_option_number, watch_options, every_s,
                       "a number of seconds from 0.1 to 3600", 0.1, 3600, "seconds between looks (2)"),
    PSTM_OPTION("once", NULL, pstm_option_flag, watch_options, once, "one look, and no waiting for the end"),
};

static const char usage[] =
    "usage: pstm watch CUBE.h5 [options]\n"
    "\n"
    "Follows a run by the progress file beside its cube, from any machine that sees it: a line when\n"
    "something has changed, until the run ends. It disturbs nothing.\n"
    "\n"
    "exit codes: 0 the run has finished (--once: or is at work), 1 usage, 2 no such file, 75 it has "
    "stopped\n";

static const pstm_command_line line = {
    .usage = usage,
    PSTM_OPTIONS(table),
    .words = "one cube is wanted",
    .least_words = 1,
    .most_words = 1,
};

/* A run that has said nothing for so long is not at work; it writes every two seconds while tiles are summed.
 * */
static const double SILENT_S = 120;

static double number_of(const json_t *state, const char *key)
{
    return json_number_value(json_object_get(state, key));
}

/* "1 h 02 min", "3 min 20 s". */
static void print_duration(double seconds, const char *words)
{
    const long whole = lround(seconds);
    if (whole >= 3600)
        printf(", %ld h %02ld min%s", whole / 3600, whole / 60 % 60, words);
    else
        printf(", %ld min %02ld s%s", whole / 60, whole % 60, words);
}

static void print_state(const json_t *state, const char *word)
{
    printf("%s: %.1f %%, %.0f of %.0f tiles, %.3g contributions/s", word, number_of(state, "percent"),
           number_of(state, "tiles_done"), number_of(state, "tiles_total"),
           number_of(state, "contributions_per_s"));
    print_duration(number_of(state, "elapsed_s"), "");
    if (strcmp(word, "running") == 0 && json_object_get(state, "eta_s") != NULL)
        print_duration(number_of(state, "eta_s"), " to go");
    printf("\n");
    fflush(stdout);
}

/* *ended: there is nothing to wait for; the status is then that of the run. last: what was printed before. */
static pstm_status look(const char *path, bool once, double *last, bool *ended)
{
    json_error_t error;
    json_t *state = json_load_file(path, 0, &error);
    if (state == NULL)
        return pstm_fail(PSTM_DATA,
                         "%s cannot be read: %s; a run makes it when it begins to sum, and keeps it", path,
                         error.text);
    const char *word = json_string_value(json_object_get(state, "state"));
    const double updated = number_of(state, "updated_unix_s"), done = number_of(state, "percent");
    const bool is_running = word != NULL && strcmp(word, "running") == 0;
    const bool is_silent = is_running && difftime(time(NULL), (time_t)updated) > SILENT_S;
    if (word == NULL) word = "unknown";
    if (*last != done || !is_running || once) print_state(state, word);
    *last = done;
    *ended = !is_running || is_silent || once;
    pstm_status status = PSTM_OK;
    if (is_silent)
        status =
            pstm_fail(PSTM_STOPPED,
                      "the run has said nothing for %.0f s: it was killed, or its file system hangs; the "
                      "same `pstm run` goes on",
                      difftime(time(NULL), (time_t)updated));
    else if (!is_running && strcmp(word, "finished") != 0)
        status = pstm_fail(PSTM_STOPPED, "the run has stopped; the same `pstm run` goes on");
    json_decref(state);
    return status;
}

static pstm_status watch(const watch_options *o)
{
    pstm_text path = {0};
    double last = -1;
    bool ended = false;
    const struct timespec pause = {(time_t)o->every_s, (long)(1e9 * (o->every_s - floor(o->every_s)))};
    pstm_status status = pstm_text_add(&path, "%s%s", o->cube, PSTM_PROGRESS_ENDING);
    while (status == PSTM_OK && !ended) {
        status = look(path.bytes, o->once, &last, &ended);
        if (status == PSTM_OK && !ended) nanosleep(&pause, NULL);
    }
    pstm_text_clear(&path);
    return status;
}

int pstm_command_watch(int argc, char **argv)
{
    watch_options options = {.every_s = 2};
    int code;
    char **words = pstm_command_line_read(&line, argc, argv, &options, &code);
    if (words == NULL) return code;
    options.cube = words[0];
    return pstm_command_end("watch", watch(&options));
}
