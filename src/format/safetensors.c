/*
 * safetensors: the length of a header (64 bits, little-endian), the header, a JSON object with a member for each tensor
 * ({"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}, counted from behind the header), then the data.
 * As its own library does, a file is refused whose tensors do not cover the data exactly, without a hole or an overlap.
 */
#include "format/safetensors.h"
#include "format/formats.h"
#include "format/unpack.h"
#include "base/json_read.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/translate.h"

#define LENGTH_SIZE 8
#define VALUES_MOST ((size_t)1 << 25) /* in a header: seven a tensor or so */

static const struct {
    const char *name;
    enum mm_dtype dtype;
} dtypes[] = {
    {"F64", MM_F64},
    {"F32", MM_F32},
    {"F16", MM_F16},
    {"BF16", MM_BF16},
    {"I64", MM_I64},
    {"I32", MM_I32},
    {"I16", MM_I16},
    {"I8", MM_I8},
    {"U64", MM_U64},
    {"U32", MM_U32},
    {"U16", MM_U16},
    {"U8", MM_U8},
    {"BOOL", MM_BOOL},
    {"F8_E4M3", MM_F8E4M3},
    {"F8_E5M2", MM_F8E5M2},
    {"F8_E4M3FNUZ", MM_F8E4M3FNUZ},
    {"F8_E5M2FNUZ", MM_F8E5M2FNUZ},
    {"F8_E8M0", MM_F8E8M0},
    {"F6_E2M3", MM_F6E2M3},
    {"F6_E3M2", MM_F6E3M2},
    {"F4", MM_F4E2M1},
};

const char *safetensors_name(enum mm_dtype dtype)
{
    for (size_t i = 0; i < MM_COUNT(dtypes); i++) {
        if (dtypes[i].dtype == dtype)
            return dtypes[i].name;
    }
    return NULL;
}

enum mm_dtype safetensors_dtype(const char *name)
{
    for (size_t i = 0; i < MM_COUNT(dtypes); i++) {
        if (strcmp(dtypes[i].name, name) == 0)
            return dtypes[i].dtype;
    }
    return MM_DTYPE_NONE;
}

bool safetensors_bytes(enum mm_dtype dtype, int64_t count, uint64_t *bytes)
{
    uint64_t bits = mm_dtype_info(dtype)->bits, n = (uint64_t)count;
    if (count < 0 || n > UINT64_MAX / 64 || n * bits % 8 != 0)
        return false;
    *bytes = n * bits / 8;
    return true;
}

/* ---- the header ---- */

static uint64_t length_of(const uint8_t *bytes)
{
    uint64_t length = 0;
    for (int i = LENGTH_SIZE - 1; i >= 0; i--)
        length = length << 8 | bytes[i];
    return length;
}

bool mm_safetensors_probe(const uint8_t *bytes, size_t size)
{
    if (size < LENGTH_SIZE + 2 || bytes[LENGTH_SIZE] != '{')
        return false;
    uint64_t length = length_of(bytes);
    return length >= 2 && length <= SAFETENSORS_HEADER_MAX && length <= size - LENGTH_SIZE;
}

/* What the header says of a tensor. */
struct detail {
    enum mm_dtype dtype;
    struct mm_shape shape;
};

struct listing {
    const struct mm_source *source;
    struct mm_arena *arena;
    struct mm_members *members;
    uint64_t begin, size; /* of the data, in the file */
};

static int refuse(struct listing *list, struct mm_entry *entry, enum mm_code code, const char *why,
                  struct mm_err *err)
{
    entry->code = code;
    entry->wrong = mm_tensor_sentence(list->source, entry->member, why, list->arena);
    return entry->wrong ? 0 : mm_fail_memory(err);
}

static bool read_shape(struct mm_json_value value, struct mm_shape *shape)
{
    struct mm_json_items items = mm_json_items(value);
    struct mm_json_value key, item;
    uint64_t dim;
    if (mm_json_kind(value) != MM_JSON_IS_ARRAY)
        return false;
    for (shape->rank = 0; mm_json_next(&items, &key, &item); shape->rank++) {
        if (shape->rank == MM_RANK_MAX || !mm_json_get_whole(item, (uint64_t)1 << 53, &dim))
            return false;
        shape->dim[shape->rank] = (int64_t)dim;
    }
    return true;
}

