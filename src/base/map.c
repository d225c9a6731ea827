#include "mmtui/base.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int map_descriptor(struct mm_map *map, int fd, const char *path, struct mm_err *err)
{
    struct stat info;
    if (fstat(fd, &info) < 0)
        return mm_fail_errno(err, path, "reading its size");
    if (!S_ISREG(info.st_mode))
        return mm_fail(err, MM_EUNSUPPORTED, "%s: is not a regular file", path);
    map->size = (size_t)info.st_size;
    if (map->size == 0)
        return 0;
    void *base = mmap(NULL, map->size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (base == MAP_FAILED)
        return mm_fail_errno(err, path, "mapping it");
    if (map->size > 1 << 20)
        madvise(base, map->size, MADV_SEQUENTIAL);
    map->base = base;
    map->data = base;
    return 0;
}

int mm_map_open(struct mm_map *map, const char *path, struct mm_err *err)
{
    static const uint8_t nothing[1];
    *map = (struct mm_map){.data = nothing};
    /* O_NONBLOCK: a fifo in the folder must not hang the run; no effect on regular files */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return mm_fail_errno(err, path, "opening it");
    int result = map_descriptor(map, fd, path, err);
    close(fd);
    return result;
}

void mm_map_close(struct mm_map *map)
{
    if (map->base)
        munmap(map->base, map->size);
    *map = (struct mm_map){0};
}
