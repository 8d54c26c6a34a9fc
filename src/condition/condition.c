#include "condition/condition.h"

#include <fftw3.h>
#include <math.h>
#include <string.h>

#include "condition/fft_length.h"
#include "condition/raised_cosine.h"
#include "condition/wavelet.h"
#include "core/memory.h"

static const double PI = 3.14159265358979323846;

/** The AGC's gain stops growing where the rms falls 100 dB below the trace's largest sample: the filters'
 * single-precision noise lies lower. */
static const double AGC_FLOOR = 1e-5;

/** Samples this near to the border of a mute count as on it: times in decimal seconds are not exact. */
static const double BORDER_SAMPLES = 1e-6;

struct pstm_conditioner {
    pstm_condition_options options;
    int32_t n_samples;
    double sample_s;
    int32_t n_fft;         /**< padded length: at least twice the trace, of small factors */
    int32_t agc_half;      /**< samples on each side of the AGC window's centre; -1: no AGC */
    fftwf_complex *before; /**< [n_fft/2 + 1] filter before the AGC; NULL: none */
    fftwf_complex *after;  /**< [n_fft/2 + 1] filter after it; NULL: none */
    fftwf_plan forward, inverse;
};

struct pstm_condition_work {
    float *time;             /**< [n_fft], on FFTW's alignment */
    fftwf_complex *spectrum; /**< [n_fft/2 + 1], on FFTW's alignment */
    double *sum_left;        /**< [n_samples + 2 agc_half] AGC: sums from a block's start */
    double *sum_right;       /**< the same: sums to a block's end */
};

/* ---- creation ---- */

static double trapezium(const double corners_hz[4], double hz)
{
    return pstm_raised_cosine(hz, corners_hz[0], corners_hz[1]) *
           (1.0 - pstm_raised_cosine(hz, corners_hz[2], corners_hz[3]));
}

/**
 * The spectrum of a filter, with the 1/n_fft of FFTW's unscaled transforms. The Nyquist frequency is left
 * out: its phase cannot be sampled.
 */
static pstm_status make_filter(const pstm_conditioner *self, bool bandpass, pstm_wavelet wavelet,
                               fftwf_complex **out)
{
    int32_t n_bins = self->n_fft / 2 + 1;
    fftwf_complex *filter = fftwf_alloc_complex((size_t)n_bins);
    if (!filter) return pstm_fail(PSTM_SYSTEM, "no memory for a filter of %d frequencies", n_bins);
    for (int32_t i = 0; i < n_bins; i++) {
        double hz = i / (self->n_fft * self->sample_s), real, imaginary;
        pstm_wavelet_factor(wavelet, 2.0 * PI * hz, &real, &imaginary);
        double scale = (bandpass ? trapezium(self->options.bandpass_hz, hz) : 1.0) / self->n_fft;
        if (i == n_bins - 1) scale = 0.0;
        filter[i][0] = (float)(scale * real);
        filter[i][1] = (float)(scale * imaginary);
    }
    *out = filter;
    return PSTM_OK;
}

/** Without an AGC between them, band-pass and wavelet filter are one filter. */
static pstm_status make_filters(pstm_conditioner *self, pstm_wavelet wavelet)
{
    bool has_agc = self->agc_half >= 0, bandpass = self->options.bandpass;
    if (has_agc && bandpass) PSTM_TRY(make_filter(self, true, PSTM_WAVELET_OFF, &self->before));
    bool bandpass_after = bandpass && !has_agc;
    if (bandpass_after || wavelet != PSTM_WAVELET_OFF)
        PSTM_TRY(make_filter(self, bandpass_after, wavelet, &self->after));
    return PSTM_OK;
}

