/* Decimal numbers in text as tensor values, one at a time. */
#include "tensor/decimal.h"
#include "tensor/decode.h"
#include "tensor/text_value.h"

#include <math.h>
#include <string.h>
#include <strings.h>

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* Is the word that ended before p a field's name, that is, does a colon follow? */
static const uint8_t *past_colon(const uint8_t *p, const uint8_t *end)
{
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    return p < end && *p == ':' ? p + 1 : NULL;
}

const uint8_t *mm_find_value(const uint8_t *p, const uint8_t *end)
{
    const uint8_t *colon;

    for (;;) {
        while (p < end && !mm_in_word(*p) && *p != '#')
            p++;
        if (p < end && *p == '#') { /* a comment: to the end of the line */
            p = memchr(p, '\n', (size_t)(end - p));
            if (!p)
                return end;
            continue;
        }
        if (p == end || is_digit(*p) || *p == '-' || *p == '.' || *p == '+')
            return p;
        colon = past_colon(mm_past_word(p, end), end);
        if (!colon)
            return p;
        p = colon;
    }
}

/* ---- numbers ---- */

/* A digit; `digits` counts from the first that is not 0, `more` is told when one does not fit and is not
 * 0. */
static void add_digit(struct mm_decimal *out, int *digits, uint8_t c)
{
    if (*digits == 0 && c == '0')
        return;
    if ((*digits)++ < MM_DECIMAL_DIGITS)
        out->mantissa = out->mantissa * 10 + (uint64_t)(c - '0');
    else
        out->more |= c != '0';
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

/*
 * digits [. digits] [e sign digits], with a digit before or after the point; the whole of [p, end) but an
 * 'f', which protobuf's text form allows.
 */
static bool scan_decimal(const uint8_t *p, const uint8_t *end, struct mm_decimal *out)
{
    int digits = 0, fraction = 0;
    bool any = false, point = false;

    *out = (struct mm_decimal){.digits = p};
    for (; p < end && (is_digit(*p) || (*p == '.' && !point)); p++) {
        if (*p == '.') {
            point = true;
            continue;
        }
        add_digit(out, &digits, *p);
        fraction += point;
        any = true;
    }
    out->stop = p;
    out->exponent = (digits > MM_DECIMAL_DIGITS ? digits - MM_DECIMAL_DIGITS : 0) - fraction;
    if (!any || !read_exponent(&p, end, &out->exponent))
        return false;
    if (p < end && (*p | 0x20u) == 'f')
        p++;
    return p == end;
}

static bool read_decimal(const uint8_t *p, const uint8_t *end, bool as_float, double *value)
{
    struct mm_decimal decimal;

    if (end - p > MM_DECIMAL_MAX || !scan_decimal(p, end, &decimal))
        return false;
    *value = as_float ? (double)mm_decimal_float(&decimal) : mm_decimal_double(&decimal);
    return true;
}

static bool read_name(const uint8_t *p, const uint8_t *end, double *value)
{
    static const struct {
        const char *word;
        double value;
    } words[] = {{"inf", INFINITY}, {"infinity", INFINITY}, {"nan", NAN}};

    for (size_t i = 0; i < MM_COUNT(words); i++)
        if (strlen(words[i].word) == (size_t)(end - p) &&
            strncasecmp((const char *)p, words[i].word, (size_t)(end - p)) == 0) {
            *value = words[i].value;
            return true;
        }
    return false;
}

/* Can the format hold the value? Floats take anything; what is beyond their range became Inf. */
static bool fits(double value, const struct mm_dtype_info *info)
{
    return info->kind == MM_KIND_FLOAT ||
           (value >= info->lowest && value <= info->highest && value == trunc(value));
}

bool mm_read_word(const uint8_t *p, const uint8_t *end, enum mm_dtype dtype, double *value)
{
    const struct mm_dtype_info *info = mm_dtype_info(dtype);
    bool negative = p < end && *p == '-';

    if (p < end && (*p == '-' || *p == '+'))
        p++;
    /* a float is rounded from the digits, not from the double nearest to them; integers are not rounded */
    if (!read_decimal(p, end, info->kind == MM_KIND_FLOAT && info->lane_f, value) &&
        !read_name(p, end, value))
        return false;
    *value = negative ? -*value : *value;
    return fits(*value, info);
}

bool mm_text_next(const uint8_t **place, const uint8_t *end, enum mm_dtype dtype, double *value)
{
    const uint8_t *start = mm_find_value(*place, end);

    *place = mm_past_word(start, end);
    return mm_read_word(start, *place, dtype, value);
}
