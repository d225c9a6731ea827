#include "remote/stream.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOOK_EVERY 200 /* ms: at *cancel, while nothing moves */

static ssize_t put(int fd, const void *data, size_t size)
{
    ssize_t put = send(fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (put < 0 && errno == ENOTSOCK)
        put = write(fd, data, size);
    return put;
}

int stream_write(int fd, const void *data, size_t size, const atomic_bool *cancel, struct mm_err *err)
{
    const char *at = data;
    while (size > 0) {
        ssize_t n = put(fd, at, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno != EAGAIN)
            return mm_fail(err, MM_EIO, "%s", strerror(errno));
        if (n < 0) {
            struct pollfd wait = {.fd = fd, .events = POLLOUT};
            if (poll(&wait, 1, LOOK_EVERY) == 0 && cancel &&
                atomic_load_explicit(cancel, memory_order_relaxed))
                return mm_fail(err, MM_ECANCELLED, "stopped");
            continue;
        }
        at += n;
        size -= (size_t)n;
    }
    return 0;
}

int stream_read(int fd, size_t most, int milliseconds, struct mm_buf *out, struct mm_err *err)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    int ready = poll(&wait, 1, milliseconds);
    if (ready == 0 || (ready < 0 && errno == EINTR))
        return 0;
    void *room = ready < 0 ? NULL : mm_buf_reserve(out, most);
    if (ready >= 0 && !room)
        return mm_fail_memory(err);
    ssize_t n = ready < 0 ? -1 : read(fd, room, most);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return 0;
    if (n < 0)
        return mm_fail(err, MM_EIO, "%s", strerror(errno));
    if (n == 0)
        return mm_fail(err, MM_ENOENT, "the stream has ended");
    out->length += (size_t)n;
    return 1;
}
