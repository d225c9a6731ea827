#include "format/packed.h"
#include "format/inflate.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Of packed bytes that were used, so many may leave memory at a time. */
#define DROP_EVERY ((size_t)8 << 20)

struct mm_packed {
    struct mm_supply supply; /* the first member */
    const struct zip_member *member;
    const uint8_t *bytes;      /* packed */
    const struct mm_map *map;  /* they lie in it */
    const atomic_bool *cancel; /* or NULL */
    struct inflate_stream *stream;
    uint8_t *window; /* bytes [at, at + filled) of the member */
    size_t room;     /* in the window */
    uint64_t at;
    size_t filled;
    size_t dropped; /* packed bytes that left memory */
    void *memory;   /* all bytes, malloc'ed ... */
    void *mapped;   /* ... or of a temporary file */
    bool read;      /* a value was asked for */
    bool again;     /* the stream is in its second pass */
    struct mm_err err;
};

/* ---- the window ---- */

static void drop_used(struct mm_packed *packed)
{
    size_t used = inflate_used(packed->stream);
    if (used - packed->dropped < DROP_EVERY)
        return;
    mm_map_drop(packed->map, packed->bytes + packed->dropped, used - packed->dropped);
    packed->dropped = used;
}

/* More bytes behind those in the window: `want`, or as many as it has room for, or as there are. */
static int fill(struct mm_packed *packed, size_t want, struct mm_err *err)
{
    size_t room = packed->room - packed->filled, got;
    if (inflate_read(packed->stream, packed->window + packed->filled, want < room ? want : room, &got, err) <
        0)
        return -1;
    packed->filled += got;
    drop_used(packed);
    return 0;
}

/* Forget what lies before `offset`, but for a little. The window begins at multiples of 64, as memory does. */
static void slide(struct mm_packed *packed, uint64_t offset)
{
    uint64_t keep = offset < PACKED_KEPT ? 0 : (offset - PACKED_KEPT) / 64 * 64;
    uint64_t end = packed->at + packed->filled;
    if (keep <= packed->at)
        return;
    size_t gone = (size_t)((keep < end ? keep : end / 64 * 64) - packed->at);
    packed->filled -= gone;
    packed->at += gone;
    memmove(packed->window, packed->window + gone, packed->filled);
}

static bool stopped(struct mm_packed *packed)
{
    if (!packed->cancel || !atomic_load_explicit(packed->cancel, memory_order_relaxed))
        return false;
    mm_fail(&packed->err, MM_ECANCELLED, "stopped");
    return true;
}

/* Until the window holds what is at `offset`, which is not before it. */
static int advance(struct mm_packed *packed, uint64_t offset, size_t want)
{
    if (want > PACKED_WINDOW - 2 * PACKED_KEPT)
        want = PACKED_WINDOW - 2 * PACKED_KEPT;
    while (packed->at + packed->filled < offset + want &&
           packed->at + packed->filled < packed->member->size) {
        if (stopped(packed))
            return -1;
        slide(packed, offset);
        if (fill(packed, packed->room, &packed->err) < 0)
            return -1;
    }
    return 0;
}

/* ---- all of it ---- */

static void end_stream(struct mm_packed *packed)
{
    inflate_close(packed->stream);
    free(packed->window);
    packed->stream = NULL;
    packed->window = NULL;
}

static int unpack_to_memory(struct mm_packed *packed)
{
    packed->memory = malloc((size_t)packed->member->size);
    if (!packed->memory)
        return mm_fail_memory(&packed->err);
    return inflate_whole(packed->member, packed->bytes, packed->memory, &packed->err);
}

static int unpack_to_file(struct mm_packed *packed)
{
    size_t size = (size_t)packed->member->size;
    int fd;
    if (inflate_to_file(packed->member, packed->bytes, packed->cancel, &fd, &packed->err) < 0)
        return -1;
    void *mapped = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (mapped == MAP_FAILED)
        return mm_fail_errno(&packed->err, packed->member->label, "mapping its temporary file");
    packed->mapped = mapped;
    return 0;
}

static const uint8_t *supply_all(struct mm_supply *supply)
{
    struct mm_packed *packed = (struct mm_packed *)supply;
    bool small = packed->member->size <= PACKED_WHOLE;
    packed->read = true;
    if (supply->whole || packed->err.code != MM_OK)
        return supply->whole;
    if ((small ? unpack_to_memory(packed) : unpack_to_file(packed)) < 0)
        return NULL;
    supply->whole = small ? packed->memory : packed->mapped;
    return supply->whole;
}

