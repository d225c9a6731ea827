#include "format/base64_supply.h"
#include "base/base64.h"
#include "format/temporary.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ALIGNMENT 64
/* Of text that was read, so much may leave memory at a time. */
#define DROP_EVERY ((size_t)8 << 20)
/* How many characters are decoded before it is asked whether to stop. */
#define PIECE ((size_t)1 << 20)

struct mm_base64 {
    struct mm_supply supply; /* the first member */
    const char *label;
    const char *text;
    size_t length; /* characters */
    size_t size;   /* bytes */
    const struct mm_map *map;
    const atomic_bool *cancel; /* or NULL */
    size_t dropped;            /* characters that left memory */
    void *memory;              /* all bytes, malloc'ed ... */
    void *mapped;              /* ... or of a temporary file */
    struct mm_err err;
    uint8_t window[ALIGNMENT + BASE64_WINDOW + 4]; /* for whole groups before and behind what is asked for */
};

static int fail_text(const char *label, const char *text, size_t place, struct mm_err *err)
{
    unsigned char c = (unsigned char)text[place];
    if (c > ' ' && c < 0x7f)
        return mm_fail(err, MM_ECORRUPT, "%s: its base64 text has '%c' at character %zu, where none can be",
                       label, c, place);
    return mm_fail(err, MM_ECORRUPT,
                   "%s: its base64 text has byte 0x%02x at character %zu, where none can be", label, c,
                   place);
}

/* `here` characters from the `from`-th of `length` on. Only the last ones may be padding. */
static int decode(const char *label, const char *text, size_t length, size_t from, size_t here, uint8_t *out,
                  struct mm_err *err)
{
    size_t right = mm_base64_decode(text + from, here, out);
    if (right == here && here > 0 && from + here < length && text[from + here - 1] == '=')
        right = here - 1;
    return right == here ? 0 : fail_text(label, text, from + right, err);
}

/* ---- a window ---- */

static void drop_read(struct mm_base64 *base64, size_t upto)
{
    if (upto < base64->dropped)
        base64->dropped = upto;
    if (upto - base64->dropped < DROP_EVERY)
        return;
    mm_map_drop(base64->map, base64->text + base64->dropped, upto - base64->dropped);
    base64->dropped = upto;
}

/*
 * Whole groups from the one on that `offset` is in; `offset` itself falls on the alignment. Padding can only be in the last
 * group, whose bytes are fewer.
 */
static const uint8_t *fill(struct mm_base64 *base64, uint64_t offset, size_t want)
{
    size_t group = (size_t)(offset / 3), skip = (size_t)(offset % 3), from = group * 4;
    size_t length = (skip + want + 2) / 3 * 4;
    uint8_t *out = base64->window + ALIGNMENT;
    if (base64->err.code != MM_OK ||
        decode(base64->label, base64->text, base64->length, from, length, out - skip, &base64->err) < 0)
        return NULL;
    drop_read(base64, from);
    return out;
}

static const uint8_t *supply_at(struct mm_supply *supply, uint64_t offset, size_t want, size_t *have)
{
    struct mm_base64 *base64 = (struct mm_base64 *)supply;
    if (offset >= base64->size)
        return NULL;
    if (want > base64->size - offset)
        want = (size_t)(base64->size - offset);
    *have = want < BASE64_WINDOW ? want : BASE64_WINDOW;
    return fill(base64, offset, *have);
}

/* ---- all of it ---- */

static int decode_all(struct mm_base64 *base64, uint8_t *out)
{
    for (size_t at = 0; at < base64->length; at += PIECE, out += PIECE / 4 * 3) {
        size_t here = base64->length - at < PIECE ? base64->length - at : PIECE;
        if (base64->cancel && atomic_load_explicit(base64->cancel, memory_order_relaxed))
            return mm_fail(&base64->err, MM_ECANCELLED, "stopped");
        if (decode(base64->label, base64->text, base64->length, at, here, out, &base64->err) < 0)
            return -1;
    }
    return 0;
}

static int map_temporary(struct mm_base64 *base64)
{
    int fd = mm_temporary_open(&base64->err);
    if (fd < 0)
        return -1;
    if (mm_temporary_room(fd, base64->label, base64->size, &base64->err) < 0) {
        close(fd);
        return -1;
    }
    void *mapped = mmap(NULL, base64->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (mapped == MAP_FAILED)
        return mm_fail_errno(&base64->err, base64->label, "mapping its temporary file");
    base64->mapped = mapped;
    return 0;
}

static const uint8_t *supply_all(struct mm_supply *supply)
{
    struct mm_base64 *base64 = (struct mm_base64 *)supply;
    if (supply->whole || base64->err.code != MM_OK)
        return supply->whole;
    if (base64->size <= BASE64_WHOLE)
        base64->memory = malloc(base64->size);
    else if (map_temporary(base64) < 0)
        return NULL;
    uint8_t *out = base64->memory ? base64->memory : base64->mapped;
    if (!out)
        mm_fail_memory(&base64->err);
    else if (decode_all(base64, out) == 0)
        supply->whole = out;
    return supply->whole;
}

/* ---- opening ---- */

static int decode_small(struct mm_load *load, const char *text, size_t length, size_t size,
                        struct mm_err *err)
{
    struct mm_buf *to = load->reader ? &load->reader->unpacked : &load->own;
    mm_buf_clear(to);
    uint8_t *out = mm_buf_reserve(to, size + 1);
    if (!out)
        return mm_fail_memory(err);
    load->bytes = out;
    load->size = load->have = size;
    return decode(load->entry->label, text, length, 0, length, out, err);
}

int mm_base64_open(struct mm_load *load, const char *text, size_t length, struct mm_err *err)
{
    size_t size;
    if (!mm_base64_size(text, length, &size))
        return mm_fail(err, MM_ECORRUPT, "%s: its base64 text has %zu characters, which is no multiple of 4",
                       load->entry->label, length);
    if (size <= BASE64_SMALL)
        return decode_small(load, text, length, size, err);
    struct mm_base64 *base64 = load->base64 =
        aligned_alloc(ALIGNMENT, (sizeof *base64 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    if (!base64)
        return mm_fail_memory(err);
    memset(base64, 0, offsetof(struct mm_base64, window));
    base64->supply = (struct mm_supply){.at = supply_at, .all = supply_all};
    base64->label = load->entry->label;
    base64->text = text;
    base64->length = length;
    base64->size = size;
    base64->map = &load->map;
    base64->cancel = load->cancel;
    load->supply = &base64->supply;
    load->bytes = fill(base64, 0, BASE64_HEAD);
    load->have = BASE64_HEAD;
    load->size = size;
    return load->bytes ? 0 : mm_base64_check(load, err);
}

int mm_base64_check(const struct mm_load *load, struct mm_err *err)
{
    const struct mm_base64 *base64 = load->base64;
    if (!base64 || base64->err.code == MM_OK)
        return 0;
    if (err)
        *err = base64->err;
    return -1;
}

void mm_base64_close(struct mm_load *load)
{
    struct mm_base64 *base64 = load->base64;
    if (!base64)
        return;
    if (base64->mapped)
        munmap(base64->mapped, base64->size);
    free(base64->memory);
    free(base64);
    load->base64 = NULL;
    load->supply = NULL;
}
