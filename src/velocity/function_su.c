/* Velocity functions of Seismic Unix: parameters as sunmo takes them, cdp=c1,c2,... and for each CDP in turn
 * tnmo=t1,t2,... and vnmo=v1,v2,... in seconds. A CDP number is a place on a 2D line only. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "velocity/function_parser.h"

/** A list of numbers behind a "key=". */
typedef struct list {
    double *values;
    int64_t n, capacity, line;
} list;

typedef struct su_par {
    pstm_vparser *parser;
    list cdp, tnmo, vnmo;
    int64_t n_functions; /**< pairs of tnmo and vnmo so far */
} su_par;

static bool begins(const char *at, const char *key)
{
    return strncmp(at, key, strlen(key)) == 0;
}

bool pstm_su_par_is(const char *text)
{
    while (*text == '#' || strspn(text, " \t\n") > 0) {
        text += strspn(text, " \t\n");
        if (*text == '#') text += strcspn(text, "\n");
    }
    return begins(text, "cdp=") || begins(text, "tnmo=") || begins(text, "vnmo=");
}

static pstm_status read_list(su_par *par, list *out)
{
    pstm_vparser *p = par->parser;
    out->n = 0;
    out->line = p->line;
    for (;;) {
        char *end;
        const double value = strtod(p->at, &end);
        if (end == p->at || strchr(" \t\n", *p->at) != NULL || !isfinite(value) ||
            strchr(", \t\n", *end) == NULL)
            return pstm_fail(PSTM_DATA,
                             "%s:%lld: \"%.*s\" in a list of numbers; lists are \"key=1,2,3\" without blanks",
                             p->name, (long long)p->line, (int)strcspn(p->at, " \t\n"), p->at);
        PSTM_TRY(PSTM_GROW(&out->values, &out->capacity, out->n + 1, "a list of velocities"));
        out->values[out->n++] = value;
        p->at = end;
        if (*end != ',') return PSTM_OK;
        p->at++;
    }
}

/** The place of the next function: a CDP along the one line of the grid. */
static pstm_status find_place(const su_par *par, double place[2])
{
    const pstm_vparser *p = par->parser;
    const pstm_grid *grid = p->options->grid;
    const double cdp = par->cdp.values[par->n_functions];
    if (p->options->places == PSTM_PLACES_COORDINATES)
        return pstm_fail(PSTM_DATA,
                         "%s:%lld: CDPs are numbers, which velocity.places contradicts; leave it out",
                         p->name, (long long)par->cdp.line);
    if (grid->n_inline > 1 && grid->n_crossline > 1)
        return pstm_fail(
            PSTM_DATA,
            "%s:%lld: CDP numbers are places on a 2D line only, and the grid has %d inlines and %d "
            "crosslines; write lines \"inline crossline t v\" (velocity.places: labels)",
            p->name, (long long)par->cdp.line, (int)grid->n_inline, (int)grid->n_crossline);
    place[0] = grid->n_inline == 1 ? grid->first_inline : cdp;
    place[1] = grid->n_inline == 1 ? cdp : grid->first_crossline;
    return PSTM_OK;
}

/** A tnmo and a vnmo are there: the next function. */
static pstm_status take_function(su_par *par)
{
    pstm_vparser *p = par->parser;
    const int64_t n_cdp = par->cdp.n, after = p->line;
    double place[2];
    if (par->tnmo.n != par->vnmo.n)
        return pstm_fail(PSTM_DATA, "%s:%lld: %" PRId64 " times and %" PRId64 " velocities; give as many",
                         p->name, (long long)after, par->tnmo.n, par->vnmo.n);
    if (par->n_functions >= (n_cdp > 0 ? n_cdp : 1))
        return pstm_fail(PSTM_DATA, "%s:%lld: more functions than CDPs; list all in cdp=, before them",
                         p->name, (long long)after);
    p->n_columns = n_cdp > 0 ? 4 : 2;
    if (n_cdp > 0) PSTM_TRY(find_place(par, place));
    for (int64_t k = 0; k < par->tnmo.n; k++)
        PSTM_TRY(pstm_vparser_take(p, n_cdp > 0 ? place : NULL,
                                   (const double[]){par->tnmo.values[k], par->vnmo.values[k]}));
    par->n_functions++;
    par->tnmo.n = par->vnmo.n = 0;
    return PSTM_OK;
}

static pstm_status read_key(su_par *par)
{
    static const char *const keys[] = {"cdp=", "tnmo=", "vnmo="};
    list *const lists[] = {&par->cdp, &par->tnmo, &par->vnmo};
    pstm_vparser *p = par->parser;
    for (int k = 0; k < 3; k++) {
        if (!begins(p->at, keys[k])) continue;
        if (lists[k]->n > 0)
            return pstm_fail(PSTM_DATA, "%s:%lld: a second %s before the first was used", p->name,
                             (long long)p->line, keys[k]);
        p->at += strlen(keys[k]);
        PSTM_TRY(read_list(par, lists[k]));
        return par->tnmo.n > 0 && par->vnmo.n > 0 ? take_function(par) : PSTM_OK;
    }
    return pstm_fail(PSTM_DATA, "%s:%lld: \"%.*s\" is none of cdp=, tnmo=, vnmo=", p->name,
                     (long long)p->line, (int)strcspn(p->at, " \t\n"), p->at);
}

static pstm_status read_all(su_par *par)
{
    pstm_vparser *p = par->parser;
    for (;;) {
        if (*p->at == '#') p->at += strcspn(p->at, "\n");
        if (*p->at == '\0') break;
        if (*p->at == '\n') p->line++;
        /* A backslash goes on where a shell would. */
        if (strchr(" \t\n\\", *p->at) != NULL)
            p->at++;
        else
            PSTM_TRY(read_key(par));
    }
    if (par->tnmo.n == 0 && par->vnmo.n == 0 && par->n_functions >= par->cdp.n) return PSTM_OK;
    return pstm_fail(PSTM_DATA,
                     "%s: %" PRId64 " CDP(s) and %" PRId64 " whole function(s) of tnmo= and vnmo=", p->name,
                     par->cdp.n, par->n_functions);
}

pstm_status pstm_su_par_parse(pstm_vparser *parser)
{
    su_par par = {.parser = parser};
    pstm_velocity_options options = *parser->options;
    parser->line = 1;
    if (options.places == PSTM_PLACES_AUTO) options.places = PSTM_PLACES_LABELS;
    const pstm_velocity_options *given = parser->options;
    parser->options = &options;
    const pstm_status status = read_all(&par);
    parser->options = given;
    PSTM_FREE(&par.cdp.values);
    PSTM_FREE(&par.tnmo.values);
    PSTM_FREE(&par.vnmo.values);
    return status;
}
