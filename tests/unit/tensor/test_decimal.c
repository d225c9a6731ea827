/*
 * Decimal numbers to floats and doubles, bit for bit as the C library's strtof and strtod read them (in the C
 * locale, in which a test runs). About a million numbers; two hundred million with MMTUI_LONG set.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmtui/tensor.h"
#include "tensor/decimal.h"
#include "tensor/decode.h"

struct random {
    uint64_t state;
};

static uint64_t draw(struct random *random)
{
    random->state ^= random->state << 13;
    random->state ^= random->state >> 7;
    random->state ^= random->state << 17;
    return random->state;
}

static unsigned below(struct random *random, unsigned limit)
{
    return (unsigned)((draw(random) >> 32) * limit >> 32);
}

/* ---- a batch: numbers as a text, read by both ---- */

#define BATCH      4096
#define NUMBER_MAX 1201

struct batch {
    char *text; /* " number" for each */
    size_t size, count;
    size_t start[BATCH];
};

static void check_float(const struct batch *batch, size_t i, float got)
{
    float expected = strtof(batch->text + batch->start[i], NULL);

    if (memcmp(&got, &expected, sizeof(got)) != 0 && !(isnan(got) && isnan(expected)))
        fail_msg("\"%.1300s\" gave the float %a, not %a", strtok(batch->text + batch->start[i], " "),
                 (double)got, (double)expected);
}

static void check_double(const struct batch *batch, size_t i, double got)
{
    double expected = strtod(batch->text + batch->start[i], NULL);

    if (memcmp(&got, &expected, sizeof(got)) != 0 && !(isnan(got) && isnan(expected)))
        fail_msg("\"%.1300s\" gave the double %a, not %a", strtok(batch->text + batch->start[i], " "), got,
                 expected);
}

/* Both ways: the tile's quick one with its slow ones behind, and the functions that never take the quick
 * one. */
static void check_batch(struct batch *batch)
{
    static float floats[BATCH];
    static double doubles[BATCH];
    struct mm_run run = {.data = (const uint8_t *)batch->text, .size = batch->size};
    const uint8_t *place;

    run.gap = 1; /* the blank: strictly the same way for each value */
    place = run.data;
    assert_int_equal(mm_text_float(&run, &place, MM_F32, floats, batch->count), batch->count);
    assert_ptr_equal(place, run.data + run.size);
    place = run.data;
    assert_int_equal(mm_text_double(&run, &place, MM_F64, doubles, batch->count), batch->count);
    for (size_t i = 0; i < batch->count; i++) {
        double value;

        check_float(batch, i, floats[i]);
        check_double(batch, i, doubles[i]);
        place = run.data + batch->start[i];
        assert_true(mm_text_next(&place, run.data + run.size, MM_F64, &value));
        check_double(batch, i, value);
        place = run.data + batch->start[i];
        assert_true(mm_text_next(&place, run.data + run.size, MM_F32, &value));
        check_float(batch, i, (float)value);
    }
    batch->size = batch->count = 0;
}

static void batch_init(struct batch *batch)
{
    *batch = (struct batch){.text = malloc((size_t)BATCH * (NUMBER_MAX + 2) + 1)};
    assert_non_null(batch->text);
}

static void batch_done(struct batch *batch)
{
    check_batch(batch);
    free(batch->text);
}

static void add(struct batch *batch, const char *number)
{
    size_t length = strlen(number);

    batch->text[batch->size++] = ' ';
    batch->start[batch->count++] = batch->size;
    memcpy(batch->text + batch->size, number, length + 1);
    batch->size += length;
    if (batch->count == BATCH)
        check_batch(batch);
}

/* ---- kinds of numbers ---- */

static double double_of(uint64_t bits)
{
    double value;

    memcpy(&value, &bits, sizeof(value));
    return value;
}

static float float_of(uint32_t bits)
{
    float value;

    memcpy(&value, &bits, sizeof(value));
    return value;
}

static void any_double(struct random *random, char *out)
{
    static const char *const formats[] = {"%.17g", "%.16g", "%.15g", "%.9g", "%.3g", "%.20e"};

    snprintf(out, NUMBER_MAX, formats[below(random, MM_COUNT(formats))], double_of(draw(random)));
}

static void any_float(struct random *random, char *out)
{
    static const char *const formats[] = {"%.9g", "%.8g", "%.7g", "%.6f", "%g", "%.12e", "%.30f"};

    snprintf(out, NUMBER_MAX, formats[below(random, MM_COUNT(formats))],
             (double)float_of((uint32_t)(draw(random) >> 32)));
}

/* As a network's activations are printed. */
static void usual_float(struct random *random, char *out)
{
    double value = ((double)(int64_t)draw(random) * 0x1p-60) * pow(10, (int)below(random, 7) - 5);

    snprintf(out, NUMBER_MAX, below(random, 2) ? "%.*g" : "%.*f", 5 + (int)below(random, 5), value);
}

