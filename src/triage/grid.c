/* Do values lie on a uniform grid, as fake quantisation leaves them? */
#include "triage/cause.h"

#include <math.h>
#include <stdlib.h>

#define GRID_SAMPLE   4096
#define GRID_DISTINCT 12 /* fewer different values lie on a grid by chance */
/* Share of a step that a value may lie off the grid: fake quantised values are stored rounded. Twelve
 * independent values pass by chance once in (1 / 0.2)^11. */
#define GRID_OFF 0.1

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* A spread-out sample of the finite values, sorted, each value once. Returns how many. */
static size_t distinct(const double *x, int64_t count, double out[GRID_SAMPLE])
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
    return kept;
}

double grid_find(const double *x, int64_t count, int64_t levels)
{
    double *value = malloc(GRID_SAMPLE * sizeof *value);
    double step = INFINITY;
    size_t n = value ? distinct(x, count, value) : 0;
    for (size_t i = 1; i < n; i++)
        step = fmin(step, value[i] - value[i - 1]);
    double span = n ? value[n - 1] - value[0] : 0;
    if (n < GRID_DISTINCT || !(span / step <= (double)levels + 1)) {
        free(value);
        return 0;
    }
    step = span / rint(span / step); /* the smallest gap is rounded most */
    bool on = true;
    for (size_t i = 0; i < n && on; i++) {
        double place = value[i] / step; /* a grid of a number format goes through zero */
        on = fabs(place - rint(place)) <= GRID_OFF;
    }
    free(value);
    return on ? step : 0;
}
