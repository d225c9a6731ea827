/*
 * A block with Inf or NaN in it, for one lane: see kernels_lane.h. The positions are counted by class, and
 * copies are made that are zero where a position does not count: for the same loops to run over.
 */

struct NAME(kept) {
    REAL s[MM_BLOCK], d[MM_BLOCK]; /* zero where either side is not finite */
};

/* Counts of one side, and the extremes of what is finite. */
struct NAME(classes) {
    VECTOR min, max;
    COUNTS finite, nan, pos_inf, zero;
};

struct NAME(tainted) {
    struct NAME(classes) s, d;
    COUNTS both, same;
};

/* Returns what is finite. */
INLINE COUNTS NAME(classify)(struct NAME(classes) * x, VECTOR v)
{
    COUNTS finite = (COUNTS)(ABS(v) <= REAL_MAX);

    x->min = MIN(PICK(finite, v, x->min), x->min);
    x->max = MAX(PICK(finite, v, x->max), x->max);
    x->finite -= finite;
    x->nan -= (COUNTS)(v != v);
    x->pos_inf -= (COUNTS)(v > REAL_MAX);
    x->zero -= (COUNTS)(v == 0);
    return finite;
}

INLINE void NAME(keep)(struct NAME(kept) * out, struct NAME(tainted) * x, size_t i, VECTOR s, VECTOR d)
{
    COUNTS finite_s = NAME(classify)(&x->s, s), finite_d = NAME(classify)(&x->d, d),
           both = finite_s & finite_d;
    COUNTS same = (COUNTS)(s == d) | ((COUNTS)(s != s) & (COUNTS)(d != d));
    VECTOR kept[2] = {KEEP(both, s), KEEP(both, d)};

    x->both -= both;
    x->same -= same & ~both;
    memcpy(out->s + i, &kept[0], sizeof(s));
    memcpy(out->d + i, &kept[1], sizeof(s));
}

INLINE void NAME(note_classes)(struct mm_side_sums *side, const struct NAME(classes) * x, const REAL *values,
                               size_t n, int64_t base)
{
    int64_t finite = NAME(total)(x->finite), pos_inf = NAME(total)(x->pos_inf);
    int64_t nan = NAME(total)(x->nan) - (int64_t)(-n % WIDE); /* the last vector is filled up with them */
    REAL min = x->min[0], max = x->max[0];

    for (int l = 1; l < WIDE; l++) {
        min = x->min[l] < min ? x->min[l] : min;
        max = x->max[l] > max ? x->max[l] : max;
    }
    side->finite += finite;
    side->nan += nan;
    side->pos_inf += pos_inf;
    side->neg_inf += (int64_t)n - finite - nan - pos_inf;
    side->zero += NAME(total)(x->zero);
    if (finite > 0)
        NAME(note_side)(side, values, (double)min, (double)max, base);
}

INLINE bool NAME(differ_at)(REAL s, REAL d)
{
    bool finite = fabs((double)s) <= DBL_MAX && fabs((double)d) <= DBL_MAX;

    return !finite && !(s == d || (s != s && d != d));
}

static void NAME(note_differ)(struct mm_sums *sums, const REAL *s, const REAL *d, int64_t differ,
                              int64_t base)
{
    size_t i = 0;

    if (differ > 0 && sums->differ_at < 0) {
        while (!NAME(differ_at)(s[i], d[i]))
            i++;
        sums->differ_at = base + (int64_t)i;
    }
    sums->nonfinite_differ += differ;
}

/* Count both sides' classes into sums and fill `kept`. Returns how many positions are finite on both sides.
 */
static size_t NAME(split)(struct mm_sums *sums, struct NAME(kept) * kept, const REAL *s, const REAL *d,
                          size_t n, int64_t base)
{
    const struct NAME(classes)
        none = {.min = (VECTOR){0} + (REAL)INFINITY, .max = (VECTOR){0} - (REAL)INFINITY};
    struct NAME(tainted) x = {.s = none, .d = none};
    VECTOR a, b;
    int64_t both, same;
    size_t i = 0;

    for (; i + WIDE <= n; i += WIDE) {
        memcpy(&a, s + i, sizeof(a));
        memcpy(&b, d + i, sizeof(b));
        NAME(keep)(kept, &x, i, a, b);
    }
    if (i < n) {
        a = b = (VECTOR){0} + (REAL)NAN;
        memcpy(&a, s + i, (n - i) * sizeof(REAL));
        memcpy(&b, d + i, (n - i) * sizeof(REAL));
        NAME(keep)(kept, &x, i, a, b);
    }
    both = NAME(total)(x.both);
    same = NAME(total)(x.same) - (int64_t)(-n % WIDE);
    NAME(note_classes)(&sums->s, &x.s, s, n, base);
    NAME(note_classes)(&sums->d, &x.d, d, n, base);
    sums->count += (int64_t)n;
    sums->finite += both;
    sums->nonfinite_equal += same;
    NAME(note_differ)(sums, s, d, (int64_t)n - both - same, base);
    return (size_t)both;
}
