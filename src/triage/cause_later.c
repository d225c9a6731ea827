/* Causes that are still to come. */
#include "triage/cause.h"

#include <math.h>

/* Stand-ins until the what-ifs are there. */
__attribute__((weak)) int mm_channel_axis(const struct mm_shape *shape)
{
    return shape->rank >= 3 ? 1 : shape->rank - 1;
}
