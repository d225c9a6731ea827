/* NumPy's array file, version 1.0, C order, little-endian, the header padded so that the data starts at 64 k
 * bytes. */
#include "format/elements_write.h"
#include "format/formats.h"

#include <stdlib.h>
#include <string.h>

#define ALIGN 64

static const char *const descr[MM_DTYPE_COUNT] = {
    [MM_F16] = "<f2",
    [MM_F32] = "<f4",
    [MM_F64] = "<f8",
    [MM_I8] = "|i1",
    [MM_I16] = "<i2",
    [MM_I32] = "<i4",
    [MM_I64] = "<i8",
    [MM_U8] = "|u1",
    [MM_U16] = "<u2",
    [MM_U32] = "<u4",
    [MM_U64] = "<u8",
    [MM_BOOL] = "|b1",
    /* as NumPy saves the dtypes of ml_dtypes that are told by it */
    [MM_BF16] = "<V2",
    [MM_F8E5M2] = "<f1",
};

static void add_header(struct mm_buf *out, const struct mm_tensor *tensor)
{
    const struct mm_shape *shape = &tensor->shape;
    mm_buf_add(out, "\x93NUMPY\x01\x00\x00\x00", 10);
    mm_buf_printf(out, "{'descr': '%s', 'fortran_order': False, 'shape': (", descr[tensor->dtype]);
    for (int i = 0; i < shape->rank; i++)
        mm_buf_printf(out, "%s%lld", i ? ", " : "", (long long)shape->dim[i]);
    mm_buf_puts(out, shape->rank == 1 ? ",), }" : "), }");
    while (out->length % ALIGN != ALIGN - 1 && !out->failed)
        mm_buf_putc(out, ' ');
    mm_buf_putc(out, '\n');
    if (out->failed)
        return;
    size_t length = out->length - 10; /* 16 dimensions: far below 64 KiB */
    out->data[8] = (char)(length & 0xff);
    out->data[9] = (char)(length >> 8);
}

static int make_header(struct mm_buf *header, const struct mm_tensor *tensor, const char *label,
                       struct mm_err *err)
{
    mm_buf_init(header);
    if ((unsigned)tensor->dtype >= MM_DTYPE_COUNT || !descr[tensor->dtype])
        return mm_fail(err, MM_EUNSUPPORTED, "%s: .npy has no data type for %s", label,
                       mm_dtype_info(tensor->dtype)->name);
    add_header(header, tensor);
    return header->failed ? mm_fail_memory(err) : 0;
}

int mm_npy_size(const struct mm_tensor *tensor, const char *label, uint64_t *size, struct mm_err *err)
{
    struct mm_buf header;
    int result = make_header(&header, tensor, label, err);
    *size = header.length + (uint64_t)tensor->count * mm_dtype_info(tensor->dtype)->bytes;
    mm_buf_done(&header);
    return result;
}

int mm_npy_emit(const struct mm_tensor *tensor, const char *label, mm_npy_put put, void *context,
                struct mm_err *err)
{
    struct mm_buf header;
    int result = make_header(&header, tensor, label, err);
    if (result == 0) {
        put(context, mm_buf_text(&header), header.length);
        result = mm_elements_write(tensor, false, label, put, context, err);
    }
    mm_buf_done(&header);
    return result;
}

static void put_out(void *context, const void *data, size_t size)
{
    mm_atomic_write(context, data, size);
}

int mm_npy_write(const struct mm_store *store, const char *path, struct mm_err *err)
{
    struct mm_atomic out;
    uint64_t size;
    if (mm_npy_size(store->tensor, path, &size, err) < 0 || mm_atomic_open(&out, path, err) < 0)
        return -1;
    out.unsynced = store->unsynced;
    if (mm_npy_emit(store->tensor, path, put_out, &out, err) == 0)
        return mm_atomic_commit(&out, err);
    mm_atomic_abort(&out);
    return -1;
}
