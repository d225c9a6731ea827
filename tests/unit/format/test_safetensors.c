/* safetensors: what the header may say, and what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "format_testing.h"

static char *folder;

static int make(void **state)
{
    (void)state;
    folder = make_folder();
    return 0;
}

static int drop(void **state)
{
    (void)state;
    drop_folder(folder);
    return 0;
}

/* A file of this header, and `data` bytes 0, 1, 2 ... behind it, listed. */
struct listed {
    struct mm_source source;
    struct mm_members members;
    struct mm_arena arena;
    struct mm_err err;
    char *path;
    int result;
};

static void list_bytes(struct listed *listed, const void *bytes, size_t size)
{
    *listed = (struct listed){.path = mm_path_join(folder, "x.safetensors")};
    put_file(folder, "x.safetensors", bytes, size);
    listed->source =
        (struct mm_source){.path = listed->path, .file = "x", .format = mm_format_find("safetensors")};
    mm_arena_init(&listed->arena);
    listed->result =
        listed->source.format->list(&listed->source, &listed->arena, &listed->members, &listed->err);
}

static size_t build(uint8_t out[2048], const char *header, size_t data)
{
    size_t length = strlen(header);
    memset(out, 0, 8);
    out[0] = (uint8_t)length;
    out[1] = (uint8_t)(length >> 8);
    memcpy(out + 8, header, length);
    for (size_t i = 0; i < data; i++)
        out[8 + length + i] = (uint8_t)i;
    return 8 + length + data;
}

static void list_text(struct listed *listed, const char *header, size_t data)
{
    uint8_t bytes[2048];
    list_bytes(listed, bytes, build(bytes, header, data));
}

static void done(struct listed *listed)
{
    mm_members_done(&listed->members);
    mm_arena_done(&listed->arena);
    free(listed->path);
}

static void tensors_as_they_are_told(void **state)
{
    struct listed listed;
    struct mm_load load;
    struct mm_err err;
    (void)state;
    list_text(
        &listed,
        "{\"__metadata__\":{\"k\":\"v\"},\"b\":{\"dtype\":\"U8\",\"shape\":[2,3],\"data_offsets\":[4,10]},"
        "\"a\":{\"shape\":[],\"data_offsets\":[0,4],\"dtype\":\"F32\"},"
        "\"none\":{\"dtype\":\"F64\",\"shape\":[0,7],\"data_offsets\":[10,10]},"
        "\"f\\u00fcnf\":{\"dtype\":\"F4\",\"shape\":[4],\"data_offsets\":[10,12]}}  ",
        12);
    if (listed.result < 0)
        fail_msg("%s", listed.err.text);
    static const char *const names[] = {"b", "a", "none", "fünf"};
    static const double b[] = {4, 5, 6, 7, 8, 9};
    static const double five[] = {-1, 0, -1.5, 0}; /* 0x0a, 0x0b: -1, 0; -1.5, 0 */
    assert_int_equal(listed.members.count, MM_COUNT(names));
    for (size_t i = 0; i < MM_COUNT(names); i++) {
        assert_string_equal(listed.members.entry[i].member, names[i]);
        if (mm_load_open(&load, &listed.members.entry[i], NULL, &err) < 0)
            fail_msg("%s", err.text);
        if (i == 0)
            assert_values(&load.tensor, b, 6);
        if (i == 1)
            assert_true(load.tensor.shape.rank == 0 && load.tensor.count == 1);
        if (i == 2)
            assert_int_equal(load.tensor.count, 0);
        if (i == 3)
            assert_values(&load.tensor, five, 4);
        mm_load_close(&load);
    }
    done(&listed);
}

