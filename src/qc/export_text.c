#include "qc/export_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/version.h"

enum {
    MOST_LINES = 38, /* of 40; the last two are the standard's */
    LINE_CHARS = 76
};

const char pstm_export_mark_text[] = "IMAGE EXPORTED BY PSTM (PRESTACK KIRCHHOFF TIME MIGRATION)";

/* Choices of the job that a reader of the image asks for, by the beginnings of their keys. What comes first
 * is told first, since not all of them have room. */
static const char *const told_keys[] = {"migrate.", "velocity.", "condition.", "offsets.", "bins"};

/* Adds one line, cut where the format ends it. */
static pstm_status add_line(pstm_text *text, int *n_lines, const char *line, int length)
{
    if (*n_lines == MOST_LINES) return PSTM_OK;
    ++*n_lines;
    return pstm_text_add(text, "%.*s\n", length < LINE_CHARS ? length : LINE_CHARS, line);
}

/* The lines of the job that begin so. */
static pstm_status add_keys(const pstm_open_cube *open, const char *begin, pstm_text *text, int *n_lines)
{
    for (const char *line = open->about->job_text; line != NULL && *line != '\0';) {
        const int length = (int)strcspn(line, "\n");
        if (strncmp(line, begin, strlen(begin)) == 0) PSTM_TRY(add_line(text, n_lines, line, length));
        line += length;
        if (*line == '\n') line++;
    }
    return PSTM_OK;
}

static pstm_status add_corner(const pstm_grid *grid, int32_t i, int32_t j, pstm_text *text)
{
    double x_m, y_m;
    pstm_grid_node(grid, i, j, &x_m, &y_m);
    return pstm_text_add(text, "CORNER INLINE %" PRId32 " CROSSLINE %" PRId32 ": X %.2f Y %.2f M\n",
                         grid->first_inline + i, grid->first_crossline + j, x_m, y_m);
}

static pstm_status add_place(const pstm_grid *grid, const pstm_cube_range *range, pstm_text *text)
{
    const int32_t i = range->i_begin, i_last = range->i_end - 1, j = range->j_begin,
                  j_last = range->j_end - 1;
    PSTM_TRY(pstm_text_add(text,
                           "INLINES %" PRId32 " TO %" PRId32 " (BYTES 189-192, 9-12), STEP %.10g M\n"
                           "CROSSLINES %" PRId32 " TO %" PRId32 " (BYTES 193-196, 13-16), STEP %.10g M\n"
                           "CROSSLINE NUMBERS GROW TOWARDS AZIMUTH %.10g DEG FROM NORTH (Y)\n",
                           grid->first_inline + i, grid->first_inline + i_last, grid->step_inline_m,
                           grid->first_crossline + j, grid->first_crossline + j_last, grid->step_crossline_m,
                           grid->azimuth_deg));
    PSTM_TRY(add_corner(grid, i, j, text));
    PSTM_TRY(add_corner(grid, i, j_last, text));
    PSTM_TRY(add_corner(grid, i_last, j, text));
    return add_corner(grid, i_last, j_last, text);
}

static int count_lines(const pstm_text *text)
{
    int n = 0;
    for (int64_t i = 0; i < text->length; i++)
        n += text->bytes[i] == '\n';
    return n;
}

pstm_status pstm_export_text(const pstm_open_cube *open, pstm_cube_data data, const pstm_cube_range *range,
                             int64_t n_dead, pstm_text *text)
{
    const pstm_grid *grid = &open->about->grid;
    PSTM_TRY(pstm_text_add(text, "%s\nDATASET %s, IMAGE %.16s, PSTM %.20s\n", pstm_export_mark_text,
                           pstm_cube_data_name(data), open->about->image_key, pstm_version()));
    PSTM_TRY(add_place(grid, range, text));
    PSTM_TRY(pstm_text_add(text,
                           "CDP X BYTES 181-184, CDP Y 185-188, SCALAR 71-72; PLACE COUNTED 21-24\n"
                           "TWO-WAY TIME %.10g TO %.10g S, STEP %.10g S; DATUM: THAT OF THE INPUT\n",
                           pstm_grid_time_s(grid, range->k_begin), pstm_grid_time_s(grid, range->k_end - 1),
                           grid->time_step_s));
    if (pstm_data_has_classes(data))
        PSTM_TRY(pstm_text_add(text, "%" PRId32 " CLASSES A PLACE (BYTES 25-28), OFFSET IN BYTES 37-40\n",
                               range->c_end - range->c_begin));
    if (pstm_data_is_fold(data))
        PSTM_TRY(pstm_text_add(text, "SAMPLES COUNT TRACES\n"));
    else if (*open->about->amplitude)
        PSTM_TRY(pstm_text_add(text, "AMPLITUDE: %.65s\n", open->about->amplitude));
    if (n_dead > 0)
        PSTM_TRY(pstm_text_add(text, "NOT MIGRATED: %" PRId64 " TRACES, DEAD (TRACE ID 2)\n", n_dead));
    PSTM_TRY(pstm_text_add(text, "JOB:\n"));
    int n_lines = count_lines(text);
    for (size_t i = 0; i < sizeof told_keys / sizeof *told_keys; i++)
        PSTM_TRY(add_keys(open, told_keys[i], text, &n_lines));
    return PSTM_OK;
}
