#include "mpi/run/image.h"

#include <math.h>

#include "core/memory.h"
#include "core/place.h"
#include "device/antialias.h"
#include "mpi/run/keys.h"
#include "sum/real_double.h"

void pstm_run_image_begin(const pstm_job *job, pstm_run_image *image)
{
    *image = (pstm_run_image){
        .job = job, .sink = {.options = &job->output, .lock = -1}, .output = {.options = &job->output}};
}

/* ---- what the job tells ------------------------------------------------------------------------------ */

static double tan_of_angle(double angle_deg)
{
    return angle_deg >= 90 ? INFINITY : tan(angle_deg * (M_PI / 180));
}

static pstm_status list_centres(pstm_run_image *image)
{
    PSTM_TRY(PSTM_NEW(&image->centres, image->bins.n, "centres of the classes"));
    for (int32_t c = 0; c < image->bins.n; c++)
        image->centres[c] = pstm_bins_centre(&image->bins, c);
    return PSTM_OK;
}

pstm_status pstm_run_image_prepare(const pstm_run_options *options, pstm_run_image *image)
{
    const pstm_job *job = image->job;
    PSTM_TRY(pstm_journal_path(job->output.file, &image->sink.journal_path));
    image->bins = pstm_bins_make(&job->bins, &job->input.select_offset_m);
    PSTM_TRY(list_centres(image));
    PSTM_TRY(pstm_tiling_make(&job->grid, job->tile_inline, job->tile_crossline, &image->tiling));
    PSTM_TRY(pstm_target_select(&job->target, &job->grid, &image->tiling, &image->target));
    image->area = pstm_target_area(image->target, &image->tiling);
    if (options->n_shards > 0) PSTM_TRY(pstm_target_shard(image->target, options->shard, options->n_shards));
    PSTM_TRY(pstm_windows_single(&image->target->windows, "a cube", &image->window));
    image->aperture = (pstm_aperture){
        .aperture_m = job->aperture.distance_m,
        .aperture_tan = job->aperture.time_dependent ? tan_of_angle(job->aperture.angle_deg) : INFINITY};
    return PSTM_OK;
}

void pstm_run_image_plan_device(const pstm_inputs *inputs, int32_t n_threads, pstm_run_image *image)
{
    const pstm_job *job = image->job;
    pstm_device_plan plan = {.n_times = job->grid.n_times,
                             .time_first_s = job->grid.time_first_s,
                             .time_step_s = job->grid.time_step_s,
                             .k_begin = image->window.k_begin,
                             .k_end = image->window.k_end,
                             .n_samples = inputs->n_samples,
                             .sample_s = inputs->sample_s,
                             .n_classes = pstm_run_most_classes(job, &image->bins),
                             .law = pstm_job_law(job),
                             .weight = job->weight,
                             .n_levels = 1,
                             .aperture_m = image->aperture.aperture_m,
                             .aperture_tan = image->aperture.aperture_tan,
                             .aperture_taper = job->aperture.taper,
                             .fast_math = job->fast_math,
                             .depth_loop = !job->time_domain,
                             .n_threads = n_threads};
    if (job->antialias.method != PSTM_ANTIALIAS_OFF) {
        pstm_antialias_steps(&job->grid, job->antialias.coefficient, plan.bin_step_m);
        plan.n_levels = pstm_antialias_n_levels(&plan, image->velocity->range.least_m_s);
    }
    image->device_plan = plan;
}

pstm_extent pstm_run_image_extent(const pstm_run_image *image, double sample_s)
{
    const pstm_job *job = image->job;
    const pstm_velocity_range *range = &image->velocity->range;
    const double last_s = pstm_grid_time_s(&job->grid, image->window.k_end - 1);
    return (pstm_extent){.grid = &job->grid,
                         .bins = &image->bins,
                         .i_begin = image->area.i_begin,
                         .i_end = image->area.i_end,
                         .j_begin = image->area.j_begin,
                         .j_end = image->area.j_end,
                         .first_s = pstm_grid_time_s(&job->grid, image->window.k_begin),
                         .last_s = last_s,
                         .reach_m = pstm_aperture_at_m(&image->aperture, last_s, range->most_m_s),
                         .aperture_tan = image->aperture.aperture_tan,
                         .most_m_s = range->most_m_s,
                         .fastest_m_s = pstm_law_fastest_m_s(pstm_job_law(job), range->most_m_s),
                         .slowest_m_s = pstm_law_slowest_m_s(pstm_job_law(job), range->least_m_s),
                         .sample_s = sample_s,
                         .header_mute = job->condition.header_mute,
                         .mute_velocity_m_s = job->condition.mute_velocity_m_s,
                         .mute_delay_s = job->condition.mute_delay_s};
}

