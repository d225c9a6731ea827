#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "compare/head.h"

#include <math.h>

static uint64_t head(enum mm_dtype dtype, const void *data, int64_t count)
{
    const struct mm_shape shape = {1, {count}};
    struct mm_tensor tensor;
    struct mm_run run;
    mm_tensor_raw(&tensor, dtype, &shape, data, &run);
    return head_of(&tensor);
}

/* What stands behind the first MM_HEAD values does not count, and neither does the type that holds them. */
static void test_values_alone(void **state)
{
    (void)state;
    float f[MM_HEAD + 1] = {1, 2, 3}, longer[MM_HEAD + 1] = {1, 2, 3};
    double d[MM_HEAD] = {1, 2, 3};
    longer[MM_HEAD] = 7;
    uint64_t first = head(MM_F32, f, MM_HEAD);
    assert_true(first != 0);
    assert_true(head(MM_F32, longer, MM_HEAD + 1) == first);
    assert_true(head(MM_F64, d, MM_HEAD) == first);
    for (size_t i = 0; i < MM_HEAD; i++) {
        f[i] += 0.5F;
        assert_true(head(MM_F32, f, MM_HEAD) != first);
        f[i] -= 0.5F;
    }
}

static void test_zeros_and_nan(void **state)
{
    (void)state;
    double plus[MM_HEAD] = {0.0, NAN}, minus[MM_HEAD] = {-0.0, -NAN};
    assert_true(head(MM_F64, plus, MM_HEAD) == head(MM_F64, minus, MM_HEAD));
    minus[1] = 0;
    assert_true(head(MM_F64, plus, MM_HEAD) != head(MM_F64, minus, MM_HEAD));
}

static void test_fewer(void **state)
{
    (void)state;
    double d[MM_HEAD] = {1};
    assert_true(head(MM_F64, d, MM_HEAD - 1) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_alone),
        cmocka_unit_test(test_zeros_and_nan),
        cmocka_unit_test(test_fewer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
