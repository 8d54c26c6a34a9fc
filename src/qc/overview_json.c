/* What was found in a survey's files, as JSON. */
#include <jansson.h>
#include <math.h>

#include "qc/overview_text.h"

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *list_files(const pstm_inputs *inputs)
{
    json_t *files = json_array();
    for (int64_t f = 0; f < inputs->n_files; f++) {
        const pstm_segy *file = inputs->files[f];
        json_array_append_new(
            files, json_pack("{s:s, s:s, s:i, s:s, s:i, s:I, s:i, s:f, s:I}", "path", pstm_segy_path(file),
                             "kind", pstm_segy_kind(file) == PSTM_KIND_SU ? "su" : "segy", "revision",
                             pstm_segy_revision(file), "byte_order",
                             pstm_segy_byte_order(file) == PSTM_ORDER_BIG ? "big" : "little", "format",
                             pstm_segy_format(file), "n_traces", (json_int_t)pstm_segy_n_traces(file),
                             "n_samples", pstm_segy_n_samples(file), "sample_interval_s",
                             pstm_segy_sample_s(file), "bytes", (json_int_t)pstm_segy_size_bytes(file)));
    }
    return files;
}

static const char *shape_word(pstm_survey_shape shape)
{
    static const char *const words[] = {"none", "area", "line", "crooked", "random"};
    return words[shape];
}

static json_t *describe_grid(const pstm_overview *o)
{
    const pstm_proposal *p = &o->proposal;
    const pstm_grid *g = &p->grid;
    if (p->shape == PSTM_SHAPE_NONE) return json_null();
    json_t *grid = json_pack("{s:[f, f], s:f, s:{s:i, s:f, s:i}, s:{s:i, s:f, s:i}}", "origin_m",
                             g->origin_x_m, g->origin_y_m, "azimuth_deg", g->azimuth_deg, "inline", "n",
                             g->n_inline, "step_m", g->step_inline_m, "first", g->first_inline, "crossline",
                             "n", g->n_crossline, "step_m", g->step_crossline_m, "first", g->first_crossline);
    json_object_set_new(grid, "lattice", json_boolean(p->has_lattice));
    json_object_set_new(grid, "n_beside", json_integer(o->n_beside));
    json_object_set_new(grid, "left_handed", p->numbers[0].fits ? json_boolean(p->left_handed) : json_null());
    for (int a = 0; a < 2; a++)
        if (p->numbers[a].fits)
            json_object_set_new(
                grid, a == 0 ? "inline_numbers" : "crossline_numbers",
                json_pack("{s:i, s:f}", "byte", (int)p->numbers[a].byte, "step", p->number_step[a]));
    if (p->shape == PSTM_SHAPE_LINE || p->shape == PSTM_SHAPE_CROOKED)
        json_object_set_new(grid, "off_line_m", number(p->off_line_m));
    return grid;
}

static json_t *list_words(const pstm_overview *o)
{
    json_t *words = json_array();
    for (int w = 0; w < PSTM_SEGY_WORDS; w++)
        json_array_append_new(
            words, json_pack("{s:i, s:s, s:I, s:I, s:I}", "byte", (int)pstm_segy_words[w].byte, "name",
                             pstm_segy_words[w].name, "least", (json_int_t)o->words[w].least, "most",
                             (json_int_t)o->words[w].most, "n_not_zero", (json_int_t)o->words[w].n_not_zero));
    return words;
}

static json_t *list_doubts(const pstm_doubts *doubts)
{
    json_t *list = json_array();
    for (int64_t d = 0; d < doubts->n; d++) {
        const pstm_doubt *doubt = &doubts->items[d];
        json_array_append_new(list, json_pack("{s:s, s:b, s:s, s:s}", "id", pstm_doubt_word(doubt->kind),
                                              "is_error", doubt->is_error, "text", doubt->text, "remedy",
                                              pstm_doubt_remedy(doubt->kind)));
    }
    return list;
}

pstm_status pstm_overview_print_json(const pstm_overview *o, FILE *out)
{
    json_t *all = json_pack("{s:i, s:o, s:I, s:I, s:I, s:I, s:I}", "version", 1, "files",
                            list_files(o->survey.inputs), "n_traces", (json_int_t)o->survey.inputs->n_traces,
                            "n_usable", (json_int_t)o->n_usable, "n_repeated", (json_int_t)o->n_repeated,
                            "n_sources", (json_int_t)o->n_sources, "n_receivers", (json_int_t)o->n_receivers);
    if (all == NULL) return pstm_fail(PSTM_SYSTEM, "no memory for JSON, or a path is not UTF-8");
    json_object_set_new(all, "record_end_s", number(o->last_s));
    json_object_set_new(all, "offset_m",
                        json_pack("[o, o]", number(o->least_offset_m), number(o->most_offset_m)));
    json_object_set_new(all, "shape", json_string(shape_word(o->proposal.shape)));
    json_object_set_new(all, "grid", describe_grid(o));
    json_object_set_new(all, "words", list_words(o));
    json_object_set_new(all, "doubts", list_doubts(&o->doubts));
    const int failed = json_dumpf(all, out, JSON_INDENT(1) | JSON_REAL_PRECISION(15));
    json_decref(all);
    fprintf(out, "\n");
    return failed ? pstm_fail(PSTM_SYSTEM, "JSON cannot be written") : PSTM_OK;
}
