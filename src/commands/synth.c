/* pstm synth: a survey with known answers, as SEG-Y with velocity, job and truth. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/arguments.h"
#include "commands/commands.h"
#include "core/memory.h"
#include "core/write_file.h"
#include "io/segy/write.h"
#include "synth/synth.h"

enum { MAX_NUMBERS = 6, FIRST_SETTING = 256 };

/* What the command line is read into: the preset, then the settings over it in the order given. */
typedef struct synth_options {
    pstm_synth synth;
    const char *out, *preset;
    int32_t format;
    bool own_diffractors, own_reflectors; /* the first one given takes the place of the preset's */
} synth_options;

static pstm_status whole_number(const char *option, double number, double least, double most)
{
    if (number == floor(number) && number >= least && number <= most) return PSTM_OK;
    return pstm_fail(PSTM_USAGE, "--%s: %.17g is not a whole number from %g to %g", option, number, least,
                     most);
}

/* The functions of the settings: `v` holds `n` finite numbers. */
static pstm_status set_traces(synth_options *o, const double *v, int n)
{
    (void)n;
    PSTM_TRY(whole_number("traces", v[0], 1, 1e12));
    pstm_acquisition_randomise(&o->synth.acquisition, (int64_t)v[0]);
    return PSTM_OK;
}

static pstm_status set_area(synth_options *o, const double *v, int n)
{
    (void)n;
    pstm_acquisition *a = &o->synth.acquisition;
    pstm_acquisition_randomise(a, pstm_acquisition_n_traces(a));
    a->x_m = a->y_m = 0.0;
    a->length_x_m = v[0];
    a->length_y_m = v[1];
    return PSTM_OK;
}

static pstm_status set_offsets(synth_options *o, const double *v, int n)
{
    (void)n;
    pstm_acquisition *a = &o->synth.acquisition;
    pstm_acquisition_randomise(a, pstm_acquisition_n_traces(a));
    a->offset_min_m = v[0];
    a->offset_max_m = v[1];
    return PSTM_OK;
}

static pstm_status set_azimuths(synth_options *o, const double *v, int n)
{
    (void)n;
    pstm_acquisition *a = &o->synth.acquisition;
    pstm_acquisition_randomise(a, pstm_acquisition_n_traces(a));
    a->azimuth_min_deg = v[0];
    a->azimuth_max_deg = v[1];
    return PSTM_OK;
}

static pstm_status set_record(synth_options *o, const double *v, int n)
{
    (void)n;
    PSTM_TRY(whole_number("record", v[0], 2, 1e8));
    o->synth.n_samples = (int32_t)v[0];
    o->synth.sample_s = v[1];
    return PSTM_OK;
}

static pstm_status set_peak(synth_options *o, const double *v, int n)
{
    (void)n;
    o->synth.model.peak_hz = v[0];
    return PSTM_OK;
}

static pstm_status set_velocity(synth_options *o, const double *v, int n)
{
    o->synth.model.background = PSTM_BACKGROUND_DEPTH;
    o->synth.model.v0_m_s = v[0];
    o->synth.model.gradient = n > 1 ? v[1] : 0.0;
    return PSTM_OK;
}

static pstm_status add_diffractor(synth_options *o, const double *v, int n)
{
    pstm_model *model = &o->synth.model;
    if (!o->own_diffractors) model->n_diffractors = 0;
    o->own_diffractors = true;
    if (model->n_diffractors == PSTM_MODEL_DIFFRACTORS)
        return pstm_fail(PSTM_USAGE, "--diffractor: at most %d of them", PSTM_MODEL_DIFFRACTORS);
    model->diffractors[model->n_diffractors++] = (pstm_diffractor){v[0], v[1], v[2], n > 3 ? v[3] : 1.0};
    return PSTM_OK;
}

static pstm_status add_reflector(synth_options *o, const double *v, int n)
{
    pstm_model *model = &o->synth.model;
    if (!o->own_reflectors) model->n_reflectors = 0;
    o->own_reflectors = true;
    if (model->n_reflectors == PSTM_MODEL_REFLECTORS)
        return pstm_fail(PSTM_USAGE, "--reflector: at most %d of them", PSTM_MODEL_REFLECTORS);
    model->reflectors[model->n_reflectors++] =
        (pstm_reflector){v[0], v[1], v[2], n > 3 ? v[3] : 0.0, n > 4 ? v[4] : 0.0, n > 5 ? v[5] : 1.0};
    return PSTM_OK;
}

static pstm_status set_noise(synth_options *o, const double *v, int n)
{
    (void)n;
    o->synth.noise = v[0];
    return PSTM_OK;
}

static pstm_status set_dead(synth_options *o, const double *v, int n)
{
    (void)n;
    o->synth.dead_fraction = v[0];
    return PSTM_OK;
}

static pstm_status set_seed(synth_options *o, const double *v, int n)
{
    (void)n;
    PSTM_TRY(whole_number("seed", v[0], 0, 9007199254740992.0));
    o->synth.seed = (uint64_t)v[0];
    return PSTM_OK;
}

