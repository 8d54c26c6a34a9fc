/* What a bad job is told: place, cause and remedy. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "job_text.h"
#include "tests/check/suite.h"

typedef struct bad_job {
    const char *text; /* of the job file, or a setting on top of small_job (which has 10 lines) */
    const char *message;
} bad_job;

/* These stand behind small_job in its file, so the first line of each is line 11. */
static const bad_job bad_lines[] = {
    {"migrate: { apperture: { angle: 30 } }",
     "job.yaml:11: migrate.apperture: unknown key; did you mean `aperture`?"},
    {"migrate:\n  aperture:\n    angl: 30",
     "job.yaml:13: migrate.aperture.angl: unknown key; did you mean `angle`?"},
    {"aperture: 3000", "job.yaml:11: aperture: unknown key; did you mean `migrate.aperture`?"},
    {"colour: red", "job.yaml:11: colour: unknown key; known here: `input`, `condition`, `grid`"},
    {"migrat.weight: none", "job.yaml:11: migrat.weight: unknown key"},
    {"grid: { azimuth: 1 }", "job.yaml:11:1: duplicate key `grid`: it is on line 2 already"},
    {"grid.azimuth: 3", "job.yaml:11: duplicate key `grid.azimuth`: it is on line 4 already"},
    {"tile: { inline: 16, inline: 32 }", "job.yaml:11:21: duplicate key `inline`: it is on line 11 already"},
    {"offsets: { step: 100, n: 3 }\nbins.kind: all",
     "job.yaml:12: bins.kind: `all` is one class, and `offsets` asks for several; say `offset`, or leave"},
    {"tile: 32", "job.yaml:11: tile: must be a group with the keys `inline` or `crossline`"},
    {"tile: &t { inline: 16 }", "job.yaml:11:7: anchors and aliases are not taken (`t`)"},
    {"threads: *t", "job.yaml:11:10: anchors and aliases are not taken (`t`)"},
    {"threads: !!int 3", "job.yaml:11:10: tags are not taken"},
    {"tile: { inline: 16", "not valid YAML"},
    {"{ [1, 2]: 3 }: 4", "a key must be a plain word"},
    {"---\nthreads: 3", "job.yaml:12:1: a second document starts here"},
    {"threads: 3\x1a", "job.yaml:11:11: control character U+001A (Ctrl-Z)"},
    {"migrate:\n\xc2\xa0 aperture: 3",
     "aperture: unknown key; U+00A0 (a non-breaking space) looks like a blank"},
    {"threads: \xe2\x88\x92"
     "3",
     "not `\xe2\x88\x92"
     "3`; U+2212 (a minus sign) looks like a minus; write -"},
    {"migrate: { aperture: { angle: 30,5 } }",
     "migrate.aperture.5: unknown key; a number with a decimal comma makes such a key: write a point"},
    {"migrate.aperture.angle: 30,5", "not `30,5`; numbers have a decimal point"},
    {"threads: \"\\0\"", "a text must not hold a zero byte"},
    {"threads:",
     "job.yaml:11: threads: has no value; it must be a whole number >= 1 and <= 65536, or `auto`"},
};

