/* Files of watched dumps: which of them are whole. */
#include "base/wire.h"
#include "dump/watch_files.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the table ---------------------------------------------------------------------------------------------------- */

/* Behind what says nothing in a path: "./", and a slash behind another. */
static const char *skip_nothing(const char *path, bool begins)
{
    for (;;) {
        if (!begins && path[0] == '/')
            path++;
        else if (path[0] == '.' && path[1] == '/')
            path += 2;
        else
            return path;
        begins = false;
    }
}

void watch_path(char *path)
{
    char *to = path;
    for (const char *from = skip_nothing(path, true); *from;) {
        char c = *from++;
        *to++ = c;
        if (c == '/')
            from = skip_nothing(from, false);
    }
    while (to > path + 1 && to[-1] == '/')
        to--;
    *to = '\0';
}

uint64_t watch_files_hash(const char *path)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (const char *from = skip_nothing(path, true); *from;) {
        char c = *from++;
        hash = (hash ^ (unsigned char)c) * UINT64_C(0x100000001b3);
        if (c == '/')
            from = skip_nothing(from, false);
    }
    hash ^= hash >> 32;
    return hash ? hash : 1;
}

static struct watch_file *slot_of(struct watch_file *slot, size_t room, uint64_t hash)
{
    size_t at = hash & (room - 1);
    while (slot[at].hash && slot[at].hash != hash)
        at = (at + 1) & (room - 1);
    return &slot[at];
}

/* All rows of which `round` is this one (0: all) in a new table. */
static int rebuild(struct watch_files *files, size_t room, unsigned round)
{
    struct watch_file *slot = calloc(room, sizeof *slot);
    size_t count = 0;
    if (!slot)
        return -1;
    for (size_t i = 0; i < files->room; i++) {
        const struct watch_file *file = &files->slot[i];
        if (!file->hash || (round && file->round != round))
            continue;
        *slot_of(slot, room, file->hash) = *file;
        count++;
    }
    free(files->slot);
    *files = (struct watch_files){.slot = slot, .count = count, .room = room, .round = files->round};
    return 0;
}

struct watch_file *watch_files_get(struct watch_files *files, const char *path)
{
    uint64_t hash = watch_files_hash(path);
    if (files->count * 2 >= files->room && rebuild(files, files->room ? files->room * 2 : 256, 0) < 0)
        return NULL;
    struct watch_file *file = slot_of(files->slot, files->room, hash);
    files->count += !file->hash;
    file->hash = hash;
    return file;
}

struct watch_file *watch_files_find(const struct watch_files *files, const char *path)
{
    if (!files->room)
        return NULL;
    struct watch_file *file = slot_of(files->slot, files->room, watch_files_hash(path));
    return file->hash ? file : NULL;
}

size_t watch_files_prune(struct watch_files *files)
{
    size_t before = files->count, gone = 0;
    for (size_t i = 0; i < files->room; i++)
        gone += files->slot[i].hash && files->slot[i].round != files->round;
    if (gone == 0)
        return 0;
    size_t room = files->room;
    while (room > 256 && (before - gone) * 4 < room)
        room /= 2;
    rebuild(files, room, files->round ? files->round : 1);
    return gone;
}

void watch_files_done(struct watch_files *files)
{
    free(files->slot);
    *files = (struct watch_files){0};
}

/* ---- a file --------------------------------------------------------------------------------------------------------- */

int watch_file_look(struct watch_file *file, const char *path)
{
    struct stat info;
    if (stat(path, &info) < 0)
        return -1;
    int64_t modified = (int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec;
    bool same =
        file->known && file->size == info.st_size && file->modified == modified && file->inode == info.st_ino;
    file->size = info.st_size;
    file->modified = modified;
    file->inode = info.st_ino;
    file->known = true;
    file->checked &= same;
    return !same;
}

/*
 * A read lease is given only where nobody has the file open for writing. Not every file system has leases, and only the
 * owner gets them: then it is not known, which is no reason to wait. Whoever opens the file at this very moment makes the
 * system send a signal, which must be one that does nothing.
 */
static bool is_written(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return false;
    bool written = false;
    if (fcntl(fd, F_SETSIG, SIGURG) == 0) {
        written = fcntl(fd, F_SETLEASE, F_RDLCK) < 0 && (errno == EAGAIN || errno == EBUSY);
        if (!written)
            fcntl(fd, F_SETLEASE, F_UNLCK);
    }
    close(fd);
    return written;
}

/* A message that ends where its file ends; what its numbers mean need not be known. */
static bool is_whole_message(const char *path)
{
    struct mm_map map;
    struct mm_err err;
    struct mm_wire_field field;
    int result;
    if (mm_map_open(&map, path, &err) < 0)
        return true; /* reading it says why */
    struct mm_wire wire = {.file = path, .begin = map.data, .at = map.data, .end = map.data + map.size};
    while ((result = mm_wire_next(&wire, &field, &err)) > 0) {
    }
    mm_map_close(&map);
    return result == 0;
}

static bool is_whole_container(const char *path, const struct mm_dump_options *how)
{
    struct mm_dump *dump;
    struct mm_err err = {MM_OK, ""};
    struct mm_dump_options alone = *how;
    alone.live = NULL;
    if (mm_dump_open(&dump, path, &alone, &err) < 0)
        return err.code != MM_ECORRUPT;
    bool good = true;
    for (size_t i = 0; i < dump->count; i++)
        good &= dump->entries[i].code != MM_ECORRUPT;
    mm_dump_close(dump);
    return good;
}

/* Does its header fit its size? Raw numbers and text have none. */
static bool fits(const char *path, const struct mm_dump_options *how)
{
    const struct mm_format *format = mm_format_of(path);
    struct mm_source source = {.path = path, .file = path, .format = format, .schema = how->schema};
    struct mm_entry entry = {.source = &source, .label = path};
    struct mm_load load;
    struct mm_err err;
    if (!format || format->weak)
        return true;
    if (format->list)
        return is_whole_container(path, how);
    if (strcmp(format->ending, ".pb") == 0)
        return is_whole_message(path);
    if (mm_load_open(&load, &entry, how->schema, &err) < 0)
        return err.code != MM_ECORRUPT;
    mm_load_close(&load);
    return true;
}

bool watch_file_check(struct watch_file *file, const char *path, double age,
                      const struct mm_dump_options *how)
{
    double now = mm_clock();
    if (file->checked)
        return file->until <= now;
    if (age < WATCH_RECENT &&
        is_written(path)) { /* a file that got its name while it was open tells of no close */
        file->until = now + 1;
        return false;
    }
    bool whole = age >= WATCH_RECENT || (file->size > 0 && fits(path, how));
    file->until = whole ? 0 : now + WATCH_RECENT - (age > 0 ? age : 0);
    file->checked = true;
    return whole;
}
