/* Opening and closing a cube, and what it says of itself. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <mpi.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/cube/axes.h"
#include "io/cube/links.h"
#include "io/cube/private.h"
#include "io/digest.h"
#include "io/durable.h"

/* ---- Reading what it says ---- */

static pstm_status read_numbers(pstm_cube *cube)
{
    pstm_cube_about *about = &cube->about;
    const hid_t file = cube->file;
    int64_t integer;
#define GET_DOUBLE(member, name) PSTM_TRY(pstm_h5_get_double(file, name, &about->member));
#define GET_INTEGER(member, name)                                                                            \
    PSTM_TRY(pstm_h5_get_integer(file, name, &integer));                                                     \
    if (integer < INT32_MIN || integer > INT32_MAX) return pstm_fail(PSTM_DATA, "%s is out of range", name); \
    about->member = (int32_t)integer;
    PSTM_CUBE_DOUBLES(GET_DOUBLE)
    PSTM_CUBE_INTEGERS(GET_INTEGER)
    if (!pstm_grid_is_sound(&about->grid) || about->n_classes < 1 ||
        about->n_classes > PSTM_CUBE_MOST_CLASSES)
        return pstm_fail(PSTM_DATA, "its attributes tell of a grid or of classes that no cube of pstm has");
    if (about->k_begin < 0 || about->k_begin >= about->k_end || about->k_end > about->grid.n_times)
        return pstm_fail(PSTM_DATA, "its time window, samples %d to %d, is none of its %d samples",
                         about->k_begin, about->k_end - 1, about->grid.n_times);
    pstm_grid_prepare(&about->grid);
    return PSTM_OK;
}

static pstm_status read_texts(pstm_cube *cube)
{
    int n = 0;
    pstm_text text;
    bool has;
#define GET_TEXT(member, name)                                                                               \
    text = (pstm_text){0};                                                                                   \
    PSTM_TRY(pstm_h5_has_attribute(cube->file, name, &has));                                                 \
    if (has)                                                                                                 \
        PSTM_TRY(pstm_h5_get_text(cube->file, name, &text));                                                 \
    else                                                                                                     \
        PSTM_TRY(pstm_text_add(&text, "%s", ""));                                                            \
    cube->about.member = cube->texts[n++] = text.bytes;
    PSTM_CUBE_TEXTS(GET_TEXT)
    return PSTM_OK;
}

static pstm_status read_state(pstm_cube *cube)
{
    pstm_cube_state *state = &cube->state;
    pstm_text checksum = {0};
    PSTM_TRY(pstm_h5_get_integer(cube->file, "columns", &state->n_columns));
    PSTM_TRY(pstm_h5_get_integer(cube->file, "columns_done", &state->n_done));
    PSTM_TRY(pstm_h5_get_integer(cube->file, "complete", &state->complete));
    PSTM_TRY(pstm_h5_get_text(cube->file, "image_checksum", &checksum));
    if (strcmp(checksum.bytes, PSTM_CUBE_NO_CHECKSUM) != 0 && checksum.length < (int)sizeof state->checksum)
        memcpy(state->checksum, checksum.bytes, (size_t)checksum.length + 1);
    pstm_text_clear(&checksum);
    return PSTM_OK;
}

static pstm_status read_classes(pstm_cube *cube)
{
    PSTM_TRY(pstm_cube_read_centres(cube->file, cube->about.n_classes, &cube->centres));
    cube->about.centres = cube->centres;
    return PSTM_OK;
}

/* Opens a dataset and sees that its axes are those of the grid, so that no read or write goes astray. */
static pstm_status open_data(pstm_cube *cube, pstm_cube_data data)
{
    const char *name = pstm_cube_data_name(data);
    const pstm_cube_layout layout = pstm_cube_layout_of(&cube->about, data);
    hsize_t size[H5S_MAX_RANK] = {0}, chunk[H5S_MAX_RANK] = {0};
    cube->data[data] = H5Dopen2(cube->file, name, H5P_DEFAULT);
    if (cube->data[data] < 0) {
        cube->data[data] = 0;
        return pstm_h5_fail("cannot open /%s", name);
    }
    const hid_t space = H5Dget_space(cube->data[data]), create = H5Dget_create_plist(cube->data[data]);
    const hid_t type = H5Dget_type(cube->data[data]);
    bool same = H5Sget_simple_extent_dims(space, size, NULL) == layout.n_axes &&
                H5Pget_layout(create) == H5D_CHUNKED &&
                H5Pget_chunk(create, layout.n_axes, chunk) == layout.n_axes &&
                H5Tequal(type, layout.file_type) > 0;
    for (int a = 0; a < layout.n_axes; a++)
        same = same && size[a] == layout.size[a] && chunk[a] == layout.chunk[a];
    H5Tclose(type);
    H5Pclose(create);
    H5Sclose(space);
    return same ? PSTM_OK
                : pstm_fail(PSTM_DATA, "/%s does not have the type, axes and chunks of its grid", name);
}

