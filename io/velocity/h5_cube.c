/* Cubes of velocities as HDF5: netCDF-4, as xarray writes it. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/memory.h"
#include "io/h5.h"
#include "io/velocity/cube_file.h"
#include "io/velocity/h5_axes.h"

/** Of lines of the first axis that are read at once. */
static const int64_t SLAB_BYTES = (int64_t)24 << 20;

/* ---- what its values are ------------------------------------------------------------------------------- */

static pstm_status check_units(const char *path, const pstm_h5_variable *variable, double unit_m_s)
{
    static const struct {
        const char *units, *word;
        double m_s;
    } known[] = {{"m/s", "m/s", 1},         {"m s-1", "m/s", 1},      {"m.s-1", "m/s", 1},
                 {"m s^-1", "m/s", 1},      {"km/s", "km/s", 1000},   {"km s-1", "km/s", 1000},
                 {"km.s-1", "km/s", 1000},  {"ft/s", "ft/s", 0.3048}, {"ft s-1", "ft/s", 0.3048},
                 {"feet/s", "ft/s", 0.3048}};
    char units[64];
    PSTM_TRY(pstm_h5_attribute_text(variable->dataset, "units", units, sizeof units));
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(units, known[i].units) != 0 || fabs(known[i].m_s - unit_m_s) < 1e-6) continue;
        return pstm_fail(PSTM_DATA, "%s: /%s has the units `%s`; set velocity.units: %s", path,
                         variable->name, units, known[i].word);
    }
    return PSTM_OK;
}

/** True if the word is in the text, in any case, and no part of a longer one. */
static bool has_word(const char *text, const char *word)
{
    const size_t length = strlen(word);
    for (const char *at = text; *at; at++) {
        const bool begins = at == text || !isalpha((unsigned char)at[-1]);
        if (begins && strncasecmp(at, word, length) == 0 && !isalpha((unsigned char)at[length])) return true;
    }
    return false;
}

/** Refuses a variable whose names, such as `interval_velocity`, say another kind than velocity.kind alone. */
static pstm_status check_kind(const char *path, const pstm_h5_variable *variable,
                              pstm_velocity_quantity quantity)
{
    static const struct {
        const char *word, *kind;
        pstm_velocity_quantity quantity;
    } known[] = {{"interval", "interval (or layers)", PSTM_VELOCITY_INTERVAL},
                 {"vint", "interval (or layers)", PSTM_VELOCITY_INTERVAL},
                 {"average", "average", PSTM_VELOCITY_AVERAGE},
                 {"vavg", "average", PSTM_VELOCITY_AVERAGE},
                 {"rms", "rms", PSTM_VELOCITY_RMS},
                 {"vrms", "rms", PSTM_VELOCITY_RMS}};
    char long_name[128], standard_name[128], names[512];
    const char *said = NULL;
    PSTM_TRY(pstm_h5_attribute_text(variable->dataset, "long_name", long_name, sizeof long_name));
    PSTM_TRY(pstm_h5_attribute_text(variable->dataset, "standard_name", standard_name, sizeof standard_name));
    snprintf(names, sizeof names, "%s %s %s", variable->name, long_name, standard_name);
    if (quantity == PSTM_VELOCITY_LAYERS) quantity = PSTM_VELOCITY_INTERVAL;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!has_word(names, known[i].word)) continue;
        if (known[i].quantity == quantity) return PSTM_OK;
        said = known[i].kind;
    }
    if (!said) return PSTM_OK;
    return pstm_fail(
        PSTM_DATA,
        "%s: /%s says by its name, long_name or standard_name that its velocities are of another "
        "kind than velocity.kind; set velocity.kind: %s, or rename it",
        path, variable->name, said);
}

static pstm_status check_packing(const char *path, const pstm_h5_variable *variable)
{
    static const char *const names[] = {"scale_factor", "add_offset"};
    for (int i = 0; i < 2; i++) {
        bool has;
        PSTM_TRY(pstm_h5_has_attribute(variable->dataset, names[i], &has));
        if (has)
            return pstm_fail(PSTM_DATA, "%s: /%s is packed (%s); write its velocities as plain floats", path,
                             variable->name, names[i]);
    }
    return PSTM_OK;
}

