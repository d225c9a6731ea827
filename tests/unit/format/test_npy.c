#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "format/formats.h"

#include "mmtui/format.h"
#include "unit/format/format_testing.h"

/* A version 1 file around a header text and some data; returns the size. */
static size_t build(uint8_t *out, const char *header, const void *data, size_t size)
{
    size_t length = strlen(header);
    memcpy(out, "\x93NUMPY\x01\x00", 8);
    out[8] = (uint8_t)(length & 0xff);
    out[9] = (uint8_t)(length >> 8);
    memcpy(out + 10, header, length);
    if (size)
        memcpy(out + 10 + length, data, size);
    return 10 + length + size;
}

static void accepted(const char *header, size_t data)
{
    static const uint8_t zeros[64];
    struct memory_load m;
    struct mm_err err;
    uint8_t file[1024];
    size_t size = build(file, header, zeros, data);
    if (memory_open(&m, "npy", NULL, file, size, &err) < 0)
        fail_msg("%s: %s", header, err.text);
    memory_close(&m);
}

static void refused(const char *header, size_t data, enum mm_code code, const char *part)
{
    static const uint8_t zeros[64];
    uint8_t file[1024];
    size_t size = build(file, header, zeros, data);
    assert_refused("npy", file, size, code, part);
}

static void header_as_a_literal(void **state)
{
    (void)state;
    accepted("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   \n", 24);
    accepted("{\"shape\":(2,3,),\"descr\":\"<f4\",\"fortran_order\":True}", 24);
    accepted(" {\n'shape' : ( 2 , ) ,\t'descr': '|b1' , 'fortran_order': False } ", 2);
    accepted("{'descr': '?', 'fortran_order': False, 'shape': (2L, 3L)}", 6);
    accepted("{'descr': '=f8', 'fortran_order': False, 'shape': ()}", 8);
    accepted("{'descr': 'f8', 'fortran_order': False, 'shape': (0, 5)}", 0);
    accepted("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
             8 + 5); /* NumPy ignores what follows, too */
}

static void broken_headers(void **state)
{
    static const char *const cases[] = {
        "",
        "{",
        "{}",
        "{'descr': '<f4', 'fortran_order': False}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': 2}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2 3)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}",
        "{'descr': '<f4' 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4",
        "{'descr': '<\\x664', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': <f4, 'fortran_order': False, 'shape': (2,)}",
        "{'descr', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}}",
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++)
        refused(cases[i], 8, MM_ECORRUPT, "the header is not what NumPy writes");
}

static void other_element_types(void **state)
{
    static const struct {
        const char *descr, *part;
    } cases[] = {
        {"'|O'", "an object array"},
        {"'O'", "an object array"},
        {"'<c8'", "a complex array"},
        {"'|S5'", "a string array"},
        {"'<U3'", "a string array"},
        {"'<M8[ns]'", "dates"},
        {"'<m8'", "time spans"},
        {"'|V3'", "void"},
        {"'<f16'", "'<f16' is not read"},
        {"'<f3'", "'<f3' is not read"},
        {"''", "'' is not read"},
        {"'<'", "'<' is not read"},
        {"'<i16'", "'<i16' is not read"},
        {"'<W4'", "a complex array"},
        {"'|V1'", "tell it with --dtype"},
        {"[('a', '<f4'), ('b', '<f4')]", "structured array of several fields"},
        {"[('a', '<f4', (2,))]", "structured"},
        {"[('a', [('b', '<f4')])]", "structured"},
        {"[(('t', 'a'), '<f4')]", "structured"},
        {"('<f4', (2,))", "structured"},
        {"[]", "structured"},
        {"[('a', '|O')]", "an object array"},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        char header[128];
        snprintf(header, sizeof header, "{'descr': %s, 'fortran_order': False, 'shape': (2,)}",
                 cases[i].descr);
        refused(header, 16, MM_EUNSUPPORTED, cases[i].part);
    }
}

