/** @file leaks.h  Leak checks of programs that use MPI. */
#ifndef PSTM_TESTS_LEAKS_H
#define PSTM_TESTS_LEAKS_H

#include <stddef.h>

void __lsan_do_leak_check(void) __attribute__((weak));

/**
 * Looks for leaks now, and not again at exit: to be called before MPI_Finalize(), which unloads libraries
 * whose own leaks are suppressed by their names (lsan.supp). Does nothing in a build without
 * AddressSanitizer.
 */
static inline void check_leaks_before_finalize(void)
{
    if (__lsan_do_leak_check != NULL) __lsan_do_leak_check();
}

#endif
