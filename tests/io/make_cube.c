/* make_cube FILE [azimuths]: makes a cube of the fixture with one row of chunk columns left out, for readers
 * in other languages. */
#include <mpi.h>
#include <stdio.h>

#include "core/memory.h"
#include "cube_fixture.h"
#include "io/cube/cube.h"

static pstm_status make(const char *path, bool azimuths)
{
    const pstm_cube_about about = azimuths ? fixture_about_azimuths() : fixture_about();
    const pstm_journal_about journal_about = pstm_cube_journal_about(&about);
    pstm_text journal_path = {0};
    pstm_journal *journal = NULL;
    pstm_cube *cube = NULL;
    pstm_journal_record records[6];
    pstm_status status = PSTM_OK;
    fixture_tile t = fixture_tile_make(&about, (pstm_cube_area){0, 32, 0, about.grid.n_crossline});
    PSTM_GO(pstm_cube_create(path, &about, NULL, 0, NULL));
    PSTM_GO(pstm_journal_path(path, &journal_path));
    PSTM_GO(pstm_journal_open_append(journal_path.bytes, &journal_about, &journal));
    PSTM_GO(pstm_cube_open_write(path, &cube));
    PSTM_GO(pstm_cube_write_tile(cube, &t.tile, records));
    PSTM_GO(pstm_cube_sync(cube));
    PSTM_GO(pstm_cube_close(&cube));
    PSTM_GO(pstm_journal_add(journal, records, pstm_cube_area_columns(&t.tile.area)));
    PSTM_GO(pstm_cube_finish(path, journal));
cleanup:
    pstm_journal_close(&journal);
    pstm_text_clear(&journal_path);
    fixture_tile_free(&t);
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 2) return PSTM_USAGE;
    MPI_Init(&argc, &argv);
    const pstm_status status = make(argv[1], argc > 2);
    if (status != PSTM_OK) fprintf(stderr, "%s\n", pstm_error_text());
    MPI_Finalize();
    return (int)status;
}
