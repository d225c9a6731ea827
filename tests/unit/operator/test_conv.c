#include "operator_testing.h"

static void by_hand(void **state)
{
    (void)state;
    struct op op = op_begin("Conv", 11);
    give(&op, SHAPE(1, 1, 2, 3), FLOATS(1, 2, 3, 4, 5, 6));
    give(&op, SHAPE(1, 1, 2, 2), FLOATS(1, 0, 0, -1));
    give(&op, SHAPE(1), FLOATS(10));
    expect(&op, SHAPE(1, 1, 1, 2), FLOATS(6, 6));
    op = op_begin("ConvTranspose", 11);
    give(&op, SHAPE(1, 1, 2), FLOATS(1, 2));
    give(&op, SHAPE(1, 1, 3), FLOATS(1, 10, 100));
    set_ints(&op, "strides", 1, INTS(2));
    expect(&op, SHAPE(1, 1, 5), FLOATS(1, 10, 102, 20, 200));
}

/* What lies in the padding adds nothing. */
static void groups_and_pads(void **state)
{
    (void)state;
    struct op op = op_begin("Conv", 11);
    give(&op, SHAPE(1, 2, 2), FLOATS(1, 2, 3, 4));
    give(&op, SHAPE(4, 1, 3), FLOATS(1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -2, -3));
    set_int(&op, "group", 2);
    set_ints(&op, "pads", 2, INTS(1, 1));
    expect(&op, SHAPE(1, 4, 2), FLOATS(8, 5, 17, 14, 60, 53, -18, -11));
}

static void refuse(const char *type, struct mm_shape x, struct mm_shape w, int64_t bias, int64_t group,
                   const char *part)
{
    static const float zeros[64];
    struct op op = op_begin(type, 11);
    give(&op, x, zeros);
    give(&op, w, zeros);
    give(&op, SHAPE(bias), zeros);
    set_int(&op, "group", group);
    expect_failure(&op, MM_EARG, part);
}

static void what_does_not_fit(void **state)
{
    (void)state;
    refuse("Conv", SHAPE(1, 3, 4), SHAPE(2, 2, 3), 2, 1, "weights for 2 channels, the input has 3");
    refuse("Conv", SHAPE(1, 2, 4), SHAPE(2, 2, 3), 3, 1, "a bias of 3 for 2 channels");
    refuse("Conv", SHAPE(1, 2, 4), SHAPE(3, 1, 3), 3, 2, "2 groups");
    refuse("Conv", SHAPE(1, 2, 4), SHAPE(3, 1, 3), 3, 0, "0 groups");
    refuse("Conv", SHAPE(1, 2, 4), SHAPE(3, 2, 3, 3), 3, 1, "different axes");
    refuse("Conv", SHAPE(1, 2, 4), SHAPE(0, 2, 3), 1, 1, "no weights");
    refuse("ConvTranspose", SHAPE(1, 3, 4), SHAPE(2, 2, 3), 2, 1, "weights for 2 channels, the input has 3");
    refuse("ConvTranspose", SHAPE(1, 2, 4), SHAPE(2, 2, 3), 3, 1, "a bias of 3 for 2 channels");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(groups_and_pads),
        cmocka_unit_test(what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
