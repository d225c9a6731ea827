/* The values of a model's constants, float16 as float32. */
#include "runtime/widen_values.h"

#include "format/tensor_proto.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEPT_INSIDE                                                                                          \
    1024             /* bytes: shapes and the like, which the runtime looks into when it loads the model */
#define ALIGNMENT 64 /* of values in the file */

void widen_values_init(struct widen_values *values, const char *folder, const char *name)
{
    *values = (struct widen_values){.folder = folder, .name = name};
}

/* ---- the file ---- */

static int open_file(struct widen_values *values, struct mm_err *err)
{
    if (values->is_open)
        return 0;
    char *path = mm_path_join(values->folder, values->name);
    int result = path ? mm_atomic_open(&values->file, path, err) : mm_fail_memory(err);
    free(path);
    values->is_open = result == 0;
    values->file.unsynced = true;
    return result;
}

static void write_bytes(struct widen_values *values, const void *data, size_t size)
{
    mm_atomic_write(&values->file, data, size);
    values->size += size;
}

int widen_values_end(struct widen_values *values, int result, struct mm_err *err)
{
    if (!values->is_open)
        return result;
    values->is_open = false;
    if (result == 0)
        return mm_atomic_commit(&values->file, err);
    mm_atomic_abort(&values->file);
    return result;
}

/* ---- values ---- */

/* Where values go: the file, or a buffer. */
struct sink {
    struct widen_values *values; /* NULL: the buffer */
    struct mm_buf *buf;
};

static void put(const struct sink *sink, const void *data, size_t size)
{
    if (sink->values)
        write_bytes(sink->values, data, size);
    else
        mm_buf_add(sink->buf, data, size);
}

static int put_floats(const struct sink *sink, const struct mm_tensor *tensor, const char *what,
                      struct mm_err *err)
{
    struct mm_cursor cursor;
    float tile[MM_TILE];
    int64_t at = 0;
    size_t got;
    mm_cursor_init(&cursor, tensor);
    while (at < tensor->count && (got = mm_cursor_float(&cursor, tile, MM_COUNT(tile))) > 0) {
        put(sink, tile, got * sizeof *tile);
        at += (int64_t)got;
    }
    return at == tensor->count && !cursor.bad
               ? 0
               : mm_fail(err, MM_ECORRUPT, "%s: element %" PRId64 " can't be read", what, at);
}

/* Can its bytes be copied as they are? */
static bool is_plain(const struct mm_tensor *tensor)
{
    return tensor->encoding == MM_ENC_RAW && tensor->runs == 1 && tensor->run->gap == 0 &&
           tensor->run->data && !tensor->swapped && !tensor->strided && tensor->stored == tensor->dtype &&
           mm_dtype_info(tensor->dtype)->bits >= 8;
}

static size_t bytes_of(const struct mm_tensor *tensor, bool half)
{
    return (size_t)tensor->count * (half ? sizeof(float) : mm_dtype_info(tensor->dtype)->bytes);
}

static int put_values(const struct sink *sink, const struct mm_stored *stored, bool half, struct mm_err *err)
{
    const struct mm_tensor *tensor = &stored->tensor;
    if (half)
        return put_floats(sink, tensor, stored->name, err);
    if (tensor->count > 0)
        put(sink, tensor->run->data, bytes_of(tensor, false));
    return 0;
}

/* ---- the message ---- */

static void put_entry(struct mm_buf *out, const char *key, const char *value)
{
    struct mm_buf entry = {0};
    edit_put_text(&entry, FIELD_ENTRY_KEY, key);
    edit_put_text(&entry, FIELD_ENTRY_VALUE, value);
    edit_put_message(out, FIELD_TENSOR_EXTERNAL, &entry);
    mm_buf_done(&entry);
}

