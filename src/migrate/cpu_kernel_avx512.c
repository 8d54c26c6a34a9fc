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

/** Of 16 samples from p on, the line through each and the next one: rise, and value at p. */
static inline __attribute__((always_inline)) void lines_from(const float *p, float first, __m512 *rise,
                                                             __m512 *value)
{
    const __m512 number = _mm512_add_ps(_mm512_setr_ps(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
                                        _mm512_set1_ps(first));
    const __m512 sample = _mm512_loadu_ps(p);
    *rise = _mm512_sub_ps(_mm512_loadu_ps(p + 1), sample);
    *value = _mm512_fnmadd_ps(number, *rise, sample);
}

static inline __attribute__((always_inline)) picked interpolate_narrow(const float *p, __m512 position)
{
    __m512 rise, value;
    lines_from(p, 0, &rise, &value);
    const __m512i i = _mm512_cvttps_epi32(position);
    return (picked)_mm512_fmadd_ps(position, _mm512_permutexvar_ps(i, rise), _mm512_permutexvar_ps(i, value));
}

static inline __attribute__((always_inline)) picked interpolate_wide(const float *p, __m512 position)
{
    __m512 rise, value, next_rise, next_value;
    lines_from(p, 0, &rise, &value);
    lines_from(p + 16, 16, &next_rise, &next_value);
    const __m512i i = _mm512_cvttps_epi32(position);
    return (picked)_mm512_fmadd_ps(position, _mm512_permutex2var_ps(rise, i, next_rise),
                                   _mm512_permutex2var_ps(value, i, next_value));
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
