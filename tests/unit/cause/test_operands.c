#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/cause/recomputing.h"

static const float one[] = {1, 2, 3}, other[] = {4, 5, 6};

static void begin(struct recomputing *on)
{
    recomputing_init(on, "Relu");
    recomputing_put(&on->input, 0, one, 3);
    recomputing_put(&on->input, 1, other, 3);
    recomputing_put(&on->result, 0, other, 3);
    recomputing_put(&on->result, 1, one, 3);
}

/* Both sides, and nothing borrowed from files that are closed. */
static void both_sides(void **state)
{
    (void)state;
    struct recomputing on;
    struct operands o;
    begin(&on);
    assert_int_equal(operands_read(&o, &on.what, false, NULL, NULL), 0);
    assert_ptr_equal(o.input[SIDE_SRC][0], &o.value[SIDE_SRC][0]);
    assert_ptr_equal(o.input[SIDE_DST][0], &o.value[SIDE_DST][0]);
    assert_non_null(o.value[SIDE_SRC][0].owned);
    for (int i = 0; i < 3; i++) {
        assert_true(mm_value_at(o.input[SIDE_SRC][0], i) == (double)one[i]);
        assert_true(mm_value_at(o.input[SIDE_DST][0], i) == (double)other[i]);
        assert_true(mm_value_at(&o.result[SIDE_SRC], i) == (double)other[i]);
        assert_true(mm_value_at(&o.result[SIDE_DST], i) == (double)one[i]);
    }
    assert_int_equal(o.format[SIDE_DST], MM_F32);
    assert_int_equal(o.left, MM_RECOMPUTE_ELEMENTS - 12);
    operands_done(&o);
    recomputing_done(&on);
}

static void assert_unable(struct recomputing *on, const char *why)
{
    struct operands o;
    struct mm_err err = {MM_OK, ""};
    assert_int_equal(operands_read(&o, &on->what, false, NULL, &err), -1);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    assert_string_equal(err.text, why);
    operands_done(&o);
}

static void not_these(void **state)
{
    (void)state;
    static const uint8_t codes[] = {1, 2, 3};
    struct recomputing on;
    begin(&on);
    pair_files_put(&on.input, 1, "2_t.npy", MM_U8, (struct mm_shape){1, {3}}, codes);
    assert_unable(&on, "x: dst holds integers that were not dequantised");
    recomputing_put(&on.input, 1, other, 2);
    assert_unable(&on, "x: shapes differ");
    on.inputs[0] = NULL;
    assert_unable(&on, "its input x was not dumped on both sides");
    recomputing_done(&on);
}

static void too_many(void **state)
{
    (void)state;
    enum { MANY = RECOMPUTE_INPUTS + 1 };
    const char *names[MANY];
    const struct mm_pair *none[MANY] = {NULL};
    struct mm_graph_builder *builder = mm_graph_new();
    struct mm_graph *graph;
    for (int i = 0; i < MANY; i++)
        names[i] = "x";
    mm_graph_add_node(builder, "n", "Concat", names, MANY, (const char *const[]){"y"}, 1);
    assert_int_equal(mm_graph_finish(builder, &graph, "test", NULL), 0);
    struct recomputing on = {.what = {.graph = graph, .input = none}};
    assert_unable(&on, "it has 65 inputs, and at most 64 are read");
    mm_graph_close(graph);
}

static void no_file(void **state)
{
    (void)state;
    struct recomputing on;
    struct operands o;
    struct mm_err err = {MM_OK, ""};
    begin(&on);
    pair_files_name(&on.input, 1, "gone.npy");
    assert_int_equal(operands_read(&o, &on.what, false, NULL, &err), -1);
    assert_int_not_equal(err.code, MM_EUNSUPPORTED);
    assert_non_null(strstr(err.text, "gone.npy"));
    operands_done(&o);
    recomputing_done(&on);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_sides),
        cmocka_unit_test(not_these),
        cmocka_unit_test(too_many),
        cmocka_unit_test(no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
