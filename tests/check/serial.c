/* Programs without MPI. */
#include "tests/check/frame.h"

void pstm_test_begin(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
}

void pstm_test_end(void) {}
