#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "mmtui/base.h"
#include "remote/chunk.h"

static void test_plain(void **state)
{
    static const uint8_t chunk[] = {0, 3, 0, 0, 0, 'a', 'b', 'c'};
    uint8_t out[4] = {9, 9, 9, 9};
    size_t got;
    (void)state;
    assert_int_equal(chunk_take(chunk, sizeof chunk, out, 3, &got), 0);
    assert_int_equal(got, 3);
    assert_memory_equal(out, "abc\x09", 4);
    assert_int_equal(chunk_take(chunk, sizeof chunk, out, 2, &got), -1);     /* no room */
    assert_int_equal(chunk_take(chunk, sizeof chunk - 1, out, 3, &got), -1); /* cut */
    for (size_t size = 0; size < 5; size++)
        assert_int_equal(chunk_take(chunk, size, out, 3, &got), -1);
}

/* Elements of every width, and those that nothing makes smaller. */
static void test_round_trip(void **state)
{
    struct chunk_packer *packer = chunk_packer_open();
    uint8_t *data = test_malloc(CHUNK_MOST), *out = test_malloc(CHUNK_MOST);
    uint32_t noise = 1;
    (void)state;
    for (size_t width = 1; width <= 8; width *= 2) {
        for (int noisy = 0; noisy < 2; noisy++) {
            struct mm_buf chunk = {0};
            size_t got;
            for (size_t i = 0; i < CHUNK_MOST; i++) {
                noise = noise * 1664525 + 1013904223;
                data[i] = noisy || i % width == 0 ? (uint8_t)(noise >> 24) : (uint8_t)(i % width);
            }
            chunk_put(packer, data, CHUNK_MOST, width, &chunk);
            assert_false(chunk.failed);
            if (!noisy && width > 1) /* one byte of an element is noise, the others are all alike */
                assert_true(chunk.length < CHUNK_MOST / width + CHUNK_MOST / 16);
            assert_true(chunk.length <= CHUNK_MOST + 5);
            assert_int_equal(chunk_take((uint8_t *)chunk.data, chunk.length, out, CHUNK_MOST, &got), 0);
            assert_int_equal(got, CHUNK_MOST);
            assert_memory_equal(out, data, CHUNK_MOST);
            mm_buf_done(&chunk);
        }
    }
    test_free(data);
    test_free(out);
    chunk_packer_close(packer);
}

/* Whatever is wrong with a packed one, nothing is written behind the room. */
static void test_corrupt(void **state)
{
    struct chunk_packer *packer = chunk_packer_open();
    uint8_t data[400], out[sizeof data + 8];
    struct mm_buf chunk = {0};
    size_t got, bad = 0;
    (void)state;
    memset(data, 7, sizeof data);
    chunk_put(packer, data, sizeof data, 4, &chunk);
    assert_true(chunk.length < 40);
    for (size_t at = 0; at < chunk.length; at++) {
        for (int bit = 0; bit < 8; bit++) {
            chunk.data[at] ^= (char)(1 << bit);
            memset(out, 0xEE, sizeof out);
            if (chunk_take((uint8_t *)chunk.data, chunk.length, out, sizeof data, &got) < 0)
                bad++;
            else
                assert_true(got <= sizeof data);
            assert_memory_equal(out + sizeof data, "\xEE\xEE\xEE\xEE\xEE\xEE\xEE\xEE", 8);
            chunk.data[at] ^= (char)(1 << bit);
        }
    }
    assert_true(bad > chunk.length * 4);
    for (size_t size = 0; size < chunk.length; size++)
        assert_int_equal(chunk_take((uint8_t *)chunk.data, size, out, sizeof data, &got), -1);
    chunk.data[0] = 3; /* 400 is no multiple */
    assert_int_equal(chunk_take((uint8_t *)chunk.data, chunk.length, out, sizeof data, &got), -1);
    mm_buf_done(&chunk);
    chunk_packer_close(packer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_corrupt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
