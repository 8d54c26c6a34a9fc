#include "io/h5.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { REASON_BYTES = 400 };

/* Of the last call that failed; HDF5 itself forgets it with the next call. */
static char last_reason[REASON_BYTES];

/* Walking upwards from the deepest call, the first entry is the cause. */
static herr_t keep_reason(unsigned n, const H5E_error2_t *entry, void *reason)
{
    if (n == 0 && entry->desc != NULL) snprintf(reason, REASON_BYTES, "%s", entry->desc);
    return 0;
}

/* As H5Eset_auto2() wants it. */
static herr_t note_failure(hid_t stack, void *unused)
{
    (void)unused;
    last_reason[0] = '\0';
    return H5Ewalk2(stack, H5E_WALK_UPWARD, keep_reason, last_reason);
}

void pstm_h5_setup(void)
{
    H5dont_atexit();
    setenv("HDF5_USE_FILE_LOCKING", "FALSE", 0);
    H5open();
    H5Eset_auto2(H5E_DEFAULT, note_failure, NULL);
}

pstm_status pstm_h5_fail(const char *format, ...)
{
    char words[1000];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    const pstm_status status = pstm_fail(PSTM_SYSTEM, "%s (HDF5: %s)", words,
                                         last_reason[0] == '\0' ? "no reason given" : last_reason);
    last_reason[0] = '\0';
    return status;
}

pstm_status pstm_h5_has_attribute(hid_t object, const char *name, bool *has)
{
    const htri_t found = H5Aexists(object, name);
    *has = found > 0;
    return found < 0 ? pstm_h5_fail("cannot look for the attribute %s", name) : PSTM_OK;
}

pstm_status pstm_h5_has_dataset(hid_t file, const char *name, bool *has)
{
    const htri_t found = H5Lexists(file, name, H5P_DEFAULT);
    *has = found > 0;
    return found < 0 ? pstm_h5_fail("cannot look for /%s", name) : PSTM_OK;
}

/* An attribute of this name and scalar type, the one that is there if it is of that type. */
static hid_t open_or_create(hid_t object, const char *name, hid_t type)
{
    const htri_t has = H5Aexists(object, name);
    if (has < 0) return H5I_INVALID_HID;
    if (has > 0) {
        const hid_t there = H5Aopen(object, name, H5P_DEFAULT), its_type = H5Aget_type(there);
        const bool fits = H5Tequal(its_type, type) > 0;
        H5Tclose(its_type);
        if (fits) return there;
        H5Aclose(there);
        if (H5Adelete(object, name) < 0) return H5I_INVALID_HID;
    }
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t made = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Sclose(space);
    return made;
}

static pstm_status put(hid_t object, const char *name, hid_t file_type, hid_t memory_type, const void *value)
{
    const hid_t attribute = open_or_create(object, name, file_type);
    if (attribute < 0) return pstm_h5_fail("cannot make the attribute %s", name);
    const bool written = H5Awrite(attribute, memory_type, value) >= 0;
    if (H5Aclose(attribute) < 0 || !written) return pstm_h5_fail("cannot write the attribute %s", name);
    return PSTM_OK;
}

pstm_status pstm_h5_put_text(hid_t object, const char *name, const char *text)
{
    const hid_t type = H5Tcopy(H5T_C_S1);
    /* HDF5 has no texts of length 0: an empty one is one NUL. */
    const bool ready = H5Tset_size(type, text[0] == '\0' ? 1 : strlen(text)) >= 0 &&
                       H5Tset_strpad(type, H5T_STR_NULLPAD) >= 0 && H5Tset_cset(type, H5T_CSET_UTF8) >= 0;
    const pstm_status status =
        ready ? put(object, name, type, type, text) : pstm_h5_fail("cannot make the attribute %s", name);
    H5Tclose(type);
    return status;
}

pstm_status pstm_h5_put_double(hid_t object, const char *name, double value)
{
    return put(object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &value);
}

pstm_status pstm_h5_put_integer(hid_t object, const char *name, int64_t value)
{
    return put(object, name, H5T_STD_I64LE, H5T_NATIVE_INT64, &value);
}

/* Opens a scalar attribute whose type is of the class. */
static pstm_status open_attribute(hid_t object, const char *name, H5T_class_t class, hid_t *out,
                                  size_t *bytes)
{
    bool has;
    PSTM_TRY(pstm_h5_has_attribute(object, name, &has));
    if (!has) return pstm_fail(PSTM_DATA, "there is no attribute %s", name);
    const hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    if (attribute < 0) return pstm_h5_fail("cannot open the attribute %s", name);
    const hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    const bool fits = H5Tget_class(type) == class && H5Sget_simple_extent_npoints(space) == 1 &&
                      H5Tis_variable_str(type) <= 0;
    *bytes = H5Tget_size(type);
    H5Tclose(type);
    H5Sclose(space);
    if (!fits) {
        H5Aclose(attribute);
        return pstm_fail(PSTM_DATA, "the attribute %s is not of the type that pstm writes", name);
    }
    *out = attribute;
    return PSTM_OK;
}

static pstm_status get(hid_t object, const char *name, H5T_class_t class, hid_t memory_type, void *value)
{
    hid_t attribute = H5I_INVALID_HID;
    size_t bytes = 0;
    PSTM_TRY(open_attribute(object, name, class, &attribute, &bytes));
    const bool read = H5Aread(attribute, memory_type, value) >= 0;
    if (H5Aclose(attribute) < 0 || !read) return pstm_h5_fail("cannot read the attribute %s", name);
    return PSTM_OK;
}

pstm_status pstm_h5_get_double(hid_t object, const char *name, double *value)
{
    return get(object, name, H5T_FLOAT, H5T_NATIVE_DOUBLE, value);
}

pstm_status pstm_h5_get_integer(hid_t object, const char *name, int64_t *value)
{
    return get(object, name, H5T_INTEGER, H5T_NATIVE_INT64, value);
}

pstm_status pstm_h5_get_text(hid_t object, const char *name, pstm_text *text)
{
    hid_t attribute = H5I_INVALID_HID;
    size_t bytes = 0;
    char *read = NULL;
    PSTM_TRY(open_attribute(object, name, H5T_STRING, &attribute, &bytes));
    pstm_status status = PSTM_NEW(&read, (int64_t)bytes + 1, name);
    if (status == PSTM_OK) {
        const hid_t type = H5Aget_type(attribute);
        if (H5Aread(attribute, type, read) < 0)
            status = pstm_h5_fail("cannot read the attribute %s", name);
        else
            status = pstm_text_add(text, "%s", read);
        H5Tclose(type);
        PSTM_FREE(&read);
    }
    H5Aclose(attribute);
    return status;
}
