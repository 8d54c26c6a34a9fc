#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "profile/progress.h"
#include "tests/check/suite.h"

static int count(const char *text, const char *word)
{
    int n = 0;
    for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
        n++;
    return n;
}

/* A stream whose text is read back: a pipe or, as a terminal, a pseudo-terminal. */
typedef struct screen {
    int reader;
    FILE *stream;
    char text[20000];
} screen;

static void open_pipe(screen *to)
{
    int ends[2];
    memset(to, 0, sizeof *to);
    ck_assert_int_eq(pipe(ends), 0);
    to->reader = ends[0];
    to->stream = fdopen(ends[1], "w");
}

static void open_terminal(screen *to)
{
    memset(to, 0, sizeof *to);
    to->reader = posix_openpt(O_RDWR | O_NOCTTY);
    ck_assert_int_ge(to->reader, 0);
    ck_assert_int_eq(grantpt(to->reader), 0);
    ck_assert_int_eq(unlockpt(to->reader), 0);
    to->stream = fopen(ptsname(to->reader), "w");
    ck_assert_ptr_nonnull(to->stream);
}

/* Everything written since the last call. A terminal delivers late, so a mark is written and waited for. */
static const char *read_screen(screen *from)
{
    const char mark = 1;
    size_t length = 0;
    fputc(mark, from->stream);
    fflush(from->stream);
    while (length + 1 < sizeof from->text) {
        const ssize_t n = read(from->reader, from->text + length, 1);
        ck_assert_int_eq(n, 1);
        if (from->text[length] == mark) break;
        length++;
    }
    from->text[length] = 0;
    return from->text;
}

static void close_screen(screen *open)
{
    fclose(open->stream);
    close(open->reader);
}

static pstm_progress_state state_at(double elapsed_s, int64_t tiles_done)
{
    return (pstm_progress_state){.elapsed_s = elapsed_s,
                                 .cost_total = 100,
                                 .cost_done = (double)tiles_done,
                                 .tiles_total = 100,
                                 .tiles_done = tiles_done,
                                 .contributions = tiles_done * 1000000};
}

START_TEST(a_pipe_gets_a_line_each_tenth_and_each_ten_seconds)
{
    screen out;
    pstm_progress *progress = NULL;
    open_pipe(&out);
    ck_assert_int_eq(pstm_progress_create(out.stream, NULL, &progress), PSTM_OK);
    for (int i = 0; i <= 100; i++) { /* fast: 100 tiles in one second */
        const pstm_progress_state state = state_at(0.01 * i, i);
        pstm_progress_update(progress, &state);
    }
    pstm_progress_state last = state_at(1, 100);
    pstm_progress_finish(progress, &last);
    const char *text = read_screen(&out);
    ck_assert_int_eq(count(text, "\n"), 11);
    ck_assert_int_eq(count(text, "\r"), 0);
    ck_assert_ptr_nonnull(strstr(text, " 50.0 %  tiles 50/100  1e+08 contributions/s"));
    pstm_progress_destroy(&progress);

    ck_assert_int_eq(pstm_progress_create(out.stream, NULL, &progress), PSTM_OK);
    for (int i = 0; i < 400; i++) { /* slow: one tile, asked ten times a second for 40 seconds */
        const pstm_progress_state state = state_at(0.1 * i, 1);
        pstm_progress_update(progress, &state);
    }
    ck_assert_int_eq(count(read_screen(&out), "\n"), 4);
    pstm_progress_destroy(&progress);
    pstm_progress_destroy(&progress);
    close_screen(&out);
}
END_TEST

START_TEST(a_terminal_line_is_rewritten_at_most_five_times_a_second)
{
    screen out;
    pstm_progress *progress = NULL;
    open_terminal(&out);
    ck_assert_int_eq(pstm_progress_create(out.stream, NULL, &progress), PSTM_OK);
    for (int i = 0; i < 1000; i++) {
        const pstm_progress_state state = state_at(0.002 * i, i / 10);
        pstm_progress_update(progress, &state);
    }
    const char *text = read_screen(&out);
    ck_assert_int_eq(count(text, "\n"), 0);
    ck_assert_int_ge(count(text, "\r"), 9);
    ck_assert_int_le(count(text, "\r"), 11);
    pstm_progress_clear(progress);
    ck_assert_int_eq(count(read_screen(&out), "\r"), 2);
    const pstm_progress_state last = state_at(2, 100);
    pstm_progress_finish(progress, &last);
    text = read_screen(&out);
    ck_assert_int_eq(count(text, "\n"), 1);
    ck_assert_ptr_nonnull(strstr(text, "100.0 %"));
    pstm_progress_destroy(&progress);
    close_screen(&out);
}
END_TEST

