#include "remote/head.h"

/* The wire says of what is sent whether it is big-endian. */
#define BIG_ENDIAN_HERE (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)

/* Are the elements sent as they lie? */
static bool is_plain(const struct mm_tensor *tensor)
{
    if (tensor->encoding != MM_ENC_RAW)
        return false;
    for (size_t i = 0; i < tensor->runs; i++) {
        if (tensor->run[i].gap)
            return false;
    }
    return !tensor->strided || (tensor->runs == 1 && tensor->run->count == tensor->count);
}

void head_of_load(struct tensor_head *head, const struct mm_load *load)
{
    const struct mm_tensor *tensor = &load->tensor;
    *head = (struct tensor_head){.tensor = *tensor,
                                 .file = load->size,
                                 .node_name = load->node_name,
                                 .op_type = load->op_type,
                                 .index = load->index,
                                 .is_output = load->is_output,
                                 .own_numbers = load->own_numbers,
                                 .unshaped = load->unshaped};
    head->tensor.run = NULL;
    head->tensor.runs = 0;
    head->tensor.supply = NULL;
    if (tensor->scales)
        head->scales = *tensor->scales;
    if (is_plain(tensor))
        return;
    head->tensor.encoding = MM_ENC_RAW;
    head->tensor.stored = mm_dtype_info(tensor->dtype)->lane_f ? MM_F32 : MM_F64;
    head->tensor.swapped = head->tensor.strided = false;
}

void head_of_error(struct tensor_head *head, const struct mm_err *err)
{
    *head = (struct tensor_head){.code = err->code, .wrong = err->text};
}

enum {
    BIG = 1,
    STRIDED = 2,
    QUANTISED = 4,
    SCALES = 8,
    ROUNDED = 16,
    IS_OUTPUT = 32,
    OWN_NUMBERS = 64,
    UNSHAPED = 128
};

static unsigned flags_of(const struct tensor_head *head)
{
    const struct mm_tensor *tensor = &head->tensor;
    return (tensor->swapped != BIG_ENDIAN_HERE ? BIG : 0u) | (tensor->strided ? STRIDED : 0u) |
           (tensor->quantised ? QUANTISED : 0u) | (tensor->scales ? SCALES : 0u) |
           (tensor->rounded ? ROUNDED : 0u) | (head->is_output ? IS_OUTPUT : 0u) |
           (head->own_numbers ? OWN_NUMBERS : 0u) | (head->unshaped ? UNSHAPED : 0u);
}

void head_put(struct mm_buf *out, const struct tensor_head *head)
{
    const struct mm_tensor *tensor = &head->tensor;
    cache_put_u8(out, head->code);
    if (head->code != MM_OK) {
        field_put_text(out, head->wrong);
        return;
    }
    cache_put_u8(out, tensor->dtype);
    cache_put_u8(out, tensor->stored);
    cache_put_u8(out, flags_of(head));
    field_put_shape(out, &tensor->shape);
    for (int i = 0; tensor->strided && i < tensor->shape.rank; i++)
        cache_put_u64(out, (uint64_t)tensor->stride[i]);
    if (tensor->quantised) {
        cache_put_double(out, tensor->scale);
        cache_put_double(out, tensor->zero_point);
        cache_put_u8(out, (unsigned)tensor->scale_axis);
    }
    if (tensor->scales)
        field_put_scales(out, &head->scales);
    cache_put_u64(out, head->file);
    field_put_text(out, head->node_name);
    field_put_text(out, head->op_type);
    cache_put_u64(out, (uint64_t)head->index);
}

/* Steps that stay within the elements, whatever they are. */
static void get_strides(struct cache_reader *in, struct mm_tensor *tensor)
{
    int64_t last = 0;
    for (int i = 0; i < tensor->shape.rank; i++) {
        int64_t step, way;
        tensor->stride[i] = step = (int64_t)cache_get_u64(in);
        if (tensor->shape.dim[i] < 2)
            continue;
        in->bad |= step < 0 || !mm_mul_i64(step, tensor->shape.dim[i] - 1, &way) ||
                   __builtin_add_overflow(last, way, &last) || last >= tensor->count;
        if (in->bad)
            return;
    }
}

