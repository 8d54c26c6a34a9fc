/** @file cube.h
 * The image cube: an HDF5 file that opens as netCDF-4 (xarray, h5py, ParaView).
 *
 *   /gather       float32 (inline, crossline, CLASS, twt)    weighted sums of each class    } with gathers
 *   /gather_fold  uint32  (inline, crossline, CLASS, twt)    traces in each sum             }
 *   /stack        float32 (inline, crossline, twt)           kinematic: pstm_cube_sum_classes(); true
 *                                                            amplitudes: mean over live classes (sum/live.h)
 *   /fold         uint32  (inline, crossline, twt)           traces of all classes
 *   /inline /crossline   int32 labels            /cdp_x /cdp_y  double (inline, crossline), m
 *   /twt          double, s: two-way time
 *
 * CLASS is /offset (double, m: the centres of the classes) where that rises from class to class, as for
 * offset classes, else /bin (int32: 0, 1, ...). What else the centres say lies beside it as /azimuth (double,
 * degrees), /hx, /hy and /offset (double, m). The root attribute bins is the word of the kind (bins_list.h);
 * amplitude says what the values are, and doubts what was doubted of the inputs, a line each.
 *
 * It always spans the whole grid and time axis. What was not migrated was never written and reads as zero,
 * or is what a run that was killed had written; the journal (journal.h) tells which is which. A chunk is
 * min(16, n_inline) x min(16, n_crossline) [x 1 class] x all times, whatever the ranks and tiles. A chunk
 * column (ci, cj) is what lies at inlines from 16 ci and crosslines from 16 cj: one chunk of /stack and
 * /fold, one for each class of the gathers.
 *
 * Digest of a column in a dataset: pstm_digest_combine() of the digests of its chunks in order of class;
 * digest of a chunk: XXH3-64 of those of its values that lie in the grid, [inline][crossline][twt],
 * little-endian. Of a column that is done in part, locations that are missing count as zeros.
 *
 * The way of a cube: rank 0 alone makes the whole file with all its
 * metadata and its space on disk (pstm_cube_create); every rank opens it for itself on MPI_COMM_SELF
 * (pstm_cube_open_write), so that no rank waits for another, and writes whole chunks that nobody else
 * writes; after all have closed, rank 0 alone marks it (pstm_cube_finish).
 *
 * All functions are Local. HDF5 is not thread-safe here: main thread only, except pstm_cube_sum_classes()
 * and pstm_cube_sync(). HDF5_USE_FILE_LOCKING is set to FALSE unless the user set it.
 * Errors: PSTM_SYSTEM with path and HDF5's or the system's reason when the system refuses; PSTM_DATA when a
 * file is not a cube of this program.
 */
#ifndef PSTM_IO_CUBE_CUBE_H
#define PSTM_IO_CUBE_CUBE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "core/text.h"
#include "io/digest.h"
#include "io/journal.h"
#include "io/stripes.h"
#include "survey/class_centre.h"
#include "survey/grid.h"

enum {
    PSTM_CUBE_CHUNK = 16,             /**< locations of a chunk on each axis */
    PSTM_CUBE_FORMAT = 1,             /**< raised when the layout of the file changes */
    PSTM_CUBE_MOST_CLASSES = 1 << 20, /**< of a file that is taken for a cube */
};

/** What a cube says of itself. */
typedef struct pstm_cube_about {
    pstm_grid grid;                   /**< prepared */
    int32_t n_classes;                /**< >= 1 */
    const pstm_class_centre *centres; /**< [n_classes], of the classes */
    bool gathers;                     /**< /gather and /gather_fold */
    bool stack, fold;                 /**< /stack, /fold */
    int32_t k_begin, k_end;           /**< the time window [k_begin, k_end); the other samples are zero */
    /* Texts; NULL counts as "". */
    const char *image_key_text;   /**< canonical lines of everything that shapes the image */
    const char *image_key;        /**< its key (pstm_digest_key) */
    const char *samples_digest;   /**< of the conditioned traces, as the trace store has it; "": unknown */
    const char *bins;             /**< word of the kind of bins; "": a cube made before there were kinds */
    const char *velocity_columns; /**< how they depart from what the velocity model says; "": not at all */
    const char *amplitude;        /**< what the values are; "": a cube made before that was said */
    const char *doubts;           /**< what was doubted of the inputs (core/doubt.h), a line each */
    const char *job_text;         /**< the whole job with its defaults */
    const char *numerics_id;      /**< for example cpu/avx2/1 */
    const char *version, *commit, *devices;
} pstm_cube_about;

