/* Folders that have a number and an operator for a name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dump/numbered.h"
#include "unit/fixture.h"

static void assert_operator(const char *file, const char *expected)
{
    size_t length = 99;
    const char *found = numbered_operator(file, &length);
    if (!expected) {
        assert_null(found);
        return;
    }
    assert_non_null(found);
    assert_int_equal(length, strlen(expected));
    assert_memory_equal(found, expected, length);
}

static void operators(void **state)
{
    (void)state;
    assert_operator("1_add/cnnl_result", "add");
    assert_operator("dump/12_convolution_overrideable/mlu_input", "convolution_overrideable");
    assert_operator("2_add/1_fill_/mlu_self", "fill_");
    assert_operator("2_add/x/mlu_self", NULL);
    assert_operator("cnnl_result", NULL);
    assert_operator("1_add", NULL);
    assert_operator("1_/cnnl_result", NULL);
    assert_operator("_add/cnnl_result", NULL);
    assert_operator("add/cnnl_result", NULL);
}

static void order(void **state)
{
    static const char *const sorted[] = {"1_add/mlu_other",         "1_add/mlu_self",
                                         "1_add/cnnl_result",       "2_max/mlu_self",
                                         "2_max/1_fill_/mlu_self",  "2_max/1_fill_/cnnl_result",
                                         "2_max/10_gt/cnnl_result", "2_max/cnnl_result",
                                         "2_max/cpu_result",        "10_gt/cnnl_result"};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(sorted); i++) {
        for (size_t k = 0; k < MM_COUNT(sorted); k++) {
            int found = numbered_compare(sorted[i], sorted[k]);
            assert_int_equal((found > 0) - (found < 0), (i > k) - (i < k));
        }
    }
}

static void results(void **state)
{
    (void)state;
    assert_true(numbered_is_result("1_add/cpu_result", MM_RESULTS_CPU));
    assert_false(numbered_is_result("1_add/cnnl_result", MM_RESULTS_CPU));
    assert_true(numbered_is_result("1_add/cnnl_result", MM_RESULTS_DEVICE));
    assert_true(numbered_is_result("bang_result", MM_RESULTS_DEVICE));
    assert_false(numbered_is_result("1_add/cpu_result", MM_RESULTS_DEVICE));
    assert_false(numbered_is_result("1_add/mlu_self", MM_RESULTS_DEVICE));
    assert_true(numbered_same_folder("1_add/cpu_result", "1_add/cnnl_result"));
    assert_false(numbered_same_folder("1_add/cpu_result", "1_sub/cnnl_result"));
    assert_false(numbered_same_folder("1_add/cpu_result", "1_add/1_x/cnnl_result"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(operators), cmocka_unit_test(order),
                                       cmocka_unit_test(results)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
