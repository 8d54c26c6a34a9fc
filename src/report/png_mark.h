/** @file png_mark.h  The mark that pictures of this program bear, so that no other is replaced. Local. */
#ifndef PSTM_REPORT_PNG_MARK_H
#define PSTM_REPORT_PNG_MARK_H

#include <stdbool.h>

#include "core/place.h"
#include "core/status.h"

/** The chunk "Software: pstm" (tEXt, PNG specification 11.3.4.3), right behind the header. */
extern const pstm_mark pstm_png_mark;

/** Whether a picture may be made at `path`: pstm_place_check_mark(). */
PSTM_MUST_CHECK pstm_status pstm_png_check(const char *path, bool overwrite);

#endif
