/* The checks that a tensor message has to pass, whichever way it was encoded. */
#include "format/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first LISTED dtypes; MagicMind has none of those behind them. */
#define LISTED (MM_BOOL + 1)
static const enum mm_field list_of[LISTED] = {
    [MM_DTYPE_NONE] = MM_FIELD_COUNT, [MM_F16] = MM_FIELD_FLOAT_VAL,  [MM_BF16] = MM_FIELD_COUNT,
    [MM_F32] = MM_FIELD_FLOAT_VAL,    [MM_F64] = MM_FIELD_DOUBLE_VAL, [MM_I4] = MM_FIELD_INT_VAL,
    [MM_I8] = MM_FIELD_INT_VAL,       [MM_I16] = MM_FIELD_INT_VAL,    [MM_I32] = MM_FIELD_INT_VAL,
    [MM_I64] = MM_FIELD_INT64_VAL,    [MM_U4] = MM_FIELD_UINT32_VAL,  [MM_U8] = MM_FIELD_UINT32_VAL,
    [MM_U16] = MM_FIELD_UINT32_VAL,   [MM_U32] = MM_FIELD_UINT32_VAL, [MM_U64] = MM_FIELD_UINT64_VAL,
    [MM_BOOL] = MM_FIELD_INT_VAL,
};

enum mm_field mm_message_list_of(enum mm_dtype dtype)
{
    return (unsigned)dtype < LISTED ? list_of[dtype] : MM_FIELD_COUNT;
}

void mm_message_init(struct mm_message *message, const char *file)
{
    memset(message, 0, sizeof *message);
    message->file = file;
    message->list = MM_FIELD_COUNT;
}

void mm_message_done(struct mm_message *message)
{
    free(message->run);
    message->run = NULL;
}

int mm_message_go_on(const struct mm_load *load, struct mm_err *err)
{
    if (load->cancel && atomic_load_explicit(load->cancel, memory_order_relaxed))
        return mm_fail(err, MM_ECANCELLED, "stopped");
    return 0;
}

void mm_message_dim(struct mm_message *message, int64_t dim)
{
    if (message->rank < MM_RANK_MAX)
        message->dim[message->rank] = dim;
    message->rank++;
}

void mm_message_dtype(struct mm_message *message, const struct mm_schema *schema, int64_t number,
                      struct mm_arena *arena)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)number);
    message->dtype_text = mm_arena_strdup(arena, text);
    bool fits = number >= INT32_MIN && number <= INT32_MAX;
    message->dtype = fits ? mm_schema_dtype(schema, (int32_t)number) : MM_DTYPE_NONE;
}

int mm_message_list(struct mm_message *message, enum mm_field list, enum mm_encoding encoding,
                    const char *where, struct mm_err *err)
{
    if (message->list != MM_FIELD_COUNT && message->list != list)
        return mm_fail(err, MM_ECORRUPT, "%s: %s: values in %s, but %s has values already", message->file,
                       where, mm_field_name(list), mm_field_name(message->list));
    message->list = list;
    message->encoding = encoding;
    return 0;
}

/* 10 MiB of runs. Who writes values packed, or one by one, has one run; a comment in a text begins another. */
#define RUNS_MOST (1 << 18)

int mm_message_values(struct mm_message *message, const uint8_t *data, size_t size, int64_t count,
                      uint32_t gap, struct mm_err *err)
{
    if (count == 0)
        return 0;
    struct mm_run *last = message->runs ? &message->run[message->runs - 1] : NULL;
    message->count += count;
    if (last && gap > 0 && last->gap == gap && last->data + last->size == data) {
        last->size += size;
        last->count += count;
        return 0;
    }
    if (message->runs == RUNS_MOST)
        return mm_fail(err, MM_EUNSUPPORTED,
                       "%s: its values lie in more than %d pieces (comments or empty fields between them); "
                       "write it anew in one",
                       message->file, RUNS_MOST);
    if (mm_grow((void **)&message->run, &message->capacity, message->runs + 1, sizeof *message->run) < 0)
        return mm_fail_memory(err);
    message->run[message->runs++] = (struct mm_run){.data = data, .size = size, .count = count, .gap = gap};
    return 0;
}

static int check_type(const struct mm_message *message, struct mm_err *err)
{
    const char *file = message->file;
    if (message->version != 1)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: version_number is %lld, only 1 is known", file,
                       (long long)message->version);
    enum mm_field list = mm_message_list_of(message->dtype);
    if (list == MM_FIELD_COUNT)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: dtype %s is not a known data type", file,
                       message->dtype_text ? message->dtype_text : "(none)");
    if (message->list != MM_FIELD_COUNT && message->list != list)
        return mm_fail(err, MM_ECORRUPT, "%s: the values are in %s, but those of dtype %s belong in %s", file,
                       mm_field_name(message->list), mm_dtype_info(message->dtype)->long_name,
                       mm_field_name(list));
    return 0;
}

static int check_shape(const struct mm_message *message, struct mm_shape *shape, struct mm_err *err)
{
    const char *file = message->file;
    char text[256];
    if (message->rank > MM_RANK_MAX)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: tensor_shape has %zu dimensions, at most %d are read", file,
                       message->rank, MM_RANK_MAX);
    memset(shape, 0, sizeof *shape);
    shape->rank = (int)message->rank;
    memcpy(shape->dim, message->dim, message->rank * sizeof *shape->dim);
    mm_shape_text(shape, false, text, sizeof text);
    int64_t count = mm_shape_count(shape);
    if (count < 0)
        return mm_fail(err, MM_ECORRUPT, "%s: tensor_shape %s is not the shape of a tensor", file, text);
    if (count != message->count)
        return mm_fail(err, MM_ECORRUPT, "%s: tensor_shape %s means %lld values, %lld are there", file, text,
                       (long long)count, (long long)message->count);
    return 0;
}

/* How one RAW element is stored: float_val holds floats, whatever dtype they stand for. */
static enum mm_dtype stored_as(const struct mm_message *message)
{
    return message->list == MM_FIELD_FLOAT_VAL ? MM_F32 : message->dtype;
}

int mm_message_finish(const struct mm_message *message, struct mm_load *load, struct mm_err *err)
{
    struct mm_tensor *tensor = &load->tensor;
    memset(tensor, 0, sizeof *tensor);
    if (check_type(message, err) < 0 || check_shape(message, &tensor->shape, err) < 0)
        return -1;
    if (message->runs > 0) {
        struct mm_run *run = mm_arena_array(&load->arena, message->runs, sizeof *run);
        if (!run)
            return mm_fail_memory(err);
        memcpy(run, message->run, message->runs * sizeof *run);
        tensor->run = run;
    }
    tensor->runs = message->runs;
    tensor->dtype = message->dtype;
    tensor->stored = stored_as(message);
    tensor->encoding = message->encoding;
    /* protobuf's fixed-width values are little-endian */
    tensor->swapped = message->encoding == MM_ENC_RAW && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    tensor->count = message->count;
    return 0;
}
