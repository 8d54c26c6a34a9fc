#include "qc/merge.h"

#include <inttypes.h>
#include <string.h>

#include "core/memory.h"
#include "core/place.h"
#include "io/digest.h"
#include "qc/open_cube.h"

/* Copied chunk columns are synced, then journalled, in pieces of this size. */
static const int64_t SYNC_BYTES = (int64_t)256 << 20;

/* A chunk column that an input holds. */
typedef struct column {
    int input; /* the first that holds it, counted from 1; 0: none */
    pstm_journal_record record;
} column;

typedef struct merge {
    const char *out;
    char **in;
    int n_in;
    FILE *report;
    pstm_open_cube first; /* the first input: what all must be parts of */
    int32_t n_inline, n_crossline;
    int64_t n_columns, column_bytes;
    column *columns; /* [n_columns] row-major */
    pstm_cube_area *areas;
    int64_t n_areas;
    pstm_cube *cube; /* OUT */
    pstm_journal *journal;
    pstm_journal_record *unsynced;
    int64_t n_unsynced, unsynced_capacity, n_copied;
} merge;

/* ---- what the inputs hold ---- */

static pstm_status refuse_other_image(const pstm_open_cube *there, const merge *m, const char *remedy)
{
    pstm_text text = {0};
    pstm_status status =
        pstm_cube_difference(there->about, there->path, m->first.about, m->first.path, &text);
    if (status == PSTM_OK && text.length > 0) {
        text.bytes[text.length - 1] = '\0'; /* the last newline */
        status = pstm_fail(PSTM_USAGE, "%s and %s are not parts of one image; %s:\n%s", there->path,
                           m->first.path, remedy, text.bytes);
    }
    pstm_text_clear(&text);
    return status;
}

static pstm_status refuse_other_bits(const column *known, const char *known_path, const char *path)
{
    return pstm_fail(PSTM_DATA,
                     "chunk column (%d, %d), inlines and crosslines from index %d and %d: its digests differ "
                     "in %s and %s, though both say that they are the same image; see which is damaged "
                     "with `pstm status --verify`",
                     known->record.column_inline, known->record.column_crossline,
                     known->record.column_inline * PSTM_CUBE_CHUNK,
                     known->record.column_crossline * PSTM_CUBE_CHUNK, known_path, path);
}

static bool same_digests(const pstm_journal_record *a, const pstm_journal_record *b)
{
    return memcmp(a->digest, b->digest, sizeof a->digest) == 0;
}

static bool same_locations(const pstm_journal_record *a, const pstm_journal_record *b)
{
    return memcmp(a->missing, b->missing, sizeof a->missing) == 0;
}

/* Whole against a part. Two that have the same locations are compared by their digests; others when one is
 * copied to the other. */
static bool has_more(const pstm_journal_record *a, const pstm_journal_record *b)
{
    return pstm_record_is_whole(a) && !pstm_record_is_whole(b);
}

/* input -1: the cube that is made, which is no source but must agree. */
static pstm_status note_columns(merge *m, int input, const char *path, const pstm_journal *journal)
{
    for (int64_t n = 0; n < m->n_columns; n++) {
        const pstm_journal_record *record = pstm_journal_get(journal, n / m->n_crossline, n % m->n_crossline);
        column *known = &m->columns[n];
        if (record == NULL) continue;
        if (known->input == 0 || has_more(record, &known->record))
            *known = (column){.input = input + 1, .record = *record};
        else if (same_locations(&known->record, record) && !same_digests(&known->record, record))
            return refuse_other_bits(known, m->in[known->input - 1], path);
    }
    return PSTM_OK;
}

static pstm_status look_at(merge *m, int input, const pstm_open_cube *open)
{
    if (!open->has_journal)
        return pstm_fail(PSTM_DATA, "%s: it has no journal beside it, so nothing says what it holds",
                         open->path);
    PSTM_TRY(refuse_other_image(open, m, "a merge takes shards of one job"));
    PSTM_TRY(pstm_cube_check_frame(open->cube, open->journal));
    PSTM_TRY(note_columns(m, input, open->path, open->journal));
    int64_t n_locations, n_columns;
    pstm_count_parts(open, &n_locations, &n_columns);
    fprintf(m->report, "%s: %" PRId64 " chunk columns\n", open->path, pstm_journal_n_done(open->journal));
    if (n_columns > 0)
        fprintf(m->report, "  and %" PRId64 " locations of %" PRId64 " more\n", n_locations, n_columns);
    return PSTM_OK;
}

static pstm_status refuse_out_as_input(const merge *m)
{
    for (int i = 0; i < m->n_in; i++)
        if (pstm_place_is_same(m->out, m->in[i]))
            return pstm_fail(PSTM_USAGE, "%s is both the cube to make and a cube to copy from", m->in[i]);
    return PSTM_OK;
}

