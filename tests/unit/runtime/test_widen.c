/* A float16 model as a float32 one: which bytes become what, worked out by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/graph.h"
#include "runtime/widen.h"
#include "unit/graph/onnx_testing.h"
#include "unit/near.h"

#define HALF  10
#define LARGE 256    /* elements: 1024 bytes of float32 */
#define TENTH 0x2E66 /* 0.1 as a half: 1638 / 16384 */
#define FILES ((struct widen_files){*state, "wide.onnx", "wide.data"})

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

static void put_constant(struct mm_buf *out, uint32_t number, const char *name, size_t count)
{
    uint16_t values[LARGE];
    struct mm_buf tensor = {0};
    for (size_t i = 0; i < count; i++)
        values[i] = TENTH;
    put_number(&tensor, 1, (int64_t)count);
    put_number(&tensor, 2, HALF);
    put_string(&tensor, 8, name);
    put_bytes(&tensor, 9, values, count * sizeof *values);
    put_message(out, number, &tensor);
}

static void put_half_value(struct mm_buf *graph, uint32_t number, const char *name)
{
    struct mm_buf value = {0}, type = {0}, tensor = {0};
    put_number(&tensor, 1, HALF);
    put_message(&type, 1, &tensor);
    put_string(&value, 1, name);
    put_message(&value, 2, &type);
    put_message(graph, number, &value);
}

/* Cast (to float16) of x; an attribute of the same number that is no type. */
static void put_cast(struct mm_buf *graph)
{
    static const char *const names[] = {"to", "axis"};
    struct mm_buf node = {0};
    put_string(&node, 1, "x");
    put_string(&node, 2, "y");
    put_string(&node, 4, "Cast");
    for (size_t i = 0; i < MM_COUNT(names); i++) {
        struct mm_buf attribute = {0};
        put_string(&attribute, 1, names[i]);
        put_number(&attribute, 3, HALF);
        put_number(&attribute, 20, 2);
        put_message(&node, 5, &attribute);
    }
    put_message(graph, 1, &node);
}

static char *make_half(const char *folder)
{
    struct mm_buf graph = {0}, model = {0};
    put_cast(&graph);
    put_constant(&graph, 5, "large", LARGE);
    put_constant(&graph, 5, "small", 2);
    put_half_value(&graph, 11, "x");
    put_half_value(&graph, 12, "y");
    put_number(&model, 1, 8);
    put_message(&model, 7, &graph);
    char *path = mm_path_join(folder, "half.onnx");
    assert_non_null(path);
    assert_int_equal(mm_file_write(path, model.data, model.length, NULL), 0);
    mm_buf_done(&model);
    return path;
}

static int64_t int_of(const struct mm_graph *graph, const char *attribute)
{
    return mm_graph_int(&graph->nodes[0], attribute, -1);
}

static void types_become_float32(void **state)
{
    char *path = make_half(*state), *wide = mm_path_join(*state, "wide.onnx");
    struct mm_names inputs = {0};
    struct mm_arena arena = {0};
    struct mm_graph *graph;
    bool changed = false;
    assert_int_equal(widen(path, &FILES, &inputs, &arena, &changed, NULL), 0);
    assert_true(changed);
    assert_int_equal(inputs.count, 1);
    assert_string_equal(inputs.name[0].text, "x");
    assert_int_equal(mm_graph_open_onnx(&graph, wide, NULL), 0);
    assert_int_equal(int_of(graph, "to"), 1);
    assert_int_equal(int_of(graph, "axis"), HALF);
    mm_graph_close(graph);
    mm_names_done(&inputs);
    mm_arena_done(&arena);
    free(wide);
    free(path);
}

/* The larger constant's values are in the file, the smaller one's in the model. */
static void values_are_exact(void **state)
{
    char *path = make_half(*state), *wide = mm_path_join(*state, "wide.onnx"),
         *data = mm_path_join(*state, "wide.data");
    struct mm_names inputs = {0};
    struct mm_arena arena = {0};
    struct model model;
    struct mm_map map;
    bool changed;
    assert_int_equal(widen(path, &FILES, &inputs, &arena, &changed, NULL), 0);
    assert_int_equal(mm_map_open(&map, data, NULL), 0);
    assert_int_equal(map.size, LARGE * sizeof(float));
    for (size_t i = 0; i < LARGE; i++)
        assert_near(((const float *)(const void *)map.data)[i], 1638.0 / 16384, 0);
    mm_map_close(&map);
    assert_int_equal(model_open(&model, wide, NULL, NULL, NULL), 0);
    assert_int_equal(model.weights, 1);
    assert_string_equal(model.weight[0].name, "large");
    assert_int_equal(model.weight[0].stored.tensor.dtype, MM_F32);
    assert_int_equal(model.weight[0].stored.tensor.count, LARGE);
    model_close(&model);
    mm_names_done(&inputs);
    mm_arena_done(&arena);
    free(data);
    free(wide);
    free(path);
}

/* ---- damage ---- */

/* It is written, or refused with a sentence. */
static void assert_survives(void **state, const char *path, const void *bytes, size_t size)
{
    struct mm_names inputs = {0};
    struct mm_arena arena = {0};
    struct mm_err err = {0};
    bool changed;
    assert_int_equal(mm_file_write(path, bytes, size, NULL), 0);
    if (widen(path, &FILES, &inputs, &arena, &changed, &err) < 0)
        assert_true(err.code != MM_OK && *err.text);
    mm_names_done(&inputs);
    mm_arena_done(&arena);
}

static void damaged_models(void **state)
{
    static const uint8_t flips[] = {0x01, 0x80, 0xff};
    char *half = make_half(*state), *path = mm_path_join(*state, "bad.onnx");
    struct mm_map map;
    assert_int_equal(mm_map_open(&map, half, NULL), 0);
    uint8_t *bytes = malloc(map.size);
    assert_non_null(bytes);
    for (size_t i = 0; i < map.size; i++) {
        memcpy(bytes, map.data, map.size);
        bytes[i] = map.data[i] ^ flips[i % sizeof flips];
        assert_survives(state, path, bytes, map.size);
        assert_survives(state, path, map.data, i);
    }
    free(bytes);
    mm_map_close(&map);
    free(path);
    free(half);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_become_float32),
        cmocka_unit_test(values_are_exact),
        cmocka_unit_test(damaged_models),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
