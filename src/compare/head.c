#include "compare/head.h"

#include "compare/cache.h"

#include <math.h>

uint64_t head_of(const struct mm_tensor *tensor)
{
    struct mm_cursor cursor;
    double head[MM_HEAD];
    size_t got = 0, n = 1;
    if (tensor->count < MM_HEAD)
        return 0;
    mm_cursor_init(&cursor, tensor);
    for (; got < MM_HEAD && n > 0; got += n)
        n = mm_cursor_double(&cursor, head + got, MM_HEAD - got);
    if (got < MM_HEAD)
        return 0;
    for (size_t i = 0; i < MM_HEAD; i++)
        head[i] = isnan(head[i]) ? NAN : head[i] + 0.0; /* one NaN, and no -0 */
    uint64_t hash = cache_hash(0, head, sizeof head);
    return hash ? hash : 1;
}
