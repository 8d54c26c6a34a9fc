#include "mpi/farm/tile_result.h"

#include "core/memory.h"

int64_t pstm_tile_result_bytes(const pstm_tile_shape *shape)
{
    const int64_t sample = sizeof(float) + sizeof(uint32_t), n_in_all = shape->n_classes + 1;
    return shape->n_locations * n_in_all * shape->n_times * sample;
}

pstm_status pstm_tile_result_create(const pstm_tile_shape *shape, pstm_tile_result *result)
{
    const int64_t n = shape->n_locations * shape->n_times;
    PSTM_TRY(PSTM_NEW(&result->gather, n * shape->n_classes, "the result of a tile"));
    PSTM_TRY(PSTM_NEW(&result->gather_fold, n * shape->n_classes, "the result of a tile"));
    PSTM_TRY(PSTM_NEW(&result->stack, n, "the result of a tile"));
    return PSTM_NEW(&result->fold, n, "the result of a tile");
}

void pstm_tile_result_clear(pstm_tile_result *result)
{
    PSTM_FREE(&result->gather);
    PSTM_FREE(&result->gather_fold);
    PSTM_FREE(&result->stack);
    PSTM_FREE(&result->fold);
}
