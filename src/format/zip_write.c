/* A zip archive of stored, aligned members. */
#include "format/zip_write.h"
#include "format/inflate.h"
#include "format/little.h"
#include "base/quote.h"

#include <inttypes.h>
#include <stdlib.h>

#define LOCAL_SIZE    30
#define CRC_PLACE     14 /* in the local header */
#define IN_EXTRA      0xffffffffu
#define COUNT_MOST    0xffffu
#define EXTRA_ZIP64   0x0001
#define EXTRA_ALIGN   0xd935 /* "alignment" of Android's zip tools: u16 alignment, then zeros */
#define VERSION_PLAIN 20
#define VERSION_ZIP64 45
#define UNIX_MADE     (3u << 8)
#define UNIX_MODE     (0100600u << 16) /* a file of its owner's, as Python's zipfile has it */
#define FLAG_UTF8     0x0800
#define FIRST_DATE    0x0021 /* 1 January 1980: the same tensors give the same bytes */

static void put(struct mm_buf *out, uint64_t value, size_t bytes)
{
    uint8_t raw[8];
    little_put(raw, value, bytes);
    mm_buf_add(out, raw, bytes);
}

static uint64_t capped(uint64_t value)
{
    return value < IN_EXTRA ? value : IN_EXTRA;
}

int zip_write_open(struct zip_writer *writer, const char *path, bool unsynced, struct mm_err *err)
{
    *writer = (struct zip_writer){.path = path};
    if (mm_atomic_open_file(&writer->out, path, err) < 0)
        return -1;
    writer->out.unsynced = unsynced;
    return 0;
}

bool zip_write_failed(const struct zip_writer *writer)
{
    return writer->error.code != MM_OK;
}

static void out(struct zip_writer *writer, const void *data, size_t size)
{
    mm_atomic_write(&writer->out, data, size);
    writer->at += size;
}

static void out_buf(struct zip_writer *writer, struct mm_buf *buf)
{
    if (buf->failed)
        mm_fail_memory(&writer->error);
    else
        out(writer, mm_buf_text(buf), buf->length);
    mm_buf_done(buf);
}

/* A name of other bytes is not called UTF-8: readers would refuse the whole archive. */
static unsigned flags_of(const char *name)
{
    for (const char *p = name; *p; p++) {
        if (*p & 0x80)
            return mm_quote_is_utf8(name) ? FLAG_UTF8 : 0;
    }
    return 0;
}

/* What local header and directory share: from the version needed to the length of the name. */
static void put_common(struct mm_buf *to, const struct zip_writer *writer, bool zip64)
{
    put(to, zip64 ? VERSION_ZIP64 : VERSION_PLAIN, 2);
    put(to, flags_of(writer->name), 2);
    put(to, 0, 2); /* stored */
    put(to, 0, 2); /* midnight */
    put(to, FIRST_DATE, 2);
    put(to, writer->crc, 4);
    put(to, capped(writer->size), 4);
    put(to, capped(writer->size), 4);
    put(to, strlen(writer->name), 2);
}

/* zip64 sizes if they are needed, then zeros up to the next multiple of ZIP_ALIGN. */
static void put_local_extra(struct mm_buf *to, const struct zip_writer *writer, bool zip64)
{
    size_t sizes = zip64 ? 4 + 16 : 0, head = LOCAL_SIZE + strlen(writer->name) + sizes + 4 + 2;
    size_t pad = (size_t)(ZIP_ALIGN - (writer->begin + head) % ZIP_ALIGN) % ZIP_ALIGN;
    put(to, sizes + 4 + 2 + pad, 2); /* the length of all of it stands before the name */
    mm_buf_puts(to, writer->name);
    if (zip64) {
        put(to, EXTRA_ZIP64, 2);
        put(to, 16, 2);
        put(to, writer->size, 8);
        put(to, writer->size, 8);
    }
    put(to, EXTRA_ALIGN, 2);
    put(to, 2 + pad, 2);
    put(to, ZIP_ALIGN, 2);
    mm_buf_fill(to, '\0', pad);
}

static void put_local(struct zip_writer *writer)
{
    struct mm_buf head = {0};
    bool zip64 = writer->size >= IN_EXTRA;
    mm_buf_puts(&head, "PK\3\4");
    put_common(&head, writer, zip64);
    put_local_extra(&head, writer, zip64);
    out_buf(writer, &head);
}

void zip_write_begin(struct zip_writer *writer, const char *name, uint64_t size)
{
    if (zip_write_failed(writer))
        return;
    if (strlen(name) > ZIP_NAME_MOST) {
        mm_fail(&writer->error, MM_EARG, "%s: a member's name of %zu bytes, %d are possible", writer->path,
                strlen(name), ZIP_NAME_MOST);
        return;
    }
    free(writer->name);
    writer->name = strdup(name);
    if (!writer->name) {
        mm_fail_memory(&writer->error);
        return;
    }
    writer->begin = writer->at;
    writer->size = writer->left = size;
    writer->crc = 0;
    put_local(writer);
}

