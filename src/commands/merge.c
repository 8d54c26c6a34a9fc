/* pstm merge: the shards of one image into one cube. */
#include "qc/merge.h"

#include "commands/command.h"

static const char usage[] =
    "usage: pstm merge OUT.h5 IN.h5 [IN.h5 ...]\n"
    "\n"
    "Copies what the cubes IN have migrated into the cube OUT, which is made if it is not there. All\n"
    "must be parts of one image (pstm run --shard I/N, or the same job with other targets): the result\n"
    "has the bits and the checksum of one run. What is copied is compared with the digests in the\n"
    "journals. The same command goes on where a killed merge was; shards that are ready later can be\n"
    "added by another one.\n";

static const pstm_command_line line = {
    .usage = usage,
    .words = "the cube to make and at least one to copy from are wanted",
    .least_words = 2,
    .most_words = PSTM_ANY_WORDS,
};

static int count(char **words)
{
    int n = 0;
    while (words[n] != NULL)
        n++;
    return n;
}

int pstm_command_merge(int argc, char **argv)
{
    int code;
    char **cubes = pstm_command_line_read(&line, argc, argv, NULL, &code);
    if (cubes == NULL) return code;
    return pstm_command_end("merge", pstm_merge(cubes[0], cubes + 1, count(cubes) - 1, stdout));
}
