/* pstm compare: how two cubes differ. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "commands/command.h"
#include "qc/comparison.h"

static const char usage[] =
    "usage: pstm compare A.h5 B.h5 [options]\n"
    "\n"
    "Compares what both cubes hold: the chunk columns that both have migrated, in the time window of both.\n"
    "NRMS is rms(a - b) / rms(b). The peak shift is where the strongest event of each trace of b is found "
    "in\n"
    "a, within 20 ms.\n";

typedef struct compare_options {
    const char *dataset, *out, *require;
    double class_centre_m; /* NaN: all classes */
    double max_nrms;       /* NaN: any */
} compare_options;

static const pstm_option table[] = {
    PSTM_OPTION("dataset", "NAME", pstm_option_text, compare_options, dataset,
                "stack or gather; default: the stack if both have one, with --offset the gather"),
    PSTM_OPTION("offset", "M", pstm_option_number, compare_options, class_centre_m,
                "the offset class centred on M metres alone; the cubes may differ in the others"),
    PSTM_OPTION("out", "FILE.png", pstm_option_text, compare_options, out,
                "draws a - b on the section through the largest difference"),
    PSTM_OPTION("require", "bit-equal", pstm_option_text, compare_options, require,
                "exit code 2 unless all samples and folds have the same bits"),
    PSTM_OPTION_WITHIN("max-nrms", "X", pstm_option_number, compare_options, max_nrms, "a number from 0 on",
                       0, INFINITY, "exit code 2 if the NRMS is above X"),
};

static const pstm_command_line line = {
    .usage = usage, PSTM_OPTIONS(table), .words = "two cubes are wanted", .least_words = 2, .most_words = 2};

static pstm_status check_options(const compare_options *options)
{
    const char *dataset = options->dataset;
    if (dataset != NULL && strcmp(dataset, "stack") != 0 && strcmp(dataset, "gather") != 0)
        return pstm_fail(PSTM_USAGE,
                         "--dataset wants stack or gather, not '%s'; folds are compared with them", dataset);
    if (dataset != NULL && strcmp(dataset, "stack") == 0 && !isnan(options->class_centre_m))
        return pstm_fail(PSTM_USAGE, "--offset is for gathers; a stack has no offset classes");
    if (options->require != NULL && strcmp(options->require, "bit-equal") != 0)
        return pstm_fail(PSTM_USAGE, "--require wants bit-equal, not '%s'", options->require);
    return PSTM_OK;
}

/* ---- printing ---- */

static void print_cube(const char *name, const pstm_open_cube *open)
{
    printf("%s: %s (%s)\n", name, open->path,
           *open->about->numerics_id ? open->about->numerics_id : "unknown");
    if (!open->has_journal) printf("   no journal beside it: taken as wholly migrated\n");
}

static void print_largest(const pstm_comparison *with)
{
    const pstm_difference *difference = with->difference;
    const pstm_grid *grid = &with->a.about->grid;
    const pstm_image_trace *trace = &difference->largest_trace;
    double x_m, y_m;
    pstm_grid_node(grid, trace->i, trace->j, &x_m, &y_m);
    printf("largest difference: %.6g (a %.9g, b %.9g) at inline %d, crossline %d, ", difference->largest,
           (double)difference->largest_a, (double)difference->largest_b, grid->first_inline + trace->i,
           grid->first_crossline + trace->j);
    if (with->data == PSTM_CUBE_GATHER)
        printf("offset %.6g m, ", with->a.about->class_centres_m[trace->class_index]);
    printf("twt %.6g s, x %.2f m, y %.2f m\n", pstm_grid_time_s(grid, difference->largest_k), x_m, y_m);
}

static void print_shifts(const pstm_difference *difference)
{
    double median_s, within_95_s;
    pstm_difference_shifts(difference, &median_s, &within_95_s);
    if (difference->n_shifts == 0)
        printf("peak shift a - b: no trace has an event in both\n");
    else
        printf("peak shift a - b: median %.4f ms, 95 %% within %.4f ms (%lld traces)\n", 1000 * median_s,
               1000 * within_95_s, (long long)difference->n_shifts);
}

static void print_compared(const pstm_comparison *with)
{
    const pstm_grid *grid = &with->a.about->grid;
    printf("compared: %s, ", pstm_cube_data_name(with->data));
    if (with->data == PSTM_CUBE_GATHER && with->n_classes == 1)
        printf("offset %.6g m, ", with->a.about->class_centres_m[with->class_a]);
    printf("%lld of %lld chunk columns, twt %.6g to %.6g s\n", (long long)with->n_compared,
           (long long)with->n_columns, pstm_grid_time_s(grid, with->k_begin),
           pstm_grid_time_s(grid, with->k_end - 1));
}

static void print_comparison(const pstm_comparison *with)
{
    const pstm_difference *difference = with->difference;
    print_cube("a", &with->a);
    print_cube("b", &with->b);
    print_compared(with);
    printf("bit-equal: %s\n", pstm_difference_is_none(difference) ? "yes" : "no");
    printf("samples that differ: %lld of %lld\n", (long long)difference->n_differ,
           (long long)difference->n_samples);
    if (difference->n_not_finite > 0)
        printf("of these not finite in one: %lld\n", (long long)difference->n_not_finite);
    printf("NRMS: %.4e\n", pstm_difference_nrms(difference));
    if (difference->largest > 0) print_largest(with);
    print_shifts(difference);
    if (with->with_folds)
        printf("folds that differ: %lld of %lld, by at most %.0f\n", (long long)difference->n_folds_differ,
               (long long)difference->n_folds, difference->largest_fold);
    else
        printf("folds: not in both\n");
}

/* ---- the command ---- */

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
    const pstm_comparison_wish wish = {.paths = {cubes[0], cubes[1]},
                                       .dataset = options->dataset,
                                       .wants_class = !isnan(options->class_centre_m),
                                       .class_centre_m = options->class_centre_m};
    PSTM_GO(check_options(options));
    PSTM_GO(pstm_comparison_open(&wish, &with));
    PSTM_GO(pstm_comparison_run(&with));
    print_comparison(&with);
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
    compare_options options = {.class_centre_m = NAN, .max_nrms = NAN};
    int code;
    char **cubes = pstm_command_line_read(&line, argc, argv, &options, &code);
    return cubes == NULL ? code : pstm_command_end("compare", compare(&options, cubes));
}