static void any_digits(struct random *random, char *out)
{
    size_t digits = 1 + below(random, below(random, 8) ? 24 : 60),
           point = below(random, (unsigned)digits + 1);
    char *p = out;

    if (below(random, 2))
        *p++ = '-';
    for (size_t zeros = below(random, 4) ? 0 : below(random, 30); zeros > 0; zeros--)
        *p++ = '0';
    for (size_t i = 0; i < digits; i++) {
        if (i == point)
            *p++ = '.';
        *p++ = (char)('0' + below(random, 10));
    }
    *p = '\0';
    if (below(random, 2))
        sprintf(p, "e%s%u", below(random, 2) ? "-" : "+", below(random, below(random, 3) ? 50 : 350));
}

/* Few digits and every exponent: where the quick way has the least to go by. */
static void few_digits(struct random *random, char *out)
{
    snprintf(out, NUMBER_MAX, "%ue%d", 1 + below(random, 9999), (int)below(random, 720) - 370);
}

/* Half way between two floats, exactly, or a last digit more or less. */
static void half_float(struct random *random, char *out)
{
    uint32_t bits = (uint32_t)(draw(random) >> 33) % 0x7f7fffffu;
    double half;
    size_t length;

    if (below(random, 4) == 0)
        bits &= 0x00ffffff; /* subnormal, and the least normal ones */
    half = ((double)float_of(bits) + (double)float_of(bits + 1)) / 2; /* exact: one bit more */
    length = (size_t)snprintf(out, NUMBER_MAX, "%.*e", 20 + (int)below(random, 130), half);
    if (below(random, 3) == 0 && length > 8) /* a digit of the significand elsewhere */
        out[4 + below(random, 16)] = (char)('0' + below(random, 10));
    if (below(random, 3) == 0)
        snprintf(out, NUMBER_MAX, "%.*f", 30 + (int)below(random, 150), half);
}

/* Half way between two doubles: the exact decimal digits by long double, whose 64 bits hold the half. */
static void half_double(struct random *random, char *out)
{
    uint64_t bits = (draw(random) >> 1) % 0x7fefffffffffffffu;
    long double half;

    if (below(random, 4) == 0)
        bits &= 0x001fffffffffffffu;
    half = ((long double)double_of(bits) + (long double)double_of(bits + 1)) / 2;
    snprintf(out, NUMBER_MAX, "%.*Le", below(random, 2) ? 780 : 18 + (int)below(random, 800), half);
    if (below(random, 3) == 0)
        out[3 + below(random, 17)] = (char)('0' + below(random, 10));
}

/* Up to 1,200 characters. */
static void long_number(struct random *random, char *out)
{
    size_t length = 400 + below(random, 800),
           point = below(random, 3) ? below(random, 320) : below(random, 1100);
    char last = below(random, 2) ? '0' : '9';

    for (size_t i = 0; i < length; i++)
        out[i] = i < 25 || below(random, 50) == 0 ? (char)('0' + below(random, 10)) : last;
    if (point < length - 1)
        out[point] = '.';
    out[length] = '\0';
    if (below(random, 2) && length < 1190)
        sprintf(out + length, "e-%u", below(random, 1500));
}

/* The float nearest to the double is another one than the float nearest to the digits. */
static void twice_rounded(struct random *random, char *out)
{
    uint32_t bits = 0x00800000 + (uint32_t)(draw(random) >> 33) % 0x7e000000u;
    double half = ((double)float_of(bits) + (double)float_of(bits + 1)) / 2;
    char *e;

    /* a long way behind the half's last digit, where a double can't see it: first all zeros, then a digit */
    snprintf(out, NUMBER_MAX, "%.160e", half);
    e = strchr(out, 'e');
    e[-1] = (char)('0' + below(random, 10));
}

typedef void maker(struct random *random, char *out);

static void check_kind(maker *make, size_t quick, size_t lengthy)
{
    size_t count = getenv("MMTUI_LONG") ? lengthy : quick;
    struct random random = {88172645463325252u};
    char number[NUMBER_MAX + 64];
    struct batch batch;

    batch_init(&batch);
    for (size_t i = 0; i < count; i++) {
        make(&random, number);
        add(&batch, number);
    }
    batch_done(&batch);
}

#define KIND(name, make, quick, lengthy)                                                                     \
    static void name(void **state)                                                                           \
    {                                                                                                        \
        (void)state;                                                                                         \
        check_kind(make, quick, lengthy);                                                                    \
    }

