#include "core/text.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/file_kind.h"
#include "core/memory.h"

pstm_status pstm_text_add(pstm_text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int n = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (n < 0) return pstm_fail(PSTM_SYSTEM, "cannot format a text");
    PSTM_TRY(PSTM_GROW(&text->bytes, &text->capacity, text->length + n + 1, "a text"));
    va_start(arguments, format);
    vsnprintf(text->bytes + text->length, (size_t)n + 1, format, arguments);
    va_end(arguments);
    text->length += n;
    return PSTM_OK;
}

void pstm_text_clear(pstm_text *text)
{
    PSTM_FREE(&text->bytes);
    text->length = text->capacity = 0;
}

enum { WORD_LIMIT = 64 };

static size_t edit_distance(const char *a, const char *b)
{
    const size_t na = strlen(a), nb = strlen(b);
    size_t row[WORD_LIMIT + 1];
    if (na > WORD_LIMIT || nb > WORD_LIMIT) return SIZE_MAX;
    for (size_t j = 0; j <= nb; j++)
        row[j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            if (row[j] + 1 < best) best = row[j] + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[nb];
}

const char *pstm_nearest_word(const char *word, const char *const *candidates, size_t n)
{
    size_t limit = (strlen(word) + 1) / 3;
    if (limit < 1) limit = 1;
    const char *nearest = NULL;
    for (size_t i = 0; i < n; i++) {
        const size_t distance = edit_distance(word, candidates[i]);
        if (distance > limit) continue;
        nearest = candidates[i];
        if (distance == 0) break;
        limit = distance - 1;
    }
    return nearest;
}

/* A pipe would have us wait for its writer; files do not heed O_NONBLOCK. */
static pstm_status open_text(const char *path, FILE **file)
{
    const int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) return pstm_fail_errno(PSTM_USAGE, "cannot open %s", path);
    struct stat about;
    pstm_status status = PSTM_OK;
    if (fstat(descriptor, &about) != 0)
        status = pstm_fail_errno(PSTM_SYSTEM, "cannot look at %s", path);
    else if (pstm_file_kind(about.st_mode) != NULL)
        status = pstm_fail(PSTM_USAGE, "%s is %s, not a file", path, pstm_file_kind(about.st_mode));
    if (status == PSTM_OK && (*file = fdopen(descriptor, "rb")) == NULL)
        status = pstm_fail_errno(PSTM_SYSTEM, "cannot open %s", path);
    if (status != PSTM_OK) close(descriptor);
    return status;
}

pstm_status pstm_text_read_file(pstm_text *text, const char *path, int64_t limit_bytes)
{
    pstm_text read = {0};
    FILE *file = NULL;
    pstm_status status = PSTM_OK;
    PSTM_TRY(open_text(path, &file));
    while (status == PSTM_OK) {
        status = PSTM_GROW(&read.bytes, &read.capacity, read.length + 65536, path);
        if (status != PSTM_OK) break;
        const size_t n = fread(read.bytes + read.length, 1, 65535, file);
        read.length += (int64_t)n;
        if (read.length > limit_bytes)
            status = pstm_fail(PSTM_USAGE, "%s is longer than %" PRId64 " bytes; is it the right file?", path,
                               limit_bytes);
        if (n == 0) break;
    }
    if (status == PSTM_OK && ferror(file)) status = pstm_fail_errno(PSTM_SYSTEM, "cannot read %s", path);
    fclose(file);
    if (status != PSTM_OK) {
        pstm_text_clear(&read);
        return status;
    }
    read.bytes[read.length] = '\0';
    pstm_text_clear(text);
    *text = read;
    return PSTM_OK;
}
