/* A TensorProto, binary or as text: dims, data_type, name, and the values as raw_data. */
#include "base/quote.h"
#include "base/wire.h"
#include "format/elements_write.h"
#include "format/formats.h"
#include "format/tensor_proto.h"

enum { FIELD_DIMS = 1, FIELD_TYPE = 2, FIELD_NAME = 8, FIELD_RAW = 9 };

/* Where the values go: `text` is memory for a piece of them. */
struct target {
    struct mm_atomic out;
    struct mm_buf text;
};

/* One of the message's two forms: what stands before the values (`size` bytes of them), they, and what is behind. */
struct form {
    void (*add_header)(struct mm_buf *out, const struct mm_store *store, uint64_t size);
    mm_elements_put put; /* with a struct target */
    const char *end;
};

static const char *name_of(const struct mm_store *store)
{
    return store->name ? store->name : store->node_name ? store->node_name : "";
}

/* ---- binary ---- */

static void add_number(struct mm_buf *out, uint64_t value)
{
    uint8_t bytes[MM_WIRE_VARINT_MAX];
    mm_buf_add(out, bytes, mm_wire_put(bytes, value));
}

static void add_tag(struct mm_buf *out, unsigned field, enum mm_wire_type type)
{
    add_number(out, field << 3 | type);
}

static void add_binary_header(struct mm_buf *out, const struct mm_store *store, uint64_t size)
{
    const struct mm_tensor *tensor = store->tensor;
    const char *name = name_of(store);
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

static void put_binary(void *context, const void *data, size_t size)
{
    struct target *target = context;
    mm_atomic_write(&target->out, data, size);
}

/* ---- text ---- */

/* Line for line as protobuf's own libraries print it. */
static void add_text_header(struct mm_buf *out, const struct mm_store *store, uint64_t size)
{
    const struct mm_tensor *tensor = store->tensor;
    const char *name = name_of(store);
    (void)size;
    for (int i = 0; i < tensor->shape.rank; i++)
        mm_buf_printf(out, "dims: %lld\n", (long long)tensor->shape.dim[i]);
    mm_buf_printf(out, "data_type: %d\n", (int)mm_tensor_proto_number(tensor->dtype));
    if (*name) {
        mm_buf_puts(out, "name: \"");
        mm_escape_protobuf(out, name, strlen(name));
        mm_buf_puts(out, "\"\n");
    }
    mm_buf_puts(out, "raw_data: \"");
}

/* A piece for which memory is out makes `text` fail for good. */
static void put_text(void *context, const void *data, size_t size)
{
    struct target *target = context;
    if (target->text.failed)
        return;
    mm_buf_clear(&target->text);
    mm_escape_protobuf(&target->text, data, size);
    mm_atomic_write(&target->out, target->text.data, target->text.length);
}

/* ---- both ---- */

static int write_values(struct target *target, const struct form *form, const struct mm_store *store,
                        const char *path, struct mm_err *err)
{
    if (mm_elements_write(store->tensor, true, path, form->put, target, err) < 0)
        return -1;
    mm_atomic_write(&target->out, form->end, strlen(form->end));
    return target->text.failed ? mm_fail_memory(err) : 0;
}

static int write_message(const struct form *form, const struct mm_store *store, const char *path,
                         uint64_t size, struct mm_err *err)
{
    struct target target = {.text = {0}};
    struct mm_buf header = {0};
    form->add_header(&header, store, size);
    int result = header.failed ? mm_fail_memory(err) : mm_atomic_open(&target.out, path, err);
    if (result == 0) {
        target.out.unsynced = store->unsynced;
        mm_atomic_write(&target.out, header.data, header.length);
        result = write_values(&target, form, store, path, err);
        if (result == 0)
            result = mm_atomic_commit(&target.out, err);
        else
            mm_atomic_abort(&target.out);
    }
    mm_buf_done(&target.text);
    mm_buf_done(&header);
    return result;
}

static int write_form(const struct form *form, const struct mm_store *store, const char *path,
                      struct mm_err *err)
{
    const struct mm_tensor *tensor = store->tensor;
    uint64_t size = 0;
    if (mm_tensor_proto_number(tensor->dtype) == 0)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: ONNX has no data type for %s", path,
                       mm_dtype_info(tensor->dtype)->name);
    if (!mm_elements_size(tensor, true, &size) || size > INT32_MAX)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: a protobuf message holds less than 2 GiB", path);
    return write_message(form, store, path, size, err);
}

int mm_onnx_tensor_write(const struct mm_store *store, const char *path, struct mm_err *err)
{
    static const struct form binary = {add_binary_header, put_binary, ""};
    return write_form(&binary, store, path, err);
}

int mm_onnx_text_write(const struct mm_store *store, const char *path, struct mm_err *err)
{
    static const struct form text = {add_text_header, put_text, "\"\n"};
    return write_form(&text, store, path, err);
}
