/* pstm status: what of a cube is done, and whether it still holds what was written. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "commands/command.h"
#include "io/digest.h"
#include "qc/guarded.h"
#include "qc/open_cube.h"
#include "qc/verify.h"

typedef struct status_options {
    const char *path;
    bool verify, tiles;
} status_options;

static const pstm_option table[] = {
    PSTM_OPTION("verify", NULL, pstm_option_flag, status_options, verify,
                "reads the whole cube and compares it with its journal; exit code 2 if a value, an axis or\n"
                "an attribute has changed"),
    PSTM_OPTION("tiles", NULL, pstm_option_flag, status_options, tiles,
                "prints nothing but the numbers of the tiles that are done, one a line"),
};

static const char usage[] =
    "usage: pstm status CUBE.h5 [options]\n"
    "\n"
    "Says how much of a cube is migrated, by its journal: also of one that is being written.\n";

static const pstm_command_line line = {
    .usage = usage,
    PSTM_OPTIONS(table),
    .words = "one cube is wanted",
    .least_words = 1,
    .most_words = 1,
};

/* Counts the tiles that are done, and prints their numbers if that is wanted. */
static int64_t count_tiles(const pstm_open_cube *open, const pstm_tiling *tiling, bool print)
{
    int64_t n_done = 0;
    for (int64_t number = 0; number < tiling->n_tiles; number++) {
        const pstm_tile tile = pstm_tile_at(tiling, number);
        if (!pstm_tile_is_migrated(open, &tile)) continue;
        n_done++;
        if (print) printf("%" PRId64 "\n", number);
    }
    return n_done;
}

static void print_classes(const pstm_cube_about *about)
{
    const int32_t n = about->n_classes;
    printf("classes:    %d%s%s, %s", n, *about->bins == '\0' ? "" : " by bins.kind ", about->bins,
           pstm_class_centre_name(about->centres[0]).text);
    printf("%s%s\n", n > 1 ? " to " : "", n > 1 ? pstm_class_centre_name(about->centres[n - 1]).text : "");
}

static void print_data(const pstm_open_cube *open)
{
    const pstm_cube_about *about = open->about;
    printf("datasets:  ");
    for (int d = 0; d < PSTM_CUBE_N_DATA; d++)
        if (pstm_cube_has(open->cube, (pstm_cube_data)d))
            printf(" %s", pstm_cube_data_name((pstm_cube_data)d));
    printf(" (%d inlines x %d crosslines x %d classes x %d times)\n", about->grid.n_inline,
           about->grid.n_crossline, about->n_classes, about->grid.n_times);
    print_classes(about);
    printf("time:       %.6g to %.6g s%s\n", pstm_grid_time_s(&about->grid, about->k_begin),
           pstm_grid_time_s(&about->grid, about->k_end - 1),
           about->k_begin == 0 && about->k_end == about->grid.n_times ? "" : ", a window of the time axis");
}

static pstm_status print_status(const pstm_open_cube *open)
{
    pstm_tiling tiling;
    uint64_t checksum;
    char hex[PSTM_DIGEST_CHARS];
    PSTM_TRY(pstm_find_tiling(open, &tiling));
    PSTM_TRY(pstm_journal_checksum(open->journal, &checksum));
    pstm_digest_to_hex(checksum, hex);
    const int64_t n_done = pstm_journal_n_done(open->journal), n = pstm_journal_n_columns(open->journal);
    printf("cube:       %s\n", open->path);
    printf("migrated:   %" PRId64 " of %" PRId64 " chunk columns, %.1f %%%s\n", n_done, n,
           100.0 * (double)n_done / (double)n, n_done == n ? ", all" : "");
    int64_t n_locations, n_columns;
    pstm_count_parts(open, &n_locations, &n_columns);
    if (n_columns > 0)
        printf("in part:    %" PRId64 " locations of %" PRId64
               " other chunk columns, the rest of which is not "
               "migrated\n",
               n_locations, n_columns);
    const int64_t n_marked = pstm_cube_get_state(open->cube).n_done;
    if (n_done + n_columns == 0 && n_marked > 0)
        printf("            its journal is missing: its last run left %" PRId64 "\n", n_marked);
    if (n_marked > 0 && n_marked < n_done)
        printf("marks:      the last run that ended left %" PRId64
               " chunk columns; unless one is at work, --verify tells whether the others are there\n",
               n_marked);
    printf("tiles:      %" PRId64 " of %" PRId64 ", each of %d x %d locations\n",
           count_tiles(open, &tiling, false), tiling.n_tiles, tiling.tile_inline, tiling.tile_crossline);
    print_data(open);
    printf("image key:  %s\n", open->about->image_key);
    printf("numerics:   %s\n", open->about->numerics_id);
    printf("made by:    pstm %s, commit %s\n", open->about->version, open->about->commit);
    printf("checksum:   %s\n", hex);
    return PSTM_OK;
}

static pstm_status report(const void *argument)
{
    const status_options *options = argument;
    pstm_status status;
    pstm_open_cube open;
    pstm_tiling tiling;
    PSTM_GO(pstm_open_cube_at(options->path, &open));
    if (!options->verify) PSTM_GO(pstm_warn_of_other_journal(&open));
    if (options->tiles) {
        PSTM_GO(pstm_find_tiling(&open, &tiling));
        count_tiles(&open, &tiling, true);
    } else {
        PSTM_GO(print_status(&open));
    }
    if (options->verify) PSTM_GO(pstm_verify(&open, stdout));
cleanup:
    pstm_close_cube(&open);
    return status;
}

int pstm_command_status(int argc, char **argv)
{
    status_options options = {0};
    int code;
    char **words = pstm_command_line_read(&line, argc, argv, &options, &code);
    if (words == NULL) return code;
    options.path = words[0];
    return pstm_command_end("status",
                            options.verify ? pstm_guarded(options.path, report, &options) : report(&options));
}
