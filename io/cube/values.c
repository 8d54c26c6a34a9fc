/* Writing and reading the values of a cube. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "core/fault.h"
#include "core/memory.h"
#include "io/cube/private.h"
#include "io/digest.h"
#include "io/durable.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the digests of chunks are of little-endian bytes: swap them here for this machine"
#endif

void pstm_cube_sum_classes(int32_t n_classes, int32_t n_times, const float *gather,
                           const uint32_t *gather_fold, const float *faded, float *stack, uint32_t *fold)
{
    for (int32_t k = 0; k < n_times; k++) {
        float sum = 0, taken = 0;
        uint32_t n_traces = 0;
        for (int32_t c = 0; c < n_classes; c++) {
            const int64_t at = (int64_t)c * n_times + k;
            sum += gather[at];
            n_traces += gather_fold[at];
            if (faded != NULL) taken += faded[at];
        }
        const float tapers = (float)n_traces - taken;
        stack[k] = sum / (tapers > 1 ? tapers : 1);
        fold[k] = n_traces;
    }
}

/* ---- One chunk ---- */

/* The nodes of a chunk column that lie in the grid. */
static pstm_cube_area column_area(const pstm_grid *grid, int32_t ci, int32_t cj)
{
    pstm_cube_area area = {.i_begin = ci * PSTM_CUBE_CHUNK, .j_begin = cj * PSTM_CUBE_CHUNK};
    area.i_end =
        grid->n_inline - area.i_begin < PSTM_CUBE_CHUNK ? grid->n_inline : area.i_begin + PSTM_CUBE_CHUNK;
    area.j_end = grid->n_crossline - area.j_begin < PSTM_CUBE_CHUNK ? grid->n_crossline
                                                                    : area.j_begin + PSTM_CUBE_CHUNK;
    return area;
}

static pstm_status need_buffer(pstm_cube *cube)
{
    if (cube->buffer != NULL) return PSTM_OK;
    return PSTM_NEW(&cube->buffer, (int64_t)PSTM_CUBE_CHUNK * PSTM_CUBE_CHUNK * cube->about.grid.n_times,
                    "a chunk of the cube");
}

