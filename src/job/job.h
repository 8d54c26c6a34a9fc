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

#include "core/status.h"
#include "core/text.h"
#include "survey/grid.h"

typedef enum pstm_wavelet {
    PSTM_WAVELET_AUTO,
    PSTM_WAVELET_OFF,
    PSTM_WAVELET_2D,
    PSTM_WAVELET_3D
} pstm_wavelet;
typedef enum pstm_switch { PSTM_OFF, PSTM_ON, PSTM_AUTO } pstm_switch;
typedef enum pstm_byte_order { PSTM_ORDER_AUTO, PSTM_ORDER_BIG, PSTM_ORDER_LITTLE } pstm_byte_order;
typedef enum pstm_file_kind { PSTM_KIND_AUTO, PSTM_KIND_SEGY, PSTM_KIND_SU } pstm_file_kind;

/** A list of texts; owned by the job. */
typedef struct pstm_names {
    int64_t n;
    char **text;
} pstm_names;

/** A closed range of labels or metres; used when `set`. */
typedef struct pstm_range {
    bool set;
    double first, last;
} pstm_range;

/** `input:` where the traces are and how to read them. */
typedef struct pstm_job_input {
    pstm_names segy;     /**< files; relative ones count from the job file's folder */
    pstm_file_kind kind; /**< auto: .su is SU, everything else is looked at */
    pstm_byte_order byte_order;
    int32_t format;           /**< sample format code 1, 2, 3, 5, 6, 8 ...; 0: from the binary header */
    double sample_s;          /**< sample interval; 0: from the headers */
    double coordinate_scalar; /**< as in bytes 71-72 (negative divides); 0: from the headers */
    bool use_delay;           /**< bytes 109-110 delay recording time */
    struct {                  /**< first byte (1-based) of a header field */
        int32_t source_x, source_y, receiver_x, receiver_y, coordinate_scalar;
        int32_t n_samples, sample_interval, delay, trace_id, mute_start, mute_end;
    } bytes;
    pstm_range select_offset_m; /**< traces outside this offset range are left out */
} pstm_job_input;

/** `condition:` what is done to each trace once. */
typedef struct pstm_job_condition {
    pstm_wavelet wavelet;
    bool bandpass;
    double bandpass_hz[4];    /**< corner frequencies of the trapezium, rising; used when bandpass */
    double agc_s;             /**< AGC window length; 0: off */
    double mute_velocity_m_s; /**< samples earlier than delay + offset/velocity are muted; 0: off */
    double mute_delay_s;      /**< added to offset/velocity */
    double mute_taper_s;      /**< length of the ramp after a mute */
    bool header_mute;         /**< use the header mute times */
    double max_over_rms;      /**< traces with max/rms above this are dropped; 0: off */
} pstm_job_condition;

/** `velocity:` exactly one of constant and file. */
typedef struct pstm_job_velocity {
    double constant;     /**< as written, in `units`, before `scale`; 0: none */
    double constant_m_s; /**< the vrms to use: constant * unit_m_s * scale; 0: none */
    char *file;          /**< NULL: none; its values are still to be multiplied by unit_m_s * scale */
    double scale;        /**< multiplies every velocity */
    double unit_m_s;     /**< 1 for `units: m/s`, 1000 for km/s, 0.3048 for ft/s */
} pstm_job_velocity;

/** `offsets:` class k is centred on first + k*step and `step` wide; n = 0: one class with all traces. */
typedef struct pstm_job_offsets {
    double first_m, step_m;
    int32_t n;
} pstm_job_offsets;

typedef enum pstm_antialias { PSTM_ANTIALIAS_OFF, PSTM_ANTIALIAS_BANK } pstm_antialias;

/** `migrate:` */
typedef struct pstm_job_migrate {
    double aperture_m;     /**< INFINITY: no limit */
    double aperture_deg;   /**< 90: no limit */
    double aperture_taper; /**< fraction of the aperture, [0, 1) */
    char *weight;          /**< none, obliquity */
    pstm_antialias antialias;
    double antialias_coefficient; /**< (0, 4] */
} pstm_job_migrate;