/* Larger than the window in which packed values are taken apart: in order, anywhere, and all at once. */
static void many_packed_values(void **state)
{
    enum { COUNT = 200002 };
    static uint8_t bytes[200 + COUNT / 2];
    struct listed listed;
    struct mm_load load;
    struct mm_tensor turned;
    struct mm_err err;
    (void)state;
    size_t head =
        build(bytes, "{\"x\":{\"dtype\":\"F4\",\"shape\":[2,100001],\"data_offsets\":[0,100001]}}", 0);
    for (size_t i = 0; i < COUNT / 2; i++) /* codes 0 .. 7 in turn: value i is code i % 8 */
        bytes[head + i] = (uint8_t)((2 * i) % 8 | ((2 * i + 1) % 8) << 4);
    list_bytes(&listed, bytes, head + COUNT / 2);
    assert_int_equal(mm_load_open(&load, &listed.members.entry[0], NULL, &err), 0);
    struct mm_cursor cursor;
    float value;
    mm_cursor_init(&cursor, &load.tensor);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(mm_cursor_float(&cursor, &value, 1), 1);
        assert_true(value == mm_small_to_float(MM_F4E2M1, (uint8_t)(i % 8)));
    }
    assert_true(mm_tensor_at(&load.tensor, 70001) == (double)mm_small_to_float(MM_F4E2M1, 70001 % 8));
    assert_true(mm_tensor_at(&load.tensor, 3) == 1.5);
    assert_int_equal(mm_tensor_permute(&load.tensor, (int[]){1, 0}, &turned, &err), 0);
    for (int64_t i = 0; i < COUNT; i += 997) {
        int64_t there = i / 2 + i % 2 * 100001;
        assert_true(mm_tensor_at(&turned, i) == (double)mm_small_to_float(MM_F4E2M1, (uint8_t)(there % 8)));
    }
    mm_load_close(&load);
    done(&listed);
}

#define ONE(dtype, shape, offsets)                                                                           \
    "{\"x\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}}"

/* The whole file. */
static void files_that_are_refused(void **state)
{
    static const struct {
        const char *header, *part;
        size_t data;
    } cases[] = {
        {ONE("U8", "[2]", "[0,2]"), "1 bytes behind the last tensor belong to none", 3},
        {ONE("U8", "[2]", "[1,3]"), "a hole before tensor 'x'", 3},
        {ONE("U8", "[2]", "[0,2]"), "should end at byte 2 of the data, of which 1 are there", 1},
        {ONE("U8", "[2]", "[2,0]"), "should end at byte 0", 2},
        {ONE("U8", "[2]", "[-1,2]"), "has no data_offsets", 2},
        {ONE("U8", "[2]", "[0,2,3]"), "has no data_offsets", 2},
        {ONE("U8", "[2]", "[0,1e300]"), "has no data_offsets", 2},
        {"{\"x\":{\"shape\":[2],\"data_offsets\":[0,2]}}", "has no dtype", 2},
        {"{\"x\":7}", "has no data_offsets", 0},
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
         "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}",
         "an overlap before tensor 'b'", 3},
        {"[1]", "is no JSON object", 0},
        {"{\"x\"", "line 1", 0},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct listed listed;
        list_text(&listed, cases[i].header, cases[i].data);
        if (listed.result == 0 || !strstr(listed.err.text, cases[i].part) ||
            strncmp(listed.err.text, "x: ", 3))
            fail_msg("%s: %s", cases[i].header, listed.result < 0 ? listed.err.text : "is read");
        done(&listed);
    }
    static const struct {
        const char *bytes, *part;
        size_t size;
    } lengths[] = {
        {"\x02\0\0\0\0\0", "ends after 6 bytes", 6},
        {"\xff\xff\xff\xff\xff\xff\xff\xff{}", "does not start as a safetensors file", 10},
        {"\x01\xe1\xf5\x05\0\0\0\0{}", "does not start as a safetensors file", 10}, /* 100000001 */
        {"\x03\0\0\0\0\0\0\0{}", "the header should have 3 bytes, the file has 2 more", 10},
    };
    for (size_t i = 0; i < MM_COUNT(lengths); i++) {
        struct listed listed;
        list_bytes(&listed, lengths[i].bytes, lengths[i].size);
        if (listed.result == 0 || !strstr(listed.err.text, lengths[i].part))
            fail_msg("%zu: %s", i, listed.err.text);
        assert_false(
            mm_format_find("safetensors")->probe((const uint8_t *)lengths[i].bytes, lengths[i].size));
        done(&listed);
    }
}

