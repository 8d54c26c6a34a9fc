/* What trace headers say besides the geometry: of a survey, and of a trace. */
#include <math.h>
#include <xxhash.h>

#include "io/segy/file.h"
#include "io/segy/samples.h"
#include "survey/grid.h"

enum { FIELD_RECORD = SEGY_TR_FIELD_RECORD, TRACE_IN_RECORD = SEGY_TR_NUMBER_ORIG_FIELD };

/**
 * An offset in the header agrees with the distance up to this much: it is often nominal, from the plan of the
 * survey, and coordinates are often rounded. One that is multiplied like the coordinates was reckoned from
 * them.
 */
static const double OFFSET_TOLERANCE_M = 25, SCALED_TOLERANCE_M = 2, OFFSET_TOLERANCE = 0.1;

/* ---- CDP, offset, azimuth ---------------------------------------------------------------------------- */

static double cdp_coordinate(const pstm_segy *file, const unsigned char *header, int byte, double scalar)
{
    const bool ibm = file->how.coordinate_format == PSTM_COORDINATES_IBM;
    float number;
    if (file->how.coordinate_format == PSTM_COORDINATES_INTEGER)
        return pstm_segy_scaled(pstm_segy_i32(header, byte, file->little), scalar);
    pstm_segy_decode(ibm ? SEGY_IBM_FLOAT_4_BYTE : SEGY_IEEE_FLOAT_4_BYTE, file->little, header + byte - 1, 1,
                     &number);
    return pstm_segy_scaled(number, file->how.coordinate_scalar);
}

static double azimuth_of(const pstm_segy *file, const unsigned char *header)
{
    if (file->how.bytes.azimuth == 0) return file->how.offset_azimuth_deg;
    return pstm_segy_i16(header, file->how.bytes.azimuth, file->little);
}

void pstm_segy_cdp_coordinates(const pstm_segy *file, const unsigned char *header, double scalar,
                               double value[4])
{
    const pstm_header_bytes *bytes = &file->how.bytes;
    const int32_t offset = pstm_segy_i32(header, bytes->offset, file->little);
    const double half_m = 0.5 * pstm_segy_scaled(offset, file->how.offset_scalar);
    double sine, cosine;
    pstm_sin_cos_deg(azimuth_of(file, header), &sine, &cosine);
    const double x_m = cdp_coordinate(file, header, bytes->cdp_x, scalar);
    const double y_m = cdp_coordinate(file, header, bytes->cdp_y, scalar);
    value[0] = x_m - half_m * sine;
    value[1] = y_m - half_m * cosine;
    value[2] = x_m + half_m * sine;
    value[3] = y_m + half_m * cosine;
}

/* ---- facts ------------------------------------------------------------------------------------------- */

static void note_changes(const pstm_segy *file, const pstm_trace *t, pstm_header_facts *facts)
{
    const double end_s = t->start_s + t->n_samples * file->sample_s, length_s = end_s - t->start_s;
    const double mute_s =
        pstm_lesser(0.001 * t->mute_end_ms, end_s) - pstm_greater(0.001 * t->mute_start_ms, t->start_s);
    if (t->n_samples < file->n_samples) {
        facts->n_short++;
        facts->least_samples = t->n_samples < facts->least_samples ? t->n_samples : facts->least_samples;
        facts->of_samples = file->n_samples > facts->of_samples ? file->n_samples : facts->of_samples;
    }
    facts->n_muted += mute_s > 0;
    facts->n_mostly_muted += mute_s > 0.5 * length_s;
    facts->n_delayed += t->start_s != 0;
    facts->least_delay_s = pstm_lesser(facts->least_delay_s, t->start_s);
    facts->most_delay_s = pstm_greater(facts->most_delay_s, t->start_s);
    facts->longest_s = pstm_greater(facts->longest_s, length_s);
}

static void enlarge(pstm_box *box, double x_m, double y_m)
{
    const pstm_box point = {x_m, x_m, y_m, y_m};
    *box = pstm_box_unite(box, &point);
}

/* The place of a scalar in pstm_header_facts. */
static int scalar_index(const pstm_segy *file, const unsigned char *header)
{
    const int scalar = pstm_segy_i16(header, file->how.bytes.coordinate_scalar, file->little);
    int i = scalar < 0 ? 4 : 0;
    if (file->how.coordinate_scalar != 0 || file->how.coordinate_format != PSTM_COORDINATES_INTEGER) return 0;
    for (int size = scalar < 0 ? -scalar : scalar; size >= 10; size /= 10)
        i++;
    return i == 4 && scalar < 0 ? 0 : i;
}

