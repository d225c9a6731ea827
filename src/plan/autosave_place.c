/* Places for unsaved plans: their names, and the locks by which processes keep out of each other's way. */
#include "plan/autosave.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

char *mm_state_folder(void)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (state && *state == '/') /* the specification: a relative path is to be ignored */
        return mm_path_join(state, "mmtui");
    return home && *home == '/' ? mm_path_join(home, ".local/state/mmtui") : NULL;
}

char *autosave_real_path(const char *path)
{
    char *real = realpath(path, NULL);
    if (real)
        return real;
    char *here = *path == '/' ? NULL : realpath(".", NULL); /* it is not there yet */
    char *joined = here ? mm_path_join(here, path) : strdup(path);
    free(here);
    return joined;
}

static uint64_t add_text(uint64_t hash, const char *text)
{
    for (const char *p = text;; p++) { /* FNV-1a, with the NUL */
        hash = (hash ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
        if (!*p)
            return hash;
    }
}

uint64_t autosave_hash(const char *src, const char *dst)
{
    return add_text(add_text(UINT64_C(0xcbf29ce484222325), src), dst);
}

static char *path_of(const char *folder, uint64_t hash, int number, const char *ending)
{
    char name[64];
    snprintf(name, sizeof name, "plan-%016" PRIx64 "-%d%s", hash, number, ending);
    return mm_path_join(folder, name);
}

/* Has its name been given to another file, or to none, since it was opened? */
static bool is_stale(int fd, const char *path)
{
    struct stat opened, there;
    return fstat(fd, &opened) < 0 || stat(path, &there) < 0 || opened.st_ino != there.st_ino ||
           opened.st_dev != there.st_dev;
}

/* 1: locked; 0: another process has it; -1 with err. Whoever leaves a place removes the file: then it is another one. */
static int lock(struct autosave_place *place, struct mm_err *err)
{
    for (;;) {
        place->fd = open(place->lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (place->fd < 0)
            return mm_fail_errno(err, place->lock, "making it");
        if (flock(place->fd, LOCK_EX | LOCK_NB) < 0) {
            int result = errno == EWOULDBLOCK ? 0 : mm_fail_errno(err, place->lock, "locking it");
            close(place->fd);
            place->fd = -1;
            return result;
        }
        if (!is_stale(place->fd, place->lock))
            return 1;
        close(place->fd);
    }
}

int autosave_place_take(struct autosave_place *place, const char *folder, uint64_t hash, int number,
                        struct mm_err *err)
{
    *place = (struct autosave_place){.file = path_of(folder, hash, number, ".json"),
                                     .lock = path_of(folder, hash, number, ".lock"),
                                     .fd = -1};
    int result = place->file && place->lock ? lock(place, err) : mm_fail_memory(err);
    if (result < 1)
        autosave_place_release(place);
    return result;
}

void autosave_place_release(struct autosave_place *place)
{
    if (place->lock && place->fd >= 0) {
        unlink(place->lock);
        close(place->fd);
    }
    free(place->file);
    free(place->lock);
    *place = (struct autosave_place){.fd = -1};
}
