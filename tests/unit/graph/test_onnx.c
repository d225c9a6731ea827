#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/graph.h"
#include "unit/graph/onnx_testing.h"

#include <fcntl.h>
#include <sys/resource.h>

static int setup(void **state)
{
    *state = make_models();
    return 0;
}

static int teardown(void **state)
{
    drop_folder(*state);
    return 0;
}

/* What ONNX's own library says is in a model, and what is found there. */
static void as_others_read_them(void **state)
{
    int models = 0;
    for (int i = -3; i < 20; i++, models++) {
        static const char *const named[] = {"network", "names", "odds"};
        char name[32], file[64];
        size_t size;
        snprintf(name, sizeof name, "random%d", i);
        snprintf(file, sizeof file, "%s.txt", i < 0 ? named[i + 3] : name);
        uint8_t *bytes = get_file(*state, file, &size);
        char *expected = strndup((const char *)bytes, size);
        snprintf(file, sizeof file, "%s.onnx", i < 0 ? named[i + 3] : name);
        struct mm_graph *graph = open_model(*state, file);
        assert_text(graph, expected);
        mm_graph_close(graph);
        free(expected);
        free(bytes);
    }
    assert_int_equal(models, 23);
}

static void bodies_of_if(void **state)
{
    struct mm_graph *graph = open_model(*state, "body_branches.onnx");
    assert_text(graph, "opset 13\n"
                       "0 conv|Conv||x,w|a|\n"
                       "1 else/k|Constant|||out||in 4\n"
                       "2 then/add|Add||a,w|t||in 4\n"
                       "3 then/relu|Relu||t|out#1||in 4\n"
                       "4 if|If||cond(out,a,out#1,t)|y,z|\n"
                       "5 mul|Mul||y,z|end|\n"
                       "a|0|2,4||?|?\n"
                       "cond|-1|4|I|bool|[]\n"
                       "end|5||O|f32|?\n"
                       "out#1|3|4||f32|?\n"
                       "out|1|4|C|f32|[2,2]\n"
                       "t|2|3,4||f32|?\n"
                       "w|-1|0,2|C|f32|[1]\n"
                       "x|-1|0|I|f32|[1]\n"
                       "y|4|5||?|?\n"
                       "z|4|5||?|?\n");
    mm_graph_close(graph);
}

static void body_of_loop(void **state)
{
    struct mm_graph *graph = open_model(*state, "body_loop.onnx");
    assert_text(graph, "opset 13\n"
                       "0 abs|Abs||x|outer|\n"
                       "1 flat|Identity||own|inner||in 3\n"
                       "2 deep|Add||state,outer|inner#1||in 3\n"
                       "3 pick|If||cond_in(inner,inner#1)|next||in 5\n"
                       "4 cond|Identity||cond_in|cond_out||in 5\n"
                       "5 loop|Loop||count,-,outer(cond_out,next)|final|\n"
                       "cond_in|-1|3,4|B|f32|?\n"
                       "cond_out|4|5||f32|?\n"
                       "count|-1|5|I|i64|[]\n"
                       "final|5||O|f32|[3]\n"
                       "inner#1|2|3||f32|?\n"
                       "inner|1|3||f32|?\n"
                       "i|-1||B|f32|?\n"
                       "next|3|5||f32|?\n"
                       "outer|0|2,5||?|?\n"
                       "own|-1|1|C|f32|[3]\n"
                       "state|-1|2|B|f32|?\n"
                       "x|-1|0|I|f32|[3]\n");
    mm_graph_close(graph);
}

static void nesting(void **state)
{
    struct mm_err err;
    struct mm_graph *graph = open_model(*state, "body_deep.onnx");
    assert_int_equal(graph->node_count, 33);
    assert_string_equal(graph->nodes[0].name, "innermost");
    assert_int_equal(graph->nodes[0].inputs[0], mm_graph_tensor(graph, "x"));
    for (int i = 0; i < 32; i++)
        assert_int_equal(graph->nodes[i].parent, i + 1);
    mm_graph_close(graph);
    assert_int_equal(open_in(*state, "body_too_deep.onnx", &graph, &err), -1);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    assert_non_null(strstr(err.text, "body_too_deep.onnx: byte "));
    assert_non_null(strstr(err.text, "graphs within graphs, more than 32 deep"));
    assert_null(graph);
}

