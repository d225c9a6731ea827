/*
 * What a description of messages has in it, whatever form it is written in: every message and enum with what is known
 * of the tensor message's names. Readers add what they meet; schema_found_choose takes what fits.
 */
#ifndef MMTUI_FORMAT_SCHEMA_FOUND_H
#define MMTUI_FORMAT_SCHEMA_FOUND_H

#include "mmtui/format.h"

#define SCHEMA_NAME 64 /* of a message, an enum, a type; longer ones keep their end, which tells them */

struct schema_message {
    char name[SCHEMA_NAME];
    size_t known;                    /* of the fields' names */
    uint32_t number[MM_FIELD_COUNT]; /* 0: not in it */
    char type[MM_FIELD_COUNT][SCHEMA_NAME];
};

struct schema_enum {
    char name[SCHEMA_NAME];
    size_t known; /* of the data types' names */
    bool has[MM_DTYPE_COUNT];
    int32_t value[MM_DTYPE_COUNT];
};

struct schema_found {
    struct schema_message *messages;
    struct schema_enum *enums;
    size_t message_count, message_room, enum_count, enum_room;
    bool failed; /* memory */
};
void schema_found_done(struct schema_found *found);

/* A text that need not end with a 0. */
struct schema_text {
    const char *text;
    size_t length;
};
/* Begin a message or an enum; returns its place, for what is in it. */
size_t schema_found_message(struct schema_found *found, struct schema_text name);
size_t schema_found_enum(struct schema_found *found, struct schema_text name);
/* A field of the message at that place; of another name than the tensor message's it is passed over. `type` as in a
 * .proto: "int32", or an enum's name with or without its package. */
void schema_found_field(struct schema_found *found, size_t message, struct schema_text name, int64_t number,
                        struct schema_text type);
/* A value of the enum at that place; of another name than DT_FLOAT16 .. it is passed over. */
void schema_found_value(struct schema_found *found, size_t place, struct schema_text name, int64_t value);

/*
 * The message that has the most of the names, and the enum that its dtype is of. `file` begins the error texts. MM_EARG:
 * there is none, it lacks what no tensor can be read without (named), two fields have one number, or a field's type is
 * encoded in another way.
 */
int schema_found_choose(const struct schema_found *found, const char *file, struct mm_schema *schema,
                        struct mm_err *err);

/* ---- readers: each adds what it finds ---- */

/* The text of a .proto. Stops, without an error, at what can't be one. */
void schema_read_proto(struct schema_found *found, struct schema_text text);
/* A FileDescriptorSet or a FileDescriptorProto. False: the bytes are neither. */
bool schema_read_descriptor(struct schema_found *found, const uint8_t *data, size_t size);
/* Python that protoc made: the descriptors in its bytes literals. It is not run. False: there is none in it. */
bool schema_read_python(struct schema_found *found, struct schema_text text);

#endif
