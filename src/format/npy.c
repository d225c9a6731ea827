/*
 * NumPy's array file, versions 1 to 3: magic, version, header length, a Python dict literal, the elements.
 * The header is read as the literal that it is: keys in any order, either quote, any white space, a trailing
 * comma.
 */
#include "format/formats.h"

#include <stdio.h>
#include <string.h>

#define MAGIC_SIZE 6

/* Over the header's text; nothing is read at or beyond end. */
struct parser {
    const char *file;
    const char *begin, *at, *end;
};

struct header {
    const struct mm_given *given; /* or NULL */
    enum { SEEN_DESCR = 1, SEEN_ORDER = 2, SEEN_SHAPE = 4, SEEN_ALL = 7 } seen;
    enum mm_dtype dtype;
    bool swapped;
    bool fortran;
    struct mm_shape shape;
};

/* ---- descr ---- */

static const struct {
    char text[3];
    enum mm_dtype dtype;
} descrs[] = {
    {"f2", MM_F16}, {"f4", MM_F32}, {"f8", MM_F64}, {"i1", MM_I8},  {"i2", MM_I16}, {"i4", MM_I32},
    {"i8", MM_I64}, {"u1", MM_U8},  {"u2", MM_U16}, {"u4", MM_U32}, {"u8", MM_U64}, {"b1", MM_BOOL},
};

/*
 * The dtypes of ml_dtypes have no code of their own: NumPy saves bfloat16 as two bytes of nothing (V2) and float8_e5m2 as
 * f1, which nothing else is; all others are one byte of nothing (V1), and it is lost which they were.
 */
static const struct {
    char text[3];
    enum mm_dtype dtype;
} void_descrs[] = {{"V2", MM_BF16}, {"f1", MM_F8E5M2}};

static const struct {
    char kind;
    const char *what;
} refused[] = {
    {'O', "an object array (pickled Python objects); save it as a number array"},
    {'V', "a void array; save it as numbers"},
    {'W', "a complex array; save real and imaginary part"},
    {'c', "a complex array; save real and imaginary part"},
    {'S', "a string array"},
    {'a', "a string array"},
    {'U', "a string array"},
    {'M', "an array of dates"},
    {'m', "an array of time spans"},
};

/* Bytes of nothing: what the user says they are, if it is as long. */
static bool is_void(struct header *header, const char *p, size_t left)
{
    enum mm_dtype given = header->given ? header->given->dtype : MM_DTYPE_NONE;
    if (left != 2 || (*p != 'V' && memcmp(p, "f1", 2) != 0))
        return false;
    if (given != MM_DTYPE_NONE && mm_dtype_info(given)->bytes == (unsigned)(p[1] - '0')) {
        header->dtype = given;
        return true;
    }
    for (size_t i = 0; i < MM_COUNT(void_descrs); i++) {
        if (memcmp(p, void_descrs[i].text, 2) == 0)
            header->dtype = void_descrs[i].dtype;
    }
    return header->dtype != MM_DTYPE_NONE;
}

/* A dtype's name, as some write it: 'bfloat16', 'float8_e4m3fn'. NumPy's codes of one letter are none ('f16'). */
static bool is_name(struct header *header, const char *p, size_t left)
{
    char name[24];
    if (left < 4 || left >= sizeof name || (p[1] >= '0' && p[1] <= '9'))
        return false;
    memcpy(name, p, left);
    name[left] = '\0';
    header->dtype = mm_dtype_find(name);
    return header->dtype != MM_DTYPE_NONE;
}

static int parse_descr(struct header *header, const char *file, const char *text, size_t length,
                       struct mm_err *err)
{
    const char *p = text;
    char order = '=';
    if (length > 0 && *p && strchr("<>=|", *p))
        order = *p++;
    size_t left = length - (size_t)(p - text);
    if (left == 1 && *p == '?') {
        header->dtype = MM_BOOL;
        return 0;
    }
    for (size_t i = 0; i < MM_COUNT(descrs); i++) {
        if (left == 2 && memcmp(p, descrs[i].text, 2) == 0) {
            char native = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? '<' : '>';
            header->dtype = descrs[i].dtype;
            header->swapped = (order == '<' || order == '>') && order != native && p[1] != '1';
            return 0;
        }
    }
    if (is_void(header, p, left) || is_name(header, p, left))
        return 0;
    if (left == 2 && memcmp(p, "V1", 2) == 0)
        return mm_fail(
            err, MM_EUNSUPPORTED,
            "%s: its elements are one byte each, of which the file does not say what it is (NumPy saves "
            "float8, float4 and int4 of ml_dtypes so): tell it with --dtype",
            file);
    for (size_t i = 0; left > 0 && i < MM_COUNT(refused); i++) {
        if (*p == refused[i].kind)
            return mm_fail(err, MM_EUNSUPPORTED, "%s: this is %s", file, refused[i].what);
    }
    return mm_fail(err, MM_EUNSUPPORTED, "%s: element type '%.*s' is not read", file,
                   (int)(length < 40 ? length : 40), text);
}

/* ---- the dict literal ---- */

