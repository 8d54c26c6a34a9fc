/* The space of a cube on disk: which bytes of the file hold the chunks of an area, and reserving them. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/cube/private.h"
#include "io/durable.h"

/* The chunk columns that are wanted, row-major. */
typedef struct wanted {
    int32_t n_inline, n_crossline;
    bool *columns;
    int64_t n;
} wanted;

int64_t pstm_cube_area_columns(const pstm_cube_area *area)
{
    return (int64_t)(pstm_cube_columns(area->i_end) - area->i_begin / PSTM_CUBE_CHUNK) *
           (pstm_cube_columns(area->j_end) - area->j_begin / PSTM_CUBE_CHUNK);
}

bool pstm_cube_area_is_done(const pstm_journal *journal, const pstm_cube_area *area)
{
    for (int32_t i = area->i_begin; i < area->i_end; i++)
        for (int32_t j = area->j_begin; j < area->j_end; j++)
            if (!pstm_journal_has(journal, i, j)) return false;
    return true;
}

int64_t pstm_cube_location_bytes(const pstm_cube_about *about)
{
    const int64_t one_class = about->grid.n_times * (int64_t)sizeof(float);
    int64_t bytes = 0;
    for (int d = 0; d < PSTM_CUBE_N_DATA; d++) {
        const bool has_classes = d == PSTM_CUBE_GATHER || d == PSTM_CUBE_GATHER_FOLD;
        if (pstm_cube_about_has(about, (pstm_cube_data)d))
            bytes += has_classes ? about->n_classes * one_class : one_class;
    }
    return bytes;
}

static pstm_status mark(wanted *w, const pstm_cube_about *about, const pstm_cube_area *areas, int64_t n_areas)
{
    const pstm_grid *grid = &about->grid;
    w->n_inline = pstm_cube_columns(grid->n_inline);
    w->n_crossline = pstm_cube_columns(grid->n_crossline);
    PSTM_TRY(PSTM_NEW(&w->columns, (int64_t)w->n_inline * w->n_crossline, "the wanted columns"));
    for (int64_t a = 0; a < n_areas; a++) {
        const pstm_cube_area *area = &areas[a];
        if (area->i_begin < 0 || area->j_begin < 0 || area->i_end > grid->n_inline ||
            area->j_end > grid->n_crossline)
            return pstm_fail(PSTM_SYSTEM, "an area to be reserved lies outside the grid (a defect of pstm)");
        for (int32_t ci = area->i_begin / PSTM_CUBE_CHUNK; ci * PSTM_CUBE_CHUNK < area->i_end; ci++)
            for (int32_t cj = area->j_begin / PSTM_CUBE_CHUNK; cj * PSTM_CUBE_CHUNK < area->j_end; cj++) {
                bool *column = &w->columns[(int64_t)ci * w->n_crossline + cj];
                w->n += !*column;
                *column = true;
            }
    }
    return PSTM_OK;
}

static pstm_status chunk_place(hid_t dataset, const pstm_cube_layout *layout, const wanted *w, int64_t column,
                               hsize_t class_index, int64_t *place)
{
    const hsize_t at[PSTM_CUBE_MAX_AXES] = {(hsize_t)(column / w->n_crossline) * layout->chunk[0],
                                            (hsize_t)(column % w->n_crossline) * layout->chunk[1],
                                            layout->n_axes == 4 ? class_index : 0, 0};
    unsigned filters;
    haddr_t address;
    hsize_t bytes;
    if (H5Dget_chunk_info_by_coord(dataset, at, &filters, &address, &bytes) < 0 || address == HADDR_UNDEF)
        return pstm_h5_fail("cannot find the place of a chunk");
    *place = (int64_t)address;
    return PSTM_OK;
}

typedef struct reserving {
    const pstm_cube *cube;
    const char *path;
    wanted w;
    int descriptor;
    int64_t needed_bytes; /* of all datasets, for the message of a full disk */
} reserving;

