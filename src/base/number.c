#include "base/shortest.h"
#include "mmtui/base.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The word for a non-finite value, or NULL. */
static const char *special(double value, const char *nan, const char *inf, const char *minus_inf)
{
    if (isnan(value))
        return nan;
    if (isinf(value))
        return value > 0 ? inf : minus_inf;
    return NULL;
}

/* "1.2e-05" -> "1.2e-5", "1e+05" -> "1e5" */
static void tidy_exponent(char *text)
{
    char *e = strchr(text, 'e');
    if (!e)
        return;
    char *from = e + 1, *to = e + 1;
    if (*from == '-')
        to++;
    from++;
    while (*from == '0' && from[1])
        from++;
    memmove(to, from, strlen(from) + 1);
}

const char *mm_num_sci(char out[MM_NUM], double value)
{
    const char *word = special(value, "NaN", "Inf", "-Inf");
    if (word || value == 0) {
        snprintf(out, MM_NUM, "%s", word ? word : "0");
        return out;
    }
    double size = fabs(value);
    if (size >= 0.9995 && size < 999.5) { /* plain figures need no exponent */
        snprintf(out, MM_NUM, "%.*f", size < 9.995 ? 2 : size < 99.95 ? 1 : 0, value);
        return out;
    }
    /* a long exponent leaves room for fewer digits in 8 columns */
    for (int digits = 2; digits >= 0; digits--) {
        snprintf(out, MM_NUM, "%.*e", digits, value);
        tidy_exponent(out);
        if (strlen(out) <= 8)
            break;
    }
    return out;
}

/* 0.HEAD * 10^point, HEAD of so many digits, without zeros at its end. False where rounding made HEAD longer. */
static bool put_plain(char out[MM_NUM], bool minus, uint64_t head, int digits, int point)
{
    char text[MM_NUM], *to = out;
    for (; digits > 0 && head % 10 == 0; digits--)
        head /= 10;
    for (int i = digits - 1; i >= 0; i--, head /= 10)
        text[i] = (char)('0' + head % 10);
    if (head > 0)
        return false;
    if (minus)
        *to++ = '-';
    if (point <= 0)
        *to++ = '0';
    for (int i = 0; i < point; i++)
        *to++ = i < digits ? text[i] : '0';
    if (digits > point)
        *to++ = '.';
    for (int i = point; i < 0; i++)
        *to++ = '0';
    for (int i = point > 0 ? point : 0; i < digits; i++)
        *to++ = text[i];
    *to = '\0';
    return true;
}

/* How far the shortest decimal may be off, in its last digit: it lies within half a step of the double. */
#define SHORTEST_OFF 10
#define SHORT_DIGITS 6 /* that are rounded without printf */

/*
 * %.*g of a value that is written without an exponent, from the digits of its shortest decimal. False where
 * these are so near to the middle between two results that only all digits tell, or another form is needed.
 */
static bool add_rounded(char out[MM_NUM], double value, int digits)
{
    char all[20];
    int point, count = mm_shortest(fabs(value), all, &point);
    int more = count - digits;
    if (point < -3 || point > digits || (more > 0 && more < 3))
        return false;
    uint64_t head = 0, tail = 0, unit = 1;
    for (int i = 0; i < count; i++) {
        uint64_t *part = i < digits ? &head : &tail;
        *part = *part * 10 + (uint64_t)(all[i] - '0');
        unit *= i < digits ? 1 : 10;
    }
    if (more > 0 && tail + SHORTEST_OFF >= unit / 2 && tail <= unit / 2 + SHORTEST_OFF)
        return false;
    head += more > 0 && tail > unit / 2;
    return put_plain(out, value<0, head, more> 0 ? digits : count, point);
}

const char *mm_num_short(char out[MM_NUM], double value, int digits)
{
    const char *word = special(value, "NaN", "Inf", "-Inf");
    if (word)
        snprintf(out, MM_NUM, "%s", word);
    else if (value == rint(value) && fabs(value) < 1e7)
        snprintf(out, MM_NUM, "%.0f", value == 0 ? 0.0 : value);
    else if (digits < 1 || digits > SHORT_DIGITS || !add_rounded(out, value, digits))
        snprintf(out, MM_NUM, "%.*g", digits < 1 ? 1 : digits > 17 ? 17 : digits, value);
    tidy_exponent(out);
    return out;
}

