#include "qc/section.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"

/* ---- axes ---- */

/* An axis of n nodes of the grid from index (0, 0) on: along inlines' growing numbers or crosslines'. */
typedef struct grid_axis {
    bool is_inline; /* the axis on which the inline number grows */
    int32_t n;
    double step_m, east, north; /* direction in which the number grows */
} grid_axis;

static grid_axis make_grid_axis(const pstm_grid *grid, bool is_inline)
{
    if (is_inline)
        return (grid_axis){true, grid->n_inline, grid->step_inline_m, grid->cos_azimuth, -grid->sin_azimuth};
    return (grid_axis){false, grid->n_crossline, grid->step_crossline_m, grid->sin_azimuth,
                       grid->cos_azimuth};
}

/* World coordinates where the axis lies along one, else the distance from index 0 and its direction. */
static pstm_picture_axis metres_axis(const pstm_grid *grid, const grid_axis *axis, int32_t i, int32_t j,
                                     char *label, size_t label_bytes)
{
    double x0, y0, x1, y1;
    const int32_t last = axis->n - 1;
    pstm_grid_node(grid, axis->is_inline ? 0 : i, axis->is_inline ? j : 0, &x0, &y0);
    pstm_grid_node(grid, axis->is_inline ? last : i, axis->is_inline ? j : last, &x1, &y1);
    if (axis->north == 0) {
        snprintf(label, label_bytes, "x (m)");
        return (pstm_picture_axis){label, x0, x1, false};
    }
    if (axis->east == 0) {
        snprintf(label, label_bytes, "y (m)");
        return (pstm_picture_axis){label, y0, y1, false};
    }
    const double azimuth_deg = fmod(atan2(axis->east, axis->north) * 180 / M_PI + 360, 360);
    snprintf(label, label_bytes, "distance towards azimuth %.4g\u00b0 (m)", azimuth_deg);
    return (pstm_picture_axis){label, 0, last * axis->step_m, false};
}

static pstm_picture_axis number_axis(const pstm_grid *grid, const grid_axis *axis)
{
    const int32_t first = axis->is_inline ? grid->first_inline : grid->first_crossline;
    return (pstm_picture_axis){axis->is_inline ? "inline" : "crossline", first, (double)first + axis->n - 1,
                               true};
}

static pstm_picture_axis time_axis(const pstm_grid *grid, const pstm_section *section)
{
    return (pstm_picture_axis){"two-way time (s)", pstm_grid_time_s(grid, section->k_begin),
                               pstm_grid_time_s(grid, section->k_end - 1), false};
}

/* The first coordinate that rises from class to class; the classes by number without one. */
static pstm_picture_axis class_axis(const pstm_cube_about *about, char *label, size_t label_bytes)
{
    const int32_t n = about->n_classes;
    for (int k = 0; k < PSTM_CLASS_COORDINATES; k++) {
        if (!pstm_class_centres_rise(about->centres, n, k)) continue;
        snprintf(label, label_bytes, "%s (%s)", pstm_class_coordinates[k].word,
                 pstm_class_coordinates[k].unit);
        return (pstm_picture_axis){label, pstm_class_centre_value(about->centres[0], k),
                                   pstm_class_centre_value(about->centres[n - 1], k), false};
    }
    return (pstm_picture_axis){"class", 0, n - 1, true};
}

static void swap_ends(pstm_picture_axis *axis)
{
    const double first = axis->first;
    axis->first = axis->last;
    axis->last = first;
}

/* ---- values ---- */

static pstm_status allocate(pstm_section_values *out, int64_t n_columns, int64_t n_rows)
{
    out->n_columns = n_columns;
    out->n_rows = n_rows;
    return PSTM_NEW(&out->values, n_columns * n_rows, "section");
}

static void blank_column(pstm_section_values *out, int64_t column)
{
    for (int64_t row = 0; row < out->n_rows; row++)
        out->values[column * out->n_rows + row] = NAN;
}

