#include "qc/ladder/table.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/write_file.h"

/* The figures of a row, as every form of the table gives them. */
typedef struct figures {
    double seconds, contributions, contributions_per_s, pairs, traces, examined, batches;
    double over_before, over_start; /* speed-up */
    double fold_change;             /* of the sum of all folds, against the start: -0.25 is a quarter less */
    double job_s;
} figures;

static double ratio(double a, double b)
{
    return b > 0 ? a / b : 0;
}

static figures figure(const pstm_ladder_table *table, int i_row)
{
    const pstm_run_measured *run = &table->rows[i_row].run, *start = &table->rows[0].run;
    const pstm_run_measured *before = i_row > 0 ? &table->rows[i_row - 1].run : run;
    const double contributions = (double)run->counts[PSTM_COUNT_CONTRIBUTIONS];
    return (figures){.seconds = run->busy_s,
                     .contributions = contributions,
                     .contributions_per_s = ratio(contributions, run->busy_s),
                     .pairs = (double)run->counts[PSTM_COUNT_PAIRS],
                     .traces = (double)run->counts[PSTM_COUNT_TRACES],
                     .examined = (double)run->counts[PSTM_COUNT_EXAMINED],
                     .batches = (double)run->counts[PSTM_COUNT_BATCHES],
                     .over_before = ratio(before->busy_s, run->busy_s),
                     .over_start = ratio(start->busy_s, run->busy_s),
                     .fold_change = ratio(contributions, (double)start->counts[PSTM_COUNT_CONTRIBUTIONS]) - 1,
                     .job_s = run->busy_s * table->scale};
}

pstm_status pstm_ladder_head(const pstm_ladder_table *table, pstm_text *text)
{
    PSTM_TRY(pstm_text_add(text, "%s: %s, %" PRId64 " traces, %d output samples\n", table->job_path,
                           table->sample, table->rows[0].run.n_traces, table->rows[0].run.n_times));
    PSTM_TRY(pstm_text_add(text, "%s, %d thread(s); pstm %s, commit %s\n", table->processor,
                           table->rows[0].run.n_threads, table->version, table->commit));
    PSTM_TRY(pstm_text_add(
        text,
        "Seconds are those in which the compute thread does not wait: prefilter, sum, copies. Each rung "
        "keeps the\nswitches of those before it. NRMS, shift and fold are against rung 0; the shift is "
        "what 95 %% of the traces\nstay within. \"To before\" is the NRMS against the rung before; `same` "
        "is bit-equal.\n"));
    if (table->scale == 1) return pstm_text_add(text, "The job's whole target was migrated.\n");
    return pstm_text_add(
        text,
        "\"job s\" is extrapolated, not measured: seconds times %.6g, the job's locations over "
        "those measured.\n",
        table->scale);
}

pstm_status pstm_ladder_names(pstm_text *text)
{
    return pstm_text_add(text, "%-4s %-24s %-18s %10s %10s %10s %10s %10s %8s %8s %9s %9s %7s %9s %10s\n",
                         "rung", "switched on", "device", "seconds", "cpu s", "contrib.", "contr./s", "pairs",
                         "x before", "x start", "NRMS", "shift ms", "fold", "to before", "job s");
}

/* "0.0123" in milliseconds; "-" where no trace has an event. */
static const char *shift_text(const pstm_ladder_row *row, char *text, size_t n)
{
    if (row->n_shifts == 0) return "-";
    snprintf(text, n, "%.4f", 1000 * row->shift_95_s);
    return text;
}

/* What the rung changes in the image of the rung before: "same" is bit-equal, else the NRMS. */
static const char *change_text(int i_row, const pstm_ladder_row *row, char *text, size_t n)
{
    if (i_row == 0) return "-";
    if (row->same_bits) return "same";
    snprintf(text, n, "%.2e", row->nrms_before);
    return text;
}

pstm_status pstm_ladder_line(const pstm_ladder_table *table, int i_row, pstm_text *text)
{
    const pstm_ladder_row *row = &table->rows[i_row];
    const figures f = figure(table, i_row);
    char shift[32], change[32];
    return pstm_text_add(
        text,
        "%-4d %-24s %-18s %10.4g %10.4g %10.4g %10.4g %10.4g %8.2f %8.1f %9.2e %9s %6.1f%% %9s %10.4g\n",
        i_row, row->rung->name, row->run.numerics_id, f.seconds, row->run.processor_s, f.contributions,
        f.contributions_per_s, f.pairs, f.over_before, f.over_start, row->nrms,
        shift_text(row, shift, sizeof shift), 100 * f.fold_change,
        change_text(i_row, row, change, sizeof change), f.job_s);
}

