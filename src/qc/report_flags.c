#include "qc/report_flags.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/place.h"
#include "core/text.h"

/* Parts above which a flag goes up; short runs, whose seconds are all starts and ends, raise none of time. */
static const double MANY_DROPPED = 0.05, MUCH_BARE = 0.5, UNEVEN = 1.3, MUCH_WAITING = 0.4,
                    MUCH_WRITING = 0.3;
static const double SHORT_S = 20;

static const struct {
    const char *word, *title, *advice;
} flags[] = {
#define ENTRY(NAME, title, advice) {#NAME, title, advice},
    PSTM_REPORT_FLAG_LIST(ENTRY)
#undef ENTRY
};

const char *pstm_report_flag_word(pstm_report_flag flag)
{
    return flags[flag].word;
}

const char *pstm_report_flag_title(pstm_report_flag flag)
{
    return flags[flag].title;
}

const char *pstm_report_flag_advice(pstm_report_flag flag)
{
    return flags[flag].advice;
}

static uint64_t bit(pstm_report_flag flag, bool is_raised)
{
    return is_raised ? UINT64_C(1) << flag : 0;
}

uint64_t pstm_report_flags_raise(const pstm_report_facts *f)
{
    const bool is_long = f->has_profile && f->wall_s > SHORT_S;
    const bool is_stopped = f->has_progress && !f->is_finished;
    const bool is_slow = strstr(f->kernel, "portable") != NULL || strstr(f->kernel, "reference") != NULL;
    return bit(PSTM_REPORT_FLAG_STOPPED, is_stopped) |
           bit(PSTM_REPORT_FLAG_UNFINISHED, !is_stopped && f->share_done < 1) |
           bit(PSTM_REPORT_FLAG_DOUBTED, f->n_doubts > 0) |
           bit(PSTM_REPORT_FLAG_DROPPED,
               f->n_dropped > MANY_DROPPED * (f->n_traces + f->n_dropped) && f->n_traces > 0) |
           bit(PSTM_REPORT_FLAG_BARE, f->bare_share > MUCH_BARE) |
           bit(PSTM_REPORT_FLAG_SLOW_KERNEL, is_slow) |
           bit(PSTM_REPORT_FLAG_UNEVEN, is_long && f->sum_most_s > UNEVEN * f->sum_mean_s) |
           bit(PSTM_REPORT_FLAG_WAITING, is_long && f->wait_share > MUCH_WAITING) |
           bit(PSTM_REPORT_FLAG_WRITING, is_long && f->write_share > MUCH_WRITING);
}

/* ---- files ------------------------------------------------------------------------------------------- */

/* The JSON of the file beside the cube; *root NULL: there is none. */
static pstm_status load(const char *cube_path, const char *ending, json_t **root)
{
    pstm_text path = {0};
    bool taken = false;
    json_error_t error;
    *root = NULL;
    pstm_status status = pstm_text_add(&path, "%s%s", cube_path, ending);
    if (status == PSTM_OK) status = pstm_place_is_taken(path.bytes, &taken);
    if (status == PSTM_OK && taken) {
        *root = json_load_file(path.bytes, 0, &error);
        if (*root == NULL)
            status = pstm_fail(PSTM_DATA, "%s is no JSON: line %d: %s", path.bytes, error.line, error.text);
    }
    pstm_text_clear(&path);
    return status;
}

static double number_at(const json_t *object, const char *key, const char *member)
{
    const json_t *inner = json_object_get(object, key);
    return json_number_value(member == NULL ? inner : json_object_get(inner, member));
}

/* The part of the compute lanes' time in which they waited. */
static double find_wait(const json_t *ranks)
{
    double waited_s = 0, all_s = 0;
    size_t i;
    json_t *rank, *lane;
    const char *name;
    json_array_foreach(ranks, i, rank) json_object_foreach(json_object_get(rank, "lanes"), name, lane)
    {
        if (strncmp(name, "compute", 7) != 0) continue;
        waited_s += number_at(lane, "phases_s", "wait");
        all_s += number_at(lane, "wall_s", NULL);
    }
    return all_s > 0 ? waited_s / all_s : 0;
}

static void take_profile(const json_t *root, pstm_report_facts *f)
{
    const json_t *phases = json_object_get(root, "phases");
    f->has_profile = true;
    f->wall_s = number_at(root, "wall_s", NULL);
    f->sum_mean_s = number_at(phases, "sum", "mean_s");
    f->sum_most_s = number_at(phases, "sum", "max_s");
    f->wait_share = find_wait(json_object_get(root, "ranks"));
    if (f->wall_s > 0)
        f->write_share =
            (number_at(phases, "write", "max_s") + number_at(phases, "sync", "max_s")) / f->wall_s;
    f->n_traces = number_at(root, "aperture", "n_traces");
}

pstm_status pstm_report_facts_read(const char *cube_path, pstm_report_facts *facts)
{
    json_t *progress = NULL, *profile = NULL;
    pstm_status status;
    PSTM_GO(load(cube_path, PSTM_PROGRESS_ENDING, &progress));
    PSTM_GO(load(cube_path, PSTM_JSON_ENDING, &profile));
    facts->has_progress = progress != NULL;
    const char *state = json_string_value(json_object_get(progress, "state"));
    facts->is_finished = state != NULL && strcmp(state, "finished") == 0;
    if (profile != NULL) take_profile(profile, facts);
cleanup:
    json_decref(progress);
    json_decref(profile);
    return status;
}