static pstm_status open_first(merge *m)
{
    PSTM_TRY(pstm_open_cube_at(m->in[0], &m->first));
    const pstm_cube_about *about = m->first.about;
    m->n_inline = pstm_cube_columns(about->grid.n_inline);
    m->n_crossline = pstm_cube_columns(about->grid.n_crossline);
    m->n_columns = (int64_t)m->n_inline * m->n_crossline;
    m->column_bytes = (int64_t)sizeof(float) * PSTM_CUBE_CHUNK * PSTM_CUBE_CHUNK * about->grid.n_times *
                      ((about->gathers ? 2 * about->n_classes : 0) + about->stack + about->fold);
    return PSTM_NEW(&m->columns, m->n_columns, "the chunk columns");
}

/* One at a time: there may be more shards than files that a process may open. */
static pstm_status look_at_all(merge *m)
{
    PSTM_TRY(refuse_out_as_input(m));
    PSTM_TRY(open_first(m));
    for (int i = 0; i < m->n_in; i++) {
        pstm_open_cube open;
        pstm_status status = pstm_open_cube_at(m->in[i], &open);
        if (status == PSTM_OK) status = look_at(m, i, &open);
        pstm_close_cube(&open);
        PSTM_TRY(status);
    }
    return PSTM_OK;
}

/* ---- the cube that is made ---- */

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static pstm_status list_areas(merge *m)
{
    const pstm_grid *grid = &m->first.about->grid;
    PSTM_TRY(PSTM_NEW(&m->areas, m->n_columns, "areas of the cube"));
    for (int64_t n = 0; n < m->n_columns; n++) {
        if (m->columns[n].input == 0) continue;
        const int32_t i = (int32_t)(n / m->n_crossline) * PSTM_CUBE_CHUNK;
        const int32_t j = (int32_t)(n % m->n_crossline) * PSTM_CUBE_CHUNK;
        m->areas[m->n_areas++] = (pstm_cube_area){i, least(i + PSTM_CUBE_CHUNK, grid->n_inline), j,
                                                  least(j + PSTM_CUBE_CHUNK, grid->n_crossline)};
    }
    if (m->n_areas > 0) return PSTM_OK;
    return pstm_fail(PSTM_DATA, "nothing is migrated in any of the cubes");
}

/* Takes out of the journal of a cube that stands what the cube does not hold. */
static pstm_status drop_lost(merge *m, const pstm_cube_found *found)
{
    pstm_journal_record *records = NULL;
    pstm_cube *cube = NULL;
    const int64_t n = pstm_journal_n_records(m->journal);
    int64_t n_lost = 0;
    bool holds;
    pstm_status status;
    if (found->is_marked) return PSTM_OK;
    PSTM_GO(pstm_journal_list(m->journal, &records));
    PSTM_GO(pstm_cube_open_read(m->out, &cube));
    for (int64_t i = 0; i < n; i++) {
        PSTM_GO(pstm_cube_holds(cube, &records[i], &holds));
        if (!holds) records[n_lost++] = records[i];
    }
    if (n_lost == 0) goto cleanup;
    fprintf(
        m->report,
        "%s: %" PRId64 " of the %" PRId64
        " chunk columns that its journal holds are not in it as they were written (was a backup of one of "
        "the two restored, or the cube changed?); they are copied again\n",
        m->out, n_lost, n);
    PSTM_GO(pstm_journal_withdraw(m->journal, records, n_lost));
    status = pstm_journal_sync(m->journal);
cleanup:
    PSTM_FREE(&records);
    const pstm_status closed = pstm_cube_close(&cube);
    return status != PSTM_OK ? status : closed;
}

static pstm_status check_out(const merge *m)
{
    pstm_open_cube there;
    pstm_status status = pstm_open_cube_at(m->out, &there);
    if (status == PSTM_OK) status = refuse_other_image(&there, m, "name another cube to make");
    pstm_close_cube(&there);
    return status;
}

static pstm_status open_out(merge *m)
{
    pstm_text path = {0};
    pstm_status status;
    pstm_cube_found found = {0};
    bool taken;
    const pstm_journal_about about = pstm_cube_journal_about(m->first.about);
    PSTM_GO(list_areas(m));
    PSTM_GO(pstm_place_is_taken(m->out, &taken));
    if (taken) {
        PSTM_GO(check_out(m));
        PSTM_GO(pstm_cube_allocate(m->out, m->areas, m->n_areas));
    } else {
        PSTM_GO(pstm_cube_create(m->out, m->first.about, m->areas, m->n_areas, NULL));
    }
    PSTM_GO(pstm_journal_path(m->out, &path));
    PSTM_GO(pstm_journal_open_append(path.bytes, &about, &m->journal));
    PSTM_GO(pstm_cube_check_journal(m->out, m->journal, &found));
    PSTM_GO(drop_lost(m, &found));
    PSTM_GO(note_columns(m, -1, m->out, m->journal)); /* overlaps must have the same bits */
    PSTM_GO(pstm_cube_open_alone(m->out, &m->cube));
cleanup:
    pstm_text_clear(&path);
    return status;
}

