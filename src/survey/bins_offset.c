/* Classes of the distance from source to receiver: k is [first + (k - 1/2) step, first + (k + 1/2) step). */
#include <math.h>

#include "survey/bins_list.h"

static pstm_status check(const pstm_bins_options *options, const char **key)
{
    if (options->offset.n > 0 && options->offset.step_m > 0) return PSTM_OK;
    if (options->offset.n > 0) {
        *key = "offsets.n";
        return pstm_fail(PSTM_USAGE, "needs the width of a class; give `offsets.step` too");
    }
    if (options->offset.step_m > 0) {
        *key = "offsets.step";
        return pstm_fail(PSTM_USAGE, "needs the number of classes; give `offsets.n` too");
    }
    if (options->offset.first_m > 0) {
        *key = "offsets.first";
        return pstm_fail(PSTM_USAGE, "needs `offsets.step` and `offsets.n` too");
    }
    *key = "bins.kind";
    return pstm_fail(PSTM_USAGE, "`offset` needs `offsets.step` and `offsets.n`; give them, or say `all`");
}

static int32_t n_classes(const pstm_bins_options *options)
{
    return options->offset.n;
}

/* Lower edge of class k: the one formula that both sides of an edge are decided by. */
static double edge_m(const pstm_bins_options *options, double k)
{
    return options->offset.first_m + (k - 0.5) * options->offset.step_m;
}

static int32_t class_of(const pstm_bins_options *options, const pstm_trace *trace)
{
    const double offset_m = pstm_trace_offset_m(trace);
    const int32_t n = options->offset.n;
    if (!(offset_m >= edge_m(options, 0) && offset_m < edge_m(options, n))) return -1;

    /* The division may round across an edge; the edges themselves decide. */
    int32_t k = (int32_t)floor((offset_m - options->offset.first_m) / options->offset.step_m + 0.5);
    while (k > 0 && offset_m < edge_m(options, k))
        k--;
    while (k < n - 1 && offset_m >= edge_m(options, k + 1.0))
        k++;
    return k;
}

static pstm_class_centre centre(const pstm_bins_options *options, int32_t class_index)
{
    pstm_class_centre centre = PSTM_NO_CENTRE;
    centre.offset_m = options->offset.first_m + class_index * options->offset.step_m;
    return centre;
}

const pstm_bins_ops pstm_bins_offset = {check, n_classes, class_of, centre};
