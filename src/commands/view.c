/* pstm view: sections, slices and gathers of a cube as PNG. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "commands/arguments.h"
#include "commands/commands.h"
#include "qc/section.h"

static const char usage[] =
    "usage: pstm view CUBE.h5 [what] [options]\n"
    "\n"
    "Draws the middle inline, the middle crossline and the middle time slice of a cube as PNG files beside\n"
    "it and prints their names. What was not migrated is pale yellow.\n"
    "\n"
    "what (each adds a picture; without any, the three above):\n"
    "  --inline N        the section at inline number N\n"
    "  --crossline N     the section at crossline number N\n"
    "  --time T          the map at the output sample nearest to two-way time T seconds\n"
    "  --gather IL,XL    all offset classes at an inline and crossline number\n"
    "\n"
    "options:\n"
    "  --dataset NAME    stack, gather, fold or gather_fold; default: the stack if there is one,\n"
    "                    with --offset or --gather the gathers\n"
    "  --offset M        the offset class centred on M metres, for a section or map from the gathers;\n"
    "                    default: the first\n"
    "  --window T0,T1    two-way times of sections and gathers, seconds\n"
    "  --colour MAP      grey or rwb (red-white-blue); default grey\n"
    "  --tpow P          multiplies amplitudes by t^P, t = two-way time in seconds; default 0: as they are.\n"
    "                    Obliquity weights fall like 1/t^2: 2 brings up what is deep\n"
    "  --clip P          P percent of the amplitudes, after the gain, lie within the colours; default 99,\n"
    "                    folds 100\n"
    "  --out FILE.png    name of the picture; only where there is one\n"
    "  --help            this text\n";

enum { MAX_SECTIONS = 4 /* one of each kind */ };

typedef struct view_options {
    const char *cube, *dataset, *out;
    bool wants_inline, wants_crossline, wants_time, wants_gather, wants_window, wants_class;
    int32_t inline_number, crossline_number;
    double time_s, gather[2], window_s[2], class_centre_m, tpow, clip_percent;
    pstm_colour colour;
    bool help;
} view_options;

static pstm_status take(int option, const char *value, void *to)
{
    view_options *options = to;
    switch (option) {
    case 'i':
        options->wants_inline = true;
        return pstm_argument_integer("--inline", value, &options->inline_number);
    case 'x':
        options->wants_crossline = true;
        return pstm_argument_integer("--crossline", value, &options->crossline_number);
    case 't':
        options->wants_time = true;
        return pstm_argument_number("--time", value, &options->time_s);
    case 'g':
        options->wants_gather = true;
        return pstm_argument_pair("--gather", value, options->gather);
    case 'k':
        options->wants_class = true;
        return pstm_argument_number("--offset", value, &options->class_centre_m);
    case 'w':
        options->wants_window = true;
        return pstm_argument_pair("--window", value, options->window_s);
    case 'c':
        return pstm_colour_parse(value, &options->colour);
    case 'T':
        PSTM_TRY(pstm_argument_number("--tpow", value, &options->tpow));
        if (options->tpow >= 0 && options->tpow <= 10) return PSTM_OK;
        return pstm_fail(PSTM_USAGE, "--tpow wants a power from 0 to 10, not '%s'", value);
    case 'p':
        PSTM_TRY(pstm_argument_number("--clip", value, &options->clip_percent));
        if (options->clip_percent > 0 && options->clip_percent <= 100) return PSTM_OK;
        return pstm_fail(PSTM_USAGE, "--clip wants a percentage above 0 and up to 100, not '%s'", value);
    case 'd':
        options->dataset = value;
        return PSTM_OK;
    default:
        options->out = value;
        return PSTM_OK;
    }
}

