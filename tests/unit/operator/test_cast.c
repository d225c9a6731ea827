#include "operator_testing.h"

static struct op cast(const float *x, int64_t to)
{
    struct op op = op_begin("Cast", 13);
    give(&op, SHAPE(4), x);
    set_int(&op, "to", to);
    return op;
}

static void to_integers(void **state)
{
    (void)state;
    const float x[] = {-1.9f, 0.5f, 2.5f, 300};
    struct op op = cast(x, 7);
    expect_ints(&op, SHAPE(4), INTS(-1, 0, 2, 300));
    op = cast(x, 2);
    expect_ints(&op, SHAPE(4), INTS(255, 0, 2, 44));
    op = cast(x, 9);
    expect_ints(&op, SHAPE(4), INTS(1, 1, 1, 1));
}

static void to_narrow_floats(void **state)
{
    (void)state;
    const float x[] = {1.0f / 3, 65520, 1e-8f, NAN};
    struct op op = cast(x, 10);
    expect(&op, SHAPE(4), FLOATS(0.333251953f, INFINITY, 0, NAN));
    op = cast(x, 16);
    expect(&op, SHAPE(4), FLOATS(0.333984375f, 65536, 1.00117177e-8f, NAN));
    op = cast(x, 11);
    expect(&op, SHAPE(4), x);
}

static void to_what_is_not_there(void **state)
{
    (void)state;
    struct op op = cast(FLOATS(1, 2, 3, 4), 8);
    expect_failure(&op, MM_EUNSUPPORTED, "data type 8");
    op = cast(FLOATS(1, 2, 3, 4), 17);
    expect_failure(&op, MM_EUNSUPPORTED, "float of 8 bits");
    op = cast(FLOATS(1, 2, 3, 4), -1);
    expect_failure(&op, MM_EUNSUPPORTED, "data type -1");
}

static void like_another(void **state)
{
    (void)state;
    struct op op = op_begin("CastLike", 15);
    give(&op, SHAPE(2), FLOATS(1.5f, -2.5f));
    give_ints(&op, SHAPE(1), INTS(0));
    expect_ints(&op, SHAPE(2), INTS(1, -2));
}

static void given_back(void **state)
{
    (void)state;
    struct op op = op_begin("Identity", 13);
    give_ints(&op, SHAPE(1, 2), INTS(INT64_MAX, 3));
    expect_ints(&op, SHAPE(1, 2), INTS(INT64_MAX, 3));
    op = op_begin("Dropout", 7);
    give(&op, SHAPE(2), FLOATS(1, 2));
    set_float(&op, "ratio", 0.5f);
    expect_output(&op, 0, SHAPE(2), FLOATS(1, 2));
    expect_ints_output(&op, 1, SHAPE(2), INTS(1, 1));
    op_end(&op);
    op = op_begin("Dropout", 13);
    give(&op, SHAPE(2), FLOATS(1, 2));
    give(&op, SCALAR, FLOATS(0.5f));
    give_ints(&op, SCALAR, INTS(1));
    expect_failure(&op, MM_EUNSUPPORTED, "training");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(to_integers),          cmocka_unit_test(to_narrow_floats),
        cmocka_unit_test(to_what_is_not_there), cmocka_unit_test(like_another),
        cmocka_unit_test(given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
