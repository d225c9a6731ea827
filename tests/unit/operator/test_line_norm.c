#include "operator_testing.h"

static struct op of(const char *type, struct mm_shape shape)
{
    static const float x[] = {1, 2, 3, 6, 0, 0, 4, 4};
    struct op op = op_begin(type, 21);
    give(&op, shape, x);
    return op;
}

/* Expected values of this file: NumPy's mean and var. */
static void layers(void **state)
{
    (void)state;
    struct op op = of("LayerNormalization", SHAPE(2, 4));
    give(&op, SHAPE(4), FLOATS(1, 2, 1, 0.5f));
    give(&op, SHAPE(4), FLOATS(0, 1, 0, -1));
    op.outputs = 3;
    expect_output(&op, 0, SHAPE(2, 4),
                  FLOATS(-1.06904344f, -0.0690434404f, 0, -0.19821742f, -0.99999875f, -0.9999975f,
                         0.99999875f, -0.500000625f));
    expect_output(&op, 1, SHAPE(2, 1), FLOATS(3, 2));
    expect_output(&op, 2, SHAPE(2, 1), FLOATS(0.53452172f, 0.499999375f));
    op_end(&op);
}

static void a_layer_of_several_axes(void **state)
{
    (void)state;
    struct op op = of("LayerNormalization", SHAPE(2, 2, 2));
    give(&op, SHAPE(1), FLOATS(1));
    set_int(&op, "axis", 1);
    expect(&op, SHAPE(2, 2, 2),
           FLOATS(-1.06904344f, -0.53452172f, 0, 1.60356516f, -0.99999875f, -0.99999875f, 0.99999875f,
                  0.99999875f));
    op = of("LayerNormalization", SHAPE(2, 4));
    give(&op, SHAPE(2), FLOATS(1, 1));
    expect_failure(&op, MM_EUNSUPPORTED, "other shapes");
}

static void root_mean_square(void **state)
{
    (void)state;
    static const char *const types[] = {"RMSNormalization", "SimplifiedLayerNormalization"};
    for (size_t i = 0; i < MM_COUNT(types); i++) {
        struct op op = of(types[i], SHAPE(2, 4));
        give(&op, SHAPE(4), FLOATS(1, 2, 1, 0.5f));
        expect(&op, SHAPE(2, 4),
               FLOATS(0.282842599f, 1.1313704f, 0.848527798f, 0.848527798f, 0, 0, 1.41421268f, 0.707106339f));
    }
}

static void groups(void **state)
{
    (void)state;
    struct op op = of("GroupNormalization", SHAPE(1, 4, 2));
    give(&op, SHAPE(4), FLOATS(1, 2, 3, 4));
    give(&op, SHAPE(4), FLOATS(0, 1, 0, 1));
    set_int(&op, "num_groups", 2);
    expect(
        &op, SHAPE(1, 4, 2),
        FLOATS(-1.06904344f, -0.53452172f, 1, 4.20713032f, -2.99999625f, -2.99999625f, 4.999995f, 4.999995f));
    op = of("GroupNormalization", SHAPE(1, 4, 2)); /* opset 18: a scale a group */
    give(&op, SHAPE(2), FLOATS(1, 2));
    give(&op, SHAPE(2), FLOATS(0, 1));
    set_int(&op, "num_groups", 2);
    expect(
        &op, SHAPE(1, 4, 2),
        FLOATS(-1.06904344f, -0.53452172f, 0, 1.60356516f, -0.9999975f, -0.9999975f, 2.9999975f, 2.9999975f));
    op = of("GroupNormalization", SHAPE(1, 4, 2));
    give(&op, SHAPE(4), FLOATS(1, 2, 3, 4));
    give(&op, SHAPE(4), FLOATS(0, 1, 0, 1));
    set_int(&op, "num_groups", 3);
    expect_failure(&op, MM_EARG, "4 channels, 3 groups");
}

