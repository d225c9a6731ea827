/* float8: the values of all codes, which a code indexes. */
#ifndef MMTUI_TENSOR_FLOAT8_H
#define MMTUI_TENSOR_FLOAT8_H

#include <stdint.h>
#include <string.h>

extern const float mm_e4m3_values[256];
extern const float mm_e5m2_values[256];

/* mm_bf16_to_float where a loop can have it inline. */
static inline float mm_bf16_inline(uint16_t x)
{
    uint32_t bits = (uint32_t)x << 16;
    float value;

    memcpy(&value, &bits, sizeof(value));
    return value;
}

#endif
