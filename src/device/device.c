#include "device/device.h"

#include <stdio.h>
#include <string.h>

#include "core/words.h"

const pstm_device_ops *pstm_device_find(const char *name)
{
#define PSTM_DEVICE_ENTRY(device)                                                                            \
    if (strcmp(name, #device) == 0) return &pstm_device_##device;
    PSTM_DEVICE_LIST(PSTM_DEVICE_ENTRY)
#undef PSTM_DEVICE_ENTRY
    return NULL;
}

const char *const *pstm_device_names(size_t *n)
{
    static const char *const names[] = {PSTM_DEVICE_LIST(PSTM_WORD)};
    *n = sizeof names / sizeof names[0];
    return names;
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
