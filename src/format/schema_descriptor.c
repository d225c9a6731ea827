/* Descriptors of messages in protobuf's own binary form, as protoc -o writes them and its Python has them inside. */
#include "base/wire.h"
#include "format/schema_found.h"

#define DEPTH_MOST 64 /* of messages in messages */

/* Numbers of google/protobuf/descriptor.proto. */
enum {
    SET_FILE = 1,
    FILE_MESSAGE = 4,
    FILE_ENUM = 5,
    MESSAGE_NAME = 1,
    MESSAGE_FIELD = 2,
    MESSAGE_NESTED = 3,
    MESSAGE_ENUM = 4,
    FIELD_NAME = 1,
    FIELD_NUMBER = 3,
    FIELD_TYPE = 5,
    FIELD_TYPE_NAME = 6,
    ENUM_NAME = 1,
    ENUM_VALUE = 2,
    VALUE_NAME = 1,
    VALUE_NUMBER = 2
};

static const char *const type_name[] = {
    NULL,    "double",  "float", "int64",  "uint64", "int32",    "fixed64",  "fixed32", "bool",  "string",
    "group", "message", "bytes", "uint32", "enum",   "sfixed32", "sfixed64", "sint32",  "sint64"};

static struct mm_wire wire_in(const struct mm_wire_field *field)
{
    return (struct mm_wire){"descriptor", field->data, field->data, field->data + field->size};
}

static struct schema_text text_in(const struct mm_wire_field *field)
{
    return (struct schema_text){(const char *)field->data, field->size};
}

static int64_t whole_in(const struct mm_wire_field *field)
{
    const uint8_t *at = field->data;
    uint64_t value = 0;
    if (field->type == MM_WIRE_VARINT)
        mm_wire_varint(&at, field->data + field->size, &value);
    return (int64_t)value;
}

static struct schema_text name_of_type(int64_t type)
{
    const char *name = type > 0 && type < (int64_t)MM_COUNT(type_name) ? type_name[type] : "?";
    return (struct schema_text){name, strlen(name)};
}

static bool read_field(struct schema_found *found, size_t message, struct mm_wire wire)
{
    struct schema_text name = {"", 0}, type = {"?", 1}, named = {"", 0};
    struct mm_wire_field field;
    int64_t number = 0;
    int more;
    while ((more = mm_wire_next(&wire, &field, NULL)) > 0) {
        if (field.number == FIELD_NAME && field.type == MM_WIRE_BYTES)
            name = text_in(&field);
        else if (field.number == FIELD_TYPE_NAME && field.type == MM_WIRE_BYTES)
            named = text_in(&field);
        else if (field.number == FIELD_NUMBER)
            number = whole_in(&field);
        else if (field.number == FIELD_TYPE)
            type = name_of_type(whole_in(&field));
    }
    schema_found_field(found, message, name, number, named.length ? named : type);
    return more == 0;
}

static bool read_value(struct schema_found *found, size_t place, struct mm_wire wire)
{
    struct schema_text name = {"", 0};
    struct mm_wire_field field;
    int64_t value = 0;
    int more;
    while ((more = mm_wire_next(&wire, &field, NULL)) > 0) {
        if (field.number == VALUE_NAME && field.type == MM_WIRE_BYTES)
            name = text_in(&field);
        else if (field.number == VALUE_NUMBER)
            value = whole_in(&field);
    }
    schema_found_value(found, place, name, value);
    return more == 0;
}

static struct schema_text name_in(struct mm_wire wire, uint32_t number)
{
    struct mm_wire_field field;
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (field.number == number && field.type == MM_WIRE_BYTES)
            return text_in(&field);
    }
    return (struct schema_text){"", 0};
}

static bool read_enum(struct schema_found *found, struct mm_wire wire)
{
    size_t place = schema_found_enum(found, name_in(wire, ENUM_NAME));
    struct mm_wire_field field;
    int more;
    while ((more = mm_wire_next(&wire, &field, NULL)) > 0) {
        if (field.number == ENUM_VALUE && field.type == MM_WIRE_BYTES &&
            !read_value(found, place, wire_in(&field)))
            return false;
    }
    return more == 0;
}

static bool read_message(struct schema_found *found, struct mm_wire wire, int depth)
{
    size_t place = schema_found_message(found, name_in(wire, MESSAGE_NAME));
    struct mm_wire_field field;
    bool good = depth < DEPTH_MOST;
    int more = 0;
    while (good && (more = mm_wire_next(&wire, &field, NULL)) > 0) {
        if (field.type != MM_WIRE_BYTES)
            continue;
        if (field.number == MESSAGE_FIELD)
            good = read_field(found, place, wire_in(&field));
        else if (field.number == MESSAGE_NESTED)
            good = read_message(found, wire_in(&field), depth + 1);
        else if (field.number == MESSAGE_ENUM)
            good = read_enum(found, wire_in(&field));
    }
    return good && more == 0;
}

static bool read_file(struct schema_found *found, struct mm_wire wire)
{
    struct mm_wire_field field;
    bool good = true;
    int more = 0;
    while (good && (more = mm_wire_next(&wire, &field, NULL)) > 0) {
        if (field.number == FILE_MESSAGE && field.type == MM_WIRE_BYTES)
            good = read_message(found, wire_in(&field), 0);
        else if (field.number == FILE_ENUM && field.type == MM_WIRE_BYTES)
            good = read_enum(found, wire_in(&field));
    }
    return good && more == 0;
}

static bool read_set(struct schema_found *found, struct mm_wire wire)
{
    struct mm_wire_field field;
    int more;
    while ((more = mm_wire_next(&wire, &field, NULL)) > 0) {
        if (field.number != SET_FILE || field.type != MM_WIRE_BYTES || !read_file(found, wire_in(&field)))
            return false;
    }
    return more == 0;
}

/* A set has files alone in it; a file has its messages beside its name. */
bool schema_read_descriptor(struct schema_found *found, const uint8_t *data, size_t size)
{
    struct mm_wire wire = {"descriptor", data, data, data + size};
    return size > 0 && (read_set(found, wire) || read_file(found, wire));
}
