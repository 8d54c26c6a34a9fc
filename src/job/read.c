#include "job/job.h"

#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "core/plain_text.h"
#include "job/convert.h"
#include "job/schema.h"
#include "job/validate.h"
#include "job/values.h"
#include "job/yaml_tree.h"
#include "sum/weights.h"
#include "survey/bins.h"

enum { JOB_BYTES_LIMIT = 1 << 20 }; /* far above any job; a data file given by mistake is refused at once */

/* Everything that lives while a job is read. sources[0] is the file, sources[1 ...] are the settings. */
typedef struct reading {
    pstm_job_source *sources;
    size_t n_sources;
    pstm_job_value *values; /* of each key */
    char *folder;           /* of the job file, with its "/"; "" for the working folder */
} reading;

static pstm_status find_folder(const char *path, char **folder)
{
    PSTM_TRY(pstm_copy_text(folder, path));
    char *slash = strrchr(*folder, '/');
    if (slash == NULL)
        (*folder)[0] = '\0';
    else
        slash[1] = '\0';
    return PSTM_OK;
}

/* words NULL: what is in the file. */
static pstm_status read_words(reading *r, const char *path, const char *words)
{
    pstm_text text = {0};
    PSTM_TRY(words != NULL ? pstm_text_add(&text, "%s", words)
                           : pstm_text_read_file(&text, path, JOB_BYTES_LIMIT));
    r->sources[0] = (pstm_job_source){.name = path, .is_file = true, .folder = r->folder};
    pstm_status status = pstm_plain_text_make(&text, path, PSTM_USAGE);
    if (status == PSTM_OK) status = pstm_yaml_parse(text.bytes, text.length, path, &r->sources[0].tree);
    pstm_text_clear(&text);
    return status;
}

