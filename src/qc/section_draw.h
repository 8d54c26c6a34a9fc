/** @file section_draw.h  A section of a cube with its gain, titles and colours, as PNG. Local. */
#ifndef PSTM_QC_SECTION_DRAW_H
#define PSTM_QC_SECTION_DRAW_H

#include "core/status.h"
#include "qc/section.h"

/** How amplitudes become colours. */
typedef struct pstm_section_style {
    /** NAN: balanced, so that amplitudes are alike at all times (pstm_section_balance); else they are
     * multiplied by t^tpow, t in seconds: 0 leaves them. Maps and folds are neither balanced nor multiplied.
     * */
    double tpow;
    double clip_percent; /**< as in report/picture.h; 0: 96 of amplitudes, 100 of folds */
    pstm_colour colour;
} pstm_section_style;

/** The style of pictures that nobody has asked anything of. */
#define PSTM_SECTION_STYLE ((pstm_section_style){.tpow = NAN})

/** Reads and draws the section. PSTM_SYSTEM when the file cannot be written. */
PSTM_MUST_CHECK pstm_status pstm_section_draw(const pstm_open_cube *open, const pstm_section *section,
                                              const pstm_section_style *style, const char *path);

#endif
