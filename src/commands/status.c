/* pstm status: what of a cube is done, and whether it still holds what was written. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/arguments.h"
#include "commands/commands.h"
#include "commands/guarded.h"
#include "core/text.h"
#include "io/digest.h"
#include "plan/tiles.h"
#include "qc/section.h"

static const char usage[] =
    "usage: pstm status CUBE.h5 [options]\n"
    "\n"
    "Says how much of a cube is migrated, by its journal: also of one that is being written.\n"
    "\n"
    "options:\n"
    "  --verify  reads the whole cube and compares it with its journal; exit code 2 if a value, an axis or "
    "an\n"
    "            attribute has changed\n"
    "  --tiles   prints nothing but the numbers of the tiles that are done, one a line\n"
    "  --help    this text\n";

typedef struct status_options {
    const char *path;
    bool verify, tiles, help;
} status_options;

static pstm_status take(int option, const char *value, void *to)
{
    status_options *options = to;
    (void)value;
    if (option == 'v') options->verify = true;
    if (option == 't') options->tiles = true;
    return PSTM_OK;
}

static pstm_status read_options(int argc, char **argv, status_options *options)
{
    static const struct option known[] = {{"verify", no_argument, NULL, 'v'},
                                          {"tiles", no_argument, NULL, 't'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    pstm_arguments left;
    PSTM_TRY(pstm_arguments_read(argc, argv, known, take, options, &left));
    options->help = left.help;
    if (options->help) return PSTM_OK;
    if (left.n != 1) return pstm_fail(PSTM_USAGE, "one cube is wanted; try --help");
    options->path = left.words[0];
    return PSTM_OK;
}

/* ---- tiles ---- */

/* An integer of the job that the cube was made by; 0 if it is not there. */
static int32_t job_integer(const pstm_cube_about *about, const char *key)
{
    const size_t length = strlen(key);
    for (const char *line = about->job_text; line != NULL && *line != '\0';) {
        if (strncmp(line, key, length) == 0 && line[length] == ':')
            return (int32_t)strtol(line + length + 1, NULL, 10);
        line = strchr(line, '\n');
        if (line != NULL) line++;
    }
    return 0;
}

static pstm_status find_tiling(const pstm_open_cube *open, pstm_tiling *tiling)
{
    const pstm_status status = pstm_tiling_make(&open->about->grid, job_integer(open->about, "tile.inline"),
                                                job_integer(open->about, "tile.crossline"), tiling);
    if (status == PSTM_OK) return PSTM_OK;
    return pstm_fail(PSTM_DATA, "%s: the job in the cube is damaged: %s", open->path, pstm_error_text());
}

static bool tile_is_done(const pstm_journal *journal, const pstm_tile *tile)
{
    for (int32_t i = tile->i_begin; i < tile->i_end; i += PSTM_CUBE_CHUNK)
        for (int32_t j = tile->j_begin; j < tile->j_end; j += PSTM_CUBE_CHUNK)
            if (!pstm_journal_is_done(journal, i / PSTM_CUBE_CHUNK, j / PSTM_CUBE_CHUNK)) return false;
    return true;
}

/* Counts the tiles that are done, and prints their numbers if that is wanted. */
static int64_t count_tiles(const pstm_open_cube *open, const pstm_tiling *tiling, bool print)
{
    int64_t n_done = 0;
    for (int64_t number = 0; number < tiling->n_tiles; number++) {
        const pstm_tile tile = pstm_tile_at(tiling, number);
        if (!tile_is_done(open->journal, &tile)) continue;
        n_done++;
        if (print) printf("%" PRId64 "\n", number);
    }
    return n_done;
}

/* ---- telling ---- */

static void print_data(const pstm_open_cube *open)
{
    const pstm_cube_about *about = open->about;
    printf("datasets:  ");
    for (int d = 0; d < PSTM_CUBE_N_DATA; d++)
        if (pstm_cube_has(open->cube, (pstm_cube_data)d))
            printf(" %s", pstm_cube_data_name((pstm_cube_data)d));
    printf(" (%d inlines x %d crosslines x %d offset classes x %d times)\n", about->grid.n_inline,
           about->grid.n_crossline, about->n_classes, about->grid.n_times);
    printf("time:       %.6g to %.6g s%s\n", pstm_grid_time_s(&about->grid, about->k_begin),
           pstm_grid_time_s(&about->grid, about->k_end - 1),
           about->k_begin == 0 && about->k_end == about->grid.n_times ? "" : ", a window of the time axis");
}

static pstm_status print_status(const pstm_open_cube *open)
{
    pstm_tiling tiling;
    uint64_t checksum;
    char hex[PSTM_DIGEST_CHARS];
    PSTM_TRY(find_tiling(open, &tiling));
    PSTM_TRY(pstm_journal_checksum(open->journal, &checksum));
    pstm_digest_to_hex(checksum, hex);
    const int64_t n_done = pstm_journal_n_done(open->journal), n = pstm_journal_n_columns(open->journal);
    printf("cube:       %s\n", open->path);
    printf("migrated:   %" PRId64 " of %" PRId64 " chunk columns, %.1f %%%s\n", n_done, n,
           100.0 * (double)n_done / (double)n, n_done == n ? ", all" : "");
    if (n_done == 0 && pstm_cube_get_state(open->cube).n_done > 0)
        printf("            its journal is missing: its last run left %" PRId64 "\n",
               pstm_cube_get_state(open->cube).n_done);
    printf("tiles:      %" PRId64 " of %" PRId64 ", each of %d x %d locations\n",
           count_tiles(open, &tiling, false), tiling.n_tiles, tiling.tile_inline, tiling.tile_crossline);
    print_data(open);
    printf("image key:  %s\n", open->about->image_key);
    printf("numerics:   %s\n", open->about->numerics_id);
    printf("made by:    pstm %s, commit %s\n", open->about->version, open->about->commit);
    printf("checksum:   %s\n", hex);
    return PSTM_OK;
}