/* Moves a box of a dataset between the file and memory, where it lies without gaps. */
static pstm_status transfer(const pstm_cube *cube, pstm_cube_data data, const pstm_cube_range *range,
                            hid_t memory_type, void *in, const void *out)
{
    const bool has_classes = pstm_cube_layout_of(&cube->about, data).n_axes == 4;
    hsize_t start[PSTM_CUBE_MAX_AXES], count[PSTM_CUBE_MAX_AXES];
    int n = 0;
#define AXIS(letter)                                                                                         \
    start[n] = (hsize_t)range->letter##_begin;                                                               \
    count[n++] = (hsize_t)(range->letter##_end - range->letter##_begin);
    AXIS(i)
    AXIS(j)
    if (has_classes) {
        AXIS(c)
    }
    AXIS(k)
#undef AXIS
    const hid_t file = H5Dget_space(cube->data[data]), memory = H5Screate_simple(n, count, NULL);
    herr_t result = H5Sselect_hyperslab(file, H5S_SELECT_SET, start, NULL, count, NULL);
    if (result >= 0)
        result = out != NULL ? H5Dwrite(cube->data[data], memory_type, memory, file, H5P_DEFAULT, out)
                             : H5Dread(cube->data[data], memory_type, memory, file, H5P_DEFAULT, in);
    H5Sclose(memory);
    H5Sclose(file);
    if (result < 0)
        return pstm_h5_fail("cannot %s inlines %d to %d, crosslines %d to %d of /%s in %s",
                            out != NULL ? "write" : "read", range->i_begin, range->i_end - 1, range->j_begin,
                            range->j_end - 1, pstm_cube_data_name(data), cube->path);
    return PSTM_OK;
}

static pstm_cube_range chunk_range(const pstm_cube *cube, const pstm_cube_area *column, int32_t class_index)
{
    return (pstm_cube_range){column->i_begin,
                             column->i_end,
                             column->j_begin,
                             column->j_end,
                             class_index,
                             class_index + 1,
                             0,
                             cube->about.grid.n_times};
}

static uint64_t digest_of_buffer(const pstm_cube *cube, const pstm_cube_area *column)
{
    const size_t n_locations =
        (size_t)(column->i_end - column->i_begin) * (size_t)(column->j_end - column->j_begin);
    return pstm_digest_bytes(cube->buffer, n_locations * (size_t)cube->about.grid.n_times * sizeof(uint32_t));
}

/* ---- Writing ---- */

static const uint32_t *tile_values(const pstm_cube_tile *tile, pstm_cube_data data)
{
    switch (data) {
    case PSTM_CUBE_GATHER:
        return (const uint32_t *)(const void *)tile->gather;
    case PSTM_CUBE_GATHER_FOLD:
        return tile->gather_fold;
    case PSTM_CUBE_STACK:
        return (const uint32_t *)(const void *)tile->stack;
    default:
        return tile->fold;
    }
}

/* Copies a chunk's values out of a tile [location][class][k] into the buffer [i][j][k]. */
static void pack(pstm_cube *cube, const pstm_cube_tile *tile, pstm_cube_data data,
                 const pstm_cube_area *column, int32_t n_classes, int32_t class_index)
{
    const int64_t n_times = cube->about.grid.n_times;
    const int64_t n_j = tile->area.j_end - tile->area.j_begin;
    const uint32_t *values = tile_values(tile, data);
    uint32_t *to = cube->buffer;
    for (int32_t i = column->i_begin; i < column->i_end; i++)
        for (int32_t j = column->j_begin; j < column->j_end; j++) {
            const int64_t location = (i - tile->area.i_begin) * n_j + (j - tile->area.j_begin);
            memcpy(to, values + (location * n_classes + class_index) * n_times, (size_t)n_times * sizeof *to);
            to += n_times;
        }
}

/* Writes one column of one dataset, or reads it when tile is NULL; *digest of its chunks. */
static pstm_status do_column(pstm_cube *cube, const pstm_cube_tile *tile, pstm_cube_data data,
                             const pstm_cube_area *column, uint64_t *digest)
{
    const pstm_cube_layout layout = pstm_cube_layout_of(&cube->about, data);
    const int32_t n_classes = layout.n_axes == 4 ? cube->about.n_classes : 1;
    uint64_t *digests;
    PSTM_TRY(PSTM_NEW(&digests, n_classes, "the digests of a column"));
    pstm_status status = PSTM_OK;
    for (int32_t c = 0; c < n_classes && status == PSTM_OK; c++) {
        const pstm_cube_range range = chunk_range(cube, column, c);
        if (tile != NULL) pack(cube, tile, data, column, n_classes, c);
        status = transfer(cube, data, &range, layout.memory_type, cube->buffer,
                          tile != NULL ? cube->buffer : NULL);
        digests[c] = digest_of_buffer(cube, column);
    }
    if (status == PSTM_OK) *digest = pstm_digest_combine(digests, n_classes);
    PSTM_FREE(&digests);
    return status;
}

static pstm_status record_column(pstm_cube *cube, const pstm_cube_tile *tile, int32_t ci, int32_t cj,
                                 pstm_journal_record *record)
{
    const pstm_cube_area column = column_area(&cube->about.grid, ci, cj);
    pstm_journal_record made = {.column_inline = ci, .column_crossline = cj};
    PSTM_TRY(need_buffer(cube));
    for (int d = 0; d < PSTM_CUBE_N_DATA; d++)
        if (pstm_cube_has(cube, (pstm_cube_data)d))
            PSTM_TRY(do_column(cube, tile, (pstm_cube_data)d, &column, &made.digest[d]));
    *record = made;
    return PSTM_OK;
}

static bool on_chunks(int32_t begin, int32_t end, int32_t n_nodes)
{
    return begin >= 0 && begin < end && end <= n_nodes && begin % PSTM_CUBE_CHUNK == 0 &&
           (end % PSTM_CUBE_CHUNK == 0 || end == n_nodes);
}

static pstm_status check_tile(const pstm_cube *cube, const pstm_cube_tile *tile)
{
    const pstm_cube_area *area = &tile->area;
    const pstm_grid *grid = &cube->about.grid;
    if (!on_chunks(area->i_begin, area->i_end, grid->n_inline) ||
        !on_chunks(area->j_begin, area->j_end, grid->n_crossline))
        return pstm_fail(PSTM_SYSTEM,
                         "%s: area [%d, %d) x [%d, %d) is not made of whole chunks (a defect of pstm)",
                         cube->path, area->i_begin, area->i_end, area->j_begin, area->j_end);
    for (int d = 0; d < PSTM_CUBE_N_DATA; d++)
        if (pstm_cube_has(cube, (pstm_cube_data)d) && tile_values(tile, (pstm_cube_data)d) == NULL)
            return pstm_fail(PSTM_SYSTEM, "%s: no values for /%s (a defect of pstm)", cube->path,
                             pstm_cube_data_name((pstm_cube_data)d));
    return PSTM_OK;
}

pstm_status pstm_cube_write_tile(pstm_cube *cube, const pstm_cube_tile *tile, pstm_journal_record *records)
{
    PSTM_TRY(check_tile(cube, tile));
    int64_t n = 0;
    for (int32_t i = tile->area.i_begin; i < tile->area.i_end; i += PSTM_CUBE_CHUNK)
        for (int32_t j = tile->area.j_begin; j < tile->area.j_end; j += PSTM_CUBE_CHUNK)
            PSTM_TRY(record_column(cube, tile, i / PSTM_CUBE_CHUNK, j / PSTM_CUBE_CHUNK, &records[n++]));
    pstm_durable_begin(cube->descriptor);
    return PSTM_OK;
}

pstm_status pstm_cube_sync(pstm_cube *cube)
{
    const bool fails = pstm_fault_at(PSTM_FAULT_SYNC, -1) != PSTM_FAULT_NONE;
    if (fails) errno = EIO;
    if (!fails && fdatasync(cube->descriptor) == 0) return PSTM_OK;
    return pstm_fail_errno(PSTM_SYSTEM, "cannot sync the cube %s", cube->path);
}

/* ---- Copying ---- */

/* Copies one column of one dataset through the first cube's buffer; *digest of its chunks. */
static pstm_status copy_data(pstm_cube *from, pstm_cube *to, pstm_cube_data data,
                             const pstm_cube_area *column, uint64_t *digest)
{
    const pstm_cube_layout layout = pstm_cube_layout_of(&from->about, data);
    const int32_t n_classes = layout.n_axes == 4 ? from->about.n_classes : 1;
    uint64_t *digests;
    PSTM_TRY(PSTM_NEW(&digests, n_classes, "the digests of a column"));
    pstm_status status = PSTM_OK;
    for (int32_t c = 0; c < n_classes && status == PSTM_OK; c++) {
        const pstm_cube_range range = chunk_range(from, column, c);
        status = transfer(from, data, &range, layout.memory_type, from->buffer, NULL);
        digests[c] = digest_of_buffer(from, column);
        if (status == PSTM_OK) status = transfer(to, data, &range, layout.memory_type, NULL, from->buffer);
    }
    if (status == PSTM_OK) *digest = pstm_digest_combine(digests, n_classes);
    PSTM_FREE(&digests);
    return status;
}

static pstm_status check_column(const pstm_cube *cube, int32_t column_inline, int32_t column_crossline)
{
    const pstm_grid *grid = &cube->about.grid;
    if (column_inline < 0 || column_inline >= pstm_cube_columns(grid->n_inline) || column_crossline < 0 ||
        column_crossline >= pstm_cube_columns(grid->n_crossline))
        return pstm_fail(PSTM_USAGE, "%s: there is no chunk column (%d, %d)", cube->path, column_inline,
                         column_crossline);
    return PSTM_OK;
}

pstm_status pstm_cube_copy_column(pstm_cube *from, pstm_cube *to, int32_t column_inline,
                                  int32_t column_crossline, pstm_journal_record *record)
{
    PSTM_TRY(check_column(from, column_inline, column_crossline));
    const pstm_cube_area column = column_area(&from->about.grid, column_inline, column_crossline);
    pstm_journal_record made = {.column_inline = column_inline, .column_crossline = column_crossline};
    PSTM_TRY(need_buffer(from));
    for (int d = 0; d < PSTM_CUBE_N_DATA; d++)
        if (pstm_cube_has(from, (pstm_cube_data)d))
            PSTM_TRY(copy_data(from, to, (pstm_cube_data)d, &column, &made.digest[d]));
    *record = made;
    return PSTM_OK;
}

/* ---- Reading ---- */

static bool inside(int32_t begin, int32_t end, int32_t n)
{
    return begin >= 0 && begin <= end && end <= n;
}

pstm_status pstm_cube_read(pstm_cube *cube, pstm_cube_data data, const pstm_cube_range *range, float *out)
{
    const pstm_grid *grid = &cube->about.grid;
    const bool has_classes = data == PSTM_CUBE_GATHER || data == PSTM_CUBE_GATHER_FOLD;
    if (!pstm_cube_has(cube, data))
        return pstm_fail(PSTM_USAGE, "%s: the cube has no dataset /%s", cube->path,
                         pstm_cube_data_name(data));
    if (!inside(range->i_begin, range->i_end, grid->n_inline) ||
        !inside(range->j_begin, range->j_end, grid->n_crossline) ||
        !inside(range->k_begin, range->k_end, grid->n_times) ||
        (has_classes && !inside(range->c_begin, range->c_end, cube->about.n_classes)))
        return pstm_fail(PSTM_USAGE,
                         "%s: the range lies outside /%s (%d inlines, %d crosslines, %d classes, %d times)",
                         cube->path, pstm_cube_data_name(data), grid->n_inline, grid->n_crossline,
                         has_classes ? cube->about.n_classes : 1, grid->n_times);
    return transfer(cube, data, range, H5T_NATIVE_FLOAT, out, NULL);
}

pstm_status pstm_cube_digest_column(pstm_cube *cube, int32_t column_inline, int32_t column_crossline,
                                    pstm_journal_record *record)
{
    PSTM_TRY(check_column(cube, column_inline, column_crossline));
    return record_column(cube, NULL, column_inline, column_crossline, record);
}

pstm_status pstm_cube_holds(pstm_cube *cube, const pstm_journal_record *record, bool *holds)
{
    pstm_journal_record now;
    *holds = false;
    PSTM_TRY(pstm_cube_digest_column(cube, record->column_inline, record->column_crossline, &now));
    *holds = memcmp(now.digest, record->digest, sizeof now.digest) == 0;
    return PSTM_OK;
}
