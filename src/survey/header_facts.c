#include "survey/header_facts.h"

static const pstm_box no_box = {INFINITY, -INFINITY, INFINITY, -INFINITY};

/**
 * The origin is far from all ends when it lies this fraction of their box's diagonal outside of it. A line of
 * local coordinates that begins at (0, 0) has its next end a station away.
 */
static const double FAR_FRACTION = 0.1;

pstm_header_facts pstm_header_facts_none(void)
{
    pstm_header_facts facts = {.least_samples = INT32_MAX,
                               .least_delay_s = INFINITY,
                               .most_delay_s = -INFINITY,
                               .sources = no_box,
                               .receivers = no_box,
                               .least_record = INT32_MAX,
                               .most_record = INT32_MIN};
    for (int i = 0; i < PSTM_COORDINATE_SCALARS; i++)
        facts.of_scalar[i] = no_box;
    return facts;
}

static void add_counts(pstm_header_facts *facts, const pstm_header_facts *other)
{
    facts->n_traces += other->n_traces;
    facts->n_left_out += other->n_left_out;
    facts->codes_left_out |= other->codes_left_out;
    facts->n_short += other->n_short;
    facts->n_muted += other->n_muted;
    facts->n_mostly_muted += other->n_mostly_muted;
    facts->n_delayed += other->n_delayed;
    facts->n_source_at_origin += other->n_source_at_origin;
    facts->n_receiver_at_origin += other->n_receiver_at_origin;
    facts->n_both_at_origin += other->n_both_at_origin;
    facts->n_zero_offset += other->n_zero_offset;
    facts->n_cdp += other->n_cdp;
    facts->n_offset += other->n_offset;
    facts->n_offset_differs += other->n_offset_differs;
}

static int32_t lesser(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static int32_t greater(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

void pstm_header_facts_add(pstm_header_facts *facts, const pstm_header_facts *other)
{
    add_counts(facts, other);
    facts->least_samples = lesser(facts->least_samples, other->least_samples);
    facts->of_samples = greater(facts->of_samples, other->of_samples);
    facts->least_delay_s = fmin(facts->least_delay_s, other->least_delay_s);
    facts->most_delay_s = fmax(facts->most_delay_s, other->most_delay_s);
    facts->longest_s = fmax(facts->longest_s, other->longest_s);
    facts->sources = pstm_box_unite(&facts->sources, &other->sources);
    facts->receivers = pstm_box_unite(&facts->receivers, &other->receivers);
    facts->least_record = lesser(facts->least_record, other->least_record);
    facts->most_record = greater(facts->most_record, other->most_record);
    for (int i = 0; i < PSTM_COORDINATE_SCALARS; i++) {
        facts->n_of_scalar[i] += other->n_of_scalar[i];
        facts->of_scalar[i] = pstm_box_unite(&facts->of_scalar[i], &other->of_scalar[i]);
    }
}

/* ---- traces without coordinates ---------------------------------------------------------------------- */

static bool is_at_origin(double x_m, double y_m)
{
    return x_m == 0 && y_m == 0;
}

/* Of all ends that are not at the origin. */
static bool origin_is_far(const pstm_header_facts *facts)
{
    static const pstm_box origin = {0};
    const pstm_box ends = pstm_box_unite(&facts->sources, &facts->receivers);
    const double diagonal_m = hypot(ends.max_x_m - ends.min_x_m, ends.max_y_m - ends.min_y_m);
    return sqrt(pstm_box_distance2_m2(&ends, &origin)) > FAR_FRACTION * diagonal_m;
}

bool pstm_header_facts_lack(const pstm_header_facts *facts, bool sources)
{
    const int64_t n_lacking = sources ? facts->n_source_at_origin : facts->n_receiver_at_origin;
    const int64_t n_other = facts->n_traces - facts->n_both_at_origin;
    return n_other > 0 && 2 * (n_lacking - facts->n_both_at_origin) > n_other;
}

static bool has_no_coordinates(const pstm_trace *t, bool one_is_enough, bool both_are_enough)
{
    const bool source = is_at_origin(t->source_x_m, t->source_y_m);
    const bool receiver = is_at_origin(t->receiver_x_m, t->receiver_y_m);
    if (t->fate != PSTM_TRACE_KEPT) return false;
    return (one_is_enough && (source || receiver)) || (both_are_enough && source && receiver);
}

int64_t pstm_header_facts_drop(const pstm_header_facts *facts, pstm_trace *traces, int64_t n)
{
    const pstm_header_facts *f = facts;
    const int64_t n_both = f->n_both_at_origin;
    if ((f->n_source_at_origin == 0 && f->n_receiver_at_origin == 0) || n_both == f->n_traces) return 0;
    const bool is_far = origin_is_far(f);
    const bool others_have_none =
        f->n_source_at_origin == n_both && f->n_receiver_at_origin == n_both && f->n_zero_offset == 0;
    const bool one = is_far && !pstm_header_facts_lack(f, true) && !pstm_header_facts_lack(f, false);
    int64_t n_dropped = 0;
    for (int64_t i = 0; i < n; i++) {
        if (!has_no_coordinates(&traces[i], one, is_far || others_have_none)) continue;
        traces[i].fate = PSTM_TRACE_NO_COORDINATES;
        n_dropped++;
    }
    return n_dropped;
}
