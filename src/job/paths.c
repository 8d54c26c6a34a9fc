#include "job/paths.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "core/memory.h"
#include "core/text.h"
#include "job/files.h"

enum { NOTED_NAMES = 10 }; /* of a pattern's files; a survey may have thousands */

static const char pattern_characters[] = "*?[";

pstm_status pstm_path_join(const char *folder, const char *path, char **out)
{
    pstm_text joined = {0};
    PSTM_TRY(pstm_text_add(&joined, "%s%s", path[0] == '/' ? "" : folder, path));
    *out = joined.bytes; /* allocated by pstm_new(), so pstm_free() fits */
    return PSTM_OK;
}

static pstm_status add_name(const char *name, pstm_names *names, int64_t *capacity)
{
    PSTM_TRY(PSTM_GROW(&names->text, capacity, names->n + 1, "a list of files"));
    PSTM_TRY(pstm_copy_text(&names->text[names->n], name));
    names->n++;
    return PSTM_OK;
}

/* The pattern behind its folder, whose own name is none: its special characters stand for themselves. */
static pstm_status add_pattern(const char *folder, const char *path, pstm_text *pattern)
{
    for (const char *c = path[0] == '/' ? "" : folder; *c != '\0'; c++)
        PSTM_TRY(pstm_text_add(pattern, "%s%c", strchr("*?[]\\", *c) != NULL ? "\\" : "", *c));
    return pstm_text_add(pattern, "%s", path);
}

/* The joined path up to the last "/" before the pattern begins, in characters. */
static int folder_length(const char *joined, const char *path)
{
    const int begin = (int)(strlen(joined) - strlen(path)), plain = (int)strcspn(path, pattern_characters);
    int length = begin;
    for (int i = begin; i < begin + plain; i++)
        if (joined[i] == '/') length = i + 1;
    return length;
}

static pstm_status fail_match(int failure, const char *joined, const char *path)
{
    const int length = folder_length(joined, path);
    const char *folder = length == 0 ? "./" : joined;
    const int shown = length == 0 ? 2 : length;
    if (failure == GLOB_NOSPACE) return pstm_fail(PSTM_SYSTEM, "out of memory in the search for `%s`", path);
    if (failure == GLOB_NOMATCH)
        return pstm_fail(PSTM_USAGE, "no file matches `%s` in the folder %.*s", path, shown, folder);
    return pstm_fail_errno(PSTM_USAGE, "cannot look for `%s` in the folder %.*s", path, shown, folder);
}

static pstm_status note_matches(const char *path, const glob_t *found)
{
    pstm_text list = {0};
    pstm_status status = PSTM_OK;
    for (size_t i = 0; i < found->gl_pathc && i < NOTED_NAMES; i++)
        PSTM_GO(pstm_text_add(&list, "%s%s", i == 0 ? "" : ", ", found->gl_pathv[i]));
    pstm_note("input.segy: %zu file(s) match `%s`: %s%s%s", found->gl_pathc, path, list.bytes,
              found->gl_pathc > NOTED_NAMES ? " ... " : "",
              found->gl_pathc > NOTED_NAMES ? found->gl_pathv[found->gl_pathc - 1] : "");
cleanup:
    pstm_text_clear(&list);
    return status;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static pstm_status add_matches(const char *folder, const char *path, const char *joined, pstm_names *names,
                               int64_t *capacity)
{
    pstm_text pattern = {0};
    glob_t found = {0};
    pstm_status status;
    PSTM_GO(add_pattern(folder, path, &pattern));
    const int failure = glob(pattern.bytes, GLOB_ERR | GLOB_NOSORT, NULL, &found);
    if (failure != 0) {
        status = fail_match(failure, joined, path);
        goto cleanup;
    }
    qsort(found.gl_pathv, found.gl_pathc, sizeof *found.gl_pathv, compare_names);
    for (size_t i = 0; i < found.gl_pathc; i++)
        PSTM_GO(add_name(found.gl_pathv[i], names, capacity));
    PSTM_GO(note_matches(path, &found));
cleanup:
    globfree(&found);
    pstm_text_clear(&pattern);
    return status;
}

pstm_status pstm_paths_add(const char *folder, const char *path, pstm_names *names, int64_t *capacity)
{
    char *joined = NULL;
    PSTM_TRY(pstm_path_join(folder, path, &joined));
    const bool is_pattern = path[strcspn(path, pattern_characters)] != '\0' && access(joined, F_OK) != 0 &&
                            !pstm_path_is_for_shell(path); /* told later, with its remedy */
    const pstm_status status =
        is_pattern ? add_matches(folder, path, joined, names, capacity) : add_name(joined, names, capacity);
    PSTM_FREE(&joined);
    return status;
}