static pstm_status set_origin(synth_options *o, const double *v, int n)
{
    (void)n;
    o->synth.grid.origin_x_m = v[0];
    o->synth.grid.origin_y_m = v[1];
    return PSTM_OK;
}

static pstm_status set_azimuth(synth_options *o, const double *v, int n)
{
    (void)n;
    o->synth.grid.azimuth_deg = v[0];
    return PSTM_OK;
}

static pstm_status set_inline(synth_options *o, const double *v, int n)
{
    (void)n;
    PSTM_TRY(whole_number("inline", v[0], 1, INT32_MAX));
    o->synth.grid.n_inline = (int32_t)v[0];
    o->synth.grid.step_inline_m = v[1];
    return PSTM_OK;
}

static pstm_status set_crossline(synth_options *o, const double *v, int n)
{
    (void)n;
    PSTM_TRY(whole_number("crossline", v[0], 1, INT32_MAX));
    o->synth.grid.n_crossline = (int32_t)v[0];
    o->synth.grid.step_crossline_m = v[1];
    return PSTM_OK;
}

static pstm_status set_time(synth_options *o, const double *v, int n)
{
    (void)n;
    PSTM_TRY(whole_number("time", v[0], 1, INT32_MAX));
    o->synth.grid.n_times = (int32_t)v[0];
    o->synth.grid.time_step_s = v[1];
    return PSTM_OK;
}

/* The settings: name, how many numbers, what they are, what they do. */
static const struct setting {
    const char *name;
    int least, most;
    const char *numbers, *help;
    pstm_status (*set)(synth_options *, const double *, int);
} settings[] = {
    {"traces", 1, 1, "N", "N random midpoints over the preset's area, offsets and azimuths", set_traces},
    {"area", 2, 2, "X,Y", "random midpoints from the origin to X, Y", set_area},
    {"offsets", 2, 2, "A,B", "random midpoints with offsets of A to B m", set_offsets},
    {"azimuths", 2, 2, "A,B", "random midpoints with source-receiver azimuths of A to B degrees",
     set_azimuths},
    {"record", 2, 2, "N,DT", "N samples a trace, DT seconds apart", set_record},
    {"peak", 1, 1, "HZ", "peak frequency of the Ricker wavelet", set_peak},
    {"velocity", 1, 2, "V0[,K]", "v = V0 + K z in m/s", set_velocity},
    {"diffractor", 3, 4, "X,Y,Z[,A]", "a point of amplitude A (1) right above it", add_diffractor},
    {"reflector", 3, 6, "X,Y,Z[,DIP,AZ,A]", "a plane through a point, deeper towards azimuth AZ",
     add_reflector},
    {"noise", 1, 1, "S", "standard deviation of Gaussian noise", set_noise},
    {"dead", 1, 1, "F", "share of dead traces, 0 to 1", set_dead},
    {"seed", 1, 1, "N", "of positions, noise and dead traces", set_seed},
    {"origin", 2, 2, "E,N", "world metres of X, Y = 0, 0", set_origin},
    {"azimuth", 1, 1, "DEG", "of the direction in which crosslines and Y grow", set_azimuth},
    {"inline", 2, 2, "N,STEP", "image: number of inlines and their distance", set_inline},
    {"crossline", 2, 2, "N,STEP", "image: number of crosslines and their distance", set_crossline},
    {"time", 2, 2, "N,DT", "image: number of samples and their interval in s", set_time},
};
enum { N_SETTINGS = sizeof settings / sizeof *settings };

static void print_usage(void)
{
    size_t n;
    const char *const *texts, *const *names = pstm_synth_preset_names(&n, &texts);
    printf(
        "usage: pstm synth --out DIR [--preset NAME] [options]\n\n"
        "Writes DIR/survey.sgy, velocity.txt, truth.txt (the right answers) and job.yaml (for `pstm run`).\n"
        "X, Y are metres from the image's origin along growing inline and crossline numbers; azimuths but\n"
        "--azimuth are clockwise from Y. Options change the preset, in the order given.\n\npresets:\n");
    for (size_t i = 0; i < n; i++)
        printf("  %-12s %s%s\n", names[i], texts[i], i == 0 ? " (default)" : "");
    printf("\noptions:\n");
    for (int i = 0; i < N_SETTINGS; i++)
        printf("  --%-10s %-17s %s\n", settings[i].name, settings[i].numbers, settings[i].help);
    printf("  --%-10s %-17s %s\n  --help\n", "format", "ibm|ieee", "sample format of the SEG-Y file (ieee)");
}

