#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "onnx_testing.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>

static int setup(void **state)
{
    *state = make_with("make_weights.py");
    return 0;
}

static int teardown(void **state)
{
    drop_folder(*state);
    return 0;
}

static struct mm_graph_weights *open_weights(const struct mm_graph *graph)
{
    struct mm_graph_weights *weights;
    struct mm_err err;
    if (mm_graph_weights_open(&weights, graph, &err) < 0)
        fail_msg("%s", err.text);
    return weights;
}

static void values(void **state)
{
    struct mm_graph *graph = open_model(*state, "small.onnx");
    struct mm_graph_weights *weights = open_weights(graph);
    struct mm_stored stored;
    struct mm_err err;
    assert_int_equal(mm_graph_constant(weights, mm_graph_tensor(graph, "w"), &stored, &err), 0);
    assert_string_equal(stored.name, "w");
    assert_int_equal(stored.tensor.dtype, MM_I16);
    for (int i = 0; i < 3; i++)
        assert_true(mm_tensor_at(&stored.tensor, i) == i + 1);
    assert_int_equal(mm_graph_weights_check(weights, &stored, &err), 0);
    assert_int_equal(mm_graph_weights_check(weights, NULL, &err), 0);
    mm_stored_close(&stored);
    assert_int_equal(mm_graph_constant(weights, mm_graph_tensor(graph, "y"), &stored, &err), -1);
    assert_int_equal(err.code, MM_EARG);
    assert_int_equal(mm_graph_constant(weights, -1, &stored, NULL), -1);
    assert_int_equal(mm_graph_constant(weights, graph->tensor_count, &stored, NULL), -1);
    mm_graph_weights_close(weights);
    mm_graph_weights_close(NULL);
    mm_graph_close(graph);
}

static void graphs_without_a_file(void **state)
{
    struct mm_graph *graph = GRAPH("n|Op|x|y");
    struct mm_graph_weights *weights;
    struct mm_err err;
    (void)state;
    assert_false(mm_graph_has_values(graph, 0));
    assert_false(mm_graph_has_values(graph, -1));
    assert_int_equal(mm_graph_weights_open(&weights, graph, &err), -1);
    assert_null(weights);
    assert_int_equal(err.code, MM_EARG);
    assert_string_equal(err.text, "the graph was not read from a file: it has no weights");
    mm_graph_close(graph);
}

/* ---- the file changes ------------------------------------------------------------------------------------------- */

/* Reading a value of a copy of the model after a change to it, before or after one was read: what is said. */
static void after(const char *folder, const char *change, bool read_before, enum mm_code code,
                  const char *text)
{
    struct mm_stored stored;
    struct mm_err err;
    shell(folder, "cd %s && rm -f copy.onnx && cp small.onnx copy.onnx && touch -d 2001-01-01 copy.onnx");
    struct mm_graph *graph = open_model(folder, "copy.onnx");
    struct mm_graph_weights *weights = open_weights(graph);
    int w = mm_graph_tensor(graph, "w");
    if (read_before) {
        assert_int_equal(mm_graph_constant(weights, w, &stored, &err), 0);
        mm_stored_close(&stored);
    }
    shell(folder, change);
    int result = mm_graph_constant(weights, w, &stored, &err);
    assert_int_equal(result, *text ? -1 : 0);
    if (result < 0 && (err.code != code || strncmp(err.text, folder, strlen(folder)) != 0 ||
                       strcmp(err.text + strlen(folder) + 1, text) != 0))
        fail_msg("code %d: %s", err.code, err.text);
    if (read_before)
        assert_int_equal(mm_graph_weights_check(weights, NULL, &err), result);
    mm_stored_close(&stored);
    mm_graph_weights_close(weights);
    mm_graph_close(graph);
}

static void files_that_change(void **state)
{
    static const char changed[] =
        "copy.onnx: has changed since its graph was read: start again to use the new one";
    after(*state, "cd %s && true", false, MM_OK, "");
    after(*state, "cd %s && true", true, MM_OK, "");
    for (int read_before = 0; read_before < 2; read_before++) {
        after(*state, "cd %s && touch copy.onnx", read_before, MM_EIO, changed);
        after(*state, "cd %s && printf x >>copy.onnx", read_before, MM_EIO, changed);
        after(*state, "cd %s && truncate -s 100 copy.onnx", read_before, MM_EIO, changed);
    }
    after(*state, "cd %s && mv copy.onnx was.onnx && cp was.onnx copy.onnx && touch -d 2001-01-01 copy.onnx",
          false, MM_EIO, changed);
    after(*state, "cd %s && rm copy.onnx", true, MM_OK, ""); /* it is still open */
    after(*state, "cd %s && rm copy.onnx", false, MM_ENOENT,
          "copy.onnx: opening it: No such file or directory");
    after(*state, "cd %s && : >copy.onnx", false, MM_EIO, changed);
}

/* A file that could not be opened is tried again. */
static void file_that_comes_back(void **state)
{
    struct mm_graph *graph = open_model(*state, "small.onnx");
    struct mm_graph_weights *weights = open_weights(graph);
    struct mm_stored stored;
    struct mm_err err;
    int w = mm_graph_tensor(graph, "w");
    shell(*state, "cd %s && mv small.onnx away");
    assert_int_equal(mm_graph_constant(weights, w, &stored, &err), -1);
    shell(*state, "cd %s && mv away small.onnx");
    assert_int_equal(mm_graph_constant(weights, w, &stored, &err), 0);
    mm_stored_close(&stored);
    mm_graph_weights_close(weights);
    mm_graph_close(graph);
}

