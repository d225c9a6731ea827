/* Is a message a TensorProto? There is no mark in one: what tells is that everything in it fits together. */
#include "format/tensor_proto_parts.h"

/* Fields that are looked at one by one: more come only where values are not packed, and then enough was seen. */
#define FIELDS_MOST 4096

/* The wire types that a field may have, as bits; 0: there is no such field. */
#define BIT(type)    (1u << (type))
#define VARINT       BIT(MM_WIRE_VARINT)
#define BYTES        BIT(MM_WIRE_BYTES)
#define NUMBER_TYPE  2
#define NUMBER_PLACE 14
static const unsigned wire_types[] = {
    [1] = VARINT | BYTES,                /* dims */
    [NUMBER_TYPE] = VARINT,              /* data_type */
    [3] = BYTES,                         /* segment */
    [4] = BIT(MM_WIRE_FIXED32) | BYTES,  /* float_data */
    [5] = VARINT | BYTES,                /* int32_data */
    [6] = BYTES,                         /* string_data */
    [7] = VARINT | BYTES,                /* int64_data */
    [8] = BYTES,                         /* name */
    [9] = BYTES,                         /* raw_data */
    [10] = BIT(MM_WIRE_FIXED64) | BYTES, /* double_data */
    [11] = VARINT | BYTES,               /* uint64_data */
    [12] = BYTES,                        /* doc_string */
    [13] = BYTES,                        /* external_data */
    [NUMBER_PLACE] = VARINT,             /* data_location */
    [16] = BYTES,                        /* metadata_props */
};

static bool may_have(const struct mm_wire_field *field, bool *typed)
{
    const uint8_t *p = field->data;
    uint64_t value = 0;
    if (field->number >= MM_COUNT(wire_types) || !(wire_types[field->number] & BIT(field->type)))
        return false;
    if (field->type == MM_WIRE_VARINT && !mm_wire_varint(&p, p + field->size, &value))
        return false;
    if (field->number == NUMBER_TYPE) {
        *typed = value <= INT32_MAX && mm_proto_type((int64_t)value);
        return *typed;
    }
    return field->number != NUMBER_PLACE || value <= 1;
}

/* 1: all its fields are a tensor's; 0: up to where it can't be walked any more; -1: they are not. */
static int look(const uint8_t *bytes, size_t size, bool *typed)
{
    struct mm_wire wire = {"", bytes, bytes, bytes + size};
    struct mm_wire_field field;
    int more = 1;
    *typed = false;
    for (size_t n = 0; n < FIELDS_MOST && (more = mm_wire_next(&wire, &field, NULL)) > 0; n++) {
        if (!may_have(&field, typed))
            return -1;
    }
    return more < 0 ? 0 : 1;
}

/* Are the values as many as the shape says, in one place? */
static bool fits(const struct mm_proto *proto)
{
    const struct mm_proto_type *type = mm_proto_type(proto->number);
    struct mm_shape shape = {.rank = (int)proto->rank};
    int64_t elements = 0, count;
    size_t bytes;
    if (!type || proto->segment || proto->rank > MM_RANK_MAX)
        return false;
    memcpy(shape.dim, proto->dim, proto->rank * sizeof *proto->dim);
    count = mm_shape_count(&shape);
    for (size_t i = 0; i < MM_PROTO_LISTS; i++)
        elements += proto->list[i].count;
    if (count < 0 || (elements > 0 && proto->list[type->list].count != elements))
        return false;
    if (proto->is_external)
        return elements == 0 && proto->external.location.data;
    if (type->parts > 1 && !mm_mul_i64(count, type->parts, &count))
        return false;
    if (proto->raw.data && proto->raw.size > 0) {
        if (type->dtype == MM_DTYPE_NONE) /* complex: as many floats or doubles */
            return elements == 0 && type->list != MM_PROTO_STRING &&
                   proto->raw.size / mm_proto_lists[type->list].fixed == (size_t)count;
        return elements == 0 && mm_proto_bytes(type, count, &bytes) && bytes == proto->raw.size;
    }
    return elements == mm_proto_elements(type, count);
}

bool mm_tensor_proto_is(const uint8_t *bytes, size_t size)
{
    struct mm_proto proto = {.message = {"", bytes, bytes, bytes + size}, .path = ""};
    bool typed;
    return look(bytes, size, &typed) == 1 && typed && mm_proto_walk(&proto, NULL) == 0 && fits(&proto);
}

bool mm_tensor_proto_may_be(const uint8_t *bytes, size_t size)
{
    bool typed;
    return look(bytes, size, &typed) >= 0 && typed;
}
