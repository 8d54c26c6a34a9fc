/* What a good job gives: defaults, values from the file, settings, paths. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "job_text.h"
#include "tests/check/suite.h"

#define SETTINGS(...)                                                                                        \
    ((const char *const[]){__VA_ARGS__}), sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)

START_TEST(a_small_job_gets_the_defaults)
{
    pstm_job *job = small_job_with(NULL, 0);
    ck_assert_str_eq(job->path, "job.yaml");
    ck_assert_int_eq(job->input.kind, PSTM_KIND_AUTO);
    ck_assert_int_eq(job->input.byte_order, PSTM_ORDER_AUTO);
    ck_assert_int_eq(job->input.format, 0);
    ck_assert_double_eq(job->input.sample_s, 0);
    ck_assert_double_eq(job->input.coordinate_scalar, 0);
    ck_assert(job->input.use_delay);
    ck_assert(!job->input.select_offset_m.set);
    ck_assert_int_eq(job->condition.wavelet, PSTM_WAVELET_AUTO);
    ck_assert(!job->condition.bandpass);
    ck_assert_double_eq(job->condition.agc_s, 0);
    ck_assert_double_eq(job->condition.mute_velocity_m_s, 0);
    ck_assert(job->condition.header_mute);
    ck_assert_double_eq(job->condition.max_over_rms, 0);
    ck_assert_double_eq(job->velocity.scale, 1);
    ck_assert_double_eq(job->velocity.unit_m_s, 1);
    ck_assert_ptr_null(job->velocity.file);
    ck_assert_int_eq(job->bins.offset.n, 0);
    ck_assert(isinf(job->aperture.distance_m));
    ck_assert_double_eq(job->aperture.angle_deg, 60);
    ck_assert_double_eq(job->aperture.taper, 0.25);
    ck_assert_int_eq(job->weight, PSTM_WEIGHT_TRUE);
    ck_assert_int_eq(job->tile_operator, PSTM_OPERATOR_SUM);
    ck_assert(job->time_domain);
    ck_assert(job->fast_math);
    ck_assert(job->aperture.time_dependent && job->trace_prefilter && job->spatial_index && job->batch);
    ck_assert_int_eq(job->target.tiles.n, 0);
    ck_assert_int_eq(job->tile_inline, 16);
    ck_assert_int_eq(job->tile_crossline, 16);
    ck_assert_int_eq(job->output.gathers, PSTM_AUTO);
    ck_assert(job->output.stack && job->output.fold && job->output.profile && !job->output.keep_store);
    ck_assert(!job->output.timeline);
    ck_assert_str_eq(job->device, "auto");
    ck_assert_int_eq(job->memory_bytes, 0);
    ck_assert_int_eq(job->threads, 0);
    pstm_job_destroy(&job);
    ck_assert_ptr_null(job);
}
END_TEST

/* small_job with other ends of lines, and with a byte order mark in front. */
START_TEST(a_job_is_the_same_with_any_ends_of_lines)
{
    static const char *const forms[][2] = {{"", "\n"}, {"", "\r"}, {"", "\r\n"}, {"\xef\xbb\xbf", "\n"}};
    for (size_t k = 0; k < sizeof forms / sizeof *forms; k++) {
        pstm_text text = {0}, list = {0}, usual = {0};
        ck_assert(pstm_text_add(&text, "%s# a comment%s", forms[k][0], forms[k][1]) == PSTM_OK);
        for (const char *line = small_job; *line != '\0'; line = strchr(line, '\n') + 1)
            ck_assert(pstm_text_add(&text, "%.*s%s", (int)strcspn(line, "\n"), line, forms[k][1]) == PSTM_OK);
        pstm_job *job = NULL, *small = small_job_with(NULL, 0);
        ck_assert_msg(read_job_text(text.bytes, NULL, 0, &job) == PSTM_OK, "%s", pstm_error_text());
        ck_assert(pstm_job_list(job, PSTM_KEYS_ALL, &list) == PSTM_OK);
        ck_assert(pstm_job_list(small, PSTM_KEYS_ALL, &usual) == PSTM_OK);
        ck_assert_str_eq(list.bytes, usual.bytes);
        pstm_job_destroy(&job);
        pstm_job_destroy(&small);
        pstm_text_clear(&text);
        pstm_text_clear(&list);
        pstm_text_clear(&usual);
    }
}
END_TEST

