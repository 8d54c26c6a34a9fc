/** @file export_text.h  The textual header of an exported image. Local. */
#ifndef PSTM_QC_EXPORT_TEXT_H
#define PSTM_QC_EXPORT_TEXT_H

#include "core/status.h"
#include "core/text.h"
#include "qc/open_cube.h"

/** Its first line, by which an export is known again. */
extern const char pstm_export_mark_text[];

/**
 * Appends the lines, up to 38 of 76 characters: what the image is and which part of it (range, of `data`),
 * where it lies, which bytes hold what, what is not migrated (n_dead traces), and the job's choices that
 * shape it.
 */
PSTM_MUST_CHECK pstm_status pstm_export_text(const pstm_open_cube *open, pstm_cube_data data,
                                             const pstm_cube_range *range, int64_t n_dead, pstm_text *text);

#endif
