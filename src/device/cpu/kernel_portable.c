/* The kernel for any processor, in vectors of four (SSE2, Neon). It multiplies and adds with a rounding
 * after each, also where the processor could do without the first: so its bits are the same everywhere. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

static bool usable(void)
{
    return true;
}

typedef float picked __attribute__((vector_size(16)));
typedef int32_t numbers __attribute__((vector_size(16)));
typedef uint32_t unsigned_numbers __attribute__((vector_size(16)));
typedef numbers lanes;

static inline __attribute__((always_inline)) picked interpolate(const float *p, picked position)
{
    const numbers i = __builtin_convertvector(position, numbers);
    const picked before = {p[i[0]], p[i[1]], p[i[2]], p[i[3]]};
    const picked after = {p[i[0] + 1], p[i[1] + 1], p[i[2] + 1], p[i[3] + 1]};
    return (position - __builtin_convertvector(i, picked)) * (after - before) + before;
}

#define KERNEL_NAME portable
#define LANES 4
#define WINDOWS 4
#define NARROW (1 << 20) /* samples are loaded one by one, wherever they are */
#define PARTS_AT_ONCE 1
#define SPLAT(x) ((vf){(x), (x), (x), (x)})
#define SPLAT_INT(x) ((vi){(x), (x), (x), (x)})
#define FMA(a, b, c) ((a) * (b) + (c))
#define SQRT(x) ((vf){sqrtf((x)[0]), sqrtf((x)[1]), sqrtf((x)[2]), sqrtf((x)[3])})
#define AT_MOST(a, b) ((a) <= (b))
#define BITS(lanes) ((uint32_t)(-(lanes)[0] - 2 * (lanes)[1] - 4 * (lanes)[2] - 8 * (lanes)[3]))
#define COUNT(lanes, counts) ((counts) - (lanes))
#define CHOOSE_INT(mask, yes, no) (((mask) & (yes)) | (~(mask) & (no)))
#define CHOOSE(mask, yes, no) ((vf)CHOOSE_INT(mask, (vi)(yes), (vi)(no)))
#define MIN(a, b) CHOOSE((a) < (b), a, b)
#define MAX(a, b) CHOOSE((a) > (b), a, b)
#define MIN_INT(a, b) CHOOSE_INT((a) < (b), a, b)
#define MIN_UNSIGNED(a, b) CHOOSE_INT((unsigned_numbers)(a) < (unsigned_numbers)(b), a, b)
#define MAX_INT(a, b) CHOOSE_INT((a) > (b), a, b)
#define SHIFT(x) __builtin_shuffle(x, (vi){1, 2, 3, 0})
#define ALL_NOT_NEGATIVE(x) ((((vi)(x))[0] | ((vi)(x))[1] | ((vi)(x))[2] | ((vi)(x))[3]) >= 0)
#define INTERPOLATE_NARROW(p, position) interpolate(p, position)
#define INTERPOLATE_WIDE(p, position) interpolate(p, position)
#define INTERPOLATE_FAR(p, position) interpolate(p, position)
#include "device/cpu/kernel.inc"
