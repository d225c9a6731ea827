/*
 * Floats of 8 bits and less: OCP's E4M3 and E5M2, their FNUZ kin (no Inf, no negative zero, one NaN), the 6- and 4-bit
 * elements of OCP's MX blocks and the powers of two that scale them (E8M0).
 */
#include "tensor/float8.h"

#include <math.h>

#include "mmtui/tensor.h"

/*
 * A code is sign, exponent, mantissa, from the top. Exponent 0: value = mantissa * unit; else value =
 * (mantissa + 2^bits) * 2^(exponent - 1) * unit, where unit is the least subnormal. E4M3: 3 bits, unit 2^-9,
 * NaN at 0x7f and 0xff. E5M2: 2 bits, unit 2^-16, exponent 31 is Inf (mantissa 0) or NaN. FNUZ: NaN at 0x80, where
 * others have a negative zero. E8M0: code - 127 is the exponent, 0xff is NaN.
 */
#define WHOLE(rest, bits)                                                                                    \
    ((rest) >> (bits) == 0 ? (int64_t)(rest)                                                                 \
                           : ((int64_t)((rest) & ((1 << (bits)) - 1)) + (1 << (bits)))                       \
                                 << (((rest) >> (bits)) - ((rest) >> (bits) != 0)))
#define SIGN(x)           ((x)&0x80 ? -1.0f : 1.0f)
#define PLAIN(x, b, u)    ((float)WHOLE((x)&0x7f, b) * (u)*SIGN(x))
#define FNUZ(x, b, u)     ((x) == 0x80 ? NAN : PLAIN(x, b, u))
#define LOW(x, sign)      ((x) & ((sign)-1))
#define SHORT(x, s, b, u) ((float)WHOLE(LOW(x, s), b) * (u) * ((x) & (s) ? -1.0f : 1.0f))

#define E4M3(x) (((x)&0x7f) == 0x7f ? NAN * SIGN(x) : PLAIN(x, 3, 0x1p-9f))
#define E5M2(x)                                                                                              \
    (((x)&0x7f) == 0x7c ? INFINITY * SIGN(x) : ((x)&0x7f) > 0x7c ? NAN * SIGN(x) : PLAIN(x, 2, 0x1p-16f))
#define E4M3FNUZ(x) FNUZ(x, 3, 0x1p-10f)
#define E5M2FNUZ(x) FNUZ(x, 2, 0x1p-17f)
#define E4M3B11(x)  FNUZ(x, 3, 0x1p-13f)
#define E8M0(x)                                                                                              \
    ((x) == 0xff                                                                                             \
         ? NAN                                                                                               \
         : (float)((x) < 127 ? 1.0 / POWER((x) < 127 ? 127 - (x) : 0) : POWER((x) < 127 ? 0 : (x)-127)))
#define E2M3(x) SHORT(x, 0x20, 3, 0x1p-3f)
#define E3M2(x) SHORT(x, 0x20, 2, 0x1p-4f)
#define E2M1(x) SHORT(x, 0x08, 1, 0x1p-1f)

/* 2^n, n from 0 to 128. */
#define POWER(n)                                                                                             \
    ((double)(1ull << ((n) / 3)) * (double)(1ull << (((n) + 1) / 3)) * (double)(1ull << (((n) + 2) / 3)))

/* All codes in order. */
#define FOUR(f, x)    f(x), f((x) + 1), f((x) + 2), f((x) + 3)
#define SIXTEEN(f, x) FOUR(f, x), FOUR(f, (x) + 4), FOUR(f, (x) + 8), FOUR(f, (x) + 12)
#define MANY(f, x)    SIXTEEN(f, x), SIXTEEN(f, (x) + 16), SIXTEEN(f, (x) + 32), SIXTEEN(f, (x) + 48)
#define ALL(f)        MANY(f, 0), MANY(f, 64), MANY(f, 128), MANY(f, 192)

const float mm_e4m3_values[256] = {ALL(E4M3)};
const float mm_e5m2_values[256] = {ALL(E5M2)};
const float mm_e4m3fnuz_values[256] = {ALL(E4M3FNUZ)};
const float mm_e5m2fnuz_values[256] = {ALL(E5M2FNUZ)};
const float mm_e4m3b11_values[256] = {ALL(E4M3B11)};
const float mm_e8m0_values[256] = {ALL(E8M0)};
const float mm_e2m3_values[256] = {ALL(E2M3)};
const float mm_e3m2_values[256] = {ALL(E3M2)};
const float mm_e2m1_values[256] = {ALL(E2M1)};

float mm_e4m3_to_float(uint8_t code)
{
    return mm_e4m3_values[code];
}

float mm_e5m2_to_float(uint8_t code)
{
    return mm_e5m2_values[code];
}

float mm_small_to_float(enum mm_dtype dtype, uint8_t code)
{
    static const float *const values[MM_DTYPE_COUNT] = {
        [MM_F8E4M3] = mm_e4m3_values,         [MM_F8E5M2] = mm_e5m2_values,
        [MM_F8E4M3FNUZ] = mm_e4m3fnuz_values, [MM_F8E5M2FNUZ] = mm_e5m2fnuz_values,
        [MM_F8E4M3B11] = mm_e4m3b11_values,   [MM_F8E8M0] = mm_e8m0_values,
        [MM_F6E2M3] = mm_e2m3_values,         [MM_F6E3M2] = mm_e3m2_values,
        [MM_F4E2M1] = mm_e2m1_values,
    };
    const struct mm_dtype_info *info = mm_dtype_info(dtype);

    if ((unsigned)dtype < MM_DTYPE_COUNT && values[dtype])
        return values[dtype][code];
    if (info->kind == MM_KIND_BOOL)
        return code != 0;
    if (info->bits > 8 || info->kind == MM_KIND_NONE)
        return NAN;
    return info->kind == MM_KIND_INT ? (float)mm_low_bits(code, info->bits)
                                     : (float)(code & ((1u << info->bits) - 1));
}