/* A list of factors, of jobs in a fresh folder; "": a list that is refused. */
static const struct {
    const char *file, *scale, *cubes;
} scans[] = {{"image.h5", "0.95", "image.h5"},
             {"image.h5", "[0.95]", "image.h5"},
             {"image.h5", "[1, 0.95]", "image.v1000.h5 image.v0950.h5"},
             {"a.b/image", "[1.05, 0.9]", "a.b/image.v1050 a.b/image.v0900"},
             {"'it''s 10 %.nc.h5'", "[0.125, 4]", "it's 10 %.nc.v0125.h5 it's 10 %.nc.v4000.h5"},
             {"image.h5", "[0.9, 0.9]", ""},
             {"image.h5", "[0.9, 0.9005]", ""},
             {"image.h5", "[0.95, 0.9500000000001]", ""},
             {"image.h5", "[]", ""},
             {"image.h5", "[0.9, [1]]", ""},
             {"image.h5", "[0.9, 0]", ""}};

START_TEST(a_factor_of_a_list_is_a_job_and_a_cube)
{
    char path[] = "/tmp/pstm-scan-XXXXXX", job_path[64], scale[64], file[128];
    pstm_text cubes = {0};
    pstm_jobs jobs = {0};
    ck_assert(mkdtemp(path) != NULL);
    snprintf(job_path, sizeof job_path, "%s/job.yaml", path);
    snprintf(scale, sizeof scale, "velocity.scale=%s", scans[_i].scale);
    snprintf(file, sizeof file, "output.file=%s", scans[_i].file);
    FILE *job = fopen(job_path, "w");
    ck_assert(job != NULL && fputs(small_job, job) >= 0 && fclose(job) == 0);
    const char *texts[] = {scale, file};
    const pstm_settings settings = {.text = texts, .n = 2};
    const pstm_status status = pstm_jobs_read(job_path, &settings, &jobs);
    ck_assert_int_eq(status, scans[_i].cubes[0] == '\0' ? PSTM_USAGE : PSTM_OK);
    for (int i = 0; i < jobs.n; i++) {
        const pstm_velocity_options *velocity = &jobs.job[i]->velocity;
        ck_assert_int_eq(velocity->scales.n, 1);
        ck_assert(velocity->scale == velocity->scales.factor[0]);
        ck_assert(pstm_text_add(&cubes, "%s%s", i == 0 ? "" : " ", jobs.job[i]->output.file) == PSTM_OK);
    }
    ck_assert_str_eq(jobs.n == 0 ? "" : cubes.bytes, scans[_i].cubes);
    pstm_jobs_clear(&jobs);
    pstm_text_clear(&cubes);
    unlink(job_path);
    rmdir(path);
}
END_TEST

START_TEST(header_bytes_default_to_the_standard)
{
    pstm_job *job = small_job_with(SETTINGS("input.bytes.source_x=201"));
    ck_assert_int_eq(job->input.bytes.source_x, 201);
    ck_assert_int_eq(job->input.bytes.source_y, 77);
    ck_assert_int_eq(job->input.bytes.receiver_x, 81);
    ck_assert_int_eq(job->input.bytes.receiver_y, 85);
    ck_assert_int_eq(job->input.bytes.coordinate_scalar, 71);
    ck_assert_int_eq(job->input.bytes.n_samples, 115);
    ck_assert_int_eq(job->input.bytes.sample_interval, 117);
    ck_assert_int_eq(job->input.bytes.delay, 109);
    ck_assert_int_eq(job->input.bytes.trace_id, 29);
    ck_assert_int_eq(job->input.bytes.mute_start, 111);
    ck_assert_int_eq(job->input.bytes.mute_end, 113);
    pstm_job_destroy(&job);
}
END_TEST

