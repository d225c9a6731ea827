/* Files as memory: small ones are read, large ones mapped. */
#include "base/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Under the address sanitizer, what lies behind a file's last byte in memory that is used again is no
 * memory. */
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define FENCE_OFF(from, size) __asan_poison_memory_region(from, size)
#define OPEN_UP(from, size)   __asan_unpoison_memory_region(from, size)
#else
#define FENCE_OFF(from, size) ((void)(from), (void)(size))
#define OPEN_UP(from, size)   ((void)(from), (void)(size))
#endif

static size_t page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

static int fail_shorter(const char *file, struct mm_err *err)
{
    return mm_fail(err, MM_EIO, "%s: became shorter while it was read", file);
}

/*
 * The descriptor stays open: only it can tell that the file lost less than a page, which raises no fault.
 */
static int map_content(struct mm_map *map, int fd, const char *path, uint64_t offset, struct mm_err *err)
{
    size_t before = (size_t)(offset % page_size()), length = map->size + before;
    void *base = mmap(NULL, length, PROT_READ, MAP_PRIVATE, fd, (off_t)(offset - before));
    if (base == MAP_FAILED)
        return mm_fail_errno(err, path, "mapping it");
    int guard = mm_guard_add(base, length);
    if (guard < 0) {
        munmap(base, length);
        return mm_fail(err, MM_EIO, "%s: too many files are mapped at once", path);
    }
    if (map->size > MM_MAP_SMALL)
        madvise(base, length, MADV_SEQUENTIAL);
    *map = (struct mm_map){.data = (uint8_t *)base + before,
                           .size = map->size,
                           .base = base,
                           .length = length,
                           .end = offset + map->size,
                           .fd = fd,
                           .guard = guard,
                           .state = map->state};
    return 0;
}

/*
 * Reads on to `size` bytes from the place `from` on, or the end; returns how many there are then, -1: errno says why. At places of the
 * file, which a fifo has not: nothing is taken out of one, whoever it is for.
 */
static ssize_t read_on(int fd, uint8_t *to, uint64_t from, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t n = pread(fd, to + done, size - done, (off_t)(from + done));
        if (n == 0)
            break;
        if (n < 0 && errno != EINTR)
            return -1;
        done += n > 0 ? (size_t)n : 0;
    }
    return (ssize_t)done;
}

/* A small part, into memory that is used again. One that is there takes no other call. */
static int read_part(struct mm_map *map, int fd, const char *path, uint64_t offset, struct mm_buf *memory,
                     struct mm_err *err)
{
    OPEN_UP(memory->data, memory->capacity);
    mm_buf_clear(memory);
    uint8_t *to = mm_buf_reserve(memory, map->size);
    if (!to)
        return mm_fail_memory(err);
    ssize_t n = read_on(fd, to, offset, map->size);
    if (n < 0)
        return mm_fail_errno(err, path, "reading it");
    if ((size_t)n < map->size)
        return fail_shorter(path, err);
    map->data = to;
    FENCE_OFF(to + n, memory->capacity - (size_t)n);
    return 0;
}

