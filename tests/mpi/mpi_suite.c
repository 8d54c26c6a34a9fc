#include "mpi_suite.h"

#include "tests/leaks.h"

int rank, n_ranks;

int everywhere(int condition)
{
    int all;
    MPI_Allreduce(&condition, &all, 1, MPI_INT, MPI_LAND, MPI_COMM_WORLD);
    return all;
}

int run_mpi_tests(int argc, char **argv, const char *name, void (*add_tests)(TCase *tests))
{
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
    Suite *suite = suite_create(name);
    TCase *tests = tcase_create(name);
    add_tests(tests);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, rank == 0 ? CK_ENV : CK_SILENT);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    check_leaks_before_finalize();
    MPI_Finalize();
    return failed == 0 ? 0 : 1;
}
