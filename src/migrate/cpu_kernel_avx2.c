/* The kernel for x86-64 processors with AVX2 and FMA. */
#include <immintrin.h>
#include <stdbool.h>

static bool usable(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

/** Lane i of 16 samples: the low three bits of i choose in both halves, the fourth between them. */
static inline __attribute__((always_inline)) __m256 pick_wide(const float *samples, __m256i i)
{
    __m256 low = _mm256_permutevar8x32_ps(_mm256_loadu_ps(samples), i);
    __m256 high = _mm256_permutevar8x32_ps(_mm256_loadu_ps(samples + 8), i);
    return _mm256_blendv_ps(low, high, _mm256_castsi256_ps(_mm256_slli_epi32(i, 28)));
}

#define KERNEL_NAME avx2
#define LANES 8
#define WINDOWS 2
#define SPLAT(x) ((vf)_mm256_set1_ps(x))
#define SPLAT_INT(x) ((vi)_mm256_set1_epi32(x))
#define FMA(a, b, c) ((vf)_mm256_fmadd_ps((__m256)(a), (__m256)(b), (__m256)(c)))
#define SQRT(x) ((vf)_mm256_sqrt_ps((__m256)(x)))
#define MIN(a, b) ((vf)_mm256_min_ps((__m256)(a), (__m256)(b)))
#define MAX(a, b) ((vf)_mm256_max_ps((__m256)(a), (__m256)(b)))
#define CHOOSE(mask, yes, no) ((vf)_mm256_blendv_ps((__m256)(no), (__m256)(yes), (__m256)(mask)))
#define ALL_NOT_NEGATIVE(x) (_mm256_movemask_ps((__m256)(x)) == 0)
#define PICK_NARROW(p, i) ((vf)_mm256_permutevar8x32_ps(_mm256_loadu_ps(p), (__m256i)(i)))
#define PICK_WIDE(p, i) ((vf)pick_wide(p, (__m256i)(i)))
#define PICK_FAR(p, i) ((vf)_mm256_i32gather_ps(p, (__m256i)(i), 4))
#include "migrate/cpu_kernel.inc"
