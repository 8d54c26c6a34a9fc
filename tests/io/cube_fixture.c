#include "cube_fixture.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"

static const pstm_class_centre centres[3] = {
    {150, NAN, NAN, NAN}, {450, NAN, NAN, NAN}, {750, NAN, NAN, NAN}};

pstm_cube_about fixture_about(void)
{
    pstm_cube_about about = {
        .grid = {.origin_x_m = 606000.125,
                 .origin_y_m = 6077000.1,
                 .azimuth_deg = 32.5,
                 .n_inline = 37,
                 .n_crossline = 21,
                 .step_inline_m = 12.5,
                 .step_crossline_m = 25,
                 .first_inline = 1001,
                 .first_crossline = -4,
                 .n_times = 19,
                 .time_first_s = 0.1,
                 .time_step_s = 0.002},
        .n_classes = 3,
        .centres = centres,
        .gathers = true,
        .stack = true,
        .fold = true,
        .k_begin = 0,
        .k_end = 19,
        .image_key_text = "grid.azimuth: 32.5\nmigrate.weight: none\n",
        .image_key = "0123456789abcdef0123456789abcdef",
        .bins = "offset",
        .job_text = "input.segy: line1.sgy\nmigrate.weight: none\n",
        .numerics_id = "cpu/avx2/1",
        .version = "0.1.0",
        .commit = "abcdef0",
        .devices = "cpu",
    };
    pstm_grid_prepare(&about.grid);
    return about;
}

pstm_cube_about fixture_about_azimuths(void)
{
    static const pstm_class_centre azimuths[3] = {
        {450, 60, NAN, NAN}, {450, 180, NAN, NAN}, {450, 300, NAN, NAN}};
    pstm_cube_about about = fixture_about();
    about.centres = azimuths;
    about.bins = "azimuth";
    return about;
}

pstm_cube_area fixture_everything(const pstm_cube_about *about)
{
    return (pstm_cube_area){0, about->grid.n_inline, 0, about->grid.n_crossline};
}

/* A number that no other place of the cube has in quite the same way. */
static uint32_t place_hash(int64_t i, int64_t j, int64_t c, int64_t k)
{
    uint64_t mix = (uint64_t)(((i * 1009 + j) * 13 + c) * 4099 + k);
    mix = (mix + 1) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(mix >> 33);
}

/* Not an assert: make_cube is no Check program. */
static void need(pstm_status status)
{
    if (status == PSTM_OK) return;
    fprintf(stderr, "%s\n", pstm_error_text());
    exit(1);
}

fixture_tile fixture_tile_make(const pstm_cube_about *about, pstm_cube_area area)
{
    fixture_tile t = {.tile = {.area = area}};
    const int64_t n_times = about->grid.n_times, n_classes = about->n_classes;
    const int64_t n = (int64_t)(area.i_end - area.i_begin) * (area.j_end - area.j_begin);
    need(PSTM_NEW(&t.gather, n * n_classes * n_times, "gathers"));
    need(PSTM_NEW(&t.gather_fold, n * n_classes * n_times, "folds"));
    need(PSTM_NEW(&t.stack, n * n_times, "stack"));
    need(PSTM_NEW(&t.fold, n * n_times, "fold"));
    int64_t at = 0;
    for (int32_t i = area.i_begin; i < area.i_end; i++)
        for (int32_t j = area.j_begin; j < area.j_end; j++)
            for (int64_t c = 0; c < n_classes; c++)
                for (int64_t k = 0; k < n_times; k++, at++) {
                    const uint32_t number = place_hash(i, j, c, k);
                    t.gather[at] = (float)number / 1e6f - 1000;
                    t.gather_fold[at] = number % 7;
                }
    for (int64_t l = 0, of_gather = n_classes * n_times; l < n; l++)
        pstm_cube_sum_classes((int32_t)n_classes, (int32_t)n_times, t.gather + l * of_gather,
                              t.gather_fold + l * of_gather, NULL, t.stack + l * n_times,
                              t.fold + l * n_times);
    t.tile.gather = t.gather;
    t.tile.gather_fold = t.gather_fold;
    t.tile.stack = t.stack;
    t.tile.fold = t.fold;
    return t;
}

void fixture_tile_free(fixture_tile *t)
{
    PSTM_FREE(&t->gather);
    PSTM_FREE(&t->gather_fold);
    PSTM_FREE(&t->stack);
    PSTM_FREE(&t->fold);
}

static int32_t smaller(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

void fixture_write(pstm_cube *cube, pstm_cube_area area, int32_t block, pstm_journal *journal)
{
    pstm_journal_record records[64];
    for (int32_t i = area.i_begin; i < area.i_end; i += block)
        for (int32_t j = area.j_begin; j < area.j_end; j += block) {
            const pstm_cube_area part = {i, smaller(i + block, area.i_end), j,
                                         smaller(j + block, area.j_end)};
            fixture_tile t = fixture_tile_make(pstm_cube_get_about(cube), part);
            ck_assert(pstm_cube_area_columns(&part) <= 64);
            ok(pstm_cube_write_tile(cube, &t.tile, records));
            ok(pstm_cube_sync(cube));
            if (journal != NULL) ok(pstm_journal_add(journal, records, pstm_cube_area_columns(&part)));
            fixture_tile_free(&t);
        }
    if (journal != NULL) ok(pstm_journal_sync(journal));
}

void fixture_folder_make(char folder[64])
{
    /* In memory where there is such a folder: syncing a disk that others use takes seconds. */
    strcpy(folder, "/dev/shm/pstm_test_XXXXXX");
    if (mkdtemp(folder) != NULL) return;
    strcpy(folder, "/tmp/pstm_test_XXXXXX");
    if (mkdtemp(folder) != NULL) return;
    perror("cannot make a folder in /dev/shm or /tmp");
    exit(1);
}

void fixture_folder_remove(const char *folder)
{
    DIR *list = opendir(folder);
    char path[400];
    for (const struct dirent *entry = NULL; list != NULL && (entry = readdir(list)) != NULL;) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.') unlink(path);
    }
    if (list != NULL) closedir(list);
    rmdir(folder);
}
