/** @file words.h
 * The words of a list. A list is one macro with a line X(word, ...) for each entry (an "X macro"); all that
 * must name every entry, such as an enum, a table, or the choices of a job key, is made from it.
 */
#ifndef PSTM_CORE_WORDS_H
#define PSTM_CORE_WORDS_H

/** The word of an entry and a comma, for an array: {"auto", LIST(PSTM_WORD) "mixed"}. */
#define PSTM_WORD(word, ...) #word,

#endif
