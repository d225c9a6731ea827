#include "operator_testing.h"

static int axis(const char *type, const char *turned, int weight, int rank)
{
    struct op op = op_begin(type, 13);
    give(&op, SHAPE(1), FLOATS(0));
    if (turned)
        set_int(&op, turned, 1);
    struct mm_operator_call call = call_of(&op);
    int found = mm_weight_channel_axis(call.node, weight, rank);
    op_end(&op);
    return found;
}

static void the_axis_of_the_outputs_channels(void **state)
{
    (void)state;
    assert_int_equal(axis("Conv", NULL, 1, 4), 0);
    assert_int_equal(axis("ConvTranspose", NULL, 1, 4), 1);
    assert_int_equal(axis("Gemm", NULL, 1, 2), 1);
    assert_int_equal(axis("Gemm", "transB", 1, 2), 0);
    assert_int_equal(axis("Gemm", "transA", 1, 2), 1);
    assert_int_equal(axis("Gemm", NULL, 0, 2), 0);
    assert_int_equal(axis("Gemm", "transA", 0, 2), 1);
    assert_int_equal(axis("MatMul", NULL, 1, 3), 2);
    assert_int_equal(axis("MatMul", NULL, 0, 3), 1);
    assert_int_equal(axis("MatMul", NULL, 1, 1), -1);
    assert_int_equal(axis("Relu", NULL, 1, 4), -1);
}

/* Which of a and b are constants of the model: bits. */
static int input(const char *type, unsigned constants)
{
    static const char *const in[] = {"a", "b"}, *const out[] = {"y"};
    struct mm_graph_builder *builder = mm_graph_new();
    struct mm_graph *graph;
    mm_graph_add_node(builder, "node", type, in, 2, out, 1);
    for (int k = 0; k < 2; k++) {
        if (constants >> k & 1)
            mm_graph_add_tensor(builder, in[k], MM_GRAPH_CONSTANT, MM_F32, &SHAPE(2, 2));
    }
    assert_int_equal(mm_graph_finish(builder, &graph, "test", NULL), 0);
    int found = mm_weight_input(graph, graph->nodes);
    mm_graph_close(graph);
    return found;
}

static void which_input(void **state)
{
    (void)state;
    assert_int_equal(input("Conv", 0), 1);
    assert_int_equal(input("ConvTranspose", 2), 1);
    assert_int_equal(input("MatMul", 0), -1);
    assert_int_equal(input("MatMul", 1), 0);
    assert_int_equal(input("MatMul", 2), 1);
    assert_int_equal(input("Gemm", 3), 1);
    assert_int_equal(input("Add", 3), -1);
}

static void round_all(struct mm_shape shape, const float *w, int along, const float *expected)
{
    struct mm_value weights = mm_value_floats(&shape, w), change;
    struct mm_err err;
    if (mm_weight_round(&weights, along, NULL, &change, &err))
        fail_msg("%s", err.text);
    for (int64_t k = 0; k < change.count; k++)
        assert_near(w[k] + change.f[k], expected[k], 1e-6);
    mm_value_done(&change);
}

/* Scale 2 for all; 2 and 0.5 for the rows; 1, 2 and 0.5 for the columns. Ties go to even. */
static void one_scale_or_many(void **state)
{
    (void)state;
    const float w[] = {127, -254, 3, 5, 4.25f, 63.5f};
    round_all(SHAPE(2, 3), w, -1, FLOATS(128, -254, 4, 4, 4, 64));
    round_all(SHAPE(2, 3), w, 0, FLOATS(128, -254, 4, 5, 4, 63.5f));
    round_all(SHAPE(2, 3), w, 1, FLOATS(127, -254, 3, 5, 4, 63.5f));
}

static void zeros_and_what_is_not_finite(void **state)
{
    (void)state;
    const float w[] = {0, 0, NAN, 127, INFINITY, 3.4f};
    struct mm_value weights = mm_value_floats(&SHAPE(3, 2), w), change;
    assert_int_equal(mm_weight_round(&weights, 0, NULL, &change, NULL), 0);
    for (int k = 0; k < 4; k++)
        assert_near(change.f[k], 0, 0);
    assert_near(change.f[4], 0, 0);
    assert_near(change.f[5], 0, 1e-6);
    mm_value_done(&change);
    assert_int_equal(mm_weight_round(&weights, -1, NULL, &change, NULL), 0);
    assert_near(change.f[5], -0.4, 1e-6);
    mm_value_done(&change);
}

static void what_can_not_be_rounded(void **state)
{
    (void)state;
    struct mm_value whole = mm_value_ints(&SHAPE(1), INTS(1)), one = mm_value_floats(&SHAPE(1), FLOATS(1)),
                    change;
    struct mm_err err;
    assert_int_equal(mm_weight_round(&whole, -1, NULL, &change, &err), -1);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    assert_int_equal(mm_weight_round(&one, 1, NULL, &change, &err), -1);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    assert_null(change.owned);
    atomic_bool cancel = true;
    assert_int_equal(mm_weight_round(&one, -1, &cancel, &change, &err), -1);
    assert_int_equal(err.code, MM_ECANCELLED);
    assert_null(change.owned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_axis_of_the_outputs_channels),
        cmocka_unit_test(which_input),
        cmocka_unit_test(one_scale_or_many),
        cmocka_unit_test(zeros_and_what_is_not_finite),
        cmocka_unit_test(what_can_not_be_rounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
