#include "io/velocity/node_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/place.h"
#include "io/digest.h"

/** At the start of the file: axes and sources follow, then the columns. */
typedef struct node_head {
    char magic[8];
    uint64_t mark;
    pstm_cube_shape shape; /**< its axes are none */
    pstm_cube_facts facts;
    int32_t quantity;
    char digest[40];
} node_head;

static const char magic[8] = "pstmVEL1";

struct pstm_node_writer {
    const char *path, *name;
    uint64_t mark;
    double unit_m_s;
    pstm_vcube *cube;  /**< what will be read */
    uint64_t *digests; /**< [n_u n_v] of the columns */
    int64_t n_put;
};

static int64_t n_nodes(const pstm_cube_shape *shape)
{
    return shape->n_u * shape->n_v;
}

static int64_t column_bytes(const pstm_cube_shape *shape)
{
    return shape->n_t * (int64_t)sizeof(float);
}

static int64_t axes_bytes(const pstm_cube_shape *shape)
{
    return (shape->n_u + shape->n_v + shape->n_t) * (int64_t)sizeof(double);
}

static int64_t columns_at(const pstm_cube_shape *shape)
{
    return (int64_t)sizeof(node_head) + axes_bytes(shape) + n_nodes(shape) * (int64_t)sizeof(int64_t);
}

/* ---- bytes --------------------------------------------------------------------------------------------- */

static pstm_status write_at(const pstm_node_writer *writer, int64_t at, const void *bytes, int64_t n)
{
    for (int64_t done = 0; done < n;) {
        const ssize_t now =
            pwrite(writer->cube->file, (const char *)bytes + done, (size_t)(n - done), (off_t)(at + done));
        if (now <= 0)
            return pstm_fail_errno(PSTM_SYSTEM, "cannot write the velocities of %s to %s", writer->name,
                                   writer->path);
        done += now;
    }
    return PSTM_OK;
}

static pstm_status read_bytes(int file, int64_t at, void *bytes, int64_t n)
{
    for (int64_t done = 0; done < n;) {
        const ssize_t now = pread(file, (char *)bytes + done, (size_t)(n - done), (off_t)(at + done));
        if (now < 0) return pstm_fail_errno(PSTM_SYSTEM, "cannot read the velocities of the run");
        if (now == 0) return pstm_fail(PSTM_SYSTEM, "the file with the velocities of the run was cut short");
        done += now;
    }
    return PSTM_OK;
}

static pstm_status read_columns(const pstm_vcube *cube, int64_t first, int64_t n, float *columns)
{
    const int64_t bytes = column_bytes(&cube->shape);
    return read_bytes(cube->file, cube->columns_at + first * bytes, columns, n * bytes);
}

/* ---- writing ------------------------------------------------------------------------------------------- */

/** A cube of this shape whose axes it has, without sources. */
static pstm_status new_cube(pstm_cube_shape *shape, pstm_vcube **out)
{
    pstm_vcube *cube = NULL;
    const pstm_status status = PSTM_NEW(&cube, 1, "the velocity cube");
    if (status != PSTM_OK) {
        pstm_cube_shape_clear(shape);
        return status;
    }
    cube->shape = *shape;
    *shape = (pstm_cube_shape){0};
    cube->file = -1;
    cube->columns_at = columns_at(&cube->shape);
    cube->read = read_columns;
    *out = cube;
    return PSTM_NEW(&cube->source, n_nodes(&cube->shape), "the nodes of the velocity cube");
}

pstm_status pstm_node_writer_create(const char *path, uint64_t mark, const char *name,
                                    const pstm_velocity_options *options, pstm_cube_shape *shape,
                                    pstm_node_writer **out)
{
    pstm_status status = PSTM_OK;
    pstm_node_writer *writer = NULL;
    PSTM_GO(PSTM_NEW(&writer, 1, "the velocity cube"));
    *writer = (pstm_node_writer){.path = path, .name = name, .mark = mark, .unit_m_s = options->unit_m_s};
    PSTM_GO(new_cube(shape, &writer->cube));
    writer->cube->quantity = options->quantity;
    for (int64_t k = 0; k < n_nodes(&writer->cube->shape); k++)
        writer->cube->source[k] = -1;
    PSTM_GO(PSTM_NEW(&writer->digests, n_nodes(&writer->cube->shape), "digests of velocity columns"));
    writer->cube->file = pstm_place_make(path);
    if (writer->cube->file < 0)
        PSTM_GO(pstm_fail_errno(PSTM_SYSTEM, "cannot make %s for the velocities of %s", path, name));
    *out = writer;
    writer = NULL;
cleanup:
    pstm_cube_shape_clear(shape);
    pstm_node_writer_destroy(&writer);
    return status;
}

