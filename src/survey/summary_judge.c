#include <inttypes.h>
#include <math.h>

#include "survey/summary.h"

/**
 * Parts of the image's times up to which records last: images are often made a little longer than records,
 * not twice as long; below the lesser part the sample interval or the image's times are wrong.
 */
static const double SHORT_RECORDS = 0.5, HARDLY_ANY_RECORD = 0.05;

/** Where fewer of the traces near enough can contribute than this part, times in the headers are doubtful. */
static const double MANY_RECORDED = 0.5;

/** With midpoints in fewer of the grid's parts than this, beside an orientation that covers all, it is an
 * error. */
static const double HARDLY_COVERED = 0.25;

/**
 * Midpoints in no more of the grid's parts than this, or in one: the grid lies elsewhere, or its steps are
 * others. A line over an image of many inlines has midpoints in an eighth. Fewer parts, or fewer traces than
 * parts, as in an impulse response, tell nothing.
 */
static const double NEXT_TO_NONE = 1.0 / 16;
enum { ENOUGH_PARTS = 8 };

/* ---- no image ---------------------------------------------------------------------------------------- */

static pstm_status check_traces(const pstm_survey_summary *s)
{
    if (s->n_usable == 0)
        return pstm_fail(PSTM_DATA,
                         "none of the %" PRId64 " traces is usable: %" PRId64
                         " are not live seismic traces by their identification code (bytes 29-30; see "
                         "input.bytes.trace_id), %" PRId64 " have no position",
                         s->n_traces, s->n_fate[PSTM_TRACE_NOT_SEISMIC],
                         s->n_fate[PSTM_TRACE_NO_POSITION] + s->n_fate[PSTM_TRACE_NO_COORDINATES]);
    if (s->n_no_class < s->n_usable) return PSTM_OK;
    return pstm_fail(PSTM_DATA,
                     "no trace is in a class: offsets are %g to %g m; see `bins`, `offsets` and "
                     "`input.select.offset`",
                     s->min_offset_m, s->max_offset_m);
}

static pstm_status doubt_reach(const pstm_survey_summary *s, const pstm_extent *extent, pstm_doubts *doubts)
{
    const pstm_box *m = &s->midpoints, box = pstm_extent_box(extent);
    return pstm_doubts_add(
        doubts, PSTM_DOUBT_EMPTY_IMAGE, true,
        "no trace reaches the grid: midpoints are in x %.1f to %.1f, y %.1f to %.1f m, the "
        "grid (or its target) is in x %.1f to %.1f, y %.1f to %.1f m, offsets are %g to %g m, "
        "the aperture is %g m",
        m->min_x_m, m->max_x_m, m->min_y_m, m->max_y_m, box.min_x_m, box.max_x_m, box.min_y_m, box.max_y_m,
        s->min_offset_m, s->max_offset_m, extent->reach_m);
}

static pstm_status doubt_all_records(const pstm_survey_summary *s, const pstm_extent *extent,
                                     pstm_doubts *doubts)
{
    const pstm_box *m = &s->midpoints, box = pstm_extent_box(extent);
    return pstm_doubts_add(
        doubts, PSTM_DOUBT_EMPTY_IMAGE, true,
        "no trace is recorded when reflections arrive from the image: records (delay, "
        "samples, mutes) are within %g to %g s, of a sample interval of %g ms; the image is "
        "of %g to %g s; offsets are %g to %g m, the aperture is %g m; midpoints are in x "
        "%.1f to %.1f, y %.1f to %.1f m, the grid is in x %.1f to %.1f, y %.1f to %.1f m",
        s->first_s, s->last_s, 1e3 * extent->sample_s, extent->first_s, extent->last_s, s->min_offset_m,
        s->max_offset_m, extent->reach_m, m->min_x_m, m->max_x_m, m->min_y_m, m->max_y_m, box.min_x_m,
        box.max_x_m, box.min_y_m, box.max_y_m);
}

/* ---- next to none ------------------------------------------------------------------------------------ */

