#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/verify.h"

#include <math.h>

static struct mm_held look(const float *x, int64_t count)
{
    struct mm_tensor tensor;
    struct mm_run run;
    struct mm_held held;
    const struct mm_shape shape = {.rank = 1, .dim = {count}};
    mm_tensor_raw(&tensor, MM_F32, &shape, x, &run);
    assert_int_equal(mm_held_look(&tensor, NULL, &held, NULL), 0);
    return held;
}

static void check(struct mm_held held, bool f16, bool bf16, bool even8)
{
    assert_true(held.told);
    assert_int_equal(held.f16, f16);
    assert_int_equal(held.bf16, bf16);
    assert_int_equal(held.even8, even8);
}

enum { N = 300 };

/* What a format holds: by its bits of mantissa (10, 7) and its range. */
static void floats(void **state)
{
    (void)state;
    float x[N];
    for (int i = 0; i < 40; i++)
        x[i] = ldexpf(129.0f + (float)i, i / 2 - 14); /* 8 bits at most */
    check(look(x, 30), true, true, false);
    for (int i = 0; i < 20; i++)
        x[i] = ldexpf(1024.0f + 53.0f * (float)i, i - 25); /* 11 bits */
    check(look(x, 20), true, false, false);
    for (int i = 0; i < 20; i++)
        x[i] = ldexpf(129.0f + (float)i, 20 + i); /* beyond 65504 */
    check(look(x, 20), false, true, false);
    for (int i = 0; i < 40; i++)
        x[i] = sqrtf(2.0f + (float)i);
    check(look(x, 40), false, false, false);
    for (int i = 0; i < 20; i++)
        x[i] = ldexpf(1024.0f + 53.0f * (float)i, i - 25);
    x[7] = 0.1f; /* one that does not fit is enough */
    check(look(x, 20), false, false, false);
}

/* Codes of a scale, as floats: 256 at most, holes or not; where the scale is a power of two a float holds them, too. */
static void even_steps(void **state)
{
    (void)state;
    float x[N];
    for (int i = 0; i < 256; i++)
        x[i] = (float)(i - 128) * 0.0137f;
    struct mm_held held = look(x, 256);
    check(held, false, false, true);
    assert_int_equal(held.levels, 256);
    assert_true(fabs(held.step - 0.0137) < 1e-6);
    x[256] = 128 * 0.0137f;
    check(look(x, 257), false, false, false);
    for (int i = 0; i < 20; i++)
        x[i] = (float)(i * i) * 0.0137f; /* 0 .. 361 steps */
    check(look(x, 20), false, false, false);
    for (int i = 0; i < 15; i++)
        x[i] = (float)(i * i) * 0.0137f; /* 0 .. 196 */
    check(look(x, 15), false, false, true);
    for (int i = 0; i < 20; i++)
        x[i] = (float)i * 0.0137f + (i == 9 ? 0.002f : 0);
    check(look(x, 20), false, false, false);
    for (int i = 0; i < 20; i++)
        x[i] = (float)i * 0.25f;
    check(look(x, 20), true, true, true);
}

/* Few values, or those that are not finite, tell nothing; 0 is on every grid. */
static void few(void **state)
{
    (void)state;
    float x[N] = {0};
    assert_false(look(x, 0).told);
    for (int i = 0; i < 200; i++)
        x[i] = (float)(i % 12); /* 0 .. 11: 11 and the zero */
    assert_false(look(x, 200).told);
    x[3] = 12;
    assert_true(look(x, 200).told);
    x[3] = INFINITY;
    x[4] = NAN;
    assert_false(look(x, 200).told);
    for (int i = 0; i < 20; i++)
        x[i] = i % 2 ? INFINITY : (float)i;
    assert_false(look(x, 20).told);
}

static void same(void **state)
{
    (void)state;
    const float a[] = {1, 0, NAN, 2}, b[] = {1, -0.0f, -NAN, 2}, c[] = {0, 1, NAN, 2},
                d[] = {1, 0, NAN, 2.0000002f};
    struct mm_held held[] = {look(a, 4), look(b, 4), look(c, 4), look(d, 4), look(a, 3)};
    assert_true(mm_held_same(&held[0], &held[1]));
    for (int i = 2; i < 5; i++)
        assert_false(mm_held_same(&held[0], &held[i]));
}

static void stops(void **state)
{
    (void)state;
    const float x[] = {1, 2};
    struct mm_tensor tensor;
    struct mm_run run;
    struct mm_held held;
    struct mm_err err;
    atomic_bool cancel = true;
    const struct mm_shape shape = {.rank = 1, .dim = {2}};
    mm_tensor_raw(&tensor, MM_F32, &shape, x, &run);
    assert_int_equal(mm_held_look(&tensor, &cancel, &held, &err), -1);
    assert_int_equal(err.code, MM_ECANCELLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(floats), cmocka_unit_test(even_steps),
                                       cmocka_unit_test(few), cmocka_unit_test(same),
                                       cmocka_unit_test(stops)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
