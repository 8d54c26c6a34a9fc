/** @file samples.h
 * Sample formats of SEG-Y, for the sources of io/segy only. All functions are Local.
 */
#ifndef PSTM_IO_SEGY_SAMPLES_H
#define PSTM_IO_SEGY_SAMPLES_H

#include <stdbool.h>
#include <stdint.h>

/** Bytes of a sample of this format code; 0 if the code is unknown or cannot be read. */
int32_t pstm_segy_sample_bytes(int32_t format);

/** Converts n samples at `in` (no alignment needed) to host floats. `format` is one that can be read. */
void pstm_segy_decode(int32_t format, bool little, const unsigned char *in, int64_t n, float *out);

/** Converts n host floats to IBM (1) or IEEE (5) floats at `out`, rounding to nearest. IBM: finite values
 * only. */
void pstm_segy_encode(int32_t format, bool little, const float *in, int64_t n, unsigned char *out);

/** The codes that can be read, for messages: "1 IBM float, 2 ...". */
extern const char *const pstm_segy_known_formats;

#endif
