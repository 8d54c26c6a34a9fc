/* Velocity functions as Echos writes them: "VFUNC inline crossline" or "VFUNC x y", then pairs t v on any
 * number of lines. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "velocity/function_parser.h"

static const char KEYWORD[] = "VFUNC";
enum { KEYWORD_CHARS = sizeof KEYWORD - 1, SHOWN_CHARS = 24 };

static bool is_keyword(const char *at)
{
    return strncmp(at, KEYWORD, KEYWORD_CHARS) == 0 &&
           (at[KEYWORD_CHARS] == '\0' || isspace((unsigned char)at[KEYWORD_CHARS]));
}

/** To the next word; comments are passed over and lines counted. */
static void skip_blanks(pstm_vparser *parser)
{
    for (;; parser->at++) {
        if (*parser->at == '#') parser->at += strcspn(parser->at, "\n");
        if (*parser->at == '\n') parser->line++;
        if (*parser->at != ' ' && *parser->at != '\t' && *parser->at != '\n') return;
    }
}

bool pstm_vfunc_is(const char *text)
{
    pstm_vparser parser = {.at = text};
    skip_blanks(&parser);
    return is_keyword(parser.at);
}

/** Two numbers, both behind the keyword or a pair; the second on a later line is taken too. */
static pstm_status read_pair(pstm_vparser *parser, const char *what, double pair[2])
{
    for (int i = 0; i < 2; i++) {
        char *end;
        skip_blanks(parser);
        const size_t length = strcspn(parser->at, " \t\n#");
        pair[i] = strtod(parser->at, &end);
        if (length == 0 || end != parser->at + length || !isfinite(pair[i]))
            return pstm_fail(
                PSTM_DATA,
                "%s:%lld: \"%.*s\" where %s should be; functions are \"VFUNC inline crossline\" or "
                "\"VFUNC x y\" and then pairs of time and velocity",
                parser->name, (long long)parser->line, (int)(length < SHOWN_CHARS ? length : SHOWN_CHARS),
                parser->at, what);
        parser->at = end;
    }
    return PSTM_OK;
}

static pstm_status check_options(const pstm_vparser *parser)
{
    if (parser->options->places != PSTM_PLACES_AUTO && parser->options->times != PSTM_TIMES_AUTO)
        return PSTM_OK;
    return pstm_fail(
        PSTM_DATA,
        "%s: VFUNC texts do not say what their places and times are: set velocity.places (labels "
        "for inline and crossline, coordinates for x and y) and velocity.times (ms or s)",
        parser->name);
}

pstm_status pstm_vfunc_parse(pstm_vparser *parser)
{
    PSTM_TRY(check_options(parser));
    parser->line = 1;
    parser->n_columns = 4;
    for (skip_blanks(parser); *parser->at != '\0'; skip_blanks(parser)) {
        double place[2], t_and_v[2];
        const int64_t n_before = parser->out->n_picks, line = parser->line;
        if (is_keyword(parser->at)) parser->at += KEYWORD_CHARS;
        PSTM_TRY(read_pair(parser, "a place", place));
        for (skip_blanks(parser); *parser->at != '\0' && !is_keyword(parser->at); skip_blanks(parser)) {
            PSTM_TRY(read_pair(parser, "a pair of time and velocity", t_and_v));
            PSTM_TRY(pstm_vparser_take(parser, place, t_and_v));
        }
        if (parser->out->n_picks == n_before)
            return pstm_fail(PSTM_DATA, "%s:%lld: no pair of time and velocity follows this VFUNC",
                             parser->name, (long long)line);
    }
    return PSTM_OK;
}
