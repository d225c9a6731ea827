/* The sum that a what-if's cost is made of. */
#include "whatif/cost.h"
#include "tensor/rounders.h"

#define ROW_LEAST                                                                                            \
    64 /* elements of a channel that lie together; of fewer, the rounded ones are laid out first */

/* Long rows are rounded and summed in one go. */
static int64_t cost_rows(const struct mm_rounders *loops, const struct mm_rounder *rounder, const float *x,
                         size_t n, int64_t base, double *error)
{
    const float *scale = rounder->scale, *low = rounder->low;
    struct mm_walk walk;
    int64_t clipped = 0, c;

    mm_walk_start(&walk, &rounder->lay, base);
    for (size_t i = 0, length; i < n; i += length) {
        length = mm_walk_next(&walk, n - i, &c);
        clipped +=
            loops->grid_error_float(x + i, length, scale[c], low[c], low[c] + (float)rounder->span, error);
    }
    return clipped;
}

int64_t mm_cost_floats(const struct mm_rounder *rounder, const float *x, size_t n, int64_t base,
                       float *scratch, double *error)
{
    const struct mm_rounders *loops = mm_rounders();
    bool rows = rounder->lay.channels == 1 || rounder->lay.inner >= ROW_LEAST;

    if (rounder->scale && rows)
        return cost_rows(loops, rounder, x, n, base, error);
    int64_t clipped = mm_round_tile_float(rounder, x, scratch, n, base);
    *error += loops->error_float(x, scratch, n);
    return clipped;
}

int64_t mm_cost_doubles(const struct mm_rounder *rounder, const double *x, size_t n, int64_t base,
                        double *scratch, double *error)
{
    int64_t clipped = mm_round_tile_double(rounder, x, scratch, n, base);

    *error += mm_error_doubles(x, scratch, n);
    return clipped;
}

double mm_error_doubles(const double *x, const double *y, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (x[i] - y[i]) * (x[i] - y[i]);
    return sum;
}
