#include "synth/settings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_NUMBERS = 6 };

static pstm_status whole_number(const char *name, double number, double least, double most)
{
    if (number == floor(number) && number >= least && number <= most) return PSTM_OK;
    return pstm_fail(PSTM_USAGE, "--%s: %.17g is not a whole number from %g to %g", name, number, least,
                     most);
}

/* ---- what the settings do: `v` holds their numbers, finite ---- */

static pstm_status set_traces(pstm_synth_changes *c, const double *v)
{
    PSTM_TRY(whole_number("traces", v[0], 1, 1e12));
    pstm_acquisition_randomise(&c->synth->acquisition, (int64_t)v[0]);
    return PSTM_OK;
}

static pstm_status set_area(pstm_synth_changes *c, const double *v)
{
    pstm_acquisition *a = &c->synth->acquisition;
    pstm_acquisition_randomise(a, pstm_acquisition_n_traces(a));
    a->x_m = a->y_m = 0.0;
    a->length_x_m = v[0];
    a->length_y_m = v[1];
    return PSTM_OK;
}

static pstm_status set_offsets(pstm_synth_changes *c, const double *v)
{
    pstm_acquisition *a = &c->synth->acquisition;
    pstm_acquisition_randomise(a, pstm_acquisition_n_traces(a));
    a->offset_min_m = v[0];
    a->offset_max_m = v[1];
    return PSTM_OK;
}

static pstm_status set_azimuths(pstm_synth_changes *c, const double *v)
{
    pstm_acquisition *a = &c->synth->acquisition;
    pstm_acquisition_randomise(a, pstm_acquisition_n_traces(a));
    a->azimuth_min_deg = v[0];
    a->azimuth_max_deg = v[1];
    return PSTM_OK;
}

static pstm_status set_record(pstm_synth_changes *c, const double *v)
{
    PSTM_TRY(whole_number("record", v[0], 2, 1e8));
    c->synth->n_samples = (int32_t)v[0];
    c->synth->sample_s = v[1];
    return PSTM_OK;
}

static pstm_status set_peak(pstm_synth_changes *c, const double *v)
{
    c->synth->model.peak_hz = v[0];
    return PSTM_OK;
}

static pstm_status set_velocity(pstm_synth_changes *c, const double *v)
{
    c->synth->model.background = PSTM_BACKGROUND_DEPTH;
    c->synth->model.n_layers = 0;
    c->synth->model.v0_m_s = v[0];
    c->synth->model.gradient = v[1];
    return PSTM_OK;
}

static pstm_status add_layer(pstm_synth_changes *c, const double *v)
{
    pstm_model *model = &c->synth->model;
    if (model->background != PSTM_BACKGROUND_LAYERS) model->n_layers = 0;
    model->background = PSTM_BACKGROUND_LAYERS;
    model->gradient = 0;
    if (model->n_layers == PSTM_MODEL_LAYERS)
        return pstm_fail(PSTM_USAGE, "--layer: at most %d of them", PSTM_MODEL_LAYERS);
    if (model->n_layers == 0) model->v0_m_s = v[1];
    model->layers[model->n_layers++] = (pstm_model_layer){v[0], v[1], v[2]};
    return PSTM_OK;
}

static pstm_status add_diffractor(pstm_synth_changes *c, const double *v)
{
    pstm_model *model = &c->synth->model;
    if (!c->own_diffractors) model->n_diffractors = 0;
    c->own_diffractors = true;
    if (model->n_diffractors == PSTM_MODEL_DIFFRACTORS)
        return pstm_fail(PSTM_USAGE, "--diffractor: at most %d of them", PSTM_MODEL_DIFFRACTORS);
    model->diffractors[model->n_diffractors++] = (pstm_diffractor){v[0], v[1], v[2], v[3]};
    return PSTM_OK;
}

static pstm_status add_reflector(pstm_synth_changes *c, const double *v)
{
    pstm_model *model = &c->synth->model;
    if (!c->own_reflectors) model->n_reflectors = 0;
    c->own_reflectors = true;
    if (model->n_reflectors == PSTM_MODEL_REFLECTORS)
        return pstm_fail(PSTM_USAGE, "--reflector: at most %d of them", PSTM_MODEL_REFLECTORS);
    model->reflectors[model->n_reflectors++] = (pstm_reflector){v[0], v[1], v[2], v[3], v[4], v[5]};
    return PSTM_OK;
}

static pstm_status set_spreading(pstm_synth_changes *c, const double *v)
{
    (void)v;
    static const char *const words[] = {"depth", "corrected", "raw"}; /* by pstm_spreading */
    for (int i = 0; i < 3; i++)
        if (strcmp(c->word, words[i]) == 0) {
            c->synth->model.spreading = (pstm_spreading)i;
            return PSTM_OK;
        }
    return pstm_fail(PSTM_USAGE, "--spreading wants depth, corrected or raw, not '%s'", c->word);
}

static pstm_status set_noise(pstm_synth_changes *c, const double *v)
{
    c->synth->noise = v[0];
    return PSTM_OK;
}

static pstm_status set_dead(pstm_synth_changes *c, const double *v)
{
    c->synth->dead_fraction = v[0];
    return PSTM_OK;
}

static pstm_status set_seed(pstm_synth_changes *c, const double *v)
{
    PSTM_TRY(whole_number("seed", v[0], 0, 9007199254740992.0));
    c->synth->seed = (uint64_t)v[0];
    return PSTM_OK;
}

static pstm_status set_origin(pstm_synth_changes *c, const double *v)
{
    c->synth->grid.origin_x_m = v[0];
    c->synth->grid.origin_y_m = v[1];
    return PSTM_OK;
}

