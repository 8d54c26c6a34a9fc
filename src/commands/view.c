/* pstm view: sections, slices and gathers of a cube as PNG. */
#include "qc/view.h"

#include <math.h>

#include "commands/command.h"

static pstm_status read_colour(const pstm_option *option, const char *text, void *to)
{
    pstm_view_wish *wish = to;
    (void)option;
    return pstm_colour_parse(text, &wish->style.colour);
}

/* Adds a number to a list. */
static pstm_status read_number(const pstm_option *option, const char *text, void *to)
{
    pstm_view_numbers *numbers = (pstm_view_numbers *)(void *)((char *)to + option->field);
    const pstm_option one = {.name = option->name};
    if (numbers->n == PSTM_VIEW_MOST)
        return pstm_fail(PSTM_USAGE, "--%s is given more than %d times", option->name, PSTM_VIEW_MOST);
    PSTM_TRY(pstm_option_number(&one, text, &numbers->at[numbers->n]));
    numbers->n++;
    return PSTM_OK;
}

static pstm_status read_gather(const pstm_option *option, const char *text, void *to)
{
    pstm_view_wish *wish = to;
    const pstm_option one = {.name = option->name};
    if (wish->n_gathers == PSTM_VIEW_MOST)
        return pstm_fail(PSTM_USAGE, "--%s is given more than %d times", option->name, PSTM_VIEW_MOST);
    PSTM_TRY(pstm_option_pair(&one, text, wish->gathers[wish->n_gathers]));
    wish->n_gathers++;
    return PSTM_OK;
}

#define CLASS_OPTION(word, member, unit, meaning)                                                            \
    PSTM_OPTION(#word, "X", pstm_option_number, pstm_view_wish, centre.member,                               \
                "the class centred on X " unit ", for a section or map; default: the first;\n" meaning),

static const pstm_option table[] = {
    PSTM_OPTION_REPEATED("inline", "N", read_number, pstm_view_wish, inlines,
                         "a picture of the section at inline number N; may be given again, as may the\n"
                         "next three"),
    PSTM_OPTION_REPEATED("crossline", "N", read_number, pstm_view_wish, crosslines,
                         "a picture of the section at crossline number N"),
    PSTM_OPTION_REPEATED("time", "T", read_number, pstm_view_wish, times_s,
                         "a map at the output sample nearest to two-way time T seconds"),
    PSTM_OPTION_REPEATED("gather", "IL,XL", read_gather, pstm_view_wish, gathers,
                         "a picture of all classes at an inline and crossline number"),
    PSTM_OPTION("dataset", "NAME", pstm_option_text, pstm_view_wish, dataset,
                "stack, gather, fold or gather_fold; default: the stack if there is one,\n"
                "with a class or --gather the gathers"),
    PSTM_OPTION("window", "T0,T1", pstm_option_pair, pstm_view_wish, window_s,
                "two-way times of sections and gathers, seconds"),
    PSTM_OPTION("colour", "MAP", read_colour, pstm_view_wish, style.colour,
                "grey or rwb (red-white-blue); default grey"),
    PSTM_OPTION_WITHIN("tpow", "P", pstm_option_number, pstm_view_wish, style.tpow, "a power from 0 to 10", 0,
                       10,
                       "multiplies amplitudes by t^P, t = two-way time in seconds; 0: as they are.\n"
                       "Default: sections and gathers are balanced, each time by the mean amplitude about\n"
                       "it, so that what is deep shows; maps are as they are"),
    PSTM_OPTION_WITHIN("clip", "P", pstm_option_number, pstm_view_wish, style.clip_percent,
                       "a percentage above 0 and up to 100", PSTM_ABOVE_ZERO, 100,
                       "P percent of the amplitudes, after the gain, lie within the colours; default 96,\n"
                       "folds 100"),
    PSTM_OPTION("out", "FILE.png", pstm_option_text, pstm_view_wish, out,
                "name of the picture; only where there is one"),
    PSTM_OPTION("overwrite", NULL, pstm_option_flag, pstm_view_wish, overwrite,
                "replaces a file that pstm has not made, too"),
    PSTM_CLASS_COORDINATE_LIST(CLASS_OPTION)};

static const char usage[] =
    "usage: pstm view CUBE.h5 [options]\n"
    "\n"
    "Draws the middle inline, the middle crossline and the middle time slice of a cube as PNG files\n"
    "beside it, or what --inline, --crossline, --time and --gather name, and prints the names of the\n"
    "files. What was not migrated is pale yellow.\n";

static const pstm_command_line line = {
    .usage = usage,
    PSTM_OPTIONS(table),
    .words = "one cube is wanted",
    .least_words = 1,
    .most_words = 1,
};

int pstm_command_view(int argc, char **argv)
{
    pstm_view_wish wish = {.window_s = {NAN, NAN}, .centre = PSTM_NO_CENTRE, .style = PSTM_SECTION_STYLE};
    int code;
    char **words = pstm_command_line_read(&line, argc, argv, &wish, &code);
    if (words == NULL) return code;
    wish.cube = words[0];
    return pstm_command_end("view", pstm_view(&wish, stdout));
}
