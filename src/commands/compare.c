/* pstm compare: how two cubes differ. */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "commands/arguments.h"
#include "commands/commands.h"
#include "commands/section.h"
#include "core/memory.h"
#include "report/difference.h"

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
    const char *paths[2], *dataset, *out;
    bool wants_class, requires_equal, requires_nrms, help;
    double class_centre_m, max_nrms;
} compare_options;

/* Two open cubes and what is compared of them. */
typedef struct comparison {
    pstm_open_cube a, b;
    pstm_cube_data data, fold_data;
    bool with_folds;
    int32_t k_begin, k_end;
    int32_t class_a, class_b, n_classes; /* the first classes compared, and how many; 0, 0, 1 for the stack */
    int64_t n_columns, n_compared;       /* chunk columns */
    float *values_a, *values_b;          /* of one class of a chunk column */
    pstm_difference *difference;
} comparison;

/* ---- options ---- */

static pstm_status read_option(int option, compare_options *options)
{
    switch (option) {
    case 'd':
        options->dataset = optarg;
        if (strcmp(optarg, "stack") == 0 || strcmp(optarg, "gather") == 0) return PSTM_OK;
        return pstm_fail(PSTM_USAGE,
                         "--dataset wants stack or gather, not '%s'; folds are compared with them", optarg);
    case 'k':
        options->wants_class = true;
        return pstm_argument_number("--offset", optarg, &options->class_centre_m);
    case 'r':
        options->requires_equal = true;
        if (strcmp(optarg, "bit-equal") == 0) return PSTM_OK;
        return pstm_fail(PSTM_USAGE, "--require wants bit-equal, not '%s'", optarg);
    case 'n':
        options->requires_nrms = true;
        PSTM_TRY(pstm_argument_number("--max-nrms", optarg, &options->max_nrms));
        if (options->max_nrms >= 0) return PSTM_OK;
        return pstm_fail(PSTM_USAGE, "--max-nrms wants a number from 0 on, not '%s'", optarg);
    default:
        options->out = optarg;
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
    int option;
    optind = 0; /* glibc: start afresh */
    while ((option = getopt_long(argc, argv, ":", known, NULL)) != -1) {
        if (option == 'h') {
            options->help = true;
            return PSTM_OK;
        }
        if (option == '?' || option == ':') return pstm_argument_refuse(option, argv);
        PSTM_TRY(read_option(option, options));
    }
    if (optind != argc - 2) return pstm_fail(PSTM_USAGE, "two cubes are wanted; try --help");
    if (options->wants_class && options->dataset && strcmp(options->dataset, "stack") == 0)
        return pstm_fail(PSTM_USAGE, "--offset is for gathers; a stack has no offset classes");
    options->paths[0] = argv[optind];
    options->paths[1] = argv[optind + 1];
    return PSTM_OK;
}

/* ---- what can be compared ---- */

/* Names what differs between the axes; they must be the same for samples to be compared one to one. */
static pstm_status check_grids(const pstm_open_cube *a, const pstm_open_cube *b)
{
    const pstm_grid *ga = &a->about->grid, *gb = &b->about->grid;
    const struct {
        const char *name;
        double a, b, slack;
    } facts[] = {
        {"inlines", ga->n_inline, gb->n_inline, 0},
        {"crosslines", ga->n_crossline, gb->n_crossline, 0},
        {"samples", ga->n_times, gb->n_times, 0},
        {"first inline", ga->first_inline, gb->first_inline, 0},
        {"first crossline", ga->first_crossline, gb->first_crossline, 0},
        {"inline step", ga->step_inline_m, gb->step_inline_m, 1e-6},
        {"crossline step", ga->step_crossline_m, gb->step_crossline_m, 1e-6},
        {"origin x", ga->origin_x_m, gb->origin_x_m, 1e-3},
        {"origin y", ga->origin_y_m, gb->origin_y_m, 1e-3},
        {"azimuth", ga->azimuth_deg, gb->azimuth_deg, 1e-9},
        {"first time", ga->time_first_s, gb->time_first_s, 1e-9},
        {"time step", ga->time_step_s, gb->time_step_s, 1e-9},
    };
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        if (!(fabs(facts[i].a - facts[i].b) <= facts[i].slack))
            return pstm_fail(PSTM_DATA, "the cubes have different axes: %s %.10g in %s, %.10g in %s",
                             facts[i].name, facts[i].a, a->path, facts[i].b, b->path);
    return PSTM_OK;
}

static pstm_status check_classes(const comparison *with)
{
    const pstm_cube_about *a = with->a.about, *b = with->b.about;
    if (a->n_classes != b->n_classes)
        return pstm_fail(PSTM_DATA,
                         "the cubes have different offset classes: %d in %s, %d in %s; compare one class "
                         "with --offset, or the stacks with --dataset stack",
                         a->n_classes, with->a.path, b->n_classes, with->b.path);
    for (int32_t c = 0; c < a->n_classes; c++)
        if (!(fabs(a->class_centres_m[c] - b->class_centres_m[c]) <= 1e-6))
            return pstm_fail(PSTM_DATA, "offset class %d is centred on %g m in %s, %g m in %s", c,
                             a->class_centres_m[c], with->a.path, b->class_centres_m[c], with->b.path);
    return PSTM_OK;
}

static bool both_have(const comparison *with, pstm_cube_data data)
{
    return pstm_cube_has(with->a.cube, data) && pstm_cube_has(with->b.cube, data);
}

static pstm_status choose_classes(comparison *with, const compare_options *options)
{
    with->n_classes = 1;
    if (with->data == PSTM_CUBE_STACK) return PSTM_OK;
    if (options->wants_class) {
        PSTM_TRY(pstm_find_class(&with->a, options->class_centre_m, &with->class_a));
        return pstm_find_class(&with->b, options->class_centre_m, &with->class_b);
    }
    with->n_classes = with->a.about->n_classes;
    return check_classes(with);
}

static pstm_status choose_data(comparison *with, const compare_options *options)
{
    const bool wants_gather = options->dataset ? strcmp(options->dataset, "gather") == 0
                                               : options->wants_class || !both_have(with, PSTM_CUBE_STACK);
    with->data = wants_gather ? PSTM_CUBE_GATHER : PSTM_CUBE_STACK;
    with->fold_data = wants_gather ? PSTM_CUBE_GATHER_FOLD : PSTM_CUBE_FOLD;
    with->with_folds = both_have(with, with->fold_data);
    if (!both_have(with, with->data))
        return pstm_fail(PSTM_DATA, "%s and %s do not both have the %s", with->a.path, with->b.path,
                         pstm_cube_data_name(with->data));
    return choose_classes(with, options);
}

static pstm_status open_both(comparison *with, const compare_options *options)
{
    PSTM_TRY(pstm_open_cube_at(options->paths[0], &with->a));
    PSTM_TRY(pstm_open_cube_at(options->paths[1], &with->b));
    PSTM_TRY(pstm_check_migrated(&with->a));
    PSTM_TRY(pstm_check_migrated(&with->b));
    PSTM_TRY(check_grids(&with->a, &with->b));
    PSTM_TRY(choose_data(with, options));
    const pstm_cube_about *a = with->a.about, *b = with->b.about;
    with->k_begin = a->k_begin > b->k_begin ? a->k_begin : b->k_begin;
    with->k_end = a->k_end < b->k_end ? a->k_end : b->k_end;
    if (with->k_begin >= with->k_end)
        return pstm_fail(PSTM_DATA, "the time windows of %s and %s do not overlap", with->a.path,
                         with->b.path);
    const int64_t n = (int64_t)PSTM_CUBE_CHUNK * PSTM_CUBE_CHUNK * (with->k_end - with->k_begin);
    PSTM_TRY(PSTM_NEW(&with->values_a, n, "a chunk of the first cube"));
    PSTM_TRY(PSTM_NEW(&with->values_b, n, "a chunk of the second cube"));
    return pstm_difference_create(a->grid.time_step_s, &with->difference);
}

static void close_both(comparison *with)
{
    pstm_close_cube(&with->a);
    pstm_close_cube(&with->b);
    PSTM_FREE(&with->values_a);
    PSTM_FREE(&with->values_b);
    pstm_difference_destroy(&with->difference);
}

/* ---- comparing ---- */

/* The range's classes are those of a. */
static pstm_status read_both(comparison *with, pstm_cube_data data, const pstm_cube_range *range)
{
    pstm_cube_range of_b = *range;
    of_b.c_begin += with->class_b - with->class_a;
    of_b.c_end += with->class_b - with->class_a;
    PSTM_TRY(pstm_cube_read(with->a.cube, data, range, with->values_a));
    return pstm_cube_read(with->b.cube, data, &of_b, with->values_b);
}

/* One class of one chunk column. */
static pstm_status compare_chunk(comparison *with, const pstm_cube_range *range)
{
    const int32_t n_times = with->k_end - with->k_begin;
    PSTM_TRY(read_both(with, with->data, range));
    int64_t at = 0;
    for (int32_t i = range->i_begin; i < range->i_end; i++)
        for (int32_t j = range->j_begin; j < range->j_end; j++, at += n_times) {
            const pstm_image_trace trace = {i, j, range->c_begin};
            pstm_difference_add(with->difference, with->values_a + at, with->values_b + at, n_times, &trace,
                                with->k_begin);
        }
    if (!with->with_folds) return PSTM_OK;
    PSTM_TRY(read_both(with, with->fold_data, range));
    pstm_difference_add_folds(with->difference, with->values_a, with->values_b, at);
    return PSTM_OK;
}

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static pstm_status compare_all(comparison *with)
{
    const pstm_grid *grid = &with->a.about->grid;
    for (int32_t i = 0; i < grid->n_inline; i += PSTM_CUBE_CHUNK)
        for (int32_t j = 0; j < grid->n_crossline; j += PSTM_CUBE_CHUNK) {
            with->n_columns++;
            if (!pstm_cube_is_migrated(&with->a, i, j) || !pstm_cube_is_migrated(&with->b, i, j)) continue;
            with->n_compared++;
            pstm_cube_range range = {.i_begin = i,
                                     .i_end = least(i + PSTM_CUBE_CHUNK, grid->n_inline),
                                     .j_begin = j,
                                     .j_end = least(j + PSTM_CUBE_CHUNK, grid->n_crossline),
                                     .k_begin = with->k_begin,
                                     .k_end = with->k_end};
            for (int32_t c = with->class_a; c < with->class_a + with->n_classes; c++) {
                range.c_begin = c;
                range.c_end = c + 1;
                PSTM_TRY(compare_chunk(with, &range));
            }
        }
    if (with->n_compared > 0) return PSTM_OK;
    return pstm_fail(PSTM_DATA, "%s and %s have no chunk in common: no part of the image is migrated in both",
                     with->a.path, with->b.path);
}

/* ---- telling ---- */

static void print_cube(const char *name, const pstm_open_cube *open)
{
    printf("%s: %s (%s)\n", name, open->path,
           *open->about->numerics_id ? open->about->numerics_id : "unknown");
    if (!open->has_journal) printf("   no journal beside it: taken as wholly migrated\n");
}

static void print_largest(const comparison *with)
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

static void print_compared(const comparison *with)
{
    const pstm_grid *grid = &with->a.about->grid;
    printf("compared: %s, ", pstm_cube_data_name(with->data));
    if (with->data == PSTM_CUBE_GATHER && with->n_classes == 1)
        printf("offset %.6g m, ", with->a.about->class_centres_m[with->class_a]);
    printf("%lld of %lld chunk columns, twt %.6g to %.6g s\n", (long long)with->n_compared,
           (long long)with->n_columns, pstm_grid_time_s(grid, with->k_begin),
           pstm_grid_time_s(grid, with->k_end - 1));
}

static void print_comparison(const comparison *with)
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

/* ---- picture ---- */

/* The section through the largest difference, or the middle one: an inline, unless it would be a point. */
static pstm_section worst_section(const comparison *with)
{
    const pstm_grid *grid = &with->a.about->grid;
    const pstm_image_trace *trace = &with->difference->largest_trace;
    const bool has_largest = with->difference->largest > 0;
    return (pstm_section){.kind = grid->n_crossline > 1 ? PSTM_SECTION_INLINE : PSTM_SECTION_CROSSLINE,
                          .data = with->data,
                          .i = has_largest ? trace->i : grid->n_inline / 2,
                          .j = has_largest ? trace->j : grid->n_crossline / 2,
                          .class_index = has_largest ? trace->class_index : with->class_a,
                          .k_begin = with->k_begin,
                          .k_end = with->k_end};
}

static pstm_status draw_difference(const comparison *with, const char *path)
{
    pstm_status status = PSTM_OK;
    pstm_section_values a = {0}, b = {0};
    pstm_text title = {0}, subtitle = {0};
    const pstm_section section = worst_section(with);
    pstm_section section_b = section;
    section_b.class_index += with->class_b - with->class_a;
    PSTM_GO(pstm_section_read(&with->a, &section, &a));
    PSTM_GO(pstm_section_read(&with->b, &section_b, &b));
    for (int64_t n = 0; n < a.n_columns * a.n_rows; n++)
        a.values[n] -= b.values[n]; /* NaN where either is not migrated */
    PSTM_GO(pstm_text_add(&title, "difference, "));
    PSTM_GO(pstm_section_describe(&with->a, &section, &title));
    PSTM_GO(pstm_text_add(&subtitle, "%s minus %s, NRMS %.2e", with->a.path, with->b.path,
                          pstm_difference_nrms(with->difference)));
    pstm_picture picture = pstm_section_picture(&section, &a);
    picture.title = title.bytes;
    picture.subtitle = subtitle.bytes;
    picture.colour = PSTM_COLOUR_RWB;
    picture.clip_percent = 100;
    picture.value_label = "a - b";
    PSTM_GO(pstm_picture_write(&picture, path, NULL));
    printf("%s\n", path);
cleanup:
    pstm_section_free(&a);
    pstm_section_free(&b);
    pstm_text_clear(&title);
    pstm_text_clear(&subtitle);
    return status;
}

/* ---- the command ---- */

static pstm_status check_requirements(const comparison *with, const compare_options *options)
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
    comparison with = {0};
    PSTM_GO(open_both(&with, options));
    PSTM_GO(compare_all(&with));
    print_comparison(&with);
    if (options->out) PSTM_GO(draw_difference(&with, options->out));
    PSTM_GO(check_requirements(&with, options));
cleanup:
    close_both(&with);
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
