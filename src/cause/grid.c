/* Do values lie on a uniform grid, as fake quantisation leaves them? */
#include "cause/cause.h"

#include <math.h>
#include <stdlib.h>

#define GRID_SAMPLE   4096
#define GRID_DISTINCT 12 /* fewer different values lie on a grid by chance */
/* But for the few steps of int4, whose values come again and again and hardly move when they are stored. */
#define FEW_DISTINCT 8
#define FEW_REPEATS  32
#define FEW_OFF      0.04
/* Share of a step that a value may lie off the grid: fake quantised values are stored rounded. Twelve
 * independent values pass by chance once in (1 / 0.2)^11. */
#define GRID_OFF 0.1

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* A spread-out sample of the finite values, sorted, each value once. Returns how many. */
static size_t distinct(const double *x, int64_t count, double out[GRID_SAMPLE], size_t *sampled)
{
    int64_t step = count / GRID_SAMPLE + 1;
    size_t n = 0, kept = 0;
    /* an even step would see one channel of a channels-last tensor only */
    for (int64_t i = 0; i < count && n < GRID_SAMPLE; i += step + (i / step % 3 == 0))
        if (isfinite(x[i]))
            out[n++] = x[i];
    qsort(out, n, sizeof *out, ascending);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || out[i] != out[kept - 1])
            out[kept++] = out[i];
    *sampled = n;
    return kept;
}

/*
 * The step made sharper: gaps are whole numbers of steps, and what many steps span is known better than the
 * smallest gap, which is the one that rounding shrank most. From the middle outwards, where gaps are narrow.
 */
static double sharpened(const double *value, size_t n, double step)
{
    size_t middle = n / 2;
    double steps = 0;
    for (size_t i = middle + 1; i < n; i++) {
        steps += rint((value[i] - value[i - 1]) / step);
        step = (value[i] - value[middle]) / steps;
    }
    double above = value[n - 1] - value[middle];
    for (size_t i = middle; i-- > 0;) {
        steps += rint((value[i + 1] - value[i]) / step);
        step = (above + value[middle] - value[i]) / steps;
    }
    return step;
}

/* Are they all whole numbers of steps? A number format's grid goes through zero. */
static bool on_grid(const double *value, size_t n, double step, double off)
{
    bool on = true;
    for (size_t i = 0; i < n && on; i++) {
        double place = value[i] / step;
        on = fabs(place - rint(place)) <= off;
    }
    return on;
}

double grid_find(const double *x, int64_t count, int64_t levels)
{
    double *value = malloc(GRID_SAMPLE * sizeof *value);
    double step = INFINITY;
    size_t sampled = 0, n = value ? distinct(x, count, value, &sampled) : 0;
    bool repeats = n < GRID_DISTINCT && n >= FEW_DISTINCT && sampled >= FEW_REPEATS * n;
    for (size_t i = 1; i < n; i++)
        step = fmin(step, value[i] - value[i - 1]);
    double span = n ? value[n - 1] - value[0] : 0;
    bool few = (n >= GRID_DISTINCT || repeats) && span / step <= 1.2 * (double)levels + 1;
    if (few)
        step = sharpened(value, n, step);
    few = few && span / step <= (double)levels + 0.5 && on_grid(value, n, step, repeats ? FEW_OFF : GRID_OFF);
    free(value);
    return few ? step : 0;
}
