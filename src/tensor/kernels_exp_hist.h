/*
 * Histograms of errors by powers of two for one lane: see kernels_lane.h. floor(log2 |e|) is the exponent
 * field of a number. What is beyond the end bins is brought there first: a power of two that has the last
 * bin's exponent is as good as any value in it.
 */
#if !defined(EXP_KEYS_DEFINED)
#define EXP_KEYS_DEFINED

/* Bin b has key b + 1. */
enum { EXP_ZERO, EXP_FIRST, EXP_NONFINITE = EXP_FIRST + MM_EXP_BINS, EXP_KEYS };
_Static_assert(MM_EXP_LOW == -64 && MM_EXP_BINS == 128, "the end bins of the keys");
_Static_assert(EXP_KEYS < COUNT_FEW, "keys have eight tables");

INLINE i64v exp_key(f64v s, f64v d)
{
    f64v e = ABS_F64(s - d), in_range = MIN_F64(MAX_F64(e, ALL_F64(0x1p-64)), ALL_F64(0x1p63));
    i64v finite = (i64v)(ABS_F64(s) <= DBL_MAX) & (i64v)(ABS_F64(d) <= DBL_MAX);
    i64v key = (i64v)((((i64v)in_range) >> 52) - (1023 + MM_EXP_LOW - EXP_FIRST)) & (i64v)(e != 0);

    return (key & finite) | (~finite & EXP_NONFINITE);
}

/*
 * Keys from differences that were rounded to floats. Rounding changes an exponent only by making a power of
 * two, or 0, of a number: returns false if any is one, or not finite.
 */
INLINE bool exp_from_floats(int32_t *key, f32v e)
{
    f32v abs = ABS_F32(e), in_range = MIN_F32(MAX_F32(abs, ALL_F32(0x1p-64f)), ALL_F32(0x1p63f));
    i32v found = ((((i32v)in_range) >> 23) - (127 + MM_EXP_LOW - EXP_FIRST)) & (i32v)(abs != 0);
    i32v odd = (i32v)((i32v)abs << 9 == 0) | (i32v)((i32v)abs >= 0x7f800000);

    memcpy(key, &found, sizeof(found));
    return !SIGNS(odd);
}

/* Are the keys certain? They are where the float is the exact difference (see no_mere_tie); Inf never is. */
INLINE bool exp_try_float(int32_t *key, const float *s, const float *d)
{
    f32v a = load_wide(s), b = load_wide(d), e = a - b;

    return exp_from_floats(key, e) || SIGNS((i32v)(a - e == b) & (i32v)(e + b == a)) == SIGNS_ALL;
}

INLINE bool exp_try_double(int32_t *key, const double *s, const double *d)
{
    double e[F32_LANES];
    float narrow[F32_LANES];
    i64v same = {0};
    f32v rounded;

    for (size_t i = 0; i < F32_LANES; i += F64_LANES) {
        f64v part = load_double(s + i) - load_double(d + i);

        memcpy(e + i, &part, sizeof(part));
    }
    rounded = narrow_double(e);
    if (exp_from_floats(key, rounded))
        return true;
    memcpy(narrow, &rounded, sizeof(rounded));
    same = ~same;
    for (size_t i = 0; i < F32_LANES; i += F64_LANES)
        same &= (i64v)(load_float(narrow + i) == load_double(e + i)) &
                (i64v)(ABS_F64(load_double(e + i)) <= FLT_MAX);
    return total_double(same) == -F64_LANES;
}
#endif

static void NAME(exact_exp_keys)(int32_t *key, const REAL *s, const REAL *d, size_t n)
{
    REAL rest_s[F64_LANES] = {0}, rest_d[F64_LANES] = {0};
    size_t i = 0;

    for (; i + F64_LANES <= n; i += F64_LANES)
        store_narrow(key + i, exp_key(NAME(load)(s + i), NAME(load)(d + i)));
    if (i < n) {
        memcpy(rest_s, s + i, (n - i) * sizeof(REAL));
        memcpy(rest_d, d + i, (n - i) * sizeof(REAL));
        store_narrow(key + i, exp_key(NAME(load)(rest_s), NAME(load)(rest_d)));
    }
}

INLINE void NAME(exp_in)(struct counts *counts, const REAL *s, const REAL *d, size_t n)
{
    struct key_ring ring;
    size_t i = 0;

    ring_init(&ring, COUNT_FEW);
    for (; i + COUNT_STEP <= n; i += COUNT_STEP) {
        int32_t *key = ring_place(&ring, i);

        for (size_t v = 0; v < COUNT_STEP; v += F32_LANES)
            if (!NAME(exp_try)(key + v, s + i + v, d + i + v))
                NAME(exact_exp_keys)(key + v, s + i + v, d + i + v, F32_LANES);
        ring_count(&ring, counts, COUNT_FEW, 8, i);
    }
    ring_finish(&ring, counts, COUNT_FEW, 8, i);
    NAME(exact_exp_keys)(ring.key, s + i, d + i, n - i);
    count_in(counts, COUNT_FEW, 8, ring.key, n - i);
}

static void NAME(exp_hist)(struct mm_exp_hist *hist, const REAL *s, const REAL *d, size_t n)
{
    struct counts counts;

    if (n > MM_TILE) {
        mm_kernels_scalar.NAME(exp_hist)(hist, s, d, n);
        return;
    }
    counts_init(&counts, COUNT_FEW, 8);
    NAME(exp_in)(&counts, s, d, n);
    counts_sum(&counts, COUNT_FEW, 8);
    for (size_t bin = 0; bin < MM_EXP_BINS; bin++)
        hist->count[bin] += counts.of[EXP_FIRST + bin];
    hist->zero += counts.of[EXP_ZERO];
    hist->nonfinite += counts.of[EXP_NONFINITE];
}
