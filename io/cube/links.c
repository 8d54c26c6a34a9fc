#include "io/cube/links.h"

static const char *kind_of(H5L_type_t type)
{
    if (type == H5L_TYPE_SOFT) return "a soft link";
    return type == H5L_TYPE_EXTERNAL ? "a link to another file" : "a link of an unknown kind";
}

static pstm_status refuse(const char *name, const char *what)
{
    return pstm_fail(PSTM_DATA,
                     "/%s is %s; a cube of pstm holds its data itself, and so that nothing else is read or "
                     "written this file is not taken: copy what it means into one file",
                     name, what);
}

static pstm_status check_dataset(hid_t dataset, const char *name)
{
    const hid_t list = H5Dget_create_plist(dataset);
    if (list < 0) return pstm_h5_fail("cannot look at /%s", name);
    const bool is_virtual = H5Pget_layout(list) == H5D_VIRTUAL;
    const bool is_outside = H5Pget_external_count(list) > 0;
    H5Pclose(list);
    if (is_virtual) return refuse(name, "a virtual dataset, made of others");
    return is_outside ? refuse(name, "a dataset with its values in other files") : PSTM_OK;
}

static pstm_status check_link(hid_t file, const char *name, H5L_type_t type)
{
    if (type != H5L_TYPE_HARD) return refuse(name, kind_of(type));
    const hid_t object = H5Oopen(file, name, H5P_DEFAULT);
    if (object < 0) return pstm_h5_fail("cannot open /%s", name);
    const bool is_dataset = H5Iget_type(object) == H5I_DATASET;
    const pstm_status status =
        is_dataset ? check_dataset(object, name) : PSTM_OK; /* nothing looks into a group */
    H5Oclose(object);
    return status;
}

/* As H5Literate() wants it. */
static herr_t look_at(hid_t file, const char *name, const H5L_info_t *about, void *to)
{
    pstm_status *status = to;
    *status = check_link(file, name, about->type);
    return *status == PSTM_OK ? 0 : -1;
}

pstm_status pstm_cube_check_links(hid_t file)
{
    pstm_status status = PSTM_OK;
    if (H5Literate(file, H5_INDEX_NAME, H5_ITER_INC, NULL, look_at, &status) >= 0) return PSTM_OK;
    return status != PSTM_OK ? status : pstm_h5_fail("cannot list what it holds");
}
