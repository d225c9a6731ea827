/*
 * What the dump tool of Cambricon's PyTorch (CATCH) writes: text files without an ending, one an argument or result of an
 * operator. A line tells of a tensor, its values follow, one a line:
 *
 *     Tensor : Type = Float : Shape = [2, 3] : Stride = [3, 1] : Dumped = 6
 *
 * Before it may stand "Tuple : Size = 2", "TensorList : Size = 3", "Optional : " and such: each tensor is a member. The
 * tool keeps all values (level 2), the first ten (0), or the sum of their absolute values (1); of the last two what is
 * there is a tensor of one axis. Values of a large file are not counted before they are read: see pbtxt.c.
 */
#include "format/formats.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/translate.h"

#define GUESS_LEAST                                                                                          \
    ((size_t)64 << 10)           /* a smaller file is read through: that is quick, and errors show at once */
#define LINE_MOST ((size_t)4096) /* of a line that tells of a tensor */

static const char head[] = "Tensor : Type = ";

struct detail {
    enum mm_dtype dtype;
    struct mm_shape shape; /* of what is there */
    size_t values;         /* where they begin, from the member's first byte: behind the line's end */
};

static bool begins(const char *text, size_t size, const char *with)
{
    size_t length = strlen(with);
    return size >= length && memcmp(text, with, length) == 0;
}

bool mm_catch_probe(const uint8_t *bytes, size_t size)
{
    static const char *const firsts[] = {head,
                                         "Tuple : Size = ",
                                         "TensorList : Size = ",
                                         "Optional : \nTensor",
                                         "List : Size = ",
                                         "Vector : Size = ",
                                         "Optional : None",
                                         "Scalar : Type = ",
                                         "Array : Size = "};
    for (size_t i = 0; i < MM_COUNT(firsts); i++) {
        if (begins((const char *)bytes, size, firsts[i]))
            return true;
    }
    return false;
}

/* ---- the line ---- */

static const struct {
    const char *name;
    enum mm_dtype dtype;
} types[] = {
    {"Float", MM_F32}, {"Half", MM_F16},  {"BFloat16", MM_BF16}, {"Double", MM_F64}, {"Byte", MM_U8},
    {"Char", MM_I8},   {"Short", MM_I16}, {"Int", MM_I32},       {"Long", MM_I64},   {"Bool", MM_BOOL},
};

static int take_type(const char *word, size_t length, struct detail *detail, const char *label,
                     struct mm_err *err)
{
    for (size_t i = 0; i < MM_COUNT(types); i++) {
        if (strlen(types[i].name) == length && memcmp(types[i].name, word, length) == 0) {
            detail->dtype = types[i].dtype;
            return 0;
        }
    }
    return mm_fail(err, MM_EUNSUPPORTED, "%s: values of the type %.*s are not read", label,
                   (int)(length < 40 ? length : 40), word);
}

/* "[64, 3]" */
static bool take_shape(const char *text, size_t length, struct mm_shape *shape)
{
    char copy[LINE_MOST];
    size_t kept = 0;
    if (length < 2 || length >= sizeof copy || text[0] != '[' || text[length - 1] != ']')
        return false;
    for (size_t i = 1; i + 1 < length; i++) {
        if (text[i] != ' ')
            copy[kept++] = text[i];
    }
    copy[kept] = '\0';
    *shape = (struct mm_shape){.rank = 0};
    for (char *p = copy, *end; *copy; p = end + 1) {
        end = p + strcspn(p, ",");
        bool last = !*end;
        *end = '\0';
        if (shape->rank == MM_RANK_MAX || !mm_parse_i64(p, &shape->dim[shape->rank++]))
            return false;
        if (last)
            break;
    }
    return mm_shape_count(shape) >= 0;
}

/* The value of " : KEY = VALUE" in the line; NULL: there is no such. */
static const char *find_value(const char *line, const char *key, size_t *length)
{
    const char *at = strstr(line, key);
    if (!at)
        return NULL;
    at += strlen(key);
    const char *end = strstr(at, " : ");
    *length = end ? (size_t)(end - at) : strlen(at);
    return at;
}