static void external_data_that_becomes_shorter(void **state)
{
    struct mm_graph *graph = open_model(*state, "weights.onnx");
    struct mm_graph_weights *weights = open_weights(graph);
    struct mm_stored stored;
    struct mm_err err;
    assert_int_equal(mm_graph_constant(weights, mm_graph_tensor(graph, "u16_outside"), &stored, &err), 0);
    assert_int_equal(mm_graph_weights_check(weights, &stored, &err), 0);
    shell(*state, "cd %s && cp u16.bin keep && truncate -s 8 u16.bin");
    assert_int_equal(mm_graph_weights_check(weights, &stored, &err), -1);
    assert_int_equal(err.code, MM_EIO);
    assert_int_equal(mm_graph_weights_check(weights, NULL, &err), 0);
    mm_stored_close(&stored);
    shell(*state, "cd %s && mv keep u16.bin");
    mm_graph_weights_close(weights);
    mm_graph_close(graph);
}

/* ---- many at once ------------------------------------------------------------------------------------------------ */

struct reader {
    pthread_t thread;
    struct mm_graph_weights *weights;
    const struct mm_graph *graph;
    int read;
    double sum;
};

static void *read_all(void *argument)
{
    struct reader *reader = argument;
    for (int round = 0; round < 20; round++) {
        for (int t = 0; t < reader->graph->tensor_count; t++) {
            struct mm_stored stored;
            if (mm_graph_constant(reader->weights, t, &stored, NULL) < 0)
                continue;
            reader->read++;
            if (stored.tensor.dtype == MM_I16 && stored.tensor.count > 0)
                reader->sum += mm_tensor_at(&stored.tensor, stored.tensor.count - 1);
            mm_stored_close(&stored);
        }
    }
    return NULL;
}

static void many_at_once(void **state)
{
    struct mm_graph *graph = open_model(*state, "weights.onnx");
    struct mm_graph_weights *weights = open_weights(graph);
    struct reader reader[6];
    for (size_t i = 0; i < MM_COUNT(reader); i++) {
        reader[i] = (struct reader){.weights = weights, .graph = graph};
        assert_int_equal(pthread_create(&reader[i].thread, NULL, read_all, &reader[i]), 0);
    }
    for (size_t i = 0; i < MM_COUNT(reader); i++) {
        pthread_join(reader[i].thread, NULL);
        assert_int_equal(reader[i].read, 20 * (12 * 3 + 14));
        assert_true(reader[i].sum == reader[0].sum);
    }
    mm_graph_weights_close(weights);
    mm_graph_close(graph);
}

/* ---- size -------------------------------------------------------------------------------------------------------- */

/* A model with a tensor of 3 GiB, a hole in the file, and a small one behind it: what is asked for is all that comes
 * into memory. */
static void only_what_is_asked_for(void **state)
{
    const uint64_t large = (uint64_t)3 << 30;
    struct mm_buf fields, tensor, model, node, tail;
    struct rusage before, now;
    struct mm_stored stored;
    struct mm_err err;
    mm_buf_init(&fields);
    mm_buf_init(&tensor);
    mm_buf_init(&model);
    mm_buf_init(&node);
    mm_buf_init(&tail);
    put_number(&tensor, 1, 3 << 10);
    put_number(&tensor, 1, 1 << 18);
    put_number(&tensor, 2, 1);
    put_string(&tensor, 8, "large");
    put_head(&tensor, 9, MM_WIRE_BYTES, large);
    put_head(&fields, 5, MM_WIRE_BYTES, tensor.length + large);
    mm_buf_add(&fields, tensor.data, tensor.length);
    mm_buf_done(&tensor);
    put_number(&tensor, 1, 2);
    put_number(&tensor, 2, 6);
    put_bytes(&tensor, 5, "\x07\x08", 2);
    put_string(&tensor, 8, "small");
    put_message(&tail, 5, &tensor);
    put_string(&node, 1, "large");
    put_string(&node, 1, "small");
    put_message(&tail, 1, &node);
    put_number(&model, 1, 8);
    put_head(&model, 7, MM_WIRE_BYTES, fields.length + large + tail.length);
    mm_buf_add(&model, fields.data, fields.length);
    char *path = mm_path_join(*state, "large.onnx");
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, model.data, model.length, 0), model.length);
    assert_int_equal(pwrite(fd, tail.data, tail.length, (off_t)(model.length + large)), tail.length);
    close(fd);

    getrusage(RUSAGE_SELF, &before);
    struct mm_graph *graph = open_model(*state, "large.onnx");
    struct mm_graph_weights *weights = open_weights(graph);
    assert_int_equal(mm_graph_constant(weights, mm_graph_tensor(graph, "small"), &stored, &err), 0);
    assert_true(mm_tensor_at(&stored.tensor, 1) == 8);
    mm_stored_close(&stored);
    assert_int_equal(mm_graph_constant(weights, mm_graph_tensor(graph, "large"), &stored, &err), 0);
    assert_int_equal(stored.tensor.count, (int64_t)3 << 28);
    assert_true(mm_tensor_at(&stored.tensor, stored.tensor.count - 1) == 0);
    getrusage(RUSAGE_SELF, &now);
    assert_true(now.ru_maxrss - before.ru_maxrss < 64 * 1024); /* KiB */
    mm_stored_close(&stored);
    mm_graph_weights_close(weights);
    mm_graph_close(graph);
    unlink(path);
    free(path);
    mm_buf_done(&fields);
    mm_buf_done(&model);
    mm_buf_done(&tail);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(graphs_without_a_file),
        cmocka_unit_test(files_that_change),
        cmocka_unit_test(file_that_comes_back),
        cmocka_unit_test(external_data_that_becomes_shorter),
        cmocka_unit_test(many_at_once),
        cmocka_unit_test(only_what_is_asked_for),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
