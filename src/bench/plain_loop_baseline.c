/* The plain loop with what every processor of this kind has. */
#include <stdbool.h>

static bool usable(void)
{
    return true;
}

#define LOOP_NAME baseline
#include "bench/plain_loop.inc"
