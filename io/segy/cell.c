/* Headers of cubes: numbers of lines, x and y. */
#include <inttypes.h>

#include "io/segy/file.h"

enum { DEAD = 2 };

pstm_status pstm_segy_read_cell(const pstm_segy *file, int64_t i, const int32_t bytes[4],
                                pstm_segy_cell *cell)
{
    unsigned char header[SEGY_TRACE_HEADER_SIZE];
    PSTM_TRY(pstm_segy_header_at(file, file->first_trace + i * file->trace_bytes, header));
    const int scalar = pstm_segy_i16(header, file->how.bytes.coordinate_scalar, file->little);
    const bool scaled = file->kind == PSTM_KIND_SEGY && file->revision >= 1;
    const int time_scalar = scaled ? pstm_segy_i16(header, SEGY_TR_SCALAR_TRACE_HEADER, file->little) : 0;
    const int delay = pstm_segy_i16(header, file->how.bytes.delay, file->little);
    *cell =
        (pstm_segy_cell){.inline_number = pstm_segy_i32(header, bytes[0], file->little),
                         .crossline_number = pstm_segy_i32(header, bytes[1], file->little),
                         .is_dead = pstm_segy_i16(header, file->how.bytes.trace_id, file->little) == DEAD};
    const int32_t x = pstm_segy_i32(header, bytes[2], file->little);
    const int32_t y = pstm_segy_i32(header, bytes[3], file->little);
    if ((!pstm_segy_scalar_is_known(scalar) && (x != 0 || y != 0)) ||
        (!pstm_segy_scalar_is_known(time_scalar) && delay != 0))
        return pstm_fail(
            PSTM_DATA,
            "%s: trace %" PRId64
            ": coordinate scalar %d (bytes 71-72) or time scalar %d (215-216) is none of 0, +-1, "
            "+-10, ... +-10000; correct the headers",
            file->path, i + 1, scalar, time_scalar);
    cell->x_m = pstm_segy_scaled(x, scalar);
    cell->y_m = pstm_segy_scaled(y, scalar);
    cell->start_s =
        time_scalar < 0 ? delay / (-1000.0 * time_scalar) : pstm_segy_scaled(delay, time_scalar) / 1000.0;
    return PSTM_OK;
}
