/** @file private.h
 * What the files of the cube share: its layout and the open cube. All functions are Local.
 */
#ifndef PSTM_IO_CUBE_PRIVATE_H
#define PSTM_IO_CUBE_PRIVATE_H

#include "io/cube/cube.h"
#include "io/h5.h"

/** Bytes of the image checksum's attribute; it has its room from the start, so that marking a cube as
 * finished changes no structure of the file. */
#define PSTM_CUBE_NO_CHECKSUM "0000000000000000"

/** Texts of pstm_cube_about and their root attributes: X(member, attribute). */
#define PSTM_CUBE_TEXTS(X)                                                                                   \
    X(image_key_text, "image_key_text")                                                                      \
    X(image_key, "image_key")                                                                                \
    X(samples_digest, "samples_digest")                                                                      \
    X(bins, "bins")                                                                                          \
    X(velocity_columns, "velocity_columns")                                                                  \
    X(amplitude, "amplitude")                                                                                \
    X(doubts, "doubts")                                                                                      \
    X(job_text, "job")                                                                                       \
    X(numerics_id, "numerics_id")                                                                            \
    X(version, "version")                                                                                    \
    X(commit, "commit")                                                                                      \
    X(devices, "devices")

/** Floating-point and integer members and their root attributes. */
#define PSTM_CUBE_DOUBLES(X)                                                                                 \
    X(grid.origin_x_m, "origin_x_m")                                                                         \
    X(grid.origin_y_m, "origin_y_m")                                                                         \
    X(grid.azimuth_deg, "azimuth_deg")                                                                       \
    X(grid.step_inline_m, "step_inline_m")                                                                   \
    X(grid.step_crossline_m, "step_crossline_m")                                                             \
    X(grid.time_first_s, "time_first_s")                                                                     \
    X(grid.time_step_s, "time_step_s")
#define PSTM_CUBE_INTEGERS(X)                                                                                \
    X(grid.n_inline, "n_inline")                                                                             \
    X(grid.n_crossline, "n_crossline")                                                                       \
    X(grid.first_inline, "first_inline")                                                                     \
    X(grid.first_crossline, "first_crossline")                                                               \
    X(grid.n_times, "n_times")                                                                               \
    X(n_classes, "n_classes")                                                                                \
    X(k_begin, "time_window_begin")                                                                          \
    X(k_end, "time_window_end")

enum {
    PSTM_CUBE_MAX_AXES = 4,
    PSTM_CUBE_ALIGNMENT = 4096,      /**< of large chunks in the file: pages of memory, blocks of disks */
    PSTM_CUBE_ALIGNED_FROM = 1 << 16 /**< bytes from which a chunk is large */
};

/** How a dataset lies in the file. */
typedef struct pstm_cube_layout {
    int n_axes; /* 4 with classes, 3 without */
    hsize_t size[PSTM_CUBE_MAX_AXES], chunk[PSTM_CUBE_MAX_AXES];
    hid_t file_type, memory_type;
    int64_t chunk_bytes, n_chunks;
} pstm_cube_layout;

pstm_cube_layout pstm_cube_layout_of(const pstm_cube_about *about, pstm_cube_data data);

/** Whether a cube of this kind has the dataset. */
bool pstm_cube_about_has(const pstm_cube_about *about, pstm_cube_data data);

/** Access properties for serial access with the format bounds of the cube; the caller closes them. */
hid_t pstm_cube_access(void);

struct pstm_cube {
    char *path;
    hid_t file;
    hid_t data[PSTM_CUBE_N_DATA]; /* 0 where absent */
    int descriptor;               /* for syncing; -1 when read only */
    pstm_cube_about about;
    char *texts[12];            /* what the texts of `about` point at, in the order of PSTM_CUBE_TEXTS */
    pstm_class_centre *centres; /* what about.centres points at */
    uint32_t *buffer;           /* one chunk, [i][j][k]; made when first needed */
    pstm_cube_state state;
};

#endif
