/* tile_bytes() of a device is what it holds for a tile: every byte is counted where it is asked for. The
 * linker puts __wrap_pstm_renew() in the place of pstm_renew(). */

#include "contract_job.h"
#include "core/memory.h"
#include "device/device.h"
#include "tests/check/suite.h"

pstm_status __real_pstm_renew(void **array, int64_t *capacity, int64_t n, size_t element_bytes,
                              const char *what);
pstm_status __wrap_pstm_renew(void **array, int64_t *capacity, int64_t n, size_t element_bytes,
                              const char *what);

static int64_t held_bytes;

pstm_status __wrap_pstm_renew(void **array, int64_t *capacity, int64_t n, size_t element_bytes,
                              const char *what)
{
    const int64_t before = *capacity;
    const pstm_status status = __real_pstm_renew(array, capacity, n, element_bytes, what);
    held_bytes += (*capacity - before) * (int64_t)element_bytes;
    return status;
}

enum { N_LOCATIONS = 7 };

/* A tile without traces; first a smaller one, whose room is given back. */
static int64_t measure(const pstm_device_ops *device, const contract_job *job)
{
    void *self = NULL;
    pstm_device_tile smaller = job->tile;
    smaller.n_locations = N_LOCATIONS - 1;
    held_bytes = 0;
    contract_must(device->create(&job->plan, &self));
    contract_must(device->begin_tile(self, &smaller));
    contract_image image = contract_run_on(device, self, job, 1);
    const int64_t bytes = held_bytes;
    contract_image_free(&image);
    device->destroy(&self);
    return bytes;
}

/* Variants: antialias or not, one velocity column or one for each location, whole blocks or not. */
static void assert_counted(const pstm_device_ops *device)
{
    for (int variant = 0; variant < 8; variant++) {
        contract_job *job =
            variant & 1 ? contract_job_create_antialias(N_LOCATIONS, 0) : contract_job_create(N_LOCATIONS, 0);
        job->tile.columns.one_column = variant & 2;
        if (variant & 4) job->plan.n_times = job->plan.k_end = job->tile.columns.n_times = 96;
        const int64_t n_columns = pstm_columns_count(&job->tile.columns, N_LOCATIONS);
        const int64_t counted = device->tile_bytes(&job->plan, N_LOCATIONS, n_columns);
        const int64_t held = measure(device, job);
        ck_assert_msg(counted == held, "%s, variant %d: %lld bytes counted, %lld held", device->name, variant,
                      (long long)counted, (long long)held);
        contract_job_destroy(&job);
    }
}

START_TEST(what_the_memory_budget_counts_is_what_a_device_holds)
{
    assert_counted(&pstm_device_cpu);
    assert_counted(&pstm_device_reference);
    assert_counted(&pstm_device_stopwatch);
}
END_TEST

/* It holds a copy of each batch, too, and of the traces there are none. */
START_TEST(the_paranoid_device_counts_its_own_memory_and_that_of_the_cpu)
{
    assert_counted(&pstm_device_paranoid);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("tile bytes");
    TCase *tests = tcase_create("tile bytes");
    tcase_add_test(tests, what_the_memory_budget_counts_is_what_a_device_holds);
    tcase_add_test(tests, the_paranoid_device_counts_its_own_memory_and_that_of_the_cpu);
    suite_add_tcase(suite, tests);
    return suite;
}
