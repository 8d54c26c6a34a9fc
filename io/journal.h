/** @file journal.h
 * The journal of a cube, `<cube>.journal`: which parts of the image are on disk, and their digests. Text,
 * append only. Each line ends in a space and the XXH3-64 of what stands before that space:
 *
 *   pstm-journal 1 key <image key> columns <n_inline> <n_crossline> data <names> <checksum>
 *   chunk <ci> <cj> <gather> <gather_fold> <stack> <fold> <checksum>
 *   part <ci> <cj> <missing> <gather> <gather_fold> <stack> <fold> <checksum>
 *   lost <ci> <cj> <checksum>
 *   frame <digest> <checksum>
 *
 * <names> is the comma-separated list of the cube's datasets in that order. A record stands for one chunk
 * column: the up to 16 x 16 locations of chunk index (ci, cj) with all classes and times. It holds one
 * digest for each dataset, "-" for a dataset that the cube lacks. The unit does not depend on the tile size,
 * so runs with different tiles continue each other. A column recorded twice counts once, with the later
 * digests. A line `part` stands for a column of which some locations are missing, as 64 hexadecimal digits:
 * bit 16 i + j, from the last digit's lowest on, for location (i, j) of the column, 0 outside the grid. Its
 * digests are of the column with zeros where locations are missing, whatever the cube holds there. It
 * replaces an earlier `part`, whose locations it has too; after a line `chunk` it says nothing new. A line
 * `lost` takes an earlier record back: the cube did not hold the column any more. The frame is what the cube
 * says beside the image (pstm_cube_frame()); the first run that ends adds it.
 *
 * A record is a promise: the CALLER syncs the data (pstm_cube_sync()) before it adds the record, and syncs
 * the journal before it tells anyone. A tail of bad lines is what a crash in the middle of an append leaves
 * and is ignored; a bad line with a good one behind it is damage, and an error that names the line.
 *
 * All functions are Local. In a run only rank 0 holds the journal. One thread at a time.
 */
#ifndef PSTM_IO_JOURNAL_H
#define PSTM_IO_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "core/text.h"
#include "io/journal_record.h"

typedef struct pstm_journal pstm_journal;

/** Appends the path of the journal of the cube at `cube_path`. */
PSTM_MUST_CHECK pstm_status pstm_journal_path(const char *cube_path, pstm_text *path);

/**
 * Opens the journal for appending; makes it, synced with its folder, if there is none. A torn tail is cut
 * off; a whole journal is not touched, so that its time of modification is that of its last record. *out is
 * owned by the caller (pstm_journal_close). Where the file system has locks, it is locked for this process
 * until it is closed. PSTM_USAGE if the journal is of another image or cube shape, or another run holds it;
 * PSTM_DATA, naming path and line, for a damaged one or a file that is no journal; PSTM_SYSTEM if it cannot
 * be written.
 */
PSTM_MUST_CHECK pstm_status pstm_journal_open_append(const char *path, const pstm_journal_about *about,
                                                     pstm_journal **out);

/**
 * Opens the journal for reading and changes nothing; `about` as above. A journal that is not there or holds
 * no more than a torn first line has no records. *out is owned by the caller (pstm_journal_close).
 */
PSTM_MUST_CHECK pstm_status pstm_journal_open_read(const char *path, const pstm_journal_about *about,
                                                   pstm_journal **out);

/** Closes *journal, frees it and sets it to NULL; NULL-safe. Syncs nothing. */
void pstm_journal_close(pstm_journal **journal);

/**
 * Appends records[n], in one write. On failure nothing of them stays in the file.
 * PSTM_SYSTEM (disk full), or when a column lies outside the cube: a defect of the caller.
 */
PSTM_MUST_CHECK pstm_status pstm_journal_add(pstm_journal *journal, const pstm_journal_record *records,
                                             int64_t n);

/** Takes back records[n], whose columns the cube does not hold: they are not done. Errors as above. */
PSTM_MUST_CHECK pstm_status pstm_journal_withdraw(pstm_journal *journal, const pstm_journal_record *records,
                                                  int64_t n);

/** Lists the records of all columns that are done, whole or in part, row-major, into *records
 * [pstm_journal_n_records()], which the caller owns (pstm_free). */
PSTM_MUST_CHECK pstm_status pstm_journal_list(const pstm_journal *journal, pstm_journal_record **records);

/** Appends the cube's frame. Errors as above. */
PSTM_MUST_CHECK pstm_status pstm_journal_add_frame(pstm_journal *journal, uint64_t digest);

/** Whether there is a frame; if so *digest is the last one. */
bool pstm_journal_frame(const pstm_journal *journal, uint64_t *digest);

/** Returns when all records are on disk. */
PSTM_MUST_CHECK pstm_status pstm_journal_sync(pstm_journal *journal);

/** Columns of the cube, those that are wholly done, and those of which anything is done. */
int64_t pstm_journal_n_columns(const pstm_journal *journal);
int64_t pstm_journal_n_done(const pstm_journal *journal);
int64_t pstm_journal_n_records(const pstm_journal *journal);

/** Whether the column is wholly done; false outside the cube. */
bool pstm_journal_is_done(const pstm_journal *journal, int64_t column_inline, int64_t column_crossline);

/** Whether location (i, j) of the grid is done; false outside the cube. */
bool pstm_journal_has(const pstm_journal *journal, int32_t i, int32_t j);

/** The record of a column that is done, whole or in part; NULL for one that is not. Borrowed until the next
 * add or close. */
const pstm_journal_record *pstm_journal_get(const pstm_journal *journal, int64_t column_inline,
                                            int64_t column_crossline);

/**
 * The image checksum: XXH3-64 of all digests, columns row-major, of each the datasets that the cube has, in
 * order; 0 for what is not done. Independent of ranks, tile sizes and the order of the records.
 */
PSTM_MUST_CHECK pstm_status pstm_journal_checksum(const pstm_journal *journal, uint64_t *checksum);

#endif
