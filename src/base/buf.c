#include "base/translate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool mm_mul(size_t a, size_t b, size_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

bool mm_mul_i64(int64_t a, int64_t b, int64_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

int mm_grow(void **array, size_t *capacity, size_t need, size_t size)
{
    if (need <= *capacity)
        return 0;
    size_t wanted = *capacity > SIZE_MAX / 2 ? SIZE_MAX : *capacity * 2;
    if (wanted < need)
        wanted = need;
    if (wanted < 8)
        wanted = 8;
    size_t bytes;
    void *grown = mm_mul(wanted, size, &bytes) ? realloc(*array, bytes) : NULL;
    if (!grown)
        return -1;
    *array = grown;
    *capacity = wanted;
    return 0;
}

void mm_buf_init(struct mm_buf *buf)
{
    *buf = (struct mm_buf){0};
}

void mm_buf_done(struct mm_buf *buf)
{
    free(buf->data);
    mm_buf_init(buf);
}

void mm_buf_clear(struct mm_buf *buf)
{
    buf->length = 0;
    buf->failed = false;
    if (buf->data)
        buf->data[0] = '\0';
}

void *mm_buf_reserve(struct mm_buf *buf, size_t extra)
{
    if (buf->failed)
        return NULL;
    void *data = buf->data;
    if (extra > SIZE_MAX - buf->length - 1 ||
        mm_grow(&data, &buf->capacity, buf->length + extra + 1, 1) < 0) {
        buf->failed = true;
        return NULL;
    }
    buf->data = data;
    return buf->data + buf->length;
}

/* Room for `extra` more and a NUL, mostly without a call. */
static inline char *room(struct mm_buf *buf, size_t extra)
{
    if (extra < buf->capacity - buf->length && !buf->failed)
        return buf->data + buf->length;
    return mm_buf_reserve(buf, extra);
}

void mm_buf_add(struct mm_buf *buf, const void *data, size_t length)
{
    char *place = room(buf, length);
    if (!place)
        return;
    if (length > 0)
        memcpy(place, data, length);
    place[length] = '\0';
    buf->length += length;
}

void mm_buf_putc(struct mm_buf *buf, char c)
{
    char *place = room(buf, 1);
    if (!place)
        return;
    place[0] = c;
    place[1] = '\0';
    buf->length++;
}

void mm_buf_fill(struct mm_buf *buf, char c, size_t count)
{
    char *to = mm_buf_reserve(buf, count);
    if (!to)
        return;
    memset(to, c, count);
    to[count] = '\0';
    buf->length += count;
}

void mm_buf_whole(struct mm_buf *buf, int64_t value)
{
    enum { MOST = 20 }; /* as many digits as 2^63 has, and a sign */
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    char *to = room(buf, MOST), *end = to;
    if (!to)
        return;
    if (value < 0)
        *end++ = '-';
    for (uint64_t left = rest; left >= 10; left /= 10)
        end++;
    *++end = '\0';
    buf->length += (size_t)(end - to);
    do {
        *--end = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
}

void mm_buf_printf(struct mm_buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    /* where the catalogue has not the format, it may be JSON, a config or the like */
    if (mm_language_is_set()) {
        mm_buf_say_list(buf, format, args, mm_tr(format) != format);
        va_end(args);
        return;
    }
    va_list again;
    va_copy(again, args);
    char small[256];
    int length = vsnprintf(small, sizeof small, format, args);
    if (length < 0) {
        buf->failed = true;
    } else if ((size_t)length < sizeof small) {
        mm_buf_add(buf, small, (size_t)length);
    } else {
        char *place = mm_buf_reserve(buf, (size_t)length);
        if (place) {
            vsnprintf(place, (size_t)length + 1, format, again);
            buf->length += (size_t)length;
        }
    }
    va_end(again);
    va_end(args);
}

const char *mm_buf_text(const struct mm_buf *buf)
{
    return buf->data ? buf->data : "";
}
