/** @file device.h
 * The one interface of everything that migrates: a table of functions per device.
 *
 * The sum (Kirchhoff prestack time migration by the double square root; Yilmaz 2001, ch. 4 and 5:
 * docs/references.md):
 *
 *   tau = t0/2   ts, tr: the law's times over |x-s| and |x-r| (sum/laws.h)   t = ts + tr
 *   image(x, t0, class) += W * d(t)   where |x-s| and |x-r| <= A(t0) = min(A_max, v tau tan(angle))
 *   fold(x, t0, class)  += 1          for each trace that passes with t in its live window
 *   faded(x, t0, class) += 1 - T      T the taper of both legs
 *
 * W: the weight (sum/weights.h), times the taper of both legs (sum/aperture.h). d(t): linear between samples
 * of the trace's copy that device/antialias.h chooses. t0 <= 0 gives image 0 and fold 0.
 *
 * Bits. For each (location, class, k) a device adds the traces in the order in which they come, one owner
 * per sum, always continuing from its stored accumulator; how traces are cut into batches, which other
 * locations share the tile and which [k_begin, k_end) is asked for change no bit. Blocks of output samples
 * are anchored at multiples of 16 of the absolute index k.
 *
 * A device is used by one thread at a time. Its functions are Local.
 */
#ifndef PSTM_DEVICE_DEVICE_H
#define PSTM_DEVICE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"
#include "device/accumulators.h"
#include "device/device_list.h"
#include "device/device_times.h"
#include "sum/laws.h"
#include "sum/weights.h"
#include "velocity/columns.h"

enum {
    PSTM_BLOCK = 16,       /**< output samples of a block */
    PSTM_MOST_LEVELS = 12, /**< of antialias copies: the last keeps 1/45 of the frequencies */
    PSTM_TRACE_PAD = 32,   /**< readable zero samples on each side of a trace's n_samples */
};

/** Floats from one stored trace to the next: the samples, both pads, rounded up to whole 64 bytes. */
static inline int64_t pstm_trace_stride(int64_t n_samples)
{
    return (n_samples + 15) / 16 * 16 + 2 * PSTM_TRACE_PAD;
}

/** What is the same for every tile of a job. */
typedef struct pstm_device_plan {
    int32_t n_times;                  /**< output samples of the whole time axis */
    double time_first_s, time_step_s; /**< of output sample 0, and between samples */
    int32_t k_begin, k_end;           /**< wanted output samples [k_begin, k_end); the others stay 0 */
    int32_t n_samples;                /**< input samples of every trace (short ones are zero padded) */
    double sample_s;                  /**< input sample interval */
    int32_t n_classes;                /**< of the bins, >= 1 */
    pstm_law law;                     /**< of travel times */
    pstm_weight weight;
    int32_t n_levels;        /**< copies of each trace, 1 to PSTM_MOST_LEVELS; 1: no antialias */
    double bin_step_m[2][2]; /**< [axis][x, y] for the choice of the copy (antialias.h) */
    double aperture_m;       /**< A_max > 0; INFINITY: no limit */
    double aperture_tan;     /**< tan(angle) > 0; INFINITY: no limit */
    double aperture_taper;   /**< fraction of A over which a leg fades out, [0, 1) */
    bool fast_math;          /**< arrival times and weights may be interpolated: times within 1/500 sample,
                                  weights within 0.1 %; the reference device never does */
    bool depth_loop;         /**< the old program's loop over z = v t0/2 (reference only) */
    int32_t n_threads;       /**< >= 1 */
    int32_t unit;            /**< which unit of the device (pstm_device_units()); 0 is the first */
    int32_t n_sharing;       /**< how many created devices are to share that unit's memory; 0 as 1 */
} pstm_device_plan;

/** Two-way time of output sample k. */
static inline double pstm_device_time_s(const pstm_device_plan *plan, int64_t k)
{
    return plan->time_first_s + (double)k * plan->time_step_s;
}

/** The fields of the columns that the travel time of a plan needs. */
static inline pstm_fields pstm_device_fields(const pstm_device_plan *plan)
{
    const pstm_fields of_bends = pstm_field_bit(PSTM_FIELD_ALPHA) | pstm_field_bit(PSTM_FIELD_BETA);
    return pstm_field_bit(PSTM_FIELD_VRMS) | (pstm_law_bends((int)plan->law) ? of_bends : 0);
}

/** What a column says at output sample k. */
static inline pstm_medium pstm_device_medium(const pstm_columns *column, int64_t k)
{
    return (pstm_medium){.vrms_m_s = (double)column->vrms_m_s[k],
                         .alpha = column->alpha ? (double)column->alpha[k] : 0,
                         .beta = column->beta ? (double)column->beta[k] : 0};
}

/** What is accumulated. Only kinematic weights are divided by the sum of the tapers. */
static inline pstm_accumulators pstm_device_accumulators(const pstm_device_plan *plan)
{
    const bool fades = plan->aperture_taper > 0 && !pstm_weight_is_true((int)plan->weight);
    return PSTM_ACCUMULATOR_BIT(SUM) | PSTM_ACCUMULATOR_BIT(FOLD) | (fades ? PSTM_ACCUMULATOR_BIT(FADED) : 0);
}

/**
 * How the locations of a tile lie on the job's grid, so that a device may take neighbours together: location
 * i * n[1] + j is node (first[0] + i, first[1] + j), counted from the grid's first node. n of 0: the
 * locations are a list of places. What a device makes of it depends on the node's numbers, never on where the
 * tile begins.
 */
