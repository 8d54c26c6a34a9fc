#include "qc/survey_files.h"

#include <string.h>

#include "core/memory.h"
#include "core/place.h"
#include "core/write_file.h"
#include "io/segy/write.h"

static const char traces_name[] = "survey.sgy";
static const char header_text[] =
    "Synthetic survey made by pstm synth\nThe right answers are in truth.txt beside it";

static pstm_status write_traces(const pstm_synth *synth, int32_t format, const char *path)
{
    const int64_t n = pstm_acquisition_n_traces(&synth->acquisition);
    const pstm_segy_layout layout = {
        .n_samples = synth->n_samples,
        .sample_s = synth->sample_s,
        .format = format,
        .revision = synth->n_samples > 65535 ? 2 : 1,
        .sorting = PSTM_SEGY_AS_RECORDED,
        .text = header_text,
    };
    pstm_status status = PSTM_OK;
    pstm_segy_writer *writer = NULL;
    float *samples = NULL;
    PSTM_GO(PSTM_NEW(&samples, synth->n_samples, "a trace"));
    PSTM_GO(pstm_segy_writer_create(path, &layout, &writer));
    for (int64_t i = 0; i < n; i++) {
        pstm_trace trace;
        pstm_synth_trace(synth, i, &trace, samples);
        PSTM_GO(pstm_segy_writer_add(writer, &trace, samples));
    }
    PSTM_GO(pstm_segy_writer_close(&writer));
cleanup:
    pstm_segy_writer_abandon(&writer);
    PSTM_FREE(&samples);
    return status;
}

/* Writes DIR/name with what `add` says of the survey. */
static pstm_status write_text(const pstm_synth *synth, const char *folder, const char *name,
                              pstm_status (*add)(const pstm_synth *, pstm_text *))
{
    pstm_text path = {0}, text = {0};
    pstm_status status = PSTM_OK;
    PSTM_GO(pstm_text_add(&path, "%s/%s", folder, name));
    PSTM_GO(add(synth, &text));
    PSTM_GO(pstm_write_file(path.bytes, text.bytes, (size_t)text.length));
cleanup:
    pstm_text_clear(&path);
    pstm_text_clear(&text);
    return status;
}

/* Each begins with a line of its own, by which it is known again. */
static const struct {
    const char *name;
    pstm_status (*add)(const pstm_synth *, pstm_text *);
} texts[] = {{"velocity.txt", pstm_synth_add_velocity},
             {"truth.txt", pstm_synth_add_truth},
             {"job.yaml", pstm_synth_add_job}};
enum { N_TEXTS = sizeof texts / sizeof texts[0] };

static pstm_status check_traces(const char *folder, bool overwrite)
{
    unsigned char line[PSTM_SEGY_LINE_BYTES];
    pstm_text path = {0};
    pstm_segy_put_line(line, 0, header_text, (int)strcspn(header_text, "\n"));
    const pstm_mark mark = {.bytes = line, .n = 64};
    pstm_status status = pstm_text_add(&path, "%s/%s", folder, traces_name);
    if (status == PSTM_OK) status = pstm_place_check_mark(path.bytes, &mark, overwrite);
    pstm_text_clear(&path);
    return status;
}

static pstm_status check_text(const pstm_synth *synth, int i, const char *folder, bool overwrite)
{
    pstm_text path = {0}, text = {0};
    pstm_status status;
    PSTM_GO(pstm_text_add(&path, "%s/%s", folder, texts[i].name));
    PSTM_GO(texts[i].add(synth, &text));
    const pstm_mark mark = {.bytes = text.bytes, .n = strcspn(text.bytes, "\n")};
    PSTM_GO(pstm_place_check_mark(path.bytes, &mark, overwrite));
cleanup:
    pstm_text_clear(&path);
    pstm_text_clear(&text);
    return status;
}

pstm_status pstm_survey_write(const pstm_synth *synth, int32_t format, const char *folder, bool overwrite)
{
    pstm_text path = {0};
    pstm_status status = PSTM_OK;
    PSTM_TRY(pstm_make_folders(folder));
    PSTM_TRY(check_traces(folder, overwrite));
    for (int i = 0; i < N_TEXTS; i++)
        PSTM_TRY(check_text(synth, i, folder, overwrite));
    PSTM_GO(pstm_text_add(&path, "%s/%s", folder, traces_name));
    PSTM_GO(write_traces(synth, format, path.bytes));
    for (int i = 0; i < N_TEXTS; i++)
        PSTM_GO(write_text(synth, folder, texts[i].name, texts[i].add));
cleanup:
    pstm_text_clear(&path);
    return status;
}
