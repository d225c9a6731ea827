/* Protobuf varints as tensor values: one at a time, and tiles of them. */
#include "tensor/decode.h"

#include <string.h>

#define VARINT_BYTES 10 /* 64 bits, 7 a byte; what the tenth has beyond them is dropped, as protobuf does */
#define TOP_BITS     0x8080808080808080u

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

/* The low seven bits of each byte, moved together: pairs, then fours, then all eight. */
static inline uint64_t join_sevens(uint64_t word)
{
    word &= 0x7f7f7f7f7f7f7f7fu;
    word = (word & 0x007f007f007f007fu) | (word & 0x7f007f007f007f00u) >> 1;
    word = (word & 0x00003fff00003fffu) | (word & 0x3fff00003fff0000u) >> 2;
    return (word & 0x000000000fffffffu) | (word & 0x0fffffff00000000u) >> 4;
}

/* As read_varint, where VARINT_BYTES can be read from p on. NULL when it is too long. */
static inline const uint8_t *quick_varint(const uint8_t *p, uint64_t *value)
{
    uint64_t word = mm_load_word(p), ends = ~word & TOP_BITS;

    if (ends) { /* up to its last byte: ends ^ (ends - 1) covers all bits up to the first end's */
        *value = join_sevens(word & (ends ^ (ends - 1)));
        return p + (__builtin_ctzll(ends) >> 3) + 1;
    }
    *value = join_sevens(word) | (uint64_t)(p[8] & 0x7fu) << 56;
    if (p[8] < 0x80u)
        return p + 9;
    *value |= (uint64_t)p[9] << 63;
    return p[9] < 0x80u ? p + 10 : NULL;
}

/* ---- numbers ---- */

/*
 * Up to 32 bits the field is an int32 or uint32: the low 32 bits count, so that -1 is right whether it was
 * written in ten bytes or in five. Two's complement conversion is what every compiler that we know does.
 */
static inline double as_number(uint64_t bits, enum mm_kind kind, bool wide)
{
    if (kind == MM_KIND_BOOL)
        return bits != 0 ? 1.0 : 0.0;
    if (kind == MM_KIND_UINT)
        return wide ? (double)bits : (double)(uint32_t)bits;
    return wide ? (double)(int64_t)bits : (double)(int32_t)(uint32_t)bits;
}

bool mm_varint_next(const uint8_t **place, const uint8_t *end, enum mm_dtype dtype, double *value)
{
    const struct mm_dtype_info *info = mm_dtype_info(dtype);
    uint64_t bits;

    if (!read_varint(place, end, &bits))
        return false;
    *value = as_number(bits, info->kind, info->bits == 64);
    return *value >= info->lowest && *value <= info->highest;
}

/* ---- tiles ---- */

/* Bits of eight one-byte values that make them more than the format can hold, or longer than a byte. */
static uint64_t too_much(const struct mm_dtype_info *info)
{
    uint64_t highest = info->highest < 127.0 ? (uint64_t)info->highest : 127; /* 2^k - 1 */

    return (~highest & 0xff) * 0x0101010101010101u;
}

/* Put a value at place i. Lane is a constant where this is called. */
static inline void put(void *out, bool floats, size_t i, double value)
{
    if (floats)
        ((float *)out)[i] = (float)value;
    else
        ((double *)out)[i] = value;
}

/* Vectors of eight (GCC's and clang's extension); widened in steps that the least machines have too. */
typedef uint8_t bytes8 __attribute__((vector_size(8)));
typedef uint16_t shorts8 __attribute__((vector_size(16)));
typedef int32_t ints8 __attribute__((vector_size(32)));
typedef float floats8 __attribute__((vector_size(32)));
typedef double doubles8 __attribute__((vector_size(64)));

static inline void put_eight(void *out, bool floats, size_t i, const uint8_t *p)
{
    bytes8 bytes;
    ints8 wide;

    memcpy(&bytes, p, sizeof(bytes));
    wide = __builtin_convertvector(__builtin_convertvector(bytes, shorts8), ints8);
    if (floats) {
        floats8 values = __builtin_convertvector(wide, floats8);

        memcpy((float *)out + i, &values, sizeof(values));
    } else {
        doubles8 values = __builtin_convertvector(wide, doubles8);

        memcpy((double *)out + i, &values, sizeof(values));
    }
}

