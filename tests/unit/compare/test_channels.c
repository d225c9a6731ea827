/* Channels of a pair: figures by hand, odd shapes against sums taken element by element, what has none. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "mmtui/compare.h"
#include "unit/pair/pair_files.h"

static int setup(void **state)
{
    struct pair_files *files = malloc(sizeof(*files));
    pair_files_init(files);
    *state = files;
    return 0;
}

static int teardown(void **state)
{
    pair_files_done(*state);
    free(*state);
    return 0;
}

static void put(struct pair_files *files, enum mm_dtype dtype, struct mm_shape shape, const void *s,
                const void *d)
{
    pair_files_put(files, 0, "1_a.npy", dtype, shape, s);
    pair_files_put(files, 1, "2_a.npy", dtype, shape, d);
}

static void ask(struct pair_files *files, int axis, struct mm_channels *out)
{
    struct mm_err err;
    if (mm_pair_channels(&files->pair, NULL, axis, NULL, out, &err) < 0)
        fail_msg("%s", err.text);
}

static void near(double a, double b)
{
    assert_true(a == b || fabs(a - b) <= 1e-14 * fabs(b));
}

/*
 * 2 x 3 x 2; channel 1 along axis 1 is 40 times the others. e of channel 0: 0 0 0 1, of 1: 3 0 -4 0, of 2: none.
 */
static void by_hand(void **state)
{
    const float s[] = {1, -1, 40, 20, 1, 1, 1, 1, 8, -40, 0.5f, 1},
                d[] = {1, -1, 37, 20, 1, 1, 1, 0, 12, -40, 0.5f, 1};
    struct mm_channels c;
    put(*state, MM_F32, (struct mm_shape){3, {2, 3, 2}}, s, d);
    ask(*state, 1, &c);
    assert_int_equal(c.count, 3);
    assert_int_equal(c.axis, 1);
    assert_int_equal(c.channel[0].count, 4);
    near(c.channel[0].rms, 0.5); /* sqrt(1 / 4) */
    near(c.channel[0].diff2, 0.5);
    near(c.channel[1].rms, 2.5); /* sqrt(25 / 4) */
    near(c.channel[1].diff2, 5 / sqrt(1600 + 400 + 64 + 1600));
    near(c.channel[2].rms, 0);
    near(c.channel[2].diff2, 0);
    assert_true(c.channel[1].max_abs == 4 && c.channel[1].worst == 8);
    assert_true(c.channel[0].max_abs == 1 && c.channel[0].worst == 7);
    assert_true(c.channel[2].max_abs == 0 && c.channel[2].worst == -1);
    assert_true(c.channel[1].greatest[0] == 40 && c.channel[1].greatest[1] == 40);
    assert_true(c.range[0].most == 1 && c.range[0].greatest == 40 && c.range[0].median == 1);
    assert_true(c.rms.most == 1 && c.rms.greatest == 2.5 && c.rms.median == 0.5);
    mm_channels_done(&c);
}

/* NaN and Inf are left out of sums and ranges; where they are the same on both sides they are no difference. */
static void not_finite(void **state)
{
    const float s[] = {1, NAN, INFINITY, 2, NAN, 5, INFINITY, 3},
                d[] = {1, NAN, INFINITY, INFINITY, 7, 5, -INFINITY, 1};
    struct mm_channels c;
    put(*state, MM_F32, (struct mm_shape){2, {2, 4}}, s, d);
    ask(*state, 0, &c);
    assert_true(c.channel[0].finite == 1 && c.channel[0].differ == 1 && c.channel[0].worst == 3);
    assert_true(c.channel[0].greatest[0] == 2 && c.channel[0].greatest[1] == 1 && c.channel[0].rms == 0);
    assert_true(c.channel[1].finite == 2 && c.channel[1].differ == 2 && c.channel[1].worst == 4);
    assert_true(c.channel[1].max_abs == 2);
    near(c.channel[1].rms, sqrt(2.0));
    mm_channels_done(&c);
    ask(*state, 1, &c); /* column 2: Inf Inf against Inf -Inf has no finite pair */
    assert_true(isnan(c.channel[2].rms) && isnan(c.channel[2].diff2) && c.channel[2].finite == 0);
    assert_true(c.channel[2].greatest[0] == 0 && c.channel[2].differ == 1 && c.channel[2].worst == 6);
    assert_true(c.channel[0].greatest[0] == 1 && c.channel[0].greatest[1] == 7);
    mm_channels_done(&c);
}

