#include "velocity/function_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/plain_text.h"
#include "velocity/velocity_options.h"

/** Later times are milliseconds that someone took for seconds. */
#define LATEST_S 100.0
/** No coordinate system of the Earth's surface goes as far. */
#define FARTHEST_M 1e9

enum { MAX_COLUMNS = 4, SHOWN_CHARS = 24 };

#define LINE_FORMS                                                                                           \
    "lines are \"t v\" or \"x y t v\", all with blanks, all with commas or all with semicolons between, "    \
    "and # "                                                                                                 \
    "starts a comment"

/** Where the reading is. */
typedef struct parser {
    const char *name, *at;
    int64_t line;
    const pstm_velocity_options *options;
    int n_columns; /**< of every line; 0 before the first */
    int64_t columns_line;
    char separator; /**< of all numbers: comma, semicolon, or a blank for blanks; 0 before the first */
    pstm_vfunctions *out;
} parser;

static pstm_status fail_number(const parser *p, size_t length)
{
    const char *advice = pstm_plain_text_advice(p->at, length);
    return pstm_fail(PSTM_DATA, "%s:%lld: \"%.*s\" is not a finite number; %s", p->name, (long long)p->line,
                     (int)(length < SHOWN_CHARS ? length : SHOWN_CHARS), p->at,
                     advice != NULL ? advice : LINE_FORMS);
}

/** Whether a number, with nothing before but blanks, ends before `end`; it leaves p->at behind it. */
static bool read_number(parser *p, const char *end, double *value)
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
static bool skip_separator(parser *p)
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
static pstm_status fail_word(parser *p, const char *line, const char *end)
{
    const char *comma = memchr(line, ',', (size_t)(end - line));
    const char *word = comma != NULL ? comma : p->at;
    while (word > line && strchr(" \t", word[-1]) == NULL)
        word--;
    p->at = word;
    return fail_number(p, strcspn(word, " \t\n#"));
}

/** The numbers of one line; *n = 0 for an empty one. Leaves p->at behind the line. */
static pstm_status read_numbers(parser *p, double numbers[MAX_COLUMNS], int *n)
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

static pstm_status check_columns(parser *p, int n)
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

static pstm_status check_pick(const parser *p, const pstm_vpick *pick, double v_as_written)
{
    if (!(pick->t_s >= 0 && pick->t_s <= LATEST_S))
        return pstm_fail(PSTM_DATA,
                         "%s:%lld: time %g is outside 0 to %g s; times are two-way times in seconds "
                         "(set velocity.times: ms if they are milliseconds)",
                         p->name, (long long)p->line, pick->t_s, LATEST_S);
    if (!(pick->v_m_s >= PSTM_VELOCITY_LEAST_M_S && pick->v_m_s <= PSTM_VELOCITY_MOST_M_S))
        return pstm_fail(PSTM_DATA,
                         "%s:%lld: velocity %g is %g m/s after velocity.units and velocity.scale, outside %g "
                         "to %g m/s; if the text is in another unit, set velocity.units (m/s, km/s, ft/s)",
                         p->name, (long long)p->line, v_as_written, pick->v_m_s, PSTM_VELOCITY_LEAST_M_S,
                         PSTM_VELOCITY_MOST_M_S);
    return PSTM_OK;
}

static pstm_status add_pick(parser *p, double x_m, double y_m, const pstm_vpick *pick)
{
    pstm_vfunctions *out = p->out;
    pstm_vfunction *last = out->n > 0 ? &out->functions[out->n - 1] : NULL;
    if (last == NULL || last->x_m != x_m || last->y_m != y_m) {
        PSTM_TRY(PSTM_GROW(&out->functions, &out->functions_capacity, out->n + 1, "velocity functions"));
        last = &out->functions[out->n++];
        *last = (pstm_vfunction){.x_m = x_m, .y_m = y_m, .first_pick = out->n_picks, .line = p->line};
    } else if (pick->t_s <= out->picks[out->n_picks - 1].t_s) {
        return pstm_fail(PSTM_DATA, "%s:%lld: time %g s follows %g s; the times of a function must rise",
                         p->name, (long long)p->line, pick->t_s, out->picks[out->n_picks - 1].t_s);
    }
    PSTM_TRY(PSTM_GROW(&out->picks, &out->picks_capacity, out->n_picks + 1, "velocity picks"));
    out->picks[out->n_picks++] = *pick;
    last->n_picks++;
    return PSTM_OK;
}

/** A pick of the function at the place of two numbers. */
static pstm_status add_placed(parser *p, const double numbers[2], const pstm_vpick *pick)
{
    if (p->options->places == PSTM_PLACES_LABELS) {
        const pstm_grid *grid = p->options->grid;
        double x_m, y_m;
        for (int c = 0; c < 2; c++)
            if (numbers[c] != floor(numbers[c]) || fabs(numbers[c]) > INT32_MAX)
                return pstm_fail(PSTM_DATA,
                                 "%s:%lld: %g is no inline or crossline number; with velocity.places: labels "
                                 "lines are \"inline crossline t v\"",
                                 p->name, (long long)p->line, numbers[c]);
        pstm_grid_node(grid, (int64_t)numbers[0] - grid->first_inline,
                       (int64_t)numbers[1] - grid->first_crossline, &x_m, &y_m);
        return add_pick(p, x_m, y_m, pick);
    }
    if (fabs(numbers[0]) > FARTHEST_M || fabs(numbers[1]) > FARTHEST_M)
        return pstm_fail(PSTM_DATA, "%s:%lld: place %g, %g is no world position in metres", p->name,
                         (long long)p->line, numbers[0], numbers[1]);
    /* Adding 0 makes 0 of -0, so that equal places are written alike. */
    return add_pick(p, numbers[0] + 0.0, numbers[1] + 0.0, pick);
}

static pstm_status parse_line(parser *p)
{
    double numbers[MAX_COLUMNS] = {0};
    int n = 0;
    p->line++;
    PSTM_TRY(read_numbers(p, numbers, &n));
    if (n == 0) return PSTM_OK;
    PSTM_TRY(check_columns(p, n));

    const double *t_and_v = numbers + n - 2;
    const double unit_m_s = p->options->unit_m_s * p->options->scale;
    const double units_per_s = p->options->times == PSTM_TIMES_MS ? 1000 : 1;
    pstm_vpick pick = {t_and_v[0] / units_per_s, t_and_v[1] * unit_m_s};
    PSTM_TRY(check_pick(p, &pick, t_and_v[1]));
    if (n == 2) return add_pick(p, 0, 0, &pick);
    return add_placed(p, numbers, &pick);
}

static int compare_places(const void *left, const void *right)
{
    const pstm_vfunction *a = left, *b = right;
    if (a->x_m != b->x_m) return a->x_m < b->x_m ? -1 : 1;
    if (a->y_m != b->y_m) return a->y_m < b->y_m ? -1 : 1;
    return a->line < b->line ? -1 : a->line > b->line;
}

/** Sorts the functions by place and refuses a place that comes twice. */
static pstm_status sort_places(const parser *p)
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
    parser p = {.name = name, .at = text, .options = options, .out = &functions};
    while (*p.at != '\0')
        PSTM_GO(parse_line(&p));
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
