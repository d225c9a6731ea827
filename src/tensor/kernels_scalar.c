/*
 * The scalar kernels: what every other table must reproduce, bit for bit.
 *
 * Fixed and so part of the meaning: blocks of MM_BLOCK elements; element i of a block in lane i % MM_LANES;
 * lanes start at +0 and are added as (0+1)+(2+3); every product and every sum is rounded on its own (no fused
 * operation); a position that does not count adds +0, so that skipping it and adding it are the same thing;
 * greatest values are compared strictly, the first index wins.
 *
 * A block is clean when every value in it is finite. It need not be tested element by element: Inf and NaN
 * make the block's sum of absolutes Inf or NaN. (So does an overflow in f64: then the careful way is taken
 * for nothing, with the same result.) In a tainted block, what does not count is replaced by zeros and the
 * same loops run.
 */
#include "tensor/kernels_table.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Lanes live in registers once the loop over them is gone: half the time of a block. */
#if defined(__clang__)
#define UNROLL_LANES _Pragma("clang loop unroll(full)")
#else
#define UNROLL_LANES _Pragma("GCC unroll 4")
#endif

static double tree(const double lane[MM_LANES])
{
    return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

static double greater_of(double a, double b)
{
    return a > b ? a : b;
}

static double less_of(double a, double b)
{
    return a < b ? a : b;
}

/* ---- one side ---- */

struct side_block {
    double sum, square, abs;
};

struct side_lanes {
    double sum[MM_LANES], square[MM_LANES], abs[MM_LANES];
};

static inline void side_step(struct side_lanes *lanes, size_t l, double x)
{
    lanes->sum[l] += x;
    lanes->square[l] += x * x;
    lanes->abs[l] += fabs(x);
}

static void side_block(const double *x, size_t n, struct side_block *out)
{
    struct side_lanes lanes = {{0.0}, {0.0}, {0.0}};
    size_t whole = n - n % MM_LANES;

    for (size_t i = 0; i < whole; i += MM_LANES) {
        UNROLL_LANES
        for (size_t l = 0; l < MM_LANES; l++)
            side_step(&lanes, l, x[i + l]);
    }
    for (size_t i = whole; i < n; i++)
        side_step(&lanes, i - whole, x[i]);
    *out = (struct side_block){tree(lanes.sum), tree(lanes.square), tree(lanes.abs)};
}

/* The first index of a value that is there. */
static size_t find(const double *x, double value)
{
    size_t i = 0;

    while (x[i] != value)
        i++;
    return i;
}

/*
 * min is taken from where it was found, not from the reduction: of -0 and +0 the first one counts, in
 * whatever order a vector unit compares.
 */
static void note_extremes(struct mm_side_sums *side, const double *x, double min, double max, int64_t base)
{
    size_t i;

    if (side->min_at < 0 || min < side->min) {
        i = find(x, min);
        side->min = x[i];
        side->min_at = base + (int64_t)i;
    }
    if (side->max_at < 0 || max > side->max) {
        i = find(x, max);
        side->max = x[i];
        side->max_at = base + (int64_t)i;
    }
}

static void clean_extremes(struct mm_side_sums *side, const double *x, size_t n, int64_t base)
{
    double min[2] = {x[0], x[0]}, max[2] = {x[0], x[0]}; /* two of each: they need not wait for each other */
    int64_t zero = x[0] == 0.0 && n % 2 == 1;

    for (size_t i = n % 2; i < n; i += 2) {
        min[0] = less_of(x[i], min[0]);
        max[0] = greater_of(x[i], max[0]);
        min[1] = less_of(x[i + 1], min[1]);
        max[1] = greater_of(x[i + 1], max[1]);
        zero += (x[i] == 0.0) + (x[i + 1] == 0.0);
    }
    side->finite += (int64_t)n;
    side->zero += zero;
    note_extremes(side, x, less_of(min[0], min[1]), greater_of(max[0], max[1]), base);
}

/*
 * A block with Inf or NaN in it: counts by class, extremes of the finite ones, sums with zeros for the rest.
 * Returns how many are finite.
 */
static int64_t nonfinite_extremes(struct mm_side_sums *side, const double *x, size_t n, int64_t base,
                                  struct side_block *out)
{
    double kept[MM_BLOCK], min = INFINITY, max = -INFINITY;
    int64_t finite = 0;

    for (size_t i = 0; i < n; i++) {
        bool ok = fabs(x[i]) <= DBL_MAX;

        kept[i] = ok ? x[i] : 0.0;
        min = ok ? less_of(x[i], min) : min;
        max = ok ? greater_of(x[i], max) : max;
        finite += ok;
        side->zero += x[i] == 0.0;
        side->nan += isnan(x[i]) != 0;
        side->pos_inf += x[i] > DBL_MAX;
        side->neg_inf += x[i] < -DBL_MAX;
    }
    side->finite += finite;
    if (finite > 0)
        note_extremes(side, x, min, max, base);
    side_block(kept, n, out);
    return finite;
}

/*
 * both: what the block's sums over the positions finite on both sides are, `finite` of them. Where this side
 * has no other finite value, they are its own, to the bit.
 */
static void note_side(struct mm_side_sums *side, const double *x, size_t n, int64_t base,
                      const struct side_block *own, const struct side_block *both, size_t finite)
{
    struct side_block kept = *own;
    int64_t count = (int64_t)n;

    if (own->abs <= DBL_MAX)
        clean_extremes(side, x, n, base);
    else
        count = nonfinite_extremes(side, x, n, base, &kept);
    if (count == (int64_t)finite)
        kept = *both;
    mm_acc_add(&side->sum, kept.sum);
    mm_acc_add(&side->square, kept.square);
}

/* ---- both sides ---- */

/* A block of positions that are finite on both sides, or were made zero on both (`counts` says which
 * count). */
struct pair_block {
    const double *s, *d;
    const bool *counts; /* NULL: all of them */
    size_t n;
    int64_t base;
};

static bool counts_at(const struct pair_block *block, size_t i)
{
    return !block->counts || block->counts[i];
}

struct error_block {
    double e, abs, ee, se, sd, max;
};

struct error_lanes {
    double e[MM_LANES], abs[MM_LANES], ee[MM_LANES], se[MM_LANES], sd[MM_LANES], max[MM_LANES];
};

static inline void error_step(struct error_lanes *lanes, size_t l, double s, double d)
{
    double e = s - d, abs = fabs(e);

    lanes->e[l] += e;
    lanes->abs[l] += abs;
    lanes->ee[l] += e * e;
    lanes->se[l] += s * e;
    lanes->sd[l] += s * d;
    lanes->max[l] = greater_of(abs, lanes->max[l]);
}

static void error_block(const struct pair_block *block, struct error_block *out)
{
    const double *s = block->s, *d = block->d;
    struct error_lanes lanes = {{0.0}, {0.0}, {0.0}, {0.0}, {0.0}, {0.0}};
    size_t whole = block->n - block->n % MM_LANES;

    for (size_t i = 0; i < whole; i += MM_LANES) {
        UNROLL_LANES
        for (size_t l = 0; l < MM_LANES; l++)
            error_step(&lanes, l, s[i + l], d[i + l]);
    }
    for (size_t i = whole; i < block->n; i++)
        error_step(&lanes, i - whole, s[i], d[i]);
    *out = (struct error_block){tree(lanes.e),  tree(lanes.abs), tree(lanes.ee),
                                tree(lanes.se), tree(lanes.sd),  0.0};
    out->max = greater_of(greater_of(lanes.max[0], lanes.max[1]), greater_of(lanes.max[2], lanes.max[3]));
}

static void note_max_abs(struct mm_sums *sums, const struct pair_block *block, double max)
{
    size_t i = 0;

    if (sums->max_abs_at >= 0 && !(max > sums->max_abs))
        return;
    while (!counts_at(block, i) || fabs(block->s[i] - block->d[i]) != max)
        i++;
    sums->max_abs = max;
    sums->max_abs_at = block->base + (int64_t)i;
}

/* |e| / |s|, or -1 where |s| is too small for it to mean anything. */
static double relative(double s, double e, double small)
{
    return fabs(s) > small ? fabs(e) / fabs(s) : -1.0;
}

static void note_max_rel(struct mm_sums *sums, const struct pair_block *block, double small, double max)
{
    size_t i = 0;

    if (max < 0.0 || (sums->max_rel_at >= 0 && !(max > sums->max_rel)))
        return;
    while (!counts_at(block, i) || relative(block->s[i], block->s[i] - block->d[i], small) != max)
        i++;
    sums->max_rel = max;
    sums->max_rel_at = block->base + (int64_t)i;
}

/* What compares |e| with something: not needed where the block's sides are equal. */
static void compare_block(struct mm_sums *sums, const struct mm_limits *limits,
                          const struct pair_block *block)
{
    const double small = limits->small, atol = limits->atol, rtol = limits->rtol;
    int64_t greater = 0, less = 0, beyond = 0;
    double rel = -1.0, abs = 0.0;

    for (size_t i = 0; i < block->n; i++) {
        double s = block->s[i], d = block->d[i], e = s - d;

        rel = greater_of(relative(s, e, small), rel);
        abs = greater_of(fabs(s) > small ? 0.0 : fabs(e), abs);
        greater += d > s;
        less += d < s;
        beyond += fabs(e) > atol + rtol * fabs(s);
    }
    sums->max_small = greater_of(abs, sums->max_small);
    sums->greater += greater;
    sums->less += less;
    sums->beyond += beyond;
    note_max_rel(sums, block, small, rel);
}

/* Returns d's own as they count: derived where they can be. */
static struct side_block add_both(struct mm_sums *sums, const struct side_block *s,
                                  const struct side_block *d, const struct error_block *error)
{
    double value[MM_SUM_COUNT] = {
        [MM_SUM_S] = s->sum,         [MM_SUM_ABS_S] = s->abs, [MM_SUM_SS] = s->square, [MM_SUM_E] = error->e,
        [MM_SUM_ABS_E] = error->abs, [MM_SUM_EE] = error->ee, [MM_SUM_SE] = error->se,
    };

    if (!mm_derive_sums(value)) {
        value[MM_SUM_D] = d->sum;
        value[MM_SUM_DD] = d->square;
        value[MM_SUM_SD] = error->sd;
    }
    for (int i = 0; i < MM_SUM_COUNT; i++)
        mm_acc_add(&sums->both[i], value[i]);
    return (struct side_block){value[MM_SUM_D], value[MM_SUM_DD], d->abs};
}

/* d: as add_both returns it afterwards. */
static void measure_both(struct mm_sums *sums, const struct mm_limits *limits, const struct pair_block *block,
                         const struct side_block *s, struct side_block *d)
{
    struct error_block error;

    error_block(block, &error);
    *d = add_both(sums, s, d, &error);
    note_max_abs(sums, block, error.max);
    if (error.abs > 0.0 || sums->max_rel_at < 0)
        compare_block(sums, limits, block);
}

/* ---- a block ---- */

static bool same_class(double s, double d)
{
    return (isnan(s) && isnan(d)) || s == d;
}

/* Zeros where either side is not finite; returns how many positions are left. */
static size_t keep_finite(struct mm_sums *sums, const struct pair_block *block, double *s, double *d,
                          bool *counts)
{
    size_t finite = 0;

    for (size_t i = 0; i < block->n; i++) {
        counts[i] = fabs(block->s[i]) <= DBL_MAX && fabs(block->d[i]) <= DBL_MAX;
        s[i] = counts[i] ? block->s[i] : 0.0;
        d[i] = counts[i] ? block->d[i] : 0.0;
        finite += counts[i];
        if (counts[i])
            continue;
        if (same_class(block->s[i], block->d[i])) {
            sums->nonfinite_equal++;
        } else {
            if (sums->nonfinite_differ++ == 0)
                sums->differ_at = block->base + (int64_t)i;
        }
    }
    return finite;
}

/* Fills in both sides' sums over what counts; returns how many positions that is. */
static size_t nonfinite_both(struct mm_sums *sums, const struct mm_limits *limits,
                             const struct pair_block *block, struct side_block *both_s,
                             struct side_block *both_d)
{
    double s[MM_BLOCK], d[MM_BLOCK];
    bool counts[MM_BLOCK];
    struct pair_block kept = {s, d, counts, block->n, block->base};
    size_t finite = keep_finite(sums, block, s, d, counts);

    *both_s = *both_d = (struct side_block){0.0, 0.0, 0.0};
    if (finite == 0)
        return 0;
    side_block(s, block->n, both_s);
    side_block(d, block->n, both_d);
    measure_both(sums, limits, &kept, both_s, both_d);
    return finite;
}

static void measure_block(struct mm_sums *sums, const struct mm_limits *limits,
                          const struct pair_block *block)
{
    struct side_block s, d, both_s, both_d;
    size_t finite = block->n;

    side_block(block->s, block->n, &s);
    side_block(block->d, block->n, &d);
    both_s = s;
    both_d = d;
    if (s.abs <= DBL_MAX && d.abs <= DBL_MAX)
        measure_both(sums, limits, block, &both_s, &both_d);
    else
        finite = nonfinite_both(sums, limits, block, &both_s, &both_d);
    sums->count += (int64_t)block->n;
    sums->finite += (int64_t)finite;
    note_side(&sums->s, block->s, block->n, block->base, &s, &both_s, finite);
    note_side(&sums->d, block->d, block->n, block->base, &d, &both_d, finite);
}

static void measure_double(struct mm_sums *sums, const struct mm_limits *limits, const double *s,
                           const double *d, size_t n, int64_t base)
{
    for (size_t at = 0; at < n; at += MM_BLOCK) {
        size_t k = n - at < MM_BLOCK ? n - at : MM_BLOCK;
        struct pair_block block = {s + at, d + at, NULL, k, base + (int64_t)at};

        measure_block(sums, limits, &block);
    }
}

static void f32_double(double *out, const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (double)x[i];
}

/* Widening is exact, so lane F needs no arithmetic of its own. */
static void measure_float(struct mm_sums *sums, const struct mm_limits *limits, const float *s,
                          const float *d, size_t n, int64_t base)
{
    double ws[MM_BLOCK], wd[MM_BLOCK];

    for (size_t at = 0; at < n; at += MM_BLOCK) {
        size_t k = n - at < MM_BLOCK ? n - at : MM_BLOCK;
        struct pair_block block = {ws, wd, NULL, k, base + (int64_t)at};

        f32_double(ws, s + at, k);
        f32_double(wd, d + at, k);
        measure_block(sums, limits, &block);
    }
}

/* ---- second pass ---- */

struct centre_lanes {
    double ss[MM_LANES], dd[MM_LANES], sd[MM_LANES], own_s[MM_LANES], own_d[MM_LANES], residual[MM_LANES],
        across[MM_LANES];
};

/* Zeros where a position does not count. */
static inline void centre_step(struct centre_lanes *lanes, size_t l, const struct mm_centre *c, double s,
                               double d)
{
    bool fs = fabs(s) <= DBL_MAX, fd = fabs(d) <= DBL_MAX, both = fs && fd;
    double xs = both ? s - c->s : 0.0, xd = both ? d - c->d : 0.0;
    double os = fs ? s - c->own_s : 0.0, od = fd ? d - c->own_d : 0.0;
    double r = both ? (d - c->scale * s) - c->offset : 0.0, a = both ? d - c->slope * s : 0.0;

    lanes->ss[l] += xs * xs;
    lanes->dd[l] += xd * xd;
    lanes->sd[l] += xs * xd;
    lanes->own_s[l] += os * os;
    lanes->own_d[l] += od * od;
    lanes->residual[l] += r * r;
    lanes->across[l] += a * a;
}

static void centre_block(struct mm_centred *sums, const struct mm_centre *c, const double *s, const double *d,
                         size_t n)
{
    struct centre_lanes lanes = {{0.0}, {0.0}, {0.0}, {0.0}, {0.0}, {0.0}, {0.0}};

    for (size_t i = 0; i < n; i++)
        centre_step(&lanes, i % MM_LANES, c, s[i], d[i]);
    mm_acc_add(&sums->ss, tree(lanes.ss));
    mm_acc_add(&sums->dd, tree(lanes.dd));
    mm_acc_add(&sums->sd, tree(lanes.sd));
    mm_acc_add(&sums->own_s, tree(lanes.own_s));
    mm_acc_add(&sums->own_d, tree(lanes.own_d));
    mm_acc_add(&sums->residual, tree(lanes.residual));
    mm_acc_add(&sums->across, tree(lanes.across));
}

static void centre_double(struct mm_centred *sums, const struct mm_centre *centre, const double *s,
                          const double *d, size_t n)
{
    for (size_t at = 0; at < n; at += MM_BLOCK)
        centre_block(sums, centre, s + at, d + at, n - at < MM_BLOCK ? n - at : MM_BLOCK);
}

/* ---- histograms ---- */

static void hist_double(struct mm_hist *hist, const double *x, size_t n)
{
    struct mm_hist_map map;

    mm_hist_map_init(&map, hist);
    for (size_t i = 0; i < n; i++) {
        if (!(fabs(x[i]) <= DBL_MAX)) {
            hist->nonfinite++;
        } else if (x[i] < hist->low) {
            hist->below++;
        } else if (x[i] > hist->high) {
            hist->above++;
        } else if (hist->bins > 0) {
            size_t bin = (size_t)((x[i] * map.f - map.low) * map.scale);

            hist->count[bin < hist->bins ? bin : hist->bins - 1]++;
        }
    }
}

/* floor(log2 |e|) is the exponent field; subnormals and overflow to Inf fall into the end bins. */
static void exp_hist_double(struct mm_exp_hist *hist, const double *s, const double *d, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double e = s[i] - d[i];
        uint64_t bits;
        int bin;

        if (!(fabs(s[i]) <= DBL_MAX) || !(fabs(d[i]) <= DBL_MAX)) {
            hist->nonfinite++;
            continue;
        }
        if (e == 0.0) {
            hist->zero++;
            continue;
        }
        memcpy(&bits, &e, sizeof(bits));
        bin = (int)(bits >> 52 & 0x7ffu) - 1023 - MM_EXP_LOW;
        bin = bin < 0 ? 0 : bin >= MM_EXP_BINS ? MM_EXP_BINS - 1 : bin;
        hist->count[bin]++;
    }
}

/* Widening is exact. */
static void hist_float(struct mm_hist *hist, const float *x, size_t n)
{
    double wide[MM_BLOCK];

    for (size_t at = 0; at < n; at += MM_BLOCK) {
        size_t k = n - at < MM_BLOCK ? n - at : MM_BLOCK;

        f32_double(wide, x + at, k);
        hist_double(hist, wide, k);
    }
}

static void exp_hist_float(struct mm_exp_hist *hist, const float *s, const float *d, size_t n)
{
    double ws[MM_BLOCK], wd[MM_BLOCK];

    for (size_t at = 0; at < n; at += MM_BLOCK) {
        size_t k = n - at < MM_BLOCK ? n - at : MM_BLOCK;

        f32_double(ws, s + at, k);
        f32_double(wd, d + at, k);
        exp_hist_double(hist, ws, wd, k);
    }
}

KERNEL_TABLES(scalar);
