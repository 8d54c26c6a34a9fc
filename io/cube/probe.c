/* Looking at a cube before a run goes on with it: is it of this image, and is its journal its own? */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/place.h"
#include "io/cube/axes.h"
#include "io/cube/private.h"
#include "io/digest.h"

/* ---- Differences ---- */

static pstm_status add_window(const pstm_cube_about *found, const char *found_where,
                              const pstm_cube_about *wanted, const char *wanted_where, pstm_text *text)
{
    if (found->k_begin == wanted->k_begin && found->k_end == wanted->k_end) return PSTM_OK;
    return pstm_text_add(text, "time window: samples %d to %d in %s, %d to %d in %s\n", found->k_begin,
                         found->k_end - 1, found_where, wanted->k_begin, wanted->k_end - 1, wanted_where);
}

static const char *text_or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

static pstm_status add_bins(const pstm_cube_about *found, const char *found_where,
                            const pstm_cube_about *wanted, const char *wanted_where, pstm_text *text)
{
    const char *a = text_or_empty(found->bins), *b = text_or_empty(wanted->bins);
    if (*a == '\0' || *b == '\0' || strcmp(a, b) == 0) return PSTM_OK;
    return pstm_text_add(text, "bins: %s in %s, %s in %s\n", a, found_where, b, wanted_where);
}

/* What a key text should tell; should it not, the bytes would go astray. */
static pstm_status add_shape(const pstm_cube_about *found, const char *found_where,
                             const pstm_cube_about *wanted, const char *wanted_where, pstm_text *text)
{
    const pstm_grid *a = &found->grid, *b = &wanted->grid;
    if (a->n_inline == b->n_inline && a->n_crossline == b->n_crossline && a->n_times == b->n_times &&
        found->n_classes == wanted->n_classes)
        return add_bins(found, found_where, wanted, wanted_where, text);
    return pstm_text_add(text,
                         "shape (inlines, crosslines, classes, times): %d x %d x %d x %d in %s, "
                         "%d x %d x %d x %d in %s\n",
                         a->n_inline, a->n_crossline, found->n_classes, a->n_times, found_where, b->n_inline,
                         b->n_crossline, wanted->n_classes, b->n_times, wanted_where);
}

static bool is_same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static pstm_status add_centres(const pstm_cube_about *found, const char *found_where,
                               const pstm_cube_about *wanted, const char *wanted_where, pstm_text *text)
{
    const bool is_older = text_or_empty(found->bins)[0] == '\0' || text_or_empty(wanted->bins)[0] == '\0';
    if (is_older || found->centres == NULL || wanted->centres == NULL) return PSTM_OK;
    for (int32_t c = 0; c < found->n_classes; c++)
        for (int k = 0; k < PSTM_CLASS_COORDINATES; k++) {
            const double a = pstm_class_centre_value(found->centres[c], k),
                         b = pstm_class_centre_value(wanted->centres[c], k);
            if (!is_same_number(a, b))
                return pstm_text_add(text, "/%s of class %d: %.17g in %s, %.17g in %s\n",
                                     pstm_class_coordinates[k].word, c, a, found_where, b, wanted_where);
        }
    return PSTM_OK;
}

/* What a key text tells too; where it says the same, another program has changed the attributes. */
static pstm_status add_attributes(const pstm_cube_about *found, const char *found_where,
                                  const pstm_cube_about *wanted, const char *wanted_where, pstm_text *text)
{
#define ADD_DOUBLE(member, name)                                                                             \
    if (!is_same_number(found->member, wanted->member))                                                      \
        PSTM_TRY(pstm_text_add(text, "%s: %.17g in %s, %.17g in %s\n", name, found->member, found_where,     \
                               wanted->member, wanted_where));
#define ADD_INTEGER(member, name)                                                                            \
    if (found->member != wanted->member)                                                                     \
        PSTM_TRY(pstm_text_add(text, "%s: %d in %s, %d in %s\n", name, found->member, found_where,           \
                               wanted->member, wanted_where));
    PSTM_CUBE_DOUBLES(ADD_DOUBLE)
    PSTM_CUBE_INTEGERS(ADD_INTEGER)
    const char *a = text_or_empty(found->image_key), *b = text_or_empty(wanted->image_key);
    if (strcmp(a, b) != 0)
        PSTM_TRY(pstm_text_add(text, "image_key: %s in %s, %s in %s\n", a, found_where, b, wanted_where));
    return add_centres(found, found_where, wanted, wanted_where, text);
}

/* Where nothing else differs: other keys condition the traces otherwise. */
static pstm_status add_samples(const pstm_cube_about *found, const char *found_where,
                               const pstm_cube_about *wanted, const char *wanted_where, pstm_text *text)
{
    const char *a = text_or_empty(found->samples_digest), *b = text_or_empty(wanted->samples_digest);
    if (*a == '\0' || *b == '\0' || strcmp(a, b) == 0) return PSTM_OK;
    return pstm_text_add(text,
                         "samples of the input: digest %s in %s, %s in %s; its headers are the same, the "
                         "conditioned samples are not\n",
                         a, found_where, b, wanted_where);
}

