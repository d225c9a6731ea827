#include "cli/temporary_folder.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define RANDOM_PART "XXXXXX"

static int open_folder(const char *path)
{
    return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* ---- what commands that are gone left ---- */

struct leftovers {
    const char *base, *prefix;
};

static int remove_leftover(void *context, const char *name)
{
    const struct leftovers *leftovers = context;
    size_t length = strlen(leftovers->prefix);
    if (strncmp(name, leftovers->prefix, length) != 0 || strlen(name) != length + sizeof RANDOM_PART - 1)
        return 0;
    char *path = mm_path_join(leftovers->base, name);
    int fd = path ? open_folder(path) : -1;
    struct stat info;
    if (fd >= 0 && fstat(fd, &info) == 0 && info.st_uid == geteuid() && flock(fd, LOCK_EX | LOCK_NB) == 0)
        mm_folder_remove(path);
    if (fd >= 0)
        close(fd);
    free(path);
    return 0;
}

/* ---- a new one ---- */

/* Locked under another name, which nobody takes for left over; then it gets its own. */
static int make(struct temporary_folder *folder, const char *base, const char *prefix, struct mm_err *err)
{
    char name[96];
    snprintf(name, sizeof name, ".%s" RANDOM_PART, prefix);
    char *hidden = mm_path_join(base, name);
    if (!hidden)
        return mm_fail_memory(err);
    int result =
        mkdtemp(hidden) ? 0 : mm_fail_errno(err, hidden, "making a temporary folder (TMPDIR chooses where)");
    if (result == 0) {
        folder->lock = open_folder(hidden);
        (void)!flock(folder->lock,
                     LOCK_EX | LOCK_NB); /* where there are no locks nobody takes it for left over */
        folder->path = mm_path_join(base, mm_path_base(hidden) + 1);
        result = folder->path ? 0 : mm_fail_memory(err);
        if (result == 0 && rename(hidden, folder->path) < 0)
            result = mm_fail_errno(err, folder->path, "making a temporary folder (TMPDIR chooses where)");
        if (result < 0)
            mm_folder_remove(hidden);
    }
    free(hidden);
    return result;
}

int temporary_folder_open(struct temporary_folder *folder, const char *name, struct mm_err *err)
{
    const char *base = getenv("TMPDIR");
    char prefix[64];
    *folder = (struct temporary_folder){.lock = -1};
    snprintf(prefix, sizeof prefix, "mmtui-%s-", name);
    struct leftovers leftovers = {base && *base ? base : "/tmp", prefix};
    mm_folder_list(leftovers.base, remove_leftover, &leftovers, NULL);
    int result = make(folder, leftovers.base, prefix, err);
    if (result < 0)
        temporary_folder_close(folder);
    return result;
}

void temporary_folder_close(struct temporary_folder *folder)
{
    if (folder->path) {
        mm_folder_remove(folder->path);
        if (folder->lock >= 0)
            close(folder->lock);
    }
    free(folder->path);
    *folder = (struct temporary_folder){.lock = -1};
}
