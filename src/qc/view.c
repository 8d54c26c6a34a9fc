#include "qc/view.h"

#include <math.h>
#include <string.h>

#include "core/place.h"
#include "qc/section.h"
#include "report/png_mark.h"

enum { MAX_SECTIONS = 4 * PSTM_VIEW_MOST };

static pstm_status find_time(const pstm_cube_about *about, double time_s, int32_t *k)
{
    const pstm_grid *grid = &about->grid;
    const double at = floor((time_s - grid->time_first_s) / grid->time_step_s + 0.5);
    if (at < about->k_begin || at >= about->k_end)
        return pstm_fail(PSTM_USAGE, "--time %g lies outside the cube, which has %.6g to %.6g s", time_s,
                         pstm_grid_time_s(grid, about->k_begin), pstm_grid_time_s(grid, about->k_end - 1));
    *k = (int32_t)at;
    return PSTM_OK;
}

/* A list of sections to draw. */
typedef struct section_list {
    pstm_section sections[MAX_SECTIONS];
    int n;
} section_list;

static pstm_section *add_section(section_list *list, const pstm_section *base, pstm_section_kind kind)
{
    pstm_section *section = &list->sections[list->n++];
    *section = *base;
    section->kind = kind;
    return section;
}

static bool wants_class(const pstm_view_wish *wish)
{
    return !pstm_class_centre_is_empty(wish->centre);
}

/* What all sections share, and the middle of each axis. */
static pstm_status find_base(const pstm_open_cube *open, const pstm_view_wish *wish, pstm_section *base)
{
    const pstm_cube_about *about = open->about;
    const char *dataset = wish->dataset ? wish->dataset : wants_class(wish) ? "gather" : NULL;
    *base = (pstm_section){.i = about->grid.n_inline / 2, .j = about->grid.n_crossline / 2};
    PSTM_TRY(pstm_choose_data(open, dataset, &base->data));
    PSTM_TRY(pstm_find_window(open, wish->window_s, &base->k_begin, &base->k_end));
    base->k = (base->k_begin + base->k_end) / 2;
    if (wish->style.tpow > 0 && pstm_data_is_fold(base->data))
        return pstm_fail(PSTM_USAGE, "--tpow is for amplitudes; '%s' counts traces",
                         pstm_cube_data_name(base->data));
    return wants_class(wish) ? pstm_find_class(open, wish->centre, &base->class_index) : PSTM_OK;
}

/* Without a named section: the middle ones of the axes that have an extent. */
static void add_middle_sections(const pstm_grid *grid, const pstm_section *base, section_list *list)
{
    if (grid->n_crossline > 1 || grid->n_inline == 1) add_section(list, base, PSTM_SECTION_INLINE);
    if (grid->n_inline > 1) add_section(list, base, PSTM_SECTION_CROSSLINE);
    if (grid->n_inline > 1 && grid->n_crossline > 1) add_section(list, base, PSTM_SECTION_TIME);
}

static pstm_status find_inline(const pstm_grid *grid, double number, pstm_section *section)
{
    return pstm_find_number("inline", number, grid->first_inline, grid->n_inline, &section->i);
}

static pstm_status find_crossline(const pstm_grid *grid, double number, pstm_section *section)
{
    return pstm_find_number("crossline", number, grid->first_crossline, grid->n_crossline, &section->j);
}

static pstm_status add_map(const pstm_cube_about *about, double time_s, const pstm_section *base,
                           section_list *list)
{
    if (about->grid.n_inline == 1 || about->grid.n_crossline == 1)
        return pstm_fail(PSTM_USAGE, "--time: a cube with a single line has no time slice");
    return find_time(about, time_s, &add_section(list, base, PSTM_SECTION_TIME)->k);
}

static pstm_status add_gather(const pstm_open_cube *open, const double numbers[2], const pstm_section *base,
                              section_list *list)
{
    pstm_section *section = add_section(list, base, PSTM_SECTION_GATHER);
    const char *dataset = pstm_data_is_fold(base->data) ? "gather_fold" : "gather";
    PSTM_TRY(pstm_choose_data(open, dataset, &section->data));
    PSTM_TRY(find_inline(&open->about->grid, numbers[0], section));
    return find_crossline(&open->about->grid, numbers[1], section);
}