static pstm_status doubt_records(const pstm_survey_summary *s, const pstm_extent *extent, pstm_doubts *doubts)
{
    const double window_s = extent->last_s - extent->first_s;
    const double part = window_s > 0 ? (s->last_s - extent->first_s) / window_s : 1;
    if (part < SHORT_RECORDS)
        PSTM_TRY(
            pstm_doubts_add(doubts, PSTM_DOUBT_RECORD_WINDOW, part < HARDLY_ANY_RECORD,
                            "the records end at %g s (sample interval %g ms) and the image goes from %g to "
                            "%g s: the rest of it will be empty",
                            s->last_s, 1e3 * extent->sample_s, extent->first_s, extent->last_s));
    if ((double)s->n_recorded >= MANY_RECORDED * (double)s->n_reach) return PSTM_OK;
    return pstm_doubts_add(
        doubts, PSTM_DOUBT_RECORD_WINDOW, false,
        "%" PRId64 " of the %" PRId64
        " traces near enough to the grid are not recorded when reflections arrive from the "
        "image (%g to %g s); records are within %g to %g s, offsets %g to %g m",
        s->n_reach - s->n_recorded, s->n_reach, extent->first_s, extent->last_s, s->first_s, s->last_s,
        s->min_offset_m, s->max_offset_m);
}

static pstm_status doubt_bare_grid(const pstm_survey_summary *s, const pstm_extent *extent,
                                   pstm_doubts *doubts)
{
    const pstm_grid *grid = extent->grid;
    const pstm_box *m = &s->midpoints;
    const int n = pstm_coverage_count(&s->coverage, PSTM_ORIENTATION_GIVEN),
              n_parts = pstm_coverage_n_parts(grid);
    if (pstm_coverage_better(&s->coverage, grid) != PSTM_ORIENTATION_GIVEN) return PSTM_OK;
    if (n_parts < ENOUGH_PARTS || s->n_usable < n_parts || n > fmax(1, NEXT_TO_NONE * n_parts))
        return PSTM_OK;
    return pstm_doubts_add(doubts, PSTM_DOUBT_GRID_POSITION, false,
                           "midpoints lie in %d of %d parts of the grid (origin %.1f, %.1f m, azimuth %g, %d "
                           "inlines %g m and %d "
                           "crosslines %g m apart), and are in x %.1f to %.1f, y %.1f to %.1f m",
                           n, n_parts, grid->origin_x_m, grid->origin_y_m, grid->azimuth_deg,
                           (int)grid->n_inline, grid->step_inline_m, (int)grid->n_crossline,
                           grid->step_crossline_m, m->min_x_m, m->max_x_m, m->min_y_m, m->max_y_m);
}

static pstm_status doubt_grid(const pstm_survey_summary *s, const pstm_extent *extent, pstm_doubts *doubts)
{
    static const char *const how[PSTM_ORIENTATIONS] = {
        NULL, "with grid.azimuth 90 degrees more", "with grid.azimuth 180 degrees more",
        "with grid.azimuth 90 degrees less", "with x and y of the traces swapped"};
    const pstm_grid *grid = extent->grid;
    const pstm_orientation better = pstm_coverage_better(&s->coverage, grid);
    const int n_given = pstm_coverage_count(&s->coverage, PSTM_ORIENTATION_GIVEN);
    if (better == PSTM_ORIENTATION_GIVEN) return PSTM_OK;
    return pstm_doubts_add(
        doubts, PSTM_DOUBT_GRID_POSITION, n_given <= HARDLY_COVERED * pstm_coverage_n_parts(grid),
        "midpoints lie in %d of %d parts of the grid (origin %.1f, %.1f m, azimuth %g); %s "
        "they lie in %d",
        n_given, pstm_coverage_n_parts(grid), grid->origin_x_m, grid->origin_y_m, grid->azimuth_deg,
        how[better], pstm_coverage_count(&s->coverage, better));
}

pstm_status pstm_survey_summary_judge(const pstm_survey_summary *summary, const pstm_extent *extent,
                                      pstm_doubts *doubts)
{
    PSTM_TRY(check_traces(summary));
    PSTM_TRY(doubt_grid(summary, extent, doubts));
    if (summary->n_reach == 0) return doubt_reach(summary, extent, doubts);
    if (summary->n_recorded == 0) return doubt_all_records(summary, extent, doubts);
    PSTM_TRY(doubt_bare_grid(summary, extent, doubts));
    return doubt_records(summary, extent, doubts);
}
