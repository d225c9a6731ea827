#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "compare/bits.h"

#include <math.h>
#include <string.h>

#define COUNT 64

struct side {
    enum mm_dtype dtype;
    const void *data;
};

static struct mm_result find(struct side s, struct side d)
{
    const struct mm_shape shape = {1, {COUNT}};
    struct mm_pair_tensors tensors;
    struct mm_result result;
    memset(&tensors, 0, sizeof tensors);
    memset(&result, 0, sizeof result);
    mm_tensor_raw(&tensors.s, s.dtype, &shape, s.data, &tensors.run[0]);
    mm_tensor_raw(&tensors.d, d.dtype, &shape, d.data, &tensors.run[1]);
    bits_find(&tensors, &result);
    return result;
}

static float plain[COUNT];
static uint16_t half[COUNT], bfloat[COUNT];
static uint32_t word[COUNT];
static uint8_t e4m3[COUNT], e5m2[COUNT];

static int make(void **state)
{
    (void)state;
    for (int i = 0; i < COUNT; i++) {
        plain[i] = (float)(i * 37 % COUNT - 31) / 8;
        half[i] = mm_float_to_half(plain[i]);
        bfloat[i] = mm_float_to_bf16(plain[i]);
        memcpy(&word[i], &plain[i], sizeof word[i]);
        e4m3[i] = mm_float_to_e4m3(plain[i]);
        e5m2[i] = mm_float_to_e5m2(plain[i]);
    }
    return 0;
}

static void each_type(void **state)
{
    (void)state;
    const struct {
        enum mm_dtype stored, bits;
        const void *data;
        double most; /* rounding: half a unit of so many bits */
    } cases[] = {{MM_U16, MM_F16, half, 0},        {MM_I16, MM_F16, half, 0},
                 {MM_U16, MM_BF16, bfloat, 0},     {MM_I32, MM_F32, word, 0},
                 {MM_U32, MM_F32, word, 0},        {MM_U8, MM_F8E4M3, e4m3, 0.0625},
                 {MM_I8, MM_F8E4M3, e4m3, 0.0625}, {MM_U8, MM_F8E5M2, e5m2, 0.125}};
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_result found =
            find((struct side){MM_F32, plain}, (struct side){cases[i].stored, cases[i].data});
        assert_int_equal(found.bits, cases[i].bits);
        assert_true(found.bits_error <= cases[i].most && !found.bits_side[0] && found.bits_side[1]);
        found = find((struct side){cases[i].stored, cases[i].data}, (struct side){MM_F32, plain});
        assert_int_equal(found.bits, cases[i].bits);
        assert_true(found.bits_side[0] && !found.bits_side[1]);
    }
}

/* Where both are integers they must have both signs, and differ: ids that are a little off have not. */
static void two_sides_of_integers(void **state)
{
    (void)state;
    uint16_t other[COUNT], ids[COUNT], near[COUNT];
    for (int i = 0; i < COUNT; i++) {
        other[i] = (uint16_t)(half[i] + 1);
        ids[i] = (uint16_t)(20000 + 13 * i);
        near[i] = (uint16_t)(ids[i] + 1);
    }
    struct mm_result found = find((struct side){MM_U16, half}, (struct side){MM_U16, other});
    assert_int_equal(found.bits, MM_F16);
    assert_true(found.bits_side[0] && found.bits_side[1]);
    found = find((struct side){MM_U16, half}, (struct side){MM_U16, half}); /* equal as integers, too */
    assert_int_equal(found.bits, MM_DTYPE_NONE);
    found = find((struct side){MM_U16, ids}, (struct side){MM_U16, near});
    assert_int_equal(found.bits, MM_DTYPE_NONE);
}

static void what_they_are_not(void **state)
{
    (void)state;
    static float zero[COUNT];
    int8_t codes[COUNT];
    int32_t whole[COUNT];
    float wholes[COUNT];
    for (int i = 0; i < COUNT; i++) {
        codes[i] = (int8_t)lrintf(plain[i] * 20);
        whole[i] = i * 1000;
        wholes[i] = (float)whole[i];
    }
    assert_int_equal(find((struct side){MM_F32, plain}, (struct side){MM_I8, codes}).bits, MM_DTYPE_NONE);
    assert_int_equal(find((struct side){MM_F32, wholes}, (struct side){MM_I32, whole}).bits, MM_DTYPE_NONE);
    assert_int_equal(find((struct side){MM_F32, zero}, (struct side){MM_U16, half}).bits, MM_DTYPE_NONE);
    assert_int_equal(find((struct side){MM_F32, plain}, (struct side){MM_F32, plain}).bits, MM_DTYPE_NONE);
    plain[5] = NAN; /* src alone is not finite: nothing that was saved wrongly makes that */
    assert_int_equal(find((struct side){MM_F32, plain}, (struct side){MM_U16, half}).bits, MM_DTYPE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_type),
        cmocka_unit_test(two_sides_of_integers),
        cmocka_unit_test(what_they_are_not),
    };
    return cmocka_run_group_tests_name("compare/bits", tests, make, NULL);
}
