#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "runtime/model.h"
#include "unit/graph/onnx_testing.h"

static bool all(void *context, const struct model_tensor *tensor)
{
    (void)context, (void)tensor;
    return true;
}

static int setup(void **state)
{
    *state = make_with("make_functions.py");
    return 0;
}

static int teardown(void **state)
{
    drop_folder(*state);
    return 0;
}

static void put_operator(struct mm_buf *graph, const char *op, const char *reads, const char *makes)
{
    struct mm_buf node = {0};
    put_string(&node, 1, reads);
    put_string(&node, 2, makes);
    put_string(&node, 3, op);
    put_string(&node, 4, op);
    put_message(graph, 1, &node);
}

static void put_value(struct mm_buf *graph, uint32_t number, const char *name)
{
    struct mm_buf value = {0};
    put_string(&value, 1, name);
    put_message(graph, number, &value);
}

static void put_floats(struct mm_buf *graph, const char *name, size_t count)
{
    float values[512] = {0};
    struct mm_buf tensor = {0};
    put_number(&tensor, 1, (int64_t)count);
    put_number(&tensor, 2, 1);
    put_string(&tensor, 8, name);
    put_bytes(&tensor, 9, values, count * sizeof *values);
    put_message(graph, 5, &tensor);
}

/* x -> Relu -> a -> Neg -> y, with weights of 1024 and 12 bytes. The path, to be freed. */
static char *make_chain(const char *folder)
{
    struct mm_buf graph = {0}, model = {0};
    put_operator(&graph, "Relu", "x", "a");
    put_operator(&graph, "Neg", "a", "y");
    put_floats(&graph, "large", 256);
    put_floats(&graph, "small", 3);
    put_value(&graph, 11, "x");
    put_value(&graph, 12, "y");
    put_number(&model, 1, 8);
    put_message(&model, 7, &graph);
    char *path = mm_path_join(folder, "chain.onnx");
    assert_non_null(path);
    assert_int_equal(mm_file_write(path, model.data, model.length, NULL), 0);
    mm_buf_done(&model);
    return path;
}

static const struct model_tensor *find(const struct model *model, const char *name)
{
    for (size_t i = 0; i < model->tensors; i++) {
        if (strcmp(model->tensor[i].name, name) == 0)
            return &model->tensor[i];
    }
    fail_msg("no tap behind %s", name);
    return NULL;
}

static void assert_tensor(const struct model *model, const char *name, const char *op_type, bool is_input,
                          bool is_output)
{
    const struct model_tensor *tensor = find(model, name);
    assert_string_equal(tensor->op_type, op_type);
    assert_string_equal(tensor->node, op_type);
    assert_int_equal(tensor->index, 0);
    assert_int_equal(tensor->depth, 0);
    assert_int_equal(tensor->is_input, is_input);
    assert_int_equal(tensor->is_output, is_output);
}

static void every_tensor(void **state)
{
    char *path = make_chain(*state);
    struct model model;
    assert_int_equal(model_open(&model, path, all, NULL, NULL), 0);
    assert_int_equal(model.tensors, 3);
    assert_tensor(&model, "x", "", true, false);
    assert_tensor(&model, "a", "Relu", false, false);
    assert_tensor(&model, "y", "Neg", false, true);
    model_close(&model);
    free(path);
}

/* What is handed over is a model: its own nodes in their order, and one tap that reads each tensor, the last one first. */
static void taps_are_nodes(void **state)
{
    char *path = make_chain(*state);
    struct model model;
    struct mm_graph *graph;
    assert_int_equal(model_open(&model, path, all, NULL, NULL), 0);
    assert_int_equal(mm_onnx_read(&graph, (const uint8_t *)model.bytes.data, model.bytes.length, "m", NULL),
                     0);
    static const char *const read[] = {"y", "a", "x"};
    assert_int_equal(graph->node_count, 5);
    for (int i = 0; i < 3; i++) {
        const struct mm_graph_node *tap = &graph->nodes[2 + i];
        assert_string_equal(tap->op_type, MODEL_TAP);
        assert_string_equal(graph->tensors[tap->inputs[0]].name, read[i]);
    }
    mm_graph_close(graph);
    model_close(&model);
    free(path);
}

/* 1 KiB and more stay where they are. */
static void large_weights_stay(void **state)
{
    char *path = make_chain(*state);
    struct model model;
    assert_int_equal(model_open(&model, path, all, NULL, NULL), 0);
    assert_int_equal(model.weights, 1);
    assert_string_equal(model.weight[0].name, "large");
    assert_int_equal(model.weight_bytes, 1024);
    model_close(&model);
    free(path);
}

/* Only what is chosen, and the written model has no taps. */
static bool only_a(void *context, const struct model_tensor *tensor)
{
    (void)context;
    return strcmp(tensor->name, "a") == 0;
}

static void chosen(void **state)
{
    char *path = make_chain(*state), *to = mm_path_join(*state, "written.onnx");
    struct model model;
    struct mm_graph *graph;
    assert_int_equal(model_open(&model, path, only_a, NULL, NULL), 0);
    assert_int_equal(model.tensors, 1);
    assert_string_equal(model.tensor[0].name, "a");
    model_close(&model);
    assert_int_equal(model_write(path, NULL, to, NULL), 0);
    assert_int_equal(mm_graph_open_onnx(&graph, to, NULL), 0);
    assert_int_equal(graph->node_count, 2);
    mm_graph_close(graph);
    free(to);
    free(path);
}

/* "thrice" calls one function three times: one tap behind each of its tensors serves all calls. */
static void functions(void **state)
{
    char *path = mm_path_join(*state, "thrice.onnx");
    struct model model;
    size_t inside = 0;
    assert_int_equal(model_open(&model, path, all, NULL, NULL), 0);
    for (size_t i = 0; i < model.tensors; i++)
        inside += model.tensor[i].in_function;
    assert_true(inside > 0);
    model_close(&model);
    free(path);
}

/* ---- damage ---- */

/* It is opened, or refused with a sentence. */
static void assert_survives(const char *path, const void *bytes, size_t size)
{
    struct model model;
    struct mm_err err = {0};
    assert_int_equal(mm_file_write(path, bytes, size, NULL), 0);
    if (model_open(&model, path, all, NULL, &err) == 0)
        model_close(&model);
    else
        assert_true(err.code != MM_OK && strstr(err.text, "bad.onnx"));
}

static void damaged(const char *from, const char *path)
{
    static const uint8_t flips[] = {0x01, 0x80, 0xff};
    struct mm_map map;
    assert_int_equal(mm_map_open(&map, from, NULL), 0);
    uint8_t *bytes = malloc(map.size);
    assert_non_null(bytes);
    for (size_t i = 0; i < map.size; i++) {
        memcpy(bytes, map.data, map.size);
        for (size_t k = 0; k < sizeof flips; k++) {
            bytes[i] = map.data[i] ^ flips[k];
            assert_survives(path, bytes, map.size);
        }
        assert_survives(path, map.data, i);
    }
    free(bytes);
    mm_map_close(&map);
}

static void damaged_models(void **state)
{
    char *chain = make_chain(*state), *nested = mm_path_join(*state, "nested.onnx"),
         *path = mm_path_join(*state, "bad.onnx");
    damaged(nested, path);
    damaged(chain, path);
    free(path);
    free(nested);
    free(chain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_tensor),       cmocka_unit_test(taps_are_nodes),
        cmocka_unit_test(large_weights_stay), cmocka_unit_test(chosen),
        cmocka_unit_test(functions),          cmocka_unit_test(damaged_models),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
