/*
 * Rounding loops for one lane: included by whatif_round.c once for floats and once for doubles. REAL is the
 * number, WORD an unsigned integer of its size, DIGITS its mantissa's bits, REAL_MAX its greatest value.
 *
 * The inner loops have a known length and no branch, so that the compiler makes vectors of them.
 */

/* Below this, x + MAGIC - MAGIC is x rounded to a whole number, ties to even: MAGIC's last place is 1. */
#define FAR   ((REAL)0x1p20)
#define MAGIC ((REAL)1.5 * (REAL)((WORD)1 << DIGITS))

static inline REAL NAME(real)(WORD word)
{
    REAL x;

    memcpy(&x, &word, sizeof(x));
    return x;
}

static inline WORD NAME(word)(REAL x)
{
    WORD word;

    memcpy(&word, &x, sizeof(word));
    return word;
}

/* |x| or, with its sign put back, what became of it. */
#define SIGN_BIT ((WORD)1 << (sizeof(WORD) * 8 - 1))

/*
 * To a float format with `bits` of mantissa, whose normal numbers begin at `least` and whose subnormal ones
 * are multiples of `unit`. The bits that are dropped are rounded in the word (a carry into the exponent is
 * right); subnormals by an addition that leaves no place below `unit`.
 */
static inline __attribute__((always_inline)) REAL NAME(to_format)(REAL x, int bits, REAL least, REAL unit,
                                                                  REAL highest, REAL beyond)
{
    const int drop = DIGITS - bits;
    const WORD rest = ((WORD)1 << drop) - 1;
    const REAL magic = unit * (REAL)((WORD)1 << DIGITS);
    WORD sign = NAME(word)(x) & SIGN_BIT, size = NAME(word)(x) & ~SIGN_BIT;
    REAL a = NAME(real)(size);
    REAL rounded = NAME(real)((size + (rest >> 1) + ((size >> drop) & 1)) & ~rest);
    REAL small = (a + magic) - magic;

    rounded = a < least ? small : rounded;
    rounded = rounded > highest ? beyond : rounded;
    rounded = a <= REAL_MAX ? rounded : a;
    return NAME(real)(NAME(word)(rounded) | sign);
}

#define FORMAT(name, bits, least, unit, highest, beyond)                                                     \
    static void NAME(name)(const REAL *restrict x, REAL *restrict out, size_t n)                             \
    {                                                                                                        \
        size_t i = 0;                                                                                        \
        for (; i + STEP <= n; i += STEP) {                                                                   \
            for (size_t k = 0; k < STEP; k++)                                                                \
                out[i + k] =                                                                                 \
                    NAME(to_format)(x[i + k], bits, (REAL)least, (REAL)unit, (REAL)highest, (REAL)beyond);   \
        }                                                                                                    \
        for (; i < n; i++)                                                                                   \
            out[i] = NAME(to_format)(x[i], bits, (REAL)least, (REAL)unit, (REAL)highest, (REAL)beyond);      \
    }

FORMAT(to_f16, 10, 0x1p-14, 0x1p-24, 65504, INFINITY)
FORMAT(to_bf16, 7, 0x1p-126, 0x1p-133, 0x1.fep127, INFINITY)
FORMAT(to_e4m3, 3, 0x1p-6, 0x1p-9, 448, NAN)
FORMAT(to_e5m2, 2, 0x1p-14, 0x1p-16, 57344, INFINITY)
#undef FORMAT

/* One value to an integer grid. True when it was clipped. */
static inline __attribute__((always_inline)) int NAME(to_grid)(REAL x, REAL scale, REAL low, REAL high,
                                                               REAL *out)
{
    REAL y = x / scale, q, whole;
    int finite = (x < 0 ? -x : x) <= REAL_MAX;

    y = y > FAR ? FAR : y;
    y = y < -FAR ? -FAR : y;
    whole = (y + MAGIC) - MAGIC;
    q = whole < low ? low : whole;
    q = q > high ? high : q;
    *out = finite ? q * scale : x;
    return finite & (whole != q);
}

