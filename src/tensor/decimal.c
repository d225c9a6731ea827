/* Decimal numbers to the nearest float or double: the cases that one multiplication does not decide. */
#include "tensor/decimal.h"

#include <math.h>
#include <string.h>

/* ---- integers of any length, as long as the longest decimal number needs ---- */

/*
 * Bits: the digits times a power of two, or a power of ten times a significand. Numbers with 1,200 digits
 * that lie in a double's range have exponents of ten down to -1,560 (5,183 bits), and 2^1076 times 1,200
 * digits are 5,063; a significand adds 54.
 */
#define LIMBS 96

struct big {
    int used; /* limbs */
    uint64_t limb[LIMBS];
};

/* x = x times factor + more */
static void big_multiply(struct big *x, uint64_t factor, uint64_t more)
{
    for (int i = 0; i < x->used; i++) {
        unsigned __int128 product = (unsigned __int128)x->limb[i] * factor + more;

        x->limb[i] = (uint64_t)product;
        more = (uint64_t)(product >> 64);
    }
    if (more != 0 && x->used < LIMBS)
        x->limb[x->used++] = more;
}

static void big_power10(struct big *x, int power)
{
    for (; power >= 19; power -= 19)
        big_multiply(x, 10000000000000000000u, 0);
    for (; power > 0; power--)
        big_multiply(x, 10, 0);
}

static void big_power2(struct big *x, int power)
{
    for (; power >= 32; power -= 32)
        big_multiply(x, (uint64_t)1 << 32, 0);
    big_multiply(x, (uint64_t)1 << power, 0);
}

static int big_compare(const struct big *a, const struct big *b)
{
    if (a->used != b->used)
        return a->used < b->used ? -1 : 1;
    for (int i = a->used - 1; i >= 0; i--)
        if (a->limb[i] != b->limb[i])
            return a->limb[i] < b->limb[i] ? -1 : 1;
    return 0;
}

/* The digits as they were written; returns how many the mantissa has not, each of which shifts the
 * exponent. */
static int big_digits(struct big *x, const uint8_t *p, const uint8_t *stop)
{
    int count = 0;

    for (; p < stop; p++)
        if (*p != '.' && (*p != '0' || count > 0)) {
            big_multiply(x, 10, (uint64_t)(*p - '0'));
            count++;
        }
    return count - MM_DECIMAL_DIGITS;
}

/* Is the number less than (-1), equal to (0) or greater than kept 2^exponent? */
static int compare(const struct mm_decimal *decimal, uint64_t kept, int exponent)
{
    struct big a = {0}, b = {0};
    int tens = decimal->exponent;

    if (decimal->more)
        tens -= big_digits(&a, decimal->digits, decimal->stop);
    else
        big_multiply(&a, 0, decimal->mantissa);
    big_multiply(&b, 0, kept);
    big_power10(tens > 0 ? &a : &b, tens > 0 ? tens : -tens);
    big_power2(exponent > 0 ? &b : &a, exponent > 0 ? exponent : -exponent);
    return big_compare(&a, &b);
}

/* ---- rounding ---- */

/* What is between 2^least and 2^(least + span) is normal; `bits` of significand, the first one included. */
struct form {
    int bits, least, span;
};

/* The number is (kept + something) 2^exponent, something < 1 and not 0 if `sticky`; kept ends with one bit
 * more than fits. e2 is the exponent of the first bit. */
static uint64_t finish(const struct form *form, uint64_t kept, bool sticky, int e2)
{
    uint64_t infinite = (uint64_t)(form->span + 1) << (form->bits - 1);
    uint64_t half = kept & 1, whole = kept >> 1, out;

    whole += half & (sticky | (whole & 1));
    out = e2 < form->least ? whole : ((uint64_t)(e2 - form->least) << (form->bits - 1)) + whole;
    return out < infinite ? out : infinite;
}