/** A value that an attribute says stands for none; NaN where there is no such attribute. */
static pstm_status read_fill(const pstm_h5_variable *variable, const char *name, float *fill)
{
    bool has;
    *fill = NAN;
    PSTM_TRY(pstm_h5_has_attribute(variable->dataset, name, &has));
    if (!has) return PSTM_OK;
    const hid_t attribute = H5Aopen(variable->dataset, name, H5P_DEFAULT);
    const hid_t space = H5Aget_space(attribute);
    const bool good =
        H5Sget_simple_extent_npoints(space) == 1 && H5Aread(attribute, H5T_NATIVE_FLOAT, fill) >= 0;
    H5Sclose(space);
    H5Aclose(attribute);
    return good ? PSTM_OK : pstm_h5_fail("/%s: cannot read %s", variable->name, name);
}

/** What stands for no value; xarray writes a _FillValue of NaN beside a missing_value. */
static pstm_status find_fills(const pstm_h5_variable *variable, float fills[2])
{
    PSTM_TRY(read_fill(variable, "_FillValue", &fills[0]));
    return read_fill(variable, "missing_value", &fills[1]);
}

/* ---- columns ------------------------------------------------------------------------------------------- */

/** Takes the axes of the variable, whose own are none afterwards. */
static void take_axes(pstm_h5_variable *variable, const pstm_grid *grid, pstm_cube_shape *shape)
{
    pstm_h5_axis *axes = variable->axes;
    *shape = (pstm_cube_shape){.n_u = axes[PSTM_H5_FIRST].n,
                               .n_v = axes[PSTM_H5_SECOND].n,
                               .n_t = axes[PSTM_H5_TIME].n,
                               .u_of = {0, 1, 0},
                               .v_of = {0, 0, 1},
                               .u = axes[PSTM_H5_FIRST].values,
                               .v = axes[PSTM_H5_SECOND].values,
                               .t_s = axes[PSTM_H5_TIME].values};
    for (int a = 0; a < PSTM_H5_N_AXES; a++)
        axes[a].values = NULL;
    if (axes[PSTM_H5_FIRST].is_label) pstm_cube_shape_use_labels(shape, grid);
}

/** Lines [begin, begin + n) of the first axis, in the order of the file. */
static pstm_status read_slab(const char *path, const pstm_h5_variable *variable, int64_t begin, int64_t n,
                             float *slab)
{
    const pstm_h5_axis *axes = variable->axes;
    hsize_t start[PSTM_H5_N_AXES] = {0}, count[PSTM_H5_N_AXES];
    for (int a = 0; a < PSTM_H5_N_AXES; a++)
        count[axes[a].dimension] = (hsize_t)axes[a].n;
    const int first = axes[PSTM_H5_FIRST].dimension;
    start[first] = (hsize_t)(axes[PSTM_H5_FIRST].is_falling ? axes[PSTM_H5_FIRST].n - begin - n : begin);
    count[first] = (hsize_t)n;
    const hid_t space = H5Dget_space(variable->dataset);
    const hid_t memory = H5Screate_simple(PSTM_H5_N_AXES, count, NULL);
    const bool good = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
                      H5Dread(variable->dataset, H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT, slab) >= 0;
    H5Sclose(memory);
    H5Sclose(space);
    return good ? PSTM_OK : pstm_h5_fail("%s: cannot read /%s", path, variable->name);
}

/** Where a value of the slab of n lines is. */
static int64_t place_in(const pstm_h5_variable *variable, int64_t n, const int64_t at[PSTM_H5_N_AXES])
{
    int64_t size[PSTM_H5_N_AXES], index[PSTM_H5_N_AXES];
    for (int a = 0; a < PSTM_H5_N_AXES; a++) {
        const pstm_h5_axis *axis = &variable->axes[a];
        size[axis->dimension] = a == PSTM_H5_FIRST ? n : axis->n;
        index[axis->dimension] = axis->is_falling ? size[axis->dimension] - 1 - at[a] : at[a];
    }
    return (index[0] * size[1] + index[1]) * size[2] + index[2];
}