/* ---- what is no model --------------------------------------------------------------------------------- */

static void refused(const char *folder, const char *name, const void *data, size_t size, enum mm_code code,
                    const char *part)
{
    struct mm_graph *graph;
    struct mm_err err;
    if (data)
        put_file(folder, name, data, size);
    assert_int_equal(open_in(folder, name, &graph, &err), -1);
    assert_null(graph);
    if (err.code != code || !strstr(err.text, part) || !strstr(err.text, name))
        fail_msg("expected code %d and '%s', got %d: %s", code, part, err.code, err.text);
    assert_int_equal(open_in(folder, name, &graph, NULL), -1);
}
#define REFUSED(bytes, part) refused(*state, "f", bytes, sizeof(bytes) - 1, MM_ECORRUPT, part)

static void not_a_model(void **state)
{
    REFUSED("", "f: not an ONNX model: there is no graph in it");
    REFUSED("hello, world\n", "f: not an ONNX model: byte ");
    REFUSED("\x93NUMPY\x01\x00v\x00{'descr': '<f4'}", "f: not an ONNX model: byte ");
    REFUSED("\x89PNG\r\n\x1a\n", "f: not an ONNX model: byte ");
    REFUSED("\x08\x08", "f: not an ONNX model: there is no graph in it");
    REFUSED("\x08\x08\x3a\x00", "f: not an ONNX model: there is no node in its graph");
    refused(*state, "no-such-file", NULL, 0, MM_ENOENT, "no-such-file");
    refused(*state, "body_circle.onnx", NULL, 0, MM_ECORRUPT,
            "body_circle.onnx: the graph goes round in a circle: node \"first\" reads what is made from its "
            "output");
}

static void damaged_models(void **state)
{
    REFUSED("\x08\x08\x3a\x05\x0a\x03\x0a\x01",
            "f: byte 3 of 8: a length of 5 runs past the end of the file");
    REFUSED("\x08\x08\x3a\x04\x0a\x03\x0a\x01",
            "f: byte 4 of 8: damaged: a graph has a field that runs past its end, or is none");
    REFUSED("\x08\x08\x3a\x04\x0a\x02\x0a\x01", "f: byte 6 of 8: damaged: a node has a field");
    REFUSED("\x08\x08\x3a\x02\x08\x01", "f: byte 4 of 6: damaged: a number where the graph has a message");
    REFUSED("\x08\x08\x3a\x06\x0a\x04\x2a\x02\x0a\x09", "f: byte 8 of 10: damaged: an attribute has a field");
    REFUSED("\x08\x08\x3a\x04\x2a\x02\x0a\x09", "f: byte 6 of 8: damaged: a stored tensor has a field");
    REFUSED("\x08\x08\x3a\x04\x5a\x02\x0a\x09", "f: byte 6 of 8: damaged: the type of a tensor has a field");
    REFUSED("\x08\x08\x3a\x04\x2a\x02\x42\x09", "f: byte 6 of 8: damaged: a stored tensor has a field");
    REFUSED("\x08\x08\x3a\x04\x5a\x02\x08\x01", "f: byte 4 of 8: damaged: not the type of a tensor");
    REFUSED("\x08\x08\x3a\x04\x2a\x02\x40\x01", "f: byte 4 of 8: damaged: not a stored tensor");
    REFUSED("\x08\x08\x3a\x04\x0a\x02\x08\x01", "f: byte 4 of 8: damaged: not a node");
    REFUSED("\x08\x08\x42\x02\x08\x01", "f: byte 2 of 6: damaged: not an operator set");
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
        for (int i = 0; i < graph->node_count; i++)
            mm_graph_macs(graph, i, NULL, NULL);
        mm_graph_close(graph);
    } else {
        assert_true(err.code != MM_OK && strncmp(err.text, "m: ", 3) == 0 && !graph);
    }
    free(copy);
}

