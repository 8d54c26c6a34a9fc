/** @file random.h
 * Random numbers that depend on nothing but a seed, a stream and how many were drawn: trace 17 of a survey
 * gets the same numbers whatever was made before it. The generator is SplitMix64 (Steele, Lea and Flood 2014:
 * docs/references.md) started from a mix of seed and stream. All functions are Local.
 */
#ifndef PSTM_SYNTH_RANDOM_H
#define PSTM_SYNTH_RANDOM_H

#include <stdint.h>

typedef struct pstm_random {
    uint64_t state;
} pstm_random;

/** The generator of a stream, for example a trace number. Streams of one seed are independent. */
pstm_random pstm_random_stream(uint64_t seed, uint64_t stream);

/** The next number, uniform in [0, 1). */
double pstm_random_uniform(pstm_random *random);

/** The next number of mean 0 and standard deviation 1 (Box and Muller 1958: docs/references.md). */
double pstm_random_gaussian(pstm_random *random);

#endif