static const bad_job bad_settings[] = {
    {"threads=many",
     "--set threads=many: threads: must be a whole number >= 1 and <= 65536, or `auto`, not `many`"},
    {"threads=2.5", "must be a whole number"},
    {"threads=0", "not `0`"},
    {"threads=0x10", "not `0x10`"},
    {"threads=nan", "not `nan`"},
    {"threads=[1, 2]", "not a list of 2"},
    {"threads={a: 1}", "not a group of keys"},
    {"threads", "--set threads: must look like key.sub=value"},
    {"=3", "must look like key.sub=value"},
    {" =3", "must look like key.sub=value"},
    {" threads = 3 ", NULL},
    {"thread=3", "--set thread=3: thread: unknown key; did you mean `threads`?"},
    {"target.tiles=[1, 2", "--set target.tiles=[1, 2: not valid YAML"},
    {"grid.time.step=2", "must be a number >= 1e-06 and <= 1 (s), not `2`; seconds, so 0.002 for 2 ms"},
    {"grid.time.step=0", "not `0`"},
    {"grid.time.step=1e999", "not `1e999`"},
    {"grid.time.step=0.002 s", "not `0.002 s`"},
    {"grid.time.n=0", "grid.time.n: must be a whole number >= 1 and <= 524288, not `0`"},
    {"grid.time.n=3000000000", "not `3000000000`"},
    {"grid.origin=[1, 2, 3]", "must be two numbers [x, y]"},
    {"grid.origin=[606000,5, 6077000]", "not a list of 3; numbers have a decimal point, no comma"},
    {"grid.origin=[1, x]", "must be two numbers [x, y]"},
    {"grid.inline.first=2147483640",
     "grid.inline.n: the last number, 2147483640 + 40 - 1, passes 2147483647"},
    {"grid.time.n=524289", "grid.time.n: must be a whole number >= 1 and <= 524288, not `524289`"},
    {"grid.inline.step=0.0001", "grid.inline.step: must be a number >= 0.001 and <= 1000000 (m)"},
    {"grid={time: {n: 524288}, inline: {n: 2147483647}, crossline: {n: 2147483547}}",
     "more than can be counted"},
    {"velocity.constant=0", "`units: km/s`"},
    {"velocity.constant=2.5",
     "velocity.constant: 2.5 makes a vrms of 2.5 m/s, outside 100-10000 m/s; if it is in "
     "km/s, write `units: km/s`"},
    {"velocity.units=km/s", "job.yaml:9: velocity.constant: 2000 makes a vrms of 2000000 m/s, outside"},
    {"velocity.scale=0.01", "makes a vrms of 20 m/s"},
    {"velocity.constant=off", "velocity: missing; give `constant: 2000` (m/s) or `file: vrms.txt`"},
    {"velocity.file=v.txt", "velocity.file: velocity.constant is given too"},
    {"velocity.units=mph", "must be `m/s`, `km/s` or `ft/s`, not `mph`"},
    {"condition.bandpass=[5, 10, 80]",
     "must be four rising numbers [a, b, c, d], each > 0 (Hz), or `off`, not a list of 3"},
    {"condition.bandpass=[5, 10, 10, 80]", "must be four rising numbers"},
    {"condition.bandpass=[0, 5, 10, 80]", "must be four rising numbers"},
    {"condition.wavelet=4d", "must be `auto`, `off`, `2d` or `3d`, not `4d`"},
    {"condition.mute=on", "condition.mute.velocity: must be a number"},
    {"condition.max_over_rms=1", "must be a number > 1"},
    {"input.coordinate_scalar=0", "not 0, or `auto`, not `0`"},
    {"input.bytes.source_x=238", "must be a whole number >= 1 and <= 237, not `238`"},
    {"input.select.offset=[3, 2]", "first <= last"},
    {"input.select.offset=[-3, 2]", "must be [first, last] with first <= last, each >= 0 (m), or `all`"},
    {"input.segy=[]", "input.segy: must be a path or a list of paths, not a list of 0"},
    {"input.segy=[a, [b]]", "must be a path or a list of paths"},
    {"input.segy=[a, b, a]", "a is given twice"},
    {"input.segy=[., b, ./, b]", "./ is given twice"},
    {"output.file=a.sgy", "output.file: a.sgy is an input file"},
    {"output.file=~/image.h5", "output.file: `~/image.h5`: `~` and `$NAME` are not expanded here"},
    {"output.file=$SCRATCH/image.h5", "have the shell do it: --set output.file=\"$HOME/...\""},
    {"output.file=image_${JOB}.h5", "output.file: `image_${JOB}.h5`: `~` and"},
    {"input.segy=~user/a.sgy", "input.segy: `~user/a.sgy`: `~` and `$NAME` are not expanded here"},
    {"input.segy=$DATA/line_*.sgy", "input.segy: `$DATA/line_*.sgy`: `~` and `$NAME` are not expanded here"},
    {"input.segy=[a, $DATA/b]", "input.segy: `$DATA/b`: `~` and `$NAME` are not expanded here"},
    {"input.segy=[a, out.h5.journal]",
     "output.file: out.h5.journal is a file that the job reads, and the run"},
    {"input.segy=./out.h5.timeline.31.json", "output.file: ./out.h5.timeline.31.json is a file that the job"},
    {"migrate.aperture.taper=1", "must be a number >= 0 and < 1, not `1`"},
    {"migrate.aperture.angle=91", "<= 90 (degrees)"},
    {"migrate.weight=truth", "did you mean `true`?"},
    {"migrate.weight=obliqity", "did you mean `obliquity`?"},
    {"migrate.spreading=yes", "migrate.spreading: must be `corrected` or `raw`"},
    {"migrate.operator=sun", "did you mean `sum`?"},
    {"migrate.antialias=triangle", "`triangle` is not available in this version; use `off`"},
    {"migrate.traveltime=vti", "migrate.traveltime: `vti` wants velocity.eta or velocity.eta_file"},
    {"velocity.eta=0.1", "velocity.eta: only `migrate.traveltime: vti` takes an eta"},
    {"velocity.eta=2", "velocity.eta: must be"},
    {"migrate.interpolation=sinc", "`sinc` is not available in this version; use `linear`"},
    {"migrate.stretch_mute=yes", "`on` is not available in this version; use `off`"},
    {"migrate.stretch_mute=30", "`30` is not available in this version; use `off`"},
    {"optimise.batch=sometimes", "optimise.batch: must be `off` or `on`"},
    {"optimise.time_dependent_aperture=off",
     "optimise.time_dependent_aperture: off leaves the distance alone to limit the aperture, and there is "
     "none; give `migrate.aperture.distance`"},
    {"route=dmo", "`dmo` is not available in this version; use `kirchhoff`"},
    {"devices=cudda", "did you mean `cuda`?"},
    {"tile.inline=24", "tile.inline: must be a whole number >= 16 and <= 1024, a multiple of 16, not `24`"},
    {"bins.kind=ofset", "bins.kind: must be `auto`, `all` or `offset`, not `ofset`; did you mean `offset`?"},
    {"bins.kind=offset", "bins.kind=offset: bins.kind: `offset` needs `offsets.step` and `offsets.n`; give"},
    {"offsets.n=4", "offsets.n: needs the width of a class; give `offsets.step` too"},
    {"offsets.step=100", "offsets.step: needs the number of classes"},
    {"offsets.first=100", "offsets.first: needs `offsets.step` and `offsets.n`"},
    {"target.tiles=[3, x]", "target.tiles: must be a list of tile numbers and ranges"},
    {"target.tiles=[5-3]", "must be a list of tile numbers"},
    {"target.tiles=[-3]", "must be a list of tile numbers"},
    {"target.tiles=[3-12]", "target.tiles: there is no tile 12; the last one is 11"},
    {"target.lines=[row 3]", "must be a list of lines"},
    {"target.lines=[inline 41]", "`inline 41` lies outside the grid, which goes from 1 to 40"},
    {"target.lines=[crossline 100]", "`crossline 100` lies outside the grid, which goes from 101 to 150"},
    {"target.inlines=[1.5, 3]", "in whole numbers"},
    {"target.crosslines=[1, 100]",
     "target.crosslines: 1 to 100 lies outside the grid, which goes from 101 to 150"},
    {"target.time=[2.5, 3]", "target.time: 2.5 to 3 lies outside the grid, which goes from 0 to 2"},
    {"optimise={time_domain: off}", NULL}, /* fine: auto then takes the reference device */
    {"output={stack: off}", "with neither stack nor gathers there is no image to write"},
    {"memory=2 GiBi", "must be a size such as `2 GiB`, 1 MiB or more, or `auto`, not `2 GiBi`"},
    {"memory=1 KiB", "1 MiB or more"},
    {"memory=-2 GiB", "must be a size"},
};

