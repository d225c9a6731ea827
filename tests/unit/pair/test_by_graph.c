#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "names.h"

/* A node with one input (and a weight, or NULL) and one output. */
static void node(struct mm_graph_builder *builder, const char *name, const char *op, const char *in,
                 const char *weight, const char *out)
{
    const char *inputs[] = {in, weight};
    mm_graph_add_node(builder, name, op, inputs, weight ? 2 : 1, &out, 1);
}

static struct mm_graph *finish(struct mm_graph_builder *builder, const char *output)
{
    struct mm_graph *graph = NULL;
    mm_graph_add_tensor(builder, output, MM_GRAPH_OUTPUT, MM_DTYPE_NONE, NULL);
    assert_int_equal(mm_graph_finish(builder, &graph, "test", NULL), 0);
    return graph;
}

/* As Paddle's exporter has it: a node's name is another node's tensor's. */
static struct mm_graph *paddle(void)
{
    struct mm_graph_builder *builder = mm_graph_new();
    node(builder, "p2o.Add.0", "Add", "x", "w", "p2o.Add.1");
    node(builder, "p2o.Add.1", "Add", "p2o.Add.1", "w", "p2o.Add.3");
    node(builder, "p2o.Relu.0", "Relu", "p2o.Add.3", NULL, "relu_0.tmp_0");
    node(builder, "", "Clip", "relu_0.tmp_0", NULL, "clip_0.tmp_0");
    node(builder, "last", "Softmax", "clip_0.tmp_0", NULL, "y");
    return finish(builder, "y");
}

static const char *const paddle_names[] = {"p2o.Add.1",    "p2o.Add.3", "relu_0.tmp_0",
                                           "clip_0.tmp_0", "y",         NULL};

/* OpenCV's layer is the node's first output; the output has its own name besides. */
static void opencv_layers(void **state)
{
    (void)state;
    struct mm_graph *graph = paddle();
    const struct mm_pairing by = {.graph = graph};
    struct names_pairs pairs;
    const char *const dst[] = {"onnx_node!p2o.Add.0",
                               "onnx_node!p2o.Add.1",
                               "onnx_node!p2o.Relu.0",
                               "onnx_node_output_0!clip_0.tmp_0",
                               "onnx_node!last",
                               "y",
                               "onnx_node!p2o.Add.1/reduce",
                               NULL};
    names_pair(&pairs, paddle_names, dst, &by);
    assert_string_equal(names_partner(&pairs, "p2o.Add.1"), "onnx_node!p2o.Add.0");
    assert_string_equal(names_partner(&pairs, "p2o.Add.3"), "onnx_node!p2o.Add.1");
    assert_string_equal(names_partner(&pairs, "relu_0.tmp_0"), "onnx_node!p2o.Relu.0");
    assert_string_equal(names_partner(&pairs, "clip_0.tmp_0"), "onnx_node_output_0!clip_0.tmp_0");
    assert_string_equal(names_partner(&pairs, "y"), "y");
    assert_string_equal(names_how(&pairs, "p2o.Add.3"), "the same tensor of the model");
    assert_int_equal(pairs.pairs->both, 6); /* "onnx_node!last" is y as well */
    assert_int_equal(pairs.pairs->dst_only, 1);
    names_done(&pairs);
    const char *const files[] = {"onnx_node_p2o.Add.0", "onnx_node_p2o.Add.1", NULL};
    names_pair(&pairs, files, paddle_names, &by);
    assert_string_equal(names_partner(&pairs, files[0]), "p2o.Add.1");
    assert_string_equal(names_partner(&pairs, files[1]), "p2o.Add.3");
    /* the row's name is src's, which the graph does not know: `model` has the one that it knows */
    assert_string_equal(pairs.pairs->pair[0].model, "p2o.Add.1");
    names_done(&pairs);
    mm_graph_close(graph);
}

static void fused_layers(void **state)
{
    (void)state;
    struct mm_graph *graph = paddle();
    const struct mm_pairing by = {.graph = graph};
    struct names_pairs pairs;
    const char *const dst[] = {"p2o.Add.0 + p2o.Relu.0", "a||last", NULL};
    names_pair(&pairs, paddle_names, dst, &by);
    assert_string_equal(names_partner(&pairs, "relu_0.tmp_0"), dst[0]);
    assert_string_equal(names_partner(&pairs, "y"), dst[1]);
    assert_int_equal(pairs.pairs->both, 2);
    names_done(&pairs);
    mm_graph_close(graph);
}

