/* The images of the rungs: compared and drawn. */
#include "qc/comparison.h"
#include "qc/ladder/parts.h"
#include "report/percentile.h"

static pstm_status open_rungs(const pstm_ladder *l, int i_rung, int i_other, pstm_text paths[2],
                              pstm_comparison *with)
{
    PSTM_TRY(pstm_ladder_path(l, i_rung, ".h5", &paths[0]));
    PSTM_TRY(pstm_ladder_path(l, i_other, ".h5", &paths[1]));
    const pstm_comparison_wish wish = {.paths = {paths[0].bytes, paths[1].bytes}, .dataset = "gather"};
    PSTM_TRY(pstm_comparison_open(&wish, with));
    return pstm_comparison_run(with);
}

pstm_status pstm_ladder_compare_with_start(const pstm_ladder *l, int i_rung, pstm_ladder_row *row)
{
    pstm_comparison with = {0};
    pstm_text paths[2] = {{0}}, picture = {0};
    pstm_status status;
    PSTM_GO(open_rungs(l, i_rung, 0, paths, &with));
    row->nrms = pstm_difference_nrms(with.difference);
    row->n_shifts = with.difference->n_shifts;
    pstm_difference_shifts(with.difference, &row->shift_s, &row->shift_95_s);
    if (i_rung == 0) goto cleanup;
    PSTM_GO(pstm_ladder_path(l, i_rung, "_difference.png", &picture));
    PSTM_GO(pstm_comparison_draw(&with, picture.bytes));
cleanup:
    pstm_comparison_close(&with);
    pstm_text_clear(&paths[0]);
    pstm_text_clear(&paths[1]);
    pstm_text_clear(&picture);
    return status;
}

pstm_status pstm_ladder_compare_with_before(const pstm_ladder *l, int i_rung, pstm_ladder_row *row)
{
    pstm_comparison with = {0};
    pstm_text paths[2] = {{0}};
    if (i_rung == 0) return PSTM_OK;
    const pstm_status status = open_rungs(l, i_rung, i_rung - 1, paths, &with);
    if (status == PSTM_OK) {
        row->same_bits = pstm_difference_is_none(with.difference);
        row->nrms_before = pstm_difference_nrms(with.difference);
    }
    pstm_comparison_close(&with);
    pstm_text_clear(&paths[0]);
    pstm_text_clear(&paths[1]);
    return status;
}

/* The section through the middle of the sample, in indices of the rungs' grid. */
static pstm_section middle_section(const pstm_ladder *l, const pstm_cube_about *about)
{
    const pstm_sample *s = &l->sample;
    const int32_t i = (s->i_end - s->i_begin) / 2, j = (s->j_end - s->j_begin) / 2;
    return (pstm_section){.kind = about->grid.n_crossline > 1 ? PSTM_SECTION_INLINE : PSTM_SECTION_CROSSLINE,
                          .data = about->n_classes == 1 ? PSTM_CUBE_GATHER : PSTM_CUBE_STACK,
                          .i = s->is_block ? i : s->i_begin + i,
                          .j = s->is_block ? j : s->j_begin + j,
                          .k_begin = about->k_begin,
                          .k_end = about->k_end};
}

/* All rungs in the grey scale of the start. */
pstm_status pstm_ladder_draw(pstm_ladder *l, int i_rung, const pstm_ladder_row *row)
{
    pstm_open_cube cube = {0};
    pstm_section_values values = {0};
    pstm_text path = {0}, picture_path = {0}, title = {0};
    pstm_status status;
    PSTM_GO(pstm_ladder_path(l, i_rung, ".h5", &path));
    PSTM_GO(pstm_ladder_path(l, i_rung, ".png", &picture_path));
    PSTM_GO(pstm_open_cube_at(path.bytes, &cube));
    const pstm_section section = middle_section(l, cube.about);
    PSTM_GO(pstm_section_read(&cube, &section, &values));
    if (i_rung == 0) PSTM_GO(pstm_percentile(values.values, values.n_columns * values.n_rows, 99, &l->limit));
    PSTM_GO(pstm_text_add(&title, "rung %d, %s, ", i_rung, row->rung->name));
    PSTM_GO(pstm_section_describe(&cube, &section, &title));
    pstm_picture picture = pstm_section_picture(&section, &values);
    picture.title = title.bytes;
    picture.subtitle = row->run.numerics_id;
    picture.limit = l->limit;
    PSTM_GO(pstm_picture_write(&picture, picture_path.bytes, NULL));
cleanup:
    pstm_section_free(&values);
    pstm_close_cube(&cube);
    pstm_text_clear(&path);
    pstm_text_clear(&picture_path);
    pstm_text_clear(&title);
    return status;
}
