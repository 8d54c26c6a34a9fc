/* pstm keys: every key of the job file. */
#include <stdio.h>
#include <string.h>

#include "commands/commands.h"
#include "job/job.h"

int pstm_command_keys(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        printf(
            "usage: pstm keys\n\nPrints every key of the job file with type, default, unit and meaning, as "
            "Markdown.\n");
        return PSTM_OK;
    }
    if (argc != 1) {
        fprintf(stderr, "pstm keys: it takes no arguments\n");
        return PSTM_USAGE;
    }
    pstm_text text = {0};
    const pstm_status status = pstm_job_describe_keys(&text);
    if (status != PSTM_OK) return pstm_command_failed("keys", status);
    fputs(text.bytes, stdout);
    pstm_text_clear(&text);
    return PSTM_OK;
}
