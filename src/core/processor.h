/** @file processor.h  The processor's name. Local. */
#ifndef PSTM_CORE_PROCESSOR_H
#define PSTM_CORE_PROCESSOR_H

#include <stddef.h>

/** Puts the name that the system gives the processor into text[n], cut where it is longer; "unknown
 * processor" where it gives none. */
void pstm_processor_name(char *text, size_t n);

#endif
