/* pstm bench: rates of the kernels of this machine. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "commands/command.h"
#include "core/place.h"
#include "core/write_file.h"

static const char usage[] =
    "usage: pstm bench [options]\n"
    "\n"
    "Measures how many contributions (a trace added to an output sample) each device and kernel of this\n"
    "machine makes in a second, on one core or one GPU, for a piece of a survey with offsets of 300 to\n"
    "600 m at 2 ms. Ratios are to the plain C loop in the same run: exact square roots, linear\n"
    "interpolation, no weight, no fold; compiled for the kernel's instruction set, and the fastest of\n"
    "all instruction sets.\n";

typedef struct bench_options {
    const char *json_path;
    bool quick, overwrite;
} bench_options;

static const pstm_option table[] = {
    PSTM_OPTION("json", "FILE", pstm_option_text, bench_options, json_path, "writes the table as JSON too"),
    PSTM_OPTION("quick", NULL, pstm_option_flag, bench_options, quick, "a tenth of the time, less exact"),
    PSTM_OPTION("overwrite", NULL, pstm_option_flag, bench_options, overwrite,
                "replaces a file that is no such table, too"),
};

static const pstm_command_line line = {
    .usage = usage, PSTM_OPTIONS(table), .words = "nothing but options is wanted"};

static void print_report(const pstm_bench_report *report)
{
    printf(
        "CPU       %s\ncompiler  %s, flags %s\nmemory    %.1f GB/s read and written by copying, one core\n\n",
        report->cpu, report->compiler, report->flags, report->copy_bytes_per_s * 1e-9);
    printf("%-10s %-9s %-34s %14s %-19s %6s %-14s %s\n", "device", "kernel", "setting", "contributions/s",
           "  (spread)", "ratio", "(spread)", "to fastest");
    for (int i = 0; i < report->n_rows; i++) {
        const pstm_bench_row *row = &report->rows[i];
        printf("%-10s %-9s %-34s %12.4g e9 (%.4g to %.4g) %8.2f (%.2f to %.2f) %8.2f\n", row->device,
               row->kernel, row->setting, row->contributions_per_s * 1e-9, row->least_per_s * 1e-9,
               row->most_per_s * 1e-9, row->ratio_to_plain, row->least_ratio, row->most_ratio,
               row->ratio_to_fastest);
    }
    printf("\nbest CPU kernel without antialias: %.2f times the plain loop of its instruction set, %.2f "
           "times the\n"
           "fastest plain loop (medians of %d rounds)\n",
           report->ratio_to_plain, report->ratio_to_fastest, report->n_rounds);
}

/* NULL if memory is short. */
static json_t *row_json(const pstm_bench_row *row)
{
    return json_pack("{s:s, s:s, s:s, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "device", row->device, "kernel",
                     row->kernel, "setting", row->setting, "contributions_per_s", row->contributions_per_s,
                     "least_per_s", row->least_per_s, "most_per_s", row->most_per_s, "ratio_to_plain",
                     row->ratio_to_plain, "least_ratio", row->least_ratio, "most_ratio", row->most_ratio,
                     "ratio_to_fastest_plain", row->ratio_to_fastest);
}

static pstm_status write_json(const char *path, const pstm_bench_report *report)
{
    json_t *rows = json_array();
    bool complete = rows != NULL;
    for (int i = 0; i < report->n_rows; i++)
        complete = json_array_append_new(rows, row_json(&report->rows[i])) == 0 && complete;
    json_t *root =
        json_pack("{s:s, s:s, s:s, s:i, s:f, s:f, s:f, s:o}", "cpu", report->cpu, "compiler",
                  report->compiler, "flags", report->flags, "rounds", report->n_rounds, "copy_bytes_per_s",
                  report->copy_bytes_per_s, "ratio_to_plain", report->ratio_to_plain,
                  "ratio_to_fastest_plain", report->ratio_to_fastest, "rows", rows);
    char *text = root && complete ? json_dumps(root, JSON_INDENT(2)) : NULL;
    pstm_status status = text ? pstm_write_file(path, text, strlen(text))
                              : pstm_fail(PSTM_SYSTEM, "%s: no memory to write the table as JSON", path);
    free(text);
    json_decref(root);
    return status;
}

static pstm_status bench(const bench_options *options)
{
    static const pstm_mark mark = {.bytes = "{\n  \"cpu\": ", .n = 11};
    pstm_bench_report report;
    if (options->json_path != NULL)
        PSTM_TRY(pstm_place_check_mark(options->json_path, &mark, options->overwrite));
    PSTM_TRY(pstm_bench_run(options->quick, &report));
    print_report(&report);
    return options->json_path != NULL ? write_json(options->json_path, &report) : PSTM_OK;
}

int pstm_command_bench(int argc, char **argv)
{
    bench_options options = {0};
    int code;
    if (pstm_command_line_read(&line, argc, argv, &options, &code) == NULL) return code;
    return pstm_command_end("bench", bench(&options));
}
