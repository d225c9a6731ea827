#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "cause/channels.h"

#include <math.h>

static const struct mm_shape shape = {3, {2, 2, 3}}; /* 2 channels on axis 1 */
static const double s[12] = {1, 2, 3, 10, 20, 30, 4, 5, 6, 40, 50, NAN};
static const double d[12] = {3, 5, 7, 5, 10, 15, 9, 11, 13, 20, INFINITY, 0};

static void by_hand(void **state)
{
    (void)state;
    struct channels c;
    double a, b;
    assert_int_equal(channels_init(&c, s, d, &shape, 1, NULL), 0);
    assert_int_equal(c.count, 2);
    assert_int_equal(c.sum[0].n, 6);
    assert_int_equal(c.sum[1].n, 4); /* without the positions that are not finite on both sides */
    assert_true(c.sum[0].ss == 91 && c.sum[1].ss == 100 + 400 + 900 + 1600);
    assert_true(c.sum[0].ee == 4 + 9 + 16 + 25 + 36 + 49);
    double least, most;
    channel_ends(s, &shape, 1, 1, &least, &most);
    assert_true(least == 10 && most == 50);
    channel_ends(d, &shape, 1, 1, &least, &most);
    assert_true(least == 0 && most == 20);
    channel_fit(&c, 0, &a, &b); /* d = 2 s + 1 */
    assert_true(fabs(a - 2) < 1e-12 && fabs(b - 1) < 1e-11);
    assert_true(channel_left(&c, 0, a, b) < 1e-9);
    assert_true(fabs(channel_left(&c, 0, 1, 0) - 139) < 1e-9);
    channel_fit(&c, 1, &a, &b); /* d = s / 2 */
    assert_true(fabs(a - 0.5) < 1e-12 && fabs(b) < 1e-10);
    channels_done(&c);
}

static void other_channels(void **state)
{
    (void)state;
    static const int32_t swapped[2] = {1, 0};
    struct channels c;
    assert_int_equal(channels_init(&c, s, d, &shape, 1, swapped), 0);
    assert_int_equal(c.sum[0].n, 5); /* s' last channel has a NaN */
    assert_true(c.sum[0].ss == 100 + 400 + 900 + 1600 + 2500 && c.sum[1].ss == 1 + 4 + 9 + 16 + 36);
    channels_done(&c);
}

/* Whole numbers, whose sums are exact in any order: against a plain loop over elements. */
static void laid_in_any_way(void **state)
{
    (void)state;
    static const struct {
        struct mm_shape shape;
        int axis;
    } ways[] = {{{2, {40, 6}}, 1},    {{2, {40, 7}}, 1},    {{3, {5, 4, 3}}, 1}, {{3, {5, 4, 3}}, 2},
                {{3, {3, 4, 17}}, 1}, {{3, {3, 4, 16}}, 0}, {{1, {9}}, 0}};
    double x[512], y[512];
    for (size_t k = 0; k < 2 * MM_COUNT(ways); k++) {
        const struct mm_shape *way = &ways[k / 2].shape;
        int64_t count = mm_shape_count(way), inner = 1, dim = way->dim[ways[k / 2].axis];
        struct channels c;
        for (int a = ways[k / 2].axis + 1; a < way->rank; a++)
            inner *= way->dim[a];
        for (int64_t i = 0; i < count; i++) {
            x[i] = (double)(i * 7 % 31);
            y[i] = (double)(i * 5 % 23);
        }
        if (k % 2)
            x[count / 2] = NAN;
        assert_int_equal(channels_init(&c, x, y, way, ways[k / 2].axis, NULL), 0);
        for (int64_t channel = 0; channel < dim; channel++) {
            double n = 0, ss = 0, dd = 0, ee = 0, sum_d = 0;
            for (int64_t i = 0; i < count; i++) {
                if (i / inner % dim != channel || !isfinite(x[i]))
                    continue;
                n++;
                ss += x[i] * x[i];
                dd += y[i] * y[i];
                ee += (x[i] - y[i]) * (x[i] - y[i]);
                sum_d += y[i];
            }
            const struct channel_sums *sum = &c.sum[channel];
            assert_true((double)sum->n == n && sum->ss == ss && sum->dd == dd && sum->ee == ee);
            assert_true(fabs(sum->D + n * c.about_d - sum_d) < 1e-9);
        }
        channels_done(&c);
    }
}

static void one_channel(void **state)
{
    (void)state;
    struct channels c;
    double a, b;
    static const double flat[3] = {2, 2, 2}, other[3] = {5, 6, 7};
    struct mm_shape vector = {1, {3}};
    assert_int_equal(channels_init(&c, flat, other, &vector, -1, NULL), 0);
    assert_int_equal(c.count, 1);
    channel_fit(&c, 0, &a, &b);
    assert_true(a == 0 && b == 6); /* a constant has no slope */
    assert_true(channel_left(&c, 0, 0, 6) == 2);
    assert_true(isnan(channels_spread(&c)) && isnan(channels_slope(&c)));
    channels_done(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(other_channels),
        cmocka_unit_test(laid_in_any_way),
        cmocka_unit_test(one_channel),
    };
    return cmocka_run_group_tests_name("triage/channels", tests, NULL, NULL);
}
