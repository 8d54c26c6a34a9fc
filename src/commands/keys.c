/* pstm keys: every key of the job file. */
#include <stdio.h>

#include "commands/command.h"
#include "job/job.h"

static const pstm_command_line line = {
    .usage = "usage: pstm keys\n\n"
             "Prints every key of the job file with type, default, unit and meaning, as Markdown.\n",
    .words = "it takes no arguments",
};

static pstm_status print_keys(void)
{
    pstm_text text = {0};
    const pstm_status status = pstm_job_describe_keys(&text);
    if (status == PSTM_OK) fputs(text.bytes, stdout);
    pstm_text_clear(&text);
    return status;
}

int pstm_command_keys(int argc, char **argv)
{
    int code;
    if (pstm_command_line_read(&line, argc, argv, NULL, &code) == NULL) return code;
    return pstm_command_end("keys", print_keys());
}
