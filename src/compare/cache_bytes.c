/* Numbers and texts of a cache file: little-endian on every machine, never read beyond the end. */
#include "compare/cache.h"

#include <string.h>

/* Eight bytes at once: most of a file is numbers of eight bytes. */

static uint64_t little_endian(uint64_t value)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(value);
#else
    return value;
#endif
}

static uint64_t load_u64(const uint8_t *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return little_endian(value);
}

static uint64_t load(const uint8_t *at, size_t bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++)
        value |= (uint64_t)at[i] << (8 * i);
    return value;
}

static void put(struct mm_buf *out, uint64_t value, size_t bytes)
{
    uint8_t little[8];
    for (size_t i = 0; i < bytes; i++)
        little[i] = (uint8_t)(value >> (8 * i));
    mm_buf_add(out, little, bytes);
}

static const uint8_t *take(struct cache_reader *in, size_t bytes)
{
    if (in->bad || (size_t)(in->end - in->at) < bytes) {
        in->bad = true;
        return NULL;
    }
    in->at += bytes;
    return in->at - bytes;
}

static uint64_t get(struct cache_reader *in, size_t bytes)
{
    const uint8_t *at = take(in, bytes);
    return at ? load(at, bytes) : 0;
}

/* Every step is one-to-one in the eight bytes and in what came before, so no single change is lost. */
static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ (hash >> 32);
}

uint64_t cache_hash(uint64_t seed, const void *data, size_t length)
{
    const uint8_t *at = data;
    uint64_t hash = mix(seed, length);
    for (; length >= 8; at += 8, length -= 8)
        hash = mix(hash, load_u64(at));
    return mix(hash, load(at, length));
}

void cache_put_u8(struct mm_buf *out, unsigned value)
{
    put(out, value, 1);
}

void cache_put_u32(struct mm_buf *out, uint32_t value)
{
    put(out, value, 4);
}

void cache_put_u64(struct mm_buf *out, uint64_t value)
{
    cache_put_u64s(out, &value, 1);
}

void cache_put_u64s(struct mm_buf *out, const uint64_t *values, size_t count)
{
    uint8_t *place = mm_buf_reserve(out, count * sizeof *values);
    for (size_t i = 0; place && i < count; i++) {
        uint64_t little = little_endian(values[i]);
        memcpy(place + i * sizeof little, &little, sizeof little);
    }
    if (!place)
        return;
    out->length += count * sizeof *values;
    out->data[out->length] = '\0';
}

void cache_put_double(struct mm_buf *out, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    cache_put_u64(out, bits);
}

void cache_put_text(struct mm_buf *out, const char *text, size_t length)
{
    put(out, length, 4);
    mm_buf_add(out, text, length);
}

unsigned cache_get_u8(struct cache_reader *in)
{
    return (unsigned)get(in, 1);
}

uint32_t cache_get_u32(struct cache_reader *in)
{
    return (uint32_t)get(in, 4);
}

uint64_t cache_get_u64(struct cache_reader *in)
{
    const uint8_t *at = take(in, 8);
    return at ? load_u64(at) : 0;
}

double cache_get_double(struct cache_reader *in)
{
    uint64_t bits = cache_get_u64(in);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

struct cache_text cache_get_text(struct cache_reader *in)
{
    size_t length = cache_get_u32(in);
    const uint8_t *at = take(in, length);
    return at ? (struct cache_text){(const char *)at, length} : (struct cache_text){"", 0};
}