/* ---- verifying ---- */

/* What differs in a column, as dataset names; nothing when it is as it was written. */
static pstm_status compare_column(const pstm_open_cube *open, const pstm_journal_record *written,
                                  pstm_text *names)
{
    pstm_journal_record now;
    PSTM_TRY(pstm_cube_digest_column(open->cube, written->column_inline, written->column_crossline, &now));
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

static pstm_status verify_column(const pstm_open_cube *open, const pstm_journal_record *written, bool *good)
{
    pstm_text names = {0};
    const pstm_grid *grid = &open->about->grid;
    const int32_t ci = written->column_inline, cj = written->column_crossline;
    pstm_status status = compare_column(open, written, &names);
    /* An index of HDF5 that is damaged makes the read fail: go on and name all that is. */
    if (status != PSTM_OK) status = pstm_text_add(&names, " unreadable: %s", pstm_error_text());
    *good = names.length == 0;
    if (!*good)
        printf("CHANGED chunk column (%d, %d), inlines %d to %d, crosslines %d to %d:%s\n", ci, cj,
               grid->first_inline + ci * PSTM_CUBE_CHUNK, label_end(grid->first_inline, grid->n_inline, ci),
               grid->first_crossline + cj * PSTM_CUBE_CHUNK,
               label_end(grid->first_crossline, grid->n_crossline, cj), names.bytes);
    pstm_text_clear(&names);
    return status;
}

/* The cube's mark against the journal; the mark is of the last run's end, so only if no more was done since.
 */
static pstm_status verify_mark(const pstm_open_cube *open, bool *good)
{
    const pstm_cube_state state = pstm_cube_get_state(open->cube);
    uint64_t checksum;
    char hex[PSTM_DIGEST_CHARS];
    PSTM_TRY(pstm_journal_checksum(open->journal, &checksum));
    pstm_digest_to_hex(checksum, hex);
    *good = state.checksum[0] == '\0' || state.n_done != pstm_journal_n_done(open->journal) ||
            strcmp(state.checksum, hex) == 0;
    if (!*good) printf("CHANGED image checksum: %s in the cube, %s by its journal\n", state.checksum, hex);
    return PSTM_OK;
}

/* Axes, positions and attributes. */
static void verify_frame(const pstm_open_cube *open, bool *good)
{
    uint64_t written, now;
    *good = true;
    if (!pstm_journal_frame(open->journal, &written)) {
        printf("            axes and attributes cannot be verified before a run has ended\n");
    } else if (pstm_cube_frame(open->cube, &now) != PSTM_OK) {
        *good = false;
        printf("CHANGED axes or attributes: %s\n", pstm_error_text());
    } else if (now != written) {
        *good = false;
        printf("CHANGED axes or attributes: they are not those that the run left\n");
    }
}

static pstm_status verify(const pstm_open_cube *open)
{
    const int32_t n_crossline = pstm_cube_columns(open->about->grid.n_crossline);
    int64_t n_bad = 0;
    bool good, frame_is_good;
    if (pstm_journal_n_done(open->journal) == 0)
        return pstm_fail(PSTM_DATA, "%s: no journal beside it says what it should hold", open->path);
    for (int64_t n = 0; n < pstm_journal_n_columns(open->journal); n++) {
        const pstm_journal_record *written =
            pstm_journal_get(open->journal, n / n_crossline, n % n_crossline);
        if (written == NULL) continue;
        PSTM_TRY(verify_column(open, written, &good));
        pstm_guarded_lives();
        n_bad += !good;
    }
    PSTM_TRY(verify_mark(open, &good));
    verify_frame(open, &frame_is_good);
    if (n_bad == 0 && !frame_is_good)
        return pstm_fail(PSTM_DATA, "%s: the image is what was written, but not its axes or attributes",
                         open->path);
    if (n_bad == 0 && good) {
        printf("verified:   every value of %" PRId64 " chunk columns is as it was written\n",
               pstm_journal_n_done(open->journal));
        return PSTM_OK;
    }
    return pstm_fail(PSTM_DATA,
                     "%s: %" PRId64
                     " chunk columns are not what was written; remove the cube and its journal "
                     "and run the job again, or migrate those lines into another cube and merge",
                     open->path, n_bad);
}

/* ---- the command ---- */

static pstm_status tell(const void *argument)
{
    const status_options *options = argument;
    pstm_status status;
    pstm_open_cube open;
    pstm_tiling tiling;
    PSTM_GO(pstm_open_cube_at(options->path, &open));
    if (options->tiles) {
        PSTM_GO(find_tiling(&open, &tiling));
        count_tiles(&open, &tiling, true);
    } else {
        PSTM_GO(print_status(&open));
    }
    if (options->verify) PSTM_GO(verify(&open));
cleanup:
    pstm_close_cube(&open);
    return status;
}

/* PSTM_SILENCE_S: how long it may take to read one column. */
static double silence_s(void)
{
    const char *text = getenv("PSTM_SILENCE_S");
    const double seconds = text == NULL ? 0 : atof(text);
    return seconds > 0 ? seconds : 600;
}

int pstm_command_status(int argc, char **argv)
{
    status_options options = {0};
    pstm_status status = read_options(argc, argv, &options);
    if (status == PSTM_OK && options.help) {
        fputs(usage, stdout);
        return PSTM_OK;
    }
    if (status == PSTM_OK && options.verify)
        status = pstm_guarded(options.path, silence_s(), tell, &options);
    else if (status == PSTM_OK)
        status = tell(&options);
    return status == PSTM_OK ? PSTM_OK : pstm_command_failed("status", status);
}