START_TEST(resumed_tiles_do_not_count_for_the_rate_of_this_run)
{
    pstm_progress_state state = state_at(10, 60);
    state.cost_resumed = 40;
    state.tiles_resumed = 40;
    ck_assert_double_eq(pstm_progress_eta_s(&state), 20); /* 20 in 10 s, 40 to go */
    state.cost_done = 40;
    ck_assert_double_lt(pstm_progress_eta_s(&state), 0); /* not known yet */
    state.tiles_done = 100;
    ck_assert_double_eq(pstm_progress_eta_s(&state), 0);
}
END_TEST

static json_t *load(const char *path)
{
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error);
    ck_assert_msg(root != NULL, "%s: %s", path, error.text);
    return root;
}

static int64_t integer(json_t *root, const char *key)
{
    ck_assert_msg(json_is_integer(json_object_get(root, key)), "no %s", key);
    return json_integer_value(json_object_get(root, key));
}

START_TEST(the_json_file_is_replaced_every_two_seconds_and_at_the_end)
{
    char folder[] = "/tmp/pstm_test_progress_XXXXXX", path[64];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/cube.progress.json", folder);
    pstm_progress *progress = NULL;
    ck_assert_int_eq(pstm_progress_create(NULL, path, &progress), PSTM_OK);
    for (int i = 1; i <= 39; i++) { /* written at 0.1 s and at 2.1 s */
        const pstm_progress_state state = state_at(0.1 * i, i);
        pstm_progress_update(progress, &state);
    }
    json_t *root = load(path);
    ck_assert_int_eq(integer(root, "tiles_done"), 21);
    ck_assert_str_eq(json_string_value(json_object_get(root, "state")), "running");
    ck_assert_double_eq_tol(json_number_value(json_object_get(root, "eta_s")), 7.9, 1e-6);
    json_decref(root);
    pstm_progress_state last = state_at(4, 40);
    pstm_progress_finish(progress, &last);
    root = load(path);
    ck_assert_str_eq(json_string_value(json_object_get(root, "state")), "stopped");
    ck_assert_int_eq(integer(root, "contributions"), 40000000);
    json_decref(root);
    last = state_at(9, 100);
    pstm_progress_finish(progress, &last);
    root = load(path);
    ck_assert_str_eq(json_string_value(json_object_get(root, "state")), "finished");
    json_decref(root);
    pstm_progress_destroy(&progress);
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0); /* no temporary file stays */
}
END_TEST

START_TEST(a_json_file_that_cannot_be_written_does_not_stop_the_run)
{
    screen out;
    pstm_progress *progress = NULL;
    open_pipe(&out);
    ck_assert_int_eq(pstm_progress_create(out.stream, "/dev/null/p.json", &progress), PSTM_OK);
    const pstm_progress_state state = state_at(1, 100);
    pstm_progress_update(progress, &state);
    pstm_progress_finish(progress, &state);
    pstm_progress_update(NULL, &state);
    pstm_progress_finish(NULL, &state);
    ck_assert_int_eq(count(read_screen(&out), "100.0 %"), 1);
    pstm_progress_destroy(&progress);
    close_screen(&out);
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("progress");
    tcase_add_test(tests, a_pipe_gets_a_line_each_tenth_and_each_ten_seconds);
    tcase_add_test(tests, a_terminal_line_is_rewritten_at_most_five_times_a_second);
    tcase_add_test(tests, resumed_tiles_do_not_count_for_the_rate_of_this_run);
    tcase_add_test(tests, the_json_file_is_replaced_every_two_seconds_and_at_the_end);
    tcase_add_test(tests, a_json_file_that_cannot_be_written_does_not_stop_the_run);
    Suite *suite = suite_create("progress");
    suite_add_tcase(suite, tests);
    return suite;
}
