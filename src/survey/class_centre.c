#include "survey/class_centre.h"

#include <stdio.h>

const pstm_class_coordinate_about pstm_class_coordinates[PSTM_CLASS_COORDINATES] = {
#define COORDINATE(word, member, unit, meaning) {#word, unit, meaning, offsetof(pstm_class_centre, member)},
    PSTM_CLASS_COORDINATE_LIST(COORDINATE)
#undef COORDINATE
};

bool pstm_class_centre_is_empty(pstm_class_centre centre)
{
    for (int k = 0; k < PSTM_CLASS_COORDINATES; k++)
        if (!isnan(pstm_class_centre_value(centre, k))) return false;
    return true;
}

pstm_class_name pstm_class_centre_name(pstm_class_centre centre)
{
    pstm_class_name name = {"all traces"};
    int length = 0;
    for (int k = 0; k < PSTM_CLASS_COORDINATES; k++) {
        const pstm_class_coordinate_about *about = &pstm_class_coordinates[k];
        const double value = pstm_class_centre_value(centre, k);
        if (isnan(value)) continue;
        length += snprintf(name.text + length, sizeof name.text - (size_t)length, "%s%s %.6g %s",
                           length == 0 ? "" : ", ", about->word, value, about->unit);
    }
    return name;
}

bool pstm_class_centres_say(const pstm_class_centre *centres, int32_t n, int coordinate)
{
    for (int32_t c = 0; c < n; c++)
        if (isnan(pstm_class_centre_value(centres[c], coordinate))) return false;
    return true;
}

bool pstm_class_centres_rise(const pstm_class_centre *centres, int32_t n, int coordinate)
{
    for (int32_t c = 1; c < n; c++)
        if (!(pstm_class_centre_value(centres[c], coordinate) >
              pstm_class_centre_value(centres[c - 1], coordinate)))
            return false;
    return pstm_class_centres_say(centres, n, coordinate);
}
