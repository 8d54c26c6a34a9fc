/* Sets of indices, as the scheduler keeps them. */
#include <stdlib.h>

#include "core/memory.h"
#include "plan/index_set.h"
#include "tests/check/suite.h"

START_TEST(the_next_member_is_found_as_by_looking_at_each)
{
    static const int64_t sizes[] = {1, 63, 64, 65, 4096, 4097, 300000};
    srand(5);
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        const int64_t n = sizes[k];
        pstm_index_set set = {0};
        char *in = NULL;
        ck_assert_int_eq(pstm_index_set_make(&set, n), PSTM_OK);
        ck_assert_int_eq(PSTM_NEW(&in, n, "members"), PSTM_OK);
        ck_assert_int_eq(pstm_index_set_next(&set, 0), -1);
        for (int step = 0; step < 300; step++) {
            const int64_t i = step == 0 ? n - 1 : rand() % n;
            in[i] = step == 0 || rand() % 3 > 0;
            if (in[i])
                pstm_index_set_add(&set, i);
            else
                pstm_index_set_remove(&set, i);
            int64_t from = rand() % n, next = from;
            while (next < n && !in[next])
                next++;
            ck_assert_int_eq(pstm_index_set_next(&set, from), next < n ? next : -1);
        }
        PSTM_FREE(&in);
        pstm_index_set_clear(&set);
    }
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("index set");
    TCase *tests = tcase_create("index set");
    tcase_add_test(tests, the_next_member_is_found_as_by_looking_at_each);
    suite_add_tcase(suite, tests);
    return suite;
}
