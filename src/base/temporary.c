#include "base/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* So much of the file's name goes into the temporary one: both must stay within the 255 bytes of a name. */
#define NAME_KEPT 200
/* Other writers of the same file, each with a number of its own. */
#define ATTEMPTS 100

/* ---- without a name ---- */

#define DESCRIPTORS "/proc/self/fd"

static int open_unnamed(const char *path)
{
    size_t length = (size_t)(mm_path_base(path) - path);
    char *folder = length ? strndup(path, length) : strdup(".");
    /* its link is the only way to give it a name later */
    int fd =
        folder && access(DESCRIPTORS, X_OK) == 0 ? open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0666) : -1;
    free(folder);
    return fd;
}

static int name_it(int fd, const char *path)
{
    char link[sizeof DESCRIPTORS + 16];
    snprintf(link, sizeof link, DESCRIPTORS "/%d", fd);
    return linkat(AT_FDCWD, link, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

/* ---- with a name ---- */

static void number(struct mm_temporary *file, const char *path, unsigned n)
{
    int folder = (int)(mm_path_base(path) - path);
    sprintf(file->name, "%.*s%.*s.%u.tmp", folder, path, NAME_KEPT, path + folder, n);
}

static bool same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Remove what a run that is gone left at `name`. A file that its writer holds, or that is not ours, stays: EEXIST. */
static bool clear(const char *name)
{
    struct stat opened, there;
    int fd = open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    bool cleared = fd >= 0 && fstat(fd, &opened) == 0 && S_ISREG(opened.st_mode) &&
                   opened.st_uid == geteuid() && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
                   lstat(name, &there) == 0 && same(&opened, &there) && unlink(name) == 0;
    if (fd >= 0)
        close(fd);
    errno = EEXIST;
    return cleared;
}

/* Held until the descriptor is closed. False: somebody took it for left over, and removed it, before it was held. */
static bool hold(int fd)
{
    struct stat info;
    /* not every file system has locks; then nobody can take it for left over either */
    return (flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) && fstat(fd, &info) == 0 &&
           info.st_nlink > 0;
}

static int create(const char *name)
{
    /* O_EXCL with 0666 rather than mkstemp, which would make the file private whatever the umask says */
    int fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0 && !hold(fd)) {
        close(fd);
        fd = -1;
        errno = EEXIST;
    }
    return fd;
}

static int open_named(struct mm_temporary *file, const char *path)
{
    int fd = -1;
    for (unsigned n = 0; fd < 0 && n < ATTEMPTS; n++) {
        number(file, path, n);
        fd = create(file->name);
        if (fd < 0 && errno == EEXIST && clear(file->name))
            fd = create(file->name);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    return fd;
}

/* ---- either ---- */

int temporary_open(struct mm_temporary *file, const char *path, struct mm_err *err)
{
    *file = (struct mm_temporary){.fd = -1, .name = malloc(strlen(path) + 32)};
    if (!file->name)
        return mm_fail_memory(err);
    number(file, path, 0);
    file->fd = open_unnamed(path);
    if (file->fd >= 0)
        (void)!flock(file->fd, LOCK_EX | LOCK_NB);
    else
        file->fd = open_named(file, path), file->named = file->fd >= 0;
    if (file->fd >= 0)
        return 0;
    mm_fail_errno(err, path, "making a temporary file beside it");
    temporary_drop(file);
    return -1;
}

/* The name that it has for a moment: a link can't replace a file, a rename can. */
static int name_beside(struct mm_temporary *file, const char *path)
{
    for (unsigned n = 0; !file->named && n < ATTEMPTS; n++) {
        number(file, path, n);
        file->named = name_it(file->fd, file->name) == 0 ||
                      (errno == EEXIST && clear(file->name) && name_it(file->fd, file->name) == 0);
        if (!file->named && errno != EEXIST)
            break;
    }
    return file->named ? 0 : -1;
}

int temporary_place(struct mm_temporary *file, const char *path)
{
    if (!file->named && name_it(file->fd, path) == 0)
        return 0;
    if (!file->named && (errno != EEXIST || name_beside(file, path) < 0))
        return -1;
    if (rename(file->name, path) < 0)
        return -1;
    file->named = false;
    return 0;
}

void temporary_drop(struct mm_temporary *file)
{
    int kept = errno;
    if (file->named)
        unlink(file->name);
    free(file->name);
    *file = (struct mm_temporary){.fd = -1};
    errno = kept;
}
