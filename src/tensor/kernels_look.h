/*
 * One look at a block in vectors of floats, for the float lane only: extremes, and screens that tell that the
 * block holds nothing new. What a screen can't tell is left to a second look (zeros and tiny values), and
 * what that can't tell to the exact loop of kernels_errors.h.
 *
 * Why a screen never misses: a float difference is the exact one within 2^-24 of itself, and exact where it
 * is subnormal; rounding keeps the order. Every constant leaves SLACK for that and for its own rounding.
 * Limits out of the range in which this holds, and differences that overflow, make the block one that it
 * can't tell.
 */
#define SLACK 0x1p-20
#define BEST_SLACK                                                                                           \
    (FUSED ? 0x1p-23 : 0x1p-22) /* tight: many |e|/|s| of rounded data are nearly the greatest */

INLINE struct screen make_screen(const struct mm_limits *limits)
{
    return (struct screen){
        .holds = limits->small > 0x1p-100 && limits->small < 1e30 && limits->rtol > 1e-15 &&
                 limits->rtol < 1e15 && limits->atol > 1e-15 && limits->atol < 1e15,
        .low = (float)(limits->rtol * (1 - SLACK)),
        .high = (float)(limits->rtol * (1 + SLACK)),
        .offset = (float)(limits->atol / limits->rtol),
        .small = not_above_float(limits->small),
    };
}

/* Not above it, by less than a unit in the last place; beyond a float's range any float will do. */
INLINE float rounded_down(double value)
{
    float near = (float)(value < 1e38 ? value : 1e38);
    int32_t bits;

    if ((double)near <= value)
        return near;
    memcpy(&bits, &near, sizeof(bits)); /* greater than value, so not 0: one step towards 0 */
    bits--;
    memcpy(&near, &bits, sizeof(near));
    return near;
}

INLINE void update_screen(struct screen *screen, const struct mm_sums *sums)
{
    screen->max_abs = (float)sums->max_abs;
    screen->max_small = (float)sums->max_small;
    screen->best = rounded_down(sums->max_rel * (1 - BEST_SLACK));
    screen->best_itself = (float)(sums->max_rel < 1e38 ? sums->max_rel : 1e38);
    screen->floats = (double)screen->max_abs == sums->max_abs &&
                     (double)screen->max_small == sums->max_small &&
                     (double)screen->best_itself == sums->max_rel;
}

#define NEGATIVE_F32(a) ((f32v)((i32v)(a) | INT32_MIN)) /* -|a| */

/* Count negative values: the sign bits of a vector at once where the machine can. */
#if defined(__AVX__)
typedef int64_t tally;
#define TALLY_SIGNS(sum, v) ((sum) + __builtin_popcount((unsigned)_mm256_movemask_ps((__m256)(v))))
#define TALLY_TOTAL(sum)    (sum)
#else
typedef i32v tally;
#define TALLY_SIGNS(sum, v) ((sum) - ((i32v)(v) >> 31))
#define TALLY_TOTAL(sum)    total_float(sum)
#endif

#if defined(__FMA__)
#define FMA_F32(a, b, c) ((f32v)_mm256_fmadd_ps((__m256)(a), (__m256)(b), (__m256)(c)))
#elif defined(__aarch64__)
#define FMA_F32(a, b, c) ((f32v)vfmaq_f32((float32x4_t)(c), (float32x4_t)(a), (float32x4_t)(b)))
#else
#define FMA_F32(a, b, c) ((a) * (b) + (c))
#endif

INLINE float least_f32(f32v v)
{
#if F32_LANES == 8
    v = MIN_F32(v, __builtin_shuffle(v, (i32v){4, 5, 6, 7, 0, 1, 2, 3}));
    v = MIN_F32(v, __builtin_shuffle(v, (i32v){2, 3, 0, 1, 6, 7, 4, 5}));
    v = MIN_F32(v, __builtin_shuffle(v, (i32v){1, 0, 3, 2, 5, 4, 7, 6}));
#else
    v = MIN_F32(v, __builtin_shuffle(v, (i32v){2, 3, 0, 1}));
    v = MIN_F32(v, __builtin_shuffle(v, (i32v){1, 0, 3, 2}));
#endif
    return v[0];
}

INLINE f32v load_wide(const float *x)
{
    f32v v;

    memcpy(&v, x, sizeof(v));
    return v;
}

/* ---- first look ---- */

struct look {
    f32v min_s, max_s, min_d, max_d;
    f32v least;                   /* of |s| and |d| */
    f32v least_minus, most_minus; /* of -|e| */
    tally better;                 /* |e|/|s| may be greater than the greatest so far */
    tally surely, maybe;          /* |e| is beyond the tolerance */
    tally greater;                /* s - d is negative; with two zeros that says nothing */
};

