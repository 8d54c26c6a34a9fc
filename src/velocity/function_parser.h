/** @file function_parser.h
 * The reading of a velocity text, whatever its form, pick by pick. Internal to velocity/.
 */
#ifndef PSTM_VELOCITY_FUNCTION_PARSER_H
#define PSTM_VELOCITY_FUNCTION_PARSER_H

#include <stdbool.h>

#include "velocity/function_list.h"
#include "velocity/velocity_options.h"

/** Where the reading is. */
typedef struct pstm_vparser {
    const char *name, *at;
    int64_t line; /**< from 1 */
    const pstm_velocity_options *options;
    int n_columns; /**< of every line: 4 where picks have places, else 2; 0 before the first */
    int64_t columns_line;
    char separator; /**< of all numbers: comma, semicolon, or a blank for blanks; 0 before the first */
    pstm_vfunctions *out;
} pstm_vparser;

/** Takes a pick as it is written, t and v, of the function at a place as it is written; NULL: of the one
 * function. Errors as of pstm_vfunctions_parse(). */
PSTM_MUST_CHECK pstm_status pstm_vparser_take(pstm_vparser *parser, const double place[2],
                                              const double t_and_v[2]);

/** Whether the text is one of "VFUNC place place" and pairs t v, as Echos writes them; and its reading. */
bool pstm_vfunc_is(const char *text);
PSTM_MUST_CHECK pstm_status pstm_vfunc_parse(pstm_vparser *parser);

/** Whether the text is a parameter file of sunmo (cdp=, tnmo=, vnmo=) of Seismic Unix; and its reading. */
bool pstm_su_par_is(const char *text);
PSTM_MUST_CHECK pstm_status pstm_su_par_parse(pstm_vparser *parser);

#endif
