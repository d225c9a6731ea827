/*
 * PyTorch's files (torch.save): a zip archive with ROOT/data.pkl, a pickle of whatever was saved, and ROOT/data/KEY, the
 * bytes of each storage. Tensors in it, at any depth of dictionaries and lists, are members; their names are the keys on
 * the way joined with dots. The pickle is walked, never run (see pickle.h). Several tensors may view one storage, with
 * strides and an offset.
 */
#include "format/formats.h"
#include "format/inflate.h"
#include "format/pickle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/translate.h"

#define PICKLE_MOST ((uint64_t)1 << 30)
#define DEPTH_MOST  64
#define VISITS_MOST ((size_t)1 << 24)
#define LOCAL_MOST  (30 + 2 * 65535) /* of a local header */

/* ---- probing ---- */

/* Its first member is the pickle; the name stands 30 bytes into the file. */
bool mm_torch_probe(const uint8_t *bytes, size_t size)
{
    static const char name[] = "/data.pkl";
    size_t most = size < 30 + 512 ? size : 30 + 512;
    if (!zip_probe(bytes, size) || size < 30)
        return false;
    for (size_t i = 30; i + sizeof name - 1 <= most; i++) {
        if (memcmp(bytes + i, name, sizeof name - 1) == 0)
            return true;
    }
    return false;
}

/* The older form: pickles one after the other, the first of which is a number that is always the same. */
static bool is_legacy(const uint8_t *bytes, size_t size)
{
    static const uint8_t magic[] = {0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46,
                                    0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e};
    return size >= sizeof magic && memcmp(bytes, magic, sizeof magic) == 0;
}

bool mm_torch_legacy_probe(const uint8_t *bytes, size_t size)
{
    return is_legacy(bytes, size);
}

int mm_torch_legacy_list(const struct mm_source *source, struct mm_arena *arena, struct mm_members *members,
                         struct mm_err *err)
{
    (void)arena;
    (void)members;
    return mm_fail(err, MM_EUNSUPPORTED,
                   "%s: was written by PyTorch's older form, which is not read; write it anew with "
                   "torch.save(torch.load('%s'), 'new.pt')",
                   source->file, source->file);
}

/* ---- what a tensor is ---- */

struct detail {
    const struct zip_member *storage;
    enum mm_dtype dtype;
    int64_t offset; /* in elements */
    struct mm_shape shape;
    int64_t stride[MM_RANK_MAX];
    bool swapped, negative; /* negative: the values are to be negated */
    bool quantised;
    double scale, zero_point;
};

static const struct {
    const char *global;
    enum mm_dtype dtype; /* NONE: an untyped storage */
} types[] = {
    {"torch FloatStorage", MM_F32},
    {"torch DoubleStorage", MM_F64},
    {"torch HalfStorage", MM_F16},
    {"torch BFloat16Storage", MM_BF16},
    {"torch LongStorage", MM_I64},
    {"torch IntStorage", MM_I32},
    {"torch ShortStorage", MM_I16},
    {"torch CharStorage", MM_I8},
    {"torch ByteStorage", MM_U8},
    {"torch BoolStorage", MM_BOOL},
    {"torch QInt8Storage", MM_I8},
    {"torch QUInt8Storage", MM_U8},
    {"torch QInt32Storage", MM_I32},
    {"torch float32", MM_F32},
    {"torch float64", MM_F64},
    {"torch float16", MM_F16},
    {"torch bfloat16", MM_BF16},
    {"torch int64", MM_I64},
    {"torch int32", MM_I32},
    {"torch int16", MM_I16},
    {"torch int8", MM_I8},
    {"torch uint8", MM_U8},
    {"torch uint16", MM_U16},
    {"torch uint32", MM_U32},
    {"torch uint64", MM_U64},
    {"torch bool", MM_BOOL},
    {"torch float8_e4m3fn", MM_F8E4M3},
    {"torch float8_e5m2", MM_F8E5M2},
    {"torch float8_e4m3fnuz", MM_F8E4M3FNUZ},
    {"torch float8_e5m2fnuz", MM_F8E5M2FNUZ},
    {"torch float8_e8m0fnu", MM_F8E8M0},
    {"torch UntypedStorage", MM_DTYPE_NONE},
    {"torch.storage UntypedStorage", MM_DTYPE_NONE},
};

