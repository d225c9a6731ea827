/* little: numbers as zip and its kin store them, least byte first, at any address. */
#ifndef FORMAT_LITTLE_H
#define FORMAT_LITTLE_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t little_get(const uint8_t *p, size_t bytes)
{
    uint64_t value = 0;
    for (size_t i = bytes; i-- > 0;)
        value = value << 8 | p[i];
    return value;
}

static inline uint16_t little_u16(const uint8_t *p)
{
    return (uint16_t)little_get(p, 2);
}

static inline uint32_t little_u32(const uint8_t *p)
{
    return (uint32_t)little_get(p, 4);
}

static inline uint64_t little_u64(const uint8_t *p)
{
    return little_get(p, 8);
}

static inline void little_put(uint8_t *p, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++, value >>= 8)
        p[i] = (uint8_t)value;
}

#endif
