/*
 * Every metric of a long tensor against extended precision: a million elements, and a hundred million with
 * MMTUI_LONG set. The reference adds 32 elements in 64 bits (products of floats are exact there), and those
 * sums in 113 bits (__float128). Nothing is kept: both passes make their data anew, tile by tile.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <quadmath.h>
#include <stdlib.h>
#include <string.h>

#include "mmtui/compare.h"

#define NEAR 1e-11

/* ---- data ---- */

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Two numbers in [-1/2, 1/2) from one draw. */
static void two_uniform(uint64_t *state, float *a, float *b)
{
    uint64_t r = next_random(state);

    *a = (float)(r >> 40) * 0x1p-24f - 0.5f;
    *b = (float)(r >> 8 & 0xffffff) * 0x1p-24f - 0.5f;
}

static void uniform(uint64_t *state, float *s, float *d)
{
    float noise;

    two_uniform(state, s, &noise);
    *d = *s + 1e-3f * noise;
}

static void large_mean(uint64_t *state, float *s, float *d)
{
    float spread, noise;

    two_uniform(state, &spread, &noise);
    *s = 1000.0f + 0.1f * spread;
    *d = *s + 0.01f * noise;
}

/* One in a hundred is off by a unit in the last place. */
static void nearly_identical(uint64_t *state, float *s, float *d)
{
    float noise;

    two_uniform(state, s, &noise);
    *d = noise < 0.49f ? *s : nextafterf(*s, noise < 0.495f ? 1.0f : -1.0f);
}

static void many_ties(uint64_t *state, float *s, float *d)
{
    float noise;

    two_uniform(state, s, &noise);
    *s = rintf(*s * 254.0f) / 32.0f;
    *d = *s + rintf(noise * 2.98f) / 32.0f;
}

/* Twelve orders of magnitude. */
static void wide_range(uint64_t *state, float *s, float *d)
{
    float mantissa, noise;

    two_uniform(state, &mantissa, &noise);
    *s = ldexpf(mantissa, (int)(next_random(state) % 41) - 20);
    *d = *s * (1.0f + 0.01f * noise);
}

/* Nothing in common: Σ s d is small beside Σ s², from which it is derived. */
static void unrelated(uint64_t *state, float *s, float *d)
{
    two_uniform(state, s, d);
}

/* Where one side is 1 the other is next to nothing: all of Σ s d would be lost in Σ s². */
static void disjoint(uint64_t *state, float *s, float *d)
{
    float a, b;

    two_uniform(state, &a, &b);
    *s = (a < 0 ? 1.0f : 1e-8f) * (1.0f + b);
    *d = (a < 0 ? 1e-8f : 1.0f) * (1.0f + a);
}

/* Blocks come out just above and just below the ratio at which sums are no longer derived. */
static void half_the_scale(uint64_t *state, float *s, float *d)
{
    float noise;

    two_uniform(state, s, &noise);
    *d = 0.4975f * *s + 0.05f * noise;
}

/* As a wrong scale does, with a little noise: Σe² is nearly all scale, and so is what a line leaves of it. */
static void scaled(uint64_t *state, float *s, float *d)
{
    float noise;

    two_uniform(state, s, &noise);
    *d = 0.5f * *s + 1e-4f * noise;
}

/* The same the wrong way round. */
static void turned_over(uint64_t *state, float *s, float *d)
{
    scaled(state, s, d);
    *d = -*d;
}

typedef void (*make_one)(uint64_t *state, float *s, float *d);

/* ---- reference ---- */

enum { SUM_S, SUM_D, ABS_S, SQUARE_S, SQUARE_D, ABS_E, SQUARE_E, SUMS };
/* About the means; e = d - s here, so that nothing cancels where the sides are nearly the same. */
enum { ABOUT_S, ABOUT_D, ABOUT_E, ABOUT_SE, ABOUTS };

struct reference {
    __float128 sum[SUMS], about[ABOUTS];
    double min_s, max_s, max_abs;
    int64_t max_abs_at, greater, less, beyond;
};

static void note_element(struct reference *r, double s, double d, int64_t at)
{
    double e = fabs(s - d);

    r->min_s = at == 0 || s < r->min_s ? s : r->min_s;
    r->max_s = at == 0 || s > r->max_s ? s : r->max_s;
    r->greater += d > s;
    r->less += d < s;
    r->beyond += e > 1e-8 + 1e-5 * fabs(s);
    if (at == 0 || e > r->max_abs) {
        r->max_abs = e;
        r->max_abs_at = at;
    }
}

