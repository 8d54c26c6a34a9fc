#include "mpi/farm/tile_result.h"

#include "core/memory.h"

int64_t pstm_tile_result_bytes(const pstm_tile_shape *shape)
{
    const pstm_tile_result *result = NULL; /* for the sizes */
    const int64_t of_stack = (int64_t)(sizeof *result->stack + sizeof *result->fold);
    const int64_t of_class = pstm_sums_bytes(shape->accumulators);
    return shape->n_locations * shape->n_times * (shape->n_classes * of_class + of_stack);
}

pstm_status pstm_tile_result_create(const pstm_tile_shape *shape, pstm_tile_result *result)
{
    const int64_t n = shape->n_locations * shape->n_times;
    PSTM_TRY(
        pstm_sums_create(shape->accumulators, n * shape->n_classes, "the result of a tile", &result->gather));
    PSTM_TRY(PSTM_NEW(&result->stack, n, "the result of a tile"));
    return PSTM_NEW(&result->fold, n, "the result of a tile");
}

void pstm_tile_result_clear(pstm_tile_result *result)
{
    pstm_sums_clear(&result->gather);
    PSTM_FREE(&result->stack);
    PSTM_FREE(&result->fold);
}
