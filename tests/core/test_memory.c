/* Allocation: zeroed, aligned, checked. */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "tests/check/suite.h"

/* Under AddressSanitizer an allocation that is too large must return NULL, as it does without. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

START_TEST(memory_is_zeroed_and_aligned_whatever_the_size)
{
    static const int64_t sizes[] = {1, 7, 63, 64, 65, 1000, 100003};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        unsigned char *bytes = NULL;
        ck_assert_int_eq(PSTM_NEW(&bytes, sizes[i], "bytes"), PSTM_OK);
        ck_assert_uint_eq((uintptr_t)bytes % 64, 0);
        int64_t n_dirty = 0;
        for (int64_t k = 0; k < sizes[i]; k++)
            n_dirty += bytes[k] != 0;
        ck_assert_int_eq(n_dirty, 0);
        memset(bytes, 0xff, (size_t)sizes[i]); /* dirt for the next allocation to find */
        PSTM_FREE(&bytes);
        ck_assert_ptr_null(bytes);
    }
}
END_TEST

START_TEST(nothing_is_a_valid_pointer)
{
    double *values = NULL;
    ck_assert_int_eq(PSTM_NEW(&values, 0, "values"), PSTM_OK);
    ck_assert_ptr_nonnull(values);
    PSTM_FREE(&values);
    PSTM_FREE(&values); /* NULL-safe */
}
END_TEST

static void expect_refusal(int64_t n, const char *message)
{
    double other, *values = &other;
    ck_assert_int_eq(PSTM_NEW(&values, n, "the image"), PSTM_SYSTEM);
    ck_assert_ptr_eq(values, &other);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "the image"));
    ck_assert_msg(strstr(pstm_error_text(), message) != NULL, "%s", pstm_error_text());
}

START_TEST(impossible_sizes_are_refused_by_name)
{
    expect_refusal(-1, "overflows");
    expect_refusal(INT64_MAX, "overflows");
    expect_refusal(INT64_MAX / 4 + 1, "overflows");
    expect_refusal(INT64_C(1) << 57, "out of memory"); /* 2^60 bytes: countable, not there */
}
END_TEST

START_TEST(growing_keeps_what_is_there_and_zeroes_the_rest)
{
    int64_t *numbers = NULL, capacity = 0;
    for (int64_t n = 1; n <= 1000; n++) {
        const int64_t before = capacity;
        ck_assert_int_eq(PSTM_GROW(&numbers, &capacity, n, "numbers"), PSTM_OK);
        ck_assert_int_ge(capacity, n);
        for (int64_t k = before; k < capacity; k++)
            ck_assert_int_eq(numbers[k], 0);
        numbers[n - 1] = n;
    }
    for (int64_t k = 0; k < 1000; k++)
        ck_assert_int_eq(numbers[k], k + 1);
    PSTM_FREE(&numbers);
}
END_TEST

/* Appending one by one must not copy n^2 elements: growth by half takes log(10^6) / log(1.5) = 34 steps. */
START_TEST(growing_is_by_half)
{
    char *bytes = NULL;
    int64_t capacity = 0;
    int n_steps = 0;
    for (int64_t n = 1; n <= 1000000; n++) {
        const int64_t before = capacity;
        if (PSTM_GROW(&bytes, &capacity, n, "bytes") != PSTM_OK) ck_abort_msg("%s", pstm_error_text());
        n_steps += capacity != before;
    }
    ck_assert_int_le(n_steps, 34);
    PSTM_FREE(&bytes);
}
END_TEST

START_TEST(a_refused_growth_leaves_the_array_as_it_was)
{
    int32_t *numbers = NULL;
    int64_t capacity = 0;
    ck_assert_int_eq(PSTM_GROW(&numbers, &capacity, 3, "numbers"), PSTM_OK);
    int32_t *const before = numbers;
    const int64_t capacity_before = capacity;
    numbers[2] = 42;
    ck_assert_int_eq(PSTM_GROW(&numbers, &capacity, INT64_MAX, "numbers"), PSTM_SYSTEM);
    ck_assert_ptr_eq(numbers, before);
    ck_assert_int_eq(capacity, capacity_before);
    ck_assert_int_eq(numbers[2], 42);
    PSTM_FREE(&numbers);
}
END_TEST

START_TEST(renewed_room_is_as_large_as_asked_and_no_larger)
{
    static const int64_t sizes[] = {3, 7, 5, 8, 1000, 1001};
    int32_t *numbers = NULL;
    int64_t capacity = 0, most = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        if (sizes[i] > most) most = sizes[i];
        ck_assert_int_eq(PSTM_RENEW(&numbers, &capacity, sizes[i], "numbers"), PSTM_OK);
        ck_assert_int_eq(capacity, most);
        numbers[sizes[i] - 1] = 42;
    }
    ck_assert_int_eq(PSTM_RENEW(&numbers, &capacity, INT64_MAX, "numbers"), PSTM_SYSTEM);
    ck_assert_ptr_null(numbers);
    ck_assert_int_eq(capacity, 0);
}
END_TEST

START_TEST(a_text_is_copied_with_its_end)
{
    char *copy = NULL;
    ck_assert_int_eq(pstm_copy_text(&copy, "inline"), PSTM_OK);
    ck_assert_str_eq(copy, "inline");
    PSTM_FREE(&copy);
    ck_assert_int_eq(pstm_copy_text(&copy, ""), PSTM_OK);
    ck_assert_str_eq(copy, "");
    PSTM_FREE(&copy);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("memory");
    TCase *tests = tcase_create("memory");
    tcase_add_test(tests, memory_is_zeroed_and_aligned_whatever_the_size);
    tcase_add_test(tests, nothing_is_a_valid_pointer);
    tcase_add_test(tests, impossible_sizes_are_refused_by_name);
    tcase_add_test(tests, growing_keeps_what_is_there_and_zeroes_the_rest);
    tcase_add_test(tests, growing_is_by_half);
    tcase_add_test(tests, a_refused_growth_leaves_the_array_as_it_was);
    tcase_add_test(tests, renewed_room_is_as_large_as_asked_and_no_larger);
    tcase_add_test(tests, a_text_is_copied_with_its_end);
    suite_add_tcase(suite, tests);
    return suite;
}
