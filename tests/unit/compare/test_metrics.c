/* The metrics: by hand, and against sums in 113-bit arithmetic. */
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

static void sum_up(struct mm_sums *sums, const double *s, const double *d, size_t n)
{
    const struct mm_limits limits = {1e-6, 1e-8, 1e-5};

    mm_sums_init(sums);
    for (size_t at = 0; at < n; at += MM_TILE)
        mm_kernels()->measure_double(sums, &limits, s + at, d + at, n - at < MM_TILE ? n - at : MM_TILE,
                                     (int64_t)at);
}

static void finish(struct mm_metrics *out, const double *s, const double *d, size_t n)
{
    struct mm_centred centred = {0};
    struct mm_centre centre;
    struct mm_sums sums;
    bool again;

    sum_up(&sums, s, d, n);
    again = mm_metrics_need_centre(&sums, &centre);
    if (again)
        mm_kernels()->centre_double(&centred, &centre, s, d, n);
    mm_metrics_finish(&sums, again ? &centre : NULL, again ? &centred : NULL, out);
}

static void assert_near(const char *what, double got, double expected, double relative)
{
    if (!(fabs(got - expected) <= relative * fabs(expected)))
        fail_msg("%s: %.17g instead of %.17g", what, got, expected);
}

/* ---- by hand ---- */

static void each_metric_by_hand(void **state)
{
    /* e = 1, -1, 0, 2; Σ|e| = 4, Σ|s| = 10, Σe² = 6, Σs² = 30, Σd² = 0+9+9+4 = 22, Σsd = 0+6+9+8 = 23 */
    const double s[] = {1, 2, 3, 4}, d[] = {0, 3, 3, 2};
    struct mm_sums sums;
    struct mm_metrics m;

    (void)state;
    sum_up(&sums, s, d, 4);
    assert_true(mm_metric_diff1(&sums) == 0.4);
    assert_near("diff2", mm_metric_diff2(&sums), 0.44721359549995793, 1e-15);
    assert_near("sqnr", mm_metric_sqnr(0.1), 20.0, 1e-15);
    assert_near("cosine", mm_metric_cosine(&sums), 0.8952737857857513, 1e-15);
    assert_near("gap", mm_metric_cosine_gap(&sums), 1.0 - 0.8952737857857513, 1e-14);
    finish(&m, s, d, 4);
    assert_true(m.mse == 1.5 && m.mae == 1.0 && m.max_abs == 2.0 && m.max_abs_at == 3);
    assert_near("rmse", m.rmse, 1.224744871391589, 1e-15);
    assert_true(m.diff3_rel == 1.0 && m.max_rel_at == 0 && m.diff3_abs == 0.0);
    assert_true(m.diff4_n == 3 && m.diff4_greater == 1.0 / 3 && m.diff4_less == 2.0 / 3);
    assert_true(m.beyond == 0.75);
    assert_true(m.src.mean == 2.5 && m.dst.mean == 2.0);
    assert_near("std", m.src.std, 1.118033988749895, 1e-15);
    /* slope Σ(s-2.5)(d-2) / Σ(s-2.5)² = 3 / 5; residual Σ = 6 - 3 3/5 = 4.2 */
    assert_near("scale", m.fit_scale, 0.6, 1e-14);
    assert_near("offset", m.fit_offset, 0.5, 1e-14);
    assert_near("residual", m.fit_residual, 0.4369314487526527, 1e-14); /* sqrt(4.2 / 22) */
}

static void identical(void **state)
{
    const double s[] = {1e30, -2, 3, 1e-30};
    struct mm_metrics m;

    (void)state;
    finish(&m, s, s, 4);
    assert_true(m.diff1 == 0 && m.diff2 == 0 && m.sqnr == INFINITY && m.cosine == 1.0 && m.cosine_gap == 0);
    assert_true(m.fit_scale == 1 && m.fit_offset == 0 && m.fit_residual == 0 && m.beyond == 0);
    assert_true(m.diff4_n == 0 && m.diff4_greater == 0 && m.diff4_less == 0);
}

static void all_zero(void **state)
{
    const double zero[4] = {0}, other[] = {0, 1, 0, 0};
    struct mm_metrics m;

    (void)state;
    finish(&m, zero, zero, 4);
    assert_true(m.diff1 == 0 && m.diff2 == 0 && m.cosine == 1 && m.cosine_gap == 0 && m.fit_residual == 0);
    assert_true(m.src.zero == 4 && m.src.std == 0 && m.src.min == 0 && m.max_rel_at == -1);
    finish(&m, zero, other, 4);
    assert_true(m.diff1 == INFINITY && m.diff2 == INFINITY && m.sqnr == -INFINITY);
    assert_true(m.cosine == 0 && m.cosine_gap == 1);
    assert_true(m.diff3_rel == 0 && m.diff3_abs == 1);
    finish(&m, other, zero, 4);
    assert_true(m.diff1 == 1 && m.diff2 == 1 && m.sqnr == 0 && m.cosine == 0 && m.fit_residual == 0);
}

