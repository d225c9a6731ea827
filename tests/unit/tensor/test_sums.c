/* The accumulator and merging. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "mmtui/tensor.h"

static void small_terms_are_not_lost(void **state)
{
    struct mm_acc acc = {0, 0};

    (void)state;
    mm_acc_add(&acc, 1.0);
    mm_acc_add(&acc, 1e100);
    mm_acc_add(&acc, 1.0);
    mm_acc_add(&acc, -1e100);
    assert_true(mm_acc_value(&acc) == 2.0); /* a plain sum, and Kahan's, give 0 */
}

static void ten_million_tenths(void **state)
{
    struct mm_acc acc = {0, 0};

    (void)state;
    for (int i = 0; i < 10000000; i++)
        mm_acc_add(&acc, 0.1);
    assert_true(mm_acc_value(&acc) == 1000000.0); /* a plain sum is 999999.9998 */
}

static void overflow_is_infinite_not_nan(void **state)
{
    struct mm_acc acc = {0, 0}, other = {0, 0};

    (void)state;
    mm_acc_add(&acc, 1e308);
    mm_acc_add(&acc, 1e308);
    mm_acc_add(&acc, 1.0);
    assert_true(mm_acc_value(&acc) == INFINITY);
    mm_acc_add(&other, 5.0);
    mm_acc_merge(&other, &acc);
    assert_true(mm_acc_value(&other) == INFINITY);
}

static void measure(struct mm_sums *sums, const double *s, const double *d, size_t n, int64_t base)
{
    const struct mm_limits limits = {1e-6, 1e-8, 1e-5};

    mm_kernels()->measure_double(sums, &limits, s, d, n, base);
}

static double value(const struct mm_sums *sums, int which)
{
    return mm_acc_value(&sums->both[which]);
}

/* Small integers: every sum is exact, so cutting the tensor in two must change nothing at all. */
static void merged_halves_are_the_whole(void **state)
{
    static double s[3 * MM_BLOCK], d[3 * MM_BLOCK];
    struct mm_sums whole, first, second;

    (void)state;
    for (int i = 0; i < 3 * MM_BLOCK; i++) {
        s[i] = i % 17 - 8;
        d[i] = i % 19 - 9;
    }
    s[5] = NAN;
    d[700] = INFINITY;
    s[1000] = d[1000] = -INFINITY;
    mm_sums_init(&whole);
    mm_sums_init(&first);
    mm_sums_init(&second);
    measure(&whole, s, d, 3 * MM_BLOCK, 0);
    measure(&first, s, d, MM_BLOCK, 0);
    measure(&second, s + MM_BLOCK, d + MM_BLOCK, 2 * MM_BLOCK, MM_BLOCK);
    mm_sums_merge(&first, &second);
    first.hint = whole.hint;
    assert_memory_equal(&first, &whole, sizeof(whole));
    for (int i = 0; i < MM_SUM_COUNT; i++)
        assert_true(value(&first, i) == value(&whole, i));
    assert_true(whole.differ_at == 5 && whole.nonfinite_differ == 2 && whole.nonfinite_equal == 1);
}

static void merging_with_nothing(void **state)
{
    struct mm_sums sums, empty, copy;
    double s[] = {3, 1, 2}, d[] = {3, 0, 2};

    (void)state;
    mm_sums_init(&sums);
    mm_sums_init(&empty);
    measure(&sums, s, d, 3, 0);
    copy = sums;
    mm_sums_merge(&sums, &empty);
    assert_memory_equal(&sums, &copy, sizeof(sums));
    mm_sums_merge(&empty, &sums);
    assert_memory_equal(&empty, &copy, sizeof(sums));
}

/* Counters and indices past 2^31: a stretch that long is taken for measured, another one follows it. */
static void counters_are_wide(void **state)
{
    const int64_t far = ((int64_t)1 << 33) + 1024;
    double s[] = {5, 7, 0, NAN}, d[] = {5, 8, 0, NAN};
    struct mm_sums sums, later;

    (void)state;
    mm_sums_init(&sums);
    sums.count = sums.finite = sums.s.finite = sums.d.finite = sums.less = far;
    sums.max_abs_at = sums.s.max_at = sums.s.min_at = sums.d.max_at = sums.d.min_at = 0;
    sums.s.min = sums.s.max = sums.d.min = sums.d.max = 1;
    mm_sums_init(&later);
    measure(&later, s, d, 4, far);
    mm_sums_merge(&sums, &later);
    assert_true(sums.count == far + 4 && sums.finite == far + 3 && sums.s.nan == 1);
    assert_true(sums.max_abs == 1 && sums.max_abs_at == far + 1);
    assert_true(sums.max_rel_at == far + 1);
    assert_true(sums.s.max == 7 && sums.s.max_at == far + 1 && sums.s.min == 0 && sums.s.min_at == far + 2);
    assert_true(sums.greater == 1 && sums.less == far);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_terms_are_not_lost),     cmocka_unit_test(ten_million_tenths),
        cmocka_unit_test(overflow_is_infinite_not_nan), cmocka_unit_test(merged_halves_are_the_whole),
        cmocka_unit_test(merging_with_nothing),         cmocka_unit_test(counters_are_wide),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