/* As ml_dtypes' arrays are saved: {header, bytes, dtype, first value}. */
static void young_element_types(void **state)
{
    static const struct {
        const char *descr, *bytes;
        enum mm_dtype given, dtype;
        double value;
    } cases[] = {
        {"'<V2'", "\xc0\x3f", MM_DTYPE_NONE, MM_BF16, 1.5},
        {"'|V2'", "\xc0\x3f", MM_DTYPE_NONE, MM_BF16, 1.5},
        {"'|V2'", "\x00\x3e", MM_F16, MM_F16, 1.5},
        {"'|V2'", "\xc0\x3f", MM_F32, MM_BF16, 1.5}, /* it is not as long */
        {"'<f1'", "\x3e", MM_DTYPE_NONE, MM_F8E5M2, 1.5},
        {"'|V1'", "\x3c", MM_F8E4M3, MM_F8E4M3, 1.5},
        {"'|V1'", "\x0f", MM_I4, MM_I4, -1},
        {"'bfloat16'", "\xc0\x3f", MM_DTYPE_NONE, MM_BF16, 1.5},
        {"'float8_e4m3fn'", "\x3c", MM_DTYPE_NONE, MM_F8E4M3, 1.5},
        {"'float32'", "\0\0\xc0\x3f", MM_DTYPE_NONE, MM_F32, 1.5},
        {"[('bfloat16', '<V2')]", "\xc0\x3f", MM_DTYPE_NONE, MM_BF16, 1.5},
        {"[ ('a' , '<f4' ) , ]", "\0\0\xc0\x3f", MM_DTYPE_NONE, MM_F32, 1.5},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_given given = {.dtype = cases[i].given};
        struct mm_entry entry = {.given = &given};
        struct memory_load m;
        struct mm_err err;
        char header[128];
        uint8_t file[256];
        snprintf(header, sizeof header, "{'descr': %s, 'fortran_order': False, 'shape': (1,)}",
                 cases[i].descr);
        size_t size = build(file, header, cases[i].bytes, mm_dtype_info(cases[i].dtype)->bytes);
        if (memory_open_entry(&m, "npy", &entry, file, size, &err) < 0)
            fail_msg("%s: %s", cases[i].descr, err.text);
        assert_int_equal(m.load.tensor.dtype, cases[i].dtype);
        assert_values(&m.load.tensor, &cases[i].value, 1);
        memory_close(&m);
    }
}

static void sizes_that_lie(void **state)
{
    (void)state;
    refused("{'descr': '<f4', 'fortran_order': False, 'shape': (4, 4)}", 60, MM_ECORRUPT,
            "header says [4, 4] f32 = 64 bytes, 60 are there");
    refused("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}", 60, MM_ECORRUPT,
            "is not the shape of a tensor");
    refused("{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904,)}", 60, MM_ECORRUPT,
            "is not the shape of a tensor");
    refused("{'descr': '<f8', 'fortran_order': False, 'shape': (1152921504606846976,)}", 60, MM_ECORRUPT,
            "60 are there");
    refused("{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1)}", 60,
            MM_EUNSUPPORTED, "more than 16 dimensions");
}

static void no_numpy_file(void **state)
{
    (void)state;
    assert_refused("npy", "", 0, MM_ECORRUPT, "does not start as a .npy file");
    assert_refused("npy", "\x93NUMPX\x01\x00\x00\x00", 10, MM_ECORRUPT, "does not start");
    assert_refused("npy", "\x93NUMPY\x01\x00\x01", 9, MM_ECORRUPT, "ends inside its header");
    assert_refused("npy", "\x93NUMPY\x02\x00\x01\x00", 10, MM_ECORRUPT, "ends inside its header");
    assert_refused("npy", "\x93NUMPY\x04\x00\x00\x00", 10, MM_EUNSUPPORTED, "version 4.0");
    assert_refused("npy", "\x93NUMPY\x00\x00\x00\x00", 10, MM_EUNSUPPORTED, "version 0.0");
    assert_refused("npy", "\x93NUMPY\x01\x00\x80\x00{}", 12, MM_ECORRUPT,
                   "should have 128 bytes, the file has 2 more");
    assert_refused("npy", "\x93NUMPY\x03\x00\xff\xff\xff\xff{}", 14, MM_ECORRUPT,
                   "should have 4294967295 bytes");
}

static void damaged_files(void **state)
{
    static const uint8_t data[24] = {1, 2, 3};
    uint8_t file[256];
    (void)state;
    size_t size =
        build(file, "{'descr': '>f4', 'fortran_order': True, 'shape': (2, 3), }  \n", data, sizeof data);
    try_damage("npy", file, size);
}

/* Every element type, byte order, memory order and version as NumPy itself writes them; values as hex
 * floats. */
