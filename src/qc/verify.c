#include "qc/verify.h"

#include <inttypes.h>
#include <string.h>

#include "core/text.h"
#include "io/digest.h"
#include "qc/guarded.h"

/* What differs in a column, as dataset names; nothing when it is as it was written. */
static pstm_status compare_column(const pstm_open_cube *open, const pstm_journal_record *written,
                                  pstm_text *names)
{
    pstm_journal_record now;
    PSTM_TRY(pstm_cube_digest_column(open->cube, written, &now));
    for (int d = 0; d < PSTM_CUBE_N_DATA; d++)
        if (now.digest[d] != written->digest[d])
            PSTM_TRY(pstm_text_add(names, " %s", pstm_cube_data_name((pstm_cube_data)d)));
    return PSTM_OK;
}

static int32_t label_end(int32_t first, int32_t n, int32_t column)
{
    const int32_t end = (column + 1) * PSTM_CUBE_CHUNK;
    return first + (end < n ? end : n) - 1;
}

static pstm_status verify_column(const pstm_open_cube *open, const pstm_journal_record *written, FILE *out,
                                 bool *good)
{
    pstm_text names = {0};
    const pstm_grid *grid = &open->about->grid;
    const int32_t ci = written->column_inline, cj = written->column_crossline;
    pstm_status status = compare_column(open, written, &names);
    /* An index of HDF5 that is damaged makes the read fail: go on and name all that is. */
    if (status != PSTM_OK) status = pstm_text_add(&names, " unreadable: %s", pstm_error_text());
    *good = names.length == 0;
    if (!*good)
        fprintf(out, "CHANGED chunk column (%d, %d), inlines %d to %d, crosslines %d to %d:%s\n", ci, cj,
                grid->first_inline + ci * PSTM_CUBE_CHUNK, label_end(grid->first_inline, grid->n_inline, ci),
                grid->first_crossline + cj * PSTM_CUBE_CHUNK,
                label_end(grid->first_crossline, grid->n_crossline, cj), names.bytes);
    pstm_text_clear(&names);
    return status;
}

/* The cube's marks against the journal. They are of the last run's end: where more was done since, the
 * checksum is another one. */
static pstm_status verify_marks(const pstm_open_cube *open, FILE *out, bool *good)
{
    const pstm_cube_state state = pstm_cube_get_state(open->cube);
    const pstm_cube_about *about = open->about;
    const int64_t n_done = pstm_journal_n_done(open->journal);
    const bool is_whole =
        state.n_done == state.n_columns && about->k_begin == 0 && about->k_end == about->grid.n_times;
    uint64_t checksum;
    char hex[PSTM_DIGEST_CHARS];
    PSTM_TRY(pstm_journal_checksum(open->journal, &checksum));
    pstm_digest_to_hex(checksum, hex);
    const bool has_parts = pstm_journal_n_records(open->journal) > n_done,
               same = strcmp(state.checksum, hex) == 0;
    *good = state.n_done >= 0 && state.n_done <= n_done && state.complete == is_whole &&
            (has_parts && state.n_done == n_done ? true : same == (state.n_done == n_done));
    if (!*good)
        fprintf(out,
                "CHANGED marks: columns_done %" PRId64 ", complete %" PRId64
                ", image checksum %s in the cube; %" PRId64 " chunk columns, checksum %s in its journal\n",
                state.n_done, state.complete, state.checksum, n_done, hex);
    return PSTM_OK;
}

/* Axes, positions and attributes. */
static void verify_frame(const pstm_open_cube *open, FILE *out, bool *good)
{
    uint64_t written, now;
    *good = true;
    if (!pstm_journal_frame(open->journal, &written)) {
        fprintf(out, "            axes and attributes cannot be verified before a run has ended\n");
    } else if (pstm_cube_frame(open->cube, &now) != PSTM_OK) {
        *good = false;
        fprintf(out, "CHANGED axes or attributes: %s\n", pstm_error_text());
    } else if (now != written) {
        *good = false;
        fprintf(out, "CHANGED axes or attributes: they are not those that the run left\n");
    }
}

static void verify_parts(const pstm_open_cube *open, FILE *out)
{
    int64_t n_locations, n_columns;
    pstm_count_parts(open, &n_locations, &n_columns);
    if (n_columns > 0)
        fprintf(out,
                "            and of %" PRId64 " locations of %" PRId64 " more, the others of which are not "
                "migrated\n",
                n_locations, n_columns);
}

pstm_status pstm_verify(const pstm_open_cube *open, FILE *out)
{
    const int32_t n_crossline = pstm_cube_columns(open->about->grid.n_crossline);
    int64_t n_bad = 0;
    bool good, marks_are_good, frame_is_good;
    if (pstm_journal_n_records(open->journal) == 0)
        return pstm_fail(PSTM_DATA, "%s: no journal beside it says what it should hold", open->path);
    for (int64_t n = 0; n < pstm_journal_n_columns(open->journal); n++) {
        const pstm_journal_record *written =
            pstm_journal_get(open->journal, n / n_crossline, n % n_crossline);
        if (written == NULL) continue;
        PSTM_TRY(verify_column(open, written, out, &good));
        pstm_guarded_lives();
        n_bad += !good;
    }
    PSTM_TRY(verify_marks(open, out, &marks_are_good));
    verify_frame(open, out, &frame_is_good);
    if (n_bad == 0 && !(marks_are_good && frame_is_good))
        return pstm_fail(PSTM_DATA, "%s: the image is what was written, but not its axes or attributes",
                         open->path);
    if (n_bad == 0) {
        fprintf(out, "verified:   every value of %" PRId64 " chunk columns is as it was written\n",
                pstm_journal_n_done(open->journal));
        verify_parts(open, out);
        return PSTM_OK;
    }
    return pstm_fail(PSTM_DATA,
                     "%s: %" PRId64
                     " chunk columns are not what was written; remove the cube and its journal "
                     "and run the job again, or migrate those lines into another cube and merge",
                     open->path, n_bad);
}