/* n <= 32. */
static void add_plain(struct reference *r, const float *s, const float *d, size_t n)
{
    long double part[SUMS] = {0};

    for (size_t i = 0; i < n; i++) {
        long double x = (long double)s[i], y = (long double)d[i], e = x - y;

        part[SUM_S] += x;
        part[SUM_D] += y;
        part[ABS_S] += fabsl(x);
        part[SQUARE_S] += x * x;
        part[SQUARE_D] += y * y;
        part[ABS_E] += fabsl(e);
        part[SQUARE_E] += e * e;
    }
    for (int k = 0; k < SUMS; k++)
        r->sum[k] += part[k];
}

static void add_about(struct reference *r, const long double mean[3], const float *s, const float *d,
                      size_t n)
{
    long double part[ABOUTS] = {0};

    for (size_t i = 0; i < n; i++) {
        long double x = (long double)s[i] - mean[0], y = (long double)d[i] - mean[1];
        long double e = ((long double)d[i] - (long double)s[i]) - mean[2];

        part[ABOUT_S] += x * x;
        part[ABOUT_D] += y * y;
        part[ABOUT_E] += e * e;
        part[ABOUT_SE] += x * e;
    }
    for (int k = 0; k < ABOUTS; k++)
        r->about[k] += part[k];
}

/* ---- both passes ---- */

struct pass {
    make_one make;
    int64_t n, at;
    uint64_t state;
    size_t k; /* elements of this tile */
    float s[MM_TILE], d[MM_TILE];
};

static void start(struct pass *pass, make_one make, int64_t n)
{
    pass->make = make;
    pass->n = n;
    pass->at = 0;
    pass->state = 1;
    pass->k = 0;
}

static bool next_tile(struct pass *pass)
{
    pass->at += (int64_t)pass->k;
    pass->k = pass->n - pass->at < MM_TILE ? (size_t)(pass->n - pass->at) : MM_TILE;
    for (size_t i = 0; i < pass->k; i++)
        pass->make(&pass->state, &pass->s[i], &pass->d[i]);
    return pass->k > 0;
}

static void first_pass(struct pass *pass, struct mm_sums *sums, struct reference *r)
{
    const struct mm_limits limits = {1e-6, 1e-8, 1e-5};

    mm_sums_init(sums);
    while (next_tile(pass)) {
        mm_kernels()->measure_float(sums, &limits, pass->s, pass->d, pass->k, pass->at);
        for (size_t i = 0; i < pass->k; i++)
            note_element(r, (double)pass->s[i], (double)pass->d[i], pass->at + (int64_t)i);
        for (size_t i = 0; i < pass->k; i += 32)
            add_plain(r, pass->s + i, pass->d + i, pass->k - i < 32 ? pass->k - i : 32);
    }
}

static void second_pass(struct pass *pass, const struct mm_centre *centre, struct mm_centred *centred,
                        struct reference *r)
{
    const long double mean[3] = {(long double)(r->sum[SUM_S] / pass->n),
                                 (long double)(r->sum[SUM_D] / pass->n),
                                 (long double)((r->sum[SUM_D] - r->sum[SUM_S]) / pass->n)};
    static double s[MM_TILE], d[MM_TILE];

    while (next_tile(pass)) {
        for (size_t i = 0; i < pass->k; i++) {
            s[i] = (double)pass->s[i];
            d[i] = (double)pass->d[i];
        }
        if (centre)
            mm_kernels()->centre_double(centred, centre, s, d, pass->k);
        for (size_t i = 0; i < pass->k; i += 32)
            add_about(r, mean, pass->s + i, pass->d + i, pass->k - i < 32 ? pass->k - i : 32);
    }
}

/* ---- comparison ---- */

static void near(const char *what, double got, __float128 expected, double relative)
{
    double off = (double)(fabsq(got - expected) / fabsq(expected));

    if (!(off <= relative))
        fail_msg("%s: %.17g instead of %.17g: off by %.2g", what, got, (double)expected, off);
}

