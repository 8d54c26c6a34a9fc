#include "report/colour.h"

#include <math.h>
#include <string.h>

#include "core/text.h"

/* Colours at equal distances along a map; straight lines in RGB between them. The ends of red-white-blue
 * are dark, so that strong events still differ from very strong ones. */
typedef struct colour_stop {
    double u;
    double red, green, blue;
} colour_stop;

static const colour_stop grey_stops[] = {{0, 255, 255, 255}, {1, 0, 0, 0}};
static const colour_stop rwb_stops[] = {
    {0, 110, 0, 16}, {0.15, 190, 18, 32}, {0.5, 255, 255, 255}, {0.85, 24, 66, 190}, {1, 8, 20, 105}};

#define N_STOPS(stops) (sizeof(stops) / sizeof *(stops))

static const struct {
    const char *name;
    const colour_stop *stops;
    size_t n_stops;
} maps[] = {
#define stops_GREY grey_stops
#define stops_RWB rwb_stops
#define PSTM_COLOUR_ENTRY(name, text, meaning) {text, stops_##name, N_STOPS(stops_##name)},
    PSTM_COLOUR_LIST(PSTM_COLOUR_ENTRY)
#undef PSTM_COLOUR_ENTRY
};

static uint32_t mix(double low, double high, double share)
{
    return (uint32_t)lround(low + (high - low) * share);
}

uint32_t pstm_colour_at(pstm_colour colour, double u)
{
    const colour_stop *stops = maps[colour].stops;
    const double at = u > 0 ? fmin(u, 1) : 0;
    size_t i = 1;
    while (i + 1 < maps[colour].n_stops && at > stops[i].u)
        i++;
    const colour_stop *low = &stops[i - 1], *high = &stops[i];
    const double share = (at - low->u) / (high->u - low->u);
    return mix(low->red, high->red, share) << 16 | mix(low->green, high->green, share) << 8 |
           mix(low->blue, high->blue, share);
}

pstm_status pstm_colour_parse(const char *name, pstm_colour *colour)
{
    for (int i = 0; i < PSTM_COLOURS; i++) {
        if (strcmp(name, maps[i].name) != 0) continue;
        *colour = (pstm_colour)i;
        return PSTM_OK;
    }
    pstm_text names = {0};
    for (int i = 0; i < PSTM_COLOURS; i++)
        PSTM_TRY(pstm_text_add(&names, "%s%s", i ? ", " : "", maps[i].name));
    const pstm_status status =
        pstm_fail(PSTM_USAGE, "no colour map is called '%s'; there are %s", name, names.bytes);
    pstm_text_clear(&names);
    return status;
}
