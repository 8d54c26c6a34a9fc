#include "mpi/run/velocity.h"

#include <string.h>

#include "core/log.h"
#include "core/plain_text.h"
#include "mpi/comm/agree.h"

/** Enough for three million picks; a longer file is no velocity text. */
#define TEXT_LIMIT_BYTES ((int64_t)1 << 28)

static pstm_status read_model(const pstm_velocity_options *options, pstm_velocity **out)
{
    pstm_status status = PSTM_OK;
    pstm_text text = {0};
    if (options->file != NULL) {
        PSTM_GO(pstm_text_read_file(&text, options->file, TEXT_LIMIT_BYTES));
        PSTM_GO(pstm_plain_text_make(&text, options->file, PSTM_DATA));
    }
    PSTM_GO(pstm_velocity_create(options, text.bytes, out));
cleanup:
    pstm_text_clear(&text);
    return status;
}

static pstm_status find_key(const pstm_velocity *velocity, char key[PSTM_KEY_CHARS])
{
    pstm_text text = {0};
    const pstm_status status = pstm_velocity_describe(velocity, &text);
    if (status == PSTM_OK) pstm_digest_key(text.bytes, key);
    pstm_text_clear(&text);
    return status;
}

/* Ranks whose file is another one under the same path, such as a copy on the disk of a node. */
static pstm_status compare_keys(MPI_Comm comm, const char *path, const char key[PSTM_KEY_CHARS])
{
    char first[PSTM_KEY_CHARS];
    memcpy(first, key, sizeof first);
    MPI_Bcast(first, sizeof first, MPI_CHAR, 0, comm);
    if (strcmp(first, key) == 0) return PSTM_OK;
    return pstm_fail(
        PSTM_DATA,
        "%s: the velocities that this rank has read are not those of rank 0 (digests %s and %s); "
        "put the file where all ranks read the same one",
        path, key, first);
}

pstm_status pstm_run_velocity(MPI_Comm comm, const pstm_velocity_options *options, pstm_velocity **out,
                              char key[PSTM_KEY_CHARS])
{
    pstm_velocity *velocity = NULL;
    pstm_status status = read_model(options, &velocity);
    if (status == PSTM_OK) status = find_key(velocity, key);
    status = pstm_agree(comm, status);
    if (status == PSTM_OK) status = pstm_agree(comm, compare_keys(comm, options->file, key));
    if (status == PSTM_OK) {
        *out = velocity;
        velocity = NULL;
    }
    pstm_velocity_destroy(&velocity);
    return status;
}

pstm_status pstm_run_tell_columns(const pstm_velocity *velocity, const pstm_grid *grid, pstm_text *about)
{
    pstm_column_departures found;
    if (velocity->range.least_m_s == velocity->range.most_m_s) return PSTM_OK;
    PSTM_TRY(pstm_velocity_departures(velocity, grid, &found));
    PSTM_TRY(pstm_text_add(
        about,
        "splines that depart from what the model says by %.2g %% rms and %.2g %% at most (inline %lld, "
        "crossline %lld, %.4g "
        "s); "
        "%.3g %% of their samples in cells of less than 64, %.3g %% as the model says them",
        100 * found.rms, 100 * found.largest, (long long)grid->first_inline + found.largest_i,
        (long long)grid->first_crossline + found.largest_j, pstm_grid_time_s(grid, found.largest_k),
        100 * found.fine_share, 100 * found.input_share));
    pstm_note("velocity columns: %s", about->bytes);
    return PSTM_OK;
}