static bool read_offsets(struct mm_json_value value, uint64_t *begin, uint64_t *end)
{
    struct mm_json_items items = mm_json_items(value);
    struct mm_json_value key, first, second;
    return mm_json_kind(value) == MM_JSON_IS_ARRAY && mm_json_count(value) == 2 &&
           mm_json_next(&items, &key, &first) && mm_json_next(&items, &key, &second) &&
           mm_json_get_whole(first, (uint64_t)1 << 53, begin) &&
           mm_json_get_whole(second, (uint64_t)1 << 53, end);
}

/* Does what the header says of one tensor make sense by itself? What doesn't is kept with it. */
static int check_tensor(struct listing *list, struct mm_entry *entry, const char *dtype,
                        struct detail *detail, struct mm_err *err)
{
    char why[300], shape[200];
    uint64_t bytes = 0;
    detail->dtype = safetensors_dtype(dtype);
    if (detail->dtype == MM_DTYPE_NONE) {
        mm_format(why, sizeof why, "values of type %.40s are not read", dtype);
        return refuse(list, entry, MM_EUNSUPPORTED, why, err);
    }
    if (safetensors_bytes(detail->dtype, mm_shape_count(&detail->shape), &bytes) && bytes == entry->size)
        return 0;
    mm_shape_text(&detail->shape, false, shape, sizeof shape);
    mm_format(why, sizeof why,
              "the header gives it %" PRIu64 " bytes, which is not what shape %s of %s takes", entry->size,
              shape, dtype);
    return refuse(list, entry, MM_ECORRUPT, why, err);
}

static int damaged(const struct listing *list, const char *key, const char *what, struct mm_err *err)
{
    return mm_fail(err, MM_ECORRUPT, "%s: the header is not what safetensors writes: tensor '%.100s' %s",
                   list->source->file, key, what);
}

static int add(struct listing *list, const char *key, struct mm_json_value value, struct mm_err *err)
{
    struct mm_buf dtype = {0};
    struct mm_entry *entry = mm_members_add(list->members, list->source);
    struct detail *detail = mm_arena_alloc(list->arena, sizeof *detail);
    uint64_t begin, end;
    if (!entry || !detail)
        return mm_fail_memory(err);
    entry->member = mm_arena_strdup(list->arena, key);
    entry->label = mm_tensor_sentence(list->source, key, "", list->arena);
    if (!entry->member || !entry->label)
        return mm_fail_memory(err);
    entry->detail = detail;
    if (!read_offsets(mm_json_member(value, "data_offsets"), &begin, &end))
        return damaged(list, key, "has no data_offsets", err);
    if (begin > end || end > list->size)
        return mm_fail(err, MM_ECORRUPT,
                       "%s: tensor '%.100s' should end at byte %" PRIu64 " of the data, of which %" PRIu64
                       " are there",
                       list->source->file, key, end, list->size);
    entry->offset = list->begin + begin;
    entry->size = end - begin;
    if (!read_shape(mm_json_member(value, "shape"), &detail->shape))
        return refuse(list, entry, MM_EUNSUPPORTED, "its shape is no list of at most 16 sizes", err);
    if (!mm_json_get_text(mm_json_member(value, "dtype"), &dtype)) {
        mm_buf_done(&dtype);
        return damaged(list, key, "has no dtype", err);
    }
    int result = check_tensor(list, entry, mm_buf_text(&dtype), detail, err);
    mm_buf_done(&dtype);
    return result;
}

static int add_all(struct listing *list, struct mm_json_value header, struct mm_err *err)
{
    struct mm_json_items items = mm_json_items(header);
    struct mm_json_value key, value;
    struct mm_buf name = {0};
    int result = 0;
    while (result == 0 && mm_json_next(&items, &key, &value)) {
        mm_buf_clear(&name);
        mm_json_get_text(key, &name);
        if (name.failed)
            result = mm_fail_memory(err);
        else if (strcmp(mm_buf_text(&name), SAFETENSORS_METADATA) != 0)
            result = add(list, mm_buf_text(&name), value, err);
    }
    mm_buf_done(&name);
    return result;
}

