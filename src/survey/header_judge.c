#include "survey/header_judge.h"

#include <inttypes.h>
#include <math.h>

/** More than this fraction of the traces shortened is no matter of a few traces: the counts are stale. */
static const double FEW_SHORT = 0.1;

/** Front mutes take a part of a trace, more than half of it from the farthest traces only. */
static const double FEW_MOSTLY_MUTED = 0.1, MANY_MOSTLY_MUTED = 0.5;

/** Delays follow the depth of water from record to record, over a part of a record. */
static const double STEADY_DELAY = 0.25;

/** Two boxes that have half of their length in common are in the same place. */
static const double SAME_PLACE = 0.5;

/** What a job and its headers are judged by. */
typedef struct hearing {
    const pstm_header_facts *facts;
    const pstm_input_options *input;
    const char *place;
    pstm_doubts *doubts;
} hearing;

static bool is_point(const pstm_box *box)
{
    return box->min_x_m == box->max_x_m && box->min_y_m == box->max_y_m;
}

/* ---- positions --------------------------------------------------------------------------------------- */

static bool all_at(int64_t n_at_origin, const pstm_box *others, const pstm_header_facts *facts)
{
    return n_at_origin == facts->n_traces || (n_at_origin == 0 && is_point(others));
}

/* Most traces have an offset in their headers, and most of those are the distance, or are not. */
static bool offsets_agree(const pstm_header_facts *f)
{
    return 2 * f->n_offset > f->n_traces && 2 * f->n_offset_differs <= f->n_offset;
}

static bool offsets_differ(const pstm_header_facts *f)
{
    return 2 * f->n_offset > f->n_traces && 2 * f->n_offset_differs > f->n_offset;
}

static pstm_status doubt_one_place(const hearing *h)
{
    const pstm_header_facts *f = h->facts;
    const bool at_origin = f->n_both_at_origin == f->n_traces;
    const bool cdp = h->input->geometry == PSTM_GEOMETRY_CDP_OFFSET;
    return pstm_doubts_add(
        h->doubts, PSTM_DOUBT_NO_GEOMETRY, true,
        "%s: all sources and receivers are at (%g, %g) by %s (bytes %d, %d%s): the headers "
        "hold no geometry at these bytes; CDP x, y (bytes %d, %d) are set in %" PRId64 " of %" PRId64
        " traces, the offset (byte %d) in %" PRId64,
        h->place, at_origin ? 0 : f->sources.min_x_m, at_origin ? 0 : f->sources.min_y_m,
        cdp ? "CDP and offset" : "their coordinates",
        (int)(cdp ? h->input->bytes.cdp_x : h->input->bytes.source_x),
        (int)(cdp ? h->input->bytes.cdp_y : h->input->bytes.source_y), cdp ? "" : " ...",
        (int)h->input->bytes.cdp_x, (int)h->input->bytes.cdp_y, f->n_cdp, f->n_traces,
        (int)h->input->bytes.offset, f->n_offset);
}

/* One source under many receivers is a shot record, and one receiver under many sources a receiver gather:
 * unless other headers speak against it, or there is no position. */
static bool end_is_missing(const pstm_header_facts *f, bool source)
{
    const int64_t n_at_origin = source ? f->n_source_at_origin : f->n_receiver_at_origin;
    const bool many_records = f->most_record > f->least_record;
    if (pstm_header_facts_lack(f, source)) return !offsets_agree(f);
    if (!all_at(n_at_origin, source ? &f->sources : &f->receivers, f)) return false;
    return offsets_differ(f) || (many_records == source && !offsets_agree(f));
}

static pstm_status doubt_missing_end(const hearing *h, bool source)
{
    const pstm_header_facts *f = h->facts;
    const pstm_header_bytes *bytes = &h->input->bytes;
    const int64_t n_at_origin = source ? f->n_source_at_origin : f->n_receiver_at_origin;
    const pstm_box *box = source ? &f->sources : &f->receivers;
    return pstm_doubts_add(
        h->doubts, PSTM_DOUBT_MISSING_POSITION, true,
        "%s: the %s (bytes %d, %d) is at (%g, %g) in %" PRId64 " of %" PRId64
        " traces while the %s varies; the offset (byte %d) is not the distance in %" PRId64
        " traces, field records (byte 9) are %d to %d",
        h->place, source ? "source" : "receiver", (int)(source ? bytes->source_x : bytes->receiver_x),
        (int)(source ? bytes->source_y : bytes->receiver_y), n_at_origin > 0 ? 0 : box->min_x_m,
        n_at_origin > 0 ? 0 : box->min_y_m, n_at_origin > 0 ? n_at_origin : f->n_traces, f->n_traces,
        source ? "receiver" : "source", (int)bytes->offset, f->n_offset_differs, (int)f->least_record,
        (int)f->most_record);
}