/** FFTW_ESTIMATE looks at no clock, so the plan and its rounding are the same in every run. */
static pstm_status make_plans(pstm_conditioner *self)
{
    float *time = fftwf_alloc_real((size_t)self->n_fft);
    fftwf_complex *spectrum = fftwf_alloc_complex((size_t)self->n_fft / 2 + 1);
    if (time && spectrum) {
        self->forward = fftwf_plan_dft_r2c_1d(self->n_fft, time, spectrum, FFTW_ESTIMATE);
        self->inverse = fftwf_plan_dft_c2r_1d(self->n_fft, spectrum, time, FFTW_ESTIMATE);
    }
    fftwf_free(time);
    fftwf_free(spectrum);
    if (!self->forward || !self->inverse)
        return pstm_fail(PSTM_SYSTEM, "FFTW made no plan for traces of %d samples", self->n_fft);
    return PSTM_OK;
}

static pstm_status check_request(const pstm_condition_options *options, pstm_wavelet wavelet,
                                 int32_t n_samples, double sample_s)
{
    if (n_samples < 1 || n_samples > INT32_MAX / 8)
        return pstm_fail(PSTM_DATA, "traces of %d samples cannot be conditioned; is the sample count right?",
                         n_samples);
    if (!(sample_s > 0.0) || !isfinite(sample_s))
        return pstm_fail(PSTM_DATA, "the sample interval is %g s; set input.sample_interval", sample_s);
    if (wavelet == PSTM_WAVELET_AUTO)
        return pstm_fail(PSTM_USAGE, "condition.wavelet: auto was not resolved before conditioning");
    const double *hz = options->bandpass_hz, nyquist_hz = 0.5 / sample_s;
    if (!options->bandpass) return PSTM_OK;
    if (!(hz[0] >= 0.0 && hz[0] <= hz[1] && hz[1] <= hz[2] && hz[2] <= hz[3]))
        return pstm_fail(PSTM_USAGE, "condition.bandpass: %g, %g, %g, %g Hz do not rise from 0 on", hz[0],
                         hz[1], hz[2], hz[3]);
    if (hz[0] >= nyquist_hz)
        return pstm_fail(PSTM_USAGE,
                         "condition.bandpass starts at %g Hz, and the traces end at %g Hz (their Nyquist "
                         "frequency); nothing would be left",
                         hz[0], nyquist_hz);
    return PSTM_OK;
}

/** Half the AGC window in samples; -1 without AGC. No window need be longer than two traces. */
static int32_t agc_half_samples(double agc_s, int32_t n_samples, double sample_s)
{
    if (!(agc_s > 0.0)) return -1;
    double half = round(0.5 * agc_s / sample_s);
    return half < n_samples ? (int32_t)half : n_samples;
}

pstm_status pstm_conditioner_create(const pstm_condition_options *options, pstm_wavelet wavelet,
                                    int32_t n_samples, double sample_s, pstm_conditioner **out)
{
    pstm_conditioner *self = NULL;
    pstm_status status = PSTM_OK;
    PSTM_GO(check_request(options, wavelet, n_samples, sample_s));
    PSTM_GO(PSTM_NEW(&self, 1, "the trace conditioner"));
    self->options = *options;
    self->n_samples = n_samples;
    self->sample_s = sample_s;
    self->n_fft = pstm_fft_length(2 * ((int64_t)n_samples + PSTM_CONDITION_FADE));
    self->agc_half = agc_half_samples(options->agc_s, n_samples, sample_s);
    PSTM_GO(make_filters(self, wavelet));
    if (self->before || self->after) PSTM_GO(make_plans(self));
    *out = self;
    self = NULL;
cleanup:
    pstm_conditioner_destroy(&self);
    return status;
}

void pstm_conditioner_destroy(pstm_conditioner **conditioner)
{
    pstm_conditioner *self = *conditioner;
    if (!self) return;
    if (self->forward) fftwf_destroy_plan(self->forward);
    if (self->inverse) fftwf_destroy_plan(self->inverse);
    fftwf_free(self->before);
    fftwf_free(self->after);
    PSTM_FREE(conditioner);
}

