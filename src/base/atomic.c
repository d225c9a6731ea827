#include "mmtui/base.h"
#include "base/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Hand over to the system in pieces of at least this size. */
#define PENDING_LIMIT (64 * 1024)
/* After so much more the disk is told to begin, so that the sync at the end has less to wait for. */
#define BEGIN_EVERY ((int64_t)1 << 20)

static void release(struct mm_atomic *file)
{
    if (file->temporary)
        temporary_drop(file->temporary);
    if (file->fd >= 0)
        close(file->fd);
    mm_buf_done(&file->pending);
    free(file->path);
    free(file->temporary);
    *file = (struct mm_atomic){.fd = -1};
}

static int open_temporary(struct mm_atomic *file, const char *path, struct mm_err *err)
{
    struct mm_temporary *temporary = malloc(sizeof *temporary);
    if (!temporary)
        return mm_fail_memory(err);
    if (temporary_open(temporary, path, err) < 0) {
        free(temporary);
        return -1;
    }
    file->temporary = temporary;
    file->fd = temporary->fd;
    return 0;
}

/* A device or a pipe (/dev/null, /dev/stdout): there is nothing to replace, write into it. */
static int open_special(struct mm_atomic *file, const char *path, struct mm_err *err)
{
    /* O_NONBLOCK for the opening only: a pipe that nobody reads is an error, not a wait without end */
    file->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (file->fd < 0 || fcntl(file->fd, F_SETFL, 0) < 0)
        return mm_fail_errno(err, path, "opening it");
    return 0;
}

int mm_atomic_open(struct mm_atomic *file, const char *path, struct mm_err *err)
{
    struct stat info;
    bool exists = stat(path, &info) == 0;
    *file = (struct mm_atomic){.fd = -1};
    /* of a link, what it leads to is replaced, not the link */
    file->path = exists ? realpath(path, NULL) : strdup(path);
    int result;
    if (!file->path)
        result = exists ? mm_fail_errno(err, path, "finding it") : mm_fail_memory(err);
    else if (exists && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode))
        result = open_special(file, file->path, err);
    else /* a folder of that name is refused by the rename */
        result = open_temporary(file, file->path, err);
    if (result < 0)
        release(file);
    return result;
}

int mm_atomic_open_file(struct mm_atomic *file, const char *path, struct mm_err *err)
{
    if (mm_atomic_open(file, path, err) < 0)
        return -1;
    if (file->temporary)
        return 0;
    mm_atomic_abort(file);
    return mm_fail(err, MM_EARG, "%s: needs to be a file: this format can't be written into a pipe or device",
                   path);
}

static int write_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, data, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        data += n;
        length -= (size_t)n;
    }
    return 0;
}

/* A wish: what can't be begun now is written by the sync. */
static void begin_sync(struct mm_atomic *file)
{
    if (!file->temporary || file->unsynced || file->written - file->begun < BEGIN_EVERY)
        return;
    (void)!sync_file_range(file->fd, file->begun, file->written - file->begun, SYNC_FILE_RANGE_WRITE);
    file->begun = file->written;
}

static void hand_over(struct mm_atomic *file, const void *data, size_t length)
{
    if (file->error.code == MM_OK && write_all(file->fd, data, length) < 0)
        mm_fail_errno(&file->error, file->path, "writing it");
    file->written += (int64_t)length;
    begin_sync(file);
}

static void flush(struct mm_atomic *file)
{
    if (file->error.code == MM_OK && file->pending.failed)
        mm_fail_memory(&file->error);
    hand_over(file, file->pending.data, file->pending.length);
    mm_buf_clear(&file->pending);
}

void mm_atomic_write(struct mm_atomic *file, const void *data, size_t length)
{
    if (length >= PENDING_LIMIT) { /* not worth a copy */
        flush(file);
        hand_over(file, data, length);
        return;
    }
    mm_buf_add(&file->pending, data, length);
    if (file->pending.length >= PENDING_LIMIT || file->pending.failed)
        flush(file);
}

static int write_at(int fd, const char *data, size_t length, int64_t place)
{
    while (length > 0) {
        ssize_t n = pwrite(fd, data, length, place);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        data += n;
        place += n;
        length -= (size_t)n;
    }
    return 0;
}

