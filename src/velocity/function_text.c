#include "velocity/function_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/plain_text.h"
#include "velocity/function_parser.h"
#include "velocity/velocity_options.h"

enum { MAX_COLUMNS = 4, SHOWN_CHARS = 24 };

#define LINE_FORMS                                                                                           \
    "lines are \"t v\" or \"x y t v\", all with blanks, all with commas or all with semicolons between, "    \
    "and # "                                                                                                 \
    "starts a comment"

static pstm_status fail_number(const pstm_vparser *p, size_t length)
{
    const char *advice = pstm_plain_text_advice(p->at, length);
    return pstm_fail(PSTM_DATA, "%s:%lld: \"%.*s\" is not a finite number; %s", p->name, (long long)p->line,
                     (int)(length < SHOWN_CHARS ? length : SHOWN_CHARS), p->at,
                     advice != NULL ? advice : LINE_FORMS);
}

/** Whether a number, with nothing before but blanks, ends before `end`; it leaves p->at behind it. */
static bool read_number(pstm_vparser *p, const char *end, double *value)
{
    char *behind;
    p->at += strspn(p->at, " \t");
    const size_t length = strcspn(p->at, " \t,;\n#");
    *value = strtod(p->at, &behind);
    if (p->at == end || length == 0 || behind != p->at + length || !isfinite(*value)) return false;
    p->at = behind + strspn(behind, " \t");
    return true;
}

/** Steps over what separates two numbers; false where it is another one than before in the text. */
static bool skip_separator(pstm_vparser *p)
{
    const bool is_mark = *p->at == ',' || *p->at == ';';
    if (p->separator == 0) {
        p->separator = ' ';
        if (is_mark) p->separator = *p->at;
    }
    if (is_mark && *p->at != p->separator) return false;
    if (is_mark) p->at++;
    return is_mark || p->separator == ' ';
}

/** The word to blame on a line with a wrong number or separator at p->at: one with a comma, where there is
 * one, since a comma or two of them tell what is wrong. */
static pstm_status fail_word(pstm_vparser *p, const char *line, const char *end)
{
    const char *comma = memchr(line, ',', (size_t)(end - line));
    const char *word = comma != NULL ? comma : p->at;
    while (word > line && strchr(" \t", word[-1]) == NULL)
        word--;
    p->at = word;
    return fail_number(p, strcspn(word, " \t\n#"));
}

/** The numbers of one line; *n = 0 for an empty one. Leaves p->at behind the line. */
static pstm_status read_numbers(pstm_vparser *p, double numbers[MAX_COLUMNS], int *n)
{
    const char *line = p->at, *end = line + strcspn(line, "#\n");
    int n_found = 0;
    p->at += strspn(p->at, " \t");
    while (p->at < end) {
        double value = 0;
        if ((n_found > 0 && !skip_separator(p)) || !read_number(p, end, &value))
            return fail_word(p, line, end);
        if (n_found < MAX_COLUMNS) numbers[n_found] = value;
        n_found++;
    }
    p->at += strcspn(p->at, "\n");
    if (*p->at == '\n') p->at++;
    *n = n_found;
    return PSTM_OK;
}

static pstm_status check_columns(pstm_vparser *p, int n)
{
    if (n != 2 && n != 4)
        return pstm_fail(PSTM_DATA, "%s:%lld: %d numbers on the line; " LINE_FORMS, p->name,
                         (long long)p->line, n);
    if (p->n_columns == 0) {
        p->n_columns = n;
        p->columns_line = p->line;
    }
    if (n != p->n_columns)
        return pstm_fail(PSTM_DATA, "%s:%lld: %d numbers, but %d on line %lld; all lines must be of one form",
                         p->name, (long long)p->line, n, p->n_columns, (long long)p->columns_line);
    return PSTM_OK;
}

static pstm_status parse_line(pstm_vparser *p)
{
    double numbers[MAX_COLUMNS] = {0};
    int n = 0;
    p->line++;
    PSTM_TRY(read_numbers(p, numbers, &n));
    if (n == 0) return PSTM_OK;
    PSTM_TRY(check_columns(p, n));
    return pstm_vparser_take(p, n == 2 ? NULL : numbers, numbers + n - 2);
}

static pstm_status parse_lines(pstm_vparser *p)
{
    while (*p->at != '\0')
        PSTM_TRY(parse_line(p));
    return PSTM_OK;
}

static int compare_places(const void *left, const void *right)
{
    const pstm_vfunction *a = left, *b = right;
    if (a->x_m != b->x_m) return a->x_m < b->x_m ? -1 : 1;
    if (a->y_m != b->y_m) return a->y_m < b->y_m ? -1 : 1;
    return a->line < b->line ? -1 : a->line > b->line;
}

/** Sorts the functions by place and refuses a place that comes twice. */
static pstm_status sort_places(const pstm_vparser *p)
{
    pstm_vfunction *functions = p->out->functions;
    qsort(functions, (size_t)p->out->n, sizeof *functions, compare_places);
    for (int64_t i = 1; i < p->out->n; i++) {
        const pstm_vfunction *a = &functions[i - 1], *b = &functions[i];
        if (a->x_m == b->x_m && a->y_m == b->y_m)
            return pstm_fail(PSTM_DATA,
                             "%s:%lld: place %.10g %.10g had a function on line %lld already; put the lines "
                             "of a function together",
                             p->name, (long long)b->line, b->x_m, b->y_m, (long long)a->line);
    }
    return PSTM_OK;
}

pstm_status pstm_vfunctions_parse(const char *text, const pstm_velocity_options *options,
                                  pstm_vfunctions *out)
{
    const char *name = options->file;
    pstm_status status = PSTM_OK;
    pstm_vfunctions functions = {0};
    pstm_vparser p = {.name = name, .at = text, .options = options, .out = &functions};
    PSTM_GO(pstm_vfunc_is(text)    ? pstm_vfunc_parse(&p)
            : pstm_su_par_is(text) ? pstm_su_par_parse(&p)
                                   : parse_lines(&p));
    if (functions.n == 0) {
        status = pstm_fail(PSTM_DATA, "%s: no velocity in it; " LINE_FORMS, name);
        goto cleanup;
    }
    PSTM_GO(sort_places(&p));
    functions.placed = p.n_columns == 4;
    *out = functions;
    functions = (pstm_vfunctions){0};
cleanup:
    pstm_vfunctions_clear(&functions);
    return status;
}

void pstm_vfunctions_clear(pstm_vfunctions *functions)
{
    PSTM_FREE(&functions->functions);
    PSTM_FREE(&functions->picks);
    *functions = (pstm_vfunctions){0};
}

pstm_status pstm_vfunctions_write(const pstm_vfunctions *functions, pstm_text *text)
{
    for (int64_t i = 0; i < functions->n; i++) {
        const pstm_vfunction *function = &functions->functions[i];
        const pstm_vpick *picks = functions->picks + function->first_pick;
        for (int64_t k = 0; k < function->n_picks; k++) {
            if (functions->placed)
                PSTM_TRY(pstm_text_add(text, "%.17g %.17g ", function->x_m, function->y_m));
            PSTM_TRY(pstm_text_add(text, "%.17g %.17g\n", picks[k].t_s, picks[k].v_m_s));
        }
    }
    return PSTM_OK;
}

pstm_vreader pstm_vreader_of(const pstm_vfunctions *functions, int64_t i, pstm_velocity_quantity quantity)
{
    const pstm_vfunction *function = &functions->functions[i];
    return (pstm_vreader){
        .quantity = quantity, .picks = functions->picks + function->first_pick, .n = function->n_picks};
}