static void expect(const char *text, const char *const *settings, size_t n_settings, const char *message)
{
    pstm_job other = {0}, *job = &other;
    const pstm_status status = read_job_text(text, settings, n_settings, &job);
    if (message == NULL) {
        ck_assert_msg(status == PSTM_OK, "%s: %s", n_settings > 0 ? settings[0] : text, pstm_error_text());
        pstm_job_destroy(&job);
        return;
    }
    ck_assert_msg(status == PSTM_USAGE, "taken: %s", n_settings > 0 ? settings[0] : text);
    ck_assert_ptr_eq(job, &other);
    ck_assert_msg(strstr(pstm_error_text(), message) != NULL, "told:     %s\nexpected: %s", pstm_error_text(),
                  message);
}

START_TEST(bad_lines_are_told_with_file_line_and_remedy)
{
    char text[2048];
    snprintf(text, sizeof text, "%s%s\n", small_job, bad_lines[_i].text);
    expect(text, NULL, 0, bad_lines[_i].message);
}
END_TEST

START_TEST(bad_values_are_told_with_what_is_expected)
{
    expect(small_job, &bad_settings[_i].text, 1, bad_settings[_i].message);
}
END_TEST

START_TEST(missing_keys_are_told_together)
{
    expect("", NULL, 0,
           "job.yaml: missing: input.segy, grid.origin, grid.azimuth, grid.inline.n, grid.inline.step, "
           "grid.crossline.n, grid.crossline.step, grid.time.n, grid.time.step, output.file");
    expect("# nothing but a comment\n", NULL, 0, "job.yaml: missing: input.segy");
}
END_TEST

