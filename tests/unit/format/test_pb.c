#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/format.h"
#include "unit/format/format_testing.h"
#include "base/wire.h"

/* ---- messages put together byte by byte, by proto/tensor.proto's numbers ---- */

static void add_number(struct mm_buf *buf, uint64_t value)
{
    uint8_t bytes[MM_WIRE_VARINT_MAX];
    mm_buf_add(buf, bytes, mm_wire_put(bytes, value));
}

static void add_varint(struct mm_buf *buf, unsigned field, uint64_t value)
{
    add_number(buf, field << 3);
    add_number(buf, value);
}

static void add_bytes(struct mm_buf *buf, unsigned field, const void *data, size_t size)
{
    add_number(buf, field << 3 | 2);
    add_number(buf, size);
    mm_buf_add(buf, data, size);
}

/* version, dtype and shape; no dimension for -1 */
static void start(struct mm_buf *buf, int dtype, int64_t a, int64_t b)
{
    mm_buf_init(buf);
    add_varint(buf, 1, 1);
    add_varint(buf, 6, (uint64_t)dtype);
    if (a != -1)
        add_varint(buf, 7, (uint64_t)a);
    if (b != -1)
        add_varint(buf, 7, (uint64_t)b);
}

static void read_back(struct memory_load *m, struct mm_buf *buf)
{
    struct mm_err err;
    if (memory_open(m, "pb", NULL, buf->data, buf->length, &err) < 0)
        fail_msg("%s", err.text);
    mm_buf_done(buf);
}

static void refused(struct mm_buf *buf, enum mm_code code, const char *part)
{
    assert_refused("pb", buf->data, buf->length, code, part);
    mm_buf_done(buf);
}

static void header_and_packed_floats(void **state)
{
    static const float values[] = {1.5f, -2.0f, 0.1f, NAN, INFINITY, -0.0f};
    struct memory_load m;
    struct mm_buf buf;
    (void)state;
    start(&buf, 2, 2, 3);
    add_bytes(&buf, 2, "main/mm.conv2d", 14);
    add_bytes(&buf, 3, "mm.conv2d", 9);
    add_varint(&buf, 4, 3);
    add_varint(&buf, 5, 1);
    add_bytes(&buf, 99, "unknown", 7);
    add_bytes(&buf, 8, values, sizeof values);
    read_back(&m, &buf);
    assert_string_equal(m.load.node_name, "main/mm.conv2d");
    assert_string_equal(m.load.op_type, "mm.conv2d");
    assert_int_equal(m.load.index, 3);
    assert_true(m.load.is_output);
    assert_true(m.load.own_numbers);
    assert_int_equal(m.load.tensor.dtype, MM_F32);
    assert_int_equal(m.load.tensor.runs, 1);
    assert_int_equal(m.load.tensor.run[0].gap, 0);
    /* a view of the file, not a copy */
    assert_true(m.load.tensor.run[0].data > m.bytes && m.load.tensor.run[0].data < m.bytes + m.load.size);
    assert_values(&m.load.tensor, (const double[]){1.5, -2, 0.1f, NAN, INFINITY, 0}, 6);
    memory_close(&m);
}

static void unpacked_floats_are_one_run(void **state)
{
    struct memory_load m;
    struct mm_buf buf;
    (void)state;
    start(&buf, 1, 100, -1);
    double expected[100];
    for (int i = 0; i < 100; i++) {
        float value = (float)i / 4;
        add_number(&buf, 8 << 3 | 5);
        mm_buf_add(&buf, &value, sizeof value);
        expected[i] = value;
    }
    read_back(&m, &buf);
    assert_int_equal(m.load.tensor.dtype, MM_F16);
    assert_int_equal(m.load.tensor.stored, MM_F32);
    assert_int_equal(m.load.tensor.runs, 1);
    assert_int_equal(m.load.tensor.run[0].gap, 1);
    assert_values(&m.load.tensor, expected, 100);
    memory_close(&m);
}

/* Another field stands between two of them, wherever they are in a group that is looked at at once. */
static void another_tag_ends_a_run(void **state)
{
    (void)state;
    for (int place = 1; place < 70; place++) {
        struct memory_load m;
        struct mm_buf buf;
        double expected[70];
        start(&buf, 1, 70, -1);
        for (int i = 0; i < 70; i++) {
            float value = (float)i - 7;
            if (i == place)
                add_varint(&buf, 4, 9);
            add_number(&buf, 8 << 3 | 5);
            mm_buf_add(&buf, &value, sizeof value);
            expected[i] = value;
        }
        read_back(&m, &buf);
        assert_int_equal(m.load.index, 9);
        assert_int_equal(m.load.tensor.runs, 2);
        assert_int_equal(m.load.tensor.run[0].count, place);
        assert_values(&m.load.tensor, expected, 70);
        memory_close(&m);
    }
}

