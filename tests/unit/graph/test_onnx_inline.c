#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "onnx_testing.h"

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

static void finds(const struct mm_graph *graph, const char *name, const char *tensor)
{
    int found = mm_graph_find(graph, name);
    if (!tensor && found >= 0)
        fail_msg("%s found %s", name, graph->tensors[found].name);
    if (tensor && (found < 0 || strcmp(graph->tensors[found].name, tensor) != 0))
        fail_msg("%s found %s, not %s", name, found < 0 ? "nothing" : graph->tensors[found].name, tensor);
}

/* Names of nodes and tensors: those of the model that ONNX Runtime 1.32 saves once it has inlined (names of
 * ONNX's inliner 1.23 in `finds`). */

static void one_call(void **state)
{
    struct mm_graph *graph = open_model(*state, "once.onnx");
    assert_text(graph, "opset 17\n"
                       "0 |Relu||x|a|\n"
                       "1 _inlfunc_blk_r|Relu||a|_inlfunc_blk_t|\n"
                       "2 |Neg||_inlfunc_blk_t|b|\n"
                       "3 |Relu||b|y|\n"
                       "_inlfunc_blk_t|1|2||?|?\n"
                       "a|0|1||?|?\n"
                       "b|2|3||?|?\n"
                       "x|-1|0|I|f32|[4]\n"
                       "y|3||O|f32|[4]\n");
    finds(graph, "t__1", "_inlfunc_blk_t");
    finds(graph, "r__1", "_inlfunc_blk_t");
    finds(graph, "called", "b");
    finds(graph, "fx", NULL);
    finds(graph, "t", NULL);
    finds(graph, "t__2", NULL);
    assert_int_equal(mm_graph_tensor(graph, "t__1"), -1); /* not its name */
    mm_graph_close(graph);
}

static void several_calls(void **state)
{
    struct mm_graph *graph = open_model(*state, "thrice.onnx");
    assert_text(graph, "opset 17\n"
                       "0 _inlfunc_blk_r|Relu||x|_inlfunc_blk_t|\n"
                       "1 |Neg||_inlfunc_blk_t|b|\n"
                       "2 _inlfunc_blk_token_0_r|Relu||b|_inlfunc_blk_token_0_t|\n"
                       "3 |Neg||_inlfunc_blk_token_0_t|c|\n"
                       "4 _inlfunc_blk_token_1_r|Relu||c|_inlfunc_blk_token_1_t|\n"
                       "5 |Neg||_inlfunc_blk_token_1_t|y|\n"
                       "_inlfunc_blk_token_0_t|2|3||?|?\n"
                       "_inlfunc_blk_token_1_t|4|5||?|?\n"
                       "_inlfunc_blk_t|0|1||?|?\n"
                       "b|1|2||?|?\n"
                       "c|3|4||?|?\n"
                       "x|-1|0|I|f32|[4]\n"
                       "y|5||O|f32|[4]\n");
    finds(graph, "t__1", "_inlfunc_blk_t");
    finds(graph, "t__2", "_inlfunc_blk_token_0_t");
    finds(graph, "t__3", "_inlfunc_blk_token_1_t");
    mm_graph_close(graph);
}

