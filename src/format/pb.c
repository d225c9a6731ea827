/*
 * The binary tensor message. The wire walk finds the fields by the schema's numbers. What belongs to the
 * header is written again under proto/tensor.proto's own numbers into a small buffer, which protobuf-c then
 * reads as a message; the values stay where they are in the map.
 */
#include "format/formats.h"
#include "format/message.h"
#include "format/repeat.h"
#include "base/wire.h"
#include "proto/tensor.pb-c.h"

#include <stdio.h>
#include <string.h>

#include "base/translate.h"

#define HEADER_MAX ((size_t)1 << 20) /* bytes of names and shape together; real ones have a few hundred */

/* How the values of a field are encoded: one by one, and in packed form (always as bytes). */
struct shape_of_field {
    enum mm_wire_type single;
    bool packable;
    enum mm_encoding encoding;
    uint8_t fixed; /* bytes of a fixed-width value, 0 for a varint */
};

static const struct shape_of_field shape_of_field[MM_FIELD_COUNT] = {
    [MM_FIELD_VERSION] = {MM_WIRE_VARINT, false, 0, 0},
    [MM_FIELD_NODE_NAME] = {MM_WIRE_BYTES, false, 0, 0},
    [MM_FIELD_OP_TYPE] = {MM_WIRE_BYTES, false, 0, 0},
    [MM_FIELD_INDEX] = {MM_WIRE_VARINT, false, 0, 0},
    [MM_FIELD_IS_OUTPUT] = {MM_WIRE_VARINT, false, 0, 0},
    [MM_FIELD_DTYPE] = {MM_WIRE_VARINT, false, 0, 0},
    [MM_FIELD_SHAPE] = {MM_WIRE_VARINT, true, 0, 0},
    [MM_FIELD_FLOAT_VAL] = {MM_WIRE_FIXED32, true, MM_ENC_RAW, 4},
    [MM_FIELD_DOUBLE_VAL] = {MM_WIRE_FIXED64, true, MM_ENC_RAW, 8},
    [MM_FIELD_INT_VAL] = {MM_WIRE_VARINT, true, MM_ENC_VARINT, 0},
    [MM_FIELD_INT64_VAL] = {MM_WIRE_VARINT, true, MM_ENC_VARINT, 0},
    [MM_FIELD_UINT32_VAL] = {MM_WIRE_VARINT, true, MM_ENC_VARINT, 0},
    [MM_FIELD_UINT64_VAL] = {MM_WIRE_VARINT, true, MM_ENC_VARINT, 0},
};

struct reader {
    struct mm_load *load;
    const struct mm_schema *schema;
    struct mm_wire wire;
    struct mm_message message;
    struct mm_buf header; /* the header fields under the project's own numbers */
};

/* MM_ECORRUPT with the place of a field and whose numbers were used to understand it. */
static int bad_field(const struct reader *r, const struct mm_wire_field *field, enum mm_field which,
                     const char *what, struct mm_err *err)
{
    return mm_fail(err, MM_ECORRUPT, "%s: byte %zu: field %u (%s by %s) %s", r->message.file,
                   (size_t)(field->start - r->wire.begin), (unsigned)field->number, mm_field_name(which),
                   r->schema->origin, what);
}

static enum mm_field field_by_number(const struct mm_schema *schema, uint32_t number)
{
    for (int i = 0; i < MM_FIELD_COUNT; i++) {
        if (schema->number[i] == number)
            return (enum mm_field)i;
    }
    return MM_FIELD_COUNT;
}

static int take_header(struct reader *r, const struct mm_wire_field *field, enum mm_field which,
                       struct mm_err *err)
{
    uint8_t number[MM_WIRE_VARINT_MAX];
    if (field->size > HEADER_MAX - r->header.length)
        return bad_field(r, field, which, "makes the header longer than 1 MiB", err);
    if (which == MM_FIELD_SHAPE && mm_wire_count(field->data, field->size) < 0)
        return bad_field(r, field, which, "is not a list of varints", err);
    uint64_t tag = (uint64_t)mm_schema_own()->number[which] << 3 | (uint64_t)field->type;
    mm_buf_add(&r->header, number, mm_wire_put(number, tag));
    if (field->type == MM_WIRE_BYTES)
        mm_buf_add(&r->header, number, mm_wire_put(number, field->size));
    mm_buf_add(&r->header, field->data, field->size);
    return r->header.failed ? mm_fail_memory(err) : 0;
}

