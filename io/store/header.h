/** @file header.h
 * What a trace store (store.h) says of itself: our own header at the start of the file, in the user block
 * that HDF5 leaves to us, so that the program reads and finishes a store without HDF5, which crashes on
 * forged files. Shared by the sources that create and open a store, and for nobody else. All functions are
 * Local and thread-safe.
 */
#ifndef PSTM_IO_STORE_HEADER_H
#define PSTM_IO_STORE_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "io/digest.h"
#include "io/store/store.h"

enum {
    PSTM_STORE_BLOCK = 4096,   /**< bytes before the HDF5 part: a multiple of the alignment of the datasets */
    PSTM_STORE_KEY_CHARS = 40, /**< PSTM_KEY_CHARS, and zeros up to a multiple of 8 */
};

/** The first bytes of a store, and the attribute `kind` of its HDF5 part. */
#define PSTM_STORE_KIND "pstm trace store"

/**
 * The first bytes of the file, in the byte order of the machine that wrote it; less than a sector of a disk,
 * so that it is written whole or, at worst, found out by its digest. Magic, byte_order and version keep their
 * places in all versions.
 */
typedef struct pstm_store_header {
    char magic[16];                                /**< PSTM_STORE_KIND, without its NUL */
    uint32_t byte_order;                           /**< 0x01020304 */
    int32_t version;                               /**< PSTM_STORE_VERSION */
    int32_t header_bytes, trace_bytes, leaf_bytes; /**< sizes of the structs */
    int32_t n_samples, n_levels;                   /**< as in pstm_store_about */
    int32_t complete;                              /**< 0 or 1 */
    int64_t n_traces, n_leaves;
    double sample_s;
    int64_t trace_byte, leaf_byte,
        samples_byte; /**< where in the file each dataset begins; 0 for an empty one */
    int64_t file_bytes;
    uint64_t leaves_digest;          /**< pstm_digest_bytes() of all rows of /leaf */
    uint64_t samples_digest;         /**< as in pstm_store_about */
    int64_t input_byte, digest_byte; /**< as trace_byte: of /input and /leaf_digest */
    int32_t input_bytes, n_inputs;   /**< size of an identity; input files */
    uint64_t inputs_digest;          /**< as leaves_digest: of /input */
    uint64_t digests_digest;         /**< the same of /leaf_digest, once the store is complete */
    int64_t doubt_byte, doubt_bytes; /**< where the doubts stand, at the end of the file, and their length */
    uint64_t doubts_digest;          /**< as leaves_digest: of these */
    char key[PSTM_STORE_KEY_CHARS];  /**< pstm_digest_key() of the key */
    uint64_t digest;                 /**< pstm_digest_bytes() of all that stands before it here */
} pstm_store_header;

/** Floats of a row of /samples. */
int64_t pstm_store_header_stride(const pstm_store_header *header);

/**
 * The header of a new store, but for places, file_bytes and digest. *data_bytes: of all its rows. PSTM_DATA
 * when no file can hold them. `path` is for messages here and below.
 */
PSTM_MUST_CHECK pstm_status pstm_store_header_make(const char *path, const pstm_store_about *about,
                                                   const pstm_leaf *leaves, pstm_store_header *header,
                                                   int64_t *data_bytes);

/** Computes the digest of a header. */
void pstm_store_header_seal(pstm_store_header *header);

/** Seals and writes a header. */
PSTM_MUST_CHECK pstm_status pstm_store_header_write(int descriptor, const char *path,
                                                    pstm_store_header *header);

/**
 * Reads a header; every value in it is checked against the others and the size of the file. PSTM_DATA when it
 * is not that of a store that this version can read; *foreign then tells that the file does not even begin as
 * a store of any version does.
 */
PSTM_MUST_CHECK pstm_status pstm_store_header_read(int descriptor, const char *path,
                                                   pstm_store_header *header, bool *foreign);

#endif