/* conv1, bn1 (folded), relu, a sequence of fc and dropout in which fc is called twice. */
static struct mm_graph *exported(void)
{
    struct mm_graph_builder *builder = mm_graph_new();
    node(builder, "/conv1/Conv", "Conv", "x", "onnx::Conv_12", "/conv1/Conv_output_0");
    node(builder, "/relu/Relu", "Relu", "/conv1/Conv_output_0", NULL, "/relu/Relu_output_0");
    node(builder, "/seq/seq.0/fc/MatMul", "MatMul", "/relu/Relu_output_0", "w",
         "/seq/seq.0/fc/MatMul_output_0");
    node(builder, "/seq/seq.0/fc/Add", "Add", "/seq/seq.0/fc/MatMul_output_0", "b",
         "/seq/seq.0/fc/Add_output_0");
    node(builder, "/seq/seq.0/fc_1/MatMul", "MatMul", "/seq/seq.0/fc/Add_output_0", "w", "again");
    node(builder, "/seq/seq.2/Relu", "Relu", "again", NULL, "relu2");
    node(builder, "/Relu", "Relu", "relu2", NULL, "relu3");
    node(builder, "/head/Gemm", "Gemm", "relu3", "head.weight", "y");
    return finish(builder, "y");
}

static const char *const tensors[] = {"/conv1/Conv_output_0",
                                      "/relu/Relu_output_0",
                                      "/seq/seq.0/fc/Add_output_0",
                                      "again",
                                      "relu2",
                                      "relu3",
                                      "y",
                                      NULL};

/* In the order in which they ran. */
static void modules(void **state)
{
    (void)state;
    struct mm_graph *graph = exported();
    const struct mm_pairing by = {.graph = graph};
    struct names_pairs pairs;
    const char *const hooks[] = {"conv1", "bn1", "relu", "seq.0.fc", "seq.0",        "seq.1",
                                 "seq.2", "seq", "drop", "head",     "head.weight2", NULL};
    names_pair(&pairs, hooks, tensors, &by);
    assert_string_equal(names_partner(&pairs, "conv1"), ""); /* its own result is not in the graph */
    assert_string_equal(names_partner(&pairs, "bn1"), "/conv1/Conv_output_0");
    assert_string_equal(names_partner(&pairs, "relu"), "/relu/Relu_output_0");
    assert_string_equal(names_partner(&pairs, "seq.0.fc"), "again"); /* the last call */
    assert_string_equal(names_partner(&pairs, "seq.0"), "again");
    assert_string_equal(names_partner(&pairs, "seq.1"), "again"); /* no nodes: what came before */
    assert_string_equal(names_partner(&pairs, "seq.2"), "relu2");
    assert_string_equal(names_partner(&pairs, "seq"), "relu2");
    assert_string_equal(names_partner(&pairs, "drop"), "relu3"); /* behind the function */
    assert_string_equal(names_partner(&pairs, "head"), "y");
    assert_string_equal(names_partner(&pairs, "head.weight2"), "");
    assert_int_equal(pairs.pairs->both, 9);
    names_done(&pairs);
    mm_graph_close(graph);
}

/* Out of order, only the numbers of a sequence tell what came before. */
static void modules_by_name(void **state)
{
    (void)state;
    struct mm_graph *graph = exported();
    const struct mm_pairing by = {.graph = graph};
    struct names_pairs pairs;
    const char *const hooks[] = {"model.head", "model.bn1",   "model.conv1", "model.drop",
                                 "model.relu", "model.seq.0", "model.seq.1", NULL};
    names_pair(&pairs, tensors, hooks, &by);
    assert_string_equal(names_partner(&pairs, "/conv1/Conv_output_0"), "");
    assert_string_equal(names_partner(&pairs, "y"), "model.head");
    assert_string_equal(names_partner(&pairs, "relu3"), "");
    assert_int_equal(pairs.pairs->both, 4); /* head, relu, seq.0, seq.1 */
    names_done(&pairs);
    mm_graph_close(graph);
}

/* What both sides of a pair are in the graph does not matter where all names are the same. */
static void same_names(void **state)
{
    (void)state;
    struct mm_graph *graph = exported();
    const struct mm_pairing by = {.graph = graph};
    struct names_pairs pairs;
    names_pair(&pairs, tensors, tensors, &by);
    assert_int_equal(pairs.pairs->both, 7);
    assert_null(pairs.pairs->pair[0].how);
    assert_null(pairs.pairs->pair[0].model);
    names_done(&pairs);
    mm_graph_close(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opencv_layers),   cmocka_unit_test(fused_layers), cmocka_unit_test(modules),
        cmocka_unit_test(modules_by_name), cmocka_unit_test(same_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
