/* Writing and reading the values of a cube. */
#include <errno.h>
#include <stdlib.h>
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

/* Puts zeros into a chunk [i][j][k] where the record misses locations; NULL: everywhere. */
static void blank_missing(const pstm_cube *cube, const pstm_cube_area *column,
                          const pstm_journal_record *record, uint32_t *values)
{
    const size_t n_times = (size_t)cube->about.grid.n_times;
    if (record != NULL && pstm_record_is_whole(record)) return;
    for (int32_t i = column->i_begin; i < column->i_end; i++)
        for (int32_t j = column->j_begin; j < column->j_end; j++, values += n_times)
            if (record == NULL || !pstm_record_has(record, i, j)) memset(values, 0, n_times * sizeof *values);
}

static int32_t classes_of(const pstm_cube *cube, pstm_cube_data data)
{
    return pstm_cube_layout_of(&cube->about, data).n_axes == 4 ? cube->about.n_classes : 1;
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

/* Copies a part of a chunk column out of a tile [location][class][k] to `to` [i][j][k], which begins at a
 * node and has `n_j` nodes in a row. */
static void pack(const pstm_cube *cube, const pstm_cube_tile *tile, pstm_cube_data data,
                 const pstm_cube_area *part, int32_t class_index, uint32_t *to, int32_t n_j)
{
    const int64_t n_times = cube->about.grid.n_times, n_tile_j = tile->area.j_end - tile->area.j_begin;
    const int32_t n_classes = classes_of(cube, data);
    const uint32_t *values = tile_values(tile, data);
    for (int32_t i = part->i_begin; i < part->i_end; i++)
        for (int32_t j = part->j_begin; j < part->j_end; j++) {
            const int64_t from = (i - tile->area.i_begin) * n_tile_j + (j - tile->area.j_begin);
            const int64_t at = (int64_t)(i - part->i_begin) * n_j + (j - part->j_begin);
            memcpy(to + at * n_times, values + (from * n_classes + class_index) * n_times,
                   (size_t)n_times * sizeof *to);
        }
}

/* A column that is written. */
typedef struct writing {
    const pstm_cube_tile *tile;
    pstm_cube_area column, part;       /* the column, and what the tile has of it */
    const pstm_journal_record *before; /* what is done of it already and stays; NULL: nothing */
    pstm_journal_record record;        /* of the column, when it is written */
} writing;

static bool is_all(const writing *w)
{
    return w->part.i_begin == w->column.i_begin && w->part.i_end == w->column.i_end &&
           w->part.j_begin == w->column.j_begin && w->part.j_end == w->column.j_end;
}

/* Writes one class of one dataset, and leaves the whole chunk in the buffer, with zeros where nothing is
 * done, for its digest. *was is the digest of what is done already. */
static pstm_status write_chunk(pstm_cube *cube, const writing *w, pstm_cube_data data, int32_t c,
                               uint64_t *was)
{
    const pstm_cube_range whole = chunk_range(cube, &w->column, c), part = chunk_range(cube, &w->part, c);
    const hid_t type = pstm_cube_layout_of(&cube->about, data).memory_type;
    const int64_t n_times = cube->about.grid.n_times;
    const int32_t n_j = w->column.j_end - w->column.j_begin;
    const int64_t first =
        (int64_t)(w->part.i_begin - w->column.i_begin) * n_j + (w->part.j_begin - w->column.j_begin);
    if (!is_all(w)) {
        /* Only the part goes to the file: what is done beside it is not written again. */
        pack(cube, w->tile, data, &w->part, c, cube->buffer, w->part.j_end - w->part.j_begin);
        PSTM_TRY(transfer(cube, data, &part, type, NULL, cube->buffer));
        if (w->before != NULL) PSTM_TRY(transfer(cube, data, &whole, type, cube->buffer, NULL));
        blank_missing(cube, &w->column, w->before, cube->buffer);
        *was = digest_of_buffer(cube, &w->column);
    }
    pack(cube, w->tile, data, &w->part, c, cube->buffer + first * n_times, n_j);
    return is_all(w) ? transfer(cube, data, &whole, type, NULL, cube->buffer) : PSTM_OK;
}

/* The new digest is of values that are read from the file: they must be those that were written. */
static pstm_status check_before(const pstm_cube *cube, const writing *w, pstm_cube_data data, uint64_t was)
{
    if (w->before == NULL || was == w->before->digest[data]) return PSTM_OK;
    return pstm_fail(
        PSTM_DATA,
        "%s: /%s does not hold what was written of chunk column (%d, %d), inlines and crosslines "
        "from index %d and %d, to which locations are added; `pstm status --verify` lists what "
        "has changed; remove the cube and its journal to make it anew",
        cube->path, pstm_cube_data_name(data), w->before->column_inline, w->before->column_crossline,
        w->column.i_begin, w->column.j_begin);
}

static pstm_status write_data(pstm_cube *cube, const writing *w, pstm_cube_data data, uint64_t *digest)
{
    const int32_t n_classes = classes_of(cube, data);
    uint64_t *digests, *was;
    PSTM_TRY(PSTM_NEW(&digests, 2 * (int64_t)n_classes, "the digests of a column"));
    was = digests + n_classes;
    pstm_status status = PSTM_OK;
    for (int32_t c = 0; c < n_classes && status == PSTM_OK; c++) {
        status = write_chunk(cube, w, data, c, &was[c]);
        digests[c] = digest_of_buffer(cube, &w->column);
    }
    if (status == PSTM_OK) status = check_before(cube, w, data, pstm_digest_combine(was, n_classes));
    if (status == PSTM_OK) *digest = pstm_digest_combine(digests, n_classes);
    PSTM_FREE(&digests);
    return status;
}

static int by_column(const void *a, const void *b)
{
    const pstm_journal_record *p = a, *q = b;
    if (p->column_inline != q->column_inline) return p->column_inline < q->column_inline ? -1 : 1;
    return (p->column_crossline > q->column_crossline) - (p->column_crossline < q->column_crossline);
}

static bool is_inside(const pstm_cube_area *area, int32_t i, int32_t j)
{
    return i >= area->i_begin && i < area->i_end && j >= area->j_begin && j < area->j_end;
}

/* Which locations of the column will be done. */
static void plan_column(writing *w)
{
    const pstm_cube_tile *tile = w->tile;
    if (is_all(w)) return;
    if (tile->n_parts > 0)
        w->before = bsearch(&w->record, tile->parts, (size_t)tile->n_parts, sizeof *w->before, by_column);
    for (int32_t i = w->column.i_begin; i < w->column.i_end; i++)
        for (int32_t j = w->column.j_begin; j < w->column.j_end; j++)
            pstm_record_set(&w->record, i, j,
                            is_inside(&w->part, i, j) ||
                                (w->before != NULL && pstm_record_has(w->before, i, j)));
}

static int32_t lesser(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static int32_t greater(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static pstm_status write_column(pstm_cube *cube, const pstm_cube_tile *tile, int32_t ci, int32_t cj,
                                pstm_journal_record *record)
{
    const pstm_cube_area column = column_area(&cube->about.grid, ci, cj), *area = &tile->area;
    writing w = {.tile = tile,
                 .column = column,
                 .part = {greater(column.i_begin, area->i_begin), lesser(column.i_end, area->i_end),
                          greater(column.j_begin, area->j_begin), lesser(column.j_end, area->j_end)},
                 .record = {.column_inline = ci, .column_crossline = cj}};
    PSTM_TRY(need_buffer(cube));
    plan_column(&w);
    for (int d = 0; d < PSTM_CUBE_N_DATA; d++)
        if (pstm_cube_has(cube, (pstm_cube_data)d))
            PSTM_TRY(write_data(cube, &w, (pstm_cube_data)d, &w.record.digest[d]));
    *record = w.record;
    return PSTM_OK;
}

static bool on_axis(int32_t begin, int32_t end, int32_t n_nodes)
{
    return begin >= 0 && begin < end && end <= n_nodes;
}

static pstm_status check_tile(const pstm_cube *cube, const pstm_cube_tile *tile)
{
    const pstm_cube_area *area = &tile->area;
    const pstm_grid *grid = &cube->about.grid;
    if (!on_axis(area->i_begin, area->i_end, grid->n_inline) ||
        !on_axis(area->j_begin, area->j_end, grid->n_crossline))
        return pstm_fail(PSTM_SYSTEM, "%s: area [%d, %d) x [%d, %d) is not in the grid (a defect of pstm)",
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
    const pstm_cube_area *area = &tile->area;
    int64_t n = 0;
    for (int32_t ci = area->i_begin / PSTM_CUBE_CHUNK; ci < pstm_cube_columns(area->i_end); ci++)
        for (int32_t cj = area->j_begin / PSTM_CUBE_CHUNK; cj < pstm_cube_columns(area->j_end); cj++)
            PSTM_TRY(write_column(cube, tile, ci, cj, &records[n++]));
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

/* A column that is copied, or only read. */
typedef struct copying {
    pstm_cube *from, *to; /* to: NULL where nothing is written */
    pstm_cube_area column;
    const pstm_journal_record *wanted; /* what `from` should hold of it */
    const pstm_journal_record *before; /* what `to` holds of it already */
    bool differs;                      /* where both have a location */
} copying;

/* Adds what the chunk in the buffer of `to` has already to the buffer of `from`. */
static void add_before(copying *c)
{
    const size_t n_times = (size_t)c->from->about.grid.n_times;
    uint32_t *values = c->from->buffer;
    const uint32_t *there = c->to->buffer;
    for (int32_t i = c->column.i_begin; i < c->column.i_end; i++)
        for (int32_t j = c->column.j_begin; j < c->column.j_end; j++, values += n_times, there += n_times) {
            if (!pstm_record_has(c->before, i, j)) continue;
            if (!pstm_record_has(c->wanted, i, j))
                memcpy(values, there, n_times * sizeof *values);
            else if (memcmp(values, there, n_times * sizeof *values) != 0)
                c->differs = true;
        }
}

/* One class of one dataset through the buffers; digests of what `from` holds, and of what `to` will. */
static pstm_status copy_chunk(copying *c, pstm_cube_data data, int32_t class_index, uint64_t *now,
                              uint64_t *made)
{
    const pstm_cube_range range = chunk_range(c->from, &c->column, class_index);
    const hid_t type = pstm_cube_layout_of(&c->from->about, data).memory_type;
    PSTM_TRY(transfer(c->from, data, &range, type, c->from->buffer, NULL));
    blank_missing(c->from, &c->column, c->wanted, c->from->buffer);
    *now = *made = digest_of_buffer(c->from, &c->column);
    if (c->to == NULL) return PSTM_OK;
    if (c->before != NULL) {
        PSTM_TRY(transfer(c->to, data, &range, type, c->to->buffer, NULL));
        add_before(c);
        if (c->differs) return PSTM_OK;
        *made = digest_of_buffer(c->from, &c->column);
    }
    return transfer(c->to, data, &range, type, NULL, c->from->buffer);
}

static pstm_status copy_data(copying *c, pstm_cube_data data, uint64_t *now, uint64_t *made)
{
    const int32_t n_classes = classes_of(c->from, data);
    uint64_t *digests;
    PSTM_TRY(PSTM_NEW(&digests, 2 * (int64_t)n_classes, "the digests of a column"));
    pstm_status status = PSTM_OK;
    for (int32_t i = 0; i < n_classes && status == PSTM_OK; i++)
        status = copy_chunk(c, data, i, &digests[i], &digests[n_classes + i]);
    if (status == PSTM_OK) {
        *now = pstm_digest_combine(digests, n_classes);
        *made = pstm_digest_combine(digests + n_classes, n_classes);
    }
    PSTM_FREE(&digests);
    return status;
}

static pstm_status copy_all_data(copying *c, pstm_journal_record *now, pstm_journal_record *made)
{
    *now = *made = *c->wanted;
    for (int d = 0; d < PSTM_CUBE_N_DATA; d++)
        if (pstm_cube_has(c->from, (pstm_cube_data)d))
            PSTM_TRY(copy_data(c, (pstm_cube_data)d, &now->digest[d], &made->digest[d]));
    for (int w = 0; w < PSTM_COLUMN_WORDS && c->before != NULL; w++)
        made->missing[w] &= c->before->missing[w];
    return PSTM_OK;
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

pstm_status pstm_cube_copy_column(pstm_cube *from, pstm_cube *to, const pstm_journal_record *wanted,
                                  const pstm_journal_record *before, pstm_journal_record *made)
{
    const int32_t ci = wanted->column_inline, cj = wanted->column_crossline;
    PSTM_TRY(check_column(from, ci, cj));
    copying c = {.from = from,
                 .to = to,
                 .column = column_area(&from->about.grid, ci, cj),
                 .wanted = wanted,
                 .before = before};
    pstm_journal_record now;
    PSTM_TRY(need_buffer(from));
    PSTM_TRY(need_buffer(to));
    PSTM_TRY(copy_all_data(&c, &now, made));
    if (memcmp(now.digest, wanted->digest, sizeof now.digest) != 0)
        return pstm_fail(PSTM_DATA,
                         "%s: chunk column (%d, %d) is damaged: its values do not have the digests of its "
                         "journal; remove this cube and its journal and run the shard again",
                         from->path, ci, cj);
    if (!c.differs) return PSTM_OK;
    return pstm_fail(PSTM_DATA,
                     "chunk column (%d, %d): %s and %s differ where both are migrated, though both say that "
                     "they are the same image; see which is damaged with `pstm status --verify`",
                     ci, cj, from->path, to->path);
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

pstm_status pstm_cube_digest_column(pstm_cube *cube, const pstm_journal_record *wanted,
                                    pstm_journal_record *now)
{
    const int32_t ci = wanted->column_inline, cj = wanted->column_crossline;
    PSTM_TRY(check_column(cube, ci, cj));
    PSTM_TRY(need_buffer(cube));
    copying c = {.from = cube, .column = column_area(&cube->about.grid, ci, cj), .wanted = wanted};
    pstm_journal_record made, found;
    PSTM_TRY(copy_all_data(&c, &found, &made));
    *now = found;
    return PSTM_OK;
}

pstm_status pstm_cube_holds(pstm_cube *cube, const pstm_journal_record *record, bool *holds)
{
    pstm_journal_record now;
    *holds = false;
    PSTM_TRY(pstm_cube_digest_column(cube, record, &now));
    *holds = memcmp(now.digest, record->digest, sizeof now.digest) == 0;
    return PSTM_OK;
}
