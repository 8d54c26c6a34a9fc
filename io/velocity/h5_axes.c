#include "io/velocity/h5_axes.h"

#include <hdf5_hl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/memory.h"
#include "io/h5.h"

enum { NAME_BYTES = 256, UNIT_BYTES = 64 };

/** Names of axes, in any case. */
static const struct {
    const char *name;
    pstm_h5_axis_kind kind;
    bool is_label;
} known_axes[] = {
    {"inline", PSTM_H5_FIRST, true},     {"iline", PSTM_H5_FIRST, true},
    {"il", PSTM_H5_FIRST, true},         {"crossline", PSTM_H5_SECOND, true},
    {"xline", PSTM_H5_SECOND, true},     {"xl", PSTM_H5_SECOND, true},
    {"x", PSTM_H5_FIRST, false},         {"easting", PSTM_H5_FIRST, false},
    {"cdp_x", PSTM_H5_FIRST, false},     {"y", PSTM_H5_SECOND, false},
    {"northing", PSTM_H5_SECOND, false}, {"cdp_y", PSTM_H5_SECOND, false},
    {"t", PSTM_H5_TIME, false},          {"t0", PSTM_H5_TIME, false},
    {"time", PSTM_H5_TIME, false},       {"twt", PSTM_H5_TIME, false},
};
enum { N_KNOWN_AXES = sizeof known_axes / sizeof *known_axes };

/* ---- attributes ---------------------------------------------------------------------------------------- */

pstm_status pstm_h5_attribute_text(hid_t object, const char *name, char *text, size_t size)
{
    bool has;
    text[0] = '\0';
    PSTM_TRY(pstm_h5_has_attribute(object, name, &has));
    if (!has) return PSTM_OK;
    const hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    const hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    bool good = H5Tget_class(type) == H5T_STRING && H5Sget_simple_extent_npoints(space) == 1;
    if (good && H5Tis_variable_str(type) > 0) {
        char *read = NULL;
        good = H5Aread(attribute, type, &read) >= 0;
        if (good && read != NULL) strncat(text, read, size - 1);
        if (good) H5Dvlen_reclaim(type, space, H5P_DEFAULT, &read);
    } else if (good && H5Tget_size(type) < size) {
        good = H5Aread(attribute, type, text) >= 0;
        text[H5Tget_size(type)] = '\0';
    } else {
        good = false;
    }
    H5Tclose(type);
    H5Sclose(space);
    H5Aclose(attribute);
    return good ? PSTM_OK : pstm_fail(PSTM_DATA, "the attribute %s is no text", name);
}

/* ---- the variable -------------------------------------------------------------------------------------- */

/** What looking through the file has found. */
typedef struct looking {
    int n_found;
    char names[2 * NAME_BYTES + 8]; /**< of the first two */
    char first[NAME_BYTES];
} looking;

static herr_t look_at(hid_t group, const char *name, const H5L_info_t *info, void *to)
{
    looking *found = to;
    H5O_info_t about;
    (void)info;
    if (strlen(name) >= NAME_BYTES || H5Oget_info_by_name(group, name, &about, H5P_DEFAULT) < 0 ||
        about.type != H5O_TYPE_DATASET)
        return 0;
    const hid_t dataset = H5Dopen2(group, name, H5P_DEFAULT);
    if (dataset < 0) return 0;
    const hid_t space = H5Dget_space(dataset), type = H5Dget_type(dataset);
    if (H5Sget_simple_extent_ndims(space) == 3 && H5Tget_class(type) == H5T_FLOAT) {
        if (found->n_found == 0) memcpy(found->first, name, strlen(name) + 1);
        if (found->n_found == 1) snprintf(found->names, sizeof found->names, "%s, %s", found->first, name);
        found->n_found++;
    }
    H5Tclose(type);
    H5Sclose(space);
    H5Dclose(dataset);
    return 0;
}

