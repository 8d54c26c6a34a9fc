/** @file file_kind.h  What stands at a path, in words. Local. */
#ifndef PSTM_CORE_FILE_KIND_H
#define PSTM_CORE_FILE_KIND_H

#include <stddef.h>
#include <sys/stat.h>

/** Of st_mode: "a folder", "a named pipe"; NULL for a regular file. */
static inline const char *pstm_file_kind(mode_t mode)
{
    if (S_ISREG(mode)) return NULL;
    if (S_ISLNK(mode)) return "a symbolic link";
    if (S_ISDIR(mode)) return "a folder";
    if (S_ISFIFO(mode)) return "a named pipe";
    return S_ISSOCK(mode) ? "a socket" : "a device";
}

#endif
