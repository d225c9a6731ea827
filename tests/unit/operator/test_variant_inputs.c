#include "variant_testing.h"

static void bias(void **state)
{
    (void)state;
    struct op op = op_begin("Conv", 13);
    give(&op, SHAPE(1, 1, 2), FLOATS(1, 3));
    give(&op, SHAPE(1, 1, 1), FLOATS(2));
    give(&op, SHAPE(1), FLOATS(10));
    expect_variant(&op, "without its bias", 2, FLOATS(2, 6));
    op_end(&op);
    op = op_begin("Conv", 13);
    give(&op, SHAPE(1, 1, 2), FLOATS(1, 3));
    give(&op, SHAPE(1, 1, 1), FLOATS(2));
    expect_none(&op, "without its bias");
    op_end(&op);
}

static void order(void **state)
{
    (void)state;
    struct op op = op_begin("Concat", 13);
    give(&op, SHAPE(1), FLOATS(1));
    give(&op, SHAPE(2), FLOATS(2, 3));
    give(&op, SHAPE(1), FLOATS(4));
    set_int(&op, "axis", 0);
    expect_variant(&op, "with its inputs in reverse order", 4, FLOATS(4, 2, 3, 1));
    expect_variant(&op, "with its inputs moved on by one", 4, FLOATS(2, 3, 4, 1));
    expect_variant(&op, "with inputs 1 and 2 in each other's place", 4, FLOATS(1, 4, 2, 3));
    op_end(&op);
    op = op_begin("Div", 14);
    give(&op, SHAPE(2), FLOATS(1, 3));
    give(&op, SHAPE(2), FLOATS(2, 6));
    expect_variant(&op, "with its two inputs in each other's place", 2, FLOATS(2, 2));
    op_end(&op);
}

/* x 1..4 as 2 x 2 meets the kernel 1 2 / 3 4 once: 30; transposed 1 3 / 2 4: 1 + 6 + 6 + 16; turned 4 3 / 2 1: 20. */
static void kernels(void **state)
{
    (void)state;
    struct op op = op_begin("Conv", 13);
    give(&op, SHAPE(1, 1, 2, 2), FLOATS(1, 2, 3, 4));
    give(&op, SHAPE(1, 1, 2, 2), FLOATS(1, 2, 3, 4));
    expect_variant(&op, "with its kernels transposed (rows for columns)", 1, FLOATS(29));
    expect_variant(&op, "with its kernels turned by 180 degrees", 1, FLOATS(20));
    op_end(&op);
    op = op_begin("Conv", 13); /* [out, in] = 1 2 / 3 4 of 1x1 kernels */
    give(&op, SHAPE(1, 2, 1, 1), FLOATS(1, 10));
    give(&op, SHAPE(2, 2, 1, 1), FLOATS(1, 2, 3, 4));
    expect_variant(&op, "with its weights transposed (channels in for channels out)", 2, FLOATS(31, 42));
    op_end(&op);
}

static void matrices(void **state)
{
    (void)state;
    struct op op = op_begin("MatMul", 13);
    give(&op, SHAPE(1, 2), FLOATS(1, 10));
    give(&op, SHAPE(2, 2), FLOATS(1, 2, 3, 4));
    expect_variant(&op, "with its second matrix transposed", 2, FLOATS(21, 43));
    op_end(&op);
    op = op_begin("Gemm", 13);
    give(&op, SHAPE(1, 2), FLOATS(1, 10));
    give(&op, SHAPE(2, 2), FLOATS(1, 2, 3, 4));
    expect_variant(&op, "with transB 1 where the model says 0", 2, FLOATS(21, 43));
    op_end(&op);
    op = op_begin("MatMul", 13); /* 1 2 3 / 4 5 6; the bytes of its transpose are 1 4 2 5 3 6 */
    give(&op, SHAPE(1, 2), FLOATS(1, 10));
    give(&op, SHAPE(2, 3), FLOATS(1, 2, 3, 4, 5, 6));
    expect_variant(&op, "with the bytes of its weights in the other layout (transposed)", 3,
                   FLOATS(51, 34, 62));
    op_end(&op);
}

/* The step is 2 x 127 / 127 = 2: 127 and 3 lie between two, and go to the even multiple. */
static void halved(void **state)
{
    (void)state;
    struct op op = op_begin("Conv", 13);
    give(&op, SHAPE(1, 1, 1), FLOATS(1));
    give(&op, SHAPE(3, 1, 1), FLOATS(127, 3, -4));
    expect_variant(&op, "with int8 weights of 7 bits (halved)", 3, FLOATS(128, 4, -4));
    op_end(&op);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bias),     cmocka_unit_test(order),  cmocka_unit_test(kernels),
        cmocka_unit_test(matrices), cmocka_unit_test(halved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
