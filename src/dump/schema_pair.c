/*
 * Field numbers learnt from tensors that are there twice, as .pb and as .pbtxt: a number stands for a field when what is
 * under it is what the text says of that field, in every pair. What several numbers could be stays unknown.
 */
#include <math.h>
#include <stdlib.h>

#include "base/wire.h"
#include "format/message.h"
#include "mmtui/dump.h"

#define PAIRS_MOST   32
#define NUMBERS_MOST 64                 /* fields of a message, those of later versions included */
#define BYTES_MOST   ((size_t)16 << 20) /* of a .pb that is learnt from */

/* One tensor, both forms open. */
struct twin {
    struct mm_source source;
    struct mm_entry entry;
    struct mm_load text;
    struct mm_map binary;
    double *values; /* of the text */
};

struct learning {
    const char *folder;
    struct twin twin[PAIRS_MOST];
    size_t twins;
    uint32_t number[NUMBERS_MOST];
    size_t numbers;
    bool may[MM_FIELD_COUNT][NUMBERS_MOST];
    struct mm_arena arena;
};

/* What is under one number in one message. */
struct content {
    size_t fields;
    bool varint, bytes; /* all of them are */
    uint64_t value;     /* of the last varint */
    struct mm_wire_field last;
};

static struct mm_wire wire_of(const struct twin *twin)
{
    const uint8_t *data = twin->binary.data;
    return (struct mm_wire){twin->source.file, data, data, data + twin->binary.size};
}

static struct content content_of(const struct twin *twin, uint32_t number)
{
    struct content content = {.varint = true, .bytes = true};
    struct mm_wire wire = wire_of(twin);
    struct mm_wire_field field;
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (field.number != number)
            continue;
        const uint8_t *at = field.data;
        content.fields++;
        content.varint &= field.type == MM_WIRE_VARINT;
        content.bytes &= field.type == MM_WIRE_BYTES;
        content.last = field;
        if (field.type == MM_WIRE_VARINT)
            mm_wire_varint(&at, field.data + field.size, &content.value);
    }
    return content;
}

/* ---- lists ---- */

/* The next number of a list's bytes, as a field of this kind has it; false: there is none. */
static bool next_value(const uint8_t **at, const uint8_t *end, enum mm_field list, double *value)
{
    uint64_t whole = 0;
    float single;
    size_t size = list == MM_FIELD_FLOAT_VAL    ? sizeof single
                  : list == MM_FIELD_DOUBLE_VAL ? sizeof *value
                                                : 0;
    if (size > (size_t)(end - *at) || (!size && !mm_wire_varint(at, end, &whole)))
        return false;
    for (size_t i = 0; i < size; i++)
        whole |= (uint64_t)(*at)[i] << (8 * i);
    *at += size;
    if (list == MM_FIELD_FLOAT_VAL) {
        uint32_t bits = (uint32_t)whole;
        memcpy(&single, &bits, sizeof single);
        *value = (double)single;
    } else if (list == MM_FIELD_DOUBLE_VAL) {
        memcpy(value, &whole, sizeof *value);
    } else {
        *value = list == MM_FIELD_UINT64_VAL ? (double)whole : (double)(int64_t)whole;
    }
    return true;
}

/* Text may have been written with six digits. */
static bool is_same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-5 * fabs(a);
}

static bool is_wire_type(const struct mm_wire_field *field, enum mm_field list)
{
    enum mm_wire_type single = list == MM_FIELD_FLOAT_VAL    ? MM_WIRE_FIXED32
                               : list == MM_FIELD_DOUBLE_VAL ? MM_WIRE_FIXED64
                                                             : MM_WIRE_VARINT;
    return field->type == single || field->type == MM_WIRE_BYTES;
}

/* Are the values under this number these ones, packed or one by one? */
static bool has_list(const struct twin *twin, uint32_t number, enum mm_field list, const double *values,
                     int64_t count)
{
    struct mm_wire wire = wire_of(twin);
    struct mm_wire_field field;
    int64_t seen = 0;
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        const uint8_t *at = field.data, *end = field.data + field.size;
        double value;
        if (field.number != number)
            continue;
        if (!is_wire_type(&field, list))
            return false;
        for (; at < end; seen++) {
            if (seen == count || !next_value(&at, end, list, &value) || !is_same(values[seen], value))
                return false;
        }
    }
    return seen == count;
}

static bool has_shape(const struct twin *twin, uint32_t number)
{
    const struct mm_shape *shape = &twin->text.tensor.shape;
    double dims[MM_RANK_MAX];
    for (int i = 0; i < shape->rank; i++)
        dims[i] = (double)shape->dim[i];
    return has_list(twin, number, MM_FIELD_SHAPE, dims, shape->rank);
}

/* ---- one field of one pair ---- */

static bool has_text(const struct content *content, const char *text)
{
    size_t size = content->fields ? content->last.size : 0;
    return (content->fields == 0 || content->bytes) && size == strlen(text) &&
           (size == 0 || memcmp(content->last.data, text, size) == 0);
}

