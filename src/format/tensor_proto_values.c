/* The values of a TensorProto: used where they lie, or decoded into memory of their own. */
#include "format/tensor_proto_parts.h"

/* A contiguous tensor over bytes. */
static int view(struct mm_stored *stored, const uint8_t *bytes, size_t size, bool swapped, struct mm_err *err)
{
    struct mm_run *run = mm_arena_alloc(&stored->arena, sizeof *run);
    if (!run)
        return mm_fail_memory(err);
    *run = (struct mm_run){.data = bytes, .size = size, .count = stored->tensor.count};
    stored->tensor.run = run;
    stored->tensor.runs = 1;
    stored->tensor.swapped = swapped;
    return 0;
}

/* What lies in a file is little-endian. */
static int view_file(struct mm_stored *stored, const uint8_t *bytes, size_t size, struct mm_err *err)
{
    return view(stored, bytes, size, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__, err);
}

/* ---- several values a byte ---------------------------------------------------------------------------- */

/* The first value stands in the lowest bits. */
static int unpack(struct mm_stored *stored, const uint8_t *bytes, struct mm_err *err)
{
    const struct mm_dtype_info *info = mm_dtype_info(stored->tensor.dtype);
    size_t count = (size_t)stored->tensor.count;
    uint8_t sign = info->kind == MM_KIND_INT ? (uint8_t)(1u << (info->bits - 1)) : 0;
    uint8_t *out = mm_arena_array(&stored->arena, count, 1);
    if (!out)
        return mm_fail_memory(err);
    mm_unpack_bits(info->bits, bytes, 0, count, out);
    for (size_t i = 0; i < count && sign; i++)
        out[i] = (uint8_t)((out[i] ^ sign) - sign);
    return view(stored, out, count, false, err);
}

int mm_proto_raw(const struct mm_proto *proto, const uint8_t *bytes, struct mm_stored *stored,
                 struct mm_err *err)
{
    size_t size;
    if (mm_dtype_info(proto->type->dtype)->bits < 8)
        return unpack(stored, bytes, err);
    if (!mm_proto_bytes(proto->type, stored->tensor.count, &size))
        return mm_fail_memory(err);
    return view_file(stored, bytes, size, err);
}

/* ---- lists -------------------------------------------------------------------------------------------- */

/* Calls for each piece of the type's list; the walk over it was good before. */
static int each_piece(const struct mm_proto *proto, void *context,
                      int (*piece)(void *context, const struct mm_wire_field *field, struct mm_err *err),
                      struct mm_err *err)
{
    uint32_t number = mm_proto_lists[proto->type->list].number;
    struct mm_wire wire = proto->message;
    struct mm_wire_field field;
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (field.number == number && piece(context, &field, err) < 0)
            return -1;
    }
    return 0;
}

struct target {
    const struct mm_proto *proto;
    uint8_t *at;
    size_t bytes; /* of one value */
    int64_t done;
};

static int copy_piece(void *context, const struct mm_wire_field *field, struct mm_err *err)
{
    struct target *to = context;
    (void)err;
    if (field->size > 0)
        memcpy(to->at, field->data, field->size);
    to->at += field->size;
    return 0;
}

/* The low bytes of a number, in this machine's order. */
static void put_whole(uint8_t *to, size_t bytes, uint64_t value)
{
    uint8_t byte = (uint8_t)value;
    uint16_t half = (uint16_t)value;
    uint32_t word = (uint32_t)value;
    memcpy(to,
           bytes == 1   ? (const void *)&byte
           : bytes == 2 ? (const void *)&half
           : bytes == 4 ? (const void *)&word
                        : (const void *)&value,
           bytes);
}

/* As protobuf reads it: of an int32, the low 32 bits count. */
static bool in_range(const struct mm_proto_type *type, uint64_t *value)
{
    if (type->list == MM_PROTO_INT32) {
        int32_t number = (int32_t)(uint32_t)*value;
        *value = type->dtype == MM_BOOL ? number != 0 : (uint64_t)(int64_t)number;
        return number >= type->lowest && number <= type->highest;
    }
    return type->dtype != MM_U32 || *value <= UINT32_MAX;
}

static int read_piece(void *context, const struct mm_wire_field *field, struct mm_err *err)
{
    struct target *to = context;
    const struct mm_proto_type *type = to->proto->type;
    const uint8_t *p = field->data, *end = p + field->size;
    uint64_t value;
    for (; p < end && mm_wire_varint(&p, end, &value); to->done++, to->at += to->bytes) {
        if (!in_range(type, &value))
            return mm_proto_fail(to->proto, err, MM_ECORRUPT, "value %lld in %s is %lld, which no %s is",
                                 (long long)to->done, mm_proto_lists[type->list].name, (long long)value,
                                 type->name);
        put_whole(to->at, to->bytes, value);
    }
    return 0;
}

int mm_proto_values(const struct mm_proto *proto, struct mm_stored *stored, struct mm_err *err)
{
    const struct mm_proto_list_info *list = &mm_proto_lists[proto->type->list];
    size_t count = (size_t)proto->list[proto->type->list].count, size;
    struct target to = {.proto = proto, .bytes = mm_dtype_info(proto->type->dtype)->bytes};
    if (list->fixed && proto->list[proto->type->list].pieces == 1) /* of one value, or packed */
        return view_file(stored, proto->list[proto->type->list].data, count * list->fixed, err);
    uint8_t *memory = mm_mul(count, to.bytes, &size) ? mm_arena_array(&stored->arena, count, to.bytes) : NULL;
    if (!memory)
        return mm_fail_memory(err);
    to.at = memory;
    if (each_piece(proto, &to, list->fixed ? copy_piece : read_piece, err) < 0)
        return -1;
    if (proto->type->per_byte > 1)
        return unpack(stored, memory, err);
    return list->fixed ? view_file(stored, memory, size, err) : view(stored, memory, size, false, err);
}