/* Of `count` values `dumped` are there. */
static int take_dumped(struct detail *detail, struct mm_entry *entry, const char *word, size_t length,
                       const char *label, struct mm_err *err)
{
    char text[24];
    int64_t dumped, count = mm_shape_count(&detail->shape);
    snprintf(text, sizeof text, "%.*s", (int)(length < sizeof text ? length : sizeof text - 1), word);
    if (!mm_parse_i64(text, &dumped) || dumped < 0 || dumped > count)
        return mm_fail(err, MM_ECORRUPT, "%s: says that %s of %" PRId64 " values were dumped", label, text,
                       count);
    if (dumped == count)
        return 0;
    entry->kept = dumped == 1 ? MM_KEPT_SUM : MM_KEPT_FIRST;
    if (entry->kept == MM_KEPT_SUM && mm_dtype_info(detail->dtype)->kind != MM_KIND_FLOAT)
        detail->dtype = MM_I64; /* many truths, say */
    detail->shape = (struct mm_shape){.rank = 1, .dim = {dumped}};
    return 0;
}

/* 0; -1 with what is wrong with this tensor. */
static int read_line(const char *line, struct detail *detail, struct mm_entry *entry, const char *label,
                     struct mm_err *err)
{
    size_t type, shape, dumped;
    const char *of_type = find_value(line, "Tensor : Type = ", &type);
    const char *of_shape = find_value(line, " : Shape = ", &shape);
    const char *of_dumped = find_value(line, " : Dumped = ", &dumped);
    if (!of_shape || !of_dumped || !take_shape(of_shape, shape, &detail->shape))
        return mm_fail(err, MM_ECORRUPT, "%s: the line before the values has no Shape and Dumped: \"%.80s\"",
                       label, line);
    if (take_type(of_type, type, detail, label, err) < 0)
        return -1;
    return take_dumped(detail, entry, of_dumped, dumped, label, err);
}

/* ---- members ---- */

struct walk {
    const struct mm_source *source;
    struct mm_arena *arena;
    struct mm_members *members;
    const char *begin, *end;
    size_t place; /* of the next tensor in the file, from 0 on */
    bool lone;    /* the file is one tensor */
};

/* The next line with a colon from `at` on, or the end: values have none. */
static const char *next_line(const struct walk *walk, const char *at)
{
    const char *colon = at < walk->end ? memchr(at, ':', (size_t)(walk->end - at)) : NULL;
    while (colon && colon > at && colon[-1] != '\n')
        colon--;
    return colon ? colon : walk->end;
}

static const char *behind_line(const struct walk *walk, const char *line)
{
    const char *end = memchr(line, '\n', (size_t)(walk->end - line));
    return end ? end + 1 : walk->end;
}

static int name_member(const struct walk *walk, struct mm_entry *entry)
{
    const char *file = walk->source->file;
    size_t room = strlen(file) + 40;
    char *label = mm_arena_alloc(walk->arena, room), *member = mm_arena_alloc(walk->arena, room);
    if (!label || !member)
        return -1;
    mm_format(label, room, walk->lone ? "%s" : "%s: tensor %zu", file, walk->place);
    snprintf(member, room, walk->lone ? "%s" : "%s[%zu]", mm_path_base(file), walk->place);
    entry->label = label;
    entry->member = member;
    return 0;
}

