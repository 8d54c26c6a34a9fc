#include "mpi/run/keys.h"

#include "condition/bank.h"
#include "condition/wavelet.h"
#include "io/digest.h"
#include "io/store/store.h"
#include "velocity/model.h"

/* Raised when the same samples and keys give other conditioned traces. */
enum { CONDITION_NUMERICS = 1 };

/* Raised when traces fall to 0 at their ends in another way. */
enum { ENDS_NUMERICS = 1 };

/* Raised when the same traces have other areas or bands, or are live elsewhere. */
enum { AMPLITUDE_NUMERICS = 2 };

/* Raised when the same sums of a kinematic weight with a taper have another stack. */
enum { TAPER_NUMERICS = 1 };

static pstm_status add_input(const pstm_run_survey *survey, pstm_text *text)
{
    char hex[PSTM_DIGEST_CHARS];
    pstm_digest_to_hex(survey->input_digest, hex);
    return pstm_text_add(text, "input: %s\n", hex);
}

static pstm_status add_traces(const pstm_run_survey *survey, const pstm_job *job, int32_t n_levels,
                              pstm_text *text)
{
    if (job->condition.ramps_ends) PSTM_TRY(pstm_text_add(text, "ends: %d\n", ENDS_NUMERICS));
    return pstm_text_add(text, "store: %d.%d.%d\nwavelet: %s\nlevels: %d\n", PSTM_STORE_ROWS,
                         CONDITION_NUMERICS, PSTM_BANK_NUMERICS, pstm_wavelet_name(survey->wavelet),
                         n_levels);
}

pstm_status pstm_run_store_key(const pstm_job *job, const pstm_run_survey *survey, int32_t n_levels,
                               pstm_text *text)
{
    PSTM_TRY(add_input(survey, text));
    PSTM_TRY(add_traces(survey, job, n_levels, text));
    return pstm_job_list(job, PSTM_KEYS_TRACES, text);
}

pstm_status pstm_run_image_key(const pstm_job *job, const pstm_run_survey *survey, const char *numerics_id,
                               int32_t n_levels, const char *velocity_key, pstm_text *text)
{
    PSTM_TRY(add_input(survey, text));
    PSTM_TRY(pstm_text_add(text, "numerics: %s\n", numerics_id));
    PSTM_TRY(add_traces(survey, job, n_levels, text));
    PSTM_TRY(pstm_text_add(text, "columns: %d\nvelocity: %s\n", PSTM_COLUMNS_NUMERICS, velocity_key));
    if (pstm_weight_is_true((int)job->weight))
        PSTM_TRY(pstm_text_add(text, "amplitude: %d\n", AMPLITUDE_NUMERICS));
    else if (job->aperture.taper > 0)
        PSTM_TRY(pstm_text_add(text, "taper sums: %d\n", TAPER_NUMERICS));
    return pstm_job_list(job, PSTM_KEYS_IMAGE, text);
}