/* Reserves the chunks of columns [first, last], which lie behind each other with parts of the index between
 * them: HDF5 gives chunks their places in row-major order. */
static pstm_status reserve_run(const reserving *r, pstm_cube_data data, int64_t first, int64_t last)
{
    const hid_t dataset = r->cube->data[data];
    const pstm_cube_layout layout = pstm_cube_layout_of(&r->cube->about, data);
    const hsize_t n_classes = layout.n_axes == 4 ? layout.size[2] : 1;
    int64_t begin, end;
    PSTM_TRY(chunk_place(dataset, &layout, &r->w, first, 0, &begin));
    PSTM_TRY(chunk_place(dataset, &layout, &r->w, last, n_classes - 1, &end));
    end += layout.chunk_bytes;
    const int64_t bytes = (last - first + 1) * (int64_t)n_classes * layout.chunk_bytes;
    if (end - begin < bytes || end - begin > bytes + bytes / 8 + (1 << 20))
        return pstm_fail(PSTM_SYSTEM,
                         "%s: the chunks of /%s do not lie in order; make the cube anew with this HDF5",
                         r->path, pstm_cube_data_name(data));
    return pstm_durable_reserve(r->descriptor, r->path, begin, end - begin, r->needed_bytes);
}

static pstm_status reserve_data(const reserving *r, pstm_cube_data data)
{
    const int64_t n = (int64_t)r->w.n_inline * r->w.n_crossline;
    for (int64_t first = 0; first < n; first++) {
        if (!r->w.columns[first]) continue;
        int64_t last = first;
        while (last + 1 < n && r->w.columns[last + 1])
            last++;
        PSTM_TRY(reserve_run(r, data, first, last));
        first = last;
    }
    return PSTM_OK;
}

static pstm_status reserve_areas(reserving *r, const pstm_cube_area *areas, int64_t n_areas)
{
    const pstm_cube_about *about = &r->cube->about;
    pstm_status status = mark(&r->w, about, areas, n_areas);
    for (int d = 0; d < PSTM_CUBE_N_DATA && status == PSTM_OK; d++) {
        if (!pstm_cube_about_has(about, (pstm_cube_data)d)) continue;
        const pstm_cube_layout layout = pstm_cube_layout_of(about, (pstm_cube_data)d);
        const int64_t n_columns = (int64_t)r->w.n_inline * r->w.n_crossline;
        r->needed_bytes += layout.n_chunks / n_columns * r->w.n * layout.chunk_bytes;
    }
    for (int d = 0; d < PSTM_CUBE_N_DATA && status == PSTM_OK; d++)
        if (pstm_cube_about_has(about, (pstm_cube_data)d)) status = reserve_data(r, (pstm_cube_data)d);
    PSTM_FREE(&r->w.columns);
    return status;
}

pstm_status pstm_cube_allocate(const char *path, const pstm_cube_area *areas, int64_t n_areas)
{
    pstm_cube *cube = NULL;
    pstm_status status = PSTM_OK;
    struct stat about;
    const int descriptor = open(path, O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return pstm_fail_errno(PSTM_SYSTEM, "cannot open %s for writing", path);
    if (fstat(descriptor, &about) != 0) {
        status = pstm_fail_errno(PSTM_SYSTEM, "cannot ask for the size of %s", path);
        goto cleanup;
    }
    if (n_areas == 0) {
        PSTM_GO(pstm_durable_reserve(descriptor, path, 0, about.st_size, about.st_size));
    } else {
        PSTM_GO(pstm_cube_open_read(path, &cube));
        reserving r = {.cube = cube, .path = path, .descriptor = descriptor};
        PSTM_GO(reserve_areas(&r, areas, n_areas));
    }
cleanup:
    close(descriptor);
    if (pstm_cube_close(&cube) != PSTM_OK && status == PSTM_OK) status = PSTM_SYSTEM;
    return status;
}
