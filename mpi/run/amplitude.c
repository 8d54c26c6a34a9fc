#include "mpi/run/amplitude.h"

#include <math.h>

#include "condition/wavelet.h"
#include "core/log.h"
#include "core/memory.h"
#include "mpi/comm/agree.h"
#include "mpi/survey/class_facts.h"

/* ---- what the job alone tells ------------------------------------------------------------------------ */

static bool is_true(const pstm_job *job)
{
    return pstm_weight_is_true((int)job->weight);
}

static bool wants_bands(const pstm_job *job, const pstm_bins *bins)
{
    return is_true(job) && bins->options.kind == PSTM_BINS_ALL;
}

bool pstm_run_wants_areas(const pstm_job *job)
{
    return is_true(job) && job->areas == PSTM_AREAS_VORONOI;
}

int32_t pstm_run_most_classes(const pstm_job *job, const pstm_bins *bins)
{
    return wants_bands(job, bins) ? PSTM_MOST_BANDS : bins->n;
}

/* ---- what the survey tells --------------------------------------------------------------------------- */

void pstm_run_choose_weight(const pstm_run_survey *survey, pstm_weight *weight)
{
    if (survey->on_a_line) *weight = (pstm_weight)pstm_weight_on_line((int)*weight);
}

/* The farthest corner of the grid from the line. */
static double beside_line_m(const pstm_grid *grid, const pstm_line *line)
{
    double most_m = 0;
    for (int c = 0; c < 4; c++) {
        double x, y;
        pstm_grid_node(grid, c / 2 == 0 ? 0 : grid->n_inline - 1, c % 2 == 0 ? 0 : grid->n_crossline - 1, &x,
                       &y);
        most_m =
            fmax(most_m, fabs((x - line->from.x_m) * line->unit.y_m - (y - line->from.y_m) * line->unit.x_m));
    }
    return most_m;
}

/* Locations beside a line by more than this part of the grid's length along it. */
static const double BESIDE = 0.05;

static pstm_status doubt_line(const pstm_run_survey *survey, const pstm_grid *grid, pstm_doubts *doubts)
{
    const double beside_m = beside_line_m(grid, &survey->line);
    const double length_m =
        fmax((grid->n_inline - 1) * grid->step_inline_m, (grid->n_crossline - 1) * grid->step_crossline_m);
    const double most_m = fmax(BESIDE * length_m, fmax(grid->step_inline_m, grid->step_crossline_m));
    if (beside_m <= most_m) return PSTM_OK;
    return pstm_doubts_add(doubts, PSTM_DOUBT_AMPLITUDE, false,
                           "grid: locations are up to %.0f m beside the 2D line of the traces", beside_m);
}

/* What lies beside the straight line through a survey in 3D, as a part of its length, at least: narrower ones
 * are crooked lines, over which the sum has nothing to go across. */
static const double NARROW = 0.03;

/* Coordinates in whole metres put both ends and what lies between them so far beside it. */
static const double ROUNDED_M = 2;

static pstm_status doubt_strip(const pstm_line *line, pstm_doubts *doubts)
{
    if (line->beside_m > NARROW * line->length_m || line->beside_m <= ROUNDED_M) return PSTM_OK;
    return pstm_doubts_add(
        doubts, PSTM_DOUBT_AMPLITUDE, false,
        "the traces lie up to %.0f m beside a straight line of %.0f m: more than the %g %% of "
        "a 2D line, and too narrow a strip for the weight of a 3D survey",
        line->beside_m, line->length_m, 100 * PSTM_LINE_TOLERANCE);
}

pstm_status pstm_run_doubt_amplitude(const pstm_run_survey *survey, const pstm_job *job, pstm_doubts *doubts)
{
    const pstm_condition_options *condition = &job->condition;
    const pstm_wavelet right = survey->on_a_line ? PSTM_WAVELET_2D : PSTM_WAVELET_3D;
    if (!is_true(job)) return PSTM_OK;
    if (condition->agc_s > 0)
        PSTM_TRY(pstm_doubts_add(doubts, PSTM_DOUBT_AMPLITUDE, false,
                                 "condition.agc: %g s divides by the amplitudes that are wanted",
                                 condition->agc_s));
    if (survey->wavelet != right)
        PSTM_TRY(pstm_doubts_add(doubts, PSTM_DOUBT_AMPLITUDE, false,
                                 "condition.wavelet: %s, where the weight for %s wants %s",
                                 pstm_wavelet_name(survey->wavelet),
                                 survey->on_a_line ? "a 2D line" : "a 3D survey", pstm_wavelet_name(right)));
    if (survey->on_a_line) return doubt_line(survey, &job->grid, doubts);
    PSTM_TRY(doubt_strip(&survey->line, doubts));
    if (!pstm_weight_wants_line((int)job->weight)) return PSTM_OK;
    return pstm_doubts_add(doubts, PSTM_DOUBT_AMPLITUDE, false,
                           "migrate.weight: %s, and the traces are not within %g %% of a straight line",
                           pstm_weight_word((int)job->weight), 100 * PSTM_LINE_TOLERANCE);
}