static pstm_status find_variable(hid_t file, const char *path, pstm_h5_variable *out)
{
    looking found = {0};
    if (H5Literate(file, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, look_at, &found) < 0)
        return pstm_h5_fail("%s: cannot look through it", path);
    if (found.n_found == 0)
        return pstm_fail(
            PSTM_DATA,
            "%s: no variable of floats with three axes is in it; write the velocities as one, with "
            "axes such as inline, crossline, twt",
            path);
    if (found.n_found > 1)
        return pstm_fail(PSTM_DATA,
                         "%s: %d variables have three axes (%s%s); write a file with the velocities alone",
                         path, found.n_found, found.names, found.n_found > 2 ? ", ..." : "");
    memcpy(out->name, found.first, sizeof found.first);
    out->dataset = H5Dopen2(file, found.first, H5P_DEFAULT);
    return out->dataset < 0 ? pstm_h5_fail("%s: cannot open /%s", path, found.first) : PSTM_OK;
}

/* ---- axes ---------------------------------------------------------------------------------------------- */

static herr_t take_scale(hid_t dataset, unsigned dimension, hid_t scale, void *to)
{
    (void)dataset, (void)dimension;
    *(hid_t *)to = scale;
    H5Iinc_ref(scale);
    return 1;
}

/** The scale of a dimension, the caller's, and its name without the groups before it. */
static pstm_status open_scale(const char *path, const pstm_h5_variable *variable, int dimension, hid_t *scale,
                              char name[NAME_BYTES])
{
    char full[NAME_BYTES] = "", label[NAME_BYTES] = "";
    *scale = H5I_INVALID_HID;
    if (H5DSget_num_scales(variable->dataset, (unsigned)dimension) > 0)
        H5DSiterate_scales(variable->dataset, (unsigned)dimension, NULL, take_scale, scale);
    if (*scale >= 0) {
        H5Iget_name(*scale, full, sizeof full);
        const char *slash = strrchr(full, '/');
        memcpy(name, slash == NULL ? full : slash + 1, strlen(slash == NULL ? full : slash + 1) + 1);
        PSTM_TRY(pstm_h5_attribute_text(*scale, "NAME", label, sizeof label));
    }
    if (*scale < 0 || strstr(label, "not a netCDF variable") != NULL)
        return pstm_fail(
            PSTM_DATA,
            "%s: axis %d%s%s of /%s has no coordinates; write them beside it, as xarray does with "
            "coords",
            path, dimension, *scale < 0 ? "" : ", ", *scale < 0 ? "" : name, variable->name);
    return PSTM_OK;
}

static pstm_status read_values(const char *path, hid_t scale, const char *name, pstm_h5_axis *axis)
{
    const hid_t space = H5Dget_space(scale);
    axis->n = H5Sget_simple_extent_npoints(space);
    const int n_dimensions = H5Sget_simple_extent_ndims(space);
    H5Sclose(space);
    if (n_dimensions != 1 || axis->n < 1)
        return pstm_fail(PSTM_DATA, "%s: /%s is no axis of one row of numbers", path, name);
    PSTM_TRY(PSTM_NEW(&axis->values, axis->n, "an axis of the velocity cube"));
    if (H5Dread(scale, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, axis->values) < 0)
        return pstm_h5_fail("%s: cannot read /%s", path, name);
    axis->is_falling = axis->n > 1 && axis->values[1] < axis->values[0];
    for (int64_t k = 0; axis->is_falling && k < axis->n / 2; k++) {
        const double value = axis->values[k];
        axis->values[k] = axis->values[axis->n - 1 - k];
        axis->values[axis->n - 1 - k] = value;
    }
    for (int64_t k = 0; k < axis->n; k++)
        if (!isfinite(axis->values[k]) || (k > 0 && axis->values[k] <= axis->values[k - 1]))
            return pstm_fail(PSTM_DATA, "%s: /%s neither rises nor falls from value to value", path, name);
    return PSTM_OK;
}

static bool is_among(const char *word, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strcasecmp(word, *words) == 0) return true;
    return false;
}

