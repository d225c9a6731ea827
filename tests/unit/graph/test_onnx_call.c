#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "onnx_testing.h"

/* Functions by number, each with the functions that it calls; a graph that calls some of them. */
struct network {
    struct mm_onnx onnx;
    struct mm_onnx_function function[8];
    int type_seen[8];
    struct mm_buf graph, key;
};

/* "f" is the operator type of all functions of one type. */
static void network_init(struct network *n, const char *const *callees, const int *types, size_t count)
{
    memset(n, 0, sizeof *n);
    n->onnx.file = "m";
    n->onnx.function = n->function;
    n->onnx.functions = count;
    n->onnx.type_seen = n->type_seen;
    n->onnx.builder = mm_graph_new();
    assert_non_null(n->onnx.builder);
    mm_names_init(&n->onnx.function_names);
    mm_arena_init(&n->onnx.lasting);
    mm_buf_init(&n->onnx.kept);
    mm_buf_init(&n->graph);
    for (size_t i = 0; i < count; i++) {
        char key[] = {'\0', (char)('a' + i), '\0', '\0'}; /* domain, name, overload */
        assert_int_equal(mm_names_add(&n->onnx.function_names, &n->onnx.lasting, key, sizeof key), i);
        n->function[i].name = "f";
        n->function[i].type = types[i];
        n->function[i].callees = strlen(callees[i]);
        n->function[i].callee = mm_arena_array(&n->onnx.lasting, strlen(callees[i]), sizeof(int));
        for (size_t k = 0; callees[i][k]; k++)
            n->function[i].callee[k] = callees[i][k] - 'a';
    }
}

static void network_done(struct network *n)
{
    free(n->onnx.call);
    mm_names_done(&n->onnx.function_names);
    mm_arena_done(&n->onnx.lasting);
    mm_buf_done(&n->onnx.kept);
    mm_buf_done(&n->graph);
    mm_graph_abandon(n->onnx.builder);
}

/* Number the calls of a graph whose nodes are these operators. */
static int number(struct network *n, const char *ops, struct mm_err *err)
{
    struct mm_wire_field field;
    mm_buf_clear(&n->graph);
    for (; *ops; ops++) {
        struct mm_buf node;
        mm_buf_init(&node);
        put_bytes(&node, 4, ops, 1);
        put_message(&n->graph, 1, &node);
    }
    n->onnx.begin = (const uint8_t *)n->graph.data;
    n->onnx.size = n->graph.length;
    field = (struct mm_wire_field){.data = n->onnx.begin, .size = n->graph.length};
    return mm_onnx_number_calls(&n->onnx, &field, err);
}

/* "a", "a0": the function and its token, in the order of the rounds. */
static void assert_calls(const struct network *n, size_t from, const char *expected)
{
    char text[200] = "";
    for (size_t i = from; i < n->onnx.calls; i++) {
        char token[16] = "";
        if (n->onnx.call[i].token >= 0)
            snprintf(token, sizeof token, "%d", n->onnx.call[i].token);
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%c%s", i > from ? " " : "",
                 'a' + n->onnx.call[i].function, token);
    }
    assert_string_equal(text, expected);
}

/* One count for all types; types, not functions, are seen again; each graph counts by itself. */
static void tokens(void **state)
{
    static const char *const none[] = {"", "", ""};
    static const int types[] = {0, 1, 1};
    struct network n;
    (void)state;
    network_init(&n, none, types, 3);
    assert_int_equal(number(&n, "axbabca", NULL), 0);
    assert_calls(&n, 0, "a b a0 b1 c2 a3");
    assert_int_equal(number(&n, "ca", NULL), 0);
    assert_calls(&n, 6, "c a");
    assert_int_equal(number(&n, "xyz", NULL), 0);
    assert_calls(&n, 8, "");
    network_done(&n);
}

/* First what the graph calls, then what comes out of that; from each call to its own. */
static void rounds(void **state)
{
    static const char *const callees[] = {"bc", "cc", ""};
    static const int types[] = {0, 1, 2};
    struct network n;
    (void)state;
    network_init(&n, callees, types, 3);
    assert_int_equal(number(&n, "acb", NULL), 0);
    assert_calls(&n, 0, "a c b b0 c1 c2 c3 c4 c5");
    assert_int_equal(n.onnx.call[0].first, 3);
    assert_int_equal(n.onnx.call[2].first, 5);
    assert_int_equal(n.onnx.call[3].first, 7);
    for (size_t i = 0; i < 9; i++)
        assert_int_equal(n.onnx.call[i].depth, i < 3 ? 1 : i < 7 ? 2 : 3);
    network_done(&n);
}

static void calls_that_lead_back(void **state)
{
    static const char *const callees[] = {"b", "c", "b"};
    static const int types[] = {0, 1, 2};
    struct network n;
    struct mm_err err;
    (void)state;
    network_init(&n, callees, types, 3);
    assert_int_equal(number(&n, "a", &err), -1);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    assert_string_equal(err.text, "m: the local function \"f\" calls itself");
    struct mm_onnx_frame frame = {.index = 0};
    n.function[1].callees = 0;
    n.onnx.frame = &frame; /* in a body of `a` */
    assert_int_equal(number(&n, "b", &err), 0);
    assert_int_equal(n.onnx.call[n.onnx.calls - 1].depth, 2);
    assert_int_equal(number(&n, "a", &err), -1);
    network_done(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens),
        cmocka_unit_test(rounds),
        cmocka_unit_test(calls_that_lead_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
