/* What |e| is compared with, exactly, in doubles, for one lane: see kernels_lane.h. */

/*
 * Is |e|/|s|, rounded, greater than the greatest so far? Only if the exact quotient is half a unit in the
 * last place above it. With fused products |e| - best |s| is known to the last digit, so a tie is no
 * candidate, and quantised data, which is full of ties, is not gone over again and again. Without them the
 * product is exact where both are floats, and the sign is right; else the margin is taken to the other side:
 * no candidate is missed, ties are divided.
 */
struct NAME(best) {
    f64v minus_best, margin;
};

INLINE struct NAME(best) NAME(make_best)(double best)
{
    double half_unit = (next_above(best) - best) / 2, margin = half_unit * (1 - 0x1p-50);

    if (!FUSED)
        margin = LANE_FLOAT && (double)(float)best == best ? 0.0 : -8 * half_unit;
    return (struct NAME(best)){ALL_F64(-best), ALL_F64(margin)};
}

struct NAME(errors) {
    f64v max, small;
    i64v beyond, better;
};

/* Without `tiny` every |s| is greater than `small` (or does not count), and nothing has to be masked. */
INLINE void NAME(add_errors)(struct NAME(errors) * x, const struct mm_limits *limits,
                             const struct NAME(best) * best, bool tiny, f64v s, f64v d)
{
    f64v e = s - d, abs = ABS_F64(e), size = ABS_F64(s);
    i64v better = (i64v)(FMA_F64(best->minus_best, size, abs) > best->margin * size);

    x->max = MAX_F64(abs, x->max);
    x->beyond -= (i64v)(abs > limits->atol + limits->rtol * size);
    if (tiny) {
        i64v mask = (i64v)(size <= limits->small);

        x->small = MAX_F64(KEEP_F64(mask, abs), x->small);
        better &= ~mask;
    }
    x->better |= better;
}

/*
 * Where doubles leave their range on the way, that comparison tells nothing: |e| and the margin, or the
 * product, may both be Inf, the greatest double has no half unit above it, and where |s| is tiny the rest
 * vanishes. Floats have room enough in doubles.
 */
INLINE bool NAME(untold)(double max, double max_rel, double small)
{
    return !LANE_FLOAT && max_rel <= DBL_MAX && (max > DBL_MAX || max_rel == DBL_MAX || small < 0x1p-900);
}

INLINE void NAME(exact_loop)(struct block_errors *out, const struct mm_limits *limits, double max_rel,
                             bool tiny, const REAL *s, const REAL *d, size_t n)
{
    struct NAME(errors) x = {{0}, {0}, {0}, {0}};
    struct NAME(best) best = NAME(make_best)(max_rel);
    REAL rest_s[MM_LANES], rest_d[MM_LANES];
    size_t whole = n - n % MM_LANES;

    for (size_t i = 0; i < whole; i += F64_LANES)
        NAME(add_errors)(&x, limits, &best, tiny, NAME(load)(s + i), NAME(load)(d + i));
    if (n % MM_LANES) { /* two zeros are equal, and so beyond nothing */
        NAME(rest)(s, n, rest_s);
        NAME(rest)(d, n, rest_d);
        for (size_t i = 0; i < MM_LANES; i += F64_LANES)
            NAME(add_errors)(&x, limits, &best, tiny, NAME(load)(rest_s + i), NAME(load)(rest_d + i));
    }
    *out = (struct block_errors){.max = greatest(x.max),
                                 .small = greatest(x.small),
                                 .beyond = total_double(x.beyond),
                                 .better = total_double(x.better) != 0};
    out->better |= NAME(untold)(out->max, max_rel, limits->small);
}

static void NAME(exact_errors)(struct block_errors *out, const struct mm_limits *limits, double max_rel,
                               bool tiny, const REAL *s, const REAL *d, size_t n)
{
    if (tiny)
        NAME(exact_loop)(out, limits, max_rel, true, s, d, n);
    else
        NAME(exact_loop)(out, limits, max_rel, false, s, d, n);
}

/* ---- greatest ones, and where they are ---- */

/* A block of finite values: s and d are zero where a position does not count, i.e. where either of the
 * originals is not finite. In a clean block they are the originals. */
struct NAME(pair) {
    const REAL *s, *d, *original_s, *original_d;
    size_t n;
    int64_t base;
};

INLINE bool NAME(counts_at)(const struct NAME(pair) * pair, size_t i)
{
    return fabs((double)pair->original_s[i]) <= DBL_MAX && fabs((double)pair->original_d[i]) <= DBL_MAX;
}

static void NAME(note_max_abs)(struct mm_sums *sums, const struct NAME(pair) * pair, double max)
{
    size_t i = 0;

    while (fabs((double)pair->s[i] - (double)pair->d[i]) != max || !NAME(counts_at)(pair, i))
        i++;
    sums->max_abs = max;
    sums->max_abs_at = pair->base + (int64_t)i;
}

/* |e|/|s| of a block, -1 where |s| is not above `small`. Returns the greatest. */
INLINE double NAME(quotients)(double quotient[MM_BLOCK], const REAL *s, const REAL *d, size_t n, double small)
{
    f64v most = ALL_F64(-1.0);
    double best;
    size_t i = 0;

    for (; i + F64_LANES <= n; i += F64_LANES) {
        f64v x = NAME(load)(s + i), size = ABS_F64(x), q = ABS_F64(x - NAME(load)(d + i)) / size;

        q = PICK_F64((i64v)(size > small), q, ALL_F64(-1.0));
        most = MAX_F64(q, most);
        memcpy(quotient + i, &q, sizeof(q));
    }
    best = greatest(most);
    for (; i < n; i++) {
        double size = fabs((double)s[i]), e = fabs((double)s[i] - (double)d[i]);

        quotient[i] = size > small ? e / size : -1.0;
        best = quotient[i] > best ? quotient[i] : best;
    }
    return best;
}

/* The greatest |e|/|s| of a block, if it is greater than what there is; only called where it may be. */
static void NAME(note_max_rel)(struct mm_sums *sums, double small, const struct NAME(pair) * pair)
{
    double quotient[MM_BLOCK], best = NAME(quotients)(quotient, pair->s, pair->d, pair->n, small);
    size_t i;

    if (best < 0.0 || (sums->max_rel_at >= 0 && !(best > sums->max_rel)))
        return;
    for (i = 0; quotient[i] != best;)
        i++;
    sums->max_rel = best;
    sums->max_rel_at = pair->base + (int64_t)i;
}

/* `large`: some |s| is greater than `small`. */
INLINE void NAME(note_errors)(struct mm_sums *sums, const struct mm_limits *limits,
                              const struct block_errors *errors, bool large, const struct NAME(pair) * pair)
{
    if (sums->max_abs_at < 0 || errors->max > sums->max_abs)
        NAME(note_max_abs)(sums, pair, errors->max);
    sums->max_small = errors->small > sums->max_small ? errors->small : sums->max_small;
    sums->beyond += errors->beyond;
    if (large && (errors->better || sums->max_rel_at < 0))
        NAME(note_max_rel)(sums, limits->small, pair);
}

#if !LANE_FLOAT
INLINE void look_double(struct block_extremes *extremes, struct block_errors *errors,
                        const struct mm_sums *sums, const struct mm_limits *limits, struct screen *screen,
                        const double *s, const double *d, size_t n)
{
    (void)screen;
    block_extremes_double(extremes, limits->small, s, d, n);
    exact_errors_double(errors, limits, sums->max_rel, extremes->tiny, s, d, n);
}
#endif
