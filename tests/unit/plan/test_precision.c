#include "mmtui/plan.h"
#include "unit/plan/helpers.h"

static void finds_names_and_badges(void **state)
{
    static const struct {
        const char *text;
        enum mm_precision precision;
    } cases[] = {
        {"FLOAT16", MM_PRECISION_F16},   {"f16", MM_PRECISION_F16},   {"fp16", MM_PRECISION_F16},
        {"float32", MM_PRECISION_F32},   {"F32", MM_PRECISION_F32},   {"FP32", MM_PRECISION_F32},
        {"BFLOAT16", MM_PRECISION_BF16}, {"bf16", MM_PRECISION_BF16}, {"int16", MM_PRECISION_I16},
        {"I16", MM_PRECISION_I16},       {"INT8", MM_PRECISION_I8},   {"i8", MM_PRECISION_I8},
        {"None", MM_PRECISION_NONE},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++)
        assert_int_equal(mm_precision_find(cases[i].text), cases[i].precision);
}

static void refuses_others(void **state)
{
    static const char *const bad[] = {"", "FLOAT", "FLOAT161", "f8", "F16 ", "bf32", "gguf:q8_0"};
    (void)state;
    assert_int_equal(mm_precision_find(NULL), MM_PRECISION_COUNT);
    for (size_t i = 0; i < MM_COUNT(bad); i++)
        assert_int_equal(mm_precision_find(bad[i]), MM_PRECISION_COUNT);
}

static void rows(void **state)
{
    (void)state;
    assert_string_equal(mm_precision_info(MM_PRECISION_F16)->name, "FLOAT16");
    assert_string_equal(mm_precision_info(MM_PRECISION_F32)->badge, "F32");
    assert_string_equal(mm_precision_info(MM_PRECISION_BF16)->badge, "BF16");
    assert_string_equal(mm_precision_info(MM_PRECISION_I16)->badge, "I16");
    assert_string_equal(mm_precision_info(MM_PRECISION_I8)->badge, "I8");
    assert_string_equal(mm_precision_info(MM_PRECISION_NONE)->name, "none");
    assert_string_equal(mm_precision_info((enum mm_precision)99)->name, "none");
    for (int p = MM_PRECISION_NONE + 1; p < MM_PRECISION_OWN; p++) {
        const struct mm_precision_info *info = mm_precision_info((enum mm_precision)p);
        assert_int_equal(mm_precision_find(info->name), p);
        assert_true(strlen(info->badge) <= strlen("BF16"));
        assert_int_equal(info->floating, p >= MM_PRECISION_F16);
    }
}

static void types_of_one_runtime(void **state)
{
    static const char *const good[] = {"gguf:q8_0", "a:b", "x:y:z"};
    static const char *const bad[] = {"",          "gguf",     ":q8_0",   "gguf:",     ":",
                                      "gguf:q8 0", "gguf:q\n", "g\x7f:a", "g:\xc3\xa9"};
    (void)state;
    assert_false(mm_precision_is_own(NULL));
    for (size_t i = 0; i < MM_COUNT(good); i++)
        assert_true(mm_precision_is_own(good[i]));
    for (size_t i = 0; i < MM_COUNT(bad); i++)
        assert_false(mm_precision_is_own(bad[i]));
}

static void words_of_an_override(void **state)
{
    (void)state;
    struct mm_override override = {.precision = MM_PRECISION_BF16, .own = ""};
    assert_string_equal(mm_override_precision(&override), "BFLOAT16");
    assert_string_equal(mm_override_badge(&override), "BF16");
    override.precision = MM_PRECISION_OWN;
    override.own = "gguf:q8_0";
    assert_string_equal(mm_override_precision(&override), "gguf:q8_0");
    assert_string_equal(mm_override_badge(&override), "q8_0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_names_and_badges),
        cmocka_unit_test(refuses_others),
        cmocka_unit_test(rows),
        cmocka_unit_test(types_of_one_runtime),
        cmocka_unit_test(words_of_an_override),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
