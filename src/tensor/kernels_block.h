/* A block, and all blocks of a tile, for one lane: see kernels_lane.h. */

INLINE void NAME(add_own)(struct mm_side_sums *side, double sum, double square)
{
    acc_add(&side->sum, sum);
    acc_add(&side->square, square);
}

/* What both sides have in common: sums are made already, and finite. */
INLINE void NAME(add_both)(struct mm_sums *sums, const struct mm_limits *limits, struct screen *screen,
                           const double value[MM_SUM_COUNT], struct block_extremes *extremes,
                           const struct NAME(pair) * pair)
{
    struct block_errors errors;

    NAME(look)(extremes, &errors, sums, limits, screen, pair->s, pair->d, pair->n);
    for (int k = 0; k < MM_SUM_COUNT; k++)
        acc_add(&sums->both[k], value[k]);
    sums->greater += extremes->greater;
    sums->less += extremes->less;
    NAME(note_errors)
    (sums, limits, &errors, extremes->max_s > limits->small || extremes->min_s < -limits->small, pair);
}

static void NAME(clean_block)(struct mm_sums *sums, const struct mm_limits *limits, struct screen *screen,
                              const double value[MM_SUM_COUNT], const REAL *s, const REAL *d, size_t n,
                              int64_t base)
{
    struct NAME(pair) pair = {s, d, s, d, n, base};
    struct block_extremes extremes;

    NAME(add_both)(sums, limits, screen, value, &extremes, &pair);
    sums->count += (int64_t)n;
    sums->finite += (int64_t)n;
    sums->s.finite += (int64_t)n;
    sums->d.finite += (int64_t)n;
    sums->s.zero += extremes.zero_s;
    sums->d.zero += extremes.zero_d;
    NAME(note_side)(&sums->s, s, extremes.min_s, extremes.max_s, base);
    NAME(note_side)(&sums->d, d, extremes.min_d, extremes.max_d, base);
    NAME(add_own)(&sums->s, value[MM_SUM_S], value[MM_SUM_SS]);
    NAME(add_own)(&sums->d, value[MM_SUM_D], value[MM_SUM_DD]);
}

/* Own sums are those over both where the side has no finite value that the other has not. */
static void NAME(tainted_own)(struct mm_side_sums *side, int64_t own, int64_t both, double sum, double square,
                              const REAL *values, size_t n)
{
    if (own != both)
        NAME(own_sums)(&sum, &square, values, n);
    NAME(add_own)(side, sum, square);
}

/* Returns whether the block was tainted indeed. */
static bool NAME(tainted_block)(struct mm_sums *sums, const struct mm_limits *limits, struct screen *screen,
                                const REAL *s, const REAL *d, size_t n, int64_t base)
{
    int64_t own_s = -sums->s.finite, own_d = -sums->d.finite;
    double value[MM_SUM_COUNT] = {0};
    struct block_extremes extremes;
    struct NAME(kept) kept;
    struct NAME(pair) pair = {kept.s, kept.d, s, d, n, base};
    int64_t both = (int64_t)NAME(split)(sums, &kept, s, d, n, base);

    if (both > 0) {
        NAME(block_sums)(value, kept.s, kept.d, n);
        NAME(add_both)(sums, limits, screen, value, &extremes, &pair);
    }
    own_s += sums->s.finite;
    own_d += sums->d.finite;
    NAME(tainted_own)(&sums->s, own_s, both, value[MM_SUM_S], value[MM_SUM_SS], s, n);
    NAME(tainted_own)(&sums->d, own_d, both, value[MM_SUM_D], value[MM_SUM_DD], d, n);
    return both < (int64_t)n;
}

/*
 * Inf or NaN on either side makes Σ|e| so; a sum that left the range of a double looks the same, and is
 * treated the same, with the same result. Where one block was tainted the next one is probably too, and is
 * not tried first.
 */
static void NAME(measure)(struct mm_sums *sums, const struct mm_limits *limits, const REAL *s, const REAL *d,
                          size_t n, int64_t base)
{
    struct screen screen = make_screen(limits, sums->hint);
    double value[MM_SUM_COUNT];
    bool tainted = sums->hint & HINT_TAINT;

    for (size_t at = 0; at < n; at += MM_BLOCK) {
        size_t k = n - at < MM_BLOCK ? n - at : MM_BLOCK;

        if (!tainted) {
            NAME(block_sums)(value, s + at, d + at, k);
            tainted = !(value[MM_SUM_ABS_E] <= DBL_MAX) || !(value[MM_SUM_ABS_S] <= DBL_MAX);
        }
        if (tainted)
            tainted = NAME(tainted_block)(sums, limits, &screen, s + at, d + at, k, base + (int64_t)at);
        else
            NAME(clean_block)(sums, limits, &screen, value, s + at, d + at, k, base + (int64_t)at);
    }
    sums->hint = make_hint(&screen, tainted);
}
