/* The kernel for x86-64 processors with AVX-512 (F, VL, DQ, BW). */
#include <immintrin.h>
#include <stdbool.h>

static bool usable(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("fma");
}

#define KERNEL_NAME avx512
#define LANES 16
#define WINDOWS 1
#define SPLAT(x) ((vf)_mm512_set1_ps(x))
#define SPLAT_INT(x) ((vi)_mm512_set1_epi32(x))
#define FMA(a, b, c) ((vf)_mm512_fmadd_ps((__m512)(a), (__m512)(b), (__m512)(c)))
#define SQRT(x) ((vf)_mm512_sqrt_ps((__m512)(x)))
#define MIN(a, b) ((vf)_mm512_min_ps((__m512)(a), (__m512)(b)))
#define MAX(a, b) ((vf)_mm512_max_ps((__m512)(a), (__m512)(b)))
#define CHOOSE(mask, yes, no)                                                                                \
    ((vf)_mm512_mask_blend_ps(_mm512_movepi32_mask((__m512i)(mask)), (__m512)(no), (__m512)(yes)))
#define ALL_NOT_NEGATIVE(x) (_mm512_movepi32_mask((__m512i)(x)) == 0)
#define PICK_NARROW(p, i) ((vf)_mm512_permutexvar_ps((__m512i)(i), _mm512_loadu_ps(p)))
#define PICK_WIDE(p, i)                                                                                      \
    ((vf)_mm512_permutex2var_ps(_mm512_loadu_ps(p), (__m512i)(i), _mm512_loadu_ps((p) + 16)))
#define PICK_FAR(p, i) ((vf)_mm512_i32gather_ps((__m512i)(i), p, 4))
#include "migrate/cpu_kernel.inc"
