#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

static const struct mm_shape shapes[] = {{3, {3, 32, 32}}, {4, {1, 16, 12, 12}}, {1, {1000}}, {2, {8, 300}}};

static void factors(void **state)
{
    (void)state;
    static const struct {
        double factor;
        const char *sentence;
    } rows[] = {{4, "dst = 4 x src (2^2)"},
                {0.00390625, "dst = 0.00391 x src (2^-8)"},
                {3, "dst = 3 x src: corrected"},
                {-1, "dst = -1 x src (the sign is lost)"},
                {0.007874015748031496, "dst = 0.00787 x src (1 / 127, int8's range)"}};
    for (size_t i = 0; i < MM_COUNT(rows) * MM_COUNT(shapes) * NOISES; i++) {
        struct fault f;
        size_t row = i % MM_COUNT(rows);
        fault_init(&f, shapes[i / MM_COUNT(rows) % MM_COUNT(shapes)], 100 + i);
        for (int64_t k = 0; k < f.count; k++)
            f.d[k] = rows[row].factor * f.s[k];
        add_noise(&f, (enum noise)(i / (MM_COUNT(rows) * MM_COUNT(shapes))));
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_SCALE, 0.95, rows[row].sentence);
        fault_done(&f);
    }
}

static void constants(void **state)
{
    (void)state;
    for (size_t i = 0; i < MM_COUNT(shapes) * NOISES; i++) {
        struct fault f;
        fault_init(&f, shapes[i % MM_COUNT(shapes)], 200 + i);
        for (int64_t k = 0; k < f.count; k++)
            f.d[k] = f.s[k] - 2.5;
        add_noise(&f, (enum noise)(i / MM_COUNT(shapes)));
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_ZERO_POINT, 0.95, "dst = src - 2.5");
        fault_done(&f);
    }
}

static double clip(double x, double low, double high)
{
    return fmin(fmax(rint(x), low), high);
}

static void raw_codes(void **state)
{
    (void)state;
    for (size_t i = 0; i < MM_COUNT(shapes); i++) {
        struct fault f;
        fault_init(&f, shapes[i], 300 + i);
        for (int64_t k = 0; k < f.count; k++)
            f.d[k] = clip(f.s[k] / 0.04, -128, 127);
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_NOT_DEQUANTISED, 0.9, "dst holds raw int8: value = (code - 0) x 0.04");
        for (int64_t k = 0; k < f.count; k++)
            f.d[k] = clip(f.s[k] / 0.04 + 120, 0, 255);
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_NOT_DEQUANTISED, 0.9, "dst holds raw int8: value = (code - 120) x 0.04");
        for (int64_t k = 0; k < f.count; k++)
            f.d[k] = clip(f.s[k] / 0.001, -32768, 32767);
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_NOT_DEQUANTISED, 0.9, "dst holds raw int16: value = (code - 0) x 0.001");
        fault_done(&f);
    }
}

/* Codes of a step of 0.03, read with the other sign. */
static void signedness(void **state)
{
    (void)state;
    for (size_t i = 0; i < MM_COUNT(shapes); i++) {
        struct fault f;
        fault_init(&f, shapes[i], 400 + i);
        for (int64_t k = 0; k < f.count; k++) {
            double code = clip(f.s[k] / 0.03, -128, 127);
            f.d[k] = 0.03 * (code < 0 ? code + 256 : code);
        }
        f.c.noise = 0.009;
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_SIGNEDNESS, 0.9, "int8 read as uint8");
        for (int64_t k = 0; k < f.count; k++) {
            f.s[k] = fabs(f.s[k]);
            double code = clip(f.s[k] / 0.014, 0, 255);
            f.d[k] = 0.014 * (code >= 128 ? code - 256 : code);
        }
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_SIGNEDNESS, 0.9, "uint8 read as int8");
        fault_done(&f);
    }
}

/* What is no such mistake: noise, other values, ids. */
static void not_these(void **state)
{
    (void)state;
    for (size_t i = 0; i < MM_COUNT(shapes); i++) {
        struct fault f;
        uint64_t seed = 77 + i;
        fault_init(&f, shapes[i], 500 + i);
        fault_find(&f);
        assert_int_equal(f.findings, 0);
        noise_half(&f);
        fault_find(&f);
        assert_string_equal(found_word(&f), "rounding");
        for (int64_t k = 0; k < f.count; k++)
            f.d[k] = f.s[k] + 0.3 * normal(&seed);
        fault_find(&f);
        assert_unexplained(&f, 0);
        for (int64_t k = 0; k < f.count; k++)
            f.d[k] = normal(&seed);
        fault_find(&f);
        assert_unexplained(&f, 0);
        fault_done(&f);
    }
}

/* Products scaled, bias not: d = 0.5 (s - b) + b, and a constant alone is none of that. */
static void before_the_bias(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, shapes[1], 700);
    for (int64_t i = 0; i < f.count; i++) {
        double b = (double)(i / 144 % 5) - 2;
        f.d[i] = 0.5 * (f.s[i] - b) + b;
    }
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_SCALE, 0.95, "dst = 0.5 x src, but for a constant a channel (bias)");
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = f.s[i] + (double)(i / 144 % 5) - 2;
    fault_find(&f);
    assert_string_equal(found_word(&f), "affine");
    fault_done(&f);
}

/* A factor that leaves a quarter of the error explains nothing, nor does one that fits the one large
 * value. */
static void false_fits(void **state)
{
    (void)state;
    struct fault f;
    uint64_t seed = 9;
    fault_init(&f, shapes[1], 710);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = 2 * f.s[i] + 0.25 * normal(&seed);
    fault_find(&f);
    assert_unexplained(&f, 0.5);
    for (int64_t i = 0; i < f.count; i++) { /* a softmax: one value has nearly all */
        f.s[i] = i == 100 ? 1 : 1e-3 * uniform(&seed);
        f.d[i] = i == 100 ? 0.5 : 1e-3 * uniform(&seed);
    }
    fault_find(&f);
    assert_unexplained(&f, 0.5);
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_the_bias), cmocka_unit_test(false_fits),

        cmocka_unit_test(factors),         cmocka_unit_test(constants),  cmocka_unit_test(raw_codes),
        cmocka_unit_test(signedness),      cmocka_unit_test(not_these),
    };
    return cmocka_run_group_tests_name("triage/cause_integer", tests, NULL, NULL);
}