static void get_scales(struct cache_reader *in, struct mm_arena *arena, struct tensor_head *head,
                       unsigned flags)
{
    struct mm_tensor *tensor = &head->tensor;
    if (tensor->quantised) {
        tensor->scale = cache_get_double(in);
        tensor->zero_point = cache_get_double(in);
        tensor->scale_axis = (int)field_get_below(in, MM_RANK_MAX);
    }
    if (!(flags & SCALES))
        return;
    field_get_scales(in, arena, &head->scales);
    tensor->scales = &head->scales;
    int64_t count = head->scales.count;
    in->bad |= !tensor->quantised || (count > 1 && (tensor->scale_axis >= tensor->shape.rank ||
                                                    tensor->shape.dim[tensor->scale_axis] != count));
}

static void get_tensor(struct cache_reader *in, struct mm_arena *arena, struct tensor_head *head)
{
    struct mm_tensor *tensor = &head->tensor;
    tensor->dtype = (enum mm_dtype)field_get_below(in, MM_DTYPE_COUNT);
    tensor->stored = (enum mm_dtype)field_get_below(in, MM_DTYPE_COUNT);
    unsigned flags = cache_get_u8(in);
    field_get_shape(in, &tensor->shape);
    in->bad |= tensor->dtype == MM_DTYPE_NONE || tensor->stored == MM_DTYPE_NONE;
    if (in->bad)
        return;
    tensor->encoding = MM_ENC_RAW;
    tensor->count = mm_shape_count(&tensor->shape);
    tensor->swapped = (flags & BIG) != BIG_ENDIAN_HERE;
    tensor->strided = flags & STRIDED;
    tensor->quantised = flags & QUANTISED;
    tensor->rounded = flags & ROUNDED;
    head->is_output = flags & IS_OUTPUT;
    head->own_numbers = flags & OWN_NUMBERS;
    head->unshaped = flags & UNSHAPED;
    if (tensor->strided)
        get_strides(in, tensor);
    get_scales(in, arena, head, flags);
}

void head_get(struct cache_reader *in, struct mm_arena *arena, struct tensor_head *head)
{
    size_t bytes;
    *head = (struct tensor_head){.code = (enum mm_code)field_get_below(in, MM_ECANCELLED + 1)};
    if (head->code != MM_OK) {
        head->wrong = field_get_text(in, arena);
        in->bad |= !head->wrong;
        return;
    }
    get_tensor(in, arena, head);
    head->file = cache_get_u64(in);
    head->node_name = field_get_text(in, arena);
    head->op_type = field_get_text(in, arena);
    head->index = (int64_t)cache_get_u64(in);
    in->bad |= !head->node_name || !head->op_type;
    if (!in->bad) /* as much as a file can have */
        in->bad |= !mm_mul((size_t)head->tensor.count, head_width(head), &bytes) || bytes > INT64_MAX / 2;
}

uint64_t head_hash(const struct tensor_head *head)
{
    struct mm_buf bytes = {0};
    head_put(&bytes, head);
    uint64_t hash = cache_hash(0, bytes.data, bytes.length);
    mm_buf_done(&bytes);
    return hash;
}

size_t head_width(const struct tensor_head *head)
{
    return mm_dtype_info(head->tensor.stored)->bytes;
}

size_t head_bytes(const struct tensor_head *head)
{
    return (size_t)head->tensor.count * head_width(head);
}

void head_fill(const struct tensor_head *head, struct mm_load *load, const uint8_t *data,
               struct mm_supply *supply, struct mm_run *run)
{
    size_t size = head_bytes(head);
    load->tensor = head->tensor;
    load->tensor.scales = head->tensor.scales ? &head->scales : NULL;
    *run = (struct mm_run){.data = data, .size = size, .count = head->tensor.count};
    load->tensor.run = run;
    load->tensor.runs = 1;
    load->tensor.supply = data ? NULL : supply;
    load->node_name = head->node_name;
    load->op_type = head->op_type;
    load->index = head->index;
    load->is_output = head->is_output;
    load->own_numbers = head->own_numbers;
    load->unshaped = head->unshaped;
    load->size = (size_t)head->file;
}
