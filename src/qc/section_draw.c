#include "qc/section_draw.h"

#include <math.h>
#include <string.h>

#include "core/text.h"

/* Of the amplitudes that are not 0, this share lies within the colours; what is beyond is white or black. */
static const double AMPLITUDES_PERCENT = 96;

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool is_balanced(const pstm_section *section, const pstm_section_style *style)
{
    return isnan(style->tpow) && section->kind != PSTM_SECTION_TIME && !pstm_data_is_fold(section->data);
}

/* Which cube, and what was done to its amplitudes. */
static pstm_status describe(const pstm_open_cube *open, const pstm_section *section,
                            const pstm_section_style *style, pstm_text *text)
{
    PSTM_TRY(pstm_text_add(text, "%s", file_name(open->path)));
    if (is_balanced(section, style)) return pstm_text_add(text, ", amplitudes balanced over two-way time");
    if (!isnan(style->tpow) && style->tpow != 0)
        PSTM_TRY(pstm_text_add(text, ", amplitudes times t^%.4g (t in s)", style->tpow));
    return PSTM_OK;
}

pstm_status pstm_section_draw(const pstm_open_cube *open, const pstm_section *section,
                              const pstm_section_style *style, const char *path)
{
    pstm_section_values values = {0};
    pstm_text title = {0}, subtitle = {0};
    pstm_status status;
    PSTM_GO(pstm_section_read(open, section, &values));
    if (is_balanced(section, style))
        PSTM_GO(pstm_section_balance(&values));
    else if (!isnan(style->tpow) && style->tpow != 0)
        pstm_section_gain(open, section, style->tpow, &values);
    PSTM_GO(pstm_section_describe(open, section, &title));
    PSTM_GO(describe(open, section, style, &subtitle));
    pstm_picture picture = pstm_section_picture(section, &values);
    picture.title = title.bytes;
    picture.subtitle = subtitle.bytes;
    picture.colour = style->colour;
    if (style->clip_percent > 0)
        picture.clip_percent = style->clip_percent;
    else if (!pstm_data_is_fold(section->data))
        picture.clip_percent = AMPLITUDES_PERCENT;
    PSTM_GO(pstm_picture_write(&picture, path, NULL));
cleanup:
    pstm_section_free(&values);
    pstm_text_clear(&title);
    pstm_text_clear(&subtitle);
    return status;
}
