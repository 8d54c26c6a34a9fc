/** @file plain_text.h
 * Texts that people write, with any editor on any system: ends of lines, what no text holds, and characters
 * that look like others. All functions are Local.
 */
#ifndef PSTM_CORE_PLAIN_TEXT_H
#define PSTM_CORE_PLAIN_TEXT_H

#include <stddef.h>

#include "core/status.h"
#include "core/text.h"

/**
 * Makes a text as it was read fit for reading line by line: a byte order mark at its start goes, and CR and
 * CRLF become LF. Other control characters than tabs and ends of lines are refused with `refusal`,
 * "name:line:column" and the remedy, and so is a text in UTF-16. On failure `text` is untouched.
 */
PSTM_MUST_CHECK pstm_status pstm_plain_text_make(pstm_text *text, const char *name, pstm_status refusal);

/**
 * What to write instead, where a word that should be a number or a key holds a character that looks like
 * another one (a non-breaking space, a minus sign that is no "-", a decimal comma ...); NULL: it holds none.
 * A static text.
 */
const char *pstm_plain_text_advice(const char *word, size_t length);

#endif