static const char program[] =
    "import sys, numpy as np\n"
    "from numpy.lib import format as f\n"
    "d = sys.argv[1]\n"
    "index = open(d + '/index', 'w')\n"
    "n = 0\n"
    "def put(a, version, name):\n"
    "    global n\n"
    "    n += 1\n"
    "    with open('%s/%d.npy' % (d, n), 'wb') as out: f.write_array(out, a, version)\n"
    "    print(n, name, a.ndim, *a.shape, a.size, file=index)\n"
    "    for x in a.ravel(order='C'): print(float(x).hex(), file=index)\n"
    "types = {'f2': 'f16', 'f4': 'f32', 'f8': 'f64', 'i1': 'i8', 'i2': 'i16', 'i4': 'i32', 'i8': 'i64', "
    "'u1': 'u8',\n"
    "         'u2': 'u16', 'u4': 'u32', 'u8': 'u64', 'b1': 'bool'}\n"
    "shapes = [(2, 3, 4), (), (1,), (5,), (0,), (3, 0, 2), (7, 2), (1, 1, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, "
    "1, 1, 3)]\n"
    "r = np.random.RandomState(1)\n"
    "for t, name in types.items():\n"
    "    for shape in shapes:\n"
    "        a = r.standard_normal(shape) * 100\n"
    "        if t == 'b1': a = a > 0\n"
    "        elif t[0] == 'i': a = np.array(a).astype('i8')\n"
    "        elif t[0] == 'u': a = np.array(np.abs(a)).astype('u8')\n"
    "        a = np.array(a)\n"
    "        if t[0] == 'f' and a.size > 4: a.flat[1:4] = [np.nan, np.inf, -np.inf]\n"
    "        if t[0] in 'iu' and a.size > 4:\n"
    "            a.flat[0] = np.iinfo(t).min; a.flat[1] = np.iinfo(t).max\n"
    "        for order in '<>':\n"
    "            for memory in 'CF':\n"
    "                for version in [(1, 0), (2, 0), (3, 0)]:\n"
    "                    put(np.array(a.astype(order + t), order=memory), version, name)\n";

static void numpy_files(void **state)
{
    char *folder = make_folder();
    char *path = mm_path_join(folder, "index");
    int number, rank, seen = 0;
    char name[16];
    (void)state;
    python(folder, program);
    FILE *index = fopen(path, "r");
    assert_non_null(index);
    while (fscanf(index, "%d %15s %d", &number, name, &rank) == 3) {
        struct mm_shape shape = {.rank = rank};
        double expected[64];
        size_t count, size;
        char file[32];
        for (int i = 0; i < rank; i++)
            assert_int_equal(fscanf(index, "%ld", &shape.dim[i]), 1);
        assert_int_equal(fscanf(index, "%zu", &count), 1);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(fscanf(index, "%la", &expected[i]), 1);
        snprintf(file, sizeof file, "%d.npy", number);
        uint8_t *bytes = get_file(folder, file, &size);
        struct memory_load m;
        struct mm_err err;
        if (memory_open(&m, "npy", NULL, bytes, size, &err) < 0)
            fail_msg("%s", err.text);
        assert_int_equal(m.load.tensor.dtype, mm_dtype_find(name));
        assert_true(mm_shape_equal(&m.load.tensor.shape, &shape));
        assert_values(&m.load.tensor, expected, count);
        memory_close(&m);
        free(bytes);
        seen++;
    }
    assert_int_equal(seen, 12 * 8 * 12);
    fclose(index);
    free(path);
    drop_folder(folder);
}

/* Of a file that is brought in parts, only its very first bytes are there: nothing behind them is looked at. */
static void test_first_bytes_alone(void **state)
{
    static const char magic[] = "\x93NUMPY\x02\x00\xff\xff\x00\x00";
    (void)state;
    for (size_t have = 6; have < sizeof magic; have++) {
        uint8_t *bytes = malloc(have); /* so that the sanitizer sees what is read behind it */
        assert_non_null(bytes);
        memcpy(bytes, magic, have);
        struct mm_load load = {.bytes = bytes, .size = 1 << 20, .have = have};
        struct mm_err err = {MM_OK, ""};
        assert_int_equal(mm_npy_read(&load, NULL, "x", &err), -1);
        assert_int_equal(err.code, MM_EUNSUPPORTED);
        assert_non_null(
            strstr(err.text, have < 12 ? "bytes is not read" : "a header of 65535 bytes is not read"));
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_bytes_alone),
        cmocka_unit_test(header_as_a_literal),
        cmocka_unit_test(broken_headers),
        cmocka_unit_test(other_element_types),
        cmocka_unit_test(young_element_types),
        cmocka_unit_test(sizes_that_lie),
        cmocka_unit_test(no_numpy_file),
        cmocka_unit_test(damaged_files),
        cmocka_unit_test(numpy_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
