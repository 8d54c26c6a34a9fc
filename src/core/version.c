#include "core/version.h"

#include "pstm_commit.h"

const char *pstm_version(void)
{
    return PSTM_VERSION;
}

const char *pstm_commit(void)
{
    return PSTM_COMMIT;
}