static int put_outside(struct widen_values *values, const struct mm_stored *stored, bool half,
                       struct mm_buf *message, struct mm_err *err)
{
    const uint8_t padding[ALIGNMENT] = {0};
    const struct sink sink = {.values = values};
    char number[24];
    if (open_file(values, err) < 0)
        return -1;
    write_bytes(values, padding, (ALIGNMENT - values->size % ALIGNMENT) % ALIGNMENT);
    put_entry(message, "location", values->name);
    snprintf(number, sizeof number, "%" PRIu64, values->size);
    put_entry(message, "offset", number);
    snprintf(number, sizeof number, "%zu", bytes_of(&stored->tensor, half));
    put_entry(message, "length", number);
    edit_put_varint(message, FIELD_TENSOR_LOCATION, LOCATION_EXTERNAL);
    return put_values(&sink, stored, half, err);
}

static int put_inside(const struct mm_stored *stored, bool half, struct mm_buf *message, struct mm_err *err)
{
    struct mm_buf bytes = {0};
    const struct sink sink = {.buf = &bytes};
    int result = put_values(&sink, stored, half, err);
    edit_put_message(message, FIELD_TENSOR_RAW, &bytes);
    mm_buf_done(&bytes);
    return result;
}

/* Dimensions, type and name. */
static void put_head(const struct model_edit *edit, const struct mm_wire_field *field, bool half,
                     const struct mm_stored *stored, struct mm_buf *message)
{
    int64_t type = edit_number(edit, field, FIELD_TENSOR_TYPE);
    for (int i = 0; i < stored->tensor.shape.rank; i++)
        edit_put_varint(message, FIELD_TENSOR_DIMS, (uint64_t)stored->tensor.shape.dim[i]);
    edit_put_varint(message, FIELD_TENSOR_TYPE,
                    half ? (uint64_t)mm_tensor_proto_number(MM_F32) : (uint64_t)type);
    if (stored->name && *stored->name)
        edit_put_text(message, FIELD_TENSOR_NAME, stored->name);
}

/* Written anew, from its values. */
static int put_anew(struct widen_values *values, struct model_edit *edit, const struct mm_wire_field *field,
                    bool outside, const struct mm_stored *stored, struct mm_buf *out, struct mm_err *err)
{
    bool half = stored->tensor.dtype == MM_F16;
    struct mm_buf message = {0};
    if (!half && stored->tensor.count > 0 && !is_plain(&stored->tensor))
        return mm_fail(err, MM_EUNSUPPORTED,
                       "%s: the values of %s lie in another file, and are not whole bytes", edit->model->path,
                       stored->name);
    put_head(edit, field, half, stored, &message);
    int result = outside && bytes_of(&stored->tensor, half) >= KEPT_INSIDE
                     ? put_outside(values, stored, half, &message, err)
                     : put_inside(stored, half, &message, err);
    edit_put_message(out, field->number, &message);
    mm_buf_done(&message);
    return result;
}

int widen_values_tensor(struct widen_values *values, struct model_edit *edit,
                        const struct mm_wire_field *field, bool outside, struct mm_buf *out,
                        struct mm_err *err)
{
    struct mm_stored stored;
    bool half = edit_number(edit, field, FIELD_TENSOR_TYPE) == mm_tensor_proto_number(MM_F16);
    bool external = edit_number(edit, field, FIELD_TENSOR_LOCATION) == LOCATION_EXTERNAL;
    bool needed = half || external;
    if (!needed && !(outside && field->size >= KEPT_INSIDE)) {
        edit_copy(out, field);
        return 0;
    }
    if (mm_tensor_proto_open(&stored, edit_inside(edit, field), needed ? err : NULL) < 0) {
        if (!needed)
            edit_copy(out, field); /* text, and what else only the runtime knows */
        return needed ? -1 : 0;
    }
    int result = 0;
    if (!needed && !is_plain(&stored.tensor))
        edit_copy(out, field);
    else
        result = put_anew(values, edit, field, outside, &stored, out, err);
    mm_stored_close(&stored);
    return result;
}
