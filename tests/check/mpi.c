/* Programs under MPI. */
#include "tests/check/mpi.h"

#include <stdlib.h>

#include "tests/check/frame.h"

int rank, n_ranks;

void __lsan_do_leak_check(void) __attribute__((weak));

int everywhere(int condition)
{
    int all;
    MPI_Allreduce(&condition, &all, 1, MPI_INT, MPI_LAND, MPI_COMM_WORLD);
    return all;
}

/* MPI comes before the suite: LeakSanitizer fails in MPI's threads when memory was allocated before. */
void pstm_test_begin(int *argc, char ***argv)
{
    MPI_Init(argc, argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
    setenv("CK_FORK", "no", 1);
    if (rank > 0) setenv("CK_VERBOSITY", "silent", 1);
}

/* MPI_Finalize() unloads libraries whose own leaks are suppressed by their names (lsan.supp): so leaks are
 * looked for before it, and not again at exit. */
void pstm_test_end(void)
{
    if (__lsan_do_leak_check != NULL) __lsan_do_leak_check();
    MPI_Finalize();
}