/* ---- narrowing ---------------------------------------------------------------------------------------- */

/*
 * What a format is made of: bits of mantissa, exponent of its least normal number, code of its greatest number, of
 * what is beyond, of NaN, and the bit of the sign.
 */
struct small {
    int bits, least, greatest, beyond, nan, sign;
    bool unsigned_zero; /* there is no negative zero, and one NaN */
};

static const struct small smalls[MM_DTYPE_COUNT] = {
    [MM_F8E4M3] = {3, -6, 0x7e, 0x7f, 0x7f, 0x80, false},
    [MM_F8E5M2] = {2, -14, 0x7b, 0x7c, 0x7e, 0x80, false},
    [MM_F8E4M3FNUZ] = {3, -7, 0x7f, 0x80, 0x80, 0x80, true},
    [MM_F8E5M2FNUZ] = {2, -15, 0x7f, 0x80, 0x80, 0x80, true},
    [MM_F8E4M3B11] = {3, -10, 0x7f, 0x80, 0x80, 0x80, true},
    [MM_F6E2M3] = {3, 0, 0x1f, 0x1f, 0, 0x20, false},
    [MM_F6E3M2] = {2, -2, 0x1f, 0x1f, 0, 0x20, false},
    [MM_F4E2M1] = {1, 0, 0x07, 0x07, 0, 0x08, false},
};

/*
 * |value| as a multiple of its last place, rounded to even; least is the exponent of the smallest normal
 * number. A number of places that reaches the next power of two carries into the exponent, as it should.
 */
static int code_of(float value, const struct small *small)
{
    double size = fabs((double)value);
    int exponent, code;

    if (isnan(value))
        return small->nan;
    if (isinf(value))
        return small->beyond;
    exponent = size > 0.0 ? ilogb(size) : small->least;
    exponent = exponent < small->least ? small->least : exponent;
    code = (int)nearbyint(ldexp(size, small->bits - exponent)) + ((exponent - small->least) << small->bits);
    return code > small->greatest ? small->beyond : code;
}

/* The nearest power of two; half-way, at 1.5 times one, the larger. */
static uint8_t e8m0_of(float value)
{
    int exponent;
    double fraction =
        frexp((double)value, &exponent); /* value = fraction * 2^exponent, 0.5 <= fraction < 1 */

    if (isnan(value) || isinf(value) || value <= 0)
        return 0xff;
    exponent -= fraction >= 0.75 ? 0 : 1;
    if (value < 0x1p-127f)
        return 0;
    return exponent > 127 ? 0xff : (uint8_t)(exponent + 127);
}

uint8_t mm_float_to_small(enum mm_dtype dtype, float value)
{
    const struct small *small = (unsigned)dtype < MM_DTYPE_COUNT ? &smalls[dtype] : &smalls[0];
    int code;

    if (dtype == MM_F8E8M0)
        return e8m0_of(value);
    if (small->sign == 0)
        return 0;
    code = code_of(value, small);
    if (small->unsigned_zero && (code == 0 || code == small->nan))
        return (uint8_t)code;
    return (uint8_t)(code | (signbit(value) ? small->sign : 0));
}

uint8_t mm_float_to_e4m3(float value)
{
    return mm_float_to_small(MM_F8E4M3, value);
}

uint8_t mm_float_to_e5m2(float value)
{
    return mm_float_to_small(MM_F8E5M2, value);
}

/* ---- packed values ------------------------------------------------------------------------------------ */

/* Whole bytes of 8 / bits values each; the length of the inner loop is known. */
#define UNPACK(bits)                                                                                         \
    for (; done + 8 / (bits) <= count; done += 8 / (bits), bytes++)                                          \
        for (unsigned k = 0; k < 8 / (bits); k++)                                                            \
            out[done + k] = (uint8_t)(*bytes >> (k * (bits))) & ((1u << (bits)) - 1);

static uint8_t one_of(unsigned bits, const uint8_t *bytes, uint64_t place)
{
    uint64_t bit = place * bits;
    unsigned shift = (unsigned)(bit % 8);
    unsigned word = bytes[bit / 8];

    if (shift + bits > 8)
        word |= (unsigned)bytes[bit / 8 + 1] << 8;
    return (uint8_t)(word >> shift & ((1u << bits) - 1));
}

void mm_unpack_bits(unsigned bits, const uint8_t *bytes, uint64_t first, size_t count, uint8_t *out)
{
    const uint8_t *all = bytes;
    size_t done = 0;

    for (; done < count && (first + done) * bits % 8 != 0; done++)
        out[done] = one_of(bits, all, first + done);
    bytes += (first + done) * bits / 8;
    if (bits == 4)
        UNPACK(4)
    else if (bits == 2)
        UNPACK(2)
    for (; done < count; done++)
        out[done] = one_of(bits, all, first + done);
}
