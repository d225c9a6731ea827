#include "operator_testing.h"

static void views_and_new_ones(void **state)
{
    (void)state;
    struct mm_value f = mm_value_floats(&SHAPE(2, 2), FLOATS(1, 2, 3, 4)), made;
    struct mm_value i = mm_value_ints(&SCALAR, INTS(-7));
    assert_int_equal(f.count, 4);
    assert_int_equal(f.dtype, MM_F32);
    assert_null(f.owned);
    assert_near(mm_value_at(&f, 3), 4, 0);
    assert_int_equal(i.count, 1);
    assert_near(mm_value_at(&i, 0), -7, 0);
    assert_int_equal(mm_value_new(&made, MM_I8, &SHAPE(3, 2), 6, NULL), 0);
    assert_null(made.f);
    assert_ptr_equal(made.i, made.owned);
    assert_int_equal(made.count, 6);
    assert_int_equal(made.i[5], 0);
    mm_value_done(&made);
    assert_null(made.i);
    assert_int_equal(mm_value_new(&made, MM_BF16, &SHAPE(3, 0), 0, NULL), 0);
    assert_non_null(made.f);
    assert_int_equal(made.count, 0);
    mm_value_done(&made);
}

static void what_can_not_be_made(void **state)
{
    (void)state;
    struct mm_value value;
    struct mm_err err;
    assert_int_equal(mm_value_new(&value, MM_F32, &SHAPE(3, 2), 5, &err), -1);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    assert_non_null(strstr(err.text, "6 elements"));
    assert_int_equal(mm_value_new(&value, MM_F32, &SHAPE(3, -2), 5, &err), -1);
    assert_int_equal(err.code, MM_EARG);
    assert_int_equal(mm_value_new(&value, MM_F32, &SHAPE(INT64_MAX, 4), 5, &err), -1);
    assert_int_equal(err.code, MM_EARG);
    assert_null(value.owned);
}

static void read(struct mm_value *value, enum mm_dtype dtype, struct mm_shape shape, const void *data)
{
    struct mm_tensor tensor;
    struct mm_run run;
    struct mm_err err;
    mm_tensor_raw(&tensor, dtype, &shape, data, &run);
    if (mm_value_decode(value, &tensor, 1000, NULL, &err))
        fail_msg("%s", err.text);
}

static void from_tensors(void **state)
{
    (void)state;
    static const float floats[] = {1.5f, -2};
    static const uint16_t halves[] = {0x3c00, 0xc000}; /* 1, -2 */
    static const int64_t wide[] = {INT64_MAX, -3};
    static const uint8_t bytes[] = {0, 255};
    struct mm_value value;
    read(&value, MM_F32, SHAPE(2), floats);
    assert_ptr_equal(value.f, floats);
    assert_null(value.owned);
    read(&value, MM_F16, SHAPE(2), halves);
    assert_int_equal(value.dtype, MM_F16);
    assert_near(value.f[0], 1, 0);
    assert_near(value.f[1], -2, 0);
    mm_value_done(&value);
    read(&value, MM_F16, SHAPE(1), halves);
    assert_near(value.f[0], 1, 0);
    mm_value_done(&value);
    read(&value, MM_I64, SHAPE(2), wide);
    assert_true(value.i[0] == INT64_MAX); /* 2^63 as a double: the end of the range */
    assert_int_equal(value.i[1], -3);
    mm_value_done(&value);
    read(&value, MM_U8, SHAPE(1, 2), bytes);
    assert_int_equal(value.i[1], 255);
    mm_value_done(&value);
}

static void a_quantised_tensor_is_floats(void **state)
{
    (void)state;
    static const int8_t bytes[] = {-3, 7};
    struct mm_tensor tensor;
    struct mm_value value;
    struct mm_run run;
    mm_tensor_raw(&tensor, MM_I8, &SHAPE(2), bytes, &run);
    tensor.quantised = true;
    tensor.scale = 0.5;
    tensor.zero_point = 1;
    assert_int_equal(mm_value_decode(&value, &tensor, 2, NULL, NULL), 0);
    assert_near(value.f[0], -2, 0);
    assert_near(value.f[1], 3, 0);
    mm_value_done(&value);
}

static void reading_ends(void **state)
{
    (void)state;
    static const char text[] = "1.5 x";
    struct mm_run run = {.data = (const uint8_t *)text, .size = 5, .count = 2};
    struct mm_tensor tensor = {.dtype = MM_F32, .stored = MM_F32, .encoding = MM_ENC_TEXT, .shape = SHAPE(2)};
    struct mm_value value;
    struct mm_err err;
    atomic_bool cancel = true;
    tensor.count = 2;
    tensor.run = &run;
    tensor.runs = 1;
    assert_int_equal(mm_value_decode(&value, &tensor, 2, NULL, &err), -1);
    assert_int_equal(err.code, MM_ECORRUPT);
    assert_int_equal(mm_value_decode(&value, &tensor, 1, NULL, &err), -1);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    assert_int_equal(mm_value_decode(&value, &tensor, 2, &cancel, &err), -1);
    assert_int_equal(err.code, MM_ECANCELLED);
    assert_null(value.owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_and_new_ones), cmocka_unit_test(what_can_not_be_made),
        cmocka_unit_test(from_tensors),       cmocka_unit_test(a_quantised_tensor_is_floats),
        cmocka_unit_test(reading_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
