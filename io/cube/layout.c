/* How a cube lies in its file: which datasets, in which chunks, what of it the journal counts. */
#include "io/cube/private.h"

bool pstm_cube_about_has(const pstm_cube_about *about, pstm_cube_data data)
{
    switch (data) {
    case PSTM_CUBE_STACK:
        return about->stack;
    case PSTM_CUBE_FOLD:
        return about->fold;
    default:
        return about->gathers;
    }
}

static int32_t chunk_nodes(int32_t n_nodes)
{
    return n_nodes < PSTM_CUBE_CHUNK ? n_nodes : PSTM_CUBE_CHUNK;
}

pstm_cube_layout pstm_cube_layout_of(const pstm_cube_about *about, pstm_cube_data data)
{
    const pstm_grid *grid = &about->grid;
    const bool is_float = data == PSTM_CUBE_GATHER || data == PSTM_CUBE_STACK;
    pstm_cube_layout layout = {
        .n_axes = 3,
        .size = {(hsize_t)grid->n_inline, (hsize_t)grid->n_crossline, (hsize_t)grid->n_times},
        .chunk = {(hsize_t)chunk_nodes(grid->n_inline), (hsize_t)chunk_nodes(grid->n_crossline),
                  (hsize_t)grid->n_times},
        .file_type = is_float ? H5T_IEEE_F32LE : H5T_STD_U32LE,
        .memory_type = is_float ? H5T_NATIVE_FLOAT : H5T_NATIVE_UINT32,
    };
    layout.chunk_bytes = (int64_t)(layout.chunk[0] * layout.chunk[1] * layout.chunk[2] * sizeof(float));
    layout.n_chunks = (int64_t)pstm_cube_columns(grid->n_inline) * pstm_cube_columns(grid->n_crossline);
    if (data == PSTM_CUBE_GATHER || data == PSTM_CUBE_GATHER_FOLD) {
        layout.n_axes = 4;
        layout.size[3] = layout.size[2];
        layout.chunk[3] = layout.chunk[2];
        layout.size[2] = (hsize_t)about->n_classes;
        layout.chunk[2] = 1;
        layout.n_chunks *= about->n_classes;
    }
    return layout;
}

pstm_journal_about pstm_cube_journal_about(const pstm_cube_about *about)
{
    pstm_journal_about journal = {
        .image_key = about->image_key,
        .n_columns_inline = pstm_cube_columns(about->grid.n_inline),
        .n_columns_crossline = pstm_cube_columns(about->grid.n_crossline),
    };
    for (int d = 0; d < PSTM_CUBE_N_DATA; d++)
        journal.has[d] = pstm_cube_about_has(about, (pstm_cube_data)d);
    return journal;
}

hid_t pstm_cube_access(void)
{
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    /* Newer formats hold marks that a killed writer leaves set; older ones no attributes above 64 KB. */
    H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18);
    H5Pset_alignment(access, PSTM_CUBE_ALIGNED_FROM, PSTM_CUBE_ALIGNMENT);
    return access;
}
