/* stream: a descriptor that frames are sent through, a socket or a pipe. */
#ifndef REMOTE_STREAM_H
#define REMOTE_STREAM_H

#include <stdatomic.h>

#include "mmtui/base.h"

/* All of it. -1: MM_EIO; there is no SIGPIPE from a socket. *cancel (may be NULL): MM_ECANCELLED when it is set and nothing
 * goes out any more; then some of it may be sent. */
int stream_write(int fd, const void *data, size_t size, const atomic_bool *cancel, struct mm_err *err);
/* What is there, appended, at most `most` bytes; waits for it at most `milliseconds` (-1: for ever). 1: some came; 0: none
 * did; -1: MM_EIO, or the stream has ended (MM_ENOENT). */
int stream_read(int fd, size_t most, int milliseconds, struct mm_buf *out, struct mm_err *err);

#endif