static pstm_status doubt_offsets(const hearing *h)
{
    const pstm_header_facts *f = h->facts;
    const bool all_zero = f->n_zero_offset + f->n_both_at_origin == f->n_traces;
    if (!offsets_differ(f)) return PSTM_OK;
    return pstm_doubts_add(h->doubts, PSTM_DOUBT_OFFSET_HEADER, all_zero,
                           "%s: the offset (byte %d) is not the distance from source to receiver in %" PRId64
                           " of %" PRId64 " traces%s",
                           h->place, (int)h->input->bytes.offset, f->n_offset_differs, f->n_traces,
                           all_zero ? "; that is 0 in all" : "");
}

static pstm_status doubt_positions(const hearing *h)
{
    const pstm_header_facts *f = h->facts;
    const pstm_box ends = pstm_box_unite(&f->sources, &f->receivers);
    const bool none_at_origin = f->n_source_at_origin == 0 && f->n_receiver_at_origin == 0;
    if (f->n_traces == 1) return PSTM_OK;
    if (f->n_both_at_origin == f->n_traces || (none_at_origin && is_point(&ends))) return doubt_one_place(h);
    if (h->input->geometry == PSTM_GEOMETRY_CDP_OFFSET) return PSTM_OK;
    const bool source = end_is_missing(f, true), receiver = end_is_missing(f, false);
    if (source) PSTM_TRY(doubt_missing_end(h, true));
    if (receiver) PSTM_TRY(doubt_missing_end(h, false));
    return source || receiver ? PSTM_OK : doubt_offsets(h);
}

static pstm_status doubt_dropped(const hearing *h, const pstm_dropped_headers *dropped)
{
    const pstm_box ends = pstm_box_unite(&h->facts->sources, &h->facts->receivers);
    if (dropped->n == 0) return PSTM_OK;
    return pstm_doubts_add(h->doubts, PSTM_DOUBT_NO_COORDINATES, false,
                           "%s: source or receiver is at (0, 0) in %" PRId64 " of %" PRId64
                           " traces, from trace %" PRId64
                           " on, unlike the others, which lie in x %.1f to %.1f, y %.1f to %.1f m: they are "
                           "left out",
                           dropped->place, dropped->n, h->facts->n_traces, dropped->first_number + 1,
                           ends.min_x_m, ends.max_x_m, ends.min_y_m, ends.max_y_m);
}

/* ---- identification codes ---------------------------------------------------------------------------- */

/** A byte that holds something else, such as the channel, has many values; of dead and auxiliary traces there
 * are two or three kinds, and beside a single channel they may be most. */
enum { FEW_CODES = 3 };
static const double MANY_LEFT_OUT = 0.5, MOST_LEFT_OUT = 0.75;

static pstm_status doubt_codes(const hearing *h)
{
    const pstm_header_facts *f = h->facts;
    const int n_codes = __builtin_popcountll(f->codes_left_out);
    const double n = (double)(f->n_traces + f->n_left_out);
    if ((double)f->n_left_out <= (n_codes > FEW_CODES ? MANY_LEFT_OUT : MOST_LEFT_OUT) * n) return PSTM_OK;
    return pstm_doubts_add(
        h->doubts, PSTM_DOUBT_TRACE_ID, false,
        "%s: %" PRId64 " of %" PRId64 " traces are not live seismic traces by their identification code "
        "(byte %d), which has %d such values",
        h->place, f->n_left_out, f->n_traces + f->n_left_out, (int)h->input->bytes.trace_id, n_codes);
}

/* ---- scalars ----------------------------------------------------------------------------------------- */

static double scalar_of(int i)
{
    return i <= 4 ? pow(10, i) : -pow(10, i - 4);
}

static double factor_of(int i)
{
    return i <= 4 ? pow(10, i) : pow(10, 4 - i);
}

/* Of two closed ranges: what they have in common over what they cover; 1 for one point. */
static double overlap(double min_a, double max_a, double min_b, double max_b)
{
    const double all = fmax(max_a, max_b) - fmin(min_a, min_b);
    return all > 0 ? fmax(fmin(max_a, max_b) - fmax(min_a, min_b), 0) / all : 1;
}

/* Of two boxes, the second one times `factor`, along the axis on which they reach farther. */
static double overlap_of_boxes(const pstm_box *a, const pstm_box *b, double factor)
{
    const double x_m = fmax(fabs(a->max_x_m), fabs(a->min_x_m)),
                 y_m = fmax(fabs(a->max_y_m), fabs(a->min_y_m));
    if (y_m > x_m) return overlap(a->min_y_m, a->max_y_m, factor * b->min_y_m, factor * b->max_y_m);
    return overlap(a->min_x_m, a->max_x_m, factor * b->min_x_m, factor * b->max_x_m);
}

