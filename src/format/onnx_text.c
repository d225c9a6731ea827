/*
 * A TensorProto in protobuf's text form: it is written again in the binary form, in memory, with each list of values in
 * one piece, and read as that.
 */
#include "base/wire.h"
#include "format/formats.h"
#include "format/lex.h"

#include <stdio.h>

#define ASK_EVERY 65536 /* values between two questions whether to go on */

struct text_reader {
    struct mm_load *load;
    struct mm_lex lex;
    struct mm_buf *out;     /* the message */
    struct mm_buf list[16]; /* by number of field: its values */
    int64_t values;
};

/* What stands behind a field's name. */
enum kind { FLOAT32, FLOAT64, WHOLE, TEXT, PLACE, NESTED };

static const struct field {
    const char *name;
    uint32_t number;
    enum kind kind;
    bool packed;
} fields[] = {
    {"dims", 1, WHOLE, true},
    {"data_type", 2, WHOLE, false},
    {"segment", 3, NESTED, false},
    {"float_data", 4, FLOAT32, true},
    {"int32_data", 5, WHOLE, true},
    {"string_data", 6, TEXT, false},
    {"int64_data", 7, WHOLE, true},
    {"name", 8, TEXT, false},
    {"raw_data", 9, TEXT, false},
    {"double_data", 10, FLOAT64, true},
    {"uint64_data", 11, WHOLE, true},
    {"doc_string", 12, TEXT, false},
    {"external_data", 13, NESTED, false},
    {"data_location", 14, PLACE, false},
    {"metadata_props", 16, NESTED, false},
};
/* Of the entries of external_data. */
static const struct field parts[] = {{"key", 1, TEXT, false}, {"value", 2, TEXT, false}};

static const struct field *find(const struct field *table, size_t count, struct mm_word word)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(table[i].name) == word.length && memcmp(table[i].name, word.text, word.length) == 0)
            return &table[i];
    }
    return NULL;
}

bool mm_onnx_text_probe(const uint8_t *bytes, size_t size)
{
    const char *text = (const char *)bytes;
    struct mm_lex lex = {.file = "", .begin = text, .at = text, .end = text + size};
    struct mm_word word;
    return mm_lex_word(&lex, &word) && find(fields, MM_COUNT(fields), word) &&
           (mm_lex_take(&lex, ':') || mm_lex_take(&lex, '{'));
}

/* ---- the binary form ---- */

static void put_number(struct mm_buf *out, uint64_t value)
{
    uint8_t bytes[MM_WIRE_VARINT_MAX];
    mm_buf_add(out, bytes, mm_wire_put(bytes, value));
}

static void put_bytes(struct mm_buf *out, uint32_t number, const char *data, size_t size)
{
    put_number(out, number << 3 | MM_WIRE_BYTES);
    put_number(out, size);
    mm_buf_add(out, data, size);
}

static void put_little(struct mm_buf *out, uint64_t bits, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        mm_buf_putc(out, (char)(bits >> (8 * i)));
}

/* ---- values ---- */

static int go_on(struct text_reader *r, struct mm_err *err)
{
    const atomic_bool *cancel = r->load->cancel;
    if (++r->values % ASK_EVERY == 0 && cancel && atomic_load_explicit(cancel, memory_order_relaxed))
        return mm_fail(err, MM_ECANCELLED, "stopped");
    return 0;
}

