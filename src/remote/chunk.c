/* A chunk: u8 width of the elements by which its bytes are sorted (0: they are not packed), u32 bytes, and these. */
#include "remote/chunk.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#include "compare/cache.h"

#define LEVEL 1 /* a network of 1 Gbit/s is not to wait for it */

struct chunk_packer {
    struct libdeflate_compressor *deflate;
    uint8_t sorted[CHUNK_MOST], packed[CHUNK_MOST];
};

struct chunk_packer *chunk_packer_open(void)
{
    struct chunk_packer *packer = malloc(sizeof *packer);
    if (packer && !(packer->deflate = libdeflate_alloc_compressor(LEVEL))) {
        free(packer);
        return NULL;
    }
    return packer;
}

void chunk_packer_close(struct chunk_packer *packer)
{
    if (!packer)
        return;
    libdeflate_free_compressor(packer->deflate);
    free(packer);
}

static void sort(const uint8_t *bytes, size_t size, size_t width, uint8_t *out)
{
    size_t count = size / width;
    for (size_t k = 0; k < width; k++) {
        for (size_t i = 0; i < count; i++)
            *out++ = bytes[i * width + k];
    }
}

static void unsort(const uint8_t *bytes, size_t size, size_t width, uint8_t *out)
{
    size_t count = size / width;
    for (size_t k = 0; k < width; k++) {
        for (size_t i = 0; i < count; i++)
            out[i * width + k] = *bytes++;
    }
}

void chunk_put(struct chunk_packer *packer, const uint8_t *bytes, size_t size, size_t width,
               struct mm_buf *out)
{
    size_t packed;
    sort(bytes, size, width, packer->sorted);
    packed =
        size ? libdeflate_deflate_compress(packer->deflate, packer->sorted, size, packer->packed, size - 1)
             : 0;
    cache_put_u8(out, packed ? (unsigned)width : 0);
    cache_put_u32(out, (uint32_t)size);
    mm_buf_add(out, packed ? packer->packed : bytes, packed ? packed : size);
}

/* 0: exactly `size` bytes came out. */
static int unpack(const struct cache_reader *in, uint8_t *out, size_t size)
{
    struct libdeflate_decompressor *inflate = libdeflate_alloc_decompressor();
    enum libdeflate_result result = LIBDEFLATE_BAD_DATA;
    if (inflate)
        result = libdeflate_deflate_decompress(inflate, in->at, (size_t)(in->end - in->at), out, size, NULL);
    libdeflate_free_decompressor(inflate);
    return result == LIBDEFLATE_SUCCESS ? 0 : -1;
}

int chunk_take(const uint8_t *chunk, size_t length, uint8_t *out, size_t room, size_t *got)
{
    struct cache_reader in = {chunk, chunk + length, false};
    unsigned width = cache_get_u8(&in);
    size_t size = cache_get_u32(&in);
    if (in.bad || size > CHUNK_MOST || size > room || width > 8 || (width && size % width != 0))
        return -1;
    *got = size;
    if (width == 0 && (size_t)(in.end - in.at) != size)
        return -1;
    if (width <= 1) {
        if (width == 1)
            return unpack(&in, out, size);
        memcpy(out, in.at, size);
        return 0;
    }
    uint8_t *sorted = malloc(size + 1);
    int result = sorted ? unpack(&in, sorted, size) : -1;
    if (result == 0)
        unsort(sorted, size, width, out);
    free(sorted);
    return result;
}
