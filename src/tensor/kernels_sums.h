/*
 * The sums of a block for one lane: see kernels_lane.h. They are made in a loop of their own, so that every
 * accumulator stays in a register: one that is spilled costs a store and a load in each turn, one after the
 * other. The loop has as many operations as fit beside what memory gives, so that each that can be derived
 * afterwards counts.
 */

/* The last n % MM_LANES elements, filled up with zeros: they add nothing. */
INLINE void NAME(rest)(const REAL *x, size_t n, REAL out[MM_LANES])
{
    memset(out, 0, MM_LANES * sizeof(REAL));
    memcpy(out, x + n - n % MM_LANES, n % MM_LANES * sizeof(REAL));
}

INLINE void NAME(add_sums)(f64v sum[MM_SUM_DERIVED], f64v s, f64v d)
{
    f64v e = s - d;

    sum[MM_SUM_S] = ADD_F64(s, sum[MM_SUM_S]);
    sum[MM_SUM_ABS_S] = ADD_F64(ABS_F64(s), sum[MM_SUM_ABS_S]);
    sum[MM_SUM_SS] = ADD_PRODUCT(s, s, sum[MM_SUM_SS]);
    sum[MM_SUM_E] += e;
    sum[MM_SUM_ABS_E] += ABS_F64(e);
    sum[MM_SUM_EE] += e * e;
    sum[MM_SUM_SE] += s * e;
}

/* Lanes `first` and following of all sums that are not derived. */
INLINE void NAME(lane_sums)(double lane[MM_SUM_COUNT][MM_LANES], size_t first, const REAL *s, const REAL *d,
                            size_t n)
{
    f64v sum[MM_SUM_DERIVED];
    REAL rest_s[MM_LANES], rest_d[MM_LANES];
    size_t i = 0;

#pragma GCC unroll 16 /* into registers: `= {{0}}` is a string instruction, as slow as 30 elements */
    for (int k = 0; k < MM_SUM_DERIVED; k++)
        sum[k] = (f64v){0};
#pragma GCC unroll 2 /* and no loop over a cache line inside: gcc would make chains of it that wait */
    for (; i + MM_LANES <= n; i += MM_LANES) {
        /* d: in another loop, so that memory has no pause */
        __builtin_prefetch((const char *)(s + i) + PREFETCH_BYTES);
        if (!LANE_FLOAT)
            __builtin_prefetch((const char *)(d + i) + PREFETCH_BYTES);
        NAME(add_sums)(sum, NAME(load)(s + i + first), NAME(load)(d + i + first));
    }
    if (n % MM_LANES) {
        NAME(rest)(s, n, rest_s);
        NAME(rest)(d, n, rest_d);
        NAME(add_sums)(sum, NAME(load)(rest_s + first), NAME(load)(rest_d + first));
    }
    for (int k = 0; k < MM_SUM_DERIVED; k++)
        memcpy(&lane[k][first], &sum[k], sizeof(sum[k]));
}

INLINE void NAME(add_derived)(f64v sum[MM_SUM_COUNT], f64v s, f64v d)
{
    sum[MM_SUM_D] += d;
    sum[MM_SUM_DD] = ADD_PRODUCT(d, d, sum[MM_SUM_DD]);
    sum[MM_SUM_SD] = ADD_PRODUCT(s, d, sum[MM_SUM_SD]);
}

/* The derived ones, added up. */
static void NAME(added_sums)(double value[MM_SUM_COUNT], const REAL *s, const REAL *d, size_t n)
{
    double lane[MM_SUM_COUNT][MM_LANES];
    REAL rest_s[MM_LANES], rest_d[MM_LANES];

    NAME(rest)(s, n, rest_s);
    NAME(rest)(d, n, rest_d);
    for (size_t first = 0; first < MM_LANES; first += F64_LANES) {
        f64v sum[MM_SUM_COUNT] = {{0}};

        for (size_t i = first; i + MM_LANES <= n + first; i += MM_LANES)
            NAME(add_derived)(sum, NAME(load)(s + i), NAME(load)(d + i));
        NAME(add_derived)(sum, NAME(load)(rest_s + first), NAME(load)(rest_d + first));
        for (int k = MM_SUM_DERIVED; k < MM_SUM_COUNT; k++)
            memcpy(&lane[k][first], &sum[k], sizeof(sum[k]));
    }
    for (int k = MM_SUM_DERIVED; k < MM_SUM_COUNT; k++)
        value[k] = tree(lane[k]);
}

static void NAME(block_sums)(double value[MM_SUM_COUNT], const REAL *s, const REAL *d, size_t n)
{
    double lane[MM_SUM_COUNT][MM_LANES];

    for (size_t first = 0; first < MM_LANES; first += F64_LANES)
        NAME(lane_sums)(lane, first, s, d, n);
    for (int k = 0; k < MM_SUM_DERIVED; k++)
        value[k] = tree(lane[k]);
    if (!mm_derive_sums(value))
        NAME(added_sums)(value, s, d, n);
}

INLINE void NAME(add_own_sums)(f64v *sum, f64v *square, f64v x)
{
    f64v kept = KEEP_F64((i64v)(ABS_F64(x) <= DBL_MAX), x);

    *sum += kept;
    *square = ADD_PRODUCT(kept, kept, *square);
}

/* One side's sum and sum of squares, zeros for what is not finite. */
static void NAME(own_sums)(double *sum, double *square, const REAL *x, size_t n)
{
    double lane[2][MM_LANES];
    REAL rest[MM_LANES];

    NAME(rest)(x, n, rest);
    for (size_t first = 0; first < MM_LANES; first += F64_LANES) {
        f64v a = {0}, b = {0};

        for (size_t i = first; i + MM_LANES <= n + first; i += MM_LANES)
            NAME(add_own_sums)(&a, &b, NAME(load)(x + i));
        NAME(add_own_sums)(&a, &b, NAME(load)(rest + first));
        memcpy(&lane[0][first], &a, sizeof(a));
        memcpy(&lane[1][first], &b, sizeof(b));
    }
    *sum = tree(lane[0]);
    *square = tree(lane[1]);
}
