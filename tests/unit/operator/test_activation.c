#include "operator_testing.h"

static const float xs[] = {-2, -0.5f, 0, 1, 3};

static struct op of(const char *type)
{
    struct op op = op_begin(type, 20);
    give(&op, SHAPE(5), xs);
    return op;
}

static void without_parameters(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        float y[5];
    } rows[] = {
        {"Relu", {0, 0, 0, 1, 3}},
        {"LeakyRelu", {-0.02f, -0.005f, 0, 1, 3}},
        {"ThresholdedRelu", {0, 0, 0, 0, 3}},
        {"Elu", {-0.864664717f, -0.39346934f, 0, 1, 3}},
        {"Selu", {-1.52016647f, -0.69175819f, 0, 1.05070102f, 3.15210307f}},
        {"Sigmoid", {0.119202922f, 0.377540669f, 0.5f, 0.731058579f, 0.952574127f}},
        {"HardSigmoid", {0.1f, 0.4f, 0.5f, 0.7f, 1}},
        {"HardSwish", {-0.333333333f, -0.208333333f, 0, 0.666666667f, 3}},
        {"Swish", {-0.238405844f, -0.188770334f, 0, 0.731058579f, 2.85772238f}},
        {"QuickGelu", {-0.0643413769f, -0.149611563f, 0, 0.845795766f, 2.98192869f}},
        {"Mish", {-0.252501483f, -0.220743775f, 0, 0.865098388f, 2.986535f}},
        {"Softplus", {0.126928011f, 0.474076984f, 0.693147181f, 1.31326169f, 3.04858735f}},
        {"Softsign", {-0.666666667f, -0.333333333f, 0, 0.5f, 0.75f}},
        {"Gelu", {-0.0455002639f, -0.154268769f, 0, 0.841344746f, 2.99595031f}},
        {"Shrink", {-2, 0, 0, 1, 3}},
    };
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct op op = of(rows[i].type);
        expect(&op, SHAPE(5), rows[i].y);
    }
}

static void with_parameters(void **state)
{
    (void)state;
    struct op op = of("Elu");
    set_float(&op, "alpha", 2);
    expect(&op, SHAPE(5), FLOATS(-1.72932943f, -0.786938681f, 0, 1, 3));
    op = of("Celu");
    set_float(&op, "alpha", 2);
    expect(&op, SHAPE(5), FLOATS(-1.26424112f, -0.442398434f, 0, 1, 3));
    op = of("LeakyRelu");
    set_float(&op, "alpha", 0.25f);
    expect(&op, SHAPE(5), FLOATS(-0.5f, -0.125f, 0, 1, 3));
    op = of("HardSigmoid");
    set_float(&op, "alpha", 0.5f);
    set_float(&op, "beta", 0.75f);
    expect(&op, SHAPE(5), FLOATS(0, 0.5f, 0.75f, 1, 1));
    op = of("Selu");
    set_float(&op, "alpha", 0);
    set_float(&op, "gamma", 2);
    expect(&op, SHAPE(5), FLOATS(0, 0, 0, 2, 6));
    op = of("Shrink");
    set_float(&op, "lambd", 1);
    set_float(&op, "bias", 0.5f);
    expect(&op, SHAPE(5), FLOATS(-1.5f, 0, 0, 0, 2.5f));
    op = of("Swish");
    set_float(&op, "alpha", 2);
    expect(&op, SHAPE(5), FLOATS(-0.0359724199f, -0.134470711f, 0, 0.880797078f, 2.99258213f));
    op = of("Gelu");
    set_text(&op, "approximate", "tanh");
    expect(&op, SHAPE(5), FLOATS(-0.0454023059f, -0.15428599f, 0, 0.841191991f, 2.99636261f));
    op = of("Gelu");
    set_text(&op, "approximate", "sine");
    expect_failure(&op, MM_EUNSUPPORTED, "sine");
}

static void far_out_and_not_a_number(void **state)
{
    (void)state;
    static const char *const types[] = {"Relu",      "Sigmoid", "Softplus",        "Mish", "HardSwish",
                                        "LeakyRelu", "Clip",    "ThresholdedRelu", "Elu",  "HardSigmoid"};
    for (size_t i = 0; i < MM_COUNT(types); i++) {
        struct op op = op_begin(types[i], 13);
        give(&op, SHAPE(1), FLOATS(NAN));
        expect(&op, SHAPE(1), FLOATS(NAN));
    }
    struct op op = op_begin("Sigmoid", 13);
    give(&op, SHAPE(2), FLOATS(-1e4f, 1e4f));
    expect(&op, SHAPE(2), FLOATS(0, 1));
    op = op_begin("Softplus", 13);
    give(&op, SHAPE(2), FLOATS(-1e4f, 1e4f));
    expect(&op, SHAPE(2), FLOATS(0, 1e4f));
    op = op_begin("Mish", 13);
    give(&op, SHAPE(1), FLOATS(1e4f));
    expect(&op, SHAPE(1), FLOATS(1e4f));
}

static void clip_before_and_since_11(void **state)
{
    (void)state;
    struct op op = op_begin("Clip", 6);
    give(&op, SHAPE(5), xs);
    set_float(&op, "min", -1);
    set_float(&op, "max", 0.5f);
    expect(&op, SHAPE(5), FLOATS(-1, -0.5f, 0, 0.5f, 0.5f));
    op = op_begin("Clip", 13);
    give(&op, SHAPE(5), xs);
    give(&op, SCALAR, FLOATS(-1));
    give(&op, SCALAR, FLOATS(0.5f));
    expect(&op, SHAPE(5), FLOATS(-1, -0.5f, 0, 0.5f, 0.5f));
    op = op_begin("Clip", 13);
    give(&op, SHAPE(5), xs);
    give_none(&op);
    give(&op, SCALAR, FLOATS(0.5f));
    expect(&op, SHAPE(5), FLOATS(-2, -0.5f, 0, 0.5f, 0.5f));
}

static void clip_with_bounds_that_cross(void **state)
{
    (void)state;
    struct op op = op_begin("Clip", 13);
    give(&op, SHAPE(5), xs);
    give(&op, SCALAR, FLOATS(2));
    give(&op, SCALAR, FLOATS(1));
    expect(&op, SHAPE(5), FLOATS(1, 1, 1, 1, 1));
    op = op_begin("Clip", 13);
    give(&op, SHAPE(5), xs);
    give(&op, SCALAR, FLOATS(2));
    call_of(&op);
    op.input[1] = NULL;
    expect_failure(&op, MM_EUNSUPPORTED, "input 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_parameters),          cmocka_unit_test(with_parameters),
        cmocka_unit_test(far_out_and_not_a_number),    cmocka_unit_test(clip_before_and_since_11),
        cmocka_unit_test(clip_with_bounds_that_cross),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
