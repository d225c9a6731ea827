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

INLINE struct screen make_screen(const struct mm_limits *limits, uint64_t hint)
{
    return (struct screen){
        .holds = limits->small > 0x1p-100 && limits->small < 1e30 && limits->rtol > 1e-15 &&
                 limits->rtol < 1e15 && limits->atol > 1e-15 && limits->atol < 1e15,
        .low = (float)(limits->rtol * (1 - SLACK)),
        .high = (float)(limits->rtol * (1 + SLACK)),
        .offset = (float)(limits->atol / limits->rtol),
        .small = not_above_float(limits->small),
        .flagging = hint & HINT_FLAGS,
        .tied = hint & HINT_TIES,
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

/* ---- first look ---- */

/* A byte a vector: not 0 where something in it may be greater than the greatest so far. */
struct flags {
    uint8_t of[MM_BLOCK / F32_LANES];
};
_Static_assert(sizeof(struct flags) % 64 == 0, "flags are taken 64 at a time");

/* Which of 64 flags, 8 a word, are not 0: the top bit of each byte of a word says so, and a product brings
 * the eight together. */
INLINE uint64_t flag_bits(const uint8_t flag[64])
{
    const uint64_t low = 0x7f7f7f7f7f7f7f7fu;
    uint64_t bits = 0;

    for (int k = 0; k < 8; k++) {
        uint64_t word = mm_load_word(flag + 8 * k), top = (((word & low) + low) | word) & ~low;

        bits |= ((top >> 7) * 0x0102040810204080u >> 56) << (8 * k);
    }
    return bits;
}

struct look {
    struct ends s, d;
    f32v farthest, nearest; /* -|e|, from 0 */
    f32v room;              /* the least that was left up to the tolerance, with slack */
    tally surely;           /* |e| is beyond it */
    tally greater;          /* s - d is negative; with two zeros that says nothing */
};

INLINE f32v room_of(const struct screen *c, float rtol, f32v s, f32v minus)
{
    return FMA_F32(ALL_F32(rtol), ABS_F32(s) + c->offset, minus);
}

/* Negative if |e|/|s| may be greater than the greatest so far. */
INLINE f32v rel_flag(const struct screen *c, f32v s, f32v minus)
{
    return FMA_F32(ALL_F32(c->best), ABS_F32(s), minus);
}

/* Fills the flag for |e|/|s| if there is one; for |e| itself the farthest -|e| tells. */
INLINE void look_at_errors(struct look *x, uint8_t *flag, const struct screen *c, f32v s, f32v d)
{
    f32v e = s - d, minus = NEGATIVE_F32(e), room = room_of(c, c->high, s, minus);

    x->farthest = FARTHER_F32(minus, x->farthest);
    x->nearest = NEARER_F32(minus, x->nearest);
    x->room = LEAST_ABOVE_F32(room, x->room);
    x->surely = TALLY_SIGNS(x->surely, room);
    x->greater = TALLY_SIGNS(x->greater, e);
    if (flag)
        *flag = SIGNS(rel_flag(c, s, minus));
}

/* 16 registers without three-operand instructions do not hold all accumulators of one loop. */
#if defined(__x86_64__) && !defined(__AVX__)
#define ONE_LOOP 0
#else
#define ONE_LOOP 1
#endif

/* flags: NULL, or to be filled with those for |e|/|s|. */
INLINE void look_all(struct look *out, struct flags *flags, const struct screen *c, const float *s,
                     const float *d, size_t n)
{
    struct look x = {.s = ends_of(s[0]), .d = ends_of(d[0])};

    x.farthest = ALL_F32(-0.0f);
    x.nearest = ALL_F32(-FLT_MAX);
    x.room = ALL_F32(FLT_MAX);
    for (size_t i = 0; i < n; i += F32_LANES) {
        f32v a = load_wide(s + i), b = load_wide(d + i);

        __builtin_prefetch((const char *)(d + i) + PREFETCH_BYTES); /* s: in the loop of the sums */
        see_ends(&x.s, a);
        see_ends(&x.d, b);
        if (ONE_LOOP)
            look_at_errors(&x, flags ? &flags->of[i / F32_LANES] : NULL, c, a, b);
    }
    for (size_t i = 0; !ONE_LOOP && i < n; i += F32_LANES)
        look_at_errors(&x, flags ? &flags->of[i / F32_LANES] : NULL, c, load_wide(s + i), load_wide(d + i));
    *out = x;
}

struct summary {
    float least_s, least_d; /* of |s| and |d| */
    float max, min;         /* of |e| */
    float room;
    bool negative_s; /* some s is negative or -0, perhaps */
};

static void take_look(struct block_extremes *out, struct summary *sum, const struct look *x,
                      const struct screen *c, size_t n)
{
    memset(out, 0, sizeof(*out));
    sum->least_s = take_ends(&x->s, &out->min_s, &out->max_s);
    sum->least_d = take_ends(&x->d, &out->min_d, &out->max_d);
    sum->max = -least_f32(x->farthest);
    sum->min = least_f32(-x->nearest);
    sum->room = least_f32(x->room);
    sum->negative_s = maybe_signed(&x->s);
    out->tiny = sum->least_s <= c->small;
    out->greater = TALLY_TOTAL(x->greater);
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

/*
 * Sign: greater than the greatest so far, or the float difference is not the exact one. Where it is,
 * comparing it with the greatest float that is not above the greatest so far is exact as well; so is the sign
 * of a fused product. The difference is exact if both ways back lead to where it came from: of the two, the
 * one that starts at the larger number makes no error (Dekker's fast two-sum). Bits of negative floats, as
 * whole numbers, grow with their size.
 */
INLINE i32v no_mere_tie(const struct screen *c, f32v s, f32v d)
{
    f32v e = s - d, minus = NEGATIVE_F32(e), size = ABS_F32(s);
    i32v exact = (i32v)(s - e == d) & (i32v)(e + d == s), tiny = (i32v)(size <= c->small);
    i32v small = (i32v)minus > (i32v)NEGATIVE_F32(ALL_F32(c->small_itself));
    i32v abs = (i32v)minus > (i32v)NEGATIVE_F32(ALL_F32(c->abs_itself));
    f32v rel = FMA_F32(ALL_F32(c->best_itself), size, minus);

    return (i32v)PICK_F32(tiny, (f32v)small, rel) | abs | ~exact;
}

struct second {
    i32v zero_s, zero_d, greater, equal;
};

/* Sign: |e| or |e|/|s| may be greater than the greatest so far. A product of `best` that is rounded up is
 * still not above any |e| that is. */
INLINE i32v maybe_new(const struct screen *c, f32v s, f32v d)
{
    f32v size = ABS_F32(s), limit = ALL_F32(c->best) * size;

    limit = PICK_F32((i32v)(size <= c->small), ALL_F32(c->max_small), limit);
    return (i32v)(ABS_F32(s - d) >= MIN_F32(limit, ALL_F32(c->max_abs)));
}

/* Returns the flag, for everything that is looked for. */
INLINE uint8_t look_again(struct second *x, const struct screen *c, bool negative, bool tied, f32v s, f32v d)
{
    x->zero_s -= (i32v)(s == 0);
    x->zero_d -= (i32v)(d == 0);
    x->equal -= (i32v)(s == d);
    if (negative)
        x->greater -= (i32v)(d > s);
    return SIGNS(tied ? no_mere_tie(c, s, d) : maybe_new(c, s, d));
}

/* negative: some s may be -0. Of -0 and +0 the sign of s - d can't tell that they are equal, so what is
 * greater is counted again. */
INLINE void second_loop(struct block_extremes *out, struct flags *flags, const struct screen *c,
                        bool negative, bool tied, const float *s, const float *d, size_t n)
{
    struct second x = {{0}, {0}, {0}, {0}};

    for (size_t i = 0; i < n; i += F32_LANES)
        flags->of[i / F32_LANES] = look_again(&x, c, negative, tied, load_wide(s + i), load_wide(d + i));
    out->zero_s = total_float(x.zero_s);
    out->zero_d = total_float(x.zero_d);
    if (negative)
        out->greater = total_float(x.greater);
    out->less = (int64_t)n - out->greater - total_float(x.equal);
}

static void second_look(struct block_extremes *out, struct flags *flags, const struct screen *c,
                        bool negative, const float *s, const float *d, size_t n)
{
    if (negative && c->tied)
        second_loop(out, flags, c, true, true, s, d, n);
    else if (negative)
        second_loop(out, flags, c, true, false, s, d, n);
    else if (c->tied)
        second_loop(out, flags, c, false, true, s, d, n);
    else
        second_loop(out, flags, c, false, false, s, d, n);
}

/*
 * Is it uncertain how many are beyond the tolerance? Not if no room that is left is within the slack, taken
 * for the greatest |s|: `high` has one of it, `low` is another one away, and twice that is for what is
 * rounded. Else the lower limit is counted, too: in wide ranges that mostly gives the same number.
 */
static bool tolerance_uncertain(const struct block_extremes *extremes, const struct screen *c,
                                const struct summary *sum, int64_t surely, const float *s, const float *d,
                                size_t n)
{
    float most = (float)(extremes->max_s > -extremes->min_s ? extremes->max_s : -extremes->min_s);
    i32v maybe = {0};

    if (sum->room >= (float)(4 * SLACK) * c->high * (most + c->offset))
        return false;
    for (size_t i = 0; i < n; i += F32_LANES) {
        f32v a = load_wide(s + i);

        maybe -= (i32v)room_of(c, c->low, a, NEGATIVE_F32(a - load_wide(d + i))) >> 31;
    }
    return total_float(maybe) != surely;
}

/* Flags for |e|/|s| alone. None if the greatest |e| over the least |s| would not have one. */
static void flag_rel(struct flags *flags, struct screen *c, bool flagged, const struct summary *sum,
                     const float *s, const float *d, size_t n)
{
    c->flagging = SIGNS(rel_flag(c, ALL_F32(sum->least_s), ALL_F32(-sum->max))) != 0;
    for (size_t i = 0; c->flagging && !flagged && i < n; i += F32_LANES) {
        f32v a = load_wide(s + i);

        flags->of[i / F32_LANES] = SIGNS(rel_flag(c, a, NEGATIVE_F32(a - load_wide(d + i))));
    }
}

/* ---- what was flagged ---- */

/* More than this are so many that they were flagged for one reason. */
#define MANY_FLAGS (MM_BLOCK / F32_LANES / 4)

/*
 * Is there anything greater in the flagged vectors? Exact. Where many are flagged that are mere ties, and a
 * second look is taken at every block (rectified data is full of zeros), the next one asks for ties at once;
 * where that flags many, differences are not exact, and it does so no more.
 */
static bool anything_new(const struct mm_sums *sums, const struct mm_limits *limits, struct screen *c,
                         const struct flags *flags, const float *s, const float *d)
{
    const struct best_float best = make_best_float(sums->max_rel);
    struct errors_float x = {{0}, {0}, {0}, {0}};
    int count = 0;

    for (size_t first = 0; first < sizeof(*flags); first += 64) {
        uint64_t bits = flag_bits(&flags->of[first]);

        count += __builtin_popcountll(bits);
        for (; bits; bits &= bits - 1) {
            size_t i = (first + (size_t)__builtin_ctzll(bits)) * F32_LANES;

            if (!SIGNS(no_mere_tie(c, load_wide(s + i), load_wide(d + i))))
                continue;
            for (size_t k = i; k < i + F32_LANES; k += F64_LANES)
                add_errors_float(&x, limits, &best, true, load_float(s + k), load_float(d + k));
        }
    }
    if (count > MANY_FLAGS)
        c->tied = !c->tied;
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

/* What the first look leaves open. */
static void look_closer(struct block_extremes *extremes, struct flags *flags, struct screen *screen,
                        const struct summary *sum, const float *s, const float *d, size_t n)
{
    bool flagged = screen->flagging;

    if (sum->max == 0.0f) {
        count_zeros(extremes, sum->least_d == 0.0f, d, n);
        return;
    }
    if (extremes->tiny || sum->max >= screen->max_abs) {
        second_look(extremes, flags, screen, sum->negative_s, s, d, n);
        return;
    }
    flag_rel(flags, screen, flagged, sum, s, d, n);
    if (sum->least_d == 0.0f || sum->min == 0.0f)
        count_equal(extremes, s, d, n);
}

static void look_float(struct block_extremes *extremes, struct block_errors *errors,
                       const struct mm_sums *sums, const struct mm_limits *limits, struct screen *screen,
                       const float *s, const float *d, size_t n)
{
    struct summary sum;
    struct flags flags;
    struct look look;

    if (n % F32_LANES || !screen->holds || sums->max_abs_at < 0 || sums->max_rel_at < 0) {
        look_exactly(extremes, errors, sums, limits, s, d, n);
        return;
    }
    memset(&flags, 0, sizeof(flags));
    update_screen(screen, sums);
    if (screen->flagging)
        look_all(&look, &flags, screen, s, d, n);
    else
        look_all(&look, NULL, screen, s, d, n);
    take_look(extremes, &sum, &look, screen, n);
    look_closer(extremes, &flags, screen, &sum, s, d, n);
    *errors = (struct block_errors){.beyond = TALLY_TOTAL(look.surely)};
    if (!(sum.max <= FLT_MAX) || tolerance_uncertain(extremes, screen, &sum, errors->beyond, s, d, n) ||
        (any_flag(&flags) && anything_new(sums, limits, screen, &flags, s, d)))
        exact_errors_float(errors, limits, sums->max_rel, extremes->tiny, s, d, n);
}
