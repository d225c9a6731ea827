#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "graph/quantised_ops.h"

static struct mm_graph_node node(const char *op_type, const int *inputs, int count)
{
    return (struct mm_graph_node){.op_type = op_type, .inputs = inputs, .input_count = count};
}

static void tables(void **state)
{
    (void)state;
    static const int inputs[] = {0, 1, -1};
    struct mm_graph_node conv = node("Conv", inputs, 3), qconv = node("QLinearConv", inputs, 3),
                         pool = node("MaxPool", inputs, 1), average = node("AveragePool", inputs, 1);
    assert_int_equal(quantised_op_find(&qconv)->scale, 6);
    assert_int_equal(quantised_op_find(&qconv)->weights, 3);
    assert_null(quantised_op_find(&conv));
    assert_true(quantised_op_moves(&pool));
    assert_false(quantised_op_moves(&average)); /* a mean of codes is no code */
    assert_int_equal(quantised_op_weights(&conv), 1);
    assert_int_equal(quantised_op_weights(&pool), -1);
    conv.inputs = inputs + 1; /* the second one is left out */
    conv.input_count = 2;
    assert_int_equal(quantised_op_weights(&conv), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(tables)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