/* What is to be done about what is not read, by how its module and name begin. */
static const struct {
    const char *begins, *advice;
} advices[] = {
    {"torch ComplexFloatStorage", ": save torch.view_as_real(x)"},
    {"torch ComplexDoubleStorage", ": save torch.view_as_real(x)"},
    {"torch ComplexHalfStorage", ": save torch.view_as_real(x)"},
    {"torch float4_e2m1fn_x2", ": save x.view(torch.uint8)"},
    {"torch.nn.utils.rnn PackedSequence", ": save its data"},
    {"torch.nn.", ": save the module's state_dict()"},
    {"__torch__.", ": save the module's state_dict()"},
    {"numpy", ": save torch.as_tensor(x)"},
    {"torch._utils _rebuild_nested_tensor", ": save x.unbind()"},
    {"torch._utils _rebuild_meta_tensor_no_storage", ": it was on the device meta, which has no values"},
};

static const char *advice_on(const char *name)
{
    for (size_t i = 0; i < MM_COUNT(advices); i++) {
        if (strncmp(name, advices[i].begins, strlen(advices[i].begins)) == 0)
            return advices[i].advice;
    }
    return "";
}

struct listing {
    const struct mm_source *source;
    struct mm_arena *arena; /* the dump's */
    struct mm_members *members;
    struct zip zip;
    const char *root; /* what stands before "data.pkl" */
    bool swapped;
    struct mm_buf name; /* of what is being visited */
    size_t visits;
};

static const struct zip_member *find_member(const struct listing *list, const char *name)
{
    size_t root = strlen(list->root);
    for (size_t i = 0; i < list->zip.count; i++) {
        const char *this = list->zip.member[i].name;
        if (strncmp(this, list->root, root) == 0 && strcmp(this + root, name) == 0)
            return &list->zip.member[i];
    }
    return NULL;
}

/* Why a tensor can't be read, in `why`; NULL: it can. */
#define WHY_SIZE 200

static const char *read_storage(const struct listing *list, const struct pickle_node *stored,
                                struct detail *detail, bool typed, char why[WHY_SIZE])
{
    const struct pickle_node *id = pickle_item(stored, 0), *type = pickle_item(id, 1),
                             *key = pickle_item(id, 2);
    char name[64];
    size_t i = 0;
    if (!stored || stored->kind != PICKLE_STORED || !type || type->kind != PICKLE_GLOBAL || !key ||
        key->kind != PICKLE_TEXT)
        return "it has no storage";
    while (i < MM_COUNT(types) && strcmp(types[i].global, type->text) != 0)
        i++;
    if (i == MM_COUNT(types)) {
        mm_format(why, WHY_SIZE, "values of %.60s are not read%s", type->text, advice_on(type->text));
        return why;
    }
    if (typed)
        detail->dtype = types[i].dtype;
    snprintf(name, sizeof name, "data/%.50s", key->text);
    detail->storage = find_member(list, name);
    if (!detail->storage)
        return "its storage is not in the file";
    if (detail->storage->code != MM_OK || detail->storage->method != ZIP_STORED)
        return "its storage is compressed, or damaged";
    return NULL;
}

static bool read_sizes(const struct pickle_node *list, int64_t *out, int *rank)
{
    if (!list || list->kind != PICKLE_LIST || list->count > MM_RANK_MAX)
        return false;
    *rank = (int)list->count;
    for (int i = 0; i < *rank; i++) {
        if (list->items[i]->kind != PICKLE_WHOLE || list->items[i]->whole < 0)
            return false;
        out[i] = list->items[i]->whole;
    }
    return true;
}

/* torch.Size((2, 3)) is its argument. */
static const struct pickle_node *plain_list(const struct pickle_node *node)
{
    if (node && node->kind == PICKLE_CALL && pickle_is_global(pickle_item(node, 0), "torch Size"))
        return pickle_item(pickle_item(node, 1), 0);
    return node;
}

