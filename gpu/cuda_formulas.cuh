/** @file cuda_formulas.cuh
 * The formulas of sum/ in CUDA: float (names end in _f) with the roundings of the kernels, and those of a column in
 * double (real_double.h) for host and device. Included by the .cu files alone.
 */
#ifndef PSTM_GPU_CUDA_FORMULAS_CUH
#define PSTM_GPU_CUDA_FORMULAS_CUH

#define PSTM_SUM_INLINE static inline __host__ __device__
#include "sum/real_double.h"

/* A sum gets the power of tau when it is read: the pair is not interpolated here. */
#define REAL float
#define REAL_OF(x) ((float)(x))
#define REAL_FMA(a, b, c) __fmaf_rn(a, b, c)
#define REAL_ROOT(x) __fsqrt_rn(x)
#define FORMULA(name) name##_f
#define FORMULA_INLINE static __device__ __forceinline__
#define WEIGHT_TAU_AT_PAIR 0
#define INTEGER int
#define INTEGER_OF(i) ((int)(i))
#define BITS_OF(x) __float_as_int(x)
#define REAL_OF_BITS(i) __int_as_float(i)
#define REAL_MAX(a, b) fmaxf(a, b)
#define REAL_ABS(x) fabsf(x)
#define INTEGER_MIN(a, b) min(a, b)
#define INTEGER_MAX(a, b) max(a, b)
#include "sum/formulas.inc"

#endif
