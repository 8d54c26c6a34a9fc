/** @file guarded.h
 * Work on a file that may be damaged, in a process of its own, since HDF5 1.10 crashes or runs for ever on
 * some damage. All functions are Local, and for a process of one thread.
 */
#ifndef PSTM_QC_GUARDED_H
#define PSTM_QC_GUARDED_H

#include "core/status.h"

/**
 * work(argument) in a child process; its status and error text become those of this call. PSTM_DATA, with
 * `what` it did, when the child dies of a signal, or gives no sign of life for 600 s (the environment's
 * PSTM_SILENCE_S seconds) and is then killed.
 */
PSTM_MUST_CHECK pstm_status pstm_guarded(const char *what, pstm_status (*work)(const void *),
                                         const void *argument);

/** A sign of life, from within such work; nothing elsewhere. */
void pstm_guarded_lives(void);

#endif
