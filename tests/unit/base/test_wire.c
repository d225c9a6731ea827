#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/base.h"
#include "unit/format/format_testing.h"
#include "base/wire.h"

static void varints(void **state)
{
    static const struct {
        uint64_t value;
        size_t size;
        uint8_t bytes[10];
    } cases[] = {
        {0, 1, {0}},
        {1, 1, {1}},
        {127, 1, {0x7f}},
        {128, 2, {0x80, 0x01}},
        {300, 2, {0xac, 0x02}}, /* the example of protobuf's documentation */
        {UINT64_MAX, 10, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}},
        {1ull << 63, 10, {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01}},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        uint8_t out[MM_WIRE_VARINT_MAX];
        const uint8_t *at = cases[i].bytes;
        uint64_t value;
        assert_int_equal(mm_wire_put(out, cases[i].value), cases[i].size);
        assert_memory_equal(out, cases[i].bytes, cases[i].size);
        assert_true(mm_wire_varint(&at, cases[i].bytes + cases[i].size, &value));
        assert_true(value == cases[i].value && at == cases[i].bytes + cases[i].size);
        at = cases[i].bytes;
        assert_false(mm_wire_varint(&at, cases[i].bytes + cases[i].size - 1, &value));
        assert_ptr_equal(at, cases[i].bytes);
    }
}

static void too_long_varint(void **state)
{
    uint8_t bytes[11] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01};
    const uint8_t *at = bytes;
    uint64_t value;
    (void)state;
    assert_false(mm_wire_varint(&at, bytes + sizeof bytes, &value));
    assert_int_equal(mm_wire_count(bytes, sizeof bytes), -1);
}

/* The counting by words against one varint after the other, for lengths and places of all kinds. */
static void counting(void **state)
{
    uint32_t random = 1;
    (void)state;
    assert_int_equal(mm_wire_count((const uint8_t *)"", 0), 0);
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[64];
        random = random * 1664525u + 1013904223u;
        size_t size = random >> 26;
        unsigned bias = random >> 24 & 3; /* some rounds have long varints */
        for (size_t i = 0; i < size; i++) {
            random = random * 1664525u + 1013904223u;
            bool more = bias == 0 ? random >> 31 : (random >> 28) != 0;
            bytes[i] = (uint8_t)((random >> 16 & 0x7f) | (more ? 0x80 : 0));
        }
        const uint8_t *at = bytes;
        int64_t expected = 0;
        uint64_t value;
        while (at < bytes + size && mm_wire_varint(&at, bytes + size, &value))
            expected++;
        if (at != bytes + size)
            expected = -1;
        assert_int_equal(mm_wire_count(bytes, size), expected);
    }
}

/* The same with lists that are long and mostly good. */
static void counting_long_lists(void **state)
{
    uint32_t random = 7;
    (void)state;
    for (int round = 0; round < 5000; round++) {
        uint8_t bytes[800];
        size_t size = 0;
        unsigned widest = random % 65;
        random = random * 1664525u + 1013904223u;
        size_t limit = random >> 23;
        while (size < limit) {
            random = random * 1664525u + 1013904223u;
            uint64_t value = (uint64_t)random << 32 | random;
            unsigned cut = widest == 0 ? 63 : 64 - 1 - (random >> 8) % widest;
            size += mm_wire_put(bytes + size, value >> cut);
        }
        if (size && round % 3 == 0)
            bytes[random % size] |= 0x80;
        const uint8_t *at = bytes;
        int64_t expected = 0;
        uint64_t value;
        while (at < bytes + size && mm_wire_varint(&at, bytes + size, &value))
            expected++;
        assert_int_equal(mm_wire_count(bytes, size), at == bytes + size ? expected : -1);
    }
}

static void fields(void **state)
{
    static const uint8_t bytes[] = {0x08, 0x96, 0x01,                     /* 1: varint 150 */
                                    0x12, 0x02, 'h',  'i',                /* 2: bytes */
                                    0x1d, 1,    2,    3,   4,             /* 3: fixed32 */
                                    0x21, 1,    2,    3,   4, 5, 6, 7, 8, /* 4: fixed64 */
                                    0x82, 0x01, 0x00};                    /* 16: no bytes */
    static const struct {
        uint32_t number, tag;
        int type;
        size_t place, size;
    } expected[] = {{1, 1, MM_WIRE_VARINT, 1, 2},
                    {2, 1, MM_WIRE_BYTES, 5, 2},
                    {3, 1, MM_WIRE_FIXED32, 8, 4},
                    {4, 1, MM_WIRE_FIXED64, 13, 8},
                    {16, 2, MM_WIRE_BYTES, 24, 0}};
    struct mm_wire wire = {"x", bytes, bytes, bytes + sizeof bytes};
    struct mm_wire_field field;
    (void)state;
    for (size_t i = 0; i < MM_COUNT(expected); i++) {
        assert_int_equal(mm_wire_next(&wire, &field, NULL), 1);
        assert_int_equal(field.number, expected[i].number);
        assert_int_equal(field.tag, expected[i].tag);
        assert_int_equal(field.type, expected[i].type);
        assert_int_equal(field.data - bytes, expected[i].place);
        assert_int_equal(field.size, expected[i].size);
    }
    assert_int_equal(mm_wire_next(&wire, &field, NULL), 0);
}

static void broken_fields(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *text;
    } cases[] = {
        {"\x08\x01\x08", 3, "byte 3 of 3: not a varint"},
        {"\x08\x80", 2, "byte 1 of 2: not a varint"},
        {"\x12\x05hell", 6, "byte 1 of 6: a length of 5 runs past the end"},
        {"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11, "a length of 18446744073709551615 runs past"},
        {"\x12\x80", 2, "not a length"},
        {"\x1d\x01\x02\x03", 4, "ends inside a number"},
        {"\x21\x01\x02\x03\x04\x05\x06\x07", 8, "ends inside a number"},
        {"\x80", 1, "byte 0 of 1: not a field's tag"},
        {"\x00\x00", 2, "no such field number"},
        {"\x0f", 1, "wire type"},
        {"\x0b", 1, "wire type"},
        {"\x0c", 1, "wire type"},
        {"\x0e", 1, "wire type"},
        {"\xff\xff\xff\xff\xff\x01", 6, "no such field number"},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        const uint8_t *bytes = (const uint8_t *)cases[i].bytes;
        struct mm_wire wire = {"x", bytes, bytes, bytes + cases[i].size};
        struct mm_wire_field field;
        struct mm_err err;
        int result;
        while ((result = mm_wire_next(&wire, &field, &err)) > 0)
            continue;
        assert_int_equal(result, -1);
        assert_int_equal(err.code, MM_ECORRUPT);
        if (!strstr(err.text, cases[i].text))
            fail_msg("%zu: '%s' lacks '%s'", i, err.text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(varints),  cmocka_unit_test(too_long_varint),
        cmocka_unit_test(counting), cmocka_unit_test(counting_long_lists),
        cmocka_unit_test(fields),   cmocka_unit_test(broken_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
