/* ONNX's tensors as files: against python3-onnx, in both forms; sequences; external data; writing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "format_testing.h"

static const char program[] =
    "import sys, onnx\n"
    "from onnx import TensorProto as T, helper, numpy_helper\n"
    "from google.protobuf import text_format\n"
    "import numpy as np\n"
    "def put(name, data):\n"
    "    open(sys.argv[1] + '/' + name, 'wb').write(data)\n"
    "x = np.arange(6, dtype='<f4').reshape(2, 3) - 2.5\n"
    "raw = numpy_helper.from_array(x, 'the name')\n"
    "put('raw.pb', raw.SerializeToString())\n"
    "raw.doc_string = 'a doc'\n"
    "put('raw.pbtxt', text_format.MessageToString(raw).encode())\n"
    "lists = helper.make_tensor('l', T.FLOAT, [4], [1.5, -2, float('inf'), float('nan')])\n"
    "put('floats.pbtxt', text_format.MessageToString(lists).encode())\n"
    "put('short.pbtxt', text_format.MessageToString(lists, use_short_repeated_primitives=True).encode())\n"
    "big = helper.make_tensor('u', T.UINT64, [2], [2**64 - 1, 7])\n"
    "put('u64.pbtxt', text_format.MessageToString(big).encode())\n"
    "neg = helper.make_tensor('n', T.INT64, [2], [-2**63, -7])\n"
    "put('i64.pbtxt', text_format.MessageToString(neg).encode())\n"
    "d = helper.make_tensor('d', T.DOUBLE, [1], [0.1])\n"
    "put('f64.pbtxt', text_format.MessageToString(d).encode())\n"
    "out = T(name='e', data_type=T.FLOAT, dims=[2, 3], data_location=T.EXTERNAL)\n"
    "for k, v in (('location', 'data.bin'), ('offset', '4'), ('length', '24')):\n"
    "    e = out.external_data.add(); e.key = k; e.value = v\n"
    "put('data.bin', b'abcd' + x.tobytes())\n"
    "put('external.pb', out.SerializeToString())\n"
    "put('external.pbtxt', text_format.MessageToString(out).encode())\n"
    "s = onnx.SequenceProto(name='s', elem_type=onnx.SequenceProto.TENSOR)\n"
    "s.tensor_values.extend([raw, d])\n"
    "put('two.pb', s.SerializeToString())\n"
    "put('none.pb', onnx.SequenceProto(elem_type=onnx.SequenceProto.TENSOR).SerializeToString())\n"
    "o = onnx.OptionalProto(name='o', elem_type=onnx.OptionalProto.TENSOR)\n"
    "o.tensor_value.CopyFrom(raw)\n"
    "put('optional.pb', o.SerializeToString())\n"
    "n = onnx.SequenceProto(elem_type=onnx.SequenceProto.SEQUENCE)\n"
    "n.sequence_values.extend([s])\n"
    "put('nested.pb', n.SerializeToString())\n"
    "p = onnx.SparseTensorProto(dims=[9])\n"
    "p.values.CopyFrom(raw); p.indices.CopyFrom(neg)\n"
    "put('sparse.pb', p.SerializeToString())\n";

static int make(void **state)
{
    *state = make_folder();
    python(*state, program);
    return 0;
}

static int drop(void **state)
{
    drop_folder(*state);
    return 0;
}

/* A file as mm_format_choose takes it; the rest lives until close_file. */
struct file {
    char *path;
    struct mm_source source;
    struct mm_entry entry;
    struct mm_load load;
};

static void name_file(struct file *file, const char *folder, const char *name, const char *format)
{
    *file = (struct file){.path = mm_path_join(folder, name)};
    const struct mm_format *found = mm_format_choose(file->path, false, NULL);
    if (!found || strcmp(found->name, format) != 0)
        fail_msg("%s is %s", name, found ? found->name : "nothing");
    file->source = (struct mm_source){.path = file->path, .file = name, .format = found};
    file->entry = (struct mm_entry){.source = &file->source, .label = name};
}