/* One scale for all. */
static int64_t NAME(grid)(const REAL *restrict x, REAL *restrict out, size_t n, REAL scale, REAL low,
                          REAL high)
{
    int64_t clipped = 0;
    size_t i = 0;

    for (; i + STEP <= n; i += STEP) {
        int beyond = 0;
        for (size_t k = 0; k < STEP; k++)
            beyond += NAME(to_grid)(x[i + k], scale, low, high, &out[i + k]);
        clipped += beyond;
    }
    for (; i < n; i++)
        clipped += NAME(to_grid)(x[i], scale, low, high, &out[i]);
    return clipped;
}

/* A scale an element. */
static int64_t NAME(grid_each)(const REAL *restrict x, REAL *restrict out, size_t n,
                               const REAL *restrict scale, const REAL *restrict low, REAL span)
{
    int64_t clipped = 0;
    size_t i = 0;

    for (; i + STEP <= n; i += STEP) {
        int beyond = 0;
        for (size_t k = 0; k < STEP; k++)
            beyond += NAME(to_grid)(x[i + k], scale[i + k], low[i + k], low[i + k] + span, &out[i + k]);
        clipped += beyond;
    }
    for (; i < n; i++)
        clipped += NAME(to_grid)(x[i], scale[i], low[i], low[i] + span, &out[i]);
    return clipped;
}

/* Rows long enough to be rounded as they lie. */
static int64_t NAME(grid_rows)(const struct mm_rounder *r, const REAL *x, REAL *out, size_t n, int64_t base)
{
    const REAL *scale = r->scale, *low = r->low;
    struct mm_walk walk;
    int64_t clipped = 0, channel;

    mm_walk_start(&walk, &r->lay, base);
    for (size_t i = 0, length; i < n; i += length) {
        length = mm_walk_next(&walk, n - i, &channel);
        clipped +=
            NAME(grid)(x + i, out + i, length, scale[channel], low[channel], low[channel] + (REAL)r->span);
    }
    return clipped;
}

/* Rows of one element: the channels' scales lie as their elements do. */
static int64_t NAME(grid_single)(const struct mm_rounder *r, const REAL *x, REAL *out, size_t n, int64_t base)
{
    const REAL *scale = r->scale, *low = r->low;
    int64_t channels = r->lay.channels, c = base % channels, clipped = 0;

    for (size_t i = 0, length; i < n; i += length, c = 0) {
        length = (uint64_t)(channels - c) < n - i ? (size_t)(channels - c) : n - i;
        clipped += NAME(grid_each)(x + i, out + i, length, scale + c, low + c, (REAL)r->span);
    }
    return clipped;
}

/* Short rows: the channels' scales are laid beside their elements first. */
static int64_t NAME(grid_short)(const struct mm_rounder *r, const REAL *x, REAL *out, size_t n, int64_t base)
{
    const REAL *scale = r->scale, *low = r->low;
    REAL scale_at[AT_ONCE], low_at[AT_ONCE];
    struct mm_walk walk;
    int64_t clipped = 0, channel;

    mm_walk_start(&walk, &r->lay, base);
    for (size_t i = 0; i < n; i += AT_ONCE) {
        size_t some = n - i < AT_ONCE ? n - i : AT_ONCE;

        for (size_t k = 0, length; k < some; k += length) {
            length = mm_walk_next(&walk, some - k, &channel);
            for (size_t j = 0; j < length; j++) {
                scale_at[k + j] = scale[channel];
                low_at[k + j] = low[channel];
            }
        }
        clipped += NAME(grid_each)(x + i, out + i, some, scale_at, low_at, (REAL)r->span);
    }
    return clipped;
}

