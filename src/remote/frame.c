/* Frames: the unit of what is sent and received. */
#include "remote/frame.h"

#include "compare/cache.h"

#define PIECE ((size_t)1 << 20)

void frame_put(struct mm_buf *out, enum frame_type type, uint32_t id, const void *data, size_t size)
{
    if (size > FRAME_MOST) {
        out->failed = true;
        return;
    }
    cache_put_u32(out, (uint32_t)size);
    cache_put_u8(out, type);
    cache_put_u32(out, id);
    mm_buf_add(out, data, size);
}

int frame_take(const uint8_t *bytes, size_t size, struct frame *frame, size_t *used, struct mm_err *err)
{
    struct cache_reader in = {bytes, bytes + size, false};
    if (size < FRAME_HEAD)
        return 0;
    uint32_t length = cache_get_u32(&in);
    unsigned type = cache_get_u8(&in);
    if (length > FRAME_MOST || type == FRAME_NONE || type >= FRAME_TYPES)
        return mm_fail(err, MM_ECORRUPT, "what came is not mmtui's protocol");
    frame->type = (enum frame_type)type;
    frame->id = cache_get_u32(&in);
    frame->data = in.at;
    frame->size = length;
    *used = FRAME_HEAD + length;
    return size >= *used;
}

void frame_put_answer(struct mm_buf *out, uint32_t id, const void *data, size_t size)
{
    const char *at = data;
    for (; size > PIECE; at += PIECE, size -= PIECE)
        frame_put(out, FRAME_PART, id, at, PIECE);
    frame_put(out, FRAME_PART, id, at, size);
    frame_put(out, FRAME_DONE, id, NULL, 0);
}

void frame_put_error(struct mm_buf *out, uint32_t id, const struct mm_err *err)
{
    struct mm_buf text = {0};
    cache_put_u8(&text, err->code);
    cache_put_text(&text, err->text, strlen(err->text));
    frame_put(out, FRAME_FAIL, id, text.data, text.length);
    out->failed |= text.failed;
    mm_buf_done(&text);
}

int frame_error(const struct frame *frame, struct mm_err *err)
{
    struct cache_reader in = {frame->data, frame->data + frame->size, false};
    unsigned code = cache_get_u8(&in);
    struct cache_text text = cache_get_text(&in);
    if (in.bad || code == MM_OK || code > MM_ECANCELLED || text.length >= sizeof err->text)
        return mm_fail(err, MM_ECORRUPT, "an error came that can't be read");
    return mm_fail(err, (enum mm_code)code, "%.*s", (int)text.length, text.data);
}