static void holds(const char *folder, const char *name, const char *format, enum mm_dtype dtype,
                  const char *inside, const double *values, size_t n)
{
    struct file file;
    struct mm_err err;
    name_file(&file, folder, name, format);
    if (mm_load_open(&file.load, &file.entry, NULL, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(file.load.tensor.dtype, dtype);
    assert_string_equal(file.load.node_name, inside);
    assert_values(&file.load.tensor, values, n);
    assert_int_equal(mm_load_check(&file.load, &file.entry, &err), 0);
    mm_load_close(&file.load);
    free(file.path);
}

static void both_forms(void **state)
{
    static const double x[] = {-2.5, -1.5, -0.5, 0.5, 1.5, 2.5}, floats[] = {1.5, -2, INFINITY, NAN};
    static const double u64[] = {0x1p64, 7}, i64[] = {-0x1p63, -7}, f64[] = {0.1};
    holds(*state, "raw.pb", "onnx", MM_F32, "the name", x, 6);
    holds(*state, "raw.pbtxt", "onnx-text", MM_F32, "the name", x, 6);
    holds(*state, "floats.pbtxt", "onnx-text", MM_F32, "l", floats, 4);
    holds(*state, "short.pbtxt", "onnx-text", MM_F32, "l", floats, 4);
    holds(*state, "u64.pbtxt", "onnx-text", MM_U64, "u", u64, 2);
    holds(*state, "i64.pbtxt", "onnx-text", MM_I64, "n", i64, 2);
    holds(*state, "f64.pbtxt", "onnx-text", MM_F64, "d", f64, 1);
    holds(*state, "external.pb", "onnx", MM_F32, "e", x, 6);
    holds(*state, "external.pbtxt", "onnx-text", MM_F32, "e", x, 6);
}

static void texts_that_are_refused(void **state)
{
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"dims: 2 data_type: 1 float_data: 1", "float_data has 1 values, but shape [2] of FLOAT needs 2"},
        {"dims: x", "line 1: not a decimal integer of 64 bits: 'x'"},
        {"dims: 99999999999999999999", "not a decimal integer"},
        {"dims: 0x10", "not a decimal integer"},
        {"data_type: 1\nfloat_data: one", "line 2: not a number: 'one'"},
        {"data_type: 1 float_data: [1, 2", "a ] is missing"},
        {"data_type: 1 raw_data: 7", "line 1"},
        {"data_type 1", "a : is missing"},
        {"data_type: 1 external_data { key: \"location\"", "the name of a field is missing"},
        {"data_type: 1 data_location: INSIDE", "neither DEFAULT nor EXTERNAL"},
        {"data_type: 1 segment { begin: 0 end: 1 } float_data: 1", "a segment of a tensor"},
        {"data_type: 14 float_data: [1, 2]", "values of type COMPLEX64 are not read"},
        {"dims: -1 data_type: 1", "[-1] is not the shape of a tensor"},
        {": 7", "the name of a field is missing"},
        {"data_type: 1 new_field: ", "line 1"},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct memory_load m;
        struct mm_err err;
        if (memory_open(&m, "onnx-text", NULL, cases[i].text, strlen(cases[i].text), &err) == 0)
            fail_msg("%s is read", cases[i].text);
        if (!strstr(err.text, cases[i].part) || strncmp(err.text, "x: ", 3) != 0)
            fail_msg("%s: %s", cases[i].text, err.text);
        mm_buf_done(&m.load.own);
        memory_close(&m);
    }
}

/* By the first field's name: MagicMind's has none of ONNX's. */
static void which_text_it_is(void **state)
{
    const struct mm_format *format = mm_format_find("onnx-text");
    static const char *const ours[] = {"dims: 1", " # a comment\n data_type: 1", "external_data {",
                                       "name: \"x\""};
    static const char *const others[] = {"",
                                         "version_number: 1\nname: \"x\"",
                                         "node_name: \"x\"",
                                         "dims",
                                         "tensor_shape: 1",
                                         "dtype: DT_FLOAT16",
                                         "index: 0",
                                         "is_output: true",
                                         "float_val: 1",
                                         "name"};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(ours); i++)
        assert_true(format->probe((const uint8_t *)ours[i], strlen(ours[i])));
    for (size_t i = 0; i < MM_COUNT(others); i++)
        assert_false(format->probe((const uint8_t *)others[i], strlen(others[i])));
}