/* The runtime counts a round of inlining at a time, the inliner in the order of the nodes. */
static void calls_in_functions(void **state)
{
    struct mm_graph *graph = open_model(*state, "nested.onnx");
    static const char *const made[] = {"_inlfunc_blk_t",
                                       "_inlfunc_outer_m",
                                       "_inlfunc_outer_k",
                                       "_inlfunc_blk_token_1_t",
                                       "b",
                                       "t",
                                       "_inlfunc_blk_token_2_t",
                                       "_inlfunc_outer_token_0_m",
                                       "_inlfunc_outer_token_0_k",
                                       "_inlfunc_blk_token_3_t",
                                       "y"};
    static const char *const named[] = {
        "_inlfunc_blk_r",         "", "_inlfunc_outer_abs",         "_inlfunc_blk_token_1_r", "", "",
        "_inlfunc_blk_token_2_r", "", "_inlfunc_outer_token_0_abs", "_inlfunc_blk_token_3_r", ""};
    static const char *const inliner[] = {"t__2", "m__1", "k__1", "t__3", "b", "t",
                                          "t__5", "m__4", "k__4", "t__6", "y"};
    assert_int_equal(graph->node_count, 11);
    for (int i = 0; i < 11; i++) {
        assert_string_equal(graph->nodes[i].name, named[i]);
        assert_string_equal(graph->tensors[graph->nodes[i].outputs[0]].name, made[i]);
        assert_int_equal(graph->nodes[i].inputs[0],
                         i ? graph->nodes[i - 1].outputs[0] : mm_graph_tensor(graph, "x"));
        finds(graph, inliner[i], made[i]);
    }
    finds(graph, "oc", "b");
    finds(graph, "in1__1", "_inlfunc_outer_m");
    finds(graph, "_inlfunc_outer_token_0_in1", "_inlfunc_outer_token_0_m");
    mm_graph_close(graph);
}

/* A tensor of either branch: which one ran is not known. */
static void assert_either(const struct mm_graph *graph, const char *name, int one, int other)
{
    struct mm_graph_matches matches;
    struct mm_err err;
    assert_int_equal(mm_graph_match(graph, &name, 1, MM_RUNGS_ALL, &matches, &err), 0);
    assert_int_equal(matches.ambiguous, 1);
    assert_int_equal(matches.match[0].tensor, -1);
    assert_int_equal(matches.match[0].candidate[0], one);
    assert_int_equal(matches.match[0].candidate[1], other);
    mm_graph_matches_done(&matches);
}

/* Each body counts by itself; the inliner goes on counting. */
static void calls_in_bodies(void **state)
{
    struct mm_graph *graph = open_model(*state, "in_bodies.onnx");
    assert_text(graph, "opset 17\n"
                       "0 _inlfunc_blk_r|Relu||x|_inlfunc_blk_t||in 4\n"
                       "1 |Neg||_inlfunc_blk_t|o2||in 4\n"
                       "2 _inlfunc_blk_r|Relu||x|_inlfunc_blk_t#1||in 4\n"
                       "3 |Neg||_inlfunc_blk_t#1|o||in 4\n"
                       "4 |If||c(o2,o)|y|\n"
                       "_inlfunc_blk_t#1|2|3||?|?\n"
                       "_inlfunc_blk_t|0|1||?|?\n"
                       "c|-1|4|I|f32|[4]\n"
                       "o2|1|4||f32|[4]\n"
                       "o|3|4||f32|[4]\n"
                       "x|-1|0,2|I|f32|[4]\n"
                       "y|4||O|f32|[4]\n");
    assert_int_equal(mm_graph_find(graph, "t__1"), graph->nodes[0].outputs[0]);
    assert_int_equal(mm_graph_find(graph, "t__2"), graph->nodes[2].outputs[0]);
    assert_either(graph, "_inlfunc_blk_t", graph->nodes[0].outputs[0], graph->nodes[2].outputs[0]);
    mm_graph_close(graph);
}

static void bodies_in_functions(void **state)
{
    struct mm_graph *graph = open_model(*state, "with_bodies.onnx");
    assert_text(graph, "opset 17\n"
                       "0 |Relu||x|_inlfunc_iff_t|\n"
                       "1 |Sub||_inlfunc_iff_w,_inlfunc_iff_t|_inlfunc_iff_el||in 5\n"
                       "2 _inlfunc_iff_add|Add||x,_inlfunc_iff_t|_inlfunc_iff_th||in 5\n"
                       "3 _inlfunc_blk_r|Relu||_inlfunc_iff_th|_inlfunc_blk_t||in 5\n"
                       "4 |Neg||_inlfunc_blk_t|_inlfunc_iff_tho||in 5\n"
                       "5 _inlfunc_iff_theif|If||c(_inlfunc_iff_el,_inlfunc_iff_tho)|y|\n"
                       "_inlfunc_blk_t|3|4||?|?\n"
                       "_inlfunc_iff_el|1|5||f32|[4]\n"
                       "_inlfunc_iff_tho|4|5||f32|[4]\n"
                       "_inlfunc_iff_th|2|3||?|?\n"
                       "_inlfunc_iff_t|0|1,2||?|?\n"
                       "_inlfunc_iff_w|-1|1|C|f32|[]\n"
                       "c|-1|5|I|f32|[4]\n"
                       "x|-1|0,2|I|f32|[4]\n"
                       "y|5||O|f32|[4]\n");
    finds(graph, "w__1", "_inlfunc_iff_w");
    finds(graph, "tho__1", "_inlfunc_iff_tho");
    finds(graph, "t__2", "_inlfunc_blk_t");
    assert_true(mm_graph_has_values(graph, mm_graph_tensor(graph, "_inlfunc_iff_w")));
    mm_graph_close(graph);
}