const pstm_cube_shape *pstm_node_writer_shape(const pstm_node_writer *writer)
{
    return &writer->cube->shape;
}

pstm_status pstm_node_writer_put(pstm_node_writer *writer, int64_t i_u, int64_t i_v, float *column)
{
    pstm_vcube *cube = writer->cube;
    const pstm_cube_shape *shape = &cube->shape;
    const int64_t node = i_u * shape->n_v + i_v, bytes = column_bytes(shape);
    bool is_hole;
    if (cube->source[node] >= 0)
        return pstm_fail(PSTM_DATA, "%s: %s %.10g, %s %.10g comes twice; leave one column out", writer->name,
                         shape->labels ? "inline" : "x", shape->u[i_u], shape->labels ? "crossline" : "y",
                         shape->v[i_v]);
    for (int64_t k = 0; writer->unit_m_s != 1 && k < shape->n_t; k++)
        column[k] = (float)(writer->unit_m_s * (double)column[k]);
    PSTM_TRY(pstm_vcube_take(cube, writer->name, i_u, i_v, column, &is_hole));
    if (is_hole) return PSTM_OK;
    cube->source[node] = node;
    writer->digests[node] = pstm_digest_bytes(column, (size_t)bytes);
    writer->n_put++;
    return write_at(writer, cube->columns_at + node * bytes, column, bytes);
}

/** Gives each hole the column of the nearest node by steps of the lattice, rings of neighbours at a time. */
static pstm_status fill_holes(pstm_vcube *cube)
{
    static const int steps[4][2] = {{-1, 0}, {0, -1}, {0, 1}, {1, 0}};
    const pstm_cube_shape *shape = &cube->shape;
    int64_t *queue = NULL, n = 0;
    PSTM_TRY(PSTM_NEW(&queue, n_nodes(shape), "the nodes of the velocity cube"));
    for (int64_t node = 0; node < n_nodes(shape); node++) {
        if (cube->source[node] >= 0)
            queue[n++] = node;
        else if (cube->facts.n_holes++ == 0)
            cube->facts.hole_u = shape->u[node / shape->n_v],
            cube->facts.hole_v = shape->v[node % shape->n_v];
    }
    for (int64_t at = 0; at < n; at++) {
        for (int s = 0; s < 4; s++) {
            const int64_t i = queue[at] / shape->n_v + steps[s][0], j = queue[at] % shape->n_v + steps[s][1];
            if (i < 0 || i >= shape->n_u || j < 0 || j >= shape->n_v) continue;
            const int64_t node = i * shape->n_v + j;
            if (cube->source[node] >= 0) continue;
            cube->source[node] = cube->source[queue[at]];
            queue[n++] = node;
        }
    }
    PSTM_FREE(&queue);
    return PSTM_OK;
}

static void make_digest(const pstm_node_writer *writer, char digest[40])
{
    const pstm_cube_shape *shape = &writer->cube->shape;
    const uint64_t parts[] = {
        pstm_digest_combine(writer->digests, n_nodes(shape)),
        pstm_digest_bytes(writer->cube->source, (size_t)n_nodes(shape) * sizeof(int64_t)),
        pstm_digest_bytes(shape->u, (size_t)shape->n_u * sizeof(double)),
        pstm_digest_bytes(shape->v, (size_t)shape->n_v * sizeof(double)),
        pstm_digest_bytes(shape->t_s, (size_t)shape->n_t * sizeof(double))};
    pstm_digest_to_hex(pstm_digest_combine(parts, sizeof parts / sizeof *parts), digest);
}

