/* The kernel for any processor, in vectors of four (SSE2, Neon). It multiplies and adds with a rounding
 * after each, also where the processor could do without the first: so its bits are the same everywhere. */
#include <math.h>
#include <stdbool.h>

static bool usable(void)
{
    return true;
}

#define KERNEL_NAME portable
#define LANES 4
#define WINDOWS 1
#define SPLAT(x) ((vf){(x), (x), (x), (x)})
#define SPLAT_INT(x) ((vi){(x), (x), (x), (x)})
#define FMA(a, b, c) ((a) * (b) + (c))
#define SQRT(x) ((vf){sqrtf((x)[0]), sqrtf((x)[1]), sqrtf((x)[2]), sqrtf((x)[3])})
#define CHOOSE(mask, yes, no) ((vf)(((mask) & (vi)(yes)) | (~(mask) & (vi)(no))))
#define MIN(a, b) CHOOSE((a) < (b), a, b)
#define MAX(a, b) CHOOSE((a) > (b), a, b)
#define ALL_NOT_NEGATIVE(x) ((((vi)(x))[0] | ((vi)(x))[1] | ((vi)(x))[2] | ((vi)(x))[3]) >= 0)
#define PICK_FAR(p, i) ((vf){(p)[(i)[0]], (p)[(i)[1]], (p)[(i)[2]], (p)[(i)[3]]})
#define PICK_NARROW(p, i) PICK_FAR(p, i)
#define PICK_WIDE(p, i) PICK_FAR(p, i)
#include "migrate/cpu_kernel.inc"