/* Every axis of an odd shape, against the definition; more than a tile. */
static void odd_shapes(void **state)
{
    static double s[3 * 5 * 7 * 11 * 13], d[3 * 5 * 7 * 11 * 13];
    const struct mm_shape shape = {5, {3, 5, 7, 11, 13}};
    for (size_t i = 0; i < MM_COUNT(s); i++) {
        s[i] = (double)(int64_t)(i * 7919 % 1009) - 500;
        d[i] = s[i] + (double)(int64_t)(i * 104729 % 17) - 8; /* whole numbers: sums are exact */
    }
    put(*state, MM_F64, shape, s, d);
    for (int axis = 0; axis < 5; axis++) {
        struct mm_channels c;
        int64_t inner = 1;
        double ee[13] = {0}, ss[13] = {0}, most[13] = {0};
        for (int k = axis + 1; k < 5; k++)
            inner *= shape.dim[k];
        for (size_t i = 0; i < MM_COUNT(s); i++) {
            int64_t at = (int64_t)i / inner % shape.dim[axis];
            ee[at] += (s[i] - d[i]) * (s[i] - d[i]);
            ss[at] += s[i] * s[i];
            most[at] = fmax(most[at], fabs(s[i]));
        }
        ask(*state, axis, &c);
        assert_int_equal(c.count, shape.dim[axis]);
        for (int64_t k = 0; k < c.count; k++) {
            assert_int_equal(c.channel[k].finite, (int64_t)MM_COUNT(s) / shape.dim[axis]);
            near(c.channel[k].rms, sqrt(ee[k] / (double)c.channel[k].finite));
            near(c.channel[k].diff2, sqrt(ee[k] / ss[k]));
            assert_true(c.channel[k].greatest[0] == most[k]);
        }
        mm_channels_done(&c);
    }
}

static void integers_scalars_nothing(void **state)
{
    const int8_t i8[] = {127, -128}, other[] = {127, -120};
    const float one = 3, two = 5;
    struct mm_channels c;
    put(*state, MM_I8, (struct mm_shape){1, {2}}, i8, other);
    ask(*state, 0, &c);
    assert_true(c.count == 2 && c.channel[1].rms == 8 && c.channel[1].greatest[0] == 128);
    mm_channels_done(&c);
    put(*state, MM_F32, (struct mm_shape){0, {0}}, &one, &two);
    ask(*state, -1, &c);
    assert_true(c.count == 1 && c.axis == -1 && c.channel[0].rms == 2 && c.channel[0].worst == 0);
    mm_channels_done(&c);
    put(*state, MM_F32, (struct mm_shape){2, {3, 0}}, &one, &two);
    ask(*state, 0, &c);
    assert_true(c.count == 3 && c.channel[0].count == 0 && isnan(c.channel[0].rms) && c.rms.most == -1);
    mm_channels_done(&c);
    ask(*state, 1, &c);
    assert_int_equal(c.count, 0);
    mm_channels_done(&c);
}

static void one_side(void **state)
{
    const float s[] = {1, -2, 3, NAN};
    struct mm_channels c;
    struct pair_files *files = *state;
    put(files, MM_F32, (struct mm_shape){2, {2, 2}}, s, s);
    files->pair.dst = NULL;
    ask(files, 0, &c);
    assert_true(c.has[0] && !c.has[1]);
    assert_true(c.channel[0].greatest[0] == 2 && isnan(c.channel[0].greatest[1]) && isnan(c.channel[0].rms));
    assert_true(c.channel[1].greatest[0] == 3 && c.range[1].most == -1 && c.rms.most == -1);
    mm_channels_done(&c);
}

static void what_has_none(void **state)
{
    const float x[6] = {0};
    struct pair_files *files = *state;
    struct mm_channels c;
    struct mm_err err;
    put(files, MM_F32, (struct mm_shape){2, {2, 3}}, x, x);
    assert_int_equal(mm_pair_channels(&files->pair, NULL, 2, NULL, &c, &err), -1);
    assert_int_equal(err.code, MM_EARG);
    pair_files_put(files, 1, "2_a.npy", MM_F32, (struct mm_shape){1, {4}}, x);
    assert_int_equal(mm_pair_channels(&files->pair, NULL, 0, NULL, &c, &err), -1);
    assert_string_equal(err.text, "shapes differ: 2x3 and 4");
    mm_channels_done(&c);
}

static void stops(void **state)
{
    const float x[6] = {0};
    struct pair_files *files = *state;
    struct mm_channels c;
    struct mm_err err;
    atomic_bool cancel = true;
    const struct mm_control control = {.cancel = &cancel};
    put(files, MM_F32, (struct mm_shape){2, {2, 3}}, x, x);
    assert_int_equal(mm_pair_channels(&files->pair, NULL, 0, &control, &c, &err), -1);
    assert_int_equal(err.code, MM_ECANCELLED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(by_hand),  TEST(not_finite),    TEST(odd_shapes), TEST(integers_scalars_nothing),
        TEST(one_side), TEST(what_has_none), TEST(stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
