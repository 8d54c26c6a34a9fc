/** @file report_html.h  Parts of the page of a run; for qc/report.c only. All functions are Local and append
 * to `html`. */
#ifndef PSTM_QC_REPORT_HTML_H
#define PSTM_QC_REPORT_HTML_H

#include <stdint.h>

#include "core/status.h"
#include "core/text.h"

/** The page's head, after its mark; title: as words. */
PSTM_MUST_CHECK pstm_status pstm_html_begin(const char *mark, const char *title, pstm_text *html);

/** Words, in which nothing is taken for HTML. */
PSTM_MUST_CHECK pstm_status pstm_html_add_words(const char *words, pstm_text *html);

/** A row of a table of two columns. */
PSTM_MUST_CHECK pstm_status pstm_html_add_row(const char *name, pstm_text *html, const char *format, ...)
    PSTM_PRINTF(3, 4);

/** A picture, n bytes of PNG that become part of the page. */
PSTM_MUST_CHECK pstm_status pstm_html_add_picture(const char *title, const void *png, int64_t n,
                                                  pstm_text *html);

/** Tables of where the time went, by phase and by rank, from the profile beside the cube; nothing without
 * one. */
PSTM_MUST_CHECK pstm_status pstm_html_add_profile(const char *cube_path, pstm_text *html);

#endif
