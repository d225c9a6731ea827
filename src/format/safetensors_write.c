/* safetensors: the tensors in the order in which they are given; the data begins at a multiple of 8. */
#include "format/safetensors.h"
#include "format/elements_write.h"
#include "format/formats.h"
#include "base/json_write.h"

#include <stdio.h>

#define ALIGN 8

static const char *name_of(const struct mm_store *store, size_t number, char out[32])
{
    if (store->name)
        return store->name;
    snprintf(out, 32, "arr_%zu", number);
    return out;
}

static int put_tensor(struct mm_json *json, const struct mm_store *store, const char *name, uint64_t *at,
                      const char *path, struct mm_err *err)
{
    const struct mm_tensor *tensor = store->tensor;
    const char *dtype = safetensors_name(tensor->dtype);
    uint64_t size;
    if (!dtype || !safetensors_bytes(tensor->dtype, tensor->count, &size))
        return mm_fail(err, MM_EUNSUPPORTED, "%s: safetensors has no data type for %s%s", path,
                       mm_dtype_info(tensor->dtype)->name, dtype ? " that ends within a byte" : "");
    mm_json_open_object(json, name);
    mm_json_put_text(json, "dtype", dtype);
    mm_json_open_array(json, "shape");
    for (int i = 0; i < tensor->shape.rank; i++)
        mm_json_put_whole(json, NULL, tensor->shape.dim[i]);
    mm_json_close_array(json);
    mm_json_open_array(json, "data_offsets");
    mm_json_put_whole(json, NULL, (int64_t)*at);
    mm_json_put_whole(json, NULL, (int64_t)(*at += size));
    mm_json_close_array(json);
    mm_json_close_object(json);
    return 0;
}

static int make_header(struct mm_buf *header, const struct mm_store *stores, size_t count, const char *path,
                       struct mm_err *err)
{
    struct mm_json json;
    char number[32];
    uint64_t at = 0;
    mm_buf_fill(header, 0, ALIGN);
    mm_json_init(&json, header, (struct mm_json_style){.keep_bytes = true});
    mm_json_open_object(&json, NULL);
    for (size_t i = 0; i < count; i++) {
        if (put_tensor(&json, &stores[i], name_of(&stores[i], i, number), &at, path, err) < 0)
            return -1;
    }
    mm_json_close_object(&json);
    mm_buf_fill(header, ' ', (ALIGN - header->length % ALIGN) % ALIGN);
    uint64_t length = header->length - ALIGN;
    if (header->failed)
        return mm_fail_memory(err);
    if (length > SAFETENSORS_HEADER_MAX)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: more tensors than a safetensors header has room for", path);
    for (int i = 0; i < ALIGN; i++)
        header->data[i] = (char)(length >> (8 * i));
    return 0;
}

static void put(void *context, const void *data, size_t size)
{
    mm_atomic_write(context, data, size);
}

int mm_safetensors_write_all(const struct mm_store *stores, size_t count, const char *path,
                             struct mm_err *err)
{
    struct mm_buf header = {0};
    struct mm_atomic out;
    int result = make_header(&header, stores, count, path, err);
    if (result == 0)
        result = mm_atomic_open(&out, path, err);
    if (result == 0) {
        out.unsynced = count > 0 && stores->unsynced;
        mm_atomic_write(&out, header.data, header.length);
        for (size_t i = 0; i < count && result == 0; i++)
            result = mm_elements_write(stores[i].tensor, true, path, put, &out, err);
        if (result == 0)
            result = mm_atomic_commit(&out, err);
        else
            mm_atomic_abort(&out);
    }
    mm_buf_done(&header);
    return result;
}

int mm_safetensors_write(const struct mm_store *store, const char *path, struct mm_err *err)
{
    return mm_safetensors_write_all(store, 1, path, err);
}
