/* Varints as tensor values. The bytes are what protoc writes for these numbers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "mmtui/tensor.h"
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

/* ---- tiles against one value after the other ---- */

static uint64_t draw(uint64_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random;
}

static size_t put(uint8_t *out, uint64_t value)
{
    size_t n = 0;

    for (; value > 0x7f; value >>= 7)
        out[n++] = (uint8_t)(value | 0x80);
    out[n++] = (uint8_t)value;
    return n;
}

#define MOST 120

/* Decode as tiles of `step` from element `from` on and compare with mm_varint_next. */
static void compare(const uint8_t *bytes, size_t size, size_t count, uint32_t gap, enum mm_dtype dtype,
                    size_t from, size_t step, bool floats)
{
    const struct mm_run run = {.data = bytes, .size = size, .count = (int64_t)count, .gap = gap};
    const uint8_t *slow = bytes, *quick = bytes, *end = bytes + size, *before;
    double expected = 0, wide[MOST];
    float narrow[MOST];
    size_t skipped = mm_varint_skip(&run, &quick, from), n, wanted;

    for (size_t i = 0; i < skipped; i++) {
        slow += gap;
        mm_varint_next(&slow, end, dtype, &expected);
    }
    assert_ptr_equal(slow, quick);
    if (skipped < from)
        return;
    for (size_t done = from;; done += n) {
        wanted = count - done < step ? count - done : step;
        n = floats ? mm_varint_float(&run, &quick, dtype, narrow, wanted)
                   : mm_varint_double(&run, &quick, dtype, wide, wanted);
        for (size_t i = 0; i < n; i++) {
            slow += gap;
            assert_true(mm_varint_next(&slow, end, dtype, &expected));
            assert_true((floats ? (double)narrow[i] : wide[i]) == expected);
        }
        assert_ptr_equal(slow, quick);
        if (n < wanted) {
            before = slow;
            assert_false((size_t)(end - slow) >= gap &&
                         (before += gap, mm_varint_next(&before, end, dtype, &expected)));
            return;
        }
        if (done + n == count)
            return;
    }
}

static void compare_all(const uint8_t *bytes, size_t size, size_t count, uint32_t gap)
{
    static const enum mm_dtype floats[] = {MM_I4, MM_U4, MM_I8, MM_U8, MM_I16, MM_U16, MM_BOOL};
    static const enum mm_dtype doubles[] = {MM_I8, MM_I32, MM_U32, MM_I64, MM_U64};
    uint8_t *exact = malloc(size > 0 ? size : 1); /* a sanitizer sees every byte too far */

    assert_non_null(exact);
    memcpy(exact, bytes, size);
    for (size_t i = 0; i < MM_COUNT(floats); i++)
        compare(exact, size, count, gap, floats[i], 0, MOST, true);
    for (size_t i = 0; i < MM_COUNT(doubles); i++) {
        compare(exact, size, count, gap, doubles[i], 0, MOST, false);
        compare(exact, size, count, gap, doubles[i], count / 3, 7, false);
    }
    free(exact);
}

/* Values of all lengths in different shares, 0 to 100 of them, gaps of 0 to 2 bytes, then each truncated. */
static void tiles(void **state)
{
    uint64_t random = 88172645463325252u;

    (void)state;
    for (unsigned kind = 0; kind < 6; kind++)
        for (size_t count = 0; count <= 100; count++)
            for (uint32_t gap = 0; gap < 3; gap++) {
                uint8_t bytes[MOST * 12];
                size_t size = 0;

                for (size_t i = 0; i < count; i++) {
                    uint64_t r = draw(&random);
                    const uint64_t value[6] = {r % 2,         r % 16,
                                               r % 128,       (uint64_t)((int64_t)(r % 256) - 128),
                                               r >> (r & 63), i % 40 == 39 ? r >> (r & 63) : r % 128};

                    memset(bytes + size, 0xd0, gap); /* a tag's bytes may have any bits */
                    size += gap;
                    size += put(bytes + size, value[kind]);
                }
                compare_all(bytes, size, count, gap);
                if (size > 0) {
                    compare_all(bytes, size - 1, count, gap);
                    compare_all(bytes, draw(&random) % size, count, gap);
                    bytes[draw(&random) % size] |= 0x80;
                    compare_all(bytes, size, count, gap);
                }
            }
}

static void from_every_index(void **state)
{
    uint8_t bytes[MOST * 10];
    size_t size = 0;
    uint64_t random = 5;

    (void)state;
    for (size_t i = 0; i < 100; i++)
        size += put(bytes + size, i > 30 && i < 60 ? (uint64_t) - (int64_t)(i + 1) : draw(&random) % 130);
    for (size_t from = 0; from <= 100; from++)
        for (size_t step = 1; step < 20; step++)
            compare(bytes, size, 100, 0, MM_I32, from, step, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(skipping),
        cmocka_unit_test(tiles),
        cmocka_unit_test(from_every_index),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
