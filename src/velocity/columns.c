#include "velocity/columns.h"

#include "core/memory.h"

int64_t pstm_columns_bytes(pstm_fields fields, int32_t n_times)
{
    return __builtin_popcount(fields) * n_times * (int64_t)sizeof(float);
}

pstm_status pstm_columns_create(pstm_fields fields, int64_t n_columns, int32_t n_times, pstm_columns *out)
{
    static const char *const names[] = {
#define PSTM_FIELD_TEXT(NAME, member, unit, help) "columns of the " help,
        PSTM_FIELD_LIST(PSTM_FIELD_TEXT)
#undef PSTM_FIELD_TEXT
    };
    *out = (pstm_columns){.n_times = n_times, .one_column = n_columns == 1};
    for (int f = 0; f < PSTM_N_FIELDS; f++) {
        if (fields & pstm_field_bit((pstm_field)f))
            PSTM_TRY(PSTM_NEW(&out->fields[f], n_columns * n_times, names[f]));
    }
    return PSTM_OK;
}

void pstm_columns_clear(pstm_columns *columns)
{
    for (int f = 0; f < PSTM_N_FIELDS; f++)
        PSTM_FREE(&columns->fields[f]);
}
