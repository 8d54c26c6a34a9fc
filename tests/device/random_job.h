/** @file random_job.h
 * Small jobs with everything at random that a job may ask for: axes, records, velocities that jump and fall,
 * live windows, classes, weight, taper, antialias copies, time windows. And what devices may make of them.
 */
#ifndef PSTM_TESTS_DEVICE_RANDOM_JOB_H
#define PSTM_TESTS_DEVICE_RANDOM_JOB_H

#include "contract_job.h"

/** A job whose traces cannot be left without being noticed: each lies in pages of its own, beside one that
 * cannot be read, or in memory of just its size; what is around it in its pages is not a number. */
typedef struct random_job random_job;

/** The job of a seed, the same on every machine. */
random_job *random_job_create(uint64_t seed);

void random_job_destroy(random_job **random);

/** Borrowed; plain members, to be changed at will. */
contract_job *random_job_get(random_job *random);

/** What is special about a job, for messages; the text is the function's own. */
const char *random_job_describe(const random_job *random);

/** What a device may do to one sum, beside the reference. */
typedef struct random_allowance {
    double image;       /**< by how much it may differ */
    uint32_t undecided; /**< traces that rounding may count or not: they end or begin there */
    uint32_t n_traces;  /**< that contribute, those among them */
} random_allowance;

/**
 * allowed[location][class][k], from the formulas of device.h: arrival times to a few roundings of a float,
 * with fast_math to 1/500 sample more; weights to some ten roundings, or to 0.1 %; and what a trace changes
 * in that time. Aperture decisions are exact.
 */
void random_job_allow(const random_job *random, random_allowance *allowed);

#endif
