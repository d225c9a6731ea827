/* Raw elements of every format, in both lanes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "mmtui/tensor.h"
#include "tensor/decode.h"

/* Two values of each format, as NumPy's tobytes() writes them on a little-endian machine. */
static const struct {
    enum mm_dtype dtype;
    uint8_t bytes[16];
    double first, second;
} samples[] = {
    {MM_F16, {0x00, 0x3e, 0xff, 0xfb}, 1.5, -65504},
    {MM_BF16, {0xc0, 0x3f, 0x00, 0xc3}, 1.5, -128},
    {MM_F32, {0x00, 0x00, 0xc0, 0x3f, 0xcd, 0xcc, 0xcc, 0xbd}, 1.5, -0.100000001490116119384765625},
    {MM_F64, {0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f, 0, 0, 0, 0, 0, 0, 0xf8, 0xbf}, 0.1, -1.5},
    {MM_I4, {0x08, 0xf7}, -8, 7},
    {MM_I8, {0x80, 0x7f}, -128, 127},
    {MM_I16, {0x00, 0x80, 0xff, 0x7f}, -32768, 32767},
    {MM_I32, {0x01, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x80}, 16777217, -2147483648.0},
    {MM_I64,
     {1, 0, 0, 0, 0, 0, 0x20, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
     9007199254740992.0,
     -1},
    {MM_U4, {0xff, 0x10}, 15, 0},
    {MM_U8, {0xff, 0x03}, 255, 3},
    {MM_U16, {0xff, 0xff, 0x01, 0x00}, 65535, 1},
    {MM_U32, {0xff, 0xff, 0xff, 0xff, 0x01, 0x00, 0x00, 0x01}, 4294967295.0, 16777217},
    {MM_U64, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 3}, 0x1p64, 3},
    {MM_BOOL, {0x01, 0x00}, 1, 0},
    {MM_F8E4M3, {0x7e, 0x81}, 448, -0x1p-9},
    {MM_F8E5M2, {0xfb, 0x01}, -57344, 0x1p-16},
    {MM_F8E4M3FNUZ, {0x7f, 0x81}, 240, -0x1p-10},
    {MM_F8E5M2FNUZ, {0xff, 0x01}, -57344, 0x1p-17},
    {MM_F8E4M3B11, {0x7f, 0x81}, 30, -0x1p-13},
    {MM_F8E8M0, {0x00, 0xfe}, 0x1p-127, 0x1p127},
    {MM_F6E2M3, {0x1f, 0xe1}, 7.5, -0.125},
    {MM_F6E3M2, {0x3f, 0x41}, -28, 0.0625},
    {MM_F4E2M1, {0xf7, 0x09}, 6, -0.5},
    {MM_I2, {0x02, 0xfd}, -2, 1},
    {MM_U2, {0x03, 0x05}, 3, 1},
};

static void every_format_in_both_lanes(void **state)
{
    (void)state;
    assert_int_equal(MM_COUNT(samples), MM_DTYPE_COUNT - 1);
    for (size_t i = 0; i < MM_COUNT(samples); i++) {
        double d[2];
        float f[2];

        mm_raw_to_double(mm_decoders(), samples[i].dtype, samples[i].bytes, d, 2);
        mm_raw_to_float(mm_decoders(), samples[i].dtype, samples[i].bytes, f, 2);
        if (d[0] != samples[i].first || d[1] != samples[i].second)
            fail_msg("%s: %.17g %.17g", mm_dtype_info(samples[i].dtype)->name, d[0], d[1]);
        assert_true(f[0] == (float)samples[i].first && f[1] == (float)samples[i].second);
    }
}

static void more_than_a_chunk(void **state)
{
    static uint8_t bytes[3 * MM_CHUNK];
    static int32_t wide[3 * MM_CHUNK];
    static double d[3 * MM_CHUNK];
    static float f[3 * MM_CHUNK];

    (void)state;
    for (int i = 0; i < 3 * MM_CHUNK; i++) {
        bytes[i] = (uint8_t)(i * 7);
        wide[i] = i * 1000;
    }
    mm_raw_to_double(mm_decoders(), MM_U8, bytes, d, 3 * MM_CHUNK - 5);
    mm_raw_to_float(mm_decoders(), MM_I32, (const uint8_t *)wide, f, 3 * MM_CHUNK - 5);
    for (int i = 0; i < 3 * MM_CHUNK - 5; i++)
        assert_true(d[i] == bytes[i] && f[i] == (float)wide[i]);
}

static void true_is_one(void **state)
{
    static const uint8_t bytes[] = {0, 1, 2, 255};
    float f[4];

    (void)state;
    mm_raw_to_float(mm_decoders(), MM_BOOL, bytes, f, 4);
    assert_true(f[0] == 0 && f[1] == 1 && f[2] == 1 && f[3] == 1);
}

static void gathering_and_swapping(void **state)
{
    static const size_t sizes[] = {1, 2, 4, 8};
    uint8_t in[64], out[16];

    (void)state;
    for (int i = 0; i < 64; i++)
        in[i] = (uint8_t)i;
    for (size_t k = 0; k < MM_COUNT(sizes); k++) {
        size_t size = sizes[k];

        mm_raw_gather(mm_decoders(), out, in + 3, 11, size, 2);
        for (size_t i = 0; i < 2 * size; i++)
            assert_int_equal(out[i], 3 + 11 * (i / size) + i % size);
        mm_raw_swap(out, size, 2);
        for (size_t i = 0; i < 2 * size; i++)
            assert_int_equal(out[i], 3 + 11 * (i / size) + (size - 1 - i % size));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_in_both_lanes),
        cmocka_unit_test(more_than_a_chunk),
        cmocka_unit_test(true_is_one),
        cmocka_unit_test(gathering_and_swapping),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
