#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/tensor.h"
#include "tensor/round.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint64_t next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void which(void **state)
{
    (void)state;
    int integers = 0, floats = 0;
    for (int dtype = 0; dtype < MM_DTYPE_COUNT; dtype++) {
        integers += mm_round_integer((enum mm_dtype)dtype);
        floats += mm_round_float((enum mm_dtype)dtype);
    }
    assert_int_equal(integers, 3);
    assert_int_equal(floats, 7);
    assert_true(mm_round_integer(MM_I4) && mm_round_integer(MM_I8) && mm_round_integer(MM_I16));
    assert_true(mm_round_float(MM_F16) && mm_round_float(MM_BF16));
    assert_true(mm_round_float(MM_F8E4M3) && mm_round_float(MM_F8E5M2));
}

/* ---- float formats ---- */

/* The format as a list of what it can hold: nearest, ties to the even code, by search in that list. */
struct list {
    enum mm_dtype dtype;
    double value[1 << 15]; /* of codes 0 .. n - 1, ascending; the last is finite */
    int n;
    double overflow; /* from here on it is not finite */
    bool inf;
};

static void fill(struct list *list, enum mm_dtype dtype)
{
    list->dtype = dtype;
    list->n = 0;
    for (int code = 0; code < 1 << 15; code++) {
        bool wide = dtype == MM_F16 || dtype == MM_BF16;
        if (!wide && code > 0x7f)
            break;
        float x = dtype == MM_F16    ? mm_half_to_float((uint16_t)code)
                  : dtype == MM_BF16 ? mm_bf16_to_float((uint16_t)code)
                                     : mm_small_to_float(dtype, (uint8_t)code);
        if (!isfinite(x))
            break;
        list->value[list->n++] = (double)x;
    }
    double last = list->value[list->n - 1], step = last - list->value[list->n - 2];
    list->inf = dtype == MM_F16 || dtype == MM_BF16 || dtype == MM_F8E5M2;
    list->overflow = last + step / 2;
}

static double expected(const struct list *list, double x)
{
    double size = fabs(x);
    int low = 0, high = list->n - 1;
    if (!isfinite(x))
        return x;
    /* the tie at the top: the last code is odd where an Inf or FNUZ's NaN follows, even (0x7e) in e4m3 */
    if (list->n % 2 == 0 ? size >= list->overflow : size > list->overflow)
        return list->inf ? copysign(INFINITY, x) : NAN;
    if (size >= list->value[high])
        return copysign(list->value[high], x);
    while (high - low > 1) {
        int middle = (low + high) / 2;
        *(list->value[middle] <= size ? &low : &high) = middle;
    }
    double below = size - list->value[low], above = list->value[high] - size;
    int code = below < above || (below == above && low % 2 == 0) ? low : high;
    return copysign(list->value[code], x);
}

static bool same(double a, double b)
{
    return isnan(a) ? isnan(b) : a == b && signbit(a) == signbit(b);
}

static void check(const struct list *list, const double *x, size_t n)
{
    struct mm_rounder rounder = {.dtype = list->dtype, .lay = {1, (int64_t)n}};
    static double out[MM_TILE];
    static float x_f[MM_TILE], out_f[MM_TILE];
    for (size_t i = 0; i < n; i++)
        x_f[i] = (float)x[i];
    assert_int_equal(mm_round_tile_double(&rounder, x, out, n, 0), 0);
    assert_int_equal(mm_round_tile_float(&rounder, x_f, out_f, n, 0), 0);
    for (size_t i = 0; i < n; i++) {
        if (!same(out[i], expected(list, x[i])))
            fail_msg("dtype %d: %a gives %a, not %a", list->dtype, x[i], out[i], expected(list, x[i]));
        if (!same((double)out_f[i], expected(list, (double)x_f[i])))
            fail_msg("dtype %d: float %a gives %a", list->dtype, (double)x_f[i], (double)out_f[i]);
    }
}