static pstm_status apply_setting(const struct setting *setting, const char *text, synth_options *options)
{
    double numbers[MAX_NUMBERS];
    int n = 0;
    for (const char *at = text;; n++) {
        char *end;
        if (n < setting->most) numbers[n] = strtod(at, &end);
        if (n == setting->most || end == at || (*end != ',' && *end != '\0') || !isfinite(numbers[n]))
            return pstm_fail(PSTM_USAGE, "--%s wants %s, not `%s`", setting->name, setting->numbers, text);
        if (*end == '\0') break;
        at = end + 1;
    }
    if (n + 1 < setting->least)
        return pstm_fail(PSTM_USAGE, "--%s wants %s, not `%s`", setting->name, setting->numbers, text);
    return setting->set(options, numbers, n + 1);
}

static pstm_status read_format(const char *text, int32_t *format)
{
    if (strcmp(text, "ibm") != 0 && strcmp(text, "ieee") != 0)
        return pstm_fail(PSTM_USAGE, "--format wants ibm or ieee, not `%s`", text);
    *format = strcmp(text, "ibm") == 0 ? 1 : 5;
    return PSTM_OK;
}

static pstm_status take_general(int option, const char *value, void *to)
{
    synth_options *options = to;
    if (option == 'p') options->preset = value;
    if (option == 'o') options->out = value;
    return option == 'f' ? read_format(value, &options->format) : PSTM_OK;
}

static pstm_status take_setting(int option, const char *value, void *to)
{
    return option < FIRST_SETTING ? PSTM_OK : apply_setting(&settings[option - FIRST_SETTING], value, to);
}

/* Reads the command line twice: the preset stands under all settings, wherever it was written. */
static pstm_status read_options(int argc, char **argv, synth_options *options, bool *help)
{
    struct option known[N_SETTINGS + 5] = {{"preset", required_argument, NULL, 'p'},
                                           {"out", required_argument, NULL, 'o'},
                                           {"format", required_argument, NULL, 'f'},
                                           {"help", no_argument, NULL, 'h'}};
    for (int i = 0; i < N_SETTINGS; i++)
        known[4 + i] = (struct option){settings[i].name, required_argument, NULL, FIRST_SETTING + i};
    pstm_arguments left;
    options->preset = "demo";
    PSTM_TRY(pstm_arguments_read(argc, argv, known, take_general, options, &left));
    *help = left.help;
    if (*help) return PSTM_OK;
    PSTM_TRY(pstm_synth_preset(options->preset, &options->synth));
    PSTM_TRY(pstm_arguments_read(argc, argv, known, take_setting, options, &left));
    if (left.n > 0) return pstm_fail(PSTM_USAGE, "`%s` is no option; see pstm synth --help", left.words[0]);
    if (options->out == NULL) return pstm_fail(PSTM_USAGE, "no --out DIR says where the survey goes");
    pstm_grid_prepare(&options->synth.grid);
    return pstm_synth_check(&options->synth);
}

static pstm_status write_survey(const synth_options *options, const char *path)
{
    const pstm_synth *synth = &options->synth;
    const int64_t n = pstm_acquisition_n_traces(&synth->acquisition);
    const pstm_segy_layout layout = {
        .n_samples = synth->n_samples,
        .sample_s = synth->sample_s,
        .format = options->format,
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
static pstm_status write_text(const synth_options *options, const char *name,
                              pstm_status (*add)(const pstm_synth *, pstm_text *))
{
    pstm_text path = {0}, text = {0};
    pstm_status status = PSTM_OK;
    PSTM_GO(pstm_text_add(&path, "%s/%s", options->out, name));
    PSTM_GO(add(&options->synth, &text));
    PSTM_GO(pstm_write_file(path.bytes, text.bytes, (size_t)text.length));
cleanup:
    pstm_text_clear(&path);
    pstm_text_clear(&text);
    return status;
}

static pstm_status write_all(const synth_options *options)
{
    pstm_text path = {0};
    pstm_status status = PSTM_OK;
    PSTM_TRY(pstm_make_folders(options->out));
    PSTM_GO(pstm_text_add(&path, "%s/survey.sgy", options->out));
    PSTM_GO(write_survey(options, path.bytes));
    PSTM_GO(write_text(options, "velocity.txt", pstm_synth_add_velocity));
    PSTM_GO(write_text(options, "truth.txt", pstm_synth_add_truth));
    PSTM_GO(write_text(options, "job.yaml", pstm_synth_add_job));
    printf("%s/job.yaml: %" PRId64 " traces; migrate with `pstm run %s/job.yaml`, answers in %s/truth.txt\n",
           options->out, pstm_acquisition_n_traces(&options->synth.acquisition), options->out, options->out);
cleanup:
    pstm_text_clear(&path);
    return status;
}

int pstm_command_synth(int argc, char **argv)
{
    synth_options options = {.format = 5};
    bool help = false;
    pstm_status status = read_options(argc, argv, &options, &help);
    if (status != PSTM_OK) return pstm_command_failed("synth", status);
    if (help) {
        print_usage();
        return PSTM_OK;
    }
    status = write_all(&options);
    return status == PSTM_OK ? PSTM_OK : pstm_command_failed("synth", status);
}
