/* Protobuf varints as tensor values. */
#include "tensor/decode.h"

#define VARINT_BYTES 10 /* 64 bits, 7 a byte; what the tenth has beyond them is dropped, as protobuf does */

static bool read_varint(const uint8_t **place, const uint8_t *end, uint64_t *value)
{
    const uint8_t *p = *place;
    uint64_t sum = 0;

    for (int i = 0; i < VARINT_BYTES && p < end; i++) {
        uint8_t byte = *p++;

        sum |= (uint64_t)(byte & 0x7fu) << (7 * i);
        if (byte < 0x80u) {
            *place = p;
            *value = sum;
            return true;
        }
    }
    return false;
}

bool mm_varint_skip(const uint8_t **place, const uint8_t *end)
{
    uint64_t value;

    return read_varint(place, end, &value);
}

/*
 * Up to 32 bits the field is an int32 or uint32: the low 32 bits count, so that -1 is right whether it was
 * written in ten bytes or in five. Two's complement conversion is what every compiler that we know does.
 */
static double as_number(uint64_t bits, const struct mm_dtype_info *info)
{
    if (info->kind == MM_KIND_BOOL)
        return bits != 0 ? 1.0 : 0.0;
    if (info->kind == MM_KIND_UINT)
        return info->bits == 64 ? (double)bits : (double)(uint32_t)bits;
    return info->bits == 64 ? (double)(int64_t)bits : (double)(int32_t)(uint32_t)bits;
}

bool mm_varint_next(const uint8_t **place, const uint8_t *end, enum mm_dtype dtype, double *value)
{
    const struct mm_dtype_info *info = mm_dtype_info(dtype);
    uint64_t bits;

    if (!read_varint(place, end, &bits))
        return false;
    *value = as_number(bits, info);
    return *value >= info->lowest && *value <= info->highest;
}
