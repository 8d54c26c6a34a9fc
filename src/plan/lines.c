#include "plan/lines.h"

/** Nodes [begin, end) of an axis; none while begin >= end. */
typedef struct span {
    int32_t begin, end;
} span;

static void take_in(span *s, int32_t index)
{
    const bool is_first = s->begin >= s->end;
    if (is_first || index < s->begin) s->begin = index;
    if (is_first || index >= s->end) s->end = index + 1;
}

bool pstm_lines_want(const pstm_lines *lines, int32_t i, int32_t j)
{
    for (int64_t l = 0; l < lines->n; l++)
        if (lines->of[l].index == (lines->of[l].is_inline ? i : j)) return true;
    return lines->n == 0;
}

pstm_tile pstm_lines_part(const pstm_lines *lines, const pstm_tile *block)
{
    span inlines = {0, 0}, crosslines = {0, 0};
    pstm_tile part = *block;
    for (int64_t l = 0; l < lines->n; l++) {
        const int32_t index = lines->of[l].index;
        if (lines->of[l].is_inline) {
            if (index >= block->i_begin && index < block->i_end) take_in(&inlines, index);
        } else if (index >= block->j_begin && index < block->j_end) {
            take_in(&crosslines, index);
        }
    }
    const bool has_inlines = inlines.begin < inlines.end, has_crosslines = crosslines.begin < crosslines.end;
    if (has_inlines && !has_crosslines) {
        part.i_begin = inlines.begin;
        part.i_end = inlines.end;
    } else if (has_crosslines && !has_inlines) {
        part.j_begin = crosslines.begin;
        part.j_end = crosslines.end;
    }
    return part;
}
