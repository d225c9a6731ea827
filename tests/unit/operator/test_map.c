#include "operator_testing.h"
#include "operator/map.h"

static void merged_and_filled(void **state)
{
    (void)state;
    /* a 2 x 3 matrix; rows: the second, none, the first; columns: backwards */
    const float x[] = {1, 2, 3, 4, 5, 6};
    struct mm_value in = mm_value_floats(&SHAPE(2, 3), x), out = {0};
    struct mm_operator_call call = {.limit = 100};
    struct op_map map = {.limit = 100};
    int64_t *rows = op_map_axis(&map, 3), *columns = op_map_axis(&map, 3);
    const float expected[] = {6, 5, 4, 9, 9, 9, 3, 2, 1};
    rows[0] = 3;
    rows[1] = OP_FILL;
    rows[2] = 0;
    for (int k = 0; k < 3; k++)
        columns[k] = 2 - k;
    assert_int_equal(op_map_run(&call, &map, &in, 9, &SHAPE(3, 3), &out, NULL), 0);
    assert_memory_equal(out.f, expected, sizeof expected);
    mm_value_done(&out);
}

static void neighbours_and_holes(void **state)
{
    (void)state;
    const int64_t x[] = {1, 2, 3, 4};
    struct mm_value in = mm_value_ints(&SHAPE(4), x), out = {0};
    struct mm_operator_call call = {.limit = 100};
    struct op_map map = {.limit = 100};
    int64_t *at = op_map_axis(&map, 3);
    at[0] = OP_FILL;
    at[1] = 2;
    at[2] = 3;
    assert_int_equal(op_map_run(&call, &map, &in, -5, &SHAPE(3), &out, NULL), 0);
    assert_int_equal(out.i[0], -5);
    assert_int_equal(out.i[1], 3);
    assert_int_equal(out.i[2], 4);
    mm_value_done(&out);
    map = (struct op_map){.limit = 100};
    op_map_plain(&map, 2, 2);
    assert_int_equal(op_map_run(&call, &map, &in, 0, &SHAPE(2), &out, NULL), 0);
    assert_int_equal(out.i[1], 3);
    mm_value_done(&out);
}

static void scalars_and_nothing(void **state)
{
    (void)state;
    const float x[] = {7};
    struct mm_value in = mm_value_floats(&SCALAR, x), out = {0};
    struct mm_operator_call call = {.limit = 100};
    struct op_map map = {.limit = 100};
    assert_int_equal(op_map_run(&call, &map, &in, 0, &SCALAR, &out, NULL), 0);
    assert_near(out.f[0], 7, 0);
    mm_value_done(&out);
    map = (struct op_map){.limit = 100};
    assert_null(op_map_axis(&map, 0));
    assert_int_equal(op_map_run(&call, &map, &in, 0, &SHAPE(0), &out, NULL), 0);
    assert_int_equal(out.count, 0);
    mm_value_done(&out);
}

static void longer_than_the_limit(void **state)
{
    (void)state;
    const float x[] = {7};
    struct op op = op_begin("Expand", 13);
    struct mm_err err;
    give(&op, SCALAR, x);
    struct mm_operator_call call = call_of(&op);
    struct mm_value out = {0};
    struct op_map map = {.limit = call.limit};
    assert_null(op_map_axis(&map, call.limit + 1));
    assert_int_equal(op_map_run(&call, &map, call.input[0], 0, &SHAPE(call.limit + 1), &out, &err), -1);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    op_end(&op);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merged_and_filled),
        cmocka_unit_test(neighbours_and_holes),
        cmocka_unit_test(scalars_and_nothing),
        cmocka_unit_test(longer_than_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
