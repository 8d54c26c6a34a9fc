/* The canonical listing, and the schema that it comes from. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "job/schema.h"
#include "job_text.h"
#include "tests/check/suite.h"

#define SETTINGS(...)                                                                                        \
    ((const char *const[]){__VA_ARGS__}), sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)

static char *list_of(const pstm_job *job, pstm_job_keys which)
{
    pstm_text text = {0};
    ck_assert_int_eq(pstm_job_list(job, which, &text), PSTM_OK);
    return text.bytes;
}

static char *list_with(const char *const *settings, size_t n_settings, pstm_job_keys which)
{
    pstm_job *job = small_job_with(settings, n_settings);
    char *list = list_of(job, which);
    pstm_job_destroy(&job);
    return list;
}

/* Reads the listing back as settings on an empty job file; the caller frees the new listing. */
static char *list_again(const char *list)
{
    pstm_job *job = NULL;
    char *copy = strdup(list), *rest = copy;
    const char *settings[256];
    size_t n = 0;
    for (char *line = strsep(&rest, "\n"); line != NULL && line[0] != '\0'; line = strsep(&rest, "\n")) {
        *strstr(line, ": ") = '=';
        settings[n++] = line;
    }
    if (read_job_text("", settings, n, &job) != PSTM_OK) ck_abort_msg("%s", pstm_error_text());
    char *again = list_of(job, PSTM_KEYS_ALL);
    pstm_job_destroy(&job);
    free(copy);
    return again;
}

/* Values whose canonical form is worth a doubt. */
static const char *const doubtful[] = {
    "threads=7",
    "grid.azimuth=0.1",
    "grid.azimuth=-0.0",
    "grid.origin=[1e-300, -123456789.123456789]",
    "grid.time.step=0.0020000000000000005",
    "velocity={constant: 8.2021, units: ft/s, scale: 100}",
    "velocity={constant: off, file: \"my velocities #3, 'final'.txt\"}",
    "velocity={constant: off, file: \"tab\\there \\\\ \\\" \\u00e9\"}",
    "velocity={constant: off, file: 'null'}",
    "velocity={constant: off, file: ./off}",
    "output.file=\"- odd\"",
    "output.file='...'",
    "output.file=\"trailing \"",
    "output.file=../up.h5",
    "input.segy=[a, b c, \"d, e\", '{f}', 12]",
    "condition.bandpass=[0.1, 0.2, 0.30000000000000004, 1e3]",
    "condition.mute={velocity: 333.3, delay: -0.01}",
    "migrate.aperture={distance: 1e3, angle: 90, taper: 0.25}",
    "migrate.aperture.angle=off",
    "target={tiles: [007, 1-4], lines: [inline   12], inlines: [3, 4], x: [-1, 1], time: [0, 0.1]}",
    "memory=1000000001",
    "memory=1536 MiB",
    "output={gathers: on, stack: false}",
    "optimise.time_domain=off",
    "optimise={trace_prefilter: off, spatial_index: no, batch: false}",
    "offsets={first: 100, step: 33.3, n: 12}",
};

START_TEST(a_listing_read_back_lists_the_same)
{
    char *first = list_with(&doubtful[_i], 1, PSTM_KEYS_ALL), *again = list_again(first);
    ck_assert_str_eq(first, again);
    free(first);
    free(again);
}
END_TEST

START_TEST(equal_jobs_are_listed_alike_however_they_are_written)
{
    char *a = list_with(SETTINGS("grid.time.step=0.002", "migrate.aperture.angle=off", "memory=1 GiB",
                                 "output.fold=yes", "target.tiles=[7]", "input.delay=on"),
                        PSTM_KEYS_ALL);
    char *b =
        list_with(SETTINGS("grid.time.step=2e-3", "migrate={aperture: {angle: 90.0}}", "memory=1024 MiB",
                           "output.fold=True", "target.tiles=07", "grid.azimuth=+32.50"),
                  PSTM_KEYS_ALL);
    ck_assert_str_eq(a, b);
    free(a);
    free(b);
}
END_TEST

START_TEST(a_listing_has_one_line_a_key_in_schema_order)
{
    char *list = list_with(NULL, 0, PSTM_KEYS_ALL);
    const char *place = list;
    for (size_t i = 0; i < pstm_n_keys; i++) {
        const size_t length = strlen(pstm_schema[i].path);
        ck_assert_int_eq(strncmp(place, pstm_schema[i].path, length), 0);
        ck_assert_int_eq(strncmp(place + length, ": ", 2), 0);
        place = strchr(place, '\n') + 1;
    }
    ck_assert_str_eq(place, "");
    free(list);
}
END_TEST

/* Settings that must leave a listing alone, and one that must not. */
static void expect_change(const char *setting, pstm_job_keys which, bool changes)
{
    char *before = list_with(NULL, 0, which), *after = list_with(&setting, 1, which);
    ck_assert_msg((strcmp(before, after) != 0) == changes, "%s", setting);
    free(before);
    free(after);
}

START_TEST(only_what_shapes_the_traces_is_among_their_keys)
{
    expect_change("condition.agc=0.5", PSTM_KEYS_TRACES, true);
    expect_change("input.bytes.source_x=201", PSTM_KEYS_TRACES, true);
    expect_change("grid.time.n=77", PSTM_KEYS_TRACES, false);
    expect_change("input.select.offset=[0, 100]", PSTM_KEYS_TRACES, false);
    expect_change("velocity.constant=3000", PSTM_KEYS_TRACES, false);
    expect_change("input.segy=other.sgy", PSTM_KEYS_TRACES, false);
}
END_TEST