/* The second image begins with the first channel's scale again. */
static void instances(void **state)
{
    (void)state;
    struct op op = of("InstanceNormalization", SHAPE(1, 2, 4));
    give(&op, SHAPE(2), FLOATS(1, 2));
    give(&op, SHAPE(2), FLOATS(0, 1));
    expect(
        &op, SHAPE(1, 2, 4),
        FLOATS(-1.06904344f, -0.53452172f, 0, 1.60356516f, -0.9999975f, -0.9999975f, 2.9999975f, 2.9999975f));
    op = op_begin("InstanceNormalization", 6);
    give(&op, SHAPE(2, 2, 2), FLOATS(-1, 1, -1, 1, -1, 1, -1, 1));
    give(&op, SHAPE(2), FLOATS(1, 2));
    give(&op, SHAPE(2), FLOATS(0, 10));
    set_float(&op, "epsilon", 0);
    expect(&op, SHAPE(2, 2, 2), FLOATS(-1, 1, 8, 12, -1, 1, 8, 12));
}

static void mean_and_variance(void **state)
{
    (void)state;
    struct op op = of("MeanVarianceNormalization", SHAPE(1, 2, 2, 2));
    expect(&op, SHAPE(1, 2, 2, 2), FLOATS(-1.06904497f, -0.534522484f, 0, 1.60356745f, -1, -1, 1, 1));
    op = of("MeanVarianceNormalization", SHAPE(2, 4));
    set_ints(&op, "axes", 1, INTS(1));
    expect(&op, SHAPE(2, 4), FLOATS(-1.06904497f, -0.534522484f, 0, 1.60356745f, -1, -1, 1, 1));
    op = of("MeanVarianceNormalization", SHAPE(2, 4));
    expect_failure(&op, MM_EARG, "2 axes, not 4");
}

static void norms(void **state)
{
    (void)state;
    struct op op = op_begin("LpNormalization", 1);
    give(&op, SHAPE(3, 2), FLOATS(3, 4, 0, 0, 0, -2));
    expect(&op, SHAPE(3, 2), FLOATS(0.6f, 0.8f, 0, 0, 0, -1));
    op = op_begin("LpNormalization", 1);
    give(&op, SHAPE(2, 2), FLOATS(3, 4, -1, 4));
    set_int(&op, "axis", 0);
    set_int(&op, "p", 1);
    expect(&op, SHAPE(2, 2), FLOATS(0.75f, 0.5f, -0.25f, 0.5f));
    op = op_begin("LpNormalization", 1);
    give(&op, SHAPE(1), FLOATS(3));
    set_int(&op, "p", 3);
    expect_failure(&op, MM_EUNSUPPORTED, "p is 3");
}

static void across_channels(void **state)
{
    (void)state;
    static const float sized[2][3] = {{0.534522484f, 0.730296743f, 1.2792043f},
                                      {0.612372436f, 0.84016805f, 1.29903811f}};
    for (int size = 2; size <= 3; size++) {
        struct op op = op_begin("LRN", 13);
        give(&op, SHAPE(1, 3, 1), FLOATS(1, 2, 3));
        set_int(&op, "size", size);
        set_float(&op, "alpha", 1);
        set_float(&op, "beta", 0.5f);
        expect(&op, SHAPE(1, 3, 1), sized[size - 2]);
    }
    struct op op = op_begin("LRN", 13);
    give(&op, SHAPE(1, 3, 1), FLOATS(1, 2, 3));
    expect_failure(&op, MM_EARG, "a size of 0");
}

static void one_group_of_all(void **state)
{
    (void)state;
    struct op op = of("GroupNormalization", SHAPE(2, 2, 2));
    give(&op, SHAPE(2), FLOATS(1, 2));
    give(&op, SHAPE(2), FLOATS(0, 1));
    set_int(&op, "num_groups", 1);
    expect(&op, SHAPE(2, 2, 2),
           FLOATS(-1.06904344f, -0.53452172f, 1, 4.20713032f, -0.99999875f, -0.99999875f, 2.9999975f,
                  2.9999975f));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers),
        cmocka_unit_test(a_layer_of_several_axes),
        cmocka_unit_test(root_mean_square),
        cmocka_unit_test(groups),
        cmocka_unit_test(instances),
        cmocka_unit_test(mean_and_variance),
        cmocka_unit_test(norms),
        cmocka_unit_test(across_channels),
        cmocka_unit_test(one_group_of_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