pstm_status pstm_ladder_operations(const pstm_ladder_table *table, pstm_text *text)
{
    const pstm_run_measured *run = &table->operations;
    if (run->n_locations == 0) return PSTM_OK;
    PSTM_TRY(
        pstm_text_add(text, "\nThe operations of the sum in double precision, rung 5, on the processor:\n"));
    return pstm_operations_describe(run->operation_s, run->counts[PSTM_COUNT_CONTRIBUTIONS], text);
}

/* ---- files ------------------------------------------------------------------------------------------- */

static pstm_status add_plain(const pstm_ladder_table *table, pstm_text *text)
{
    PSTM_TRY(pstm_text_add(text, PSTM_LADDER_MARK));
    PSTM_TRY(pstm_ladder_head(table, text));
    PSTM_TRY(pstm_text_add(text, "\n"));
    PSTM_TRY(pstm_ladder_names(text));
    for (int i = 0; i < table->n_rows; i++)
        PSTM_TRY(pstm_ladder_line(table, i, text));
    return pstm_ladder_operations(table, text);
}

static pstm_status add_markdown(const pstm_ladder_table *table, pstm_text *text)
{
    PSTM_TRY(pstm_ladder_head(table, text));
    PSTM_TRY(pstm_text_add(
        text, "\n| rung | switched on | device | seconds | cpu s | contributions | contributions/s | "
              "pairs | x before | x start | NRMS | shift (ms) | fold | to before | job (s) |\n"
              "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n"));
    for (int i = 0; i < table->n_rows; i++) {
        const pstm_ladder_row *row = &table->rows[i];
        const figures f = figure(table, i);
        char shift[32], change[32];
        PSTM_TRY(pstm_text_add(
            text,
            "| %d | %s | %s | %.4g | %.4g | %.4g | %.4g | %.4g | %.2f | %.1f | %.2e | %s | %+.1f %% | "
            "%s | %.4g |\n",
            i, row->rung->name, row->run.numerics_id, f.seconds, row->run.processor_s, f.contributions,
            f.contributions_per_s, f.pairs, f.over_before, f.over_start, row->nrms,
            shift_text(row, shift, sizeof shift), 100 * f.fold_change,
            change_text(i, row, change, sizeof change), f.job_s));
    }
    if (table->operations.n_locations == 0) return PSTM_OK;
    PSTM_TRY(pstm_text_add(text, "\n```"));
    PSTM_TRY(pstm_ladder_operations(table, text));
    return pstm_text_add(text, "```\n");
}

static pstm_status add_csv(const pstm_ladder_table *table, pstm_text *text)
{
    PSTM_TRY(pstm_text_add(
        text, "rung,switched_on,device,n_threads,timed_locations,seconds,processor_seconds,contributions,"
              "contributions_per_s,pairs,traces,examined,batches,over_before,over_start,nrms,"
              "shift_median_s,shift_95_s,n_shifts,fold_change,nrms_before,same_bits_as_before,"
              "job_seconds_extrapolated\n"));
    for (int i = 0; i < table->n_rows; i++) {
        const pstm_ladder_row *row = &table->rows[i];
        const figures f = figure(table, i);
        PSTM_TRY(pstm_text_add(text,
                               "%d,%s,%s,%d,%" PRId64
                               ",%.9g,%.9g,%.0f,%.9g,%.0f,%.0f,%.0f,%.0f,%.9g,%.9g,%.9g,%.9g,%.9g,%" PRId64
                               ",%.9g,%.9g,%d,%.9g\n",
                               i, row->rung->name, row->run.numerics_id, row->run.n_threads,
                               row->n_timed_locations, f.seconds, row->run.processor_s, f.contributions,
                               f.contributions_per_s, f.pairs, f.traces, f.examined, f.batches, f.over_before,
                               f.over_start, row->nrms, row->shift_s, row->shift_95_s, row->n_shifts,
                               f.fold_change, row->nrms_before, row->same_bits, f.job_s));
    }
    return PSTM_OK;
}

