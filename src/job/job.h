/** @file job.h
 * The job: what the user asked for, after defaults, the job file and `--set`, checked for everything that
 * can be known without the data. One schema table (schema.c) holds every key: its type, default, bounds,
 * unit, help text, and whether it shapes the image.
 *
 * Units in the job and here: metres, seconds, m/s, degrees, Hz. All functions are Local.
 */
#ifndef PSTM_JOB_JOB_H
#define PSTM_JOB_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "condition/condition_options.h"
#include "core/options.h"
#include "core/status.h"
#include "core/text.h"
#include "job/settings.h"
#include "plan/operator_list.h"
#include "plan/target_options.h"
#include "sum/antialias_options.h"
#include "sum/aperture_options.h"
#include "sum/laws.h"
#include "sum/weights.h"
#include "survey/areas_options.h"
#include "survey/bins_list.h"
#include "survey/grid.h"
#include "survey/input_options.h"
#include "velocity/velocity_options.h"

/** `output:` what is written and kept. */
typedef struct pstm_output_options {
    char *file;          /**< the cube */
    pstm_switch gathers; /**< auto: on with two classes or more */
    bool stack, fold;
    bool profile;         /**< write <file>.profile.json and .csv and print the table */
    bool timeline;        /**< write <file>.timeline.<rank>.json; with profile only */
    bool keep_store;      /**< keep the store of conditioned traces after the run */
    int32_t stripes;      /**< storage targets of the cube; 0: as its folder says */
    int64_t stripe_bytes; /**< 0: as its folder says */
} pstm_output_options;

/** A word of `migrate.traveltime` beside the laws: rays that bend by the law `curved`, in anisotropic layers.
 * */
enum { PSTM_TRAVELTIME_VTI = PSTM_LAWS };

typedef struct pstm_job {
    char *path; /**< of the job file, as given */
    pstm_input_options input;
    pstm_condition_options condition;
    pstm_grid grid; /**< prepared */
    pstm_velocity_options velocity;
    pstm_bins_options bins; /**< `bins:` and `offsets:` */
    /* `migrate:` */
    pstm_aperture_options aperture;
    int traveltime;        /**< a pstm_law, or PSTM_TRAVELTIME_VTI */
    pstm_weight weight;    /**< of a contribution */
    pstm_areas_kind areas; /**< traces stand for areas, where the weight asks for them (sum/weights.h) */
    pstm_antialias_options antialias;
    pstm_operator tile_operator; /**< what is done with the traces of a tile */
    /* `optimise:` */
    bool time_domain;     /**< off: depth loop on the reference device */
    bool trace_prefilter; /**< off: every tile gets every trace */
    bool spatial_index;   /**< off: the prefilter looks at every trace */
    bool batch;           /**< off: one trace at a time goes to the device */
    bool fast_math;
    pstm_target_options target;
    int32_t tile_inline, tile_crossline; /**< multiples of 16 */
    pstm_output_options output;
    uint64_t accepted;    /**< doubts that are meant: bit k is kind k of core/doubt.h */
    char *device;         /**< a name of device/device_list.h, auto or mixed */
    int64_t memory_bytes; /**< budget of a rank; 0: auto (half of the node's memory, shared by its ranks) */
    int32_t threads;      /**< of a rank; 0: auto */
} pstm_job;

/**
 * Reads the job file, applies `settings` ("key.sub=value", n_settings of them, later ones win) and checks.
 * The value of a setting is YAML ("target.tiles=[1, 5-9]"). Relative paths count from the job file's
 * folder, those of a setting from the working folder; what the job holds counts from the working folder.
 * *job is owned by the caller (pstm_job_destroy). Several factors in velocity.scale are refused. PSTM_USAGE
 * with file:line, what, why and the remedy.
 */
PSTM_MUST_CHECK pstm_status pstm_job_read(const char *path, const char *const *settings, size_t n_settings,
                                          pstm_job **job);

/** The jobs of a job file. */
typedef struct pstm_jobs {
    int n;
    pstm_job *job[PSTM_MOST_SCALES]; /**< [n] */
} pstm_jobs;

/**
 * As pstm_job_read(), with a job for each factor of `velocity.scale`: that which one would write for the
 * factor alone, into a cube whose name has it in thousandths, image.v0950.h5 of image.h5. One factor without
 * a list leaves the name as it is. What is in *out is the caller's (pstm_jobs_clear).
 */
PSTM_MUST_CHECK pstm_status pstm_jobs_read(const char *path, const pstm_settings *settings, pstm_jobs *out);

/** Destroys the jobs. */
void pstm_jobs_clear(pstm_jobs *jobs);

/** As pstm_job_read(), with any number of scales, of a job that is in no file: `name` stands for its path;
 * text NULL: the file of this name. */
PSTM_MUST_CHECK pstm_status pstm_job_read_text(const char *name, const char *text,
                                               const char *const *settings, size_t n_settings,
                                               pstm_job **job);

/** Frees *job and sets it to NULL; NULL-safe. */
void pstm_job_destroy(pstm_job **job);

/** The law of travel times. */
pstm_law pstm_job_law(const pstm_job *job);

/** Whether the image of each class is written: `output.gathers`, which is on by itself with two or more. */
bool pstm_job_writes_gathers(const pstm_job *job);

/** Which keys a listing holds. */
typedef enum pstm_job_keys {
    PSTM_KEYS_ALL,    /**< every key, for the record */
    PSTM_KEYS_TRACES, /**< keys that shape the conditioned traces */
    PSTM_KEYS_IMAGE   /**< keys that shape the image, those of the traces among them */
} pstm_job_keys;

/**
 * Appends one line "key: value" per key in schema order, values in canonical form (equal jobs, equal bytes).
 * Keys that came after cubes were made without them are left out of the sets while they have their default.
 * Each line, with "=" for ": ", is a setting that pstm_job_read() takes. Names of input files stand only in
 * PSTM_KEYS_ALL: the other sets tell inputs and velocity file by digests that the caller adds.
 */
PSTM_MUST_CHECK pstm_status pstm_job_list(const pstm_job *job, pstm_job_keys which, pstm_text *text);

/** Appends the table of all keys (key, type, default, unit, meaning) as Markdown: the text of docs/job.md. */
PSTM_MUST_CHECK pstm_status pstm_job_describe_keys(pstm_text *text);

#endif
