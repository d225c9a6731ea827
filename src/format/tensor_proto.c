/* A walk over a TensorProto: what is in it, and whether its parts fit one another. */
#include "format/tensor_proto_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/translate.h"

/* ---- types and lists ---------------------------------------------------------------------------------- */

const struct mm_proto_list_info mm_proto_lists[MM_PROTO_LISTS] = {
    [MM_PROTO_FLOAT] = {"float_data", 4, 4},    [MM_PROTO_INT32] = {"int32_data", 5, 0},
    [MM_PROTO_INT64] = {"int64_data", 7, 0},    [MM_PROTO_DOUBLE] = {"double_data", 10, 8},
    [MM_PROTO_UINT64] = {"uint64_data", 11, 0}, [MM_PROTO_STRING] = {"string_data", 6, 0},
};

/* ONNX's numbers (onnx.proto, TensorProto.DataType) and where it says that the values stand. */
static const struct mm_proto_type types[] = {
    {1, "FLOAT", MM_F32, MM_PROTO_FLOAT, 0, 0},
    {2, "UINT8", MM_U8, MM_PROTO_INT32, 0, UINT8_MAX},
    {3, "INT8", MM_I8, MM_PROTO_INT32, INT8_MIN, INT8_MAX},
    {4, "UINT16", MM_U16, MM_PROTO_INT32, 0, UINT16_MAX},
    {5, "INT16", MM_I16, MM_PROTO_INT32, INT16_MIN, INT16_MAX},
    {6, "INT32", MM_I32, MM_PROTO_INT32, INT32_MIN, INT32_MAX},
    {7, "INT64", MM_I64, MM_PROTO_INT64, 0, 0},
    {8, "STRING", MM_DTYPE_NONE, MM_PROTO_STRING, 0, 0},
    {9, "BOOL", MM_BOOL, MM_PROTO_INT32, INT32_MIN, INT32_MAX},
    {10, "FLOAT16", MM_F16, MM_PROTO_INT32, INT16_MIN, UINT16_MAX},
    {11, "DOUBLE", MM_F64, MM_PROTO_DOUBLE, 0, 0},
    {12, "UINT32", MM_U32, MM_PROTO_UINT64, 0, 0},
    {13, "UINT64", MM_U64, MM_PROTO_UINT64, 0, 0},
    {14, "COMPLEX64", MM_DTYPE_NONE, MM_PROTO_FLOAT, 0, 0, 1, 2},
    {15, "COMPLEX128", MM_DTYPE_NONE, MM_PROTO_DOUBLE, 0, 0, 1, 2},
    {16, "BFLOAT16", MM_BF16, MM_PROTO_INT32, INT16_MIN, UINT16_MAX},
    {17, "FLOAT8E4M3FN", MM_F8E4M3, MM_PROTO_INT32, INT8_MIN, UINT8_MAX},
    {18, "FLOAT8E4M3FNUZ", MM_F8E4M3FNUZ, MM_PROTO_INT32, INT8_MIN, UINT8_MAX},
    {19, "FLOAT8E5M2", MM_F8E5M2, MM_PROTO_INT32, INT8_MIN, UINT8_MAX},
    {20, "FLOAT8E5M2FNUZ", MM_F8E5M2FNUZ, MM_PROTO_INT32, INT8_MIN, UINT8_MAX},
    {21, "UINT4", MM_U4, MM_PROTO_INT32, INT8_MIN, UINT8_MAX, 2}, /* two a byte, in lists, too */
    {22, "INT4", MM_I4, MM_PROTO_INT32, INT8_MIN, UINT8_MAX, 2},
    {23, "FLOAT4E2M1", MM_F4E2M1, MM_PROTO_INT32, INT8_MIN, UINT8_MAX, 2},
    {24, "FLOAT8E8M0", MM_F8E8M0, MM_PROTO_INT32, INT8_MIN, UINT8_MAX},
    {25, "UINT2", MM_U2, MM_PROTO_INT32, INT8_MIN, UINT8_MAX, 4},
    {26, "INT2", MM_I2, MM_PROTO_INT32, INT8_MIN, UINT8_MAX, 4},
    {27, "FLOAT6E2M3", MM_F6E2M3, MM_PROTO_INT32, INT8_MIN,
     UINT8_MAX}, /* packed in raw_data alone: 6 bits each */
    {28, "FLOAT6E3M2", MM_F6E3M2, MM_PROTO_INT32, INT8_MIN, UINT8_MAX},
};

