/* Cursors over every encoding: tiles, seeking, and payloads that lie. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mmtui/tensor.h"

#define N 3000

/* Element i is i; read in tiles of every awkward size, in both lanes, from anywhere. */
static void check_counting(const struct mm_tensor *tensor)
{
    static const size_t tiles[] = {1, 7, 511, 512, 513, N, 2 * N};
    static double d[2 * N];
    static float f[2 * N];
    struct mm_cursor cursor;

    for (size_t t = 0; t < MM_COUNT(tiles); t++) {
        int64_t at = 0;
        size_t k;

        mm_cursor_init(&cursor, tensor);
        while ((k = mm_cursor_double(&cursor, d, tiles[t])) > 0) {
            for (size_t i = 0; i < k; i++)
                assert_true(d[i] == (double)(at + (int64_t)i));
            at += (int64_t)k;
        }
        assert_false(cursor.bad);
        assert_true(at == tensor->count);
        mm_cursor_seek(&cursor, 1234);
        assert_int_equal(mm_cursor_float(&cursor, f, 5), 5);
        assert_true(f[0] == 1234 && f[4] == 1238);
    }
    mm_cursor_seek(&cursor, 2900); /* forwards, then back */
    assert_int_equal(mm_cursor_double(&cursor, d, N), 100);
    mm_cursor_seek(&cursor, 0);
    assert_int_equal(mm_cursor_double(&cursor, d, 1), 1);
    assert_true(d[0] == 0);
    mm_cursor_seek(&cursor, 5000); /* the end */
    assert_int_equal(mm_cursor_double(&cursor, d, 1), 0);
    assert_true(mm_tensor_at(tensor, N - 1) == N - 1);
    assert_true(isnan(mm_tensor_at(tensor, N)));
    assert_true(isnan(mm_tensor_at(tensor, -1)));
}

static const struct mm_shape flat = {1, {N}};

static void swapped(void **state)
{
    static uint8_t bytes[2 * N + 1];
    struct mm_tensor tensor;
    struct mm_run run;

    (void)state;
    for (int i = 0; i < N; i++) { /* big-endian, and unaligned */
        bytes[1 + 2 * i] = (uint8_t)(i >> 8);
        bytes[2 + 2 * i] = (uint8_t)i;
    }
    mm_tensor_raw(&tensor, MM_U16, &flat, bytes + 1, &run);
    tensor.swapped = true;
    check_counting(&tensor);
}

static void strided_and_swapped(void **state)
{
    const struct mm_shape shape = {3, {10, 20, 15}};
    static uint8_t bytes[2 * N];
    struct mm_tensor tensor;
    struct mm_run run;

    (void)state;
    for (int i = 0; i < 10; i++)
        for (int j = 0; j < 20; j++)
            for (int k = 0; k < 15; k++) {
                int value = (i * 20 + j) * 15 + k, place = (k * 20 + j) * 10 + i;

                bytes[2 * place] = (uint8_t)(value >> 8);
                bytes[2 * place + 1] = (uint8_t)value;
            }
    mm_tensor_raw(&tensor, MM_I16, &shape, bytes, &run);
    mm_tensor_fortran(&tensor);
    tensor.swapped = true;
    check_counting(&tensor);
}

/* Unpacked repeated float: a tag of one byte before each; in three runs, one of them empty. */
static void gaps_and_several_runs(void **state)
{
    static uint8_t bytes[5 * N];
    const struct mm_run runs[] = {
        {bytes, 5 * 1000, 1000, 1}, {bytes, 0, 0, 1}, {bytes + 5000, 5 * (N - 1000), N - 1000, 1}};
    const struct mm_tensor tensor = {.dtype = MM_F16,
                                     .stored = MM_F32,
                                     .encoding = MM_ENC_RAW,
                                     .shape = flat,
                                     .count = N,
                                     .run = runs,
                                     .runs = 3};

    (void)state;
    for (int i = 0; i < N; i++) {
        float value = (float)i;

        bytes[5 * i] = 0x45;
        memcpy(bytes + 5 * i + 1, &value, 4);
    }
    check_counting(&tensor);
}

static size_t put_varint(uint8_t *out, unsigned value)
{
    size_t n = 0;

    for (; value >= 0x80; value >>= 7)
        out[n++] = (uint8_t)(value | 0x80);
    out[n++] = (uint8_t)value;
    return n;
}

static void varints_with_gaps_in_two_runs(void **state)
{
    static uint8_t bytes[4 * N];
    struct mm_run runs[2] = {{bytes, 0, 100, 1}, {NULL, 0, N - 100, 1}};
    const struct mm_tensor tensor = {.dtype = MM_I16,
                                     .stored = MM_I16,
                                     .encoding = MM_ENC_VARINT,
                                     .shape = flat,
                                     .count = N,
                                     .run = runs,
                                     .runs = 2};
    size_t size = 0;

    (void)state;
    for (unsigned i = 0; i < N; i++) {
        if (i == 100) {
            runs[0].size = size;
            runs[1].data = bytes + size;
        }
        bytes[size++] = 0x30;
        size += put_varint(bytes + size, i);
    }
    runs[1].size = size - runs[0].size;
    check_counting(&tensor);
    runs[1].size--; /* the last one broken off */
    assert_true(isnan(mm_tensor_at(&tensor, N - 1)));
    assert_true(mm_tensor_at(&tensor, N - 2) == N - 2);
}

