/** @file cube_case.h
 * What the tests of one cube share: a folder, the cube's place in it, and what the cube is about, all new for
 * each test.
 */
#ifndef PSTM_TESTS_IO_CUBE_CASE_H
#define PSTM_TESTS_IO_CUBE_CASE_H

#include <check.h>

#include "cube_fixture.h"
#include "io/cube/cube.h"

extern char folder[64], path[96], journal_path[112];

/** That of the fixture; a test may change it before it makes the cube. */
extern pstm_cube_about about;

/** A test case whose tests get all these new. */
TCase *cube_case(const char *name);

/** Creates the cube, writes an area of it in blocks of block x block locations and marks it finished. */
void make(pstm_cube_area area, int32_t block);

/** The journal of the cube, for appending; closed by the caller. */
pstm_journal *append_journal(void);

/** Everything that the cube can hold. */
pstm_cube_range whole_range(void);

/** What the cube holds of a dataset in a range is what `all`, the whole image, has there. */
void expect_range(pstm_cube *cube, const fixture_tile *all, pstm_cube_data data, pstm_cube_range range);

#endif