pstm_status pstm_condition_work_create(const pstm_conditioner *conditioner, pstm_condition_work **out)
{
    pstm_condition_work *work = NULL;
    pstm_status status = PSTM_OK;
    PSTM_GO(PSTM_NEW(&work, 1, "a conditioning thread"));
    if (conditioner->forward) {
        work->time = fftwf_alloc_real((size_t)conditioner->n_fft);
        work->spectrum = fftwf_alloc_complex((size_t)conditioner->n_fft / 2 + 1);
        if (!work->time || !work->spectrum)
            PSTM_GO(pstm_fail(PSTM_SYSTEM, "no memory for an FFT of %d samples", conditioner->n_fft));
    }
    if (conditioner->agc_half >= 0) {
        int64_t n = (int64_t)conditioner->n_samples + 2 * (int64_t)conditioner->agc_half;
        PSTM_GO(PSTM_NEW(&work->sum_left, n, "AGC sums"));
        PSTM_GO(PSTM_NEW(&work->sum_right, n, "AGC sums"));
    }
    *out = work;
    work = NULL;
cleanup:
    pstm_condition_work_destroy(&work);
    return status;
}

void pstm_condition_work_destroy(pstm_condition_work **work)
{
    if (!*work) return;
    fftwf_free((*work)->time);
    fftwf_free((*work)->spectrum);
    PSTM_FREE(&(*work)->sum_left);
    PSTM_FREE(&(*work)->sum_right);
    PSTM_FREE(work);
}

/* ---- checks ---- */

/** What the recorded samples alone say of a trace. */
static pstm_trace_fate judge_samples(const pstm_conditioner *self, const float *samples, int32_t n)
{
    double largest = 0.0, energy = 0.0;
    for (int32_t i = 0; i < n; i++) {
        double size = fabs((double)samples[i]);
        if (!isfinite(size)) return PSTM_TRACE_NOT_FINITE;
        if (size > largest) largest = size;
        energy += size * size;
    }
    if (largest == 0.0) return PSTM_TRACE_DEAD;
    if (largest > PSTM_ABSURD_SAMPLE) return PSTM_TRACE_ABSURD;
    double limit = self->options.max_over_rms;
    if (limit > 0.0 && largest > limit * sqrt(energy / n)) return PSTM_TRACE_OUTLIER;
    return PSTM_TRACE_KEPT;
}

/* ---- mutes ---- */

/** The first sample at or after a time, in [0, n]. A time that is not a number mutes nothing. */
static int32_t first_sample_at(const pstm_conditioner *self, const pstm_trace *trace, double time_s,
                               int32_t n)
{
    double index = ceil((time_s - trace->start_s) / self->sample_s - BORDER_SAMPLES);
    if (!(index > 0.0)) return 0;
    return index < n ? (int32_t)index : n;
}

/** The ramp after a mute that ends at end_s; `from` is the first sample after it. */
static void ramp_after(const pstm_conditioner *self, const pstm_trace *trace, double end_s, int32_t from,
                       int32_t n, float *samples)
{
    double taper_s = self->options.mute_taper_s;
    if (!(taper_s > 0.0)) return;
    for (int32_t i = from; i < n; i++) {
        double past_s = trace->start_s + i * self->sample_s - end_s;
        if (past_s >= taper_s) return;
        samples[i] = (float)(samples[i] * pstm_raised_cosine(past_s, 0.0, taper_s));
    }
}

/** Mutes the samples before offset/velocity and moves the live window's start behind them. */
static void mute_by_velocity(const pstm_conditioner *self, pstm_trace *trace, int32_t n, float *samples)
{
    if (!(self->options.mute_velocity_m_s > 0.0)) return;
    double end_s = self->options.mute_delay_s + pstm_trace_offset_m(trace) / self->options.mute_velocity_m_s;
    int32_t end = first_sample_at(self, trace, end_s, n);
    memset(samples, 0, (size_t)end * sizeof *samples);
    ramp_after(self, trace, end_s, end, n, samples);
    trace->live_first = end;
}

