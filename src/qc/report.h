/** @file report.h  A run as one page of HTML that needs no other file. Local. */
#ifndef PSTM_QC_REPORT_H
#define PSTM_QC_REPORT_H

#include <stdbool.h>

#include "core/status.h"
#include "core/text.h"

/**
 * Appends the page of the cube at `path`, or in the folder `path` if that has one: what is flagged with
 * advice, how far it is, pictures, where the time went, doubts, the traces left out and the job. Of a cube
 * that is not finished what there is. *cube: its path, appended. PSTM_USAGE where a folder has no cube or
 * several; PSTM_DATA where nothing is migrated or a file is damaged.
 */
PSTM_MUST_CHECK pstm_status pstm_report_make(const char *path, pstm_text *cube, pstm_text *html);

/** The start of such a page, by which it is known again. */
extern const char pstm_report_mark[];

/** Where the page of a cube goes: its name with this behind it. */
#define PSTM_REPORT_ENDING ".report.html"

#endif
