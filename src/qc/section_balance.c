/* Amplitudes that are alike at all times. */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "qc/section.h"

static const double LEAST_OF_MEDIAN = 0.02;
enum { LEAST_HALF = 4, PARTS = 20 };

/* The mean of |values| of a row that are neither 0 nor missing; 0 of none. */
static double level_of(const pstm_section_values *values, int64_t row)
{
    double sum = 0, n = 0;
    for (int64_t column = 0; column < values->n_columns; column++) {
        const double value = fabs((double)values->values[column * values->n_rows + row]);
        if (!(value > 0) || isinf(value)) continue;
        sum += value;
        n++;
    }
    return n > 0 ? sum / n : 0;
}

/* Means of up to half rows on each side that have a level. */
static void smooth(const double *levels, int64_t n, int64_t half, double *smoothed)
{
    for (int64_t row = 0; row < n; row++) {
        double sum = 0, count = 0;
        for (int64_t r = row > half ? row - half : 0; r < n && r <= row + half; r++) {
            sum += levels[r];
            count += levels[r] > 0;
        }
        smoothed[row] = count > 0 ? sum / count : 0;
    }
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts the levels. */
static double median(double *levels, int64_t n)
{
    int64_t first = 0;
    qsort(levels, (size_t)n, sizeof *levels, compare);
    while (first < n && levels[first] <= 0)
        first++;
    return first < n ? levels[first + (n - first) / 2] : 1;
}

pstm_status pstm_section_balance(pstm_section_values *values)
{
    const int64_t n = values->n_rows, half = n / PARTS > LEAST_HALF ? n / PARTS : LEAST_HALF;
    double *levels = NULL, *smoothed = NULL;
    pstm_status status;
    PSTM_GO(PSTM_NEW(&levels, n, "levels of rows"));
    PSTM_GO(PSTM_NEW(&smoothed, n, "levels of rows"));
    for (int64_t row = 0; row < n; row++)
        levels[row] = level_of(values, row);
    smooth(levels, n, half, smoothed);
    const double least = LEAST_OF_MEDIAN * median(levels, n);
    for (int64_t row = 0; row < n; row++) {
        const float gain = (float)(1 / fmax(smoothed[row], least));
        for (int64_t column = 0; column < values->n_columns; column++)
            values->values[column * n + row] *= gain;
    }
cleanup:
    PSTM_FREE(&levels);
    PSTM_FREE(&smoothed);
    return status;
}