/* Every value of a format, the ties between neighbours, what lies just beside them, both signs. */
static void neighbours(const struct list *list)
{
    static double x[MM_TILE];
    size_t n = 0;
    for (int code = 0; code < list->n; code++) {
        double here = list->value[code];
        double tie = code + 1 < list->n ? (here + list->value[code + 1]) / 2 : list->overflow;
        double all[] = {here, tie, nextafter(tie, 0), nextafter(tie, INFINITY)};
        for (size_t k = 0; k < MM_COUNT(all); k++) {
            x[n++] = all[k];
            x[n++] = -all[k];
        }
        if (n + 8 > MM_TILE || code + 1 == list->n) {
            check(list, x, n);
            n = 0;
        }
    }
}

static void any_bits(const struct list *list)
{
    static double x[MM_TILE];
    uint64_t seed = 88172645463325252u;
    for (int round = 0; round < 50; round++) {
        for (size_t i = 0; i < MM_TILE; i++) {
            uint32_t bits = (uint32_t)next(&seed);
            float value;
            memcpy(&value, &bits, sizeof value);
            x[i] = round % 2 ? (double)value : ldexp((double)(int32_t)bits, (int)(next(&seed) % 60) - 45);
        }
        x[0] = INFINITY;
        x[1] = -INFINITY;
        x[2] = NAN;
        x[3] = 1e300;
        x[4] = -1e-300;
        check(list, x, MM_TILE - (size_t)round);
    }
}

static void formats(void **state)
{
    (void)state;
    static const enum mm_dtype all[] = {MM_F16,        MM_BF16,       MM_F8E4M3,   MM_F8E5M2,
                                        MM_F8E4M3FNUZ, MM_F8E5M2FNUZ, MM_F8E4M3B11};
    static const double last[] = {65504, 0x1.fep127, 448, 57344, 240, 57344, 30};
    struct list *list = malloc(sizeof *list);
    assert_non_null(list);
    for (size_t i = 0; i < MM_COUNT(all); i++) {
        fill(list, all[i]);
        assert_true(list->value[list->n - 1] == last[i]);
        neighbours(list);
        any_bits(list);
    }
    free(list);
}

/* ---- integers ---- */

static void grid_by_hand(void **state)
{
    (void)state;
    float scale = 0.5f, low = -127;
    struct mm_rounder rounder = {.dtype = MM_I8, .lay = {1, 11}, .span = 254, .scale = &scale, .low = &low};
    const float x[11] = {0.0f, 0.2f, 0.25f, 0.75f, -0.25f, -0.8f, 63.5f, 63.8f, -100, INFINITY, -INFINITY};
    const float want[11] = {0, 0, 0, 1, -0.0f, -1, 63.5f, 63.5f, -63.5f, INFINITY, -INFINITY};
    float out[11];
    assert_int_equal(mm_round_tile_float(&rounder, x, out, 11, 0), 2); /* 63.8 and -100; Inf stays */
    for (int i = 0; i < 11; i++)
        assert_true(out[i] == want[i]);
    float nan = NAN;
    assert_int_equal(mm_round_tile_float(&rounder, &nan, out, 1, 0), 0);
    assert_true(isnan(out[0]));
    low = -3; /* zero point -125: -3 .. 252 */
    rounder.span = 255;
    assert_int_equal(mm_round_tile_float(&rounder, x, out, 9, 0), 1);
    assert_true(out[7] == 64 && out[8] == -1.5f && out[6] == 63.5f);
}

/* One element at a time, with nearbyint. */
static void slowly(const struct mm_rounder *rounder, const double *x, double *out, size_t n, int64_t base,
                   int64_t *clipped)
{
    const double *scale = rounder->scale, *low = rounder->low;
    *clipped = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t c = (base + (int64_t)i) / rounder->lay.inner % rounder->lay.channels;
        double q = nearbyint(x[i] / scale[c]);
        double kept = fmin(fmax(q, low[c]), low[c] + rounder->span);
        out[i] = isfinite(x[i]) ? kept * scale[c] : x[i];
        *clipped += isfinite(x[i]) && kept != q;
    }
}