/* Does the last element lie inside the storage? */
static bool fits(const struct detail *detail)
{
    uint64_t size = mm_dtype_info(detail->dtype)->bytes, have = detail->storage->size / size;
    int64_t last = detail->offset, way;
    if (mm_shape_count(&detail->shape) == 0)
        return true;
    for (int i = 0; i < detail->shape.rank; i++) {
        if (!mm_mul_i64(detail->shape.dim[i] - 1, detail->stride[i], &way) || way > INT64_MAX - last)
            return false;
        last += way;
    }
    return (uint64_t)last < have;
}

/* Arguments 0 to 3 of all that rebuild a dense tensor: storage, offset, sizes, strides. */
static const char *read_view(const struct listing *list, const struct pickle_node *arguments,
                             struct detail *detail, bool typed, char why[WHY_SIZE])
{
    const struct pickle_node *offset = pickle_item(arguments, 1);
    int strides;
    const char *wrong = read_storage(list, pickle_item(arguments, 0), detail, typed, why);
    if (wrong)
        return wrong;
    if (!offset || offset->kind != PICKLE_WHOLE || offset->whole < 0 ||
        !read_sizes(plain_list(pickle_item(arguments, 2)), detail->shape.dim, &detail->shape.rank) ||
        !read_sizes(pickle_item(arguments, 3), detail->stride, &strides) || strides != detail->shape.rank ||
        mm_shape_count(&detail->shape) < 0)
        return "its sizes and strides make no sense";
    detail->offset = offset->whole;
    if (detail->dtype == MM_DTYPE_NONE)
        return "its storage has no type";
    return fits(detail) ? NULL : "it reaches beyond its storage";
}

static bool is_set(const struct pickle_node *flags, const char *name)
{
    for (size_t i = 0; flags && flags->kind == PICKLE_DICT && i + 1 < flags->count; i += 2) {
        if (flags->items[i]->kind == PICKLE_TEXT && strcmp(flags->items[i]->text, name) == 0)
            return flags->items[i + 1]->kind == PICKLE_BOOL && flags->items[i + 1]->whole;
    }
    return false;
}

static const char *rebuild_v2(const struct listing *list, const struct pickle_node *arguments,
                              struct detail *detail, char why[WHY_SIZE])
{
    detail->negative = is_set(pickle_item(arguments, 6), "neg");
    return read_view(list, arguments, detail, true, why);
}

/* (storage, offset, size, stride, requires_grad, hooks, dtype, metadata) */
static const char *rebuild_v3(const struct listing *list, const struct pickle_node *arguments,
                              struct detail *detail, char why[WHY_SIZE])
{
    const struct pickle_node *dtype = pickle_item(arguments, 6);
    for (size_t i = 0; i < MM_COUNT(types) && dtype && dtype->kind == PICKLE_GLOBAL; i++) {
        if (strcmp(types[i].global, dtype->text) == 0)
            detail->dtype = types[i].dtype;
    }
    if (detail->dtype == MM_DTYPE_NONE) {
        const char *text = dtype && dtype->text ? dtype->text : "no type";
        mm_format(why, WHY_SIZE, "values of %.60s are not read%s", text, advice_on(text));
        return why;
    }
    detail->negative = is_set(pickle_item(arguments, 7), "neg");
    return read_view(list, arguments, detail, false, why);
}

/* (storage, offset, size, stride, (scheme, scale, zero point), ...) */
static const char *rebuild_quantised(const struct listing *list, const struct pickle_node *arguments,
                                     struct detail *detail, char why[WHY_SIZE])
{
    const struct pickle_node *settings = pickle_item(arguments, 4), *scale = pickle_item(settings, 1);
    const struct pickle_node *zero = pickle_item(settings, 2);
    if (!pickle_is_global(pickle_item(settings, 0), "torch per_tensor_affine"))
        return "it is quantised by channels, which is not read: save x.dequantize()";
    if (!scale || scale->kind != PICKLE_REAL || !zero || zero->kind != PICKLE_WHOLE)
        return "its scale and zero point make no sense";
    detail->quantised = true;
    detail->scale = scale->real;
    detail->zero_point = (double)zero->whole;
    return read_view(list, arguments, detail, true, why);
}

