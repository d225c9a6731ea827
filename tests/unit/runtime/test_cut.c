#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "runtime/cut.h"
#include "unit/graph/onnx_testing.h"

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

static void put_operator(struct mm_buf *graph, const char *op, const char *reads, const char *and,
                         const char *makes)
{
    struct mm_buf node = {0};
    put_string(&node, 1, reads);
    if (*and)
        put_string(&node, 1, and);
    put_string(&node, 2, makes);
    put_string(&node, 3, makes);
    put_string(&node, 4, op);
    put_message(graph, 1, &node);
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

/* A cut refers to its path. */
struct opened {
    struct cut cut;
    char *path;
};

/* x -> Relu -> a -> Mul by w -> b -> Neg -> y; a -> RandomNormalLike -> r -> Abs -> s. */
static struct cut *open_cut(const char *folder)
{
    struct mm_buf graph = {0}, model = {0};
    struct opened *opened = calloc(1, sizeof *opened);
    assert_non_null(opened);
    struct cut *cut = &opened->cut;
    put_operator(&graph, "Relu", "x", "", "a");
    put_operator(&graph, "Mul", "a", "w", "b");
    put_operator(&graph, "Neg", "b", "", "y");
    put_operator(&graph, "RandomNormalLike", "a", "", "r");
    put_operator(&graph, "Abs", "r", "", "s");
    put_floats(&graph, "w", 512);
    put_number(&model, 1, 8);
    put_message(&model, 7, &graph);
    char *path = mm_path_join(folder, "cut.onnx");
    assert_non_null(path);
    opened->path = path;
    assert_int_equal(mm_file_write(path, model.data, model.length, NULL), 0);
    assert_int_equal(cut_open(cut, path, NULL), 0);
    for (size_t i = 0; i < cut->tensors; i++)
        cut->tensor[i].dtype = MM_F32;
    mm_buf_done(&model);
    return cut;
}

static void close_cut(struct cut *cut)
{
    cut_close(cut);
    free(((struct opened *)cut)->path); /* its first member */
    free(cut);
}

/* The names that were dumped, one after the other, each within blanks. */
static bool is_dumped(void *context, const char *tensor)
{
    char word[32];
    snprintf(word, sizeof word, " %s ", tensor);
    return strstr(context, word) != NULL;
}

static int mark(struct cut *cut, const char *tensor, const char *dumped, size_t *before, struct mm_err *err)
{
    struct cut_tap tap = {.tensor = cut_find(cut, tensor)};
    for (size_t i = 0; i < cut->tensors; i++)
        cut->tensor[i].dumped = -1;
    cut_unmark(cut);
    return cut_mark(cut, &tap, is_dumped, (void *)(uintptr_t)dumped, before, err);
}

/* From the operator up to what was dumped, no farther. */
static void up_to_the_dumped(void **state)
{
    struct cut *cut = open_cut(*state);
    size_t before = 9;
    assert_int_equal(mark(cut, "y", " a b ", &before, NULL), 0);
    assert_int_equal(before, 0);
    assert_true(cut->node[2].needed && !cut->node[1].needed && !cut->node[0].needed);
    assert_true(cut->tensor[cut_find(cut, "b")].needed && !cut->tensor[cut_find(cut, "a")].needed);
    assert_int_equal(mark(cut, "y", " x ", &before, NULL), 0);
    assert_int_equal(before, 2);
    assert_true(cut->node[2].needed && cut->node[1].needed && cut->node[0].needed);
    assert_true(cut->tensor[cut_find(cut, "w")].needed);
    close_cut(cut);
}

/* What can't be computed says why, and nothing is marked. */
static void refused(void **state)
{
    struct cut *cut = open_cut(*state);
    struct mm_err err = {0};
    size_t before;
    assert_int_equal(mark(cut, "y", " ", &before, &err), -1);
    assert_string_equal(err.text, "its input x was not dumped on both sides");
    assert_false(cut->node[2].needed);
    assert_int_equal(mark(cut, "r", " a ", &before, &err), -1);
    assert_string_equal(err.text, "RandomNormalLike draws random numbers");
    assert_int_equal(mark(cut, "s", " a ", &before, &err), -1);
    assert_int_equal(mark(cut, "s", " r ", &before, &err), 0); /* reads what was drawn */
    assert_int_equal(mark(cut, "w", " a ", &before, &err), -1);
    assert_int_equal(mark(cut, "nobody", " a ", &before, &err), -1);
    assert_int_equal(cut_find(cut, "nobody"), -1);
    close_cut(cut);
}

static struct mm_graph *written(struct cut *cut, const char *folder)
{
    struct mm_graph *graph = NULL;
    char *path = mm_path_join(folder, "written.onnx");
    assert_non_null(path);
    assert_int_equal(mm_file_write(path, cut->model.bytes.data, cut->model.bytes.length, NULL), 0);
    assert_int_equal(mm_graph_open_onnx(&graph, path, NULL), 0);
    free(path);
    return graph;
}

static size_t count_of(const struct mm_graph *graph, const char *op_type)
{
    size_t n = 0;
    for (int i = 0; i < graph->node_count; i++)
        n += strcmp(graph->nodes[i].op_type, op_type) == 0;
    return n;
}

/* The operator, a source for what it reads, a tap for what it makes; with other values a second operator and source; with other
 * weights a third operator, which shares the source. */
static void what_is_written(void **state)
{
    struct cut *cut = open_cut(*state);
    float values[512] = {1};
    struct mm_tensor weights;
    struct mm_run run;
    const struct mm_shape shape = {.rank = 1, .dim = {512}};
    mm_tensor_raw(&weights, MM_F32, &shape, values, &run);
    int64_t b = cut_find(cut, "b");
    const struct cut_tap tap[] = {
        {.tensor = b}, {.tensor = b, .other = 2}, {.tensor = b, .weights = &weights, .input = 1}};
    for (size_t taps = 1; taps <= 3; taps++) {
        size_t before;
        cut_unmark(cut);
        for (size_t i = 0; i < taps; i++)
            assert_int_equal(cut_mark(cut, &tap[i], is_dumped, (void *)(uintptr_t) " a ", &before, NULL), 0);
        assert_int_equal(cut_write(cut, tap, taps, NULL), 0);
        assert_int_equal(cut->model.tensors, taps);
        struct mm_graph *graph = written(cut, *state);
        assert_int_equal(count_of(graph, "Mul"), taps);
        assert_int_equal(count_of(graph, CUT_SOURCE "1"), taps < 2 ? 1 : 2);
        assert_int_equal(count_of(graph, "Relu") + count_of(graph, "Neg"), 0);
        mm_graph_close(graph);
    }
    close_cut(cut);
}

/* Every prefix of the file is an error or a model, and no crash. */
static void damaged(void **state)
{
    struct cut *cut = open_cut(*state);
    char *path = mm_path_join(*state, "prefix.onnx");
    for (size_t size = 0; size < cut->model.map.size; size += size < 300 ? 1 : 97) {
        struct cut part;
        assert_int_equal(mm_file_write(path, cut->model.map.data, size, NULL), 0);
        if (cut_open(&part, path, NULL) == 0)
            cut_close(&part);
    }
    free(path);
    close_cut(cut);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(up_to_the_dumped),
        cmocka_unit_test(refused),
        cmocka_unit_test(what_is_written),
        cmocka_unit_test(damaged),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