static void one_element(void **state)
{
    const double s[] = {3}, d[] = {-3};
    struct mm_metrics m;

    (void)state;
    finish(&m, s, d, 1);
    assert_true(m.diff1 == 2 && m.diff2 == 2 && m.cosine == -1 && m.cosine_gap == 2 && m.max_abs == 6);
    assert_true(m.src.mean == 3 && m.src.std == 0 && m.dst.min_at == 0);
    assert_true(m.fit_scale == 1 && m.fit_offset == -6 && m.fit_residual == 0);
}

static void empty(void **state)
{
    struct mm_metrics m;

    (void)state;
    finish(&m, NULL, NULL, 0);
    assert_true(m.count == 0 && m.diff1 == 0 && m.diff2 == 0 && m.cosine == 1 && m.cosine_gap == 0);
    assert_true(m.sqnr == INFINITY && m.mse == 0 && m.max_abs == 0 && m.max_abs_at == -1 && m.beyond == 0);
    assert_true(m.fit_scale == 1 && m.fit_offset == 0 && m.fit_residual == 0);
    assert_true(isnan(m.src.min) && isnan(m.src.mean) && isnan(m.src.std) && m.src.min_at == -1);
}

static void nothing_finite(void **state)
{
    const double s[] = {NAN, INFINITY}, d[] = {NAN, 1};
    struct mm_metrics m;

    (void)state;
    finish(&m, s, d, 2);
    assert_true(m.count == 2 && m.finite == 0 && m.nonfinite_equal == 1 && m.nonfinite_differ == 1);
    assert_true(m.differ_at == 1);
    assert_true(isnan(m.diff1) && isnan(m.diff2) && isnan(m.sqnr) && isnan(m.cosine) && isnan(m.cosine_gap));
    assert_true(isnan(m.mse) && isnan(m.max_abs) && isnan(m.diff3_rel) && isnan(m.fit_scale) &&
                isnan(m.beyond));
    assert_true(isnan(m.src.mean) && m.dst.mean == 1 && m.dst.std == 0);
}

static void one_nan_does_not_poison_the_rest(void **state)
{
    const double s[] = {1, 2, NAN, 4}, d[] = {1, 3, 9, 4};
    struct mm_metrics m;

    (void)state;
    finish(&m, s, d, 4);
    assert_true(m.finite == 3 && m.nonfinite_differ == 1 && m.differ_at == 2);
    assert_true(m.diff1 == 1.0 / 7 && m.mse == 1.0 / 3 && m.max_abs == 1);
    assert_true(m.dst.max == 9 && m.src.max == 4); /* each side's own finite values */
}

/* d is half of s, turned by atan(0.0001): 1 - cosine = 1 - 1/sqrt(1 + 1e-8). Σe² hardly knows of it. */
static void a_small_turn_beside_a_scale(void **state)
{
    const double s[] = {1, 0}, d[] = {0.5, 0.00005};
    double scaled[100], plain[100];
    struct mm_metrics m;

    (void)state;
    finish(&m, s, d, 2);
    assert_near("gap", m.cosine_gap, 4.9999999625000003e-09, 1e-14);
    for (int i = 0; i < 100; i++) {
        plain[i] = i - 49.7;
        scaled[i] = 1.001 * plain[i]; /* rounded, which is no turn */
    }
    finish(&m, plain, scaled, 100);
    assert_true(m.cosine_gap == 0.0);
}

static void zero_mean_source(void **state)
{
    const double s[] = {1, -1, 1, -1}, d[] = {1.1, -1, 1, -1.1};
    struct mm_metrics m;

    (void)state;
    finish(&m, s, d, 4); /* the signed sum of s is 0: a guard by it would give nonsense */
    assert_near("diff1", m.diff1, 0.05, 1e-14);
    assert_near("diff2", m.diff2, 0.07071067811865482, 1e-14);
}