/*
 * Unpacked values come one by one, each behind the same tag. Take as many as follow the first one directly:
 * one run with a gap of the tag's length. Returns their number and moves the wire behind them; -1 when
 * stopped.
 */
static int64_t follow(struct reader *r, const struct mm_wire_field *first, size_t fixed, struct mm_err *err)
{
    int64_t count = 1, asked = 0;
    const uint8_t *p = r->wire.at;
    const uint8_t *end = r->wire.end;
    size_t least = first->tag + (fixed ? fixed : 1);
    struct mm_repeat same; /* made when it begins to pay */
    while ((size_t)(end - p) >= least && memcmp(p, first->start, first->tag) == 0) {
        const uint8_t *next = p + first->tag;
        if (count - asked >= MM_MESSAGE_STRIDE) {
            asked = count;
            if (mm_message_go_on(r->load, err) < 0)
                return -1;
        }
        if (count == MM_REPEAT_GROUP)
            mm_repeat_init(&same, first->start, first->tag, fixed);
        const uint8_t *until = end - p > MM_MESSAGE_STRIDE ? p + MM_MESSAGE_STRIDE : end;
        size_t more = count < MM_REPEAT_GROUP ? 0 : mm_repeat_count(&same, p, until);
        count += (int64_t)more;
        p += more * least;
        if (more > 0)
            continue;
        uint64_t value;
        if (fixed)
            next += fixed;
        else if (next < end && *next < 0x80)
            next++;
        else if (!mm_wire_varint(&next, end, &value))
            break; /* the walk meets it again and says what is wrong */
        p = next;
        count++;
    }
    r->wire.at = p;
    return count;
}

/* How many varints: a piece at a time, cut where one ends. *count is -1 where they are malformed. */
static int count_varints(const struct reader *r, const struct mm_wire_field *field, int64_t *count,
                         struct mm_err *err)
{
    const uint8_t *p = field->data, *end = p + field->size;
    *count = 0;
    while (p < end) {
        size_t piece = end - p > MM_MESSAGE_STRIDE ? (size_t)MM_MESSAGE_STRIDE : (size_t)(end - p);
        while (p + piece < end && p[piece - 1] & 0x80)
            piece++;
        int64_t more = mm_wire_count(p, piece);
        *count = more < 0 ? -1 : *count + more;
        if (more < 0)
            return 0;
        p += piece;
        if (p < end && mm_message_go_on(r->load, err) < 0)
            return -1;
    }
    return 0;
}

static int take_values(struct reader *r, const struct mm_wire_field *field, enum mm_field which,
                       struct mm_err *err)
{
    const struct shape_of_field *shape = &shape_of_field[which];
    if (field->type == MM_WIRE_BYTES && field->size == 0)
        return 0; /* an empty list is as good as none */
    char where[40];
    mm_format(where, sizeof where, "byte %zu", (size_t)(field->start - r->wire.begin));
    if (mm_message_list(&r->message, which, shape->encoding, where, err) < 0)
        return -1;
    if (field->type != MM_WIRE_BYTES) {
        int64_t count = follow(r, field, shape->fixed, err);
        if (count < 0)
            return -1;
        size_t size = (size_t)(r->wire.at - field->start);
        return mm_message_values(&r->message, field->start, size, count, field->tag, err);
    }
    if (shape->fixed && field->size % shape->fixed != 0)
        return bad_field(r, field, which, "has a length that is not a whole number of values", err);
    int64_t count = shape->fixed ? (int64_t)(field->size / shape->fixed) : 0;
    if (!shape->fixed && count_varints(r, field, &count, err) < 0)
        return -1;
    if (count < 0)
        return bad_field(r, field, which, "is not a list of varints", err);
    return mm_message_values(&r->message, field->data, field->size, count, 0, err);
}

static int walk(struct reader *r, struct mm_err *err)
{
    struct mm_wire_field field;
    int more;
    for (int64_t n = 1; (more = mm_wire_next(&r->wire, &field, err)) > 0; n++) {
        if (n % MM_MESSAGE_STRIDE == 0 && mm_message_go_on(r->load, err) < 0)
            return -1;
        enum mm_field which = field_by_number(r->schema, field.number);
        if (which == MM_FIELD_COUNT)
            continue;
        const struct shape_of_field *shape = &shape_of_field[which];
        if (field.type != shape->single && !(shape->packable && field.type == MM_WIRE_BYTES))
            return bad_field(r, &field, which, "has a wire type that this field can't have", err);
        int result = which < MM_FIELD_FLOAT_VAL ? take_header(r, &field, which, err)
                                                : take_values(r, &field, which, err);
        if (result < 0)
            return -1;
    }
    return more;
}