START_TEST(the_grid_lands_and_is_prepared)
{
    pstm_job *job = small_job_with(SETTINGS("grid.azimuth=90"));
    ck_assert_double_eq(job->grid.origin_x_m, 606000);
    ck_assert_double_eq(job->grid.origin_y_m, 6077000.5);
    ck_assert_double_eq(job->grid.sin_azimuth, 1);
    ck_assert_double_eq(job->grid.cos_azimuth, 0);
    ck_assert_int_eq(job->grid.n_inline, 40);
    ck_assert_int_eq(job->grid.n_crossline, 50);
    ck_assert_double_eq(job->grid.step_inline_m, 12.5);
    ck_assert_double_eq(job->grid.step_crossline_m, 25);
    ck_assert_int_eq(job->grid.first_inline, 1);
    ck_assert_int_eq(job->grid.first_crossline, 101);
    ck_assert_int_eq(job->grid.n_times, 1001);
    ck_assert_double_eq(job->grid.time_step_s, 0.002);
    ck_assert_double_eq(job->grid.time_first_s, 0);
    pstm_job_destroy(&job);
}
END_TEST

static const char full_job[] =
    "input:\n"
    "  segy: [one.sgy, sub/two.sgy, /abs/three.su]\n"
    "  kind: segy\n"
    "  byte_order: little\n"
    "  sample_format: 5\n"
    "  sample_interval: 0.004\n"
    "  coordinate_scalar: -100\n"
    "  delay: no\n"
    "  select: { offset: [0, 3000] }\n"
    "condition: { wavelet: 2d, bandpass: [5, 10, 80, 100], agc: 0.5, header_mute: False, max_over_rms: 50,\n"
    "             mute: { velocity: 230, delay: 0.1, taper: 0.05 } }\n"
    "grid: { origin: [0, -1e3], azimuth: 0, inline: { n: 33, step: 10 }, crossline: { n: 20, step: 10 },\n"
    "        time: { n: 11, step: 0.1, first: 0.2 } }\n"
    "velocity: { file: v.txt, scale: 0.98, units: ft/s }\n"
    "offsets: { first: 150, step: 300, n: 10 }\n"
    "migrate: { aperture: { distance: 3000, angle: off, taper: 0.1 }, weight: none, antialias: off,\n"
    "           traveltime: straight, interpolation: linear, stretch_mute: off }\n"
    "optimise: { time_domain: off, time_dependent_aperture: off, trace_prefilter: off, spatial_index: off,\n"
    "            batch: off, fast_math: off }\n"
    "route: kirchhoff\n"
    "target: { tiles: [0, 1, 2-3], inlines: [2, 5], crosslines: [1, 1], x: [-5, 5], y: [0, 0.5],\n"
    "          lines: [inline 12, crossline 3], time: [0.3, 0.4] }\n"
    "tile: { inline: 32, crossline: 16 }\n"
    "output: { file: /data/image.h5, gathers: yes, stack: off, fold: false, profile: off, timeline: on, "
    "keep_store: TRUE "
    "}\n"
    "devices: reference\n"
    "memory: 1.5 GiB\n"
    "threads: 3\n";

