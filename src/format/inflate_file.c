/* A member that is too large for memory, in a temporary file without a name. */
#include "format/inflate.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PIECE ((size_t)256 * 1024)

/* An unlinked file; not every file system has O_TMPFILE. */
static int open_in(const char *folder)
{
    char *path = mm_path_join(folder, "mmtui-XXXXXX");
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 && path) {
        fd = mkostemp(path, O_CLOEXEC);
        if (fd >= 0)
            unlink(path);
    }
    free(path);
    return fd;
}

static int open_temporary(struct mm_err *err)
{
    const char *wanted = getenv("TMPDIR");
    const char *const folders[] = {wanted && *wanted ? wanted : NULL, "/var/tmp", "/tmp"};
    for (size_t i = 0; i < MM_COUNT(folders); i++) {
        int fd = folders[i] ? open_in(folders[i]) : -1;
        if (fd >= 0)
            return fd;
    }
    return mm_fail_errno(err, "/var/tmp", "making a temporary file");
}

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

static int fail_room(const struct zip_member *member, struct mm_err *err)
{
    return zip_fail(member, err, MM_EIO,
                    "no room for its %" PRIu64 " bytes in a temporary file (%s); TMPDIR names another folder",
                    member->size, strerror(errno));
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
            return fail_room(member, err);
    } while (got == PIECE);
    return 0;
}

int inflate_to_file(const struct zip_member *member, const uint8_t *bytes, const atomic_bool *cancel,
                    int *descriptor, struct mm_err *err)
{
    struct inflate_stream *stream = NULL;
    uint8_t *piece = malloc(PIECE);
    int result = piece ? inflate_open(&stream, member, bytes, err) : mm_fail_memory(err);
    int fd = result == 0 ? open_temporary(err) : -1;
    if (fd < 0)
        result = -1;
    else if (member->size > 0 && (errno = posix_fallocate(fd, 0, (off_t)member->size)) != 0)
        result = fail_room(member, err);
    else
        result = pour(stream, fd, piece, member, cancel, err);
    if (result < 0 && fd >= 0)
        close(fd);
    *descriptor = result < 0 ? -1 : fd;
    inflate_close(stream);
    free(piece);
    return result;
}
