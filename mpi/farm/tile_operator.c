#include "mpi/farm/tile_operator.h"

const pstm_tile_operator *pstm_tile_operator_get(pstm_operator which)
{
#define PSTM_OPERATOR_ENTRY(word, NAME, help) &pstm_op_##word,
    static const pstm_tile_operator *const operators[] = {PSTM_OPERATOR_LIST(PSTM_OPERATOR_ENTRY)};
#undef PSTM_OPERATOR_ENTRY
    return operators[which];
}
