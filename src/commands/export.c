/* pstm export: an image as SEG-Y or SU. */
#include "qc/export.h"

#include <math.h>

#include "commands/command.h"

#define CLASS_OPTION(word, member, unit, meaning)                                                            \
    PSTM_OPTION(#word, "X", pstm_option_number, pstm_export_wish, centre.member,                             \
                "of the gathers the class centred on X " unit " alone;\n" meaning),

static const pstm_option table[] = {
    PSTM_OPTION("dataset", "NAME", pstm_option_text, pstm_export_wish, dataset,
                "stack, gather, fold or gather_fold; default: the stack if there is one,\n"
                "with a class the gathers"),
    PSTM_OPTION("format", "NAME", pstm_option_text, pstm_export_wish, format,
                "samples in ieee or ibm floats; default ieee, the cube's very bits"),
    PSTM_OPTION_WITHIN("revision", "N", pstm_option_integer, pstm_export_wish, revision, "1 or 2", 1, 2,
                       "of SEG-Y; default 1. Revision 2 holds more than 65535 samples and intervals\n"
                       "that are not whole microseconds"),
    PSTM_OPTION("inlines", "A,B", pstm_option_pair, pstm_export_wish, inlines, "inline numbers A to B alone"),
    PSTM_OPTION("crosslines", "A,B", pstm_option_pair, pstm_export_wish, crosslines,
                "crossline numbers A to B alone"),
    PSTM_OPTION("window", "T0,T1", pstm_option_pair, pstm_export_wish, window_s,
                "two-way times T0 to T1 alone, seconds"),
    PSTM_OPTION("partial", NULL, pstm_option_flag, pstm_export_wish, partial,
                "places that are not migrated become dead traces (trace id 2)"),
    PSTM_OPTION("overwrite", NULL, pstm_option_flag, pstm_export_wish, overwrite,
                "replaces a file that pstm export has not made, too"),
    PSTM_CLASS_COORDINATE_LIST(CLASS_OPTION)};

static const char usage[] =
    "usage: pstm export CUBE.h5 OUT.sgy [options]\n"
    "\n"
    "Writes a dataset of a cube as SEG-Y, or as SU if OUT ends in .su: a trace for each place, crossline\n"
    "numbers fastest, of gathers one for each class. Inline number at byte 189, crossline number at 193,\n"
    "CDP x at 181 and y at 185, offset at 37.\n";

static const pstm_command_line line = {
    .usage = usage,
    PSTM_OPTIONS(table),
    .words = "a cube and the file to make are wanted",
    .least_words = 2,
    .most_words = 2,
};

int pstm_command_export(int argc, char **argv)
{
    pstm_export_wish wish = {.format = "ieee",
                             .revision = 1,
                             .inlines = {NAN, NAN},
                             .crosslines = {NAN, NAN},
                             .window_s = {NAN, NAN},
                             .centre = PSTM_NO_CENTRE};
    int code;
    char **words = pstm_command_line_read(&line, argc, argv, &wish, &code);
    if (words == NULL) return code;
    wish.cube = words[0];
    wish.out = words[1];
    return pstm_command_end("export", pstm_export(&wish, stdout));
}