static pstm_cube_range range_of(const pstm_section *section, int32_t i_begin, int32_t i_end, int32_t j_begin,
                                int32_t j_end)
{
    return (pstm_cube_range){
        i_begin,          i_end,         j_begin, j_end, section->class_index, section->class_index + 1,
        section->k_begin, section->k_end};
}

/* A vertical section along one grid axis: the values lie in the file as a picture wants them. */
static pstm_status read_line(const pstm_open_cube *open, const pstm_section *section,
                             pstm_section_values *out)
{
    const pstm_grid *grid = &open->about->grid;
    const bool along_inlines = section->kind == PSTM_SECTION_CROSSLINE;
    const grid_axis axis = make_grid_axis(grid, along_inlines);
    PSTM_TRY(allocate(out, axis.n, section->k_end - section->k_begin));
    const pstm_cube_range range = along_inlines ? range_of(section, 0, axis.n, section->j, section->j + 1)
                                                : range_of(section, section->i, section->i + 1, 0, axis.n);
    PSTM_TRY(pstm_cube_read(open->cube, section->data, &range, out->values));
    for (int32_t n = 0; n < axis.n; n++)
        if (!pstm_cube_is_migrated(open, along_inlines ? n : section->i, along_inlines ? section->j : n))
            blank_column(out, n);
    out->across =
        metres_axis(grid, &axis, section->i, section->j, out->across_label, sizeof out->across_label);
    out->across_second = number_axis(grid, &axis);
    out->down = time_axis(grid, section);
    return PSTM_OK;
}

static pstm_status read_gather(const pstm_open_cube *open, const pstm_section *section,
                               pstm_section_values *out)
{
    const pstm_cube_about *about = open->about;
    PSTM_TRY(allocate(out, about->n_classes, section->k_end - section->k_begin));
    pstm_cube_range range = range_of(section, section->i, section->i + 1, section->j, section->j + 1);
    range.c_begin = 0;
    range.c_end = about->n_classes;
    PSTM_TRY(pstm_cube_read(open->cube, section->data, &range, out->values));
    if (!pstm_cube_is_migrated(open, section->i, section->j))
        for (int32_t n = 0; n < about->n_classes; n++)
            blank_column(out, n);
    out->across = class_axis(about, out->across_label, sizeof out->across_label);
    out->down = time_axis(&about->grid, section);
    return PSTM_OK;
}

/* A map: the more easterly grid axis goes across; east is right and north is up, so it is never mirrored. */
static pstm_status read_slice(const pstm_open_cube *open, const pstm_section *section,
                              pstm_section_values *out)
{
    pstm_status status = PSTM_OK;
    float *slice = NULL;
    const pstm_grid *grid = &open->about->grid;
    const bool inlines_across = fabs(grid->cos_azimuth) >= fabs(grid->sin_azimuth);
    const grid_axis across = make_grid_axis(grid, inlines_across),
                    down = make_grid_axis(grid, !inlines_across);
    const bool turn_across = across.east < 0, turn_down = down.north < 0;
    pstm_section at = *section;
    at.k_begin = section->k;
    at.k_end = section->k + 1;
    const pstm_cube_range range = range_of(&at, 0, grid->n_inline, 0, grid->n_crossline);
    PSTM_GO(allocate(out, across.n, down.n));
    PSTM_GO(PSTM_NEW(&slice, out->n_columns * out->n_rows, "time slice"));
    PSTM_GO(pstm_cube_read(open->cube, section->data, &range, slice));
    for (int32_t column = 0; column < across.n; column++)
        for (int32_t row = 0; row < down.n; row++) {
            const int32_t n_across = turn_across ? across.n - 1 - column : column;
            const int32_t n_down = turn_down ? down.n - 1 - row : row;
            const int32_t i = inlines_across ? n_across : n_down, j = inlines_across ? n_down : n_across;
            out->values[(int64_t)column * down.n + row] =
                pstm_cube_is_migrated(open, i, j) ? slice[(int64_t)i * grid->n_crossline + j] : NAN;
        }
    out->across = metres_axis(grid, &across, 0, 0, out->across_label, sizeof out->across_label);
    out->across_second = number_axis(grid, &across);
    out->down = metres_axis(grid, &down, 0, 0, out->down_label, sizeof out->down_label);
    out->down_second = number_axis(grid, &down);
    if (turn_across) swap_ends(&out->across), swap_ends(&out->across_second);
    if (turn_down) swap_ends(&out->down), swap_ends(&out->down_second);
cleanup:
    PSTM_FREE(&slice);
    return status;
}

