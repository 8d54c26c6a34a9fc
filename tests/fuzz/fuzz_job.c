/* Job file: what is accepted is listed too. */
#include "core/text.h"
#include "fuzz.h"
#include "job/job.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    pstm_job *job = NULL;
    pstm_text list = {0};
    if (fuzz_is_ok(pstm_job_read(fuzz_file(bytes, n), NULL, 0, &job)))
        fuzz_is_ok(pstm_job_list(job, PSTM_KEYS_ALL, &list));
    pstm_text_clear(&list);
    pstm_job_destroy(&job);
    return 0;
}