static void note_positions(const pstm_trace *t, int i_scalar, pstm_header_facts *facts)
{
    const bool source = t->source_x_m == 0 && t->source_y_m == 0;
    const bool receiver = t->receiver_x_m == 0 && t->receiver_y_m == 0;
    facts->n_source_at_origin += source;
    facts->n_receiver_at_origin += receiver;
    facts->n_both_at_origin += source && receiver;
    if (!source) enlarge(&facts->sources, t->source_x_m, t->source_y_m);
    if (!receiver) enlarge(&facts->receivers, t->receiver_x_m, t->receiver_y_m);
    if (source || receiver) return;
    facts->n_zero_offset += t->source_x_m == t->receiver_x_m && t->source_y_m == t->receiver_y_m;
    facts->n_of_scalar[i_scalar]++;
    enlarge(&facts->of_scalar[i_scalar], 0.5 * (t->source_x_m + t->receiver_x_m),
            0.5 * (t->source_y_m + t->receiver_y_m));
}

static bool is_about(double offset_m, double distance_m, double tolerance_m)
{
    return fabs(fabs(offset_m) - distance_m) <= pstm_greater(tolerance_m, OFFSET_TOLERANCE * distance_m);
}

/* Offsets come in metres, or multiplied like the coordinates. */
static bool offset_agrees(const pstm_segy *file, const unsigned char *header, double offset,
                          const pstm_trace *t)
{
    const double dx_m = t->receiver_x_m - t->source_x_m, dy_m = t->receiver_y_m - t->source_y_m;
    const double distance_m = sqrt(dx_m * dx_m + dy_m * dy_m);
    const double found = pstm_segy_i16(header, file->how.bytes.coordinate_scalar, file->little);
    const double scalar = file->how.coordinate_scalar != 0 ? file->how.coordinate_scalar : found;
    return is_about(offset, distance_m, OFFSET_TOLERANCE_M) ||
           is_about(pstm_segy_scaled(offset, scalar), distance_m, SCALED_TOLERANCE_M);
}

static void note_other_headers(const pstm_segy *file, const unsigned char *header, const pstm_trace *t,
                               pstm_header_facts *facts)
{
    const pstm_header_bytes *bytes = &file->how.bytes;
    const int32_t offset = pstm_segy_i32(header, bytes->offset, file->little);
    const int32_t record = pstm_segy_i32(header, FIELD_RECORD, file->little);
    facts->n_cdp += pstm_segy_i32(header, bytes->cdp_x, file->little) != 0 ||
                    pstm_segy_i32(header, bytes->cdp_y, file->little) != 0;
    facts->n_offset += offset != 0;
    facts->n_offset_differs += offset != 0 && !offset_agrees(file, header, offset, t);
    facts->least_record = record < facts->least_record ? record : facts->least_record;
    facts->most_record = record > facts->most_record ? record : facts->most_record;
}

void pstm_segy_note_facts(const pstm_segy *file, const unsigned char *header, const pstm_trace *trace,
                          pstm_header_facts *facts)
{
    facts->n_traces++;
    note_changes(file, trace, facts);
    note_positions(trace, scalar_index(file, header), facts);
    note_other_headers(file, header, trace, facts);
}

/* ---- identity ---------------------------------------------------------------------------------------- */

uint64_t pstm_segy_trace_hash(const pstm_segy *file, const unsigned char *header, const pstm_trace *trace)
{
    const bool cdp = file->how.geometry == PSTM_GEOMETRY_CDP_OFFSET;
    const struct {
        double position[4];
        int32_t record, number;
    } about = {{trace->source_x_m, trace->source_y_m, trace->receiver_x_m, trace->receiver_y_m},
               pstm_segy_i32(header, FIELD_RECORD, file->little),
               cdp ? pstm_segy_i32(header, TRACE_IN_RECORD, file->little) : 0};
    if (about.position[0] == 0 && about.position[1] == 0 && about.position[2] == 0 && about.position[3] == 0)
        return 0;
    const uint64_t hash = XXH3_64bits(&about, sizeof about);
    return hash != 0 ? hash : 1;
}
