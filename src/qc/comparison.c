#include "qc/comparison.h"

#include <math.h>
#include <string.h>

#include "core/memory.h"

/* ---- what can be compared ---- */

/* Names what differs between the axes; they must be the same for samples to be compared one to one. */
static pstm_status check_grids(const pstm_open_cube *a, const pstm_open_cube *b)
{
    const pstm_grid *ga = &a->about->grid, *gb = &b->about->grid;
    const struct {
        const char *name;
        double a, b, slack;
    } axes[] = {
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
    for (size_t i = 0; i < sizeof axes / sizeof *axes; i++)
        if (!(fabs(axes[i].a - axes[i].b) <= axes[i].slack))
            return pstm_fail(PSTM_DATA, "the cubes have different axes: %s %.10g in %s, %.10g in %s",
                             axes[i].name, axes[i].a, a->path, axes[i].b, b->path);
    return PSTM_OK;
}

/* What one of them does not say is no difference: a cube made before there were kinds of bins says less. */
static bool centres_differ(pstm_class_centre a, pstm_class_centre b)
{
    for (int k = 0; k < PSTM_CLASS_COORDINATES; k++)
        if (fabs(pstm_class_centre_value(a, k) - pstm_class_centre_value(b, k)) > 1e-6) return true;
    return false;
}

static pstm_status check_classes(const pstm_comparison *with)
{
    const pstm_cube_about *a = with->a.about, *b = with->b.about;
    if (*a->bins != '\0' && *b->bins != '\0' && strcmp(a->bins, b->bins) != 0)
        return pstm_fail(
            PSTM_DATA,
            "the cubes have different kinds of classes: %s in %s, %s in %s; compare the stacks with "
            "--dataset stack",
            a->bins, with->a.path, b->bins, with->b.path);
    if (a->n_classes != b->n_classes)
        return pstm_fail(PSTM_DATA,
                         "the cubes have different classes: %d in %s, %d in %s; compare one class, named by "
                         "--offset or another coordinate, or the stacks with --dataset stack",
                         a->n_classes, with->a.path, b->n_classes, with->b.path);
    for (int32_t c = 0; c < a->n_classes; c++)
        if (centres_differ(a->centres[c], b->centres[c]))
            return pstm_fail(PSTM_DATA, "class %d is %s in %s, %s in %s", c,
                             pstm_class_centre_name(a->centres[c]).text, with->a.path,
                             pstm_class_centre_name(b->centres[c]).text, with->b.path);
    return PSTM_OK;
}

static bool both_have(const pstm_comparison *with, pstm_cube_data data)
{
    return pstm_cube_has(with->a.cube, data) && pstm_cube_has(with->b.cube, data);
}

static pstm_status choose_classes(pstm_comparison *with, const pstm_comparison_wish *wish)
{
    with->n_classes = 1;
    if (with->data == PSTM_CUBE_STACK) return PSTM_OK;
    if (wish->centre != NULL) {
        PSTM_TRY(pstm_find_class(&with->a, *wish->centre, &with->class_a));
        return pstm_find_class(&with->b, *wish->centre, &with->class_b);
    }
    with->n_classes = with->a.about->n_classes;
    return check_classes(with);
}

static pstm_status choose_data(pstm_comparison *with, const pstm_comparison_wish *wish)
{
    const bool wants_gather = wish->dataset ? strcmp(wish->dataset, "gather") == 0
                                            : wish->centre != NULL || !both_have(with, PSTM_CUBE_STACK);
    with->data = wants_gather ? PSTM_CUBE_GATHER : PSTM_CUBE_STACK;
    with->fold_data = wants_gather ? PSTM_CUBE_GATHER_FOLD : PSTM_CUBE_FOLD;
    with->with_folds = both_have(with, with->fold_data);
    if (!both_have(with, with->data))
        return pstm_fail(PSTM_DATA, "%s and %s do not both have the %s", with->a.path, with->b.path,
                         pstm_cube_data_name(with->data));
    return choose_classes(with, wish);
}

pstm_status pstm_comparison_open(const pstm_comparison_wish *wish, pstm_comparison *with)
{
    memset(with, 0, sizeof *with);
    PSTM_TRY(pstm_open_cube_at(wish->paths[0], &with->a));
    PSTM_TRY(pstm_open_cube_at(wish->paths[1], &with->b));
    PSTM_TRY(pstm_check_migrated(&with->a));
    PSTM_TRY(pstm_check_migrated(&with->b));
    PSTM_TRY(check_grids(&with->a, &with->b));
    PSTM_TRY(choose_data(with, wish));
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

void pstm_comparison_close(pstm_comparison *with)
{
    pstm_close_cube(&with->a);
    pstm_close_cube(&with->b);
    PSTM_FREE(&with->values_a);
    PSTM_FREE(&with->values_b);
    pstm_difference_destroy(&with->difference);
}

/* ---- comparing ---- */

/* The range's classes are those of a. */
static pstm_status read_both(pstm_comparison *with, pstm_cube_data data, const pstm_cube_range *range)
{
    pstm_cube_range of_b = *range;
    of_b.c_begin += with->class_b - with->class_a;
    of_b.c_end += with->class_b - with->class_a;
    PSTM_TRY(pstm_cube_read(with->a.cube, data, range, with->values_a));
    return pstm_cube_read(with->b.cube, data, &of_b, with->values_b);
}

static bool both_hold(const pstm_comparison *with, int32_t i, int32_t j)
{
    return pstm_cube_is_migrated(&with->a, i, j) && pstm_cube_is_migrated(&with->b, i, j);
}

/* One class of one chunk column, where both are migrated. */
static pstm_status compare_chunk(pstm_comparison *with, const pstm_cube_range *range)
{
    const int32_t n_times = with->k_end - with->k_begin;
    PSTM_TRY(read_both(with, with->data, range));
    int64_t at = 0;
    for (int32_t i = range->i_begin; i < range->i_end; i++)
        for (int32_t j = range->j_begin; j < range->j_end; j++, at += n_times) {
            const pstm_image_trace trace = {i, j, range->c_begin};
            if (both_hold(with, i, j))
                pstm_difference_add(with->difference, with->values_a + at, with->values_b + at, n_times,
                                    &trace, with->k_begin);
        }
    if (!with->with_folds) return PSTM_OK;
    PSTM_TRY(read_both(with, with->fold_data, range));
    at = 0;
    for (int32_t i = range->i_begin; i < range->i_end; i++)
        for (int32_t j = range->j_begin; j < range->j_end; j++, at += n_times)
            if (both_hold(with, i, j))
                pstm_difference_add_folds(with->difference, with->values_a + at, with->values_b + at,
                                          n_times);
    return PSTM_OK;
}

/* Counts a chunk column; false if no location of it is migrated in both. */
static bool count_column(pstm_comparison *with, const pstm_cube_range *range)
{
    int64_t n = 0;
    for (int32_t i = range->i_begin; i < range->i_end; i++)
        for (int32_t j = range->j_begin; j < range->j_end; j++)
            n += both_hold(with, i, j);
    const bool in_part = n < (int64_t)(range->i_end - range->i_begin) * (range->j_end - range->j_begin);
    with->n_columns++;
    with->n_compared += n > 0;
    if (n > 0 && in_part) {
        with->n_in_part++;
        with->n_part_locations += n;
    }
    return n > 0;
}

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

pstm_status pstm_comparison_run(pstm_comparison *with)
{
    const pstm_grid *grid = &with->a.about->grid;
    for (int32_t i = 0; i < grid->n_inline; i += PSTM_CUBE_CHUNK)
        for (int32_t j = 0; j < grid->n_crossline; j += PSTM_CUBE_CHUNK) {
            pstm_cube_range range = {.i_begin = i,
                                     .i_end = least(i + PSTM_CUBE_CHUNK, grid->n_inline),
                                     .j_begin = j,
                                     .j_end = least(j + PSTM_CUBE_CHUNK, grid->n_crossline),
                                     .k_begin = with->k_begin,
                                     .k_end = with->k_end};
            if (!count_column(with, &range)) continue;
            for (int32_t c = with->class_a; c < with->class_a + with->n_classes; c++) {
                range.c_begin = c;
                range.c_end = c + 1;
                PSTM_TRY(compare_chunk(with, &range));
            }
        }
    if (with->n_compared > 0) return PSTM_OK;
    return pstm_fail(PSTM_DATA,
                     "%s and %s have no location in common: no part of the image is migrated in both",
                     with->a.path, with->b.path);
}

/* ---- picture ---- */

static pstm_section choose_section(const pstm_comparison *with)
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

pstm_status pstm_comparison_draw(const pstm_comparison *with, const char *path)
{
    pstm_status status = PSTM_OK;
    pstm_section_values a = {0}, b = {0};
    pstm_text title = {0}, subtitle = {0};
    const pstm_section section = choose_section(with);
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
cleanup:
    pstm_section_free(&a);
    pstm_section_free(&b);
    pstm_text_clear(&title);
    pstm_text_clear(&subtitle);
    return status;
}