/* One tensor of it. */
static void tensors_that_are_refused(void **state)
{
    static const struct {
        const char *header, *part;
        enum mm_code code;
    } cases[] = {
        {ONE("C64", "[1]", "[0,8]"), "values of type C64 are not read", MM_EUNSUPPORTED},
        {ONE("F32", "[3]", "[0,8]"), "gives it 8 bytes, which is not what shape [3] of F32 takes",
         MM_ECORRUPT},
        {ONE("F4", "[15]", "[0,8]"), "which is not what shape [15] of F4 takes", MM_ECORRUPT},
        {ONE("F32", "[4611686018427387904,4611686018427387904]", "[0,8]"), "its shape is no list",
         MM_EUNSUPPORTED},
        {ONE("F32", "[9007199254740992,9007199254740992]", "[0,8]"), "which is not what shape", MM_ECORRUPT},
        {ONE("F32", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2]", "[0,8]"), "no list of at most 16 sizes",
         MM_EUNSUPPORTED},
        {ONE("F32", "[-2]", "[0,8]"), "no list of at most 16 sizes", MM_EUNSUPPORTED},
        {ONE("F32", "2", "[0,8]"), "no list of at most 16 sizes", MM_EUNSUPPORTED},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct listed listed;
        struct mm_load load;
        struct mm_err err;
        list_text(&listed, cases[i].header, 8);
        if (listed.result < 0)
            fail_msg("%s", listed.err.text);
        assert_int_equal(listed.members.count, 1);
        assert_int_equal(mm_load_open(&load, &listed.members.entry[0], NULL, &err), -1);
        if (err.code != cases[i].code || !strstr(err.text, cases[i].part) ||
            strncmp(err.text, "x: tensor 'x': ", 15))
            fail_msg("%s: %s", cases[i].header, err.text);
        done(&listed);
    }
}

/* Python's struct and json find what was written; it can be read again. */
static void written(void **state)
{
    static const float x[] = {1.5f, -2, 3, 4, 5, 6};
    static const uint8_t halves[] = {1, 2, 3, 0x0f};
    struct mm_tensor tensor[2];
    struct mm_run run[2];
    struct mm_err err;
    (void)state;
    mm_tensor_raw(&tensor[0], MM_F32, &(struct mm_shape){2, {2, 3}}, x, &run[0]);
    mm_tensor_fortran(&tensor[0]);
    mm_tensor_raw(&tensor[1], MM_F4E2M1, &(struct mm_shape){1, {4}}, halves, &run[1]);
    const struct mm_store stores[] = {{.tensor = &tensor[0], .name = "net/\"x\"", .unsynced = true},
                                      {.tensor = &tensor[1], .unsynced = true}};
    char *path = mm_path_join(folder, "w.safetensors");
    if (mm_format_find("safetensors")->write_all(stores, 2, path, &err) < 0)
        fail_msg("%s", err.text);
    python(folder, "import json, struct, sys\n"
                   "b = open(sys.argv[1] + '/w.safetensors', 'rb').read()\n"
                   "n, = struct.unpack('<Q', b[:8])\n"
                   "assert (8 + n) % 8 == 0\n"
                   "h = json.loads(b[8:8 + n])\n"
                   "assert h == {'net/\"x\"': {'dtype': 'F32', 'shape': [2, 3], 'data_offsets': [0, 24]},\n"
                   "    'arr_1': {'dtype': 'F4', 'shape': [4], 'data_offsets': [24, 26]}}, h\n"
                   "assert struct.unpack('<6f', b[8 + n:32 + n]) == (1.5, 3, 5, -2, 4, 6)\n"
                   "assert b[32 + n:] == b'\\x21\\xf3'\n");
    mm_tensor_raw(&tensor[1], MM_I4, &(struct mm_shape){1, {4}}, halves, &run[1]);
    assert_int_equal(mm_format_find("safetensors")->write_all(stores, 2, path, &err), -1);
    assert_non_null(strstr(err.text, "safetensors has no data type for i4"));
    mm_tensor_raw(&tensor[1], MM_F4E2M1, &(struct mm_shape){1, {3}}, halves, &run[1]);
    assert_int_equal(mm_format_find("safetensors")->write_all(stores, 2, path, &err), -1);
    assert_non_null(strstr(err.text, "f4e2m1 that ends within a byte"));
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tensors_as_they_are_told, make, drop),
        cmocka_unit_test_setup_teardown(many_packed_values, make, drop),
        cmocka_unit_test_setup_teardown(files_that_are_refused, make, drop),
        cmocka_unit_test_setup_teardown(tensors_that_are_refused, make, drop),
        cmocka_unit_test_setup_teardown(written, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
