/** @file export.h  An image written as SEG-Y or SU, for programs that read nothing else. Local. */
#ifndef PSTM_QC_EXPORT_H
#define PSTM_QC_EXPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/status.h"
#include "survey/class_centre.h"

/** What is to be written; texts are borrowed. What is NaN is not limited. */
typedef struct pstm_export_wish {
    const char *cube;
    const char *out;     /**< the file to make; an SU file if its name ends in .su */
    const char *dataset; /**< NULL: the stack, or the gathers where a class is wanted or there is no stack */
    const char *format;  /**< "ieee" or "ibm" */
    int32_t revision;    /**< of SEG-Y, 1 or 2 */
    double inlines[2], crosslines[2]; /**< first and last number */
    double window_s[2];               /**< two-way times */
    pstm_class_centre centre;         /**< of the one class of the gathers; empty: all of them */
    bool partial;                     /**< places that are not migrated become dead traces */
    bool overwrite;                   /**< also a file that no export has made */
} pstm_export_wish;

/**
 * Writes a dataset of a cube, or a part of it, place by place with the crossline number fastest, at each
 * place the classes in order. Headers: io/segy/write.h. The samples are the cube's: bit for bit in IEEE
 * floats, to one unit of the last place in IBM floats. The file takes its name when it is whole. Writes to
 * `report` what it holds.
 *
 * PSTM_USAGE when what is wanted is not in the cube, the format cannot hold it, or a file that is not ours
 * stands at `out`; PSTM_DATA when a place is not migrated and `partial` is false, or a place or time is
 * beyond what the headers hold; PSTM_SYSTEM when the file cannot be written. Messages name the options of
 * `pstm export`.
 */
PSTM_MUST_CHECK pstm_status pstm_export(const pstm_export_wish *wish, FILE *report);

#endif
