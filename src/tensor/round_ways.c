/* Rounding as runtimes store values, and the ways in which they differ. */
#include "tensor/round.h"

#include <math.h>

#define STEP  16      /* elements of an inner loop */
#define FAR   0x1p20f /* beyond all codes; below it MAGIC's last place is 1 */
#define MAGIC (1.5f * 0x1p23f)
#define CHUNK 2048 /* elements that are clamped before they are rounded: they stay in L1 */

/* ---- integers ---- */

/* Halves are away from zero where rint went towards it: the difference of the two is exact. */
static inline float whole_of(float y, bool away)
{
    float whole = (y + MAGIC) - MAGIC, rest = y - whole;
    if (!away)
        return whole;
    whole = ((rest == 0.5f) & (y > 0)) ? whole + 1.0f : whole;
    return ((rest == -0.5f) & (y < 0)) ? whole - 1.0f : whole;
}

static inline __attribute__((always_inline)) float to_code(float x, float scale, float inverse, float low,
                                                           float high, unsigned ways)
{
    float y = ways & MM_ROUND_RECIPROCAL ? x * inverse : x / scale, whole;
    y = y > FAR ? FAR : y;
    y = y < -FAR ? -FAR : y;
    whole = whole_of(y, ways & MM_ROUND_AWAY);
    whole = whole < low ? low : whole;
    whole = whole > high ? high : whole;
    return whole * scale;
}

/* One scale for all; `ways` is a constant in each of the four. */
#define GRID(name, ways)                                                                                     \
    static void name(const float *restrict x, float *restrict out, size_t n, float scale, float low,         \
                     float high)                                                                             \
    {                                                                                                        \
        const float inverse = 1.0f / scale;                                                                  \
        size_t i = 0;                                                                                        \
        for (; i + STEP <= n; i += STEP) {                                                                   \
            for (size_t k = 0; k < STEP; k++)                                                                \
                out[i + k] = to_code(x[i + k], scale, inverse, low, high, ways);                             \
        }                                                                                                    \
        for (; i < n; i++)                                                                                   \
            out[i] = to_code(x[i], scale, inverse, low, high, ways);                                         \
    }

GRID(grid, 0)
GRID(grid_away, MM_ROUND_AWAY)
GRID(grid_reciprocal, MM_ROUND_RECIPROCAL)
GRID(grid_both, MM_ROUND_AWAY | MM_ROUND_RECIPROCAL)
#undef GRID

typedef void round_row(const float *restrict x, float *restrict out, size_t n, float scale, float low,
                       float high);
static round_row *const grids[] = {grid, grid_away, grid_reciprocal, grid_both};

static void round_integers(const struct mm_rounder *rounder, unsigned ways, const float *x, float *out,
                           size_t n)
{
    round_row *row = grids[ways & (MM_ROUND_AWAY | MM_ROUND_RECIPROCAL)];
    const float *scale = rounder->scale, *low = rounder->low;
    struct mm_walk walk;
    int64_t channel;
    mm_walk_start(&walk, &rounder->lay, 0);
    for (size_t i = 0, length; i < n; i += length) {
        length = mm_walk_next(&walk, n - i, &channel);
        row(x + i, out + i, length, scale[channel], low[channel], low[channel] + (float)rounder->span);
    }
}

/* ---- floats ---- */

static void clamp(const float *restrict x, float *restrict out, size_t n, float most)
{
    for (size_t i = 0; i < n; i++) {
        float y = x[i] > most ? most : x[i];
        out[i] = y < -most ? -most : y;
    }
}

static void round_saturated(const struct mm_rounder *rounder, const float *x, float *out, size_t n)
{
    float most = (float)mm_dtype_info(rounder->dtype)->highest, chunk[CHUNK];
    for (size_t i = 0, length; i < n; i += length) {
        length = n - i < CHUNK ? n - i : CHUNK;
        clamp(x + i, chunk, length, most);
        mm_round_tile_float(rounder, chunk, out + i, length, 0);
    }
}

void mm_round_ways_float(const struct mm_rounder *rounder, unsigned ways, const float *x, float *out,
                         size_t n)
{
    if (mm_round_integer(rounder->dtype))
        round_integers(rounder, ways, x, out, n);
    else if (ways & MM_ROUND_SATURATE)
        round_saturated(rounder, x, out, n);
    else
        mm_round_tile_float(rounder, x, out, n, 0);
}