static int add(struct walk *walk, const char *line, const char *values, const char *end)
{
    char text[LINE_MOST];
    struct mm_err why;
    size_t length = (size_t)(values - line);
    struct detail *detail = mm_arena_alloc(walk->arena, sizeof *detail);
    struct mm_entry *entry = mm_members_add(walk->members, walk->source);
    if (!detail || !entry || name_member(walk, entry) < 0)
        return -1;
    *detail = (struct detail){.values = length};
    entry->offset = (uint64_t)(line - walk->begin);
    entry->size = (uint64_t)(end - line);
    entry->detail = detail;
    length = length < sizeof text ? length : sizeof text - 1;
    memcpy(text, line, length);
    text[length] = '\0';
    text[strcspn(text, "\r\n")] = '\0';
    if (read_line(text, detail, entry, entry->label, &why) == 0)
        return 0;
    entry->code = why.code;
    entry->wrong = mm_arena_strdup(walk->arena, why.text);
    return entry->wrong ? 0 : -1;
}

/* Tensors without values, and what is no tensor (scalars, lists of numbers), are passed over. */
static int list_all(struct walk *walk)
{
    static const char *const without[] = {"Tensor : Type = Empty", "Tensor : Type = Undefined"};
    int result = 0;
    for (const char *line = walk->begin, *next; line < walk->end && result == 0; line = next) {
        const char *values = behind_line(walk, line);
        size_t length = (size_t)(values - line);
        next = next_line(walk, values);
        if (!begins(line, length, head))
            continue;
        if (begins(line, length, without[0]) || begins(line, length, without[1]))
            walk->members->skipped++;
        else
            result = add(walk, line, values, next);
        walk->place++;
    }
    return result;
}

static int list_map(void *context, const struct mm_map *map, struct mm_err *err)
{
    struct walk *walk = context;
    walk->begin = (const char *)map->data;
    walk->end = walk->begin + map->size;
    walk->lone = begins(walk->begin, map->size, head);
    if (list_all(walk) < 0)
        return mm_fail_memory(err);
    walk->members->skipped += walk->place == 0; /* a scalar, or nothing that is there */
    return 0;
}

int mm_catch_list(const struct mm_source *source, struct mm_arena *arena, struct mm_members *members,
                  struct mm_err *err)
{
    struct walk walk = {.source = source, .arena = arena, .members = members};
    return mm_list_mapped(source, list_map, &walk, err);
}

/* ---- values ---- */

/* All are counted: quickly told where values are missing, or are no numbers. */
static int check_count(const struct mm_load *load, size_t values, int64_t expected, const char *label,
                       struct mm_err *err)
{
    int64_t count;
    if (mm_numbers_count(load, values, label, &count, err) < 0)
        return -1;
    if (count == expected)
        return 0;
    return mm_fail(err, MM_ECORRUPT,
                   "%s: has %" PRId64 " values; its first line says %" PRId64 " were dumped", label, count,
                   expected);
}

int mm_catch_read(struct mm_load *load, const struct mm_schema *schema, const char *label, struct mm_err *err)
{
    const struct detail *detail = load->entry->detail;
    struct mm_run *run = mm_arena_alloc(&load->arena, sizeof *run);
    int64_t count = mm_shape_count(&detail->shape);
    bool crlf = detail->values > 1 && load->size >= detail->values && load->bytes[detail->values - 2] == '\r';
    bool exact = load->exact || load->size < GUESS_LEAST;
    (void)schema;
    if (!run)
        return mm_fail_memory(err);
    if (load->size < detail->values)
        return mm_fail(err, MM_ECORRUPT, "%s: became shorter while it was read", label);
    if (exact && check_count(load, detail->values, count, label, err) < 0)
        return -1;
    uint32_t gap = exact ? 0 : crlf ? 2 : 1;
    size_t end = load->size;
    while (end > detail->values && (load->bytes[end - 1] == '\n' || load->bytes[end - 1] == '\r'))
        end--;
    *run = (struct mm_run){.data = load->bytes + detail->values - gap,
                           .size = end - detail->values + gap,
                           .count = count,
                           .gap = gap};
    load->tensor.dtype = load->tensor.stored = detail->dtype;
    load->tensor.encoding = MM_ENC_TEXT;
    load->tensor.shape = detail->shape;
    load->tensor.count = count;
    load->tensor.run = run;
    load->tensor.runs = count > 0;
    load->uncounted = !exact;
    return 0;
}
