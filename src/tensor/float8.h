/* float8 and less: the values of all codes, which a code indexes. */
#ifndef MMTUI_TENSOR_FLOAT8_H
#define MMTUI_TENSOR_FLOAT8_H

#include <stdint.h>
#include <string.h>

extern const float mm_e4m3_values[256];
extern const float mm_e5m2_values[256];
extern const float mm_e4m3fnuz_values[256];
extern const float mm_e5m2fnuz_values[256];
extern const float mm_e4m3b11_values[256];
extern const float mm_e8m0_values[256];
/* Bits above a format's own count for nothing, as in ml_dtypes. */
extern const float mm_e2m3_values[256];
extern const float mm_e3m2_values[256];
extern const float mm_e2m1_values[256];

/* mm_bf16_to_float where a loop can have it inline. */
static inline float mm_bf16_inline(uint16_t x)
{
    uint32_t bits = (uint32_t)x << 16;
    float value;

    memcpy(&value, &bits, sizeof(value));
    return value;
}

/* The low bits of a byte as a number with a sign. */
static inline int8_t mm_low_bits(uint8_t x, unsigned bits)
{
    uint8_t sign = (uint8_t)(1u << (bits - 1));

    return (int8_t)(((x & (2u * sign - 1u)) ^ sign) - sign);
}

#endif
