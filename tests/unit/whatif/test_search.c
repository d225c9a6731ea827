#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/whatif.h"
#include "whatif/search.h"

#include <math.h>
#include <string.h>

#define HALF 2048
#define N    20000

static void assert_quant(enum mm_dtype dtype, bool asymmetric, double low, double high, double scale,
                         double zero)
{
    struct mm_quant quant;
    double steps = dtype == MM_I4 ? 15 : dtype == MM_I8 ? 255 : 65535;
    mm_quant_of(dtype, asymmetric, low, high, &quant);
    assert_true(fabs(quant.scale - scale) <= 1e-15 * scale);
    assert_true(quant.zero == zero);
    assert_true(quant.high - quant.low == (asymmetric ? steps : steps - 1));
    assert_true(asymmetric || quant.low == -quant.high);
}

static void quant(void **state)
{
    (void)state;
    assert_quant(MM_I8, false, -254, 254, 2, 0);
    assert_quant(MM_I4, false, -7, 7, 1, 0);
    assert_quant(MM_I16, false, -32767, 32767, 1, 0);
    assert_quant(MM_I8, true, 0, 510, 2, -128);   /* 0 is the lowest code */
    assert_quant(MM_I8, true, -510, 0, 2, 127);   /* 0 is the highest one */
    assert_quant(MM_I8, true, -2, 253, 1, -126);  /* codes -128 .. 127 are -2 .. 253 */
    assert_quant(MM_I4, true, -3.4, 11.6, 1, -5); /* -3.4 has no code; 0 has */
    assert_quant(MM_I8, false, 0, 0, 1, 0);
    assert_quant(MM_I8, true, 0, 0, 1, -128);
    struct mm_quant huge;
    mm_quant_of(MM_I8, true, -1.7e308, 1.7e308, &huge);
    assert_true(isfinite(huge.scale) && huge.scale > 1.3e306);
}

/* ---- a histogram, made the slow way ---- */

static double values[N];
static uint64_t counts[2 * HALF];

static uint64_t seed;
static double uniform(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return ((double)(seed >> 11) + 0.5) * 0x1p-53;
}

static double normal(void)
{
    return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform());
}

static double laplace(void)
{
    double u = uniform() - 0.5;
    return copysign(-log(1 - 2 * fabs(u)), u);
}

static double rectified(void)
{
    return fmax(normal(), 0);
}

static double outliers(void)
{
    return uniform() < 0.001 ? 30 * normal() : normal();
}

static double one_sided(void)
{
    return normal() + 2.5;
}

static struct mm_range_hist build(double (*draw)(void))
{
    struct mm_range_hist hist = {.half = HALF, .count = counts};
    memset(counts, 0, sizeof counts);
    for (int i = 0; i < N; i++) {
        values[i] = draw();
        hist.greatest = fmax(hist.greatest, fabs(values[i]));
    }
    for (int i = 0; i < N; i++) {
        int bin = (int)fmin(floor(fabs(values[i]) / hist.greatest * HALF), HALF - 1);
        if (values[i] != 0)
            counts[values[i] > 0 ? HALF + bin : HALF - 1 - bin]++;
    }
    return hist;
}

static double (*const draws[])(void) = {normal, laplace, rectified, outliers, one_sided, uniform};

/* The true error of a share, value by value. */
static double mse(enum mm_dtype dtype, bool asymmetric, double low, double high)
{
    struct mm_quant q;
    double sum = 0;
    mm_quant_of(dtype, asymmetric, low, high, &q);
    for (int i = 0; i < N; i++) {
        double code = fmin(fmax(nearbyint(values[i] / q.scale), q.low), q.high);
        sum += (values[i] - code * q.scale) * (values[i] - code * q.scale);
    }
    return sum / N;
}

