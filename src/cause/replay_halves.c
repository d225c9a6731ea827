/* Is a tensor of floats made of halves, wherever they were widened? */
#include "cause/replay.h"

#include <math.h>
#include <string.h>

#define BLOCK 64

typedef int32_t four __attribute__((vector_size(16)));

#define LEAST_NORMAL 0x38800000 /* the bits of 2^-14 */
#define GREATEST     0x477fe000 /* of 65504 */
#define DROPPED      0x1fff     /* bits of a float's fraction that a half has not */

/* BLOCK values: zeros and normal halves. Of others, which are rare, this is not the place to tell. */
static bool are_normal(const float *x)
{
    four all = {-1, -1, -1, -1};
    for (int i = 0; i < BLOCK; i += 4) {
        four bits;
        memcpy(&bits, x + i, sizeof bits);
        four magnitude = bits & INT32_MAX;
        four within = (magnitude >= LEAST_NORMAL) & (magnitude <= GREATEST) & ((bits & DROPPED) == 0);
        all &= within | (magnitude == 0);
    }
    return (all[0] & all[1] & all[2] & all[3]) != 0;
}

static bool is_half(float x)
{
    return isnan(x) || mm_half_to_float(mm_float_to_half(x)) == x;
}

bool replay_are_halves(const struct mm_value *y)
{
    for (int64_t i = 0; y->f && i < y->count;) {
        int64_t end = i + BLOCK < y->count ? i + BLOCK : y->count;
        bool whole = end - i == BLOCK && are_normal(y->f + i);
        for (; !whole && i < end; i++) {
            if (!is_half(y->f[i]))
                return false;
        }
        i = end;
    }
    return y->f && y->count > 0;
}