/* Numbers alike under scalars that are not: one scalar or the other is wrong. */
static pstm_status doubt_pair_of_scalars(const hearing *h, int i, int k)
{
    const pstm_header_facts *f = h->facts;
    const pstm_box *a = &f->of_scalar[i], *b = &f->of_scalar[k];
    if (f->n_of_scalar[i] == 0 || f->n_of_scalar[k] == 0) return PSTM_OK;
    if (overlap_of_boxes(a, b, 1) >= SAME_PLACE) return PSTM_OK;
    if (overlap_of_boxes(a, b, factor_of(i) / factor_of(k)) < SAME_PLACE) return PSTM_OK;
    return pstm_doubts_add(
        h->doubts, PSTM_DOUBT_COORDINATE_SCALARS, false,
        "%s: coordinates of %" PRId64 " traces have the scalar %g, of %" PRId64
        " the scalar %g (byte %d), and the numbers before it are alike: midpoints are in x "
        "%.1f to %.1f, y %.1f to %.1f m and in x %.1f to %.1f, y %.1f to %.1f m",
        h->place, f->n_of_scalar[i], scalar_of(i), f->n_of_scalar[k], scalar_of(k),
        (int)h->input->bytes.coordinate_scalar, a->min_x_m, a->max_x_m, a->min_y_m, a->max_y_m, b->min_x_m,
        b->max_x_m, b->min_y_m, b->max_y_m);
}

static pstm_status doubt_scalars(const hearing *h)
{
    for (int i = 0; i < PSTM_COORDINATE_SCALARS; i++)
        for (int k = i + 1; k < PSTM_COORDINATE_SCALARS; k++)
            PSTM_TRY(doubt_pair_of_scalars(h, i, k));
    return PSTM_OK;
}

/* ---- what headers change ----------------------------------------------------------------------------- */

static pstm_status doubt_counts(const hearing *h)
{
    const pstm_header_facts *f = h->facts;
    if (f->n_short == 0) return PSTM_OK;
    return pstm_doubts_add(h->doubts, PSTM_DOUBT_TRACE_N_SAMPLES,
                           (double)f->n_short > FEW_SHORT * (double)f->n_traces,
                           "%s: the count of samples (byte %d) cuts %" PRId64 " of %" PRId64
                           " traces, to %d samples at least, where the file has up to %d for each",
                           h->place, (int)h->input->bytes.n_samples, f->n_short, f->n_traces,
                           (int)f->least_samples, (int)f->of_samples);
}

static pstm_status doubt_mutes(const hearing *h)
{
    const pstm_header_facts *f = h->facts;
    const double part = (double)f->n_mostly_muted / (double)f->n_traces;
    if (part <= FEW_MOSTLY_MUTED) return PSTM_OK;
    return pstm_doubts_add(h->doubts, PSTM_DOUBT_HEADER_MUTE, part > MANY_MOSTLY_MUTED,
                           "%s: the mute times (bytes %d, %d) take more than half of the record from %" PRId64
                           " of %" PRId64 " traces",
                           h->place, (int)h->input->bytes.mute_start, (int)h->input->bytes.mute_end,
                           f->n_mostly_muted, f->n_traces);
}

static pstm_status doubt_delays(const hearing *h)
{
    const pstm_header_facts *f = h->facts;
    if (!(f->most_delay_s - f->least_delay_s > STEADY_DELAY * f->longest_s)) return PSTM_OK;
    return pstm_doubts_add(
        h->doubts, PSTM_DOUBT_DELAY, false,
        "%s: the delays (byte %d) of the traces go from %g to %g s, and records are %g s long", h->place,
        (int)h->input->bytes.delay, f->least_delay_s, f->most_delay_s, f->longest_s);
}

pstm_status pstm_header_facts_judge(const pstm_header_facts *facts, const pstm_input_options *input,
                                    bool header_mute, const pstm_dropped_headers *dropped, const char *place,
                                    pstm_doubts *doubts)
{
    const hearing h = {facts, input, place, doubts};
    if (facts->n_traces == 0) return PSTM_OK;
    PSTM_TRY(doubt_codes(&h));
    PSTM_TRY(doubt_positions(&h));
    PSTM_TRY(doubt_dropped(&h, dropped));
    PSTM_TRY(doubt_scalars(&h));
    PSTM_TRY(doubt_counts(&h));
    if (header_mute) PSTM_TRY(doubt_mutes(&h));
    return doubt_delays(&h);
}
