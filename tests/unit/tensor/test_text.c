/* Decimal text as tensor values. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmtui/tensor.h"
#include "tensor/decode.h"

static bool read_one(const char *text, enum mm_dtype dtype, double *value)
{
    size_t size = strlen(text);
    uint8_t *copy = malloc(size + 1); /* exactly as long as the text: a sanitizer sees every byte too far */
    const uint8_t *place = copy;
    bool good;

    assert_non_null(copy);
    memcpy(copy, text, size);
    copy = realloc(copy, size > 0 ? size : 1);
    place = copy;
    good = mm_text_next(&place, copy + size, dtype, value);
    free(copy);
    return good;
}

static void numbers(void **state)
{
    static const struct {
        const char *text;
        double value;
    } samples[] = {
        {"0", 0.0},
        {"1", 1.0},
        {"-1", -1.0},
        {"+1.5", 1.5},
        {".5", 0.5},
        {"5.", 5.0},
        {"0.1", 0.1},
        {"1e3", 1000.0},
        {"1E+3", 1000.0},
        {"-2.5e-3", -0.0025},
        {"1.5f", 1.5},
        {"123456789012345678", 123456789012345678.0},
        {"9007199254740993", 9007199254740992.0},      /* 2^53 + 1: a tie, to even */
        {"9007199254740993.0001", 9007199254740994.0}, /* just above the tie */
        {"1.7976931348623157e308", 1.7976931348623157e308},
        {"4.9406564584124654e-324", 0x1p-1074},
        {"2.2250738585072011e-308", 2.2250738585072011e-308},
        {"1e400", INFINITY},
        {"-1e400", -INFINITY},
        {"1e-400", 0.0},
        {"1e99999999999999999999", INFINITY},
        {"0e99999999999999999999", 0.0},
        {"inf", INFINITY},
        {"-Inf", -INFINITY},
        {"INFINITY", INFINITY},
        {"0.000000000000000000000000000000000000000000001", 1e-45},
        {"100000000000000000000000000000000000000000000000000", 1e50},
        {"3.14159265358979323846264338327950288419716939937510", 3.14159265358979323846},
    };

    (void)state;
    for (size_t i = 0; i < MM_COUNT(samples); i++) {
        double value = 0;

        if (!read_one(samples[i].text, MM_F64, &value) || value != samples[i].value)
            fail_msg("\"%s\" gave %.17g", samples[i].text, value);
    }
}

static void nan_in_every_spelling(void **state)
{
    static const char *const words[] = {"nan", "NaN", "-nan", "+NAN"};
    double value;

    (void)state;
    for (size_t i = 0; i < MM_COUNT(words); i++) {
        value = 0;
        assert_true(read_one(words[i], MM_F32, &value));
        assert_true(isnan(value));
    }
}

static void garbage_is_no_number(void **state)
{
    static const char *const words[] = {"",    "   ", "0x10", "1.2.3", "--1",  "1-2",  "e5",  "1e",
                                        "1e+", ".",   "-",    "abc",   "nano", "infx", "1ff", "1_0",
                                        "f",   "-e",  "[ ]",  "1.5d",  "+-1",  "a:",   "# 5", "x: # 5"};
    double value;

    (void)state;
    for (size_t i = 0; i < MM_COUNT(words); i++)
        if (read_one(words[i], MM_F64, &value))
            fail_msg("\"%s\" gave %g", words[i], value);
}

/* Against the C library, which rounds correctly: 17 digits, every size of exponent. */
static void same_as_the_c_library(void **state)
{
    uint64_t random = 88172645463325252u;
    char text[64];
    double value, expected;

    (void)state;
    for (int i = 0; i < 100000; i++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        memcpy(&expected, &random, sizeof(expected));
        if (!isfinite(expected))
            continue;
        snprintf(text, sizeof(text), i % 3 == 0 ? "%.17g" : i % 3 == 1 ? "%.9g" : "%.3g", expected);
        assert_true(read_one(text, MM_F64, &value));
        assert_true(value == strtod(text, NULL));
    }
}

static void long_numbers(void **state)
{
    char text[2000];
    double value;

    (void)state;
    snprintf(text, sizeof(text), "%f", 1.7976931348623157e308);
    assert_true(read_one(text, MM_F64, &value));
    assert_true(value == 1.7976931348623157e308);
    snprintf(text, sizeof(text), "%.1074f", 0x1p-1074);
    assert_true(read_one(text, MM_F64, &value));
    assert_true(value == 0x1p-1074);
    memset(text, '1', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_false(read_one(text, MM_F64, &value)); /* nobody writes such a number: refused, not misread */
}

static void floats_are_floats(void **state)
{
    double value;

    (void)state;
    assert_true(read_one("0.1", MM_F32, &value));
    assert_true(value == (double)0.1f);
    assert_true(read_one("1e39", MM_F32, &value));
    assert_true(value == INFINITY);
    assert_true(read_one("16777217", MM_I32, &value));
    assert_true(value == 16777217.0);
}

static void integers_must_fit(void **state)
{
    double value;

    (void)state;
    assert_true(read_one("-128", MM_I8, &value));
    assert_true(value == -128.0);
    assert_false(read_one("128", MM_I8, &value));
    assert_false(read_one("-1", MM_U8, &value));
    assert_false(read_one("1.5", MM_I8, &value));
    assert_false(read_one("nan", MM_I8, &value));
    assert_false(read_one("inf", MM_U64, &value));
    assert_false(read_one("2", MM_BOOL, &value));
    assert_true(read_one("1", MM_BOOL, &value));
    assert_true(read_one("9223372036854775807", MM_I64, &value));
    assert_true(value == 0x1p63);
    assert_true(read_one("18446744073709551615", MM_U64, &value));
    assert_true(value == 0x1p64);
}

static void values_between_names_and_punctuation(void **state)
{
    static const char text[] = "float_val: 1.5\n float_val:-2 # 9 nine\nint_val : [3, 4;5]\nnan:nan";
    static const double expected[] = {1.5, -2, 3, 4, 5};
    const uint8_t *place = (const uint8_t *)text, *end = place + strlen(text), *again;
    const struct mm_run run = {.data = place, .size = strlen(text), .count = 6};
    double value;

    (void)state;
    for (size_t i = 0; i < MM_COUNT(expected); i++) {
        assert_true(mm_text_next(&place, end, MM_F64, &value));
        assert_true(value == expected[i]);
    }
    assert_true(mm_text_next(&place, end, MM_F64, &value) && isnan(value));
    assert_false(mm_text_next(&place, end, MM_F64, &value));
    again = (const uint8_t *)text;
    assert_int_equal(mm_text_skip(&run, &again, 6), 6);
    assert_ptr_equal(again, end);
    assert_int_equal(mm_text_skip(&run, &again, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(nan_in_every_spelling),
        cmocka_unit_test(garbage_is_no_number),
        cmocka_unit_test(same_as_the_c_library),
        cmocka_unit_test(long_numbers),
        cmocka_unit_test(floats_are_floats),
        cmocka_unit_test(integers_must_fit),
        cmocka_unit_test(values_between_names_and_punctuation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
