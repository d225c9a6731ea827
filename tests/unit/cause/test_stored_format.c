#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

#include "cause/stored_format.h"

static const struct mm_shape image = {4, {1, 8, 24, 24}};

static double least(const struct fault *f)
{
    double out = f->s[0];
    for (int64_t i = 1; i < f->count; i++)
        out = fmin(out, f->s[i]);
    return out;
}

static double most(const struct fault *f)
{
    double out = f->s[0];
    for (int64_t i = 1; i < f->count; i++)
        out = fmax(out, f->s[i]);
    return out;
}

/* d = s in steps of `step`. */
static void quantise(struct fault *f, double step)
{
    for (int64_t i = 0; i < f->count; i++)
        f->d[i] = rint(f->s[i] / step) * step;
}

static struct format found(struct fault *f)
{
    fault_find(f); /* measures */
    return format_find(&f->result, 0, f->s, f->d, f->count);
}

/* Codes -7 .. 7, -127 .. 127, -32767 .. 32767 of the reference's own range: src rounded, for sure. */
static void own_range(void **state)
{
    (void)state;
    static const struct {
        double codes;
        enum mm_dtype dtype;
    } rows[] = {{7, MM_I4}, {127, MM_I8}, {32767, MM_I16}};
    for (size_t row = 0; row < MM_COUNT(rows); row++) {
        struct fault f;
        fault_init(&f, image, 10 + row);
        quantise(&f, fmax(most(&f), -least(&f)) / rows[row].codes);
        struct format format = found(&f);
        assert_int_equal(format.dtype, rows[row].dtype);
        assert_true(format.sure && !format.asymmetric);
        fault_done(&f);
    }
}

/* One-sided values in 15 steps from 0 up, as four bits with a zero point have them. */
static void asymmetric(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, image, 20);
    for (int64_t i = 0; i < f.count; i++)
        f.s[i] = fabs(f.s[i]);
    quantise(&f, most(&f) / 15);
    struct format format = found(&f);
    assert_int_equal(format.dtype, MM_I4);
    assert_true(format.sure && format.asymmetric);
    fault_done(&f);
}

/* Another range than src's own: only the grid tells, and how many steps it has. */
static void other_range(void **state)
{
    (void)state;
    static const struct {
        double step;
        enum mm_dtype dtype;
    } rows[] = {{0.8, MM_I4}, {0.05, MM_I8}, {0.002, MM_I16}};
    for (size_t row = 0; row < MM_COUNT(rows); row++) {
        struct fault f;
        fault_init(&f, image, 30 + row);
        quantise(&f, rows[row].step);
        struct format format = found(&f);
        assert_int_equal(format.dtype, rows[row].dtype);
        assert_false(format.sure);
        assert_true(fabs(format.grid / rows[row].step - 1) < 1e-6);
        fault_done(&f);
    }
}

static double e4m3(double x)
{
    return (double)mm_e4m3_to_float(mm_float_to_e4m3((float)x));
}
static double e5m2(double x)
{
    return (double)mm_e5m2_to_float(mm_float_to_e5m2((float)x));
}
static double half(double x)
{
    return (double)mm_half_to_float(mm_float_to_half((float)x));
}
static double bf16(double x)
{
    return (double)mm_bf16_to_float(mm_float_to_bf16((float)x));
}
static double same(double x)
{
    return x;
}
/* Halves so small that they have a step of their own. */
static double tiny(double x)
{
    return half(x * 2e-7);
}

static void floats(void **state)
{
    (void)state;
    static const struct {
        double (*through)(double x);
        enum mm_dtype dtype;
    } rows[] = {{e4m3, MM_F8E4M3}, {e5m2, MM_F8E5M2}, {half, MM_F16},
                {bf16, MM_BF16},   {tiny, MM_F16},    {same, MM_DTYPE_NONE}};
    for (size_t row = 0; row < MM_COUNT(rows); row++) {
        struct fault f;
        fault_init(&f, image, 40 + row);
        for (int64_t i = 0; i < f.count; i++) {
            f.s[i] *= rows[row].through == tiny ? 1 : 3;
            f.d[i] = rows[row].through(f.s[i]);
            f.s[i] *= rows[row].through == tiny ? 2e-7 : 1;
        }
        struct format format = found(&f);
        assert_int_equal(format.dtype, rows[row].dtype);
        assert_true(format.grid == 0 || rows[row].dtype == MM_F8E5M2 || rows[row].dtype == MM_F8E4M3);
        fault_done(&f);
    }
}

/* Without values the dtype tells, and what is known of the layer. */
static void dtypes(void **state)
{
    (void)state;
    static const struct {
        enum mm_dtype dst, format;
        unsigned quantised;
    } rows[] = {{MM_I8, MM_I8, 0},          {MM_U8, MM_I8, 0},
                {MM_I16, MM_I16, 0},        {MM_F16, MM_F16, 0},
                {MM_F8E4M3, MM_F8E4M3, 0},  {MM_F32, MM_DTYPE_NONE, 0},
                {MM_I32, MM_DTYPE_NONE, 0}, {MM_F32, MM_I8, MM_QUANTISED_RESULT}};
    for (size_t row = 0; row < MM_COUNT(rows); row++) {
        struct mm_result result = {.state = MM_STATE_MEASURED};
        result.dst.dtype = rows[row].dst;
        struct format format = format_find(&result, rows[row].quantised, NULL, NULL, 0);
        assert_int_equal(format.dtype, rows[row].format);
    }
}

