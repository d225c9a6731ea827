/*
 * The text tensor message, line for line as protoc prints it: fields in order of their numbers, zero, false
 * and empty ones left out, one value a line. Numbers are the shortest that read back as the same value.
 */
#include "base/quote.h"
#include "format/value_stream.h"
#include "format/formats.h"
#include "format/message.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_string(struct mm_buf *out, enum mm_field field, const char *text)
{
    if (!text || !*text)
        return;
    mm_buf_printf(out, "%s: \"", mm_field_name(field));
    mm_escape_protobuf(out, text, strlen(text));
    mm_buf_puts(out, "\"\n");
}

static void add_header(struct mm_buf *out, const struct mm_store *store)
{
    const struct mm_tensor *tensor = store->tensor;
    mm_buf_printf(out, "%s: 1\n", mm_field_name(MM_FIELD_VERSION));
    add_string(out, MM_FIELD_NODE_NAME, store->node_name);
    add_string(out, MM_FIELD_OP_TYPE, store->op_type);
    if (store->index != 0)
        mm_buf_printf(out, "%s: %lld\n", mm_field_name(MM_FIELD_INDEX), (long long)store->index);
    if (store->is_output)
        mm_buf_printf(out, "%s: true\n", mm_field_name(MM_FIELD_IS_OUTPUT));
    mm_buf_printf(out, "%s: DT_%s\n", mm_field_name(MM_FIELD_DTYPE), mm_dtype_info(tensor->dtype)->long_name);
    for (int i = 0; i < tensor->shape.rank; i++)
        mm_buf_printf(out, "%s: %lld\n", mm_field_name(MM_FIELD_SHAPE), (long long)tensor->shape.dim[i]);
}

/* The fewest digits, from `least` on, that read back; `most` always do. A float is told apart as a float. */
static int print_shortest(char out[MM_NUM], double value, bool is_float)
{
    int least = is_float ? 6 : 15;
    int most = is_float ? 9 : 17;
    int length = 0;
    for (int digits = least; digits <= most; digits++) {
        length = snprintf(out, MM_NUM, "%.*g", digits, value);
        if (is_float ? strtof(out, NULL) == (float)value : strtod(out, NULL) == value)
            break;
    }
    return length;
}

static int print_real(char out[MM_NUM], double value, bool is_float)
{
    if (isnan(value))
        return snprintf(out, MM_NUM, "nan");
    if (isinf(value))
        return snprintf(out, MM_NUM, value < 0 ? "-inf" : "inf");
    return print_shortest(out, value, is_float);
}

static void write_tile(struct mm_atomic *out, const struct mm_value_stream *stream, enum mm_field list)
{
    const char *name = mm_field_name(list);
    size_t length = strlen(name);
    bool is_unsigned = stream->info->kind == MM_KIND_UINT;
    for (size_t i = 0; i < stream->n; i++) {
        char number[MM_NUM];
        int digits;
        if (!stream->integer)
            digits = print_real(number, stream->value.real[i], list == MM_FIELD_FLOAT_VAL);
        else if (is_unsigned)
            digits = snprintf(number, sizeof number, "%llu", (unsigned long long)stream->value.whole[i]);
        else
            digits = snprintf(number, sizeof number, "%lld", (long long)stream->value.whole[i]);
        mm_atomic_write(out, name, length);
        mm_atomic_write(out, ": ", 2);
        mm_atomic_write(out, number, (size_t)digits);
        mm_atomic_write(out, "\n", 1);
    }
}

static int write_message(struct mm_atomic *out, struct mm_value_stream *stream, const struct mm_store *store,
                         enum mm_field list, struct mm_err *err)
{
    struct mm_buf header;
    int more;
    mm_buf_init(&header);
    add_header(&header, store);
    mm_atomic_write(out, mm_buf_text(&header), header.length);
    bool failed = header.failed;
    mm_buf_done(&header);
    if (failed)
        return mm_fail_memory(err);
    while ((more = mm_value_stream_next(stream, err)) > 0)
        write_tile(out, stream, list);
    return more;
}

int mm_pbtxt_write(const struct mm_store *store, const char *path, struct mm_err *err)
{
    const struct mm_tensor *tensor = store->tensor;
    enum mm_field list = mm_message_list_of(tensor->dtype);
    struct mm_atomic out;
    if (list == MM_FIELD_COUNT)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: MagicMind's tensor message has no data type for %s", path,
                       mm_dtype_info(tensor->dtype)->name);
    struct mm_value_stream *stream = malloc(sizeof *stream);
    int result = stream ? mm_atomic_open(&out, path, err) : mm_fail_memory(err);
    if (result == 0) {
        out.unsynced = store->unsynced;
        mm_value_stream_init(stream, tensor, path);
        result = write_message(&out, stream, store, list, err);
        if (result == 0)
            result = mm_atomic_commit(&out, err);
        else
            mm_atomic_abort(&out);
    }
    free(stream);
    return result;
}