/* The first pass that begins anew is a stream again: that costs no more than the temporary file, and no disk. */
static bool begin_again(struct mm_packed *packed, uint64_t offset)
{
    struct inflate_stream *stream;
    if (packed->again || offset != packed->supply.begin ||
        inflate_open(&stream, packed->member, packed->bytes, &packed->err) < 0)
        return false;
    inflate_close(packed->stream);
    packed->stream = stream;
    packed->again = true;
    packed->at = packed->filled = packed->dropped = 0;
    return true;
}

static const uint8_t *supply_at(struct mm_supply *supply, uint64_t offset, size_t want, size_t *have)
{
    struct mm_packed *packed = (struct mm_packed *)supply;
    uint64_t size = packed->member->size;
    packed->read = true;
    if (offset >= size || packed->err.code != MM_OK)
        return NULL;
    if (want > size - offset)
        want = (size_t)(size - offset);
    *have = want;
    if (size <= PACKED_WHOLE || (offset < packed->at && !begin_again(packed, offset))) {
        const uint8_t *whole = supply_all(supply);
        return whole ? whole + offset : NULL;
    }
    if (advance(packed, offset, want) < 0)
        return NULL;
    uint64_t there = packed->at + packed->filled - offset;
    *have = there < want ? (size_t)there : want;
    return packed->window + (offset - packed->at);
}

/* ---- opening ---- */

static int unpack_small(struct mm_load *load, const struct zip_member *member, const uint8_t *bytes,
                        struct mm_err *err)
{
    struct mm_buf *to = load->reader ? &load->reader->unpacked : &load->own;
    mm_buf_clear(to);
    uint8_t *out = mm_buf_reserve(to, (size_t)member->size + 1);
    if (!out)
        return mm_fail_memory(err);
    load->bytes = out;
    load->size = load->have = (size_t)member->size;
    return inflate_whole(member, bytes, out, err);
}

static struct mm_packed *make(const struct mm_load *load, const struct zip_member *member,
                              const uint8_t *bytes, struct mm_err *err)
{
    struct mm_packed *packed = calloc(1, sizeof *packed);
    size_t room = member->size <= PACKED_WHOLE ? PACKED_HEAD : PACKED_WINDOW;
    if (!packed || !(packed->window = aligned_alloc(64, room))) {
        free(packed);
        mm_fail_memory(err);
        return NULL;
    }
    packed->room = room;
    packed->supply.at = supply_at;
    packed->supply.all = supply_all;
    packed->member = member;
    packed->bytes = bytes;
    packed->map = &load->map;
    packed->cancel = load->cancel;
    return packed;
}

int mm_packed_need(struct mm_load *load, size_t head, struct mm_err *err)
{
    struct mm_packed *packed = load->packed;
    if (!packed || head <= packed->filled)
        return 0;
    if (head > PACKED_HEAD)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: a header of %zu bytes is not read", packed->member->label,
                       head);
    int result = fill(packed, head - packed->filled, err);
    load->have = packed->filled;
    return result;
}

int mm_packed_open(struct mm_load *load, const struct zip_member *member, const uint8_t *bytes, size_t head,
                   struct mm_err *err)
{
    if (member->size <= PACKED_SMALL)
        return unpack_small(load, member, bytes, err);
    if (member->size > SIZE_MAX / 2)
        return zip_fail(member, err, MM_EUNSUPPORTED, "is larger than this machine's memory can be");
    struct mm_packed *packed = load->packed = make(load, member, bytes, err);
    if (!packed || inflate_open(&packed->stream, member, bytes, err) < 0)
        return -1;
    load->supply = &packed->supply;
    load->bytes = packed->window;
    load->size = (size_t)member->size;
    return mm_packed_need(load, head, err);
}

/* What stands behind the values, so that the checksum is of all. */
static int read_rest(struct mm_packed *packed, struct mm_err *err)
{
    while (packed->at + packed->filled < packed->member->size) {
        slide(packed, packed->at + packed->filled);
        if (fill(packed, packed->room, err) < 0)
            return -1;
    }
    return 0;
}

int mm_packed_check(struct mm_load *load, struct mm_err *err)
{
    struct mm_packed *packed = load->packed;
    if (!packed || !packed->read)
        return 0;
    if (packed->err.code == MM_OK && !packed->supply.whole &&
        packed->at + packed->filled >= packed->supply.end)
        read_rest(packed, &packed->err);
    if (packed->err.code == MM_OK)
        return 0;
    if (err)
        *err = packed->err;
    return -1;
}

void mm_packed_close(struct mm_load *load)
{
    struct mm_packed *packed = load->packed;
    if (!packed)
        return;
    end_stream(packed);
    if (packed->mapped)
        munmap(packed->mapped, (size_t)packed->member->size);
    free(packed->memory);
    free(packed);
    load->packed = NULL;
    load->supply = NULL;
}