static void text_in_two_runs(void **state)
{
    static char text[2][8 * N];
    struct mm_run runs[2] = {{(const uint8_t *)text[0], 0, 10, 0}, {(const uint8_t *)text[1], 0, N - 10, 0}};
    const struct mm_tensor tensor = {.dtype = MM_F32,
                                     .stored = MM_F32,
                                     .encoding = MM_ENC_TEXT,
                                     .shape = flat,
                                     .count = N,
                                     .run = runs,
                                     .runs = 2};
    struct mm_buf buf;

    (void)state;
    for (int part = 0; part < 2; part++) {
        mm_buf_init(&buf);
        for (int i = part ? 10 : 0; i < (part ? N : 10); i++)
            mm_buf_printf(&buf, part ? "%d.0 " : "v: %d\n", i);
        assert_true(buf.length < sizeof(text[0]));
        memcpy(text[part], buf.data, buf.length);
        runs[part].size = buf.length;
        mm_buf_done(&buf);
    }
    check_counting(&tensor);
}

/* ---- payloads that lie ---- */

static void expect_bad(const struct mm_tensor *tensor, size_t good)
{
    struct mm_cursor cursor;
    double out[16];

    mm_cursor_init(&cursor, tensor);
    assert_int_equal(mm_cursor_double(&cursor, out, 16), good);
    assert_true(cursor.bad);
    assert_int_equal(mm_cursor_double(&cursor, out, 16), 0);
    assert_true(isnan(mm_tensor_at(tensor, 9)));
}

static void runs_shorter_than_they_say(void **state)
{
    static const float values[10] = {1, 2, 3};
    const struct mm_shape ten = {1, {10}};
    struct mm_tensor tensor;
    struct mm_run run;

    (void)state;
    mm_tensor_raw(&tensor, MM_F32, &ten, values, &run);
    run.size = 39;
    expect_bad(&tensor, 0);
    run.size = 40;
    run.gap = UINT32_MAX;
    expect_bad(&tensor, 0);
    run.gap = 0;
    run.count = 6; /* fewer elements in the runs than in the tensor */
    expect_bad(&tensor, 6);
    tensor.runs = 0;
    expect_bad(&tensor, 0);
    tensor.runs = 1;
    tensor.run = NULL;
    expect_bad(&tensor, 0);
}

static void strides_that_lead_out(void **state)
{
    static const float values[10] = {0};
    const struct mm_shape shape = {2, {2, 5}};
    struct mm_tensor tensor;
    struct mm_run run;

    (void)state;
    mm_tensor_raw(&tensor, MM_F32, &shape, values, &run);
    mm_tensor_fortran(&tensor);
    tensor.stride[1] = 3;
    expect_bad(&tensor, 0);
    tensor.stride[1] = INT64_MAX;
    expect_bad(&tensor, 0);
    tensor.stride[1] = -1;
    expect_bad(&tensor, 0);
    tensor.stride[1] = 2;
    tensor.count = 11;
    expect_bad(&tensor, 0);
}

static void formats_that_do_not_exist(void **state)
{
    static const float values[10] = {0};
    const struct mm_shape ten = {1, {10}};
    struct mm_tensor tensor;
    struct mm_run run;

    (void)state;
    mm_tensor_raw(&tensor, MM_F32, &ten, values, &run);
    tensor.stored = MM_DTYPE_NONE;
    expect_bad(&tensor, 0);
    tensor.stored = MM_F32;
    tensor.dtype = MM_DTYPE_COUNT;
    expect_bad(&tensor, 0);
    tensor.dtype = MM_F32;
    tensor.count = -5;
    expect_bad(&tensor, 0);
}

static void malformed_text_stops(void **state)
{
    static const char text[] = "1 2 3 four 5 6 7 8 9 10";
    const struct mm_run run = {(const uint8_t *)text, sizeof(text) - 1, 10, 0};
    const struct mm_tensor tensor = {.dtype = MM_F32,
                                     .stored = MM_F32,
                                     .encoding = MM_ENC_TEXT,
                                     .shape = {1, {10}},
                                     .count = 10,
                                     .run = &run,
                                     .runs = 1};
    struct mm_cursor cursor;
    double out[16];

    (void)state;
    mm_cursor_init(&cursor, &tensor);
    assert_int_equal(mm_cursor_double(&cursor, out, 16), 3);
    assert_true(cursor.bad);
    assert_true(mm_tensor_at(&tensor, 2) == 3);
    assert_true(isnan(mm_tensor_at(&tensor, 3)));
}