static const char *refuse_sparse(const struct listing *list, const struct pickle_node *arguments,
                                 struct detail *detail, char why[WHY_SIZE])
{
    (void)list;
    (void)arguments;
    (void)detail;
    (void)why;
    return "it is sparse, which is not read: save x.to_dense()";
}

static const struct {
    const char *global;
    const char *(*read)(const struct listing *list, const struct pickle_node *arguments,
                        struct detail *detail, char why[WHY_SIZE]);
} rebuilders[] = {
    {"torch._utils _rebuild_tensor_v2", rebuild_v2},
    {"torch._utils _rebuild_tensor", rebuild_v2},
    {"torch._utils _rebuild_tensor_v3", rebuild_v3},
    {"torch._utils _rebuild_qtensor", rebuild_quantised},
    {"torch._utils _rebuild_sparse_tensor", refuse_sparse},
    {"torch._utils _rebuild_sparse_csr_tensor", refuse_sparse},
};

/* ---- going through what was saved ---- */

static int add(struct listing *list, const struct detail *detail, const char *wrong, struct mm_err *err)
{
    struct mm_entry *entry = mm_members_add(list->members, list->source);
    struct detail *kept = mm_arena_alloc(list->arena, sizeof *kept);
    if (!entry || !kept)
        return mm_fail_memory(err);
    *kept = *detail;
    /* one tensor and nothing around it: the file is the tensor */
    entry->member = list->name.length
                        ? mm_arena_strndup(list->arena, mm_buf_text(&list->name), list->name.length)
                        : mm_file_stem(list->source->file, list->arena);
    entry->label = entry->member ? mm_tensor_sentence(list->source, entry->member, "", list->arena) : NULL;
    if (!entry->label)
        return mm_fail_memory(err);
    entry->detail = kept;
    if (wrong) {
        entry->code = MM_EUNSUPPORTED;
        entry->wrong = mm_tensor_sentence(list->source, entry->member, wrong, list->arena);
        return entry->wrong ? 0 : mm_fail_memory(err);
    }
    entry->offset = kept->storage->offset;
    entry->size = (uint64_t)mm_shape_count(&kept->shape) * mm_dtype_info(kept->dtype)->bytes;
    entry->check = kept->storage->crc;
    return 0;
}

static int visit(struct listing *list, const struct pickle_node *node, int depth, struct mm_err *err);

/* The name grows by one step for what is inside, and loses it again. */
static int visit_step(struct listing *list, const struct pickle_node *node, const char *step, int depth,
                      struct mm_err *err)
{
    size_t length = list->name.length;
    if (length > 0)
        mm_buf_putc(&list->name, '.');
    mm_buf_puts(&list->name, step);
    if (list->name.failed)
        return mm_fail_memory(err);
    int result = visit(list, node, depth + 1, err);
    list->name.length = length;
    if (list->name.data)
        list->name.data[length] = '\0';
    return result;
}

static int visit_dict(struct listing *list, const struct pickle_node *dict, int depth, struct mm_err *err)
{
    int result = 0;
    char number[MM_NUM];
    for (size_t i = 0; i + 1 < dict->count && result == 0; i += 2) {
        const struct pickle_node *key = dict->items[i];
        snprintf(number, sizeof number, "%" PRId64, key->whole);
        if (key->kind == PICKLE_TEXT || key->kind == PICKLE_WHOLE)
            result = visit_step(list, dict->items[i + 1], key->kind == PICKLE_TEXT ? key->text : number,
                                depth, err);
    }
    return result;
}

static int visit_list(struct listing *list, const struct pickle_node *node, int depth, struct mm_err *err)
{
    int result = 0;
    char number[MM_NUM];
    for (size_t i = 0; i < node->count && result == 0; i++) {
        snprintf(number, sizeof number, "%zu", i);
        result = visit_step(list, node->items[i], number, depth, err);
    }
    return result;
}

