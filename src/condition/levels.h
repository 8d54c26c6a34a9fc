/** @file levels.h
 * How loud recorded traces are: of each trace, and of all kept traces of an input file, to find files with
 * another gain, traces that outshout all others, and null values among samples. Counts and extremes, which
 * add up to the same whatever the order and the number of ranks. All functions are Local.
 */
#ifndef PSTM_CONDITION_LEVELS_H
#define PSTM_CONDITION_LEVELS_H

#include <stdbool.h>
#include <stdint.h>

/** What well logs and grids have where they have nothing. No record has it often, but by chance. */
#define PSTM_NULL_SAMPLE (-999.25F)

/** What the samples of one trace are like, in the unit of the file. */
typedef struct pstm_trace_level {
    double rms;
    float largest;     /**< the sample of the largest size; the first of them */
    float next;        /**< the largest size below that of `largest`; 0: all others are 0 */
    int32_t n_largest; /**< samples equal to `largest` */
    int32_t n_null;    /**< samples equal to PSTM_NULL_SAMPLE */
    int32_t is_at_end; /**< 1: the first of these is the first or the last sample */
} pstm_trace_level;

/** Bins of levels: four an octave, from 2^-64 to 2^64; what lies beyond is in the first or the last. */
enum { PSTM_LEVELS_AN_OCTAVE = 4, PSTM_LEVEL_BINS = 128 * PSTM_LEVELS_AN_OCTAVE };

/** Of the kept traces of one file; all zero: of none. */
typedef struct pstm_file_levels {
    int64_t n_of_bin[PSTM_LEVEL_BINS]; /**< traces by rms */
    int64_t n;                         /**< traces that have a rms */
    double loudest;                    /**< the largest rms, and the number of the first trace that has it */
    int64_t loudest_number;
    int64_t n_null; /**< traces with three null values and more that are not lone */
    int64_t n_lone; /**< traces with samples that stand alone: pstm_trace_level_is_lone() */
    int64_t lone_number;
    pstm_trace_level lone; /**< of the largest of them, and its number */
} pstm_file_levels;

/** Looks at n finite samples. */
pstm_trace_level pstm_trace_level_find(const float *samples, int32_t n);

/**
 * Whether the largest samples are no part of a record: a single one a hundred times larger than all others,
 * or three and more of one value ten times larger, as null values and spikes are. Where all others are 0
 * nothing is concluded, nor of one at an end, where an event may begin.
 */
bool pstm_trace_level_is_lone(const pstm_trace_level *level);

/** Counts a trace, by its number in the file. */
void pstm_file_levels_count(pstm_file_levels *levels, int64_t number, const pstm_trace_level *level);

/** Adds those of other traces of the file. */
void pstm_file_levels_add(pstm_file_levels *levels, const pstm_file_levels *other);

/** The median rms, to a tenth; 0 where there is no trace. */
double pstm_file_levels_median(const pstm_file_levels *levels);

/** How many traces have a rms above this one, to a fifth of it. */
int64_t pstm_file_levels_above(const pstm_file_levels *levels, double rms);

#endif
