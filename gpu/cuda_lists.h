/** @file cuda_lists.h
 * The lists of a launch (pstm_cuda_batch): traces sorted by class, boxes, ranges, turns, and where the lines
 * of new traces belong. All lie in one block of memory, laid out alike in the host and on the device, with
 * room for as many of each as traces, the most there can be. All functions are Local.
 */
#ifndef PSTM_GPU_CUDA_LISTS_H
#define PSTM_GPU_CUDA_LISTS_H

#include <stddef.h>
#include <stdint.h>

#include "gpu/cuda_kernels.h"

/** Bytes of the block for that many traces. */
size_t pstm_cuda_list_bytes(int32_t capacity);

/** Traces in the order in which they came; borrowed. */
typedef struct pstm_cuda_arrivals {
    int32_t n, n_classes;
    const pstm_cuda_trace *traces;
    const int32_t *classes; /**< [trace] */
} pstm_cuda_arrivals;

/** Fills a block of the host, but for the places of lines, and sets batch->n_ranges and n_turns. places:
 * [n_classes + 1], of any content. */
void pstm_cuda_lists_fill(const pstm_cuda_arrivals *arrivals, int32_t *places, char *block, int32_t capacity,
                          pstm_cuda_batch *batch);

/** The list of places of lines in a block of the host. */
float2 **pstm_cuda_lists_lines(char *block, int32_t capacity);

/** Sets the lists of a batch to those of a block. */
void pstm_cuda_lists_find(const char *block, int32_t capacity, pstm_cuda_batch *batch);

#endif
