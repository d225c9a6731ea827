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
    assert_true(c.sum[1].s_min == 10 && c.sum[1].s_max == 40 && c.sum[1].d_max == 20);
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
    assert_true(c.sum[0].s_min == 10 && c.sum[0].d_min == 3 && c.sum[1].s_max == 6);
    channels_done(&c);
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
        cmocka_unit_test(one_channel),
    };
    return cmocka_run_group_tests_name("triage/channels", tests, NULL, NULL);
}
