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
/* A warp has a group and a piece. */
constexpr int ROWS = PSTM_CUDA_GROUP_ROWS, WARPS = PSTM_CUDA_GROUP_WARPS;
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
#include "gpu/cuda_turns.inc"

/* Finds what a warp has to do. Neighbouring groups follow each other; the spans with most work go first. */
template <int WEIGHT, int WIDTH>
__device__ __forceinline__ void start(const pstm_cuda_tile &tile, const pstm_cuda_batch &batch,
                                      const pstm_cuda_spans &spans, const Ticket &ticket,
                                      GroupMemory<WEIGHT, WIDTH> &my)
{
    const pstm_cuda_lattice &lattice = tile.lattice;
    const int warp = threadIdx.x / LANES, lane = threadIdx.x % LANES;
    const int first_column = lattice.first_along / WIDTH;
    const int n_columns = (lattice.first_along + lattice.n_along - 1) / WIDTH - first_column + 1;
    const int n_rows = (lattice.n_across + ROWS - 1) / ROWS;
    const int of_span = ticket.in_turn % (n_columns * n_rows);
    const int i_span = spans.list[spans.n - 1 - ticket.in_turn / (n_columns * n_rows)];
    const int i_piece = i_span * PIECES_OF_SPAN + warp % PIECES_OF_SPAN;
    const int first_along = (first_column + of_span / n_rows) * WIDTH;
    const int row = of_span % n_rows * ROWS + warp / PIECES_OF_SPAN;
    if (lane == 0) {
        my.group = make_group<WIDTH>(tile, first_along, row);
        my.i_piece = i_piece;
        my.turn = batch.turns[ticket.turn];
        my.range = my.turn.range;
        my.piece = tile.pieces[i_piece];
    }
    for (int j = 0; j < PSTM_CUDA_WIDEST; j++)
        my.counts[j][lane] = 0;
    if (lane < HALVES) my.n_full[lane] = 0;
    if (lane < PSTM_DEVICE_MEETINGS) my.n_met[lane] = 0;
    for (int q = 0; q < HALVES; q++) {
        my.few[q][lane] = make_uint4(0, 0, 0, 0);
        const float limit2 = tile.limit2_m2[(int64_t)i_piece * PSTM_CUDA_PIECE + q * LANES + lane];
        my.limit2[q][lane] = limit2;
        my.slope[q][lane] = tile.full_fraction < 1 && limit2 > 0 ? __fdiv_rn(tile.taper_scale, limit2) : 0.0f;
    }
    __syncwarp();
    if (lane < WIDTH) {
        const int location = my.group.first_location + lane * lattice.along_stride;
        my.places[lane] = my.group.has(lane) ? make_double2(tile.x_m[location], tile.y_m[location])
                                             : make_double2(INFINITY, INFINITY);
    }
    __syncwarp();
}

/* Loads go by the second level of cache: a warp elsewhere may have written the turn before. */
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
            own.sum[q][j] = my.group.has(j) ? __ldcg(sums + j * to_next + q * LANES) : 0.0f;
}

/* What tapers took, from the tile or to it. */
template <int WEIGHT, int WIDTH>
__device__ __forceinline__ void move_faded(const pstm_cuda_tile &tile, const GroupMemory<WEIGHT, WIDTH> &my,
                                           int lane, Faded &faded, bool is_load)
{
    int64_t to_next;
    const int64_t first = find_sums(tile, my, lane, to_next);
    for (int q = 0; q < HALVES; q++)
        for (int j = my.group.begin; j < my.group.end; j++) {
            float *of_tile = tile.faded + first + j * to_next + q * LANES;
            if (is_load)
                faded.taken[q][j][lane] = __ldcg(of_tile);
            else
                *of_tile = faded.taken[q][j][lane];
        }
}

