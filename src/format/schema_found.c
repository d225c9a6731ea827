/* Messages and enums of a description, and which of them is the tensor message. */
#include "format/schema_found.h"

#include <stdlib.h>
#include <string.h>

#include "format/message.h"

#define NUMBER_MOST (((int64_t)1 << 29) - 1) /* of a field, in protobuf */

/* The types that are encoded as a field's values are; a dtype's may also be an enum. */
static const char whole[] = " int32 int64 uint32 uint64 bool ";
static const char *const types_of[MM_FIELD_COUNT] = {
    [MM_FIELD_VERSION] = whole,
    [MM_FIELD_NODE_NAME] = " string bytes ",
    [MM_FIELD_OP_TYPE] = " string bytes ",
    [MM_FIELD_INDEX] = whole,
    [MM_FIELD_IS_OUTPUT] = whole,
    [MM_FIELD_DTYPE] = NULL,
    [MM_FIELD_SHAPE] = whole,
    [MM_FIELD_FLOAT_VAL] = " float ",
    [MM_FIELD_DOUBLE_VAL] = " double ",
    [MM_FIELD_INT_VAL] = whole,
    [MM_FIELD_INT64_VAL] = whole,
    [MM_FIELD_UINT32_VAL] = whole,
    [MM_FIELD_UINT64_VAL] = whole,
};
/* No enum can be called so, and none of these holds a dtype's number as a plain varint. */
static const char not_enum[] = " string bytes float double sint32 sint64 fixed32 fixed64 sfixed32 sfixed64 ";

static bool is_one_of(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *p = words; length > 0 && (p = strstr(p, word)); p++) {
        if (p[-1] == ' ' && p[length] == ' ')
            return true;
    }
    return false;
}

void schema_found_done(struct schema_found *found)
{
    free(found->messages);
    free(found->enums);
    *found = (struct schema_found){0};
}

static void keep_name(char out[static SCHEMA_NAME], struct schema_text name)
{
    if (name.length >= SCHEMA_NAME) {
        name.text += name.length - (SCHEMA_NAME - 1);
        name.length = SCHEMA_NAME - 1;
    }
    memcpy(out, name.text, name.length);
    out[name.length] = '\0';
}

static bool is_name(struct schema_text text, const char *name)
{
    return strlen(name) == text.length && memcmp(text.text, name, text.length) == 0;
}

size_t schema_found_message(struct schema_found *found, struct schema_text name)
{
    if (mm_grow((void **)&found->messages, &found->message_room, found->message_count + 1,
                sizeof *found->messages) < 0) {
        found->failed = true;
        return found->message_count;
    }
    struct schema_message *message = &found->messages[found->message_count];
    memset(message, 0, sizeof *message);
    keep_name(message->name, name);
    return found->message_count++;
}

size_t schema_found_enum(struct schema_found *found, struct schema_text name)
{
    if (mm_grow((void **)&found->enums, &found->enum_room, found->enum_count + 1, sizeof *found->enums) < 0) {
        found->failed = true;
        return found->enum_count;
    }
    struct schema_enum *one = &found->enums[found->enum_count];
    memset(one, 0, sizeof *one);
    keep_name(one->name, name);
    return found->enum_count++;
}

void schema_found_field(struct schema_found *found, size_t place, struct schema_text name, int64_t number,
                        struct schema_text type)
{
    if (place >= found->message_count || number < 1 || number > NUMBER_MOST)
        return;
    struct schema_message *message = &found->messages[place];
    for (int i = 0; i < MM_FIELD_COUNT; i++) {
        if (!is_name(name, mm_field_name((enum mm_field)i)))
            continue;
        message->known += message->number[i] == 0;
        message->number[i] = (uint32_t)number;
        keep_name(message->type[i], type);
    }
}

void schema_found_value(struct schema_found *found, size_t place, struct schema_text name, int64_t value)
{
    if (place >= found->enum_count || name.length < 4 || memcmp(name.text, "DT_", 3) != 0 ||
        value < INT32_MIN || value > INT32_MAX)
        return;
    struct schema_enum *one = &found->enums[place];
    struct schema_text type = {name.text + 3, name.length - 3};
    for (int i = MM_DTYPE_NONE + 1; i < MM_DTYPE_COUNT; i++) {
        enum mm_dtype dtype = (enum mm_dtype)i;
        if (mm_message_list_of(dtype) == MM_FIELD_COUNT || !is_name(type, mm_dtype_info(dtype)->long_name))
            continue;
        one->known += !one->has[i];
        one->has[i] = true;
        one->value[i] = (int32_t)value;
    }
}

/* ---- which of them ---- */

static const struct schema_message *best_message(const struct schema_found *found)
{
    const struct schema_message *best = NULL;
    for (size_t i = 0; i < found->message_count; i++) {
        const struct schema_message *one = &found->messages[i];
        if (one->known > (best ? best->known : 0))
            best = one;
    }
    return best;
}

static const char *last_part(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot ? dot + 1 : name;
}

static const struct schema_enum *enum_called(const struct schema_found *found, const char *type)
{
    const struct schema_enum *best = NULL;
    for (size_t i = 0; i < found->enum_count; i++) {
        const struct schema_enum *one = &found->enums[i];
        if (one->known > (best ? best->known : 0) && (!type || strcmp(one->name, last_part(type)) == 0))
            best = one;
    }
    return best;
}

