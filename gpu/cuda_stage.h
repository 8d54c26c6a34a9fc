/** @file cuda_stage.h
 * The way of the traces to the GPU: they gather until there are enough for a launch, those that the GPU has
 * not kept (cuda_cache.h) in pinned memory. Two
 * slots take turns, so that one is filled and copied while the kernel works on the other. All functions are
 * Local.
 */
#ifndef PSTM_GPU_CUDA_STAGE_H
#define PSTM_GPU_CUDA_STAGE_H

#include <stdint.h>

#include "device/device.h"
#include "device/device_times.h"
#include "gpu/cuda_cache.h"
#include "gpu/cuda_gpu.h"
#include "gpu/cuda_kernels.h"

enum {
    PSTM_CUDA_SLOTS = 2,
    PSTM_CUDA_LEAST_TRACES = 32, /**< no launch is planned for fewer */
};

typedef struct pstm_cuda_slot {
    int32_t n_traces;
    int32_t n_new;            /**< those of them whose samples are to be copied */
    int32_t *new_rows;        /**< [new trace] of the cache */
    float *samples;           /**< pinned: [new trace][n_levels][n_samples + 1] */
    pstm_cuda_trace *arrived; /**< [trace] in the order of arrival */
    int32_t *classes;         /**< [trace] */
    char *lists;              /**< pinned: traces, boxes, ranges, places of lines as the kernels want them */
    float *device_samples;    /**< samples on the device */
    char *device_lists;       /**< lists on the device */
    cudaEvent_t copying, copied; /**< the copy begins; it is done */
    cudaEvent_t preparing;       /**< the new traces' lines begin to be made */
    cudaEvent_t begun, done;     /**< the kernel of the sum begins; it is done with the slot */
    bool in_flight;              /**< queued, and not waited for since */
} pstm_cuda_slot;

typedef struct pstm_cuda_stage {
    const pstm_cuda_gpu *gpu; /**< borrowed */
    pstm_device_plan plan;
    int32_t capacity;     /**< traces of a slot */
    int32_t new_capacity; /**< new traces of a slot */
    pstm_cuda_cache cache;
    int32_t current; /**< the slot that is being filled */
    pstm_cuda_slot slots[PSTM_CUDA_SLOTS];
    int32_t *class_places;           /**< [n_classes + 1] for sorting */
    cudaStream_t copying, computing; /**< work on a tile is queued on `computing` */
    cudaStream_t beside;             /**< and of a launch, what other kernels do at the same time */
    cudaEvent_t forked, joined;      /**< `beside` begins; it is done */
    cudaEvent_t anchor;              /**< an event whose time is known on the clock of pstm_now_s(): */
    double anchor_s;
    double most_per_s;       /**< contributions, by the limits of the GPU */
    pstm_device_times times; /**< of the launches waited for; those of its tiles are added by the device */
} pstm_cuda_stage;

/** Makes a stage as large as free memory lets it be; PSTM_SYSTEM if not even a small one fits. The caller
 * gives it to pstm_cuda_stage_close(), also after a failure. */
PSTM_MUST_CHECK pstm_status pstm_cuda_stage_open(const pstm_cuda_gpu *gpu, const pstm_device_plan *plan,
                                                 pstm_cuda_stage *stage);
void pstm_cuda_stage_close(pstm_cuda_stage *stage);

/** Sets the anchor; nothing may be queued on `computing`. */
PSTM_MUST_CHECK pstm_status pstm_cuda_stage_anchor(pstm_cuda_stage *stage);

/** Adds the seconds between two events that have happened to a step. */
PSTM_MUST_CHECK pstm_status pstm_cuda_stage_time(pstm_cuda_stage *stage, pstm_device_step step,
                                                 cudaEvent_t begin, cudaEvent_t end);

/** Waits, and makes the stage half as large, to leave room for a tile. *shrunk: false when it is as small as
 * can be. No traces may be staged. */
PSTM_MUST_CHECK pstm_status pstm_cuda_stage_shrink(pstm_cuda_stage *stage, bool *shrunk);

/** Copies traces in, and queues a launch on the tile each time a slot is full. The traces are free at
 * return. */
PSTM_MUST_CHECK pstm_status pstm_cuda_stage_add(pstm_cuda_stage *stage, const pstm_cuda_tile *tile,
                                                const pstm_device_trace *traces, int64_t n_traces);

/** Queues a launch of what is staged. */
PSTM_MUST_CHECK pstm_status pstm_cuda_stage_flush(pstm_cuda_stage *stage, const pstm_cuda_tile *tile);

/** Drops what is staged and waits for what is queued. */
PSTM_MUST_CHECK pstm_status pstm_cuda_stage_drain(pstm_cuda_stage *stage);

#endif