static int list_file(struct file *file, struct mm_members *members, struct mm_arena *arena,
                     struct mm_err *err)
{
    *members = (struct mm_members){0};
    mm_arena_init(arena);
    return file->source.format->list(&file->source, arena, members, err);
}

static void sequences(void **state)
{
    static const struct {
        const char *name, *first;
        size_t count;
    } cases[] = {{"two.pb", "two[0]", 2}, {"none.pb", "", 0}, {"optional.pb", "optional[0]", 1}};
    static const double x[] = {-2.5, -1.5, -0.5, 0.5, 1.5, 2.5};
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_members members;
        struct mm_arena arena;
        struct mm_load load;
        struct mm_err err;
        struct file file;
        name_file(&file, *state, cases[i].name, "onnx-sequence");
        assert_int_equal(list_file(&file, &members, &arena, &err), 0);
        assert_int_equal(members.count, cases[i].count);
        if (members.count > 0) {
            assert_string_equal(members.entry[0].member, cases[i].first);
            assert_int_equal(mm_load_open(&load, &members.entry[0], NULL, &err), 0);
            assert_string_equal(load.node_name, "the name");
            assert_values(&load.tensor, x, 6);
            mm_load_close(&load);
        }
        mm_members_done(&members);
        mm_arena_done(&arena);
        free(file.path);
    }
}

static void sequences_that_are_refused(void **state)
{
    static const struct {
        const char *name, *part;
    } cases[] = {
        {"nested.pb", "nested.pb: this is a sequence of ONNX whose elements are no dense tensors (type 3)"},
        {"sparse.pb", "sparse.pb: this is a sparse tensor of ONNX"}};
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_members members;
        struct mm_arena arena;
        struct mm_err err;
        struct file file;
        name_file(&file, *state, cases[i].name, "onnx-sequence");
        assert_int_equal(list_file(&file, &members, &arena, &err), -1);
        assert_int_equal(err.code, MM_EUNSUPPORTED);
        if (!strstr(err.text, cases[i].part))
            fail_msg("%s", err.text);
        mm_members_done(&members);
        mm_arena_done(&arena);
        free(file.path);
    }
}

/* python3-onnx reads what was written, all dtypes that this version knows. */
static void written(void **state)
{
    static const uint8_t bytes[16] = {0, 60, 1, 0, 0xff, 0x7b, 2, 3};
    static const enum mm_dtype dtypes[] = {MM_F16, MM_I8, MM_U8, MM_I16, MM_U16, MM_BOOL};
    struct mm_tensor tensor;
    struct mm_run run;
    struct mm_err err;
    for (size_t i = 0; i < MM_COUNT(dtypes); i++) {
        char name[32];
        mm_tensor_raw(&tensor, dtypes[i], &(struct mm_shape){2, {2, 2}}, bytes, &run);
        struct mm_store store = {.tensor = &tensor, .node_name = "a/b:0", .unsynced = true};
        snprintf(name, sizeof name, "w%zu.pb", i);
        char *path = mm_path_join(*state, name);
        if (mm_format_find("onnx")->write(&store, path, &err) < 0)
            fail_msg("%s", err.text);
        free(path);
    }
    mm_tensor_raw(&tensor, MM_F8E4M3B11, &(struct mm_shape){1, {1}}, bytes, &run);
    struct mm_store store = {.tensor = &tensor};
    assert_int_equal(mm_format_find("onnx")->write(&store, "/nowhere/x.pb", &err), -1);
    assert_non_null(strstr(err.text, "ONNX has no data type for f8e4m3b11"));
    python(*state, "import sys, onnx\n"
                   "from onnx import numpy_helper\n"
                   "import numpy as np\n"
                   "b = bytes([0, 60, 1, 0, 0xff, 0x7b, 2, 3])\n"
                   "for i, d in enumerate(['<f2', 'i1', 'u1', '<i2', '<u2', '?']):\n"
                   "    t = onnx.TensorProto.FromString(open(f'{sys.argv[1]}/w{i}.pb', 'rb').read())\n"
                   "    assert t.name == 'a/b:0', t.name\n"
                   "    a = numpy_helper.to_array(t)\n"
                   "    e = np.frombuffer(b, d)[:4].reshape(2, 2)\n"
                   "    e = e if d != '?' else np.frombuffer(b, 'u1')[:4].reshape(2, 2) != 0\n"
                   "    assert a.dtype == np.dtype(d) and (a == e).all(), (d, a, e)\n");
}

