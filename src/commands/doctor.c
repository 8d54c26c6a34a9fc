/* pstm doctor: what a job would find here, measured, and what is wrong with it. */
#include "qc/doctor.h"

#include <mpi.h>

#include "commands/command.h"
#include "commands/mpi_session.h"

typedef struct doctor_options {
    pstm_doctor_wish wish;
    int *n_wrong;
} doctor_options;

static const pstm_option table[] = {
    PSTM_OPTION_WITHIN("mib", "N", pstm_option_integer, doctor_options, wish.mib, "2 or more", 2, INT32_MAX,
                       "MiB that each rank writes into each file (default 256)"),
    PSTM_OPTION_WITHIN("threads", "N", pstm_option_integer, doctor_options, wish.threads, "1 or more", 0,
                       INT32_MAX, "compute threads of a rank (default: as pstm run)"),
};

static const char usage[] =
    "usage: pstm doctor [FOLDER] [options]\n"
    "       mpirun -n RANKS pstm doctor FOLDER ...\n"
    "\n"
    "Says what a job that is started like this finds: MPI, cores and binding, memory bandwidth,\n"
    "devices, and how fast the cube's own writer fills a file in FOLDER (default: here), synced, beside\n"
    "a plain file of the same size. Files are private and removed. Exit code 3 if something is wrong,\n"
    "which is printed with its remedy.\n";

static const pstm_command_line line = {
    .usage = usage,
    PSTM_OPTIONS(table),
    .words = "one folder is wanted",
    .most_words = 1,
};

static pstm_status doctor(const void *argument, int rank, int n_ranks)
{
    const doctor_options *options = argument;
    (void)rank;
    (void)n_ranks;
    return pstm_doctor(MPI_COMM_WORLD, &options->wish, stdout, options->n_wrong);
}

int pstm_command_doctor(int argc, char **argv)
{
    int n_wrong = 0, code;
    doctor_options options = {.wish = {.folder = ".", .mib = 256}, .n_wrong = &n_wrong};
    char **words = pstm_command_line_read(&line, argc, argv, &options, &code);
    if (words == NULL) return code;
    if (words[0] != NULL) options.wish.folder = words[0];
    code = pstm_command_with_mpi("doctor", false, doctor, &options);
    return code == PSTM_OK && n_wrong > 0 ? PSTM_SYSTEM : code;
}
