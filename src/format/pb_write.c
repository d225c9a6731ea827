/*
 * The binary tensor message by proto/tensor.proto's numbers: protobuf-c packs the header, the values follow
 * as one packed field, decoded and written tile by tile.
 */
#include "format/value_stream.h"
#include "format/formats.h"
#include "format/message.h"
#include "base/wire.h"
#include "proto/tensor.pb-c.h"

#include <stdlib.h>
#include <string.h>

static void put_little_endian(uint8_t *out, uint64_t bits, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        out[i] = (uint8_t)(bits >> (8 * i));
}

/* A tile as the bytes of a packed field; returns their number. */
static size_t encode(const struct mm_value_stream *stream, enum mm_field list, uint8_t *out)
{
    uint8_t *p = out;
    for (size_t i = 0; i < stream->n; i++) {
        if (list == MM_FIELD_FLOAT_VAL) {
            float value = (float)stream->value.real[i];
            uint32_t bits;
            memcpy(&bits, &value, sizeof bits);
            put_little_endian(p, bits, sizeof bits);
            p += sizeof bits;
        } else if (list == MM_FIELD_DOUBLE_VAL) {
            uint64_t bits;
            memcpy(&bits, &stream->value.real[i], sizeof bits);
            put_little_endian(p, bits, sizeof bits);
            p += sizeof bits;
        } else {
            p += mm_wire_put(p, (uint64_t)stream->value.whole[i]);
        }
    }
    return (size_t)(p - out);
}

/* Bytes of the packed field. Varints have to be looked at one by one. */
static int measure(struct mm_value_stream *stream, const struct mm_tensor *tensor, enum mm_field list,
                   uint64_t *bytes, struct mm_err *err)
{
    int more;
    *bytes = (uint64_t)tensor->count * (list == MM_FIELD_FLOAT_VAL ? sizeof(float) : sizeof(double));
    if (!stream->integer)
        return 0;
    *bytes = 0;
    mm_value_stream_init(stream, tensor, stream->file);
    while ((more = mm_value_stream_next(stream, err)) > 0) {
        for (size_t i = 0; i < stream->n; i++)
            *bytes += (70 - (uint64_t)__builtin_clzll((uint64_t)stream->value.whole[i] | 1)) / 7;
    }
    return more;
}

static int write_header(struct mm_atomic *out, const struct mm_store *store, struct mm_err *err)
{
    const struct mm_tensor *tensor = store->tensor;
    Mmtui__TensorProto header = MMTUI__TENSOR_PROTO__INIT;
    int32_t dtype = 0;
    mm_schema_dtype_value(mm_schema_own(), tensor->dtype, &dtype);
    /* protobuf-c packs from pointers to non-const; it only reads */
    header.version_number = 1;
    header.node_name = (char *)(store->node_name ? store->node_name : "");
    header.op_type = (char *)(store->op_type ? store->op_type : "");
    header.index = store->index;
    header.is_output = store->is_output;
    header.dtype = (Mmtui__DataType)dtype;
    header.n_tensor_shape = (size_t)tensor->shape.rank;
    header.tensor_shape = (int64_t *)tensor->shape.dim;

    size_t size = mmtui__tensor_proto__get_packed_size(&header);
    uint8_t *bytes = malloc(size ? size : 1);
    if (!bytes)
        return mm_fail_memory(err);
    mm_atomic_write(out, bytes, mmtui__tensor_proto__pack(&header, bytes));
    free(bytes);
    return 0;
}

static int write_values(struct mm_atomic *out, struct mm_value_stream *stream, const struct mm_tensor *tensor,
                        enum mm_field list, uint8_t *bytes, struct mm_err *err)
{
    uint8_t number[MM_WIRE_VARINT_MAX];
    uint64_t size;
    int more;
    if (tensor->count == 0)
        return 0;
    if (measure(stream, tensor, list, &size, err) < 0)
        return -1;
    uint64_t tag = (uint64_t)mm_schema_own()->number[list] << 3 | MM_WIRE_BYTES;
    mm_atomic_write(out, number, mm_wire_put(number, tag));
    mm_atomic_write(out, number, mm_wire_put(number, size));
    mm_value_stream_init(stream, tensor, stream->file);
    while ((more = mm_value_stream_next(stream, err)) > 0)
        mm_atomic_write(out, bytes, encode(stream, list, bytes));
    return more;
}

int mm_pb_write(const struct mm_store *store, const char *path, struct mm_err *err)
{
    const struct mm_tensor *tensor = store->tensor;
    enum mm_field list = mm_message_list_of(tensor->dtype);
    struct mm_atomic out;
    if (list == MM_FIELD_COUNT)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: MagicMind's tensor message has no data type for %s", path,
                       mm_dtype_info(tensor->dtype)->name);
    struct mm_value_stream *stream = malloc(sizeof *stream);
    uint8_t *bytes = malloc(MM_TILE * MM_WIRE_VARINT_MAX);
    int result = stream && bytes ? mm_atomic_open(&out, path, err) : mm_fail_memory(err);
    if (result == 0) {
        out.unsynced = store->unsynced;
        mm_value_stream_init(stream, tensor, path);
        result = write_header(&out, store, err);
        if (result == 0)
            result = write_values(&out, stream, tensor, list, bytes, err);
        if (result == 0)
            result = mm_atomic_commit(&out, err);
        else
            mm_atomic_abort(&out);
    }
    free(stream);
    free(bytes);
    return result;
}