/* The 192 bits of product without the last 64: *high and the result. True: see below. */
static uint64_t product(uint64_t mantissa, int exponent, uint64_t *low)
{
    unsigned __int128 upper = (unsigned __int128)mantissa * mm_power10_high[exponent - MM_POWER10_LEAST];
    unsigned __int128 lower = (unsigned __int128)mantissa * mm_power10_low[exponent - MM_POWER10_LEAST];

    upper += (uint64_t)(lower >> 64);
    *low = (uint64_t)upper;
    return (uint64_t)(upper >> 64);
}

/*
 * As mm_decimal_quick, but for any exponent, below the normal numbers too, where fewer bits are kept. The
 * true value is at least (high, low) and less than that + 2 in the last place of low. If digits follow the
 * mantissa's, it is less than high + 18: the mantissa is at least 10^18, so it was shifted up by 4 bits at
 * most.
 */
static uint64_t nearest(const struct mm_decimal *decimal, const struct form *form)
{
    int zeros = __builtin_clzll(decimal->mantissa), order;
    uint64_t low, high = product(decimal->mantissa << zeros, decimal->exponent, &low);
    int top = 62 + (int)(high >> 63);
    int exponent = mm_power10_log2(decimal->exponent) + 1 - zeros; /* of high's last bit */
    int e2 = exponent + top;
    int cut = top - form->bits + (e2 < form->least ? form->least - e2 : 0);
    uint64_t kept, rest, full;
    bool near_next, at_kept;

    if (cut > 64) /* less than half of the least number, by a factor of two */
        return 0;
    kept = cut < 64 ? high >> cut : 0;
    full = cut < 64 ? ((uint64_t)1 << cut) - 1 : UINT64_MAX;
    rest = high & full;
    near_next = decimal->more ? rest > full - 18 : rest == full && low >= UINT64_MAX - 1;
    at_kept = rest == 0 && (decimal->more || low == 0);
    if (near_next || (at_kept && (kept & 1))) {
        kept += near_next;
        order = compare(decimal, kept, exponent + cut);
        if (order < 0)
            return finish(form, kept - 1, true, e2);
        /* what carried over into one more bit is a power of two: the exponent in the bits grows by itself */
        return finish(form, kept, order > 0, e2);
    }
    return finish(form, kept, true, e2);
}

static bool out_of_table(const struct mm_decimal *decimal)
{
    return decimal->mantissa == 0 || decimal->exponent < MM_POWER10_LEAST ||
           decimal->exponent > MM_DECIMAL_EXPONENT_MOST;
}

/* Zero or infinite. */
static double beyond(const struct mm_decimal *decimal)
{
    return decimal->mantissa == 0 || decimal->exponent < 0 ? 0.0 : (double)INFINITY;
}

/* A mantissa up to 2^53 and a power of ten up to 10^22 are exact doubles: one operation, rounded once. */
static bool small(const struct mm_decimal *decimal, double *out)
{
    static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    double mantissa = (double)decimal->mantissa;
    int exponent = decimal->exponent;

    if (decimal->more || exponent < -22 || exponent > 22 || decimal->mantissa > 1ull << 53)
        return false;
    *out = exponent < 0 ? mantissa / power[-exponent] : mantissa * power[exponent];
    return true;
}

float mm_decimal_float(const struct mm_decimal *decimal)
{
    static const struct form form = {24, -126, 254};
    uint64_t bits;
    uint32_t word;
    double wide;
    float out;

    if (out_of_table(decimal))
        return (float)beyond(decimal);
    /* The double decides unless it lies half way between two floats, to where it may have been rounded. All
     * of these doubles are normal floats in size. */
    if (small(decimal, &wide)) {
        memcpy(&bits, &wide, sizeof(bits));
        if ((bits & 0x1fffffff) != 0x10000000)
            return (float)wide;
    }
    word = (uint32_t)nearest(decimal, &form);
    memcpy(&out, &word, sizeof(out));
    return out;
}

double mm_decimal_double(const struct mm_decimal *decimal)
{
    static const struct form form = {53, -1022, 2046};
    uint64_t bits;
    double out;

    if (out_of_table(decimal))
        return beyond(decimal);
    if (small(decimal, &out))
        return out;
    bits = nearest(decimal, &form);
    memcpy(&out, &bits, sizeof(out));
    return out;
}
