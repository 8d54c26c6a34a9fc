/** @file options.h  Small types that the options of several modules are made of. */
#ifndef PSTM_CORE_OPTIONS_H
#define PSTM_CORE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

/** A choice between off, on and what the program finds best. */
typedef enum pstm_switch { PSTM_OFF, PSTM_ON, PSTM_AUTO } pstm_switch;

/** A list of texts; all zero is empty. Owned by whatever holds the options. */
typedef struct pstm_names {
    int64_t n;
    char **text; /**< [n] */
} pstm_names;

/** The closed range [first, last], first <= last, of labels, metres or seconds; looked at when `set`. */
typedef struct pstm_range {
    bool set;
    double first, last;
} pstm_range;

#endif
