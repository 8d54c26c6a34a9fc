#include "mpi/run/velocity.h"

#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/memory.h"
#include "core/place.h"
#include "core/plain_text.h"
#include "io/velocity/cube_file.h"
#include "mpi/comm/agree.h"

/** Enough for three million picks; a longer file is no velocity text. */
#define TEXT_LIMIT_BYTES ((int64_t)1 << 28)

static pstm_status read_eta(const pstm_velocity_options *options, pstm_velocity *velocity)
{
    pstm_status status = PSTM_OK;
    pstm_text text = {0};
    if (options->eta_file != NULL) {
        PSTM_GO(pstm_text_read_file(&text, options->eta_file, TEXT_LIMIT_BYTES));
        PSTM_GO(pstm_plain_text_make(&text, options->eta_file, PSTM_DATA));
    }
    PSTM_GO(pstm_velocity_set_eta(velocity, options, text.bytes));
cleanup:
    pstm_text_clear(&text);
    return status;
}

static pstm_status read_model(const pstm_velocity_options *options, pstm_velocity **out)
{
    pstm_status status = PSTM_OK;
    pstm_text text = {0};
    if (options->file != NULL && options->cube == NULL) {
        PSTM_GO(pstm_text_read_file(&text, options->file, TEXT_LIMIT_BYTES));
        PSTM_GO(pstm_plain_text_make(&text, options->file, PSTM_DATA));
    }
    PSTM_GO(pstm_velocity_create(options, text.bytes, out));
    PSTM_GO(read_eta(options, *out));
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
        "%s: the velocities or eta that this rank has read are not those of rank 0 (digests %s and %s); "
        "put the file where all ranks read the same one",
        path, key, first);
}

/* ---- cubes ------------------------------------------------------------------------------------------- */

/* Whether lines have the same numbers at the same places. */
static bool has_same_lines(const pstm_grid *a, const pstm_grid *b)
{
    return a->origin_x_m == b->origin_x_m && a->origin_y_m == b->origin_y_m &&
           a->azimuth_deg == b->azimuth_deg && a->step_inline_m == b->step_inline_m &&
           a->step_crossline_m == b->step_crossline_m && a->first_inline == b->first_inline &&
           a->first_crossline == b->first_crossline;
}

/* Whether two jobs make the same file of nodes. */
static bool share_nodes(const pstm_job *a, const pstm_job *b)
{
    const pstm_velocity_options *v = &a->velocity, *w = &b->velocity;
    return v->file != NULL && w->file != NULL && strcmp(v->file, w->file) == 0 && v->format == w->format &&
           v->quantity == w->quantity && v->unit_m_s == w->unit_m_s && v->places == w->places &&
           v->times == w->times && memcmp(&v->bytes, &w->bytes, sizeof v->bytes) == 0 &&
           has_same_lines(&a->grid, &b->grid);
}

/* The first job with the same nodes. */
static int first_with_nodes(const pstm_job *const *jobs, int i)
{
    int first = 0;
    while (!share_nodes(jobs[first], jobs[i]))
        first++;
    return first;
}

/* Makes the nodes of a job's cube on rank 0 and opens them everywhere. Collective. */
static pstm_status open_cube(MPI_Comm comm, const pstm_job *job, pstm_velocity_format format,
                             const pstm_node_place *place, bool make, pstm_vcube **cube)
{
    int rank;
    pstm_status status = PSTM_OK;
    MPI_Comm_rank(comm, &rank);
    if (rank == 0 && make) status = pstm_velocity_cube_read(&job->velocity, format, place);
    PSTM_TRY(pstm_agree(comm, status));
    return pstm_agree(comm, pstm_node_file_open(place->path, place->mark, cube));
}

static uint64_t choose_mark(void)
{
    const double now[2] = {pstm_now_s(), (double)getpid()};
    return pstm_digest_bytes(now, sizeof now);
}

/* ---- all --------------------------------------------------------------------------------------------- */

/* A file of nodes has a name from the first job that needs it until the last has opened it. */
typedef struct nodes {
    pstm_text path;
    uint64_t mark;
    int format; /* of the job's file, as rank 0 sees it */
} nodes;