/* Both lanes against it: scales and values are such that floats are exact. */
static void lay(int64_t channels, int64_t inner, size_t n, int64_t base)
{
    static double x[MM_TILE], out[MM_TILE], want[MM_TILE];
    static float x_f[MM_TILE], out_f[MM_TILE];
    double scale[100], low[100];
    float scale_f[100], low_f[100];
    uint64_t seed = 1234567 + (uint64_t)inner;
    struct mm_rounder rounder = {
        .dtype = MM_I4, .lay = {channels, inner}, .span = 15, .scale = scale, .low = low};
    for (int64_t c = 0; c < channels; c++) {
        scale_f[c] = (float)(scale[c] = ldexp(1, (int)(c % 7) - 3));
        low_f[c] = (float)(low[c] = (double)(-(c % 16)));
    }
    for (size_t i = 0; i < n; i++)
        x_f[i] = (float)(x[i] = i % 97 == 0 ? INFINITY : (double)(int32_t)next(&seed) * 0x1p-27);
    int64_t clipped;
    slowly(&rounder, x, want, n, base, &clipped);
    assert_int_equal(mm_round_tile_double(&rounder, x, out, n, base), clipped);
    rounder.scale = scale_f;
    rounder.low = low_f;
    assert_int_equal(mm_round_tile_float(&rounder, x_f, out_f, n, base), clipped);
    for (size_t i = 0; i < n; i++) {
        assert_true(out[i] == want[i]);
        assert_true((double)out_f[i] == (double)(float)want[i] || i % 97 == 0);
    }
    /* extremes, in the same walk */
    double least[100], greatest[100], least_f[100], greatest_f[100];
    for (int64_t c = 0; c < channels; c++) {
        least[c] = least_f[c] = INFINITY;
        greatest[c] = greatest_f[c] = -INFINITY;
    }
    x_f[n / 2] = NAN;
    x[n / 2] = NAN;
    x_f[n - 1] = -INFINITY;
    x[n - 1] = -INFINITY;
    mm_extremes_tile_double(&rounder.lay, x, n, base, least, greatest);
    mm_extremes_tile_float(&rounder.lay, x_f, n, base, least_f, greatest_f);
    for (int64_t c = 0; c < channels; c++) {
        double min = INFINITY, max = -INFINITY;
        for (size_t i = 0; i < n; i++) {
            if ((base + (int64_t)i) / inner % channels == c && isfinite(x[i])) {
                min = fmin(min, x[i]);
                max = fmax(max, x[i]);
            }
        }
        assert_true(least[c] == min && greatest[c] == max);
        assert_true(least_f[c] == (double)(float)min && greatest_f[c] == (double)(float)max);
    }
}

static void lays(void **state)
{
    (void)state;
    static const int64_t inner[] = {1, 2, 7, 16, 49, 63, 64, 100, 4095, 5000};
    for (size_t i = 0; i < MM_COUNT(inner); i++) {
        lay(1, inner[i], MM_TILE, 0);
        lay(3, inner[i], MM_TILE, 0);
        lay(3, inner[i], 1, 3 * inner[i] + 1);
        lay(100, inner[i], 1111, MM_TILE);
        lay(17, inner[i], MM_TILE, 5 * MM_TILE);
    }
}

static void walk(void **state)
{
    (void)state;
    struct mm_walk walk;
    int64_t channel;
    mm_walk_start(&walk, &(struct mm_lay){3, 4}, 9); /* in channel 2, one element is gone */
    assert_int_equal(mm_walk_next(&walk, 100, &channel), 3);
    assert_int_equal(channel, 2);
    assert_int_equal(mm_walk_next(&walk, 3, &channel), 3);
    assert_int_equal(channel, 0);
    assert_int_equal(mm_walk_next(&walk, 1, &channel), 1);
    assert_int_equal(channel, 0);
    assert_int_equal(mm_walk_next(&walk, 4, &channel), 4);
    assert_int_equal(channel, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(which), cmocka_unit_test(formats), cmocka_unit_test(grid_by_hand),
        cmocka_unit_test(lays),  cmocka_unit_test(walk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