static void split_and_mixed_pieces(void **state)
{
    static const double a[] = {1, 2}, b[] = {3}, c[] = {4, 5, 6};
    struct memory_load m;
    struct mm_buf buf;
    (void)state;
    start(&buf, 3, 6, -1);
    add_bytes(&buf, 9, a, sizeof a);
    add_number(&buf, 9 << 3 | 1);
    mm_buf_add(&buf, b, sizeof b);
    add_bytes(&buf, 9, "", 0);
    add_varint(&buf, 4, 9);
    add_bytes(&buf, 9, c, sizeof c);
    read_back(&m, &buf);
    assert_int_equal(m.load.tensor.runs, 3);
    assert_int_equal(m.load.index, 9);
    assert_values(&m.load.tensor, (const double[]){1, 2, 3, 4, 5, 6}, 6);
    memory_close(&m);
}

static void varints_packed_and_not(void **state)
{
    static const int64_t values[] = {0, 1, -1, 127, -128, 100};
    struct memory_load m;
    struct mm_buf buf, list;
    (void)state;
    start(&buf, 5, 12, -1);
    mm_buf_init(&list);
    for (size_t i = 0; i < MM_COUNT(values); i++)
        add_number(&list, (uint64_t)values[i]);
    add_bytes(&buf, 10, list.data, list.length);
    for (size_t i = 0; i < MM_COUNT(values); i++)
        add_varint(&buf, 10, (uint64_t)values[i]);
    mm_buf_done(&list);
    read_back(&m, &buf);
    assert_int_equal(m.load.tensor.dtype, MM_I8);
    assert_int_equal(m.load.tensor.encoding, MM_ENC_VARINT);
    assert_int_equal(m.load.tensor.runs, 2);
    assert_values(&m.load.tensor, (const double[]){0, 1, -1, 127, -128, 100, 0, 1, -1, 127, -128, 100}, 12);
    memory_close(&m);
}

static void scalar_empty_and_packed_shape(void **state)
{
    static const float one = 7;
    struct memory_load m;
    struct mm_buf buf;
    (void)state;
    start(&buf, 2, -1, -1);
    add_bytes(&buf, 8, &one, sizeof one);
    read_back(&m, &buf);
    assert_int_equal(m.load.tensor.shape.rank, 0);
    assert_values(&m.load.tensor, (const double[]){7}, 1);
    memory_close(&m);

    start(&buf, 2, 0, 5);
    read_back(&m, &buf);
    assert_int_equal(m.load.tensor.count, 0);
    assert_values(&m.load.tensor, NULL, 0);
    memory_close(&m);

    start(&buf, 2, -1, -1);
    add_bytes(&buf, 7, "\x01\x02", 2);
    add_varint(&buf, 7, 0);
    read_back(&m, &buf);
    assert_int_equal(m.load.tensor.shape.rank, 3);
    assert_int_equal(m.load.tensor.shape.dim[1], 2);
    memory_close(&m);
}

static void another_schema(void **state)
{
    static const float one = 7;
    struct mm_schema schema = {.origin = "a test",
                               .number = {[MM_FIELD_VERSION] = 20, [MM_FIELD_DTYPE] = 1000}};
    struct memory_load m;
    struct mm_buf buf;
    struct mm_err err;
    (void)state;
    schema.number[MM_FIELD_FLOAT_VAL] = 3; /* op_type by the own numbers */
    schema.dtype[0].value = -7;
    schema.dtype[0].dtype = MM_F32;
    mm_buf_init(&buf);
    add_varint(&buf, 20, 1);
    add_varint(&buf, 1000, (uint64_t)-7);
    add_bytes(&buf, 3, &one, sizeof one);
    add_varint(&buf, 7, 50); /* no field of this schema */
    assert_int_equal(memory_open(&m, "pb", &schema, buf.data, buf.length, &err), 0);
    assert_false(m.load.own_numbers);
    assert_string_equal(m.load.op_type, "");
    assert_values(&m.load.tensor, (const double[]){7}, 1);
    memory_close(&m);
    mm_buf_done(&buf);
}

