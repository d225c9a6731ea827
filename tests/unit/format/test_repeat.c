/* Counting repeated fields that are not packed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "mmtui/format.h"
#include "format/repeat.h"

enum { FIELDS = 3 * MM_REPEAT_GROUP + 5 };

/* FIELDS fields and not a byte more, so that a sanitizer sees reads behind them. */
static uint8_t *make_fields(const uint8_t *tag, size_t tag_size, size_t fixed, size_t *size)
{
    size_t step = tag_size + (fixed ? fixed : 1);
    uint8_t *bytes = malloc(FIELDS * step);

    assert_non_null(bytes);
    for (size_t i = 0; i < FIELDS; i++) {
        memcpy(bytes + i * step, tag, tag_size);
        for (size_t k = tag_size; k < step; k++)
            bytes[i * step + k] = (uint8_t)(fixed ? i * 37 + k * 101 : i * 11 % 128);
    }
    *size = FIELDS * step;
    return bytes;
}

/* Whole groups up to the field that is another one, wherever that is; and a tag byte's every bit counts. */
static void check_all(const uint8_t *tag, size_t tag_size, size_t fixed)
{
    struct mm_repeat repeat;
    size_t size, step = tag_size + (fixed ? fixed : 1);
    uint8_t *bytes = make_fields(tag, tag_size, fixed, &size);

    mm_repeat_init(&repeat, tag, tag_size, fixed);
    assert_int_equal(mm_repeat_count(&repeat, bytes, bytes + size), 3 * MM_REPEAT_GROUP);
    for (size_t cut = 0; cut <= size; cut++)
        assert_int_equal(mm_repeat_count(&repeat, bytes + cut / step * step, bytes + size),
                         (FIELDS - cut / step) / MM_REPEAT_GROUP * MM_REPEAT_GROUP);
    for (size_t cut = 0; cut <= size; cut++)
        assert_int_equal(mm_repeat_count(&repeat, bytes, bytes + cut),
                         cut / (step * MM_REPEAT_GROUP) * MM_REPEAT_GROUP);
    for (size_t i = 0; i < 3 * MM_REPEAT_GROUP; i++)
        for (size_t k = 0; k < tag_size * 8; k++) {
            uint8_t *wrong = bytes + i * step + k / 8;

            *wrong ^= (uint8_t)(1u << k % 8);
            assert_int_equal(mm_repeat_count(&repeat, bytes, bytes + size),
                             i / MM_REPEAT_GROUP * MM_REPEAT_GROUP);
            *wrong ^= (uint8_t)(1u << k % 8);
        }
    free(bytes);
}

static void fixed_width(void **state)
{
    static const uint8_t tags[][10] = {{0x3d},
                                       {0x85, 0x01},
                                       {0xbd, 0x80, 0x80, 0x80, 0x01},
                                       {0xbd, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0}};
    static const size_t sizes[] = {1, 2, 5, 10};

    (void)state;
    for (size_t i = 0; i < MM_COUNT(sizes); i++) {
        check_all(tags[i], sizes[i], 4);
        check_all(tags[i], sizes[i], 8);
    }
}

/* A varint of two bytes ends it as well. */
static void varints_of_one_byte(void **state)
{
    const uint8_t one[] = {0x48}, two[] = {0x80, 0x01};
    struct mm_repeat repeat;
    size_t size;
    uint8_t *bytes = make_fields(one, 1, 0, &size);

    (void)state;
    check_all(one, sizeof one, 0);
    check_all(two, sizeof two, 0);
    mm_repeat_init(&repeat, one, 1, 0);
    for (size_t i = 0; i < 3 * MM_REPEAT_GROUP; i++) {
        bytes[2 * i + 1] ^= 0x80;
        assert_int_equal(mm_repeat_count(&repeat, bytes, bytes + size),
                         i / MM_REPEAT_GROUP * MM_REPEAT_GROUP);
        bytes[2 * i + 1] ^= 0x80;
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed_width),
        cmocka_unit_test(varints_of_one_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