static void every_prefix_and_every_byte(void **state)
{
    static const uint8_t other[] = {0x00, 0xff, 0x7f, 0x80};
    static const char *const names[] = {"body_small.onnx", "body_loop.onnx", "body_circle.onnx"};
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

/* Several changes at once, in models of every kind. */
static void random_damage(void **state)
{
    static const char *const names[] = {"network.onnx", "odds.onnx", "body_branches.onnx", "body_deep.onnx",
                                        "random3.onnx"};
    uint32_t random = 1;
    for (size_t m = 0; m < MM_COUNT(names); m++) {
        size_t size;
        uint8_t *bytes = get_file(*state, names[m], &size), *copy = malloc(size);
        assert_non_null(copy);
        for (int round = 0; round < 500; round++) {
            memcpy(copy, bytes, size);
            for (int k = round % 5; k >= 0; k--) {
                random = random * 1664525u + 1013904223u;
                copy[(random >> 8) % size] = (uint8_t)(random & 8 ? random >> 16 & 15 : random >> 24);
            }
            try_model(copy, size);
        }
        free(copy);
        free(bytes);
    }
}

/* ---- size --------------------------------------------------------------------------------------------- */

/* Two bytes make a node, and a node takes a hundred: there is a limit. */
static void too_many_nodes(void **state)
{
    struct mm_graph *graph;
    struct mm_err err;
    (void)state;
    for (size_t more = 0; more < 2; more++) {
        struct mm_buf fields;
        mm_buf_init(&fields);
        for (size_t i = 0; i < MM_GRAPH_MOST + more; i++)
            mm_buf_add(&fields, "\x0a\x00", 2);
        struct mm_buf model;
        mm_buf_init(&model);
        put_message(&model, 7, &fields);
        int result = mm_onnx_read(&graph, (const uint8_t *)model.data, model.length, "m", &err);
        assert_int_equal(result, more ? -1 : 0);
        mm_buf_done(&model);
        mm_graph_close(graph);
    }
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    assert_string_equal(err.text, "m: more than 2097152 nodes, tensors, attributes or calls");
}

/* A model with 3 GiB of weights, which is a hole in the file: none of it comes into memory. */
static void weights_are_stepped_over(void **state)
{
    const uint64_t weights = (uint64_t)3 << 30;
    struct mm_buf head, tensor, model, node;
    struct rusage before, after;
    mm_buf_init(&head);
    mm_buf_init(&tensor);
    mm_buf_init(&model);
    mm_buf_init(&node);
    put_number(&tensor, 1, 1 << 10);
    put_number(&tensor, 1, 3 << 18);
    put_number(&tensor, 2, 1);
    put_string(&tensor, 8, "w");
    put_head(&tensor, 9, MM_WIRE_BYTES, weights);
    put_head(&head, 5, MM_WIRE_BYTES, tensor.length + weights);
    mm_buf_add(&head, tensor.data, tensor.length);
    put_string(&node, 1, "x");
    put_string(&node, 1, "w");
    put_string(&node, 2, "y");
    put_string(&node, 4, "MatMul");
    struct mm_buf tail;
    mm_buf_init(&tail);
    put_message(&tail, 1, &node);
    put_number(&model, 1, 8);
    put_head(&model, 7, MM_WIRE_BYTES, head.length + weights + tail.length);
    mm_buf_add(&model, head.data, head.length);

    char *path = mm_path_join(*state, "large.onnx");
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, model.data, model.length, 0), model.length);
    assert_int_equal(pwrite(fd, tail.data, tail.length, (off_t)(model.length + weights)), tail.length);
    close(fd);

    getrusage(RUSAGE_SELF, &before);
    struct mm_graph *graph = open_model(*state, "large.onnx");
    getrusage(RUSAGE_SELF, &after);
    assert_true(after.ru_maxrss - before.ru_maxrss < 64 * 1024); /* KiB */
    const struct mm_graph_tensor *w = &graph->tensors[mm_graph_tensor(graph, "w")];
    assert_int_equal(w->shape.dim[1], 3 << 18);
    assert_int_equal(w->consumer_count, 1);
    mm_graph_close(graph);
    unlink(path);
    free(path);
    mm_buf_done(&head);
    mm_buf_done(&tensor);
    mm_buf_done(&model);
    mm_buf_done(&tail);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_others_read_them),
        cmocka_unit_test(bodies_of_if),
        cmocka_unit_test(body_of_loop),
        cmocka_unit_test(nesting),
        cmocka_unit_test(not_a_model),
        cmocka_unit_test(damaged_models),
        cmocka_unit_test(every_prefix_and_every_byte),
        cmocka_unit_test(random_damage),
        cmocka_unit_test(weights_are_stepped_over),
        cmocka_unit_test(too_many_nodes),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