static void check_sums(const struct mm_metrics *m, const struct reference *r, int64_t n)
{
    const __float128 *q = r->sum;
    __float128 length = sqrtq(q[SQUARE_S]), other = sqrtq(q[SQUARE_D]);
    /* 1 - cosine; Σsd = (Σs² + Σd² - Σe²) / 2 */
    __float128 gap = (q[SQUARE_E] - (length - other) * (length - other)) / (2 * length * other);

    near("diff1", m->diff1, q[ABS_E] / q[ABS_S], NEAR);
    near("diff2", m->diff2, sqrtq(q[SQUARE_E] / q[SQUARE_S]), NEAR);
    near("sqnr", m->sqnr, -10 * log10q(q[SQUARE_E] / q[SQUARE_S]), NEAR);
    near("mse", m->mse, q[SQUARE_E] / n, NEAR);
    near("rmse", m->rmse, sqrtq(q[SQUARE_E] / n), NEAR);
    near("mae", m->mae, q[ABS_E] / n, NEAR);
    near("cosine", m->cosine, 1 - gap, NEAR);
    near("cosine gap", m->cosine_gap, gap, NEAR);
    near("src mean", m->src.mean, q[SUM_S] / n, NEAR);
    near("dst mean", m->dst.mean, q[SUM_D] / n, NEAR);
}

/* The offset is what is left of two means, so it is compared beside them. */
static void check_about(const struct mm_metrics *m, const struct reference *r, int64_t n)
{
    const __float128 *q = r->about;
    __float128 more = q[ABOUT_SE] / q[ABOUT_S], mean = r->sum[SUM_S] / n; /* scale = 1 + more */
    __float128 offset = (r->sum[SUM_D] - r->sum[SUM_S]) / n - more * mean;
    __float128 spread = sqrtq(q[ABOUT_D] / n), beside = fabsq(mean) + spread;
    __float128 left = q[ABOUT_E] - more * q[ABOUT_SE];

    near("src std", m->src.std, sqrtq(q[ABOUT_S] / n), NEAR);
    near("dst std", m->dst.std, spread, NEAR);
    near("scale", m->fit_scale, 1 + more, NEAR);
    near("offset", m->fit_offset + (double)beside, offset + (__float128)(double)beside, NEAR);
    near("residual", m->fit_residual, sqrtq(left / r->sum[SQUARE_D]), NEAR);
}

static void check(make_one make)
{
    const int64_t n = getenv("MMTUI_LONG") ? 100000000 : 1000003;
    static struct pass pass;
    struct mm_centred centred = {0};
    struct mm_centre centre;
    struct reference r = {0};
    struct mm_sums sums;
    struct mm_metrics m;
    bool again;

    start(&pass, make, n);
    first_pass(&pass, &sums, &r);
    again = mm_metrics_need_centre(&sums, &centre);
    start(&pass, make, n);
    second_pass(&pass, again ? &centre : NULL, &centred, &r);
    mm_metrics_finish(&sums, again ? &centre : NULL, again ? &centred : NULL, &m);
    check_sums(&m, &r, n);
    check_about(&m, &r, n);
    assert_true(m.finite == n && m.src.min == r.min_s && m.src.max == r.max_s);
    assert_true(m.max_abs == r.max_abs && m.max_abs_at == r.max_abs_at);
    assert_true(m.diff4_n == r.greater + r.less && m.diff4_greater == (double)r.greater / (double)m.diff4_n);
    assert_true(m.beyond == (double)r.beyond / (double)n);
}

static void of_uniform_data(void **state)
{
    (void)state;
    check(uniform);
}

static void of_a_large_mean_and_a_small_spread(void **state)
{
    (void)state;
    check(large_mean);
}

static void of_a_nearly_identical_pair(void **state)
{
    (void)state;
    check(nearly_identical);
}

static void of_ties(void **state)
{
    (void)state;
    check(many_ties);
}

static void of_a_wide_range(void **state)
{
    (void)state;
    check(wide_range);
}

static void of_unrelated_sides(void **state)
{
    (void)state;
    check(unrelated);
}

static void of_disjoint_sides(void **state)
{
    (void)state;
    check(disjoint);
}

static void of_half_the_scale(void **state)
{
    (void)state;
    check(half_the_scale);
}

static void of_a_wrong_scale(void **state)
{
    (void)state;
    check(scaled);
}

static void of_a_wrong_sign(void **state)
{
    (void)state;
    check(turned_over);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_uniform_data),
        cmocka_unit_test(of_a_large_mean_and_a_small_spread),
        cmocka_unit_test(of_a_nearly_identical_pair),
        cmocka_unit_test(of_ties),
        cmocka_unit_test(of_a_wide_range),
        cmocka_unit_test(of_unrelated_sides),
        cmocka_unit_test(of_disjoint_sides),
        cmocka_unit_test(of_half_the_scale),
        cmocka_unit_test(of_a_wrong_scale),
        cmocka_unit_test(of_a_wrong_sign),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
