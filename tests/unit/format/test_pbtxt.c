#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/format.h"
#include "unit/format/format_testing.h"

static void read_text(struct memory_load *m, const char *text)
{
    struct mm_err err;
    if (memory_open(m, "pbtxt", NULL, text, strlen(text), &err) < 0)
        fail_msg("%s", err.text);
}

static void refused(const char *text, enum mm_code code, const char *part)
{
    assert_refused("pbtxt", text, strlen(text), code, part);
}

#define HEAD "version_number: 1\ndtype: DT_FLOAT32\n"

static void one_value_a_line(void **state)
{
    struct memory_load m;
    (void)state;
    read_text(&m, "version_number: 1\nnode_name: \"main/mm.conv2d\"\nop_type: \"mm.conv2d\"\nindex: 2\n"
                  "is_output: true\ndtype: DT_FLOAT32\ntensor_shape: 2\ntensor_shape: 3\nfloat_val: 1.5\n"
                  "float_val: -2\nfloat_val: 1e-05\nfloat_val: nan\nfloat_val: -inf\nfloat_val: 0.1\n");
    assert_string_equal(m.load.node_name, "main/mm.conv2d");
    assert_string_equal(m.load.op_type, "mm.conv2d");
    assert_int_equal(m.load.index, 2);
    assert_true(m.load.is_output);
    assert_false(m.load.own_numbers);
    assert_int_equal(m.load.tensor.shape.rank, 2);
    assert_int_equal(m.load.tensor.dtype, MM_F32);
    assert_int_equal(m.load.tensor.encoding, MM_ENC_TEXT);
    assert_int_equal(m.load.tensor.runs, 1);
    assert_values(&m.load.tensor, (const double[]){1.5, -2, 1e-05f, NAN, -INFINITY, 0.1f}, 6);
    memory_close(&m);
}

static void lists_comments_and_any_order(void **state)
{
    struct memory_load m;
    (void)state;
    read_text(&m, "# a comment: 1 2 3\nfloat_val: [1, 2 # not 3\n, 4,\t5], unknown { a: 1 b < c: 'x' > };\n"
                  "float_val: [ ]\nfloat_val:[6]float_val:7 tensor_shape: [2, 4] float_val : 8 # 9\n"
                  "\tfloat_val: 9f [some.extension]: 3 dtype: DT_FLOAT16\nother: [1, 2] version_number: 1");
    assert_int_equal(m.load.tensor.dtype, MM_F16);
    assert_values(&m.load.tensor, (const double[]){1, 2, 4, 5, 6, 7, 8, 9}, 8);
    memory_close(&m);
}

static void special_values(void **state)
{
    struct memory_load m;
    (void)state;
    read_text(
        &m, HEAD
        "tensor_shape: 12 float_val: [inf, INF, -Inf, Infinity, nan, NaN, -nan, +1, 1.5F, .5, 5., 1e40]");
    assert_values(
        &m.load.tensor,
        (const double[]){INFINITY, INFINITY, -INFINITY, INFINITY, NAN, NAN, NAN, 1, 1.5, .5, 5, INFINITY},
        12);
    memory_close(&m);
}

static void dtypes_by_name_and_number(void **state)
{
    static const struct {
        const char *dtype, *list;
        enum mm_dtype expected;
    } cases[] = {
        {"DT_FLOAT16", "float_val", MM_F16},  {"DT_FLOAT32", "float_val", MM_F32},
        {"DT_FLOAT64", "double_val", MM_F64}, {"DT_INT4", "int_val", MM_I4},
        {"DT_INT8", "int_val", MM_I8},        {"DT_INT16", "int_val", MM_I16},
        {"DT_INT32", "int_val", MM_I32},      {"DT_INT64", "int64_val", MM_I64},
        {"DT_UINT4", "uint32_val", MM_U4},    {"DT_UINT8", "uint32_val", MM_U8},
        {"DT_UINT16", "uint32_val", MM_U16},  {"DT_UINT32", "uint32_val", MM_U32},
        {"DT_UINT64", "uint64_val", MM_U64},  {"DT_BOOL", "int_val", MM_BOOL},
        {"2", "float_val", MM_F32},           {"14", "int_val", MM_BOOL},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct memory_load m;
        char text[200];
        snprintf(text, sizeof text, "version_number: 1 dtype: %s tensor_shape: 2 %s: 1 %s: 0", cases[i].dtype,
                 cases[i].list, cases[i].list);
        read_text(&m, text);
        assert_int_equal(m.load.tensor.dtype, cases[i].expected);
        assert_values(&m.load.tensor, (const double[]){1, 0}, 2);
        memory_close(&m);
    }
}