/* Values of one byte with one byte before each: eight in sixteen bytes. */
static inline void put_odd(void *out, bool floats, size_t i, const uint8_t *p)
{
    shorts8 pairs;
    bytes8 bytes;
    uint8_t value[8];

    memcpy(&pairs, p, sizeof(pairs));
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    pairs >>= 8;
#endif
    bytes = __builtin_convertvector(pairs & 0xff, bytes8);
    memcpy(value, &bytes, sizeof(value));
    put_eight(out, floats, i, value);
}

struct tile {
    const struct mm_run *run;
    const uint8_t *p, *end;
    const struct mm_dtype_info *info;
    void *out;
    size_t n, done;
};

/* One-byte values from the place on, as long as there are eight together. */
static inline void take_bytes(struct tile *tile, bool floats)
{
    const uint64_t even = 0xff00ff00ff00ff00u, mask = too_much(tile->info);
    const uint8_t *p = tile->p;
    size_t i = tile->done;

    if (tile->run->gap == 0) {
        for (; tile->n - i >= 8 && tile->end - p >= 8 && (mm_load_word(p) & mask) == 0; p += 8, i += 8)
            put_eight(tile->out, floats, i, p);
    } else if (tile->run->gap == 1) {
        for (; tile->n - i >= 8 && tile->end - p >= 16 &&
               ((mm_load_word(p) | mm_load_word(p + 8)) & mask & even) == 0;
             p += 16, i += 8)
            put_odd(tile->out, floats, i, p);
    }
    tile->p = p;
    tile->done = i;
}

/* The next value, whatever its length. False when it is bad. */
static inline bool take_one(struct tile *tile, bool floats)
{
    const struct mm_dtype_info *info = tile->info;
    const uint8_t *p = tile->p;
    uint64_t bits = 0;
    double value;

    if ((size_t)(tile->end - p) < tile->run->gap)
        return false;
    p += tile->run->gap;
    if (tile->end - p >= VARINT_BYTES)
        p = quick_varint(p, &bits);
    else if (!read_varint(&p, tile->end, &bits))
        return false;
    value = as_number(bits, info->kind, info->bits == 64);
    if (!p || value < info->lowest || value > info->highest)
        return false;
    put(tile->out, floats, tile->done++, value);
    tile->p = p;
    return true;
}

/*
 * After a stretch that is not all one byte long, a few values are taken one by one before the short way is
 * tried again, so that mixed lengths do not pay for both.
 */
static inline size_t take(struct tile *tile, bool floats)
{
    while (tile->done < tile->n) {
        size_t stop;

        take_bytes(tile, floats);
        stop = tile->n - tile->done > 8 ? tile->done + 8 : tile->n;
        while (tile->done < stop)
            if (!take_one(tile, floats))
                return tile->done;
    }
    return tile->done;
}

static struct tile tile_of(const struct mm_run *run, const uint8_t *place, enum mm_dtype dtype, void *out,
                           size_t n)
{
    return (struct tile){.run = run,
                         .p = place,
                         .end = run->data + run->size,
                         .info = mm_dtype_info(dtype),
                         .out = out,
                         .n = n};
}

size_t mm_varint_float(const struct mm_run *run, const uint8_t **place, enum mm_dtype dtype, float *out,
                       size_t n)
{
    struct tile tile = tile_of(run, *place, dtype, out, n);

    take(&tile, true);
    *place = tile.p;
    return tile.done;
}

size_t mm_varint_double(const struct mm_run *run, const uint8_t **place, enum mm_dtype dtype, double *out,
                        size_t n)
{
    struct tile tile = tile_of(run, *place, dtype, out, n);

    take(&tile, false);
    *place = tile.p;
    return tile.done;
}

size_t mm_varint_skip(const struct mm_run *run, const uint8_t **place, size_t n)
{
    const uint8_t *p = *place, *end = run->data + run->size;
    uint64_t value;
    size_t i;

    for (i = 0; i < n && (size_t)(end - p) >= run->gap; i++) {
        /* eight that are one byte long each */
        for (; run->gap == 0 && n - i > 8 && end - p >= 8 && (mm_load_word(p) & TOP_BITS) == 0; i += 8)
            *place = p += 8;
        p += run->gap;
        if (!read_varint(&p, end, &value))
            break;
        *place = p;
    }
    return i;
}