template <int WEIGHT, int WIDTH>
__device__ __forceinline__ void store_sums(const pstm_cuda_tile &tile, const GroupMemory<WEIGHT, WIDTH> &my,
                                           int lane, const Owner<WIDTH> &own)
{
    int64_t to_next;
    const int64_t first = find_sums(tile, my, lane, to_next);
    uint32_t fold[HALVES][WIDTH]; /* all loads first, as they take long */
#pragma unroll
    for (int q = 0; q < HALVES; q++)
#pragma unroll
        for (int j = 0; j < WIDTH; j++)
            fold[q][j] = my.group.has(j) ? __ldcg(tile.fold + first + j * to_next + q * LANES) : 0;
#pragma unroll
    for (int q = 0; q < HALVES; q++)
#pragma unroll
        for (int j = 0; j < WIDTH; j++)
            if (my.group.has(j)) {
                const uint32_t added = my.n_full[q] + (my.counts[j][lane] >> 16 * q & 0xffff);
                tile.sums[first + j * to_next + q * LANES] = own.sum[q][j];
                tile.fold[first + j * to_next + q * LANES] = fold[q][j] + added;
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
    const unsigned whole = __ballot_sync(ALL, of_row == WHOLE), ends = __ballot_sync(ALL, of_row & ENDING),
                   part = __ballot_sync(ALL, of_row != 0) & ~whole;
    if (lane == 0) {
        my.n_met[PSTM_DEVICE_MEETING_WHOLE] += __popc(whole);
        my.n_met[PSTM_DEVICE_MEETING_EDGE] += __popc(part & ~ends);
        my.n_met[PSTM_DEVICE_MEETING_END] += __popc(ends);
        my.n_rows = __popc(all), my.whole = whole, my.part = part;
        my.n_full[0] += __popc(full0), my.n_full[1] += __popc(full1);
    }
    if (reach != 0) prepare<LAW, WEIGHT, WIDTH>(seen, my.group.half_m, piece, row);
    __syncwarp();
}

/* Goes by the traces of a turn, 32 boxes at a time, then the traces of a box that is near, a lane each: what
 * the trace is to the group, and its coefficients, which lie in shared memory while all lanes add the trace.
 * The sums are loaded before the first. Whether there was any. */
template <int LAW, int WEIGHT, int WIDTH>
__device__ __forceinline__ bool add_turn(const pstm_cuda_tile &tile, const pstm_cuda_batch &batch,
                                         GroupMemory<WEIGHT, WIDTH> &my, unsigned mine, Faded &faded,
                                         const unsigned *done, Owner<WIDTH> &own)
{
    const int lane = threadIdx.x % LANES;
    const unsigned to_faded = tile.faded ? address_of(&faded.taken[0][0][lane]) : 0;
    const float most2 = fmaxf(my.piece.most2_m2[0], my.piece.most2_m2[1]);
    bool any = false;
    for (int first_box = 0; most2 >= 0 && first_box * PSTM_CUDA_GROUP < my.range.n_traces;
         first_box += LANES) {
        const int my_box = first_box + lane;
        const bool near = my_box * PSTM_CUDA_GROUP < my.range.n_traces &&
                          reaches(my.group, batch.boxes[my.range.first_group + my_box], most2);
        for (unsigned boxes = __ballot_sync(ALL, near); boxes; boxes &= boxes - 1) {
            const int in_box = (first_box + __ffs(boxes) - 1) * PSTM_CUDA_GROUP + lane;
            if (!any) {
                wait_for_turn(done, my.turn.before);
                load_sums<WEIGHT, WIDTH>(tile, my, lane, own);
                if (tile.faded) move_faded<WEIGHT, WIDTH>(tile, my, lane, faded, true);
                any = true;
            }
            fill_rows<LAW, WEIGHT, WIDTH>(batch, my, mine, in_box);
            add_rows<LAW, WEIGHT, WIDTH>(tile, batch, my, mine, to_faded, own);
            __syncwarp();
        }
    }
    return any;
}

/* A warp owns a group and a piece of one class for a turn: a lane has two samples, 32 apart, of all
 * locations. So the order of additions to a sum is that of the traces, as in the kernel of single locations.
 * */
template <int LAW, int WEIGHT, int WIDTH>
__global__ void __launch_bounds__(WARPS *LANES, BLOCKS)
    migrate(const __grid_constant__ pstm_cuda_tile tile, const __grid_constant__ pstm_cuda_batch batch,
            const pstm_cuda_spans spans, int n_blocks, unsigned *progress)
{
    extern __shared__ __align__(16) char memory[];
    const int lane = threadIdx.x % LANES, warp = threadIdx.x / LANES;
    GroupMemory<WEIGHT, WIDTH> &my = reinterpret_cast<GroupMemory<WEIGHT, WIDTH> *>(memory)[warp];
    Faded &faded = reinterpret_cast<Faded *>(memory + WARPS * sizeof my)[warp];
    const Ticket ticket = take_ticket(progress, n_blocks);
    start<WEIGHT, WIDTH>(tile, batch, spans, ticket, my);
    if (my.group.begin >= my.group.end) return;
    unsigned *done = find_done(progress, my.turn, n_blocks, ticket);
    Owner<WIDTH> own;
    own.u = pstm_nodes_along_f(lane);
    if (add_turn<LAW, WEIGHT, WIDTH>(tile, batch, my, address_of(&my), faded, done, own)) {
        store_sums<WEIGHT, WIDTH>(tile, my, lane, own);
        if (tile.faded) move_faded<WEIGHT, WIDTH>(tile, my, lane, faded, false);
        if (lane < PSTM_DEVICE_MEETINGS)
            atomicAdd(&tile.counters[PSTM_DEVICE_KERNELS + lane], (unsigned long long)my.n_met[lane]);
    } else {
        wait_for_turn(done, my.turn.before);
    }
    end_turn(done, my.turn);
}

using Migrate = void(const pstm_cuda_tile, const pstm_cuda_batch, const pstm_cuda_spans, int, unsigned *);

/* A kernel, and the shared memory of its thread blocks without what tapers take. */
struct Picked {
    Migrate *kernel;
    size_t bytes;
};

template <int LAW, int WEIGHT, int WIDTH> Picked pick_width()
{
    return {migrate<LAW, WEIGHT, WIDTH>, WARPS * sizeof(GroupMemory<WEIGHT, WIDTH>)};
}

/* Which laws bend: groups do not take them (pstm_cuda_groups_apply()). */
#define BENDS_OF(A, LAW, name, fields, slope_margin, bends, ...) bends,
constexpr int BENDS[PSTM_LAWS] = {PSTM_LAW_LIST(BENDS_OF, )};

template <int LAW, int WEIGHT> Picked pick(int width)
{
    if constexpr (BENDS[LAW])
        return {};
    else
        return width == PSTM_CUDA_WIDEST ? pick_width<LAW, WEIGHT, PSTM_CUDA_WIDEST>()
                                         : pick_width<LAW, WEIGHT, PSTM_CUDA_WIDEST / 2>();
}

using Pick = Picked(int width);

/* [law][weight], in the order of the lists. */
#define PICK(LAW, WEIGHT, ...) pick<PSTM_LAW_##LAW, PSTM_WEIGHT_##WEIGHT>,
#define PICK_LAW(A, LAW, ...) {PSTM_WEIGHT_LIST(PICK, LAW)},
Pick *const picks[PSTM_LAWS][PSTM_WEIGHTS] = {PSTM_LAW_LIST(PICK_LAW, )};

} // namespace

extern "C" cudaError_t pstm_cuda_migrate_groups(const pstm_cuda_tile *tile, const pstm_cuda_batch *batch,
                                                const pstm_cuda_sum *sum, int width, unsigned *progress,
                                                cudaStream_t stream)
{
    const pstm_cuda_spans *spans = &tile->spans_of[width == PSTM_CUDA_WIDEST ? 2 : 1];
    if (spans->n == 0) return cudaSuccess;
    const int n_blocks = (int)pstm_cuda_group_blocks(tile, width);
    const Picked picked = picks[sum->law][sum->weight](width);
    const size_t bytes = picked.bytes + (tile->faded ? WARPS * sizeof(Faded) : 0);
    const cudaError_t error =
        cudaFuncSetAttribute(picked.kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, (int)bytes);
    if (error != cudaSuccess) return error;
    picked.kernel<<<(unsigned)n_blocks *(unsigned)batch->n_turns, WARPS * LANES, bytes, stream>>>(
        *tile, *batch, *spans, n_blocks, progress);
    return cudaGetLastError();
}
