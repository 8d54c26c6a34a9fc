#include "core/busy.h"

#include <math.h>
#include <string.h>

/* Takes n stretches from `first` on out. */
static void take_out(pstm_busy *busy, int32_t first, int32_t n)
{
    memmove(&busy->stretches[first], &busy->stretches[first + n],
            (size_t)(busy->n - first - n) * sizeof busy->stretches[0]);
    busy->n -= n;
}

double pstm_busy_add(pstm_busy *busy, double begin_s, double end_s)
{
    if (!(end_s > begin_s)) return 0;
    double new_s = end_s - begin_s;
    int32_t first = 0, n = 0;
    while (first < busy->n && busy->stretches[first].end_s < begin_s)
        first++;
    for (; first + n < busy->n && busy->stretches[first + n].begin_s <= end_s; n++) {
        const double from_s = busy->stretches[first + n].begin_s, to_s = busy->stretches[first + n].end_s;
        new_s -= fmax(0, fmin(end_s, to_s) - fmax(begin_s, from_s));
    }
    const double merged_begin_s = n > 0 ? fmin(begin_s, busy->stretches[first].begin_s) : begin_s;
    const double merged_end_s = n > 0 ? fmax(end_s, busy->stretches[first + n - 1].end_s) : end_s;
    take_out(busy, first, n);
    if (busy->n == PSTM_BUSY_STRETCHES) {
        take_out(busy, 0, 1);
        if (first > 0) first--;
    }
    memmove(&busy->stretches[first + 1], &busy->stretches[first],
            (size_t)(busy->n - first) * sizeof busy->stretches[0]);
    busy->stretches[first].begin_s = merged_begin_s;
    busy->stretches[first].end_s = merged_end_s;
    busy->n++;
    return fmax(0, new_s);
}