/* Of the type that dtype has; where that is a plain number, the one that has the names. */
static const struct schema_enum *enum_of(const struct schema_found *found,
                                         const struct schema_message *message)
{
    const char *type = message->type[MM_FIELD_DTYPE];
    return enum_called(found, is_one_of(whole, type) ? NULL : type);
}

static int check_fields(const struct schema_message *message, const char *file, struct mm_err *err)
{
    for (int i = 0; i < MM_FIELD_COUNT; i++) {
        const char *type = message->type[i];
        if (message->number[i] == 0)
            continue;
        if (types_of[i] ? !is_one_of(types_of[i], type) : is_one_of(not_enum, type))
            return mm_fail(err, MM_EARG, "%s: %s is of type %s in message %s, which is not read", file,
                           mm_field_name((enum mm_field)i), type, message->name);
        for (int k = 0; k < i; k++) {
            if (message->number[k] == message->number[i])
                return mm_fail(err, MM_EARG, "%s: %s and %s both have the number %u in message %s", file,
                               mm_field_name((enum mm_field)k), mm_field_name((enum mm_field)i),
                               (unsigned)message->number[i], message->name);
        }
    }
    return 0;
}

static int check_enum(const struct schema_enum *one, const char *file, struct mm_err *err)
{
    for (int i = 0; i < MM_DTYPE_COUNT; i++) {
        for (int k = 0; k < i && one->has[i]; k++) {
            if (one->has[k] && one->value[k] == one->value[i])
                return mm_fail(err, MM_EARG, "%s: DT_%s and DT_%s both have the value %d in enum %s", file,
                               mm_dtype_info((enum mm_dtype)k)->long_name,
                               mm_dtype_info((enum mm_dtype)i)->long_name, (int)one->value[i], one->name);
        }
    }
    return 0;
}

/* Floats alone can be read without a data type. */
static bool has_integers(const struct schema_message *message)
{
    for (int i = MM_FIELD_INT_VAL; i <= MM_FIELD_UINT64_VAL; i++) {
        if (message->number[i])
            return true;
    }
    return false;
}

/* No tensor can be read without shape and some values, nor integers without version and data type. */
static int check_needed(const struct schema_message *message, const char *file, struct mm_err *err)
{
    static const enum mm_field needed[] = {MM_FIELD_VERSION, MM_FIELD_DTYPE, MM_FIELD_SHAPE};
    struct mm_buf lacks = {0};
    bool values = false;
    for (size_t i = 0; i < MM_COUNT(needed); i++) {
        if (message->number[needed[i]] == 0 && (needed[i] == MM_FIELD_SHAPE || has_integers(message)))
            mm_buf_printf(&lacks, "%s%s", lacks.length ? ", " : "", mm_field_name(needed[i]));
    }
    for (int i = MM_FIELD_FLOAT_VAL; i < MM_FIELD_COUNT; i++)
        values |= message->number[i] != 0;
    if (!values)
        mm_buf_printf(&lacks, "%severy list of values (float_val ..)", lacks.length ? ", " : "");
    if (lacks.length)
        mm_fail(err, MM_EARG, "%s: message %s lacks %s: no tensor can be read without", file, message->name,
                mm_buf_text(&lacks));
    bool good = lacks.length == 0;
    mm_buf_done(&lacks);
    return good ? 0 : -1;
}

static void fill(const struct schema_message *message, const struct schema_enum *types,
                 struct mm_schema *schema)
{
    size_t rows = 0;
    memcpy(schema->number, message->number, sizeof schema->number);
    memset(schema->dtype, 0, sizeof schema->dtype);
    for (int i = 0; i < MM_DTYPE_COUNT && rows + 1 < MM_SCHEMA_DTYPES; i++) {
        if (!types || !types->has[i])
            continue;
        schema->dtype[rows].value = types->value[i];
        schema->dtype[rows++].dtype = (enum mm_dtype)i;
    }
    schema->dtype[rows].dtype = MM_DTYPE_NONE;
}

int schema_found_choose(const struct schema_found *found, const char *file, struct mm_schema *schema,
                        struct mm_err *err)
{
    const struct schema_message *message = best_message(found);
    if (found->failed)
        return mm_fail_memory(err);
    if (!message)
        return mm_fail(
            err, MM_EARG,
            "%s: has no message with fields such as node_name, dtype, tensor_shape, float_val: it is to be "
            "a .proto, a FileDescriptorSet (protoc -o) or the SDK's tensor_pb2.py",
            file);
    if (check_needed(message, file, err) < 0 || check_fields(message, file, err) < 0)
        return -1;
    bool typed = message->number[MM_FIELD_DTYPE] != 0;
    const struct schema_enum *types = typed ? enum_of(found, message) : NULL;
    if (typed && !types)
        return mm_fail(
            err, MM_EARG,
            "%s: lacks the enum %s of message %s's dtype, with DT_FLOAT32 and the others (protoc -o "
            "needs --include_imports if it is in another file)",
            file, last_part(message->type[MM_FIELD_DTYPE]), message->name);
    if (types && check_enum(types, file, err) < 0)
        return -1;
    fill(message, types, schema);
    return 0;
}
