#include "operator_testing.h"

static const float x[] = {0, 1, 2, 3, 4, 5, 6, 7};

static void depth_to_space(void **state)
{
    (void)state;
    /* two channels of 2 x 2 from eight: DCR takes channels 0 2 4 6 and 1 3 5 7, CRD 0 1 2 3 and 4 5 6 7 */
    struct op op = op_begin("DepthToSpace", 11);
    give(&op, SHAPE(1, 8, 1, 1), x);
    set_int(&op, "blocksize", 2);
    expect(&op, SHAPE(1, 2, 2, 2), FLOATS(0, 2, 4, 6, 1, 3, 5, 7));
    op = op_begin("DepthToSpace", 11);
    give(&op, SHAPE(1, 8, 1, 1), x);
    set_int(&op, "blocksize", 2);
    set_text(&op, "mode", "CRD");
    expect(&op, SHAPE(1, 2, 2, 2), x);
}

static void space_to_depth(void **state)
{
    (void)state;
    struct op op = op_begin("SpaceToDepth", 13);
    give(&op, SHAPE(1, 2, 2, 2), x);
    set_int(&op, "blocksize", 2);
    expect(&op, SHAPE(1, 8, 1, 1), FLOATS(0, 4, 1, 5, 2, 6, 3, 7));
    op = op_begin("SpaceToDepth", 13);
    give(&op, SHAPE(1, 1, 2, 4), x);
    set_int(&op, "blocksize", 2);
    expect(&op, SHAPE(1, 4, 1, 2), FLOATS(0, 2, 1, 3, 4, 6, 5, 7));
}

static void what_does_not_fit(void **state)
{
    (void)state;
    struct op op = op_begin("DepthToSpace", 11);
    give(&op, SHAPE(1, 8, 1, 1), x);
    set_int(&op, "blocksize", 3);
    expect_failure(&op, MM_EARG, "8 channels for blocks of 3");
    op = op_begin("SpaceToDepth", 11);
    give(&op, SHAPE(1, 2, 2, 2), x);
    set_int(&op, "blocksize", 4);
    expect_failure(&op, MM_EARG, "2 x 2 places");
    op = op_begin("DepthToSpace", 11);
    give(&op, SHAPE(8, 1, 1), x);
    set_int(&op, "blocksize", 1);
    expect_failure(&op, MM_EARG, "3 axes, not 4");
    op = op_begin("DepthToSpace", 11);
    give(&op, SHAPE(1, 8, 1, 1), x);
    expect_failure(&op, MM_EARG, "a block of 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(depth_to_space),
        cmocka_unit_test(space_to_depth),
        cmocka_unit_test(what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