static void pure_scale_error(void **state)
{
    double s[100], d[100];
    struct mm_metrics m;

    (void)state;
    for (int i = 0; i < 100; i++) {
        s[i] = i - 49.5;
        d[i] = 3 * s[i];
    }
    finish(&m, s, d, 100);
    assert_true(m.cosine == 1.0 && m.cosine_gap < 1e-15); /* blind to it ... */
    assert_true(m.diff2 == 2.0);                          /* ... this is not */
    assert_near("scale", m.fit_scale, 3.0, 1e-15);
    assert_true(fabs(m.fit_offset) < 1e-13 && m.fit_residual < 1e-15);
}

static void scale_and_offset(void **state)
{
    static double s[1000], d[1000];
    struct mm_metrics m;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        s[i] = sin(i) * 10;
        d[i] = 0.5 * s[i] + 7;
    }
    finish(&m, s, d, 1000);
    assert_near("scale", m.fit_scale, 0.5, 1e-14);
    assert_near("offset", m.fit_offset, 7.0, 1e-14);
    assert_true(m.fit_residual < 1e-15);
}

static void a_constant_says_nothing_about_scale(void **state)
{
    static double s[1000], d[1000];
    struct mm_metrics m;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        s[i] = 0.1;
        d[i] = 0.3;
    }
    finish(&m, s, d, 1000);
    assert_true(m.fit_scale == 1 && m.src.std == 0 && m.dst.std == 0);
    assert_near("offset", m.fit_offset, 0.2, 1e-14);
    assert_true(m.fit_residual < 1e-13);
}

/* Traps of sums in the stored format. */
static void sums_are_not_in_the_stored_format(void **state)
{
    static double s[1 << 20];
    const double big[] = {60000, -60000, 60000}, none[] = {0, 0, 0};
    struct mm_metrics m;

    (void)state;
    for (size_t i = 0; i < MM_COUNT(s); i++)
        s[i] = (double)0.1f;
    finish(&m, s, s, MM_COUNT(s));
    assert_near("mean", m.src.mean, (double)0.1f, 1e-15);
    finish(&m, big, none, 3); /* 60000² does not fit a half */
    assert_true(m.mse == 3.6e9);
}

/* ---- the range of a double ---- */

static void squares_that_overflow(void **state)
{
    const double s[] = {1e200, 2e200}, d[] = {1e200, 3e200};
    struct mm_sums sums;

    (void)state;
    sum_up(&sums, s, d, 2);
    assert_true(mm_metric_diff2(&sums) == INFINITY);
    assert_near("diff1", mm_metric_diff1(&sums), 1.0 / 3, 1e-15);
    assert_true(isnan(mm_metric_cosine(&sums)));
    sum_up(&sums, s, s, 2);
    assert_true(mm_metric_diff2(&sums) == 0);
}

static void squares_that_vanish(void **state)
{
    const double s[] = {1e-200, 2e-200}, d[] = {1e-200, 3e-200};
    struct mm_sums sums;

    (void)state;
    sum_up(&sums, s, d, 2);
    assert_near("diff2", mm_metric_diff2(&sums), 1.0 / 3, 1e-15); /* diff1 stands in */
}

/* ---- against 113 bits ---- */

struct quad {
    __float128 s, d, abs_s, ss, dd, sd, abs_e, ee;
    __float128 css, cdd, csd, left, scale, offset;
};

static void quad_sums(struct quad *q, const double *s, const double *d, size_t n)
{
    __float128 ms, md;

    memset(q, 0, sizeof(*q));
    for (size_t i = 0; i < n; i++) {
        __float128 x = s[i], y = d[i], e = x - y;

        q->s += x;
        q->d += y;
        q->abs_s += fabsq(x);
        q->ss += x * x;
        q->dd += y * y;
        q->sd += x * y;
        q->abs_e += fabsq(e);
        q->ee += e * e;
    }
    ms = q->s / n;
    md = q->d / n;
    for (size_t i = 0; i < n; i++) {
        q->css += (s[i] - ms) * (s[i] - ms);
        q->cdd += (d[i] - md) * (d[i] - md);
        q->csd += (s[i] - ms) * (d[i] - md);
    }
    q->scale = q->csd / q->css;
    q->offset = md - q->scale * ms;
    for (size_t i = 0; i < n; i++)
        q->left += (d[i] - q->scale * s[i] - q->offset) * (d[i] - q->scale * s[i] - q->offset);
}