INLINE void look_at_values(struct look *x, f32v s, f32v d)
{
    x->min_s = MIN_F32(s, x->min_s);
    x->max_s = MAX_F32(s, x->max_s);
    x->min_d = MIN_F32(d, x->min_d);
    x->max_d = MAX_F32(d, x->max_d);
    x->least = MIN_F32(MIN_F32(ABS_F32(s), ABS_F32(d)), x->least);
}

INLINE void look_at_errors(struct look *x, const struct screen *c, f32v s, f32v d)
{
    f32v e = s - d, minus = NEGATIVE_F32(e), size = ABS_F32(s), scale = size + c->offset;

    x->least_minus = MIN_F32(minus, x->least_minus);
    x->most_minus = MAX_F32(minus, x->most_minus);
    x->better = TALLY_SIGNS(x->better, FMA_F32(ALL_F32(c->best), size, minus));
    x->surely = TALLY_SIGNS(x->surely, FMA_F32(ALL_F32(c->high), scale, minus));
    x->maybe = TALLY_SIGNS(x->maybe, FMA_F32(ALL_F32(c->low), scale, minus));
    x->greater = TALLY_SIGNS(x->greater, e);
}

/* 16 registers without three-operand instructions do not hold all accumulators of one loop. */
#if defined(__x86_64__) && !defined(__AVX__)
#define ONE_LOOP 0
#else
#define ONE_LOOP 1
#endif

INLINE void look_all(struct look *out, const struct screen *c, const float *s, const float *d, size_t n)
{
    const f32v zero = {0}, first_s = ALL_F32(s[0]), first_d = ALL_F32(d[0]);
    struct look x = {.min_s = first_s, .max_s = first_s, .min_d = first_d, .max_d = first_d};

    x.least = zero + FLT_MAX;
    x.most_minus = zero - FLT_MAX;
    for (size_t i = 0; i < n; i += F32_LANES) {
        f32v a = load_wide(s + i), b = load_wide(d + i);

        __builtin_prefetch((const char *)(d + i) + PREFETCH_BYTES); /* s: in the loop of the sums */
        look_at_values(&x, a, b);
        if (ONE_LOOP)
            look_at_errors(&x, c, a, b);
    }
    for (size_t i = ONE_LOOP ? n : 0; i < n; i += F32_LANES)
        look_at_errors(&x, c, load_wide(s + i), load_wide(d + i));
    *out = x;
}

/* Without zeros s - d has the right sign, and only equal ones have to be told from lesser ones. */
static int64_t count_equal(const float *s, const float *d, size_t n)
{
    i32v equal = {0};

    for (size_t i = 0; i < n; i += F32_LANES)
        equal -= (i32v)(load_wide(s + i) == load_wide(d + i));
    return total_float(equal);
}

/* ---- second look: where there are zeros or tiny values ---- */

struct second {
    f32v small; /* greatest |e| where |s| <= small */
    i32v zero_s, zero_d, greater, less;
    tally better;
};

INLINE void look_again(struct second *x, const struct screen *c, f32v s, f32v d)
{
    f32v minus = NEGATIVE_F32(s - d), size = ABS_F32(s);
    i32v tiny = (i32v)(size <= c->small);

    x->small = MIN_F32(KEEP_F32(tiny, minus), x->small);
    x->better = TALLY_SIGNS(x->better, KEEP_F32(~tiny, FMA_F32(ALL_F32(c->best), size, minus)));
    x->zero_s -= (i32v)(s == 0);
    x->zero_d -= (i32v)(d == 0);
    x->greater -= (i32v)(d > s);
    x->less -= (i32v)(d < s);
}

static void second_look(struct block_extremes *out, int64_t *better, float *small, const struct screen *c,
                        const float *s, const float *d, size_t n)
{
    struct second x = {.small = {0}};

    for (size_t i = 0; i < n; i += F32_LANES)
        look_again(&x, c, load_wide(s + i), load_wide(d + i));
    out->zero_s = total_float(x.zero_s);
    out->zero_d = total_float(x.zero_d);
    out->greater = total_float(x.greater);
    out->less = total_float(x.less);
    *small = -least_f32(x.small);
    *better = TALLY_TOTAL(x.better);
}

/* ---- ties: quantised data is full of values that are as great as the greatest so far, and not greater ----
 */

/*
 * Sign: the position has to be looked at exactly. Where the float difference is the exact one (what the
 * subtraction lost is 0), comparing with the greatest so far, which is a float here, is exact too: so is the
 * sign of a fused product.
 */
