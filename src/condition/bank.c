#include "condition/bank.h"

#include <fftw3.h>
#include <math.h>
#include <string.h>

#include "condition/condition.h"
#include "condition/fft_length.h"
#include "condition/raised_cosine.h"
#include "core/memory.h"

/** Part of the cutoff frequency up to which the gain is 1. From 3/4 on the slope would be so steep that
 * copies ring ahead of the first arrivals, 8 times as loud, where the weight of early times is large. */
static const double FLAT_TO = 0.5;

struct pstm_bank {
    int32_t n_samples, n_levels;
    int32_t n_fft;
    double *gains; /**< [n_levels - 1][n_fft/2 + 1] with the 1/n_fft of FFTW's unscaled transforms */
    fftw_plan forward, inverse;
};

struct pstm_bank_work {
    double *time;                      /**< [n_fft], on FFTW's alignment */
    fftw_complex *spectrum, *filtered; /**< [n_fft/2 + 1] likewise */
};

double pstm_bank_gain(int32_t level, double fraction)
{
    double cutoff = pow(2, -0.5 * level);
    return 1 - pstm_raised_cosine(fraction, FLAT_TO * cutoff, cutoff);
}

static int32_t n_bins(const pstm_bank *bank)
{
    return bank->n_fft / 2 + 1;
}

static pstm_status make_filters(pstm_bank *bank)
{
    PSTM_TRY(PSTM_NEW(&bank->gains, (int64_t)(bank->n_levels - 1) * n_bins(bank), "antialias filters"));
    for (int32_t level = 1; level < bank->n_levels; level++)
        for (int32_t i = 0; i < n_bins(bank); i++)
            bank->gains[(int64_t)(level - 1) * n_bins(bank) + i] =
                pstm_bank_gain(level, 2.0 * i / bank->n_fft) / bank->n_fft;
    return PSTM_OK;
}

/** FFTW_ESTIMATE looks at no clock, so the plan and its rounding are the same in every run. */
static pstm_status make_plans(pstm_bank *bank)
{
    pstm_bank_work *work = NULL;
    PSTM_TRY(pstm_bank_work_create(bank, &work));
    bank->forward = fftw_plan_dft_r2c_1d(bank->n_fft, work->time, work->spectrum, FFTW_ESTIMATE);
    bank->inverse = fftw_plan_dft_c2r_1d(bank->n_fft, work->filtered, work->time, FFTW_ESTIMATE);
    pstm_bank_work_destroy(&work);
    if (!bank->forward || !bank->inverse)
        return pstm_fail(PSTM_SYSTEM, "FFTW made no plan for traces of %d samples", bank->n_fft);
    return PSTM_OK;
}

pstm_status pstm_bank_create(int32_t n_samples, int32_t n_levels, pstm_bank **out)
{
    pstm_bank *bank = NULL;
    pstm_status status = PSTM_OK;
    PSTM_GO(PSTM_NEW(&bank, 1, "the antialias bank"));
    bank->n_samples = n_samples;
    bank->n_levels = n_levels;
    bank->n_fft = pstm_fft_length(2 * ((int64_t)n_samples + PSTM_CONDITION_FADE));
    if (n_levels > 1) {
        PSTM_GO(make_filters(bank));
        PSTM_GO(make_plans(bank));
    }
    *out = bank;
    bank = NULL;
cleanup:
    pstm_bank_destroy(&bank);
    return status;
}

void pstm_bank_destroy(pstm_bank **bank)
{
    if (!*bank) return;
    if ((*bank)->forward) fftw_destroy_plan((*bank)->forward);
    if ((*bank)->inverse) fftw_destroy_plan((*bank)->inverse);
    PSTM_FREE(&(*bank)->gains);
    PSTM_FREE(bank);
}

int64_t pstm_bank_work_bytes(const pstm_bank *bank)
{
    if (bank->n_levels == 1) return 0;
    return bank->n_fft * (int64_t)sizeof(double) + 2 * (int64_t)n_bins(bank) * (int64_t)sizeof(fftw_complex);
}

pstm_status pstm_bank_work_create(const pstm_bank *bank, pstm_bank_work **out)
{
    pstm_bank_work *work = NULL;
    pstm_status status = PSTM_OK;
    PSTM_GO(PSTM_NEW(&work, 1, "an antialias thread"));
    if (bank->n_levels > 1) {
        work->time = fftw_alloc_real((size_t)bank->n_fft);
        work->spectrum = fftw_alloc_complex((size_t)n_bins(bank));
        work->filtered = fftw_alloc_complex((size_t)n_bins(bank));
        if (!work->time || !work->spectrum || !work->filtered)
            PSTM_GO(pstm_fail(PSTM_SYSTEM, "no memory for an FFT of %d samples", bank->n_fft));
    }
    *out = work;
    work = NULL;
cleanup:
    pstm_bank_work_destroy(&work);
    return status;
}

void pstm_bank_work_destroy(pstm_bank_work **work)
{
    if (!*work) return;
    fftw_free((*work)->time);
    fftw_free((*work)->spectrum);
    fftw_free((*work)->filtered);
    PSTM_FREE(work);
}

/** Puts the live window into the FFT's buffer, its end values fading out on both sides. */
static void load_continued(const pstm_bank *bank, const float *live, int32_t n_live, double *time)
{
    memset(time, 0, (size_t)bank->n_fft * sizeof *time);
    double *to = time + PSTM_CONDITION_FADE;
    for (int32_t i = 0; i < n_live; i++)
        to[i] = live[i];
    for (int32_t i = 1; i < PSTM_CONDITION_FADE; i++) {
        double fade = 1.0 - pstm_raised_cosine(i, 0.0, PSTM_CONDITION_FADE);
        to[-i] = live[0] * fade;
        to[n_live - 1 + i] = live[n_live - 1] * fade;
    }
}

void pstm_bank_apply(const pstm_bank *bank, pstm_bank_work *work, int32_t live_first, int32_t live_last,
                     float *samples, int64_t stride)
{
    int32_t n_live = live_last - live_first + 1;
    for (int32_t level = 1; level < bank->n_levels; level++)
        memset(samples + level * stride, 0, (size_t)bank->n_samples * sizeof *samples);
    if (n_live <= 0 || bank->n_levels == 1) return;
    load_continued(bank, samples + live_first, n_live, work->time);
    fftw_execute_dft_r2c(bank->forward, work->time, work->spectrum);
    for (int32_t level = 1; level < bank->n_levels; level++) {
        const double *gains = bank->gains + (int64_t)(level - 1) * n_bins(bank);
        for (int32_t i = 0; i < n_bins(bank); i++) {
            work->filtered[i][0] = work->spectrum[i][0] * gains[i];
            work->filtered[i][1] = work->spectrum[i][1] * gains[i];
        }
        fftw_execute_dft_c2r(bank->inverse, work->filtered, work->time);
        float *copy = samples + level * stride + live_first;
        for (int32_t i = 0; i < n_live; i++)
            copy[i] = (float)work->time[PSTM_CONDITION_FADE + i];
    }
}
