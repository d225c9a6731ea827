/*
 * Decimal numbers in text as tensor values, a tile at a time.
 *
 * Between two values mostly the same few bytes stand ("\nfloat_val: ", ", "). They are compared as two words,
 * and the digits behind them are taken eight at a time. Where that does not fit (other bytes, inf, more than
 * 19 digits, the last bytes of the run) one value is read in the slow way of text.c.
 *
 * A run with a gap has exactly these bytes before each value, those that it begins with; anything else is an
 * error there. Without a gap anything that is no value may stand between, and the bytes that were met last
 * are tried first.
 */
#include "tensor/decimal.h"
#include "tensor/decode.h"
#include "tensor/text_value.h"

#include <string.h>

#define SEPARATOR_MAX 16
/* The quick way reads a separator, a sign, two times 19 digits and 8 more bytes, a point and an exponent:
 * below 96 bytes. Nearer to the end it is not taken. */
#define QUICK_BYTES 96

/* What stands between two values. */
struct separator {
    uint64_t bytes[2], mask[2];
    size_t size; /* 0: not known */
};

/* The run has SEPARATOR_MAX bytes from p on. */
static struct separator separator_of(const uint8_t *p, size_t size)
{
    struct separator out = {.size = size};

    for (size_t i = 0; i < 2; i++) {
        size_t bytes = size > 8 * i ? size - 8 * i : 0;

        out.mask[i] = bytes >= 8 ? UINT64_MAX : ((uint64_t)1 << (8 * bytes)) - 1;
        out.bytes[i] = mm_load_word(p + 8 * i) & out.mask[i];
    }
    return out;
}

static inline bool stands_at(const struct separator *separator, const uint8_t *p)
{
    return ((mm_load_word(p) & separator->mask[0]) ^ separator->bytes[0]) == 0 &&
           ((mm_load_word(p + 8) & separator->mask[1]) ^ separator->bytes[1]) == 0;
}

/* ---- digits, eight at a time ---- */

/* How many of the eight bytes, from the first on, are digits. `word` is the bytes xor '0'. */
static inline unsigned leading_digits(uint64_t word)
{
    /* the top bit of a byte comes up from 10 on; what carries over only reaches bytes behind such a one */
    uint64_t others = ((word + 0x7676767676767676u) | word) & 0x8080808080808080u;

    return others ? (unsigned)__builtin_ctzll(others) >> 3 : 8;
}

/* Eight digits, 0 to 9 a byte, as a number: pairs, then fours, then all. */
static inline uint64_t eight_digits(uint64_t word)
{
    word = (word * (1 + (10 << 8))) >> 8 & 0x00ff00ff00ff00ffu;
    word = (word * (1 + (100 << 16))) >> 16 & 0x0000ffff0000ffffu;
    return (word * (1 + ((uint64_t)10000 << 32))) >> 32;
}

/* The first n digits of `word` behind those of number. */
static inline uint64_t add_digits(uint64_t number, uint64_t word, unsigned n)
{
    static const uint64_t power[9] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};

    /* zeros in front instead of what is behind the digits; in two steps, for n = 0 */
    return number * power[n] + eight_digits(word << (56 - 8 * (n - (n > 0))) << (n > 0 ? 0 : 8));
}

/* Take digits, up to 24; returns where they end. The first 16 without a branch: how many there are is
 * random. */
static inline const uint8_t *take_digits(const uint8_t *p, uint64_t *number)
{
    uint64_t first = mm_load_word(p) ^ 0x3030303030303030u;
    uint64_t second = mm_load_word(p + 8) ^ 0x3030303030303030u;
    unsigned n = leading_digits(first), more = leading_digits(second) & (0u - (n >> 3));

    *number = add_digits(add_digits(*number, first, n), second, more);
    p += n + more;
    if (more == 8) {
        first = mm_load_word(p) ^ 0x3030303030303030u;
        n = leading_digits(first);
        *number = add_digits(*number, first, n);
        p += n;
    }
    return p;
}

/* One or two digits mostly, so one by one; up to 20. */
static inline const uint8_t *take_few_digits(const uint8_t *p, uint64_t *number)
{
    const uint8_t *start = p;

    for (; (uint8_t)(*p - '0') <= 9 && p - start < 20; p++)
        *number = *number * 10 + (uint8_t)(*p - '0');
    return p;
}

