#include "io/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/fault.h"
#include "core/memory.h"
#include "core/place.h"
#include "io/digest.h"
#include "io/durable.h"
#include "io/journal_lines.h"

struct pstm_journal {
    char *path, *image_key;
    pstm_journal_about about;             /* its image_key is the one above */
    int descriptor;                       /* -1: opened for reading */
    int64_t n_columns, n_records, n_done; /* of anything done, wholly done */
    pstm_journal_record *records;         /* [n_columns] row-major */
    bool *known;                          /* [n_columns] whether there is a record */
    bool has_frame;
    uint64_t frame;
    int64_t length; /* bytes of good lines in the file */
};

pstm_status pstm_journal_path(const char *cube_path, pstm_text *path)
{
    return pstm_text_add(path, "%s" PSTM_JOURNAL_ENDING, cube_path);
}

/* ---- Reading ---- */

static int64_t place_of(const pstm_journal *journal, const pstm_journal_record *record)
{
    return (int64_t)record->column_inline * journal->about.n_columns_crossline + record->column_crossline;
}

static bool is_done(const pstm_journal *journal, int64_t at)
{
    return journal->known[at] && pstm_record_is_whole(&journal->records[at]);
}

static void take_record(pstm_journal *journal, const pstm_journal_record *record)
{
    const int64_t at = place_of(journal, record);
    const bool was_done = is_done(journal, at);
    if (was_done && !pstm_record_is_whole(record)) return;
    journal->n_records += !journal->known[at];
    journal->known[at] = true;
    journal->records[at] = *record;
    journal->n_done += is_done(journal, at) - was_done;
}

static void drop_record(pstm_journal *journal, const pstm_journal_record *record)
{
    const int64_t at = place_of(journal, record);
    journal->n_done -= is_done(journal, at);
    journal->n_records -= journal->known[at];
    journal->known[at] = false;
}

/* Compares the first line with the one that this cube's journal has. */
static pstm_status check_header(const pstm_journal *journal, const char *begin, const char *end)
{
    pstm_text wanted = {0};
    pstm_status status = pstm_line_add_header(&wanted, &journal->about);
    const size_t length = (size_t)(end - begin);
    if (status == PSTM_OK &&
        ((size_t)wanted.length != length + 1 || memcmp(wanted.bytes, begin, length) != 0)) {
        const int n_shown = length > 200 ? 200 : (int)length;
        status =
            pstm_fail(PSTM_USAGE,
                      "%s:1: the journal is of another image or another pstm: it says \"%.*s\", this job's "
                      "would say \"%.*s\"; give another `output.file`, or remove cube and journal",
                      journal->path, n_shown, begin, (int)wanted.length - 1, wanted.bytes);
    }
    pstm_text_clear(&wanted);
    return status;
}

/* A first line without its end: torn while the journal was made, or not ours at all. */
static pstm_status check_torn_header(const pstm_journal *journal, const pstm_text *text)
{
    static const char magic[] = "pstm-journal ";
    const size_t n = (size_t)text->length < sizeof magic - 1 ? (size_t)text->length : sizeof magic - 1;
    if (memcmp(text->bytes, magic, n) == 0 && memchr(text->bytes, '\n', (size_t)text->length) == NULL)
        return PSTM_OK;
    return pstm_fail(PSTM_DATA,
                     "%s:1: not a journal of pstm, or its first line is damaged; move it away to "
                     "migrate everything again",
                     journal->path);
}

/*
 * Takes the records of good lines. journal->length becomes the length up to the last good line; bad lines
 * behind it are a torn tail.
 */
static pstm_status parse(pstm_journal *journal, const pstm_text *text)
{
    const char *at = text->bytes, *const end = text->bytes + text->length;
    int64_t n_line = 0, first_bad = 0;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at)), *payload_end;
        n_line++;
        pstm_journal_record record;
        const bool good = newline != NULL && pstm_line_check(at, newline, &payload_end);
        if (n_line == 1) {
            if (!good) return check_torn_header(journal, text);
            PSTM_TRY(check_header(journal, at, newline));
        } else if (good && first_bad != 0) {
            return pstm_fail(PSTM_DATA,
                             "%s:%" PRId64 ": damaged line (its checksum does not fit) before good ones; the "
                             "journal cannot be trusted: remove the journal to migrate everything again",
                             journal->path, first_bad);
        } else if (good && pstm_line_read_frame(at, payload_end, &journal->frame)) {
            journal->has_frame = true;
        } else if (good && pstm_line_read_lost(&journal->about, at, payload_end, &record)) {
            drop_record(journal, &record);
        } else if (good && !pstm_line_read_record(&journal->about, at, payload_end, &record)) {
            return pstm_fail(PSTM_DATA, "%s:%" PRId64 ": not a record of this cube: \"%.*s\"", journal->path,
                             n_line, (int)(payload_end - at > 120 ? 120 : payload_end - at), at);
        } else if (good) {
            take_record(journal, &record);
        } else if (first_bad == 0) {
            first_bad = n_line;
        }
        if (good) journal->length = newline + 1 - text->bytes;
        at = newline == NULL ? end : newline + 1;
    }
    return PSTM_OK;
}

