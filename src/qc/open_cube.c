#include "qc/open_cube.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/place.h"
#include "core/text.h"
#include "io/digest.h"

pstm_status pstm_open_cube_at(const char *path, pstm_open_cube *open)
{
    pstm_status status = PSTM_OK;
    pstm_text journal_path = {0};
    memset(open, 0, sizeof *open);
    open->path = path;
    PSTM_GO(pstm_cube_open_read(path, &open->cube));
    open->about = pstm_cube_get_about(open->cube);
    PSTM_GO(pstm_journal_path(path, &journal_path));
    const pstm_journal_about about = pstm_cube_journal_about(open->about);
    PSTM_GO(pstm_place_is_taken(journal_path.bytes, &open->has_journal));
    PSTM_GO(pstm_journal_open_read(journal_path.bytes, &about, &open->journal));
cleanup:
    pstm_text_clear(&journal_path);
    return status;
}

void pstm_close_cube(pstm_open_cube *open)
{
    pstm_journal_close(&open->journal);
    pstm_status ignored = pstm_cube_close(&open->cube); /* nothing was written that could be lost */
    (void)ignored;
    open->about = NULL;
}

/* Marks are those of the last run's end, so that a run that goes on leaves them behind its journal. */
static pstm_status marks_fit(const pstm_open_cube *open, bool *fit)
{
    const pstm_cube_state state = pstm_cube_get_state(open->cube);
    const int64_t n_done = pstm_journal_n_done(open->journal);
    const bool has_parts = pstm_journal_n_records(open->journal) > n_done;
    uint64_t checksum;
    char hex[PSTM_DIGEST_CHARS];
    PSTM_TRY(pstm_journal_checksum(open->journal, &checksum));
    pstm_digest_to_hex(checksum, hex);
    *fit = state.n_done < n_done ||
           (state.n_done == n_done && (n_done == 0 || has_parts || strcmp(state.checksum, hex) == 0));
    return PSTM_OK;
}

pstm_status pstm_warn_of_other_journal(const pstm_open_cube *open)
{
    bool fit;
    if (!open->has_journal) return PSTM_OK;
    if (pstm_cube_check_frame(open->cube, open->journal) != PSTM_OK) {
        pstm_warn("%s", pstm_error_text());
        return PSTM_OK;
    }
    PSTM_TRY(marks_fit(open, &fit));
    if (!fit)
        pstm_warn("%s: its marks are not what its journal holds: one of the two is of another run or backup; "
                  "`pstm status --verify` compares every value",
                  open->path);
    return PSTM_OK;
}

static bool is_marked_whole(const pstm_open_cube *open)
{
    const pstm_cube_state state = pstm_cube_get_state(open->cube);
    return state.n_done == state.n_columns;
}

pstm_status pstm_check_migrated(const pstm_open_cube *open)
{
    if (open->has_journal ? pstm_journal_n_records(open->journal) > 0 : is_marked_whole(open)) return PSTM_OK;
    if (open->has_journal)
        return pstm_fail(PSTM_DATA,
                         "%s: nothing is migrated yet, its journal has no records; `pstm run` of "
                         "its job goes on with it",
                         open->path);
    const pstm_cube_state state = pstm_cube_get_state(open->cube);
    return pstm_fail(PSTM_DATA,
                     "%s: there is no journal %s.journal beside it, and by itself the cube has %" PRId64
                     " of %" PRId64 " chunk columns migrated and does not say which; bring its journal",
                     open->path, open->path, state.n_done, state.n_columns);
}

bool pstm_cube_is_migrated(const pstm_open_cube *open, int32_t i, int32_t j)
{
    if (!open->has_journal) return is_marked_whole(open);
    return pstm_journal_has(open->journal, i, j);
}

void pstm_count_parts(const pstm_open_cube *open, int64_t *n_locations, int64_t *n_columns)
{
    const pstm_grid *grid = &open->about->grid;
    *n_columns = pstm_journal_n_records(open->journal) - pstm_journal_n_done(open->journal);
    *n_locations = 0;
    if (*n_columns == 0) return;
    for (int32_t i = 0; i < grid->n_inline; i++)
        for (int32_t j = 0; j < grid->n_crossline; j++)
            *n_locations += pstm_journal_has(open->journal, i, j) &&
                            !pstm_journal_is_done(open->journal, i / PSTM_CUBE_CHUNK, j / PSTM_CUBE_CHUNK);
}

double pstm_migrated_share(const pstm_open_cube *open)
{
    int64_t n_locations, n_columns;
    pstm_count_parts(open, &n_locations, &n_columns);
    const double of_column = PSTM_CUBE_CHUNK * PSTM_CUBE_CHUNK;
    return ((double)pstm_journal_n_done(open->journal) + (double)n_locations / of_column) /
           (double)pstm_journal_n_columns(open->journal);
}