const struct mm_proto_type *mm_proto_type(int64_t number)
{
    for (size_t i = 0; i < MM_COUNT(types); i++) {
        if (types[i].number == number)
            return &types[i];
    }
    return NULL;
}

enum mm_dtype mm_tensor_proto_dtype(int32_t number)
{
    const struct mm_proto_type *type = mm_proto_type(number);
    return type ? type->dtype : MM_DTYPE_NONE;
}

int32_t mm_tensor_proto_number(enum mm_dtype dtype)
{
    for (size_t i = 0; i < MM_COUNT(types) && dtype != MM_DTYPE_NONE; i++) {
        if (types[i].dtype == dtype)
            return types[i].number;
    }
    return 0;
}

bool mm_proto_bytes(const struct mm_proto_type *type, int64_t count, size_t *bytes)
{
    unsigned bits = mm_dtype_info(type->dtype)->bits;
    if (bits % 8 == 0)
        return mm_mul((size_t)count, bits / 8, bytes);
    *bytes = (size_t)count / 8 * bits + ((size_t)count % 8 * bits + 7) / 8;
    return true;
}

int64_t mm_proto_elements(const struct mm_proto_type *type, int64_t count)
{
    int64_t per_byte = type->per_byte > 1 ? type->per_byte : 1;
    return count / per_byte + (count % per_byte != 0);
}

/* ---- errors ------------------------------------------------------------------------------------------- */

#define SHOWN 100 /* bytes of a name in an error text */

int mm_proto_fail(const struct mm_proto *proto, struct mm_err *err, enum mm_code code, const char *format,
                  ...)
{
    char what[300];
    struct mm_buf name;
    va_list list;
    va_start(list, format);
    mm_vformat(what, sizeof what, format, list);
    va_end(list);
    mm_buf_init(&name);
    if (proto->name.data && proto->name.size > 0) {
        mm_buf_say(&name, ": tensor \"");
        mm_text_escape(&name, (const char *)proto->name.data,
                       proto->name.size < SHOWN ? proto->name.size : SHOWN);
        mm_buf_puts(&name, "\"");
    }
    mm_fail(err, code, "%s%s: %s", proto->message.file, mm_buf_text(&name), what);
    mm_buf_done(&name);
    return -1;
}

static int damaged(const struct mm_proto *proto, const uint8_t *at, const char *what, struct mm_err *err)
{
    return mm_fail(err, MM_ECORRUPT, "%s: byte %zu: damaged: %s", proto->message.file,
                   (size_t)(at - proto->message.begin), what);
}

/* ---- fields ------------------------------------------------------------------------------------------- */

static void add_dim(struct mm_proto *proto, uint64_t dim)
{
    if (proto->rank < MM_RANK_MAX)
        proto->dim[proto->rank] = (int64_t)dim;
    proto->rank++;
}

/* One by one, or packed. */
static int read_dims(struct mm_proto *proto, const struct mm_wire_field *field, struct mm_err *err)
{
    const uint8_t *p = field->data, *end = p + field->size;
    uint64_t dim;
    if (field->type != MM_WIRE_VARINT && field->type != MM_WIRE_BYTES)
        return damaged(proto, field->start, "dims of a tensor that are no integers", err);
    while (p < end) {
        if (!mm_wire_varint(&p, end, &dim))
            return damaged(proto, p, "dims of a tensor that are cut off", err);
        add_dim(proto, dim);
    }
    return 0;
}

