#include "io/journal_record.h"

static const char *const data_names[PSTM_CUBE_N_DATA] = {"gather", "gather_fold", "stack", "fold"};

const char *pstm_cube_data_name(pstm_cube_data data)
{
    return data_names[data];
}
