#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cause/recompute.h"

/* An ArgMax or TopK of x [2, 3]; y0 as it would be recomputed. */
struct tie {
    struct mm_graph *graph;
    struct mm_value x, y0, y;
    const struct mm_value *input[1];
    struct mm_operator_call call;
};

static void begin(struct tie *t, const char *type, const float *x, struct mm_shape shape, const int64_t *y0)
{
    struct mm_graph_builder *builder = mm_graph_new();
    struct mm_shape xs = {2, {2, 3}};
    mm_graph_add_node(builder, "n", type, (const char *const[]){"x"}, 1, (const char *const[]){"v", "i"}, 2);
    mm_graph_add_int(builder, "axis", 1);
    mm_graph_add_int(builder, "keepdims", shape.rank > 1);
    assert_int_equal(mm_graph_finish(builder, &t->graph, "test", NULL), 0);
    t->x = mm_value_floats(&xs, x);
    assert_int_equal(mm_value_new(&t->y0, MM_I64, &shape, 100, NULL), 0);
    for (int64_t i = 0; i < t->y0.count; i++)
        ((int64_t *)t->y0.owned)[i] = y0[i];
    t->input[0] = &t->x;
    t->call = (struct mm_operator_call){.node = t->graph->nodes, .input = t->input};
}

static void done(struct tie *t)
{
    mm_value_done(&t->y0);
    mm_graph_close(t->graph);
}

static int64_t settle(struct tie *t, const int64_t *y, double unit)
{
    t->y = mm_value_ints(&t->y0.shape, y);
    return ties_settle(&t->call, &t->y, &t->y0, unit);
}

static void equal_values(void **state)
{
    (void)state;
    static const float x[] = {7, 7, 1, 2, 3, 1};
    static const int64_t y0[] = {0, 1}, last[] = {1, 1}, wrong[] = {2, 0}, outside[] = {3, 1},
                         from_end[] = {-2, 1};
    struct tie t;
    begin(&t, "ArgMax", x, (struct mm_shape){1, {2}}, y0);
    assert_int_equal(settle(&t, wrong, 0), 0);
    assert_int_equal(settle(&t, outside, 0), 0);
    assert_int_equal(mm_value_at(&t.y0, 0), 0);
    assert_int_equal(settle(&t, last, 0), 1);
    assert_int_equal(mm_value_at(&t.y0, 0), 1);
    assert_int_equal(settle(&t, from_end, 0), 1); /* -2 is 1 */
    done(&t);
    begin(&t, "ArgMax", x, (struct mm_shape){2, {2, 1}}, y0);
    assert_int_equal(settle(&t, last, 0), 1);
    done(&t);
}

/* 1 and 1 + 2^-11 are one float16 or two. */
static void nearly_equal(void **state)
{
    (void)state;
    static const float x[] = {1 + 0x1p-11f, 1, 0, 1, 2, 3};
    static const int64_t y0[] = {0, 2}, y[] = {1, 2};
    struct tie t;
    begin(&t, "ArgMax", x, (struct mm_shape){1, {2}}, y0);
    assert_int_equal(settle(&t, y, 0x1p-24), 0);
    assert_int_equal(settle(&t, y, 0x1p-11), 1);
    done(&t);
}

static void top(void **state)
{
    (void)state;
    static const float x[] = {5, 9, 5, 1, 2, 3};
    static const int64_t y0[] = {1, 0, 2, 1}, y[] = {1, 2, 2, 1};
    struct tie t;
    begin(&t, "TopK", x, (struct mm_shape){2, {2, 2}}, y0);
    assert_int_equal(settle(&t, y, 0), 0); /* output 0 has values */
    t.call.output = 1;
    assert_int_equal(settle(&t, y, 0), 1);
    done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_values),
        cmocka_unit_test(nearly_equal),
        cmocka_unit_test(top),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