/* A number by itself; 0 if it is none. */
static int64_t whole(const struct mm_wire_field *field)
{
    const uint8_t *p = field->data;
    uint64_t value;
    return field->type == MM_WIRE_VARINT && mm_wire_varint(&p, p + field->size, &value) ? (int64_t)value : 0;
}

static int read_type(struct mm_proto *proto, const struct mm_wire_field *field, struct mm_err *err)
{
    (void)err;
    proto->number = (int32_t)whole(field);
    return 0;
}

static int read_segment(struct mm_proto *proto, const struct mm_wire_field *field, struct mm_err *err)
{
    (void)field;
    (void)err;
    proto->segment = true;
    return 0;
}

static int read_bytes(struct mm_proto *proto, struct mm_wire_field *to, const struct mm_wire_field *field,
                      struct mm_err *err)
{
    if (field->type != MM_WIRE_BYTES)
        return damaged(proto, field->start, "a number where a tensor has text or bytes", err);
    *to = *field;
    return 0;
}

static int read_name(struct mm_proto *proto, const struct mm_wire_field *field, struct mm_err *err)
{
    return read_bytes(proto, &proto->name, field, err);
}

static int read_raw(struct mm_proto *proto, const struct mm_wire_field *field, struct mm_err *err)
{
    return read_bytes(proto, &proto->raw, field, err);
}

static int read_location(struct mm_proto *proto, const struct mm_wire_field *field, struct mm_err *err)
{
    (void)err;
    proto->is_external = whole(field) == 1;
    return 0;
}

/* How many values are in a piece of a list; -1: it is none. */
static int64_t values_in(const struct mm_proto_list_info *list, const struct mm_wire_field *field)
{
    const enum mm_wire_type single = list->fixed == 0   ? MM_WIRE_VARINT
                                     : list->fixed == 4 ? MM_WIRE_FIXED32
                                                        : MM_WIRE_FIXED64;
    if (field->type == single)
        return 1;
    if (field->type != MM_WIRE_BYTES)
        return -1;
    if (list->fixed == 0)
        return mm_wire_count(field->data, field->size);
    return field->size % list->fixed == 0 ? (int64_t)(field->size / list->fixed) : -1;
}

static int read_list(struct mm_proto *proto, const struct mm_wire_field *field, struct mm_err *err)
{
    size_t i = 0;
    while (mm_proto_lists[i].number != field->number)
        i++;
    int64_t count = i == MM_PROTO_STRING ? 1 : values_in(&mm_proto_lists[i], field);
    if (count < 0)
        return damaged(proto, field->start, "a list of values that is cut off, or is none", err);
    if (count == 0)
        return 0;
    proto->list[i].count += count;
    proto->list[i].pieces++;
    proto->list[i].data = field->data;
    return 0;
}

/* An entry of a key and a value. Keys that are not known (a checksum) are passed over. */
static int read_external(struct mm_proto *proto, const struct mm_wire_field *field, struct mm_err *err)
{
    static const char *const keys[] = {"location", "offset", "length"};
    struct mm_wire_field *const to[] = {&proto->external.location, &proto->external.offset,
                                        &proto->external.length};
    struct mm_wire wire = {proto->message.file, proto->message.begin, field->data, field->data + field->size};
    struct mm_wire_field part, key = {.data = NULL}, value = {.data = NULL};
    int more = field->type == MM_WIRE_BYTES ? 1 : -1;
    while (more > 0 && (more = mm_wire_next(&wire, &part, NULL)) > 0) {
        if (part.number == 1)
            key = part;
        if (part.number == 2)
            value = part;
    }
    if (more < 0 || (value.data && value.type != MM_WIRE_BYTES))
        return damaged(proto, field->start, "a place of external data that is no key and value", err);
    for (size_t i = 0; i < MM_COUNT(keys) && key.data && value.data; i++) {
        if (key.size == strlen(keys[i]) && memcmp(key.data, keys[i], key.size) == 0)
            *to[i] = value;
    }
    return 0;
}

