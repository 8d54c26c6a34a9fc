/** @file columns.h
 * Columns: what the travel time needs of the velocity model at image locations, as named fields along the
 * output samples. PSTM_FIELD_LIST names the fields, and its order is that of every table of fields.
 *
 * A device says which fields it needs (pstm_device_fields()); the others are NULL and take no memory.
 * All functions are Local.
 */
#ifndef PSTM_VELOCITY_COLUMNS_H
#define PSTM_VELOCITY_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

/** FIELD(NAME, member, unit, help): one line a field. */
#define PSTM_FIELD_LIST(FIELD)                                                                               \
    FIELD(VRMS, vrms_m_s, "m/s", "root-mean-square velocity")                                                \
    FIELD(ALPHA, alpha, "", "bend of rays (velocity/bend.h)")                                                \
    FIELD(BETA, beta, "", "end of that bend with the leg")

typedef enum pstm_field {
#define PSTM_FIELD_NAME(NAME, member, unit, help) PSTM_FIELD_##NAME,
    PSTM_FIELD_LIST(PSTM_FIELD_NAME)
#undef PSTM_FIELD_NAME
        PSTM_N_FIELDS
} pstm_field;

/** A set of fields: the pstm_field_bit() of each, added up. */
typedef uint32_t pstm_fields;

static inline pstm_fields pstm_field_bit(pstm_field field)
{
    return (pstm_fields)1 << field;
}

/**
 * Columns of image locations. Each field is [column][n_times] or NULL; it has one column for each location
 * or, with one_column, one for all. Who borrows columns as const does not write to the fields either.
 */
typedef struct pstm_columns {
    int32_t n_times; /**< of the output grid */
    bool one_column; /**< all locations have column 0 */
    union {
        struct {
#define PSTM_FIELD_MEMBER(NAME, member, unit, help) float *member;
            PSTM_FIELD_LIST(PSTM_FIELD_MEMBER)
#undef PSTM_FIELD_MEMBER
        };
        float *fields[PSTM_N_FIELDS]; /**< the same by pstm_field */
    };
} pstm_columns;

/** How many columns n_locations have. */
static inline int64_t pstm_columns_count(const pstm_columns *columns, int64_t n_locations)
{
    return columns->one_column ? 1 : n_locations;
}

/** Which column a location has. */
static inline int64_t pstm_columns_index(const pstm_columns *columns, int64_t i_location)
{
    return columns->one_column ? 0 : i_location;
}

/** One column as columns of its own, borrowed from them. */
static inline pstm_columns pstm_columns_view(const pstm_columns *columns, int64_t i_column)
{
    pstm_columns view = *columns;
    view.one_column = true;
    for (int f = 0; f < PSTM_N_FIELDS; f++)
        if (view.fields[f] != NULL) view.fields[f] += i_column * columns->n_times;
    return view;
}

/** Bytes of one column with these fields. */
int64_t pstm_columns_bytes(pstm_fields fields, int32_t n_times);

/**
 * Allocates the fields for n_columns, all 0; 1 makes them one_column. Owned by the caller
 * (pstm_columns_clear), also on failure. PSTM_SYSTEM when memory is short.
 */
PSTM_MUST_CHECK pstm_status pstm_columns_create(pstm_fields fields, int64_t n_columns, int32_t n_times,
                                                pstm_columns *out);

/** Frees the fields and sets them to NULL. */
void pstm_columns_clear(pstm_columns *columns);

#endif
