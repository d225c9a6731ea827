/* A member that is too large for memory, in a temporary file without a name. */
#include "format/inflate.h"
#include "format/temporary.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PIECE ((size_t)256 * 1024)

static int write_all(int fd, const uint8_t *data, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, data, size);
        if (n < 0 && errno != EINTR)
            return -1;
        data += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
    return 0;
}

static int pour(struct inflate_stream *stream, int fd, uint8_t *piece, const struct zip_member *member,
                const atomic_bool *cancel, struct mm_err *err)
{
    size_t got;
    do {
        if (cancel && atomic_load_explicit(cancel, memory_order_relaxed))
            return mm_fail(err, MM_ECANCELLED, "stopped");
        if (inflate_read(stream, piece, PIECE, &got, err) < 0)
            return -1;
        if (write_all(fd, piece, got) < 0)
            return mm_temporary_fail_room(member->label, member->size, err);
    } while (got == PIECE);
    return 0;
}

int inflate_to_file(const struct zip_member *member, const uint8_t *bytes, const atomic_bool *cancel,
                    int *descriptor, struct mm_err *err)
{
    struct inflate_stream *stream = NULL;
    uint8_t *piece = malloc(PIECE);
    int result = piece ? inflate_open(&stream, member, bytes, err) : mm_fail_memory(err);
    int fd = result == 0 ? mm_temporary_open(err) : -1;
    if (fd < 0)
        result = -1;
    else if (mm_temporary_room(fd, member->label, member->size, err) < 0)
        result = -1;
    else
        result = pour(stream, fd, piece, member, cancel, err);
    if (result < 0 && fd >= 0)
        close(fd);
    *descriptor = result < 0 ? -1 : fd;
    inflate_close(stream);
    free(piece);
    return result;
}