typedef struct pstm_lattice {
    int32_t first[2], n[2]; /**< [axis] of the tile's first node; of nodes */
    double origin_m[2];     /**< world x and y of node (0, 0) */
    double step_m[2][2]; /**< [axis][x, y] from node to node; 0 on an axis on which the grid has one node */
} pstm_lattice;

/** The image locations of a tile; borrowed until the tile has been read. */
typedef struct pstm_device_tile {
    int32_t n_locations;
    const double *x_m, *y_m; /**< [location] world metres */
    pstm_lattice lattice;
    pstm_columns columns; /**< pstm_device_fields(), of the plan's n_times */
} pstm_device_tile;

/**
 * One trace as a device sees it; borrowed for the call. samples[-PSTM_TRACE_PAD ... n_samples - 1 +
 * PSTM_TRACE_PAD] can be read and is zero outside [live_first, live_last]; samples - PSTM_TRACE_PAD is
 * 64-byte aligned. The copy of antialias level n (antialias.h) begins at samples +
 * n * pstm_trace_stride(n_samples), with the same pads and the same live window.
 */
typedef struct pstm_device_trace {
    double source_x_m, source_y_m, receiver_x_m, receiver_y_m;
    double start_s; /**< time of samples[0] */
    const float *samples;
    int32_t live_first, live_last; /**< a trace contributes where live_first <= (t - start)/dt <= live_last */
    int32_t class_index;           /**< [0, n_classes) */
    double factor;                 /**< of the weight (sum/weights.h); 1 where the list says so */
    int64_t key; /**< > 0: names these samples as long as the device lives, so that a device with a memory of
                      its own may keep them and not copy them again; 0: they have no name */
} pstm_device_trace;

/** What probe() tells of a device, or of one unit of it. */
typedef struct pstm_device_info {
    char kernel[32];       /**< instruction set or architecture, for example avx2 or sm_90 */
    char description[128]; /**< for people */
    int numerics;          /**< raised by each change marked numerics */
    char uuid[48];         /**< names this very unit among all in the world; "": it is the processor itself */
} pstm_device_info;

typedef struct pstm_device_ops {
    const char *name;     /**< as in the job's `devices` */
    int32_t group_side;   /**< it is fast with tiles of this many locations on each axis; 0: with any */
    int32_t n_workers;    /**< threads with a tile of their own that keep one unit busy: one computes while
                             another  reads back; 0 as 1 */
    int32_t most_threads; /**< threads that a created device has use for; 0: any number */

    /** Says what is there. PSTM_SYSTEM with the remedy when the device cannot be used here. */
    pstm_status (*probe)(pstm_device_info *info);

    /** Describes the units that this process can see, at most `most` of them (the GPUs of a node, say), and
     * returns how many. NULL: there is one, as probe() tells. */
    int32_t (*units)(pstm_device_info *infos, int32_t most);

    /** Does what takes long before a unit can be used; create() does it otherwise. May run in a thread of its
     * own beside anything but itself. NULL: there is nothing to do. */
    void (*warm_up)(int32_t unit);

    /** Bytes that a device holds for a tile of n_locations with n_columns columns, for the memory
     * budget. NULL where it can never be used. */
    int64_t (*tile_bytes)(const pstm_device_plan *plan, int64_t n_locations, int64_t n_columns);

    /** Makes a device for a plan; *self is the caller's, for destroy(). PSTM_USAGE naming the option if the
     * device cannot do what the plan asks. */
    pstm_status (*create)(const pstm_device_plan *plan, void **self);

    /** Starts a tile with all sums 0. */
    pstm_status (*begin_tile)(void *self, const pstm_device_tile *tile);

    /** Adds traces, in order, to the tile's sums. */
    pstm_status (*add_batch)(void *self, const pstm_device_trace *traces, int64_t n_traces);

    /** Writes pstm_device_accumulators(), [location][class][k] with all n_times of k, into those arrays of
     * the caller that are not NULL. */
    pstm_status (*read_tile)(void *self, const pstm_sums *sums);

    /** Adds the seconds of each operation so far to seconds[PSTM_OPERATIONS]. NULL: the device times none. */
    void (*operations)(const void *self, double *seconds);

    /** Adds what the device has measured of itself, up to the last read_tile(). NULL: it measures nothing. */
    void (*times)(const void *self, pstm_device_times *times);

    /** Frees *self and sets it to NULL; NULL-safe. */
    void (*destroy)(void **self);
} pstm_device_ops;

/** The functions of each device of the list. */
#define PSTM_DEVICE_ENTRY(name, ...) extern const pstm_device_ops pstm_device_##name;
PSTM_DEVICE_LIST(PSTM_DEVICE_ENTRY)
#undef PSTM_DEVICE_ENTRY

/** The device of this name; NULL if there is none. */
const pstm_device_ops *pstm_device_find(const char *name);

/** All names, in the order of the list; *n of them. */
const char *const *pstm_device_names(size_t *n);

/** Whether `auto` may take a device of the list. */
bool pstm_device_is_automatic(const pstm_device_ops *device);

/** The device that `auto` takes: of those that it may take, or with depth_loop of those that have that loop,
 * the first that can be used here; where none can, the last, whose probe() says why. */
const pstm_device_ops *pstm_device_automatic(bool depth_loop);

/** Describes the units of a device that this process can use, at most `most`; 0 with the reason as
 * pstm_error_text() if there is none. */
int32_t pstm_device_units(const pstm_device_ops *device, pstm_device_info *infos, int32_t most);

/** The numerics id "device/kernel/number", for example "cpu/avx2/1". PSTM_SYSTEM as probe(). */
PSTM_MUST_CHECK pstm_status pstm_device_numerics_id(const pstm_device_ops *device, char *text, size_t bytes);

#endif
