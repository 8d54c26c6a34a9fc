#include "qc/comparison_report.h"

static void print_cube(const char *name, const pstm_open_cube *open, FILE *out)
{
    fprintf(out, "%s: %s (%s)\n", name, open->path,
            *open->about->numerics_id ? open->about->numerics_id : "unknown");
    if (!open->has_journal) fprintf(out, "   no journal beside it: taken as wholly migrated\n");
}

static void print_largest(const pstm_comparison *with, FILE *out)
{
    const pstm_difference *difference = with->difference;
    const pstm_grid *grid = &with->a.about->grid;
    const pstm_image_trace *trace = &difference->largest_trace;
    double x_m, y_m;
    pstm_grid_node(grid, trace->i, trace->j, &x_m, &y_m);
    fprintf(out, "largest difference: %.6g (a %.9g, b %.9g) at inline %d, crossline %d, ",
            difference->largest, (double)difference->largest_a, (double)difference->largest_b,
            grid->first_inline + trace->i, grid->first_crossline + trace->j);
    if (with->data == PSTM_CUBE_GATHER)
        fprintf(out, "%s, ", pstm_class_centre_name(with->a.about->centres[trace->class_index]).text);
    fprintf(out, "twt %.6g s, x %.2f m, y %.2f m\n", pstm_grid_time_s(grid, difference->largest_k), x_m, y_m);
}

static void print_shifts(const pstm_difference *difference, FILE *out)
{
    double median_s, within_95_s;
    pstm_difference_shifts(difference, &median_s, &within_95_s);
    if (difference->n_shifts == 0)
        fprintf(out, "peak shift a - b: no trace has an event in both\n");
    else
        fprintf(out, "peak shift a - b: median %.4f ms, 95 %% within %.4f ms (%lld traces)\n",
                1000 * median_s, 1000 * within_95_s, (long long)difference->n_shifts);
}

static void print_compared(const pstm_comparison *with, FILE *out)
{
    const pstm_grid *grid = &with->a.about->grid;
    fprintf(out, "compared: %s, ", pstm_cube_data_name(with->data));
    if (with->data == PSTM_CUBE_GATHER && with->n_classes == 1)
        fprintf(out, "%s, ", pstm_class_centre_name(with->a.about->centres[with->class_a]).text);
    fprintf(out, "%lld of %lld chunk columns, twt %.6g to %.6g s\n", (long long)with->n_compared,
            (long long)with->n_columns, pstm_grid_time_s(grid, with->k_begin),
            pstm_grid_time_s(grid, with->k_end - 1));
    if (with->n_in_part > 0)
        fprintf(out, "in part: %lld of these chunk columns, %lld locations of them\n",
                (long long)with->n_in_part, (long long)with->n_part_locations);
}

void pstm_comparison_report(const pstm_comparison *with, FILE *out)
{
    const pstm_difference *difference = with->difference;
    print_cube("a", &with->a, out);
    print_cube("b", &with->b, out);
    print_compared(with, out);
    fprintf(out, "bit-equal: %s\n", pstm_difference_is_none(difference) ? "yes" : "no");
    fprintf(out, "samples that differ: %lld of %lld\n", (long long)difference->n_differ,
            (long long)difference->n_samples);
    if (difference->n_not_finite > 0)
        fprintf(out, "of these not finite in one: %lld\n", (long long)difference->n_not_finite);
    fprintf(out, "NRMS: %.4e\n", pstm_difference_nrms(difference));
    if (difference->largest > 0) print_largest(with, out);
    print_shifts(difference, out);
    if (with->with_folds)
        fprintf(out, "folds that differ: %lld of %lld, by at most %.0f\n",
                (long long)difference->n_folds_differ, (long long)difference->n_folds,
                difference->largest_fold);
    else
        fprintf(out, "folds: not in both\n");
}
