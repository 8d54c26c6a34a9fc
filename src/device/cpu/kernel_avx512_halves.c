/* The kernel for AVX-512 on processors that do AVX-512 in two halves (Zen 4), to which a register of 512 bits
 * costs as much as two of 256: with knots in the latter, traces of up to seven spans take half as long to
 * prepare. Its bits are those of the other kernel for AVX-512. */
#include "device/cpu/avx512.inc"

static bool usable(void)
{
    return has_avx512();
}

#define KERNEL_NAME avx512
#define KERNEL_SYMBOL avx512_halves
#define LOCKSTEP 4
#define KNOTS 8
#define KSPLAT(x) ((kf)_mm256_set1_ps(x))
#define KSPLAT_INT(x) ((ki)_mm256_set1_epi32(x))
#define KFMA(a, b, c) ((kf)_mm256_fmadd_ps((__m256)(a), (__m256)(b), (__m256)(c)))
#define KMIN(a, b) ((kf)_mm256_min_ps((__m256)(a), (__m256)(b)))
#define KMAX(a, b) ((kf)_mm256_max_ps((__m256)(a), (__m256)(b)))
#define KMIN_INT(a, b) ((ki)_mm256_min_epi32((__m256i)(a), (__m256i)(b)))
#define KMAX_INT(a, b) ((ki)_mm256_max_epi32((__m256i)(a), (__m256i)(b)))
#define KMIN_UNSIGNED(a, b) ((ki)_mm256_min_epu32((__m256i)(a), (__m256i)(b)))
#define KSHIFT(x) ((kf)_mm256_alignr_epi32((__m256i)(x), (__m256i)(x), 1))
#define KALL_NOT_NEGATIVE(x) (_mm256_movemask_ps((__m256)(x)) == 0)
#include "device/cpu/kernel.inc"