/** Locations [i_begin, i_end) x [j_begin, j_end), as indices of the grid. */
typedef struct pstm_cube_area {
    int32_t i_begin, i_end, j_begin, j_end;
} pstm_cube_area;

/** Chunk columns on each axis. */
static inline int32_t pstm_cube_columns(int32_t n_nodes)
{
    return n_nodes / PSTM_CUBE_CHUNK + (n_nodes % PSTM_CUBE_CHUNK != 0);
}

/** The journal's first line for such a cube; image_key is borrowed from `about`. */
pstm_journal_about pstm_cube_journal_about(const pstm_cube_about *about);

/**
 * Whether the file system has room for a cube at `path` with areas[n_areas] (0: everything). Looks at the
 * grid, the classes and the datasets of `about` alone, so that it can come before any cost. Errors as of
 * pstm_cube_create().
 */
PSTM_MUST_CHECK pstm_status pstm_cube_check_room(const char *path, const pstm_cube_about *about,
                                                 const pstm_cube_area *areas, int64_t n_areas);

/**
 * Makes an empty cube at `path`. areas[n_areas] is what will be written: its chunks get their space on disk
 * now, so that the disk cannot fill up half-way; n_areas = 0 means everything. The rest stays a hole in the
 * file. A cube that stands at `path`, and its journal, are replaced. It is made under a temporary name in
 * the same folder, synced and then renamed, so `path` never holds half a cube; on failure the temporary
 * file is removed. stripes: of the file, where the file system has them; NULL: as the folder says, and no MPI
 * is needed. Chunks of 64 KiB and more begin at multiples of 4 KiB, so that no two ranks write to one page.
 * PSTM_SYSTEM with the bytes needed and free, the folder and the remedy when the disk is too small (a file
 * system without fallocate is asked for its free bytes instead); PSTM_USAGE for an axis that is too long or
 * a cube without datasets. Serial: rank 0.
 */
PSTM_MUST_CHECK pstm_status pstm_cube_create(const char *path, const pstm_cube_about *about,
                                             const pstm_cube_area *areas, int64_t n_areas,
                                             const pstm_stripes *stripes);

/** The first half of pstm_cube_create(): all but the renaming. Either of the next two comes after it. */
PSTM_MUST_CHECK pstm_status pstm_cube_draft(const char *path, const pstm_cube_about *about,
                                            const pstm_cube_area *areas, int64_t n_areas,
                                            const pstm_stripes *stripes);

/** The second half: renames the draft, in place of what stands at `path`; on failure the draft is removed. */
PSTM_MUST_CHECK pstm_status pstm_cube_place(const char *path);

/** Removes the draft instead. */
void pstm_cube_drop_draft(const char *path);

/**
 * Reserves space for areas[n_areas] (0: everything) of a cube that stands, for a run that goes on with
 * another target; space that is there already costs nothing. Errors as above, the cube stays. Serial: rank 0,
 * before the others open it.
 */
PSTM_MUST_CHECK pstm_status pstm_cube_allocate(const char *path, const pstm_cube_area *areas,
                                               int64_t n_areas);

/** Bytes of a location in all datasets of such a cube. */
int64_t pstm_cube_location_bytes(const pstm_cube_about *about);

typedef struct pstm_cube pstm_cube;

/**
 * Opens a cube to write chunks, with the MPI-IO driver on MPI_COMM_SELF: MPI must be initialised, and no
 * other rank takes part. *out is owned by the caller (pstm_cube_close).
 */
PSTM_MUST_CHECK pstm_status pstm_cube_open_write(const char *path, pstm_cube **out);

/**
 * Opens a cube to write chunks without MPI, by a process that writes alone (pstm merge). *out as above.
 */
PSTM_MUST_CHECK pstm_status pstm_cube_open_alone(const char *path, pstm_cube **out);

/** Opens a cube to read, without MPI; it may be one that is being written. *out as above. */
PSTM_MUST_CHECK pstm_status pstm_cube_open_read(const char *path, pstm_cube **out);

/** Closes *cube, frees it and sets it to NULL; NULL-safe. Syncs nothing. */
PSTM_MUST_CHECK pstm_status pstm_cube_close(pstm_cube **cube);