pstm_status pstm_choose_data(const pstm_open_cube *open, const char *name, pstm_cube_data *data)
{
    pstm_text names = {0};
    for (int i = 0; i < PSTM_CUBE_N_DATA; i++) {
        const pstm_cube_data candidate = (pstm_cube_data)i;
        if (!pstm_cube_has(open->cube, candidate)) continue;
        if (name && strcmp(name, pstm_cube_data_name(candidate)) == 0) {
            *data = candidate;
            pstm_text_clear(&names);
            return PSTM_OK;
        }
        PSTM_TRY(pstm_text_add(&names, "%s%s", names.length ? ", " : "", pstm_cube_data_name(candidate)));
    }
    pstm_status status = PSTM_OK;
    if (name)
        status =
            pstm_fail(PSTM_USAGE, "%s: there is no dataset '%s'; it has %s", open->path, name, names.bytes);
    else
        *data = pstm_cube_has(open->cube, PSTM_CUBE_STACK)    ? PSTM_CUBE_STACK
                : pstm_cube_has(open->cube, PSTM_CUBE_GATHER) ? PSTM_CUBE_GATHER
                                                              : PSTM_CUBE_FOLD;
    pstm_text_clear(&names);
    return status;
}

/* ---- classes ---- */

/* How far a centre is from what `wish` says; NaN where it does not say that at all. */
static double distance(pstm_class_centre centre, pstm_class_centre wish)
{
    double sum = 0;
    for (int k = 0; k < PSTM_CLASS_COORDINATES; k++) {
        const double value = pstm_class_centre_value(wish, k);
        if (!isnan(value)) sum += fabs(pstm_class_centre_value(centre, k) - value);
    }
    return sum;
}

/* n_found classes have what `wish` says, which is not one. */
static pstm_status refuse_class(const pstm_open_cube *open, pstm_class_centre wish, int32_t n_found,
                                int32_t nearest)
{
    const pstm_class_centre near = open->about->centres[nearest];
    const pstm_class_name wished = pstm_class_centre_name(wish), name = pstm_class_centre_name(near);
    if (n_found > 1)
        return pstm_fail(PSTM_USAGE,
                         "%s: %d classes are centred on %s, one of them on %s; say more of its centre",
                         open->path, n_found, wished.text, name.text);
    return pstm_fail(PSTM_USAGE, "%s: no class is centred on %s; the %s of %d is centred on %s", open->path,
                     wished.text, isnan(distance(near, wish)) ? "first" : "nearest", open->about->n_classes,
                     name.text);
}

pstm_status pstm_find_class(const pstm_open_cube *open, pstm_class_centre wish, int32_t *class_index)
{
    const double slack = 1e-6; /* metres and degrees */
    const pstm_cube_about *about = open->about;
    int32_t nearest = 0, n_found = 0;
    for (int32_t c = 0; c < about->n_classes; c++) {
        if (distance(about->centres[c], wish) < distance(about->centres[nearest], wish)) nearest = c;
        n_found += distance(about->centres[c], wish) <= slack;
    }
    if (n_found != 1) return refuse_class(open, wish, n_found, nearest);
    *class_index = nearest;
    return PSTM_OK;
}

/* ---- parts ---- */

pstm_status pstm_find_number(const char *what, double number, int32_t first, int32_t n, int32_t *index)
{
    if (number != floor(number) || number < first || number > (double)first + n - 1)
        return pstm_fail(PSTM_USAGE, "%s %.10g is not in the cube, which has %d to %d", what, number, first,
                         first + n - 1);
    *index = (int32_t)number - first;
    return PSTM_OK;
}

pstm_status pstm_find_window(const pstm_open_cube *open, const double window_s[2], int32_t *k_begin,
                             int32_t *k_end)
{
    const pstm_cube_about *about = open->about;
    const pstm_grid *grid = &about->grid;
    *k_begin = about->k_begin;
    *k_end = about->k_end;
    if (isnan(window_s[0])) return PSTM_OK;
    const double slack = 1e-6; /* of a sample: decimal times are rarely exact in binary */
    const double begin = ceil((window_s[0] - grid->time_first_s) / grid->time_step_s - slack);
    const double last = floor((window_s[1] - grid->time_first_s) / grid->time_step_s + slack);
    if (begin > *k_begin) *k_begin = (int32_t)fmin(begin, *k_end);
    if (last < *k_end - 1) *k_end = (int32_t)fmax(last + 1, *k_begin);
    if (*k_begin < *k_end) return PSTM_OK;
    return pstm_fail(PSTM_USAGE, "--window %g,%g holds no sample; the cube has %.6g to %.6g s", window_s[0],
                     window_s[1], pstm_grid_time_s(grid, about->k_begin),
                     pstm_grid_time_s(grid, about->k_end - 1));
}

/* ---- tiles ---- */

/* An integer of the job that the cube was made by; 0 if it is not there. */
static int32_t job_integer(const pstm_cube_about *about, const char *key)
{
    const size_t length = strlen(key);
    for (const char *line = about->job_text; line != NULL && *line != '\0';) {
        if (strncmp(line, key, length) == 0 && line[length] == ':')
            return (int32_t)strtol(line + length + 1, NULL, 10);
        line = strchr(line, '\n');
        if (line != NULL) line++;
    }
    return 0;
}

pstm_status pstm_find_tiling(const pstm_open_cube *open, pstm_tiling *tiling)
{
    const pstm_status status = pstm_tiling_make(&open->about->grid, job_integer(open->about, "tile.inline"),
                                                job_integer(open->about, "tile.crossline"), tiling);
    if (status == PSTM_OK) return PSTM_OK;
    return pstm_fail(PSTM_DATA, "%s: the job in the cube is damaged: %s", open->path, pstm_error_text());
}

bool pstm_tile_is_migrated(const pstm_open_cube *open, const pstm_tile *tile)
{
    const pstm_cube_area area = {tile->i_begin, tile->i_end, tile->j_begin, tile->j_end};
    return pstm_cube_area_is_done(open->journal, &area);
}
