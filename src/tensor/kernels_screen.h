/*
 * A look at the errors in vectors of floats, for the float lane only: eight at a time instead of four. It tells that a
 * block holds no new greatest error and how many |e| are beyond the tolerance, or that it can't tell: then the exact
 * loop of kernels_errors.h decides.
 *
 * Why it never misses: a float difference is the exact one within 2^-24 of itself, and exact where it is subnormal;
 * rounding keeps the order. Every constant leaves SLACK for that and for its own rounding. Constants out of the
 * range in which this holds, and differences that overflow, make the block one that it can't tell.
 */
#define SLACK 0x1p-20

struct screen {
    bool usable;
    float max_abs, max_small; /* rounded: nothing above these can be below after rounding */
    float best;               /* a little below the greatest |e|/|s| so far */
    float rtol_low, rtol_high, atol_low, atol_high, small;
};

/* 0x1p-148: what a subnormal product may be off by, and more. */
INLINE struct screen make_screen(const struct mm_sums *sums, const struct mm_limits *limits)
{
    return (struct screen){
        .usable = limits->small > 0x1p-100 && limits->small < 1e30 && limits->atol < 1e30 && limits->rtol < 1e30 &&
                  sums->max_abs_at >= 0 && sums->max_rel_at >= 0,
        .max_abs = (float)sums->max_abs,
        .max_small = (float)sums->max_small,
        .best = (float)fmin(sums->max_rel * (1 - SLACK), 1e38),
        .rtol_low = (float)(limits->rtol * (1 - SLACK)),
        .rtol_high = (float)(limits->rtol * (1 + SLACK)),
        .atol_low = (float)(limits->atol * (1 - SLACK) - 0x1p-148),
        .atol_high = (float)(limits->atol * (1 + SLACK) + 0x1p-148),
        .small = not_above_float(limits->small),
    };
}

struct seen {
    f32v max, small;
    i32v surely, maybe, better;
};

INLINE void screen_vector(struct seen *x, const struct screen *c, bool tiny, f32v s, f32v d)
{
    f32v abs = ABS_F32(s - d), size = ABS_F32(s);
    i32v better = (i32v)(abs > c->best * size);

    x->max = MAX_F32(abs, x->max);
    x->surely -= (i32v)(abs > c->rtol_high * size + c->atol_high);
    x->maybe -= (i32v)(abs > c->rtol_low * size + c->atol_low);
    if (tiny) {
        i32v mask = (i32v)(size <= c->small);

        x->small = MAX_F32(KEEP_F32(mask, abs), x->small);
        better &= ~mask;
    }
    x->better |= better;
}

INLINE float greatest_f32(f32v lane)
{
    float value = lane[0];

    for (int l = 1; l < F32_LANES; l++)
        value = lane[l] > value ? lane[l] : value;
    return value;
}

/* True: nothing new in the block, and out->beyond is right. */
INLINE bool screen_loop(struct block_errors *out, const struct screen *c, bool tiny, const float *s, const float *d,
                        size_t n)
{
    struct seen x = {{0}, {0}, {0}, {0}, {0}};
    float rest_s[F32_LANES] = {0}, rest_d[F32_LANES] = {0}, max, small;
    f32v a, b;
    size_t i = 0;

    for (; i + F32_LANES <= n; i += F32_LANES) {
        memcpy(&a, s + i, sizeof(a));
        memcpy(&b, d + i, sizeof(b));
        screen_vector(&x, c, tiny, a, b);
    }
    memcpy(rest_s, s + i, (n - i) * sizeof(float));
    memcpy(rest_d, d + i, (n - i) * sizeof(float));
    memcpy(&a, rest_s, sizeof(a));
    memcpy(&b, rest_d, sizeof(b));
    screen_vector(&x, c, tiny, a, b);
    max = greatest_f32(x.max);
    small = greatest_f32(x.small);
    *out = (struct block_errors){.beyond = total_float(x.surely)};
    return out->beyond == total_float(x.maybe) && total_float(x.better) == 0 && max <= FLT_MAX &&
           (max == 0.0f || max < c->max_abs) && (small == 0.0f || small < c->max_small);
}

static void screened_errors(struct block_errors *out, const struct mm_sums *sums, const struct mm_limits *limits,
                            bool tiny, const float *s, const float *d, size_t n)
{
    struct screen screen = make_screen(sums, limits);
    bool enough = screen.usable && (tiny ? screen_loop(out, &screen, true, s, d, n)
                                         : screen_loop(out, &screen, false, s, d, n));

    if (!enough)
        exact_errors_float(out, limits, sums->max_rel, tiny, s, d, n);
}
