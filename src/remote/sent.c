#include "remote/sent.h"

#include "remote/chunk.h"
#include "remote/walk.h"

/* ---- the near side ---- */

struct sending {
    struct link *link;
    uint32_t id;
    size_t width;
    const atomic_bool *cancel;
    struct chunk_packer *packer;
    struct mm_buf chunk;
};

static int send_chunk(void *context, const uint8_t *bytes, size_t size, struct mm_err *err)
{
    struct sending *sending = context;
    mm_buf_clear(&sending->chunk);
    chunk_put(sending->packer, bytes, size, sending->width, &sending->chunk);
    if (sending->chunk.failed)
        return mm_fail_memory(err);
    return link_send(sending->link, sending->id, sending->chunk.data, sending->chunk.length, sending->cancel,
                     err);
}

static int send_head(const struct sending *sending, const struct mm_load *load,
                     const struct tensor_head *head, struct mm_err *err)
{
    struct mm_buf text = {0};
    far_source_put(&text, load->entry);
    far_entry_put(&text, load->entry);
    head_put(&text, head);
    int result = text.failed
                     ? mm_fail_memory(err)
                     : link_send(sending->link, sending->id, text.data, text.length, sending->cancel, err);
    mm_buf_done(&text);
    return result;
}

int sent_put(struct link *link, uint32_t id, struct mm_load *load, const struct mm_schema *schema,
             const atomic_bool *cancel, struct mm_err *err)
{
    struct tensor_head head;
    head_of_load(&head, load);
    struct sending sending = {
        .link = link, .id = id, .width = head_width(&head), .cancel = cancel, .packer = chunk_packer_open()};
    int result = sending.packer ? send_head(&sending, load, &head, err) : mm_fail_memory(err);
    if (result == 0)
        result = walk_load(load, schema, cancel, send_chunk, &sending, err);
    chunk_packer_close(sending.packer);
    mm_buf_done(&sending.chunk);
    return result;
}

/* ---- the far side ---- */

/* Once for src or dst of a pair: it is ended with the request, not with the load. */
static struct spool_item *bring_sent(void *context, const struct mm_entry *entry,
                                     const struct far_detail *detail, const atomic_bool *cancel,
                                     struct mm_err *err)
{
    struct sent *sent = context;
    (void)entry, (void)detail, (void)cancel, (void)err;
    return sent->item;
}

static void take_head(struct sent *sent, const uint8_t *data, size_t size)
{
    struct cache_reader in = {data, data + size, false};
    sent->begun = true;
    sent->source = mm_arena_alloc(&sent->arena, sizeof *sent->source);
    if (!sent->source) {
        mm_fail_memory(&sent->err);
        return;
    }
    far_source_get(&in, &sent->arena, "", sent->source);
    sent->entry.source = &sent->source->source;
    far_entry_get(&in, &sent->arena, &sent->entry, &sent->detail);
    head_get(&in, &sent->arena, &sent->detail.head);
    sent->owner = (struct far_owner){.bring = bring_sent, .context = sent};
    sent->detail.owner = &sent->owner;
    if (in.bad || in.at != in.end || sent->detail.head.code != MM_OK) {
        mm_fail(&sent->err, MM_ECORRUPT, "the tensor that was sent can't be read");
        return;
    }
    sent->item = spool_make(head_bytes(&sent->detail.head), sent->entry.label, &sent->err);
}

void sent_take(struct sent *sent, const uint8_t *data, size_t size)
{
    size_t got = 0;
    if (sent->err.code != MM_OK)
        return;
    if (!sent->begun) {
        take_head(sent, data, size);
        return;
    }
    struct spool_item *item = sent->item;
    if (chunk_take(data, size, item->data + sent->filled, item->size - sent->filled, &got) < 0)
        mm_fail(&sent->err, MM_ECORRUPT, "%s: what was sent of it can't be unpacked", sent->entry.label);
    sent->filled += got;
}

int sent_check(struct sent *sent, struct mm_err *err)
{
    if (sent->err.code != MM_OK)
        return mm_fail(err, sent->err.code, "%s", sent->err.text);
    if (!sent->begun || sent->filled != sent->item->size)
        return mm_fail(err, MM_ECORRUPT, "a tensor was to be sent along, and not all of it came");
    return 0;
}

void sent_done(struct sent *sent)
{
    spool_end(sent->item);
    mm_arena_done(&sent->arena);
    *sent = (struct sent){.id = 0};
}
