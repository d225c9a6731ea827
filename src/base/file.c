#include "mmtui/base.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#define READ_PIECE (64 * 1024)

static int read_descriptor(int fd, const char *path, size_t limit, struct mm_buf *out, struct mm_err *err)
{
    size_t total = 0;
    for (;;) {
        char *place = mm_buf_reserve(out, READ_PIECE);
        if (!place)
            return mm_fail_memory(err);
        ssize_t n = read(fd, place, READ_PIECE);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return mm_fail_errno(err, path, "reading it");
        out->length += (size_t)n;
        out->data[out->length] = '\0';
        total += (size_t)n;
        if (n == 0)
            return 0;
        if (total > limit)
            return mm_fail(err, MM_EUNSUPPORTED, "%s: is larger than the %zu KiB expected of such a file",
                           path, limit / 1024);
    }
}

/* Of a pipe with a name nothing would come before somebody writes, maybe never. One without a name is what a shell makes of
 * <(command), or standard input: its writer is there. */
static bool waits_for_ever(int fd)
{
    struct stat info;
    struct statfs system;
    return fstat(fd, &info) == 0 && S_ISFIFO(info.st_mode) && fstatfs(fd, &system) == 0 &&
           system.f_type != PIPEFS_MAGIC;
}

static int open_to_read(const char *path, struct mm_err *err)
{
    /* O_NONBLOCK for the opening only: that of a pipe would wait */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return mm_fail_errno(err, path, "opening it");
    if (waits_for_ever(fd)) {
        close(fd);
        return mm_fail(err, MM_EARG, "%s: is a pipe; give a file, or a command as <(COMMAND)", path);
    }
    fcntl(fd, F_SETFL, 0);
    return fd;
}

int mm_file_read(const char *path, size_t limit, struct mm_buf *out, struct mm_err *err)
{
    int fd = open_to_read(path, err);
    if (fd < 0)
        return -1;
    int result = read_descriptor(fd, path, limit, out, err);
    close(fd);
    return result;
}

int mm_folder_make(const char *path, struct mm_err *err)
{
    if (!*path)
        return mm_fail(err, MM_ENOENT, "the folder's name is empty");
    char *copy = strdup(path);
    if (!copy)
        return mm_fail_memory(err);
    int result = 0;
    for (char *p = copy + (*copy == '/'); result == 0; p++) {
        if (*p != '/' && *p != '\0')
            continue;
        char kept = *p;
        *p = '\0';
        struct stat info;
        if (mkdir(copy, 0777) < 0 && (errno != EEXIST || stat(copy, &info) < 0 || !S_ISDIR(info.st_mode)))
            result = mm_fail_errno(err, copy, "making the folder");
        *p = kept;
        if (kept == '\0')
            break;
    }
    free(copy);
    return result;
}

static void remove_at(int parent, const char *name)
{
    if (unlinkat(parent, name, 0) == 0)
        return;
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *folder = fd < 0 ? NULL : fdopendir(fd);
    if (!folder) {
        if (fd >= 0)
            close(fd);
        return;
    }
    struct dirent *entry;
    while ((entry = readdir(folder))) {
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
            remove_at(dirfd(folder), entry->d_name);
    }
    closedir(folder);
    unlinkat(parent, name, AT_REMOVEDIR);
}

void mm_folder_remove(const char *path)
{
    /* with a slash behind it a link stands for what it points at */
    char *name = strdup(path);
    size_t length = strlen(path);
    while (name && length > 1 && name[length - 1] == '/')
        name[--length] = '\0';
    if (name)
        remove_at(AT_FDCWD, name);
    free(name);
}

static enum mm_folder_kind kind_of_mode(mode_t mode, bool link)
{
    return S_ISREG(mode)   ? MM_FOLDER_FILE
           : S_ISDIR(mode) ? link ? MM_FOLDER_LINK : MM_FOLDER_FOLDER
                           : MM_FOLDER_OTHER;
}

static enum mm_folder_kind kind_of(int folder, const struct dirent *entry)
{
    struct stat info;
    switch (entry->d_type) {
    case DT_REG: return MM_FOLDER_FILE;
    case DT_DIR: return MM_FOLDER_FOLDER;
    case DT_LNK:
    case DT_UNKNOWN: break;
    default: return MM_FOLDER_OTHER;
    }
    if (fstatat(folder, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) < 0)
        return MM_FOLDER_OTHER;
    bool link = S_ISLNK(info.st_mode);
    if (link && fstatat(folder, entry->d_name, &info, 0) < 0)
        return MM_FOLDER_OTHER;
    return kind_of_mode(info.st_mode, link);
}

/* One of visit and look is given: kinds may cost a call of the system each, so only look gets them. */
static int visit_entries(const char *path, mm_folder_visit visit, mm_folder_look look, void *context,
                         struct mm_err *err)
{
    DIR *folder = opendir(path);
    if (!folder)
        return mm_fail_errno(err, path, "opening the folder");
    int result = 0;
    struct dirent *entry;
    while (result == 0 && (errno = 0, entry = readdir(folder))) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
            continue;
        result = look ? look(context, name, kind_of(dirfd(folder), entry)) : visit(context, name);
    }
    if (result == 0 && errno)
        result = mm_fail_errno(err, path, "reading the folder");
    closedir(folder);
    return result;
}

int mm_folder_list(const char *path, mm_folder_visit visit, void *context, struct mm_err *err)
{
    return visit_entries(path, visit, NULL, context, err);
}

int mm_folder_scan(const char *path, mm_folder_look look, void *context, struct mm_err *err)
{
    return visit_entries(path, NULL, look, context, err);
}

char *mm_path_join(const char *folder, const char *name)
{
    size_t length = strlen(folder), rest = strlen(name) + 1;
    size_t slash = length == 0 || folder[length - 1] == '/' ? 0 : 1;
    char *path = malloc(length + slash + rest);
    if (!path)
        return NULL;
    memcpy(path, folder, length);
    memset(path + length, '/', slash);
    memcpy(path + length + slash, name, rest);
    return path;
}

const char *mm_path_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

double mm_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}
