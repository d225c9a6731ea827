/*
 * A walk over the wire format of protobuf, in place: it finds the fields of a message in a mapped file and
 * copies nothing. Messages that are small are left to protobuf-c; this is for finding a payload that is
 * large.
 */
#ifndef MMTUI_BASE_WIRE_H
#define MMTUI_BASE_WIRE_H

#include "mmtui/base.h"

enum mm_wire_type { MM_WIRE_VARINT = 0, MM_WIRE_FIXED64 = 1, MM_WIRE_BYTES = 2, MM_WIRE_FIXED32 = 5 };

#define MM_WIRE_VARINT_MAX 10 /* bytes of the longest varint */

struct mm_wire {
    const char *file; /* for error texts */
    const uint8_t *begin, *at, *end;
};

struct mm_wire_field {
    const uint8_t *start; /* of the tag */
    uint32_t tag;         /* bytes of the tag */
    uint32_t number;
    enum mm_wire_type type;
    const uint8_t *data; /* the value: the varint's bytes, the fixed bytes, what a length announces */
    size_t size;
};

/* The next field: 1, or 0 at the end, or -1 (MM_ECORRUPT with the place). */
int mm_wire_next(struct mm_wire *wire, struct mm_wire_field *field, struct mm_err *err);

/* Read a varint and move *at behind it. False, *at unchanged, when it is cut off or longer than 10 bytes. */
bool mm_wire_varint(const uint8_t **at, const uint8_t *end, uint64_t *value);

/* Number of varints that fill the bytes exactly, or -1 when they don't (cut off, one of more than 10
 * bytes). */
int64_t mm_wire_count(const uint8_t *data, size_t size);

/* Encode; returns the number of bytes. */
size_t mm_wire_put(uint8_t out[MM_WIRE_VARINT_MAX], uint64_t value);

#endif