int64_t NAME(mm_round_tile)(const struct mm_rounder *rounder, const REAL *x, REAL *out, size_t n,
                            int64_t base)
{
    static void (*const formats[MM_DTYPE_COUNT])(const REAL *restrict, REAL *restrict, size_t) = {
        [MM_F16] = NAME(to_f16),
        [MM_BF16] = NAME(to_bf16),
        [MM_F8E4M3] = NAME(to_e4m3),
        [MM_F8E5M2] = NAME(to_e5m2),
    };

    if (formats[rounder->dtype]) {
        formats[rounder->dtype](x, out, n);
        return 0;
    }
    if (rounder->lay.channels == 1 || rounder->lay.inner >= SHORT_ROW)
        return NAME(grid_rows)(rounder, x, out, n, base);
    if (rounder->lay.inner == 1 && rounder->lay.channels >= STEP)
        return NAME(grid_single)(rounder, x, out, n, base);
    return NAME(grid_short)(rounder, x, out, n, base);
}

/* ---- extremes ---- */

/* NaN compares false with everything. */
static inline REAL NAME(lesser)(REAL low, REAL x)
{
    return ((x < low) & (x >= -REAL_MAX)) ? x : low;
}

static inline REAL NAME(greater)(REAL high, REAL x)
{
    return ((x > high) & (x <= REAL_MAX)) ? x : high;
}

static inline void NAME(extremes_one)(REAL value, double *low, double *high)
{
    double x = (double)value;

    *low = ((x < *low) & (x >= -DBL_MAX)) ? x : *low;
    *high = ((x > *high) & (x <= DBL_MAX)) ? x : *high;
}

/* Of many values of one channel, in STEP lanes. */
static void NAME(extremes_row)(const REAL *restrict x, size_t n, double *low, double *high)
{
    REAL least[STEP], greatest[STEP];
    size_t i = 0;

    for (size_t k = 0; n >= STEP && k < STEP; k++) {
        least[k] = INFINITY;
        greatest[k] = -INFINITY;
    }
    for (; i + STEP <= n; i += STEP) {
        for (size_t k = 0; k < STEP; k++) {
            least[k] = NAME(lesser)(least[k], x[i + k]);
            greatest[k] = NAME(greater)(greatest[k], x[i + k]);
        }
    }
    for (size_t k = 0; n >= STEP && k < STEP; k++) {
        *low = (double)least[k] < *low ? (double)least[k] : *low;
        *high = (double)greatest[k] > *high ? (double)greatest[k] : *high;
    }
    for (; i < n; i++)
        NAME(extremes_one)(x[i], low, high);
}

/* x[i] goes to low[i] and high[i]. */
static void NAME(extremes_each)(const REAL *restrict x, size_t n, double *restrict low, double *restrict high)
{
    size_t i = 0;

    for (; i + STEP <= n; i += STEP) {
        for (size_t k = 0; k < STEP; k++)
            NAME(extremes_one)(x[i + k], &low[i + k], &high[i + k]);
    }
    for (; i < n; i++)
        NAME(extremes_one)(x[i], &low[i], &high[i]);
}

/* Rows of one element: from one channel to the next, until the channels begin anew. */
static void NAME(extremes_single)(int64_t channels, const REAL *x, size_t n, int64_t base, double *low,
                                  double *high)
{
    int64_t c = base % channels;

    for (size_t i = 0, length; i < n; i += length, c = 0) {
        length = (uint64_t)(channels - c) < n - i ? (size_t)(channels - c) : n - i;
        NAME(extremes_each)(x + i, length, low + c, high + c);
    }
}

void NAME(mm_extremes_tile)(const struct mm_lay *lay, const REAL *x, size_t n, int64_t base, double *low,
                            double *high)
{
    struct mm_walk walk;
    int64_t c;

    if (lay->inner == 1) {
        NAME(extremes_single)(lay->channels, x, n, base, low, high);
        return;
    }
    mm_walk_start(&walk, lay, base);
    for (size_t i = 0, length; i < n; i += length) {
        length = mm_walk_next(&walk, n - i, &c);
        NAME(extremes_row)(x + i, length, &low[c], &high[c]);
    }
}

#undef FAR
#undef MAGIC
#undef SIGN_BIT
