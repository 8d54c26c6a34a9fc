/** @file cube_fixture.h  A small cube with values that tell where they belong, for the tests of the cube. */
#ifndef PSTM_TESTS_CUBE_FIXTURE_H
#define PSTM_TESTS_CUBE_FIXTURE_H

#include <stdint.h>

#include "io/cube/cube.h"

/** 37 inlines (2 whole chunks and a bit) x 21 crosslines x 3 classes x 19 times, rotated, all datasets. */
pstm_cube_about fixture_about(void);

/** The same cube with three classes by azimuth, all centred on one offset. */
pstm_cube_about fixture_about_azimuths(void);

/** The values of a whole grid or an area of it; owned (fixture_tile_free). */
typedef struct fixture_tile {
    pstm_cube_tile tile;
    float *gather, *stack;
    uint32_t *gather_fold, *fold;
} fixture_tile;

/** Values that depend on location, class and time only, so that every cut of the grid gives the same cube. */
fixture_tile fixture_tile_make(const pstm_cube_about *about, pstm_cube_area area);
void fixture_tile_free(fixture_tile *t);

/** Writes an area in blocks of `block` x `block` nodes, syncs, and adds the records to the journal if there
 * is one. */
void fixture_write(pstm_cube *cube, pstm_cube_area area, int32_t block, pstm_journal *journal);

/** The whole grid. */
pstm_cube_area fixture_everything(const pstm_cube_about *about);

/** A new folder, and its removal with the files in it. */
void fixture_folder_make(char folder[64]);
void fixture_folder_remove(const char *folder);

/** Fails the test with the error text unless the status is PSTM_OK. */
#define ok(call) ck_assert_msg((call) == PSTM_OK, "%s: %s", #call, pstm_error_text())

#endif