static bool has_whole(const struct content *content, int64_t value)
{
    return content->varint && (int64_t)content->value == value;
}

/* May the number stand for the field, by this pair? Of dtype only that it is a number. */
static bool agrees(const struct twin *twin, enum mm_field field, uint32_t number)
{
    const struct mm_load *text = &twin->text;
    struct content content = content_of(twin, number);
    switch (field) {
    case MM_FIELD_VERSION: return content.fields == 1 && has_whole(&content, 1);
    case MM_FIELD_NODE_NAME: return has_text(&content, text->node_name);
    case MM_FIELD_OP_TYPE: return has_text(&content, text->op_type);
    case MM_FIELD_INDEX: return has_whole(&content, text->index);
    case MM_FIELD_IS_OUTPUT: return has_whole(&content, text->is_output);
    case MM_FIELD_DTYPE: return content.fields == 1 && content.varint && content.value <= INT32_MAX;
    case MM_FIELD_SHAPE: return has_shape(twin, number);
    default:
        return has_list(twin, number, field, twin->values,
                        field == mm_message_list_of(text->tensor.dtype) ? text->tensor.count : 0);
    }
}

/* Does it say more than what an absent field says? */
static bool says(const struct twin *twin, enum mm_field field)
{
    const struct mm_load *text = &twin->text;
    switch (field) {
    case MM_FIELD_NODE_NAME: return text->node_name[0] != '\0';
    case MM_FIELD_OP_TYPE: return text->op_type[0] != '\0';
    case MM_FIELD_INDEX: return text->index != 0;
    case MM_FIELD_IS_OUTPUT: return text->is_output;
    case MM_FIELD_SHAPE: return text->tensor.shape.rank > 0;
    case MM_FIELD_VERSION:
    case MM_FIELD_DTYPE: return true;
    default: return text->tensor.count > 0 && field == mm_message_list_of(text->tensor.dtype);
    }
}

/* A data type has one value in all pairs, and another type another one. */
static bool tells_types(const struct learning *learning, uint32_t number)
{
    for (size_t i = 0; i < learning->twins; i++) {
        for (size_t k = 0; k < i; k++) {
            const struct twin *a = &learning->twin[i], *b = &learning->twin[k];
            bool same = a->text.tensor.dtype == b->text.tensor.dtype;
            if (same != (content_of(a, number).value == content_of(b, number).value))
                return false;
        }
    }
    return true;
}

static bool may_be(const struct learning *learning, enum mm_field field, uint32_t number)
{
    bool said = false;
    for (size_t i = 0; i < learning->twins; i++) {
        said |= says(&learning->twin[i], field);
        if (!agrees(&learning->twin[i], field, number))
            return false;
    }
    return said && (field != MM_FIELD_DTYPE || tells_types(learning, number));
}

/* ---- all of them ---- */

static bool note_numbers(struct learning *learning, const struct twin *twin)
{
    struct mm_wire wire = wire_of(twin);
    struct mm_wire_field field;
    int more;
    while ((more = mm_wire_next(&wire, &field, NULL)) > 0) {
        size_t i = 0;
        while (i < learning->numbers && learning->number[i] != field.number)
            i++;
        if (i == NUMBERS_MOST)
            return false;
        if (i == learning->numbers)
            learning->number[learning->numbers++] = field.number;
    }
    return more == 0;
}

/* The only number that a field may have; numbers if there is none, or several. */
static size_t only(const struct learning *learning, int field)
{
    size_t found = learning->numbers;
    for (size_t i = 0; i < learning->numbers; i++) {
        if (!learning->may[field][i])
            continue;
        if (found < learning->numbers)
            return learning->numbers;
        found = i;
    }
    return found;
}

/* A number that one field must have is no other's. True when that said anything new. */
static bool exclude(struct learning *learning)
{
    bool news = false;
    for (int field = 0; field < MM_FIELD_COUNT; field++) {
        size_t number = only(learning, field);
        for (int other = 0; other < MM_FIELD_COUNT && number < learning->numbers; other++) {
            news |= other != field && learning->may[other][number];
            learning->may[other][number] &= other == field;
        }
    }
    return news;
}

static void solve(struct learning *learning, struct mm_schema *schema)
{
    for (int field = 0; field < MM_FIELD_COUNT; field++) {
        for (size_t i = 0; i < learning->numbers; i++)
            learning->may[field][i] = may_be(learning, (enum mm_field)field, learning->number[i]);
    }
    while (exclude(learning))
        ;
    for (int field = 0; field < MM_FIELD_COUNT; field++) {
        size_t i = only(learning, field);
        schema->number[field] = i < learning->numbers ? learning->number[i] : 0;
    }
}

