/** @file fft_length.h  Lengths that FFTs like. Local. */
#ifndef PSTM_CONDITION_FFT_LENGTH_H
#define PSTM_CONDITION_FFT_LENGTH_H

#include <stddef.h>
#include <stdint.h>

/** The smallest even length >= n whose factors are 2, 3, 5 and 7 only. */
static inline int32_t pstm_fft_length(int64_t n)
{
    for (n += n % 2;; n += 2) {
        int64_t rest = n;
        static const int factors[] = {2, 3, 5, 7};
        for (size_t i = 0; i < 4; i++)
            while (rest % factors[i] == 0)
                rest /= factors[i];
        if (rest == 1) return (int32_t)n;
    }
}

#endif
