#include "job_text.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char small_job[] = "input: { segy: a.sgy }\n"
                         "grid:\n"
                         "  origin: [606000, 6077000.5]\n"
                         "  azimuth: 32.5\n"
                         "  inline: { n: 40, step: 12.5 }\n"
                         "  crossline: { n: 50, step: 25, first: 101 }\n"
                         "  time: { n: 1001, step: 0.002 }\n"
                         "velocity:\n"
                         "  constant: 2000\n"
                         "output: { file: out.h5 }\n";

pstm_status read_job_text(const char *text, const char *const *settings, size_t n_settings, pstm_job **job)
{
    char folder[] = "/tmp/pstm_job_XXXXXX";
    const int before = open(".", O_RDONLY | O_DIRECTORY);
    ck_assert_int_ge(before, 0);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    FILE *file = fopen("job.yaml", "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, strlen(text), file), strlen(text));
    ck_assert_int_eq(fclose(file), 0);
    const pstm_status status = pstm_job_read("job.yaml", settings, n_settings, job);
    ck_assert_int_eq(unlink("job.yaml"), 0);
    ck_assert_int_eq(fchdir(before), 0);
    close(before);
    ck_assert_int_eq(rmdir(folder), 0);
    return status;
}

pstm_job *small_job_with(const char *const *settings, size_t n_settings)
{
    pstm_job *job = NULL;
    if (read_job_text(small_job, settings, n_settings, &job) != PSTM_OK)
        ck_abort_msg("%s", pstm_error_text());
    return job;
}