pstm_status pstm_node_writer_finish(pstm_node_writer *writer)
{
    pstm_vcube *cube = writer->cube;
    const pstm_cube_shape *shape = &cube->shape;
    int64_t at = (int64_t)sizeof(node_head);
    if (writer->n_put == 0) return pstm_fail(PSTM_DATA, "%s: no column has a velocity above 0", writer->name);
    PSTM_TRY(fill_holes(cube));
    make_digest(writer, cube->digest);
    const struct {
        const void *bytes;
        int64_t n;
    } parts[] = {{shape->u, shape->n_u * (int64_t)sizeof(double)},
                 {shape->v, shape->n_v * (int64_t)sizeof(double)},
                 {shape->t_s, shape->n_t * (int64_t)sizeof(double)},
                 {cube->source, n_nodes(shape) * (int64_t)sizeof(int64_t)}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; at += parts[i++].n)
        PSTM_TRY(write_at(writer, at, parts[i].bytes, parts[i].n));
    node_head head = {
        .mark = writer->mark, .shape = *shape, .facts = cube->facts, .quantity = (int32_t)cube->quantity};
    head.shape.u = head.shape.v = head.shape.t_s = NULL;
    memcpy(head.magic, magic, sizeof magic);
    memcpy(head.digest, cube->digest, sizeof head.digest);
    return write_at(writer, 0, &head, (int64_t)sizeof head);
}

void pstm_node_writer_destroy(pstm_node_writer **writer)
{
    if (*writer == NULL) return;
    pstm_vcube_destroy(&(*writer)->cube);
    PSTM_FREE(&(*writer)->digests);
    PSTM_FREE(writer);
}

/* ---- reading ------------------------------------------------------------------------------------------- */

static pstm_status read_axis(int file, int64_t *at, int64_t n, double **axis)
{
    PSTM_TRY(PSTM_NEW(axis, n, "an axis of the velocity cube"));
    PSTM_TRY(read_bytes(file, *at, *axis, n * (int64_t)sizeof(double)));
    *at += n * (int64_t)sizeof(double);
    return PSTM_OK;
}

static pstm_status read_cube(int file, const node_head *head, pstm_vcube **out)
{
    pstm_status status = PSTM_OK;
    int64_t at = (int64_t)sizeof *head;
    pstm_cube_shape shape = head->shape;
    pstm_vcube *cube = NULL;
    PSTM_GO(read_axis(file, &at, shape.n_u, &shape.u));
    PSTM_GO(read_axis(file, &at, shape.n_v, &shape.v));
    PSTM_GO(read_axis(file, &at, shape.n_t, &shape.t_s));
    PSTM_GO(new_cube(&shape, &cube));
    PSTM_GO(read_bytes(file, at, cube->source, n_nodes(&cube->shape) * (int64_t)sizeof(int64_t)));
    cube->facts = head->facts;
    cube->quantity = (pstm_velocity_quantity)head->quantity;
    memcpy(cube->digest, head->digest, sizeof cube->digest);
    *out = cube;
    cube = NULL;
cleanup:
    pstm_cube_shape_clear(&shape);
    pstm_vcube_destroy(&cube);
    return status;
}

pstm_status pstm_node_file_open(const char *path, uint64_t mark, pstm_vcube **out)
{
    node_head head;
    pstm_vcube *cube = NULL;
    const int file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0)
        return pstm_fail_errno(
            PSTM_SYSTEM,
            "cannot open %s, the velocities that rank 0 has read; put output.file where all "
            "ranks see it",
            path);
    pstm_status status = read_bytes(file, 0, &head, (int64_t)sizeof head);
    if (status == PSTM_OK && (memcmp(head.magic, magic, sizeof magic) != 0 || head.mark != mark))
        status =
            pstm_fail(PSTM_SYSTEM,
                      "%s holds the velocities of another run; start one run of a cube at a time, and put "
                      "output.file where all ranks see the same",
                      path);
    if (status == PSTM_OK) status = read_cube(file, &head, &cube);
    if (status != PSTM_OK) {
        close(file);
        return status;
    }
    cube->file = file;
    *out = cube;
    return PSTM_OK;
}
