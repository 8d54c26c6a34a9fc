/* pstm compare: how two cubes differ. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "commands/command.h"
#include "core/place.h"
#include "qc/comparison.h"
#include "qc/comparison_report.h"
#include "report/png_mark.h"

static const char usage[] =
    "usage: pstm compare A.h5 B.h5 [options]\n"
    "\n"
    "Compares what both cubes hold: the chunk columns that both have migrated, in the time window of both.\n"
    "NRMS is rms(a - b) / rms(b). The peak shift is where the strongest event of each trace of b is found\n"
    "in a, within 20 ms.\n";

typedef struct compare_options {
    const char *dataset, *out, *require;
    pstm_class_centre centre; /* empty: all classes */
    double max_nrms;          /* NaN: any */
    bool overwrite;
} compare_options;

#define CLASS_OPTION(word, member, unit, meaning)                                                            \
    PSTM_OPTION(#word, "X", pstm_option_number, compare_options, centre.member,                              \
                "the class centred on X " unit " alone, the cubes may differ in the others;\n" meaning),

static const pstm_option table[] = {
    PSTM_OPTION("dataset", "NAME", pstm_option_text, compare_options, dataset,
                "stack or gather; default: the stack if both have one, with a class the gather"),
    PSTM_OPTION("out", "FILE.png", pstm_option_text, compare_options, out,
                "draws a - b on the section through the largest difference"),
    PSTM_OPTION("overwrite", NULL, pstm_option_flag, compare_options, overwrite,
                "replaces a file that pstm has not made, too"),
    PSTM_OPTION("require", "bit-equal", pstm_option_text, compare_options, require,
                "exit code 2 unless all samples and folds have the same bits"),
    PSTM_OPTION_WITHIN("max-nrms", "X", pstm_option_number, compare_options, max_nrms, "a number from 0 on",
                       0, INFINITY, "exit code 2 if the NRMS is above X"),
    PSTM_CLASS_COORDINATE_LIST(CLASS_OPTION)};

static const pstm_command_line line = {
    .usage = usage, PSTM_OPTIONS(table), .words = "two cubes are wanted", .least_words = 2, .most_words = 2};

static pstm_status check_options(const compare_options *options)
{
    const char *dataset = options->dataset;
    if (dataset != NULL && strcmp(dataset, "stack") != 0 && strcmp(dataset, "gather") != 0)
        return pstm_fail(PSTM_USAGE,
                         "--dataset wants stack or gather, not '%s'; folds are compared with them", dataset);
    if (dataset != NULL && strcmp(dataset, "stack") == 0 && !pstm_class_centre_is_empty(options->centre))
        return pstm_fail(PSTM_USAGE, "a class is compared in the gathers; a stack has no classes");
    if (options->require != NULL && strcmp(options->require, "bit-equal") != 0)
        return pstm_fail(PSTM_USAGE, "--require wants bit-equal, not '%s'", options->require);
    return PSTM_OK;
}

static pstm_status check_out(const compare_options *options, char **cubes)
{
    if (options->out == NULL) return PSTM_OK;
    if (pstm_place_is_same(options->out, cubes[0]) || pstm_place_is_same(options->out, cubes[1]))
        return pstm_fail(PSTM_USAGE, "--out %s is one of the cubes; name another file", options->out);
    return pstm_png_check(options->out, options->overwrite);
}

static pstm_status check_requirements(const pstm_comparison *with, const compare_options *options)
{
    const double nrms = pstm_difference_nrms(with->difference);
    const bool requires_nrms = !isnan(options->max_nrms);
    if (options->require != NULL && !pstm_difference_is_none(with->difference))
        return pstm_fail(PSTM_DATA, "the cubes are not bit-equal");
    if (requires_nrms && with->difference->n_not_finite > 0)
        return pstm_fail(PSTM_DATA, "the cubes differ in samples that are not finite");
    if (requires_nrms && !(nrms <= options->max_nrms))
        return pstm_fail(PSTM_DATA, "the NRMS %.4e is above %.4e", nrms, options->max_nrms);
    return PSTM_OK;
}

static pstm_status compare(const compare_options *options, char **cubes)
{
    pstm_status status = PSTM_OK;
    pstm_comparison with = {0};
    const pstm_comparison_wish wish = {
        .paths = {cubes[0], cubes[1]},
        .dataset = options->dataset,
        .centre = pstm_class_centre_is_empty(options->centre) ? NULL : &options->centre};
    PSTM_GO(check_options(options));
    PSTM_GO(check_out(options, cubes));
    PSTM_GO(pstm_comparison_open(&wish, &with));
    PSTM_GO(pstm_comparison_run(&with));
    pstm_comparison_report(&with, stdout);
    if (options->out) {
        PSTM_GO(pstm_comparison_draw(&with, options->out));
        printf("%s\n", options->out);
    }
    PSTM_GO(check_requirements(&with, options));
cleanup:
    pstm_comparison_close(&with);
    return status;
}

int pstm_command_compare(int argc, char **argv)
{
    compare_options options = {.centre = PSTM_NO_CENTRE, .max_nrms = NAN};
    int code;
    char **cubes = pstm_command_line_read(&line, argc, argv, &options, &code);
    return cubes == NULL ? code : pstm_command_end("compare", compare(&options, cubes));
}
