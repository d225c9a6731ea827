/* What the pieces of the TensorProto reader share: what a walk over the message found. */
#ifndef FORMAT_TENSOR_PROTO_PARTS_H
#define FORMAT_TENSOR_PROTO_PARTS_H

#include "format/tensor_proto.h"

/* The lists of typed values. */
enum mm_proto_list {
    MM_PROTO_FLOAT,
    MM_PROTO_INT32,
    MM_PROTO_INT64,
    MM_PROTO_DOUBLE,
    MM_PROTO_UINT64,
    MM_PROTO_STRING,
    MM_PROTO_LISTS
};

struct mm_proto_list_info {
    const char *name;
    uint32_t number; /* of the field */
    size_t fixed;    /* bytes of a value; 0: varints */
};
extern const struct mm_proto_list_info mm_proto_lists[MM_PROTO_LISTS];

/* A data type, by ONNX's number. */
struct mm_proto_type {
    int32_t number;
    const char *name;
    enum mm_dtype dtype;     /* MM_DTYPE_NONE: mmtui has none */
    enum mm_proto_list list; /* where typed values of it stand */
    int64_t lowest, highest; /* what int32_data may hold for it: bits of floats may be signed or not */
    int per_byte;            /* values in an element of int32_data: 2 or 4 of those that are packed; 0 is 1 */
    int parts;               /* numbers of a value: 2 of complex ones; 0 is 1 */
};

struct mm_proto_external {
    struct mm_wire_field location, offset, length; /* .data NULL: not told */
};

struct mm_proto {
    struct mm_wire message;
    const char *path; /* of the file that the message stands in: external data lies beside it */
    int64_t dim[MM_RANK_MAX];
    size_t rank; /* may be more than MM_RANK_MAX: the rest is not kept */
    int64_t number;
    const struct mm_proto_type *type;
    struct mm_wire_field name, raw; /* .data NULL: none */
    struct {
        int64_t count;       /* values */
        size_t pieces;       /* fields that have any */
        const uint8_t *data; /* of the last piece */
    } list[MM_PROTO_LISTS];
    bool segment, is_external;
    struct mm_proto_external external;
};

/* MM_E... "FILE: tensor "NAME": ...". */
int mm_proto_fail(const struct mm_proto *proto, struct mm_err *err, enum mm_code code, const char *format,
                  ...) MM_PRINTF(4, 5);

/* Find all fields of proto->message, and their sizes. */
int mm_proto_walk(struct mm_proto *proto, struct mm_err *err);
/* By ONNX's number; NULL: not known. */
const struct mm_proto_type *mm_proto_type(int64_t number);
/* How many elements of its list `count` values of the type are. */
int64_t mm_proto_elements(const struct mm_proto_type *type, int64_t count);
/* Bytes that `count` values of the type take when they stand as raw_data. False: too many. */
bool mm_proto_bytes(const struct mm_proto_type *type, int64_t count, size_t *bytes);

/* The values of the type's list, whose number was found to fit stored->tensor.count. */
int mm_proto_values(const struct mm_proto *proto, struct mm_stored *stored, struct mm_err *err);
/* `bytes` as raw_data or external data holds them, of the right size for stored->tensor.count. */
int mm_proto_raw(const struct mm_proto *proto, const uint8_t *bytes, struct mm_stored *stored,
                 struct mm_err *err);
/* Map the external data; *bytes are the values', as many as `size`. */
int mm_proto_external(const struct mm_proto *proto, size_t size, struct mm_stored *stored,
                      const uint8_t **bytes, struct mm_err *err);

#endif
