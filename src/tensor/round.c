/* Rounding tiles of values to a number format and back. */
#include "tensor/round.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define STEP      16  /* elements of an inner loop */
#define SHORT_ROW 64  /* rows below this are not worth a call each */
#define AT_ONCE   512 /* elements whose scales are laid out at a time */

bool mm_round_integer(enum mm_dtype dtype)
{
    return dtype == MM_I4 || dtype == MM_I8 || dtype == MM_I16;
}

bool mm_round_float(enum mm_dtype dtype)
{
    return dtype == MM_F16 || dtype == MM_BF16 || dtype == MM_F8E4M3 || dtype == MM_F8E5M2 ||
           dtype == MM_F8E4M3FNUZ || dtype == MM_F8E5M2FNUZ || dtype == MM_F8E4M3B11;
}

void mm_walk_start(struct mm_walk *walk, const struct mm_lay *lay, int64_t base)
{
    *walk = (struct mm_walk){
        .lay = *lay, .channel = base / lay->inner % lay->channels, .in_row = base % lay->inner};
}

size_t mm_walk_next(struct mm_walk *walk, size_t n, int64_t *channel)
{
    int64_t left = walk->lay.inner - walk->in_row;

    *channel = walk->channel;
    if ((uint64_t)left > n) {
        walk->in_row += (int64_t)n;
        return n;
    }
    walk->in_row = 0;
    walk->channel = walk->channel + 1 == walk->lay.channels ? 0 : walk->channel + 1;
    return (size_t)left;
}

#define REAL       float
#define WORD       uint32_t
#define DIGITS     23
#define REAL_MAX   FLT_MAX
#define NAME(name) name##_float
#include "tensor/round_lane.inc"
#undef REAL
#undef WORD
#undef DIGITS
#undef REAL_MAX
#undef NAME

#define REAL       double
#define WORD       uint64_t
#define DIGITS     52
#define REAL_MAX   DBL_MAX
#define NAME(name) name##_double
#include "tensor/round_lane.inc"