static pstm_status set_azimuth(pstm_synth_changes *c, const double *v)
{
    c->synth->grid.azimuth_deg = v[0];
    return PSTM_OK;
}

static pstm_status set_inline(pstm_synth_changes *c, const double *v)
{
    PSTM_TRY(whole_number("inline", v[0], 1, INT32_MAX));
    c->synth->grid.n_inline = (int32_t)v[0];
    c->synth->grid.step_inline_m = v[1];
    return PSTM_OK;
}

static pstm_status set_crossline(pstm_synth_changes *c, const double *v)
{
    PSTM_TRY(whole_number("crossline", v[0], 1, INT32_MAX));
    c->synth->grid.n_crossline = (int32_t)v[0];
    c->synth->grid.step_crossline_m = v[1];
    return PSTM_OK;
}

static pstm_status set_time(pstm_synth_changes *c, const double *v)
{
    PSTM_TRY(whole_number("time", v[0], 1, INT32_MAX));
    c->synth->grid.n_times = (int32_t)v[0];
    c->synth->grid.time_step_s = v[1];
    return PSTM_OK;
}

/* ---- the list ---- */

typedef struct setting {
    pstm_synth_setting words;
    int least, most; /* how many numbers; 0: a word */
    pstm_status (*set)(pstm_synth_changes *, const double *);
    double unless_given[MOST_NUMBERS]; /* of the numbers that may be left out */
} setting;

static const setting settings[] = {
    {{"traces", "N", "N random midpoints over the preset's area, offsets and azimuths"},
     1,
     1,
     set_traces,
     {0}},
    {{"area", "X,Y", "random midpoints from the origin to X, Y"}, 2, 2, set_area, {0}},
    {{"offsets", "A,B", "random midpoints with offsets of A to B m"}, 2, 2, set_offsets, {0}},
    {{"azimuths", "A,B", "random midpoints with source-receiver azimuths of A to B degrees"},
     2,
     2,
     set_azimuths,
     {0}},
    {{"record", "N,DT", "N samples a trace, DT seconds apart"}, 2, 2, set_record, {0}},
    {{"peak", "HZ", "peak frequency of the Ricker wavelet"}, 1, 1, set_peak, {0}},
    {{"velocity", "V0[,K]", "v = V0 + K z in m/s"}, 1, 2, set_velocity, {0}},
    {{"layer", "Z,V[,ETA]",
      "velocity V from depth Z down to the next layer, the first from 0; ETA: anisotropic"},
     2,
     3,
     add_layer,
     {0}},
    {{"diffractor", "X,Y,Z[,A]", "a point of amplitude A (1) right above it"},
     3,
     4,
     add_diffractor,
     {0, 0, 0, 1}},
    {{"reflector", "X,Y,Z[,DIP,AZ,A]", "a plane through a point, deeper towards azimuth AZ"},
     3,
     6,
     add_reflector,
     {0, 0, 0, 0, 0, 1}},
    {{"spreading", "WORD",
      "amplitudes of reflectors: depth (A 2 z/path), corrected (A), raw (A/(4 pi path))"},
     0,
     0,
     set_spreading,
     {0}},
    {{"noise", "S", "standard deviation of Gaussian noise"}, 1, 1, set_noise, {0}},
    {{"dead", "F", "fraction of dead traces, 0 to 1"}, 1, 1, set_dead, {0}},
    {{"seed", "N", "of positions, noise and dead traces"}, 1, 1, set_seed, {0}},
    {{"origin", "E,N", "world metres of X, Y = 0, 0"}, 2, 2, set_origin, {0}},
    {{"azimuth", "DEG", "of the direction in which crosslines and Y grow"}, 1, 1, set_azimuth, {0}},
    {{"inline", "N,STEP", "image: number of inlines and their distance"}, 2, 2, set_inline, {0}},
    {{"crossline", "N,STEP", "image: number of crosslines and their distance"}, 2, 2, set_crossline, {0}},
    {{"time", "N,DT", "image: number of samples and their interval in s"}, 2, 2, set_time, {0}},
};
enum { N_SETTINGS = sizeof settings / sizeof *settings };

const pstm_synth_setting *pstm_synth_setting_at(int i)
{
    return i < N_SETTINGS ? &settings[i].words : NULL;
}

/* Reads numbers with commas between them; the number of them, or 0 if the text is none or has too many. */
static int read_numbers(const char *text, int most, double *numbers)
{
    for (int n = 0; n < most;) {
        char *end;
        numbers[n] = strtod(text, &end);
        if (end == text || (*end != ',' && *end != '\0') || !isfinite(numbers[n])) return 0;
        n++;
        if (*end == '\0') return n;
        text = end + 1;
    }
    return 0;
}

static pstm_status apply(const setting *s, const char *text, pstm_synth_changes *changes)
{
    double numbers[MOST_NUMBERS];
    memcpy(numbers, s->unless_given, sizeof numbers);
    changes->word = text;
    if (s->most > 0 && read_numbers(text, s->most, numbers) < s->least)
        return pstm_fail(PSTM_USAGE, "--%s wants %s, not '%s'", s->words.name, s->words.numbers, text);
    return s->set(changes, numbers);
}

pstm_status pstm_synth_change(pstm_synth_changes *changes, const char *name, const char *text)
{
    for (int i = 0; i < N_SETTINGS; i++)
        if (strcmp(settings[i].words.name, name) == 0) return apply(&settings[i], text, changes);
    return pstm_fail(PSTM_USAGE, "a survey has no setting '%s'", name);
}
