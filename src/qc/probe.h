/** @file probe.h  Some traces of a survey with all words of their headers, evenly spread over the files.
 * Local. */
#ifndef PSTM_QC_PROBE_H
#define PSTM_QC_PROBE_H

#include <stdint.h>

#include "core/status.h"
#include "io/segy/words.h"
#include "mpi/survey/inputs.h"

typedef struct pstm_probe {
    int64_t n;          /**< traces: all of small surveys, else runs of neighbours */
    pstm_trace *traces; /**< [n] in the order of the files */
    int32_t *words;     /**< [n][PSTM_SEGY_WORDS] */
    double
        direction_deg; /**< in which receivers lie in line, clockwise from north, [0, 180); NAN: not known */
    double receiver_step_m; /**< median distance of receivers that follow each other; NAN: not known */
} pstm_probe;

/** Reads them. *out is the caller's, for pstm_probe_clear(), also after a failure. */
PSTM_MUST_CHECK pstm_status pstm_probe_read(const pstm_inputs *inputs, pstm_probe *out);

void pstm_probe_clear(pstm_probe *probe);

/** The most common step between neighbouring values of a word; 0: it has one value. PSTM_SYSTEM when memory
 * is short. */
PSTM_MUST_CHECK pstm_status pstm_probe_step(const pstm_probe *probe, int word, int64_t *step);

#endif