pstm_status pstm_section_read(const pstm_open_cube *open, const pstm_section *section,
                              pstm_section_values *out)
{
    memset(out, 0, sizeof *out);
    pstm_status status = section->kind == PSTM_SECTION_TIME     ? read_slice(open, section, out)
                         : section->kind == PSTM_SECTION_GATHER ? read_gather(open, section, out)
                                                                : read_line(open, section, out);
    if (status != PSTM_OK) pstm_section_free(out);
    return status;
}

void pstm_section_gain(const pstm_open_cube *open, const pstm_section *section, double power,
                       pstm_section_values *values)
{
    const bool is_map = section->kind == PSTM_SECTION_TIME;
    for (int64_t row = 0; row < values->n_rows; row++) {
        const int32_t k = is_map ? section->k : section->k_begin + (int32_t)row;
        const float gain = (float)pow(pstm_grid_time_s(&open->about->grid, k), power);
        for (int64_t column = 0; column < values->n_columns; column++)
            values->values[column * values->n_rows + row] *= gain;
    }
}

void pstm_section_free(pstm_section_values *values)
{
    PSTM_FREE(&values->values);
}

pstm_status pstm_section_describe(const pstm_open_cube *open, const pstm_section *section, pstm_text *text)
{
    const pstm_grid *grid = &open->about->grid;
    PSTM_TRY(pstm_text_add(text, "%s", pstm_cube_data_name(section->data)));
    if (section->kind != PSTM_SECTION_GATHER && pstm_data_has_classes(section->data))
        PSTM_TRY(pstm_text_add(text, ", %s",
                               pstm_class_centre_name(open->about->centres[section->class_index]).text));
    if (section->kind == PSTM_SECTION_INLINE || section->kind == PSTM_SECTION_GATHER)
        PSTM_TRY(pstm_text_add(text, ", inline %d", grid->first_inline + section->i));
    if (section->kind == PSTM_SECTION_CROSSLINE || section->kind == PSTM_SECTION_GATHER)
        PSTM_TRY(pstm_text_add(text, ", crossline %d", grid->first_crossline + section->j));
    if (section->kind == PSTM_SECTION_TIME)
        PSTM_TRY(pstm_text_add(text, ", two-way time %.6g s", pstm_grid_time_s(grid, section->k)));
    return PSTM_OK;
}

pstm_picture pstm_section_picture(const pstm_section *section, const pstm_section_values *values)
{
    const bool is_fold = pstm_data_is_fold(section->data), is_map = section->kind == PSTM_SECTION_TIME;
    return (pstm_picture){.values = values->values,
                          .n_columns = values->n_columns,
                          .n_rows = values->n_rows,
                          .across = values->across,
                          .down = values->down,
                          .across_second = values->across_second,
                          .down_second = values->down_second,
                          .rows_up = is_map,
                          .equal_scale = is_map,
                          .blocks = is_fold,
                          .separate_columns = section->kind == PSTM_SECTION_GATHER,
                          .from_zero = is_fold,
                          .clip_percent = is_fold ? 100 : 0,
                          .value_label = is_fold ? "traces" : "amplitude"};
}
