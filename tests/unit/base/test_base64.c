#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base64.h"

#include <stdlib.h>
#include <string.h>

/* Decode into a block of exactly as many bytes as there should be, so that a sanitizer sees one written behind it. */
static size_t decode(const char *text, size_t length, uint8_t **out, size_t *size)
{
    char *copy = malloc(length + 1);
    assert_non_null(copy);
    memcpy(copy, text, length);
    assert_true(mm_base64_size(copy, length, size));
    *out = malloc(*size + (*size == 0));
    assert_non_null(*out);
    size_t right = mm_base64_decode(copy, length, *out);
    free(copy);
    return right;
}

static void assert_decodes(const char *text, const char *bytes)
{
    uint8_t *out;
    size_t size;
    assert_int_equal(decode(text, strlen(text), &out, &size), strlen(text));
    assert_int_equal(size, strlen(bytes));
    assert_memory_equal(out, bytes, size);
    free(out);
}

/* RFC 4648, section 10. */
static void the_rfcs_vectors(void **state)
{
    (void)state;
    assert_decodes("", "");
    assert_decodes("Zg==", "f");
    assert_decodes("Zm8=", "fo");
    assert_decodes("Zm9v", "foo");
    assert_decodes("Zm9vYg==", "foob");
    assert_decodes("Zm9vYmE=", "fooba");
    assert_decodes("Zm9vYmFy", "foobar");
}

/* Six bits count up: 00 10 83 10 51 87 ... is what the whole alphabet stands for. */
static void the_whole_alphabet(void **state)
{
    static const char text[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static const uint8_t expected[48] = {
        0x00, 0x10, 0x83, 0x10, 0x51, 0x87, 0x20, 0x92, 0x8b, 0x30, 0xd3, 0x8f, 0x41, 0x14, 0x93, 0x51,
        0x55, 0x97, 0x61, 0x96, 0x9b, 0x71, 0xd7, 0x9f, 0x82, 0x18, 0xa3, 0x92, 0x59, 0xa7, 0xa2, 0x9a,
        0xab, 0xb2, 0xdb, 0xaf, 0xc3, 0x1c, 0xb3, 0xd3, 0x5d, 0xb7, 0xe3, 0x9e, 0xbb, 0xf3, 0xdf, 0xbf};
    uint8_t *out;
    size_t size;
    (void)state;
    assert_int_equal(decode(text, 64, &out, &size), 64);
    assert_int_equal(size, 48);
    assert_memory_equal(out, expected, 48);
    free(out);
}

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The other way, bit by bit. */
static size_t encode(const uint8_t *bytes, size_t size, char *text)
{
    size_t length = 0;
    for (size_t bit = 0; bit < size * 8; bit += 6) {
        unsigned value = 0;
        for (size_t k = bit; k < bit + 6; k++)
            value = value << 1 | (k < size * 8 ? bytes[k / 8] >> (7 - k % 8) & 1u : 0u);
        text[length++] = alphabet[value];
    }
    while (length % 4 != 0)
        text[length++] = '=';
    return length;
}

static void every_length(void **state)
{
    uint8_t bytes[200], *out;
    char text[300];
    size_t size;
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 97 + i / 3 * 31);
    for (size_t n = 0; n <= sizeof bytes; n++) {
        size_t length = encode(bytes, n, text);
        assert_int_equal(decode(text, length, &out, &size), length);
        assert_int_equal(size, n);
        assert_memory_equal(out, bytes, n);
        free(out);
    }
}

/* Each of the 192 bytes that are no character of it, at every place of a text whose parts are decoded by different loops; '='
 * is right at the very end alone. */
static void every_wrong_character(void **state)
{
    char text[60];
    uint8_t out[45];
    (void)state;
    for (size_t place = 0; place < sizeof text; place++) {
        memset(text, 'A', sizeof text);
        for (int c = 0; c < 256; c++) {
            text[place] = (char)c;
            bool right = (c != 0 && strchr(alphabet, c)) || (c == '=' && place == sizeof text - 1);
            assert_int_equal(mm_base64_decode(text, sizeof text, out), right ? sizeof text : place);
        }
    }
}

static void padding(void **state)
{
    uint8_t out[6];
    size_t size;
    (void)state;
    for (size_t length = 1; length < 4; length++)
        assert_false(mm_base64_size("Zm9v", length, &size));
    assert_int_equal(mm_base64_decode("Zg==Zm9v", 8, out), 2); /* not at the end */
    assert_int_equal(mm_base64_decode("Z===", 4, out), 1);
    assert_int_equal(mm_base64_decode("====", 4, out), 0);
    assert_int_equal(mm_base64_decode("Zm=v", 4, out), 2);
    assert_int_equal(mm_base64_decode("Zh==", 4, out), 1); /* h leaves the bits 0001 */
    assert_int_equal(mm_base64_decode("Zm9=", 4, out), 2); /* 9 leaves the bits 01 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rfcs_vectors), cmocka_unit_test(the_whole_alphabet),
        cmocka_unit_test(every_length),     cmocka_unit_test(every_wrong_character),
        cmocka_unit_test(padding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
