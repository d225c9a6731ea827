/* Statistics of values, by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pair/statistics.h"
#include "unit/near.h"

static const struct mm_statistics like = {.name = {"Min", "RMS", "Mean", "Norm"}, .count = 4};

static void take(const float *value, int64_t count, const struct mm_statistics *wanted, double *out)
{
    const struct mm_shape shape = {1, {count}};
    struct mm_err err = {MM_OK, ""};
    struct mm_tensor tensor;
    struct mm_run run;
    mm_tensor_raw(&tensor, MM_F32, &shape, value, &run);
    if (statistics_of(&tensor, wanted, NULL, out, &err) < 0)
        fail_msg("%s", err.text);
}

/* 3 and -4: mean -0.5, norm 5, root mean square 5 / sqrt(2). */
static void figures(void **state)
{
    (void)state;
    static const float value[] = {3, -4};
    double out[4];
    take(value, 2, &like, out);
    assert_near(out[0], -4, 0);
    assert_near(out[1], 5 / sqrt(2), 1e-14);
    assert_near(out[2], -0.5, 0);
    assert_near(out[3], 5, 1e-14);
    take(value, 2, &(struct mm_statistics){.name = {"Max", "Median"}, .count = 2}, out);
    assert_near(out[0], 3, 0);
    assert_true(isnan(out[1]));
}

static void not_finite(void **state)
{
    (void)state;
    static const float nan[] = {1, NAN, 2}, inf[] = {1, INFINITY};
    double out[4];
    take(nan, 3, &like, out);
    for (int i = 0; i < 4; i++)
        assert_true(isnan(out[i]));
    take(inf, 2, &like, out);
    assert_near(out[0], 1, 0);
    assert_true(isinf(out[3]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(figures), cmocka_unit_test(not_finite)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
