/* A job for what was found in a survey's files. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "qc/overview_text.h"

const char pstm_overview_job_mark[] = "# A job for `pstm run`, proposed by `pstm scan`";

static const double GUESSED_M_S = 2000;

/* 1, 2 or 5 times a power of ten, not below value. */
static double round_up(double value)
{
    const double power = pow(10, floor(log10(value)));
    return value <= power       ? power
           : value <= 2 * power ? 2 * power
           : value <= 5 * power ? 5 * power
                                : 10 * power;
}

/* In double quotes, as YAML has them. */
static pstm_status add_quoted(const char *name, pstm_text *text)
{
    PSTM_TRY(pstm_text_add(text, "\""));
    for (const char *c = name; *c != '\0'; c++)
        PSTM_TRY(pstm_text_add(text, "%s%c", *c == '"' || *c == '\\' ? "\\" : "", *c));
    return pstm_text_add(text, "\"");
}

static bool is_input_key(const char *line)
{
    return strncmp(line, "input.", 6) == 0 && strncmp(line, "input.segy", 10) != 0;
}

/* Keys of the input that are not the defaults: what --set has said. */
static pstm_status add_input_keys(const pstm_job *job, const pstm_job *plain, pstm_text *text)
{
    pstm_text ours = {0}, theirs = {0};
    pstm_status status;
    PSTM_GO(pstm_job_list(job, PSTM_KEYS_ALL, &ours));
    PSTM_GO(pstm_job_list(plain, PSTM_KEYS_ALL, &theirs));
    for (char *line = strtok(ours.bytes, "\n"); line != NULL; line = strtok(NULL, "\n"))
        if (is_input_key(line) && strstr(theirs.bytes, line) == NULL)
            PSTM_GO(pstm_text_add(text, "  %s\n", line + 6));
cleanup:
    pstm_text_clear(&ours);
    pstm_text_clear(&theirs);
    return status;
}

/* A path that is found from the folder of the job too. */
static pstm_status add_path(const char *path, bool beside, pstm_text *text)
{
    char *whole = beside ? NULL : realpath(path, NULL);
    const pstm_status status = add_quoted(whole != NULL ? whole : path, text);
    free(whole);
    return status;
}

static pstm_status add_inputs(const pstm_overview *o, const pstm_job *job, bool beside, pstm_text *text)
{
    const pstm_inputs *inputs = o->survey.inputs;
    pstm_job *plain = NULL;
    PSTM_TRY(pstm_text_add(text, "\ninput:\n  segy:\n"));
    for (int64_t f = 0; f < inputs->n_files; f++) {
        PSTM_TRY(pstm_text_add(text, "    - "));
        PSTM_TRY(add_path(pstm_segy_path(inputs->files[f]), beside, text));
        PSTM_TRY(pstm_text_add(text, "\n"));
    }
    PSTM_TRY(pstm_overview_job_of(inputs->n_files, job->input.segy.text, NULL, 0, &plain));
    const pstm_status status = add_input_keys(job, plain, text);
    pstm_job_destroy(&plain);
    return status;
}

static pstm_status add_grid(const pstm_overview *o, pstm_text *text)
{
    const pstm_grid *g = &o->proposal.grid;
    PSTM_TRY(pstm_text_add(text, "\n# The grid: %s.\n", pstm_overview_shape(&o->proposal)));
    PSTM_TRY(pstm_overview_describe_grid(o, "#   ", text));
    PSTM_TRY(pstm_text_add(text,
                           "grid:\n  origin: [%.3f, %.3f]      # centre of bin (0, 0), metres\n  azimuth: "
                           "%.9g      # clockwise from north: crossline numbers grow this way\n",
                           g->origin_x_m, g->origin_y_m, g->azimuth_deg));
    PSTM_TRY(pstm_text_add(
        text, "  inline: { n: %d, step: %.9g, first: %d }\n  crossline: { n: %d, step: %.9g, first: %d }\n",
        g->n_inline, g->step_inline_m, g->first_inline, g->n_crossline, g->step_crossline_m,
        g->first_crossline));
    return pstm_text_add(
        text, "  time: { n: %d, step: %.9g, first: 0 }      # two-way time of the image, seconds\n",
        g->n_times, g->time_step_s);
}

