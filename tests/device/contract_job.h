/** @file contract_job.h
 * Small jobs for testing devices: a survey with random traces, and a run of it on a device in any cut.
 */
#ifndef PSTM_TESTS_DEVICE_CONTRACT_JOB_H
#define PSTM_TESTS_DEVICE_CONTRACT_JOB_H

#include "device/device.h"

/** Everything that a device is given. Plain members: a test changes what it is about. */
typedef struct contract_job {
    pstm_device_plan plan;
    pstm_device_tile tile;
    int64_t n_traces;
    pstm_device_trace *traces;
    double *x_m, *y_m;   /**< of the tile; owned */
    float *vrms_m_s;     /**< of the tile; owned; [location][n_times] */
    float *alpha, *beta; /**< the same, for laws that bend */
} contract_job;

/** What came out, [location][class][k] each; faded: NULL where it is not wanted. */
typedef struct contract_image {
    int64_t n;
    float *image;
    uint32_t *fold;
    float *faded;
} contract_image;

/**
 * A survey of n_traces over n_locations in world coordinates of six and seven figures. The plan has three
 * classes, 4 ms, 100 output samples (not whole blocks) and 256 input samples, an aperture of 900 m and 50
 * degrees, no weight, one thread; vrms varies with location and time. Samples are random, smooth, and
 * fade to zero at the ends of live windows that differ from trace to trace. Each trace lies in memory of its
 * own with no byte more than the contract promises, so that a sanitizer sees what is read beyond.
 */
contract_job *contract_job_create(int32_t n_locations, int64_t n_traces);

/** The same with other axes: n_samples and sample_s of input, n_times and time_step_s of output. */
contract_job *contract_job_create_axes(int32_t n_locations, int64_t n_traces, int32_t n_samples,
                                       double sample_s, int32_t n_times, double time_step_s);

/** The job of contract_job_create() with 6 antialias copies of each trace, of noise that is each copy's own,
 * so that a wrong level shows; levels 0 to 5 are all read. */
contract_job *contract_job_create_antialias(int32_t n_locations, int64_t n_traces);

/**
 * A job of one location at (0, 0) with vrms 2000 m/s and of one trace without offset there; no aperture.
 * Every sample is `value(i)`, all live. The sample interval is 1/256 s in and out, exact in binary.
 */
contract_job *contract_job_create_single(int32_t n_samples, float (*value)(int32_t i));

void contract_job_destroy(contract_job **job);

/** Chooses an entry of each list, with a factor of each trace where the weight has one. */
void contract_job_set_formulas(contract_job *job, pstm_law law, pstm_weight weight);

/** A sample of a job's trace that can be written. */
float *contract_job_sample(const contract_job *job, int64_t i_trace, int32_t i_sample);

/** Gives every sample of the job this vrms. */
void contract_job_set_vrms(contract_job *job, float vrms_m_s);

/** Runs a job on a new device in batches of n_batch traces; fails the test if the device fails. */
contract_image contract_run(const pstm_device_ops *device, const contract_job *job, int64_t n_batch);

/** The same on a device that exists already. */
contract_image contract_run_on(const pstm_device_ops *device, void *self, const contract_job *job,
                               int64_t n_batch);

/** n values of an image from `first` on, borrowed. */
contract_image contract_image_part(const contract_image *image, int64_t first, int64_t n);

void contract_image_free(contract_image *image);

/** Fails the test, with the first place, unless images, folds and what tapers took are equal bit by bit. */
void contract_assert_equal(const contract_image *a, const contract_image *b);

/** rms(a - b) / rms(b) of the images. */
double contract_nrms(const contract_image *a, const contract_image *b);

/** The next random number in [0, 1), the same everywhere. */
double contract_random(uint64_t *state);

/** Fails the test with the error text unless the status is PSTM_OK. */
void contract_must(pstm_status status);

#endif
