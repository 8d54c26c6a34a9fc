#include "mpi/survey/inputs.h"

#include <math.h>
#include <sys/stat.h>

#include "core/memory.h"

static pstm_status open_file(pstm_inputs *inputs, const pstm_input_options *how, int64_t i)
{
    PSTM_TRY(pstm_segy_open(how->segy.text[i], how, &inputs->files[i]));
    const pstm_segy *file = inputs->files[i], *first = inputs->files[0];
    if (fabs(pstm_segy_sample_s(file) - pstm_segy_sample_s(first)) > 1e-9)
        return pstm_fail(
            PSTM_DATA,
            "%s has a sample interval of %g ms, %s one of %g ms; migrate them in jobs of their own, "
            "or resample them first",
            pstm_segy_path(file), 1e3 * pstm_segy_sample_s(file), pstm_segy_path(first),
            1e3 * pstm_segy_sample_s(first));
    inputs->n_traces += pstm_segy_n_traces(file);
    if (pstm_segy_n_samples(file) > inputs->n_samples) inputs->n_samples = pstm_segy_n_samples(file);
    inputs->sample_s = pstm_segy_sample_s(first);
    return PSTM_OK;
}

pstm_status pstm_inputs_open(const pstm_input_options *how, pstm_inputs **out)
{
    pstm_inputs *inputs = NULL;
    pstm_status status;
    PSTM_GO(PSTM_NEW(&inputs, 1, "the input files"));
    PSTM_GO(PSTM_NEW(&inputs->files, how->segy.n, "the input files"));
    inputs->n_files = how->segy.n;
    for (int64_t i = 0; i < how->segy.n; i++)
        PSTM_GO(open_file(inputs, how, i));
    *out = inputs;
    return PSTM_OK;
cleanup:
    pstm_inputs_close(&inputs);
    return status;
}

const char *pstm_inputs_newer(const pstm_inputs *inputs, const struct timespec *time)
{
    for (int64_t f = 0; f < inputs->n_files; f++) {
        const char *path = pstm_segy_path(inputs->files[f]);
        struct stat about;
        if (stat(path, &about) != 0) continue;
        const struct timespec *own = &about.st_mtim;
        if (own->tv_sec > time->tv_sec || (own->tv_sec == time->tv_sec && own->tv_nsec > time->tv_nsec))
            return path;
    }
    return NULL;
}

void pstm_inputs_close(pstm_inputs **inputs_at)
{
    pstm_inputs *inputs = *inputs_at;
    if (inputs == NULL) return;
    for (int64_t i = 0; i < inputs->n_files; i++)
        pstm_segy_close(&inputs->files[i]);
    PSTM_FREE(&inputs->files);
    PSTM_FREE(inputs_at);
}