/* protobuf-c allocates from the load's arena: the strings live as long as the load, nothing is freed
 * singly. */
static void *arena_alloc(void *arena, size_t size)
{
    return mm_arena_alloc(arena, size);
}

static void arena_free(void *arena, void *pointer)
{
    (void)arena;
    (void)pointer;
}

/* Without a number for dtype, the list tells it: see struct mm_schema. */
static int dtype_by_list(struct reader *r, struct mm_err *err)
{
    r->message.dtype = r->message.list == MM_FIELD_FLOAT_VAL    ? MM_F32
                       : r->message.list == MM_FIELD_DOUBLE_VAL ? MM_F64
                                                                : MM_DTYPE_NONE;
    if (r->message.dtype != MM_DTYPE_NONE)
        return 0;
    return mm_fail(err, MM_EUNSUPPORTED,
                   "%s: nothing is under the numbers of float_val and double_val (by %s): integers need the "
                   "numbers of a file (--schema)",
                   r->message.file, r->schema->origin);
}

/* What is not inferred of a dtype is not unknown to MagicMind. */
static int dtype_by_number(struct reader *r, int32_t number, struct mm_err *err)
{
    mm_message_dtype(&r->message, r->schema, number, &r->load->arena);
    if (r->schema->inferred == 0 || r->message.dtype != MM_DTYPE_NONE)
        return 0;
    return mm_fail(err, MM_EUNSUPPORTED,
                   "%s: %s do not tell which data type dtype %d is: integers need the numbers of a file "
                   "(--schema)",
                   r->message.file, r->schema->origin, (int)number);
}

static int read_header(struct reader *r, struct mm_err *err)
{
    struct mm_load *load = r->load;
    ProtobufCAllocator allocator = {arena_alloc, arena_free, &load->arena};
    const Mmtui__TensorProto *header =
        mmtui__tensor_proto__unpack(&allocator, r->header.length, (const uint8_t *)mm_buf_text(&r->header));
    if (!header)
        return mm_fail(err, MM_ECORRUPT, "%s: the header fields are not a tensor message (by %s)",
                       r->message.file, r->schema->origin);
    r->message.version = r->schema->number[MM_FIELD_VERSION] ? header->version_number : 1;
    /* protobuf-c's enum type is unsigned where no value is negative; on the wire it is an int32 */
    if ((r->schema->number[MM_FIELD_DTYPE] ? dtype_by_number(r, (int32_t)header->dtype, err)
                                           : dtype_by_list(r, err)) < 0)
        return -1;
    enum mm_field list = mm_message_list_of(r->message.dtype);
    if (list != MM_FIELD_COUNT && r->schema->number[list] == 0)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: its dtype is %s, but %s has no number for %s",
                       r->message.file, mm_dtype_info(r->message.dtype)->long_name, r->schema->origin,
                       mm_field_name(list));
    for (size_t i = 0; i < header->n_tensor_shape; i++)
        mm_message_dim(&r->message, header->tensor_shape[i]);
    load->node_name = header->node_name;
    load->op_type = header->op_type;
    load->index = header->index;
    load->is_output = header->is_output;
    load->own_numbers = r->schema == mm_schema_own();
    return 0;
}

int mm_pb_read(struct mm_load *load, const struct mm_schema *schema, const char *file, struct mm_err *err)
{
    const uint8_t *bytes = load->bytes;
    struct reader r = {.load = load, .schema = schema ? schema : mm_schema_own()};
    r.wire = (struct mm_wire){.file = file, .begin = bytes, .at = bytes, .end = bytes + load->size};
    mm_message_init(&r.message, file);
    mm_buf_init(&r.header);
    int result = walk(&r, err);
    if (result == 0)
        result = read_header(&r, err);
    if (result == 0)
        result = mm_message_finish(&r.message, load, err);
    mm_message_done(&r.message);
    mm_buf_done(&r.header);
    return result;
}