/* ---- its cube ---------------------------------------------------------------------------------------- */

/* Its shape, without its texts. */
static pstm_cube_about shape_of(const pstm_run_image *image)
{
    const pstm_job *job = image->job;
    return (pstm_cube_about){.grid = job->grid,
                             .n_classes = image->bins.n,
                             .centres = image->centres,
                             .gathers = pstm_job_writes_gathers(job),
                             .stack = job->output.stack,
                             .fold = job->output.fold,
                             .k_begin = image->window.k_begin,
                             .k_end = image->window.k_end};
}

pstm_status pstm_run_image_describe(const pstm_machine *machine, const pstm_run_options *options,
                                    const pstm_run_survey *survey, const char *samples_digest,
                                    pstm_run_image *image)
{
    const pstm_job *job = image->job;
    pstm_run_sink *sink = &image->sink;
    PSTM_TRY(pstm_run_image_key(job, survey, machine->numerics_id, image->device_plan.n_levels,
                                image->velocity_key, &sink->key_text));
    PSTM_TRY(pstm_job_list(job, PSTM_KEYS_ALL, &sink->job_text));
    pstm_digest_key(sink->key_text.bytes, sink->key);
    sink->about = shape_of(image);
    sink->about.image_key_text = sink->key_text.bytes;
    sink->about.image_key = sink->key;
    sink->about.samples_digest = samples_digest;
    sink->about.bins = pstm_bins_word(image->bins.options.kind);
    sink->about.velocity_columns = image->output.velocity_columns.bytes;
    sink->about.amplitude = pstm_run_amplitude_text(job);
    sink->about.job_text = sink->job_text.bytes;
    sink->about.numerics_id = machine->numerics_id;
    sink->about.version = options->version;
    sink->about.commit = options->commit;
    sink->about.devices = machine->device_names;
    return PSTM_OK;
}

/* What the target wants of each of its tiles; no areas when it wants everything. */
static pstm_status list_areas(const pstm_run_image *image, pstm_cube_area **areas, int64_t *n)
{
    const pstm_target *target = image->target;
    *n = 0;
    PSTM_TRY(PSTM_NEW(areas, target->n_tiles, "areas of the cube"));
    if (target->n_tiles == image->tiling.n_tiles && target->lines.n == 0) return PSTM_OK;
    for (int64_t i = 0; i < target->n_tiles; i++) {
        const pstm_tile tile = pstm_tile_at(&image->tiling, target->tiles[i]);
        const pstm_tile t = pstm_lines_part(&target->lines, &tile);
        (*areas)[(*n)++] = (pstm_cube_area){t.i_begin, t.i_end, t.j_begin, t.j_end};
    }
    return PSTM_OK;
}

pstm_status pstm_run_image_check_room(const pstm_run_image *image)
{
    const char *path = image->job->output.file;
    const pstm_cube_about about = shape_of(image);
    pstm_cube_area *areas = NULL;
    int64_t n_areas;
    bool taken;
    PSTM_TRY(pstm_place_is_taken(path, &taken));
    if (taken) return PSTM_OK;
    pstm_status status = list_areas(image, &areas, &n_areas);
    if (status == PSTM_OK) status = pstm_cube_check_room(path, &about, areas, n_areas);
    PSTM_FREE(&areas);
    return status;
}

pstm_status pstm_run_image_draft(pstm_run_image *image)
{
    pstm_cube_area *areas = NULL;
    int64_t n_areas;
    pstm_status status = list_areas(image, &areas, &n_areas);
    if (status == PSTM_OK) status = pstm_run_sink_draft(&image->sink, areas, n_areas);
    PSTM_FREE(&areas);
    return status;
}

void pstm_run_image_clear(pstm_run_image *image)
{
    pstm_target_destroy(&image->target);
    pstm_velocity_destroy(&image->velocity);
    pstm_run_amplitude_clear(&image->amplitude);
    PSTM_FREE(&image->centres);
    PSTM_FREE(&image->work.items);
    PSTM_FREE(&image->work.parts);
    pstm_run_sink_clear(&image->sink);
    pstm_run_output_clear(&image->output);
}
