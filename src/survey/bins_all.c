/* One class with all traces. */
#include "survey/bins_list.h"

static pstm_status check(const pstm_bins_options *options, const char **key)
{
    if (!pstm_bins_offsets_given(options)) return PSTM_OK;
    *key = "bins.kind";
    return pstm_fail(PSTM_USAGE, "`all` is one class, and `offsets` asks for several; say `offset`, or leave "
                                 "`offsets` out");
}

static int32_t n_classes(const pstm_bins_options *options)
{
    (void)options;
    return 1;
}

static int32_t class_of(const pstm_bins_options *options, const pstm_trace *trace)
{
    (void)options;
    (void)trace;
    return 0;
}

static pstm_class_centre centre(const pstm_bins_options *options, int32_t class_index)
{
    (void)options;
    (void)class_index;
    return (pstm_class_centre)PSTM_NO_CENTRE;
}

const pstm_bins_ops pstm_bins_all = {check, n_classes, class_of, centre};
