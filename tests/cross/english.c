/* What sentences need of src/base that there is no cross library for (utf8proc, gettext): English, and no hints. */
#include <stdio.h>

#include "base/translate.h"

const char *mm_tr(const char *text)
{
    return text;
}

bool mm_language_is_set(void)
{
    return false;
}

int mm_vformat(char *out, size_t size, const char *format, va_list list)
{
    return vsnprintf(out, size, format, list);
}

int mm_format(char *out, size_t size, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int length = mm_vformat(out, size, format, list);
    va_end(list);
    return length;
}

void mm_buf_say_list(struct mm_buf *out, const char *format, va_list list, bool words)
{
    (void)out, (void)format, (void)list, (void)words; /* not asked while no language is set */
}

const char *mm_nearest_hint(const struct mm_nearest *nearest, char out[MM_NEAREST])
{
    (void)nearest;
    *out = '\0';
    return out;
}

char *mm_path_nearest(const char *path)
{
    (void)path;
    return NULL;
}
