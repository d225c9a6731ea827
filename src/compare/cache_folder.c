/* The folder of the cache files: where it is, and that it does not grow without bound. */
#include "compare/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HASH_DIGITS 16
#define ENDING      ".results"

char *mm_cache_folder(void)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (cache && *cache == '/') /* the specification: a relative path is to be ignored */
        return mm_path_join(cache, "mmtui");
    return home && *home == '/' ? mm_path_join(home, ".cache/mmtui") : NULL;
}

bool cache_is_ours(const struct stat *info)
{
    return info->st_uid == geteuid() && !(info->st_mode & (S_IWGRP | S_IWOTH));
}

int cache_folder_make(const char *folder, struct mm_err *err)
{
    char *above = strdup(folder);
    if (!above)
        return mm_fail_memory(err);
    char *slash = strrchr(above, '/');
    int result = 0;
    if (slash && slash != above) {
        *slash = '\0';
        result = mm_folder_make(above, err);
    }
    free(above);
    if (result == 0 && mkdir(folder, 0700) < 0 && errno != EEXIST)
        result = mm_fail_errno(err, folder, "making the folder");
    struct stat info;
    if (result == 0 && (stat(folder, &info) < 0 || !cache_is_ours(&info)))
        result = mm_fail(err, MM_EARG, "%s: is not this user's alone: no results are kept in it", folder);
    return result;
}

void cache_file_name(uint64_t hash, char out[CACHE_NAME_SIZE])
{
    snprintf(out, CACHE_NAME_SIZE, "%016" PRIx64 ENDING, hash);
}

void cache_file_used(const char *path)
{
    utimensat(AT_FDCWD, path, NULL, 0);
}

/* ---- trimming ---- */

struct file {
    char *path;
    int64_t size;
    struct timespec used;
};

struct files {
    const char *folder;
    struct file *file;
    size_t count, capacity;
    int64_t total;
};

/* A cache file, or one that was being written when its program was killed. */
static bool is_ours(const char *name)
{
    return strspn(name, "0123456789abcdef") == HASH_DIGITS &&
           strncmp(name + HASH_DIGITS, ENDING, strlen(ENDING)) == 0;
}

static int visit(void *context, const char *name)
{
    struct files *files = context;
    struct stat info;
    char *path = is_ours(name) ? mm_path_join(files->folder, name) : NULL;
    if (!path || lstat(path, &info) < 0 || !S_ISREG(info.st_mode) ||
        mm_grow((void **)&files->file, &files->capacity, files->count + 1, sizeof *files->file) < 0) {
        free(path);
        return 0;
    }
    files->file[files->count++] = (struct file){path, info.st_size, info.st_mtim};
    files->total += info.st_size;
    return 0;
}

static int oldest_first(const void *a, const void *b)
{
    const struct file *x = a, *y = b;
    if (x->used.tv_sec != y->used.tv_sec)
        return x->used.tv_sec < y->used.tv_sec ? -1 : 1;
    return (x->used.tv_nsec > y->used.tv_nsec) - (x->used.tv_nsec < y->used.tv_nsec);
}

void cache_folder_trim(const char *folder, int64_t limit)
{
    struct files files = {.folder = folder};
    mm_folder_list(folder, visit, &files, NULL);
    if (files.count)
        qsort(files.file, files.count, sizeof *files.file, oldest_first);
    for (size_t i = 0; i < files.count; i++) {
        if (files.total > limit && unlink(files.file[i].path) == 0)
            files.total -= files.file[i].size;
        free(files.file[i].path);
    }
    free(files.file);
}