static void attributes(void **state)
{
    struct mm_graph *graph = open_model(*state, "attributes.onnx");
    assert_text(
        graph, "opset 17\n"
               "0 |LeakyRelu||x|_inlfunc_inner_l|alpha=0.25;\n"
               "1 |Constant|||_inlfunc_inner_c|value_ints=[5,6];\n"
               "2 |Constant|||_inlfunc_inner_d|\n"
               "3 |Op||_inlfunc_inner_l,_inlfunc_inner_c,_inlfunc_inner_d|a|axis=3;\n"
               "4 |LeakyRelu||a|_inlfunc_inner_token_1_l|\n"
               "5 |Constant|||_inlfunc_inner_token_1_c|value_ints=[5,6];\n"
               "6 |Constant|||_inlfunc_inner_token_1_d|\n"
               "7 |Op||_inlfunc_inner_token_1_l,_inlfunc_inner_token_1_c,_inlfunc_inner_token_1_d|y|axis=3;\n"
               "_inlfunc_inner_c|1|3|C|i64|[2]\n"
               "_inlfunc_inner_d|2|3|C|f64|[1,1]\n"
               "_inlfunc_inner_l|0|3||?|?\n"
               "_inlfunc_inner_token_1_c|5|7|C|i64|[2]\n"
               "_inlfunc_inner_token_1_d|6|7|C|f64|[1,1]\n"
               "_inlfunc_inner_token_1_l|4|7||?|?\n"
               "a|3|4||?|?\n"
               "x|-1|0|I|f32|[4]\n"
               "y|7||O|f32|[4]\n");
    mm_graph_close(graph);
}

/* A body that the call hands in reads the tensors around the call. */
static void body_handed_in(void **state)
{
    struct mm_graph *graph = open_model(*state, "handed_in.onnx");
    assert_text(graph, "opset 17\n"
                       "0 given|Abs||x|o||in 1\n"
                       "1 _inlfunc_choice_choose|If||c(o)|y|\n"
                       "c|-1|1|I|f32|[4]\n"
                       "o|0|1||f32|[4]\n"
                       "x|-1|0|I|f32|[4]\n"
                       "y|1||O|f32|[4]\n");
    mm_graph_close(graph);
}

static void left_out(void **state)
{
    struct mm_graph *graph = open_model(*state, "left_out.onnx");
    assert_text(graph, "opset 17\n"
                       "0 _inlfunc_sparse_op|Op||x,-,x|_inlfunc_sparse_d,m|\n"
                       "1 _inlfunc_sparse_token_0_op|Op||m,-,-|y,_inlfunc_sparse_token_0_e|\n"
                       "_inlfunc_sparse_d|0|||?|?\n"
                       "_inlfunc_sparse_token_0_e|1|||?|?\n"
                       "m|0|1||?|?\n"
                       "x|-1|0|I|f32|[4]\n"
                       "y|1||O|f32|[4]\n");
    finds(graph, "d__1", "_inlfunc_sparse_d");
    finds(graph, "e__2", "_inlfunc_sparse_token_0_e");
    mm_graph_close(graph);
}

