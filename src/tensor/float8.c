/* float8 (OCP 8-bit floating point): E4M3, which has no Inf and one NaN of each sign, and E5M2, which is like
 * IEEE. */
#include "tensor/float8.h"

#include <math.h>

#include "mmtui/tensor.h"

/*
 * A code is sign, exponent, mantissa, from the top. Exponent 0: value = mantissa * unit; else value =
 * (mantissa + 2^bits) * 2^(exponent - 1) * unit, where unit is the least subnormal. E4M3: 3 bits, unit 2^-9,
 * NaN at 0x7f and 0xff. E5M2: 2 bits, unit 2^-16, exponent 31 is Inf (mantissa 0) or NaN.
 */
#define WHOLE(rest, bits)                                                                                    \
    ((rest) >> (bits) == 0 ? (int64_t)(rest)                                                                 \
                           : ((int64_t)((rest) & ((1 << (bits)) - 1)) + (1 << (bits)))                       \
                                 << (((rest) >> (bits)) - ((rest) >> (bits) != 0)))
#define SIGN(x) ((x)&0x80 ? -1.0f : 1.0f)
#define E4M3(x) ((((x)&0x7f) == 0x7f ? NAN : (float)WHOLE((x)&0x7f, 3) * 0x1p-9f) * SIGN(x))
#define E5M2(x)                                                                                              \
    ((((x)&0x7f) == 0x7c  ? INFINITY                                                                         \
      : ((x)&0x7f) > 0x7c ? NAN                                                                              \
                          : (float)WHOLE((x)&0x7f, 2) * 0x1p-16f) *                                          \
     SIGN(x))

/* All codes in order. */
#define FOUR(f, x)    f(x), f((x) + 1), f((x) + 2), f((x) + 3)
#define SIXTEEN(f, x) FOUR(f, x), FOUR(f, (x) + 4), FOUR(f, (x) + 8), FOUR(f, (x) + 12)
#define MANY(f, x)    SIXTEEN(f, x), SIXTEEN(f, (x) + 16), SIXTEEN(f, (x) + 32), SIXTEEN(f, (x) + 48)
#define ALL(f)        MANY(f, 0), MANY(f, 64), MANY(f, 128), MANY(f, 192)

const float mm_e4m3_values[256] = {ALL(E4M3)};
const float mm_e5m2_values[256] = {ALL(E5M2)};

float mm_e4m3_to_float(uint8_t code)
{
    return mm_e4m3_values[code];
}

float mm_e5m2_to_float(uint8_t code)
{
    return mm_e5m2_values[code];
}

/*
 * |value| as a multiple of its last place, rounded to even; least is the exponent of the smallest normal
 * number. A number of places that reaches the next power of two carries into the exponent, as it should.
 */
static int code_of(float value, int bits, int least, int greatest, int overflow)
{
    double size = fabs((double)value);
    int exponent, code;

    if (isnan(value) || isinf(value))
        return overflow;
    exponent = size > 0.0 ? ilogb(size) : least;
    exponent = exponent < least ? least : exponent;
    code = (int)nearbyint(ldexp(size, bits - exponent)) + ((exponent - least) << bits);
    return code > greatest ? overflow : code;
}

static uint8_t with_sign(int code, float value)
{
    return (uint8_t)(code | (signbit(value) ? 0x80 : 0));
}

uint8_t mm_float_to_e4m3(float value)
{
    return with_sign(code_of(value, 3, -6, 0x7e, 0x7f), value);
}

uint8_t mm_float_to_e5m2(float value)
{
    return with_sign(isnan(value) ? 0x7e : code_of(value, 2, -14, 0x7b, 0x7c), value);
}