static int64_t nanoseconds(struct timespec time)
{
    return (int64_t)((uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec);
}

/* Asked for before anything is read, of the very file that is: a path may stand for another one by then. */
static struct mm_file_state state_of(const struct stat *info)
{
    struct timespec now;
    bool told = clock_gettime(CLOCK_REALTIME_COARSE, &now) == 0;
    return (struct mm_file_state){.known = told,
                                  .seen = told ? nanoseconds(now) : 0,
                                  .size = info->st_size,
                                  .modified = nanoseconds(info->st_mtim),
                                  .changed = nanoseconds(info->st_ctim),
                                  .inode = info->st_ino,
                                  .device = info->st_dev};
}

/* Whether the descriptor is still needed is seen by map->base. */
static int take_content(struct mm_map *map, int fd, const char *path, struct mm_buf *memory,
                        struct mm_err *err)
{
    struct stat info;
    if (fstat(fd, &info) < 0)
        return mm_fail_errno(err, path, "reading its size");
    if (!S_ISREG(info.st_mode))
        return mm_fail(err, MM_EUNSUPPORTED, "%s: is not a regular file", path);
    map->state = state_of(&info);
    map->size = (size_t)info.st_size;
    if (map->size == 0)
        return 0;
    if (memory && map->size < MM_MAP_SMALL)
        return read_part(map, fd, path, 0, memory, err);
    return map_content(map, fd, path, 0, err);
}

static const uint8_t nothing[1];

/* O_NONBLOCK: a fifo in the folder must not hang the run; no effect on regular files. */
static int open_file(const char *path)
{
    return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

int mm_map_open_in(struct mm_map *map, const char *path, struct mm_buf *memory, struct mm_err *err)
{
    *map = (struct mm_map){.data = nothing};
    int fd = open_file(path);
    if (fd < 0)
        return mm_fail_errno(err, path, "opening it");
    int result = take_content(map, fd, path, memory, err);
    if (!map->base)
        close(fd);
    return result;
}

static int map_part(struct mm_map *map, int fd, const char *path, uint64_t offset, struct mm_err *err)
{
    struct stat info;
    if (fstat(fd, &info) < 0)
        return mm_fail_errno(err, path, "reading its size");
    if (!S_ISREG(info.st_mode))
        return mm_fail(err, MM_EUNSUPPORTED, "%s: is not a regular file", path);
    if (offset > (uint64_t)info.st_size || map->size > (uint64_t)info.st_size - offset)
        return fail_shorter(path, err);
    return map->size > 0 ? map_content(map, fd, path, offset, err) : 0;
}

int mm_map_open_part(struct mm_map *map, const char *path, uint64_t offset, size_t size,
                     struct mm_buf *memory, struct mm_err *err)
{
    *map = (struct mm_map){.data = nothing, .size = size};
    int fd = open_file(path);
    if (fd < 0)
        return mm_fail_errno(err, path, "opening it");
    bool small = memory && size > 0 && size < MM_MAP_SMALL && offset <= INT64_MAX - size;
    int result = small ? read_part(map, fd, path, offset, memory, err) : map_part(map, fd, path, offset, err);
    if (!map->base)
        close(fd);
    return result;
}

int mm_map_open(struct mm_map *map, const char *path, struct mm_err *err)
{
    return mm_map_open_in(map, path, NULL, err);
}

int mm_map_check(const struct mm_map *map, const char *file, struct mm_err *err)
{
    struct stat info;
    if (!map->base)
        return 0;
    if (mm_guard_lost(map->guard) || (fstat(map->fd, &info) == 0 && (uint64_t)info.st_size < map->end))
        return fail_shorter(file, err);
    return 0;
}

void mm_map_drop(const struct mm_map *map, const void *data, size_t size)
{
    const uintptr_t page = page_size();
    uintptr_t begin = (uintptr_t)map->base, from = (uintptr_t)data, to = from + size;
    if (!map->base || from < begin || to > begin + map->length)
        return;
    from = from / page *
           page; /* what lies before in that page was read earlier, or comes back when it is read */
    to = to / page * page;
    if (from < to)
        madvise((void *)from, to - from, MADV_DONTNEED);
}

void mm_map_random(const struct mm_map *map)
{
    if (map->base && map->size > MM_MAP_SMALL)
        madvise(map->base, map->length, MADV_RANDOM);
}

void mm_map_sparse(const struct mm_map *map)
{
    if (!map->base || map->size <= MM_MAP_SMALL)
        return;
    mm_map_random(map);
    madvise(map->base, MM_MAP_SMALL, MADV_WILLNEED);
}

void mm_map_close(struct mm_map *map)
{
    if (map->base) {
        mm_guard_remove(map->guard);
        munmap(map->base, map->length);
        close(map->fd);
    }
    *map = (struct mm_map){0};
}
