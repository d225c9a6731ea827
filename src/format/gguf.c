/*
 * GGUF, versions 2 and 3, little-endian: "GGUF", the version, how many tensors and key-value pairs, the pairs, for each
 * tensor its name, sizes (the innermost first), type and place, then the data, aligned. Values in blocks are decoded.
 */
#include "format/formats.h"
#include "format/gguf_blocks.h"
#include "format/little.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/translate.h"

#define ALIGNMENT     32 /* unless the file says another */
#define ALIGNMENT_MAX (1 << 20)
#define DIMS_MAX      4 /* as ggml has it */
#define NAME_MOST     ((uint64_t)1 << 16)
#define ARRAYS_DEEP   8

/* What is read from, in order; `bad` once something would lie beyond the end. */
struct words {
    const uint8_t *at, *end;
    bool bad;
};

static const uint8_t *take(struct words *words, uint64_t bytes)
{
    const uint8_t *at = words->at;
    if (words->bad || (uint64_t)(words->end - words->at) < bytes) {
        words->bad = true;
        return NULL;
    }
    words->at += bytes;
    return at;
}

static uint64_t take_number(struct words *words, size_t bytes)
{
    const uint8_t *at = take(words, bytes);
    return at ? little_get(at, bytes) : 0;
}

static const uint8_t *take_text(struct words *words, uint64_t *length)
{
    *length = take_number(words, 8);
    return take(words, *length);
}

/* ---- key-value pairs: only the alignment is wanted ---- */

enum { TYPE_TEXT = 8, TYPE_ARRAY = 9, TYPES = 13 };

static void skip_value(struct words *words, uint64_t type, int deep);

static void skip_array(struct words *words, int deep)
{
    static const uint8_t bytes[TYPES] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
    uint64_t type = take_number(words, 4), count = take_number(words, 8);
    words->bad = words->bad || type >= TYPES || deep == ARRAYS_DEEP;
    if (words->bad)
        return;
    if (bytes[type] > 0) {
        words->bad = count > UINT64_MAX / 8;
        take(words, count * bytes[type]);
        return;
    }
    for (uint64_t i = 0; i < count && !words->bad; i++) /* each takes 8 bytes at least */
        skip_value(words, type, deep + 1);
}

static void skip_value(struct words *words, uint64_t type, int deep)
{
    static const uint8_t bytes[TYPES] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
    uint64_t length;
    if (type == TYPE_TEXT)
        take_text(words, &length);
    else if (type == TYPE_ARRAY)
        skip_array(words, deep);
    else if (type < TYPES)
        take(words, bytes[type]);
    else
        words->bad = true;
}

static void read_pairs(struct words *words, uint64_t count, uint64_t *alignment)
{
    static const char key[] = "general.alignment";
    for (uint64_t i = 0; i < count && !words->bad; i++) {
        uint64_t length;
        const uint8_t *name = take_text(words, &length);
        uint64_t type = take_number(words, 4);
        const uint8_t *value = words->at;
        skip_value(words, type, 0);
        bool is_alignment = !words->bad && length == sizeof key - 1 && memcmp(name, key, length) == 0;
        if (is_alignment && type == 4)
            *alignment = little_u32(value);
    }
}

/* ---- tensors ---- */

static const struct {
    uint32_t type;
    enum mm_dtype dtype;
} plain[] = {{0, MM_F32},  {1, MM_F16},  {24, MM_I8},  {25, MM_I16},
             {26, MM_I32}, {27, MM_I64}, {28, MM_F64}, {30, MM_BF16}};

/* How a tensor's values are stored. */
struct detail {
    struct mm_shape shape;
    enum mm_dtype dtype;            /* F32 of blocks */
    const struct gguf_block *block; /* NULL: as they are */
    uint64_t bytes;                 /* that they take */
};

struct listing {
    const struct mm_source *source;
    struct mm_arena *arena;
    struct mm_members *members;
    uint64_t begin, size; /* of the data, in the file */
};

static int refuse(const struct listing *list, struct mm_entry *entry, enum mm_code code, const char *why,
                  struct mm_err *err)
{
    entry->code = code;
    entry->wrong = mm_tensor_sentence(list->source, entry->member, why, list->arena);
    return entry->wrong ? 0 : mm_fail_memory(err);
}

/* Sets dtype or block; false for a type that can't be read. */
static bool set_type(struct detail *detail, uint32_t type)
{
    for (size_t i = 0; i < MM_COUNT(plain); i++) {
        if (plain[i].type == type) {
            detail->dtype = plain[i].dtype;
            return true;
        }
    }
    detail->dtype = MM_F32;
    detail->block = gguf_block_find(type);
    return detail->block != NULL;
}

/* The bytes of its values; false when they are too many, or a row does not fill its blocks. */
static bool set_bytes(struct detail *detail)
{
    int64_t count = mm_shape_count(&detail->shape);
    int64_t row = detail->shape.rank ? detail->shape.dim[detail->shape.rank - 1] : 1;
    if (count < 0 || count > INT64_MAX / 16)
        return false;
    if (!detail->block) {
        detail->bytes = (uint64_t)count * mm_dtype_info(detail->dtype)->bytes;
        return true;
    }
    detail->bytes = (uint64_t)count / detail->block->values * detail->block->bytes;
    return row % detail->block->values == 0;
}