/** What the cube says of itself; texts are "" where absent. Borrowed until it is closed. */
const pstm_cube_about *pstm_cube_get_about(const pstm_cube *cube);

/** Whether the cube has this dataset. */
bool pstm_cube_has(const pstm_cube *cube, pstm_cube_data data);

/** What pstm_cube_finish() left in a cube, as it was when the cube was opened. */
typedef struct pstm_cube_state {
    int64_t n_columns, n_done; /**< chunk columns, and those that are migrated */
    int64_t complete;          /**< 1: the whole image is migrated; else 0 */
    char checksum[17];         /**< the image checksum in hexadecimal; "" before the first finish */
} pstm_cube_state;
pstm_cube_state pstm_cube_get_state(const pstm_cube *cube);

/**
 * Kinematic stack and fold of a location from its gather: the classes are added in order, and
 *
 *   stack = sum / max(fold - faded, 1)
 *
 * zero where nothing was added. fold - faded is the sum of the traces' tapers; below 1, where there is less
 * than one whole trace, the stack fades out with it.
 * gather, gather_fold, faded: [n_classes][n_times]; faded: what tapers took of the fold, or NULL: nothing;
 * stack, fold: [n_times]. Thread-safe.
 */
void pstm_cube_sum_classes(int32_t n_classes, int32_t n_times, const float *gather,
                           const uint32_t *gather_fold, const float *faded, float *stack, uint32_t *fold);

/**
 * The values of an area, as a device gives them; location = (i - i_begin) * (j_end - j_begin) +
 * (j - j_begin). All are borrowed. Those of datasets that the cube lacks may be NULL.
 */
typedef struct pstm_cube_tile {
    pstm_cube_area area;         /**< of the grid; columns that it has in part become records with a part */
    const float *gather;         /**< [location][class][k] */
    const uint32_t *gather_fold; /**< [location][class][k] */
    const float *stack;          /**< [location][k] */
    const uint32_t *fold;        /**< [location][k] */
    const pstm_journal_record *parts; /**< [n_parts] row-major: columns that are done in part; what they have
                                           stays, and is in the records of columns that get more */
    int64_t n_parts;
} pstm_cube_tile;

/** Chunk columns of an area. */
int64_t pstm_cube_area_columns(const pstm_cube_area *area);

/** Whether all locations of an area are done. */
bool pstm_cube_area_is_done(const pstm_journal *journal, const pstm_cube_area *area);

/**
 * Writes a tile into all datasets of the cube. records: [pstm_cube_area_columns()], the journal's records of
 * its columns, row-major; give them to the journal after pstm_cube_sync().
 * PSTM_SYSTEM when the area is not in the grid or values are missing (a defect of the caller), or the write
 * fails; the area is then in no defined state and must be written again, but nothing beside it has changed.
 * PSTM_DATA when a column does not hold what its record in `parts` promises.
 */
PSTM_MUST_CHECK pstm_status pstm_cube_write_tile(pstm_cube *cube, const pstm_cube_tile *tile,
                                                 pstm_journal_record *records);

/**
 * Copies what `wanted`, the record of `from`, has of a chunk column to another cube of the same image, bit by
 * bit. before: the record of `to` that the column has in part; NULL: none. *made: the record of `to` now,
 * which has the locations of both. PSTM_DATA if `from` does not hold what its record says, or the two differ
 * where both are done; nothing that `to` had has then changed. Other errors as of reading and writing.
 */
PSTM_MUST_CHECK pstm_status pstm_cube_copy_column(pstm_cube *from, pstm_cube *to,
                                                  const pstm_journal_record *wanted,
                                                  const pstm_journal_record *before,
                                                  pstm_journal_record *made);

/** Returns when all that this process wrote is on disk (fdatasync on a descriptor of its own). */
PSTM_MUST_CHECK pstm_status pstm_cube_sync(pstm_cube *cube);

/** A part of a dataset, half-open on each axis. */
typedef struct pstm_cube_range {
    int32_t i_begin, i_end, j_begin, j_end; /**< locations */
    int32_t c_begin, c_end;                 /**< classes; ignored for the stack and the fold */
    int32_t k_begin, k_end;                 /**< output samples */
} pstm_cube_range;

/**
 * Reads a part of a dataset into out [i][j][class][k] (no class axis for the stack and the fold). Folds come
 * as floats, exact up to 2^24. On failure `out` is undefined. PSTM_USAGE when the cube lacks the dataset or
 * the range lies outside it.
 */
