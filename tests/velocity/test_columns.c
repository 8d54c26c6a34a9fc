#include "tests/check/suite.h"
#include "velocity/columns.h"

enum { ALL = (1 << PSTM_N_FIELDS) - 1, N_TIMES = 7 };

START_TEST(a_field_that_is_not_asked_for_takes_no_memory)
{
    pstm_columns columns;
    ck_assert(pstm_columns_create(0, 5, N_TIMES, &columns) == PSTM_OK);
    for (int f = 0; f < PSTM_N_FIELDS; f++)
        ck_assert_ptr_null(columns.fields[f]);
    ck_assert_int_eq(pstm_columns_bytes(0, N_TIMES), 0);
    ck_assert_int_eq(pstm_columns_bytes(ALL, N_TIMES), PSTM_N_FIELDS * N_TIMES * sizeof(float));
    pstm_columns_clear(&columns);
}
END_TEST

START_TEST(a_view_of_a_column_shifts_every_field_that_is_there)
{
    pstm_columns columns;
    for (int f = 0; f < PSTM_N_FIELDS; f++) {
        ck_assert(pstm_columns_create(pstm_field_bit((pstm_field)f), 3, N_TIMES, &columns) == PSTM_OK);
        const pstm_columns view = pstm_columns_view(&columns, 2);
        for (int other = 0; other < PSTM_N_FIELDS; other++)
            ck_assert(view.fields[other] == (other == f ? columns.fields[f] + 2 * N_TIMES : NULL));
        ck_assert(view.one_column && view.n_times == N_TIMES);
        pstm_columns_clear(&columns);
        ck_assert_ptr_null(columns.fields[f]);
    }
}
END_TEST

START_TEST(locations_share_a_column_or_have_their_own)
{
    pstm_columns columns;
    ck_assert(pstm_columns_create(ALL, 3, N_TIMES, &columns) == PSTM_OK);
    ck_assert(!columns.one_column && columns.vrms_m_s == columns.fields[PSTM_FIELD_VRMS]);
    ck_assert_int_eq(pstm_columns_count(&columns, 3), 3);
    ck_assert_int_eq(pstm_columns_index(&columns, 2), 2);
    pstm_columns_clear(&columns);
    ck_assert(pstm_columns_create(ALL, 1, N_TIMES, &columns) == PSTM_OK);
    ck_assert_int_eq(pstm_columns_count(&columns, 3), 1);
    ck_assert_int_eq(pstm_columns_index(&columns, 2), 0);
    pstm_columns_clear(&columns);
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("columns");
    tcase_add_test(tests, a_field_that_is_not_asked_for_takes_no_memory);
    tcase_add_test(tests, a_view_of_a_column_shifts_every_field_that_is_there);
    tcase_add_test(tests, locations_share_a_column_or_have_their_own);
    Suite *suite = suite_create("velocity/columns");
    suite_add_tcase(suite, tests);
    return suite;
}
