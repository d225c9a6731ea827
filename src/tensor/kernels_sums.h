/*
 * The ten sums of a block for one lane: see kernels_lane.h. They are made in a loop of their own, so that
 * every accumulator stays in a register: one that is spilled costs a store and a load in each turn, one after
 * the other.
 */

/* The last n % MM_LANES elements, filled up with zeros: they add nothing. */
INLINE void NAME(rest)(const REAL *x, size_t n, REAL out[MM_LANES])
{
    memset(out, 0, MM_LANES * sizeof(REAL));
    memcpy(out, x + n - n % MM_LANES, n % MM_LANES * sizeof(REAL));
}

INLINE void NAME(add_sums)(f64v sum[MM_SUM_COUNT], f64v s, f64v d)
{
    f64v e = s - d;

    sum[MM_SUM_S] = ADD_F64(s, sum[MM_SUM_S]);
    sum[MM_SUM_D] = ADD_F64(d, sum[MM_SUM_D]);
    sum[MM_SUM_ABS_S] += ABS_F64(s);
    sum[MM_SUM_SS] = ADD_PRODUCT(s, s, sum[MM_SUM_SS]);
    sum[MM_SUM_DD] = ADD_PRODUCT(d, d, sum[MM_SUM_DD]);
    sum[MM_SUM_SD] = ADD_PRODUCT(s, d, sum[MM_SUM_SD]);
    sum[MM_SUM_E] += e;
    sum[MM_SUM_ABS_E] += ABS_F64(e);
    sum[MM_SUM_EE] += e * e;
    sum[MM_SUM_SE] += s * e;
}

/* Lanes `first` and following of all sums. */
INLINE void NAME(lane_sums)(double lane[MM_SUM_COUNT][MM_LANES], size_t first, const REAL *s, const REAL *d,
                            size_t n)
{
    enum { LINE = PREFETCH_STEP / sizeof(REAL) };
    f64v sum[MM_SUM_COUNT];
    REAL rest_s[MM_LANES], rest_d[MM_LANES];
    size_t i = 0;

#pragma GCC unroll 16 /* into registers: `= {{0}}` is a string instruction, as slow as 30 elements */
    for (int k = 0; k < MM_SUM_COUNT; k++)
        sum[k] = (f64v){0};
    for (; i + LINE <= n; i += LINE) {
        __builtin_prefetch((const char *)(s + i) +
                           PREFETCH_BYTES); /* d: in another loop, so that memory has no pause */
        if (!LANE_FLOAT)
            __builtin_prefetch((const char *)(d + i) + PREFETCH_BYTES);
#pragma GCC unroll 1
        for (size_t k = i; k < i + LINE; k += MM_LANES)
            NAME(add_sums)(sum, NAME(load)(s + k + first), NAME(load)(d + k + first));
    }
    for (; i + MM_LANES <= n; i += MM_LANES)
        NAME(add_sums)(sum, NAME(load)(s + i + first), NAME(load)(d + i + first));
    if (n % MM_LANES) {
        NAME(rest)(s, n, rest_s);
        NAME(rest)(d, n, rest_d);
        NAME(add_sums)(sum, NAME(load)(rest_s + first), NAME(load)(rest_d + first));
    }
    for (int k = 0; k < MM_SUM_COUNT; k++)
        memcpy(&lane[k][first], &sum[k], sizeof(sum[k]));
}

static void NAME(block_sums)(double value[MM_SUM_COUNT], const REAL *s, const REAL *d, size_t n)
{
    double lane[MM_SUM_COUNT][MM_LANES];

    for (size_t first = 0; first < MM_LANES; first += F64_LANES)
        NAME(lane_sums)(lane, first, s, d, n);
    for (int k = 0; k < MM_SUM_COUNT; k++)
        value[k] = tree(lane[k]);
}

/* One side's sum and sum of squares. */
static void NAME(own_sums)(double *sum, double *square, const REAL *x, size_t n)
{
    double lane[2][MM_LANES];
    REAL rest[MM_LANES];

    NAME(rest)(x, n, rest);
    for (size_t first = 0; first < MM_LANES; first += F64_LANES) {
        f64v a = NAME(load)(rest + first), b = {0}, c = {0};

        for (size_t i = first; i + MM_LANES <= n + first; i += MM_LANES) {
            f64v v = NAME(load)(x + i);

            b += v;
            c = ADD_PRODUCT(v, v, c);
        }
        b += a;
        c = ADD_PRODUCT(a, a, c);
        memcpy(&lane[0][first], &b, sizeof(b));
        memcpy(&lane[1][first], &c, sizeof(c));
    }
    *sum = tree(lane[0]);
    *square = tree(lane[1]);
}
