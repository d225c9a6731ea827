#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cause/recompute.h"

#include <stdlib.h>
#include <string.h>

enum { CHANNELS = 10, SIDE = 128, PLANE = SIDE * SIDE, COUNT = CHANNELS * PLANE };

struct large {
    float *x;
    struct mm_graph *graph;
    struct mm_value value[4], y;
    const struct mm_value *input[4];
    struct mm_operator_call call;
    struct part part;
};

/* x [1, 10, 128, 128] has the channel's number everywhere; `inputs` of them are named. */
static void begin(struct large *l, const char *type, size_t inputs)
{
    static const char *const names[] = {"a", "b", "c", "d"};
    struct mm_shape shape = {4, {1, CHANNELS, SIDE, SIDE}};
    struct mm_graph_builder *builder = mm_graph_new();
    *l = (struct large){.x = calloc(COUNT, sizeof(float))};
    for (int i = 0; i < COUNT; i++)
        l->x[i] = (float)(i / PLANE);
    mm_graph_add_node(builder, "n", type, names, inputs, (const char *const[]){"y"}, 1);
    assert_int_equal(mm_graph_finish(builder, &l->graph, "test", NULL), 0);
    l->y = l->value[0] = mm_value_floats(&shape, l->x);
    l->input[0] = &l->value[0];
    l->call =
        (struct mm_operator_call){.node = l->graph->nodes, .opset = 13, .input = l->input, .limit = COUNT};
}

static void done(struct large *l)
{
    mm_graph_close(l->graph);
    free(l->x);
}

/* Two channels of the middle: of 2^15 elements two are 16384 each. */
static void channels_of_the_middle(void **state)
{
    (void)state;
    struct large l;
    struct mm_value value;
    begin(&l, "Relu", 1);
    assert_true(part_of(&l.call, &l.y, &l.part));
    assert_int_equal(l.part.y.count, 2 * PLANE);
    assert_int_equal(l.part.y.shape.dim[1], 2);
    assert_true(l.part.y.f == l.x + 4 * PLANE);
    assert_int_equal(mm_operator_run(&l.part.call, &value, NULL), 0);
    assert_int_equal(value.count, 2 * PLANE);
    assert_true(mm_value_at(&value, 0) == 4 && mm_value_at(&value, value.count - 1) == 5);
    mm_value_done(&value);
    done(&l);
}

/* Inputs of one number stay, those of the same shape are cut, one a channel is none that can be cut. */
static void inputs(void **state)
{
    (void)state;
    struct large l;
    static const float ten[10] = {0};
    begin(&l, "Add", 2);
    l.input[1] = &l.value[0];
    assert_true(part_of(&l.call, &l.y, &l.part));
    assert_int_equal(l.part.input[1]->count, 2 * PLANE);
    l.value[1] = mm_value_floats(&(struct mm_shape){1, {1}}, ten);
    l.input[1] = &l.value[1];
    assert_true(part_of(&l.call, &l.y, &l.part));
    assert_ptr_equal(l.part.input[1], &l.value[1]);
    l.value[1] = mm_value_floats(&(struct mm_shape){3, {10, 1, 1}}, ten);
    assert_false(part_of(&l.call, &l.y, &l.part));
    done(&l);
}

/* Sizes of all axes: 1, 2 and the picture's. */
static void sizes(void **state)
{
    (void)state;
    struct large l;
    static const int64_t to[] = {1, CHANNELS, SIDE, SIDE};
    struct mm_value value;
    begin(&l, "Resize", 4);
    l.value[3] = mm_value_ints(&(struct mm_shape){1, {4}}, to);
    l.input[3] = &l.value[3];
    assert_true(part_of(&l.call, &l.y, &l.part));
    assert_int_equal(mm_operator_run(&l.part.call, &value, NULL), 0);
    assert_int_equal(value.shape.dim[1], 2);
    assert_true(mm_value_at(&value, value.count - 1) == 5);
    mm_value_done(&value);
    done(&l);
}

static void no_part(void **state)
{
    (void)state;
    struct large l;
    begin(&l, "Softmax", 1); /* of channels, may be */
    assert_false(part_of(&l.call, &l.y, &l.part));
    done(&l);
    begin(&l, "Relu", 1);
    l.y.shape.dim[2] = l.value[0].shape.dim[2] = 8; /* not large */
    l.y.count = l.value[0].count = CHANNELS * 8 * SIDE;
    assert_false(part_of(&l.call, &l.y, &l.part));
    done(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(channels_of_the_middle),
        cmocka_unit_test(inputs),
        cmocka_unit_test(sizes),
        cmocka_unit_test(no_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