void mm_atomic_patch(struct mm_atomic *file, int64_t place, const void *data, size_t length)
{
    if (place >= file->written && !file->pending.failed) { /* not handed over yet */
        memcpy(file->pending.data + (place - file->written), data, length);
        return;
    }
    flush(file);
    if (file->error.code == MM_OK && write_at(file->fd, data, length, place) < 0)
        mm_fail_errno(&file->error, file->path, "writing it");
}

void mm_atomic_cut(struct mm_atomic *file, int64_t place)
{
    if (place >= file->written && !file->pending.failed) { /* not handed over yet */
        file->pending.length = (size_t)(place - file->written);
        return;
    }
    flush(file);
    if (file->error.code == MM_OK && (ftruncate(file->fd, place) < 0 || lseek(file->fd, place, SEEK_SET) < 0))
        mm_fail_errno(&file->error, file->path, "shortening it");
    file->written = place;
    file->begun = file->begun < place ? file->begun : place;
}

/* Bytes of `from` at `place`, at most PENDING_LIMIT; 0: the end, or an error, which `file` keeps. */
static size_t read_piece(struct mm_atomic *file, const struct mm_atomic *from, char *to, int64_t place)
{
    ssize_t n;
    do
        n = pread(from->fd, to, PENDING_LIMIT, place);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        mm_fail_errno(&file->error, file->path, "reading its temporary file");
    return n > 0 ? (size_t)n : 0;
}

void mm_atomic_copy(struct mm_atomic *file, struct mm_atomic *from, int64_t place)
{
    char *piece = malloc(PENDING_LIMIT);
    size_t n;
    flush(from);
    flush(file);
    if (file->error.code == MM_OK && from->error.code != MM_OK)
        file->error = from->error;
    if (file->error.code == MM_OK && !piece)
        mm_fail_memory(&file->error);
    for (; file->error.code == MM_OK && (n = read_piece(file, from, piece, place)) > 0; place += (int64_t)n)
        hand_over(file, piece, n);
    if (file->error.code == MM_OK && place != from->written)
        mm_fail(&file->error, MM_EIO, "%s: its temporary file became shorter meanwhile", file->path);
    free(piece);
}

/* A file that is replaced keeps its permissions. */
static void keep_mode(int fd, const char *path)
{
    struct stat info;
    if (stat(path, &info) == 0 && S_ISREG(info.st_mode))
        (void)!fchmod(fd, info.st_mode & 07777);
}

/* The rename itself is only durable once the folder is. Not every file system can: no error then. */
static void sync_folder(const char *path)
{
    char *folder = strdup(path);
    if (!folder)
        return;
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = '\0';
    int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(folder);
}

/* close() too reports what a network file system could not store; of a copy of the descriptor, since the lock on
 * the temporary file ends with the descriptor itself. */
static int flush_to_disk(const struct mm_atomic *file)
{
    int synced = file->temporary && !file->unsynced ? fsync(file->fd) : 0;
    int copy = dup(file->fd);
    return synced < 0 || copy < 0 || close(copy) < 0 ? -1 : 0;
}

/* Make it last and put it in place. */
static void settle(struct mm_atomic *file)
{
    if (file->temporary)
        keep_mode(file->fd, file->path);
    if (flush_to_disk(file) < 0)
        mm_fail_errno(&file->error, file->path, "writing it to disk");
    else if (file->temporary && temporary_place(file->temporary, file->path) < 0)
        mm_fail_errno(&file->error, file->path, "putting it in place");
}

int mm_atomic_commit(struct mm_atomic *file, struct mm_err *err)
{
    flush(file);
    if (file->error.code == MM_OK)
        settle(file);
    bool failed = file->error.code != MM_OK;
    if (failed && err)
        *err = file->error;
    if (!failed && file->temporary && !file->unsynced)
        sync_folder(file->path);
    release(file);
    return failed ? -1 : 0;
}

void mm_atomic_abort(struct mm_atomic *file)
{
    release(file);
}

int mm_file_write(const char *path, const void *data, size_t length, struct mm_err *err)
{
    struct mm_atomic file;
    if (mm_atomic_open(&file, path, err) < 0)
        return -1;
    mm_atomic_write(&file, data, length);
    return mm_atomic_commit(&file, err);
}