/** `target:` the part of the image that is migrated; everything when nothing is set. */
typedef struct pstm_job_target {
    pstm_names tiles;               /**< tile numbers or ranges "12-20"; n = 0: all */
    pstm_range inlines, crosslines; /**< box in labels */
    pstm_range x_m, y_m;            /**< box in world metres: tiles that touch it */
    pstm_names lines;               /**< "inline 120" or "crossline 80" */
    pstm_range time_s;              /**< time window */
} pstm_job_target;

/** `output:` */
typedef struct pstm_job_output {
    char *file;          /**< the cube */
    pstm_switch gathers; /**< auto: on with two classes or more */
    bool stack, fold;
    bool profile;         /**< write <file>.profile.json and .csv and print the table */
    bool timeline;        /**< write <file>.timeline.<rank>.json; with profile only */
    bool keep_store;      /**< keep the store of conditioned traces after the run */
    int32_t stripes;      /**< storage targets of the cube; 0: as its folder says */
    int64_t stripe_bytes; /**< 0: as its folder says */
} pstm_job_output;

typedef struct pstm_job {
    char *path; /**< of the job file, as given */
    pstm_job_input input;
    pstm_job_condition condition;
    pstm_grid grid; /**< prepared */
    pstm_job_velocity velocity;
    pstm_job_offsets offsets;
    pstm_job_migrate migrate;
    /* `optimise:` */
    bool time_domain;             /**< off: depth loop on the reference device */
    bool time_dependent_aperture; /**< off: aperture_m alone, which is then finite */
    bool trace_prefilter;         /**< off: every tile gets every trace */
    bool spatial_index;           /**< off: the prefilter looks at every trace */
    bool batch;                   /**< off: one trace at a time goes to the device */
    bool fast_math;
    pstm_job_target target;
    int32_t tile_inline, tile_crossline; /**< multiples of 16 */
    pstm_job_output output;
    char *device;         /**< auto, cpu, reference, paranoid, stopwatch, cuda, mixed */
    int64_t memory_bytes; /**< budget of a rank; 0: auto (half of the node's memory, shared by its ranks) */
    int32_t threads;      /**< of a rank; 0: auto */
} pstm_job;

/**
 * Reads the job file, applies `settings` ("key.sub=value", n_settings of them, later ones win) and checks.
 * The value of a setting is YAML ("target.tiles=[1, 5-9]"). Relative paths count from the job file's
 * folder, those of a setting from the working folder; what the job holds counts from the working folder.
 * *job is owned by the caller (pstm_job_destroy). PSTM_USAGE with file:line, what, why and the remedy.
 */
PSTM_MUST_CHECK pstm_status pstm_job_read(const char *path, const char *const *settings, size_t n_settings,
                                          pstm_job **job);

/** Frees *job and sets it to NULL; NULL-safe. */
void pstm_job_destroy(pstm_job **job);

/** Which keys a listing holds. */
typedef enum pstm_job_keys {
    PSTM_KEYS_ALL,    /**< every key, for the record */
    PSTM_KEYS_TRACES, /**< keys that shape the conditioned traces */
    PSTM_KEYS_IMAGE   /**< keys that shape the image, those of the traces among them */
} pstm_job_keys;

/**
 * Appends one line "key: value" per key in schema order, values in canonical form (equal jobs, equal bytes).
 * Each line, with "=" for ": ", is a setting that pstm_job_read() takes. Names of input files stand only in
 * PSTM_KEYS_ALL: the other sets tell inputs and velocity file by digests that the caller adds.
 */
PSTM_MUST_CHECK pstm_status pstm_job_list(const pstm_job *job, pstm_job_keys which, pstm_text *text);

/** Appends the table of all keys (key, type, default, unit, meaning) as Markdown: the text of docs/job.md. */
PSTM_MUST_CHECK pstm_status pstm_job_describe_keys(pstm_text *text);

#endif