/* ---- copying ---- */

static pstm_status sync_copied(merge *m)
{
    if (m->n_unsynced == 0) return PSTM_OK;
    PSTM_TRY(pstm_cube_sync(m->cube));
    PSTM_TRY(pstm_journal_add(m->journal, m->unsynced, m->n_unsynced));
    PSTM_TRY(pstm_journal_sync(m->journal));
    m->n_copied += m->n_unsynced;
    m->n_unsynced = 0;
    return PSTM_OK;
}

/* Compares what an input has in part with the same locations of OUT, which has the whole column. */
static pstm_status compare_part(const merge *m, const pstm_open_cube *from, const pstm_journal_record *part)
{
    bool holds;
    PSTM_TRY(pstm_cube_holds(m->cube, part, &holds));
    if (holds) return PSTM_OK;
    const column known = {.record = *part};
    return refuse_other_bits(&known, m->out, from->path);
}

static pstm_status copy_column(merge *m, const pstm_open_cube *from, const pstm_journal_record *wanted)
{
    const pstm_journal_record *there =
        pstm_journal_get(m->journal, wanted->column_inline, wanted->column_crossline);
    pstm_journal_record made;
    if (there != NULL && pstm_record_is_whole(there))
        return pstm_record_is_whole(wanted) ? PSTM_OK : compare_part(m, from, wanted);
    if (there != NULL && same_locations(there, wanted) && same_digests(there, wanted)) return PSTM_OK;
    PSTM_TRY(pstm_cube_copy_column(from->cube, m->cube, wanted, there, &made));
    PSTM_TRY(PSTM_GROW(&m->unsynced, &m->unsynced_capacity, m->n_unsynced + 1, "journal records"));
    m->unsynced[m->n_unsynced++] = made;
    return m->n_unsynced * m->column_bytes >= SYNC_BYTES ? sync_copied(m) : PSTM_OK;
}

/* The next input may add to the same columns. */
static pstm_status copy_input(merge *m, int input)
{
    pstm_open_cube from;
    pstm_status status = pstm_open_cube_at(m->in[input], &from);
    for (int64_t n = 0; n < m->n_columns && status == PSTM_OK; n++) {
        const pstm_journal_record *wanted =
            pstm_journal_get(from.journal, n / m->n_crossline, n % m->n_crossline);
        if (wanted != NULL) status = copy_column(m, &from, wanted);
    }
    if (status == PSTM_OK) status = sync_copied(m);
    pstm_close_cube(&from);
    return status;
}

static pstm_status copy_all(merge *m)
{
    pstm_status status = PSTM_OK;
    for (int i = 0; i < m->n_in && status == PSTM_OK; i++)
        status = copy_input(m, i);
    PSTM_TRY(status);
    PSTM_TRY(pstm_cube_close(&m->cube));
    return pstm_cube_finish(m->out, m->journal);
}

/* ---- merging ---- */

static pstm_status report_merged(const merge *m)
{
    uint64_t checksum;
    char hex[PSTM_DIGEST_CHARS];
    PSTM_TRY(pstm_journal_checksum(m->journal, &checksum));
    pstm_digest_to_hex(checksum, hex);
    fprintf(m->report,
            "%s: %" PRId64 " of %" PRId64 " chunk columns, %" PRId64
            " of them copied now, image checksum %s\n",
            m->out, pstm_journal_n_done(m->journal), pstm_journal_n_columns(m->journal), m->n_copied, hex);
    return PSTM_OK;
}

pstm_status pstm_merge(const char *out, char **in, int n_in, FILE *report)
{
    merge m = {.out = out, .in = in, .n_in = n_in, .report = report};
    pstm_status status;
    PSTM_GO(pstm_place_check_cube(out));
    PSTM_GO(look_at_all(&m));
    PSTM_GO(open_out(&m));
    PSTM_GO(copy_all(&m));
    PSTM_GO(report_merged(&m));
cleanup:
    pstm_close_cube(&m.first);
    pstm_journal_close(&m.journal);
    PSTM_FREE(&m.columns);
    PSTM_FREE(&m.areas);
    PSTM_FREE(&m.unsynced);
    const pstm_status closed = pstm_cube_close(&m.cube);
    return status != PSTM_OK ? status : closed;
}
