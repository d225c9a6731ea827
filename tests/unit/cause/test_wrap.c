#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

static const struct mm_shape image = {4, {1, 8, 20, 20}};

/* The integer of so many bits that is left of a larger one. */
static double wrapped(double code, int bits, bool with_sign)
{
    int64_t mask = ((int64_t)1 << bits) - 1, low = (int64_t)code & mask;
    return (double)(with_sign && low > mask / 2 ? low - mask - 1 : low);
}

/* Values in steps, of which a few do not fit. */
static void dequantised(void **state)
{
    (void)state;
    static const struct {
        int bits;
        bool with_sign;
        double step; /* normal values, so 4 is the end */
        const char *sentence;
    } rows[] = {{8, true, 1.0 / 64, "integers wrap around modulo 256, they do not saturate"},
                {4, true, 1.0 / 4, "integers wrap around modulo 16, they do not saturate"},
                {16, true, 1.0 / 16000, "integers wrap around modulo 65536, they do not saturate"},
                {8, true, 0.013, "integers wrap around modulo 256"}};
    for (size_t row = 0; row < MM_COUNT(rows); row++) {
        struct fault f;
        fault_init(&f, image, 3 + row);
        for (int64_t i = 0; i < f.count; i++)
            f.d[i] =
                wrapped(rint(f.s[i] / rows[row].step), rows[row].bits, rows[row].with_sign) * rows[row].step;
        f.c.noise = rows[row].step / sqrt(12);
        f.c.quantised = MM_QUANTISED_RESULT;
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_WRAPPED, 0.9, rows[row].sentence);
        assert_true(f.finding[0].residual < 2 * rows[row].step);
        fault_done(&f);
    }
}

/* Unsigned: from 256 on, and below a zero point of 100. */
static void unsigned_codes(void **state)
{
    (void)state;
    for (int zero = 0; zero <= 100; zero += 100) {
        struct fault f;
        fault_init(&f, image, 20);
        for (int64_t i = 0; i < f.count; i++) {
            f.s[i] = zero ? f.s[i] : fabs(f.s[i]);
            double step = zero ? 1.0 / 50 : 1.0 / 80;
            f.d[i] = (wrapped(rint(f.s[i] / step) + zero, 8, false) - zero) * step;
        }
        f.c.noise = 0.006;
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_WRAPPED, 0.9, "integers wrap around modulo 256");
        fault_done(&f);
    }
}

/* Four bits whose codes go from -z to 15 - z: each zero point, all values far beyond. */
static void zero_points(void **state)
{
    (void)state;
    for (int zero = 0; zero < 16; zero++) {
        struct fault f;
        fault_init(&f, shape_of(2, 20, 20, 1, 1), 80 + (uint64_t)zero);
        for (int64_t i = 0; i < f.count; i++)
            f.d[i] = (float)((wrapped(rint(f.s[i] / 0.09) + zero, 4, false) - zero) * 0.09);
        f.c.noise = 0.026;
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_WRAPPED, 0.9, "integers wrap around modulo 16");
        assert_true(f.finding[0].residual < 0.1);
        fault_done(&f);
    }
}

/* Sums of a few hundred thousand in an accumulator of 16 bits, of 32; they may go round more than once. */
static void accumulators(void **state)
{
    (void)state;
    static const struct {
        int bits;
        double size;
        const char *sentence;
    } rows[] = {{16, 20000, "integers wrap around modulo 65536"},
                {16, 60000, "integers wrap around modulo 65536"},
                {32, 1.2e9, "integers wrap around modulo 4294967296"}};
    for (size_t n = 0; n < 2 * MM_COUNT(rows); n++) {
        size_t row = n / 2;
        double scale = n % 2 ? 1e-5 : 1; /* as integers, and in what they stand for */
        struct fault f;
        fault_init(&f, image, 30 + n);
        for (int64_t i = 0; i < f.count; i++) {
            double sum = rint(f.s[i] * rows[row].size);
            f.s[i] = sum * scale;
            f.d[i] = wrapped(sum, rows[row].bits, true) * scale;
        }
        if (n % 2)
            noise_half(&f);
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_WRAPPED, 0.9, n % 2 ? "integers wrap around every" : rows[row].sentence);
        fault_done(&f);
    }
}

