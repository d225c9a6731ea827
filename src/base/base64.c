#include "base/base64.h"

#include <string.h>

#define GROUP 4 /* characters that are 3 bytes */
#define BAD   0x80

/* The six bits that a character stands for, or BAD. */
static uint8_t value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (uint8_t)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (uint8_t)(c - 'a' + 26);
    if (c >= '0' && c <= '9')
        return (uint8_t)(c - '0' + 52);
    return c == '+' ? 62 : c == '/' ? 63 : BAD;
}

/* Four characters, whose values are three bytes, the first value the highest bits. Returns how many are right. */
static size_t decode_group(const char *text, size_t there, uint8_t out[3])
{
    uint32_t bits = 0;
    for (size_t i = 0; i < there; i++) {
        uint8_t value = value_of(text[i]);
        if (value == BAD)
            return i;
        bits |= (uint32_t)value << (18 - 6 * i);
    }
    out[0] = (uint8_t)(bits >> 16);
    out[1] = (uint8_t)(bits >> 8);
    out[2] = (uint8_t)bits;
    return there;
}

/* ---- sixteen characters at once: what every 64-bit machine has registers for ---- */

#define WIDE     16
#define WIDE_OUT 12 /* bytes; 14 are written */

typedef int8_t i8v __attribute__((vector_size(WIDE)));
typedef uint64_t u64v __attribute__((vector_size(WIDE)));

/*
 * Their values: each range of the alphabet adds its distance. False where a character is in none. Compared as signed
 * numbers: what is not ASCII is negative, and in no range.
 */
static inline bool values_of(i8v text, i8v *value)
{
    i8v upper = (text > 'A' - 1) & (text < 'Z' + 1), lower = (text > 'a' - 1) & (text < 'z' + 1);
    i8v digit = (text > '0' - 1) & (text < '9' + 1), plus = text == '+', slash = text == '/';
    u64v any = (u64v)(upper | lower | digit | plus | slash);
    *value = text + (upper & (0 - 'A')) + (lower & (26 - 'a')) + (digit & (52 - '0')) + (plus & (62 - '+')) +
             (slash & (63 - '/'));
    return (any[0] & any[1]) == UINT64_MAX;
}

static inline void put_six(uint64_t bits, uint8_t *out)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    bits = __builtin_bswap64(bits);
#endif
    memcpy(out, &bits, sizeof bits);
}

/* Eight values in each half of the register, as digits of a number: pairs of them are joined, pairs of these, and the two
 * that are left: 48 bits, the first value the highest. */
static inline bool decode_wide(const char *text, uint8_t *out)
{
    i8v characters, value;
    memcpy(&characters, text, sizeof characters);
    if (!values_of(characters, &value))
        return false;
    u64v x = (u64v)value;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = (u64v){__builtin_bswap64(x[0]), __builtin_bswap64(x[1])};
#endif
    x = (x & 0x003f003f003f003f) << 6 | (x >> 8 & 0x003f003f003f003f);
    x = (x & 0x00000fff00000fff) << 12 | (x >> 16 & 0x00000fff00000fff);
    x = (x << 40) | (x >> 32 << 16);
    put_six(x[0], out);
    put_six(x[1], out + WIDE_OUT / 2);
    return true;
}

/* Whole groups. What is written too much must lie before the end: the last ones are decoded one by one. */
static size_t decode_groups(const char *text, size_t length, uint8_t *out)
{
    size_t i = 0;
    for (; length - i >= WIDE + GROUP && decode_wide(text + i, out); i += WIDE)
        out += WIDE_OUT;
    for (; i < length; i += GROUP, out += 3) {
        size_t right = decode_group(text + i, GROUP, out);
        if (right < GROUP)
            return i + right;
    }
    return length;
}

/* ---- sizes and padding ---- */

static size_t padding_of(const char *text, size_t length)
{
    if (length == 0 || text[length - 1] != '=')
        return 0;
    return text[length - 2] == '=' ? 2 : 1;
}

bool mm_base64_size(const char *text, size_t length, size_t *size)
{
    if (length % GROUP != 0)
        return false;
    *size = length / GROUP * 3 - padding_of(text, length);
    return true;
}

/* The group that is padded: one or two bytes. Bits that are left over must be 0, or the text was cut. */
static size_t decode_last(const char *text, size_t padding, uint8_t *out)
{
    uint8_t bytes[3];
    size_t there = GROUP - padding, right = decode_group(text, there, bytes);
    if (right < there)
        return right;
    memcpy(out, bytes, 3 - padding);
    return bytes[3 - padding] == 0 ? GROUP : there - 1;
}

size_t mm_base64_decode(const char *text, size_t length, uint8_t *out)
{
    size_t padding = padding_of(text, length), whole = padding ? length - GROUP : length;
    size_t right = decode_groups(text, whole, out);
    if (right < whole || padding == 0)
        return right;
    return whole + decode_last(text + whole, padding, out + whole / GROUP * 3);
}