static pstm_status create(const char *path, const pstm_journal_about *about, pstm_journal **out)
{
    pstm_status status = PSTM_OK;
    pstm_journal *journal = NULL;
    PSTM_GO(PSTM_NEW(&journal, 1, "the journal"));
    journal->descriptor = -1;
    PSTM_GO(pstm_copy_text(&journal->path, path));
    PSTM_GO(pstm_copy_text(&journal->image_key, about->image_key));
    journal->about = *about;
    journal->about.image_key = journal->image_key;
    journal->n_columns = (int64_t)about->n_columns_inline * about->n_columns_crossline;
    PSTM_GO(PSTM_NEW(&journal->records, journal->n_columns, "the journal's records"));
    PSTM_GO(PSTM_NEW(&journal->known, journal->n_columns, "the journal's marks"));
    *out = journal;
    journal = NULL;
cleanup:
    pstm_journal_close(&journal);
    return status;
}

static pstm_status read_all(pstm_journal *journal)
{
    pstm_text text = {0};
    pstm_status status = pstm_text_read_file(&text, journal->path, INT64_MAX / 2);
    if (status == PSTM_OK && text.length > 0) status = parse(journal, &text);
    pstm_text_clear(&text);
    return status;
}

pstm_status pstm_journal_open_read(const char *path, const pstm_journal_about *about, pstm_journal **out)
{
    pstm_journal *journal = NULL;
    PSTM_TRY(create(path, about, &journal));
    bool taken;
    pstm_status status = pstm_place_is_taken(path, &taken);
    if (status == PSTM_OK && taken) status = read_all(journal);
    if (status == PSTM_OK) {
        *out = journal;
        journal = NULL;
    }
    pstm_journal_close(&journal);
    return status;
}

/* ---- Appending ---- */

static pstm_status lock(const pstm_journal *journal)
{
    if (flock(journal->descriptor, LOCK_EX | LOCK_NB) == 0) return PSTM_OK;
    if (errno == EWOULDBLOCK)
        return pstm_fail(PSTM_USAGE,
                         "%s: another run of pstm is writing this cube; wait for it, or give another "
                         "`output.file`",
                         journal->path);
    return PSTM_OK; /* a file system without locks: the user sees to it that one run writes */
}

static pstm_status append_bytes(pstm_journal *journal, const pstm_text *text)
{
    int64_t done = 0;
    while (done < text->length) {
        const ssize_t n = pwrite(journal->descriptor, text->bytes + done, (size_t)(text->length - done),
                                 journal->length + done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            const pstm_status status = pstm_fail_errno(PSTM_SYSTEM, "cannot write %s", journal->path);
            /* Should this fail too, the half line is a torn tail that the next append overwrites. */
            if (ftruncate(journal->descriptor, journal->length) != 0) return status;
            return status;
        }
        done += n;
    }
    journal->length += text->length;
    return PSTM_OK;
}

static pstm_status begin(pstm_journal *journal)
{
    pstm_text header = {0};
    pstm_status status = pstm_line_add_header(&header, &journal->about);
    if (status == PSTM_OK) status = append_bytes(journal, &header);
    if (status == PSTM_OK) status = pstm_journal_sync(journal);
    if (status == PSTM_OK) status = pstm_durable_folder(journal->path);
    pstm_text_clear(&header);
    return status;
}

pstm_status pstm_journal_open_append(const char *path, const pstm_journal_about *about, pstm_journal **out)
{
    pstm_status status = PSTM_OK;
    pstm_journal *journal = NULL;
    PSTM_GO(create(path, about, &journal));
    journal->descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (journal->descriptor < 0) {
        status = pstm_fail_errno(PSTM_SYSTEM, "cannot open the journal %s for writing", path);
        goto cleanup;
    }
    PSTM_GO(lock(journal));
    PSTM_GO(read_all(journal));
    /* Only if there is one: a journal's time is that of its last record. */
    if (lseek(journal->descriptor, 0, SEEK_END) != journal->length &&
        ftruncate(journal->descriptor, journal->length) != 0) {
        status = pstm_fail_errno(PSTM_SYSTEM, "cannot cut the torn end off %s", path);
        goto cleanup;
    }
    if (journal->length == 0) PSTM_GO(begin(journal));
    *out = journal;
    journal = NULL;
cleanup:
    pstm_journal_close(&journal);
    return status;
}

void pstm_journal_close(pstm_journal **journal)
{
    if (*journal == NULL) return;
    if ((*journal)->descriptor >= 0) close((*journal)->descriptor);
    PSTM_FREE(&(*journal)->path);
    PSTM_FREE(&(*journal)->image_key);
    PSTM_FREE(&(*journal)->records);
    PSTM_FREE(&(*journal)->known);
    PSTM_FREE(journal);
}

typedef pstm_status add_line(pstm_text *text, const pstm_journal_about *about,
                             const pstm_journal_record *record);