START_TEST(every_key_of_the_file_lands)
{
    pstm_job *job = NULL;
    if (read_job_text(full_job, NULL, 0, &job) != PSTM_OK) ck_abort_msg("%s", pstm_error_text());
    ck_assert_int_eq(job->input.segy.n, 3);
    ck_assert_str_eq(job->input.segy.text[1], "sub/two.sgy");
    ck_assert_int_eq(job->input.kind, PSTM_KIND_SEGY);
    ck_assert_int_eq(job->input.byte_order, PSTM_ORDER_LITTLE);
    ck_assert_int_eq(job->input.format, 5);
    ck_assert_double_eq(job->input.sample_s, 0.004);
    ck_assert_double_eq(job->input.coordinate_scalar, -100);
    ck_assert(!job->input.use_delay);
    ck_assert(job->input.select_offset_m.set && job->input.select_offset_m.last == 3000);
    ck_assert_int_eq(job->condition.wavelet, PSTM_WAVELET_2D);
    ck_assert(job->condition.bandpass && job->condition.bandpass_hz[3] == 100);
    ck_assert_double_eq(job->condition.agc_s, 0.5);
    ck_assert(!job->condition.header_mute);
    ck_assert_double_eq(job->condition.max_over_rms, 50);
    ck_assert_double_eq(job->condition.mute_velocity_m_s, 230);
    ck_assert_double_eq(job->condition.mute_delay_s, 0.1);
    ck_assert_double_eq(job->condition.mute_taper_s, 0.05);
    ck_assert_double_eq(job->velocity.constant_m_s, 0);
    ck_assert_str_eq(job->velocity.file, "v.txt");
    ck_assert_double_eq(job->velocity.scale, 0.98);
    ck_assert_double_eq(job->velocity.unit_m_s, 0.3048);
    ck_assert_int_eq(job->bins.offset.n, 10);
    ck_assert_double_eq(job->bins.offset.first_m, 150);
    ck_assert_double_eq(job->bins.offset.step_m, 300);
    ck_assert_double_eq(job->aperture.distance_m, 3000);
    ck_assert_double_eq(job->aperture.angle_deg, 90);
    ck_assert_double_eq(job->aperture.taper, 0.1);
    ck_assert_int_eq(job->weight, PSTM_WEIGHT_NONE);
    ck_assert(!job->time_domain);
    ck_assert(!job->fast_math);
    ck_assert(!job->aperture.time_dependent && !job->trace_prefilter && !job->spatial_index && !job->batch);
    ck_assert_int_eq(job->target.tiles.n, 3);
    ck_assert_str_eq(job->target.tiles.text[2], "2-3");
    ck_assert(job->target.inlines.first == 2 && job->target.inlines.last == 5);
    ck_assert(job->target.crosslines.set && job->target.x_m.first == -5 && job->target.y_m.last == 0.5);
    ck_assert_str_eq(job->target.lines.text[1], "crossline 3");
    ck_assert(job->target.time_s.set && job->target.time_s.first == 0.3);
    ck_assert_int_eq(job->tile_inline, 32);
    ck_assert_str_eq(job->output.file, "/data/image.h5");
    ck_assert_int_eq(job->output.gathers, PSTM_ON);
    ck_assert(!job->output.stack && !job->output.fold && !job->output.profile && job->output.keep_store);
    ck_assert(job->output.timeline);
    ck_assert_str_eq(job->device, "reference");
    ck_assert_int_eq(job->memory_bytes, 1610612736);
    ck_assert_int_eq(job->threads, 3);
    pstm_job_destroy(&job);
}
END_TEST

START_TEST(settings_win_over_the_file_and_later_over_earlier)
{
    pstm_job *job = small_job_with(SETTINGS(
        "grid.time.n=7", "grid.time.n=9", "tile={inline: 48}", "target.tiles=[0,1,2-3]",
        "condition.mute.velocity=300", "condition.mute=off", "velocity.constant=off", "velocity.file=w.txt"));
    ck_assert_int_eq(job->grid.n_times, 9);
    ck_assert_int_eq(job->tile_inline, 48);
    ck_assert_int_eq(job->target.tiles.n, 3);
    ck_assert_double_eq(job->condition.mute_velocity_m_s, 0);
    ck_assert_double_eq(job->velocity.constant, 0);
    ck_assert_str_eq(job->velocity.file, "w.txt");
    pstm_job_destroy(&job);
}
END_TEST

START_TEST(keys_may_be_written_with_dots)
{
    pstm_job *job = NULL;
    const char text[] =
        "input.segy: a.sgy\ngrid: { origin: [0, 0], azimuth: 0, inline.n: 1, inline.step: 1 }\n"
        "grid.crossline: { n: 2, step: 3 }\ngrid.time.n: 4\ngrid.time.step: 0.004\n"
        "velocity.constant: 1500\noutput.file: o.h5\n";
    if (read_job_text(text, NULL, 0, &job) != PSTM_OK) ck_abort_msg("%s", pstm_error_text());
    ck_assert_int_eq(job->grid.n_crossline, 2);
    ck_assert_int_eq(job->grid.n_times, 4);
    pstm_job_destroy(&job);
}
END_TEST