/* The sections along one axis. */
static pstm_status add_lines(const pstm_grid *grid, const pstm_view_numbers *numbers,
                             const pstm_section *base, pstm_section_kind kind, section_list *list)
{
    for (int n = 0; n < numbers->n; n++) {
        pstm_section *section = add_section(list, base, kind);
        PSTM_TRY(kind == PSTM_SECTION_INLINE ? find_inline(grid, numbers->at[n], section)
                                             : find_crossline(grid, numbers->at[n], section));
    }
    return PSTM_OK;
}

static pstm_status find_sections(const pstm_open_cube *open, const pstm_view_wish *wish, section_list *list)
{
    const pstm_grid *grid = &open->about->grid;
    pstm_section base;
    PSTM_TRY(find_base(open, wish, &base));
    PSTM_TRY(add_lines(grid, &wish->inlines, &base, PSTM_SECTION_INLINE, list));
    PSTM_TRY(add_lines(grid, &wish->crosslines, &base, PSTM_SECTION_CROSSLINE, list));
    for (int n = 0; n < wish->times_s.n; n++)
        PSTM_TRY(add_map(open->about, wish->times_s.at[n], &base, list));
    for (int n = 0; n < wish->n_gathers; n++)
        PSTM_TRY(add_gather(open, wish->gathers[n], &base, list));
    if (list->n == 0) add_middle_sections(grid, &base, list);
    return PSTM_OK;
}

/* "<cube without .h5>.stack_inline_120.png" beside the cube. */
static pstm_status name_picture(const pstm_open_cube *open, const pstm_section *section, pstm_text *name)
{
    const size_t length = strlen(open->path);
    const bool has_ending = length > 3 && strcmp(open->path + length - 3, ".h5") == 0;
    const int64_t stem = (int64_t)length - (has_ending ? 3 : 0);
    PSTM_TRY(pstm_text_add(name, "%.*s.", (int)stem, open->path));
    PSTM_TRY(pstm_section_describe(open, section, name));
    int64_t kept = stem + 1;
    for (int64_t i = stem + 1; i < name->length; i++) {
        const char c = name->bytes[i];
        if (c == ',') continue;
        name->bytes[kept++] = (char)(c == ' ' ? '_' : c);
    }
    name->bytes[kept] = 0;
    name->length = kept;
    return pstm_text_add(name, ".png");
}

static pstm_status check_picture(const pstm_open_cube *open, const pstm_view_wish *wish, const char *name)
{
    if (pstm_place_is_same(open->path, name))
        return pstm_fail(PSTM_USAGE, "--out %s is the cube; name another file", name);
    return pstm_png_check(name, wish->overwrite);
}

static pstm_status draw_section(const pstm_open_cube *open, const pstm_view_wish *wish,
                                const pstm_section *section, FILE *names)
{
    pstm_text name = {0};
    pstm_status status;
    PSTM_GO(wish->out ? pstm_text_add(&name, "%s", wish->out) : name_picture(open, section, &name));
    PSTM_GO(check_picture(open, wish, name.bytes));
    PSTM_GO(pstm_section_draw(open, section, &wish->style, name.bytes));
    fprintf(names, "%s\n", name.bytes);
cleanup:
    pstm_text_clear(&name);
    return status;
}

pstm_status pstm_view(const pstm_view_wish *wish, FILE *names)
{
    pstm_status status = PSTM_OK;
    pstm_open_cube open = {0};
    section_list list = {.n = 0};
    PSTM_GO(pstm_open_cube_at(wish->cube, &open));
    PSTM_GO(pstm_warn_of_other_journal(&open));
    PSTM_GO(pstm_check_migrated(&open));
    PSTM_GO(find_sections(&open, wish, &list));
    if (wish->out && list.n > 1)
        PSTM_GO(pstm_fail(PSTM_USAGE,
                          "--out names one picture, but %d would be drawn; choose one with --inline, "
                          "--crossline, --time or --gather",
                          list.n));
    for (int i = 0; i < list.n; i++)
        PSTM_GO(draw_section(&open, wish, &list.sections[i], names));
cleanup:
    pstm_close_cube(&open);
    return status;
}
