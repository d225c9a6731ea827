#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/graph.h"
#include "unit/graph/graph_testing.h"
#include "graph/graph.h"

static struct mm_graph *finished(struct mm_graph_builder *b)
{
    struct mm_graph *graph;
    struct mm_err err;
    assert_int_equal(mm_graph_finish(b, &graph, "g", &err), 0);
    assert_graph(graph);
    return graph;
}

/* A residual block: two branches from one tensor, that meet again, and a concat of all. */
static void branches(void **state)
{
    struct mm_graph *graph = GRAPH("stem|Conv|x,w|a", "left|Relu|a|b", "right|Conv|b,w|c", "add|Add|a,c|d",
                                   "cat|Concat|a,b,d,d|e");
    (void)state;
    assert_text(graph, "opset 0\n"
                       "0 stem|Conv||x,w|a|\n"
                       "1 left|Relu||a|b|\n"
                       "2 right|Conv||b,w|c|\n"
                       "3 add|Add||a,c|d|\n"
                       "4 cat|Concat||a,b,d,d|e|\n"
                       "a|0|1,3,4||?|?\n"
                       "b|1|2,4||?|?\n"
                       "c|2|3||?|?\n"
                       "d|3|4||?|?\n"
                       "e|4|||?|?\n"
                       "w|-1|0,2||?|?\n"
                       "x|-1|0||?|?\n");
    mm_graph_close(graph);
}

/* Outputs and inputs that are left out; a node without a name, inputs or outputs. */
static void left_out(void **state)
{
    struct mm_graph *graph = GRAPH("clip|Clip|x,,hi|y", "|LSTM|y,,,|,h,", "|Sink||");
    (void)state;
    assert_text(graph, "opset 0\n"
                       "0 clip|Clip||x,-,hi|y|\n"
                       "1 |LSTM||y,-,-,-|-,h,-|\n"
                       "2 |Sink||||\n"
                       "hi|-1|0||?|?\n"
                       "h|1|||?|?\n"
                       "x|-1|0||?|?\n"
                       "y|0|1||?|?\n");
    mm_graph_close(graph);
}

/* A name that is written again is another tensor; who comes between reads the older one. */
static void in_place(void **state)
{
    static const char *const lines[] = {"conv|Conv|x|t",    "relu|Relu|t|t", "side|Abs|t|s",
                                        "bn|BatchNorm|t|t", "add|Add|t,s|x", "twice|Split|x|u,u"};
    struct mm_graph_builder *b = mm_graph_new();
    (void)state;
    mm_graph_add_tensor(b, "x", MM_GRAPH_INPUT, MM_DTYPE_NONE, NULL);
    for (size_t i = 0; i < MM_COUNT(lines); i++)
        add_line(b, lines[i]);
    struct mm_graph *graph = finished(b);
    assert_text(graph, "opset 0\n"
                       "0 conv|Conv||x|t|\n"
                       "1 relu|Relu||t|t#1|\n"
                       "2 side|Abs||t#1|s|\n"
                       "3 bn|BatchNorm||t#1|t#2|\n"
                       "4 add|Add||t#2,s|x#1|\n"
                       "5 twice|Split||x#1|u,u#1|\n"
                       "s|2|4||?|?\n"
                       "t#1|1|2,3||?|?\n"
                       "t#2|3|4||?|?\n"
                       "t|0|1||?|?\n"
                       "u#1|5|||?|?\n"
                       "u|5|||?|?\n"
                       "x#1|4|5||?|?\n"
                       "x|-1|0|I|?|?\n");
    mm_graph_close(graph);
}

/* Who reads and writes one name does not read its own output, even if nobody said where the name comes
 * from. */
static void in_place_from_nowhere(void **state)
{
    struct mm_graph *graph = GRAPH("relu|Relu|x,x|x", "abs|Abs|x|y");
    (void)state;
    assert_text(graph, "opset 0\n"
                       "0 relu|Relu||x,x|x#1|\n"
                       "1 abs|Abs||x#1|y|\n"
                       "x#1|0|1||?|?\n"
                       "x|-1|0||?|?\n"
                       "y|1|||?|?\n");
    mm_graph_close(graph);
}

/* "x" was asked for before anyone made it, so the first that makes it does; a declared input is made already,
 * so who writes it writes another one. */