const char *pstm_run_amplitude_text(const pstm_job *job)
{
    if (!is_true(job))
        return job->aperture.taper > 0
                   ? "kinematic: weighted sums, and /stack is divided by the sum of the tapers, at least 1"
                   : "kinematic: weighted sums, and /stack is divided by the fold";
    if (!pstm_run_wants_areas(job)) return "relative: reflectivity times wavelet and an unknown factor";
    return job->condition.spreading == PSTM_INPUT_RAW
               ? "reflectivity times wavelet; the spreading of point sources is taken out"
               : "reflectivity times wavelet, of input that is corrected for spreading";
}

/* What is being found, and of what. */
typedef struct finder {
    const pstm_machine *machine;
    const pstm_job *job;
    pstm_areas_work work;
    pstm_run_amplitude *amplitude;
} finder;

/* Of the classes of the work. Collective. */
static pstm_status find_facts(const finder *f, pstm_class_facts *facts)
{
    return pstm_class_facts_find(f->machine->comm, f->work.rows, f->work.tree, f->work.bins,
                                 &f->job->condition, facts);
}

/* Bands from the least offset on, a millimetre below it so that no rounding leaves it out. */
static pstm_bins bands_of(const pstm_bins *bins, const pstm_class_facts *all, double spacing_m)
{
    const double slack_m = 0.001, low_m = all->least_offset_m - slack_m;
    const double width_m = all->most_offset_m + slack_m - low_m;
    const double n = fmin(floor(width_m / (2 * spacing_m)) + 1, PSTM_MOST_BANDS);
    const double band_m = fmax(2 * spacing_m, width_m / (PSTM_MOST_BANDS - 0.1));
    const pstm_bins_options options = {
        .kind = PSTM_BINS_OFFSET,
        .offset = {.first_m = low_m + band_m / 2, .step_m = band_m, .n = (int32_t)n}};
    return pstm_bins_make(&options, &bins->select_m);
}

/* Divides the work's only class into bands. Collective. */
static pstm_status find_bands(finder *f)
{
    pstm_run_amplitude *amplitude = f->amplitude;
    pstm_class_facts all;
    double spacing_m;
    PSTM_TRY(find_facts(f, &all));
    PSTM_TRY(pstm_spacings_find(f->machine->comm, &f->work, &spacing_m));
    amplitude->has_bands = true;
    amplitude->bands = bands_of(f->work.bins, &all, spacing_m);
    f->work.bins = &amplitude->bands;
    pstm_note("  all traces are imaged in %d band(s) of offset, each %.3g m wide, and averaged",
              amplitude->bands.n, amplitude->bands.options.offset.step_m);
    return PSTM_OK;
}

static void note_spacings(const pstm_areas *areas, bool on_a_line)
{
    double least = INFINITY, most = 0;
    for (int32_t c = 0; c < areas->n_classes; c++) {
        least = fmin(least, areas->spacing_m[c]);
        most = fmax(most, areas->spacing_m[c]);
    }
    pstm_note("  traces stand for %s; midpoints of a class are about %.3g to %.3g m apart",
              on_a_line ? "lengths of the line" : "areas", least, most);
}

/* Collective. */
static pstm_status find_live(const finder *f)
{
    const pstm_bins *bins = f->work.bins;
    pstm_class_facts *facts = NULL;
    pstm_live_class **live = &f->amplitude->live;
    pstm_status status = PSTM_NEW(&facts, bins->n, "facts of classes");
    if (status == PSTM_OK) status = PSTM_NEW(live, bins->n, "live classes");
    PSTM_GO(pstm_agree(f->machine->comm, status));
    PSTM_GO(find_facts(f, facts));
    for (int32_t c = 0; c < bins->n; c++) {
        const double centre_m = pstm_bins_centre(bins, c).offset_m;
        (*live)[c] =
            (pstm_live_class){.half_offset_m = 0.5 * (isfinite(centre_m) ? centre_m : facts[c].offset_m),
                              .begin_s = facts[c].begin_s,
                              .end_s = facts[c].end_s};
    }
cleanup:
    PSTM_FREE(&facts);
    return status;
}

pstm_status pstm_run_find_amplitude(const pstm_machine *machine, const pstm_run_survey *survey,
                                    const pstm_run_store *store, const pstm_job *job, const pstm_bins *bins,
                                    pstm_run_amplitude *amplitude)
{
    finder f = {.machine = machine,
                .job = job,
                .work = {.rows = store->rows,
                         .tree = survey->tree,
                         .bins = bins,
                         .line = survey->on_a_line ? &survey->line : NULL,
                         .n_threads = machine->n_threads},
                .amplitude = amplitude};
    if (!is_true(job)) return PSTM_OK;
    if (wants_bands(job, bins)) PSTM_TRY(find_bands(&f));
    PSTM_TRY(find_live(&f));
    if (!pstm_run_wants_areas(job)) return PSTM_OK;
    PSTM_TRY(pstm_areas_make(machine->comm, &f.work, &amplitude->areas));
    note_spacings(&amplitude->areas, survey->on_a_line);
    return PSTM_OK;
}

void pstm_run_amplitude_clear(pstm_run_amplitude *amplitude)
{
    pstm_areas_clear(&amplitude->areas);
    PSTM_FREE(&amplitude->live);
}
