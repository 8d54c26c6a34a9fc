/* pstm report: a run as one page of HTML. */
#include "qc/report.h"

#include <stdio.h>
#include <string.h>

#include "commands/command.h"
#include "core/place.h"
#include "core/write_file.h"
#include "qc/guarded.h"

typedef struct report_options {
    const char *path, *out;
    bool overwrite;
} report_options;

static const pstm_option table[] = {
    PSTM_OPTION("out", "FILE.html", pstm_option_text, report_options, out,
                "name of the page; default: that of the cube with " PSTM_REPORT_ENDING " behind it"),
    PSTM_OPTION("overwrite", NULL, pstm_option_flag, report_options, overwrite,
                "replaces a file that pstm report has not made, too"),
};

static const char usage[] =
    "usage: pstm report CUBE.h5 [options]\n"
    "       pstm report FOLDER [options]\n"
    "\n"
    "Writes a run as one page of HTML, with its pictures inside: what calls for a look and what to\n"
    "do about it, sections and gathers, where the time went, doubts, traces that were left out, the\n"
    "job. Also of a run that has stopped. A folder is that of one run.\n";

static const pstm_command_line line = {
    .usage = usage,
    PSTM_OPTIONS(table),
    .words = "one cube, or the folder of one, is wanted",
    .least_words = 1,
    .most_words = 1,
};

static const pstm_mark mark = {.bytes = pstm_report_mark, .n = 35};

static pstm_status write_page(const report_options *o, const pstm_text *cube, const pstm_text *html)
{
    pstm_text name = {0};
    pstm_status status;
    PSTM_GO(o->out != NULL ? pstm_text_add(&name, "%s", o->out)
                           : pstm_text_add(&name, "%s%s", cube->bytes, PSTM_REPORT_ENDING));
    if (pstm_place_is_same(name.bytes, cube->bytes))
        PSTM_GO(pstm_fail(PSTM_USAGE, "--out %s is the cube; name another file", name.bytes));
    PSTM_GO(pstm_place_check_mark(name.bytes, &mark, o->overwrite));
    PSTM_GO(pstm_write_file(name.bytes, html->bytes, (size_t)html->length));
    printf("%s\n", name.bytes);
cleanup:
    pstm_text_clear(&name);
    return status;
}

static pstm_status report(const void *argument)
{
    const report_options *o = argument;
    pstm_text cube = {0}, html = {0};
    pstm_status status = pstm_report_make(o->path, &cube, &html);
    if (status == PSTM_OK) status = write_page(o, &cube, &html);
    pstm_text_clear(&cube);
    pstm_text_clear(&html);
    return status;
}

int pstm_command_report(int argc, char **argv)
{
    report_options options = {0};
    int code;
    char **words = pstm_command_line_read(&line, argc, argv, &options, &code);
    if (words == NULL) return code;
    options.path = words[0];
    return pstm_command_end("report", pstm_guarded(options.path, report, &options));
}