/** Mutes [start, end) of the header and moves that end of the live window which it covers. */
static void mute_by_header(const pstm_conditioner *self, pstm_trace *trace, int32_t n, float *samples)
{
    if (!self->options.header_mute || trace->mute_end_ms <= trace->mute_start_ms) return;
    double end_s = 0.001 * trace->mute_end_ms;
    int32_t begin = first_sample_at(self, trace, 0.001 * trace->mute_start_ms, n);
    int32_t end = first_sample_at(self, trace, end_s, n);
    memset(samples + begin, 0, (size_t)(end - begin) * sizeof *samples);
    ramp_after(self, trace, end_s, end, n, samples);
    if (begin <= trace->live_first && trace->live_first < end) trace->live_first = end;
    if (begin <= trace->live_last && trace->live_last < end) trace->live_last = begin - 1;
}

/**
 * What follows a record's end is not known, and an operator that is cut there leaves what lies at the cut: of
 * a reflection a little before the end that is a part of its wavelet. Of a trace that falls to 0 the filters
 * make the other side of the cut too.
 */
static void ramp_end(const pstm_conditioner *self, const pstm_trace *trace, float *samples)
{
    const double taper_s = self->options.mute_taper_s;
    if (!self->options.ramps_ends) return;
    for (int32_t i = trace->live_last; i >= trace->live_first; i--) {
        const double before_s = (trace->live_last - i) * self->sample_s;
        if (before_s >= taper_s) return;
        samples[i] = (float)(samples[i] * pstm_raised_cosine(before_s, 0.0, taper_s));
    }
}

/* ---- filters, AGC ---- */

/** Puts the live window into the FFT's buffer, its end values fading out on both sides. */
static void load_continued(const pstm_conditioner *self, const pstm_trace *trace, const float *samples,
                           float *time)
{
    int32_t first = trace->live_first, last = trace->live_last, n_live = last - first + 1;
    memset(time, 0, (size_t)self->n_fft * sizeof *time);
    float *live = time + PSTM_CONDITION_FADE;
    memcpy(live, samples + first, (size_t)n_live * sizeof *live);
    for (int32_t i = 1; i < PSTM_CONDITION_FADE; i++) {
        float fade = (float)(1.0 - pstm_raised_cosine(i, 0.0, PSTM_CONDITION_FADE));
        live[-i] = samples[first] * fade;
        live[n_live - 1 + i] = samples[last] * fade;
    }
}

/** Filters the live window in place. */
static void filter_live(const pstm_conditioner *self, const fftwf_complex *filter, pstm_condition_work *work,
                        const pstm_trace *trace, float *samples)
{
    if (!filter) return;
    load_continued(self, trace, samples, work->time);
    fftwf_execute_dft_r2c(self->forward, work->time, work->spectrum);
    for (int32_t i = 0; i <= self->n_fft / 2; i++) {
        float real = work->spectrum[i][0], imaginary = work->spectrum[i][1];
        work->spectrum[i][0] = real * filter[i][0] - imaginary * filter[i][1];
        work->spectrum[i][1] = real * filter[i][1] + imaginary * filter[i][0];
    }
    fftwf_execute_dft_c2r(self->inverse, work->spectrum, work->time);
    size_t n_live = (size_t)(trace->live_last - trace->live_first + 1);
    memcpy(samples + trace->live_first, work->time + PSTM_CONDITION_FADE, n_live * sizeof *samples);
}

/**
 * Sums of squares from the start, and to the end, of blocks one window long. A window is then the end of
 * one block and the start of the next: nothing is subtracted, so small sums behind large ones keep their
 * digits.
 */
static void block_sums(const float *live, int32_t n_live, int32_t half, double *left, double *right)
{
    int64_t n = (int64_t)n_live + 2 * (int64_t)half, window = 2 * (int64_t)half + 1;
    memset(left, 0, (size_t)n * sizeof *left);
    for (int32_t i = 0; i < n_live; i++)
        left[half + i] = (double)live[i] * live[i];
    memcpy(right, left, (size_t)n * sizeof *right);
    for (int64_t i = 0; i < n; i++)
        if (i % window != 0) left[i] += left[i - 1];
    for (int64_t i = n - 2; i >= 0; i--)
        if ((i + 1) % window != 0) right[i] += right[i + 1];
}

