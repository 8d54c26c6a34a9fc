/* The main() of every Check program. Exit status: 0 all passed, 1 one failed, 77 skipped. */
#include <stddef.h>

#include "tests/check/frame.h"
#include "tests/check/suite.h"

enum { PASSED = 0, FAILED = 1, SKIPPED = 77 };

static int run(Suite *suite)
{
    if (suite == NULL) return SKIPPED;
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? PASSED : FAILED;
}

int main(int argc, char **argv)
{
    pstm_test_begin(&argc, &argv);
    const int status = run(pstm_test_suite());
    pstm_test_end();
    return status;
}