/* Both sides have 8 bits, as codes or times a scale, and src stays at the end where dst goes on at the other one. */
static void where_src_saturates(void **state)
{
    (void)state;
    for (int n = 0; n < 3; n++) {
        double step = n ? 0.03 : 1;
        bool with_sign = n < 2;
        struct fault f;
        fault_init(&f, image, 60 + (uint64_t)n);
        for (int64_t i = 0; i < f.count; i++) {
            double code = with_sign ? rint(70 * f.s[i]) : rint(fabs(95 * f.s[i]));
            double low = with_sign ? -128 : 0, high = with_sign ? 127 : 255;
            f.s[i] = fmin(high, fmax(low, code)) * step;
            f.d[i] = wrapped(code, 8, with_sign) * step;
        }
        f.result.src.dtype = f.result.dst.dtype = n ? MM_F32 : MM_I8;
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_WRAPPED, 0.9, "");
        assert_non_null(strstr(f.finding[0].sentence, "integers wrap around where src saturates"));
        fault_done(&f);
    }
}

/* Codes that became others, but anywhere. */
static void ends_that_are_lost(void **state)
{
    (void)state;
    struct fault f;
    uint64_t seed = 4;
    fault_init(&f, image, 70);
    for (int64_t i = 0; i < f.count; i++) {
        f.s[i] = fmin(127, fmax(-128, rint(50 * f.s[i])));
        f.d[i] = uniform(&seed) < 0.1 ? rint(255 * uniform(&seed)) - 128 : f.s[i];
    }
    fault_find(&f);
    assert_true(strcmp(found_word(&f), "wrapped") != 0);
    fault_done(&f);
}

/* A byte read with the wrong sign; saturation; angles, which are right modulo a turn; unrelated values. */
static void nothing_wrapped(void **state)
{
    (void)state;
    struct fault f;
    uint64_t seed = 5;
    fault_init(&f, image, 40);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = f.s[i] < 0 ? f.s[i] + 256.0 / 30 : f.s[i];
    noise_half(&f);
    fault_find(&f);
    assert_string_equal(found_word(&f), "signedness");
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = fmax(-1.5, fmin(1.5, f.s[i]));
    fault_find(&f);
    assert_string_equal(found_word(&f), "saturation");
    for (int64_t i = 0; i < f.count; i++) {
        f.s[i] = remainder(3 * f.s[i], 6.283185307179586);
        f.d[i] = remainder(f.s[i] + 0.01 * normal(&seed), 6.283185307179586);
    }
    f.c.noise = 5e-3;
    fault_find(&f);
    assert_true(strcmp(found_word(&f), "wrapped") != 0);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = uniform(&seed) - 0.5;
    fault_find(&f);
    assert_unexplained(&f, 0.3);
    fault_done(&f);
}

/* uint8 with a zero point read as int8: the upper half of src's range is 256 steps too low, and all of it fits. */
static void half_of_a_byte(void **state)
{
    (void)state;
    struct fault f;
    double low = INFINITY, high = -INFINITY;
    fault_init(&f, image, 50);
    for (int64_t i = 0; i < f.count; i++) {
        low = fmin(low, f.s[i]);
        high = fmax(high, f.s[i]);
    }
    double step = (high - low) / 255, zero = rint(-low / step);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = (wrapped(fmin(255, fmax(0, rint(f.s[i] / step) + zero)), 8, true) - zero) * step;
    f.c.noise = step / sqrt(12);
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_SIGNEDNESS, 0.9, "uint8 read as int8");
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dequantised),         cmocka_unit_test(zero_points),
        cmocka_unit_test(unsigned_codes),      cmocka_unit_test(accumulators),
        cmocka_unit_test(nothing_wrapped),     cmocka_unit_test(half_of_a_byte),
        cmocka_unit_test(where_src_saturates), cmocka_unit_test(ends_that_are_lost)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
