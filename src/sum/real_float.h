/** @file real_float.h
 * The formulas of laws.h, weights.h and antialias_level.h in float (names end in _f), one number at a time,
 * as the devices in C need them outside their kernels. Local, pure.
 */
#ifndef PSTM_SUM_REAL_FLOAT_H
#define PSTM_SUM_REAL_FLOAT_H

#include <math.h>
#include <stdint.h>
#include <string.h>

static inline int32_t pstm_bits_of_f(float x)
{
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline float pstm_real_of_bits_f(int32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline int32_t pstm_least_i(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static inline int32_t pstm_most_i(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

#define REAL float
#define REAL_OF(x) ((float)(x))
#define REAL_FMA(a, b, c) fmaf(a, b, c)
#define REAL_ROOT(x) sqrtf(x)
#define FORMULA(name) name##_f
#define FORMULA_INLINE static inline
#define WEIGHT_TAU_AT_PAIR 1
#define INTEGER int32_t
#define INTEGER_OF(i) ((int32_t)(i))
#define BITS_OF(x) pstm_bits_of_f(x)
#define REAL_OF_BITS(i) pstm_real_of_bits_f(i)
#define REAL_MAX(a, b) fmaxf(a, b)
#define REAL_ABS(x) fabsf(x)
#define INTEGER_MIN(a, b) pstm_least_i(a, b)
#define INTEGER_MAX(a, b) pstm_most_i(a, b)
#include "sum/formulas.inc"

#endif
