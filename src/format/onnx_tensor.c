/*
 * ONNX's tensors as files: one TensorProto (input_0.pb of a test data set, what onnx.save_tensor writes), or a
 * SequenceProto of them, which is listed as so many tensors. OptionalProto has the same fields: one with a tensor is a
 * sequence of one.
 */
#include "format/formats.h"
#include "format/tensor_proto.h"

#include <stdio.h>

#include "base/translate.h"

/* ---- one tensor ---- */

bool mm_onnx_tensor_probe(const uint8_t *bytes, size_t size)
{
    return mm_tensor_proto_is(bytes, size);
}

bool mm_onnx_tensor_may_be(const uint8_t *bytes, size_t size)
{
    return mm_tensor_proto_may_be(bytes, size);
}

int mm_onnx_tensor_take(struct mm_load *load, const uint8_t *bytes, size_t size, const char *label,
                        struct mm_err *err)
{
    struct mm_wire message = {label, bytes, bytes, bytes + size};
    struct mm_stored stored = {.arena = load->arena};
    int result = mm_tensor_proto_read(&stored, message, load->entry->source->path, err);
    load->arena = stored.arena;
    if (result < 0)
        return -1;
    load->aside = stored.map;
    load->tensor = stored.tensor;
    load->node_name = stored.name;
    load->op_type = "";
    return 0;
}

int mm_onnx_tensor_read(struct mm_load *load, const struct mm_schema *schema, const char *label,
                        struct mm_err *err)
{
    (void)schema;
    return mm_onnx_tensor_take(load, load->bytes, load->size, label, err);
}

/* ---- a sequence ---- */

/* SequenceProto's fields. */
enum { FIELD_NAME = 1, FIELD_TYPE = 2, FIELD_TENSOR = 3, FIELD_OTHERS = 7 };
/* ... and its types of elements. */
enum { TYPE_TENSOR = 1, TYPES = 6 };

/* Walks over all fields: 1: each is one that a sequence may have; *type is its type of elements. */
static bool is_sequence(const uint8_t *bytes, size_t size, uint64_t *type)
{
    struct mm_wire wire = {"", bytes, bytes, bytes + size};
    struct mm_wire_field field;
    int more;
    *type = TYPES;
    while ((more = mm_wire_next(&wire, &field, NULL)) > 0) {
        const uint8_t *p = field.data;
        if (field.number == FIELD_TYPE) {
            if (field.type != MM_WIRE_VARINT || !mm_wire_varint(&p, p + field.size, type))
                return false;
        } else if (field.number > FIELD_OTHERS || field.type != MM_WIRE_BYTES) {
            return false;
        } else if (field.number == FIELD_TENSOR && !mm_tensor_proto_is(field.data, field.size)) {
            return false;
        }
    }
    return more == 0 && *type > 0 && *type < TYPES;
}

/* SparseTensorProto: values, indices, dims. */
static bool is_sparse(const uint8_t *bytes, size_t size)
{
    struct mm_wire wire = {"", bytes, bytes, bytes + size};
    struct mm_wire_field field;
    unsigned seen = 0;
    int more;
    while ((more = mm_wire_next(&wire, &field, NULL)) > 0) {
        if (field.number < 1 || field.number > 3)
            return false;
        if (field.number < 3 && (field.type != MM_WIRE_BYTES || !mm_tensor_proto_is(field.data, field.size)))
            return false;
        seen |= 1u << field.number;
    }
    return more == 0 && (seen & 6) == 6;
}

bool mm_onnx_sequence_probe(const uint8_t *bytes, size_t size)
{
    uint64_t type;
    return size > 0 && (is_sequence(bytes, size, &type) || is_sparse(bytes, size));
}

/* The place-th element, which begins at `offset` of the file. */
static int add(struct mm_members *members, const struct mm_source *source, size_t place, uint64_t offset,
               struct mm_arena *arena, struct mm_err *err)
{
    struct mm_entry *entry = mm_members_add(members, source);
    const char *end = strrchr(source->file, '.');
    size_t stem = end ? (size_t)(end - source->file) : strlen(source->file), room = strlen(source->file) + 60;
    char *member = mm_arena_alloc(arena, room), *label = mm_arena_alloc(arena, room);
    if (!entry || !member || !label)
        return mm_fail_memory(err);
    snprintf(member, room, "%.*s[%zu]", (int)stem, source->file, place);
    mm_format(label, room, "%s: element %zu", source->file, place);
    entry->member = member;
    entry->label = label;
    entry->offset = offset;
    return 0;
}

static int list_all(const struct mm_source *source, const struct mm_map *map, struct mm_arena *arena,
                    struct mm_members *members, struct mm_err *err)
{
    struct mm_wire wire = {source->file, map->data, map->data, map->data + map->size};
    struct mm_wire_field field;
    uint64_t type;
    size_t place = 0;
    int more;
    if (is_sparse(map->data, map->size))
        return mm_fail(err, MM_EUNSUPPORTED, "%s: this is a sparse tensor of ONNX; save it as a dense one",
                       source->file);
    if (!is_sequence(map->data, map->size, &type))
        return mm_fail(err, MM_ECORRUPT, "%s: is no sequence of ONNX tensors any more", source->file);
    while ((more = mm_wire_next(&wire, &field, err)) > 0) {
        if (field.number > FIELD_TENSOR)
            return mm_fail(err, MM_EUNSUPPORTED,
                           "%s: this is a sequence of ONNX whose elements are no dense tensors (type %d); "
                           "save its tensors one by one",
                           source->file, (int)type);
        if (field.number != FIELD_TENSOR)
            continue;
        if (add(members, source, place++, (uint64_t)(field.data - map->data), arena, err) < 0)
            return -1;
        members->entry[members->count - 1].size = field.size;
    }
    return more;
}

int mm_onnx_sequence_list(const struct mm_source *source, struct mm_arena *arena, struct mm_members *members,
                          struct mm_err *err)
{
    struct mm_map map;
    if (mm_map_open(&map, source->path, err) < 0)
        return -1;
    int result = list_all(source, &map, arena, members, err);
    if (mm_map_check(&map, source->file, err) < 0)
        result = -1;
    mm_map_close(&map);
    return result;
}

int mm_part_fetch(struct mm_load *load, const struct mm_entry *entry, struct mm_err *err)
{
    struct mm_buf *memory = load->reader ? &load->reader->bytes : NULL;
    if (entry->size == 0) { /* an empty tensor at the end of a file: nothing to map */
        load->bytes = (const uint8_t *)"";
        return 0;
    }
    if (mm_map_open_part(&load->map, entry->source->path, entry->offset, (size_t)entry->size, memory, err) <
        0)
        return -1;
    load->bytes = load->map.data;
    load->size = load->have = load->map.size;
    return 0;
}
