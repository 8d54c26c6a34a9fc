#include "qc/view.h"

#include <math.h>
#include <string.h>

#include "core/place.h"
#include "qc/section.h"
#include "report/png_mark.h"

enum { MAX_SECTIONS = 4 /* one of each kind */ };

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
    if (wish->tpow != 0 && pstm_data_is_fold(base->data))
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

static pstm_status find_sections(const pstm_open_cube *open, const pstm_view_wish *wish, section_list *list)
{
    const pstm_grid *grid = &open->about->grid;
    pstm_section base;
    PSTM_TRY(find_base(open, wish, &base));
    if (!isnan(wish->inline_number))
        PSTM_TRY(find_inline(grid, wish->inline_number, add_section(list, &base, PSTM_SECTION_INLINE)));
    if (!isnan(wish->crossline_number))
        PSTM_TRY(
            find_crossline(grid, wish->crossline_number, add_section(list, &base, PSTM_SECTION_CROSSLINE)));
    if (!isnan(wish->time_s)) PSTM_TRY(add_map(open->about, wish->time_s, &base, list));
    if (!isnan(wish->gather[0])) PSTM_TRY(add_gather(open, wish->gather, &base, list));
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

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Which cube, what made it, what its amplitudes are ("kinematic", ...) and what was done to them. */
static pstm_status describe_source(const pstm_open_cube *open, const pstm_section *section,
                                   const pstm_view_wish *wish, pstm_text *text)
{
    const char *numerics_id = open->about->numerics_id, *amplitude = open->about->amplitude;
    PSTM_TRY(pstm_text_add(text, "%s%s%s", file_name(open->path), *numerics_id ? ", " : "", numerics_id));
    if (!pstm_data_is_fold(section->data) && *amplitude)
        PSTM_TRY(pstm_text_add(text, ", %.*s", (int)strcspn(amplitude, ":;,"), amplitude));
    if (wish->tpow == 0) return PSTM_OK;
    return pstm_text_add(text, ", amplitudes times t^%.4g (t in s)", wish->tpow);
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
    pstm_status status = PSTM_OK;
    pstm_section_values values = {0};
    pstm_text title = {0}, subtitle = {0}, name = {0};
    PSTM_GO(wish->out ? pstm_text_add(&name, "%s", wish->out) : name_picture(open, section, &name));
    PSTM_GO(check_picture(open, wish, name.bytes));
    PSTM_GO(pstm_section_read(open, section, &values));
    if (wish->tpow != 0) pstm_section_gain(open, section, wish->tpow, &values);
    PSTM_GO(pstm_section_describe(open, section, &title));
    PSTM_GO(describe_source(open, section, wish, &subtitle));
    pstm_picture picture = pstm_section_picture(section, &values);
    picture.title = title.bytes;
    picture.subtitle = subtitle.bytes;
    picture.colour = wish->colour;
    if (wish->clip_percent > 0) picture.clip_percent = wish->clip_percent;
    PSTM_GO(pstm_picture_write(&picture, name.bytes, NULL));
    fprintf(names, "%s\n", name.bytes);
cleanup:
    pstm_section_free(&values);
    pstm_text_clear(&title);
    pstm_text_clear(&subtitle);
    pstm_text_clear(&name);
    return status;
}

pstm_status pstm_view(const pstm_view_wish *wish, FILE *names)
{
    pstm_status status = PSTM_OK;
    pstm_open_cube open = {0};
    section_list list = {0};
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