const char *mm_num_cos(char out[MM_NUM], double value, double one_minus)
{
    if (isnan(value)) {
        snprintf(out, MM_NUM, "NaN");
        return out;
    }
    if (one_minus < 5e-8) {
        snprintf(out, MM_NUM, one_minus > 0 ? "1-%.0e" : "1", one_minus);
        tidy_exponent(out);
        return out;
    }
    /* digits: four, or enough to show the first that is not a nine */
    int digits = 4;
    while (digits < 7 && one_minus < 0.5 * pow(10, -digits + 1))
        digits++;
    /* never round up to 1: the difference is what matters */
    double scale = pow(10, digits);
    double shown =
        value > 0 ? floor(value * scale + 1e-6) / scale : value; /* 1e-6: .5803 * 1e4 is 5802.99.. */
    char text[MM_NUM];
    snprintf(text, sizeof text, "%.*f", digits, shown);
    const char *dot = strchr(text, '.');
    snprintf(out, MM_NUM, "%s%s", text[0] == '-' ? "-" : "",
             fabs(shown) < 1 && dot ? dot : text + (text[0] == '-'));
    return out;
}

const char *mm_num_count(char out[MM_NUM], int64_t value)
{
    static const char units[] = "kMGTPE";
    if (value > -10000 && value < 10000) {
        snprintf(out, MM_NUM, "%lld", (long long)value);
        return out;
    }
    double scaled = (double)value;
    int unit = -1;
    while (fabs(scaled) >= 999.5) {
        scaled /= 1000;
        unit++;
    }
    const char *format = fabs(scaled) < 9.995 ? "%.2f%c" : fabs(scaled) < 99.95 ? "%.1f%c" : "%.0f%c";
    snprintf(out, MM_NUM, format, scaled, units[unit]);
    return out;
}

/* 0.00123, 123.4, 1200.0; -3 <= point <= 16. Returns the end. */
static char *plain_form(char *to, const char *digits, int n, int point)
{
    if (point <= 0) {
        memcpy(to, "0.0000", 6);
        memcpy(to + 2 - point, digits, (size_t)n);
        return to + 2 - point + n;
    }
    if (n <= point) {
        memcpy(to, digits, (size_t)n);
        memset(to + n, '0', (size_t)(point - n));
        memcpy(to + point, ".0", 2);
        return to + point + 2;
    }
    memcpy(to, digits, (size_t)point);
    to[point] = '.';
    memcpy(to + point + 1, digits + point, (size_t)(n - point));
    return to + n + 1;
}

/* 1e-05, 1.25e+100: two digits of exponent at least. Returns the end. */
static char *exponent_form(char *to, const char *digits, int n, int exponent)
{
    unsigned size = (unsigned)(exponent < 0 ? -exponent : exponent);

    *to++ = digits[0];
    if (n > 1) {
        *to++ = '.';
        memcpy(to, digits + 1, (size_t)n - 1);
        to += n - 1;
    }
    *to++ = 'e';
    *to++ = exponent < 0 ? '-' : '+';
    if (size >= 100)
        *to++ = (char)('0' + size / 100);
    *to++ = (char)('0' + size / 10 % 10);
    *to++ = (char)('0' + size % 10);
    return to;
}

size_t mm_num_repr_size(char out[MM_NUM], double value)
{
    const char *word = special(value, "nan", "inf", "-inf");
    char digits[20], *to = out;
    int n, point;

    if (word || value == 0) {
        word = word ? word : signbit(value) ? "-0.0" : "0.0";
        memcpy(out, word, strlen(word) + 1);
        return strlen(word);
    }
    n = mm_shortest(fabs(value), digits, &point);
    if (value < 0)
        *to++ = '-';
    /* Python's rule: exponent form when the decimal exponent is below -4 or at least 16 */
    to =
        point < -3 || point > 16 ? exponent_form(to, digits, n, point - 1) : plain_form(to, digits, n, point);
    *to = '\0';
    return (size_t)(to - out);
}

const char *mm_num_repr(char out[MM_NUM], double value)
{
    mm_num_repr_size(out, value);
    return out;
}

bool mm_parse_double(const char *text, double *out)
{
    /* strtod would pass over leading blanks and take 0x10 and nan(7) */
    if (!*text || strchr(" \t\n\v\f\r", *text) || strpbrk(text, "xX("))
        return false;
    char *end;
    double value = strtod(text, &end);
    if (*end)
        return false;
    *out = value;
    return true;
}

bool mm_parse_i64(const char *text, int64_t *out)
{
    const char *digits = text + (*text == '-' || *text == '+');
    if (!*digits || digits[strspn(digits, "0123456789")])
        return false;
    errno = 0;
    long long value = strtoll(text, NULL, 10);
    if (errno)
        return false;
    *out = value;
    return true;
}
