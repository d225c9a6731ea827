#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cause/recompute.h"

#include <math.h>

static void assert_near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-12 * fabs(expected)))
        fail_msg("%.17g is not %.17g", value, expected);
}

static void begin(struct residual *residual, const float *y, int64_t count)
{
    struct mm_shape shape = {1, {count}};
    struct mm_value value = mm_value_floats(&shape, y);
    residual_init(residual, &value);
}

/* r = 0 1 -2 0, y0 = 3 0 0 4: sqrt(5 / 25). */
static void relative(void **state)
{
    (void)state;
    static const float y[] = {3, 1, -2, 4}, y0[] = {3, 0, 0, 4};
    struct residual residual;
    begin(&residual, y, 4);
    assert_true(residual.least == -2 && residual.most == 4);
    for (int i = 0; i < 4; i++)
        residual_add(&residual, (double)y[i], (double)y0[i]);
    assert_int_equal(residual.n, 4);
    assert_near(residual_relative(&residual), sqrt(0.2));
    /* 6 / 255 over sqrt(12), over the RMS of y0, 2.5 */
    assert_near(residual_steps(&residual, 6), 6.0 / 255 / sqrt(12) / 2.5);
}

/* The ends at whatever place they lie, NaN and infinity beside them, and 0 is always within; told as well as found. */
static void ends(void **state)
{
    (void)state;
    enum { N = 39 };
    for (int place = 0; place + 1 < N; place++) {
        float y[N] = {0};
        struct residual found, told;
        y[place] = -3;
        y[place + 1] = 5;
        begin(&found, y, N);
        residual_ends(&told, -3, 5);
        assert_true(found.least == -3 && found.most == 5 && found.span == 8);
        assert_memory_equal(&found, &told, sizeof found);
        y[(place + 7) % N] = NAN;
        y[(place + 20) % N] = INFINITY;
        begin(&found, y, N);
        assert_true(found.least == -3 && found.most == 5);
    }
    struct residual above;
    residual_ends(&above, 2, 4);
    assert_true(above.least == 0 && above.most == 4 && above.span == 4);
}

/* All at once as one by one, of floats with what is not finite, and of integers. */
static void all_at_once(void **state)
{
    (void)state;
    float y[23], y0[23];
    int64_t whole[23];
    struct mm_shape shape = {1, {23}};
    for (int kind = 0; kind < 3; kind++) {
        struct residual one, all;
        for (int i = 0; i < 23; i++) {
            y[i] = (float)(i * 7 % 11 - 5);
            y0[i] = (float)(i * 5 % 13 - 6);
            whole[i] = i * 7 % 11 - 5;
        }
        if (kind == 1) {
            y[3] = INFINITY;
            y[21] = y0[20] = NAN;
        }
        struct mm_value a = mm_value_floats(&shape, y), b = mm_value_floats(&shape, y0);
        if (kind == 2)
            a = (struct mm_value){.dtype = MM_I64, .shape = shape, .count = 23, .i = whole};
        residual_init(&one, &a);
        residual_init(&all, &a);
        assert_true(one.least == -5 && one.most == 5);
        for (int i = 0; i < 23; i++)
            residual_add(&one, mm_value_at(&a, i), (double)y0[i]);
        residual_add_all(&all, &a, &b);
        assert_memory_equal(&one, &all, sizeof one);
        assert_int_equal(all.n, 23);
        assert_int_equal(all.nonfinite, kind == 1 ? 2 : 0);
    }
}

static void zeros(void **state)
{
    (void)state;
    static const float y[] = {0, 0};
    struct residual residual;
    begin(&residual, y, 2);
    residual_add(&residual, 0, 0);
    assert_true(residual_relative(&residual) == 0);
    assert_true(isnan(residual_steps(&residual, 0)));
    residual_add(&residual, 1, 0);
    assert_true(isinf(residual_relative(&residual)));
}

static void nonfinite(void **state)
{
    (void)state;
    static const float y[] = {1, INFINITY};
    struct residual residual;
    begin(&residual, y, 2);
    assert_true(residual.most == 1);
    residual_add(&residual, 1, 1);
    residual_add(&residual, INFINITY, 2);
    assert_int_equal(residual.nonfinite, 1);
    residual_add(&residual, INFINITY, INFINITY); /* that came in */
    residual_add(&residual, 3, (double)NAN);
    assert_int_equal(residual.nonfinite, 1);
    assert_true(residual_relative(&residual) == 0);
}

