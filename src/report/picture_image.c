/* From values to pixels. Values are resampled first and coloured then: mixing colours would draw a grey
 * halo between a strong peak and its trough. */
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "report/picture_parts.h"

static const uint32_t no_value_colour = 0xf7f1d8;

/* How cells (columns or rows) become pixels along one axis. */
typedef struct axis_map {
    int64_t n_cells;
    int32_t n_pixels;
    bool blocks;
    bool reversed;
} axis_map;

static int64_t max_taps(const axis_map *map)
{
    return map->n_cells / map->n_pixels + 3;
}

/* The cells that a pixel shows and their weights, which add up to 1; returns their number. More cells than
 * pixels: the mean over the pixel's stretch. Fewer: linear between the centres of cells, or the nearest. */
static int64_t find_taps(const axis_map *map, int32_t pixel, int64_t *first, double *weights)
{
    const int64_t n = map->n_cells;
    const double cells_per_pixel = (double)n / map->n_pixels;
    const int32_t from_start = map->reversed ? map->n_pixels - 1 - pixel : pixel;
    if (cells_per_pixel > 1) {
        const double begin = from_start * cells_per_pixel, end = begin + cells_per_pixel;
        int64_t n_taps = 0;
        *first = (int64_t)begin;
        for (int64_t cell = *first; cell < n && (double)cell < end; cell++)
            weights[n_taps++] = (fmin(end, (double)cell + 1) - fmax(begin, (double)cell)) / cells_per_pixel;
        return n_taps;
    }
    const double centre = (from_start + 0.5) * cells_per_pixel;
    *first = (int64_t)centre;
    weights[0] = 1;
    if (map->blocks) return 1;
    const double left = fmin(fmax(centre - 0.5, 0), (double)(n - 1));
    *first = (int64_t)left;
    if (*first == n - 1) return 1;
    weights[1] = left - (double)*first;
    weights[0] = 1 - weights[1];
    return 2;
}

typedef struct resampling {
    axis_map across, down;
    double *weights;            /* [taps] */
    double *column, *certainty; /* [n_rows] a pixel column before the rows are resampled; share with values */
} resampling;

static void mix_columns(const pstm_picture *picture, const resampling *way, int32_t x)
{
    int64_t first = 0;
    const int64_t n_taps = find_taps(&way->across, x, &first, way->weights);
    memset(way->column, 0, (size_t)picture->n_rows * sizeof *way->column);
    memset(way->certainty, 0, (size_t)picture->n_rows * sizeof *way->certainty);
    for (int64_t tap = 0; tap < n_taps; tap++) {
        const float *values = picture->values + (first + tap) * picture->n_rows;
        for (int64_t row = 0; row < picture->n_rows; row++) {
            if (isnan(values[row])) continue;
            way->column[row] += way->weights[tap] * (double)values[row];
            way->certainty[row] += way->weights[tap];
        }
    }
}

/* The value of a pixel of the mixed column; NaN where less than half of it has one. */
static double mix_rows(const resampling *way, int32_t y)
{
    int64_t first = 0;
    const int64_t n_taps = find_taps(&way->down, y, &first, way->weights);
    double sum = 0, certainty = 0;
    for (int64_t tap = 0; tap < n_taps; tap++) {
        sum += way->weights[tap] * way->column[first + tap];
        certainty += way->weights[tap] * way->certainty[first + tap];
    }
    return certainty >= 0.5 ? sum / certainty : (double)NAN;
}

static uint32_t pixel_colour(const pstm_picture *picture, const pstm_value_range *range, double value)
{
    if (isnan(value)) return no_value_colour;
    return pstm_colour_at(picture->colour, (value - range->low) / (range->high - range->low));
}

static void fill_pixels(const pstm_picture *picture, const pstm_value_range *range, const resampling *way,
                        cairo_surface_t *surface)
{
    cairo_surface_flush(surface);
    unsigned char *data = cairo_image_surface_get_data(surface);
    const int64_t stride = cairo_image_surface_get_stride(surface);
    for (int32_t x = 0; x < way->across.n_pixels; x++) {
        mix_columns(picture, way, x);
        for (int32_t y = 0; y < way->down.n_pixels; y++) {
            const uint32_t colour = pixel_colour(picture, range, mix_rows(way, y));
            memcpy(data + y * stride + 4 * (int64_t)x, &colour, sizeof colour);
        }
    }
    cairo_surface_mark_dirty(surface);
}

pstm_status pstm_picture_draw_image(cairo_t *cairo, const pstm_picture *picture,
                                    const pstm_value_range *range, const pstm_picture_place *place)
{
    pstm_status status = PSTM_OK;
    resampling way = {
        .across = {picture->n_columns, place->width, picture->blocks || picture->separate_columns, false},
        .down = {picture->n_rows, place->height, picture->blocks, picture->rows_up}};
    const int64_t taps_across = max_taps(&way.across), taps_down = max_taps(&way.down);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, place->width, place->height);
    PSTM_GO(PSTM_NEW(&way.weights, taps_across > taps_down ? taps_across : taps_down, "picture"));
    PSTM_GO(PSTM_NEW(&way.column, picture->n_rows, "picture"));
    PSTM_GO(PSTM_NEW(&way.certainty, picture->n_rows, "picture"));
    if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS)
        PSTM_GO(pstm_fail(PSTM_SYSTEM, "picture: %s", cairo_status_to_string(cairo_surface_status(surface))));
    fill_pixels(picture, range, &way, surface);
    cairo_set_source_surface(cairo, surface, place->left, place->top);
    cairo_paint(cairo);
cleanup:
    cairo_surface_destroy(surface);
    PSTM_FREE(&way.weights);
    PSTM_FREE(&way.column);
    PSTM_FREE(&way.certainty);
    return status;
}