KIND(any_doubles, any_double, 200000, 40000000)
KIND(any_floats, any_float, 200000, 60000000)
KIND(usual_floats, usual_float, 200000, 40000000)
KIND(any_digit_strings, any_digits, 200000, 30000000)
KIND(few_digits_any_exponent, few_digits, 100000, 10000000)
KIND(half_way_floats, half_float, 100000, 12000000)
KIND(half_way_doubles, half_double, 20000, 4000000)
KIND(long_numbers, long_number, 10000, 2000000)
KIND(rounded_once, twice_rounded, 20000, 2000000)

/* ---- by hand ---- */

static void edges(void **state)
{
    static const char *const numbers[] = {
        "0",
        "-0",
        "0.0",
        "-0e5",
        "0e-9999",
        "1",
        "-1",
        "5e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "2.47032822920623272088284396434110686182e-324",
        "2.47032822920623272088284396434110686183e-324",
        "4.9406564584124654e-324",
        "1e-323",
        "7.4e-324",
        "2.2250738585072014e-308",
        "2.2250738585072011e-308",
        "2.2250738585072009e-308",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.797693134862315807e308",
        "1.797693134862315808e308",
        "1.8e308",
        "1e309",
        "18446744073709551615e289",
        "1e-342",
        "1e-343",
        "9999999999999999999e-343",
        "9999999999999999999e-342",
        "1e999999999999",
        "1e-999999999999",
        "1.4e-45",
        "7.006492321624085e-46",
        "7.0064923216240853e-46",
        "7.006492321624085354618e-46",
        "7.006492321624085354619e-46",
        "7.1e-46",
        "7e-46",
        "1.17549435e-38",
        "1.17549421e-38",
        "1.175494280757364291727882991035766513322858992758990427682963118425e-38",
        "3.4028234663852886e38",
        "3.4028235677973366e38",
        "3.40282356779733661637e38",
        "340282356779733661637539395458142568447",
        "340282356779733661637539395458142568448",
        "3.5e38",
        "1e39",
        "16777217",
        "16777219",
        "9007199254740993",
        "9007199254740993.00000000000000000000000000000000000000001",
        "9007199254740992.9999999999999999999999999999999999999999",
        "0.5",
        "0.25",
        "1.5",
        "1e22",
        "1e23",
        "8.5e22",
        "9999999999999999999",
        "10000000000000000000",
        "18446744073709551615",
        "18446744073709551616",
        "99999999999999999999999999",
        "00000000000000000000000000000000001.5",
        "0.00000000000000000000000000000000125",
        "1.00000005960464477539",
        "1.00000005960464477540",
        "1.000000059604644775390625",
        "1.0000000596046447753906250000000000000000000000000000000000000000000000000001",
        "inf",
        "-Infinity",
        "nan",
        "5.",
        ".5",
        "-.5e1",
        "1.5f",
        "1e+5",
        "1E-05",
        /* the double nearest to it is half way between two floats, the number itself is above that */
        "8.589973000000000001e9",
        "0.500000029802322387695312500000000000000000001",
    };
    struct batch batch;

    (void)state;
    batch_init(&batch);
    for (size_t i = 0; i < MM_COUNT(numbers); i++)
        add(&batch, numbers[i]);
    batch_done(&batch);
}

/* Known values, by hand, so that not all rests on the C library. */
static void by_hand(void **state)
{
    struct mm_decimal number = {.mantissa = 1, .exponent = 0};

    (void)state;
    assert_true(mm_decimal_double(&number) == 1.0 && mm_decimal_float(&number) == 1.0f);
    number = (struct mm_decimal){.mantissa = 5, .exponent = -324};
    assert_true(mm_decimal_double(&number) == 0x1p-1074 && mm_decimal_float(&number) == 0.0f);
    number = (struct mm_decimal){.mantissa = 1, .exponent = -1};
    assert_true(mm_decimal_double(&number) == 0x1.999999999999ap-4 &&
                mm_decimal_float(&number) == 0x1.99999ap-4f);
    number = (struct mm_decimal){.mantissa = 16777217, .exponent = 0}; /* a tie, to even */
    assert_true(mm_decimal_float(&number) == 0x1p24f);
    number = (struct mm_decimal){.mantissa = 16777219, .exponent = 0};
    assert_true(mm_decimal_float(&number) == 0x1p24f + 4);
    number = (struct mm_decimal){.mantissa = 1, .exponent = 999999};
    assert_true(isinf(mm_decimal_double(&number)) && isinf(mm_decimal_float(&number)));
    number = (struct mm_decimal){.mantissa = 0, .exponent = 999999};
    assert_true(mm_decimal_double(&number) == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(edges),
        cmocka_unit_test(any_doubles),
        cmocka_unit_test(any_floats),
        cmocka_unit_test(usual_floats),
        cmocka_unit_test(any_digit_strings),
        cmocka_unit_test(few_digits_any_exponent),
        cmocka_unit_test(half_way_floats),
        cmocka_unit_test(half_way_doubles),
        cmocka_unit_test(long_numbers),
        cmocka_unit_test(rounded_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