static void straight_through(void **state)
{
    struct mm_graph *graph = open_model(*state, "through.onnx");
    assert_text(graph, "opset 17\n"
                       "0 |Identity||z|y|\n"
                       "1 |Identity||x|o|\n"
                       "o|1||O|f32|[4]\n"
                       "x|-1|1|I|f32|[4]\n"
                       "y|0||O|f32|[4]\n"
                       "z|-1|0|I|f32|[4]\n");
    mm_graph_close(graph);
}

/* A function that is not in the model; one that stands for ONNX's own operator. */
static void missing(void **state)
{
    struct mm_graph *graph = open_model(*state, "missing.onnx");
    assert_text(graph, "opset 17\n"
                       "0 here|gone|own|x|a|\n"
                       "1 |blk|other|a|b|\n"
                       "2 |Max||b,b|y|\n"
                       "a|0|1||?|?\n"
                       "b|1|2||?|?\n"
                       "x|-1|0|I|f32|[4]\n"
                       "y|2||O|f32|[4]\n");
    mm_graph_close(graph);
}

static void refused(const char *folder, const char *name, const char *text)
{
    struct mm_graph *graph;
    struct mm_err err;
    assert_int_equal(open_in(folder, name, &graph, &err), -1);
    assert_null(graph);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    if (strcmp(strrchr(err.text, '/') + 1, text) != 0)
        fail_msg("%s", err.text);
    assert_int_equal(open_in(folder, name, &graph, NULL), -1);
}

static void limits(void **state)
{
    struct mm_graph *graph = open_model(*state, "deep.onnx");
    assert_int_equal(graph->node_count, 1);
    mm_graph_close(graph);
    refused(*state, "too_deep.onnx",
            "too_deep.onnx: local functions that call one another (\"own:f0\"), more than 32 deep");
    refused(*state, "itself.onnx", "itself.onnx: the local function \"own:f\" calls itself");
    refused(*state, "itself_in_body.onnx", "itself_in_body.onnx: the local function \"own:f\" calls itself");
    refused(*state, "too_many.onnx", "too_many.onnx: more than 2097152 nodes, tensors, attributes or calls");
    refused(
        *state, "too_large.onnx",
        "too_large.onnx: the calls of its local functions have more than 128 MiB of names and attributes");
}

static void try_model(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1); /* exactly, so that a sanitizer sees a read beyond it */
    struct mm_graph *graph;
    struct mm_err err = {MM_OK, ""};
    assert_non_null(copy);
    memcpy(copy, data, size);
    if (mm_onnx_read(&graph, copy, size, "m", &err) == 0) {
        free(copy);
        copy = NULL; /* nothing of the graph is in the file */
        assert_graph(graph);
        mm_graph_close(graph);
    } else {
        assert_true(err.code != MM_OK && strncmp(err.text, "m: ", 3) == 0 && !graph);
    }
    free(copy);
}

static void every_prefix_and_every_byte(void **state)
{
    static const uint8_t other[] = {0x00, 0xff, 0x7f, 0x80};
    static const char *const names[] = {"small.onnx", "once.onnx", "left_out.onnx", "handed_in.onnx"};
    for (size_t m = 0; m < MM_COUNT(names); m++) {
        size_t size;
        uint8_t *bytes = get_file(*state, names[m], &size);
        for (size_t length = 0; length <= size; length++)
            try_model(bytes, length);
        for (size_t i = 0; i < size; i++) {
            uint8_t kept = bytes[i];
            for (size_t k = 0; k < 8 + MM_COUNT(other); k++) {
                bytes[i] = k < 8 ? (uint8_t)(kept ^ 1u << k) : other[k - 8];
                try_model(bytes, size);
            }
            bytes[i] = kept;
        }
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_call),
        cmocka_unit_test(several_calls),
        cmocka_unit_test(calls_in_functions),
        cmocka_unit_test(calls_in_bodies),
        cmocka_unit_test(bodies_in_functions),
        cmocka_unit_test(attributes),
        cmocka_unit_test(body_handed_in),
        cmocka_unit_test(left_out),
        cmocka_unit_test(straight_through),
        cmocka_unit_test(missing),
        cmocka_unit_test(limits),
        cmocka_unit_test(every_prefix_and_every_byte),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