/* A tensor; a parameter, which is its first argument; an OrderedDict, which is what was put into it. */
static int visit_call(struct listing *list, const struct pickle_node *call, int depth, struct mm_err *err)
{
    const struct pickle_node *called = pickle_item(call, 0), *arguments = pickle_item(call, 1);
    struct detail detail = {.swapped = list->swapped};
    char why[WHY_SIZE];
    for (size_t i = 0; i < MM_COUNT(rebuilders); i++) {
        if (pickle_is_global(called, rebuilders[i].global))
            return add(list, &detail, rebuilders[i].read(list, arguments, &detail, why), err);
    }
    if (pickle_is_global(called, "torch._utils _rebuild_parameter") ||
        pickle_is_global(called, "torch._utils _rebuild_parameter_with_state"))
        return pickle_item(arguments, 0) ? visit(list, pickle_item(arguments, 0), depth + 1, err) : 0;
    if (pickle_is_global(called, "collections OrderedDict"))
        return pickle_item(call, 2) ? visit(list, pickle_item(call, 2), depth + 1, err) : 0;
    if (pickle_is_global(called, "torch Size") || pickle_is_global(called, "torch device") ||
        pickle_is_global(called, "_codecs encode"))
        return 0; /* no tensor, and harmless */
    char name[80] = "of a call";
    if (called && called->kind == PICKLE_GLOBAL)
        snprintf(name, sizeof name, "%s", called->text);
    const char *advice = advice_on(name);
    char *blank = called && called->kind == PICKLE_GLOBAL ? strchr(name, ' ') : NULL;
    if (blank)
        *blank = '.'; /* module and name */
    mm_format(why, sizeof why, "an object %s is no tensor, and nothing in it is read%s", name, advice);
    return add(list, &detail, why, err);
}

static int visit(struct listing *list, const struct pickle_node *node, int depth, struct mm_err *err)
{
    /* a pickle may hold itself, or one list a great many times */
    if (depth > DEPTH_MOST || list->visits++ > VISITS_MOST)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: nests deeper, or repeats more, than any list of tensors",
                       list->source->file);
    switch (node->kind) {
    case PICKLE_DICT: return visit_dict(list, node, depth, err);
    case PICKLE_LIST: return visit_list(list, node, depth, err);
    case PICKLE_CALL: return visit_call(list, node, depth, err);
    default: return 0; /* numbers, texts: a checkpoint's settings */
    }
}

/* ---- the archive ---- */

/* The bytes of a small member: where they lie, or in memory of the arena. */
static const uint8_t *member_bytes(const struct mm_map *map, const struct zip_member *member,
                                   struct mm_arena *arena, struct mm_err *err)
{
    struct inflate_stream *stream;
    const uint8_t *bytes;
    size_t got = 0;
    if (zip_locate(member, map->data + member->offset, (size_t)(member->limit - member->offset), &bytes,
                   err) < 0)
        return NULL;
    if (member->method == ZIP_STORED)
        return bytes;
    uint8_t *memory = mm_arena_alloc(arena, (size_t)member->size + 1);
    if (!memory) {
        mm_fail_memory(err);
        return NULL;
    }
    if (inflate_open(&stream, member, bytes, err) < 0)
        return NULL;
    int result = inflate_read(stream, memory, (size_t)member->size, &got, err);
    inflate_close(stream);
    return result == 0 && got == member->size ? memory : NULL;
}

/* The pickle's member: ROOT/data.pkl; sets root. */
static const struct zip_member *find_pickle(struct listing *list)
{
    static const char name[] = "data.pkl";
    for (size_t i = 0; i < list->zip.count; i++) {
        const struct zip_member *member = &list->zip.member[i];
        const char *slash = strchr(member->name, '/');
        if (!slash || strcmp(slash + 1, name) != 0)
            continue;
        list->root = mm_arena_strndup(list->arena, member->name, (size_t)(slash + 1 - member->name));
        return list->root ? member : NULL;
    }
    return NULL;
}