/* No other candidate is better by more than what a histogram can't see. */
static void least_mse(void **state)
{
    (void)state;
    static const enum mm_dtype dtypes[] = {MM_I4, MM_I8};
    for (size_t k = 0; k < 4 * MM_COUNT(draws); k++) {
        enum mm_dtype dtype = dtypes[k % 2];
        bool asymmetric = k / 2 % 2;
        seed = k;
        struct mm_range_hist hist = build(draws[k / 4]);
        double low = -hist.greatest, high = hist.greatest, best = INFINITY;
        if (asymmetric) {
            low = high = 0;
            for (int i = 0; i < N; i++) {
                low = fmin(low, values[i]);
                high = fmax(high, values[i]);
            }
        }
        int share = mm_search_mse(&hist, dtype, asymmetric, low, high);
        assert_in_range(share, 1, MM_SHARES);
        for (int i = 1; i <= MM_SHARES; i++)
            best = fmin(best, mse(dtype, asymmetric, low * i / MM_SHARES, high * i / MM_SHARES));
        double found = mse(dtype, asymmetric, low * share / MM_SHARES, high * share / MM_SHARES);
        if (found > best * 1.01)
            fail_msg("distribution %zu, %s: share %d gives %g, the best %g", k / 4,
                     asymmetric ? "asymmetric" : "symmetric", share, found, best);
    }
}

/* Values that the whole range holds exactly: nothing smaller can be as good. */
static double whole(void)
{
    return floor(uniform() * 255) - 127;
}

static void exact_grid(void **state)
{
    (void)state;
    seed = 7;
    struct mm_range_hist hist = build(whole);
    assert_true(hist.greatest == 127);
    assert_int_equal(mm_search_mse(&hist, MM_I8, false, -127, 127), MM_SHARES);
}

/* Entropy calibration as published, step by step; an empty last bin as in ONNX Runtime's. */
static double kl(const double *bins, size_t n, size_t levels)
{
    static double p[HALF], q[HALF];
    double sum_p = 0, sum_q = 0, result = 0;
    memcpy(p, bins, n * sizeof *p);
    for (size_t i = n; i < HALF; i++)
        p[n - 1] += bins[i];
    for (size_t level = 0; level < levels; level++) {
        size_t from = level * n / levels, to = (level + 1) * n / levels;
        double mass = 0, filled = 0;
        for (size_t i = from; i < to; i++) {
            mass += bins[i];
            filled += p[i] > 0;
        }
        for (size_t i = from; i < to; i++)
            q[i] = p[i] > 0 ? (mass > 0 ? mass / filled : 1e-4) : 0;
    }
    for (size_t i = 0; i < n; i++) {
        sum_p += p[i];
        sum_q += bins[i];
    }
    for (size_t i = 0; i < n; i++) {
        if (p[i] > 0)
            result += p[i] / sum_p * log((p[i] / sum_p) / (q[i] / sum_q));
    }
    return result;
}

static void least_kl(void **state)
{
    (void)state;
    static double bins[HALF];
    static const size_t all_levels[] = {128, 8, 200};
    for (size_t k = 0; k < 3 * MM_COUNT(draws); k++) {
        size_t levels = all_levels[k % 3];
        double best = INFINITY;
        seed = 100 + k;
        struct mm_range_hist hist = build(draws[k / 3]);
        for (size_t i = 0; i < HALF; i++)
            bins[i] = (double)(counts[HALF + i] + counts[HALF - 1 - i]);
        for (size_t i = 1; i <= MM_SHARES; i++) {
            if (i * 16 >= levels)
                best = fmin(best, kl(bins, i * 16, levels));
        }
        int share = mm_search_kl(&hist, levels);
        assert_in_range(share, 1, MM_SHARES);
        assert_true((size_t)share * 16 >= levels);
        assert_true(kl(bins, (size_t)share * 16, levels) <= best + 1e-9);
    }
}

static void nothing_to_search(void **state)
{
    (void)state;
    memset(counts, 0, sizeof counts);
    struct mm_range_hist hist = {.greatest = 3, .half = HALF, .count = counts};
    assert_int_equal(mm_search_kl(&hist, 128), MM_SHARES);
    assert_int_equal(mm_search_mse(&hist, MM_I8, false, -3, 3), MM_SHARES);
    counts[2 * HALF - 1] = 1; /* the greatest value alone */
    assert_int_equal(mm_search_kl(&hist, 128), MM_SHARES);
    assert_int_equal(mm_search_kl(&hist, 32768), MM_SHARES); /* more levels than bins */
    hist.half = 4 * HALF;
    assert_int_equal(mm_search_kl(&hist, 128), MM_SHARES);
    assert_int_equal(mm_search_mse(&hist, MM_I8, false, -3, 3), MM_SHARES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quant),    cmocka_unit_test(least_mse),         cmocka_unit_test(exact_grid),
        cmocka_unit_test(least_kl), cmocka_unit_test(nothing_to_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