static const struct {
    uint32_t number;
    int (*read)(struct mm_proto *proto, const struct mm_wire_field *field, struct mm_err *err);
} fields[] = {
    {1, read_dims},  {2, read_type},      {3, read_segment},   {4, read_list}, {5, read_list},
    {6, read_list},  {7, read_list},      {8, read_name},      {9, read_raw},  {10, read_list},
    {11, read_list}, {13, read_external}, {14, read_location},
};

static int read_field(struct mm_proto *proto, const struct mm_wire_field *field, struct mm_err *err)
{
    for (size_t i = 0; i < MM_COUNT(fields); i++) {
        if (fields[i].number == field->number)
            return fields[i].read(proto, field, err);
    }
    return 0;
}

int mm_proto_walk(struct mm_proto *proto, struct mm_err *err)
{
    struct mm_wire wire = proto->message;
    struct mm_wire_field field;
    int more;
    while ((more = mm_wire_next(&wire, &field, NULL)) > 0) {
        if (read_field(proto, &field, err) < 0)
            return -1;
    }
    if (more < 0)
        return damaged(proto, field.start, "a stored tensor has a field that runs past its end, or is none",
                       err);
    return 0;
}

/* ---- does it fit? ------------------------------------------------------------------------------------- */

static int check_type(struct mm_proto *proto, struct mm_err *err)
{
    proto->type = mm_proto_type(proto->number);
    if (!proto->type)
        return mm_proto_fail(proto, err, proto->number ? MM_EUNSUPPORTED : MM_ECORRUPT,
                             proto->number ? "data type %lld is not known" : "it has no data type",
                             (long long)proto->number);
    if (proto->type->dtype == MM_DTYPE_NONE)
        return mm_proto_fail(proto, err, MM_EUNSUPPORTED, "values of type %s are not read",
                             proto->type->name);
    if (proto->segment)
        return mm_proto_fail(proto, err, MM_EUNSUPPORTED, "a segment of a tensor, which is not read");
    return 0;
}

static int check_shape(const struct mm_proto *proto, struct mm_tensor *tensor, char text[static 200],
                       struct mm_err *err)
{
    if (proto->rank > MM_RANK_MAX)
        return mm_proto_fail(proto, err, MM_EUNSUPPORTED, "it has %zu dimensions, at most %d are read",
                             proto->rank, MM_RANK_MAX);
    tensor->shape.rank = (int)proto->rank;
    memcpy(tensor->shape.dim, proto->dim, proto->rank * sizeof *proto->dim);
    mm_shape_text(&tensor->shape, false, text, 200);
    tensor->count = mm_shape_count(&tensor->shape);
    if (tensor->count < 0)
        return mm_proto_fail(proto, err, MM_ECORRUPT, "%s is not the shape of a tensor", text);
    tensor->dtype = tensor->stored = proto->type->dtype;
    tensor->encoding = MM_ENC_RAW;
    return 0;
}

/* Where the values are: in one place only. */
static int check_lists(const struct mm_proto *proto, struct mm_err *err)
{
    const char *wanted = mm_proto_lists[proto->type->list].name;
    bool raw = proto->raw.data && proto->raw.size > 0;
    for (size_t i = 0; i < MM_PROTO_LISTS; i++) {
        if (proto->list[i].count == 0)
            continue;
        if (raw)
            return mm_proto_fail(proto, err, MM_ECORRUPT, "it has values in raw_data and in %s",
                                 mm_proto_lists[i].name);
        if (i != proto->type->list)
            return mm_proto_fail(proto, err, MM_ECORRUPT, "it has values in %s, but those of %s belong in %s",
                                 mm_proto_lists[i].name, proto->type->name, wanted);
    }
    return 0;
}

