#include "job/validate.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/place.h"
#include "core/text.h"
#include "device/device_list.h"
#include "job/files.h"
#include "survey/bins.h"

typedef struct context {
    const pstm_job *job;
    const pstm_job_value *values;
    const pstm_job_source *file;
    char at[512];
} context;

/* "place: path" for an error about this key; a key that was not given stands nowhere in the file. */
static const char *at(context *c, const char *path)
{
    const pstm_job_value *value = &c->values[pstm_key_find(path) - pstm_schema];
    char place[384];
    pstm_job_place(value->node == NULL ? c->file : value->source, value->node, place, sizeof place);
    snprintf(c->at, sizeof c->at, "%s: %s", place, path);
    return c->at;
}

static pstm_status check_velocity(context *c)
{
    const pstm_velocity_options *velocity = &c->job->velocity;
    const bool constant = velocity->constant != 0, file = velocity->file != NULL;
    if (constant && file)
        return pstm_fail(PSTM_USAGE,
                         "%s: velocity.constant is given too; keep one (`--set velocity.constant=off` or "
                         "`--set velocity.file=off` takes one away)",
                         at(c, "velocity.file"));
    if (!constant && !file)
        return pstm_fail(PSTM_USAGE, "%s: velocity: missing; give `constant: 2000` (m/s) or `file: vrms.txt`",
                         c->file->name);
    if (!constant || (velocity->constant_m_s >= PSTM_VELOCITY_LEAST_M_S &&
                      velocity->constant_m_s <= PSTM_VELOCITY_MOST_M_S))
        return PSTM_OK;
    return pstm_fail(PSTM_USAGE, "%s: %.10g makes a vrms of %.10g m/s, outside %.0f-%.0f m/s; %s",
                     at(c, "velocity.constant"), velocity->constant, velocity->constant_m_s,
                     PSTM_VELOCITY_LEAST_M_S, PSTM_VELOCITY_MOST_M_S,
                     velocity->constant_m_s < PSTM_VELOCITY_LEAST_M_S
                         ? "if it is in km/s, write `units: km/s`"
                         : "look at `units` and `scale`");
}

/* `vti` and an eta want each other. */
static pstm_status check_eta(context *c)
{
    const pstm_velocity_options *velocity = &c->job->velocity;
    const bool vti = c->job->traveltime == PSTM_TRAVELTIME_VTI;
    const bool constant = velocity->eta != 0, file = velocity->eta_file != NULL;
    const char *key = file ? "velocity.eta_file" : "velocity.eta";
    if (constant && file) return pstm_fail(PSTM_USAGE, "%s: velocity.eta is given too; keep one", at(c, key));
    if (vti && !constant && !file)
        return pstm_fail(PSTM_USAGE,
                         "%s: `vti` wants velocity.eta or velocity.eta_file; without anisotropy say `curved`",
                         at(c, "migrate.traveltime"));
    if (!vti && (constant || file))
        return pstm_fail(PSTM_USAGE,
                         "%s: only `migrate.traveltime: vti` takes an eta; say that, or `off` here",
                         at(c, key));
    return PSTM_OK;
}

static pstm_status check_labels(context *c, const char *path, int32_t first, int32_t n)
{
    if ((int64_t)first + n - 1 <= INT32_MAX) return PSTM_OK;
    return pstm_fail(PSTM_USAGE, "%s: the last number, %d + %d - 1, passes %d; lower one of them",
                     at(c, path), first, n, INT32_MAX);
}

/* The image in bytes must be countable; whether it fits a disk or memory is found elsewhere. */
static pstm_status check_grid(context *c)
{
    const pstm_grid *grid = &c->job->grid;
    const int32_t n_classes = pstm_bins_n_classes(&c->job->bins);
    int64_t bytes = (int64_t)sizeof(float);
    PSTM_TRY(check_labels(c, "grid.inline.n", grid->first_inline, grid->n_inline));
    PSTM_TRY(check_labels(c, "grid.crossline.n", grid->first_crossline, grid->n_crossline));
    if (__builtin_mul_overflow(bytes, grid->n_inline, &bytes) ||
        __builtin_mul_overflow(bytes, grid->n_crossline, &bytes) ||
        __builtin_mul_overflow(bytes, grid->n_times, &bytes) ||
        __builtin_mul_overflow(bytes, n_classes, &bytes))
        return pstm_fail(
            PSTM_USAGE,
            "%s: %d inlines x %d crosslines x %d times x %d classes are more than can be counted; "
            "lower one of them",
            at(c, "grid.inline.n"), grid->n_inline, grid->n_crossline, grid->n_times, n_classes);
    return PSTM_OK;
}

static pstm_status check_bins(context *c)
{
    const char *key = NULL;
    const pstm_status status = pstm_bins_check(&c->job->bins, &key);
    return status == PSTM_OK ? PSTM_OK : pstm_while(status, "%s", at(c, key));
}

/* A box on one axis must touch the axis; a range without bounds on the axis has no use. */
static pstm_status check_range(context *c, const char *path, const pstm_range *range, double first,
                               double last)
{
    if (!range->set || (range->last >= first && range->first <= last)) return PSTM_OK;
    return pstm_fail(PSTM_USAGE, "%s: %.10g to %.10g lies outside the grid, which goes from %.10g to %.10g",
                     at(c, path), range->first, range->last, first, last);
}

