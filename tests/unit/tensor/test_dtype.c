/* The table of number formats. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/tensor.h"

static void names_and_long_names_are_found(void **state)
{
    (void)state;
    for (int i = MM_DTYPE_NONE + 1; i < MM_DTYPE_COUNT; i++) {
        const struct mm_dtype_info *info = mm_dtype_info((enum mm_dtype)i);

        assert_int_equal(mm_dtype_find(info->name), i);
        assert_int_equal(mm_dtype_find(info->long_name), i);
    }
    assert_int_equal(mm_dtype_find("DT_FLOAT16"), MM_F16);
    assert_int_equal(mm_dtype_find("dt_uint64"), MM_U64);
    assert_int_equal(mm_dtype_find("Int8"), MM_I8);
    assert_int_equal(mm_dtype_find("float8_e4m3fn"), MM_F8E4M3);
    assert_int_equal(mm_dtype_find("FLOAT8E5M2FNUZ"), MM_F8E5M2FNUZ);
    assert_int_equal(mm_dtype_find("float8_e4m3b11fnuz"), MM_F8E4M3B11);
    assert_int_equal(mm_dtype_find("float4_e2m1fn"), MM_F4E2M1);
    assert_int_equal(mm_dtype_find("bfloat16"), MM_BF16);
}

static void unknown_names_and_numbers(void **state)
{
    (void)state;
    assert_int_equal(mm_dtype_find("complex64"), MM_DTYPE_NONE);
    assert_int_equal(mm_dtype_find(""), MM_DTYPE_NONE);
    assert_int_equal(mm_dtype_find("DT_"), MM_DTYPE_NONE);
    assert_int_equal(mm_dtype_find(NULL), MM_DTYPE_NONE);
    assert_string_equal(mm_dtype_info(MM_DTYPE_NONE)->name, "?");
    assert_string_equal(mm_dtype_info(MM_DTYPE_COUNT)->name, "?");
    assert_string_equal(mm_dtype_info((enum mm_dtype) - 1)->name, "?");
}

static void limits(void **state)
{
    (void)state;
    assert_true(mm_dtype_info(MM_F16)->highest == 65504.0);
    assert_true(mm_dtype_info(MM_BF16)->highest == (double)mm_bf16_to_float(0x7f7f));
    assert_true(mm_dtype_info(MM_I4)->lowest == -8.0);
    assert_true(mm_dtype_info(MM_U4)->highest == 15.0);
    assert_true(mm_dtype_info(MM_I64)->lowest == -9223372036854775808.0);
    assert_true(mm_dtype_info(MM_U64)->highest == 18446744073709551616.0);
    assert_false(mm_dtype_info(MM_I32)->lane_f);
    assert_true(mm_dtype_info(MM_I16)->lane_f);
}

static void bit_patterns(void **state)
{
    (void)state;
    char word[MM_DTYPE_WORD];
    assert_true(mm_dtype_reads(MM_F16, MM_U16) && mm_dtype_reads(MM_BF16, MM_I16));
    assert_true(mm_dtype_reads(MM_F32, MM_I32) && mm_dtype_reads(MM_F8E4M3, MM_U8));
    assert_false(mm_dtype_reads(MM_F16, MM_U8) || mm_dtype_reads(MM_F16, MM_F16));
    assert_false(mm_dtype_reads(MM_I16, MM_U16) || mm_dtype_reads(MM_F8E4M3, MM_BOOL));
    assert_false(mm_dtype_reads(MM_DTYPE_NONE, MM_DTYPE_NONE));
    assert_string_equal(mm_dtype_word(MM_BF16, word), "bfloat16");
    assert_string_equal(mm_dtype_word(MM_F8E4M3, word), "float8_e4m3");
}

/* Types that only elements of blocks have; f8e8m0 are the scales, f8e4m3 and i8 may be anything. */
static void elements(void **state)
{
    int count = 0;
    (void)state;
    for (int dtype = -1; dtype <= MM_DTYPE_COUNT; dtype++)
        count += mm_dtype_is_element((enum mm_dtype)dtype);
    assert_int_equal(count, 3);
    assert_true(mm_dtype_is_element(MM_F4E2M1) && mm_dtype_is_element(MM_F6E2M3));
    assert_true(mm_dtype_is_element(MM_F6E3M2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements),
        cmocka_unit_test(names_and_long_names_are_found),
        cmocka_unit_test(unknown_names_and_numbers),
        cmocka_unit_test(limits),
        cmocka_unit_test(bit_patterns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
