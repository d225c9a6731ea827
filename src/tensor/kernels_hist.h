/*
 * Histograms for one lane: see kernels_lane.h. Bin numbers are made in vectors, a block at a time, and then
 * counted. Neighbours that fall into the same bin would wait for each other's count, so there are four tables
 * of counts.
 */
#if !defined(HIST_TABLES)
#define HIST_TABLES 4
#define HIST_FEW    512 /* bins that have four tables; with more, neighbours rarely meet */

/* Keys behind the bins. */
enum { HIST_BELOW, HIST_ABOVE, HIST_NONFINITE, HIST_KEYS };

/* Whole numbers as keys, from doubles and from 64-bit integers. */
INLINE void store_keys(int32_t *key, f64v x)
{
#if defined(__AVX__)
    _mm_storeu_si128((__m128i *)(void *)key, _mm256_cvttpd_epi32((__m256d)x));
#elif defined(__x86_64__)
    _mm_storel_epi64((__m128i *)(void *)key, _mm_cvttpd_epi32((__m128d)x));
#else
    vst1_s32(key, vmovn_s64(vcvtq_s64_f64((float64x2_t)x)));
#endif
}

INLINE void store_narrow(int32_t *key, i64v x)
{
#if defined(__AVX__)
    __m128 low = _mm256_castps256_ps128((__m256)x), high = _mm256_extractf128_ps((__m256)x, 1);

    _mm_storeu_ps((float *)(void *)key, _mm_shuffle_ps(low, high, _MM_SHUFFLE(2, 0, 2, 0)));
#elif defined(__x86_64__)
    _mm_storel_epi64((__m128i *)(void *)key, _mm_shuffle_epi32((__m128i)x, _MM_SHUFFLE(2, 0, 2, 0)));
#else
    vst1_s32(key, vmovn_s64((int64x2_t)x));
#endif
}

/* A tile has at most 65,535 elements, so 16 bits hold a count. */
_Static_assert(MM_TILE <= UINT16_MAX, "counts of a tile");

INLINE void count_keys(uint16_t table[HIST_TABLES][HIST_FEW + HIST_KEYS], const int32_t *key, size_t n)
{
    size_t i = 0;

    for (; i + HIST_TABLES <= n; i += HIST_TABLES) {
        table[0][key[i]]++;
        table[1][key[i + 1]]++;
        table[2][key[i + 2]]++;
        table[3][key[i + 3]]++;
    }
    for (; i < n; i++)
        table[0][key[i]]++;
}

INLINE uint64_t sum_tables(uint16_t table[HIST_TABLES][HIST_FEW + HIST_KEYS], size_t key)
{
    return (uint64_t)table[0][key] + table[1][key] + table[2][key] + table[3][key];
}

static void add_tables(struct mm_hist *hist, uint16_t table[HIST_TABLES][HIST_FEW + HIST_KEYS])
{
    for (size_t bin = 0; bin < hist->bins; bin++)
        hist->count[bin] += sum_tables(table, bin);
    hist->below += sum_tables(table, hist->bins + HIST_BELOW);
    hist->above += sum_tables(table, hist->bins + HIST_ABOVE);
    hist->nonfinite += sum_tables(table, hist->bins + HIST_NONFINITE);
}

static void count_many(struct mm_hist *hist, const int32_t *key, size_t n)
{
    uint64_t *const behind[HIST_KEYS] = {&hist->below, &hist->above, &hist->nonfinite};

    for (size_t i = 0; i < n; i++) {
        size_t bin = (size_t)key[i];

        ++*(bin < hist->bins ? &hist->count[bin] : behind[bin - hist->bins]);
    }
}

struct hist_limits {
    double low, high, bins;
};

INLINE f64v hist_key(const struct hist_limits *c, const struct mm_hist_map *map, f64v x)
{
    f64v key = MIN_F64((x * map->f - map->low) * map->scale, ALL_F64(c->bins - 1));

    key = PICK_F64((i64v)(x < c->low), ALL_F64(c->bins + HIST_BELOW), key);
    key = PICK_F64((i64v)(x > c->high), ALL_F64(c->bins + HIST_ABOVE), key);
    return PICK_F64((i64v)(ABS_F64(x) <= DBL_MAX), key, ALL_F64(c->bins + HIST_NONFINITE));
}

/* ---- of errors ---- */

enum { EXP_ZERO = MM_EXP_BINS, EXP_NONFINITE, EXP_KEYS };

