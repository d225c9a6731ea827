/*
 * Watching dumps while something writes into them: what the system tells of their folders (inotify), or looks at them
 * every few seconds where it tells nothing.
 */
#include "dump/watch_files.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#define LIST_AFTER   0.15 /* seconds from a change to a new list: what comes in a burst is listed once */
#define LIST_SHARE   8.0  /* ... and at least so many times what the last list took */
#define SETTLE       1.0  /* seconds without any change */
#define LATER        0.5
#define DEAF         0.05 /* seconds between two looks at what the system tells: a busy writer wakes no oftener */
#define LOOK_EVERY   2.0 /* seconds between two looks at all files, where the system does not tell */
#define LOOK_SHARE   20.0
#define DEPTH_MOST   32
#define FOLDERS_MOST 10000
#define EVENTS                                                                                               \
    (IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB |          \
     IN_DELETE_SELF | IN_MOVE_SELF | IN_EXCL_UNLINK)

struct watched {
    int id; /* inotify's: it counts up, so that the array is sorted */
    char *path;
};

struct mm_watch {
    char **root;
    size_t roots;
    struct mm_dump_options how;
    int fd; /* inotify's; -1: by looking */
    struct watched *folder;
    size_t folders, room;
    size_t looked_into; /* folders, of the look under way */
    struct watch_files files;
    bool again;   /* folders came, went or moved: they are to be found again */
    bool changed; /* there is something to list */
    bool unsettled;
    double list_at; /* not before */
    double settle_at;
    double look_at;
    double deaf_until;
    size_t held; /* files that the last list left out */
    double held_until;
};

/* ---- folders -------------------------------------------------------------------------------------------------------- */

/* File systems on which other machines write, or a program of which the system knows nothing. */
static bool is_silent(const char *path)
{
    static const unsigned long silent[] = {0x6969 /* nfs */,
                                           0x65735546 /* fuse */,
                                           0x517b /* smb */,
                                           0xff534d42 /* cifs */,
                                           0xfe534d42 /* smb2 */,
                                           0x01021997 /* 9p */,
                                           0x00c36400 /* ceph */,
                                           0x0bd00bd0 /* lustre */,
                                           0x47504653 /* gpfs */,
                                           0x5346414f /* afs */,
                                           0x786f4256 /* vboxsf */};
    struct statfs info;
    if (statfs(path, &info) < 0)
        return false;
    for (size_t i = 0; i < MM_COUNT(silent); i++) {
        if ((unsigned long)info.f_type == silent[i])
            return true;
    }
    return false;
}

static void forget_folders(struct mm_watch *watch)
{
    for (size_t i = 0; i < watch->folders; i++)
        free(watch->folder[i].path);
    watch->folders = 0;
}

