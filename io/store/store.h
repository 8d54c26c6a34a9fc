/** @file store.h
 * The trace store: all usable traces, conditioned, in the order of the KD-tree's leaves, in one HDF5 file.
 *
 *   /trace    compound of pstm_trace, [n_traces]
 *   /leaf     compound of pstm_leaf, [n_leaves]
 *   /samples  float32 [n_traces][stride], stride = n_levels * pstm_trace_stride(n_samples)
 *             (device/device.h); sample i of the copy of antialias level n of a trace is at column
 *             n * pstm_trace_stride(n_samples) + PSTM_TRACE_PAD + i, and its pads are zero
 *   /input    compound of pstm_file_identity, [n_inputs]: the files that the samples were read from
 *   /leaf_digest  uint64 [n_leaves]: pstm_store_digest() of the rows of each leaf; zero until it is complete
 *   root attributes: kind, version, key, commit (text), n_samples, n_levels, sample_s
 *
 * The datasets are contiguous and in the byte order of the machine. HDF5 makes the file, once, for people and
 * their tools; the program itself never reads that part. It goes by a header of its own in the first bytes of
 * the file, HDF5's user block (io/store/header.h): what there is and where, digests of header and leaves,
 * whether the store is complete, and where behind HDF5's part stands what is doubted of the samples: who
 * reuses the store tells it again. HDF5 1.10 crashes on forged files; here every value is checked before it
 * is used.
 *
 * HDF5 here is not thread-safe, so create runs on the main thread. Traces and samples go through pread and
 * pwrite at the datasets' places in the file, from any thread.
 *
 * A store is made in four steps: rank 0 creates it; every rank opens it, writes its rows and syncs; all
 * ranks agree; rank 0 finishes it with the digests of all leaves, which each reading of a leaf is held to.
 * Until then it is not usable and the next run makes it anew.
 *
 * All functions are Local. Errors: PSTM_SYSTEM with path and errno when the system refuses; PSTM_DATA with
 * path and remedy when the file is not a store that this version can read.
 */
#ifndef PSTM_IO_STORE_STORE_H
#define PSTM_IO_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/doubt.h"
#include "core/status.h"
#include "io/file_identity.h"
#include "survey/kdtree.h"
#include "survey/trace.h"

/** Raised when the layout of the file or what is doubted of samples changes; other versions are made anew. */
enum { PSTM_STORE_VERSION = 5 };

/** Raised when rows hold something else than before, and images with them: part of every image's key. */
enum { PSTM_STORE_ROWS = 3 };

/** What a store says of itself. */
typedef struct pstm_store_about {
    const char *key;    /**< what shaped the traces: inputs, conditioning, numerics. Not NULL where a store
                             is made or looked for; NULL of an opened one, which keeps its digest */
    const char *commit; /**< of the program that makes it; NULL or "" when unknown; NULL of an opened one */
    int64_t n_traces;   /**< >= 0 */
    int64_t n_leaves;   /**< 0 to n_traces */
    int32_t n_samples;  /**< of each trace, >= 1 */
    int32_t n_levels;   /**< copies of each trace, 1 to PSTM_MOST_LEVELS; 1: no antialias */
    double sample_s;    /**< > 0 */
    uint64_t samples_digest;          /**< of all its rows, as pstm_store_finish() got it; 0 before */
    int32_t n_inputs;                 /**< input files, >= 0 */
    const pstm_file_identity *inputs; /**< [n_inputs] of those whose samples it is made of; NULL of an opened
                                           one (pstm_store_read_inputs()) */
} pstm_store_about;

typedef struct pstm_store pstm_store;

/**
 * Makes an incomplete store at `path` with its leaves; traces and samples are reserved on disk and
 * read as zeros. It is made under a private temporary name beside `path`, synced and then renamed, so
 * `path` never holds half a store; an older file there is replaced. Only the owner can read it (mode 0600).
 * leaves: [n_leaves], borrowed for the call.
 * PSTM_SYSTEM with the bytes needed and free when the disk is full. Main thread.
 */
PSTM_MUST_CHECK pstm_status pstm_store_create(const char *path, const pstm_store_about *about,
                                              const pstm_leaf *leaves);

/**
 * Removes drafts of the store at `path`: regular files `path`.XXXXXX, which a run that was killed within
 * pstm_store_create() has left. The caller sees to it that no other process makes this store. What cannot be
 * removed stays, with a warning.
 */
void pstm_store_remove_drafts(const char *path);

/**
 * Opens a store, complete or not, which must have the numbers of `about` (all but texts and digest) and these
 * leaves: PSTM_DATA otherwise. leaves: [about->n_leaves], as a rank has them in its tree; borrowed until the
 * store is closed. *out is owned by the caller (pstm_store_close). Thread-safe.
 */
