/* Rounding tiles of values to a number format and back. */
#include "tensor/round.h"
#include "tensor/rounders.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define STEP      16  /* elements of an inner loop */
#define SHORT_ROW 64  /* rows below this are not worth a call each */
#define AT_ONCE   512 /* elements whose scales are laid out at a time */

#define NVFP4_GREATEST (6.0 * 448.0) /* of an element times that of a block's scale */

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

/* ---- blocks ---- */

size_t mm_block_size(enum mm_blocks blocks)
{
    return blocks == MM_BLOCKS_MX ? 32 : blocks == MM_BLOCKS_NVFP4 ? 16 : 0;
}

/* The exponent of the greatest power of two that elements of MX's blocks have. */
static int element_exponent(enum mm_dtype dtype)
{
    static const int exponents[MM_DTYPE_COUNT] = {
        [MM_F8E4M3] = 8, [MM_F8E5M2] = 15, [MM_F6E2M3] = 2, [MM_F6E3M2] = 4, [MM_F4E2M1] = 2, [MM_I8] = 0,
    };
    return exponents[dtype];
}

bool mm_round_block(enum mm_blocks blocks, enum mm_dtype dtype)
{
    if (blocks == MM_BLOCKS_NVFP4)
        return dtype == MM_F4E2M1;
    return blocks == MM_BLOCKS_MX &&
           (dtype == MM_I8 || ((unsigned)dtype < MM_DTYPE_COUNT && element_exponent(dtype) > 0));
}

/* That of the scale of one of MX's blocks; E8M0 holds -127 to 127. */
static int block_exponent(enum mm_dtype dtype, double greatest)
{
    int exponent = ilogb(greatest) - element_exponent(dtype);
    return exponent < -127 ? -127 : exponent > 127 ? 127 : exponent;
}

float mm_nvfp4_tensor_scale(double greatest)
{
    const double most = (double)FLT_MAX / NVFP4_GREATEST * (1.0 - 0x1p-22);
    double scale = (double)(float)greatest / NVFP4_GREATEST;

    scale = scale < most ? scale : most;
    return (float)scale > 0 ? (float)scale : 1.0f;
}

/* ---- both lanes ---- */

/* False, and nothing changed: not all are finite, or there is no loop for it. */
static bool extremes_of_finite_float(const struct mm_rounders *loops, const float *x, size_t n, double *low,
                                     double *high)
{
    float least = INFINITY, greatest = -INFINITY;

    if (!loops->extremes_float(x, n, &least, &greatest))
        return false;
    *low = (double)least < *low ? (double)least : *low;
    *high = (double)greatest > *high ? (double)greatest : *high;
    return true;
}

static bool extremes_of_finite_double(const struct mm_rounders *loops, const double *x, size_t n, double *low,
                                      double *high)
{
    (void)loops, (void)x, (void)n, (void)low, (void)high;
    return false;
}

#define REAL       float
#define WORD       uint32_t
#define DIGITS     23
#define REAL_MAX   FLT_MAX
#define NAME(name) name##_float
#include "tensor/round_one.inc"
#include "tensor/round_lane.inc"
#include "tensor/round_blocks.inc"
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
#include "tensor/round_one.inc"
#include "tensor/round_lane.inc"
#include "tensor/round_blocks.inc"
