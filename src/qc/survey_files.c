#include "qc/survey_files.h"

#include "core/memory.h"
#include "core/write_file.h"
#include "io/segy/write.h"

static pstm_status write_traces(const pstm_synth *synth, int32_t format, const char *path)
{
    const int64_t n = pstm_acquisition_n_traces(&synth->acquisition);
    const pstm_segy_layout layout = {
        .n_samples = synth->n_samples,
        .sample_s = synth->sample_s,
        .format = format,
        .revision = synth->n_samples > 65535 ? 2 : 1,
        .text = "Synthetic survey made by pstm synth\nThe right answers are in truth.txt beside it",
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

pstm_status pstm_survey_write(const pstm_synth *synth, int32_t format, const char *folder)
{
    pstm_text path = {0};
    pstm_status status = PSTM_OK;
    PSTM_TRY(pstm_make_folders(folder));
    PSTM_GO(pstm_text_add(&path, "%s/survey.sgy", folder));
    PSTM_GO(write_traces(synth, format, path.bytes));
    PSTM_GO(write_text(synth, folder, "velocity.txt", pstm_synth_add_velocity));
    PSTM_GO(write_text(synth, folder, "truth.txt", pstm_synth_add_truth));
    PSTM_GO(write_text(synth, folder, "job.yaml", pstm_synth_add_job));
cleanup:
    pstm_text_clear(&path);
    return status;
}
