/** @file colour.h  The colour maps of pictures. All functions are Local. */
#ifndef PSTM_REPORT_COLOUR_H
#define PSTM_REPORT_COLOUR_H

#include <stdint.h>

#include "core/status.h"

/** X(name, text, meaning): the colour maps. */
#define PSTM_COLOUR_LIST(X)                                                                                  \
    X(GREY, "grey", "white at the low end, black at the high end")                                           \
    X(RWB, "rwb", "red at the low end, white in the middle, blue at the high end")

typedef enum pstm_colour {
#define PSTM_COLOUR_ENTRY(name, text, meaning) PSTM_COLOUR_##name,
    PSTM_COLOUR_LIST(PSTM_COLOUR_ENTRY)
#undef PSTM_COLOUR_ENTRY
        PSTM_COLOURS
} pstm_colour;

/** The colour 0xRRGGBB of position u in [0, 1] of a map; u outside is clamped. */
uint32_t pstm_colour_at(pstm_colour colour, double u);

/** The map of this name (PSTM_COLOUR_LIST); PSTM_USAGE with the names that exist. */
PSTM_MUST_CHECK pstm_status pstm_colour_parse(const char *name, pstm_colour *colour);

#endif