/* Makes of "a.b=value" the tree of the map {a.b: value}; blanks round the key do not count. */
static pstm_status read_setting(const char *setting, pstm_job_source *source)
{
    const char *equals = strchr(setting, '=');
    const char *key = setting + strspn(setting, " \t"), *end = equals;
    while (end != NULL && end > key && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    if (end == NULL || end <= key)
        return pstm_fail(PSTM_USAGE, "--set %s: must look like key.sub=value", setting);
    *source = (pstm_job_source){.name = setting, .folder = ""};
    pstm_yaml *map;
    PSTM_TRY(PSTM_NEW(&map, 1, "a setting"));
    source->tree = map;
    map->kind = PSTM_YAML_MAP;
    map->line = map->column = 1;
    const pstm_status status = pstm_yaml_parse(equals + 1, (int64_t)strlen(equals + 1), NULL, &map->first);
    if (status != PSTM_OK) return pstm_while(status, "--set %s", setting);
    PSTM_TRY(pstm_copy_text(&map->first->key, key));
    map->first->key[end - key] = '\0';
    return PSTM_OK;
}

static pstm_status read_sources(reading *r, const char *path, const char *words, const char *const *settings,
                                size_t n_settings)
{
    PSTM_TRY(PSTM_NEW(&r->values, (int64_t)pstm_n_keys, "the keys of the job"));
    PSTM_TRY(PSTM_NEW(&r->sources, (int64_t)n_settings + 1, "the settings"));
    r->n_sources = n_settings + 1;
    PSTM_TRY(find_folder(path, &r->folder));
    PSTM_TRY(read_words(r, path, words));
    for (size_t i = 0; i < n_settings; i++)
        PSTM_TRY(read_setting(settings[i], &r->sources[i + 1]));
    for (size_t i = 0; i < r->n_sources; i++)
        PSTM_TRY(pstm_job_values_take(r->values, &r->sources[i]));
    return PSTM_OK;
}

static pstm_status fail_missing(const reading *r)
{
    pstm_text missing = {0};
    pstm_status status = PSTM_OK;
    int64_t n = 0;
    for (size_t i = 0; i < pstm_n_keys; i++) {
        if (pstm_schema[i].initial != NULL || r->values[i].node != NULL) continue;
        PSTM_GO(pstm_text_add(&missing, "%s%s", n++ == 0 ? "" : ", ", pstm_schema[i].path));
    }
    if (n > 0)
        status = pstm_fail(PSTM_USAGE, "%s: missing: %s; docs/job.md tells what they mean",
                           r->sources[0].name, missing.bytes);
cleanup:
    pstm_text_clear(&missing);
    return status;
}

static pstm_status read_key(const reading *r, size_t i, pstm_job *job)
{
    const pstm_key *key = &pstm_schema[i];
    const pstm_job_value *value = &r->values[i];
    if (value->node != NULL) {
        const pstm_status status = pstm_key_read(key, value->node, value->source->folder, job);
        char place[512];
        if (status == PSTM_OK) return PSTM_OK;
        return pstm_while(status, "%s: %s", pstm_job_place(value->source, value->node, place, sizeof place),
                          key->path);
    }
    if (key->initial == NULL) return PSTM_OK; /* fail_missing() tells them together */
    pstm_yaml node = {.kind = PSTM_YAML_SCALAR};
    PSTM_TRY(pstm_copy_text(&node.text, key->initial));
    const pstm_status status = pstm_key_read(key, &node, "", job);
    PSTM_FREE(&node.text);
    return status == PSTM_OK ? PSTM_OK : pstm_while(status, "default of %s", key->path);
}

static pstm_status fill_job(const reading *r, pstm_job *job)
{
    PSTM_TRY(pstm_copy_text(&job->path, r->sources[0].name));
    for (size_t i = 0; i < pstm_n_keys; i++)
        PSTM_TRY(read_key(r, i, job));
    PSTM_TRY(fail_missing(r));
    job->velocity.scale = job->velocity.scales.factor[0];
    job->velocity.constant_m_s = job->velocity.constant * job->velocity.unit_m_s * job->velocity.scale;
    pstm_grid_prepare(&job->grid);
    job->velocity.grid = &job->grid;
    if (job->input.geometry == PSTM_GEOMETRY_CDP_OFFSET &&
        job->input.offset_azimuth_deg == PSTM_AZIMUTH_OF_GRID)
        job->input.offset_azimuth_deg = job->grid.azimuth_deg;
    job->condition.ramps_ends = pstm_weight_is_true((int)job->weight);
    PSTM_TRY(pstm_job_validate(job, r->values, &r->sources[0]));
    pstm_bins_tidy(&job->bins);
    return PSTM_OK;
}

pstm_status pstm_job_read_text(const char *name, const char *text, const char *const *settings,
                               size_t n_settings, pstm_job **job)
{
    reading r = {0};
    pstm_job *new_job = NULL;
    pstm_status status;
    PSTM_GO(PSTM_NEW(&new_job, 1, "the job"));
    PSTM_GO(read_sources(&r, name, text, settings, n_settings));
    PSTM_GO(fill_job(&r, new_job));
    *job = new_job;
    new_job = NULL;
cleanup:
    pstm_job_destroy(&new_job);
    for (size_t i = 0; i < r.n_sources; i++)
        pstm_yaml_destroy(&r.sources[i].tree);
    PSTM_FREE(&r.sources);
    PSTM_FREE(&r.values);
    PSTM_FREE(&r.folder);
    return status;
}

pstm_status pstm_job_read(const char *path, const char *const *settings, size_t n_settings, pstm_job **job)
{
    pstm_job *new_job = NULL;
    PSTM_TRY(pstm_job_read_text(path, NULL, settings, n_settings, &new_job));
    if (new_job->velocity.scales.n > 1) {
        const pstm_status status = pstm_fail(
            PSTM_USAGE,
            "%s: velocity.scale: a list of factors is for `pstm run`; choose one: --set velocity.scale=%.10g",
            path, new_job->velocity.scale);
        pstm_job_destroy(&new_job);
        return status;
    }
    *job = new_job;
    return PSTM_OK;
}

/* ---- a job for each factor --------------------------------------------------------------------------- */

/* Before the ending of the file's name, or behind a name without one. */
static pstm_status add_cube_setting(const char *file, double factor, pstm_text *text)
{
    const char *slash = strrchr(file, '/'), *name = slash == NULL ? file : slash + 1;
    const char *dot = strrchr(name, '.');
    const int n_before = (int)(dot == NULL || dot == name ? strlen(file) : (size_t)(dot - file));
    pstm_text cube = {0};
    pstm_status status =
        pstm_text_add(&cube, "%.*s.v%04d%s", n_before, file, (int)nearbyint(1000 * factor), file + n_before);
    if (status == PSTM_OK) status = pstm_text_add(text, "output.file=");
    if (status == PSTM_OK) status = pstm_word_print(cube.bytes, text);
    pstm_text_clear(&cube);
    return status;
}

/* The job that one would write for this factor alone. */
static pstm_status read_factor(const char *path, const pstm_settings *settings, const pstm_job *all,
                               double factor, pstm_job **job)
{
    pstm_status status = PSTM_OK;
    pstm_text scale = {0}, cube = {0};
    const char **texts = NULL;
    PSTM_GO(pstm_text_add(&scale, "velocity.scale=%.17g", factor));
    PSTM_GO(add_cube_setting(all->output.file, factor, &cube));
    PSTM_GO(PSTM_NEW(&texts, (int64_t)settings->n + 2, "the settings of an image"));
    for (size_t i = 0; i < settings->n; i++)
        texts[i] = settings->text[i];
    texts[settings->n] = scale.bytes;
    texts[settings->n + 1] = cube.bytes;
    PSTM_GO(pstm_job_read_text(path, NULL, texts, settings->n + 2, job));
cleanup:
    PSTM_FREE(&texts);
    pstm_text_clear(&scale);
    pstm_text_clear(&cube);
    return status;
}

pstm_status pstm_jobs_read(const char *path, const pstm_settings *settings, pstm_jobs *out)
{
    pstm_status status = PSTM_OK;
    pstm_jobs jobs = {0};
    pstm_job *all = NULL;
    PSTM_GO(pstm_job_read_text(path, NULL, settings->text, settings->n, &all));
    const pstm_scales *scales = &all->velocity.scales;
    if (scales->n == 1) {
        jobs.job[jobs.n++] = all;
        all = NULL;
    } else {
        for (int32_t i = 0; i < scales->n; i++) {
            PSTM_GO(read_factor(path, settings, all, scales->factor[i], &jobs.job[i]));
            jobs.n++;
        }
    }
    *out = jobs;
    jobs = (pstm_jobs){0};
cleanup:
    pstm_job_destroy(&all);
    pstm_jobs_clear(&jobs);
    return status;
}

void pstm_jobs_clear(pstm_jobs *jobs)
{
    for (int i = 0; i < jobs->n; i++)
        pstm_job_destroy(&jobs->job[i]);
    jobs->n = 0;
}

void pstm_job_destroy(pstm_job **job)
{
    if (*job == NULL) return;
    for (size_t i = 0; i < pstm_n_keys; i++)
        pstm_key_clear(&pstm_schema[i], *job);
    PSTM_FREE(&(*job)->path);
    PSTM_FREE(job);
}