static void note_types(const struct learning *learning, struct mm_schema *schema)
{
    size_t rows = 0;
    for (size_t i = 0; i < learning->twins && rows + 1 < MM_SCHEMA_DTYPES; i++) {
        const struct twin *twin = &learning->twin[i];
        int32_t value = (int32_t)content_of(twin, schema->number[MM_FIELD_DTYPE]).value;
        size_t k = 0;
        while (k < rows && schema->dtype[k].dtype != twin->text.tensor.dtype)
            k++;
        schema->dtype[k].value = value;
        schema->dtype[k].dtype = twin->text.tensor.dtype;
        rows = k == rows ? rows + 1 : rows;
    }
}

static int check(const struct learning *learning, const struct mm_schema *schema, struct mm_err *err)
{
    static const enum mm_field needed[] = {MM_FIELD_VERSION, MM_FIELD_DTYPE, MM_FIELD_SHAPE};
    struct mm_buf lacks = {0};
    bool values = false;
    for (size_t i = 0; i < MM_COUNT(needed); i++) {
        if (schema->number[needed[i]] == 0)
            mm_buf_printf(&lacks, "%s%s", lacks.length ? ", " : "", mm_field_name(needed[i]));
    }
    for (int i = MM_FIELD_FLOAT_VAL; i < MM_FIELD_COUNT; i++)
        values |= schema->number[i] != 0;
    if (!values)
        mm_buf_printf(&lacks, "%sany list of values", lacks.length ? ", " : "");
    bool good = lacks.length == 0;
    if (!good)
        mm_fail(err, MM_EARG,
                "%s: %zu pair%s of a .pb and a .pbtxt do%s not tell the number of %s: a pair of another data "
                "type, "
                "shape or index would",
                learning->folder, learning->twins, learning->twins == 1 ? "" : "s",
                learning->twins == 1 ? "es" : "", mm_buf_text(&lacks));
    mm_buf_done(&lacks);
    return good ? 0 : -1;
}

/* ---- the pairs of a folder ---- */

static void twin_close(struct twin *twin)
{
    free(twin->values);
    mm_map_close(&twin->binary);
    mm_load_close(&twin->text);
}

/* A pair that can't be read tells nothing. */
static bool twin_open(struct twin *twin, const char *text, const char *binary)
{
    twin->source =
        (struct mm_source){.path = text, .file = mm_path_base(text), .format = mm_format_find("pbtxt")};
    twin->entry = (struct mm_entry){.source = &twin->source, .label = twin->source.file};
    if (mm_map_open(&twin->binary, binary, NULL) < 0)
        return false;
    if (twin->binary.size > BYTES_MOST || mm_load_open(&twin->text, &twin->entry, NULL, NULL) < 0) {
        mm_map_close(&twin->binary);
        return false;
    }
    twin->values = mm_tensor_decode(&twin->text.tensor, false, NULL, NULL);
    if (twin->values)
        return true;
    twin_close(twin);
    return false;
}

static int visit(void *context, const char *name)
{
    struct learning *learning = context;
    size_t length = strlen(name), end = sizeof ".pbtxt" - 1;
    if (learning->twins == PAIRS_MOST || length <= end || strcmp(name + length - end, ".pbtxt") != 0)
        return 0;
    char *path = mm_path_join(learning->folder, name);
    char *text = path ? mm_arena_strdup(&learning->arena, path) : NULL;
    free(path);
    char *binary = text ? mm_arena_strndup(&learning->arena, text, strlen(text) - (sizeof "txt" - 1)) : NULL;
    struct twin *twin = &learning->twin[learning->twins];
    memset(twin, 0, sizeof *twin);
    if (binary && twin_open(twin, text, binary)) {
        if (note_numbers(learning, twin))
            learning->twins++;
        else
            twin_close(twin);
    }
    return 0;
}

static int learn(struct learning *learning, struct mm_schema *schema, struct mm_err *err)
{
    if (mm_folder_list(learning->folder, visit, learning, err) != 0)
        return -1;
    if (learning->twins == 0)
        return mm_fail(err, MM_ENOENT,
                       "%s: no tensor is there both as .pb and as .pbtxt, under one name and readable",
                       learning->folder);
    solve(learning, schema);
    if (check(learning, schema, err) < 0)
        return -1;
    note_types(learning, schema);
    return 0;
}

struct learnt {
    struct mm_schema schema; /* first: it is the object */
    char origin[];
};

int mm_schema_learn(struct mm_schema **out, const char *folder, struct mm_err *err)
{
    static const char before[] = "the pairs of .pb and .pbtxt in ";
    *out = NULL;
    struct learning *learning = calloc(1, sizeof *learning);
    struct learnt *made = calloc(1, sizeof *made + sizeof before + strlen(folder));
    int result = learning && made ? 0 : mm_fail_memory(err);
    if (result == 0) {
        memcpy(made->origin, before, sizeof before);
        strcat(made->origin, folder);
        made->schema.origin = made->origin;
        learning->folder = folder;
        result = learn(learning, &made->schema, err);
        for (size_t i = 0; i < learning->twins; i++)
            twin_close(&learning->twin[i]);
        mm_arena_done(&learning->arena);
    }
    free(learning);
    if (result < 0)
        free(made);
    else
        *out = &made->schema;
    return result;
}
