/* Allocations, by the functions of the GNU C library that stand behind their names. */
#include <errno.h>
#include <stddef.h>

#include "io_fault.h"

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t bytes);
extern void *__libc_realloc(void *old, size_t n);
extern void *__libc_memalign(size_t alignment, size_t n);

#define HOOK_MEMORY(name, parameters, allocated)                                                             \
    void *name parameters                                                                                    \
    {                                                                                                        \
        return io_fault_on_memory(#name, CALLER) == IO_FAILS ? NULL : (allocated);                           \
    }

HOOK_MEMORY(malloc, (size_t n), __libc_malloc(n))
HOOK_MEMORY(calloc, (size_t n, size_t bytes), __libc_calloc(n, bytes))
HOOK_MEMORY(realloc, (void *old, size_t n), __libc_realloc(old, n))
HOOK_MEMORY(aligned_alloc, (size_t alignment, size_t n), __libc_memalign(alignment, n))
HOOK_MEMORY(memalign, (size_t alignment, size_t n), __libc_memalign(alignment, n))

int posix_memalign(void **memory, size_t alignment, size_t n)
{
    if (io_fault_on_memory("posix_memalign", CALLER) == IO_FAILS) return errno;
    *memory = __libc_memalign(alignment, n);
    return *memory == NULL ? ENOMEM : 0;
}