/* "e-12" at p. NULL when it is broken off. */
static inline const uint8_t *take_exponent(const uint8_t *p, int *exponent)
{
    int down = p[1] == '-', tens = 0;
    const uint8_t *start;

    p += 1 + (p[1] == '-' || p[1] == '+');
    for (start = p; (uint8_t)(*p - '0') <= 9 && p - start < 4; p++)
        tens = tens * 10 + (*p - '0');
    *exponent += (tens ^ -down) + down;
    return p == start ? NULL : p;
}

/* A number's parts without the sign, which is read apart. */
struct parts {
    uint64_t mantissa;
    int exponent;
};

/* digits [. digits] [e sign digits] at p, QUICK_BYTES readable. NULL: something else, or too many digits. */
static inline const uint8_t *quick_number(const uint8_t *p, struct parts *out)
{
    const uint8_t *start = p, *point;

    *out = (struct parts){0, 0};
    p = take_few_digits(p, &out->mantissa);
    if (p == start)
        return NULL;
    if (*p == '.') {
        point = p + 1;
        p = take_digits(point, &out->mantissa);
        out->exponent = (int)(point - p);
        start++; /* the point is no digit */
    }
    if (p - start > MM_DECIMAL_DIGITS)
        return NULL;
    if ((*p | 0x20) == 'e' && !(p = take_exponent(p, &out->exponent)))
        return NULL;
    return mm_in_word(*p) ? NULL : p;
}

/* The sign goes in as a bit: it is random, and a branch would be guessed wrong. */
static inline const uint8_t *quick_float(const uint8_t *p, float *out)
{
    uint32_t sign = *p == '-', bits;
    struct parts parts;
    float value = 0.0f;

    p = quick_number(p + sign, &parts);
    if (!p)
        return NULL;
    if (parts.mantissa != 0 && !mm_decimal_quick_float(parts.mantissa, parts.exponent, &value))
        value =
            mm_decimal_float(&(struct mm_decimal){.mantissa = parts.mantissa, .exponent = parts.exponent});
    memcpy(&bits, &value, sizeof(bits));
    bits |= sign << 31;
    memcpy(out, &bits, sizeof(bits));
    return p;
}

static inline const uint8_t *quick_double(const uint8_t *p, double *out)
{
    uint64_t sign = *p == '-', bits;
    struct parts parts;
    double value = 0.0;

    p = quick_number(p + sign, &parts);
    if (!p)
        return NULL;
    if (parts.mantissa != 0 && !mm_decimal_quick_double(parts.mantissa, parts.exponent, &value))
        value =
            mm_decimal_double(&(struct mm_decimal){.mantissa = parts.mantissa, .exponent = parts.exponent});
    memcpy(&bits, &value, sizeof(bits));
    bits |= sign << 63;
    memcpy(out, &bits, sizeof(bits));
    return p;
}

/* Up to 18 digits, so that any sign fits an int64; the range is checked as doubles, which is exact as far as
 * they matter: the bounds of formats up to 32 bits are below 2^53, and those of 64 bits are not reached. */
static inline const uint8_t *quick_integer(const uint8_t *p, const struct mm_dtype_info *info, double *out)
{
    int64_t negative = *p == '-';
    const uint8_t *start = p + negative;
    uint64_t number = 0;
    double value;

    p = take_few_digits(start, &number);
    value = (double)(((int64_t)number ^ -negative) + negative);
    *out = value;
    if (p == start || p - start > 18 || mm_in_word(*p) || (*start == '0' && p - start > 1))
        return NULL;
    return value >= info->lowest && value <= info->highest ? p : NULL;
}

/* ---- one value in the slow way ---- */

/* [sign] digits, without a zero in front: what protobuf takes for a decimal integer. */
static bool plain_integer(const uint8_t *p, const uint8_t *end)
{
    p += p < end && (*p == '-' || *p == '+');
    if (p == end || (*p == '0' && end - p > 1))
        return false;
    while (p < end && (uint8_t)(*p - '0') <= 9)
        p++;
    return p == end;
}

/* Where the value at place starts; NULL when there is none. */
static const uint8_t *start_of(const struct mm_run *run, const uint8_t *place)
{
    const uint8_t *end = run->data + run->size, *start;

    if (run->gap == 0) {
        start = mm_find_value(place, end);
        return start < end ? start : NULL;
    }
    if ((size_t)(end - place) <= run->gap || memcmp(place, run->data, run->gap) != 0)
        return NULL;
    return place + run->gap;
}

