/*
 * Tiles of decimal text: the same values whatever the tile boundaries, the separators and the place in the
 * run. Every run is a block of exactly its size, so that a sanitizer sees a byte too far.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmtui/tensor.h"
#include "tensor/decode.h"

#define COUNT 257

struct text {
    char *bytes;
    struct mm_run run;
    double value[COUNT];
    size_t stop[COUNT]; /* where each value ends */
};

static const char *const numbers[] = {"0",
                                      "-0",
                                      "1.5",
                                      "-2",
                                      "1e-05",
                                      "nan",
                                      "-inf",
                                      "0.1",
                                      "3.4e+38",
                                      "1e39",
                                      "-1.25e3",
                                      "16777217.000001",
                                      "1.17e-38",
                                      "1e-45",
                                      "0.30000001192092896",
                                      "5.",
                                      ".5",
                                      "0.333333343267440796",
                                      "12345678.5",
                                      "1.40129846432481707e-45"};
static const char *const integers[] = {"0", "1", "-1", "127", "-128", "100", "7", "-99"};

static void make(struct text *text, const char *separator, const char *const *words, size_t kinds,
                 bool as_float, size_t count, uint32_t gap)
{
    char *bytes = malloc(COUNT * 64);
    size_t size = 0;

    assert_non_null(bytes);
    for (size_t i = 0; i < count; i++) {
        const char *word = words[(i * 7 + i / 3) % kinds];

        size += (size_t)sprintf(bytes + size, "%s%s", separator, word);
        text->value[i] = as_float ? (double)strtof(word, NULL) : strtod(word, NULL);
        text->stop[i] = size;
    }
    text->bytes = malloc(size > 0 ? size : 1);
    assert_non_null(text->bytes);
    memcpy(text->bytes, bytes, size);
    free(bytes);
    text->run =
        (struct mm_run){.data = (uint8_t *)text->bytes, .size = size, .count = (int64_t)count, .gap = gap};
}

static bool same(double a, double b)
{
    return (isnan(a) && isnan(b)) || (a == b && signbit(a) == signbit(b));
}

static struct mm_tensor tensor_of(const struct text *text, enum mm_dtype dtype)
{
    return (struct mm_tensor){.dtype = dtype,
                              .stored = dtype,
                              .encoding = MM_ENC_TEXT,
                              .shape = {1, {text->run.count}},
                              .count = text->run.count,
                              .run = &text->run,
                              .runs = 1};
}

/* From `from` on, in tiles of `step`, as floats or doubles. */
static void walk(const struct text *text, enum mm_dtype dtype, size_t from, size_t step, bool floats)
{
    const struct mm_tensor tensor = tensor_of(text, dtype);
    struct mm_cursor cursor;
    double wide[COUNT];
    float narrow[COUNT];
    size_t done = from, n;

    mm_cursor_init(&cursor, &tensor);
    mm_cursor_seek(&cursor, (int64_t)from);
    while ((n = floats ? mm_cursor_float(&cursor, narrow, step) : mm_cursor_double(&cursor, wide, step)) >
           0) {
        for (size_t i = 0; i < n; i++)
            if (!same(floats ? (double)narrow[i] : wide[i], text->value[done + i]))
                fail_msg("value %zu is %a, not %a", done + i, floats ? (double)narrow[i] : wide[i],
                         text->value[done + i]);
        done += n;
    }
    assert_false(cursor.bad);
    assert_int_equal(done, text->run.count);
}

static const char *const separators[] = {
    "\nfloat_val: ",      ", ", ",", "\r\n  float_val: ", " ", "\nx : # 5\n ", "\n\n ", "\nfloat_val:",
    "\nlonger_than_any: "};

static void any_boundaries(void **state)
{
    static const size_t steps[] = {1, 2, 3, 7, 8, 64, 100, COUNT};

    (void)state;
    for (size_t k = 0; k < MM_COUNT(separators); k++)
        for (int strict = 0; strict < 2; strict++) {
            uint32_t gap = strict ? (uint32_t)strlen(separators[k]) : 0;
            struct text floats, doubles, small;

            make(&floats, separators[k], numbers, MM_COUNT(numbers), true, COUNT, gap);
            make(&doubles, separators[k], numbers, MM_COUNT(numbers), false, COUNT, gap);
            make(&small, separators[k], integers, MM_COUNT(integers), false, COUNT, gap);
            for (size_t i = 0; i < MM_COUNT(steps); i++) {
                walk(&floats, MM_F32, 0, steps[i], true);
                walk(&floats, MM_F16, 0, steps[i], false);
                walk(&doubles, MM_F64, 0, steps[i], false);
                walk(&small, MM_I8, 0, steps[i], true);
                walk(&small, MM_I64, 0, steps[i], false);
            }
            for (size_t from = 0; from <= COUNT; from++) {
                walk(&floats, MM_F32, from, 8, true);
                walk(&doubles, MM_F64, from, 8, false);
                walk(&small, MM_I32, from, 8, false);
            }
            free(floats.bytes);
            free(doubles.bytes);
            free(small.bytes);
        }
}

static void every_length(void **state)
{
    (void)state;
    for (size_t count = 0; count <= 100; count++)
        for (uint32_t gap = 0; gap <= 12; gap += 12) {
            struct text text;

            make(&text, "\nfloat_val: ", numbers, MM_COUNT(numbers), true, count, gap);
            walk(&text, MM_F32, 0, COUNT, true);
            walk(&text, MM_F32, count / 2, COUNT, true);
            free(text.bytes);
        }
}