static void what_is_refused(void **state)
{
    static const float two[] = {1, 2};
    struct mm_buf buf;
    (void)state;
    start(&buf, 2, 3, -1);
    add_bytes(&buf, 8, two, sizeof two);
    refused(&buf, MM_ECORRUPT, "[3] means 3 values, 2 are there");
    start(&buf, 2, -2, -1);
    refused(&buf, MM_ECORRUPT, "[-2]");
    start(&buf, 2, 2, -1);
    add_varint(&buf, 1, 2);
    add_bytes(&buf, 8, two, sizeof two);
    refused(&buf, MM_EUNSUPPORTED, "version_number is 2");
    start(&buf, 77, 2, -1);
    add_bytes(&buf, 8, two, sizeof two);
    refused(&buf, MM_EUNSUPPORTED, "dtype 77");
    start(&buf, 3, 2, -1);
    add_bytes(&buf, 8, two, sizeof two);
    refused(&buf, MM_ECORRUPT, "belong in double_val");
    start(&buf, 2, 2, -1);
    add_bytes(&buf, 8, two, sizeof two);
    add_varint(&buf, 10, 1);
    refused(&buf, MM_ECORRUPT, "byte 16: values in int_val, but float_val has values already");
    start(&buf, 2, 2, -1);
    add_bytes(&buf, 8, two, 7);
    refused(&buf, MM_ECORRUPT, "byte 6: field 8 (float_val by mmtui's own numbers) has a length");
    start(&buf, 5, 2, -1);
    add_bytes(&buf, 10, "\x01\x80", 2);
    refused(&buf, MM_ECORRUPT, "is not a list of varints");
    start(&buf, 5, 2, -1);
    add_bytes(&buf, 7, "\x80", 1);
    refused(&buf, MM_ECORRUPT, "tensor_shape");
    start(&buf, 5, 2, -1);
    add_varint(&buf, 2, 1);
    refused(&buf, MM_ECORRUPT, "node_name by mmtui's own numbers) has a wire type");
    assert_refused("pb", "", 0, MM_EUNSUPPORTED, "version_number is 0");
    assert_refused("pb", "\x0b", 1, MM_ECORRUPT, "wire type");
}

static void a_huge_header(void **state)
{
    struct mm_buf buf;
    size_t size = (size_t)3 << 20;
    char *name = calloc(1, size);
    (void)state;
    assert_non_null(name);
    start(&buf, 2, 2, -1);
    add_bytes(&buf, 2, name, size);
    refused(&buf, MM_ECORRUPT, "longer than 1 MiB");
    free(name);
}

/* ---- other encoders ---- */

static const char text[] = "version_number: 1\nnode_name: \"n\"\nop_type: \"o\"\nindex: 2\nis_output: true\n"
                           "dtype: DT_INT64\ntensor_shape: 2\ntensor_shape: 2\n"
                           "int64_val: 1\nint64_val: -1\nint64_val: 9007199254740992\nint64_val: 0\n";

static void protoc_encoded(void **state)
{
    char *folder = make_folder();
    struct memory_load m;
    size_t size;
    (void)state;
    put_text(folder, "in.pbtxt", text);
    shell(folder, "protoc --encode=mmtui.TensorProto proto/tensor.proto < %s/in.pbtxt > %s/out.pb");
    uint8_t *bytes = get_file(folder, "out.pb", &size);
    assert_int_equal(memory_open(&m, "pb", NULL, bytes, size, NULL), 0);
    assert_string_equal(m.load.node_name, "n");
    assert_string_equal(m.load.op_type, "o");
    assert_int_equal(m.load.index, 2);
    assert_true(m.load.is_output);
    assert_int_equal(m.load.tensor.shape.rank, 2);
    assert_values(&m.load.tensor, (const double[]){1, -1, 0x1p53, 0}, 4);
    memory_close(&m);
    try_damage("pb", bytes, size);
    free(bytes);
    drop_folder(folder);
}

