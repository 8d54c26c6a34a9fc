/* The kernel of groups (cuda_kernels.h): arrivals and weights of neighbouring locations by interpolation
 * (cuda_nodes.inc). Compiled with -fmad=false, as cuda_migrate.cu. */
#include <cmath>
#include <cstddef>

/* First, since it makes the formulas of sum/ for the device. */
#include "gpu/cuda_formulas.cuh"

#include "gpu/cuda_kernels.h"

namespace
{

#include "gpu/cuda_ray.inc"

#define REAL float
#define REAL_OF(x) ((float)(x))
#define REAL_FMA(a, b, c) __fmaf_rn(a, b, c)
#define NODES(name) name##_f
#define NODES_INLINE static __device__ __forceinline__
#include "gpu/cuda_nodes.inc"

constexpr int HALVES = PSTM_CUDA_HALVES;
constexpr int PIECES_OF_SPAN = PSTM_CUDA_PIECES_OF_SPAN;
/* Rows of groups of a thread block, which share the samples of the traces: a warp has a group and a piece. */
constexpr int ROWS = 2, WARPS = ROWS * PIECES_OF_SPAN;
constexpr int BLOCKS = 4; /* of a multiprocessor: 128 registers a thread */
constexpr unsigned ALL = 0xffffffffu;
static_assert((int)PSTM_NODES_SAMPLES == PSTM_CUDA_PIECE && PSTM_CUDA_PIECE == HALVES * LANES &&
                  PSTM_CUDA_PIECE * PIECES_OF_SPAN == (int)PSTM_CUDA_SPAN &&
                  (int)PSTM_NODES_KNOTS == PSTM_CUDA_KNOTS,
              "");

#define HAS_PAIR(A, NAME, name, of_pair, ...) of_pair,
constexpr bool HAS_PAIR_OF[] = {PSTM_WEIGHT_LIST(HAS_PAIR, )};
#undef HAS_PAIR

#include "gpu/cuda_groups.inc"
#include "gpu/cuda_parts.inc"

/* Finds what a warp has to do. Neighbouring groups follow each other; the spans with most work go first. */
template <int WEIGHT, int WIDTH>
__device__ __forceinline__ void start(const pstm_cuda_tile &tile, const pstm_cuda_batch &batch,
                                      const pstm_cuda_spans &spans, GroupMemory<WEIGHT, WIDTH> &my)
{
    const pstm_cuda_lattice &lattice = tile.lattice;
    const int warp = threadIdx.x / LANES, lane = threadIdx.x % LANES;
    const int first_column = lattice.first_along / WIDTH;
    const int n_columns = (lattice.first_along + lattice.n_along - 1) / WIDTH - first_column + 1;
    const int n_rows = (lattice.n_across + ROWS - 1) / ROWS;
    const int of_span = (int)(blockIdx.x % (unsigned)(n_columns * n_rows));
    const int rest = (int)(blockIdx.x / (unsigned)(n_columns * n_rows));
    const int i_span = spans.list[spans.n - 1 - rest % spans.n];
    const int i_piece = i_span * PIECES_OF_SPAN + warp % PIECES_OF_SPAN;
    const int first_along = (first_column + of_span / n_rows) * WIDTH;
    const int row = of_span % n_rows * ROWS + warp / PIECES_OF_SPAN;
    if (lane == 0) {
        my.group = make_group<WIDTH>(tile, first_along, row);
        my.i_piece = i_piece;
        my.range = batch.ranges[rest / spans.n];
        my.piece = tile.pieces[i_piece];
    }
    for (int j = 0; j < PSTM_CUDA_WIDEST; j++)
        my.counts[j][lane] = 0;
    if (lane < HALVES) my.n_full[lane] = 0;
    for (int q = 0; q < HALVES; q++) {
        my.few[q][lane] = make_uint4(0, 0, 0, 0);
        my.limit2[q][lane] = tile.limit2_m2[(int64_t)i_piece * PSTM_CUDA_PIECE + q * LANES + lane];
    }
    __syncwarp();
    if (lane < WIDTH) {
        const int location = my.group.first_location + lane * lattice.along_stride;
        my.places[lane] = my.group.has(lane) ? make_double2(tile.x_m[location], tile.y_m[location])
                                             : make_double2(INFINITY, INFINITY);
    }
    __syncwarp();
}

template <int WEIGHT, int WIDTH>
__device__ __forceinline__ void load_sums(const pstm_cuda_tile &tile, const GroupMemory<WEIGHT, WIDTH> &my,
                                          int lane, Owner<WIDTH> &own)
{
    int64_t to_next;
    const float *sums = tile.sums + find_sums(tile, my, lane, to_next);
#pragma unroll
    for (int q = 0; q < HALVES; q++)
#pragma unroll
        for (int j = 0; j < WIDTH; j++)
            own.sum[q][j] = my.group.has(j) ? sums[j * to_next + q * LANES] : 0.0f;
}

template <int WEIGHT, int WIDTH>
__device__ __forceinline__ void store_sums(const pstm_cuda_tile &tile, const GroupMemory<WEIGHT, WIDTH> &my,
                                           int lane, const Owner<WIDTH> &own)
{
    int64_t to_next;
    const int64_t first = find_sums(tile, my, lane, to_next);
#pragma unroll
    for (int j = 0; j < WIDTH; j++) {
        if (!my.group.has(j)) continue;
#pragma unroll
        for (int q = 0; q < HALVES; q++) {
            tile.sums[first + j * to_next + q * LANES] = own.sum[q][j];
            tile.fold[first + j * to_next + q * LANES] +=
                my.n_full[q] + (my.counts[j][lane] >> 16 * q & 0xffff);
        }
    }
}

/* Puts the traces of a box that reach the group and piece into rows, in their order, a lane a trace. */
template <int LAW, int WEIGHT, int WIDTH>
__device__ __forceinline__ void fill_rows(const pstm_cuda_batch &batch, GroupMemory<WEIGHT, WIDTH> &my,
                                          unsigned mine, int in_box)
{
    using Memory = GroupMemory<WEIGHT, WIDTH>;
    const unsigned piece = mine + (unsigned)offsetof(Memory, piece);
    const int lane = threadIdx.x % LANES, i_trace = my.range.first_trace + in_box;
    unsigned reach = 0;
    Seen seen;
    if (in_box < my.range.n_traces) reach = see<LAW>(batch.traces[i_trace], my.group, piece, seen);
    const unsigned all = __ballot_sync(ALL, reach != 0), place = __popc(all & ((1u << lane) - 1));
    const unsigned row = mine + place * Row<WEIGHT, WIDTH>::BYTES;
    const unsigned full0 = __ballot_sync(ALL, takes_half(reach, 0)),
                   full1 = __ballot_sync(ALL, takes_half(reach, 1));
    if (reach != 0) store_lines<WEIGHT, WIDTH>(row, batch.traces[i_trace].lines, reach, i_trace);
    __syncwarp();
    unsigned of_row = 0;
    if (lane < __popc(all))
        of_row = load_word(mine + lane * Row<WEIGHT, WIDTH>::BYTES + Row<WEIGHT, WIDTH>::REACH);
    const unsigned whole = __ballot_sync(ALL, of_row == WHOLE);
    if (lane == 0) {
        my.n_rows = __popc(all), my.whole = whole;
        my.n_full[0] += __popc(full0), my.n_full[1] += __popc(full1);
    }
    if (reach != 0) prepare<LAW, WEIGHT, WIDTH>(seen, my.group.half_m, piece, row);
    __syncwarp();
}

/* A warp owns a group and a piece of one class: a lane has two samples, 32 apart, of all locations. It goes
 * by the traces of the launch as the kernel of single locations does, 32 boxes at a time, then the traces of
 * a box that is near, a lane each: what the trace is to the group, and its coefficients, which lie in shared
 * memory while all lanes add the trace. */
template <int LAW, int WEIGHT, int WIDTH>
__global__ void __launch_bounds__(WARPS *LANES, BLOCKS)
    migrate(const __grid_constant__ pstm_cuda_tile tile, const __grid_constant__ pstm_cuda_batch batch,
            const pstm_cuda_spans spans)
{
    __shared__ GroupMemory<WEIGHT, WIDTH> memory[WARPS];
    const int lane = threadIdx.x % LANES;
    GroupMemory<WEIGHT, WIDTH> &my = memory[threadIdx.x / LANES];
    const unsigned mine = address_of(&my);
    start<WEIGHT, WIDTH>(tile, batch, spans, my);
    if (my.group.begin >= my.group.end) return;
    Owner<WIDTH> own;
    own.u = pstm_nodes_along_f(lane);
    load_sums<WEIGHT, WIDTH>(tile, my, lane, own);

    const float most2 = fmaxf(my.piece.most2_m2[0], my.piece.most2_m2[1]);
    for (int first_box = 0; most2 >= 0 && first_box * PSTM_CUDA_GROUP < my.range.n_traces;
         first_box += LANES) {
        const int my_box = first_box + lane;
        const bool near = my_box * PSTM_CUDA_GROUP < my.range.n_traces &&
                          reaches(my.group, batch.boxes[my.range.first_group + my_box], most2);
        for (unsigned boxes = __ballot_sync(ALL, near); boxes; boxes &= boxes - 1) {
            const int in_box = (first_box + __ffs(boxes) - 1) * PSTM_CUDA_GROUP + lane;
            fill_rows<LAW, WEIGHT, WIDTH>(batch, my, mine, in_box);
            add_rows<LAW, WEIGHT, WIDTH>(tile, batch, my, mine, own);
            __syncwarp();
        }
    }
    store_sums<WEIGHT, WIDTH>(tile, my, lane, own);
}

using Migrate = void(const pstm_cuda_tile, const pstm_cuda_batch, const pstm_cuda_spans);

/* Which laws bend: groups do not take them (pstm_cuda_groups_apply()). */
#define BENDS_OF(A, LAW, name, fields, slope_margin, bends, ...) bends,
constexpr int BENDS[PSTM_LAWS] = {PSTM_LAW_LIST(BENDS_OF, )};

template <int LAW, int WEIGHT> Migrate *pick(int width)
{
    if constexpr (BENDS[LAW])
        return nullptr;
    else
        return width == PSTM_CUDA_WIDEST ? migrate<LAW, WEIGHT, PSTM_CUDA_WIDEST>
                                         : migrate<LAW, WEIGHT, PSTM_CUDA_WIDEST / 2>;
}

using Pick = Migrate *(int width);

/* [law][weight], in the order of the lists. */
#define PICK(LAW, WEIGHT, ...) pick<PSTM_LAW_##LAW, PSTM_WEIGHT_##WEIGHT>,
#define PICK_LAW(A, LAW, ...) {PSTM_WEIGHT_LIST(PICK, LAW)},
Pick *const picks[PSTM_LAWS][PSTM_WEIGHTS] = {PSTM_LAW_LIST(PICK_LAW, )};

} // namespace

extern "C" cudaError_t pstm_cuda_migrate_groups(const pstm_cuda_tile *tile, const pstm_cuda_batch *batch,
                                                const pstm_cuda_sum *sum, int width, cudaStream_t stream)
{
    const pstm_cuda_spans *spans = &tile->spans_of[width == PSTM_CUDA_WIDEST ? 2 : 1];
    if (spans->n == 0) return cudaSuccess;
    const pstm_cuda_lattice *lattice = &tile->lattice;
    const int n_columns =
        (lattice->first_along + lattice->n_along - 1) / width - lattice->first_along / width + 1;
    const int n_rows = (lattice->n_across + ROWS - 1) / ROWS;
    Migrate *kernel = picks[sum->law][sum->weight](width);
    kernel<<<(unsigned)n_columns *(unsigned)n_rows *(unsigned)spans->n *(unsigned)batch->n_ranges,
             WARPS * LANES, 0, stream>>>(*tile, *batch, *spans);
    return cudaGetLastError();
}
