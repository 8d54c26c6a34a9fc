/* The kernel for x86-64 processors with AVX-512 (F, VL, DQ, BW). */
#include <immintrin.h>
#include <stdbool.h>

static bool usable(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("fma");
}

typedef __mmask16 lanes;
typedef float picked __attribute__((vector_size(64)));

/** A position's way from the sample before it, the rest of a truncation, which is exact. */
static inline __attribute__((always_inline)) __m512 beyond(__m512 position)
{
    return _mm512_reduce_ps(position, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
}

static inline __attribute__((always_inline)) __m512 rise_from(const float *p, __m512 samples)
{
    return _mm512_sub_ps(_mm512_loadu_ps(p + 1), samples);
}

static inline __attribute__((always_inline)) picked interpolate_narrow(const float *p, __m512 position)
{
    const __m512 samples = _mm512_loadu_ps(p), rise = rise_from(p, samples);
    const __m512i i = _mm512_cvttps_epi32(position);
    return (picked)_mm512_fmadd_ps(beyond(position), _mm512_permutexvar_ps(i, rise),
                                   _mm512_permutexvar_ps(i, samples));
}

static inline __attribute__((always_inline)) picked interpolate_wide(const float *p, __m512 position)
{
    const __m512 samples = _mm512_loadu_ps(p), next_samples = _mm512_loadu_ps(p + 16);
    const __m512 rise = rise_from(p, samples), next_rise = rise_from(p + 16, next_samples);
    const __m512i i = _mm512_cvttps_epi32(position);
    return (picked)_mm512_fmadd_ps(beyond(position), _mm512_permutex2var_ps(rise, i, next_rise),
                                   _mm512_permutex2var_ps(samples, i, next_samples));
}

static inline __attribute__((always_inline)) picked interpolate_far(const float *p, __m512 position)
{
    const __m512i i = _mm512_cvttps_epi32(position);
    const __m512 before = _mm512_i32gather_ps(i, p, 4), after = _mm512_i32gather_ps(i, p + 1, 4);
    return (picked)_mm512_fmadd_ps(_mm512_sub_ps(position, _mm512_cvtepi32_ps(i)),
                                   _mm512_sub_ps(after, before), before);
}

#define KERNEL_NAME avx512
#define LANES 16
#define WINDOWS 4
#define NARROW 16
#define PARTS_AT_ONCE 4
#define SPLAT(x) ((vf)_mm512_set1_ps(x))
#define SPLAT_INT(x) ((vi)_mm512_set1_epi32(x))
#define FMA(a, b, c) ((vf)_mm512_fmadd_ps((__m512)(a), (__m512)(b), (__m512)(c)))
#define SQRT(x) ((vf)_mm512_sqrt_ps((__m512)(x)))
#define MIN(a, b) ((vf)_mm512_min_ps((__m512)(a), (__m512)(b)))
#define MAX(a, b) ((vf)_mm512_max_ps((__m512)(a), (__m512)(b)))
#define MIN_INT(a, b) ((vi)_mm512_min_epi32((__m512i)(a), (__m512i)(b)))
#define MIN_UNSIGNED(a, b) ((vi)_mm512_min_epu32((__m512i)(a), (__m512i)(b)))
#define MAX_INT(a, b) ((vi)_mm512_max_epi32((__m512i)(a), (__m512i)(b)))
#define AT_MOST(a, b) _mm512_cmp_ps_mask((__m512)(a), (__m512)(b), _CMP_LE_OQ)
#define CHOOSE(lanes, yes, no) ((vf)_mm512_mask_mov_ps((__m512)(no), lanes, (__m512)(yes)))
#define COUNT(lanes, counts)                                                                                 \
    ((vi)_mm512_mask_add_epi32((__m512i)(counts), lanes, (__m512i)(counts), _mm512_set1_epi32(1)))
#define SHIFT(x) ((vf)_mm512_alignr_epi32((__m512i)(x), (__m512i)(x), 1))
#define ALL_NOT_NEGATIVE(x) (_mm512_movepi32_mask((__m512i)(x)) == 0)
#define INTERPOLATE_NARROW(p, position) ((vf)interpolate_narrow(p, (__m512)(position)))
#define INTERPOLATE_WIDE(p, position) ((vf)interpolate_wide(p, (__m512)(position)))
#define INTERPOLATE_FAR(p, position) ((vf)interpolate_far(p, (__m512)(position)))
#include "migrate/cpu_kernel.inc"
