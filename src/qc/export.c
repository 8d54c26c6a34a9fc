#include "qc/export.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "core/place.h"
#include "io/segy/write.h"
#include "qc/export_text.h"
#include "qc/open_cube.h"

enum { BLOCK_BYTES = 64 << 20 /* of traces read at a time, at least one place */ };

/* What is being written. */
typedef struct export_part {
    const pstm_open_cube *open;
    pstm_cube_data data;
    pstm_cube_range range;
    int64_t n_dead; /* traces that are not migrated */
} export_part;

static int32_t classes_of(const export_part *part)
{
    return part->range.c_end - part->range.c_begin;
}

/* ---- which part ---- */

static pstm_status find_numbers(const char *what, const double numbers[2], int32_t first, int32_t n,
                                int32_t *begin, int32_t *end)
{
    int32_t last;
    *begin = 0;
    *end = n;
    if (isnan(numbers[0])) return PSTM_OK;
    if (numbers[0] > numbers[1])
        return pstm_fail(PSTM_USAGE, "--%ss %.10g,%.10g: the first number is above the last", what,
                         numbers[0], numbers[1]);
    PSTM_TRY(pstm_find_number(what, numbers[0], first, n, begin));
    PSTM_TRY(pstm_find_number(what, numbers[1], first, n, &last));
    *end = last + 1;
    return PSTM_OK;
}

static pstm_status find_classes(const pstm_export_wish *wish, export_part *part)
{
    const bool has_classes = pstm_data_has_classes(part->data),
               one = !pstm_class_centre_is_empty(wish->centre);
    part->range.c_end = has_classes ? part->open->about->n_classes : 1;
    if (!one) return PSTM_OK;
    if (!has_classes)
        return pstm_fail(PSTM_USAGE, "'%s' has no classes; --dataset gather has",
                         pstm_cube_data_name(part->data));
    PSTM_TRY(pstm_find_class(part->open, wish->centre, &part->range.c_begin));
    part->range.c_end = part->range.c_begin + 1;
    return PSTM_OK;
}

static pstm_status count_dead(const pstm_export_wish *wish, export_part *part)
{
    const pstm_cube_range *range = &part->range;
    int64_t n_places = 0;
    for (int32_t i = range->i_begin; i < range->i_end; i++)
        for (int32_t j = range->j_begin; j < range->j_end; j++)
            n_places += !pstm_cube_is_migrated(part->open, i, j);
    part->n_dead = n_places * classes_of(part);
    if (n_places == 0 || wish->partial) return PSTM_OK;
    return pstm_fail(PSTM_DATA,
                     "%s: %" PRId64 " of the %" PRId64
                     " places wanted are not migrated; `pstm run` of its job "
                     "goes on, or --partial writes them as dead traces (trace id 2)",
                     part->open->path, n_places,
                     (int64_t)(range->i_end - range->i_begin) * (range->j_end - range->j_begin));
}

static pstm_status find_part(const pstm_export_wish *wish, export_part *part)
{
    const pstm_open_cube *open = part->open;
    const pstm_grid *grid = &open->about->grid;
    pstm_cube_range *range = &part->range;
    const char *dataset = wish->dataset;
    if (dataset == NULL && !pstm_class_centre_is_empty(wish->centre)) dataset = "gather";
    PSTM_TRY(pstm_choose_data(open, dataset, &part->data));
    PSTM_TRY(find_classes(wish, part));
    PSTM_TRY(find_numbers("inline", wish->inlines, grid->first_inline, grid->n_inline, &range->i_begin,
                          &range->i_end));
    PSTM_TRY(find_numbers("crossline", wish->crosslines, grid->first_crossline, grid->n_crossline,
                          &range->j_begin, &range->j_end));
    PSTM_TRY(pstm_find_window(open, wish->window_s, &range->k_begin, &range->k_end));
    return count_dead(wish, part);
}

/* ---- traces ---- */

/* What all traces of a place have; the place is counted over the whole image, so that parts agree. */
static pstm_segy_image_trace place_of(const export_part *part, int32_t i, int32_t j)
{
    const pstm_grid *grid = &part->open->about->grid;
    const int64_t place = (int64_t)i * grid->n_crossline + j + 1;
    pstm_segy_image_trace trace = {.inline_number = grid->first_inline + i,
                                   .crossline_number = grid->first_crossline + j,
                                   .ensemble = place <= INT32_MAX ? (int32_t)place : 0,
                                   .start_s = pstm_grid_time_s(grid, part->range.k_begin),
                                   .is_dead = !pstm_cube_is_migrated(part->open, i, j)};
    pstm_grid_node(grid, i, j, &trace.x_m, &trace.y_m);
    return trace;
}

static pstm_status write_place(const export_part *part, pstm_segy_writer *writer, int32_t i, int32_t j,
                               float *samples)
{
    const int64_t n_samples = part->range.k_end - part->range.k_begin;
    pstm_segy_image_trace trace = place_of(part, i, j);
    if (trace.is_dead) memset(samples, 0, (size_t)(n_samples * classes_of(part)) * sizeof *samples);
    for (int32_t c = 0; c < classes_of(part); c++) {
        const double offset_m = pstm_data_has_classes(part->data)
                                    ? part->open->about->centres[part->range.c_begin + c].offset_m
                                    : 0;
        trace.in_ensemble = c + 1;
        trace.offset_m = isnan(offset_m) ? 0 : offset_m;
        PSTM_TRY(pstm_segy_writer_add_image(writer, &trace, samples + c * n_samples));
    }
    return PSTM_OK;
}

