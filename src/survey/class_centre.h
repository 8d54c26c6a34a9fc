/** @file class_centre.h
 * What a class of traces is centred on, by which people and cubes tell it from the others. All functions are
 * Local.
 */
#ifndef PSTM_SURVEY_CLASS_CENTRE_H
#define PSTM_SURVEY_CLASS_CENTRE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The centre of a class; NaN where the kind of bins says nothing of it, of any class. */
typedef struct pstm_class_centre {
    double offset_m;    /**< distance from source to receiver */
    double azimuth_deg; /**< of the direction from source to receiver, clockwise from north (+y) */
    double hx_m, hy_m;  /**< vector from source to receiver */
} pstm_class_centre;

#define PSTM_NO_CENTRE                                                                                       \
    {                                                                                                        \
        NAN, NAN, NAN, NAN                                                                                   \
    }

/** X(word, member, unit, meaning): the coordinates of a centre, in the order in which they name a class. */
#define PSTM_CLASS_COORDINATE_LIST(X)                                                                        \
    X(offset, offset_m, "m", "distance from source to receiver")                                             \
    X(azimuth, azimuth_deg, "degrees", "direction from source to receiver, clockwise from north")            \
    X(hx, hx_m, "m", "x (east) of the vector from source to receiver")                                       \
    X(hy, hy_m, "m", "y (north) of the vector from source to receiver")

typedef enum pstm_class_coordinate {
#define PSTM_CLASS_COORDINATE_ENTRY(word, member, unit, meaning) PSTM_CLASS_##word,
    PSTM_CLASS_COORDINATE_LIST(PSTM_CLASS_COORDINATE_ENTRY)
#undef PSTM_CLASS_COORDINATE_ENTRY
        PSTM_CLASS_COORDINATES
} pstm_class_coordinate;

/** What a coordinate is called, and where it stands in a centre. */
typedef struct pstm_class_coordinate_about {
    const char *word, *unit, *meaning; /**< "offset", "m", "distance from source to receiver" */
    size_t at;
} pstm_class_coordinate_about;
extern const pstm_class_coordinate_about pstm_class_coordinates[PSTM_CLASS_COORDINATES];

/** The place of a coordinate in a centre. */
static inline double *pstm_class_centre_place(pstm_class_centre *centre, int coordinate)
{
    return (double *)(void *)((char *)centre + pstm_class_coordinates[coordinate].at);
}

static inline double pstm_class_centre_value(pstm_class_centre centre, int coordinate)
{
    return *pstm_class_centre_place(&centre, coordinate);
}

/** Whether nothing is said of the centre. */
bool pstm_class_centre_is_empty(pstm_class_centre centre);

/** Room for the name of any class. */
typedef struct pstm_class_name {
    char text[128];
} pstm_class_name;

/** The name of a class: "offset 450 m", "offset 450 m, azimuth 45 degrees"; empty: "all traces". */
pstm_class_name pstm_class_centre_name(pstm_class_centre centre);

/** Whether centres[n] say this coordinate. */
bool pstm_class_centres_say(const pstm_class_centre *centres, int32_t n, int coordinate);

/** Whether it grows from each to the next too, so that it is an axis of the classes. */
bool pstm_class_centres_rise(const pstm_class_centre *centres, int32_t n, int coordinate);

#endif
