#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "cause/worst.h"

static void the_element(void **state)
{
    (void)state;
    const double s[] = {1, 2, 3, 4}, d[] = {1, 2.5, 3, 4};
    const struct mm_shape shape = {.rank = 2, .dim = {2, 2}};
    struct mm_metrics m = {.max_abs_at = 1, .differ_at = -1};
    struct mm_worst worst;
    worst_init(&worst);
    assert_int_equal(worst.at, -1);
    worst_element(&worst, &m, &shape, s, d, 4);
    assert_int_equal(worst.at, 1);
    assert_true(worst.s == 2 && worst.d == 2.5);
    worst_init(&worst);
    m.max_abs_at = 0; /* equal there: nothing is wrong */
    worst_element(&worst, &m, &shape, s, d, 4);
    assert_int_equal(worst.at, -1);
    m.max_abs_at = 4; /* beyond the end */
    worst_element(&worst, &m, &shape, s, d, 4);
    assert_int_equal(worst.at, -1);
}

/* A NaN on one side counts before any finite difference. */
static void a_nan_first(void **state)
{
    (void)state;
    const double s[] = {1, 2, 3}, d[] = {9, 2, NAN};
    const struct mm_shape shape = {.rank = 1, .dim = {3}};
    const struct mm_metrics m = {.max_abs_at = 0, .differ_at = 2, .nonfinite_differ = 1};
    struct mm_worst worst;
    worst_init(&worst);
    worst_element(&worst, &m, &shape, s, d, 3);
    assert_int_equal(worst.at, 2);
    assert_true(worst.s == 3 && isnan(worst.d));
}

/* RMS errors 0.1, 0.1, x, 0.1 (of two values each): x stands out from 0.4 on. */
static void find_channel(double x, struct mm_worst *worst)
{
    const double s[] = {1, 1, 1, 1, 1, 1, 1, 1};
    const double d[] = {1.1, 0.9, 1.1, 0.9, 1 + x, 1 - x, 1.1, 0.9};
    const struct mm_shape shape = {.rank = 2, .dim = {4, 2}};
    struct channels channels;
    worst_init(worst);
    assert_int_equal(channels_init(&channels, s, d, &shape, 0, NULL), 0);
    worst_channel(worst, &channels, 0, true);
    channels_done(&channels);
}

static void the_channel(void **state)
{
    (void)state;
    struct mm_worst worst;
    find_channel(0.39, &worst);
    assert_int_equal(worst.channel, -1);
    find_channel(0.41, &worst);
    assert_int_equal(worst.channel, 2);
    assert_int_equal(worst.axis, 0);
    assert_true(worst.is_channel);
    assert_true(fabs(worst.channel_error - 0.41) < 1e-12);
    assert_true(fabs(worst.median_error - 0.1) < 1e-12);
}

/* Three channels have no median to speak of; where nothing differs, nothing stands out. */
static void none(void **state)
{
    (void)state;
    const double s[] = {1, 1, 1, 1}, d[] = {1, 1, 9, 1};
    struct mm_worst worst;
    struct channels channels;
    worst_init(&worst);
    assert_int_equal(channels_init(&channels, s, d, &(struct mm_shape){.rank = 1, .dim = {3}}, 0, NULL), 0);
    worst_channel(&worst, &channels, 0, false);
    channels_done(&channels);
    assert_int_equal(worst.channel, -1);
    assert_int_equal(channels_init(&channels, s, s, &(struct mm_shape){.rank = 1, .dim = {4}}, 0, NULL), 0);
    worst_channel(&worst, &channels, 0, false);
    channels_done(&channels);
    assert_int_equal(worst.channel, -1);
}

/* Of a vector it is the element, which is told already. */
static void a_vector(void **state)
{
    (void)state;
    const double s[] = {1, 1, 1, 1, 1}, d[] = {1, 1.1, 9, 1, 1.1};
    struct mm_worst worst;
    struct channels channels;
    worst_init(&worst);
    assert_int_equal(channels_init(&channels, s, d, &(struct mm_shape){.rank = 1, .dim = {5}}, 0, NULL), 0);
    worst_channel(&worst, &channels, 0, false);
    channels_done(&channels);
    assert_int_equal(worst.channel, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_element), cmocka_unit_test(a_nan_first), cmocka_unit_test(the_channel),
        cmocka_unit_test(none),        cmocka_unit_test(a_vector),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
