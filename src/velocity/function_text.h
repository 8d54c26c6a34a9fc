/** @file function_text.h
 * The velocity functions of a text: reading, checks, and v(t) of one of them. Internal to velocity/.
 *
 * A velocity text holds lines `t v` (one function for the whole survey) or `x y t v` (functions at places;
 * the lines of a function stand together): t two-way time in seconds, rising; x, y world metres; v in the
 * unit of the job. `#` starts a comment. Lines end with LF (core/plain_text.h makes LF of the other ends).
 */
#ifndef PSTM_VELOCITY_FUNCTION_TEXT_H
#define PSTM_VELOCITY_FUNCTION_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "core/text.h"

/** One function: picks [first_pick, first_pick + n_picks) at a place. */
typedef struct pstm_vfunction {
    double x_m, y_m; /**< 0 when the functions are not placed */
    int64_t first_pick, n_picks;
    int64_t line; /**< of its first pick, from 1 */
} pstm_vfunction;

/** A pick. */
typedef struct pstm_vpick {
    double t_s, v_m_s;
} pstm_vpick;

/** All functions of a text, by x, then y; all zero is empty. */
typedef struct pstm_vfunctions {
    bool placed; /**< lines were `x y t v`; otherwise there is one function */
    int64_t n, n_picks;
    pstm_vfunction *functions;
    pstm_vpick *picks;
    int64_t functions_capacity, picks_capacity;
} pstm_vfunctions;

/**
 * Reads a text; each v is multiplied by m_s_per_unit. *out was empty and is the caller's
 * (pstm_vfunctions_clear). PSTM_DATA with "name:line" and the remedy for what is no number, a wrong count of
 * columns, times that do not rise, times or velocities out of range, a place that comes twice, or no line at
 * all.
 */
PSTM_MUST_CHECK pstm_status pstm_vfunctions_parse(const char *text, const char *name, double m_s_per_unit,
                                                  pstm_vfunctions *out);

/** Frees what it holds and leaves it empty. */
void pstm_vfunctions_clear(pstm_vfunctions *functions);

/** Appends lines of which pstm_vfunctions_parse(..., 1, ...) makes the same functions, bit for bit. */
PSTM_MUST_CHECK pstm_status pstm_vfunctions_write(const pstm_vfunctions *functions, pstm_text *text);

/** A reader of one function at rising times. */
typedef struct pstm_vreader {
    const pstm_vpick *picks;
    int64_t n_picks, next; /**< picks[next] is the first not before the last time asked for */
} pstm_vreader;

/** A reader of function number i. */
pstm_vreader pstm_vreader_of(const pstm_vfunctions *functions, int64_t i);

/** v in m/s at a time not before the last one asked for: linear, constant beyond the ends. */
double pstm_vreader_at(pstm_vreader *reader, double t_s);

#endif
