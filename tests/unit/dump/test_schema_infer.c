/* Field numbers inferred from messages that are made here by hand, and what can't be inferred from them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/wire.h"
#include "dump/schema_infer.h"
#include "fuzz/schema.h"

#define MESSAGES 12

/* The messages of one dump. */
struct made {
    struct mm_buf message[MESSAGES];
    size_t count;
};

static struct mm_buf *begin(struct made *made)
{
    return &made->message[made->count++];
}

static void made_done(struct made *made)
{
    for (size_t i = 0; i < made->count; i++)
        mm_buf_done(&made->message[i]);
}

static void put_varint(struct mm_buf *out, uint64_t value)
{
    uint8_t bytes[MM_WIRE_VARINT_MAX];
    mm_buf_add(out, bytes, mm_wire_put(bytes, value));
}

static void put_tag(struct mm_buf *out, uint32_t number, enum mm_wire_type type)
{
    put_varint(out, (uint64_t)number << 3 | type);
}

static void put_whole(struct mm_buf *out, uint32_t number, uint64_t value)
{
    put_tag(out, number, MM_WIRE_VARINT);
    put_varint(out, value);
}

static void put_bytes(struct mm_buf *out, uint32_t number, const void *data, size_t size)
{
    put_tag(out, number, MM_WIRE_BYTES);
    put_varint(out, size);
    mm_buf_add(out, data, size);
}

static void put_text(struct mm_buf *out, uint32_t number, const char *text)
{
    put_bytes(out, number, text, strlen(text));
}

/* Packed floats: value, 2 value, 3 value ... */
static void put_floats(struct mm_buf *out, uint32_t number, size_t count, float value)
{
    float values[64];
    assert_true(count <= MM_COUNT(values));
    for (size_t i = 0; i < count; i++)
        values[i] = (float)(i + 1) * value;
    put_bytes(out, number, values, count * sizeof *values);
}

static void put_doubles(struct mm_buf *out, uint32_t number, size_t count)
{
    double values[64];
    for (size_t i = 0; i < count; i++)
        values[i] = 0.1 * (double)(i + 1);
    put_bytes(out, number, values, count * sizeof *values);
}

/* Unpacked, as proto2 has it by default. */
static void put_integers(struct mm_buf *out, uint32_t number, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_whole(out, number, 40 + i);
}

/* Numbers of the messages here. */
enum { DTYPE = 3, VERSION = 5, SHAPE = 6, OP = 7, NODE = 9, FLOATS = 11, DOUBLES = 12, INTEGERS = 14 };
enum { FLOAT16 = 8, FLOAT32 = 4, FLOAT64 = 2, INT32 = 6 }; /* values of dtype */
#define WIDE 0.1f                                          /* FLOAT16 has neither it nor its multiples */
#define HALF 0.0999755859375f                              /* it has this one, and its double */

static struct mm_buf *put_head(struct made *made, uint64_t dtype, uint64_t rows, uint64_t columns)
{
    struct mm_buf *out = begin(made);
    uint8_t dims[2] = {(uint8_t)rows, (uint8_t)columns};
    put_whole(out, VERSION, 1);
    put_whole(out, DTYPE, dtype);
    put_bytes(out, SHAPE, dims, sizeof dims);
    return out;
}

static struct mm_buf *put_tensor(struct made *made, uint64_t dtype, size_t rows, size_t columns, float value)
{
    struct mm_buf *out = put_head(made, dtype, rows, columns);
    put_floats(out, FLOATS, rows * columns, value);
    return out;
}

static int infer(const struct made *made, struct mm_schema *schema, struct mm_err *err)
{
    struct wire_numbers numbers = {.count = 0};
    struct wire_seen *seen = calloc(MESSAGES, sizeof *seen);
    assert_non_null(seen);
    for (size_t i = 0; i < made->count; i++) {
        const uint8_t *bytes = (const uint8_t *)mm_buf_text(&made->message[i]);
        assert_true(wire_see(&seen[i], &numbers, bytes, made->message[i].length));
    }
    int result = schema_infer(seen, made->count, &numbers, schema, err);
    free(seen);
    return result;
}

