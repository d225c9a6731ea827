/*
 * A look at a block in vectors of floats, for the float lane only: extremes, and screens that tell that the
 * block holds nothing new. Vectors in which a screen can't tell are flagged, and looked at in doubles. Only
 * when those find something new, or when it is uncertain how many are beyond the tolerance, the block is gone
 * over by the exact loop of kernels_errors.h. So ties, of which quantised data is full, cost some flags.
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

/* A float |e| is 0 or not less than the least float: 0 is never something new. */
INLINE float at_least_something(double greatest)
{
    float near = (float)greatest;

    return near > 0.0f ? near : FLT_TRUE_MIN;
}

INLINE void update_screen(struct screen *screen, const struct mm_sums *sums)
{
    screen->max_abs = at_least_something(sums->max_abs);
    screen->max_small = at_least_something(sums->max_small);
    screen->best = rounded_down(sums->max_rel * (1 - BEST_SLACK));
    screen->abs_itself = rounded_down(sums->max_abs);
    screen->small_itself = rounded_down(sums->max_small);
    screen->best_itself = FUSED ? rounded_down(sums->max_rel) : screen->best;
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

/* ---- first look ---- */

/* A byte a vector: not 0 where something in it may be greater than the greatest so far. */
struct flags {
    uint8_t of[MM_BLOCK / F32_LANES];
};
_Static_assert(sizeof(struct flags) % sizeof(uint64_t) == 0, "flags are looked at a word at a time");

struct look {
    f32v min_s, max_s, min_d, max_d;
    f32v least_s, least_d;        /* of |s| and |d| */
    f32v least_minus, most_minus; /* of -|e| */
    tally surely, maybe;          /* |e| is beyond the tolerance */
    tally greater;                /* s - d is negative; with two zeros that says nothing */
};

INLINE void look_at_values(struct look *x, f32v s, f32v d)
{
    x->min_s = MIN_F32(s, x->min_s);
    x->max_s = MAX_F32(s, x->max_s);
    x->min_d = MIN_F32(d, x->min_d);
    x->max_d = MAX_F32(d, x->max_d);
    x->least_s = MIN_F32(ABS_F32(s), x->least_s);
    x->least_d = MIN_F32(ABS_F32(d), x->least_d);
}

/* Returns the flag for |e|/|s|; for |e| itself the least of -|e| tells. */
INLINE uint8_t look_at_errors(struct look *x, const struct screen *c, f32v s, f32v d)
{
    f32v e = s - d, minus = NEGATIVE_F32(e), size = ABS_F32(s), scale = size + c->offset;

    x->least_minus = MIN_F32(minus, x->least_minus);
    x->most_minus = MAX_F32(minus, x->most_minus);
    x->surely = TALLY_SIGNS(x->surely, FMA_F32(ALL_F32(c->high), scale, minus));
    x->maybe = TALLY_SIGNS(x->maybe, FMA_F32(ALL_F32(c->low), scale, minus));
    x->greater = TALLY_SIGNS(x->greater, e);
    return SIGNS(FMA_F32(ALL_F32(c->best), size, minus));
}

/* 16 registers without three-operand instructions do not hold all accumulators of one loop. */
#if defined(__x86_64__) && !defined(__AVX__)
#define ONE_LOOP 0
#else
#define ONE_LOOP 1
#endif

INLINE void look_all(struct look *out, struct flags *flags, const struct screen *c, const float *s,
                     const float *d, size_t n)
{
    const f32v zero = {0}, first_s = ALL_F32(s[0]), first_d = ALL_F32(d[0]);
    struct look x = {.min_s = first_s, .max_s = first_s, .min_d = first_d, .max_d = first_d};
    uint8_t *flag = flags->of;

    x.least_s = x.least_d = zero + FLT_MAX;
    x.most_minus = zero - FLT_MAX;
    for (size_t i = 0; i < n; i += F32_LANES) {
        f32v a = load_wide(s + i), b = load_wide(d + i);

        __builtin_prefetch((const char *)(d + i) + PREFETCH_BYTES); /* s: in the loop of the sums */
        look_at_values(&x, a, b);
        if (ONE_LOOP)
            *flag++ = look_at_errors(&x, c, a, b);
    }
    for (size_t i = ONE_LOOP ? n : 0; i < n; i += F32_LANES)
        *flag++ = look_at_errors(&x, c, load_wide(s + i), load_wide(d + i));
    *out = x;
}

INLINE void take_look(struct block_extremes *out, const struct look *x, const struct screen *c, size_t n)
{
    *out = (struct block_extremes){
        .min_s = (double)least_f32(x->min_s),
        .max_s = -(double)least_f32(-x->max_s),
        .min_d = (double)least_f32(x->min_d),
        .max_d = -(double)least_f32(-x->max_d),
        .greater = TALLY_TOTAL(x->greater),
        .tiny = least_f32(x->least_s) <= c->small,
    };
    out->less = (int64_t)n - out->greater;
}

/* ---- second look: what the first one could not tell ---- */

/* Each s is equal to its d, which of two zeros the sign of s - d does not tell. */
static void count_zeros(struct block_extremes *out, bool any, const float *d, size_t n)
{
    i32v zero = {0};

    for (size_t i = 0; any && i < n; i += F32_LANES)
        zero -= (i32v)(load_wide(d + i) == 0);
    out->zero_s = out->zero_d = total_float(zero);
    out->greater = out->less = 0;
}

/* No s is tiny: s - d has the right sign then, and equal ones have to be told from lesser ones. */
static void count_equal(struct block_extremes *out, const float *s, const float *d, size_t n)
{
    i32v equal = {0}, zero_d = {0};

#pragma GCC unroll 4
    for (size_t i = 0; i < n; i += F32_LANES) {
        f32v b = load_wide(d + i);

        equal -= (i32v)(load_wide(s + i) == b);
        zero_d -= (i32v)(b == 0);
    }
    out->less -= total_float(equal);
    out->zero_d = total_float(zero_d);
}

struct second {
    i32v zero_s, zero_d, greater, less;
};

/* Returns the flag, for everything that is looked for. */
INLINE uint8_t look_again(struct second *x, const struct screen *c, f32v s, f32v d)
{
    f32v minus = NEGATIVE_F32(s - d), size = ABS_F32(s);
    i32v tiny = (i32v)(size <= c->small), rel = (i32v)FMA_F32(ALL_F32(c->best), size, minus);

    x->zero_s -= (i32v)(s == 0);
    x->zero_d -= (i32v)(d == 0);
    x->greater -= (i32v)(d > s);
    x->less -= (i32v)(d < s);
    return SIGNS((i32v)(minus <= -c->max_abs) | (tiny & (i32v)(minus <= -c->max_small)) | (~tiny & rel));
}

static void second_look(struct block_extremes *out, struct flags *flags, const struct screen *c,
                        const float *s, const float *d, size_t n)
{
    struct second x = {{0}, {0}, {0}, {0}};

    for (size_t i = 0; i < n; i += F32_LANES)
        flags->of[i / F32_LANES] = look_again(&x, c, load_wide(s + i), load_wide(d + i));
    out->zero_s = total_float(x.zero_s);
    out->zero_d = total_float(x.zero_d);
    out->greater = total_float(x.greater);
    out->less = total_float(x.less);
}

/* ---- ties ---- */

/*
 * Sign: greater than the greatest so far, or the float difference is not the exact one. Where it is,
 * comparing it with the greatest float that is not above the greatest so far is exact as well; so is the sign
 * of a fused product. The difference is exact if both ways back lead to where it came from: of the two, the
 * one that starts at the larger number makes no error (Dekker's fast two-sum).
 */
INLINE i32v no_mere_tie(const struct screen *c, f32v s, f32v d)
{
    f32v e = s - d, minus = NEGATIVE_F32(e), size = ABS_F32(s);
    i32v exact = (i32v)(s - e == d) & (i32v)(e + d == s), tiny = (i32v)(size <= c->small);
    i32v rel = (i32v)FMA_F32(ALL_F32(c->best_itself), size, minus);
    i32v small = (i32v)(minus < -c->small_itself), abs = (i32v)(minus < -c->abs_itself);

    return abs | (tiny & small) | (~tiny & rel) | ~exact;
}

/* Is there anything greater in the flagged vectors? Exact. */
static bool anything_new(const struct mm_sums *sums, const struct mm_limits *limits, const struct screen *c,
                         const struct flags *flags, const float *s, const float *d)
{
    const struct best_float best = make_best_float(sums->max_rel);
    struct errors_float x = {{0}, {0}, {0}, {0}};
    uint8_t flagged[sizeof(*flags)];
    size_t count = 0;

    for (size_t i = 0; i < sizeof(*flags); i++) { /* without a branch that nobody can predict */
        flagged[count] = (uint8_t)i;
        count += flags->of[i] != 0;
    }
    for (size_t f = 0; f < count; f++) {
        size_t i = flagged[f] * (size_t)F32_LANES;

        if (!SIGNS(no_mere_tie(c, load_wide(s + i), load_wide(d + i))))
            continue;
        for (size_t k = i; k < i + F32_LANES; k += F64_LANES)
            add_errors_float(&x, limits, &best, true, load_float(s + k), load_float(d + k));
    }
    return greatest(x.max) > sums->max_abs || greatest(x.small) > sums->max_small ||
           total_double(x.better) != 0;
}

static bool any_flag(const struct flags *flags)
{
    uint64_t any = 0;

    for (size_t at = 0; at < sizeof(*flags); at += sizeof(any))
        any |= mm_load_word(&flags->of[at]);
    return any != 0;
}

/* ---- all of it, and what is left to others ---- */

/* For any block: n need not be a multiple of anything, limits may be anything. */
static void look_exactly(struct block_extremes *extremes, struct block_errors *errors,
                         const struct mm_sums *sums, const struct mm_limits *limits, const float *s,
                         const float *d, size_t n)
{
    block_extremes_float(extremes, limits->small, s, d, n);
    exact_errors_float(errors, limits, sums->max_rel, extremes->tiny, s, d, n);
}

static void look_float(struct block_extremes *extremes, struct block_errors *errors,
                       const struct mm_sums *sums, const struct mm_limits *limits, struct screen *screen,
                       const float *s, const float *d, size_t n)
{
    struct look look;
    struct flags flags;
    float max;

    if (n % F32_LANES || !screen->holds || sums->max_abs_at < 0 || sums->max_rel_at < 0) {
        look_exactly(extremes, errors, sums, limits, s, d, n);
        return;
    }
    memset(&flags, 0, sizeof(flags));
    update_screen(screen, sums);
    look_all(&look, &flags, screen, s, d, n);
    take_look(extremes, &look, screen, n);
    max = -least_f32(look.least_minus);
    if (max == 0.0f)
        count_zeros(extremes, least_f32(look.least_d) == 0.0f, d, n);
    else if (extremes->tiny || max >= screen->max_abs)
        second_look(extremes, &flags, screen, s, d, n);
    else if (least_f32(look.least_d) == 0.0f || -least_f32(-look.most_minus) == 0.0f)
        count_equal(extremes, s, d, n);
    *errors = (struct block_errors){.beyond = TALLY_TOTAL(look.surely)};
    if (errors->beyond != TALLY_TOTAL(look.maybe) || !(max <= FLT_MAX) ||
        (any_flag(&flags) && anything_new(sums, limits, screen, &flags, s, d)))
        exact_errors_float(errors, limits, sums->max_rel, extremes->tiny, s, d, n);
}
