#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "mmtui/compare.h"
#include "compare/cache.h"

static void test_little_endian(void **state)
{
    (void)state;
    static const uint8_t expected[] = {0xFE, 4, 3, 2, 1, 8,    7,    6, 5, 4, 3, 2,   0x81, 0,
                                       0,    0, 0, 0, 0, 0xF0, 0xBF, 2, 0, 0, 0, 'h', 'i'};
    struct mm_buf out = {0};
    cache_put_u8(&out, 0xFE);
    cache_put_u32(&out, 0x01020304);
    cache_put_u64(&out, UINT64_C(0x8102030405060708));
    cache_put_double(&out, -1.0);
    cache_put_text(&out, "hi", 2);
    assert_int_equal(out.length, sizeof expected);
    assert_memory_equal(out.data, expected, sizeof expected);

    struct cache_reader in = {expected, expected + sizeof expected, false};
    assert_int_equal(cache_get_u8(&in), 0xFE);
    assert_int_equal(cache_get_u32(&in), 0x01020304);
    assert_true(cache_get_u64(&in) == UINT64_C(0x8102030405060708));
    assert_true(cache_get_u64(&in) == UINT64_C(0xBFF0000000000000));
    struct cache_text text = cache_get_text(&in);
    assert_int_equal(text.length, 2);
    assert_memory_equal(text.data, "hi", 2);
    assert_false(in.bad);
    assert_ptr_equal(in.at, in.end);
    mm_buf_done(&out);
}

/* What does not fit gives zeros, and so does all that follows. */
static void test_too_short(void **state)
{
    (void)state;
    static const uint8_t data[] = {0xFF, 0xFF, 0xFF, 0xFF, 1};
    struct cache_reader in = {data, data + 3, false};
    assert_int_equal(cache_get_u32(&in), 0);
    assert_true(in.bad);
    assert_int_equal(cache_get_u8(&in), 0);
    in = (struct cache_reader){data, data + sizeof data, false};
    assert_int_equal(cache_get_text(&in).length, 0); /* 4 GiB of text in one byte */
    assert_true(in.bad);
    in = (struct cache_reader){data, data, false};
    assert_int_equal(cache_get_u8(&in), 0);
    assert_true(in.bad);
}

/* By the description, in Python: h = seed; for w in (length, words of 8 bytes, rest): h ^= w; h *= K; h ^= h
 * >> 32. */
static void test_hash(void **state)
{
    (void)state;
    assert_true(cache_hash(0, "", 0) == 0);
    assert_true(cache_hash(1, "", 0) == UINT64_C(0xab169eb8aeae59a4));
    assert_true(cache_hash(1, "abc", 3) == UINT64_C(0xed93e5681a94d8c5));
    assert_true(cache_hash(1, "0123456789", 10) == UINT64_C(0x6cefa487a6b0c034));
    assert_true(cache_hash(1, "01234567", 8) != cache_hash(1, "01234567\0", 9));
    assert_true(cache_hash(1, "ab", 2) != cache_hash(2, "ab", 2));
}

/* No single byte can change without the hash. */
static void test_hash_sees_all(void **state)
{
    (void)state;
    uint8_t data[33] = {0};
    uint64_t before = cache_hash(7, data, sizeof data);
    for (size_t at = 0; at < sizeof data; at++) {
        for (unsigned flip = 1; flip < 256; flip++) {
            data[at] ^= (uint8_t)flip;
            assert_true(cache_hash(7, data, sizeof data) != before);
            data[at] ^= (uint8_t)flip;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_little_endian),
        cmocka_unit_test(test_too_short),
        cmocka_unit_test(test_hash),
        cmocka_unit_test(test_hash_sees_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