static pstm_status check_lines(context *c)
{
    const pstm_grid *grid = &c->job->grid;
    const pstm_names *lines = &c->job->target.lines;
    for (int64_t i = 0; i < lines->n; i++) {
        const bool is_inline = lines->text[i][0] == 'i';
        const int64_t label = strtoll(strchr(lines->text[i], ' '), NULL, 10);
        const int64_t first = is_inline ? grid->first_inline : grid->first_crossline;
        const int64_t last = first + (is_inline ? grid->n_inline : grid->n_crossline) - 1;
        if (label < first || label > last)
            return pstm_fail(PSTM_USAGE,
                             "%s: `%s` lies outside the grid, which goes from %" PRId64 " to %" PRId64,
                             at(c, "target.lines"), lines->text[i], first, last);
    }
    return PSTM_OK;
}

static pstm_status check_tiles(context *c)
{
    const pstm_job *job = c->job;
    const int64_t rows = ((int64_t)job->grid.n_inline + job->tile_inline - 1) / job->tile_inline;
    const int64_t columns = ((int64_t)job->grid.n_crossline + job->tile_crossline - 1) / job->tile_crossline;
    for (int64_t i = 0; i < job->target.tiles.n; i++) {
        const char *text = job->target.tiles.text[i], *dash = strchr(text, '-');
        const int64_t last = strtoll(dash == NULL ? text : dash + 1, NULL, 10);
        if (last >= rows * columns)
            return pstm_fail(PSTM_USAGE, "%s: there is no tile %" PRId64 "; the last one is %" PRId64,
                             at(c, "target.tiles"), last, rows * columns - 1);
    }
    return PSTM_OK;
}

static pstm_status check_target(context *c)
{
    const pstm_grid *grid = &c->job->grid;
    const pstm_target_options *target = &c->job->target;
    PSTM_TRY(check_range(c, "target.inlines", &target->inlines, grid->first_inline,
                         (double)grid->first_inline + grid->n_inline - 1));
    PSTM_TRY(check_range(c, "target.crosslines", &target->crosslines, grid->first_crossline,
                         (double)grid->first_crossline + grid->n_crossline - 1));
    PSTM_TRY(check_range(c, "target.time", &target->time_s, grid->time_first_s,
                         pstm_grid_time_s(grid, grid->n_times - 1)));
    PSTM_TRY(check_lines(c));
    return check_tiles(c);
}

/* Where the file itself is there, its odd name is meant. */
static pstm_status check_expanded(context *c, const char *key, const pstm_yaml *node)
{
    const char *folder = c->values[pstm_key_find(key) - pstm_schema].source->folder;
    pstm_text path = {0};
    if (node->kind != PSTM_YAML_SCALAR || !pstm_path_is_for_shell(node->text)) return PSTM_OK;
    PSTM_TRY(pstm_text_add(&path, "%s%s", node->text[0] == '/' ? "" : folder, node->text));
    bool taken;
    const pstm_status status = pstm_place_is_taken(path.bytes, &taken);
    pstm_text_clear(&path);
    if (status != PSTM_OK || taken) return status;
    return pstm_fail(PSTM_USAGE,
                     "%s: `%s`: `~` and `$NAME` are not expanded here; write the path out, or have the shell "
                     "do it: --set %s=\"$HOME/...\"",
                     at(c, key), node->text, key);
}

static pstm_status check_paths(context *c)
{
    static const char *const keys[] = {"input.segy", "velocity.file", "velocity.eta_file", "output.file"};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        const pstm_yaml *node = c->values[pstm_key_find(keys[k]) - pstm_schema].node;
        if (node == NULL) continue;
        PSTM_TRY(check_expanded(c, keys[k], node));
        for (const pstm_yaml *item = node->first; item != NULL; item = item->next)
            PSTM_TRY(check_expanded(c, keys[k], item));
    }
    return PSTM_OK;
}

static pstm_status check_files(context *c)
{
    const char *key = NULL;
    PSTM_TRY(check_paths(c));
    const pstm_status status = pstm_job_files_check(c->job, &key);
    return status == PSTM_OK || key == NULL ? status : pstm_while(status, "%s", at(c, key));
}

/* Without the angle something must still bound the sum. */
static pstm_status check_aperture(context *c)
{
    if (c->job->aperture.time_dependent || isfinite(c->job->aperture.distance_m)) return PSTM_OK;
    return pstm_fail(PSTM_USAGE,
                     "%s: off leaves the distance alone to limit the aperture, and there is none; give "
                     "`migrate.aperture.distance`",
                     at(c, "optimise.time_dependent_aperture"));
}

/* Of a word of `devices`; `auto` takes a device that has it. */
static bool has_depth_loop(const char *word)
{
#define DEVICE(name, is_automatic, depth_loop, help)                                                         \
    if (strcmp(word, #name) == 0) return depth_loop;
    PSTM_DEVICE_LIST(DEVICE)
#undef DEVICE
    return strcmp(word, "auto") == 0;
}

static pstm_status check_choices(context *c)
{
    const pstm_job *job = c->job;
    PSTM_TRY(check_aperture(c));
    if (!job->time_domain && !has_depth_loop(job->device))
        return pstm_fail(PSTM_USAGE,
                         "%s: the depth loop exists on the reference device only; say "
                         "`devices: reference`",
                         at(c, "optimise.time_domain"));
    if (!pstm_job_writes_gathers(job) && !job->output.stack)
        return pstm_fail(PSTM_USAGE,
                         "%s: with neither stack nor gathers there is no image to write; turn one on",
                         at(c, "output.stack"));
    return PSTM_OK;
}

pstm_status pstm_job_validate(const pstm_job *job, const pstm_job_value *values, const pstm_job_source *file)
{
    context c = {.job = job, .values = values, .file = file};
    PSTM_TRY(check_velocity(&c));
    PSTM_TRY(check_eta(&c));
    PSTM_TRY(check_bins(&c));
    PSTM_TRY(check_grid(&c));
    PSTM_TRY(check_target(&c));
    PSTM_TRY(check_files(&c));
    return check_choices(&c);
}