static void asked_for_before(void **state)
{
    struct mm_graph_builder *b = mm_graph_new();
    (void)state;
    mm_graph_add_tensor(b, "in", MM_GRAPH_INPUT, MM_F32, NULL);
    add_line(b, "late|Relu|x,in|y");
    add_line(b, "early|Conv|w|x");
    add_line(b, "put|Put|y|in");
    struct mm_graph *graph = finished(b);
    assert_text(graph, "opset 0\n"
                       "0 early|Conv||w|x|\n"
                       "1 late|Relu||x,in|y|\n"
                       "2 put|Put||y|in#1|\n"
                       "in#1|2|||?|?\n"
                       "in|-1|1|I|f32|?\n"
                       "w|-1|0||?|?\n"
                       "x|0|1||?|?\n"
                       "y|1|2||?|?\n");
    mm_graph_close(graph);
}

static void what_is_known_of_tensors(void **state)
{
    const struct mm_shape shape = {.rank = 2, .dim = {-1, 7}}, scalar = {.rank = 0};
    struct mm_graph_builder *b = mm_graph_new();
    (void)state;
    mm_graph_add_tensor(b, "w", MM_GRAPH_INPUT, MM_DTYPE_NONE, &shape);
    mm_graph_add_tensor(b, "w", MM_GRAPH_CONSTANT, MM_F16, NULL);
    mm_graph_add_tensor(b, "y", MM_GRAPH_OUTPUT, MM_I8, &shape);
    mm_graph_add_tensor(b, "", MM_GRAPH_INPUT, MM_I8, &shape); /* nothing */
    add_line(b, "mul|Mul|w,w|y");
    mm_graph_add_tensor(b, "y", 0, MM_DTYPE_NONE, &scalar);
    mm_graph_add_tensor(b, "alone", 0, MM_BOOL, NULL);
    struct mm_graph *graph = finished(b);
    assert_text(graph, "opset 0\n"
                       "0 mul|Mul||w,w|y|\n"
                       "alone|-1|||bool|?\n"
                       "w|-1|0|IC|f16|[-1,7]\n"
                       "y|0||O|i8|[]\n");
    mm_graph_close(graph);
}

static void attributes(void **state)
{
    const int64_t ints[] = {3, -5, INT64_MAX};
    const float floats[] = {0.5f, -2};
    struct mm_graph_builder *b = mm_graph_new();
    (void)state;
    mm_graph_add_int(b, "nobody's", 1); /* there is no node yet */
    mm_graph_add_domain(b, "nobody's");
    add_line(b, "plain|Relu|x|y");
    add_line(b, "rich|Op|y|z");
    mm_graph_add_domain(b, "com.example");
    mm_graph_add_ints(b, "list", ints, 3);
    mm_graph_add_int(b, "one", -1);
    mm_graph_add_floats(b, "reals", floats, 2);
    mm_graph_add_float(b, "real", 0.25f);
    mm_graph_add_text(b, "mode", "it's \xff");
    mm_graph_add_ints(b, "none", ints, 0);
    add_line(b, "last|Op|z|");
    mm_graph_add_int(b, "axis", 2);
    struct mm_graph *graph = finished(b);
    assert_text(graph, "opset 0\n"
                       "0 plain|Relu||x|y|\n"
                       "1 rich|Op|com.example|y|z|list=[3,-5,9223372036854775807];one=-1;reals=[0.5,-2];"
                       "real=0.25;mode='it's \xff';none=[];\n"
                       "2 last|Op||z||axis=2;\n"
                       "x|-1|0||?|?\n"
                       "y|0|1||?|?\n"
                       "z|1|2||?|?\n");
    mm_graph_close(graph);
}