START_TEST(only_what_shapes_the_image_is_among_its_keys)
{
    expect_change("condition.agc=0.5", PSTM_KEYS_IMAGE, true);
    expect_change("offsets={step: 100, n: 3}", PSTM_KEYS_IMAGE, true);
    expect_change("bins.kind=all", PSTM_KEYS_IMAGE, false); /* as auto takes it */
    expect_change("grid.time.n=77", PSTM_KEYS_IMAGE, true);
    expect_change("input.select.offset=[0, 100]", PSTM_KEYS_IMAGE, true);
    expect_change("velocity.constant=3000", PSTM_KEYS_IMAGE, true);
    expect_change("migrate.weight=none", PSTM_KEYS_IMAGE, true);
    expect_change("target.time=[0.5, 1]", PSTM_KEYS_IMAGE, true);
    expect_change("optimise.time_domain=off", PSTM_KEYS_IMAGE, true);
    expect_change("optimise.fast_math=off", PSTM_KEYS_IMAGE, true);
    expect_change("optimise.trace_prefilter=off", PSTM_KEYS_IMAGE, false);
    expect_change("optimise.spatial_index=off", PSTM_KEYS_IMAGE, false);
    expect_change("optimise.batch=off", PSTM_KEYS_IMAGE, false);
    expect_change("target.tiles=[1]", PSTM_KEYS_IMAGE, false);
    expect_change("tile.inline=32", PSTM_KEYS_IMAGE, false);
    expect_change("memory=1 GiB", PSTM_KEYS_IMAGE, false);
    expect_change("threads=3", PSTM_KEYS_IMAGE, false);
    expect_change("devices=cpu", PSTM_KEYS_IMAGE, false);
    expect_change("output.file=other.h5", PSTM_KEYS_IMAGE, false);
    expect_change("input.segy=other.sgy", PSTM_KEYS_IMAGE, false);
}
END_TEST

START_TEST(the_velocity_files_name_is_in_no_key_set)
{
    char *a = list_with(SETTINGS("velocity.constant=off", "velocity.file=a.txt"), PSTM_KEYS_IMAGE);
    char *b = list_with(SETTINGS("velocity.constant=off", "velocity.file=b.txt"), PSTM_KEYS_IMAGE);
    ck_assert_str_eq(a, b);
    free(a);
    free(b);
}
END_TEST

/* Whether a listing has a line of this key. */
static bool lists(const char *list, const char *path)
{
    const size_t length = strlen(path);
    for (const char *line = list; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, path, length) == 0 && line[length] == ':') return true;
    }
    return false;
}

START_TEST(a_key_that_came_later_leaves_older_cubes_alone)
{
    char *image = list_with(NULL, 0, PSTM_KEYS_IMAGE), *all = list_with(NULL, 0, PSTM_KEYS_ALL);
    for (size_t i = 0; i < pstm_n_keys; i++) {
        if (!pstm_schema[i].added_later) continue;
        ck_assert_msg(!lists(image, pstm_schema[i].path), "%s", pstm_schema[i].path);
        ck_assert_msg(lists(all, pstm_schema[i].path), "%s", pstm_schema[i].path);
    }
    free(image);
    free(all);
}
END_TEST

START_TEST(bins_are_listed_alike_whether_their_kind_is_said_or_not)
{
    char *a = list_with(SETTINGS("offsets={step: 100, n: 3}"), PSTM_KEYS_ALL);
    char *b = list_with(SETTINGS("bins.kind=offset", "offsets={step: 100, n: 3}"), PSTM_KEYS_ALL);
    ck_assert_str_eq(a, b);
    free(a);
    free(b);
}
END_TEST

START_TEST(the_schema_is_sound)
{
    for (size_t i = 0; i < pstm_n_keys; i++) {
        const pstm_key *key = &pstm_schema[i];
        ck_assert_ptr_eq(pstm_key_find(key->path), key); /* no path twice */
        ck_assert_msg(!pstm_key_is_group(key->path), "%s is a key and a group", key->path);
        ck_assert_ptr_nonnull(key->help);
        if (key->offset == PSTM_NOWHERE) {
            ck_assert_msg(key->choices[0] != NULL && key->choices[1] == NULL, "%s lands nowhere", key->path);
            continue;
        }
        ck_assert_uint_lt(key->offset, sizeof(pstm_job));
        for (size_t k = 0; k < i; k++)
            ck_assert_msg(pstm_schema[k].offset != key->offset, "%s and %s share a field", key->path,
                          pstm_schema[k].path);
    }
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("job_list");
    TCase *tests = tcase_create("job_list");
    tcase_add_loop_test(tests, a_listing_read_back_lists_the_same, 0, sizeof doubtful / sizeof doubtful[0]);
    tcase_add_test(tests, equal_jobs_are_listed_alike_however_they_are_written);
    tcase_add_test(tests, a_listing_has_one_line_a_key_in_schema_order);
    tcase_add_test(tests, only_what_shapes_the_traces_is_among_their_keys);
    tcase_add_test(tests, only_what_shapes_the_image_is_among_its_keys);
    tcase_add_test(tests, the_velocity_files_name_is_in_no_key_set);
    tcase_add_test(tests, a_key_that_came_later_leaves_older_cubes_alone);
    tcase_add_test(tests, bins_are_listed_alike_whether_their_kind_is_said_or_not);
    tcase_add_test(tests, the_schema_is_sound);
    suite_add_tcase(suite, tests);
    return suite;
}