static int bad_header(const struct parser *p, const char *what, struct mm_err *err)
{
    return mm_fail(err, MM_ECORRUPT, "%s: the header is not what NumPy writes: %s, at its character %zu",
                   p->file, what, (size_t)(p->at - p->begin));
}

static void skip_space(struct parser *p)
{
    while (p->at < p->end && (*p->at == ' ' || (*p->at >= '\t' && *p->at <= '\r')))
        p->at++;
}

static bool take(struct parser *p, char c)
{
    skip_space(p);
    if (p->at == p->end || *p->at != c)
        return false;
    p->at++;
    return true;
}

static bool take_word(struct parser *p, const char *word)
{
    size_t length = strlen(word);
    skip_space(p);
    if ((size_t)(p->end - p->at) < length || memcmp(p->at, word, length) != 0)
        return false;
    p->at += length;
    return true;
}

/* 'text' or "text" without escapes: names and type codes need none. */
static bool take_string(struct parser *p, const char **text, size_t *length)
{
    skip_space(p);
    if (p->at == p->end || (*p->at != '\'' && *p->at != '"'))
        return false;
    const char *start = p->at + 1;
    const char *stop = memchr(start, *p->at, (size_t)(p->end - start));
    if (!stop || memchr(start, '\\', (size_t)(stop - start)))
        return false;
    *text = start;
    *length = (size_t)(stop - start);
    p->at = stop + 1;
    return true;
}

/* Behind the '[' of a structured array: the only field of it is the array. */
static int read_field(struct parser *p, struct header *header, struct mm_err *err)
{
    const char *text;
    size_t length;
    if (!take(p, '(') || !take_string(p, &text, &length) || !take(p, ',') ||
        !take_string(p, &text, &length) || !take(p, ')') || (take(p, ','), !take(p, ']')))
        return mm_fail(err, MM_EUNSUPPORTED,
                       "%s: this is a structured array of several fields; save its fields one by one",
                       p->file);
    return parse_descr(header, p->file, text, length, err);
}

static int read_descr(struct parser *p, struct header *header, struct mm_err *err)
{
    const char *text;
    size_t length;
    if (take(p, '['))
        return read_field(p, header, err);
    skip_space(p);
    if (p->at < p->end && *p->at == '(')
        return mm_fail(err, MM_EUNSUPPORTED, "%s: this is a structured array; save its fields one by one",
                       p->file);
    if (!take_string(p, &text, &length))
        return bad_header(p, "'descr' is no string", err);
    return parse_descr(header, p->file, text, length, err);
}

static int read_order(struct parser *p, struct header *header, struct mm_err *err)
{
    header->fortran = take_word(p, "True");
    if (!header->fortran && !take_word(p, "False"))
        return bad_header(p, "'fortran_order' is neither True nor False", err);
    return 0;
}