/* Collective. */
static pstm_status find_nodes(MPI_Comm comm, const pstm_job *const *jobs, int n_jobs, nodes *all)
{
    pstm_status status = PSTM_OK;
    for (int i = 0; i < n_jobs; i++) {
        const pstm_velocity_options *options = &jobs[i]->velocity;
        all[i].mark = choose_mark();
        all[i].format = options->file == NULL ? PSTM_VELOCITY_TEXT : (int)pstm_velocity_file_format(options);
        MPI_Bcast(&all[i].mark, 1, MPI_UINT64_T, 0, comm);
        MPI_Bcast(&all[i].format, 1, MPI_INT, 0, comm);
        if (status == PSTM_OK)
            status = pstm_text_add(&all[i].path, "%s%s", jobs[i]->output.file, PSTM_NODES_ENDING);
    }
    return pstm_agree(comm, status);
}

/* Collective. */
static pstm_status make_model(MPI_Comm comm, const pstm_job *const *jobs, int i, const nodes *all,
                              pstm_run_velocity *out)
{
    pstm_velocity_options options = jobs[i]->velocity;
    pstm_vcube *cube = NULL;
    if (all[i].format != PSTM_VELOCITY_TEXT) {
        const int first = first_with_nodes(jobs, i);
        const pstm_node_place place = {all[first].path.bytes, all[first].mark};
        PSTM_TRY(open_cube(comm, jobs[i], (pstm_velocity_format)all[i].format, &place, first == i, &cube));
    }
    options.cube = cube;
    pstm_status status = read_model(&options, &out->model);
    if (status == PSTM_OK) status = find_key(out->model, out->key);
    if (out->model == NULL) pstm_vcube_destroy(&cube);
    PSTM_TRY(pstm_agree(comm, status));
    return pstm_agree(comm,
                      compare_keys(comm, options.file != NULL ? options.file : options.eta_file, out->key));
}

pstm_status pstm_run_velocities(MPI_Comm comm, const pstm_job *const *jobs, int n_jobs,
                                pstm_run_velocity *out)
{
    nodes *all = NULL;
    int rank;
    MPI_Comm_rank(comm, &rank);
    pstm_status status = pstm_agree(comm, PSTM_NEW(&all, n_jobs, "the velocity models of a run"));
    if (status == PSTM_OK) status = find_nodes(comm, jobs, n_jobs, all);
    for (int i = 0; i < n_jobs && status == PSTM_OK; i++)
        status = make_model(comm, jobs, i, all, &out[i]);
    for (int i = 0; i < n_jobs && all != NULL; i++) {
        if (rank == 0 && all[i].format != PSTM_VELOCITY_TEXT && all[i].path.bytes != NULL)
            unlink(all[i].path.bytes);
        pstm_text_clear(&all[i].path);
    }
    PSTM_FREE(&all);
    return status;
}

pstm_status pstm_run_tell_columns(const pstm_velocity *velocity, const pstm_grid *grid, pstm_fields fields,
                                  pstm_text *about)
{
    pstm_column_departures found;
    if (velocity->range.least_m_s == velocity->range.most_m_s) return PSTM_OK;
    PSTM_TRY(pstm_velocity_departures(velocity, grid, fields, &found));
    PSTM_TRY(pstm_text_add(
        about,
        "splines that depart from what the model says by %.2g %% rms and %.2g %% at most (inline %lld, "
        "crossline %lld, %.4g "
        "s); "
        "%.3g %% of their samples in cells of less than 64, %.3g %% as the model says them",
        100 * found.rms, 100 * found.largest, (long long)grid->first_inline + found.largest_i,
        (long long)grid->first_crossline + found.largest_j, pstm_grid_time_s(grid, found.largest_k),
        100 * found.fine_share, 100 * found.input_share));
    if (found.beyond_share > 0)
        PSTM_TRY(pstm_text_add(
            about,
            "; interval velocities of %.3g %% of the layers are beyond 0.3 to 3 times vrms, and "
            "rays take those (look at the velocities: vrms falls or rises too fast)",
            100 * found.beyond_share));
    pstm_note("velocity columns: %s", about->bytes);
    return PSTM_OK;
}
