/*
 * After Raffaello Giulietti, "The Schubfach way to render doubles" (2020).
 *
 * value = c 2^q. What reads back as it lies between the middles to its neighbours, (c - 1/2) 2^q (or, where
 * the lower neighbour is half as far, (c - 1/4) 2^q) and (c + 1/2) 2^q; the middles themselves do when c is
 * even. Let 10^k be the greatest power of ten that is not above the width of that: at least one multiple of
 * 10^k is inside, and at most one of 10^(k + 1). So no other lengths need to be tried: the one of 10^(k + 1)
 * if it is inside, else of the two multiples of 10^k around the value the one inside, or the closer one.
 *
 * All is compared in quarters of 10^k, rounded to odd: whole, with the last bit set when anything was cut
 * off, so that what is not equal never looks equal. The power of ten is taken with 128 bits, rounded up; the
 * paper proves that this is enough for every double.
 */
#include "base/shortest.h"
#include "mmtui/base.h"

#include <stdbool.h>
#include <string.h>

__extension__ typedef unsigned __int128 u128;

#define HIDDEN     (UINT64_C(1) << 52)
#define EXACT_MOST 55 /* 5^55 < 2^128: the table has all of the powers from 10^0 to here */

struct decimal {
    uint64_t digits;
    int exponent;
};

/* factor 10^k / 2^(lg - 127) / 2^128, lg = floor(log2(10^k)), rounded to odd. */
static uint64_t times_power(uint64_t factor, int k)
{
    u128 power = (u128)mm_power10_high[k - MM_POWER10_LEAST] << 64 | mm_power10_low[k - MM_POWER10_LEAST];
    u128 high, low;

    power += k < 0 || k > EXACT_MOST;
    low = (u128)factor * (uint64_t)power;
    high = (u128)factor * (uint64_t)(power >> 64) + (uint64_t)(low >> 64);
    return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

/* The value and its middles in quarters of 10^k; a multiple of 10^k that reads back lies in [lower,
 * upper]. */
struct quarters {
    uint64_t lower, value, upper;
};

static struct quarters quarters(uint64_t c, int q, bool near_lower, int k)
{
    int shift = q + mm_power10_log2(-k) + 1; /* 1 to 4 */
    uint64_t open = c & 1;

    return (struct quarters){
        .lower = times_power((4 * c - 2 + near_lower) << shift, -k) + open,
        .value = times_power((4 * c) << shift, -k),
        .upper = times_power((4 * c + 2) << shift, -k) - open,
    };
}

static struct decimal between(const struct quarters *of, int k)
{
    uint64_t below = of->value / 4, tens = below / 10, middle = 4 * below + 2;
    bool low, high;

    if (below >= 10) {
        low = of->lower <= 40 * tens;
        high = 40 * tens + 40 <= of->upper;
        if (low != high)
            return (struct decimal){tens + high, k + 1};
    }
    low = of->lower <= 4 * below;
    high = 4 * below + 4 <= of->upper;
    if (low == high) /* both are inside */
        high = of->value > middle || (of->value == middle && (below & 1));
    return (struct decimal){below + high, k};
}

static struct decimal find(double value)
{
    uint64_t bits, c;
    int q, k;
    bool near_lower;

    memcpy(&bits, &value, sizeof(bits));
    c = bits & (HIDDEN - 1);
    q = (int)(bits >> 52);
    near_lower = c == 0 && q > 1;
    c += q ? HIDDEN : 0;
    q = (q ? q : 1) - 1075;
    if (q <= 0 && q > -53 && (c & ((UINT64_C(1) << -q) - 1)) == 0) /* a whole number: all of its digits */
        return (struct decimal){c >> -q, 0};
    /* floor(log10(2^q)), or of 3/4 of that: the width */
    k = (q * 1262611 - (near_lower ? 524031 : 0)) >> 22;
    struct quarters of = quarters(c, q, near_lower, k);
    return between(&of, k);
}

/* ---- text ---- */

static struct decimal without_zeros(struct decimal x)
{
    while (x.digits % 10000 == 0) {
        x.digits /= 10000;
        x.exponent += 4;
    }
    while (x.digits % 10 == 0) {
        x.digits /= 10;
        x.exponent++;
    }
    return x;
}

/* The last 2 * pairs digits of number, so that they end before `end`. Returns where they begin. */
static char *put_pairs(char *end, uint32_t number, int pairs)
{
    static const char two[] =
        "0001020304050607080910111213141516171819202122232425262728293031323334353637383940"
        "4142434445464748495051525354555657585960616263646566676869707172737475767778798081"
        "828384858687888990919293949596979899";

    for (; pairs > 0; pairs--, number /= 100)
        memcpy(end -= 2, two + number % 100 * 2, 2);
    return end;
}

int mm_shortest(double value, char digits[20], int *point)
{
    struct decimal x = without_zeros(find(value));
    char text[20] = "", *end = text + sizeof(text), *to = end;
    uint64_t above = x.digits / 100000000;
    int n;

    to = put_pairs(to, (uint32_t)(x.digits % 100000000), 4);
    to = put_pairs(to, (uint32_t)(above % 100000000), 4);
    *--to = (char)('0' + above / 100000000); /* 17 digits at most */
    while (*to == '0')
        to++;
    n = (int)(end - to);
    memcpy(digits, to, (size_t)n);
    digits[n] = '\0';
    *point = n + x.exponent;
    return n;
}
