#include "base/translate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int mm_fail(struct mm_err *err, enum mm_code code, const char *format, ...)
{
    if (!err)
        return -1;
    va_list args;
    va_start(args, format);
    err->code = code;
    /* a cut text is still a text: what was cut is the end of a very long path or name */
    mm_vformat(err->text, sizeof err->text, format, args);
    va_end(args);
    return -1;
}

int mm_fail_errno(struct mm_err *err, const char *path, const char *what)
{
    int number = errno;
    char *near = err && number == ENOENT && strncmp(what, "opening", 7) == 0 ? mm_path_nearest(path) : NULL;
    char hint[MM_NEAREST];
    mm_nearest_hint(&(struct mm_nearest){.name = near}, hint);
    free(near);
    return mm_fail(err, number == ENOENT ? MM_ENOENT : MM_EIO, "%s: %s: %s%s", path, what, strerror(number),
                   hint);
}

int mm_fail_memory(struct mm_err *err)
{
    return mm_fail(err, MM_ENOMEM, "out of memory");
}

const char *mm_code_word(enum mm_code code)
{
    static const char *const words[] = {
        [MM_OK] = "ok",
        [MM_ENOMEM] = "no memory",
        [MM_EIO] = "unreadable",
        [MM_ENOENT] = "missing",
        [MM_ECORRUPT] = "corrupt",
        [MM_EUNSUPPORTED] = "unsupported",
        [MM_EARG] = "wrong argument",
        [MM_ECANCELLED] = "cancelled",
    };
    return (size_t)code < MM_COUNT(words) ? words[code] : "error";
}