PSTM_MUST_CHECK pstm_status pstm_cube_read(pstm_cube *cube, pstm_cube_data data, const pstm_cube_range *range,
                                           float *out);

/**
 * The record that a column has now, from the values in the file, of those locations that `wanted` has: what
 * to compare with the journal, whose record that is.
 */
PSTM_MUST_CHECK pstm_status pstm_cube_digest_column(pstm_cube *cube, const pstm_journal_record *wanted,
                                                    pstm_journal_record *now);

/** Whether the column of a record has the record's digests now. *holds is false after a failure too. */
PSTM_MUST_CHECK pstm_status pstm_cube_holds(pstm_cube *cube, const pstm_journal_record *record, bool *holds);

/**
 * One digest of all that the file says beside the image: attributes (but the marks of pstm_cube_finish()),
 * axes, positions, and which axes belong to which dataset. PSTM_SYSTEM when something of it cannot be read.
 */
PSTM_MUST_CHECK pstm_status pstm_cube_frame(const pstm_cube *cube, uint64_t *digest);

/** PSTM_DATA, with the remedy, when the journal knows a frame and the cube has another. Errors as above. */
PSTM_MUST_CHECK pstm_status pstm_cube_check_frame(const pstm_cube *cube, const pstm_journal *journal);

/**
 * Marks the cube with what its journal says: root attributes image_checksum (16 hexadecimal digits),
 * columns_done (whole ones), and complete = 1 when every column is done and the time window is the whole
 * axis, else 0. Synced. A journal without a frame gets that of the cube. Serial: rank 0, after every rank has
 * closed the cube. Can be called again after a later run.
 */
PSTM_MUST_CHECK pstm_status pstm_cube_finish(const char *path, pstm_journal *journal);

/**
 * Appends a line for each fact by which two cubes are not of one image, or have other datasets or another
 * time window, or other conditioned traces (where both digests are known): "migrate.weight: none in the cube,
 * obliquity in the job". found_where and wanted_where are the words "the cube" and "the job". Nothing is
 * appended when chunk columns may go from one to the other.
 */
PSTM_MUST_CHECK pstm_status pstm_cube_difference(const pstm_cube_about *found, const char *found_where,
                                                 const pstm_cube_about *wanted, const char *wanted_where,
                                                 pstm_text *text);

/** What stands at a path. */
typedef struct pstm_cube_found {
    bool is_there;                          /**< a cube of this image: its journal says how to go on */
    char samples_digest[PSTM_DIGEST_CHARS]; /**< of its conditioned traces; "" when unknown */
    /* By pstm_cube_check_journal(). */
    int64_t
        n_marked;   /**< chunk columns that are done by its marks, as the last pstm_cube_finish() left them */
    bool is_marked; /**< these are what the journal holds, so that the two belong together */
} pstm_cube_found;

/**
 * Looks at `path` before a run: is there something to go on with? Attributes and axes are compared with the
 * job's. What `wanted` says of the samples does not count if it is "". PSTM_USAGE if it is a cube of another
 * image, or one with other datasets or another time window, with each difference named ("migrate.weight: none
 * in the cube, obliquity in the job") and the remedy; PSTM_DATA for axes that are not the job's, and if it is
 * anything else, which is never overwritten. On failure *found is all zero. Serial.
 */
PSTM_MUST_CHECK pstm_status pstm_cube_probe(const char *path, const pstm_cube_about *wanted,
                                            pstm_cube_found *found);

/**
 * Compares a cube that was found with its journal, by what each says of the other: PSTM_DATA, with the
 * remedy, for other axes or attributes than the journal knows. Fills in n_marked and is_marked. Where the
 * marks are others, as after a run was killed or one of the two was restored, only pstm_cube_holds() tells
 * whether a record is true. Serial.
 */
PSTM_MUST_CHECK pstm_status pstm_cube_check_journal(const char *path, const pstm_journal *journal,
                                                    pstm_cube_found *found);

/**
 * Compares the samples of a cube that was found with those of `wanted`, as pstm_cube_probe() would if it knew
 * them: PSTM_USAGE with both digests and the remedy if they differ. The file is not opened.
 */
PSTM_MUST_CHECK pstm_status pstm_cube_check_samples(const char *path, const pstm_cube_found *found,
                                                    const pstm_cube_about *wanted);

#endif
