#include "condition/wavelet.h"

#include <math.h>

pstm_wavelet pstm_wavelet_resolve(pstm_wavelet asked, bool survey_is_2d)
{
    if (asked != PSTM_WAVELET_AUTO) return asked;
    return survey_is_2d ? PSTM_WAVELET_2D : PSTM_WAVELET_3D;
}

const char *pstm_wavelet_name(pstm_wavelet wavelet)
{
    static const char *const names[] = {[PSTM_WAVELET_AUTO] = "auto",
                                        [PSTM_WAVELET_OFF] = "off",
                                        [PSTM_WAVELET_2D] = "2d",
                                        [PSTM_WAVELET_3D] = "3d"};
    return names[wavelet];
}

void pstm_wavelet_factor(pstm_wavelet wavelet, double omega_rad_s, double *real, double *imaginary)
{
    *real = 1.0;
    *imaginary = 0.0;
    if (wavelet == PSTM_WAVELET_2D) {
        *real = sqrt(0.5 * omega_rad_s);
        *imaginary = -*real;
    } else if (wavelet == PSTM_WAVELET_3D) {
        *real = 0.0;
        *imaginary = -omega_rad_s;
    }
}
