#include "qc/report.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/place.h"
#include "qc/report_flags.h"
#include "qc/report_html.h"
#include "qc/section_draw.h"

const char pstm_report_mark[] = "<!DOCTYPE html><!-- pstm report -->";

enum { MOST_BYTES = 1 << 28, MOST_DROPPED_LINES = 12 };

/* ---- which cube -------------------------------------------------------------------------------------- */

static bool ends_in(const char *name, const char *ending)
{
    const size_t n = strlen(name), m = strlen(ending);
    return n >= m && strcmp(name + n - m, ending) == 0;
}

/* Adds the name of the only cube of a folder. */
static pstm_status find_in_folder(const char *folder, pstm_text *cube)
{
    DIR *open = opendir(folder);
    int n = 0;
    pstm_status status = PSTM_OK;
    if (open == NULL) return pstm_fail_errno(PSTM_USAGE, "%s cannot be looked at", folder);
    for (const struct dirent *entry; status == PSTM_OK && (entry = readdir(open)) != NULL;) {
        if (!ends_in(entry->d_name, ".h5") || ends_in(entry->d_name, PSTM_STORE_ENDING)) continue;
        if (n++ == 0) status = pstm_text_add(cube, "%s/%s", folder, entry->d_name);
    }
    closedir(open);
    PSTM_TRY(status);
    if (n == 1) return PSTM_OK;
    return pstm_fail(PSTM_USAGE, "%s has %s; name the cube of the run", folder,
                     n == 0 ? "no cube (.h5)" : "several cubes");
}

static pstm_status find_cube(const char *path, pstm_text *cube)
{
    struct stat about;
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode)) return find_in_folder(path, cube);
    return pstm_text_add(cube, "%s", path);
}

/* ---- facts ------------------------------------------------------------------------------------------- */

static int count_lines(const char *text)
{
    int n = 0;
    for (; text != NULL && *text != '\0'; text++)
        n += *text == '\n';
    return n;
}

/* The part of the middle section of the fold that is 0; 0 where there is no fold. */
static pstm_status find_bare(const pstm_open_cube *open, double *share)
{
    const pstm_cube_about *about = open->about;
    pstm_section_values values = {0};
    const pstm_section section = {.kind = about->grid.n_crossline > 1 ? PSTM_SECTION_INLINE
                                                                      : PSTM_SECTION_CROSSLINE,
                                  .data = PSTM_CUBE_FOLD,
                                  .i = about->grid.n_inline / 2,
                                  .j = about->grid.n_crossline / 2,
                                  .k_begin = about->k_begin,
                                  .k_end = about->k_end};
    int64_t n = 0, n_bare = 0;
    *share = 0;
    if (!pstm_cube_has(open->cube, PSTM_CUBE_FOLD)) return PSTM_OK;
    PSTM_TRY(pstm_section_read(open, &section, &values));
    for (int64_t v = 0; v < values.n_columns * values.n_rows; v++) {
        n += !isnan(values.values[v]);
        n_bare += values.values[v] == 0;
    }
    pstm_section_free(&values);
    if (n > 0) *share = (double)n_bare / (double)n;
    return PSTM_OK;
}

static pstm_status read_dropped(const char *cube, pstm_text *dropped)
{
    pstm_text path = {0};
    bool taken = false;
    pstm_status status = pstm_text_add(&path, "%s%s", cube, PSTM_DROPPED_ENDING);
    if (status == PSTM_OK) status = pstm_place_is_taken(path.bytes, &taken);
    if (status == PSTM_OK && taken) status = pstm_text_read_file(dropped, path.bytes, MOST_BYTES);
    pstm_text_clear(&path);
    return status;
}

static pstm_status find_facts(const pstm_open_cube *open, const pstm_text *dropped, pstm_report_facts *f)
{
    *f = (pstm_report_facts){.share_done = 1};
    if (open->has_journal) f->share_done = pstm_migrated_share(open);
    f->n_doubts = count_lines(open->about->doubts);
    f->n_dropped = fmax(count_lines(dropped->bytes) - 1, 0); /* the first line says what the others are */
    snprintf(f->kernel, sizeof f->kernel, "%s", open->about->numerics_id);
    PSTM_TRY(find_bare(open, &f->bare_share));
    return pstm_report_facts_read(open->path, f);
}

/* ---- pictures ---------------------------------------------------------------------------------------- */

