#include "mpi/survey/inputs.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "core/log.h"
#include "core/memory.h"
#include "io/digest.h"
#include "mpi/comm/agree.h"
#include "mpi/comm/exchange.h"

/* ---- opening ----------------------------------------------------------------------------------------- */

static pstm_status open_file(pstm_inputs *inputs, const pstm_input_options *how, int64_t i)
{
    PSTM_TRY(pstm_segy_open(how->segy.text[i], how, &inputs->files[i]));
    const pstm_segy *file = inputs->files[i], *first = inputs->files[0];
    if (fabs(pstm_segy_sample_s(file) - pstm_segy_sample_s(first)) > 1e-9)
        return pstm_fail(
            PSTM_DATA,
            "%s has a sample interval of %g ms, %s one of %g ms; migrate them in jobs of their own, "
            "or resample them first",
            pstm_segy_path(file), 1e3 * pstm_segy_sample_s(file), pstm_segy_path(first),
            1e3 * pstm_segy_sample_s(first));
    inputs->identities[i] = *pstm_segy_identity(file);
    inputs->n_traces += pstm_segy_n_traces(file);
    if (pstm_segy_n_samples(file) > inputs->n_samples) inputs->n_samples = pstm_segy_n_samples(file);
    inputs->sample_s = pstm_segy_sample_s(first);
    return PSTM_OK;
}

pstm_status pstm_inputs_open(const pstm_input_options *how, pstm_inputs **out)
{
    pstm_inputs *inputs = NULL;
    pstm_status status;
    PSTM_GO(PSTM_NEW(&inputs, 1, "the input files"));
    PSTM_GO(PSTM_NEW(&inputs->files, how->segy.n, "the input files"));
    PSTM_GO(PSTM_NEW(&inputs->identities, how->segy.n, "the input files"));
    inputs->n_files = how->segy.n;
    for (int64_t i = 0; i < how->segy.n; i++)
        PSTM_GO(open_file(inputs, how, i));
    *out = inputs;
    return PSTM_OK;
cleanup:
    pstm_inputs_close(&inputs);
    return status;
}

void pstm_inputs_close(pstm_inputs **inputs_at)
{
    pstm_inputs *inputs = *inputs_at;
    if (inputs == NULL) return;
    for (int64_t i = 0; i < inputs->n_files; i++)
        pstm_segy_close(&inputs->files[i]);
    PSTM_FREE(&inputs->files);
    PSTM_FREE(&inputs->identities);
    PSTM_FREE(inputs_at);
}

/* ---- the same for all ranks -------------------------------------------------------------------------- */

/* A file of this rank against rank 0's: by size, then by all bytes. */
static pstm_status compare_bytes(const pstm_segy *file, int64_t first_bytes, uint64_t digest,
                                 uint64_t first_digest)
{
    char mine[PSTM_DIGEST_CHARS], first[PSTM_DIGEST_CHARS];
    static const char *const remedy = "put the file where all ranks read the same one";
    if (pstm_segy_size_bytes(file) != first_bytes)
        return pstm_fail(PSTM_DATA,
                         "%s: the file that this rank reads is not that of rank 0 (%" PRId64 " and %" PRId64
                         " bytes); %s",
                         pstm_segy_path(file), pstm_segy_size_bytes(file), first_bytes, remedy);
    if (digest == first_digest) return PSTM_OK;
    pstm_digest_to_hex(digest, mine);
    pstm_digest_to_hex(first_digest, first);
    return pstm_fail(PSTM_DATA,
                     "%s: the file that this rank reads is not that of rank 0 (%" PRId64
                     " bytes in both, digests %s and %s); %s",
                     pstm_segy_path(file), first_bytes, mine, first, remedy);
}

/* A file that some ranks know otherwise than rank 0; these and rank 0 look at all of it. Collective; local
 * errors. */