static bool slow_value(const struct mm_run *run, const uint8_t **place, enum mm_dtype dtype, double *out,
                       struct separator *separator)
{
    const uint8_t *end = run->data + run->size, *start = start_of(run, *place), *stop;
    size_t size;

    if (!start)
        return false;
    stop = mm_past_word(start, end);
    if (run->gap > 0 && mm_dtype_info(dtype)->kind != MM_KIND_FLOAT && !plain_integer(start, stop))
        return false;
    if (!mm_read_word(start, stop, dtype, out))
        return false;
    size = (size_t)(start - *place);
    if (run->gap == 0 && size > 0 && size <= SEPARATOR_MAX && end - *place >= SEPARATOR_MAX)
        *separator = separator_of(*place, size);
    *place = stop;
    return true;
}

/* ---- tiles ---- */

enum lane { FLOATS, DOUBLES, INTEGERS };

/* The lane is a constant where this is called: one loop for each. */
static inline size_t tile(const struct mm_run *run, const uint8_t **place, enum mm_dtype dtype,
                          enum lane lane, void *values, size_t n)
{
    const struct mm_dtype_info *info = mm_dtype_info(dtype);
    const uint8_t *end = run->data + run->size, *p = *place, *next;
    struct separator separator = {.size = 0};
    float *floats = values;
    double *doubles = values, value;
    size_t i;

    if (run->gap > 0 && run->gap <= SEPARATOR_MAX && run->size >= SEPARATOR_MAX)
        separator = separator_of(run->data, run->gap);
    for (i = 0; i < n; i++) {
        next = NULL;
        if (end - p >= QUICK_BYTES + SEPARATOR_MAX && separator.size > 0 && stands_at(&separator, p)) {
            next = p + separator.size;
            next = lane == FLOATS    ? quick_float(next, &floats[i])
                   : lane == DOUBLES ? quick_double(next, &doubles[i])
                                     : quick_integer(next, info, &doubles[i]);
        }
        if (next) {
            p = next;
            continue;
        }
        if (!slow_value(run, &p, dtype, &value, &separator))
            break;
        if (lane == FLOATS)
            floats[i] = (float)value;
        else
            doubles[i] = value;
    }
    *place = p;
    return i;
}

size_t mm_text_double(const struct mm_run *run, const uint8_t **place, enum mm_dtype dtype, double *out,
                      size_t n)
{
    float narrow[MM_CHUNK];
    size_t done = 0, wanted, got;

    if (mm_dtype_info(dtype)->kind != MM_KIND_FLOAT)
        return tile(run, place, dtype, INTEGERS, out, n);
    if (!mm_dtype_info(dtype)->lane_f)
        return tile(run, place, dtype, DOUBLES, out, n);
    do { /* what a float holds is rounded to a float */
        wanted = n - done < MM_CHUNK ? n - done : MM_CHUNK;
        got = tile(run, place, dtype, FLOATS, narrow, wanted);
        for (size_t i = 0; i < got; i++)
            out[done + i] = (double)narrow[i];
        done += got;
    } while (done < n && got == wanted);
    return done;
}

size_t mm_text_float(const struct mm_run *run, const uint8_t **place, enum mm_dtype dtype, float *out,
                     size_t n)
{
    double wide[MM_CHUNK];
    size_t done = 0, wanted, got;

    if (mm_dtype_info(dtype)->kind == MM_KIND_FLOAT && mm_dtype_info(dtype)->lane_f)
        return tile(run, place, dtype, FLOATS, out, n);
    do {
        wanted = n - done < MM_CHUNK ? n - done : MM_CHUNK;
        got = mm_text_double(run, place, dtype, wide, wanted);
        for (size_t i = 0; i < got; i++)
            out[done + i] = (float)wide[i];
        done += got;
    } while (done < n && got == wanted);
    return done;
}

size_t mm_text_skip(const struct mm_run *run, const uint8_t **place, size_t n)
{
    const uint8_t *end = run->data + run->size, *start;
    size_t i;

    for (i = 0; i < n && (start = start_of(run, *place)); i++)
        *place = mm_past_word(start, end);
    return i;
}