static int check_tensor(const struct listing *list, struct mm_entry *entry, struct detail *detail,
                        uint32_t type, struct mm_err *err)
{
    char why[160];
    if (!set_type(detail, type)) {
        mm_format(why, sizeof why, "values of GGUF's type %" PRIu32 " are not read", type);
        return refuse(list, entry, MM_EUNSUPPORTED, why, err);
    }
    if (!set_bytes(detail))
        return refuse(list, entry, MM_ECORRUPT, "its sizes fit no whole number of blocks", err);
    if (entry->offset > list->size || detail->bytes > list->size - entry->offset) {
        mm_format(why, sizeof why,
                  "should end at byte %" PRIu64 " of the data, of which %" PRIu64 " are there",
                  entry->offset + detail->bytes, list->size);
        return refuse(list, entry, MM_ECORRUPT, why, err);
    }
    entry->size = detail->bytes;
    entry->offset += list->begin;
    return 0;
}

/* One tensor's lines of the header: its place counts from the data's begin, which is not known yet. */
static int add_tensor(const struct listing *list, struct words *words, uint32_t *type, struct mm_err *err)
{
    uint64_t length, dim;
    const uint8_t *name = take_text(words, &length);
    uint64_t rank = take_number(words, 4);
    struct mm_entry *entry = mm_members_add(list->members, list->source);
    struct detail *detail = mm_arena_alloc(list->arena, sizeof *detail);
    if (!entry || !detail)
        return mm_fail_memory(err);
    words->bad = words->bad || rank > DIMS_MAX || length > NAME_MOST;
    detail->shape.rank = words->bad ? 0 : (int)rank;
    for (int i = detail->shape.rank; i-- > 0;) { /* ne[0] is the innermost */
        dim = take_number(words, 8);
        words->bad = words->bad || dim > INT64_MAX;
        detail->shape.dim[i] = (int64_t)dim;
    }
    *type = (uint32_t)take_number(words, 4);
    entry->offset = take_number(words, 8);
    entry->detail = detail;
    entry->member =
        mm_arena_strndup(list->arena, words->bad ? "" : (const char *)name, words->bad ? 0 : length);
    entry->label = entry->member ? mm_tensor_sentence(list->source, entry->member, "", list->arena) : NULL;
    return entry->label ? 0 : mm_fail_memory(err);
}

static int cut_short(const struct listing *list, struct mm_err *err)
{
    return mm_fail(err, MM_ECORRUPT, "%s: the header ends early, or has a length that can't be",
                   list->source->file);
}

/* Both passes over what the header says of tensors. */
static int add_tensors(struct listing *list, struct words *words, uint64_t count, uint64_t alignment,
                       const uint8_t *base, struct mm_err *err)
{
    size_t first = list->members->count;
    uint32_t *types = mm_arena_array(list->arena, (size_t)count + 1, sizeof *types);
    int result = types ? 0 : mm_fail_memory(err);
    for (uint64_t i = 0; i < count && result == 0 && !words->bad; i++)
        result = add_tensor(list, words, &types[i], err);
    if (result < 0 || words->bad)
        return result < 0 ? result : cut_short(list, err);
    uint64_t header = (uint64_t)(words->at - base), whole = (uint64_t)(words->end - base);
    list->begin = (header + alignment - 1) / alignment * alignment;
    list->size = list->begin < whole ? whole - list->begin : 0;
    for (uint64_t i = 0; i < count && result == 0; i++) {
        struct mm_entry *entry = &list->members->entry[first + i];
        result = check_tensor(list, entry, (struct detail *)entry->detail, types[i], err);
    }
    return result;
}

static int list_map(void *context, const struct mm_map *map, struct mm_err *err)
{
    struct listing *list = context;
    struct words words = {map->data, map->data + map->size, false};
    uint64_t alignment = ALIGNMENT;
    take(&words, 4);
    uint64_t version = take_number(&words, 4), tensors = take_number(&words, 8),
             pairs = take_number(&words, 8);
    if (!words.bad && version != 2 && version != 3)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: GGUF of version %" PRIu64 " is not read, only 2 and 3%s",
                       list->source->file, version, version > UINT16_MAX ? ", and no big-endian file" : "");
    if (words.bad || tensors > map->size / 24 ||
        pairs > map->size / 13) /* each takes so many bytes at least */
        return cut_short(list, err);
    read_pairs(&words, pairs, &alignment);
    if (words.bad)
        return cut_short(list, err);
    if (alignment == 0 || alignment > ALIGNMENT_MAX)
        return mm_fail(err, MM_ECORRUPT, "%s: general.alignment is %" PRIu64, list->source->file, alignment);
    return add_tensors(list, &words, tensors, alignment, map->data, err);
}

bool mm_gguf_probe(const uint8_t *bytes, size_t size)
{
    return size >= 24 && memcmp(bytes, "GGUF", 4) == 0;
}

int mm_gguf_list(const struct mm_source *source, struct mm_arena *arena, struct mm_members *members,
                 struct mm_err *err)
{
    struct listing list = {.source = source, .arena = arena, .members = members};
    return mm_list_mapped(source, list_map, &list, err);
}

int mm_gguf_read(struct mm_load *load, const struct mm_schema *schema, const char *label, struct mm_err *err)
{
    const struct detail *detail = load->entry->detail;
    struct mm_run *run = mm_arena_alloc(&load->arena, sizeof *run);
    (void)schema;
    if (!run)
        return mm_fail_memory(err);
    if (detail->bytes > load->size)
        return mm_fail(err, MM_ECORRUPT, "%s: became shorter while it was read", label);
    mm_tensor_raw(&load->tensor, detail->dtype, &detail->shape, detail->block ? NULL : load->bytes, run);
    load->tensor.swapped = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ && !detail->block;
    if (!detail->block)
        return 0;
    return run->count > 0 ? gguf_supply(load, detail->block, load->bytes, err) : 0;
}

const char *mm_gguf_stored_as(const struct mm_entry *entry)
{
    const struct detail *detail = entry->detail;
    return detail->block ? detail->block->name : NULL;
}