static int64_t floats_of_place(const export_part *part)
{
    return (int64_t)(part->range.k_end - part->range.k_begin) * classes_of(part);
}

/* Places that are read at a time, next to each other on an inline. */
static int32_t places_of_block(const export_part *part)
{
    const int64_t n = BLOCK_BYTES / (int64_t)sizeof(float) / floats_of_place(part);
    const int32_t of_inline = part->range.j_end - part->range.j_begin;
    return n < 1 ? 1 : n < of_inline ? (int32_t)n : of_inline;
}

static pstm_status write_inline(const export_part *part, pstm_segy_writer *writer, int32_t i, float *block)
{
    const int32_t step = places_of_block(part);
    for (int32_t j = part->range.j_begin; j < part->range.j_end; j += step) {
        pstm_cube_range read = part->range;
        read.i_begin = i;
        read.i_end = i + 1;
        read.j_begin = j;
        read.j_end = part->range.j_end - j < step ? part->range.j_end : j + step;
        PSTM_TRY(pstm_cube_read(part->open->cube, part->data, &read, block));
        for (int32_t n = 0; n < read.j_end - j; n++)
            PSTM_TRY(write_place(part, writer, i, j + n, block + n * floats_of_place(part)));
    }
    return PSTM_OK;
}

/* ---- file ---- */

static bool is_su(const char *path)
{
    const size_t length = strlen(path);
    return length > 3 && strcmp(path + length - 3, ".su") == 0;
}

static pstm_status check_out(const pstm_export_wish *wish)
{
    unsigned char line[PSTM_SEGY_LINE_BYTES];
    pstm_segy_put_line(line, 0, pstm_export_mark_text, (int)strlen(pstm_export_mark_text));
    const pstm_mark mark = {.bytes = line, .n = 60};
    if (pstm_place_is_same(wish->cube, wish->out))
        return pstm_fail(PSTM_USAGE, "%s is the cube; name another file", wish->out);
    return pstm_place_check_mark(wish->out, &mark, wish->overwrite);
}

static pstm_status find_layout(const pstm_export_wish *wish, const export_part *part, const char *text,
                               pstm_segy_layout *layout)
{
    const bool su = is_su(wish->out), ibm = strcmp(wish->format, "ibm") == 0;
    if (!ibm && strcmp(wish->format, "ieee") != 0)
        return pstm_fail(PSTM_USAGE, "--format wants ieee or ibm, not '%s'", wish->format);
    if (su && ibm)
        return pstm_fail(PSTM_USAGE, "%s: SU files hold IEEE floats; leave out --format ibm", wish->out);
    *layout = (pstm_segy_layout){.n_samples = part->range.k_end - part->range.k_begin,
                                 .sample_s = part->open->about->grid.time_step_s,
                                 .format = ibm ? 1 : 5,
                                 .revision = su ? 0 : wish->revision,
                                 .kind = su ? PSTM_KIND_SU : PSTM_KIND_SEGY,
                                 .sorting = classes_of(part) > 1 ? PSTM_SEGY_ENSEMBLES : PSTM_SEGY_STACKED,
                                 .text = text};
    return PSTM_OK;
}

static pstm_status write_file(const pstm_export_wish *wish, const export_part *part)
{
    pstm_status status = PSTM_OK;
    pstm_segy_layout layout;
    pstm_segy_writer *writer = NULL;
    pstm_text text = {0};
    float *block = NULL;
    PSTM_GO(pstm_export_text(part->open, part->data, &part->range, part->n_dead, &text));
    PSTM_GO(find_layout(wish, part, text.bytes, &layout));
    PSTM_GO(PSTM_NEW(&block, places_of_block(part) * floats_of_place(part), "traces of the cube"));
    PSTM_GO(pstm_segy_writer_create(wish->out, &layout, &writer));
    for (int32_t i = part->range.i_begin; i < part->range.i_end; i++)
        PSTM_GO(write_inline(part, writer, i, block));
    PSTM_GO(pstm_segy_writer_close(&writer));
cleanup:
    pstm_segy_writer_abandon(&writer);
    pstm_text_clear(&text);
    PSTM_FREE(&block);
    return status;
}

static void tell(const pstm_export_wish *wish, const export_part *part, FILE *report)
{
    const pstm_cube_range *range = &part->range;
    const int64_t n_traces =
        (int64_t)(range->i_end - range->i_begin) * (range->j_end - range->j_begin) * classes_of(part);
    fprintf(report, "%s: %s, %" PRId64 " traces of %" PRId32 " samples", wish->out,
            pstm_cube_data_name(part->data), n_traces, range->k_end - range->k_begin);
    if (part->n_dead > 0) fprintf(report, ", %" PRId64 " of them dead, not migrated", part->n_dead);
    fprintf(report, "; %s\n",
            is_su(wish->out) ? "inline in fldr, crossline in tracf, x and y in sx, sy"
                             : "inline at byte 189, crossline 193, x 181, y 185");
}

pstm_status pstm_export(const pstm_export_wish *wish, FILE *report)
{
    pstm_status status = PSTM_OK;
    pstm_open_cube open = {0};
    export_part part = {.open = &open};
    PSTM_GO(pstm_open_cube_at(wish->cube, &open));
    PSTM_GO(pstm_check_migrated(&open));
    PSTM_GO(find_part(wish, &part));
    PSTM_GO(check_out(wish));
    PSTM_GO(write_file(wish, &part));
    tell(wish, &part, report);
cleanup:
    pstm_close_cube(&open);
    return status;
}