static pstm_status compare_copies(MPI_Comm comm, const pstm_segy *file, int64_t first_bytes, bool looks)
{
    uint64_t digest = 0;
    pstm_status status = PSTM_OK;
    pstm_note("%s: ranks read copies of it, which are compared as a whole", pstm_segy_path(file));
    if (looks && pstm_segy_size_bytes(file) == first_bytes) status = pstm_segy_digest_whole(file, &digest);
    uint64_t first = digest;
    MPI_Bcast(&first, 1, MPI_UINT64_T, 0, comm);
    return looks && status == PSTM_OK ? compare_bytes(file, first_bytes, digest, first) : status;
}

static pstm_status check_count(int64_t n, int64_t n_first)
{
    if (n == n_first) return PSTM_OK;
    return pstm_fail(PSTM_DATA,
                     "this rank has found %" PRId64 " input files and rank 0 %" PRId64
                     "; put them where all ranks find the same ones (input.segy)",
                     n, n_first);
}

/* firsts: [n_files] identities of rank 0's; is_copied: [n_files] room. Collective; local errors. */
static pstm_status compare_files(MPI_Comm comm, const pstm_inputs *inputs, const pstm_file_identity *firsts,
                                 int *is_copied)
{
    int rank;
    pstm_status status = PSTM_OK;
    MPI_Comm_rank(comm, &rank);
    for (int64_t f = 0; f < inputs->n_files; f++)
        is_copied[f] = !pstm_file_identity_is_same(&inputs->identities[f], &firsts[f]);
    MPI_Allreduce(MPI_IN_PLACE, is_copied, (int)inputs->n_files, MPI_INT, MPI_MAX, comm);
    for (int64_t f = 0; f < inputs->n_files; f++) {
        if (!is_copied[f]) continue;
        const bool is_other = !pstm_file_identity_is_same(&inputs->identities[f], &firsts[f]);
        const bool looks = status == PSTM_OK && (rank == 0 || is_other);
        const pstm_status found = compare_copies(comm, inputs->files[f], firsts[f].size_bytes, looks);
        if (status == PSTM_OK) status = found;
    }
    return status;
}

pstm_status pstm_inputs_compare(MPI_Comm comm, const pstm_inputs *inputs)
{
    int64_t n = inputs->n_files;
    pstm_file_identity *firsts = NULL;
    int *is_copied = NULL;
    MPI_Bcast(&n, 1, MPI_INT64_T, 0, comm);
    pstm_status status = check_count(inputs->n_files, n);
    if (status == PSTM_OK) status = PSTM_NEW(&firsts, n, "the input files of rank 0");
    if (status == PSTM_OK) status = PSTM_NEW(&is_copied, n, "the input files of rank 0");
    PSTM_GO(pstm_agree(comm, status));
    memcpy(firsts, inputs->identities, (size_t)n * sizeof *firsts);
    pstm_broadcast_bytes(comm, firsts, n * (int64_t)sizeof *firsts);
    status = pstm_agree(comm, compare_files(comm, inputs, firsts, is_copied));
cleanup:
    PSTM_FREE(&firsts);
    PSTM_FREE(&is_copied);
    return status;
}

/* ---- the same for the whole run ---------------------------------------------------------------------- */

pstm_status pstm_inputs_check(const pstm_inputs *inputs)
{
    for (int64_t f = 0; f < inputs->n_files; f++)
        PSTM_TRY(pstm_segy_check(inputs->files[f]));
    return PSTM_OK;
}

static bool is_later(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec > b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec > b->tv_nsec);
}

const char *pstm_inputs_newer(const pstm_inputs *inputs, const struct timespec *time)
{
    for (int64_t f = 0; f < inputs->n_files; f++) {
        const char *path = pstm_segy_path(inputs->files[f]);
        struct stat about;
        if (stat(path, &about) != 0) continue;
        if (is_later(&about.st_mtim, time) || is_later(&about.st_ctim, time)) return path;
    }
    return NULL;
}
