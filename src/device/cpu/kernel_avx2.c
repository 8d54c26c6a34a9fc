/* The kernel for x86-64 processors with AVX2 and FMA. */
#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>

static bool usable(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

typedef int32_t lanes __attribute__((vector_size(32)));
typedef float picked __attribute__((vector_size(32)));

/** Of 8 samples from p on, the line through each and the next one: rise, and value at p. */
static inline __attribute__((always_inline)) void lines_from(const float *p, float first, __m256 *rise,
                                                             __m256 *value)
{
    const __m256 number = _mm256_add_ps(_mm256_setr_ps(0, 1, 2, 3, 4, 5, 6, 7), _mm256_set1_ps(first));
    const __m256 sample = _mm256_loadu_ps(p);
    *rise = _mm256_sub_ps(_mm256_loadu_ps(p + 1), sample);
    *value = _mm256_fnmadd_ps(number, *rise, sample);
}

static inline __attribute__((always_inline)) picked interpolate_narrow(const float *p, __m256 position)
{
    __m256 rise, value;
    lines_from(p, 0, &rise, &value);
    const __m256i i = _mm256_cvttps_epi32(position);
    return (picked)_mm256_fmadd_ps(position, _mm256_permutevar8x32_ps(rise, i),
                                   _mm256_permutevar8x32_ps(value, i));
}

/** The low three bits of i choose in both halves, the fourth between them. */
static inline __attribute__((always_inline)) __m256 pick_of_two(__m256 low, __m256 high, __m256i i)
{
    return _mm256_blendv_ps(_mm256_permutevar8x32_ps(low, i), _mm256_permutevar8x32_ps(high, i),
                            _mm256_castsi256_ps(_mm256_slli_epi32(i, 28)));
}

static inline __attribute__((always_inline)) picked interpolate_wide(const float *p, __m256 position)
{
    __m256 rise, value, next_rise, next_value;
    lines_from(p, 0, &rise, &value);
    lines_from(p + 8, 8, &next_rise, &next_value);
    const __m256i i = _mm256_cvttps_epi32(position);
    return (picked)_mm256_fmadd_ps(position, pick_of_two(rise, next_rise, i),
                                   pick_of_two(value, next_value, i));
}

static inline __attribute__((always_inline)) picked interpolate_far(const float *p, __m256 position)
{
    const __m256i i = _mm256_cvttps_epi32(position);
    const __m256 before = _mm256_i32gather_ps(p, i, 4), after = _mm256_i32gather_ps(p + 1, i, 4);
    return (picked)_mm256_fmadd_ps(_mm256_sub_ps(position, _mm256_cvtepi32_ps(i)),
                                   _mm256_sub_ps(after, before), before);
}

#define KERNEL_NAME avx2
#define LANES 8
#define WINDOWS 8
#define NARROW 8
#define PARTS_AT_ONCE 2
#define SPLAT(x) ((vf)_mm256_set1_ps(x))
#define SPLAT_INT(x) ((vi)_mm256_set1_epi32(x))
#define FMA(a, b, c) ((vf)_mm256_fmadd_ps((__m256)(a), (__m256)(b), (__m256)(c)))
#define SQRT(x) ((vf)_mm256_sqrt_ps((__m256)(x)))
#define MIN(a, b) ((vf)_mm256_min_ps((__m256)(a), (__m256)(b)))
#define MAX(a, b) ((vf)_mm256_max_ps((__m256)(a), (__m256)(b)))
#define MIN_INT(a, b) ((vi)_mm256_min_epi32((__m256i)(a), (__m256i)(b)))
#define MIN_UNSIGNED(a, b) ((vi)_mm256_min_epu32((__m256i)(a), (__m256i)(b)))
#define MAX_INT(a, b) ((vi)_mm256_max_epi32((__m256i)(a), (__m256i)(b)))
#define AT_MOST(a, b) ((lanes)((vf)(a) <= (vf)(b)))
#define BITS(lanes) ((uint32_t)_mm256_movemask_ps((__m256)(lanes)))
#define CHOOSE(lanes, yes, no) ((vf)_mm256_blendv_ps((__m256)(no), (__m256)(yes), (__m256)(lanes)))
#define COUNT(lanes, counts) ((counts) - (lanes))
#define SHIFT(x) ((vf)_mm256_permutevar8x32_ps((__m256)(x), _mm256_setr_epi32(1, 2, 3, 4, 5, 6, 7, 0)))
#define ALL_NOT_NEGATIVE(x) (_mm256_movemask_ps((__m256)(x)) == 0)
#define INTERPOLATE_NARROW(p, position) ((vf)interpolate_narrow(p, (__m256)(position)))
#define INTERPOLATE_WIDE(p, position) ((vf)interpolate_wide(p, (__m256)(position)))
#define INTERPOLATE_FAR(p, position) ((vf)interpolate_far(p, (__m256)(position)))
#include "device/cpu/kernel.inc"