static int take_raw(const struct mm_proto *proto, struct mm_stored *stored, const char *shape,
                    struct mm_err *err)
{
    size_t bytes;
    bool fits = mm_proto_bytes(proto->type, stored->tensor.count, &bytes);
    if (!fits || bytes != proto->raw.size)
        return mm_proto_fail(
            proto, err, MM_ECORRUPT, "raw_data has %zu bytes, but shape %s of %s needs %lld%s",
            proto->raw.size, shape, proto->type->name,
            fits ? (long long)bytes : (long long)stored->tensor.count, fits ? "" : " values");
    return mm_proto_raw(proto, proto->raw.data, stored, err);
}

static int take_list(const struct mm_proto *proto, struct mm_stored *stored, const char *shape,
                     struct mm_err *err)
{
    int64_t count = proto->list[proto->type->list].count;
    int64_t wanted = mm_proto_elements(proto->type, stored->tensor.count);
    if (count != wanted)
        return mm_proto_fail(proto, err, MM_ECORRUPT, "%s has %lld %s, but shape %s of %s needs %lld",
                             mm_proto_lists[proto->type->list].name, (long long)count,
                             proto->type->per_byte > 1 ? "bytes" : "values", shape, proto->type->name,
                             (long long)wanted);
    return count > 0 ? mm_proto_values(proto, stored, err) : 0;
}

static int take_external(const struct mm_proto *proto, struct mm_stored *stored, const char *shape,
                         struct mm_err *err)
{
    const uint8_t *bytes;
    size_t size;
    if (!mm_proto_bytes(proto->type, stored->tensor.count, &size))
        return mm_proto_fail(proto, err, MM_ECORRUPT, "%s of %s is more than memory can have", shape,
                             proto->type->name);
    if (stored->tensor.count == 0)
        return 0;
    if (mm_proto_external(proto, size, stored, &bytes, err) < 0)
        return -1;
    return mm_proto_raw(proto, bytes, stored, err);
}

static int take(struct mm_proto *proto, struct mm_stored *stored, struct mm_err *err)
{
    char shape[200];
    if (mm_proto_walk(proto, err) < 0 || check_type(proto, err) < 0 ||
        check_shape(proto, &stored->tensor, shape, err) < 0)
        return -1;
    stored->name = proto->name.data
                       ? mm_arena_strndup(&stored->arena, (const char *)proto->name.data, proto->name.size)
                       : "";
    if (!stored->name)
        return mm_fail_memory(err);
    if (proto->is_external)
        return take_external(proto, stored, shape, err);
    if (check_lists(proto, err) < 0)
        return -1;
    if (proto->raw.data && proto->raw.size > 0)
        return take_raw(proto, stored, shape, err);
    return take_list(proto, stored, shape, err);
}

/* ---- from outside ------------------------------------------------------------------------------------- */

int mm_tensor_proto_read(struct mm_stored *stored, struct mm_wire message, const char *path,
                         struct mm_err *err)
{
    struct mm_proto proto = {.message = message, .path = path};
    *stored = (struct mm_stored){.name = "", .arena = stored->arena};
    if (take(&proto, stored, err) == 0)
        return 0;
    mm_map_close(&stored->map);
    return -1;
}

int mm_tensor_proto_open(struct mm_stored *stored, struct mm_wire message, struct mm_err *err)
{
    mm_arena_init(&stored->arena);
    if (mm_tensor_proto_read(stored, message, message.file, err) == 0)
        return 0;
    mm_stored_close(stored);
    return -1;
}

int mm_stored_check(const struct mm_stored *stored, const char *file, struct mm_err *err)
{
    return mm_map_check(&stored->map, file, err);
}

void mm_stored_close(struct mm_stored *stored)
{
    mm_map_close(&stored->map);
    mm_arena_done(&stored->arena);
    *stored = (struct mm_stored){.name = ""};
}
