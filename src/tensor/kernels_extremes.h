/* Extremes of each side, zeros, and which side is greater, for one lane: see kernels_lane.h. */

/* The greatest value of this type that is not above a limit: comparing with it is comparing with the limit.
 */
INLINE REAL NAME(not_above)(double limit)
{
    REAL value = (REAL)limit;

    return (double)value > limit ? (REAL)(LANE_FLOAT ? nextafterf((float)value, -INFINITY) : limit) : value;
}

INLINE void NAME(see)(struct block_extremes *x, REAL s, REAL d)
{
    x->min_s = s < x->min_s ? s : x->min_s;
    x->max_s = s > x->max_s ? s : x->max_s;
    x->min_d = d < x->min_d ? d : x->min_d;
    x->max_d = d > x->max_d ? d : x->max_d;
}

struct NAME(extremes) {
    VECTOR min_s, max_s, min_d, max_d, least;
    COUNTS zero_s, zero_d, greater, less;
};

INLINE void NAME(see_vector)(struct NAME(extremes) * x, VECTOR a, VECTOR b)
{
    x->min_s = MIN(a, x->min_s);
    x->max_s = MAX(a, x->max_s);
    x->min_d = MIN(b, x->min_d);
    x->max_d = MAX(b, x->max_d);
    x->least = MIN(ABS(a), x->least);
    x->zero_s -= (COUNTS)(a == 0);
    x->zero_d -= (COUNTS)(b == 0);
    x->greater -= (COUNTS)(b > a);
    x->less -= (COUNTS)(b < a);
}

/* All values are finite; n > 0. */
static void NAME(block_extremes)(struct block_extremes *out, double small, const REAL *s, const REAL *d,
                                 size_t n)
{
    const VECTOR first_s = (VECTOR){0} + s[0], first_d = (VECTOR){0} + d[0];
    struct NAME(extremes) x = {.min_s = first_s, .max_s = first_s, .min_d = first_d, .max_d = first_d};
    const REAL limit = NAME(not_above)(small);
    size_t i = 0;

    x.least = (VECTOR){0} + REAL_MAX;
    for (; i + WIDE <= n; i += WIDE) {
        VECTOR a, b;

        memcpy(&a, s + i, sizeof(a));
        memcpy(&b, d + i, sizeof(b));
        NAME(see_vector)(&x, a, b);
    }
    *out = (struct block_extremes){.min_s = s[0], .max_s = s[0], .min_d = d[0], .max_d = d[0]};
    for (int l = 0; l < WIDE; l++) {
        NAME(see)(out, x.min_s[l], x.min_d[l]);
        NAME(see)(out, x.max_s[l], x.max_d[l]);
        out->tiny |= x.least[l] <= limit;
    }
    out->zero_s = NAME(total)(x.zero_s);
    out->zero_d = NAME(total)(x.zero_d);
    out->greater = NAME(total)(x.greater);
    out->less = NAME(total)(x.less);
    for (; i < n; i++) {
        NAME(see)(out, s[i], d[i]);
        out->zero_s += s[i] == 0;
        out->zero_d += d[i] == 0;
        out->greater += d[i] > s[i];
        out->less += d[i] < s[i];
        out->tiny |= s[i] <= limit && s[i] >= -limit;
    }
}

/* min is taken from where it was found: of -0 and +0 the first one counts. */
static void NAME(note_extreme)(double *extreme, int64_t *at, const REAL *x, double value, int64_t base)
{
    size_t i = 0;

    while ((double)x[i] != value)
        i++;
    *extreme = (double)x[i];
    *at = base + (int64_t)i;
}

INLINE void NAME(note_side)(struct mm_side_sums *side, const REAL *x, double min, double max, int64_t base)
{
    if (side->min_at < 0 || min < side->min)
        NAME(note_extreme)(&side->min, &side->min_at, x, min, base);
    if (side->max_at < 0 || max > side->max)
        NAME(note_extreme)(&side->max, &side->max_at, x, max, base);
}
