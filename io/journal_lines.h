/** @file journal_lines.h
 * The lines of a journal (journal.h), written and read. A line is [begin, end) without its newline; its
 * payload ends before the checksum. All functions are Local.
 */
#ifndef PSTM_IO_JOURNAL_LINES_H
#define PSTM_IO_JOURNAL_LINES_H

#include <stdbool.h>

#include "core/text.h"
#include "io/journal_record.h"

/** Appends a whole line: the first one, a record's, one that takes a record back, a frame's. */
PSTM_MUST_CHECK pstm_status pstm_line_add_header(pstm_text *text, const pstm_journal_about *about);
PSTM_MUST_CHECK pstm_status pstm_line_add_record(pstm_text *text, const pstm_journal_about *about,
                                                 const pstm_journal_record *record);
PSTM_MUST_CHECK pstm_status pstm_line_add_lost(pstm_text *text, const pstm_journal_about *about,
                                               const pstm_journal_record *record);
PSTM_MUST_CHECK pstm_status pstm_line_add_frame(pstm_text *text, uint64_t digest);

/** Whether the line has its checksum; *payload_end is where that began. */
bool pstm_line_check(const char *begin, const char *end, const char **payload_end);

/** Whether there is such a chunk column. */
bool pstm_line_in_cube(const pstm_journal_about *about, int64_t ci, int64_t cj);

/** Read a payload; false if it is another one, or not of this cube. */
bool pstm_line_read_record(const pstm_journal_about *about, const char *begin, const char *end,
                           pstm_journal_record *record);
bool pstm_line_read_lost(const pstm_journal_about *about, const char *begin, const char *end,
                         pstm_journal_record *record);
bool pstm_line_read_frame(const char *begin, const char *end, uint64_t *digest);

#endif
