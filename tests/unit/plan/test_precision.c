#include "mmtui/plan.h"
#include "unit/plan/helpers.h"

static void finds_names_and_badges(void **state)
{
    (void)state;
    assert_int_equal(mm_precision_find("FLOAT16"), MM_PRECISION_F16);
    assert_int_equal(mm_precision_find("float32"), MM_PRECISION_F32);
    assert_int_equal(mm_precision_find("f16"), MM_PRECISION_F16);
    assert_int_equal(mm_precision_find("F32"), MM_PRECISION_F32);
    assert_int_equal(mm_precision_find("None"), MM_PRECISION_NONE);
}

static void refuses_the_rest(void **state)
{
    static const char *const bad[] = {"", "FLOAT", "FLOAT160", " F16", "INT8"};
    (void)state;
    assert_int_equal(mm_precision_find(NULL), MM_PRECISION_COUNT);
    for (size_t i = 0; i < MM_COUNT(bad); i++)
        assert_int_equal(mm_precision_find(bad[i]), MM_PRECISION_COUNT);
}

static void describes(void **state)
{
    (void)state;
    assert_string_equal(mm_precision_info(MM_PRECISION_F16)->name, "FLOAT16");
    assert_string_equal(mm_precision_info(MM_PRECISION_F32)->badge, "F32");
    assert_string_equal(mm_precision_info(MM_PRECISION_NONE)->name, "none");
    assert_string_equal(mm_precision_info((enum mm_precision)99)->name, "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_names_and_badges),
        cmocka_unit_test(refuses_the_rest),
        cmocka_unit_test(describes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
