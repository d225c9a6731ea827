/* Raw numbers and text: what they are by themselves, and what is given of them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "format_testing.h"

#define NOTHING           ((struct mm_given){.dtype = MM_DTYPE_NONE})
#define SHAPED(type, ...) ((struct mm_given){.dtype = type, .shaped = true, .shape = __VA_ARGS__})

static void is(const char *format, struct mm_given given, const void *bytes, size_t size, const char *shape,
               const double *values, size_t n)
{
    struct mm_entry entry = {.source = &memory_source, .label = "x", .given = &given};
    struct memory_load m;
    struct mm_err err;
    char text[200];
    if (memory_open_entry(&m, format, &entry, bytes, size, &err) < 0)
        fail_msg("%s", err.text);
    assert_string_equal(mm_shape_text(&m.load.tensor.shape, true, text, sizeof text), shape);
    assert_values(&m.load.tensor, values, n);
    memory_close(&m);
}

static void refused(const char *format, struct mm_given given, const void *bytes, size_t size,
                    const char *text)
{
    struct mm_entry entry = {.source = &memory_source, .label = "x", .given = &given};
    struct memory_load m;
    struct mm_err err;
    assert_int_equal(memory_open_entry(&m, format, &entry, bytes, size, &err), -1);
    assert_string_equal(err.text, text);
    memory_close(&m);
}

static void raw(void **state)
{
    static const double f32[] = {1.5, -2}, f16[] = {0, 1.9375, 0, -2}, halves[] = {1, 2, 3}, none[] = {0};
    static const char bytes[] = "\0\0\xc0\x3f\0\0\0\xc0";
    (void)state;
    is("raw", NOTHING, bytes, 8, "2", f32, 2);
    is("bin", (struct mm_given){.dtype = MM_F16}, bytes, 8, "4", f16, 4);
    is("raw", SHAPED(MM_DTYPE_NONE, {3, {1, 2, 1}}), bytes, 8, "1x2x1", f32, 2);
    is("raw", SHAPED(MM_U4, {1, {3}}), "\x01\x02\x03", 3, "3", halves, 3);
    is("raw", SHAPED(MM_U4, {1, {3}}), "\x21\xf3", 2, "3", halves, 3); /* packed */
    is("raw", NOTHING, "", 0, "0", none, 0);
    refused("raw", NOTHING, bytes, 7,
            "x: has 7 bytes, which are no whole number of f32 values: tell its type with --dtype");
    refused("raw", SHAPED(MM_DTYPE_NONE, {1, {3}}), bytes, 8,
            "x: has 8 bytes, which is not what [3] of f32 takes: see --shape, --dtype");
    refused("raw", SHAPED(MM_F64, {2, {INT64_MAX / 8, 4}}), bytes, 8,
            "x: has 8 bytes, which is not what [1152921504606846975, 4] of f64 takes: see --shape, --dtype");
}

static void what_no_raw_file_is(void **state)
{
    bool (*may_be)(const uint8_t *, size_t) = mm_format_find("bin")->may_be;
    (void)state;
    assert_false(may_be((const uint8_t *)"PK\x03\x04", 4));
    assert_false(may_be((const uint8_t *)"GGUF\x03", 5));
    assert_true(may_be((const uint8_t *)"PK\x03", 3));
    assert_true(may_be((const uint8_t *)"", 0));
}

static void text(void **state)
{
    static const double six[] = {1, -2.5, 3e4, 4, NAN, INFINITY}, three[] = {1, 2, 3};
    static const char matrix[] = "# a header 7\n1, -2.5, 3e4\n\n 4;nan\tinf # 9\r\n", ragged[] = "1 2\n3";
    (void)state;
    is("text", NOTHING, matrix, sizeof matrix - 1, "2x3", six, 6);
    is("text", SHAPED(MM_DTYPE_NONE, {1, {6}}), matrix, sizeof matrix - 1, "6", six, 6);
    is("text", NOTHING, "1\n2\n3\n", 6, "3", three, 3);
    is("text", NOTHING, "1 2 3", 5, "3", three, 3);
    is("text", NOTHING, ragged, sizeof ragged - 1, "3", three, 3);
    is("text", (struct mm_given){.dtype = MM_I8}, ragged, sizeof ragged - 1, "3", three, 3);
    is("text", NOTHING, "# none\n", 7, "0", three, 0);
    refused("text", NOTHING, "1\n2\nthree 4\n", 12, "x: line 3: not a number: 'three 4'");
    refused("text", NOTHING, "1,5 0x10", 8, "x: line 1: not a number: '0x10'");
    refused("text", SHAPED(MM_DTYPE_NONE, {1, {4}}), "1 2 3", 5,
            "x: has 3 numbers, which is not what shape [4] takes: see --shape");
}

static void which_texts_are(void **state)
{
    bool (*probe)(const uint8_t *, size_t) = mm_format_find("text")->probe;
    static const char *const good[] = {"1", "# c\n1.5e-3,nan", " -inf\n", "+1;2"};
    static const char *const bad[] = {"",           "\n",    "# 1\n",    "one",   "1 2 x",
                                      "Tensor : 1", "1.2.3", "\x01\x02", "12\xff"};
    struct mm_buf large = {0};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(good); i++)
        assert_true(probe((const uint8_t *)good[i], strlen(good[i])));
    for (size_t i = 0; i < MM_COUNT(bad); i++)
        assert_false(probe((const uint8_t *)bad[i], strlen(bad[i])));
    for (int i = 0; i < 1000; i++)
        mm_buf_puts(&large, "-1.25e-01\n"); /* 4096 bytes end within a number, after its e */
    assert_true(probe((const uint8_t *)large.data, large.length));
    mm_buf_done(&large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(raw),
        cmocka_unit_test(what_no_raw_file_is),
        cmocka_unit_test(text),
        cmocka_unit_test(which_texts_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