static pstm_status read_data(pstm_cube *cube)
{
    static const char *const names[PSTM_CUBE_N_DATA] = {"gather", "gather_fold", "stack", "fold"};
    bool has[PSTM_CUBE_N_DATA];
    for (int d = 0; d < PSTM_CUBE_N_DATA; d++)
        PSTM_TRY(pstm_h5_has_dataset(cube->file, names[d], &has[d]));
    cube->about.gathers = has[PSTM_CUBE_GATHER];
    cube->about.stack = has[PSTM_CUBE_STACK];
    cube->about.fold = has[PSTM_CUBE_FOLD];
    for (int d = 0; d < PSTM_CUBE_N_DATA; d++)
        if (pstm_cube_about_has(&cube->about, (pstm_cube_data)d))
            PSTM_TRY(open_data(cube, (pstm_cube_data)d));
    return PSTM_OK;
}

static pstm_status check_kind(const pstm_cube *cube)
{
    pstm_text kind = {0};
    bool has;
    PSTM_TRY(pstm_h5_has_attribute(cube->file, "kind", &has));
    const pstm_status status = has ? pstm_h5_get_text(cube->file, "kind", &kind) : PSTM_DATA;
    const bool is_cube = status == PSTM_OK && strcmp(kind.bytes, "pstm cube") == 0;
    pstm_text_clear(&kind);
    if (status == PSTM_SYSTEM) return status;
    if (!is_cube) return pstm_fail(PSTM_DATA, "it is an HDF5 file, but no image cube of pstm");
    int64_t format;
    PSTM_TRY(pstm_h5_get_integer(cube->file, "format", &format));
    if (format != PSTM_CUBE_FORMAT)
        return pstm_fail(PSTM_DATA,
                         "it has format %" PRId64 ", this pstm reads format %d; use the pstm that made it",
                         format, PSTM_CUBE_FORMAT);
    return PSTM_OK;
}

static pstm_status read_about(pstm_cube *cube)
{
    PSTM_TRY(check_kind(cube));
    PSTM_TRY(pstm_cube_check_links(cube->file));
    PSTM_TRY(read_numbers(cube));
    PSTM_TRY(read_texts(cube));
    PSTM_TRY(read_state(cube));
    PSTM_TRY(read_classes(cube));
    return read_data(cube);
}

/* ---- Opening ---- */

/* A pipe would hold us up, and of a folder HDF5 has only its own words. */
static pstm_status check_file(const char *path)
{
    struct stat about;
    if (stat(path, &about) != 0) return pstm_fail_errno(PSTM_DATA, "cannot open the cube");
    if (S_ISREG(about.st_mode)) return PSTM_OK;
    return pstm_fail(PSTM_DATA, "it is no file, so no image cube of pstm; name another one");
}

/* Takes over `properties`. */
static pstm_status open_cube(const char *path, unsigned flags, hid_t properties, pstm_cube **out)
{
    pstm_status status = PSTM_OK;
    pstm_cube *cube = NULL;
    PSTM_GO(PSTM_NEW(&cube, 1, "the cube"));
    cube->descriptor = -1;
    PSTM_GO(pstm_copy_text(&cube->path, path));
    PSTM_GO(check_file(path));
    cube->file = H5Fopen(path, flags, properties);
    if (cube->file < 0) {
        cube->file = 0;
        status = pstm_h5_fail("cannot open it as an HDF5 file");
        if (access(path, R_OK) == 0 && H5Fis_hdf5(path) == 0)
            status = pstm_fail(PSTM_DATA, "it is no HDF5 file, so no image cube of pstm");
        goto cleanup;
    }
    PSTM_GO(read_about(cube));
    if (flags == H5F_ACC_RDWR) {
        cube->descriptor = open(path, O_RDWR | O_CLOEXEC);
        if (cube->descriptor < 0) {
            status = pstm_fail_errno(PSTM_SYSTEM, "cannot open it to sync it");
            goto cleanup;
        }
    }
    *out = cube;
    cube = NULL;
cleanup:
    H5Pclose(properties);
    if (status != PSTM_OK) status = pstm_while(status, "%s", path);
    const pstm_status closed = pstm_cube_close(&cube);
    return status != PSTM_OK ? status : closed;
}

