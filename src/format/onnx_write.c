/* A TensorProto: dims, data_type, name, and the values as raw_data. */
#include "base/wire.h"
#include "format/elements_write.h"
#include "format/formats.h"
#include "format/tensor_proto.h"

enum { FIELD_DIMS = 1, FIELD_TYPE = 2, FIELD_NAME = 8, FIELD_RAW = 9 };

static void add_number(struct mm_buf *out, uint64_t value)
{
    uint8_t bytes[MM_WIRE_VARINT_MAX];
    mm_buf_add(out, bytes, mm_wire_put(bytes, value));
}

static void add_tag(struct mm_buf *out, unsigned field, enum mm_wire_type type)
{
    add_number(out, field << 3 | type);
}

static void add_header(struct mm_buf *out, const struct mm_store *store, uint64_t size)
{
    const struct mm_tensor *tensor = store->tensor;
    const char *name = store->name ? store->name : store->node_name ? store->node_name : "";
    for (int i = 0; i < tensor->shape.rank; i++) {
        add_tag(out, FIELD_DIMS, MM_WIRE_VARINT);
        add_number(out, (uint64_t)tensor->shape.dim[i]);
    }
    add_tag(out, FIELD_TYPE, MM_WIRE_VARINT);
    add_number(out, (uint64_t)mm_tensor_proto_number(tensor->dtype));
    if (*name) {
        add_tag(out, FIELD_NAME, MM_WIRE_BYTES);
        add_number(out, strlen(name));
        mm_buf_puts(out, name);
    }
    add_tag(out, FIELD_RAW, MM_WIRE_BYTES);
    add_number(out, size);
}

static void put(void *context, const void *data, size_t size)
{
    mm_atomic_write(context, data, size);
}

int mm_onnx_tensor_write(const struct mm_store *store, const char *path, struct mm_err *err)
{
    const struct mm_tensor *tensor = store->tensor;
    struct mm_atomic out;
    struct mm_buf header;
    uint64_t size = 0;
    if (mm_tensor_proto_number(tensor->dtype) == 0)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: ONNX has no data type for %s", path,
                       mm_dtype_info(tensor->dtype)->name);
    if (!mm_elements_size(tensor, true, &size) || size > INT32_MAX)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: a protobuf message holds less than 2 GiB", path);
    mm_buf_init(&header);
    add_header(&header, store, size);
    int result = header.failed ? mm_fail_memory(err) : mm_atomic_open(&out, path, err);
    if (result == 0) {
        out.unsynced = store->unsynced;
        mm_atomic_write(&out, header.data, header.length);
        result = mm_elements_write(tensor, true, path, put, &out, err);
        if (result == 0)
            result = mm_atomic_commit(&out, err);
        else
            mm_atomic_abort(&out);
    }
    mm_buf_done(&header);
    return result;
}
