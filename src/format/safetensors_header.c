/* The header of a safetensors file that is written. */
#include "format/safetensors_header.h"
#include "format/little.h"

#define LENGTH_SIZE 8

void safetensors_header_init(struct safetensors_header *header)
{
    *header = (struct safetensors_header){0};
    mm_buf_fill(&header->text, '\0', LENGTH_SIZE);
    mm_json_init(&header->json, &header->text, (struct mm_json_style){.keep_bytes = true});
    mm_json_open_object(&header->json, NULL);
}

static void put_row(struct safetensors_header *header, const char *name, const struct mm_tensor *tensor,
                    uint64_t size)
{
    struct mm_json *json = &header->json;
    mm_json_open_object(json, name);
    mm_json_put_text(json, "dtype", safetensors_name(tensor->dtype));
    mm_json_open_array(json, "shape");
    for (int i = 0; i < tensor->shape.rank; i++)
        mm_json_put_whole(json, NULL, tensor->shape.dim[i]);
    mm_json_close_array(json);
    mm_json_open_array(json, "data_offsets");
    mm_json_put_whole(json, NULL, (int64_t)header->size);
    mm_json_put_whole(json, NULL, (int64_t)(header->size += size));
    mm_json_close_array(json);
    mm_json_close_object(json);
}

int safetensors_header_add(struct safetensors_header *header, const char *name,
                           const struct mm_tensor *tensor, const char *label, struct mm_err *err)
{
    const char *dtype = safetensors_name(tensor->dtype);
    uint64_t size;
    if (!dtype || !safetensors_bytes(tensor->dtype, tensor->count, &size))
        return mm_fail(err, MM_EUNSUPPORTED, "%s: safetensors has no data type for %s%s", label,
                       mm_dtype_info(tensor->dtype)->name, dtype ? " that ends within a byte" : "");
    if (strcmp(name, SAFETENSORS_METADATA) == 0)
        return mm_fail(err, MM_EARG, "%s: safetensors has this name for something else", label);
    header->before.length = header->text.length;
    header->before.json = header->json;
    header->before.size = header->size;
    put_row(header, name, tensor, size);
    if (header->text.failed)
        return mm_fail_memory(err);
    if (header->text.length <= SAFETENSORS_HEADER_MAX)
        return 0; /* the length that stands before is as long as what an end can add */
    safetensors_header_take_back(header);
    return mm_fail(err, MM_EUNSUPPORTED, "%s: more tensors than a safetensors header has room for", label);
}

void safetensors_header_take_back(struct safetensors_header *header)
{
    header->text.data[header->text.length = header->before.length] = '\0';
    header->json = header->before.json;
    header->size = header->before.size;
}

bool safetensors_header_fits(const struct safetensors_header *header, size_t room)
{
    return header->text.length + 1 <= room; /* a bracket; blanks only up to the room */
}

int safetensors_header_end(struct safetensors_header *header, size_t room, struct mm_err *err)
{
    struct mm_buf *text = &header->text;
    mm_json_close_object(&header->json);
    if (text->length < room)
        mm_buf_fill(text, ' ', room - text->length);
    mm_buf_fill(text, ' ', (SAFETENSORS_ALIGN - text->length % SAFETENSORS_ALIGN) % SAFETENSORS_ALIGN);
    if (text->failed)
        return mm_fail_memory(err);
    little_put((uint8_t *)text->data, text->length - LENGTH_SIZE, LENGTH_SIZE);
    return 0;
}

void safetensors_header_done(struct safetensors_header *header)
{
    mm_buf_done(&header->text);
}