static pstm_status read_options(int argc, char **argv, view_options *options)
{
    static const struct option known[] = {{"inline", required_argument, NULL, 'i'},
                                          {"crossline", required_argument, NULL, 'x'},
                                          {"time", required_argument, NULL, 't'},
                                          {"gather", required_argument, NULL, 'g'},
                                          {"offset", required_argument, NULL, 'k'},
                                          {"window", required_argument, NULL, 'w'},
                                          {"colour", required_argument, NULL, 'c'},
                                          {"clip", required_argument, NULL, 'p'},
                                          {"dataset", required_argument, NULL, 'd'},
                                          {"out", required_argument, NULL, 'o'},
                                          {"tpow", required_argument, NULL, 'T'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    pstm_arguments left;
    PSTM_TRY(pstm_arguments_read(argc, argv, known, take, options, &left));
    options->help = left.help;
    if (options->help) return PSTM_OK;
    if (left.n != 1) return pstm_fail(PSTM_USAGE, "one cube is wanted; try --help");
    options->cube = left.words[0];
    return PSTM_OK;
}

/* The index of a label on an axis. */
static pstm_status find_number(const char *what, double number, int32_t first, int32_t n, int32_t *index)
{
    if (number != floor(number) || number < first || number > (double)first + n - 1)
        return pstm_fail(PSTM_USAGE, "%s %.10g is not in the cube, which has %d to %d", what, number, first,
                         first + n - 1);
    *index = (int32_t)number - first;
    return PSTM_OK;
}

static pstm_status find_window(const pstm_cube_about *about, const view_options *options,
                               pstm_section *section)
{
    const pstm_grid *grid = &about->grid;
    section->k_begin = about->k_begin;
    section->k_end = about->k_end;
    if (!options->wants_window) return PSTM_OK;
    const double slack = 1e-6; /* of a sample: decimal times are rarely exact in binary */
    const double begin = ceil((options->window_s[0] - grid->time_first_s) / grid->time_step_s - slack);
    const double last = floor((options->window_s[1] - grid->time_first_s) / grid->time_step_s + slack);
    if (begin > section->k_begin) section->k_begin = (int32_t)fmin(begin, section->k_end);
    if (last < section->k_end - 1) section->k_end = (int32_t)fmax(last + 1, section->k_begin);
    if (section->k_begin < section->k_end) return PSTM_OK;
    return pstm_fail(PSTM_USAGE, "--window %g,%g holds no sample; the cube has %.6g to %.6g s",
                     options->window_s[0], options->window_s[1], pstm_grid_time_s(grid, about->k_begin),
                     pstm_grid_time_s(grid, about->k_end - 1));
}

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

/* What all sections share, and the middle of each axis. */
static pstm_status find_base(const pstm_open_cube *open, const view_options *options, pstm_section *base)
{
    const pstm_cube_about *about = open->about;
    const char *dataset = options->dataset ? options->dataset : options->wants_class ? "gather" : NULL;
    *base = (pstm_section){.i = about->grid.n_inline / 2, .j = about->grid.n_crossline / 2};
    PSTM_TRY(pstm_choose_data(open, dataset, &base->data));
    PSTM_TRY(find_window(about, options, base));
    base->k = (base->k_begin + base->k_end) / 2;
    if (options->tpow != 0 && pstm_data_is_fold(base->data))
        return pstm_fail(PSTM_USAGE, "--tpow is for amplitudes; '%s' counts traces",
                         pstm_cube_data_name(base->data));
    return options->wants_class ? pstm_find_class(open, options->class_centre_m, &base->class_index)
                                : PSTM_OK;
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
    return find_number("inline", number, grid->first_inline, grid->n_inline, &section->i);
}

static pstm_status find_crossline(const pstm_grid *grid, double number, pstm_section *section)
{
    return find_number("crossline", number, grid->first_crossline, grid->n_crossline, &section->j);
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

static pstm_status find_sections(const pstm_open_cube *open, const view_options *options, section_list *list)
{
    const pstm_grid *grid = &open->about->grid;
    pstm_section base;
    PSTM_TRY(find_base(open, options, &base));
    if (options->wants_inline)
        PSTM_TRY(find_inline(grid, options->inline_number, add_section(list, &base, PSTM_SECTION_INLINE)));
    if (options->wants_crossline)
        PSTM_TRY(find_crossline(grid, options->crossline_number,
                                add_section(list, &base, PSTM_SECTION_CROSSLINE)));
    if (options->wants_time) PSTM_TRY(add_map(open->about, options->time_s, &base, list));
    if (options->wants_gather) PSTM_TRY(add_gather(open, options->gather, &base, list));
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
        name->bytes[kept++] = c == ' ' ? '_' : c;
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

/* Which cube, what made it, and what was done to its amplitudes. */
static pstm_status describe_source(const pstm_open_cube *open, const view_options *options, pstm_text *text)
{
    const char *numerics_id = open->about->numerics_id;
    PSTM_TRY(pstm_text_add(text, "%s%s%s", file_name(open->path), *numerics_id ? ", " : "", numerics_id));
    if (options->tpow == 0) return PSTM_OK;
    return pstm_text_add(text, ", amplitudes times t^%.4g (t in s)", options->tpow);
}

static pstm_status draw_section(const pstm_open_cube *open, const view_options *options,
                                const pstm_section *section)
{
    pstm_status status = PSTM_OK;
    pstm_section_values values = {0};
    pstm_text title = {0}, subtitle = {0}, name = {0};
    PSTM_GO(pstm_section_read(open, section, &values));
    if (options->tpow != 0) pstm_section_gain(open, section, options->tpow, &values);
    PSTM_GO(pstm_section_describe(open, section, &title));
    PSTM_GO(describe_source(open, options, &subtitle));
    PSTM_GO(options->out ? pstm_text_add(&name, "%s", options->out) : name_picture(open, section, &name));
    pstm_picture picture = pstm_section_picture(section, &values);
    picture.title = title.bytes;
    picture.subtitle = subtitle.bytes;
    picture.colour = options->colour;
    if (options->clip_percent > 0) picture.clip_percent = options->clip_percent;
    PSTM_GO(pstm_picture_write(&picture, name.bytes, NULL));
    printf("%s\n", name.bytes);
cleanup:
    pstm_section_free(&values);
    pstm_text_clear(&title);
    pstm_text_clear(&subtitle);
    pstm_text_clear(&name);
    return status;
}

static pstm_status view(const view_options *options)
{
    pstm_status status = PSTM_OK;
    pstm_open_cube open = {0};
    section_list list = {0};
    PSTM_GO(pstm_open_cube_at(options->cube, &open));
    PSTM_GO(pstm_check_migrated(&open));
    PSTM_GO(find_sections(&open, options, &list));
    if (options->out && list.n > 1)
        PSTM_GO(pstm_fail(PSTM_USAGE,
                          "--out names one picture, but %d would be drawn; choose one with --inline, "
                          "--crossline, --time or --gather",
                          list.n));
    for (int i = 0; i < list.n; i++)
        PSTM_GO(draw_section(&open, options, &list.sections[i]));
cleanup:
    pstm_close_cube(&open);
    return status;
}

int pstm_command_view(int argc, char **argv)
{
    view_options options = {0};
    pstm_status status = read_options(argc, argv, &options);
    if (status == PSTM_OK && options.help) {
        fputs(usage, stdout);
        return PSTM_OK;
    }
    if (status == PSTM_OK) status = view(&options);
    return status == PSTM_OK ? PSTM_OK : pstm_command_failed("view", status);
}