START_TEST(a_group_without_members_is_as_if_left_out)
{
    pstm_job *job = small_job_with(SETTINGS("offsets=", "migrate={}"));
    ck_assert_int_eq(job->bins.offset.n, 0);
    pstm_job_destroy(&job);
}
END_TEST

/* Units and scale multiply; the products of these values are exact. */
START_TEST(the_constant_is_given_in_m_s_after_units_and_scale)
{
    pstm_job *job =
        small_job_with(SETTINGS("velocity.constant=2.5", "velocity.units=km/s", "velocity.scale=0.5"));
    ck_assert_double_eq(job->velocity.constant, 2.5);
    ck_assert_double_eq(job->velocity.constant_m_s, 1250);
    pstm_job_destroy(&job);
}
END_TEST

START_TEST(sizes_take_binary_and_decimal_units)
{
    static const struct {
        const char *setting;
        int64_t bytes;
    } cases[] = {{"memory=2 GiB", 2147483648},     {"memory=2GB", 2000000000},
                 {"memory=512 MiB", 536870912},    {"memory=2097152", 2097152},
                 {"memory=0.5 TiB", 549755813888}, {"memory=auto", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pstm_job *job = small_job_with(&cases[i].setting, 1);
        ck_assert_int_eq(job->memory_bytes, cases[i].bytes);
        pstm_job_destroy(&job);
    }
}
END_TEST

START_TEST(paths_count_from_the_job_files_folder_and_settings_from_the_working_folder)
{
    char folder[] = "/tmp/pstm_job_XXXXXX", path[64], expected[64];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/job.yaml", folder);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(small_job, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    pstm_job *job = NULL;
    const char *const setting = "output.file=here.h5";
    if (pstm_job_read(path, &setting, 1, &job) != PSTM_OK) ck_abort_msg("%s", pstm_error_text());
    snprintf(expected, sizeof expected, "%s/a.sgy", folder);
    ck_assert_str_eq(job->input.segy.text[0], expected);
    ck_assert_str_eq(job->output.file, "here.h5");
    pstm_job_destroy(&job);
    unlink(path);
    rmdir(folder);
}
END_TEST

enum { N_FILES = 5 };

/* A folder with these files, whose own name would be a pattern, as the working folder. */
static void make_folder(char folder[64], const char *const *files)
{
    strcpy(folder, "/tmp/pstm_[ab]_XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    for (int i = 0; i < N_FILES; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        FILE *file = fopen(path, "w");
        ck_assert_ptr_nonnull(file);
        ck_assert_int_ge(fputs(i == 0 ? small_job : "", file), 0);
        ck_assert_int_eq(fclose(file), 0);
    }
}

static void remove_folder(const char *folder, const char *const *files)
{
    for (int i = 0; i < N_FILES; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        unlink(path);
    }
    rmdir(folder);
}

static const char *const made_files[N_FILES] = {"job.yaml", "b.sgy", "a10.sgy", "a2.sgy", "c[1].sgy"};

static const struct {
    const char *segy;               /* as in the job file */
    const char *found[N_FILES + 1]; /* NULL-ended; none: the job is refused ... */
    const char *message;            /* ... with these words, %s being the folder */
} patterns[] = {
    {"\"*.sgy\"", {"a10.sgy", "a2.sgy", "b.sgy", "c[1].sgy"}, NULL},
    {"[b.sgy, 'a?.sgy']", {"b.sgy", "a2.sgy"}, NULL},
    {"'[ab]*'", {"a10.sgy", "a2.sgy", "b.sgy"}, NULL},
    {"'c[1].sgy'", {"c[1].sgy"}, NULL}, /* a file has this very name */
    {"'c\\[1\\].sg?'", {"c[1].sgy"}, NULL},
    {"'*.segy'", {NULL}, "input.segy: no file matches `*.segy` in the folder %s/"},
    {"'data/*.sgy'", {NULL}, "input.segy: cannot look for `data/*.sgy` in the folder %s/data/: No such file"},
    {"['a*.sgy', a2.sgy]", {NULL}, "a2.sgy is given twice"},
    {"*.sgy", {NULL}, "put a text that begins with * into quotes"},
    {"*sgy", {NULL}, "put a text that begins with * into quotes"},
};

START_TEST(a_pattern_stands_for_the_files_that_match_it)
{
    char folder[64], path[96], text[160], message[160];
    make_folder(folder, made_files);
    snprintf(path, sizeof path, "%s/job.yaml", folder);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_gt(fprintf(file, "input: { segy: %s }%s", patterns[_i].segy, strchr(small_job, '\n')), 0);
    ck_assert_int_eq(fclose(file), 0);
    pstm_job *job = NULL;
    const pstm_status status = pstm_job_read(path, NULL, 0, &job);
    remove_folder(folder, made_files);
    if (patterns[_i].found[0] == NULL) {
        ck_assert_int_eq(status, PSTM_USAGE);
        snprintf(message, sizeof message, "%.*s%s%s", (int)strcspn(patterns[_i].message, "%"),
                 patterns[_i].message, strchr(patterns[_i].message, '%') == NULL ? "" : folder,
                 strchr(patterns[_i].message, '%') == NULL ? "" : strchr(patterns[_i].message, '%') + 2);
        ck_assert_msg(strstr(pstm_error_text(), message) != NULL, "%s, not %s", pstm_error_text(), message);
        return;
    }
    ck_assert_msg(status == PSTM_OK, "%s", pstm_error_text());
    for (int i = 0; patterns[_i].found[i] != NULL; i++) {
        snprintf(text, sizeof text, "%s/%s", folder, patterns[_i].found[i]);
        ck_assert_int_gt(job->input.segy.n, i);
        ck_assert_str_eq(job->input.segy.text[i], text);
        if (patterns[_i].found[i + 1] == NULL) ck_assert_int_eq(job->input.segy.n, i + 1);
    }
    pstm_job_destroy(&job);
}
END_TEST

START_TEST(a_missing_file_leaves_the_job_untouched)
{
    pstm_job other = {0}, *job = &other;
    ck_assert_int_eq(pstm_job_read("/dev/null/job.yaml", NULL, 0, &job), PSTM_USAGE);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "cannot open /dev/null/job.yaml"));
    ck_assert_ptr_eq(job, &other);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("job_read");
    TCase *tests = tcase_create("job_read");
    tcase_add_test(tests, a_small_job_gets_the_defaults);
    tcase_add_test(tests, a_job_is_the_same_with_any_ends_of_lines);
    tcase_add_loop_test(tests, a_factor_of_a_list_is_a_job_and_a_cube, 0, sizeof scans / sizeof *scans);
    tcase_add_test(tests, header_bytes_default_to_the_standard);
    tcase_add_test(tests, the_grid_lands_and_is_prepared);
    tcase_add_test(tests, every_key_of_the_file_lands);
    tcase_add_test(tests, settings_win_over_the_file_and_later_over_earlier);
    tcase_add_test(tests, keys_may_be_written_with_dots);
    tcase_add_test(tests, a_group_without_members_is_as_if_left_out);
    tcase_add_test(tests, the_constant_is_given_in_m_s_after_units_and_scale);
    tcase_add_test(tests, sizes_take_binary_and_decimal_units);
    tcase_add_test(tests, paths_count_from_the_job_files_folder_and_settings_from_the_working_folder);
    tcase_add_loop_test(tests, a_pattern_stands_for_the_files_that_match_it, 0,
                        (int)(sizeof patterns / sizeof *patterns));
    tcase_add_test(tests, a_missing_file_leaves_the_job_untouched);
    suite_add_tcase(suite, tests);
    return suite;
}
