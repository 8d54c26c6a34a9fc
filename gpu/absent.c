/* The device `cuda` of a build without CUDA: it says how to get one. */
#include <stddef.h>

#include "device/device.h"

static pstm_status absent(void)
{
    return pstm_fail(PSTM_SYSTEM,
                     "device cuda: this build has no CUDA; configure with -DPSTM_CUDA=ON (preset cuda)");
}

static pstm_status absent_probe(pstm_device_info *info)
{
    (void)info;
    return absent();
}

static pstm_status absent_create(const pstm_device_plan *plan, void **self)
{
    (void)plan, (void)self;
    return absent();
}

static pstm_status absent_begin_tile(void *self, const pstm_device_tile *tile)
{
    (void)self, (void)tile;
    return absent();
}

static pstm_status absent_add_batch(void *self, const pstm_device_trace *traces, int64_t n_traces)
{
    (void)self, (void)traces, (void)n_traces;
    return absent();
}

static pstm_status absent_read_tile(void *self, const pstm_sums *sums)
{
    (void)self, (void)sums;
    return absent();
}

static void absent_destroy(void **self)
{
    *self = NULL;
}

const pstm_device_ops pstm_device_cuda = {
    .name = "cuda",
    .probe = absent_probe,
    .create = absent_create,
    .begin_tile = absent_begin_tile,
    .add_batch = absent_add_batch,
    .read_tile = absent_read_tile,
    .destroy = absent_destroy,
};
