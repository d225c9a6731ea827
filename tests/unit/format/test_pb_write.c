#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/format.h"
#include "unit/format/format_testing.h"

static int write_pb(const char *folder, const char *name, const struct mm_store *store, struct mm_err *err)
{
    char *path = mm_path_join(folder, name);
    int result = mm_format_find("pb")->write(store, path, err);
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

#define DECODE "protoc --decode=mmtui.TensorProto proto/tensor.proto < %s/a.pb > %s/a.txt"

static void protoc_reads_floats(void **state)
{
    static const float data[6] = {1.5f, -0.0f, 0.1f, NAN, -INFINITY, 3e38f};
    struct mm_shape shape = shape_of(2, 2, 3, 0);
    struct mm_tensor tensor;
    struct mm_run run;
    struct mm_store store = {&tensor, "main/mm.conv2d", "mm.conv2d", 2, true};
    char *folder = make_folder();
    (void)state;
    mm_tensor_raw(&tensor, MM_F32, &shape, data, &run);
    assert_int_equal(write_pb(folder, "a.pb", &store, NULL), 0);
    shell(folder, DECODE);
    assert_text(folder, "a.txt",
                "version_number: 1\nnode_name: \"main/mm.conv2d\"\nop_type: \"mm.conv2d\"\nindex: "
                "2\nis_output: true\n"
                "dtype: DT_FLOAT32\ntensor_shape: 2\ntensor_shape: 3\nfloat_val: 1.5\nfloat_val: -0\n"
                "float_val: 0.1\nfloat_val: nan\nfloat_val: -inf\nfloat_val: 3e+38\n");
    drop_folder(folder);
}

static void protoc_reads_integers(void **state)
{
    static const int64_t wide[4] = {INT64_MIN, INT64_MAX, 9007199254740993, -1};
    static const int8_t small[3] = {-128, 0, 127};
    struct mm_shape shape = shape_of(1, 4, 0, 0);
    struct mm_tensor tensor;
    struct mm_run run;
    struct mm_store store = {.tensor = &tensor};
    char *folder = make_folder();
    (void)state;
    mm_tensor_raw(&tensor, MM_I64, &shape, wide, &run);
    assert_int_equal(write_pb(folder, "a.pb", &store, NULL), 0);
    shell(folder, DECODE);
    assert_text(folder, "a.txt",
                "version_number: 1\ndtype: DT_INT64\ntensor_shape: 4\nint64_val: -9223372036854775808\n"
                "int64_val: 9223372036854775807\nint64_val: 9007199254740993\nint64_val: -1\n");
    shape = shape_of(1, 3, 0, 0);
    mm_tensor_raw(&tensor, MM_I8, &shape, small, &run);
    assert_int_equal(write_pb(folder, "a.pb", &store, NULL), 0);
    shell(folder, DECODE);
    assert_text(folder, "a.txt",
                "version_number: 1\ndtype: DT_INT8\ntensor_shape: 3\n"
                "int_val: -128\nint_val: 0\nint_val: 127\n");
    drop_folder(folder);
}

static void scalar_and_empty(void **state)
{
    static const double pi = 0.25;
    struct mm_shape shape = {0};
    struct mm_tensor tensor;
    struct mm_run run;
    struct mm_store store = {.tensor = &tensor};
    char *folder = make_folder();
    (void)state;
    mm_tensor_raw(&tensor, MM_F64, &shape, &pi, &run);
    assert_int_equal(write_pb(folder, "a.pb", &store, NULL), 0);
    shell(folder, DECODE);
    assert_text(folder, "a.txt", "version_number: 1\ndtype: DT_FLOAT64\ndouble_val: 0.25\n");
    shape = shape_of(2, 0, 4, 0);
    mm_tensor_raw(&tensor, MM_F16, &shape, &pi, &run);
    assert_int_equal(write_pb(folder, "a.pb", &store, NULL), 0);
    shell(folder, DECODE);
    assert_text(folder, "a.txt", "version_number: 1\ndtype: DT_FLOAT16\ntensor_shape: 0\ntensor_shape: 4\n");
    drop_folder(folder);
}

/* More than a tile, of every dtype: what was written is read back. */
static void every_dtype_there_and_back(void **state)
{
    enum { N = MM_TILE + 77 };
    static double values[N];
    struct mm_shape shape = shape_of(1, N, 0, 0);
    char *folder = make_folder();
    (void)state;
    for (int dtype = MM_F16; dtype <= MM_BOOL; dtype++) {
        const struct mm_dtype_info *info = mm_dtype_info((enum mm_dtype)dtype);
        struct mm_tensor tensor;
        struct mm_run run;
        struct memory_load m;
        struct mm_err err;
        struct mm_store store = {.tensor = &tensor};
        size_t size;
        if (dtype == MM_BF16)
            continue;
        for (int i = 0; i < N; i++)
            values[i] = i == 0 ? info->lowest / 2 : i == 1 ? (double)(info->kind == MM_KIND_BOOL) : i % 2;
        mm_tensor_raw(&tensor, MM_F64, &shape, values, &run); /* stored as doubles, of another dtype */
        tensor.dtype = (enum mm_dtype)dtype;
        if (write_pb(folder, "a.pb", &store, &err) < 0)
            fail_msg("%s", err.text);
        uint8_t *bytes = get_file(folder, "a.pb", &size);
        assert_int_equal(memory_open(&m, "pb", NULL, bytes, size, NULL), 0);
        assert_int_equal(m.load.tensor.dtype, dtype);
        assert_values(&m.load.tensor, values, N);
        memory_close(&m);
        free(bytes);
    }
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
    assert_int_equal(write_pb(folder, "a.pb", &store, &err), -1);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    run = (struct mm_run){(const uint8_t *)"1 300", 5, 2, 0};
    tensor.dtype = tensor.stored = MM_U8;
    tensor.encoding = MM_ENC_TEXT;
    assert_int_equal(write_pb(folder, "a.pb", &store, &err), -1);
    assert_int_equal(err.code, MM_ECORRUPT);
    shell(folder, "test -z \"$(ls -A %s)\"");
    drop_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(protoc_reads_floats), cmocka_unit_test(protoc_reads_integers),
        cmocka_unit_test(scalar_and_empty),    cmocka_unit_test(every_dtype_there_and_back),
        cmocka_unit_test(what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