START_TEST(a_text_that_is_no_job_is_refused)
{
    expect("- a\n- b\n", NULL, 0, "job.yaml:1: a job is made of lines `key: value`");
    expect("just words\n", NULL, 0, "job.yaml:1: a job is made of lines `key: value`");
    expect("a: \xff\xfe\n", NULL, 0, "is not UTF-8 text");
    expect("[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]\n", NULL, 0, "nested too deeply");
}
END_TEST

/* Each key is compared with those before it: their number must be bounded. */
START_TEST(very_many_keys_are_refused_before_they_cost_much)
{
    enum { N = 60000, LINE = 16 };
    char *text = calloc(N, LINE);
    ck_assert_ptr_nonnull(text);
    for (int i = 0, at = 0; i < N; i++)
        at += sprintf(text + at, "key%d: 1\n", i);
    expect(text, NULL, 0, "job.yaml:1001:1: more than 1000 keys in one group; is it a job file?");
    free(text);
}
END_TEST

START_TEST(the_depth_loop_needs_the_reference_device)
{
    const char *const settings[] = {"optimise.time_domain=off", "devices=cpu"};
    expect(small_job, settings, 2, "say `devices: reference`");
}
END_TEST

START_TEST(no_file_that_the_job_reads_is_written)
{
    const char *const settings[] = {"velocity.constant=off",   "velocity.file=v.txt",
                                    "velocity.eta_file=e.txt", "migrate.traveltime=vti",
                                    "input.segy=a.sgy",        "output.file=e.txt"};
    expect(small_job, settings, 6, "output.file: e.txt is a file that the job reads");
}
END_TEST

/* Whatever one byte of a job is replaced by, it is read or refused, never worse (the sanitizers look on). */
START_TEST(spoiled_jobs_are_read_or_refused)
{
    static const char bytes[] = "\n\t {}[]:,-#'\"&*!|>%@`0x.\x80";
    char text[1024];
    const size_t length = strlen(small_job);
    ck_assert_uint_lt(length, sizeof text);
    int n_refused = 0;
    for (size_t i = 0; i < length; i++) {
        pstm_job *job = NULL;
        memcpy(text, small_job, length + 1);
        text[i] = bytes[i * 7 % (sizeof bytes - 1)];
        const pstm_status status = read_job_text(text, NULL, 0, &job);
        ck_assert(status == PSTM_OK || status == PSTM_USAGE);
        n_refused += status == PSTM_USAGE;
        pstm_job_destroy(&job);
    }
    ck_assert_int_gt(n_refused, 0);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("job_errors");
    TCase *tests = tcase_create("job_errors");
    tcase_add_loop_test(tests, bad_lines_are_told_with_file_line_and_remedy, 0,
                        sizeof bad_lines / sizeof bad_lines[0]);
    tcase_add_loop_test(tests, bad_values_are_told_with_what_is_expected, 0,
                        sizeof bad_settings / sizeof bad_settings[0]);
    tcase_add_test(tests, missing_keys_are_told_together);
    tcase_add_test(tests, a_text_that_is_no_job_is_refused);
    tcase_add_test(tests, very_many_keys_are_refused_before_they_cost_much);
    tcase_add_test(tests, the_depth_loop_needs_the_reference_device);
    tcase_add_test(tests, no_file_that_the_job_reads_is_written);
    tcase_add_test(tests, spoiled_jobs_are_read_or_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
