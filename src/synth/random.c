#include "synth/random.h"

#include <math.h>

static const double PI = 3.14159265358979323846;

static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t next(pstm_random *random)
{
    random->state += UINT64_C(0x9e3779b97f4a7c15);
    return mix(random->state);
}

pstm_random pstm_random_stream(uint64_t seed, uint64_t stream)
{
    /* Mixed twice: neighbouring streams must not be the same sequence shifted by a few numbers. */
    const uint64_t key = mix(seed + UINT64_C(0x9e3779b97f4a7c15));
    return (pstm_random){mix(key ^ mix(stream + UINT64_C(0xd1b54a32d192ed03)))};
}

double pstm_random_uniform(pstm_random *random)
{
    return (double)(next(random) >> 11) * 0x1p-53;
}

double pstm_random_gaussian(pstm_random *random)
{
    const double u = 1.0 - pstm_random_uniform(random); /* in (0, 1]: its logarithm is finite */
    const double angle = 2.0 * PI * pstm_random_uniform(random);
    return sqrt(-2.0 * log(u)) * cos(angle);
}