static void true_and_false(void **state)
{
    struct memory_load m;
    (void)state;
    read_text(&m, "version_number: 1 dtype: DT_BOOL tensor_shape: 4 int_val: [true, false, 1] int_val: True "
                  "is_output: t");
    assert_true(m.load.is_output);
    assert_values(&m.load.tensor, (const double[]){1, 0, 1, 1}, 4);
    memory_close(&m);
}

static void scalar_empty_and_absent(void **state)
{
    struct memory_load m;
    (void)state;
    read_text(&m, HEAD "float_val: 7");
    assert_int_equal(m.load.tensor.shape.rank, 0);
    assert_string_equal(m.load.node_name, "");
    assert_false(m.load.is_output);
    assert_values(&m.load.tensor, (const double[]){7}, 1);
    memory_close(&m);
    read_text(&m, HEAD "tensor_shape: [0, 3] float_val: [] int_val: []");
    assert_values(&m.load.tensor, NULL, 0);
    memory_close(&m);
}

static void names_with_escapes(void **state)
{
    struct memory_load m;
    (void)state;
    read_text(&m, HEAD "node_name: 'a\\n\\x1b[2J' \"\\303\\274\" float_val: 1");
    assert_string_equal(m.load.node_name, "a\n\x1b[2J\303\274");
    memory_close(&m);
}

static void what_is_refused(void **state)
{
    (void)state;
    refused("", MM_EUNSUPPORTED, "version_number is 0");
    refused("version_number: 2", MM_EUNSUPPORTED, "version_number is 2");
    refused("version_number: 1 dtype: DT_COMPLEX64", MM_EUNSUPPORTED, "dtype DT_COMPLEX64");
    refused("version_number: 1 dtype: DT_BFLOAT16", MM_EUNSUPPORTED, "dtype DT_BFLOAT16");
    refused("version_number: 1 dtype: 0", MM_EUNSUPPORTED, "dtype 0");
    refused("version_number: 1", MM_EUNSUPPORTED, "dtype (none)");
    refused(HEAD "tensor_shape: 3 float_val: 1", MM_ECORRUPT, "[3] means 3 values, 1 are there");
    refused(HEAD "tensor_shape: -3", MM_ECORRUPT, "[-3]");
    refused(HEAD "int_val: 1", MM_ECORRUPT, "belong in float_val");
    refused(HEAD "float_val: 1\nint_val: 1", MM_ECORRUPT, "line 4: values in int_val");
    refused(HEAD "float_val: 1\nfloat_val: 1..5", MM_ECORRUPT,
            "line 4: not a number of this field's kind: '1..5'");
    refused(HEAD "float_val: [1, 2", MM_ECORRUPT, "line 3: a list goes on");
    refused(HEAD "float_val: [1, ]", MM_ECORRUPT, "not a number");
    refused(HEAD "float_val: [1 2]", MM_ECORRUPT, "a list goes on");
    refused(HEAD "float_val 1", MM_ECORRUPT, "without a colon");
    refused(HEAD "float_val: 'x'", MM_ECORRUPT, "not a number");
    refused(HEAD "float_val: 1 float_val: true", MM_ECORRUPT, "not a number");
    refused(HEAD "float_val:", MM_ECORRUPT, "at the end of the file");
    refused("version_number: x", MM_ECORRUPT, "line 1: a decimal integer is missing");
    refused("version_number: 99999999999999999999", MM_ECORRUPT, "too large");
    refused("version_number: 999999999999999999999999999999", MM_ECORRUPT, "integer");
    refused("is_output: 2", MM_ECORRUPT, "neither true nor false");
    refused("node_name: 'x", MM_ECORRUPT, "does not end on its line");
    refused("node_name: x", MM_ECORRUPT, "a string is missing");
    refused("\x89PNG", MM_ECORRUPT, "line 1: not a field's name");
    refused("}", MM_ECORRUPT, "not a field's name");
    refused("1: 2", MM_ECORRUPT, "not a field's name");
    refused("x", MM_ECORRUPT, "a value is missing");
    refused("version_number: 1 dtype: DT_INT32 int_val: 1.5", MM_ECORRUPT, "not a number");
    refused("version_number: 1 dtype: DT_INT32 int_val: 0x10", MM_ECORRUPT, "not a number");
    assert_refused("pbtxt", "a: 1\0b: 2", 9, MM_ECORRUPT, "line 1");
}

