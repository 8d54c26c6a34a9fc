/** @file store_fixture.h
 * A trace store whose values tell where they belong, in a folder of its own, for the tests of the store.
 * tests/io/read_store.py knows the same formulas.
 */
#ifndef PSTM_TESTS_STORE_FIXTURE_H
#define PSTM_TESTS_STORE_FIXTURE_H

#include <check.h>
#include <stddef.h>

#include "io/store/store.h"

enum { TRACES = 1000, SAMPLES = 101, LEAVES = 4, INPUTS = 2 };

extern char folder[64];                         /**< of this test */
extern char path[128];                          /**< of its store */
extern pstm_trace traces[TRACES];               /**< as create() made them and write_rows() writes them */
extern pstm_leaf leaves[LEAVES];                /**< as create() wrote them */
extern const pstm_file_identity inputs[INPUTS]; /**< what the store was made of */

/** Adds the case with a new folder around each of its tests. */
void add(Suite *suite, TCase *tests);

size_t files_in_folder(void);

/** What the store says of itself. */
pstm_store_about an_about(void);

/** Trace i, and the sample at a row and column, pads among them. */
pstm_trace a_trace(int64_t i);
float a_sample(int64_t row, int64_t column);

/** Makes an incomplete store with `about`, and `traces` of a_trace(); make_store() one with an_about(). */
pstm_status create(const pstm_store_about *about);
void make_store(void);

/** Opens the store that was made last. */
pstm_status open_store(bool writable, pstm_store **store);

/** Adds what is doubted of its samples: a warning and an error. */
pstm_status add_doubts(pstm_doubts *doubts);

/** Finishes an open store with these doubts and with the digests of the leaves that it has now. */
pstm_status finish_open(pstm_store *store, uint64_t samples_digest);

/** Opens the store, finishes it as who made it does, and closes it. */
pstm_status finish_store(uint64_t samples_digest);

/** Whether the store serves a job with this key and otherwise an_about() and `leaves`; asserts that it may be
 * asked. */
bool is_usable(const char *key);

/** Writes rows [first, first + n) with a_sample(); checks that they hold it. Rows are traces and samples. */
pstm_status write_rows(pstm_store *store, int64_t first, int64_t n);
void assert_rows(const pstm_store *store, int64_t first, int64_t n);

#endif
