/* IEEE binary16 and bfloat16: widening is exact, narrowing rounds to nearest, ties to even. */
#include "mmtui/tensor.h"

#include <string.h>

static float float_of(uint32_t bits)
{
    float value;

    memcpy(&value, &bits, sizeof(value));
    return value;
}

static uint32_t bits_of(float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

/*
 * Exponent and mantissa are moved to a float's places, which scales the value by 2^(15-127); the product puts
 * that right and normalises subnormal halves on the way. Exact: a float has more of both. Inf and NaN need
 * their exponent set to all ones.
 */
float mm_half_to_float(uint16_t half)
{
    uint32_t sign = (uint32_t)(half & 0x8000u) << 16;
    uint32_t rest = (uint32_t)(half & 0x7fffu) << 13;
    uint32_t bits = bits_of(float_of(rest) * 0x1p112f);

    if ((half & 0x7c00u) == 0x7c00u)
        bits = rest | 0x7f800000u;
    return float_of(bits | sign);
}

/* |value| < 2^-14: the result is a multiple of 2^-24. Adding 0.5 (one unit of whose last place is 2^-24)
 * makes the float adder do the rounding. */
static uint16_t subnormal_half(uint32_t magnitude)
{
    return (uint16_t)(bits_of(float_of(magnitude) + 0.5f) - bits_of(0.5f));
}

uint16_t mm_float_to_half(float value)
{
    uint32_t bits = bits_of(value);
    uint32_t sign = (bits >> 16) & 0x8000u;
    uint32_t magnitude = bits & 0x7fffffffu;

    if (magnitude > 0x7f800000u) /* NaN: keep the top of the payload, set the quiet bit */
        return (uint16_t)(sign | 0x7e00u | ((magnitude >> 13) & 0x3ffu));
    if (magnitude >= 0x477ff000u) /* 65520: half a step above 65504, and a tie goes to the even side, Inf */
        return (uint16_t)(sign | 0x7c00u);
    if (magnitude < 0x38800000u)
        return (uint16_t)(sign | subnormal_half(magnitude));
    magnitude += 0xfffu + ((magnitude >> 13) & 1u); /* a carry into the exponent is right */
    return (uint16_t)(sign | ((magnitude - 0x38000000u) >> 13));
}

float mm_bf16_to_float(uint16_t bits)
{
    return float_of((uint32_t)bits << 16);
}

uint16_t mm_float_to_bf16(float value)
{
    uint32_t bits = bits_of(value);

    if ((bits & 0x7fffffffu) > 0x7f800000u)
        return (uint16_t)((bits >> 16) | 0x40u);
    return (uint16_t)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}
