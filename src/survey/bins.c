#include "survey/bins.h"

static const struct {
    const char *word;
    const pstm_bins_ops *ops;
} kinds[PSTM_BINS_KINDS] = {
#define KIND(word, NAME, help) [PSTM_BINS_##NAME] = {#word, &pstm_bins_##word},
    PSTM_BINS_LIST(KIND)
#undef KIND
};

pstm_bins_kind pstm_bins_kind_of(const pstm_bins_options *options)
{
    if (options->kind != PSTM_BINS_AUTO) return options->kind;
    return pstm_bins_offsets_given(options) ? PSTM_BINS_OFFSET : PSTM_BINS_ALL;
}

void pstm_bins_tidy(pstm_bins_options *options)
{
    pstm_bins_options automatic = *options;
    automatic.kind = PSTM_BINS_AUTO;
    if (pstm_bins_kind_of(&automatic) == options->kind) *options = automatic;
}

static const pstm_bins_ops *ops_of(const pstm_bins_options *options)
{
    return kinds[pstm_bins_kind_of(options)].ops;
}

const char *pstm_bins_word(pstm_bins_kind kind)
{
    return kinds[kind].word;
}

pstm_status pstm_bins_check(const pstm_bins_options *options, const char **key)
{
    return ops_of(options)->check(options, key);
}

int32_t pstm_bins_n_classes(const pstm_bins_options *options)
{
    return ops_of(options)->n_classes(options);
}

pstm_bins pstm_bins_make(const pstm_bins_options *options, const pstm_range *select_m)
{
    pstm_bins bins = {.options = *options, .n = pstm_bins_n_classes(options), .select_m = *select_m};
    bins.options.kind = pstm_bins_kind_of(options);
    return bins;
}

static bool is_selected(const pstm_bins *bins, const pstm_trace *trace)
{
    if (!bins->select_m.set) return true;
    const double offset_m = pstm_trace_offset_m(trace);
    return offset_m >= bins->select_m.first && offset_m <= bins->select_m.last;
}

int32_t pstm_bins_class(const pstm_bins *bins, const pstm_trace *trace)
{
    return is_selected(bins, trace) ? kinds[bins->options.kind].ops->class_of(&bins->options, trace) : -1;
}

pstm_class_centre pstm_bins_centre(const pstm_bins *bins, int32_t class_index)
{
    return kinds[bins->options.kind].ops->centre(&bins->options, class_index);
}
