/*
 * decimal: the float or double nearest to mantissa 10^exponent (ties to even), as strtof and strtod give it
 * in the C locale; what the program's locale is does not matter.
 *
 * How it is done (after Eisel and Lemire). The mantissa is shifted up until its top bit is set and multiplied
 * with the first 64 bits of the power of ten, of which the upper half U is kept. Both factors were cut off
 * downwards, by less than one unit each, so the true value lies in [U, U + 2) in units of U's last bit. U has
 * 63 or 64 bits; the significand and one bit for rounding are the first 25 (float) or 54 (double) of them.
 * When the rest of U is neither so great that 2 more would carry into these, nor zero (where it could be
 * exactly half way), then all of [U, U + 2) rounds alike: done, and that was one multiplication. If not, the
 * same is tried with 128 bits, and what is still open is settled with integers of any length. Nothing rests
 * on luck: whatever path is taken has proved its result.
 *
 * A float is rounded from the decimal number itself: rounding to double and then to float can be off by one.
 */
#ifndef MMTUI_TENSOR_DECIMAL_H
#define MMTUI_TENSOR_DECIMAL_H

#include "mmtui/base.h"

#define MM_DECIMAL_EXPONENT_MOST 308  /* 10^309 is beyond the greatest double */
#define MM_DECIMAL_DIGITS        19   /* as many always fit a mantissa */
#define MM_DECIMAL_MAX           1200 /* most digits, and so the size of the integers that settle a case */

/* A decimal number without its sign. */
struct mm_decimal {
    uint64_t mantissa;            /* the first 19 digits from the first that is not 0 */
    int exponent;                 /* of the mantissa; |exponent| < 10^6 */
    bool more;                    /* digits follow that the mantissa has not */
    const uint8_t *digits, *stop; /* only when more: all digits as they were written, perhaps with a point */
};

float mm_decimal_float(const struct mm_decimal *decimal);
double mm_decimal_double(const struct mm_decimal *decimal);

/*
 * The quick way, one multiplication: the bits of the nearest number with `bits` bits of significand, where
 * what lies from 2^least to below 2^(least + span) is normal. False when that does not decide it, or the
 * number is not normal. mantissa > 0, all digits; 10^exponent is in the table.
 */
static inline bool mm_decimal_quick(uint64_t mantissa, int exponent, int bits, int least, int span,
                                    uint64_t *out)
{
    int zeros = __builtin_clzll(mantissa);
    uint64_t power = mm_power10_high[exponent - MM_POWER10_LEAST];
    uint64_t u = (uint64_t)((unsigned __int128)(mantissa << zeros) * power >> 64);
    int top = 62 + (int)(u >> 63); /* number of u's first bit */
    int cut = top - bits;
    int above = mm_power10_log2(exponent) + 1 - zeros + top - least;
    uint64_t kept = u >> cut, rest = u & (((uint64_t)1 << cut) - 1);

    *out = ((uint64_t)above << (bits - 1)) + ((kept + 1) >> 1);
    return rest + 2 <= (uint64_t)1 << cut && (rest != 0 || (kept & 1) == 0) &&
           (unsigned)above < (unsigned)span;
}

/* False: ask mm_decimal_float. */
static inline bool mm_decimal_quick_float(uint64_t mantissa, int exponent, float *out)
{
    uint64_t bits;
    uint32_t word;

    if (exponent < -65 || exponent > 38 || !mm_decimal_quick(mantissa, exponent, 24, -126, 254, &bits))
        return false;
    word = (uint32_t)bits;
    __builtin_memcpy(out, &word, sizeof(word));
    return true;
}

/* False: ask mm_decimal_double. */
static inline bool mm_decimal_quick_double(uint64_t mantissa, int exponent, double *out)
{
    uint64_t bits;

    if (exponent < MM_POWER10_LEAST || exponent > MM_DECIMAL_EXPONENT_MOST ||
        !mm_decimal_quick(mantissa, exponent, 53, -1022, 2046, &bits))
        return false;
    __builtin_memcpy(out, &bits, sizeof(bits));
    return true;
}

#endif
