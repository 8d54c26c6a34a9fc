/* Coordinates: their numbers, scalars and units. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/segy/reading.h"
#include "io/segy/samples.h"

/* IEEE floats of 0.001 to 1e8 are words of these sizes; as whole numbers they are 9.8e8 to 1.3e9. */
enum { LEAST_FLOAT_WORD = 0x3A83126F, MOST_FLOAT_WORD = 0x4CBEBC20 };
/* No projection of the earth has coordinates beyond, in metres. */
static const double MOST_COORDINATE_M = 4e7;
/* How near the distance between float positions must be to the offset of the header, which is a whole number.
 * */
static const double OFFSET_TOLERANCE_M = 1;

bool pstm_segy_scalar_is_known(int32_t scalar)
{
    const int32_t size = abs(scalar);
    return size <= 1 || size == 10 || size == 100 || size == 1000 || size == 10000;
}

bool pstm_segy_coordinates_are_overridden(const pstm_segy *file)
{
    return file->how.coordinate_scalar != 0 || file->how.coordinate_format != PSTM_COORDINATES_INTEGER ||
           file->how.bytes.source_x != SEGY_TR_SOURCE_X || file->how.bytes.source_y != SEGY_TR_SOURCE_Y ||
           file->how.bytes.receiver_x != SEGY_TR_GROUP_X || file->how.bytes.receiver_y != SEGY_TR_GROUP_Y;
}

/* Coordinates as doubles in trace header extension 1 of revision 2 stand for those of the trace header. */
static bool extended_coordinates(const pstm_segy *file, const unsigned char *header, double value[4])
{
    const unsigned char *extension = header + SEGY_TRACE_HEADER_SIZE;
    if (file->header_bytes == SEGY_TRACE_HEADER_SIZE || pstm_segy_coordinates_are_overridden(file))
        return false;
    if (memcmp(extension + 232, "SEG00001", 8) != 0) return false;
    bool set = false;
    for (int i = 0; i < 4; i++) {
        value[i] = pstm_segy_f64(extension, 97 + 8 * i, file->little);
        set = set || value[i] != 0;
    }
    return set;
}

static void find_bytes(const pstm_segy *file, int32_t bytes[4])
{
    bytes[0] = file->how.bytes.source_x;
    bytes[1] = file->how.bytes.source_y;
    bytes[2] = file->how.bytes.receiver_x;
    bytes[3] = file->how.bytes.receiver_y;
}

static void float_coordinates(const pstm_segy *file, const unsigned char *header, int32_t format,
                              double value[4])
{
    int32_t bytes[4];
    find_bytes(file, bytes);
    for (int i = 0; i < 4; i++) {
        float number;
        pstm_segy_decode(format, file->little, header + bytes[i] - 1, 1, &number);
        value[i] = pstm_segy_scaled(number, file->how.coordinate_scalar);
    }
}

bool pstm_segy_coordinates(const pstm_segy *file, const unsigned char *header, double value[4],
                           int32_t *bad_scalar)
{
    const bool cdp = file->how.geometry == PSTM_GEOMETRY_CDP_OFFSET;
    const bool floats = file->how.coordinate_format != PSTM_COORDINATES_INTEGER;
    if (!cdp && extended_coordinates(file, header, value)) return true;
    if (!cdp && floats) {
        const bool ibm = file->how.coordinate_format == PSTM_COORDINATES_IBM;
        float_coordinates(file, header, ibm ? SEGY_IBM_FLOAT_4_BYTE : SEGY_IEEE_FLOAT_4_BYTE, value);
        return true;
    }
    const int32_t found = pstm_segy_i16(header, file->how.bytes.coordinate_scalar, file->little);
    const double scalar = file->how.coordinate_scalar != 0 ? file->how.coordinate_scalar : found;
    if (!floats && file->how.coordinate_scalar == 0 && !pstm_segy_scalar_is_known(found)) {
        *bad_scalar = found;
        return false;
    }
    if (cdp) {
        pstm_segy_cdp_coordinates(file, header, scalar, value);
        return true;
    }
    int32_t bytes[4];
    find_bytes(file, bytes);
    for (int i = 0; i < 4; i++)
        value[i] = pstm_segy_scaled(pstm_segy_i32(header, bytes[i], file->little), scalar);
    return true;
}

bool pstm_segy_are_angles(int unit, const double value[4])
{
    static const double largest[3] = {360.0 * 3600.0, 360.0, 3600000.0}; /* seconds, degrees, DDDMMSS */
    if (unit < 2 || unit > 4) return false;
    for (int i = 0; i < 4; i++)
        if (fabs(value[i]) > largest[unit - 2]) return false;
    return true;
}