pstm_status pstm_cube_difference(const pstm_cube_about *found, const char *found_where,
                                 const pstm_cube_about *wanted, const char *wanted_where, pstm_text *text)
{
    const int64_t start = text->length;
    PSTM_TRY(pstm_digest_difference(text_or_empty(found->image_key_text), found_where,
                                    text_or_empty(wanted->image_key_text), wanted_where, text));
    for (int d = 0; d < PSTM_CUBE_N_DATA; d++) {
        const bool has = pstm_cube_about_has(found, (pstm_cube_data)d);
        if (has != pstm_cube_about_has(wanted, (pstm_cube_data)d))
            PSTM_TRY(pstm_text_add(text, "/%s: %s in %s, %s in %s\n", pstm_cube_data_name((pstm_cube_data)d),
                                   has ? "on" : "off", found_where, has ? "off" : "on", wanted_where));
    }
    PSTM_TRY(add_window(found, found_where, wanted, wanted_where, text));
    if (text->length == start) PSTM_TRY(add_shape(found, found_where, wanted, wanted_where, text));
    if (text->length == start) PSTM_TRY(add_attributes(found, found_where, wanted, wanted_where, text));
    if (text->length == start) PSTM_TRY(add_samples(found, found_where, wanted, wanted_where, text));
    const char *numerics = text_or_empty(found->numerics_id), *other = text_or_empty(wanted->numerics_id);
    if (text->length == start && strcmp(numerics, other) != 0)
        PSTM_TRY(pstm_text_add(text, "numerics: %s in %s, %s in %s\n", numerics, found_where, other,
                               wanted_where));
    return PSTM_OK;
}

/* differences: lines that each end with a newline. */
static pstm_status refuse_other_image(const char *path, const pstm_text *differences)
{
    return pstm_fail(
        PSTM_USAGE,
        "%s holds another image than this job asks for; give another `output.file`, or start anew "
        "with --overwrite:\n%.*s",
        path, (int)differences->length - 1, differences->bytes);
}

/* ---- The cube of a job ---- */

/* Its axes are those of the job. */
static pstm_status check_axes(const pstm_cube *cube, const pstm_cube_about *wanted)
{
    const pstm_status status = pstm_cube_check_axes(cube->file, wanted, cube->about.bins[0] != '\0');
    if (status == PSTM_OK) return PSTM_OK;
    return pstm_fail(status,
                     "%s: %s; another program has changed it: bring cube and journal back from a backup, or "
                     "start anew with --overwrite",
                     cube->path, pstm_error_text());
}

pstm_status pstm_cube_probe(const char *path, const pstm_cube_about *wanted, pstm_cube_found *found)
{
    *found = (pstm_cube_found){0};
    bool taken;
    PSTM_TRY(pstm_place_is_taken(path, &taken));
    if (!taken) return PSTM_OK;
    pstm_cube *cube = NULL;
    pstm_text text = {0};
    pstm_status status = pstm_cube_open_read(path, &cube);
    if (status != PSTM_OK)
        return pstm_while(status, "`output.file` is there already and is left alone; name another one");
    PSTM_GO(pstm_cube_difference(&cube->about, "the cube", wanted, "the job", &text));
    if (text.length > 0) PSTM_GO(refuse_other_image(path, &text));
    PSTM_GO(check_axes(cube, wanted));
    found->is_there = true;
    snprintf(found->samples_digest, sizeof found->samples_digest, "%s",
             text_or_empty(cube->about.samples_digest));
cleanup:
    pstm_text_clear(&text);
    const pstm_status closed = pstm_cube_close(&cube);
    return status != PSTM_OK ? status : closed;
}

pstm_status pstm_cube_check_samples(const char *path, const pstm_cube_found *found,
                                    const pstm_cube_about *wanted)
{
    const pstm_cube_about about = {.samples_digest = found->samples_digest};
    pstm_text text = {0};
    pstm_status status;
    PSTM_GO(add_samples(&about, "the cube", wanted, "the job", &text));
    if (text.length > 0) status = refuse_other_image(path, &text);
cleanup:
    pstm_text_clear(&text);
    return status;
}

/* ---- Its journal ---- */

pstm_status pstm_cube_check_frame(const pstm_cube *cube, const pstm_journal *journal)
{
    uint64_t written, now;
    if (!pstm_journal_frame(journal, &written)) return PSTM_OK;
    PSTM_TRY(pstm_cube_frame(cube, &now));
    if (now == written) return PSTM_OK;
    return pstm_fail(
        PSTM_DATA,
        "%s: its axes or attributes are not those that its journal knows: one of the two is from "
        "another run or was changed; bring both back from one backup, or start anew with "
        "--overwrite",
        cube->path);
}

/* Whether pstm_cube_finish() has left the marks for just what the journal holds. */
static pstm_status compare_marks(const pstm_cube *cube, const pstm_journal *journal, bool *same)
{
    uint64_t checksum;
    char hex[PSTM_DIGEST_CHARS];
    PSTM_TRY(pstm_journal_checksum(journal, &checksum));
    pstm_digest_to_hex(checksum, hex);
    *same = cube->state.n_done == pstm_journal_n_done(journal) && strcmp(cube->state.checksum, hex) == 0;
    return PSTM_OK;
}

pstm_status pstm_cube_check_journal(const char *path, const pstm_journal *journal, pstm_cube_found *found)
{
    pstm_cube *cube = NULL;
    bool same;
    PSTM_TRY(pstm_cube_open_read(path, &cube));
    pstm_status status = pstm_cube_check_frame(cube, journal);
    if (status == PSTM_OK) status = compare_marks(cube, journal, &same);
    if (status == PSTM_OK) {
        found->n_marked = cube->state.n_done;
        found->is_marked = same;
    }
    const pstm_status closed = pstm_cube_close(&cube);
    return status != PSTM_OK ? status : closed;
}