static pstm_status add_picture(const pstm_open_cube *open, const pstm_section *section, const char *file,
                               pstm_text *html)
{
    pstm_text png = {0}, title = {0};
    pstm_status status;
    PSTM_GO(pstm_section_describe(open, section, &title));
    PSTM_GO(pstm_section_draw(open, section, &PSTM_SECTION_STYLE, file));
    PSTM_GO(pstm_text_read_file(&png, file, MOST_BYTES));
    PSTM_GO(pstm_html_add_picture(title.bytes, png.bytes, png.length, html));
cleanup:
    pstm_text_clear(&png);
    pstm_text_clear(&title);
    return status;
}

/* The middle sections of the stack, or of the first class, their fold and the gather in the middle. */
static int list_sections(const pstm_open_cube *open, pstm_section *sections)
{
    const pstm_cube_about *about = open->about;
    const pstm_grid *g = &about->grid;
    const bool has_stack = pstm_cube_has(open->cube, PSTM_CUBE_STACK);
    const pstm_section base = {.data = has_stack ? PSTM_CUBE_STACK : PSTM_CUBE_GATHER,
                               .i = g->n_inline / 2,
                               .j = g->n_crossline / 2,
                               .k = (about->k_begin + about->k_end) / 2,
                               .k_begin = about->k_begin,
                               .k_end = about->k_end};
    const pstm_section_kind kinds[] = {PSTM_SECTION_INLINE, PSTM_SECTION_CROSSLINE, PSTM_SECTION_TIME};
    const bool wanted[] = {g->n_crossline > 1 || g->n_inline == 1, g->n_inline > 1,
                           g->n_inline > 1 && g->n_crossline > 1};
    int n = 0;
    for (int k = 0; k < 3; k++) {
        if (!wanted[k]) continue;
        sections[n] = base;
        sections[n++].kind = kinds[k];
    }
    if (pstm_cube_has(open->cube, PSTM_CUBE_FOLD)) {
        sections[n] = sections[n - 1];
        sections[n++].data = PSTM_CUBE_FOLD;
    }
    if (pstm_cube_has(open->cube, PSTM_CUBE_GATHER) && about->n_classes > 1) {
        sections[n] = base;
        sections[n].kind = PSTM_SECTION_GATHER;
        sections[n++].data = PSTM_CUBE_GATHER;
    }
    return n;
}

/* By a file in a folder of its own, which goes again. */
static pstm_status add_pictures(const pstm_open_cube *open, pstm_text *html)
{
    pstm_section sections[8];
    char folder[4096];
    pstm_text file = {0};
    const char *place = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/pstm-report.XXXXXX", place != NULL ? place : "/tmp");
    if (mkdtemp(folder) == NULL)
        return pstm_fail_errno(PSTM_SYSTEM, "%s: no folder for pictures can be made", folder);
    pstm_status status = pstm_text_add(&file, "%s/picture.png", folder);
    const int n = list_sections(open, sections);
    for (int s = 0; s < n && status == PSTM_OK; s++)
        status = add_picture(open, &sections[s], file.bytes, html);
    if (file.bytes != NULL) unlink(file.bytes);
    rmdir(folder);
    pstm_text_clear(&file);
    return status;
}

/* ---- the page ---------------------------------------------------------------------------------------- */

static pstm_status add_flags(const pstm_report_facts *facts, pstm_text *html)
{
    const uint64_t raised = pstm_report_flags_raise(facts);
    PSTM_TRY(pstm_text_add(html, "<h2>Flags</h2>\n"));
    if (raised == 0)
        PSTM_TRY(pstm_text_add(html, "<p class=\"good\">None: nothing of this run calls for a look.</p>\n"));
    for (int f = 0; f < PSTM_REPORT_FLAGS; f++) {
        if ((raised >> f & 1) == 0) continue;
        PSTM_TRY(pstm_text_add(html, "<div class=\"flag\" data-flag=\"%s\"><b>",
                               pstm_report_flag_word((pstm_report_flag)f)));
        PSTM_TRY(pstm_html_add_words(pstm_report_flag_title((pstm_report_flag)f), html));
        PSTM_TRY(pstm_text_add(html, "</b><br>"));
        PSTM_TRY(pstm_html_add_words(pstm_report_flag_advice((pstm_report_flag)f), html));
        PSTM_TRY(pstm_text_add(html, "</div>\n"));
    }
    return PSTM_OK;
}

