#include "qc/probe.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "survey/kdtree.h"

enum { ALL_OF = 60000, RUNS = 120, RUN = 400 };

/* Traces [first, first + n) of all files together. */
static pstm_status read_run(const pstm_inputs *inputs, int64_t first, int64_t n, pstm_probe *out)
{
    for (int64_t f = 0; f < inputs->n_files && n > 0; f++) {
        const int64_t n_file = pstm_segy_n_traces(inputs->files[f]);
        if (first < n_file) {
            const int64_t m = n < n_file - first ? n : n_file - first;
            PSTM_TRY(
                pstm_segy_read_headers(inputs->files[f], (int32_t)f, first, m, out->traces + out->n, NULL));
            PSTM_TRY(pstm_segy_read_words(inputs->files[f], first, m, out->words + out->n * PSTM_SEGY_WORDS));
            out->n += m;
            first += m;
            n -= m;
        }
        first -= n_file;
    }
    return PSTM_OK;
}

/* Directions, of which the opposite is the same: the mean of twice the angle. */
typedef struct directions {
    double cosines, sines;
    int64_t n;
} directions;

static void add_direction(directions *d, double dx, double dy)
{
    const double d2 = dx * dx + dy * dy;
    if (d2 <= 0) return;
    d->cosines += (dy * dy - dx * dx) / d2;
    d->sines += 2 * dx * dy / d2;
    d->n++;
}

/* Clockwise from north; NAN: they are of all directions, or of fewer than a third of n traces. */
static double mean_direction(const directions *d, int64_t n)
{
    if (3 * d->n < n || hypot(d->cosines, d->sines) < 0.3 * (double)d->n) return NAN;
    const double direction = 0.5 * atan2(d->sines, d->cosines) * (180 / M_PI);
    return direction < 0 ? direction + 180 : direction;
}

/* Receivers of a source follow each other along their lines. Where traces are sorted otherwise, most
 * receivers of a survey of lines lie in line with their source. */
static double find_direction(const pstm_probe *probe)
{
    directions steps = {0}, ends = {0};
    for (int64_t i = 0; i < probe->n; i++) {
        const pstm_trace *b = &probe->traces[i], *a = i > 0 ? b - 1 : b;
        if (!pstm_trace_is_usable(a) || !pstm_trace_is_usable(b)) continue;
        add_direction(&ends, b->receiver_x_m - b->source_x_m, b->receiver_y_m - b->source_y_m);
        const double moved_m = hypot(b->source_x_m - a->source_x_m, b->source_y_m - a->source_y_m);
        const double dx = b->receiver_x_m - a->receiver_x_m, dy = b->receiver_y_m - a->receiver_y_m;
        if (2 * moved_m < hypot(dx, dy)) add_direction(&steps, dx, dy);
    }
    const double of_steps = mean_direction(&steps, probe->n);
    return isnan(of_steps) ? mean_direction(&ends, probe->n) : of_steps;
}

static int by_length(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median distance between receivers that follow each other at one source; NAN: there are none such. */
static pstm_status find_step(pstm_probe *probe)
{
    double *steps_m;
    int64_t n = 0;
    PSTM_TRY(PSTM_NEW(&steps_m, probe->n, "receivers"));
    for (int64_t i = 1; i < probe->n; i++) {
        const pstm_trace *a = &probe->traces[i - 1], *b = &probe->traces[i];
        const double step_m = hypot(b->receiver_x_m - a->receiver_x_m, b->receiver_y_m - a->receiver_y_m);
        if (!pstm_trace_is_usable(a) || !pstm_trace_is_usable(b) || !(step_m > 0)) continue;
        if (a->source_x_m == b->source_x_m && a->source_y_m == b->source_y_m) steps_m[n++] = step_m;
    }
    qsort(steps_m, (size_t)n, sizeof *steps_m, by_length);
    probe->receiver_step_m = n > 0 ? steps_m[n / 2] : (double)NAN;
    PSTM_FREE(&steps_m);
    return PSTM_OK;
}

pstm_status pstm_probe_read(const pstm_inputs *inputs, pstm_probe *out)
{
    *out = (pstm_probe){.direction_deg = NAN, .receiver_step_m = NAN};
    const int64_t n = inputs->n_traces, most = n <= ALL_OF ? n : RUNS * RUN;
    PSTM_TRY(PSTM_NEW(&out->traces, most, "some traces"));
    PSTM_TRY(PSTM_NEW(&out->words, most * PSTM_SEGY_WORDS, "words of some traces"));
    if (n <= ALL_OF) {
        PSTM_TRY(read_run(inputs, 0, n, out));
    } else {
        for (int r = 0; r < RUNS; r++)
            PSTM_TRY(read_run(inputs, (n - RUN) / (RUNS - 1) * r, RUN, out));
    }
    out->direction_deg = find_direction(out);
    return find_step(out);
}

void pstm_probe_clear(pstm_probe *probe)
{
    PSTM_FREE(&probe->traces);
    PSTM_FREE(&probe->words);
    probe->n = 0;
}

static int compare(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The value that is there most often among values[n] in order. */
static int64_t commonest(const int64_t *values, int64_t n)
{
    int64_t best = 0, most = 0;
    for (int64_t i = 0, run = 0; i < n; i++) {
        run = i > 0 && values[i] == values[i - 1] ? run + 1 : 1;
        if (run > most) most = run, best = values[i];
    }
    return best;
}

pstm_status pstm_probe_step(const pstm_probe *probe, int word, int64_t *step)
{
    int64_t *values, n = 0;
    PSTM_TRY(PSTM_NEW(&values, probe->n, "values of a word"));
    for (int64_t i = 0; i < probe->n; i++)
        values[i] = probe->words[i * PSTM_SEGY_WORDS + word];
    qsort(values, (size_t)probe->n, sizeof *values, compare);
    for (int64_t i = 1; i < probe->n; i++)
        if (values[i] != values[i - 1]) values[n++] = values[i] - values[i - 1];
    qsort(values, (size_t)n, sizeof *values, compare);
    *step = commonest(values, n);
    PSTM_FREE(&values);
    return PSTM_OK;
}
