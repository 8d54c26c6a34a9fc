#include "core/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    ALIGNMENT = 64,
    HUGE_PAGE = 2 << 20,       /* bytes */
    HUGE_FROM = 4 * HUGE_PAGE, /* bytes from which memory is asked for in huge pages */
};

/* In huge pages the first touch of memory, and freeing it, take a fraction of the time. */
static void *allocate(size_t bytes)
{
    if (bytes < HUGE_FROM) return aligned_alloc(ALIGNMENT, bytes);
    void *memory = aligned_alloc(HUGE_PAGE, (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE);
#ifdef MADV_HUGEPAGE
    if (memory != NULL) (void)madvise(memory, bytes / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
#endif
    return memory;
}

pstm_status pstm_new(void **out, int64_t n, size_t element_bytes, const char *what)
{
    size_t bytes;
    if (n < 0 || __builtin_mul_overflow((size_t)n, element_bytes, &bytes) || bytes > SIZE_MAX - HUGE_PAGE)
        return pstm_fail(PSTM_SYSTEM, "cannot allocate %" PRId64 " x %zu bytes for %s: the size overflows", n,
                         element_bytes, what);
    bytes = (bytes / ALIGNMENT + 1) * ALIGNMENT;
    void *memory = allocate(bytes);
    if (memory == NULL)
        return pstm_fail(PSTM_SYSTEM,
                         "cannot allocate %.1f MiB for %s: out of memory; lower `memory` or the tile size",
                         (double)bytes / 1048576.0, what);
    memset(memory, 0, bytes);
    *out = memory;
    return PSTM_OK;
}

pstm_status pstm_grow(void **array, int64_t *capacity, int64_t n, size_t element_bytes, const char *what)
{
    if (n <= *capacity) return PSTM_OK;
    int64_t larger = *capacity + *capacity / 2;
    if (larger < n) larger = n;
    if (larger < 16) larger = 16;
    void *memory;
    PSTM_TRY(pstm_new(&memory, larger, element_bytes, what));
    if (*array != NULL) memcpy(memory, *array, (size_t)*capacity * element_bytes);
    free(*array);
    *array = memory;
    *capacity = larger;
    return PSTM_OK;
}

pstm_status pstm_renew(void **array, int64_t *capacity, int64_t n, size_t element_bytes, const char *what)
{
    if (n <= *capacity) return PSTM_OK;
    pstm_free(array);
    *capacity = 0;
    PSTM_TRY(pstm_new(array, n, element_bytes, what));
    *capacity = n;
    return PSTM_OK;
}

void pstm_free(void **pointer)
{
    free(*pointer);
    *pointer = NULL;
}

pstm_status pstm_copy_text(char **out, const char *text)
{
    const size_t bytes = strlen(text) + 1;
    char *copy;
    PSTM_TRY(PSTM_NEW(&copy, (int64_t)bytes, "a text"));
    memcpy(copy, text, bytes);
    *out = copy;
    return PSTM_OK;
}
