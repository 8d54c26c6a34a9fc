/** @file stop.h  The wish of a signal that a run should stop in good order. All functions are Local. */
#ifndef PSTM_MPI_COMM_STOP_H
#define PSTM_MPI_COMM_STOP_H

#include <stdbool.h>

/** Makes SIGUSR1 and SIGTERM ask for a stop in good order. */
void pstm_stop_on_signals(void);

/**
 * Makes SIGINT ask for it too, once: a second one ends the process at once. `says`: the first one is answered
 * on standard error with that, and that the same command goes on.
 */
void pstm_stop_on_interrupt(bool says);

/** Whether this process was asked. */
bool pstm_stop_is_wanted(void);

#endif