static void check_quad(const double *s, const double *d, size_t n)
{
    struct mm_metrics m;
    struct quad q;
    double gap;

    quad_sums(&q, s, d, n);
    gap = (double)(1 - q.sd / sqrtq(q.ss * q.dd));
    finish(&m, s, d, n);
    assert_near("diff1", m.diff1, (double)(q.abs_e / q.abs_s), 1e-13);
    assert_near("diff2", m.diff2, (double)sqrtq(q.ee / q.ss), 1e-13);
    assert_near("mse", m.mse, (double)(q.ee / n), 1e-13);
    assert_near("cosine", m.cosine, (double)(q.sd / sqrtq(q.ss * q.dd)), 1e-14);
    /* to 9 digits, but never finer than a double's last place at 1 (a scale fault's Σe² cancels) */
    assert_true(fabs(m.cosine_gap - gap) <= 1e-9 * gap + 1e-16);
    assert_near("mean", m.src.mean, (double)(q.s / n), 1e-12);
    assert_near("src std", m.src.std, (double)sqrtq(q.css / n), 1e-11);
    assert_near("dst std", m.dst.std, (double)sqrtq(q.cdd / n), 1e-11);
    assert_near("scale", m.fit_scale, (double)q.scale, 1e-11);
    assert_near("residual", m.fit_residual, (double)sqrtq(q.left / q.dd), 1e-6);
}

/* mean: of s. noise: of d - s. scale, offset: faults of d. */
static void against_quad(double mean, double noise, double scale, double offset)
{
    enum { N = 10007 };
    static double s[N], d[N];
    uint64_t random = 0x9e3779b97f4a7c15u;

    for (int i = 0; i < N; i++) {
        double a, b;

        random = random * 6364136223846793005u + 1442695040888963407u;
        a = (double)(random >> 40) / (1 << 24) - 0.5;
        random = random * 6364136223846793005u + 1442695040888963407u;
        b = (double)(random >> 40) / (1 << 24) - 0.5;
        s[i] = mean + a;
        d[i] = scale * s[i] + offset + noise * b;
    }
    check_quad(s, d, N);
}

static void plain_data(void **state)
{
    (void)state;
    against_quad(0, 1e-1, 1, 0);
    against_quad(0, 1e-3, 1, 0);
    against_quad(0, 1e-6, 1, 0);
    against_quad(3, 1e-3, 1, 0);
}

static void mean_far_above_the_spread(void **state)
{
    (void)state;
    against_quad(1e3, 1e-1, 1, 0);
    against_quad(1e6, 1e-1, 1, 0);
    against_quad(-1e8, 1e-1, 1, 0); /* 1e16 times the variance: nothing would be left of a one-pass one */
}

static void nearly_exact_fits(void **state)
{
    (void)state;
    against_quad(0, 1e-6, 1.5, 0);
    against_quad(0, 1e-6, 0.7, 100);
    against_quad(100, 1e-5, 2, -1);
}

static void the_second_pass_is_taken_only_where_needed(void **state)
{
    const double s[] = {1, -2, 3, -4}, d[] = {1.1, -2.2, 2.9, -4},
                 far[] = {1e6 + 1, 1e6 - 2, 1e6 + 3, 1e6 - 4};
    struct mm_centre centre;
    struct mm_sums sums;

    (void)state;
    sum_up(&sums, s, d, 4);
    assert_false(mm_metrics_need_centre(&sums, &centre));
    sum_up(&sums, s, s, 4);
    assert_false(mm_metrics_need_centre(&sums, &centre));
    sum_up(&sums, far, far, 4);
    assert_true(mm_metrics_need_centre(&sums, &centre));
    assert_true(centre.own_s == 1e6 - 0.5 && centre.s == 1e6 - 0.5);
    sum_up(&sums, s, s, 0);
    assert_false(mm_metrics_need_centre(&sums, &centre));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_metric_by_hand),
        cmocka_unit_test(identical),
        cmocka_unit_test(all_zero),
        cmocka_unit_test(one_element),
        cmocka_unit_test(empty),
        cmocka_unit_test(nothing_finite),
        cmocka_unit_test(one_nan_does_not_poison_the_rest),
        cmocka_unit_test(a_small_turn_beside_a_scale),
        cmocka_unit_test(zero_mean_source),
        cmocka_unit_test(pure_scale_error),
        cmocka_unit_test(scale_and_offset),
        cmocka_unit_test(a_constant_says_nothing_about_scale),
        cmocka_unit_test(sums_are_not_in_the_stored_format),
        cmocka_unit_test(squares_that_overflow),
        cmocka_unit_test(squares_that_vanish),
        cmocka_unit_test(plain_data),
        cmocka_unit_test(mean_far_above_the_spread),
        cmocka_unit_test(nearly_exact_fits),
        cmocka_unit_test(the_second_pass_is_taken_only_where_needed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
