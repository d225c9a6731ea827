/* Walking over protobuf's wire format. Every size is checked against the end before it is used. */
#include "base/wire.h"

#include <string.h>

bool mm_wire_varint(const uint8_t **at, const uint8_t *end, uint64_t *value)
{
    const uint8_t *p = *at;
    uint64_t result = 0;
    for (unsigned i = 0; i < MM_WIRE_VARINT_MAX && p < end; i++) {
        uint8_t byte = *p++;
        result |= (uint64_t)(byte & 0x7f)
                  << (7 * i); /* the tenth byte's upper bits fall off, as in protobuf */
        if (!(byte & 0x80)) {
            *at = p;
            *value = result;
            return true;
        }
    }
    return false;
}

size_t mm_wire_put(uint8_t out[MM_WIRE_VARINT_MAX], uint64_t value)
{
    size_t n = 0;
    while (value > 0x7f) {
        out[n++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    out[n++] = (uint8_t)value;
    return n;
}

static uint64_t load_little_endian(const uint8_t *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* The top bits of 64 bytes, the first byte's lowest. */
static uint64_t top_bits_of(const uint8_t *p)
{
    uint64_t mask = 0;
    for (unsigned i = 0; i < 8; i++) {
        uint64_t tops = load_little_endian(p + 8 * i) >> 7 & 0x0101010101010101u;
        /* the factor brings the bit of byte k to bit 56 + k; no two products meet in one bit */
        mask |= (tops * 0x0102040810204080u >> 56) << (8 * i);
    }
    return mask;
}

/* Ten bits in a row that are set, in 64 and the nine before them: two in a row, then four, eight, ten. */
static bool ten_in_a_row(uint64_t before, uint64_t mask)
{
    unsigned __int128 bits = (unsigned __int128)mask << 9 | before >> 55;
    unsigned __int128 two = bits & bits >> 1;
    unsigned __int128 four = two & two >> 2;
    unsigned __int128 eight = four & four >> 4;
    return (eight & two >> 8) != 0;
}

/*
 * A byte without the top bit ends a varint, so the number of such bytes is the number of varints; ten bytes
 * with it in a row are one that is too long.
 */
int64_t mm_wire_count(const uint8_t *data, size_t size)
{
    int64_t count = 0;
    uint64_t before = 0;
    size_t i = 0;
    for (; i + 64 <= size; i += 64) {
        uint64_t mask = top_bits_of(data + i);
        if (mask != 0 && ten_in_a_row(before, mask))
            return -1;
        count += 64 - __builtin_popcountll(mask);
        before = mask;
    }
    unsigned open = ~before ? (unsigned)__builtin_clzll(~before) : 0; /* bytes of a varint that goes on */
    for (; i < size; i++) {
        open = data[i] & 0x80 ? open + 1 : 0;
        count += open == 0;
        if (open >= MM_WIRE_VARINT_MAX)
            return -1;
    }
    return open == 0 ? count : -1;
}

static int broken(const struct mm_wire *wire, const uint8_t *where, struct mm_err *err, const char *what)
{
    return mm_fail(err, MM_ECORRUPT, "%s: byte %zu of %zu: %s", wire->file, (size_t)(where - wire->begin),
                   (size_t)(wire->end - wire->begin), what);
}

/* Bytes of the value behind the tag; moves wire->at to the value. */
static int measure(struct mm_wire *wire, unsigned type, size_t *size, struct mm_err *err)
{
    size_t left = (size_t)(wire->end - wire->at);
    const uint8_t *p = wire->at;
    uint64_t value;
    switch (type) {
    case MM_WIRE_FIXED32:
    case MM_WIRE_FIXED64:
        *size = type == MM_WIRE_FIXED32 ? 4 : 8;
        return *size <= left ? 0 : broken(wire, p, err, "the file ends inside a number");
    case MM_WIRE_VARINT:
        if (!mm_wire_varint(&p, wire->end, &value))
            return broken(wire, p, err, "not a varint (cut off, or longer than 10 bytes)");
        *size = (size_t)(p - wire->at);
        return 0;
    case MM_WIRE_BYTES:
        if (!mm_wire_varint(&p, wire->end, &value))
            return broken(wire, p, err, "not a length (cut off, or longer than 10 bytes)");
        if (value > (uint64_t)(wire->end - p))
            return mm_fail(err, MM_ECORRUPT,
                           "%s: byte %zu of %zu: a length of %llu runs past the end of the file", wire->file,
                           (size_t)(wire->at - wire->begin), (size_t)(wire->end - wire->begin),
                           (unsigned long long)value);
        *size = (size_t)value;
        wire->at = p;
        return 0;
    default: return broken(wire, p, err, "wire type 3, 4, 6 or 7: not a message of this kind");
    }
}

int mm_wire_next(struct mm_wire *wire, struct mm_wire_field *field, struct mm_err *err)
{
    if (wire->at >= wire->end)
        return 0;
    uint64_t tag;
    field->start = wire->at;
    if (!mm_wire_varint(&wire->at, wire->end, &tag))
        return broken(wire, field->start, err, "not a field's tag (cut off, or longer than 10 bytes)");
    if (tag > UINT32_MAX || tag >> 3 == 0)
        return broken(wire, field->start, err, "not a field's tag (no such field number)");
    field->tag = (uint32_t)(wire->at - field->start);
    field->number = (uint32_t)(tag >> 3);
    field->type = (enum mm_wire_type)(tag & 7);
    if (measure(wire, tag & 7, &field->size, err) < 0)
        return -1;
    field->data = wire->at;
    wire->at += field->size;
    return 1;
}