/* Every dtype, packed, unpacked, and in split pieces, as python3-protobuf serialises them. */
static const char program[] =
    "import subprocess, sys\n"
    "from google.protobuf import descriptor_pb2, descriptor_pool, message_factory\n"
    "d = sys.argv[1]\n"
    "subprocess.check_call(['protoc', '--descriptor_set_out=' + d + '/set', 'proto/tensor.proto'])\n"
    "def cls(packed):\n"
    "    s = descriptor_pb2.FileDescriptorSet.FromString(open(d + '/set', 'rb').read())\n"
    "    for f in s.file[0].message_type[0].field:\n"
    "        if f.label == f.LABEL_REPEATED: f.options.packed = packed\n"
    "    pool = descriptor_pool.DescriptorPool()\n"
    "    pool.Add(s.file[0])\n"
    "    return "
    "message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName('mmtui.TensorProto'))\n"
    "lists = {'FLOAT16': 'float', 'FLOAT32': 'float', 'FLOAT64': 'double', 'INT4': 'int', 'INT8': 'int',\n"
    "         'INT16': 'int', 'INT32': 'int', 'INT64': 'int64', 'UINT4': 'uint32', 'UINT8': 'uint32',\n"
    "         'UINT16': 'uint32', 'UINT32': 'uint32', 'UINT64': 'uint64', 'BOOL': 'int'}\n"
    "P, U = cls(True), cls(False)\n"
    "index = open(d + '/index', 'w')\n"
    "for name, l in lists.items():\n"
    "    v = [0, 1, 1, 0, 1, 0] if name == 'BOOL' else [0, 1, 7, 3, 5, 2]\n"
    "    if l in ('int', 'int64') and name != 'BOOL': v[2] = -8\n"
    "    if l in ('float', 'double'): v[1] = -0.5\n"
    "    def make(c, values, head=True):\n"
    "        m = c()\n"
    "        if head:\n"
    "            m.version_number = 1\n"
    "            m.dtype = c.DESCRIPTOR.file.enum_types_by_name['DataType'].values_by_name['DT_' + "
    "name].number\n"
    "            m.tensor_shape.extend([2, 3])\n"
    "        getattr(m, l + '_val').extend(values)\n"
    "        return m.SerializeToString()\n"
    "    files = {'packed': make(P, v), 'unpacked': make(U, v),\n"
    "             'split': make(P, v[:1]) + make(U, v[1:4], False) + make(P, v[4:], False),\n"
    "             'late': make(U, v[:3], False) + make(P, v[3:])}\n"
    "    assert len(files['packed']) < len(files['unpacked'])\n"
    "    for kind, data in files.items():\n"
    "        file = name + '.' + kind\n"
    "        open(d + '/' + file, 'wb').write(data)\n"
    "        print(file, name, *v, file=index)\n";

static void python_encoded(void **state)
{
    char *folder = make_folder();
    char *path = mm_path_join(folder, "index");
    char file[64], dtype[32];
    double v[6];
    int seen = 0;
    (void)state;
    python(folder, program);
    FILE *index = fopen(path, "r");
    assert_non_null(index);
    while (fscanf(index, "%63s %31s %lf %lf %lf %lf %lf %lf", file, dtype, v, v + 1, v + 2, v + 3, v + 4,
                  v + 5) == 8) {
        struct memory_load m;
        struct mm_err err;
        size_t size;
        uint8_t *bytes = get_file(folder, file, &size);
        if (memory_open(&m, "pb", NULL, bytes, size, &err) < 0)
            fail_msg("%s: %s", file, err.text);
        assert_int_equal(m.load.tensor.dtype, mm_dtype_find(dtype));
        assert_values(&m.load.tensor, v, 6);
        memory_close(&m);
        if (seen % 4 == 2)
            try_damage("pb", bytes, size);
        free(bytes);
        seen++;
    }
    assert_int_equal(seen, 14 * 4);
    fclose(index);
    free(path);
    drop_folder(folder);
}

/* Values packed one by one: what they cost in memory is bounded. */
static void too_many_pieces(void **state)
{
    (void)state;
    static const float value = 1.5f;
    enum { MOST = 1 << 18 };
    struct memory_load m;
    struct mm_buf buf;
    start(&buf, 2, MOST, -1);
    for (int i = 0; i < MOST; i++)
        add_bytes(&buf, 8, &value, sizeof value);
    read_back(&m, &buf);
    assert_int_equal(m.load.tensor.runs, MOST);
    memory_close(&m);
    start(&buf, 2, MOST + 1, -1);
    for (int i = 0; i < MOST + 1; i++)
        add_bytes(&buf, 8, &value, sizeof value);
    refused(&buf, MM_EUNSUPPORTED, "more than 262144 pieces");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_and_packed_floats),
        cmocka_unit_test(unpacked_floats_are_one_run),
        cmocka_unit_test(another_tag_ends_a_run),
        cmocka_unit_test(split_and_mixed_pieces),
        cmocka_unit_test(varints_packed_and_not),
        cmocka_unit_test(scalar_empty_and_packed_shape),
        cmocka_unit_test(another_schema),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(a_huge_header),
        cmocka_unit_test(too_many_pieces),
        cmocka_unit_test(protoc_encoded),
        cmocka_unit_test(python_encoded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