/* Decimal, from -2^63 to 2^64 - 1. */
static bool whole_of(struct mm_word word, uint64_t *out)
{
    const char *p = word.text, *end = p + word.length;
    bool minus = p < end && *p == '-';
    uint64_t value = 0;
    if (!mm_lex_is_int(word))
        return false;
    for (p += *p == '-' || *p == '+'; p < end; p++) {
        unsigned digit = (unsigned)(*p - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *out = minus ? 0 - value : value;
    return !minus || value <= (uint64_t)1 << 63;
}

static bool float_of(struct mm_word word, double *out)
{
    char text[400];
    size_t length = word.length;
    if (!mm_lex_is_float(word) || length >= sizeof text)
        return false;
    memcpy(text, word.text, length);
    text[length] = '\0';
    if (mm_parse_double(text, out))
        return true;
    text[length - 1] = '\0'; /* 1.5f */
    return mm_parse_double(text, out);
}

static int read_number(struct text_reader *r, const struct field *field, struct mm_err *err)
{
    struct mm_buf *out = field->packed ? &r->list[field->number] : r->out;
    struct mm_word word = {r->lex.at, 0};
    uint64_t whole, bits64;
    uint32_t bits32;
    double real;
    if (!mm_lex_word(&r->lex, &word))
        return mm_lex_fail(&r->lex, r->lex.at, "a number is missing", err);
    if (field->kind == WHOLE) {
        if (!whole_of(word, &whole))
            return mm_lex_fail(&r->lex, word.text, "not a decimal integer of 64 bits", err);
        if (!field->packed)
            put_number(out, field->number << 3 | MM_WIRE_VARINT);
        put_number(out, whole);
        return go_on(r, err);
    }
    if (!float_of(word, &real))
        return mm_lex_fail(&r->lex, word.text, "not a number", err);
    float single = (float)real;
    memcpy(&bits32, &single, sizeof bits32);
    memcpy(&bits64, &real, sizeof bits64);
    put_little(out, field->kind == FLOAT32 ? bits32 : bits64, field->kind == FLOAT32 ? 4 : 8);
    return go_on(r, err);
}

static int read_text(struct text_reader *r, struct mm_buf *out, const struct field *field, struct mm_err *err)
{
    struct mm_buf text = {0};
    int result = mm_lex_string(&r->lex, &text, err);
    if (result == 0 && text.failed)
        result = mm_fail_memory(err);
    if (result == 0)
        put_bytes(out, field->number, mm_buf_text(&text), text.length);
    mm_buf_done(&text);
    return result;
}

/* DEFAULT, EXTERNAL, or their numbers. */
static int read_place(struct text_reader *r, const struct field *field, struct mm_err *err)
{
    struct mm_word word = {r->lex.at, 0};
    if (!mm_lex_word(&r->lex, &word))
        return mm_lex_fail(&r->lex, r->lex.at, "a place of data is missing", err);
    bool outside = (word.length == 8 && memcmp(word.text, "EXTERNAL", 8) == 0) ||
                   (word.length == 1 && *word.text == '1');
    if (!outside && !(word.length == 7 && memcmp(word.text, "DEFAULT", 7) == 0) &&
        !(word.length == 1 && *word.text == '0'))
        return mm_lex_fail(&r->lex, word.text, "neither DEFAULT nor EXTERNAL", err);
    put_number(r->out, field->number << 3 | MM_WIRE_VARINT);
    put_number(r->out, outside);
    return 0;
}

/* { key: "..." value: "..." }; of a segment it is enough that there is one. */
static int read_nested(struct text_reader *r, const struct field *field, struct mm_err *err)
{
    struct mm_buf inside = {0};
    int result = 0;
    if (!mm_lex_take(&r->lex, '{'))
        return mm_lex_fail(&r->lex, r->lex.at, "a message is missing", err);
    while (result == 0 && !mm_lex_take(&r->lex, '}')) {
        struct mm_word word = {r->lex.at, 0};
        const struct field *part = mm_lex_word(&r->lex, &word) ? find(parts, MM_COUNT(parts), word) : NULL;
        if (word.length == 0)
            result = mm_lex_fail(&r->lex, r->lex.at, "the name of a field is missing", err);
        else if (part && mm_lex_take(&r->lex, ':'))
            result = read_text(r, &inside, part, err);
        else
            result = (mm_lex_take(&r->lex, ':'), mm_lex_skip_value(&r->lex, err));
        if (!mm_lex_take(&r->lex, ','))
            mm_lex_take(&r->lex, ';');
    }
    if (result == 0)
        put_bytes(r->out, field->number, mm_buf_text(&inside), inside.length);
    if (inside.failed)
        result = mm_fail_memory(err);
    mm_buf_done(&inside);
    return result;
}

static int read_value(struct text_reader *r, const struct field *field, struct mm_err *err)
{
    switch (field->kind) {
    case TEXT: return read_text(r, r->out, field, err);
    case PLACE: return read_place(r, field, err);
    case NESTED: return read_nested(r, field, err);
    default: return read_number(r, field, err);
    }
}

/* What stands behind "name:": a value, or [a, b, ...]. */
static int read_values(struct text_reader *r, const struct field *field, struct mm_err *err)
{
    if (!mm_lex_take(&r->lex, '['))
        return read_value(r, field, err);
    if (mm_lex_take(&r->lex, ']'))
        return 0;
    do {
        if (read_value(r, field, err) < 0)
            return -1;
    } while (mm_lex_take(&r->lex, ','));
    return mm_lex_take(&r->lex, ']') ? 0 : mm_lex_fail(&r->lex, r->lex.at, "a ] is missing", err);
}

static int read_field(struct text_reader *r, struct mm_err *err)
{
    struct mm_word word;
    const char *start = r->lex.at;
    if (!mm_lex_word(&r->lex, &word) || !mm_lex_is_name(word))
        return mm_lex_fail(&r->lex, start, "the name of a field is missing", err);
    const struct field *field = find(fields, MM_COUNT(fields), word);
    bool colon = mm_lex_take(&r->lex, ':');
    if (!field && !colon && mm_lex_space(&r->lex) && *r->lex.at != '{' && *r->lex.at != '<')
        return mm_lex_fail(&r->lex, r->lex.at, "a : is missing", err);
    if (field && !colon && field->kind != NESTED)
        return mm_lex_fail(&r->lex, r->lex.at, "a : is missing", err);
    if ((field ? read_values(r, field, err) : mm_lex_skip_value(&r->lex, err)) < 0)
        return -1;
    if (!mm_lex_take(&r->lex, ','))
        mm_lex_take(&r->lex, ';');
    return 0;
}

static int read_all(struct text_reader *r, struct mm_err *err)
{
    while (mm_lex_space(&r->lex)) {
        if (read_field(r, err) < 0)
            return -1;
    }
    for (uint32_t number = 0; number < MM_COUNT(r->list); number++) {
        struct mm_buf *list = &r->list[number];
        if (list->length > 0)
            put_bytes(r->out, number, list->data, list->length);
        if (list->failed)
            return mm_fail_memory(err);
        mm_buf_done(list);
    }
    return r->out->failed ? mm_fail_memory(err) : 0;
}

int mm_onnx_text_read(struct mm_load *load, const struct mm_schema *schema, const char *label,
                      struct mm_err *err)
{
    const char *text = (const char *)load->bytes;
    struct text_reader r = {.load = load, .out = &load->own};
    (void)schema;
    r.lex = (struct mm_lex){.file = label, .begin = text, .at = text, .end = text + load->size};
    mm_buf_clear(&load->own);
    int result = read_all(&r, err);
    for (size_t i = 0; i < MM_COUNT(r.list); i++)
        mm_buf_done(&r.list[i]);
    if (result < 0)
        return -1;
    return mm_onnx_tensor_take(load, (const uint8_t *)mm_buf_text(&load->own), load->own.length, label, err);
}