static pstm_status add_offsets(const pstm_overview *o, pstm_text *text)
{
    const double step_m = round_up(fmax(o->most_offset_m, 1) / 12);
    const int n = (int)ceil(o->most_offset_m / step_m + 1e-9);
    PSTM_TRY(pstm_text_add(text,
                           "\n# Classes of offset give gathers besides the stack; offsets here are %.0f to "
                           "%.0f m. Remove the # to have them.\n",
                           o->least_offset_m, o->most_offset_m));
    return pstm_text_add(text, "# offsets: { first: %.9g, step: %.9g, n: %d }\n", 0.5 * step_m, step_m,
                         n < 1 ? 1 : n);
}

static pstm_status add_migration(const pstm_overview *o, pstm_text *text)
{
    const pstm_grid *g = &o->proposal.grid;
    const double survey_m = hypot(g->n_inline * g->step_inline_m, g->n_crossline * g->step_crossline_m);
    const double steep_m = 0.5 * GUESSED_M_S * o->last_s * sqrt(3.0);
    const double reach_m = round_up(fmax(fmin(steep_m, fmax(survey_m, o->most_offset_m)), 1));
    PSTM_TRY(pstm_text_add(
        text,
        "\n# How far a reflection may have come from: the cost grows with the square of it.\nmigrate:\n  "
        "aperture: { distance: %.9g, angle: 60 }      # metres at most, degrees from the vertical\n",
        reach_m));
    if (o->proposal.shape == PSTM_SHAPE_CROOKED)
        return pstm_text_add(text, "  weight: obliquity      # `true` has no areas on a crooked line\n");
    return pstm_text_add(text, "  weight: true      # amplitudes are reflectivity (docs/theory.md); "
                               "`obliquity` and `none` are kinematic\n");
}

pstm_status pstm_overview_add_job(const pstm_overview *o, const pstm_job *job, bool beside, pstm_text *text)
{
    if (o->proposal.shape == PSTM_SHAPE_NONE)
        return pstm_fail(
            PSTM_DATA,
            "there are too few midpoints at different places for a grid, so no job is written; look at the "
            "doubts, and at input.bytes (--set input.bytes.source_x=... says where coordinates are)");
    PSTM_TRY(pstm_text_add(text,
                           "%s from the trace headers.\n# Every key: `pstm keys`. Names of files count from "
                           "this file's folder.\n# Before a run: `pstm check` of this file says what it "
                           "would do, what it costs and what is doubtful.\n",
                           pstm_overview_job_mark));
    for (int64_t d = 0; d < o->doubts.n; d++)
        PSTM_TRY(
            pstm_text_add(text, "# doubt [%s]: see `pstm scan`\n", pstm_doubt_word(o->doubts.items[d].kind)));
    PSTM_TRY(add_inputs(o, job, beside, text));
    PSTM_TRY(add_grid(o, text));
    PSTM_TRY(
        pstm_text_add(text,
                      "\n# A GUESS, since headers have no velocities: %g m/s everywhere. Put your own in its "
                      "place, such as\n#   velocity: { file: vrms.txt }      # lines \"t v\" or \"x y t v\": "
                      "two-way time in s, rms velocity in m/s\nvelocity: { constant: %g }\n",
                      GUESSED_M_S, GUESSED_M_S));
    PSTM_TRY(add_offsets(o, text));
    PSTM_TRY(add_migration(o, text));
    return pstm_text_add(text, "\noutput: { file: image.h5 }\n");
}

/* ---- reading with settings alone ----------------------------------------------------------------------- */

static pstm_status add_names(int64_t n, char *const *names, pstm_text *text)
{
    PSTM_TRY(pstm_text_add(text, "input: { segy: ["));
    for (int64_t f = 0; f < n; f++) {
        PSTM_TRY(pstm_text_add(text, "%s", f > 0 ? ", " : ""));
        PSTM_TRY(add_quoted(names[f], text));
    }
    return pstm_text_add(text, "] }\n");
}

pstm_status pstm_overview_job_of(int64_t n, char *const *names, const char *const *settings,
                                 size_t n_settings, pstm_job **job)
{
    static const char rest[] = "grid: { origin: [0, 0], azimuth: 0, inline: { n: 1, step: 1 }, crossline: { "
                               "n: 1, step: 1 }, time: { n: 1, step: 0.004 } }\n"
                               "velocity: { constant: 2000 }\noutput: { file: image.h5 }\n";
    pstm_text text = {0};
    pstm_status status;
    PSTM_GO(add_names(n, names, &text));
    PSTM_GO(pstm_text_add(&text, "%s", rest));
    PSTM_GO(pstm_job_read_text("the files", text.bytes, settings, n_settings, job));
cleanup:
    pstm_text_clear(&text);
    return status;
}