/* Two branches that use one name, an outer tensor under its own name, and one that is made behind them. */
static void bodies(void **state)
{
    struct mm_graph_builder *b = mm_graph_new();
    int back[2];
    (void)state;
    add_line(b, "stem|Conv|x|a");
    mm_graph_enter(b);
    add_line(b, "then|Add|a,later|out");
    back[0] = mm_graph_read(b, "out");
    assert_true(mm_graph_has(b, "out"));
    assert_false(mm_graph_has(b, "a"));
    mm_graph_leave(b);
    assert_false(mm_graph_has(b, "out"));
    mm_graph_enter(b);
    mm_graph_add_tensor(b, "a", MM_GRAPH_BODY, MM_F32, NULL); /* hides the outer one */
    add_line(b, "else|Mul|a,later|out");
    back[1] = mm_graph_read(b, "out");
    mm_graph_leave(b);
    add_line(b, "if|If|cond|y");
    mm_graph_add_bodies(b, 1, back, 2);
    add_line(b, "make|Abs|a|later");
    add_line(b, "end|Relu|y,out|z");
    struct mm_graph *graph = finished(b);
    assert_text(graph, "opset 0\n"
                       "0 stem|Conv||x|a|\n"
                       "1 make|Abs||a|later|\n"
                       "2 then|Add||a,later|out||in 4\n"
                       "3 else|Mul||a#1,later|out#1||in 4\n"
                       "4 if|If||cond(out,out#1)|y|\n"
                       "5 end|Relu||y,out#2|z|\n"
                       "a#1|-1|3|B|f32|?\n"
                       "a|0|1,2||?|?\n"
                       "cond|-1|4||?|?\n"
                       "later|1|2,3||?|?\n"
                       "out#1|3|4||?|?\n"
                       "out#2|-1|5||?|?\n"
                       "out|2|4||?|?\n"
                       "x|-1|0||?|?\n"
                       "y|4|5||?|?\n"
                       "z|5|||?|?\n");
    mm_graph_close(graph);
}

/* The graph around asked for "t", but what a body calls "t" is its own. A node that gives nothing back stands
 * before its parent all the same, although the parent has to come first. */
static void bodies_out_of_order(void **state)
{
    struct mm_graph_builder *b = mm_graph_new();
    (void)state;
    add_line(b, "late|Op|t,y|z");
    mm_graph_enter(b);
    add_line(b, "first|Op|a|t");
    int back = mm_graph_read(b, "t");
    add_line(b, "idle|Print|a|");
    mm_graph_leave(b);
    add_line(b, "if|If|cond|y");
    mm_graph_add_bodies(b, 1, &back, 1);
    add_line(b, "make|Op|a|t");
    struct mm_graph *graph = finished(b);
    assert_text(graph, "opset 0\n"
                       "0 make|Op||a|t|\n"
                       "1 first|Op||a|t#1||in 3\n"
                       "2 idle|Print||a|||in 3\n"
                       "3 if|If||cond(t#1)|y|\n"
                       "4 late|Op||t,y|z|\n"
                       "a|-1|0,1,2||?|?\n"
                       "cond|-1|3||?|?\n"
                       "t#1|1|3||?|?\n"
                       "t|0|4||?|?\n"
                       "y|3|4||?|?\n"
                       "z|4|||?|?\n");
    mm_graph_close(graph);
}

/* Without memory for a builder every call does nothing, and the last one says why. */
static void no_builder(void **state)
{
    const char *name = "x";
    const int64_t one = 1;
    const float real = 1;
    struct mm_graph *graph = (struct mm_graph *)&one;
    struct mm_err err;
    (void)state;
    mm_graph_add_node(NULL, "n", "Op", &name, 1, &name, 1);
    mm_graph_add_domain(NULL, "d");
    mm_graph_add_int(NULL, "i", 1);
    mm_graph_add_ints(NULL, "i", &one, 1);
    mm_graph_add_float(NULL, "f", 1);
    mm_graph_add_floats(NULL, "f", &real, 1);
    mm_graph_add_text(NULL, "t", "text");
    mm_graph_add_tensor(NULL, "x", 0, MM_F32, NULL);
    mm_graph_enter(NULL);
    mm_graph_leave(NULL);
    assert_int_equal(mm_graph_finish(NULL, &graph, "g", &err), -1);
    assert_int_equal(err.code, MM_ENOMEM);
    assert_null(graph);
    mm_graph_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(branches),
        cmocka_unit_test(left_out),
        cmocka_unit_test(in_place),
        cmocka_unit_test(asked_for_before),
        cmocka_unit_test(what_is_known_of_tensors),
        cmocka_unit_test(attributes),
        cmocka_unit_test(bodies),
        cmocka_unit_test(in_place_from_nowhere),
        cmocka_unit_test(bodies_out_of_order),
        cmocka_unit_test(no_builder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
