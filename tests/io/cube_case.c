#include "cube_case.h"

#include <stdio.h>

#include "core/memory.h"
#include "cube_fixture.h"

char folder[64], path[96], journal_path[112];
pstm_cube_about about;

static void set_up(void)
{
    fixture_folder_make(folder);
    snprintf(path, sizeof path, "%s/image.h5", folder);
    snprintf(journal_path, sizeof journal_path, "%s.journal", path);
    about = fixture_about();
}

static void tear_down(void)
{
    fixture_folder_remove(folder);
}

pstm_journal *append_journal(void)
{
    const pstm_journal_about journal_about = pstm_cube_journal_about(&about);
    pstm_journal *journal = NULL;
    ok(pstm_journal_open_append(journal_path, &journal_about, &journal));
    return journal;
}

/* Creates the cube and writes an area of it in blocks; marks it finished. */
void make(pstm_cube_area area, int32_t block)
{
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    pstm_cube *cube = NULL;
    pstm_journal *journal = append_journal();
    ok(pstm_cube_open_write(path, &cube));
    fixture_write(cube, area, block, journal);
    ok(pstm_cube_close(&cube));
    ok(pstm_cube_finish(path, journal));
    pstm_journal_close(&journal);
}

pstm_cube_range whole_range(void)
{
    return (pstm_cube_range){0, about.grid.n_inline, 0, about.grid.n_crossline,
                             0, about.n_classes,     0, about.grid.n_times};
}

/* Values of a dataset in a range, from the fixture. */
static float expected_value(const fixture_tile *all, pstm_cube_data data, int64_t i, int64_t j, int64_t c,
                            int64_t k)
{
    const int64_t location = i * about.grid.n_crossline + j;
    const int64_t in_gather = (location * about.n_classes + c) * about.grid.n_times + k;
    switch (data) {
    case PSTM_CUBE_GATHER:
        return all->gather[in_gather];
    case PSTM_CUBE_GATHER_FOLD:
        return (float)all->gather_fold[in_gather];
    case PSTM_CUBE_STACK:
        return all->stack[location * about.grid.n_times + k];
    default:
        return (float)all->fold[location * about.grid.n_times + k];
    }
}

void expect_range(pstm_cube *cube, const fixture_tile *all, pstm_cube_data data, pstm_cube_range r)
{
    static float out[40 * 40 * 3 * 20];
    if (data == PSTM_CUBE_STACK || data == PSTM_CUBE_FOLD) {
        r.c_begin = 0;
        r.c_end = 1;
    }
    ok(pstm_cube_read(cube, data, &r, out));
    int64_t at = 0;
    for (int64_t i = r.i_begin; i < r.i_end; i++)
        for (int64_t j = r.j_begin; j < r.j_end; j++)
            for (int64_t c = r.c_begin; c < r.c_end; c++)
                for (int64_t k = r.k_begin; k < r.k_end; k++, at++)
                    if (out[at] != expected_value(all, data, i, j, c, k)) /* an assert each takes seconds */
                        ck_abort_msg("/%s (%d, %d, %d, %d): %g", pstm_cube_data_name(data), (int)i, (int)j,
                                     (int)c, (int)k, (double)out[at]);
}

TCase *cube_case(const char *name)
{
    TCase *tests = tcase_create(name);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    return tests;
}
