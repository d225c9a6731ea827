/* Decimal numbers in text as tensor values. */
#include "tensor/decode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Longest number that is read: "%f" of the greatest double has 316 characters, the exact decimal expansion of
 * the least one 1,077. */
#define NUMBER_MAX 1200

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
    uint8_t lower = c | 0x20u;

    return lower >= 'a' && lower <= 'z';
}

/* '_' belongs to field names only; a number that has one is no number. */
static bool in_word(uint8_t c)
{
    return is_digit(c) || is_letter(c) || c == '.' || c == '-' || c == '+' || c == '_';
}

static const uint8_t *past_word(const uint8_t *p, const uint8_t *end)
{
    while (p < end && in_word(*p))
        p++;
    return p;
}

/* Is the word that ended before p a field's name, that is, does a colon follow? */
static const uint8_t *past_colon(const uint8_t *p, const uint8_t *end)
{
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    return p < end && *p == ':' ? p + 1 : NULL;
}

/* Where the next value starts, or end. */
static const uint8_t *find_value(const uint8_t *p, const uint8_t *end)
{
    const uint8_t *colon;

    for (;;) {
        while (p < end && !in_word(*p) && *p != '#')
            p++;
        if (p < end && *p == '#') { /* a comment: to the end of the line */
            p = memchr(p, '\n', (size_t)(end - p));
            if (!p)
                return end;
            continue;
        }
        if (p == end || is_digit(*p) || *p == '-' || *p == '.' || *p == '+')
            return p;
        colon = past_colon(past_word(p, end), end);
        if (!colon)
            return p;
        p = colon;
    }
}

/* The parts of a decimal number: value = mantissa 10^exponent, if exact. */
struct decimal {
    bool negative;
    bool exact; /* the mantissa has all digits and both fit */
    uint64_t mantissa;
    int exponent;
    const uint8_t *stop; /* behind the last character of the number */
};

static bool add_digit(struct decimal *out, uint8_t c)
{
    if (out->mantissa > (UINT64_MAX - 9) / 10)
        out->exact = false;
    else
        out->mantissa = out->mantissa * 10 + (c - '0');
    return true;
}

/* "e-12" at p, if there is one; false when it is broken off. */
static bool read_exponent(const uint8_t **place, const uint8_t *end, int *exponent)
{
    const uint8_t *p = *place;
    int value = 0;
    bool negative;

    if (p == end || (*p | 0x20u) != 'e')
        return true;
    p++;
    negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    if (p == end || !is_digit(*p))
        return false;
    for (; p < end && is_digit(*p); p++)
        value = value < 100000 ? value * 10 + (*p - '0') : value;
    *exponent += negative ? -value : value;
    *place = p;
    return true;
}

/* sign digits [. digits] [e sign digits], with a digit before or after the point; the whole of [p, end) but
 * an 'f'. */
static bool scan_decimal(const uint8_t *p, const uint8_t *end, struct decimal *out)
{
    bool digits = false;

    *out = (struct decimal){.exact = true};
    out->negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    for (; p < end && is_digit(*p); p++)
        digits = add_digit(out, *p);
    if (p < end && *p == '.')
        for (p++; p < end && is_digit(*p); p++) {
            digits = add_digit(out, *p);
            out->exponent--;
        }
    if (!digits || !read_exponent(&p, end, &out->exponent))
        return false;
    out->stop = p;
    if (p < end && (*p | 0x20u) == 'f') /* protobuf's text form allows 1.5f */
        p++;
    return p == end;
}

/* A mantissa below 2^53 and a power of ten up to 10^22 are exact doubles: one operation, rounded once. */
static bool small_decimal(const struct decimal *d, double *value)
{
    static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    double mantissa = (double)d->mantissa;

    if (!d->exact || d->exponent < -22 || d->exponent > 22 || (d->exponent != 0 && d->mantissa > 1ull << 53))
        return false;
    mantissa = d->exponent < 0 ? mantissa / power[-d->exponent] : mantissa * power[d->exponent];
    *value = d->negative ? -mantissa : mantissa;
    return true;
}

/* Everything else by the C library, which rounds correctly; it wants a terminated copy. */
static bool large_decimal(const uint8_t *p, const uint8_t *end, double *value)
{
    char copy[NUMBER_MAX + 1];
    size_t length = (size_t)(end - p);

    if (length > NUMBER_MAX)
        return false;
    memcpy(copy, p, length);
    copy[length] = '\0';
    *value = strtod(copy, NULL);
    return true;
}

static bool read_word(const uint8_t *p, const uint8_t *end, double *value)
{
    static const struct {
        const char *word;
        double value;
    } words[] = {{"inf", INFINITY}, {"infinity", INFINITY}, {"nan", NAN}};
    bool negative = p < end && *p == '-';

    if (p < end && (*p == '-' || *p == '+'))
        p++;
    for (size_t i = 0; i < MM_COUNT(words); i++)
        if (strlen(words[i].word) == (size_t)(end - p) &&
            strncasecmp((const char *)p, words[i].word, (size_t)(end - p)) == 0) {
            *value = negative ? -words[i].value : words[i].value;
            return true;
        }
    return false;
}

/* Can the format hold the value? Floats take anything; what is beyond a float's range became Inf. */
static bool fits(double *value, const struct mm_dtype_info *info)
{
    if (info->kind == MM_KIND_FLOAT) {
        if (info->lane_f)
            *value = (double)(float)*value;
        return true;
    }
    return *value >= info->lowest && *value <= info->highest && *value == trunc(*value);
}

bool mm_text_skip(const uint8_t **place, const uint8_t *end)
{
    const uint8_t *start = find_value(*place, end);

    *place = past_word(start, end);
    return start < end;
}

bool mm_text_next(const uint8_t **place, const uint8_t *end, enum mm_dtype dtype, double *value)
{
    const uint8_t *start = find_value(*place, end);
    const uint8_t *stop = past_word(start, end);
    struct decimal decimal;
    bool good;

    *place = stop;
    if (scan_decimal(start, stop, &decimal))
        good = small_decimal(&decimal, value) || large_decimal(start, decimal.stop, value);
    else
        good = read_word(start, stop, value);
    return good && fits(value, mm_dtype_info(dtype));
}
