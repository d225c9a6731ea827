#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "onnx_testing.h"

/* A node "op" of x and y. */
static void put_node_of(struct mm_buf *out, uint32_t number, const char *domain, const char *op,
                        const char *overload, const char *reads, const char *makes)
{
    struct mm_buf node;
    mm_buf_init(&node);
    put_string(&node, 1, reads);
    put_string(&node, 2, makes);
    put_string(&node, 4, op);
    put_string(&node, 7, domain);
    if (overload)
        put_string(&node, 8, overload);
    put_message(out, number, &node);
}

/* A function of i and o that is one node "inner". */
static void put_function(struct mm_buf *model, const char *domain, const char *name, const char *overload,
                         const char *inner)
{
    struct mm_buf function;
    mm_buf_init(&function);
    put_node_of(&function, 7, "", inner, NULL, "i", "o");
    put_string(&function, 1, name);
    put_string(&function, 4, "i");
    put_string(&function, 5, "o");
    put_string(&function, 10, domain);
    if (overload)
        put_string(&function, 13, overload);
    put_message(model, 25, &function);
}

/* The model behind a graph of calls; empties both. */
static int read_model(struct mm_buf *model, struct mm_buf *fields, struct mm_graph **graph,
                      struct mm_err *err)
{
    put_number(model, 1, 10);
    put_message(model, 7, fields);
    uint8_t *bytes = malloc(model->length);
    assert_non_null(bytes);
    memcpy(bytes, model->data, model->length);
    int result = mm_onnx_read(graph, bytes, model->length, "m", err);
    free(bytes);
    mm_buf_done(model);
    return result;
}

/* Which function a node calls is told by domain, name and overload; of two that are alike, the first. */
static void identity(void **state)
{
    static const struct {
        const char *domain, *op, *overload, *found;
    } rows[] = {{"d", "f", NULL, "One"},   {"d", "f", "", "One"},         {"d", "f", "v", "Two"},
                {"e", "f", NULL, "Three"}, {"d", "g", NULL, "g"},         {"d", "f", "w", "f"},
                {"", "h", NULL, "Four"},   {"ai.onnx", "h", NULL, "Four"}};
    struct mm_buf model, fields;
    struct mm_graph *graph;
    struct mm_err err;
    (void)state;
    mm_buf_init(&model);
    mm_buf_init(&fields);
    put_function(&model, "d", "f", NULL, "One");
    put_function(&model, "d", "f", "v", "Two");
    put_function(&model, "e", "f", NULL, "Three");
    put_function(&model, "ai.onnx", "h", NULL, "Four");
    put_function(&model, "d", "f", NULL, "Five");
    for (size_t i = 0; i < MM_COUNT(rows); i++)
        put_node_of(&fields, 1, rows[i].domain, rows[i].op, rows[i].overload, "x", "y");
    assert_int_equal(read_model(&model, &fields, &graph, &err), 0);
    assert_graph(graph);
    assert_int_equal(graph->node_count, MM_COUNT(rows));
    for (size_t i = 0; i < MM_COUNT(rows); i++)
        assert_string_equal(graph->nodes[i].op_type, rows[i].found);
    mm_graph_close(graph);
}

static void refused(const char *field, size_t size, const char *text)
{
    struct mm_buf model, fields;
    struct mm_graph *graph;
    struct mm_err err;
    mm_buf_init(&model);
    mm_buf_init(&fields);
    mm_buf_add(&model, field, size);
    put_node_of(&fields, 1, "", "Relu", NULL, "x", "y");
    assert_int_equal(read_model(&model, &fields, &graph, &err), -1);
    assert_int_equal(err.code, MM_ECORRUPT);
    assert_non_null(strstr(err.text, text));
}

static void damaged(void **state)
{
    (void)state;
    refused("\xca\x01\x02\x0a\x05", 5, "m: byte 3 of ");
    refused("\xca\x01\x02\x0a\x05", 5, "damaged: a node or function has a field that runs past its end");
    refused("\xca\x01\x02\x38\x05", 5, "damaged: a number where the function has a node");
    refused("\xca\x01\x04\x3a\x02\x22\x05", 7,
            "damaged: a node or function has a field that runs past its end");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity),
        cmocka_unit_test(damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
