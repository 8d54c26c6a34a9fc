/* pstm ladder: each optimisation switched on in turn, measured on a part of a job. */
#include "qc/ladder/ladder.h"

#include <math.h>

#include "commands/command.h"
#include "commands/mpi_session.h"

static const double DEFAULT_SECONDS = 60;

static const pstm_option table[] = {
    PSTM_OPTION_WITHIN("seconds", "S", pstm_option_number, pstm_ladder_wish, seconds, "a number above 0",
                       PSTM_ABOVE_ZERO, INFINITY,
                       "chooses the part so that the whole takes about S seconds; default: 60"),
    PSTM_OPTION_WITHIN("tiles", "N", pstm_option_integer, pstm_ladder_wish, n_tiles, "a number from 1 on", 1,
                       INT32_MAX, "N whole tiles, evenly spread over the job's target"),
    PSTM_OPTION("out", "DIR", pstm_option_text, pstm_ladder_wish, out,
                "where table, cubes and pictures go; default: <output.file>.ladder"),
    PSTM_OPTION("operations", NULL, pstm_option_flag, pstm_ladder_wish, operations,
                "also times the operations of the sum in double precision (device `stopwatch`)"),
    PSTM_OPTION_REPEATED("set", "KEY=VALUE", pstm_option_setting, pstm_ladder_wish, settings,
                         "overrides a key of the job"),
};

static const char usage[] =
    "usage: pstm ladder JOB.yaml [options]\n"
    "\n"
    "Migrates a part of the job again and again: first as the old program did (depth loop in double\n"
    "precision, all traces, constant aperture, one trace at a time), then with one optimisation more\n"
    "each time, up to everything on. Prints a table with speed-up and change of the image, and saves it\n"
    "with the images.\n"
    "\n"
    "The job needs migrate.aperture.distance, the constant aperture of the first rungs. One process:\n"
    "without mpirun. docs/ladder.md explains the columns.\n";

static const pstm_command_line line = {
    .usage = usage,
    PSTM_OPTIONS(table),
    .words = "exactly one job file is wanted",
    .least_words = 1,
    .most_words = 1,
};

static pstm_status ladder(const void *wish, int rank, int n_ranks)
{
    (void)rank;
    if (n_ranks == 1) return pstm_ladder_climb(wish, stdout);
    return pstm_fail(PSTM_USAGE,
                     "one process measures, with the threads of the job: start it without mpirun");
}

/* One of the two says how much is migrated. */
static pstm_status choose_part(pstm_ladder_wish *wish)
{
    if (wish->n_tiles > 0 && wish->seconds > 0)
        return pstm_fail(PSTM_USAGE, "--tiles and --seconds both say how much is migrated; give one");
    if (wish->seconds == 0) wish->seconds = DEFAULT_SECONDS;
    return PSTM_OK;
}

int pstm_command_ladder(int argc, char **argv)
{
    pstm_ladder_wish wish = {0};
    int code;
    char **words = pstm_command_line_read(&line, argc, argv, &wish, &code);
    if (words != NULL) {
        wish.job = words[0];
        code = pstm_command_end("ladder", choose_part(&wish));
        if (code == PSTM_OK) code = pstm_command_with_mpi("ladder", true, ladder, &wish);
    }
    pstm_settings_clear(&wish.settings);
    return code;
}