static int visit_pickle(struct listing *list, const struct mm_map *map, const struct zip_member *pickle,
                        struct mm_err *err)
{
    struct mm_arena scratch = {0};
    const struct zip_member *order = find_member(list, "byteorder");
    const uint8_t *word = order && order->code == MM_OK ? member_bytes(map, order, &scratch, err) : NULL;
    bool big = word && order->size == 3 && memcmp(word, "big", 3) == 0;
    list->swapped = big != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
    const uint8_t *bytes = member_bytes(map, pickle, &scratch, err);
    struct pickle_node *node =
        bytes ? pickle_walk(bytes, (size_t)pickle->size, pickle->label, &scratch, err) : NULL;
    int result = node ? visit(list, node, 0, err) : -1;
    mm_arena_done(&scratch);
    return result;
}

static int list_map(void *context, const struct mm_map *map, struct mm_err *err)
{
    struct listing *list = context;
    if (zip_list(&list->zip, map->data, map->size, list->source->file, list->arena, err) < 0)
        return -1;
    const struct zip_member *pickle = find_pickle(list);
    if (!pickle)
        return mm_fail(err, MM_ECORRUPT, "%s: has no data.pkl: it is no file of torch.save",
                       list->source->file);
    if (pickle->code != MM_OK)
        return mm_fail(err, pickle->code, "%s: %s", pickle->label, pickle->wrong);
    if (pickle->size > PICKLE_MOST)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: is too large for a list of tensors", pickle->label);
    return visit_pickle(list, map, pickle, err);
}

int mm_torch_list(const struct mm_source *source, struct mm_arena *arena, struct mm_members *members,
                  struct mm_err *err)
{
    struct listing list = {.source = source, .arena = arena, .members = members};
    int result = mm_list_mapped(source, list_map, &list, err);
    mm_buf_done(&list.name);
    return result;
}

/* ---- a member ---- */

int mm_torch_fetch(struct mm_load *load, const struct mm_entry *entry, struct mm_err *err)
{
    const struct detail *detail = entry->detail;
    const struct zip_member *member = detail->storage;
    struct mm_buf *memory = load->reader ? &load->reader->bytes : NULL;
    uint64_t window = member->limit - member->offset;
    if (window > LOCAL_MOST && window - LOCAL_MOST > member->packed)
        window = member->packed + LOCAL_MOST;
    if (mm_map_open_part(&load->map, entry->source->path, member->offset, (size_t)window, memory, err) < 0 ||
        zip_locate(member, load->map.data, load->map.size, &load->bytes, err) < 0)
        return -1;
    load->size = load->have = (size_t)member->size;
    return 0;
}

int mm_torch_check(const struct mm_load *load, const struct mm_entry *entry, struct mm_err *err)
{
    return inflate_check(((const struct detail *)entry->detail)->storage, load->bytes, err);
}

static bool in_order(const struct detail *detail)
{
    int64_t step = 1;
    for (int i = detail->shape.rank; i-- > 0;) {
        if (detail->shape.dim[i] != 1 && detail->stride[i] != step)
            return false;
        step *= detail->shape.dim[i];
    }
    return true;
}

int mm_torch_read(struct mm_load *load, const struct mm_schema *schema, const char *label, struct mm_err *err)
{
    const struct detail *detail = load->entry->detail;
    struct mm_tensor *tensor = &load->tensor;
    size_t size = mm_dtype_info(detail->dtype)->bytes;
    struct mm_run *run = mm_arena_alloc(&load->arena, sizeof *run);
    (void)schema;
    if (!run)
        return mm_fail_memory(err);
    mm_tensor_raw(tensor, detail->dtype, &detail->shape, load->bytes, run);
    if (tensor->count > 0 && (!fits(detail) || (uint64_t)detail->offset > load->size / size))
        return mm_fail(err, MM_ECORRUPT, "%s: became shorter while it was read", label);
    if (tensor->count > 0) {
        run->data = load->bytes + (size_t)detail->offset * size;
        run->size = load->size - (size_t)detail->offset * size;
        tensor->strided = !in_order(detail);
        memcpy(tensor->stride, detail->stride, sizeof tensor->stride);
    }
    tensor->swapped = detail->swapped && size > 1;
    tensor->quantised = detail->quantised || detail->negative;
    tensor->scale = detail->quantised ? detail->scale : -1;
    tensor->zero_point = detail->quantised ? detail->zero_point : 0;
    return 0;
}
