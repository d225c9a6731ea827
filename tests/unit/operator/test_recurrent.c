#include "operator_testing.h"

/* One unit, one feature, weights 1, no bias: h' = tanh(x + h). */
static void give_simple(struct op *op, const float *x, int64_t directions)
{
    static const float ones[] = {1, 1};
    give(op, SHAPE(3, 1, 1), x);
    give(op, SHAPE(directions, 1, 1), ones);
    give(op, SHAPE(directions, 1, 1), ones);
}

static void rnn(void **state)
{
    (void)state;
    const float x[] = {0.5f, -1, 2};
    const double a = tanh(0.5), b = tanh(a - 1), c = tanh(b + 2); /* forwards */
    const double z = tanh(2), y = tanh(z - 1), w = tanh(y + 0.5); /* backwards */
    struct op op = op_begin("RNN", 14);
    give_simple(&op, x, 1);
    expect_output(&op, 0, SHAPE(3, 1, 1, 1), FLOATS((float)a, (float)b, (float)c));
    expect_output(&op, 1, SHAPE(1, 1, 1), FLOATS((float)c));
    op_end(&op);
    op = op_begin("RNN", 14);
    give_simple(&op, x, 1);
    set_text(&op, "direction", "reverse");
    expect_output(&op, 0, SHAPE(3, 1, 1, 1), FLOATS((float)w, (float)y, (float)z));
    expect_output(&op, 1, SHAPE(1, 1, 1), FLOATS((float)w));
    op_end(&op);
    op = op_begin("RNN", 14);
    give_simple(&op, x, 2);
    set_text(&op, "direction", "bidirectional");
    expect_output(&op, 0, SHAPE(3, 2, 1, 1),
                  FLOATS((float)a, (float)w, (float)b, (float)y, (float)c, (float)z));
    expect_output(&op, 1, SHAPE(2, 1, 1), FLOATS((float)c, (float)w));
    op_end(&op);
}

/* Backwards from the last of two; behind them nothing is written. */
static void lengths(void **state)
{
    (void)state;
    const double b = tanh(-1), a = tanh(b + 0.5);
    struct op op = op_begin("RNN", 14);
    give_simple(&op, FLOATS(0.5f, -1, 2), 1);
    give_none(&op);
    give_ints(&op, SHAPE(1), INTS(2));
    set_text(&op, "direction", "reverse");
    expect_output(&op, 0, SHAPE(3, 1, 1, 1), FLOATS((float)a, (float)b, 0));
    expect_output(&op, 1, SHAPE(1, 1, 1), FLOATS((float)a));
    op_end(&op);
}

static double sigmoid(double v)
{
    return 1 / (1 + exp(-v));
}

/* x = 1, h = 0.5; weights of z, r, h are 1 2 3 for x and 1 -1 2 for h; biases of h are 0.25 and 0.5. */
static void gru(void **state)
{
    (void)state;
    const double z = sigmoid(1.5), r = sigmoid(1.5);
    const double before = tanh(3.25 + 2 * (r * 0.5) + 0.5), after = tanh(3.25 + r * (2 * 0.5 + 0.5));
    for (int linear = 0; linear < 2; linear++) {
        struct op op = op_begin("GRU", 14);
        give(&op, SHAPE(1, 1, 1), FLOATS(1));
        give(&op, SHAPE(1, 3, 1), FLOATS(1, 2, 3));
        give(&op, SHAPE(1, 3, 1), FLOATS(1, -1, 2));
        give(&op, SHAPE(1, 6), FLOATS(0, 0, 0.25f, 0, 0, 0.5f));
        give_none(&op);
        give(&op, SHAPE(1, 1, 1), FLOATS(0.5f));
        set_int(&op, "linear_before_reset", linear);
        double h = (1 - z) * (linear ? after : before) + z * 0.5;
        expect_output(&op, 1, SHAPE(1, 1, 1), FLOATS((float)h));
        op_end(&op);
    }
}

/* x = 1, h = 0.5, c = 2: gates i o f c of x are 1 2 3 4, of h 2; peepholes 0.1 0.2 0.3. */
static void lstm(void **state)
{
    (void)state;
    struct op op = op_begin("LSTM", 14);
    give(&op, SHAPE(1, 1, 1), FLOATS(1));
    give(&op, SHAPE(1, 4, 1), FLOATS(1, -2, -3, 0.4f));
    give(&op, SHAPE(1, 4, 1), FLOATS(2, 2, 2, 2));
    give_none(&op);
    give_none(&op);
    give(&op, SHAPE(1, 1, 1), FLOATS(0.5f));
    give(&op, SHAPE(1, 1, 1), FLOATS(2));
    give(&op, SHAPE(1, 3), FLOATS(0.1f, 0.2f, 0.3f));
    op.outputs = 3;
    const double i = sigmoid(2 + 0.2), f = sigmoid(-2 + 0.6), c = f * 2 + i * tanh(1.4);
    const double h = sigmoid(-1 + 0.2 * c) * tanh(c);
    expect_output(&op, 0, SHAPE(1, 1, 1, 1), FLOATS((float)h));
    expect_output(&op, 1, SHAPE(1, 1, 1), FLOATS((float)h));
    expect_output(&op, 2, SHAPE(1, 1, 1), FLOATS((float)c));
    op_end(&op);
}

/* A picture first: two of two steps each, Y has [batch, time, direction, unit]. */
static void batch_first(void **state)
{
    (void)state;
    const double a = tanh(0.5), b = tanh(a - 1), c = tanh(2), d = tanh(c + 1);
    struct op op = op_begin("RNN", 14);
    give(&op, SHAPE(2, 2, 1), FLOATS(0.5f, -1, 2, 1));
    give(&op, SHAPE(1, 1, 1), FLOATS(1));
    give(&op, SHAPE(1, 1, 1), FLOATS(1));
    set_int(&op, "layout", 1);
    expect_output(&op, 0, SHAPE(2, 2, 1, 1), FLOATS((float)a, (float)b, (float)c, (float)d));
    expect_output(&op, 1, SHAPE(2, 1, 1), FLOATS((float)b, (float)d));
    op_end(&op);
}

/* Sums are cut off at 0.5 before the activation. */
static void clip(void **state)
{
    (void)state;
    struct op op = op_begin("RNN", 14);
    give_simple(&op, FLOATS(3, -4, 0), 1);
    set_float(&op, "clip", 0.5f);
    const double most = tanh(0.5);
    expect_output(&op, 0, SHAPE(3, 1, 1, 1), FLOATS((float)most, (float)-most, (float)tanh(-most)));
    op_end(&op);
}

static void wrong(void **state)
{
    (void)state;
    struct op op = op_begin("LSTM", 14);
    give(&op, SHAPE(1, 1, 1), FLOATS(1));
    give(&op, SHAPE(1, 4, 1), FLOATS(1, 2, 3, 4));
    give(&op, SHAPE(1, 4, 1), FLOATS(1, 2, 3, 4));
    give(&op, SHAPE(1, 4), FLOATS(0, 0, 0, 0));
    expect_failure(&op, MM_EARG, "B has 4 values, not 8");
    op = op_begin("GRU", 14);
    give(&op, SHAPE(1, 1, 1), FLOATS(1));
    expect_failure(&op, MM_EUNSUPPORTED, "input 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rnn),   cmocka_unit_test(lengths),     cmocka_unit_test(gru),
        cmocka_unit_test(lstm),  cmocka_unit_test(batch_first), cmocka_unit_test(clip),
        cmocka_unit_test(wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
