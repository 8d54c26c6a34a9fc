/* Cubes of velocities as SEG-Y: a trace a column. */
#include <inttypes.h>
#include <math.h>

#include "core/log.h"
#include "core/memory.h"
#include "io/segy/read.h"
#include "io/velocity/cube_file.h"
#include "io/velocity/segy_lattice.h"

/** What opening has doubted: errors cannot be accepted here, as keys of the input do not hold for it. */
static pstm_status tell_doubts(const pstm_segy *file)
{
    const pstm_doubts *doubts = pstm_segy_doubts(file);
    for (int64_t i = 0; i < doubts->n; i++) {
        const pstm_doubt *doubt = &doubts->items[i];
        if (doubt->is_error)
            return pstm_fail(PSTM_DATA, "%s: %s; write the cube anew", pstm_segy_path(file), doubt->text);
        pstm_warn("%s: %s", pstm_segy_path(file), doubt->text);
    }
    return PSTM_OK;
}

static pstm_status read_cells(const pstm_segy *file, const pstm_velocity_bytes *bytes, pstm_segy_cell *cells)
{
    const int32_t at[4] = {bytes->inline_number, bytes->crossline_number, bytes->x, bytes->y};
    for (int64_t i = 0; i < pstm_segy_n_traces(file); i++) {
        PSTM_TRY(pstm_segy_read_cell(file, i, at, &cells[i]));
        if (cells[i].start_s != cells[0].start_s)
            return pstm_fail(PSTM_DATA,
                             "%s: trace %" PRId64
                             " begins at %g s, and the first one at %g s (bytes 109-110); "
                             "write all columns with the same times",
                             pstm_segy_path(file), i + 1, cells[i].start_s, cells[0].start_s);
    }
    return PSTM_OK;
}

static pstm_status make_times(const pstm_segy *file, double start_s, pstm_cube_shape *shape)
{
    shape->n_t = pstm_segy_n_samples(file);
    PSTM_TRY(PSTM_NEW(&shape->t_s, shape->n_t, "the times of the velocity cube"));
    for (int64_t k = 0; k < shape->n_t; k++)
        shape->t_s[k] = start_s + (double)k * pstm_segy_sample_s(file);
    if (start_s >= 0) return PSTM_OK;
    return pstm_fail(PSTM_DATA, "%s: it begins at %g s (bytes 109-110), before time 0; cut it there",
                     pstm_segy_path(file), start_s);
}

static pstm_status put_columns(const pstm_segy *file, const pstm_segy_cell *cells,
                               const pstm_cube_shape *axes, pstm_node_writer *writer)
{
    pstm_status status = PSTM_OK;
    float *column = NULL;
    PSTM_TRY(PSTM_NEW(&column, pstm_segy_n_samples(file), "a column of the velocity cube"));
    for (int64_t i = 0; i < pstm_segy_n_traces(file); i++) {
        if (cells[i].is_dead) continue;
        PSTM_GO(pstm_segy_read_samples(file, i, 1, column, pstm_segy_n_samples(file), NULL));
        PSTM_GO(pstm_node_writer_put(
            writer, pstm_segy_lattice_index(axes->u, axes->n_u, cells[i].inline_number),
            pstm_segy_lattice_index(axes->v, axes->n_v, cells[i].crossline_number), column));
    }
cleanup:
    PSTM_FREE(&column);
    return status;
}

pstm_status pstm_segy_cube_read(const pstm_velocity_options *options, const pstm_node_place *place)
{
    static const pstm_input_options how = {.use_delay = true};
    pstm_status status = PSTM_OK;
    pstm_segy *file = NULL;
    pstm_segy_cell *cells = NULL;
    pstm_cube_shape shape = {0};
    pstm_node_writer *writer = NULL;
    if (options->times != PSTM_TIMES_AUTO)
        PSTM_GO(pstm_fail(
            PSTM_DATA,
            "%s: SEG-Y has its times in its headers, which velocity.times contradicts; leave it out",
            options->file));
    PSTM_GO(pstm_segy_open(options->file, &how, &file));
    PSTM_GO(tell_doubts(file));
    PSTM_GO(PSTM_NEW(&cells, pstm_segy_n_traces(file), "the headers of the velocity cube"));
    PSTM_GO(read_cells(file, &options->bytes, cells));
    PSTM_GO(make_times(file, cells[0].start_s, &shape));
    PSTM_GO(pstm_segy_lattice_find(options, cells, pstm_segy_n_traces(file), &shape));
    PSTM_GO(pstm_node_writer_create(place->path, place->mark, options->file, options, &shape, &writer));
    PSTM_GO(put_columns(file, cells, pstm_node_writer_shape(writer), writer));
    PSTM_GO(pstm_node_writer_finish(writer));
cleanup:
    pstm_node_writer_destroy(&writer);
    pstm_cube_shape_clear(&shape);
    PSTM_FREE(&cells);
    pstm_segy_close(&file);
    return status;
}