static void damaged_text(void **state)
{
    static const char text[] =
        "version_number: 1\nnode_name: \"a\\x41\" 'b'\nis_output: true # c\ndtype: DT_INT16\n"
        "tensor_shape: [2, 3]\nx { y: [1] }\nint_val: -5\nint_val: 77\nint_val: [0, 1, 2, 3]\n";
    static const char floats[] =
        "version_number: 1 dtype: DT_FLOAT32 tensor_shape: 4 float_val: [1.5e-3f, -inf] "
        "float_val: nan\nfloat_val : 2";
    (void)state;
    try_damage("pbtxt", (const uint8_t *)text, sizeof text - 1);
    try_damage("pbtxt", (const uint8_t *)floats, sizeof floats - 1);
}

/* protoc prints what python3-protobuf made; both the values as protoc spells them and the rest must be
 * read. */
static const char program[] =
    "import subprocess, sys, struct, random\n"
    "d = sys.argv[1]\n"
    "random.seed(5)\n"
    "v = [struct.unpack('<f', struct.pack('<I', random.getrandbits(32)))[0] for _ in range(3000)]\n"
    "v[:6] = [0.0, 1/3, float('inf'), float('-inf'), float('nan'), 3.4028234663852886e38]\n"
    "body = b''.join(struct.pack('<f', x) for x in v)\n"
    "def varint(n):\n"
    "    out = b''\n"
    "    while n > 127: out, n = out + bytes([n & 127 | 128]), n >> 7\n"
    "    return out + bytes([n])\n"
    "data = (b'\\x08\\x01\\x12\\x08a\\n\\xc3\\xbc\"\\'\\\\\\t' + b'\\x30\\x02\\x3a\\x02' + varint(3000) +\n"
    "        b'\\x42' + varint(len(body)) + body)\n"
    "out = subprocess.run(['protoc', '--decode=mmtui.TensorProto', 'proto/tensor.proto'], input=data,\n"
    "                     stdout=subprocess.PIPE, check=True).stdout\n"
    "open(d + '/out.pbtxt', 'wb').write(out)\n"
    "open(d + '/values', 'wb').write(body)\n";

static void protoc_decoded(void **state)
{
    char *folder = make_folder();
    struct memory_load m;
    size_t size, values_size;
    (void)state;
    python(folder, program);
    uint8_t *bytes = get_file(folder, "out.pbtxt", &size);
    uint8_t *values = get_file(folder, "values", &values_size);
    double expected[3000];
    assert_int_equal(values_size, 12000);
    for (size_t i = 0; i < 3000; i++) {
        float value;
        memcpy(&value, values + i * sizeof value, sizeof value);
        expected[i] = value;
    }
    struct mm_err err;
    if (memory_open(&m, "pbtxt", NULL, bytes, size, &err) < 0)
        fail_msg("%s", err.text);
    assert_string_equal(m.load.node_name, "a\n\xc3\xbc\"'\\\t");
    assert_true(m.load.uncounted); /* more than 64 KiB: the first value, and the others as one run */
    assert_int_equal(m.load.tensor.runs, 2);
    assert_int_equal(m.load.tensor.run[1].gap, strlen("\nfloat_val: "));
    assert_values(&m.load.tensor, expected, 3000);
    memory_close(&m);
    free(bytes);
    free(values);
    drop_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_value_a_line),   cmocka_unit_test(lists_comments_and_any_order),
        cmocka_unit_test(special_values),     cmocka_unit_test(dtypes_by_name_and_number),
        cmocka_unit_test(true_and_false),     cmocka_unit_test(scalar_empty_and_absent),
        cmocka_unit_test(names_with_escapes), cmocka_unit_test(what_is_refused),
        cmocka_unit_test(damaged_text),       cmocka_unit_test(protoc_decoded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
