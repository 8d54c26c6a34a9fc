#include "gpu/cuda_lists.h"

#include <string.h>

/* Each list begins behind the one before. */
static size_t boxes_offset(int32_t capacity)
{
    return (size_t)capacity * sizeof(pstm_cuda_trace);
}

static size_t ranges_offset(int32_t capacity)
{
    return boxes_offset(capacity) + (size_t)capacity * sizeof(pstm_cuda_box);
}

static size_t turns_offset(int32_t capacity)
{
    return ranges_offset(capacity) + (size_t)capacity * sizeof(pstm_cuda_range);
}

static size_t lines_offset(int32_t capacity)
{
    return turns_offset(capacity) + (size_t)capacity * sizeof(pstm_cuda_turn);
}

size_t pstm_cuda_list_bytes(int32_t capacity)
{
    return lines_offset(capacity) + (size_t)capacity * sizeof(float2 *);
}

float2 **pstm_cuda_lists_lines(char *block, int32_t capacity)
{
    return (float2 **)(block + lines_offset(capacity));
}

void pstm_cuda_lists_find(const char *block, int32_t capacity, pstm_cuda_batch *batch)
{
    batch->lines = (float2 *const *)(block + lines_offset(capacity));
    batch->traces = (const pstm_cuda_trace *)block;
    batch->boxes = (const pstm_cuda_box *)(block + boxes_offset(capacity));
    batch->ranges = (const pstm_cuda_range *)(block + ranges_offset(capacity));
    batch->turns = (const pstm_cuda_turn *)(block + turns_offset(capacity));
}

static void widen(pstm_cuda_box *box, const pstm_cuda_trace *trace, bool is_first)
{
    for (int i = 0; i < 4; i++) {
        double end_m = trace->ends_m[i];
        box->least_m[i] = is_first || end_m < box->least_m[i] ? end_m : box->least_m[i];
        box->most_m[i] = is_first || end_m > box->most_m[i] ? end_m : box->most_m[i];
    }
}

/* Sorts the traces by class; returns the number of classes that have any. */
static int32_t make_ranges(const pstm_cuda_arrivals *arrivals, int32_t *places, pstm_cuda_trace *traces,
                           pstm_cuda_range *ranges)
{
    int32_t n_ranges = 0, n_groups = 0;
    memset(places, 0, ((size_t)arrivals->n_classes + 1) * sizeof *places);
    for (int32_t i = 0; i < arrivals->n; i++)
        places[arrivals->classes[i] + 1]++;
    for (int32_t c = 0; c < arrivals->n_classes; c++) {
        const int32_t n = places[c + 1];
        places[c + 1] += places[c];
        if (n == 0) continue;
        ranges[n_ranges++] = (pstm_cuda_range){
            .class_index = c, .first_trace = places[c], .n_traces = n, .first_group = n_groups};
        n_groups += (n + PSTM_CUDA_GROUP - 1) / PSTM_CUDA_GROUP;
    }
    for (int32_t i = 0; i < arrivals->n; i++)
        traces[places[arrivals->classes[i]]++] = arrivals->traces[i];
    return n_ranges;
}

/* The ranges in turns: all first turns, then all second ones. Returns how many there are. */
static int32_t make_turns(const pstm_cuda_range *ranges, int32_t n_ranges, pstm_cuda_turn *turns)
{
    int32_t n_turns = 0;
    for (int32_t before = 0, n = -1; n != n_turns; before++) {
        const int32_t begin = before * PSTM_CUDA_TURN;
        int32_t n_chains = 0;
        n = n_turns;
        for (int32_t r = 0; r < n_ranges; r++) {
            pstm_cuda_range range = ranges[r];
            const int32_t chain = range.n_traces > PSTM_CUDA_TURN ? n_chains++ : -1;
            const int32_t left = range.n_traces - begin;
            if (left <= 0) continue;
            range.first_trace += begin, range.first_group += begin / PSTM_CUDA_GROUP;
            range.n_traces = left < PSTM_CUDA_TURN ? left : PSTM_CUDA_TURN;
            turns[n_turns++] = (pstm_cuda_turn){range, chain, before};
        }
    }
    return n_turns;
}

void pstm_cuda_lists_fill(const pstm_cuda_arrivals *arrivals, int32_t *places, char *block, int32_t capacity,
                          pstm_cuda_batch *batch)
{
    pstm_cuda_trace *traces = (pstm_cuda_trace *)block;
    pstm_cuda_box *boxes = (pstm_cuda_box *)(block + boxes_offset(capacity));
    pstm_cuda_range *ranges = (pstm_cuda_range *)(block + ranges_offset(capacity));
    batch->n_ranges = make_ranges(arrivals, places, traces, ranges);
    for (int32_t r = 0; r < batch->n_ranges; r++)
        for (int32_t i = 0; i < ranges[r].n_traces; i++)
            widen(&boxes[ranges[r].first_group + i / PSTM_CUDA_GROUP], &traces[ranges[r].first_trace + i],
                  i % PSTM_CUDA_GROUP == 0);
    batch->n_turns = make_turns(ranges, batch->n_ranges, (pstm_cuda_turn *)(block + turns_offset(capacity)));
}
