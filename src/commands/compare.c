/* pstm compare: how two cubes differ. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "commands/arguments.h"
#include "commands/commands.h"
#include "qc/comparison.h"

static const char usage[] =
    "usage: pstm compare A.h5 B.h5 [options]\n"
    "\n"
    "Compares what both cubes hold: the chunk columns that both have migrated, in the time window of both.\n"
    "NRMS is rms(a - b) / rms(b). The peak shift is where the strongest event of each trace of b is found "
    "in\n"
    "a, within 20 ms.\n"
    "\n"
    "options:\n"
    "  --dataset NAME       stack or gather; default: the stack if both have one, with --offset the gather\n"
    "  --offset M           the offset class centred on M metres alone; the cubes may differ in the others\n"
    "  --out FILE.png       draws a - b on the section through the largest difference\n"
    "  --require bit-equal  exit code 2 unless all samples and folds have the same bits\n"
    "  --max-nrms X         exit code 2 if the NRMS is above X\n"
    "  --help               this text\n";

typedef struct compare_options {
    pstm_comparison_wish wish;
    const char *out;
    bool requires_equal, requires_nrms, help;
    double max_nrms;
} compare_options;

/* ---- options ---- */

static pstm_status take(int option, const char *value, void *to)
{
    compare_options *options = to;
    switch (option) {
    case 'd':
        options->wish.dataset = value;
        if (strcmp(value, "stack") == 0 || strcmp(value, "gather") == 0) return PSTM_OK;
        return pstm_fail(PSTM_USAGE,
                         "--dataset wants stack or gather, not '%s'; folds are compared with them", value);
    case 'k':
        options->wish.wants_class = true;
        return pstm_argument_number("--offset", value, &options->wish.class_centre_m);
    case 'r':
        options->requires_equal = true;
        if (strcmp(value, "bit-equal") == 0) return PSTM_OK;
        return pstm_fail(PSTM_USAGE, "--require wants bit-equal, not '%s'", value);
    case 'n':
        options->requires_nrms = true;
        PSTM_TRY(pstm_argument_number("--max-nrms", value, &options->max_nrms));
        if (options->max_nrms >= 0) return PSTM_OK;
        return pstm_fail(PSTM_USAGE, "--max-nrms wants a number from 0 on, not '%s'", value);
    default:
        options->out = value;
        return PSTM_OK;
    }
}

static pstm_status read_options(int argc, char **argv, compare_options *options)
{
    static const struct option known[] = {{"dataset", required_argument, NULL, 'd'},
                                          {"out", required_argument, NULL, 'o'},
                                          {"require", required_argument, NULL, 'r'},
                                          {"max-nrms", required_argument, NULL, 'n'},
                                          {"offset", required_argument, NULL, 'k'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    pstm_arguments left;
    PSTM_TRY(pstm_arguments_read(argc, argv, known, take, options, &left));
    options->help = left.help;
    if (options->help) return PSTM_OK;
    if (left.n != 2) return pstm_fail(PSTM_USAGE, "two cubes are wanted; try --help");
    if (options->wish.wants_class && options->wish.dataset && strcmp(options->wish.dataset, "stack") == 0)
        return pstm_fail(PSTM_USAGE, "--offset is for gathers; a stack has no offset classes");
    options->wish.paths[0] = left.words[0];
    options->wish.paths[1] = left.words[1];
    return PSTM_OK;
}

/* ---- telling ---- */

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
    if (options->requires_equal && !pstm_difference_is_none(with->difference))
        return pstm_fail(PSTM_DATA, "the cubes are not bit-equal");
    if (options->requires_nrms && with->difference->n_not_finite > 0)
        return pstm_fail(PSTM_DATA, "the cubes differ in samples that are not finite");
    if (options->requires_nrms && !(nrms <= options->max_nrms))
        return pstm_fail(PSTM_DATA, "the NRMS %.4e is above %.4e", nrms, options->max_nrms);
    return PSTM_OK;
}

static pstm_status compare(const compare_options *options)
{
    pstm_status status = PSTM_OK;
    pstm_comparison with = {0};
    PSTM_GO(pstm_comparison_open(&options->wish, &with));
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
    compare_options options = {0};
    pstm_status status = read_options(argc, argv, &options);
    if (status == PSTM_OK && options.help) {
        fputs(usage, stdout);
        return PSTM_OK;
    }
    if (status == PSTM_OK) status = compare(&options);
    return status == PSTM_OK ? PSTM_OK : pstm_command_failed("compare", status);
}