/*
 * floor(log2 |e|) is the exponent field. What is beyond the end bins is brought there first: a power of two
 * that has the last bin's exponent is as good as any value in it.
 */
INLINE i64v exp_key(f64v s, f64v d)
{
    const double low = 0x1p-64, high = 0x1p63;
    f64v e = ABS_F64(s - d), in_range = MIN_F64(MAX_F64(e, ALL_F64(low)), ALL_F64(high));
    i64v finite = (i64v)(ABS_F64(s) <= DBL_MAX) & (i64v)(ABS_F64(d) <= DBL_MAX), zero = (i64v)(e == 0);
    i64v key = (i64v)((((i64v)in_range) >> 52) - (1023 + MM_EXP_LOW));

    key = (key & ~zero) | (zero & EXP_ZERO);
    return (key & finite) | (~finite & EXP_NONFINITE);
}
_Static_assert(MM_EXP_LOW == -64 && MM_EXP_BINS == 128, "the end bins of exp_key");
#endif

/* Bin numbers of up to MM_BLOCK elements; rounded up to whole vectors, which key has room for. */
INLINE void NAME(hist_keys)(int32_t key[MM_BLOCK], const struct hist_limits *c, const struct mm_hist_map *map,
                            const REAL *x, size_t n)
{
    size_t i = 0;

    for (; i + F64_LANES <= n; i += F64_LANES)
        store_keys(key + i, hist_key(c, map, NAME(load)(x + i)));
    if (i < n) {
        REAL rest[F64_LANES] = {0};

        memcpy(rest, x + i, (n - i) * sizeof(REAL));
        store_keys(key + i, hist_key(c, map, NAME(load)(rest)));
    }
}

static void NAME(hist)(struct mm_hist *hist, const REAL *x, size_t n)
{
    uint16_t table[HIST_TABLES][HIST_FEW + HIST_KEYS];
    const struct hist_limits c = {hist->low, hist->high, (double)hist->bins};
    bool few = hist->bins <= HIST_FEW;
    int32_t key[MM_BLOCK];
    struct mm_hist_map map;

    if (hist->bins == 0 || hist->bins > INT32_MAX - HIST_KEYS || n > MM_TILE) {
        mm_kernels_scalar.NAME(hist)(hist, x, n);
        return;
    }
    mm_hist_map_init(&map, hist);
    if (few)
        memset(table, 0, sizeof(table));
    for (size_t at = 0; at < n; at += MM_BLOCK) {
        size_t k = n - at < MM_BLOCK ? n - at : MM_BLOCK;

        NAME(hist_keys)(key, &c, &map, x + at, k);
        if (few)
            count_keys(table, key, k);
        else
            count_many(hist, key, k);
    }
    if (few)
        add_tables(hist, table);
}

INLINE void NAME(exp_keys)(int32_t key[MM_BLOCK], const REAL *s, const REAL *d, size_t n)
{
    REAL rest_s[F64_LANES] = {0}, rest_d[F64_LANES] = {0};
    i64v found;
    size_t i = 0;

    for (; i < n; i += F64_LANES) {
        if (i + F64_LANES <= n) {
            found = exp_key(NAME(load)(s + i), NAME(load)(d + i));
        } else {
            memcpy(rest_s, s + i, (n - i) * sizeof(REAL));
            memcpy(rest_d, d + i, (n - i) * sizeof(REAL));
            found = exp_key(NAME(load)(rest_s), NAME(load)(rest_d));
        }
        store_narrow(key + i, found);
    }
}

static void NAME(exp_hist)(struct mm_exp_hist *hist, const REAL *s, const REAL *d, size_t n)
{
    uint16_t table[HIST_TABLES][HIST_FEW + HIST_KEYS];
    int32_t key[MM_BLOCK];

    if (n > MM_TILE) {
        mm_kernels_scalar.NAME(exp_hist)(hist, s, d, n);
        return;
    }
    memset(table, 0, sizeof(table));
    for (size_t at = 0; at < n; at += MM_BLOCK) {
        size_t k = n - at < MM_BLOCK ? n - at : MM_BLOCK;

        NAME(exp_keys)(key, s + at, d + at, k);
        count_keys(table, key, k);
    }
    for (size_t bin = 0; bin < MM_EXP_BINS; bin++)
        hist->count[bin] += sum_tables(table, bin);
    hist->zero += sum_tables(table, EXP_ZERO);
    hist->nonfinite += sum_tables(table, EXP_NONFINITE);
}
