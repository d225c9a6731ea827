/* Do values lie on a uniform grid, as fake quantisation leaves them? */
#include "cause/cause.h"
#include "cause/sorted.h"
#include "cause/sparse.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GRID_SAMPLE   4096
#define GRID_DISTINCT 12 /* fewer different values lie on a grid by chance */
/* But for the few steps of int4, whose values come again and again and hardly move when they are stored. */
#define FEW_DISTINCT 8
#define FEW_REPEATS  32
#define FEW_OFF      0.04
/* Share of a step that a value may lie off the grid: fake quantised values are stored rounded. Twelve
 * independent values pass by chance once in (1 / 0.2)^11. */
#define GRID_OFF 0.1

/* A spread-out sample of the finite values; of few ones two in three. Returns how many. */
static size_t sample_of(const double *x, int64_t count, double out[GRID_SAMPLE])
{
    size_t n = 0;
    /* an even step would see one channel of a channels-last tensor only */
    struct sparse p = sparse_first(count, GRID_SAMPLE);
    while (p.at < count && n < GRID_SAMPLE) {
        if (isfinite(x[p.at]))
            out[n++] = x[p.at];
        if (p.step == 1)
            p.at += 1 + (p.at % 3 == 0);
        else
            sparse_next(&p);
    }
    return n;
}

#define FEW_MOST 512  /* different values that are told apart without sorting all: an int8 grid has 256 */
#define PLACES   2048 /* a power of two: where they may stand, by their bits */

static size_t place_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (size_t)((bits * 0x9E3779B97F4A7C15u) >> 53); /* 11 bits */
}

/* Each value once, in any order; returns how many, or n where they are not few: then nothing was moved. */
static size_t once_if_few(double *x, size_t n)
{
    double kept[FEW_MOST];
    uint16_t at[PLACES] = {0}; /* 1 + which of those kept; 0: none */
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        double value = x[i] + 0; /* -0 is 0 */
        size_t place = place_of(value);
        while (at[place] && kept[at[place] - 1] != value)
            place = (place + 1) % PLACES;
        if (at[place])
            continue;
        if (count == FEW_MOST)
            return n;
        kept[count++] = value;
        at[place] = (uint16_t)count;
    }
    memcpy(x, kept, count * sizeof *x);
    return count;
}

/* In order, each value once. Returns how many are left. */
static size_t distinct(double *x, size_t n)
{
    size_t kept = 0;
    sort_values(x, n);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || x[i] != x[kept - 1])
            x[kept++] = x[i];
    return kept;
}

static double least_gap(const double *value, size_t n)
{
    double gap = INFINITY;
    for (size_t i = 1; i < n; i++)
        gap = fmin(gap, value[i] - value[i - 1]);
    return gap;
}

static bool few_steps(double span, double step, int64_t levels)
{
    return span / step <= 1.2 * (double)levels + 1;
}

#define GRID_GLANCE 512
#define LANES       4 /* extremes that don't wait for each other */

/* From the least value, *least, to the greatest; none is NaN. */
static double span_of(const double *x, size_t n, double *least)
{
    double low[LANES] = {INFINITY, INFINITY, INFINITY, INFINITY};
    double high[LANES] = {-INFINITY, -INFINITY, -INFINITY, -INFINITY};
    for (size_t i = 0; i < n; i += LANES) {
        for (size_t k = 0; k < LANES && i + k < n; k++) {
            low[k] = x[i + k] < low[k] ? x[i + k] : low[k];
            high[k] = x[i + k] > high[k] ? x[i + k] : high[k];
        }
    }
    *least = fmin(fmin(low[0], low[1]), fmin(low[2], low[3]));
    return fmax(fmax(high[0], high[1]), fmax(high[2], high[3])) - *least;
}

/* Values seen so far, by which step of the finest grid that would do they lie in. */
struct steps {
    double low, step; /* from the least of all on */
    double kept[GRID_GLANCE];
    int64_t in[GRID_GLANCE];
    uint16_t at[PLACES]; /* 1 + which of those kept; 0: none */
    size_t count;
};

static size_t place_of_step(int64_t step)
{
    return (size_t)((uint64_t)step * 0x9E3779B97F4A7C15u >> 53); /* 11 bits */
}

/* Is there another value in this step that is nearer to x than steps may be? */
static bool has_near(const struct steps *steps, int64_t step, double x, double span, int64_t levels)
{
    for (size_t place = place_of_step(step); steps->at[place]; place = (place + 1) % PLACES) {
        size_t k = steps->at[place] - 1u;
        double gap = fabs(steps->kept[k] - x);
        if (steps->in[k] == step && gap > 0 && !few_steps(span, gap, levels))
            return true;
    }
    return false;
}

static void keep_value(struct steps *steps, int64_t step, double x)
{
    size_t place = place_of_step(step);
    for (; steps->at[place]; place = (place + 1) % PLACES) {
        if (steps->kept[steps->at[place] - 1] == x)
            return;
    }
    steps->kept[steps->count] = x;
    steps->in[steps->count++] = step;
    steps->at[place] = (uint16_t)steps->count;
}

/*
 * Two of the first few that are nearer to each other than any two steps: it is no grid, whatever the others are. Such two
 * lie in one step of the finest grid that would do, or in neighbours; of most values a hundred show it.
 */
static bool is_no_grid(const double *x, size_t n, int64_t levels)
{
    struct steps steps = {.count = 0};
    double span = span_of(x, n, &steps.low);
    steps.step = span / (1.2 * (double)levels + 1);
    if (!(steps.step > 0) || !isfinite(steps.step))
        return false;
    for (size_t i = 0; i < n && i < GRID_GLANCE; i++) {
        int64_t step = (int64_t)((x[i] - steps.low) / steps.step);
        for (int64_t other = step - 1; other <= step + 1; other++) {
            if (has_near(&steps, other, x[i], span, levels))
                return true;
        }
        keep_value(&steps, step, x[i]);
    }
    return false;
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

#define MANY_OF    128 /* of the first so many, as many that are different: */
#define MANY_LEAST 120 /* values are not few */

static bool are_many(const double *x, size_t n)
{
    double first[MANY_OF];
    if (n < MANY_OF)
        return false;
    memcpy(first, x, sizeof first);
    return once_if_few(first, MANY_OF) >= MANY_LEAST;
}

/* In order, each value once, of those that lie on a grid if any do; 0: they don't. Where values are few, putting them into
 * order is the shortest way. */
static size_t settle(double *value, size_t n, int64_t levels)
{
    bool many = are_many(value, n);
    if (many && is_no_grid(value, n, levels))
        return 0;
    size_t few = once_if_few(value, n);
    return few == n && !many && is_no_grid(value, n, levels) ? 0 : distinct(value, few);
}

double grid_find(const double *x, int64_t count, int64_t levels)
{
    double *value = malloc(GRID_SAMPLE * sizeof *value);
    size_t sampled = value ? sample_of(x, count, value) : 0, n = settle(value, sampled, levels);
    bool repeats = n < GRID_DISTINCT && n >= FEW_DISTINCT && sampled >= FEW_REPEATS * n;
    double step = least_gap(value, n), span = n ? value[n - 1] - value[0] : 0;
    bool few = (n >= GRID_DISTINCT || repeats) && few_steps(span, step, levels);
    if (few)
        step = sharpened(value, n, step);
    few = few && span / step <= (double)levels + 0.5 && on_grid(value, n, step, repeats ? FEW_OFF : GRID_OFF);
    free(value);
    return few ? step : 0;
}
