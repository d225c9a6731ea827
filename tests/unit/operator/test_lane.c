#include "operator_testing.h"
#include "operator/lane.h"

static void whole_numbers(void **state)
{
    (void)state;
    assert_int_equal(op_whole(-2.9), -2);
    assert_int_equal(op_whole(2.9), 2);
    assert_int_equal(op_whole(NAN), 0);
    assert_true(op_whole(1e300) == INT64_MAX);
    assert_true(op_whole(-INFINITY) == INT64_MIN);
}

static void wrapped(void **state)
{
    (void)state;
    assert_int_equal(op_wrap(MM_I8, 128), -128);
    assert_int_equal(op_wrap(MM_I8, -129), 127);
    assert_int_equal(op_wrap(MM_U8, -1), 255);
    assert_int_equal(op_wrap(MM_I4, 9), -7);
    assert_int_equal(op_wrap(MM_U32, -1), 4294967295LL);
    assert_true(op_wrap(MM_I64, INT64_MIN) == INT64_MIN);
    assert_int_equal(op_wrap(MM_BOOL, 7), 1);
}

static void in_and_out(void **state)
{
    (void)state;
    const double numbers[] = {1.7, 200, -1};
    double back[3];
    struct mm_value value;
    assert_int_equal(mm_value_new(&value, MM_I8, &SHAPE(4), 4, NULL), 0);
    op_write(&value, 1, 3, numbers);
    op_read(&value, 1, 3, back);
    assert_int_equal(value.i[0], 0);
    assert_near(back[0], 1, 0);
    assert_near(back[1], -56, 0);
    assert_near(back[2], -1, 0);
    mm_value_done(&value);
    assert_int_equal(mm_value_new(&value, MM_F32, &SHAPE(2), 4, NULL), 0);
    op_put(&value, 1, 0.1);
    assert_near(op_get(&value, 1), 0.1f, 0);
    mm_value_done(&value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers),
        cmocka_unit_test(wrapped),
        cmocka_unit_test(in_and_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
