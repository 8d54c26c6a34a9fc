#include "condition/doubts.h"

pstm_status pstm_condition_doubt(const pstm_condition_options *options, double sample_s, pstm_doubts *doubts)
{
    const double *hz = options->bandpass_hz, nyquist_hz = 0.5 / sample_s;
    if (!options->bandpass || hz[3] <= nyquist_hz) return PSTM_OK;
    return pstm_doubts_add(doubts, PSTM_DOUBT_BANDPASS, hz[0] >= nyquist_hz,
                           "condition.bandpass: corners of %g, %g, %g, %g Hz, and samples of %g ms hold "
                           "frequencies up to %g Hz (Nyquist)",
                           hz[0], hz[1], hz[2], hz[3], 1e3 * sample_s, nyquist_hz);
}