pstm_status pstm_cube_open_read(const char *path, pstm_cube **out)
{
    pstm_h5_setup();
    return open_cube(path, H5F_ACC_RDONLY, pstm_cube_access(), out);
}

pstm_status pstm_cube_open_write(const char *path, pstm_cube **out)
{
    int ready = 0;
    MPI_Initialized(&ready);
    if (!ready) return pstm_fail(PSTM_SYSTEM, "%s: MPI is not initialised (a defect of pstm)", path);
    pstm_h5_setup();
    const hid_t properties = pstm_cube_access();
    if (H5Pset_fapl_mpio(properties, MPI_COMM_SELF, MPI_INFO_NULL) < 0) {
        H5Pclose(properties);
        return pstm_h5_fail("%s: cannot use MPI-IO", path);
    }
    return open_cube(path, H5F_ACC_RDWR, properties, out);
}

pstm_status pstm_cube_open_alone(const char *path, pstm_cube **out)
{
    pstm_h5_setup();
    const hid_t properties = pstm_cube_access();
    H5Pset_cache(properties, 0, 0, 0, 0); /* chunks go to the file at once, so that a sync reaches them */
    return open_cube(path, H5F_ACC_RDWR, properties, out);
}

pstm_status pstm_cube_close(pstm_cube **cube)
{
    pstm_cube *c = *cube;
    if (c == NULL) return PSTM_OK;
    pstm_status status = PSTM_OK;
    for (int d = 0; d < PSTM_CUBE_N_DATA; d++)
        if (c->data[d] > 0) H5Dclose(c->data[d]);
    if (c->file > 0 && H5Fclose(c->file) < 0) status = pstm_h5_fail("cannot close the cube %s", c->path);
    if (c->descriptor >= 0) close(c->descriptor);
    for (size_t t = 0; t < sizeof c->texts / sizeof c->texts[0]; t++)
        PSTM_FREE(&c->texts[t]);
    PSTM_FREE(&c->centres);
    PSTM_FREE(&c->buffer);
    PSTM_FREE(&c->path);
    PSTM_FREE(cube);
    return status;
}

const pstm_cube_about *pstm_cube_get_about(const pstm_cube *cube)
{
    return &cube->about;
}

bool pstm_cube_has(const pstm_cube *cube, pstm_cube_data data)
{
    return cube->data[data] > 0;
}

pstm_cube_state pstm_cube_get_state(const pstm_cube *cube)
{
    return cube->state;
}

/* ---- Marking as finished ---- */

static pstm_status put_marks(hid_t file, const pstm_cube_about *about, const pstm_journal *journal)
{
    uint64_t checksum;
    char hex[PSTM_DIGEST_CHARS];
    PSTM_TRY(pstm_journal_checksum(journal, &checksum));
    pstm_digest_to_hex(checksum, hex);
    const int64_t n_done = pstm_journal_n_done(journal);
    const bool complete = n_done == pstm_journal_n_columns(journal) && about->k_begin == 0 &&
                          about->k_end == about->grid.n_times;
    PSTM_TRY(pstm_h5_put_text(file, "image_checksum", hex));
    PSTM_TRY(pstm_h5_put_integer(file, "columns_done", n_done));
    return pstm_h5_put_integer(file, "complete", complete);
}

static pstm_status add_frame(const char *path, pstm_journal *journal)
{
    pstm_cube *cube = NULL;
    uint64_t frame;
    if (pstm_journal_frame(journal, &frame)) return PSTM_OK;
    PSTM_TRY(pstm_cube_open_read(path, &cube));
    pstm_status status = pstm_cube_frame(cube, &frame);
    if (status == PSTM_OK) status = pstm_journal_add_frame(journal, frame);
    if (status == PSTM_OK) status = pstm_journal_sync(journal);
    const pstm_status closed = pstm_cube_close(&cube);
    return status == PSTM_OK ? closed : status;
}

pstm_status pstm_cube_finish(const char *path, pstm_journal *journal)
{
    pstm_cube *cube = NULL;
    pstm_h5_setup();
    PSTM_TRY(open_cube(path, H5F_ACC_RDWR, pstm_cube_access(), &cube));
    pstm_status status = put_marks(cube->file, &cube->about, journal);
    const pstm_status closed = pstm_cube_close(&cube);
    if (status == PSTM_OK) status = closed;
    if (status == PSTM_OK) status = pstm_durable_file(path);
    return status == PSTM_OK ? add_frame(path, journal) : status;
}