/* ---- do they cover the data? ---- */

static int by_place(const void *a, const void *b)
{
    const struct mm_entry *const *x = a, *const *y = b;
    if ((*x)->offset != (*y)->offset)
        return (*x)->offset < (*y)->offset ? -1 : 1;
    return ((*x)->size > (*y)->size) - ((*x)->size < (*y)->size);
}

static int check_cover(const struct listing *list, const struct mm_entry **sorted, size_t count,
                       struct mm_err *err)
{
    uint64_t at = list->begin;
    qsort(sorted, count, sizeof(const struct mm_entry *), by_place);
    for (size_t i = 0; i < count; i++) {
        if (sorted[i]->offset != at)
            return mm_fail(err, MM_ECORRUPT, "%s: the data has %s before tensor '%.100s'", list->source->file,
                           sorted[i]->offset > at ? "a hole" : "an overlap", sorted[i]->member);
        at += sorted[i]->size;
    }
    if (at != list->begin + list->size)
        return mm_fail(err, MM_ECORRUPT, "%s: %" PRIu64 " bytes behind the last tensor belong to none",
                       list->source->file, list->begin + list->size - at);
    return 0;
}

static int cover(const struct listing *list, size_t first, struct mm_err *err)
{
    size_t count = list->members->count - first;
    const struct mm_entry **sorted = malloc((count + 1) * sizeof(const struct mm_entry *));
    if (!sorted)
        return mm_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &list->members->entry[first + i];
    int result = check_cover(list, sorted, count, err);
    free(sorted);
    return result;
}

static int list_map(void *context, const struct mm_map *map, struct mm_err *err)
{
    struct listing *list = context;
    const char *file = list->source->file;
    struct mm_json_value header;
    size_t first = list->members->count;
    uint64_t length = map->size < LENGTH_SIZE ? 0 : length_of(map->data);
    if (map->size < LENGTH_SIZE)
        return mm_fail(err, MM_ECORRUPT, "%s: ends after %zu bytes, inside the length of its header", file,
                       map->size);
    if (length > SAFETENSORS_HEADER_MAX)
        return mm_fail(err, MM_ECORRUPT, "%s: does not start as a safetensors file does", file);
    if (length > map->size - LENGTH_SIZE)
        return mm_fail(err, MM_ECORRUPT,
                       "%s: the header should have %" PRIu64 " bytes, the file has %zu more", file, length,
                       map->size - LENGTH_SIZE);
    list->begin = LENGTH_SIZE + length;
    list->size = map->size - list->begin;
    if (mm_json_read(file, (const char *)map->data + LENGTH_SIZE, (size_t)length, VALUES_MOST, &header, err) <
        0)
        return -1;
    if (mm_json_kind(header) != MM_JSON_IS_OBJECT)
        return mm_fail(err, MM_ECORRUPT, "%s: the header is no JSON object", file);
    return add_all(list, header, err) < 0 ? -1 : cover(list, first, err);
}

int mm_safetensors_list(const struct mm_source *source, struct mm_arena *arena, struct mm_members *members,
                        struct mm_err *err)
{
    struct listing list = {.source = source, .arena = arena, .members = members};
    return mm_list_mapped(source, list_map, &list, err);
}

/* ---- a member ---- */

int mm_safetensors_read(struct mm_load *load, const struct mm_schema *schema, const char *label,
                        struct mm_err *err)
{
    const struct detail *detail = load->entry->detail;
    unsigned bits = mm_dtype_info(detail->dtype)->bits;
    struct mm_run *run = mm_arena_alloc(&load->arena, sizeof *run);
    uint64_t bytes;
    (void)schema;
    if (!run)
        return mm_fail_memory(err);
    if (!safetensors_bytes(detail->dtype, mm_shape_count(&detail->shape), &bytes) || bytes > load->size)
        return mm_fail(err, MM_ECORRUPT, "%s: became shorter while it was read", label);
    mm_tensor_raw(&load->tensor, detail->dtype, &detail->shape, bits < 8 ? NULL : load->bytes, run);
    load->tensor.swapped = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ && bits > 8;
    return bits < 8 && run->count > 0 ? mm_unpack_supply(load, bits, load->bytes, err) : 0;
}
