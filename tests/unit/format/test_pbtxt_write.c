#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/format.h"
#include "unit/format/format_testing.h"

static int write_as(const char *format, const char *folder, const char *name, const struct mm_store *store,
                    struct mm_err *err)
{
    char *path = mm_path_join(folder, name);
    int result = mm_format_find(format)->write(store, path, err);
    free(path);
    return result;
}

static void assert_text(const char *folder, const char *name, const char *expected)
{
    size_t size;
    uint8_t *bytes = get_file(folder, name, &size);
    if (size != strlen(expected) || memcmp(bytes, expected, size) != 0)
        fail_msg("expected:\n%sfound:\n%.*s", expected, (int)size, (const char *)bytes);
    free(bytes);
}

static void line_for_line(void **state)
{
    static const float data[8] = {1.5f, -0.0f, 0.1f, NAN, INFINITY, -INFINITY, 1.0f / 3, 16777216.0f};
    struct mm_shape shape = shape_of(2, 2, 4, 0);
    struct mm_tensor tensor;
    struct mm_run run;
    struct mm_store store = {&tensor, "a\n\"\\\x1b\303\274", "mm.conv2d", -2, true};
    char *folder = make_folder();
    (void)state;
    mm_tensor_raw(&tensor, MM_F32, &shape, data, &run);
    assert_int_equal(write_as("pbtxt", folder, "a.pbtxt", &store, NULL), 0);
    assert_text(
        folder, "a.pbtxt",
        "version_number: 1\nnode_name: \"a\\n\\\"\\\\\\033\\303\\274\"\nop_type: \"mm.conv2d\"\nindex: -2\n"
        "is_output: true\ndtype: DT_FLOAT32\ntensor_shape: 2\ntensor_shape: 4\nfloat_val: 1.5\n"
        "float_val: -0\nfloat_val: 0.1\nfloat_val: nan\nfloat_val: inf\nfloat_val: -inf\n"
        "float_val: 0.33333334\nfloat_val: 16777216\n");
    drop_folder(folder);
}

/* protoc makes the same bytes from our text as our own binary writer, for every dtype and hard values. */
static void protoc_encodes_the_same(void **state)
{
    static const uint64_t patterns[6] = {0x8000000000000000u, 0x7fffffffffffffffu, 0x0020000000000001u,
                                         0xffffffffffffffffu, 0x3fb999999999999au, 0x0000000000000001u};
    static const uint8_t bits[6] = {0, 1, 1, 0, 1, 0};
    static const uint8_t nibbles[6] = {0, 1, 7, 3, 5, 6};
    /* least and greatest, next to one, a third, infinity, -0; NaN would come back with other bits */
    static const uint16_t halves[6] = {0x0001, 0x7bff, 0x3c01, 0x3555, 0xfc00, 0x8000};
    static const float floats[6] = {0x1p-149f, 0x1.fffffep127f, 0x1.000002p0f, 1.0f / 3, INFINITY, -0.0f};
    static const double doubles[6] = {
        0x1p-1074, 0x1.fffffffffffffp1023, 0x1.0000000000001p0, 1.0 / 3, -INFINITY, -0.0};
    static const void *const data_of[MM_DTYPE_COUNT] = {
        [MM_F16] = halves, [MM_F32] = floats, [MM_F64] = doubles,
        [MM_I4] = nibbles, [MM_U4] = nibbles, [MM_BOOL] = bits};
    char *folder = make_folder();
    (void)state;
    for (int dtype = MM_F16; dtype <= MM_BOOL; dtype++) {
        const void *data = data_of[dtype] ? data_of[dtype] : patterns;
        struct mm_shape shape = shape_of(2, 2, 3, 0);
        struct mm_tensor tensor;
        struct mm_run run;
        struct mm_store store = {&tensor, "node", "op", 1, true};
        struct mm_err err = {MM_OK, ""};
        if (dtype == MM_BF16)
            continue;
        mm_tensor_raw(&tensor, (enum mm_dtype)dtype, &shape, data, &run);
        if (write_as("pb", folder, "a.pb", &store, &err) < 0 ||
            write_as("pbtxt", folder, "a.pbtxt", &store, &err) < 0)
            fail_msg("%s", err.text);
        shell(folder, "protoc --encode=mmtui.TensorProto proto/tensor.proto < %s/a.pbtxt > %s/b.pb");
        shell(folder, "cmp %s/a.pb %s/b.pb");
    }
    drop_folder(folder);
}