/* How many values can be read of a run that was changed. */
static int64_t readable(const struct text *text, enum mm_dtype dtype)
{
    const struct mm_tensor tensor = tensor_of(text, dtype);
    struct mm_cursor cursor;
    double tile[64];

    mm_cursor_init(&cursor, &tensor);
    while (mm_cursor_double(&cursor, tile, MM_COUNT(tile)) > 0)
        continue;
    assert_int_equal(cursor.bad, cursor.index < tensor.count);
    return cursor.index;
}

/* Cut off anywhere: never more values than are there, never a byte too far. */
static void cut_off(void **state)
{
    (void)state;
    for (uint32_t gap = 0; gap <= 12; gap += 12) {
        struct text text;

        make(&text, "\nfloat_val: ", numbers, MM_COUNT(numbers), true, 40, gap);
        for (size_t size = text.run.size; size > 0; size--) {
            struct text cut = text;
            size_t whole = 0;
            int64_t got;

            while (whole < 40 && text.stop[whole] <= size)
                whole++;
            cut.bytes = malloc(size);
            assert_non_null(cut.bytes);
            memcpy(cut.bytes, text.bytes, size);
            cut.run.data = (uint8_t *)cut.bytes;
            cut.run.size = size;
            got = readable(&cut, MM_F32);
            /* what is left of a number may be one; of a name too, if it is "inf" or the like: not here */
            assert_true(got == (int64_t)whole || got == (int64_t)whole + 1);
            free(cut.bytes);
        }
        free(text.bytes);
    }
}

static int64_t readable_text(const char *bytes, int64_t count, uint32_t gap, enum mm_dtype dtype)
{
    struct text text;

    text.run = (struct mm_run){.size = strlen(bytes), .count = count, .gap = gap};
    text.bytes = malloc(text.run.size + 1);
    assert_non_null(text.bytes);
    memcpy(text.bytes, bytes, text.run.size);
    text.bytes = realloc(text.bytes, text.run.size > 0 ? text.run.size : 1);
    text.run.data = (uint8_t *)text.bytes;
    count = readable(&text, dtype);
    free(text.bytes);
    return count;
}

/* With a gap nothing else may stand between the values, and there must be as many as the run says. */
static void gaps_are_strict(void **state)
{
    static const char tail[] =
        ",1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,"
        "31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58";
    static const struct {
        const char *head;
        int64_t good;
    } cases[] = {{"", 0},       {",5", 1},     {",5,6", 2},    {",5, 6", 1},  {",5\n,6", 1}, {",5,,6", 1},
                 {",1.5.1", 0}, {",5,x:6", 1}, {",1,nanx", 1}, {",1,-", 1},   {",1,1_0", 1}, {",1,0x1", 1},
                 {",1,--1", 1}, {",1,1e", 1},  {",1,1e+", 1},  {",1,1ff", 1}, {",1,#", 1}};
    char bytes[400];

    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        bool good = i < 3;

        snprintf(bytes, sizeof(bytes), "%s%s", cases[i].head, tail);
        assert_int_equal(readable_text(bytes, cases[i].good + 58, 1, MM_F32),
                         cases[i].good + (good ? 58 : 0));
        if (good) { /* too many, too few */
            assert_int_equal(readable_text(bytes, cases[i].good + 59, 1, MM_F32), cases[i].good + 58);
            assert_int_equal(readable_text(bytes, cases[i].good + 57, 1, MM_F32), cases[i].good + 56);
        }
    }
    assert_int_equal(readable_text(",1,1.5", 2, 1, MM_I8), 1);
    assert_int_equal(readable_text(",1,017", 2, 1, MM_I8), 1);
    assert_int_equal(readable_text(",1,128", 2, 1, MM_I8), 1);
    assert_int_equal(readable_text(",1,1e1", 2, 1, MM_I8), 1);
    assert_int_equal(readable_text(",1,+9", 2, 1, MM_I8), 2);
    assert_int_equal(readable_text(",1,18446744073709551615", 2, 1, MM_U64), 2);
    assert_int_equal(readable_text(",1,9223372036854775807", 2, 1, MM_I64), 2);
    assert_int_equal(readable_text(",1,-1", 2, 1, MM_U64), 1);
}

/* Without one, anything may, and it may change on the way. */
static void separators_that_change(void **state)
{
    static const char text[] =
        "1, 2, 3,4,5\nx: 6\nx: 7 # 8\nx: 8, [9] ; 10 11\n\n12\nyy: 13\nx: 14, 15, 16, 17, 18, 19, "
        "20 # filling up to the size from which on the quick way is taken ...................."
        "....................................................................................\n";
    struct text all = {.run = {.data = (const uint8_t *)text, .size = strlen(text), .count = 20}};

    (void)state;
    for (size_t i = 0; i < 20; i++)
        all.value[i] = (double)(i + 1);
    for (size_t step = 1; step <= 20; step++)
        for (size_t from = 0; from <= 20; from++) {
            walk(&all, MM_F32, from, step, true);
            walk(&all, MM_I32, from, step, false);
        }
}

/* A program in a locale with a decimal comma reads the same. */
static void other_locale(void **state)
{
    struct text text;

    (void)state;
    make(&text, ", ", numbers, MM_COUNT(numbers), true, COUNT, 2);
    if (setlocale(LC_ALL, "de_DE.UTF-8") || setlocale(LC_ALL, "fr_FR.UTF-8"))
        assert_int_equal(*localeconv()->decimal_point, ',');
    walk(&text, MM_F32, 0, 64, true);
    setlocale(LC_ALL, "C");
    free(text.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_boundaries),
        cmocka_unit_test(every_length),
        cmocka_unit_test(cut_off),
        cmocka_unit_test(gaps_are_strict),
        cmocka_unit_test(separators_that_change),
        cmocka_unit_test(other_locale),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