static void copies_go_on_from_the_same_place(void **state)
{
    static const uint8_t bytes[] = {1, 0x80, 1, 3, 4};
    const struct mm_run run = {bytes, sizeof(bytes), 4, 0};
    const struct mm_tensor tensor = {.dtype = MM_U8,
                                     .stored = MM_U8,
                                     .encoding = MM_ENC_VARINT,
                                     .shape = {1, {4}},
                                     .count = 4,
                                     .run = &run,
                                     .runs = 1};
    struct mm_cursor cursor, copy;
    double out;

    (void)state;
    mm_cursor_init(&cursor, &tensor);
    assert_int_equal(mm_cursor_double(&cursor, &out, 1), 1);
    copy = cursor;
    assert_int_equal(mm_cursor_double(&cursor, &out, 1), 1);
    assert_true(out == 128);
    assert_int_equal(mm_cursor_double(&copy, &out, 1), 1);
    assert_true(out == 128);
}

/* (q - zero_point) * scale, in tiles, flattened, and one by one. */
static void quantised(void **state)
{
    static const int8_t codes[] = {-128, -1, 0, 3, 127};
    static const double real[] = {-65.5, -2, -1.5, 0, 62};
    const struct mm_shape shape = {1, {5}};
    struct mm_tensor tensor, real_tensor;
    struct mm_run run, real_run;
    struct mm_cursor cursor;
    struct mm_err err;
    void *memory;
    double d[5];
    float f[5];

    (void)state;
    mm_tensor_raw(&tensor, MM_I8, &shape, codes, &run);
    assert_true(mm_tensor_lane_f(&tensor));
    tensor.quantised = true;
    tensor.scale = 0.5;
    tensor.zero_point = 3;
    assert_false(mm_tensor_lane_f(&tensor));
    mm_cursor_init(&cursor, &tensor);
    assert_int_equal(mm_cursor_double(&cursor, d, 5), 5);
    mm_cursor_seek(&cursor, 0);
    assert_int_equal(mm_cursor_float(&cursor, f, 5), 5);
    assert_int_equal(mm_tensor_flatten(&tensor, NULL, &real_tensor, &memory, &real_run, &err), 0);
    assert_false(mm_tensor_lane_f(&real_tensor));
    for (int i = 0; i < 5; i++) {
        assert_true(d[i] == real[i] && f[i] == (float)real[i]);
        assert_true(mm_tensor_at(&tensor, i) == real[i] && mm_tensor_at(&real_tensor, i) == real[i]);
    }
    free(memory);
}

/* Values are not copied where they can be used as they lie; else they are, and the result is the same. */
static void in_place_or_copied(void **state)
{
    static float values[N + 1];
    static float tile[N];
    const float *there;
    struct mm_tensor tensor;
    struct mm_cursor cursor;
    struct mm_run run;
    size_t got;

    (void)state;
    for (int i = 0; i <= N; i++)
        values[i] = (float)i;
    mm_tensor_raw(&tensor, MM_F32, &flat, values, &run);
    mm_cursor_init(&cursor, &tensor);
    there = mm_cursor_floats(&cursor, tile, 1000, &got);
    assert_true(there == values && got == 1000);
    there = mm_cursor_floats(&cursor, tile, 5000, &got);
    assert_true(there == values + 1000 && got == N - 1000);
    mm_cursor_floats(&cursor, tile, 10, &got);
    assert_int_equal(got, 0);

    memmove((uint8_t *)values + 1, values, N * sizeof(float)); /* at an odd address */
    run.data = (const uint8_t *)values + 1;
    mm_cursor_init(&cursor, &tensor);
    there = mm_cursor_floats(&cursor, tile, 1000, &got);
    assert_true(there == tile && got == 1000 && there[0] == 0 && there[999] == 999);
    run.size = 2000 * sizeof(float); /* a run that is shorter than it says */
    mm_cursor_floats(&cursor, tile, 1000, &got);
    assert_int_equal(got, 1000);
    mm_cursor_floats(&cursor, tile, 1000, &got);
    assert_true(got == 0 && cursor.bad);
}

static void doubles_in_place(void **state)
{
    static double values[N], tile[N];
    struct mm_tensor tensor;
    struct mm_cursor cursor;
    struct mm_run run;
    size_t got;

    (void)state;
    mm_tensor_raw(&tensor, MM_F64, &flat, values, &run);
    mm_cursor_init(&cursor, &tensor);
    assert_ptr_equal(mm_cursor_doubles(&cursor, tile, 7, &got), values);
    assert_ptr_equal(mm_cursor_doubles(&cursor, tile, 7, &got), values + 7);
    tensor.swapped = true;
    assert_ptr_equal(mm_cursor_doubles(&cursor, tile, 7, &got), tile);
    assert_int_equal(got, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(swapped),
        cmocka_unit_test(strided_and_swapped),
        cmocka_unit_test(gaps_and_several_runs),
        cmocka_unit_test(varints_with_gaps_in_two_runs),
        cmocka_unit_test(text_in_two_runs),
        cmocka_unit_test(runs_shorter_than_they_say),
        cmocka_unit_test(strides_that_lead_out),
        cmocka_unit_test(formats_that_do_not_exist),
        cmocka_unit_test(malformed_text_stops),
        cmocka_unit_test(copies_go_on_from_the_same_place),
        cmocka_unit_test(quantised),
        cmocka_unit_test(in_place_or_copied),
        cmocka_unit_test(doubles_in_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
