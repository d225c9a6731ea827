/*
 * Histograms of values for one lane: see kernels_lane.h. Bin numbers are made in vectors and then counted.
 *
 * The scalar table defines a bin in doubles. Vectors of floats come near to it: where what they find lies at
 * least `margin` from a bin's border the double would be in the same bin, which is so for all but a few in a
 * thousand; the others, and all that is out of range or not finite, are gone over in doubles.
 */
#if !defined(HIST_KEYS_DEFINED)
#define HIST_KEYS_DEFINED

/* Keys behind the bins. */
enum { HIST_BELOW, HIST_ABOVE, HIST_NONFINITE, HIST_KEYS };

struct hist_limits {
    double low, high, bins;
    struct mm_hist_map map;
    float low_f, scale_f, bins_f;
    float margin; /* distance from the middle of a bin of width 1 that is less is certain; 0: nothing is */
};

/*
 * In floats (x - low) scale has three roundings, and one of x where that is a double, one of low: what they
 * can make of a number up to `bins` is taken twice.
 */
INLINE struct hist_limits make_hist_limits(const struct mm_hist *hist, bool narrowed)
{
    struct hist_limits c = {hist->low, hist->high, (double)hist->bins, {0, 0, 0}, 0, 0, 0, 0};
    double largest = fabs(hist->low) > fabs(hist->high) ? fabs(hist->low) : fabs(hist->high), error;

    mm_hist_map_init(&c.map, hist);
    c.low_f = (float)c.map.low;
    c.scale_f = (float)c.map.scale;
    c.bins_f = (float)c.bins;
    error = 0x1p-23 * (3 * c.bins + (narrowed ? largest * c.map.scale : 0.0));
    error += 2 * fabs((double)c.low_f - c.map.low) * c.map.scale + 0x1p-23;
    if (c.map.f == 1.0 && c.map.scale > 1e-37 && c.map.scale < 1e38 && error < 0x1p-6)
        c.margin = (float)(0.5 - error);
    return c;
}

INLINE f64v hist_key(const struct hist_limits *c, f64v x)
{
    f64v key = MIN_F64((x * c->map.f - c->map.low) * c->map.scale, ALL_F64(c->bins - 1));

    key = PICK_F64((i64v)(x < c->low), ALL_F64(c->bins + HIST_BELOW), key);
    key = PICK_F64((i64v)(x > c->high), ALL_F64(c->bins + HIST_ABOVE), key);
    return PICK_F64((i64v)(ABS_F64(x) <= DBL_MAX), key, ALL_F64(c->bins + HIST_NONFINITE));
}

/* Are all lanes certain? What is below the range, above it, or NaN has no distance below 1/2 to a middle. */
INLINE bool hist_try(int32_t *key, const struct hist_limits *c, f32v x)
{
    f32v place = MIN_F32((x - c->low_f) * c->scale_f, ALL_F32(c->bins_f));
    i32v bin = __builtin_convertvector(place, i32v);
    f32v distance = ABS_F32(place - __builtin_convertvector(bin, f32v) - 0.5f);

    memcpy(key, &bin, sizeof(bin));
    return SIGNS(distance < c->margin) == SIGNS_ALL;
}

/* With more bins than the tables have room for: straight to where they are kept. */
INLINE void count_many(const struct mm_hist *hist, uint64_t behind[HIST_KEYS], const int32_t *key, size_t n)
{
    uint64_t *count = hist->count; /* copies, for these may not be written to */
    size_t bins = hist->bins;

    for (size_t i = 0; i < n; i++) {
        size_t bin = (size_t)key[i];

        ++*(bin < bins ? &count[bin] : &behind[bin - bins]);
    }
}

static void take_counts(struct mm_hist *hist, const struct counts *counts)
{
    const uint32_t *behind = &counts->of[hist->bins];

    for (size_t bin = 0; bin < hist->bins; bin++)
        hist->count[bin] += counts->of[bin];
    hist->below += behind[HIST_BELOW];
    hist->above += behind[HIST_ABOVE];
    hist->nonfinite += behind[HIST_NONFINITE];
}
#endif

/* Bin numbers in doubles; rounded up to whole vectors, which key has room for. */
static void NAME(exact_keys)(int32_t *key, const struct hist_limits *c, const REAL *x, size_t n)
{
    size_t i = 0;

    for (; i + F64_LANES <= n; i += F64_LANES)
        store_keys(key + i, hist_key(c, NAME(load)(x + i)));
    if (i < n) {
        REAL rest[F64_LANES] = {0};

        memcpy(rest, x + i, (n - i) * sizeof(REAL));
        store_keys(key + i, hist_key(c, NAME(load)(rest)));
    }
}

/* Into tables of `size` keys. */
INLINE void NAME(hist_in)(struct counts *counts, size_t size, size_t tables, const struct hist_limits *c,
                          const REAL *x, size_t n)
{
    struct key_ring ring;
    size_t i = 0;

    ring_init(&ring, size);
    for (; i + COUNT_STEP <= n; i += COUNT_STEP) {
        int32_t *key = ring_place(&ring, i);

        for (size_t v = 0; v < COUNT_STEP; v += F32_LANES)
            if (!hist_try(key + v, c, NAME(narrow)(x + i + v)))
                NAME(exact_keys)(key + v, c, x + i + v, F32_LANES);
        ring_count(&ring, counts, size, tables, i);
    }
    ring_finish(&ring, counts, size, tables, i);
    NAME(exact_keys)(ring.key, c, x + i, n - i);
    count_in(counts, size, tables, ring.key, n - i);
}

static void NAME(hist_many)(struct mm_hist *hist, const struct hist_limits *c, const REAL *x, size_t n)
{
    uint64_t behind[HIST_KEYS] = {0};
    int32_t key[F32_LANES];

    for (size_t at = 0; at < n; at += F32_LANES) {
        size_t k = n - at < F32_LANES ? n - at : F32_LANES;

        if (k < F32_LANES || !hist_try(key, c, NAME(narrow)(x + at)))
            NAME(exact_keys)(key, c, x + at, k);
        count_many(hist, behind, key, k);
    }
    hist->below += behind[HIST_BELOW];
    hist->above += behind[HIST_ABOVE];
    hist->nonfinite += behind[HIST_NONFINITE];
}

static void NAME(hist)(struct mm_hist *hist, const REAL *x, size_t n)
{
    const struct hist_limits c = make_hist_limits(hist, !LANE_FLOAT);
    size_t keys = hist->bins + HIST_KEYS;
    struct counts counts;

    if (hist->bins == 0 || hist->bins > INT32_MAX - HIST_KEYS || n > MM_TILE) {
        mm_kernels_scalar.NAME(hist)(hist, x, n);
    } else if (keys < COUNT_FEW) {
        counts_init(&counts, COUNT_FEW, 8);
        NAME(hist_in)(&counts, COUNT_FEW, 8, &c, x, n);
        counts_sum(&counts, COUNT_FEW, 8);
        take_counts(hist, &counts);
    } else if (keys < COUNT_MANY) {
        counts_init(&counts, COUNT_MANY, 4);
        NAME(hist_in)(&counts, COUNT_MANY, 4, &c, x, n);
        counts_sum(&counts, COUNT_MANY, 4);
        take_counts(hist, &counts);
    } else {
        NAME(hist_many)(hist, &c, x, n);
    }
}