/* Appends a line for each of records[n], in one write. */
static pstm_status append_lines(pstm_journal *journal, add_line *add, const pstm_journal_record *records,
                                int64_t n)
{
    pstm_status status = PSTM_OK;
    pstm_text text = {0};
    for (int64_t i = 0; i < n; i++) {
        if (!pstm_line_in_cube(&journal->about, records[i].column_inline, records[i].column_crossline)) {
            status = pstm_fail(PSTM_SYSTEM, "%s: column (%d, %d) lies outside the cube (a defect of pstm)",
                               journal->path, records[i].column_inline, records[i].column_crossline);
            goto cleanup;
        }
        PSTM_GO(add(&text, &journal->about, &records[i]));
    }
    if (pstm_fault_at(PSTM_FAULT_JOURNAL, -1) != PSTM_FAULT_NONE) {
        errno = ENOSPC;
        PSTM_GO(pstm_fail_errno(PSTM_SYSTEM, "cannot write %s (PSTM_FAULT)", journal->path));
    }
    PSTM_GO(append_bytes(journal, &text));
cleanup:
    pstm_text_clear(&text);
    return status;
}

pstm_status pstm_journal_add(pstm_journal *journal, const pstm_journal_record *records, int64_t n)
{
    PSTM_TRY(append_lines(journal, pstm_line_add_record, records, n));
    for (int64_t i = 0; i < n; i++)
        take_record(journal, &records[i]);
    return PSTM_OK;
}

pstm_status pstm_journal_withdraw(pstm_journal *journal, const pstm_journal_record *records, int64_t n)
{
    PSTM_TRY(append_lines(journal, pstm_line_add_lost, records, n));
    for (int64_t i = 0; i < n; i++)
        drop_record(journal, &records[i]);
    return PSTM_OK;
}

pstm_status pstm_journal_list(const pstm_journal *journal, pstm_journal_record **records)
{
    int64_t n = 0;
    PSTM_TRY(PSTM_NEW(records, journal->n_records, "the journal's records"));
    for (int64_t at = 0; at < journal->n_columns; at++)
        if (journal->known[at]) (*records)[n++] = journal->records[at];
    return PSTM_OK;
}

pstm_status pstm_journal_add_frame(pstm_journal *journal, uint64_t digest)
{
    pstm_text text = {0};
    pstm_status status = pstm_line_add_frame(&text, digest);
    if (status == PSTM_OK) status = append_bytes(journal, &text);
    pstm_text_clear(&text);
    if (status != PSTM_OK) return status;
    journal->frame = digest;
    journal->has_frame = true;
    return PSTM_OK;
}

bool pstm_journal_frame(const pstm_journal *journal, uint64_t *digest)
{
    if (journal->has_frame) *digest = journal->frame;
    return journal->has_frame;
}

pstm_status pstm_journal_sync(pstm_journal *journal)
{
    if (fdatasync(journal->descriptor) == 0) return PSTM_OK;
    return pstm_fail_errno(PSTM_SYSTEM, "cannot sync the journal %s", journal->path);
}

/* ---- What is done ---- */

int64_t pstm_journal_n_columns(const pstm_journal *journal)
{
    return journal->n_columns;
}

int64_t pstm_journal_n_done(const pstm_journal *journal)
{
    return journal->n_done;
}

int64_t pstm_journal_n_records(const pstm_journal *journal)
{
    return journal->n_records;
}

bool pstm_journal_is_done(const pstm_journal *journal, int64_t column_inline, int64_t column_crossline)
{
    const pstm_journal_record *record = pstm_journal_get(journal, column_inline, column_crossline);
    return record != NULL && pstm_record_is_whole(record);
}

bool pstm_journal_has(const pstm_journal *journal, int32_t i, int32_t j)
{
    const pstm_journal_record *record = pstm_journal_get(journal, i / 16, j / 16);
    return i >= 0 && j >= 0 && record != NULL && pstm_record_has(record, i, j);
}

const pstm_journal_record *pstm_journal_get(const pstm_journal *journal, int64_t column_inline,
                                            int64_t column_crossline)
{
    if (!pstm_line_in_cube(&journal->about, column_inline, column_crossline)) return NULL;
    const int64_t at = column_inline * journal->about.n_columns_crossline + column_crossline;
    return journal->known[at] ? &journal->records[at] : NULL;
}

pstm_status pstm_journal_checksum(const pstm_journal *journal, uint64_t *checksum)
{
    uint64_t *digests;
    int64_t n = 0;
    PSTM_TRY(PSTM_NEW(&digests, journal->n_columns * PSTM_CUBE_N_DATA, "the digests of the image"));
    for (int64_t at = 0; at < journal->n_columns; at++)
        for (int d = 0; d < PSTM_CUBE_N_DATA; d++)
            if (journal->about.has[d]) digests[n++] = journal->known[at] ? journal->records[at].digest[d] : 0;
    *checksum = pstm_digest_combine(digests, n);
    PSTM_FREE(&digests);
    return PSTM_OK;
}