/** Divides each live sample by the rms of the live samples around it. */
static void agc_live(const pstm_conditioner *self, pstm_condition_work *work, const pstm_trace *trace,
                     float *samples)
{
    int32_t half = self->agc_half, n_live = trace->live_last - trace->live_first + 1;
    if (half < 0) return;
    float *live = samples + trace->live_first, largest = 0.0F;
    for (int32_t i = 0; i < n_live; i++)
        largest = fmaxf(largest, fabsf(live[i]));
    if (largest == 0.0F) return;
    block_sums(live, n_live, half, work->sum_left, work->sum_right);

    int64_t window = 2 * (int64_t)half + 1;
    for (int32_t i = 0; i < n_live; i++) {
        /* The window in the padded arrays is [i, i + 2 half]; live are samples [begin, end] of it. */
        double energy = work->sum_left[i + 2 * half];
        if (i % window != 0) energy += work->sum_right[i];
        int32_t begin = i > half ? i - half : 0, end = i + half < n_live ? i + half : n_live - 1;
        double rms = sqrt(energy / (end - begin + 1));
        live[i] = (float)(live[i] / fmax(rms, AGC_FLOOR * largest));
    }
}

/* ---- apply ---- */

static bool all_finite(const float *samples, int32_t first, int32_t last)
{
    for (int32_t i = first; i <= last; i++)
        if (!isfinite(samples[i])) return false;
    return true;
}

/** A point source's spreading goes with 1/path, and path with time: later samples are raised by their times,
 * and images get the rest. */
static void raise_by_time(const pstm_conditioner *self, const pstm_trace *trace, float *samples)
{
    if (self->options.spreading != PSTM_INPUT_RAW) return;
    for (int32_t i = trace->live_first; i <= trace->live_last; i++)
        samples[i] = (float)(samples[i] * fmax(trace->start_s + i * self->sample_s, 0.0));
}

static void filter_trace(const pstm_conditioner *self, pstm_condition_work *work, pstm_trace *trace,
                         float *samples)
{
    raise_by_time(self, trace, samples);
    ramp_end(self, trace, samples);
    filter_live(self, self->before, work, trace, samples);
    agc_live(self, work, trace, samples);
    filter_live(self, self->after, work, trace, samples);
    if (!all_finite(samples, trace->live_first, trace->live_last)) trace->fate = PSTM_TRACE_NOT_FINITE;
}

pstm_status pstm_conditioner_apply(const pstm_conditioner *conditioner, pstm_condition_work *work,
                                   pstm_trace *trace, float *samples)
{
    int32_t n = trace->n_samples, n_all = conditioner->n_samples;
    if (n < 0 || n > n_all)
        return pstm_fail(PSTM_DATA, "trace %lld of input file %d has %d samples, and %d is the most here",
                         (long long)trace->number, trace->file, n, n_all);
    trace->live_first = 0;
    trace->live_last = n - 1;
    if (trace->fate == PSTM_TRACE_KEPT) trace->fate = (int32_t)judge_samples(conditioner, samples, n);
    if (trace->fate == PSTM_TRACE_KEPT) {
        mute_by_velocity(conditioner, trace, n, samples);
        mute_by_header(conditioner, trace, n, samples);
        if (trace->live_first > trace->live_last) trace->fate = PSTM_TRACE_MUTED;
    }
    if (trace->fate == PSTM_TRACE_KEPT) filter_trace(conditioner, work, trace, samples);
    if (trace->fate != PSTM_TRACE_KEPT) {
        trace->live_first = 0;
        trace->live_last = -1;
    }
    memset(samples, 0, (size_t)trace->live_first * sizeof *samples);
    memset(samples + trace->live_last + 1, 0, (size_t)(n_all - 1 - trace->live_last) * sizeof *samples);
    return PSTM_OK;
}
