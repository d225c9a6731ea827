/*
 * value = m 2^e is multiplied by the power of ten that gives it 17 digits before the point, V = value 10^k,
 * in fixed point with about 60 bits behind it. A decimal c reads back as value if it is closer to V than half
 * a unit in m's last place, D. So: the multiple of 100 that is nearest to V if it is within D (15 digits or
 * fewer), else that of 10 (16), else the nearest integer (17), which always is, as D > 1/2.
 *
 * Powers of ten have 128 bits: each is a product of at most nine from the table, each factor and each product
 * cut off below: wrong by less than 2^6 of 2^128. V has 117 bits, so it is wrong by less than 3 units;
 * whatever lies within MARGIN units of being decided the other way is left to the caller.
 */
#include "base/shortest.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

__extension__ typedef unsigned __int128 u128;

#define MARGIN 1024

/* 10^(2^i) and 10^-(2^i) = (high 2^64 + low) 2^exponent, cut off below; the highest bit is set. */
struct power {
    uint64_t high, low;
    int exponent;
};

static const struct power powers[2][9] = {
    {
        {UINT64_C(0xa000000000000000), UINT64_C(0x0000000000000000), -124},
        {UINT64_C(0xc800000000000000), UINT64_C(0x0000000000000000), -121},
        {UINT64_C(0x9c40000000000000), UINT64_C(0x0000000000000000), -114},
        {UINT64_C(0xbebc200000000000), UINT64_C(0x0000000000000000), -101},
        {UINT64_C(0x8e1bc9bf04000000), UINT64_C(0x0000000000000000), -74},
        {UINT64_C(0x9dc5ada82b70b59d), UINT64_C(0xf020000000000000), -21},
        {UINT64_C(0xc2781f49ffcfa6d5), UINT64_C(0x3cbf6b71c76b25fb), 85},
        {UINT64_C(0x93ba47c980e98cdf), UINT64_C(0xc66f336c36b10137), 298},
        {UINT64_C(0xaa7eebfb9df9de8d), UINT64_C(0xddbb901b98feeab7), 723},
    },
    {
        {UINT64_C(0xcccccccccccccccc), UINT64_C(0xcccccccccccccccc), -131},
        {UINT64_C(0xa3d70a3d70a3d70a), UINT64_C(0x3d70a3d70a3d70a3), -134},
        {UINT64_C(0xd1b71758e219652b), UINT64_C(0xd3c36113404ea4a8), -141},
        {UINT64_C(0xabcc77118461cefc), UINT64_C(0xfdc20d2b36ba7c3d), -154},
        {UINT64_C(0xe69594bec44de15b), UINT64_C(0x4c2ebe687989a9b3), -181},
        {UINT64_C(0xcfb11ead453994ba), UINT64_C(0x67de18eda5814af2), -234},
        {UINT64_C(0xa87fea27a539e9a5), UINT64_C(0x3f2398d747b36224), -340},
        {UINT64_C(0xddd0467c64bce4a0), UINT64_C(0xac7cb3f6d05ddbde), -553},
        {UINT64_C(0xc0314325637a1939), UINT64_C(0xfa911155fefb5308), -978},
    },
};

/* The upper 128 bits of a product, less at most 2. */
static struct power multiply(const struct power *a, const struct power *b)
{
    u128 product = (u128)a->high * b->high;
    struct power out = {.exponent = a->exponent + b->exponent + 128};

    product += (u128)a->high * b->low >> 64;
    product += (u128)a->low * b->high >> 64;
    if (!(product >> 127)) {
        product <<= 1;
        out.exponent--;
    }
    out.high = (uint64_t)(product >> 64);
    out.low = (uint64_t)product;
    return out;
}

static struct power ten_to(int k)
{
    const struct power *table = powers[k < 0];
    struct power out = {(uint64_t)1 << 63, 0, -127};

    for (int i = 0, n = k < 0 ? -k : k; n; i++, n >>= 1)
        if (n & 1)
            out = multiply(&out, &table[i]);
    return out;
}

/* V and D in units of 2^-places. */
struct scaled {
    u128 value;
    uint64_t half;
    int places;
};

static struct scaled scale(uint64_t m, int e, int k)
{
    struct power ten = ten_to(k);

    return (struct scaled){.value = (u128)m * ten.high + ((u128)m * ten.low >> 64),
                           .half = ten.high >> 1,
                           .places = -(e + ten.exponent + 64)};
}

enum verdict { BEYOND, WITHIN, UNDECIDED };

/* The multiple of `step` nearest to V, and whether it is within D. */
static enum verdict nearest(const struct scaled *v, uint64_t step, uint64_t *out)
{
    uint64_t whole = (uint64_t)(v->value >> v->places), below = whole - whole % step;
    u128 unit = (u128)step << v->places, over = v->value - ((u128)below << v->places);
    u128 twice = 2 * over, distance = twice > unit ? unit - over : over;

    *out = twice > unit ? below + step : below;
    if (distance > (u128)v->half + MARGIN)
        return BEYOND;
    if (distance + MARGIN > v->half || (twice + MARGIN > unit && twice < unit + MARGIN))
        return UNDECIDED;
    return WITHIN;
}

static int write_digits(uint64_t decimal, char digits[20])
{
    char text[20];
    int n = 0, length;

    while (decimal % 10 == 0)
        decimal /= 10;
    for (; decimal; decimal /= 10)
        text[n++] = (char)('0' + decimal % 10);
    length = n;
    for (int i = 0; i < length; i++)
        digits[i] = text[--n];
    digits[length] = '\0';
    return length;
}

int mm_shortest_fast(double value, char digits[20], int *point)
{
    static const uint64_t low = 10000000000000000u; /* 10^16 */
    uint64_t bits, m, decimal = 0;
    struct scaled v;
    int e, k;

    memcpy(&bits, &value, sizeof(bits));
    m = (bits & 0xfffffffffffffu) | (uint64_t)1 << 52;
    e = (int)(bits >> 52) - 1075;
    if (!(value >= DBL_MIN) || !(value <= DBL_MAX) || m == (uint64_t)1 << 52)
        return 0;
    k = 16 - (int)floor((e + 52) * 0.30102999566398120); /* right, or one too large */
    v = scale(m, e, k);
    if (v.value >> v.places >= 10 * low)
        v = scale(m, e, --k);
    if (v.value >> v.places < low || v.value >> v.places >= 10 * low)
        return 0;
    for (uint64_t step = 100; step; step /= 10) {
        enum verdict verdict = nearest(&v, step, &decimal);

        if (verdict == UNDECIDED)
            return 0;
        if (verdict == WITHIN)
            break;
    }
    *point = 17 - k + (decimal >= 10 * low); /* rounding up may have made one more digit */
    return write_digits(decimal, digits);
}