/* One value at the top of y's range, where y0 is beyond it: set aside. Three of ten are not; nor is one of zero. */
static void clipped(void **state)
{
    (void)state;
    static const float y[] = {5, 1, 1, 1, -1, 0};
    struct residual residual;
    begin(&residual, y, 6);
    residual_add(&residual, 5, 9);
    residual_add(&residual, 1, 1);
    assert_int_equal(residual.clipped, 1);
    assert_true(residual_relative(&residual) == 0);
    residual_add(&residual, -1, -4);
    residual_add(&residual, 5, 4); /* within the range: off, not clipped */
    assert_int_equal(residual.clipped, 2);
    assert_near(residual_relative(&residual), sqrt(1 / (81.0 + 1 + 16 + 16)));
    residual_add(&residual, 5, 6);
    assert_int_equal(residual.clipped, 3);
    assert_near(residual_relative(&residual), sqrt((1 + 16 + 9 + 1) / (81.0 + 1 + 16 + 16 + 36)));
    begin(&residual, y + 1, 5);
    residual_add(&residual, 0, 2);
    residual_add(&residual, 0, -2); /* a ReLU too many */
    assert_int_equal(residual.clipped, 0);
    assert_near(residual_relative(&residual), 1);
}

/* An end that holds src's own values: all that is clipped there came in, also at 0, and counts as what the range left of
 * it. The other end does not hold src: three of eight are too many. src needs 9 - 5 = 4 more of 10: 0.4 > 0.02. */
static void clipped_at_an_end_that_holds_src(void **state)
{
    (void)state;
    static const float y[] = {5, 5, 5, 1, 0, 0, 0, 1}, all[] = {0, 1, 3, 4, 5}, more[] = {0, 3, 9, 1, 1};
    struct residual residual, ends;
    for (int holds = 0; holds < 2; holds++) {
        struct mm_value src = {.f = holds ? all : more, .count = 5};
        begin(&residual, y, 8);
        residual_init(&ends, &src);
        residual_reference(&residual, &src, &ends);
        assert_near(residual.span, holds ? 5 : 9);
        for (int i = 0; i < 8; i++)
            residual_add(&residual, (double)y[i], y[i] == 5 ? 9 : y[i] == 0 ? -40 : 1);
        assert_int_equal(residual.clipped, 6);
        assert_int_equal(residual.held, holds ? 6 : 3);
        if (holds)
            assert_true(residual_relative(&residual) == 0);
        else
            assert_near(residual_relative(&residual), sqrt(3 * 16 / (3 * 81 + 2.0)));
        assert_near(residual_with_clipped(&residual),
                    sqrt((3 * 16 + 3 * 1600) / (3 * (holds ? 25 : 81) + 2.0)));
    }
}

/* NaN where y has none: what y has instead, as long as it is one thing. */
static void lost(void **state)
{
    (void)state;
    static const float y[] = {-INFINITY, 1};
    struct residual residual;
    begin(&residual, y, 2);
    residual_add(&residual, NAN, NAN);
    assert_int_equal(residual.nan_lost, 0);
    residual_add(&residual, -INFINITY, NAN);
    residual_add(&residual, -INFINITY, NAN);
    assert_int_equal(residual.nan_lost, 2);
    assert_true(isinf(residual.nan_as) && residual.nan_as < 0);
    residual_add(&residual, 0, NAN);
    assert_int_equal(residual.nan_lost, 3);
    assert_true(isnan(residual.nan_as));
    assert_int_equal(residual.nonfinite, 0);
}

static void correlations(void **state)
{
    (void)state;
    static const double a[] = {1, 2, 3, 4}, b[] = {10, 20, 30, 40}, c[] = {1, -1, -1, 1}, d[] = {3, 3, 3, 3};
    assert_near(correlation(a, b, 4), 1);
    assert_true(fabs(correlation(a, c, 4)) < 1e-15);
    assert_true(correlation(a, d, 4) == 0);
    assert_true(correlation(a, b, 0) == 0);
    static const double e[] = {4, 3, 2, 2}; /* NumPy: corrcoef([1,2,3,4], [4,3,2,2]) = -0.9438798074485388 */
    assert_near(correlation(a, e, 4), -0.9438798074485388);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends),
        cmocka_unit_test(relative),
        cmocka_unit_test(all_at_once),
        cmocka_unit_test(zeros),
        cmocka_unit_test(nonfinite),
        cmocka_unit_test(clipped),
        cmocka_unit_test(clipped_at_an_end_that_holds_src),
        cmocka_unit_test(correlations),
        cmocka_unit_test(lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
