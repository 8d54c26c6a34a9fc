/* The program: finds the command and hands over. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands/command.h"
#include "core/text.h"
#include "qc/version.h"

typedef struct command {
    const char *name, *what;
    int (*run)(int argc, char **argv);
} command;

static const command commands[] = {
#define PSTM_COMMAND_ENTRY(name, what) {#name, what, pstm_command_##name},
    PSTM_COMMAND_LIST(PSTM_COMMAND_ENTRY)
#undef PSTM_COMMAND_ENTRY
};

enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

static void print_usage(FILE *out)
{
    fprintf(out, "pstm - 3D prestack Kirchhoff time migration\n\nusage: pstm COMMAND [options]\n"
                 "       pstm --version\n\ncommands (each with --help):\n");
    for (int i = 0; i < N_COMMANDS; i++)
        fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].what);
}

static int unknown_command(const char *name)
{
    const char *names[N_COMMANDS];
    for (int i = 0; i < N_COMMANDS; i++)
        names[i] = commands[i].name;
    const char *nearest = pstm_nearest_word(name, names, N_COMMANDS);
    fprintf(stderr, "pstm: there is no command `%s`", name);
    if (nearest != NULL) fprintf(stderr, "; did you mean `%s`?", nearest);
    fprintf(stderr, "\ntry: pstm --help\n");
    return PSTM_USAGE;
}

/* A file that is opened while one of the standard streams is closed would get its number, and what is
 * printed. */
static void occupy_streams(void)
{
    int descriptor;
    do
        descriptor = open("/dev/null", O_RDONLY); /* a stream that cannot be written, as a closed one */
    while (descriptor >= 0 && descriptor <= STDERR_FILENO);
    if (descriptor >= 0) close(descriptor);
}

/* What was printed must have gone out. */
static int check_output(int code)
{
    const int failed = ferror(stdout), flushed = fflush(stdout);
    if (!failed && flushed == 0) return code;
    fprintf(stderr, "pstm: standard output cannot be written%s%s\n", flushed == 0 ? "" : ": ",
            flushed == 0 ? "" : strerror(errno));
    return code == PSTM_OK ? PSTM_SYSTEM : code;
}

static int run_command(int argc, char **argv)
{
    if (argc < 2) {
        print_usage(stderr);
        return PSTM_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_usage(stdout);
        return PSTM_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        pstm_print_version(stdout);
        return PSTM_OK;
    }
    for (int i = 0; i < N_COMMANDS; i++)
        if (strcmp(argv[1], commands[i].name) == 0) return commands[i].run(argc - 1, argv + 1);
    return unknown_command(argv[1]);
}

int main(int argc, char **argv)
{
    occupy_streams();
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow (ulimit -f) is an error of its write */
    return check_output(run_command(argc, argv));
}
