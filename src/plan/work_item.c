#include "plan/work_item.h"

pstm_status pstm_windows_single(const pstm_windows *windows, const char *who, pstm_window *window)
{
    if (windows->n != 1)
        return pstm_fail(PSTM_USAGE, "%s takes one window of output samples, and %d are wanted", who,
                         (int)windows->n);
    *window = windows->at[0];
    return PSTM_OK;
}
