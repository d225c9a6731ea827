#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/format.h"
#include "unit/format/format_testing.h"
#include "format/value_stream.h"
#include "base/wire.h"

static struct mm_value_stream stream;

static void assert_integers(const struct mm_tensor *tensor, const int64_t *expected, size_t n)
{
    struct mm_err err;
    mm_value_stream_init(&stream, tensor, "x");
    assert_true(stream.integer);
    if (mm_value_stream_next(&stream, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(stream.n, n);
    for (size_t i = 0; i < n; i++)
        assert_true(stream.value.whole[i] == expected[i]);
    assert_int_equal(mm_value_stream_next(&stream, &err), 0);
}

static void assert_misfit(const struct mm_tensor *tensor, const char *part)
{
    struct mm_err err = {MM_OK, ""};
    int result;
    mm_value_stream_init(&stream, tensor, "x");
    while ((result = mm_value_stream_next(&stream, &err)) > 0)
        continue;
    assert_int_equal(result, -1);
    assert_int_equal(err.code, MM_ECORRUPT);
    if (!strstr(err.text, part))
        fail_msg("'%s' lacks '%s'", err.text, part);
}

static const int64_t edges[6] = {INT64_MIN, INT64_MAX, 9007199254740993, -9007199254740993, 0, -1};

static void raw_64_bit(void **state)
{
    static const uint64_t huge[2] = {UINT64_MAX, 9223372036854775809u};
    struct mm_shape shape = shape_of(2, 2, 3, 0);
    struct mm_tensor tensor;
    struct mm_run run;
    (void)state;
    mm_tensor_raw(&tensor, MM_I64, &shape, edges, &run);
    assert_integers(&tensor, edges, 6);
    mm_tensor_fortran(&tensor); /* columns lie together: element (i, j) is number i + 2 j */
    assert_integers(&tensor, (const int64_t[]){edges[0], edges[2], edges[4], edges[1], edges[3], edges[5]},
                    6);
    uint64_t swapped[6];
    for (int i = 0; i < 6; i++)
        swapped[i] = __builtin_bswap64((uint64_t)edges[i]);
    mm_tensor_raw(&tensor, MM_I64, &shape, swapped, &run);
    tensor.swapped = true;
    assert_integers(&tensor, edges, 6);
    shape = shape_of(1, 2, 0, 0);
    mm_tensor_raw(&tensor, MM_U64, &shape, huge, &run);
    assert_integers(&tensor, (const int64_t[]){-1, INT64_MIN + 1}, 2);
}

static void gaps_and_several_runs(void **state)
{
    uint8_t bytes[6 * 10];
    struct mm_run run[2] = {{bytes, 20, 2, 2}, {bytes + 20, 40, 4, 2}};
    struct mm_tensor tensor = {.dtype = MM_I64, .stored = MM_I64, .shape = shape_of(1, 6, 0, 0), .count = 6};
    (void)state;
    for (int i = 0; i < 6; i++)
        memcpy(bytes + i * 10 + 2, &edges[i], 8);
    tensor.run = run;
    tensor.runs = 2;
    assert_integers(&tensor, edges, 6);
}

static void varint_64_bit(void **state)
{
    uint8_t packed[60], unpacked[72];
    size_t a = 0, b = 0;
    struct mm_run run = {packed, 0, 6, 0};
    struct mm_tensor tensor = {.dtype = MM_I64,
                               .stored = MM_I64,
                               .encoding = MM_ENC_VARINT,
                               .shape = shape_of(1, 6, 0, 0),
                               .count = 6,
                               .run = &run,
                               .runs = 1};
    (void)state;
    for (int i = 0; i < 6; i++) {
        a += mm_wire_put(packed + a, (uint64_t)edges[i]);
        unpacked[b++] = 0x88; /* the tag of field 33 */
        unpacked[b++] = 0x02;
        b += mm_wire_put(unpacked + b, (uint64_t)edges[i]);
    }
    run.size = a;
    assert_integers(&tensor, edges, 6);
    run = (struct mm_run){unpacked, b, 6, 2};
    assert_integers(&tensor, edges, 6);
}

static void text_64_bit(void **state)
{
    static const char text[] = "-9223372036854775808, 9223372036854775807\nint64_val: +9007199254740993 "
                               "int64_val:-9007199254740993 0,-1";
    struct mm_run run = {(const uint8_t *)text, sizeof text - 1, 6, 0};
    struct mm_tensor tensor = {.dtype = MM_I64,
                               .stored = MM_I64,
                               .encoding = MM_ENC_TEXT,
                               .shape = shape_of(1, 6, 0, 0),
                               .count = 6,
                               .run = &run,
                               .runs = 1};
    (void)state;
    assert_integers(&tensor, edges, 6);
    static const char large[] = "18446744073709551615 1e18 9.007199254740994e15";
    run = (struct mm_run){(const uint8_t *)large, sizeof large - 1, 3, 0};
    tensor.dtype = MM_U64;
    tensor.count = tensor.shape.dim[0] = 3;
    assert_integers(&tensor, (const int64_t[]){-1, 1000000000000000000, 9007199254740994}, 3);
    static const char beyond[] = "9223372036854775808";
    run = (struct mm_run){(const uint8_t *)beyond, sizeof beyond - 1, 1, 0};
    tensor.dtype = MM_I64;
    tensor.count = tensor.shape.dim[0] = 1;
    assert_misfit(&tensor, "at index 0 does not fit i64");
}

static void small_integers_and_bools(void **state)
{
    static const int8_t bytes[4] = {-128, 127, 0, 1};
    static const float floats[3] = {1, 300, 0.5f};
    struct mm_shape shape = shape_of(1, 4, 0, 0);
    struct mm_tensor tensor;
    struct mm_run run;
    (void)state;
    mm_tensor_raw(&tensor, MM_I8, &shape, bytes, &run);
    assert_integers(&tensor, (const int64_t[]){-128, 127, 0, 1}, 4);
    mm_tensor_raw(&tensor, MM_BOOL, &shape, "\0\1\1\0", &run);
    assert_integers(&tensor, (const int64_t[]){0, 1, 1, 0}, 4);
    /* an i8 tensor that was worked on as floats */
    shape = shape_of(1, 3, 0, 0);
    mm_tensor_raw(&tensor, MM_F32, &shape, floats, &run);
    tensor.dtype = MM_I8;
    assert_misfit(&tensor, "300 at index 1 does not fit i8");
    run.data += 8;
    run.size = 4;
    run.count = tensor.count = tensor.shape.dim[0] = 1;
    assert_misfit(&tensor, "0.5 at index 0");
}

static void floats_by_tiles(void **state)
{
    size_t n = MM_TILE * 2 + 5, seen = 0;
    float *data = malloc(n * sizeof *data);
    struct mm_shape shape = shape_of(1, (int64_t)n, 0, 0);
    struct mm_tensor tensor;
    struct mm_run run;
    (void)state;
    assert_non_null(data);
    for (size_t i = 0; i < n; i++)
        data[i] = (float)i;
    mm_tensor_raw(&tensor, MM_F32, &shape, data, &run);
    mm_value_stream_init(&stream, &tensor, "x");
    assert_false(stream.integer);
    while (mm_value_stream_next(&stream, NULL) > 0) {
        assert_int_equal(stream.at, seen);
        for (size_t i = 0; i < stream.n; i++)
            assert_true(stream.value.real[i] == (double)(seen + i));
        seen += stream.n;
    }
    assert_int_equal(seen, n);
    free(data);
}

static void values_that_can_not_be_read(void **state)
{
    struct mm_run run = {(const uint8_t *)"1 x", 3, 2, 0};
    struct mm_tensor tensor = {.dtype = MM_F32,
                               .stored = MM_F32,
                               .encoding = MM_ENC_TEXT,
                               .shape = shape_of(1, 2, 0, 0),
                               .count = 2,
                               .run = &run,
                               .runs = 1};
    (void)state;
    assert_misfit(&tensor, "the value at index 1 can't be read as f32");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(raw_64_bit),
        cmocka_unit_test(gaps_and_several_runs),
        cmocka_unit_test(varint_64_bit),
        cmocka_unit_test(text_64_bit),
        cmocka_unit_test(small_integers_and_bools),
        cmocka_unit_test(floats_by_tiles),
        cmocka_unit_test(values_that_can_not_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