/* A file of some bytes of this type in the one form or the other. */
static void write_as(const char *format, const char *folder, enum mm_dtype dtype,
                     const struct mm_shape *shape, const char *name, const char *ending)
{
    static const uint8_t bytes[] = {0,    60,   1,   0,    0xff, 0x7b, 2,   3,    '"', '\'', '\\', '\n',
                                    '\r', '\t', '7', 0x80, 0x7f, 0xc3, 200, 0xa9, 31,  32,   0x7e, 0xe0,
                                    '8',  0x81, 4,   0,    0,    0,    0,   0xf0, 1,   2,    3,    4,
                                    5,    6,    7,   8,    0x20, 0xff, 11,  12,   13,  14,   15,   16};
    struct mm_tensor tensor;
    struct mm_run run;
    struct mm_err err;
    char file[64];
    mm_tensor_raw(&tensor, dtype, shape, bytes, &run);
    struct mm_store store = {.tensor = &tensor, .name = name, .node_name = "not this", .unsynced = true};
    snprintf(file, sizeof file, "%s_%d.%s", mm_dtype_info(dtype)->name, shape->rank, ending);
    char *path = mm_path_join(folder, file);
    if (mm_format_find(format)->write(&store, path, &err) < 0)
        fail_msg("%s", err.text);
    free(path);
}

/* protobuf's own library parses the text to the message that the binary form is, and prints the same text of it. */
static void written_as_text(void **state)
{
    static const struct mm_shape shapes[] = {{0, {0}}, {1, {5}}, {2, {0, 3}}, {3, {1, 2, 3}}};
    static const char name[] = "a \"quoted\" 'name'\\\n\r\t\x01\x7f\xc3\xa9/\xe2\x82\xac"
                               "7:0";
    char *folder = make_folder(), count[512];
    int known = 0;
    (void)state;
    for (int dtype = MM_DTYPE_NONE + 1; dtype < MM_DTYPE_COUNT; dtype++) {
        known += dtype != MM_F8E4M3B11;
        for (size_t i = 0; i < MM_COUNT(shapes) && dtype != MM_F8E4M3B11; i++) {
            write_as("onnx", folder, (enum mm_dtype)dtype, &shapes[i], i == 1 ? "" : name, "pb");
            write_as("onnx-text", folder, (enum mm_dtype)dtype, &shapes[i], i == 1 ? "" : name, "pbtxt");
        }
    }
    snprintf(count, sizeof count,
             "import glob, onnx, sys\n"
             "from google.protobuf import text_format\n"
             "files = glob.glob(sys.argv[1] + '/*.pbtxt')\n"
             "assert len(files) == %d, len(files)\n"
             "for f in files:\n"
             "    text, binary = open(f).read(), open(f[:-5] + 'pb', 'rb').read()\n"
             "    t = text_format.Parse(text, onnx.TensorProto())\n"
             "    assert t == onnx.TensorProto.FromString(binary), f\n"
             "    assert t.HasField('raw_data') and text_format.MessageToString(t) == text, f\n",
             known * (int)MM_COUNT(shapes));
    python(folder, count);
    drop_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_forms),
        cmocka_unit_test(texts_that_are_refused),
        cmocka_unit_test(which_text_it_is),
        cmocka_unit_test(sequences),
        cmocka_unit_test(sequences_that_are_refused),
        cmocka_unit_test(written),
        cmocka_unit_test(written_as_text),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
