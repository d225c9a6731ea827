#include "format/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An unlinked file; not every file system has O_TMPFILE. */
static int open_in(const char *folder)
{
    char *path = mm_path_join(folder, "mmtui-XXXXXX");
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 && path) {
        fd = mkostemp(path, O_CLOEXEC);
        if (fd >= 0)
            unlink(path);
    }
    free(path);
    return fd;
}

int mm_temporary_open(struct mm_err *err)
{
    const char *wanted = getenv("TMPDIR");
    const char *const folders[] = {wanted && *wanted ? wanted : NULL, "/var/tmp", "/tmp"};
    for (size_t i = 0; i < MM_COUNT(folders); i++) {
        int fd = folders[i] ? open_in(folders[i]) : -1;
        if (fd >= 0)
            return fd;
    }
    return mm_fail_errno(err, "/var/tmp", "making a temporary file");
}

int mm_temporary_fail_room(const char *label, uint64_t size, struct mm_err *err)
{
    return mm_fail(err, MM_EIO,
                   "%s: no room for its %" PRIu64
                   " bytes in a temporary file (%s); TMPDIR names another folder",
                   label, size, strerror(errno));
}

int mm_temporary_room(int descriptor, const char *label, uint64_t size, struct mm_err *err)
{
    if (size > 0 && (errno = posix_fallocate(descriptor, 0, (off_t)size)) != 0)
        return mm_temporary_fail_room(label, size, err);
    return 0;
}