/* The what-ifs follow the format; below 10,000 values least error stands in for a percentile. */
static void settings(void **state)
{
    (void)state;
    struct mm_whatif_setting out[MM_FLOORS];
    struct mm_shape tokens = {3, {1, 128, 96}};
    struct format four = {.dtype = MM_I4}, fp8 = {.dtype = MM_F8E5M2}, none = {.dtype = MM_DTYPE_NONE};
    struct format half = {.dtype = MM_F16};
    assert_int_equal(format_settings(&none, 0, &image, 1, out), 0); /* nothing that could cost something */
    assert_int_equal(format_settings(&half, 0, &image, 1, out), 2);
    assert_int_equal(out[1].dtype, MM_BF16);
    assert_int_equal(format_settings(&fp8, 0, &image, 1, out), 3);
    assert_int_equal(out[2].dtype, MM_F8E5M2);
    assert_int_equal(format_settings(&four, 0, &image, 1, out), 6);
    assert_int_equal(out[2].dtype, MM_I4);
    assert_int_equal(out[4].range, MM_RANGE_MSE);
    assert_true(out[5].per_channel && out[5].axis == 1 && out[5].dtype == MM_I4);
    assert_int_equal(format_settings(&none, MM_QUANTISED_RESULT, &tokens, 1, out), 7);
    assert_int_equal(out[4].range, MM_RANGE_P9999);
    assert_true(out[6].per_channel && out[6].axis == 2 && out[6].dtype == MM_I8);
}

/* Told: the setting that was found. Else the one whose cost is nearest to the error. */
static void nearest(void **state)
{
    (void)state;
    struct mm_whatif floor[4] = {
        {.setting = {.dtype = MM_F16}, .metrics = {.diff2 = 0.001}},
        {.setting = {.dtype = MM_I8}, .metrics = {.diff2 = 0.02}},
        {.setting = {.dtype = MM_I8, .asymmetric = true}, .metrics = {.diff2 = 0.01}},
        {.setting = {.dtype = MM_I8, .per_channel = true}, .metrics = {.diff2 = 0.002}}};
    struct format sure = {.dtype = MM_I8, .sure = true}, seen = {.dtype = MM_I8},
                  none = {.dtype = MM_DTYPE_NONE};
    assert_int_equal(format_floor(&sure, 0, floor, 4, 0.5), 1);
    assert_int_equal(format_floor(&seen, MM_QUANTISED_UNSIGNED, floor, 4, 0.5), 2);
    assert_int_equal(format_floor(&seen, 0, floor, 4, 0.003), 3);
    assert_int_equal(format_floor(&seen, 0, floor, 4, 0.05), 1);
    assert_int_equal(format_floor(&none, 0, floor, 4, 0.05), -1);
    seen.dtype = MM_I4;
    assert_int_equal(format_floor(&seen, 0, floor, 4, 0.05), -1);
}

/* The last `drop` bits of a float cut off. */
static double without_bits(double x, unsigned drop)
{
    float narrow = (float)x;
    uint32_t bits;
    memcpy(&bits, &narrow, sizeof bits);
    bits &= ~(((uint32_t)1 << drop) - 1);
    memcpy(&narrow, &bits, sizeof bits);
    return (double)narrow;
}

/*
 * Values within a binade or two lie on an even grid in any float: 128 steps of bf16, 1024 of f16 and tf32. That is
 * none of integers. tf32 beyond half's range is a wide float.
 */
static void within_a_binade(void **state)
{
    (void)state;
    static const struct {
        double low, high;
        unsigned drop;
        enum mm_dtype dtype;
    } rows[] = {{1, 2, 16, MM_BF16},
                {0.25, 0.5, 16, MM_BF16},
                {1.5, 3, 16, MM_BF16},
                {-64, -32, 16, MM_BF16},
                {1e6, 1.04e6, 16, MM_BF16},
                {1, 2, 13, MM_F16},
                {1.1e6, 1.9e6, 13, MM_DTYPE_NONE}};
    for (size_t row = 0; row < MM_COUNT(rows); row++) {
        struct fault f;
        uint64_t seed = 70 + row;
        fault_init(&f, image, 70 + row);
        for (int64_t i = 0; i < f.count; i++) {
            f.s[i] = rows[row].low + (rows[row].high - rows[row].low) * uniform(&seed);
            f.d[i] = without_bits(f.s[i], rows[row].drop);
        }
        struct format format = found(&f);
        assert_int_equal(format.dtype, rows[row].dtype);
        assert_true(format.grid == 0);
        fault_done(&f);
    }
}

/* A scale that is a power of two: bf16 holds all codes, too, but has finer steps near 0 than these. */
static void power_of_two_scale(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, image, 80);
    quantise(&f, 0x1p-5);
    struct format format = found(&f);
    assert_int_equal(format.dtype, MM_I8);
    assert_true(fabs(format.grid - 0x1p-5) < 1e-9);
    for (int64_t i = 0; i < f.count; i++)
        f.s[i] = 2 + fabs(f.s[i]); /* 64 steps away from 0: 2^-5 is still coarser than bf16 at 2 */
    quantise(&f, 0x1p-5);
    format = found(&f);
    assert_int_equal(format.dtype, MM_I8);
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_range), cmocka_unit_test(asymmetric),      cmocka_unit_test(other_range),
        cmocka_unit_test(floats),    cmocka_unit_test(dtypes),          cmocka_unit_test(settings),
        cmocka_unit_test(nearest),   cmocka_unit_test(within_a_binade), cmocka_unit_test(power_of_two_scale),
    };
    return cmocka_run_group_tests_name("triage/format", tests, NULL, NULL);
}
