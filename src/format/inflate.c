/* Unpacking zip members; the only file that knows zlib and libdeflate. */
#include "format/inflate.h"

#include <inttypes.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <zlib.h>

/* zlib counts its input in 32 bits. */
#define INPUT_MOST ((size_t)1 << 30)

struct inflate_stream {
    const struct zip_member *member;
    const uint8_t *bytes;
    uint64_t used, done; /* packed bytes taken, bytes given */
    uint32_t crc;        /* of these */
    bool ended;          /* the packed bytes' own end was seen */
    bool open;           /* z is to be freed */
    z_stream z;
};

uint32_t inflate_crc(uint32_t crc, const void *data, size_t size)
{
    return size ? libdeflate_crc32(crc, data, size) : crc;
}

static int check_crc(const struct zip_member *member, uint32_t crc, struct mm_err *err)
{
    if (crc == member->crc)
        return 0;
    return zip_fail(member, err, MM_ECORRUPT,
                    "its checksum (CRC-32) is %08" PRIx32 ", %08" PRIx32
                    " was written with it: the file is damaged",
                    crc, member->crc);
}

static int fail_damaged(const struct zip_member *member, struct mm_err *err)
{
    return zip_fail(member, err, MM_ECORRUPT, "its compressed bytes are damaged");
}

static int fail_size(const struct zip_member *member, struct mm_err *err)
{
    return zip_fail(member, err, MM_ECORRUPT, "does not inflate to the %" PRIu64 " bytes that it should have",
                    member->size);
}

int inflate_check(const struct zip_member *member, const uint8_t *bytes, struct mm_err *err)
{
    return check_crc(member, inflate_crc(0, bytes, (size_t)member->packed), err);
}

/* ---- whole ---- */

static int inflate_all(const struct zip_member *member, const uint8_t *bytes, uint8_t *out,
                       struct mm_err *err)
{
    size_t used = 0, done = 0;
    struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
    if (!inflater)
        return mm_fail_memory(err);
    enum libdeflate_result result = libdeflate_deflate_decompress_ex(inflater, bytes, (size_t)member->packed,
                                                                     out, (size_t)member->size, &used, &done);
    libdeflate_free_decompressor(inflater);
    if (result == LIBDEFLATE_BAD_DATA)
        return fail_damaged(member, err);
    if (result != LIBDEFLATE_SUCCESS || done != member->size || used != member->packed)
        return fail_size(member, err);
    return check_crc(member, inflate_crc(0, out, done), err);
}

int inflate_whole(const struct zip_member *member, const uint8_t *bytes, uint8_t *out, struct mm_err *err)
{
    if (member->method == ZIP_DEFLATED)
        return inflate_all(member, bytes, out, err);
    if (member->size > 0)
        memcpy(out, bytes, (size_t)member->size);
    return inflate_check(member, bytes, err);
}

/* ---- a stream ---- */

int inflate_open(struct inflate_stream **out, const struct zip_member *member, const uint8_t *bytes,
                 struct mm_err *err)
{
    struct inflate_stream *stream = calloc(1, sizeof *stream);
    *out = stream;
    if (!stream)
        return mm_fail_memory(err);
    stream->member = member;
    stream->bytes = bytes;
    stream->open = member->method == ZIP_DEFLATED && inflateInit2(&stream->z, -MAX_WBITS) == Z_OK;
    if (stream->open || member->method == ZIP_STORED)
        return 0;
    free(stream);
    *out = NULL;
    return mm_fail_memory(err);
}

/* As much of the input as zlib can count. */
static void feed(struct inflate_stream *stream)
{
    uint64_t left = stream->member->packed - stream->used;
    stream->z.next_in = (Bytef *)(uintptr_t)(stream->bytes + stream->used); /* zlib does not write there */
    stream->z.avail_in = (uInt)(left < INPUT_MOST ? left : INPUT_MOST);
}

/* One call of zlib for at most `size` bytes; the number of those that came, or -1. */
static int64_t inflate_some(struct inflate_stream *stream, uint8_t *out, size_t size, struct mm_err *err)
{
    size_t room = size < INPUT_MOST ? size : INPUT_MOST;
    feed(stream);
    uInt offered = stream->z.avail_in;
    stream->z.next_out = out;
    stream->z.avail_out = (uInt)room;
    int result = inflate(&stream->z, Z_NO_FLUSH);
    stream->used += offered - stream->z.avail_in;
    stream->ended = result == Z_STREAM_END;
    if (result == Z_MEM_ERROR)
        return mm_fail_memory(err);
    size_t got = room - stream->z.avail_out;
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        return fail_damaged(stream->member, err);
    if (got == 0 && !stream->ended && stream->used == stream->member->packed)
        return fail_size(stream->member, err); /* ends too early */
    return (int64_t)got;
}

static int64_t copy_some(struct inflate_stream *stream, uint8_t *out, size_t size)
{
    memcpy(out, stream->bytes + stream->used, size);
    stream->used += size;
    return (int64_t)size;
}

/* All bytes are out: nothing more may come, and nothing may be left over. */
static int finish(struct inflate_stream *stream, struct mm_err *err)
{
    uint8_t more;
    while (stream->open && !stream->ended) {
        int64_t got = inflate_some(stream, &more, 1, err);
        if (got < 0)
            return -1;
        if (got > 0)
            return fail_size(stream->member, err);
    }
    if (stream->used != stream->member->packed)
        return fail_size(stream->member, err);
    return check_crc(stream->member, stream->crc, err);
}

int inflate_read(struct inflate_stream *stream, void *out, size_t size, size_t *got, struct mm_err *err)
{
    uint64_t left = stream->member->size - stream->done;
    size_t want = left < size ? (size_t)left : size, done = 0;
    while (done < want) {
        uint8_t *to = (uint8_t *)out + done;
        if (stream->ended)
            return fail_size(stream->member, err);
        int64_t n =
            stream->open ? inflate_some(stream, to, want - done, err) : copy_some(stream, to, want - done);
        if (n < 0)
            return -1;
        done += (size_t)n;
    }
    stream->crc = inflate_crc(stream->crc, out, want);
    stream->done += want;
    *got = want;
    /* with the last bytes, so that who has them all knows that they are right */
    return want == left && size > 0 ? finish(stream, err) : 0;
}

size_t inflate_used(const struct inflate_stream *stream)
{
    return (size_t)stream->used;
}

void inflate_close(struct inflate_stream *stream)
{
    if (!stream)
        return;
    if (stream->open)
        inflateEnd(&stream->z);
    free(stream);
}
