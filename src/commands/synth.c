/* pstm synth: a survey with known answers, as SEG-Y with velocity, job and truth. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "commands/command.h"
#include "core/text.h"
#include "qc/survey_files.h"
#include "synth/settings.h"
#include "synth/synth.h"

enum { IBM = 1, IEEE = 5 /* codes of SEG-Y */ };

typedef struct synth_options {
    pstm_synth synth;
    pstm_synth_changes changes;
    const char *out, *preset;
    int32_t format;
    bool overwrite;
} synth_options;

static pstm_status read_format(const pstm_option *option, const char *text, void *to)
{
    synth_options *options = to;
    if (strcmp(text, "ibm") != 0 && strcmp(text, "ieee") != 0)
        return pstm_fail(PSTM_USAGE, "--%s wants ibm or ieee, not '%s'", option->name, text);
    options->format = strcmp(text, "ibm") == 0 ? IBM : IEEE;
    return PSTM_OK;
}

/* The command line is read twice: the preset is under all settings, wherever it was written. */
static pstm_status read_setting(const pstm_option *option, const char *text, void *to)
{
    synth_options *options = to;
    return options->changes.synth == NULL ? PSTM_OK
                                          : pstm_synth_change(&options->changes, option->name, text);
}

static pstm_status describe_usage(pstm_text *usage)
{
    size_t n;
    const char *const *texts, *const *names = pstm_synth_preset_names(&n, &texts);
    PSTM_TRY(pstm_text_add(
        usage,
        "usage: pstm synth --out DIR [--preset NAME] [options]\n\n"
        "Writes DIR/survey.sgy, velocity.txt, truth.txt (the right answers) and job.yaml (for `pstm run`).\n"
        "X, Y are metres from the image's origin along growing inline and crossline numbers; azimuths but\n"
        "--azimuth are clockwise from Y. Options change the preset, in the order given.\n\npresets:\n"));
    for (size_t i = 0; i < n; i++)
        PSTM_TRY(pstm_text_add(usage, "  %-12s %s%s\n", names[i], texts[i], i == 0 ? " (default)" : ""));
    return PSTM_OK;
}

/* The options of every survey, then the settings. */
static size_t list_options(pstm_option table[PSTM_MOST_OPTIONS])
{
    static const pstm_option general[] = {
        PSTM_OPTION("out", "DIR", pstm_option_text, synth_options, out, "folder of the files"),
        PSTM_OPTION("preset", "NAME", pstm_option_text, synth_options, preset, "one of those above"),
        PSTM_OPTION("format", "ibm|ieee", read_format, synth_options, format,
                    "sample format of the SEG-Y file (ieee)"),
        PSTM_OPTION("overwrite", NULL, pstm_option_flag, synth_options, overwrite,
                    "replaces files of these names that are no such survey, too"),
    };
    size_t n = sizeof general / sizeof *general;
    memcpy(table, general, sizeof general);
    for (int i = 0; pstm_synth_setting_at(i) != NULL; i++) {
        const pstm_synth_setting *setting = pstm_synth_setting_at(i);
        table[n++] = (pstm_option){.name = setting->name,
                                   .value = setting->numbers,
                                   .help = setting->help,
                                   .read = read_setting,
                                   .repeats = true};
    }
    return n;
}

/* False: the command is over, with exit code *code. */
static bool read_options(int argc, char **argv, synth_options *options, int *code)
{
    pstm_option table[PSTM_MOST_OPTIONS];
    pstm_text usage = {0};
    bool good = false;
    *code = pstm_command_end("synth", describe_usage(&usage));
    if (*code != PSTM_OK) goto cleanup;
    const pstm_command_line line = {.usage = usage.bytes,
                                    .options = table,
                                    .n_options = list_options(table),
                                    .words = "nothing but options is wanted"};
    if (pstm_command_line_read(&line, argc, argv, options, code) == NULL) goto cleanup;
    *code = pstm_command_end("synth", pstm_synth_preset(options->preset, &options->synth));
    options->changes.synth = &options->synth;
    good = *code == PSTM_OK && pstm_command_line_read(&line, argc, argv, options, code) != NULL;
cleanup:
    pstm_text_clear(&usage);
    return good;
}

static pstm_status synth(synth_options *options)
{
    if (options->out == NULL) return pstm_fail(PSTM_USAGE, "no --out DIR says where the survey goes");
    pstm_grid_prepare(&options->synth.grid);
    PSTM_TRY(pstm_synth_check(&options->synth));
    PSTM_TRY(pstm_survey_write(&options->synth, options->format, options->out, options->overwrite));
    printf("%s/job.yaml: %" PRId64 " traces; migrate with `pstm run %s/job.yaml`, answers in %s/truth.txt\n",
           options->out, pstm_acquisition_n_traces(&options->synth.acquisition), options->out, options->out);
    return PSTM_OK;
}

int pstm_command_synth(int argc, char **argv)
{
    synth_options options = {.preset = "demo", .format = IEEE};
    int code;
    if (!read_options(argc, argv, &options, &code)) return code;
    return pstm_command_end("synth", synth(&options));
}
