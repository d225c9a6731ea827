/* Varints as tensor values. The bytes are what protoc writes for these numbers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tensor/decode.h"

struct sample {
    enum mm_dtype dtype;
    uint8_t bytes[12];
    size_t size;
    bool good;
    double value;
};

#define FF9 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff

static void values(void **state)
{
    static const struct sample samples[] = {
        {MM_I8, {0x00}, 1, true, 0},
        {MM_I8, {0x7f}, 1, true, 127},
        {MM_I8, {FF9, 0x01}, 10, true, -1},
        {MM_I8, {0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, 10, true, -128},
        {MM_I32, {0x80, 0x80, 0x80, 0x80, 0xf8, 0xff, 0xff, 0xff, 0xff, 0x01}, 10, true, -2147483648.0},
        {MM_I32, {0xff, 0xff, 0xff, 0xff, 0x0f}, 5, true, -1}, /* a writer that cut it to 32 bits */
        {MM_I32, {0x81, 0x80, 0x80, 0x08}, 4, true, 16777217},
        {MM_U32, {0xff, 0xff, 0xff, 0xff, 0x0f}, 5, true, 4294967295.0},
        {MM_I64, {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01}, 10, true, -0x1p63},
        {MM_I64, {FF9, 0x01}, 10, true, -1},
        {MM_U64, {FF9, 0x01}, 10, true, 0x1p64}, /* 2^64 - 1, rounded to nearest */
        {MM_U64, {FF9, 0x7f}, 10, true, 0x1p64}, /* bits beyond 64 are dropped */
        {MM_BOOL, {0x02}, 1, true, 1},
        {MM_U4, {0x0f}, 1, true, 15},
        {MM_I4, {0x07}, 1, true, 7},
        /* what the format can't hold */
        {MM_I4, {0x08}, 1, false, 0},
        {MM_U4, {0x10}, 1, false, 0},
        {MM_I8, {0xac, 0x02}, 2, false, 0}, /* 300 */
        {MM_U8, {FF9, 0x01}, 10, false, 0}, /* -1 */
        /* truncated and too long */
        {MM_I8, {0}, 0, false, 0},
        {MM_I8, {0x80}, 1, false, 0},
        {MM_I64, {FF9}, 9, false, 0},
        {MM_I64, {FF9, 0x80, 0x01}, 11, false, 0},
    };

    (void)state;
    for (size_t i = 0; i < MM_COUNT(samples); i++) {
        const uint8_t *place = samples[i].bytes, *end = place + samples[i].size;
        double value = 0;
        bool good = mm_varint_next(&place, end, samples[i].dtype, &value);

        if (good != samples[i].good || (good && value != samples[i].value))
            fail_msg("sample %zu: %d, %g", i, good, value);
        if (good)
            assert_ptr_equal(place, end);
    }
}

static void skipping(void **state)
{
    static const uint8_t bytes[] = {0x81, 0x01, FF9, 0x01, 0x05};
    const struct mm_run run = {.data = bytes, .size = sizeof(bytes), .count = 3};
    const uint8_t *place = bytes, *end = bytes + sizeof(bytes);

    (void)state;
    assert_int_equal(mm_varint_skip(&run, &place, 1), 1);
    assert_ptr_equal(place, bytes + 2);
    assert_int_equal(mm_varint_skip(&run, &place, 1), 1);
    assert_int_equal(mm_varint_skip(&run, &place, 1), 1);
    assert_ptr_equal(place, end);
    assert_int_equal(mm_varint_skip(&run, &place, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(skipping),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