void zip_write_data(struct zip_writer *writer, const void *data, size_t size)
{
    if (zip_write_failed(writer))
        return;
    if (size > writer->left) {
        mm_fail(&writer->error, MM_EARG, "%s: member '%.120s' is larger than announced", writer->path,
                writer->name);
        return;
    }
    writer->left -= size;
    writer->crc = inflate_crc(writer->crc, data, size);
    out(writer, data, size);
}

/* What of sizes and place is beyond 32 bits, in the order in which readers expect it. */
static void put_entry_extra(struct mm_buf *to, const struct zip_writer *writer)
{
    bool sizes = writer->size >= IN_EXTRA, place = writer->begin >= IN_EXTRA;
    if (!sizes && !place)
        return;
    put(to, EXTRA_ZIP64, 2);
    put(to, (sizes ? 16 : 0) + (place ? 8 : 0), 2);
    if (sizes) {
        put(to, writer->size, 8);
        put(to, writer->size, 8);
    }
    if (place)
        put(to, writer->begin, 8);
}

static void put_entry(struct zip_writer *writer)
{
    struct mm_buf extra = {0}, *to = &writer->directory;
    put_entry_extra(&extra, writer);
    mm_buf_puts(to, "PK\1\2");
    put(to, UNIX_MADE | VERSION_ZIP64, 2);
    put_common(to, writer, extra.length > 0);
    put(to, extra.length, 2);
    put(to, 0, 2); /* no comment */
    put(to, 0, 2); /* disk */
    put(to, 0, 2); /* no text */
    put(to, UNIX_MODE, 4);
    put(to, capped(writer->begin), 4);
    mm_buf_puts(to, writer->name);
    mm_buf_add(to, mm_buf_text(&extra), extra.length);
    to->failed |= extra.failed;
    mm_buf_done(&extra);
}

void zip_write_end(struct zip_writer *writer)
{
    uint8_t crc[4];
    if (zip_write_failed(writer))
        return;
    if (writer->left > 0) {
        mm_fail(&writer->error, MM_EARG, "%s: member '%.120s' is smaller than announced", writer->path,
                writer->name);
        return;
    }
    little_put(crc, writer->crc, sizeof crc);
    mm_atomic_patch(&writer->out, (int64_t)writer->begin + CRC_PLACE, crc, sizeof crc);
    put_entry(writer);
    writer->count++;
}

void zip_write_drop(struct zip_writer *writer)
{
    if (zip_write_failed(writer))
        return;
    mm_atomic_cut(&writer->out, (int64_t)writer->begin);
    writer->at = writer->begin;
}

/* The zip64 record and its locator, then the plain one, which every archive has. */
static void put_ends(struct mm_buf *to, uint64_t count, uint64_t begin, uint64_t length)
{
    uint64_t capped_count = count < COUNT_MOST ? count : COUNT_MOST;
    if (count >= COUNT_MOST || begin >= IN_EXTRA || length >= IN_EXTRA) {
        mm_buf_puts(to, "PK\6\6");
        put(to, 44, 8); /* bytes that follow */
        put(to, UNIX_MADE | VERSION_ZIP64, 2);
        put(to, VERSION_ZIP64, 2);
        put(to, 0, 8); /* disks */
        put(to, count, 8);
        put(to, count, 8);
        put(to, length, 8);
        put(to, begin, 8);
        mm_buf_puts(to, "PK\6\7");
        put(to, 0, 4); /* disk */
        put(to, begin + length, 8);
        put(to, 1, 4); /* disks */
    }
    mm_buf_puts(to, "PK\5\6");
    put(to, 0, 4); /* disks */
    put(to, capped_count, 2);
    put(to, capped_count, 2);
    put(to, capped(length), 4);
    put(to, capped(begin), 4);
    put(to, 0, 2); /* no comment */
}

static void release(struct zip_writer *writer)
{
    mm_buf_done(&writer->directory);
    free(writer->name);
    writer->name = NULL;
}

int zip_write_commit(struct zip_writer *writer, struct mm_err *err)
{
    struct mm_buf *directory = &writer->directory;
    put_ends(directory, writer->count, writer->at, directory->length);
    if (!zip_write_failed(writer))
        out_buf(writer, directory);
    release(writer);
    if (!zip_write_failed(writer))
        return mm_atomic_commit(&writer->out, err);
    if (err)
        *err = writer->error;
    mm_atomic_abort(&writer->out);
    return -1;
}

void zip_write_abort(struct zip_writer *writer)
{
    release(writer);
    mm_atomic_abort(&writer->out);
}