INLINE i32v no_mere_tie(const struct screen *c, f32v s, f32v d)
{
    f32v e = s - d, back = e - s, lost = (s - (e - back)) - (d + back);
    f32v minus = NEGATIVE_F32(e), size = ABS_F32(s);
    i32v inexact = (i32v)(lost != 0), tiny = (i32v)(size <= c->small);
    i32v rel = (i32v)FMA_F32(ALL_F32(c->best), size, minus) &
               ((i32v)FMA_F32(ALL_F32(c->best_itself), size, minus) | inexact) & ~tiny;
    i32v max = (i32v)(minus <= -c->max_abs) & ((i32v)(minus < -c->max_abs) | inexact);
    i32v small = (i32v)(minus <= -c->max_small) & ((i32v)(minus < -c->max_small) | inexact) & tiny;

    return rel | ((max | small) & (i32v)(minus < 0));
}

static bool mere_ties(const struct screen *c, const float *s, const float *d, size_t n)
{
    i32v sign = {0};

    if (!FUSED || !c->floats)
        return false;
    for (size_t i = 0; i < n; i += F32_LANES)
        sign |= no_mere_tie(c, load_wide(s + i), load_wide(d + i));
    return TALLY_TOTAL(TALLY_SIGNS((tally){0}, sign)) == 0;
}

/* ---- all of it, and what is left to others ---- */

INLINE void take_look(struct block_extremes *out, const struct look *x, const struct screen *c, size_t n)
{
    *out = (struct block_extremes){
        .min_s = (double)least_f32(x->min_s),
        .max_s = -(double)least_f32(-x->max_s),
        .min_d = (double)least_f32(x->min_d),
        .max_d = -(double)least_f32(-x->max_d),
        .greater = TALLY_TOTAL(x->greater),
        .tiny = least_f32(x->least) <= c->small,
    };
    out->less = (int64_t)n - out->greater;
}

/* For any block: n need not be a multiple of anything, limits may be anything. */
static void look_exactly(struct block_extremes *extremes, struct block_errors *errors,
                         const struct mm_sums *sums, const struct mm_limits *limits, const float *s,
                         const float *d, size_t n)
{
    block_extremes_float(extremes, limits->small, s, d, n);
    exact_errors_float(errors, limits, sums->max_rel, extremes->tiny, s, d, n);
}

/* Is any |e|/|s| greater than the greatest so far? Few may be: those are divided. */
static bool any_better(const struct mm_sums *sums, const struct screen *c, const float *s, const float *d,
                       size_t n)
{
    for (size_t i = 0; i < n; i += F32_LANES) {
        f32v a = load_wide(s + i), b = load_wide(d + i);

        if (TALLY_TOTAL(
                TALLY_SIGNS((tally){0}, FMA_F32(ALL_F32(c->best), ABS_F32(a), NEGATIVE_F32(a - b)))) == 0)
            continue;
        for (size_t k = i; k < i + F32_LANES; k++)
            if (fabsf(s[k]) > c->small &&
                fabs((double)s[k] - (double)d[k]) / fabs((double)s[k]) > sums->max_rel)
                return true;
    }
    return false;
}

#define FEW_BETTER 16

static void look_float(struct block_extremes *extremes, struct block_errors *errors,
                       const struct mm_sums *sums, const struct mm_limits *limits, struct screen *screen,
                       const float *s, const float *d, size_t n)
{
    float max, small = 0.0f;
    bool certain, candidate;
    struct look look;
    int64_t better;

    if (n % F32_LANES || !screen->holds || sums->max_abs_at < 0 || sums->max_rel_at < 0) {
        look_exactly(extremes, errors, sums, limits, s, d, n);
        return;
    }
    update_screen(screen, sums);
    look_all(&look, screen, s, d, n);
    take_look(extremes, &look, screen, n);
    better = TALLY_TOTAL(look.better);
    if (extremes->tiny)
        second_look(extremes, &better, &small, screen, s, d, n);
    else if (-least_f32(-look.most_minus) == 0.0f)
        extremes->less -= count_equal(s, d, n);
    max = -least_f32(look.least_minus);
    *errors = (struct block_errors){.beyond = TALLY_TOTAL(look.surely)};
    certain = errors->beyond == TALLY_TOTAL(look.maybe) && max <= FLT_MAX;
    candidate = better > FEW_BETTER || (max > 0.0f && max >= screen->max_abs) ||
                (small > 0.0f && small >= screen->max_small);
    if (!certain || (candidate && !mere_ties(screen, s, d, n)))
        exact_errors_float(errors, limits, sums->max_rel, extremes->tiny, s, d, n);
    else if (better > 0 && !candidate)
        errors->better = any_better(sums, screen, s, d, n);
}