static size_t place_of(const struct mm_watch *watch, int id)
{
    size_t low = 0, high = watch->folders;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (watch->folder[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* 1: it is watched now; 0: it was, or is gone; -1: the system can't. */
static int watch_folder(struct mm_watch *watch, const char *path)
{
    int id = inotify_add_watch(watch->fd, path, EVENTS | IN_ONLYDIR);
    if (id < 0)
        return errno == ENOENT || errno == ENOTDIR || errno == EACCES ? 0 : -1;
    size_t place = place_of(watch, id);
    if (place < watch->folders && watch->folder[place].id == id)
        return 0;
    char *copy = strdup(path);
    void *folder = watch->folder;
    if (!copy || mm_grow(&folder, &watch->room, watch->folders + 1, sizeof *watch->folder) < 0) {
        free(copy);
        return -1;
    }
    watch->folder = folder;
    memmove(&watch->folder[place + 1], &watch->folder[place],
            (watch->folders - place) * sizeof *watch->folder);
    watch->folder[place] = (struct watched){id, copy};
    watch->folders++;
    return 1;
}

struct walk {
    struct mm_watch *watch;
    const char *path;
    int depth;
    int (*folder)(struct mm_watch *watch, const char *path); /* 1: go into it */
    void (*file)(struct mm_watch *watch, const char *path);  /* or NULL */
};

static int walk(struct walk *walk);

static int walk_entry(void *context, const char *name, enum mm_folder_kind kind)
{
    struct walk *above = context;
    bool folder = kind == MM_FOLDER_FOLDER || kind == MM_FOLDER_LINK;
    if (name[0] == '.' || (folder && above->depth >= DEPTH_MOST) || (!folder && !above->file))
        return 0;
    char *path = mm_path_join(above->path, name);
    if (!path)
        return -1;
    int result = 0;
    if (folder) {
        struct walk below = *above;
        below.path = path;
        below.depth++;
        result = walk(&below);
    } else if (kind == MM_FOLDER_FILE) {
        above->file(above->watch, path);
    }
    free(path);
    return result;
}

static int walk(struct walk *walk)
{
    int result = walk->folder(walk->watch, walk->path);
    if (result <= 0)
        return result;
    mm_folder_scan(walk->path, walk_entry, walk, NULL); /* one that is gone meanwhile has nothing in it */
    return 0;
}

/* Where the system can't, watch->fd is closed: then they are looked at. */
static int add_folder(struct mm_watch *watch, const char *path)
{
    int result = watch->fd >= 0 && watch->folders < FOLDERS_MOST ? watch_folder(watch, path) : 0;
    if (result < 0) {
        close(watch->fd);
        watch->fd = -1;
    }
    return result;
}

static void add_folders(struct mm_watch *watch, const char *path)
{
    struct walk all = {.watch = watch, .path = path, .folder = add_folder};
    walk(&all);
}

/* The folder above a path, however far up it has to be looked for. */
static char *above(const char *path)
{
    char *copy = strdup(path);
    size_t length = copy ? strlen(copy) : 0;
    while (length > 1 && copy[length - 1] == '/')
        copy[--length] = '\0';
    char *slash = copy ? strrchr(copy, '/') : NULL;
    if (slash) {
        slash[slash == copy] = '\0';
        return copy;
    }
    free(copy);
    return strdup(".");
}

/* A root that is a file, a link, or not there yet: the next folder on the way up that is there. */
static void watch_above(struct mm_watch *watch, const char *path)
{
    struct stat info;
    char *folder = above(path);
    for (int i = 0; folder && i < PATH_MAX && (stat(folder, &info) < 0 || !S_ISDIR(info.st_mode)); i++) {
        char *next = above(folder);
        free(folder);
        folder = next;
    }
    if (folder)
        add_folder(watch, folder);
    free(folder);
}

/* Who is writing what was not seen meanwhile. */
static void doubt_files(struct mm_watch *watch)
{
    for (size_t i = 0; i < watch->files.room; i++)
        watch->files.slot[i].writing = watch->files.slot[i].checked = false;
}

/* Folders may have gone, and their names be others: all of it anew. */
static void find_folders(struct mm_watch *watch)
{
    struct stat info;
    watch->again = false;
    for (size_t i = 0; i < watch->folders; i++)
        inotify_rm_watch(watch->fd, watch->folder[i].id);
    forget_folders(watch);
    doubt_files(watch);
    for (size_t i = 0; i < watch->roots; i++) {
        if (stat(watch->root[i], &info) == 0 && S_ISDIR(info.st_mode))
            add_folders(watch, watch->root[i]);
        if (lstat(watch->root[i], &info) < 0 || !S_ISDIR(info.st_mode))
            watch_above(watch, watch->root[i]);
    }
}

/* ---- looking ---------------------------------------------------------------------------------------------------------- */

static int enter(struct mm_watch *watch, const char *path)
{
    (void)path;
    return ++watch->looked_into < FOLDERS_MOST;
}

static void look_at_file(struct mm_watch *watch, const char *path)
{
    struct watch_file *file = watch_files_get(&watch->files, path);
    bool was_steady = file && file->steady;
    int result = file ? watch_file_look(file, path) : -1;
    if (result < 0)
        return;
    file->round = watch->files.round;
    file->steady = result == 0;
    watch->unsettled |= result > 0;
    watch->changed |= file->steady && !was_steady;
}

static void look(struct mm_watch *watch)
{
    double begun = mm_clock();
    watch->files.round++;
    watch->looked_into = 0;
    watch->unsettled = false;
    for (size_t i = 0; i < watch->roots; i++) {
        struct walk root = {.watch = watch, .path = watch->root[i], .folder = enter, .file = look_at_file};
        struct stat info;
        if (stat(watch->root[i], &info) == 0 && S_ISDIR(info.st_mode))
            walk(&root);
        else if (stat(watch->root[i], &info) == 0)
            look_at_file(watch, watch->root[i]);
    }
    watch->looked_into = 0;
    watch->changed |= watch_files_prune(&watch->files) > 0;
    double now = mm_clock(), pause = (now - begun) * LOOK_SHARE;
    watch->look_at = now + (pause > LOOK_EVERY ? pause : LOOK_EVERY);
}

static void begin_looking(struct mm_watch *watch)
{
    if (watch->fd >= 0)
        close(watch->fd);
    watch->fd = -1;
    forget_folders(watch);
    watch_files_done(&watch->files);
    look(watch);
    watch->changed = true;
}

/* ---- what the system tells ----------------------------------------------------------------------------------------- */

static bool begins_with(const char *path, const char *with)
{
    size_t length = strlen(with);
    while (length > 1 && with[length - 1] == '/')
        length--;
    return strncmp(path, with, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

/* Is it one of the roots, in one of them, or on the way to one? */
static bool concerns(const struct mm_watch *watch, const char *path)
{
    for (size_t i = 0; i < watch->roots; i++) {
        if (begins_with(path, watch->root[i]) || begins_with(watch->root[i], path))
            return true;
    }
    return false;
}

static void note_change(struct mm_watch *watch, double now)
{
    double at = now + LIST_AFTER;
    if (!watch->changed)
        watch->list_at = at > watch->list_at ? at : watch->list_at;
    watch->changed = true;
}

static void take_file(struct mm_watch *watch, const char *path, uint32_t mask, double now)
{
    struct watch_file *file = watch_files_get(&watch->files, path);
    if (!file)
        return;
    file->round = watch->files.round;
    if (mask & IN_MODIFY)
        file->writing = true;
    if (mask & (IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE))
        file->writing = file->checked = false;
    if (!file->writing && (mask & ~(uint32_t)IN_MODIFY))
        note_change(watch, now);
}

/* The folder of an event is gone: the system has forgotten it. */
static void drop_folder(struct mm_watch *watch, size_t place)
{
    free(watch->folder[place].path);
    watch->folders--;
    memmove(&watch->folder[place], &watch->folder[place + 1],
            (watch->folders - place) * sizeof *watch->folder);
}

static char *path_of(const struct mm_watch *watch, size_t place, const struct inotify_event *event)
{
    const char *folder = watch->folder[place].path;
    return !event->len                ? strdup(folder)
           : strcmp(folder, ".") == 0 ? strdup(event->name)
                                      : mm_path_join(folder, event->name);
}

static bool on_the_way(const struct mm_watch *watch, const char *path)
{
    for (size_t i = 0; i < watch->roots; i++) {
        if (begins_with(watch->root[i], path))
            return true;
    }
    return false;
}

static void take_path(struct mm_watch *watch, const char *path, const struct inotify_event *event, double now)
{
    const uint32_t came = IN_CREATE | IN_MOVED_TO, went = IN_DELETE | IN_MOVED_FROM;
    bool folder = event->mask & IN_ISDIR;
    watch->unsettled = true;
    watch->settle_at = now + SETTLE;
    if ((event->mask & IN_MOVE_SELF) || (folder && (event->mask & IN_MOVED_FROM)) ||
        (event->len && (event->mask & (came | went)) && on_the_way(watch, path)) ||
        (!event->len && (event->mask & IN_DELETE_SELF) && on_the_way(watch, path)))
        watch->again = true; /* names of what is below are others now, or a root came or went */
    else if (folder && event->len && (event->mask & came))
        add_folders(watch, path);
    if (!folder && event->len)
        take_file(watch, path, event->mask, now);
    else if (event->mask & (came | went | IN_MOVE_SELF | IN_DELETE_SELF))
        note_change(watch, now);
}

static void take_event(struct mm_watch *watch, const struct inotify_event *event, double now)
{
    size_t place = place_of(watch, event->wd);
    bool ours = place < watch->folders && watch->folder[place].id == event->wd;
    if (event->mask & IN_Q_OVERFLOW) {
        watch->again = true;
        note_change(watch, now);
    } else if (ours && (event->mask & IN_IGNORED)) {
        drop_folder(watch, place);
    } else if (ours && !(event->len && event->name[0] == '.')) {
        char *path = path_of(watch, place, event);
        if (path && concerns(watch, path))
            take_path(watch, path, event, now);
        free(path);
    }
}

static void take_events(struct mm_watch *watch, double now)
{
    _Alignas(struct inotify_event) char bytes[16384];
    bool told = watch->fd >= 0;
    ssize_t length;
    while (watch->fd >= 0 && (length = read(watch->fd, bytes, sizeof bytes)) > 0) {
        for (char *at = bytes; at < bytes + length;) {
            const struct inotify_event *event = (const struct inotify_event *)at;
            take_event(watch, event, now);
            at += sizeof *event + event->len;
        }
        watch->deaf_until = now + DEAF;
    }
    if (watch->again && watch->fd >= 0)
        find_folders(watch);
    if (told && watch->fd < 0)
        begin_looking(watch);
}

/* ---- outside ---------------------------------------------------------------------------------------------------------- */

static int add_root(struct mm_watch *watch, const char *path, bool *silent)
{
    char *root = strdup(path), *folder = root ? above(path) : NULL;
    *silent |= is_silent(path) || (folder && is_silent(folder));
    if (root) {
        watch_path(root);
        watch->root[watch->roots++] = root;
    }
    free(folder);
    return root ? 0 : -1;
}

int mm_watch_open(struct mm_watch **out, const char *const *paths, size_t count,
                  const struct mm_dump_options *how, bool look_only, struct mm_err *err)
{
    struct mm_watch *watch = calloc(1, sizeof *watch);
    bool silent = look_only, ok = watch && (watch->root = calloc(count + 1, sizeof *watch->root));
    *out = NULL;
    for (size_t i = 0; i < count && ok; i++)
        ok = add_root(watch, paths[i], &silent) == 0;
    if (!ok) {
        mm_watch_close(watch);
        return mm_fail_memory(err);
    }
    watch->how = *how;
    watch->files.round = 1;
    watch->fd = silent ? -1 : inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watch->fd >= 0)
        find_folders(watch);
    if (watch->fd < 0)
        begin_looking(watch);
    watch->changed = false;
    *out = watch;
    return 0;
}

void mm_watch_close(struct mm_watch *watch)
{
    if (!watch)
        return;
    forget_folders(watch);
    if (watch->fd > 0) /* 0: it was not opened yet */
        close(watch->fd);
    for (size_t i = 0; i < watch->roots; i++)
        free(watch->root[i]);
    free(watch->root);
    free(watch->folder);
    watch_files_done(&watch->files);
    free(watch);
}

int mm_watch_fd(const struct mm_watch *watch)
{
    return watch->deaf_until > mm_clock() ? -1 : watch->fd;
}

bool mm_watch_looks(const struct mm_watch *watch)
{
    return watch->fd < 0;
}

size_t mm_watch_held(const struct mm_watch *watch)
{
    return watch->held;
}

double mm_watch_due(const struct mm_watch *watch)
{
    double due = INFINITY;
    if (watch->changed)
        due = fmin(due, watch->list_at);
    if (watch->unsettled && watch->fd >= 0)
        due = fmin(due, watch->settle_at);
    if (watch->fd < 0)
        due = fmin(due, watch->look_at);
    if (watch->deaf_until > mm_clock())
        due = fmin(due, watch->deaf_until);
    if (watch->held)
        due = fmin(due, watch->held_until);
    return due;
}

unsigned mm_watch_take(struct mm_watch *watch, bool at_once)
{
    double now = mm_clock();
    unsigned news = 0;
    bool was_unsettled = watch->unsettled;
    take_events(watch, now);
    if (watch->fd < 0 && (at_once || now >= watch->look_at)) {
        look(watch);
        if (at_once)
            look(watch); /* what is the same twice is whole */
        news |= was_unsettled && !watch->unsettled ? MM_WATCH_SETTLED : 0;
    }
    if (watch->held && now >= watch->held_until)
        watch->changed = true;
    if (watch->changed && (at_once || now >= watch->list_at)) {
        watch->changed = false;
        news |= MM_WATCH_CHANGED;
    }
    if (watch->fd >= 0 && watch->unsettled && !watch->changed && (at_once || now >= watch->settle_at)) {
        watch->unsettled = false;
        news |= MM_WATCH_SETTLED;
    }
    return news;
}

void mm_watch_later(struct mm_watch *watch)
{
    watch->changed = true;
    watch->list_at = mm_clock() + LATER;
}

bool mm_watch_settled(const struct mm_watch *watch)
{
    return !watch->unsettled && !watch->changed;
}

/* ---- listing ---------------------------------------------------------------------------------------------------------- */

void mm_watch_list_begin(struct mm_watch *watch)
{
    watch->held = 0;
    watch->held_until = INFINITY;
    if (watch->fd >= 0)
        watch->files.round++;
}

void mm_watch_pause(struct mm_watch *watch, double seconds)
{
    double at = mm_clock() + seconds * LIST_SHARE;
    watch->list_at = at > watch->list_at ? at : watch->list_at;
}

void mm_watch_list_end(struct mm_watch *watch)
{
    if (watch->fd >= 0)
        watch_files_prune(&watch->files);
}

/* Of a file that was there before, its old figures stay while it is written anew. */
static bool is_whole(struct mm_watch *watch, struct watch_file *file, const char *path)
{
    struct timespec wall;
    if (file->writing)
        return file->listed;
    int look = watch_file_look(file, path);
    clock_gettime(CLOCK_REALTIME, &wall);
    double age = (double)wall.tv_sec + (double)wall.tv_nsec * 1e-9 - (double)file->modified * 1e-9;
    if (look < 0)
        return true; /* listing says what is wrong */
    if (watch->fd < 0 && look > 0)
        file->steady = false;
    if (watch->fd < 0 && !file->steady && age < WATCH_RECENT)
        return file->listed;
    return watch_file_check(file, path, age, &watch->how);
}

bool mm_watch_wanted(void *context, const char *path)
{
    struct mm_watch *watch = context;
    struct watch_file *file = watch_files_get(&watch->files, path);
    if (!file)
        return true;
    file->round = watch->files.round;
    file->listed = is_whole(watch, file, path);
    if (!file->listed) {
        watch->held++;
        if (file->until > 0)
            watch->held_until = fmin(watch->held_until, file->until);
    }
    return file->listed;
}

bool mm_watch_writing(const struct mm_watch *watch, const char *path)
{
    const struct watch_file *file = watch_files_find(&watch->files, path);
    return file && (file->writing || (watch->fd < 0 && !file->steady));
}