/** Makes seconds of the times, by the file's word or the job's. */
static pstm_status use_seconds(const char *path, hid_t scale, const char *name, pstm_velocity_times wanted,
                               pstm_h5_axis *axis)
{
    static const char *const s[] = {"s", "sec", "second", "seconds", NULL};
    static const char *const ms[] = {"ms", "msec", "millisecond", "milliseconds", NULL};
    char units[UNIT_BYTES];
    PSTM_TRY(pstm_h5_attribute_text(scale, "units", units, sizeof units));
    const bool says_s = is_among(units, s), says_ms = is_among(units, ms);
    if (units[0] != '\0' && !says_s && !says_ms)
        return pstm_fail(PSTM_DATA, "%s: /%s has the units `%s`, which are no two-way times; write s or ms",
                         path, name, units);
    if ((says_s && wanted == PSTM_TIMES_MS) || (says_ms && wanted == PSTM_TIMES_S))
        return pstm_fail(PSTM_DATA,
                         "%s: /%s has the units `%s`, which velocity.times contradicts; leave it out", path,
                         name, units);
    const double per_s = says_ms || wanted == PSTM_TIMES_MS ? 1000 : 1;
    for (int64_t k = 0; k < axis->n; k++)
        axis->values[k] /= per_s;
    if (axis->values[0] >= 0 && axis->values[axis->n - 1] <= PSTM_VELOCITY_LATEST_S) return PSTM_OK;
    return pstm_fail(
        PSTM_DATA,
        "%s: /%s goes from %.6g to %.6g s, outside 0 to %g s; set velocity.times: ms if it is in "
        "milliseconds",
        path, name, axis->values[0], axis->values[axis->n - 1], PSTM_VELOCITY_LATEST_S);
}

static pstm_status read_axis(const char *path, const pstm_velocity_options *options, int dimension,
                             pstm_h5_variable *out)
{
    char name[NAME_BYTES] = "";
    hid_t scale;
    int known = 0;
    pstm_status status = open_scale(path, out, dimension, &scale, name);
    if (status != PSTM_OK) goto cleanup;
    while (known < N_KNOWN_AXES && strcasecmp(name, known_axes[known].name) != 0)
        known++;
    if (known == N_KNOWN_AXES || out->axes[known_axes[known].kind].values != NULL) {
        status =
            pstm_fail(PSTM_DATA,
                      "%s: axis %s of /%s is unknown or there twice; the names are inline and crossline, or "
                      "x and y, and time, t, t0 or twt",
                      path, name, out->name);
        goto cleanup;
    }
    pstm_h5_axis *axis = &out->axes[known_axes[known].kind];
    axis->dimension = dimension;
    axis->is_label = known_axes[known].is_label;
    PSTM_GO(read_values(path, scale, name, axis));
    if (known_axes[known].kind == PSTM_H5_TIME) PSTM_GO(use_seconds(path, scale, name, options->times, axis));
cleanup:
    if (scale >= 0) H5Dclose(scale);
    return status;
}

static pstm_status check_axes(const char *path, const pstm_velocity_options *options,
                              const pstm_h5_variable *variable)
{
    const bool labels = variable->axes[PSTM_H5_FIRST].is_label;
    hsize_t size[PSTM_H5_N_AXES];
    const hid_t space = H5Dget_space(variable->dataset);
    H5Sget_simple_extent_dims(space, size, NULL);
    H5Sclose(space);
    for (int a = 0; a < PSTM_H5_N_AXES; a++)
        if (variable->axes[a].values == NULL ||
            (int64_t)size[variable->axes[a].dimension] != variable->axes[a].n)
            return pstm_fail(PSTM_DATA,
                             "%s: /%s has no axes inline, crossline (or x, y) and time of its own size", path,
                             variable->name);
    if (variable->axes[PSTM_H5_SECOND].is_label != labels)
        return pstm_fail(PSTM_DATA,
                         "%s: /%s has one axis of numbers and one of coordinates; write two of one kind",
                         path, variable->name);
    if ((labels && options->places == PSTM_PLACES_COORDINATES) ||
        (!labels && options->places == PSTM_PLACES_LABELS))
        return pstm_fail(PSTM_DATA,
                         "%s: the axes of /%s are %s, which velocity.places contradicts; leave it out", path,
                         variable->name, labels ? "inline and crossline numbers" : "x and y");
    return PSTM_OK;
}

pstm_status pstm_h5_variable_open(hid_t file, const char *path, const pstm_velocity_options *options,
                                  pstm_h5_variable *out)
{
    PSTM_TRY(find_variable(file, path, out));
    for (int dimension = 0; dimension < PSTM_H5_N_AXES; dimension++)
        PSTM_TRY(read_axis(path, options, dimension, out));
    return check_axes(path, options, out);
}

void pstm_h5_variable_close(pstm_h5_variable *variable)
{
    for (int a = 0; a < PSTM_H5_N_AXES; a++)
        PSTM_FREE(&variable->axes[a].values);
    if (variable->dataset >= 0) H5Dclose(variable->dataset);
    variable->dataset = H5I_INVALID_HID;
}