static bool take_dim(struct parser *p, int64_t *dim)
{
    skip_space(p);
    const char *start = p->at;
    int64_t value = 0;
    for (; p->at < p->end && *p->at >= '0' && *p->at <= '9'; p->at++) {
        int digit = *p->at - '0';
        if (value > (INT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *dim = value;
    if (p->at == start)
        return false;
    if (p->at < p->end && *p->at == 'L') /* Python 2 wrote its long integers so */
        p->at++;
    return true;
}

/* (), (3,), (3, 4) */
static int read_shape(struct parser *p, struct header *header, struct mm_err *err)
{
    struct mm_shape *shape = &header->shape;
    bool comma = true;
    if (!take(p, '('))
        return bad_header(p, "'shape' is no tuple", err);
    while (!take(p, ')')) {
        int64_t dim;
        if (!comma || !take_dim(p, &dim))
            return bad_header(p, "'shape' is no tuple of sizes", err);
        if (shape->rank == MM_RANK_MAX)
            return mm_fail(err, MM_EUNSUPPORTED, "%s: more than %d dimensions are not read", p->file,
                           MM_RANK_MAX);
        shape->dim[shape->rank++] = dim;
        comma = take(p, ',');
    }
    if (shape->rank == 1 && !comma)
        return bad_header(p, "'shape' is a number, not a tuple", err);
    return 0;
}

static const struct {
    const char *name;
    int bit;
    int (*read)(struct parser *p, struct header *header, struct mm_err *err);
} keys[] = {
    {"descr", SEEN_DESCR, read_descr},
    {"fortran_order", SEEN_ORDER, read_order},
    {"shape", SEEN_SHAPE, read_shape},
};

static int read_pair(struct parser *p, struct header *header, struct mm_err *err)
{
    const char *text;
    size_t length;
    if (!take_string(p, &text, &length))
        return bad_header(p, "a key is missing", err);
    for (size_t i = 0; i < MM_COUNT(keys); i++) {
        if (strlen(keys[i].name) != length || memcmp(keys[i].name, text, length) != 0)
            continue;
        if (header->seen & keys[i].bit)
            return bad_header(p, "a key stands there twice", err);
        header->seen |= keys[i].bit;
        if (!take(p, ':'))
            return bad_header(p, "a key without a value", err);
        return keys[i].read(p, header, err);
    }
    return bad_header(p, "a key that is not descr, fortran_order or shape", err);
}

static int read_dict(struct parser *p, struct header *header, struct mm_err *err)
{
    bool comma = true;
    if (!take(p, '{'))
        return bad_header(p, "no dict", err);
    while (!take(p, '}')) {
        if (!comma)
            return bad_header(p, "a comma is missing", err);
        if (read_pair(p, header, err) < 0)
            return -1;
        comma = take(p, ',');
    }
    skip_space(p);
    if (p->at != p->end)
        return bad_header(p, "something stands behind the dict", err);
    if (header->seen != SEEN_ALL)
        return bad_header(p, "one of descr, fortran_order, shape is missing", err);
    return 0;
}

/* ---- the file ---- */

size_t mm_npy_head(const uint8_t *bytes, size_t size)
{
    if (size < 12 || !mm_npy_probe(bytes, size))
        return 0;
    size_t length = bytes[8] | (size_t)bytes[9] << 8;
    if (bytes[MAGIC_SIZE] == 1)
        return length + 10;
    return (length | (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24) + 12;
}

bool mm_npy_probe(const uint8_t *bytes, size_t size)
{
    return size >= MAGIC_SIZE && memcmp(bytes, "\x93NUMPY", MAGIC_SIZE) == 0;
}

/* Where the header's text lies. */
static int find_header(const struct mm_load *load, struct parser *p, struct mm_err *err)
{
    const uint8_t *data = load->bytes;
    if (!mm_npy_probe(data, load->size))
        return mm_fail(err, MM_ECORRUPT, "%s: does not start as a .npy file does", p->file);
    if (load->size < MAGIC_SIZE + 4)
        return mm_fail(err, MM_ECORRUPT, "%s: ends inside its header, after %zu bytes", p->file, load->size);
    if (load->have < MAGIC_SIZE + 6 && load->have < load->size) /* only so much of it was brought */
        return mm_fail(err, MM_EUNSUPPORTED, "%s: a header of %zu bytes is not read", p->file, load->have);
    int major = data[MAGIC_SIZE];
    if (major < 1 || major > 3)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: .npy version %d.%d, only 1 to 3 are known", p->file, major,
                       data[MAGIC_SIZE + 1]);
    size_t start = MAGIC_SIZE + (major == 1 ? 4 : 6);
    if (load->size < start)
        return mm_fail(err, MM_ECORRUPT, "%s: ends inside its header, after %zu bytes", p->file, load->size);
    size_t length = data[8] | (size_t)data[9] << 8;
    if (major > 1)
        length |= (size_t)data[10] << 16 | (size_t)data[11] << 24;
    if (length > load->size - start)
        return mm_fail(err, MM_ECORRUPT, "%s: the header should have %zu bytes, the file has %zu more",
                       p->file, length, load->size - start);
    if (length > load->have - start) /* who brought the bytes knows better */
        return mm_fail(err, MM_EUNSUPPORTED, "%s: a header of %zu bytes is not read", p->file, length);
    p->begin = p->at = (const char *)data + start;
    p->end = p->begin + length;
    return 0;
}

/* The shape's bytes, if it is a shape and they are there. */
static int check_size(const struct header *header, const struct parser *p, size_t there, struct mm_err *err)
{
    const struct mm_dtype_info *info = mm_dtype_info(header->dtype);
    int64_t count = mm_shape_count(&header->shape);
    bool possible = false;
    size_t need = 0;
    char text[256];
    if (count >= 0)
        possible = mm_mul((size_t)count, info->bytes, &need);
    if (possible && need <= there)
        return 0;
    mm_shape_text(&header->shape, false, text, sizeof text);
    if (!possible)
        return mm_fail(err, MM_ECORRUPT, "%s: shape %s is not the shape of a tensor", p->file, text);
    return mm_fail(err, MM_ECORRUPT, "%s: header says %s %s = %zu bytes, %zu are there", p->file, text,
                   info->name, need, there);
}

int mm_npy_read(struct mm_load *load, const struct mm_schema *schema, const char *file, struct mm_err *err)
{
    struct parser p = {.file = file};
    struct header header = {.given = load->entry ? load->entry->given : NULL};
    (void)schema;
    if (find_header(load, &p, err) < 0 || read_dict(&p, &header, err) < 0)
        return -1;
    const uint8_t *data = (const uint8_t *)p.end;
    size_t there = load->size - (size_t)(data - load->bytes);
    if (check_size(&header, &p, there, err) < 0)
        return -1;
    struct mm_run *run = mm_arena_alloc(&load->arena, sizeof *run);
    if (!run)
        return mm_fail_memory(err);
    mm_tensor_raw(&load->tensor, header.dtype, &header.shape, load->supply ? NULL : data, run);
    if (load->supply) {
        load->supply->begin = (uint64_t)(data - load->bytes);
        load->supply->end = load->supply->begin + run->size;
        load->tensor.supply = load->supply;
    }
    load->tensor.swapped = header.swapped;
    if (header.fortran && header.shape.rank > 1)
        mm_tensor_fortran(&load->tensor);
    return 0;
}
