/*
 * What is under each field number of a message whose numbers nobody told: whatever every reading of it would find.
 * Nothing here knows of fields; src/dump/schema_infer.c does.
 */
#ifndef MMTUI_DUMP_WIRE_SEEN_H
#define MMTUI_DUMP_WIRE_SEEN_H

#include "mmtui/tensor.h"

#define WIRE_NUMBERS 64   /* different ones, of all messages together */
#define WIRE_LOOKED  4096 /* values of a list are looked at; all of them are counted */

/* The field numbers of several messages; a place here is a bit of a mask and a place in struct wire_seen. */
struct wire_numbers {
    uint32_t number[WIRE_NUMBERS];
    size_t count;
};

/* Values, if these bytes are floats, or doubles: of those that were looked at. */
struct wire_floats {
    uint32_t nonzero;
    uint32_t likely; /* of the nonzero ones: of a size that values have; integers read as floats do not */
    uint32_t wider;  /* float: FLOAT16 does not have it */
    uint32_t half;   /* float: FLOAT16 has it, with its last two bits: not just a small whole number */
};

/* All fields of one number in one message. A count is -1 where the bytes can't be such values. */
struct wire_number_seen {
    bool there;                        /* a field that is not just an empty list */
    bool scalar;                       /* it is one varint, `value` */
    uint64_t value;                    /* of the last varint */
    int64_t varints;                   /* as a list of varints, packed or not, */
    int64_t product;                   /* ... and their product, where they can be dimensions */
    int64_t count_float, count_double; /* as a list of these */
    struct wire_floats floats, doubles;
    uint64_t text; /* as one printable text that is not empty: its hash; 0: it is none */
    uint32_t fields;
    int rank;
};

struct wire_seen {
    struct wire_number_seen number[WIRE_NUMBERS];
};

/*
 * Walk over a message, add what numbers are new. False: the bytes are no message, are none at all, or there are more than
 * WIRE_NUMBERS numbers; `numbers` is as it was then.
 */
bool wire_see(struct wire_seen *seen, struct wire_numbers *numbers, const uint8_t *bytes, size_t size);

#endif
