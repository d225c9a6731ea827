#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/graph.h"

#include <string.h>

enum { MAKE, LEFT, RIGHT, SHAPE, JOIN, NODES };
#define UP (2 | MM_GRAPH_CHOSEN)

/*
 *                 +- left --> l -+
 *   x -> make -> m               +- join -> y      w: a constant that left reads; m and l have 4 x 5 elements,
 *                 +- right -> r -+                 r is not known
 *                 +- Shape -> s (integers), which join reads, too
 */
static struct mm_graph *diamond(void)
{
    static const struct {
        const char *op, *in[3], *out;
        size_t count;
    } nodes[NODES] = {{"Make", {"x"}, "m", 1},
                      {"Left", {"m", "w"}, "l", 2},
                      {"Right", {"m"}, "r", 1},
                      {"Shape", {"m"}, "s", 1},
                      {"Join", {"l", "r", "s"}, "y", 3}};
    const struct mm_shape shape = {.rank = 2, .dim = {4, 5}};
    struct mm_graph_builder *b = mm_graph_new();
    struct mm_graph *graph;
    for (size_t i = 0; i < NODES; i++)
        mm_graph_add_node(b, nodes[i].op, nodes[i].op, nodes[i].in, nodes[i].count, &nodes[i].out, 1);
    mm_graph_add_tensor(b, "x", MM_GRAPH_INPUT, MM_F32, &shape);
    mm_graph_add_tensor(b, "w", MM_GRAPH_CONSTANT, MM_F32, &shape);
    mm_graph_add_tensor(b, "m", 0, MM_F32, &shape);
    mm_graph_add_tensor(b, "l", 0, MM_F32, &shape);
    mm_graph_add_tensor(b, "s", 0, MM_I64, NULL);
    assert_int_equal(mm_graph_finish(b, &graph, "diamond", NULL), 0);
    for (int i = 0; i < NODES; i++)
        assert_string_equal(graph->nodes[i].op_type, nodes[i].op);
    return graph;
}

static void counted(void **state)
{
    (void)state;
    static const struct {
        unsigned char format[NODES];
        int64_t shared, each, elements;
    } rows[] = {
        {{1, 1, 1, 1, 1}, 0, 0, 0},     {{0, 0, 0, 0, 0}, 0, 0, 0},
        {{1, UP, 1, 1, 1}, 2, 2, 40},   /* alone: one before it and one behind it */
        {{0, UP, 0, 0, 0}, 2, 2, 40},   /* beside what is not known alike */
        {{1, 0, 1, 1, 1}, 0, 0, 0},     /* what is not known is not said to differ */
        {{1, UP, UP, 1, 1}, 3, 4, 40},  /* both read m: it is converted once, or twice; r has no elements */
        {{1, UP, UP, 1, UP}, 1, 2, 20}, /* neighbours share */
        {{UP, UP, UP, 1, UP}, 0, 0, 0}, /* Shape asks for no values, and its integers stay */
        {{1, 1, 1, UP, 1}, 0, 0, 0},    {{1, UP, 3 | MM_GRAPH_CHOSEN, 1, 1}, 4, 4, 60}, /* two formats of m */
        {{1, 2, 1, 1, 1}, 2, 2, 40}, /* as it is now: known, not chosen */
    };
    struct mm_graph *graph = diamond();
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct mm_graph_casts shared = {0, 0}, each = {0, 0};
        for (int t = 0; t < graph->tensor_count; t++) {
            mm_graph_casts_add(graph, t, rows[i].format, false, NULL, NULL, &shared);
            mm_graph_casts_add(graph, t, rows[i].format, true, NULL, NULL, &each);
        }
        assert_int_equal(shared.casts, rows[i].shared);
        assert_int_equal(each.casts, rows[i].each);
        assert_int_equal(shared.elements, rows[i].elements);
    }
    mm_graph_close(graph);
}

static const struct mm_shape *seven(void *context, int tensor)
{
    static const struct mm_shape shape = {.rank = 1, .dim = {7}};
    (void)context;
    (void)tensor;
    return &shape;
}

static void shapes_of_a_dump(void **state)
{
    (void)state;
    const unsigned char format[NODES] = {1, 1, UP, 1, 1};
    struct mm_graph *graph = diamond();
    struct mm_graph_casts casts = {10, 100};
    for (int t = 0; t < graph->tensor_count; t++)
        mm_graph_casts_add(graph, t, format, false, seven, NULL, &casts);
    assert_int_equal(casts.casts, 12);
    assert_int_equal(casts.elements, 114);
    mm_graph_close(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(counted), cmocka_unit_test(shapes_of_a_dump)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
