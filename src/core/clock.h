/** @file clock.h  Wall-clock time. Local. */
#ifndef PSTM_CORE_CLOCK_H
#define PSTM_CORE_CLOCK_H

/** Seconds of a clock that never goes back; only differences mean something. */
double pstm_now_s(void);

/** Sleeps `seconds` (a signal may end it early). */
void pstm_sleep_s(double seconds);

#endif
