/** @file png.h  What was drawn, as a PNG file; used within report/ only. Local. */
#ifndef PSTM_REPORT_PNG_H
#define PSTM_REPORT_PNG_H

#include <cairo.h>

#include "core/status.h"

/** Writes the surface as PNG, whole or not at all. PSTM_SYSTEM with the path when it cannot be written. */
PSTM_MUST_CHECK pstm_status pstm_png_write(cairo_surface_t *surface, const char *path);

#endif