/* JSON knows no infinity, which an NRMS against an empty image is. */
static json_t *number_or_null(double number)
{
    return isfinite(number) ? json_real(number) : json_null();
}

static json_t *row_json(const pstm_ladder_table *table, int i_row)
{
    const pstm_ladder_row *row = &table->rows[i_row];
    const figures f = figure(table, i_row);
    json_t *work = json_pack("{s:f, s:f, s:f, s:f, s:f}", "contributions", f.contributions, "pairs", f.pairs,
                             "traces", f.traces, "examined", f.examined, "batches", f.batches);
    json_t *image =
        json_pack("{s:o, s:o, s:b, s:f, s:f, s:I, s:f}", "nrms", number_or_null(row->nrms), "nrms_before",
                  number_or_null(row->nrms_before), "same_bits_as_before", (int)row->same_bits,
                  "shift_median_s", row->shift_s, "shift_95_s", row->shift_95_s, "n_shifts",
                  (json_int_t)row->n_shifts, "fold_change", f.fold_change);
    return json_pack("{s:i, s:s, s:s, s:s, s:i, s:I, s:f, s:f, s:f, s:f, s:f, s:f, s:o, s:o}", "rung", i_row,
                     "switched_on", row->rung->name, "meaning", row->rung->meaning, "device",
                     row->run.numerics_id, "n_threads", row->run.n_threads, "timed_locations",
                     (json_int_t)row->n_timed_locations, "seconds", f.seconds, "processor_seconds",
                     row->run.processor_s, "job_seconds_extrapolated", f.job_s, "contributions_per_s",
                     f.contributions_per_s, "over_before", f.over_before, "over_start", f.over_start, "work",
                     work, "image", image);
}

/* The times of the operations, or null. */
static json_t *operations_json(const pstm_run_measured *run)
{
    if (run->n_locations == 0) return json_null();
    json_t *object = json_object();
    for (int o = 0; o < PSTM_OPERATIONS; o++)
        if (json_object_set_new(object, pstm_operation_name((pstm_operation)o),
                                json_real(run->operation_s[o])) != 0) {
            json_decref(object);
            return NULL;
        }
    return object;
}

static pstm_status add_json(const pstm_ladder_table *table, pstm_text *text)
{
    json_t *rungs = json_array();
    bool good = rungs != NULL;
    for (int i = 0; i < table->n_rows; i++)
        good &= json_array_append_new(rungs, row_json(table, i)) == 0;
    json_t *root =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:i, s:f, s:b, s:O, s:o}", "job", table->job_path,
                  "version", table->version, "commit", table->commit, "processor", table->processor, "sample",
                  table->sample, "n_traces", (json_int_t)table->rows[0].run.n_traces, "n_times",
                  table->rows[0].run.n_times, "scale", table->scale, "extrapolated", (int)(table->scale != 1),
                  "rungs", rungs, "operations_s", operations_json(&table->operations));
    char *bytes = good && root != NULL ? json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(9)) : NULL;
    json_decref(rungs);
    json_decref(root);
    if (bytes == NULL)
        return pstm_fail(PSTM_SYSTEM, "the ladder cannot be put into JSON: memory is short, or a text is not "
                                      "UTF-8");
    const pstm_status status = pstm_text_add(text, "%s\n", bytes);
    free(bytes);
    return status;
}

typedef pstm_status add_table(const pstm_ladder_table *table, pstm_text *text);

static pstm_status write_one(const pstm_ladder_table *table, add_table *add, const char *folder,
                             const char *name)
{
    pstm_text path = {0}, text = {0};
    pstm_status status;
    PSTM_GO(pstm_text_add(&path, "%s/%s", folder, name));
    PSTM_GO(add(table, &text));
    PSTM_GO(pstm_write_file(path.bytes, text.bytes, (size_t)text.length));
cleanup:
    pstm_text_clear(&path);
    pstm_text_clear(&text);
    return status;
}

pstm_status pstm_ladder_write(const pstm_ladder_table *table, const char *folder)
{
    PSTM_TRY(write_one(table, add_plain, folder, "ladder.txt"));
    PSTM_TRY(write_one(table, add_markdown, folder, "ladder.md"));
    PSTM_TRY(write_one(table, add_csv, folder, "ladder.csv"));
    return write_one(table, add_json, folder, "ladder.json");
}