/* Infer, and end the messages. */
static struct mm_schema inferred(struct made *made)
{
    struct mm_schema schema;
    struct mm_err err = {MM_OK, ""};
    if (infer(made, &schema, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(schema.inferred, made->count);
    made_done(made);
    return schema;
}

static void refused(struct made *made, const char *why)
{
    struct mm_schema schema;
    struct mm_err err = {MM_OK, ""};
    assert_int_equal(infer(made, &schema, &err), -1);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    if (!strstr(err.text, why))
        fail_msg("\"%s\" is not in \"%s\"", why, err.text);
    made_done(made);
}

/* ---- what is told ---- */

static void floats_of_two_sizes(void **state)
{
    struct made made = {.count = 0};
    (void)state;
    put_tensor(&made, FLOAT32, 2, 3, WIDE);
    put_tensor(&made, FLOAT32, 3, 5, WIDE);
    struct mm_schema schema = inferred(&made);
    static const uint32_t expected[MM_FIELD_COUNT] = {
        [MM_FIELD_VERSION] = VERSION, [MM_FIELD_SHAPE] = SHAPE, [MM_FIELD_FLOAT_VAL] = FLOATS};
    assert_memory_equal(schema.number, expected, sizeof expected);
    assert_int_equal(schema.dtype[0].dtype, MM_DTYPE_NONE);
}

/* 1 and 1: which one is the version does not matter for values, and is not told. */
static void version_and_another_one(void **state)
{
    struct made made = {.count = 0};
    (void)state;
    put_tensor(&made, 1, 2, 3, WIDE);
    put_tensor(&made, 1, 3, 5, WIDE);
    struct mm_schema schema = inferred(&made);
    assert_int_equal(schema.number[MM_FIELD_VERSION], 0);
    assert_int_equal(schema.number[MM_FIELD_DTYPE], 0);
    assert_int_equal(schema.number[MM_FIELD_FLOAT_VAL], FLOATS);
}

static void dtype_by_kinds(void **state)
{
    struct made made = {.count = 0};
    (void)state;
    put_tensor(&made, FLOAT32, 2, 3, WIDE);
    put_tensor(&made, FLOAT32, 3, 5, WIDE);
    put_doubles(put_head(&made, FLOAT64, 3, 3), DOUBLES, 9);
    put_integers(put_head(&made, INT32, 2, 2), INTEGERS, 4);
    struct mm_schema schema = inferred(&made);
    assert_int_equal(schema.number[MM_FIELD_DTYPE], DTYPE);
    assert_int_equal(schema.number[MM_FIELD_DOUBLE_VAL], DOUBLES);
    assert_int_equal(schema.number[MM_FIELD_INT_VAL], 0);
    assert_int_equal(schema.dtype[0].dtype, MM_F32);
    assert_int_equal(schema.dtype[0].value, FLOAT32);
    assert_int_equal(schema.dtype[1].dtype, MM_F64);
    assert_int_equal(schema.dtype[1].value, FLOAT64);
    assert_int_equal(schema.dtype[2].dtype, MM_DTYPE_NONE);
}

/* 25 differs between kinds, too, but both of its values for floats would be FLOAT32. */
static void an_index_is_no_dtype(void **state)
{
    struct made made = {.count = 0};
    (void)state;
    put_whole(put_tensor(&made, FLOAT32, 2, 5, WIDE), 25, 1);
    put_whole(put_tensor(&made, FLOAT32, 3, 5, WIDE), 25, 2);
    put_integers(put_head(&made, INT32, 2, 2), INTEGERS, 4);
    put_whole(&made.message[2], 25, 3);
    struct mm_schema schema = inferred(&made);
    assert_int_equal(schema.number[MM_FIELD_DTYPE], DTYPE);
    assert_int_equal(schema.dtype[0].value, FLOAT32);
}

/* Of two types of floats, the one with values that FLOAT16 lacks is FLOAT32. */
static void halves_by_what_they_lack(void **state)
{
    struct made made = {.count = 0};
    (void)state;
    put_tensor(&made, FLOAT32, 2, 5, WIDE);
    put_tensor(&made, FLOAT16, 3, 5, 0.25f);
    put_integers(put_head(&made, INT32, 2, 2), INTEGERS, 4);
    struct mm_schema schema = inferred(&made);
    assert_int_equal(schema.number[MM_FIELD_DTYPE], DTYPE);
    assert_int_equal(schema.dtype[0].dtype, MM_F32);
    assert_int_equal(schema.dtype[0].value, FLOAT32);
    assert_int_equal(schema.dtype[1].dtype, MM_F16);
    assert_int_equal(schema.dtype[1].value, FLOAT16);
}

static void open_halves(void **state)
{
    struct made made = {.count = 0};
    (void)state;
    put_tensor(&made, FLOAT32, 2, 3, 0.25f);
    put_tensor(&made, FLOAT16, 3, 5, 0.25f);
    put_integers(put_head(&made, INT32, 2, 2), INTEGERS, 4);
    struct mm_schema schema = inferred(&made);
    assert_int_equal(schema.number[MM_FIELD_DTYPE], 0);
    assert_int_equal(schema.number[MM_FIELD_FLOAT_VAL], FLOATS);
}

/* 16 values of which every one needs the whole of FLOAT16, in all files of one number, and none in those of the other. */
static void put_halves(struct made *made, uint64_t dtype, size_t rows, float value)
{
    float values[64];
    struct mm_buf *out = put_head(made, dtype, rows, 16);
    for (size_t i = 0; i < rows * 16; i++)
        values[i] = value;
    put_bytes(out, FLOATS, values, rows * 16 * sizeof *values);
}

static void halves_alone(void **state)
{
    struct made made = {.count = 0}, less = {.count = 0};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        put_halves(&made, FLOAT16, i + 1, HALF);
        put_halves(&made, FLOAT32, i + 1, WIDE);
        put_halves(&less, FLOAT16, i + 1, i ? 0.5f : HALF);
        put_halves(&less, FLOAT32, i + 1, WIDE);
    }
    assert_int_equal(inferred(&made).number[MM_FIELD_DTYPE], DTYPE);
    assert_int_equal(inferred(&less).number[MM_FIELD_DTYPE], 0);
}

/* A value or two that FLOAT16 lacks may be damage: then neither is told. */
static void damaged_halves(void **state)
{
    struct made made = {.count = 0};
    float values[] = {0.5f, 0.25f, 0.75f, 0.1f, 2, 3, 4, 5, 6, 7};
    (void)state;
    put_bytes(put_head(&made, FLOAT16, 2, 5), FLOATS, values, sizeof values);
    put_tensor(&made, FLOAT32, 3, 5, 0.25f);
    put_integers(put_head(&made, INT32, 2, 2), INTEGERS, 4);
    assert_int_equal(inferred(&made).number[MM_FIELD_DTYPE], 0);
}

static void name_all(struct made *made, const char *const nodes[3], const char *const ops[3])
{
    for (size_t i = 0; i < 3; i++) {
        struct mm_buf *out = put_tensor(made, FLOAT32, 2, i + 2, WIDE);
        put_text(out, NODE, nodes[i]);
        put_text(out, OP, ops[i]);
    }
}

static void names(void **state)
{
    static const char *const nodes[] = {"main/a", "main/b", "main/c"}, *const ops[] = {"conv", "relu",
                                                                                       "conv"};
    struct made made = {.count = 0}, alike = {.count = 0}, three = {.count = 0};
    (void)state;
    name_all(&made, nodes, ops);
    name_all(&alike, nodes, nodes);
    name_all(&three, nodes, ops);
    put_text(&three.message[0], 20, "NCHW");
    struct mm_schema schema = inferred(&made);
    assert_int_equal(schema.number[MM_FIELD_NODE_NAME], NODE);
    assert_int_equal(schema.number[MM_FIELD_OP_TYPE], OP);
    assert_int_equal(inferred(&alike).number[MM_FIELD_NODE_NAME], 0);
    assert_int_equal(inferred(&three).number[MM_FIELD_OP_TYPE], 0);
}

/* ---- what is refused ---- */

static void the_same_size(void **state)
{
    struct made made = {.count = 0}, one = {.count = 0}, none = {.count = 0};
    (void)state;
    put_tensor(&made, FLOAT32, 2, 3, WIDE);
    put_tensor(&made, FLOAT32, 3, 2, WIDE);
    put_tensor(&one, FLOAT32, 2, 3, WIDE);
    refused(&made, "two different numbers of values");
    refused(&one, "two different numbers of values");
    refused(&none, "no message");
}

static void another_shape(void **state)
{
    struct made made = {.count = 0};
    (void)state;
    put_whole(put_tensor(&made, FLOAT32, 2, 3, WIDE), 30, 6);
    put_whole(put_tensor(&made, FLOAT32, 3, 5, WIDE), 30, 15);
    refused(&made, "tensor_shape may be number 6 or 30");
}

static void another_list(void **state)
{
    struct made made = {.count = 0};
    (void)state;
    put_floats(put_tensor(&made, FLOAT32, 2, 3, WIDE), 31, 6, WIDE);
    put_floats(put_tensor(&made, FLOAT32, 3, 5, WIDE), 31, 15, WIDE);
    refused(&made, "float_val may be number 11 or 31");
}

/* Every list has its files, but one file has two of them. */
static void two_lists_in_a_file(void **state)
{
    struct made made = {.count = 0};
    (void)state;
    put_tensor(&made, FLOAT32, 2, 5, WIDE);
    put_tensor(&made, FLOAT32, 3, 5, WIDE);
    put_doubles(put_head(&made, FLOAT64, 3, 3), DOUBLES, 9);
    put_doubles(put_tensor(&made, FLOAT64, 2, 2, WIDE), DOUBLES, 4);
    refused(&made, "no numbers are so in all of them");
}

static void integers_of_four_bytes(void **state)
{
    static const uint32_t small[] = {1, 2, 3, 40, 50, 60, 0xfffffff0, 7, 8};
    struct made made = {.count = 0};
    (void)state;
    put_bytes(put_head(&made, INT32, 2, 2), FLOATS, small, 4 * sizeof *small);
    put_bytes(put_head(&made, INT32, 3, 3), FLOATS, small, 9 * sizeof *small);
    refused(&made, "number 11 do not look like floats");
}

static void zeros(void **state)
{
    struct made made = {.count = 0};
    (void)state;
    put_tensor(&made, FLOAT32, 2, 3, 0);
    put_tensor(&made, FLOAT32, 3, 5, 0);
    refused(&made, "number 11 are nearly all 0");
}

static void no_version(void **state)
{
    struct made made = {.count = 0};
    (void)state;
    for (size_t i = 2; i < 4; i++) {
        uint8_t dims[] = {(uint8_t)i, 3};
        struct mm_buf *out = begin(&made);
        put_bytes(out, SHAPE, dims, sizeof dims);
        put_whole(out, DTYPE, FLOAT32);
        put_floats(out, FLOATS, i * 3, WIDE);
    }
    refused(&made, "no number is 1 in all of them");
}

static void values_that_do_not_fit(void **state)
{
    struct made made = {.count = 0};
    (void)state;
    put_tensor(&made, FLOAT32, 2, 3, WIDE);
    put_tensor(&made, FLOAT32, 3, 5, WIDE);
    put_floats(put_head(&made, FLOAT32, 3, 5), FLOATS, 14, WIDE);
    refused(&made, "no numbers are so in all of them");
}

/* dims, data_type FLOAT, raw_data: an ONNX tensor that ONNX's own rules do not take for one. */
static void onnx(void **state)
{
    struct made made = {.count = 0};
    (void)state;
    for (size_t i = 2; i < 4; i++) {
        struct mm_buf *out = begin(&made);
        put_whole(out, 1, i);
        put_whole(out, 1, 3);
        put_whole(out, 2, 1);
        put_floats(out, 9, i * 3, WIDE);
        put_text(out, 99, "of a later version");
    }
    refused(&made, "ONNX");
}

/* ---- the walk ---- */

static void counts(void **state)
{
    static const uint8_t bytes[] = {
        0x0a, 2,    3,    4,                /* 1: [3, 4], or two letters of no text */
        0x10, 0x96, 0x01,                   /* 2: 150 */
        0x1d, 0,    0,    0x80, 0x3f,       /* 3: 1.0 */
        0x22, 3,    'a',  'b',  'c',        /* 4 */
        0x2a, 4,    0xff, 0xff, 0xff, 0xff, /* 5: no varints, one float */
    };
    struct wire_numbers numbers = {.count = 0};
    struct wire_seen *seen = calloc(1, sizeof *seen);
    (void)state;
    assert_non_null(seen);
    assert_true(wire_see(seen, &numbers, bytes, sizeof bytes));
    assert_int_equal(numbers.count, 5);
    const struct wire_number_seen *n = seen->number;
    assert_int_equal(n[0].product, 12);
    assert_int_equal(n[0].varints, 2);
    assert_int_equal(n[0].count_float, -1);
    assert_true(n[0].text == 0);
    assert_true(n[1].scalar && n[1].value == 150 && n[1].product == 150);
    assert_int_equal(n[2].count_float, 1);
    assert_int_equal(n[2].varints, -1);
    assert_int_equal(n[2].floats.likely, 1);
    assert_true(n[3].text != 0);
    assert_int_equal(n[4].varints, -1);
    assert_int_equal(n[4].product, -1);
    assert_int_equal(n[4].count_float, 1);
    assert_int_equal(n[4].floats.likely, 0);
    assert_true(n[5].product == 1 && !n[5].there);
    for (size_t size = 0; size < sizeof bytes; size++) { /* cut off: good only between fields */
        bool between = size == 4 || size == 7 || size == 12 || size == 17;
        assert_int_equal(wire_see(seen, &numbers, bytes, size), between);
    }
    free(seen);
}

static void hostile_wire(void **state)
{
    static const uint8_t large[] = {0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 1};
    struct wire_numbers numbers = {.count = 0};
    struct wire_seen *seen = calloc(1, sizeof *seen);
    struct mm_buf many = {0}, dims = {0};
    (void)state;
    assert_non_null(seen);
    assert_false(wire_see(seen, &numbers, large, sizeof large));
    for (uint32_t i = 1; i <= WIRE_NUMBERS + 1; i++)
        put_whole(&many, i, 1);
    assert_false(wire_see(seen, &numbers, (const uint8_t *)many.data, many.length));
    assert_int_equal(numbers.count, 0);
    for (int i = 0; i < 3; i++) /* 2^90 values */
        put_whole(&dims, 1, (uint64_t)1 << 30);
    assert_true(wire_see(seen, &numbers, (const uint8_t *)dims.data, dims.length));
    assert_int_equal(seen->number[0].product, -1);
    assert_int_equal(seen->number[0].varints, 3);
    mm_buf_done(&many);
    mm_buf_done(&dims);
    free(seen);
}

/* ---- the seeds of tests/fuzz ---- */

static void try_seed(uint8_t *bytes, size_t size)
{
    uint32_t random = 1;
    fuzz_schema(bytes, size);
    for (size_t i = 0; i < 24; i++)
        fuzz_schema(bytes, size * i / 24);
    for (size_t i = 0; i < 300; i++) {
        random = random * 1664525u + 1013904223u;
        size_t place = (random >> 9) % size;
        uint8_t was = bytes[place];
        bytes[place] = (uint8_t)(random >> 24);
        fuzz_schema(bytes, size);
        bytes[place] = was;
    }
}

static void every_seed(void **state)
{
    char path[4096];
    int seeds = 0;
    (void)state;
    snprintf(path, sizeof path, "%s", __FILE__);
    *strrchr(path, '/') = '\0';
    size_t length = strlen(path);
    snprintf(path + length, sizeof path - length, "/../../fuzz/corpus/schema");
    DIR *dir = opendir(path);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        struct mm_buf file = {0};
        char *name = mm_path_join(path, entry->d_name);
        if (entry->d_name[0] != '.') {
            assert_int_equal(mm_file_read(name, (size_t)1 << 24, &file, NULL), 0);
            try_seed((uint8_t *)file.data, file.length);
            seeds++;
        }
        mm_buf_done(&file);
        free(name);
    }
    closedir(dir);
    assert_true(seeds > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(floats_of_two_sizes),
        cmocka_unit_test(version_and_another_one),
        cmocka_unit_test(dtype_by_kinds),
        cmocka_unit_test(halves_by_what_they_lack),
        cmocka_unit_test(open_halves),
        cmocka_unit_test(halves_alone),
        cmocka_unit_test(damaged_halves),
        cmocka_unit_test(an_index_is_no_dtype),
        cmocka_unit_test(two_lists_in_a_file),
        cmocka_unit_test(names),
        cmocka_unit_test(the_same_size),
        cmocka_unit_test(another_shape),
        cmocka_unit_test(another_list),
        cmocka_unit_test(integers_of_four_bytes),
        cmocka_unit_test(zeros),
        cmocka_unit_test(no_version),
        cmocka_unit_test(values_that_do_not_fit),
        cmocka_unit_test(onnx),
        cmocka_unit_test(counts),
        cmocka_unit_test(hostile_wire),
        cmocka_unit_test(every_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
