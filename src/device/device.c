#include "device/device.h"

#include <stdio.h>
#include <string.h>

#include "core/words.h"

/* The list. */
static const struct {
    const pstm_device_ops *ops;
    bool is_automatic, has_depth_loop;
} devices[] = {
#define DEVICE(name, is_automatic, has_depth_loop, help) {&pstm_device_##name, is_automatic, has_depth_loop},
    PSTM_DEVICE_LIST(DEVICE)
#undef DEVICE
};

enum { N_DEVICES = sizeof devices / sizeof devices[0] };

const pstm_device_ops *pstm_device_find(const char *name)
{
    for (int d = 0; d < N_DEVICES; d++)
        if (strcmp(name, devices[d].ops->name) == 0) return devices[d].ops;
    return NULL;
}

const char *const *pstm_device_names(size_t *n)
{
    static const char *const names[] = {PSTM_DEVICE_LIST(PSTM_WORD)};
    *n = sizeof names / sizeof names[0];
    return names;
}

bool pstm_device_is_automatic(const pstm_device_ops *device)
{
    for (int d = 0; d < N_DEVICES; d++)
        if (devices[d].ops == device) return devices[d].is_automatic;
    return false;
}

const pstm_device_ops *pstm_device_automatic(bool depth_loop)
{
    const pstm_device_ops *last = NULL;
    pstm_device_info info;
    for (int d = 0; d < N_DEVICES; d++) {
        if (!(depth_loop ? devices[d].has_depth_loop : devices[d].is_automatic)) continue;
        last = devices[d].ops;
        if (last->probe(&info) == PSTM_OK) break;
    }
    return last;
}

int32_t pstm_device_units(const pstm_device_ops *device, pstm_device_info *infos, int32_t most)
{
    if (device->probe(infos) != PSTM_OK) return 0;
    return device->units != NULL ? device->units(infos, most) : 1;
}

pstm_status pstm_device_numerics_id(const pstm_device_ops *device, char *text, size_t bytes)
{
    pstm_device_info info;
    PSTM_TRY(device->probe(&info));
    snprintf(text, bytes, "%s/%s/%d", device->name, info.kernel, info.numerics);
    return PSTM_OK;
}