PSTM_MUST_CHECK pstm_status pstm_store_open(const char *path, const pstm_store_about *about,
                                            const pstm_leaf *leaves, bool writable, pstm_store **out);

/** Closes *store, frees it and sets it to NULL; NULL-safe. Syncs nothing. */
void pstm_store_close(pstm_store **store);

/** What the store says of itself; borrowed until it is closed. */
const pstm_store_about *pstm_store_get_about(const pstm_store *store);

/** True when the store was complete at the time it was opened. */
bool pstm_store_is_complete(const pstm_store *store);

/** Its leaves, [about->n_leaves]: those that it was opened with. */
const pstm_leaf *pstm_store_leaves(const pstm_store *store);

/** The files that its samples were read from, into inputs [about->n_inputs]. PSTM_DATA for damage. */
PSTM_MUST_CHECK pstm_status pstm_store_read_inputs(const pstm_store *store, pstm_file_identity *inputs);

/** Adds what was doubted of the samples as they were read (pstm_store_finish()). PSTM_DATA for damage. */
PSTM_MUST_CHECK pstm_status pstm_store_read_doubts(const pstm_store *store, pstm_doubts *doubts);

/** Floats from one row of samples, a trace with its copies, to the next. */
int64_t pstm_store_stride(const pstm_store *store);

/**
 * Writes rows [first, first + n). traces: [n]; samples: [n][stride], pads zero. Either may be NULL: those
 * rows then stay. Thread-safe for rows that no other thread writes.
 * PSTM_USAGE when the rows are outside the store or it was not opened for writing.
 */
PSTM_MUST_CHECK pstm_status pstm_store_write(pstm_store *store, int64_t first, int64_t n,
                                             const pstm_trace *traces, const float *samples);

/**
 * Reads the traces of rows [first, first + n) into traces [n]. Thread-safe. On failure they are undefined.
 * PSTM_DATA for a row that cannot be migrated: an unknown fate or, of a trace that is kept, a live window
 * beyond n_samples or a place or time that is not finite.
 */
PSTM_MUST_CHECK pstm_status pstm_store_read_traces(const pstm_store *store, int64_t first, int64_t n,
                                                   pstm_trace *traces);

/** Reads rows [first, first + n) into samples [n][stride]. Thread-safe. On failure they are undefined. */
PSTM_MUST_CHECK pstm_status pstm_store_read_samples(const pstm_store *store, int64_t first, int64_t n,
                                                    float *samples);

/** The digest of n rows: of traces [n], and of samples [n][stride] with pads and copies. Thread-safe. */
uint64_t pstm_store_digest(const pstm_store *store, int64_t n, const pstm_trace *traces,
                           const float *samples);

/**
 * Reads the rows of a leaf of a complete store into traces [n_traces of the leaf] and samples [][stride], as
 * the two functions above do. PSTM_DATA with leaf, rows and remedy, too, when they do not have the digest
 * that they were written with. Thread-safe. PSTM_USAGE for a store that was not complete when it was opened.
 */
PSTM_MUST_CHECK pstm_status pstm_store_read_leaf(const pstm_store *store, int64_t leaf, pstm_trace *traces,
                                                 float *samples);

/** Returns when all that this process has written to the store is on disk. Thread-safe. */
PSTM_MUST_CHECK pstm_status pstm_store_sync(pstm_store *store);

/**
 * Marks an open store complete, on disk, with a digest of its rows, which the caller defines, and those of
 * its leaves, leaf_digests [n_leaves] by pstm_store_digest(), and what is doubted of its samples, which is
 * put at the end of the file, behind HDF5's part. Call it after every writer has synced. What a
 * power cut leaves is either complete or made anew. It is the very file that was opened: one that another run
 * has put in its place meanwhile, where files cannot be locked, stays as it is. `store` itself shows it only
 * when it is opened again. PSTM_USAGE when it was not opened for writing.
 */
PSTM_MUST_CHECK pstm_status pstm_store_finish(pstm_store *store, uint64_t samples_digest,
                                              const uint64_t *leaf_digests, const pstm_doubts *doubts);

/**
 * *usable = true when `path` is a complete store of this version with this key, the numbers of `about` and
 * these leaves, [about->n_leaves]; else false, after a failure too. Its input files are not looked at. A
 * missing, incomplete, damaged or older store, or one of another key, is not usable and may be replaced. A
 * file that is something else is PSTM_DATA, for it must not be replaced. Thread-safe.
 */
PSTM_MUST_CHECK pstm_status pstm_store_probe(const char *path, const pstm_store_about *about,
                                             const pstm_leaf *leaves, bool *usable);

#endif