static pstm_status add_overview(const pstm_open_cube *open, const pstm_report_facts *f, pstm_text *html)
{
    const pstm_cube_about *about = open->about;
    const pstm_grid *g = &about->grid;
    PSTM_TRY(pstm_text_add(html, "<h2>The image</h2>\n<table>\n"));
    PSTM_TRY(pstm_html_add_row("migrated", html, "%.1f %% of the grid", 100 * f->share_done));
    PSTM_TRY(pstm_html_add_row("grid", html, "%d inlines of %g m x %d crosslines of %g m, azimuth %g degrees",
                               g->n_inline, g->step_inline_m, g->n_crossline, g->step_crossline_m,
                               g->azimuth_deg));
    PSTM_TRY(pstm_html_add_row("time", html, "%g to %g s, every %g ms", pstm_grid_time_s(g, about->k_begin),
                               pstm_grid_time_s(g, about->k_end - 1), 1e3 * g->time_step_s));
    PSTM_TRY(pstm_html_add_row("classes", html, "%d", about->n_classes));
    PSTM_TRY(pstm_html_add_row("amplitudes", html, "%s",
                               *about->amplitude != '\0' ? about->amplitude : "not said"));
    PSTM_TRY(pstm_html_add_row("made by", html, "pstm %s, commit %s, on %s (%s)", about->version,
                               about->commit, about->devices, about->numerics_id));
    if (f->has_profile) {
        PSTM_TRY(
            pstm_html_add_row("traces", html, "%.0f migrated, %.0f left out", f->n_traces, f->n_dropped));
        PSTM_TRY(pstm_html_add_row("last run", html,
                                   "%.1f s; workers waited %.0f %% of it; writing took %.0f %%", f->wall_s,
                                   100 * f->wait_share, 100 * f->write_share));
    }
    return pstm_text_add(html, "</table>\n");
}

/* A text in a box, of which no more than some lines are shown; nothing of an empty one. */
static pstm_status add_text(const char *title, const char *text, int most, pstm_text *html)
{
    int n = 0;
    const char *end = text;
    if (text == NULL || *text == '\0') return PSTM_OK;
    for (; *end != '\0' && n < most; end++)
        n += *end == '\n';
    pstm_text part = {0};
    pstm_status status;
    PSTM_GO(pstm_text_add(&part, "%.*s%s", (int)(end - text), text, *end != '\0' ? "...\n" : ""));
    PSTM_GO(pstm_text_add(html, "<h2>%s</h2>\n<pre>", title));
    PSTM_GO(pstm_html_add_words(part.bytes, html));
    PSTM_GO(pstm_text_add(html, "</pre>\n"));
cleanup:
    pstm_text_clear(&part);
    return status;
}

static pstm_status add_page(const pstm_open_cube *open, pstm_text *html)
{
    pstm_report_facts facts;
    pstm_text dropped = {0};
    pstm_status status;
    PSTM_GO(read_dropped(open->path, &dropped));
    PSTM_GO(find_facts(open, &dropped, &facts));
    PSTM_GO(pstm_html_begin(pstm_report_mark, open->path, html));
    PSTM_GO(add_flags(&facts, html));
    PSTM_GO(add_overview(open, &facts, html));
    PSTM_GO(pstm_text_add(html, "<h2>Pictures</h2>\n"));
    PSTM_GO(add_pictures(open, html));
    PSTM_GO(pstm_html_add_profile(open->path, html));
    PSTM_GO(add_text("Doubts of the inputs", open->about->doubts, 1000, html));
    PSTM_GO(add_text("Traces that were left out", facts.n_dropped > 0 ? dropped.bytes : NULL,
                     MOST_DROPPED_LINES, html));
    PSTM_GO(add_text("The job", open->about->job_text, 1000, html));
    PSTM_GO(pstm_text_add(html, "</body></html>\n"));
cleanup:
    pstm_text_clear(&dropped);
    return status;
}

pstm_status pstm_report_make(const char *path, pstm_text *cube, pstm_text *html)
{
    pstm_open_cube open = {0};
    pstm_status status;
    PSTM_GO(find_cube(path, cube));
    PSTM_GO(pstm_open_cube_at(cube->bytes, &open));
    PSTM_GO(pstm_check_migrated(&open));
    PSTM_GO(add_page(&open, html));
cleanup:
    pstm_close_cube(&open);
    return status;
}