/** Puts the columns of a slab of n lines from `begin` on. */
static pstm_status put_slab(const pstm_h5_variable *variable, const float *slab, int64_t begin, int64_t n,
                            const float fills[2], pstm_node_writer *writer, float *column)
{
    const pstm_h5_axis *axes = variable->axes;
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < axes[PSTM_H5_SECOND].n; j++) {
            const int64_t first = place_in(variable, n, (const int64_t[]){i, j, 0});
            const int64_t step =
                axes[PSTM_H5_TIME].n > 1 ? place_in(variable, n, (const int64_t[]){i, j, 1}) - first : 0;
            for (int64_t k = 0; k < axes[PSTM_H5_TIME].n; k++) {
                column[k] = slab[first + k * step];
                if (column[k] == fills[0] || column[k] == fills[1]) column[k] = NAN;
            }
            PSTM_TRY(pstm_node_writer_put(writer, begin + i, j, column));
        }
    }
    return PSTM_OK;
}

static pstm_status put_columns(const char *path, const pstm_h5_variable *variable, pstm_node_writer *writer)
{
    const pstm_h5_axis *axes = variable->axes;
    const int64_t line = axes[PSTM_H5_SECOND].n * axes[PSTM_H5_TIME].n;
    const int64_t most = SLAB_BYTES / (line * (int64_t)sizeof(float)) + 1, n_lines = axes[PSTM_H5_FIRST].n;
    const int64_t n_slab = most < n_lines ? most : n_lines;
    pstm_status status = PSTM_OK;
    float *slab = NULL, *column = NULL, fills[2];
    PSTM_GO(find_fills(variable, fills));
    PSTM_GO(PSTM_NEW(&slab, n_slab * line, "lines of the velocity cube"));
    PSTM_GO(PSTM_NEW(&column, axes[PSTM_H5_TIME].n, "a column of the velocity cube"));
    for (int64_t begin = 0; begin < n_lines; begin += n_slab) {
        const int64_t n = n_lines - begin < n_slab ? n_lines - begin : n_slab;
        PSTM_GO(read_slab(path, variable, begin, n, slab));
        PSTM_GO(put_slab(variable, slab, begin, n, fills, writer, column));
    }
cleanup:
    PSTM_FREE(&slab);
    PSTM_FREE(&column);
    return status;
}

pstm_status pstm_h5_cube_read(const pstm_velocity_options *options, const pstm_node_place *place)
{
    const char *path = options->file;
    pstm_status status = PSTM_OK;
    pstm_h5_variable variable = {.dataset = H5I_INVALID_HID};
    pstm_cube_shape shape = {0};
    pstm_node_writer *writer = NULL;
    pstm_h5_setup();
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0)
        PSTM_GO(pstm_fail(
            PSTM_DATA, "%s cannot be opened as HDF5; if it is a text or SEG-Y, set velocity.format", path));
    PSTM_GO(pstm_h5_variable_open(file, path, options, &variable));
    PSTM_GO(check_units(path, &variable, options->unit_m_s));
    PSTM_GO(check_kind(path, &variable, options->quantity));
    PSTM_GO(check_packing(path, &variable));
    take_axes(&variable, options->grid, &shape);
    PSTM_GO(pstm_node_writer_create(place->path, place->mark, path, options, &shape, &writer));
    PSTM_GO(put_columns(path, &variable, writer));
    PSTM_GO(pstm_node_writer_finish(writer));
cleanup:
    pstm_node_writer_destroy(&writer);
    pstm_cube_shape_clear(&shape);
    pstm_h5_variable_close(&variable);
    if (file >= 0) H5Fclose(file);
    return status;
}
