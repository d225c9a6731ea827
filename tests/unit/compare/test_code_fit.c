/* Which numbers codes stand for: the scale and zero point that they were made with. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "compare/code_fit.h"

#define N 4096

struct values {
    double s[N], q[N];
    uint64_t seed;
};

static double uniform(struct values *v)
{
    v->seed = v->seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(v->seed >> 11) / 9007199254740992.0;
}

/* Bell-shaped: a sum of uniform ones. */
static double bell(struct values *v)
{
    double sum = -3;
    for (int i = 0; i < 6; i++)
        sum += uniform(v);
    return sum;
}

static void make(struct values *v, double scale, double zero, double noise, const struct mm_dtype_info *codes)
{
    v->seed = 7;
    for (int i = 0; i < N; i++) {
        v->s[i] = bell(v);
        double code = rint((v->s[i] + noise * bell(v)) / scale) + zero;
        v->q[i] = fmin(fmax(code, codes->lowest), codes->highest);
    }
}

static void assert_fit(struct values *v, enum mm_dtype dtype, double scale, double zero, double within)
{
    struct code_fit fit;
    code_fit_find(v->s, v->q, N, dtype, &fit);
    assert_int_equal(fit.kind, CODE_FIT_GOOD);
    assert_false(fit.few);
    if (fabs(fit.scale / scale - 1) > within || fabs(fit.zero_point - zero) > (within < 0.002 ? 0 : 2))
        fail_msg("%g, %g for %g, %g", fit.scale, fit.zero_point, scale, zero);
}

static struct values v;

static void clean(void **state)
{
    (void)state;
    const struct mm_dtype_info *u8 = mm_dtype_info(MM_U8), *i8 = mm_dtype_info(MM_I8);
    make(&v, 0.02, 114, 0, u8);
    assert_fit(&v, MM_U8, 0.02, 114, 0.001);
    make(&v, 0.03, 0, 0, i8);
    assert_fit(&v, MM_I8, 0.03, 0, 0.001);
    make(&v, 0.015, 255, 0, u8); /* all of the numbers above 0 are cut off */
    assert_fit(&v, MM_U8, 0.015, 255, 0.001);
    make(&v, 0.004, 100, 0, u8); /* a range that cuts off most: what is left tells */
    assert_fit(&v, MM_U8, 0.004, 100, 0.02);
    make(&v, 0.02, 114, 0.1, u8);
    assert_fit(&v, MM_U8, 0.02, 114, 0.02);
}

/* A part of the positions holds something else. */
static void partly_wrong(void **state)
{
    (void)state;
    make(&v, 0.02, 114, 0, mm_dtype_info(MM_U8));
    for (int i = 0; i < N; i += 50)
        v.q[i] = 255 - v.q[i];
    assert_fit(&v, MM_U8, 0.02, 114, 0.002);
}

/* The same values in other places, of another sign, or unlike: good, and guesses. */
static void moved(void **state)
{
    (void)state;
    struct code_fit fit;
    make(&v, 0.02, 114, 0, mm_dtype_info(MM_U8));
    for (int i = 0; i < N / 2; i++) {
        double other = v.q[N - 1 - i];
        v.q[N - 1 - i] = v.q[i];
        v.q[i] = other;
    }
    code_fit_find(v.s, v.q, N, MM_U8, &fit);
    assert_true(fit.kind == CODE_FIT_GOOD && fit.permuted && fabs(fit.scale / 0.02 - 1) < 0.001);
    assert_true(fit.zero_point == 114);
    for (int i = 0; i < N; i++)
        v.q[i] = floor(256 * uniform(&v)); /* of another distribution as well */
    code_fit_find(v.s, v.q, N, MM_U8, &fit);
    assert_true(fit.kind == CODE_FIT_GUESS && fit.scale > 0 && fit.zero_point >= 0 && fit.zero_point <= 255);
}

static void no_codes(void **state)
{
    (void)state;
    struct code_fit fit;
    for (int i = 0; i < N; i++)
        v.s[i] = v.q[i] = (double)(i % 200);
    code_fit_find(v.s, v.q, N, MM_U8, &fit);
    assert_int_equal(fit.kind, CODE_FIT_NUMBERS);
    for (int i = 0; i < N; i++)
        v.s[i] += 0.3 * sin(i); /* rounded to whole numbers */
    code_fit_find(v.s, v.q, N, MM_U8, &fit);
    assert_int_equal(fit.kind, CODE_FIT_NUMBERS);
    for (int i = 0; i < N; i++)
        v.q[i] = 7;
    code_fit_find(v.s, v.q, N, MM_U8, &fit);
    assert_true(fit.kind == CODE_FIT_NONE && fit.scale == 1 && fit.zero_point == 0 && isinf(fit.error));
    code_fit_find(v.s, v.q, 0, MM_U8, &fit);
    assert_int_equal(fit.kind, CODE_FIT_NONE);
}

/* Two codes at the ends of the type: both count, and they lie on a line. */
static void few(void **state)
{
    static const double s[] = {-2, 2.08}, q[] = {0, 255};
    struct code_fit fit;
    (void)state;
    code_fit_find(s, q, 2, MM_U8, &fit);
    assert_true(fit.few && fit.kind == CODE_FIT_GOOD && fabs(fit.scale - 0.016) < 1e-4 &&
                fit.zero_point == 125);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(clean), cmocka_unit_test(partly_wrong),
                                       cmocka_unit_test(moved), cmocka_unit_test(no_codes),
                                       cmocka_unit_test(few)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