/* Floats of all bit patterns survive the text. */
static void floats_read_back(void **state)
{
    enum { N = 20000 };
    static float data[N];
    static double expected[N];
    struct mm_shape shape = shape_of(1, N, 0, 0);
    struct mm_tensor tensor;
    struct mm_run run;
    struct mm_store store = {.tensor = &tensor};
    struct memory_load m;
    char *folder = make_folder();
    uint32_t random = 7;
    size_t size;
    (void)state;
    for (int i = 0; i < N; i++) {
        random = random * 1664525u + 1013904223u;
        memcpy(&data[i], &random, sizeof random);
        expected[i] = data[i];
    }
    mm_tensor_raw(&tensor, MM_F32, &shape, data, &run);
    assert_int_equal(write_as("pbtxt", folder, "a.pbtxt", &store, NULL), 0);
    uint8_t *bytes = get_file(folder, "a.pbtxt", &size);
    assert_int_equal(memory_open(&m, "pbtxt", NULL, bytes, size, NULL), 0);
    assert_values(&m.load.tensor, expected, N);
    memory_close(&m);
    free(bytes);
    drop_folder(folder);
}

/* Text to binary to text, with the views that the readers make. */
static void round_trip_through_the_readers(void **state)
{
    static const char text[] =
        "version_number: 1\nnode_name: \"n\"\nindex: 3\ndtype: DT_UINT64\ntensor_shape: 3\n"
        "uint64_val: 18446744073709551615\nuint64_val: 9007199254740993\nuint64_val: 0\n";
    char *folder = make_folder();
    struct memory_load m;
    size_t size;
    (void)state;
    assert_int_equal(memory_open(&m, "pbtxt", NULL, text, strlen(text), NULL), 0);
    struct mm_store store = {&m.load.tensor, m.load.node_name, m.load.op_type, m.load.index,
                             m.load.is_output};
    assert_int_equal(write_as("pb", folder, "a.pb", &store, NULL), 0);
    memory_close(&m);
    uint8_t *bytes = get_file(folder, "a.pb", &size);
    assert_int_equal(memory_open(&m, "pb", NULL, bytes, size, NULL), 0);
    store =
        (struct mm_store){&m.load.tensor, m.load.node_name, m.load.op_type, m.load.index, m.load.is_output};
    assert_int_equal(write_as("pbtxt", folder, "a.pbtxt", &store, NULL), 0);
    assert_text(folder, "a.pbtxt", text);
    memory_close(&m);
    free(bytes);
    drop_folder(folder);
}

static void what_is_refused(void **state)
{
    static const uint8_t data[4];
    struct mm_shape shape = shape_of(1, 2, 0, 0);
    char *folder = make_folder();
    struct mm_tensor tensor;
    struct mm_run run;
    struct mm_store store = {.tensor = &tensor};
    struct mm_err err;
    (void)state;
    mm_tensor_raw(&tensor, MM_BF16, &shape, data, &run);
    assert_int_equal(write_as("pbtxt", folder, "a.pbtxt", &store, &err), -1);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    shell(folder, "test -z \"$(ls -A %s)\"");
    drop_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_for_line),    cmocka_unit_test(protoc_encodes_the_same),
        cmocka_unit_test(floats_read_back), cmocka_unit_test(round_trip_through_the_readers),
        cmocka_unit_test(what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
