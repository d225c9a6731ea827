/*
 * safetensors_header: the header that is written, a tensor at a time: each one's data lies right behind that of the one
 * before, since the format allows no holes. Nothing here touches values.
 */
#ifndef FORMAT_SAFETENSORS_HEADER_H
#define FORMAT_SAFETENSORS_HEADER_H

#include "base/json_write.h"
#include "format/safetensors.h"

#define SAFETENSORS_ALIGN 8 /* the data begins at a multiple of it */

struct safetensors_header {
    struct mm_buf text; /* the whole of what stands before the data: its length in 8 bytes, then JSON */
    struct mm_json json;
    uint64_t size; /* bytes of data so far */
    struct {
        size_t length;
        struct mm_json json;
        uint64_t size;
    } before; /* the last one that was added */
};

/* It must not be moved. */
void safetensors_header_init(struct safetensors_header *header);
/*
 * Another tensor, of whose shape, dtype and count alone is looked at. -1, and it was not added: MM_EUNSUPPORTED, there is
 * no such data type, or there are more tensors than a header has room for; MM_EARG: the name means something else.
 * `label` begins the text.
 */
int safetensors_header_add(struct safetensors_header *header, const char *name,
                           const struct mm_tensor *tensor, const char *label, struct mm_err *err);
/* Take back the last one, once. */
void safetensors_header_take_back(struct safetensors_header *header);
/* Would its text, ended, have at most `room` bytes? */
bool safetensors_header_fits(const struct safetensors_header *header, size_t room);
/* No more tensors: its text is complete, and has `room` bytes if these are enough, with blanks in what is left over; else
 * as many as it takes. */
int safetensors_header_end(struct safetensors_header *header, size_t room, struct mm_err *err);
void safetensors_header_done(struct safetensors_header *header);

#endif