/* Unit codes are often wrong: where one trace has coordinates that no angle can have, no trace has angles. */
static pstm_status find_angles(pstm_segy *file, const unsigned char *header, int64_t number)
{
    double value[4];
    int32_t bad_scalar;
    const int unit = pstm_segy_i16(header, SEGY_TR_COORD_UNITS, file->little);
    if (file->never_angles || pstm_segy_coordinates_are_overridden(file)) return PSTM_OK;
    if (unit < 2 || unit > 4 || !pstm_segy_coordinates(file, header, value, &bad_scalar)) return PSTM_OK;
    if (pstm_segy_are_angles(unit, value)) return PSTM_OK;
    file->never_angles = true;
    return pstm_doubts_add(&file->doubts, PSTM_DOUBT_COORDINATE_UNITS, false,
                           "the coordinates of trace %" PRId64
                           " are angles by unit code %d (byte %d) and lengths by size: read as lengths",
                           number + 1, unit, SEGY_TR_COORD_UNITS);
}

/* All coordinates that are not zero are words of floats, and as whole numbers they are too large for the
 * earth, or as floats alone they are as far apart as the offset says. */
static bool are_floats(const pstm_segy *file, const unsigned char *header, double values[4])
{
    int32_t bytes[4], bad_scalar;
    double whole[4] = {0};
    bool any = false, large = false;
    find_bytes(file, bytes);
    for (int i = 0; i < 4; i++) {
        const uint32_t word = pstm_segy_u32(header, bytes[i], file->little) & 0x7fffffff;
        if (word != 0 && (word < LEAST_FLOAT_WORD || word > MOST_FLOAT_WORD)) return false;
        any = any || word != 0;
    }
    if (!any) return false;
    float_coordinates(file, header, SEGY_IEEE_FLOAT_4_BYTE, values);
    if (!pstm_segy_coordinates(file, header, whole, &bad_scalar)) return true;
    for (int i = 0; i < 4; i++)
        large = large || fabs(whole[i]) > MOST_COORDINATE_M;
    if (large) return true;
    const double offset_m = fabs((double)pstm_segy_i32(header, SEGY_TR_OFFSET, file->little));
    const double floats_m = hypot(values[2] - values[0], values[3] - values[1]);
    const double whole_m = hypot(whole[2] - whole[0], whole[3] - whole[1]);
    return offset_m > 0 && fabs(floats_m - offset_m) <= OFFSET_TOLERANCE_M &&
           fabs(whole_m - offset_m) > OFFSET_TOLERANCE_M;
}

static pstm_status doubt_feet(pstm_segy *file, const pstm_segy_head *head)
{
    const int system = pstm_segy_i16(head->bytes, SEGY_BIN_MEASUREMENT_SYSTEM, file->little);
    if (file->kind == PSTM_KIND_SU || system != 2 || file->how.coordinate_scalar != 0) return PSTM_OK;
    return pstm_doubts_add(&file->doubts, PSTM_DOUBT_FEET, false,
                           "the unit of length is feet (byte %d): coordinates are read as metres",
                           SEGY_BIN_MEASUREMENT_SYSTEM);
}

pstm_status pstm_segy_find_units(pstm_segy *file, const pstm_segy_head *head)
{
    const int64_t n =
        file->header_bytes < PSTM_SEGY_HEADER_AND_1 ? file->header_bytes : PSTM_SEGY_HEADER_AND_1;
    const int64_t last = file->n_traces - 1, number[3] = {0, last / 2, last};
    double values[4] = {0};
    bool floats = file->how.coordinate_format == PSTM_COORDINATES_INTEGER;
    for (int i = 0; i < 3; i++) {
        unsigned char header[PSTM_SEGY_HEADER_AND_1];
        PSTM_TRY(pstm_byte_source_read(&file->source, file->first_trace + number[i] * file->trace_bytes, n,
                                       header));
        if (i != 1) PSTM_TRY(find_angles(file, header, number[i]));
        floats = floats && !extended_coordinates(file, header, values) && are_floats(file, header, values);
    }
    if (floats)
        PSTM_TRY(pstm_doubts_add(
            &file->doubts, PSTM_DOUBT_COORDINATE_FORMAT, true,
            "the coordinates of trace %" PRId64
            " (byte %d) are floats by size: source (%g, %g), receiver (%g, %g) as IEEE floats",
            last + 1, (int)file->how.bytes.source_x, values[0], values[1], values[2], values[3]));
    return doubt_feet(file, head);
}
