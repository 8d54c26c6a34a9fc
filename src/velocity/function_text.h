/** @file function_text.h
 * The velocity functions of a text: reading and checks. Internal to velocity/.
 *
 * A velocity text holds lines `t v` (one function for the whole survey) or `x y t v` (functions at places;
 * the lines of a function stand together): t two-way time in seconds or, if the options say so,
 * milliseconds, rising; x, y world metres or, if they say so, inline and crossline number; v in the unit of
 * the job. A text that begins with VFUNC or with a parameter of sunmo is read as these are
 * (function_parser.h). Numbers stand between blanks, or all between commas, or all between semicolons. `#`
 * starts a comment. Lines end with LF (core/plain_text.h makes LF of the other ends).
 */
#ifndef PSTM_VELOCITY_FUNCTION_TEXT_H
#define PSTM_VELOCITY_FUNCTION_TEXT_H

#include <stdint.h>

#include "core/status.h"
#include "core/text.h"
#include "velocity/function_list.h"
#include "velocity/rms_reader.h"

/**
 * Reads the text of options->file; each v is multiplied by its unit and scale. *out was empty and is the
 * caller's (pstm_vfunctions_clear). PSTM_DATA with "name:line" and the remedy for what is no number, a wrong
 * count of columns, times that do not rise, times or velocities out of range, a place that comes twice, or no
 * line at all.
 */
PSTM_MUST_CHECK pstm_status pstm_vfunctions_parse(const char *text, const pstm_velocity_options *options,
                                                  pstm_vfunctions *out);

/** Frees what it holds and leaves it empty. */
void pstm_vfunctions_clear(pstm_vfunctions *functions);

/** Appends lines of which pstm_vfunctions_parse(), with options that change nothing, makes the same
 * functions, bit for bit. */
PSTM_MUST_CHECK pstm_status pstm_vfunctions_write(const pstm_vfunctions *functions, pstm_text *text);

/** A reader of function number i, whose velocities are of this kind. */
pstm_vreader pstm_vreader_of(const pstm_vfunctions *functions, int64_t i, pstm_velocity_quantity quantity);

#endif
