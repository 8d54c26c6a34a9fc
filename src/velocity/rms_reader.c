#include "velocity/rms_reader.h"

#include <math.h>
#include <stdbool.h>

static pstm_vpick pick_at(const pstm_vreader *reader, int64_t k)
{
    if (reader->picks != NULL) return reader->picks[k];
    return (pstm_vpick){reader->times_s[k], reader->scale * (double)reader->values[k]};
}

/** The interval velocity from pick k - 1, or time 0, to pick k, or on for ever: p to q, linearly. */
typedef struct interval_piece {
    double begin_s, end_s, p_m_s, q_m_s;
} interval_piece;

static interval_piece piece_before(const pstm_vreader *reader, int64_t k)
{
    const bool is_first = k == 0, is_last = k == reader->n;
    const pstm_vpick b = pick_at(reader, is_last ? k - 1 : k), a = is_first ? b : pick_at(reader, k - 1);
    interval_piece piece = {is_first ? 0 : a.t_s, is_last ? INFINITY : b.t_s, a.v_m_s, b.v_m_s};
    if (reader->quantity == PSTM_VELOCITY_LAYERS) piece.p_m_s = b.v_m_s;
    if (reader->quantity == PSTM_VELOCITY_AVERAGE && !is_first && !is_last) {
        const double slope = (b.v_m_s - a.v_m_s) / (b.t_s - a.t_s);
        piece.p_m_s += slope * a.t_s;
        piece.q_m_s += slope * b.t_s;
    }
    return piece;
}

/** The integral of w^2 from the begin of a piece to a time in it. */
static double square_to(const interval_piece *piece, double t_s)
{
    const double p = piece->p_m_s, length = t_s - piece->begin_s;
    double q = piece->q_m_s;
    if (t_s < piece->end_s && q != p) q = p + (q - p) * (length / (piece->end_s - piece->begin_s));
    return (p * p + p * q + q * q) / 3 * length;
}

static double linear_at(const pstm_vreader *reader, double t_s)
{
    if (reader->next == 0) return pick_at(reader, 0).v_m_s;
    const pstm_vpick a = pick_at(reader, reader->next - 1);
    if (reader->next == reader->n) return a.v_m_s;
    const pstm_vpick b = pick_at(reader, reader->next);
    return a.v_m_s + (b.v_m_s - a.v_m_s) * ((t_s - a.t_s) / (b.t_s - a.t_s));
}

double pstm_vreader_at(pstm_vreader *reader, double t_s)
{
    const bool is_rms = reader->quantity == PSTM_VELOCITY_RMS;
    while (reader->next < reader->n && pick_at(reader, reader->next).t_s < t_s) {
        if (!is_rms) {
            const interval_piece passed = piece_before(reader, reader->next);
            reader->square_m2_s += square_to(&passed, passed.end_s);
        }
        reader->next++;
    }
    if (is_rms) return linear_at(reader, t_s);
    interval_piece here = piece_before(reader, reader->next);
    if (t_s > 0) return sqrt((reader->square_m2_s + square_to(&here, t_s)) / t_s);
    if (here.end_s == 0)
        here = piece_before(reader, 1); /* the layer that begins at 0, not one without length */
    return here.p_m_s;
}

void pstm_vreader_range(const pstm_vreader *reader, double *least_m_s, double *most_m_s)
{
    *least_m_s = INFINITY, *most_m_s = -INFINITY;
    for (int64_t k = 0; k < reader->n; k++) {
        const pstm_vpick pick = pick_at(reader, k);
        const interval_piece piece = piece_before(reader, k);
        const bool is_rms = reader->quantity == PSTM_VELOCITY_RMS;
        const double p = is_rms ? pick.v_m_s : piece.p_m_s, q = is_rms ? pick.v_m_s : piece.q_m_s;
        *least_m_s = fmin(*least_m_s, fmin(p, q));
        *most_m_s = fmax(*most_m_s, fmax(p, q));
    }
    if (reader->quantity == PSTM_VELOCITY_AVERAGE) {
        *least_m_s = fmin(*least_m_s, pick_at(reader, reader->n - 1).v_m_s);
        *most_m_s = fmax(*most_m_s, pick_at(reader, reader->n - 1).v_m_s);
    }
}

pstm_status pstm_velocity_describe_quantity(pstm_velocity_quantity quantity, pstm_text *text)
{
    static const char *const lines[] = {"", "average\n", "interval\n", "layers\n"};
    return pstm_text_add(text, "%s", lines[quantity]);
}
