/* Words of a POSIX shell: see shell.h. */
#include "export/shell.h"

#include <string.h>

static const char BARE[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=:/.+@%,";

void mm_shell_put(struct mm_buf *out, const char *text)
{
    if (*text && text[strspn(text, BARE)] == '\0') {
        mm_buf_puts(out, text);
        return;
    }
    mm_buf_putc(out, '\'');
    for (; *text; text++) {
        if (*text == '\'')
            mm_buf_puts(out, "'\\''");
        else
            mm_buf_putc(out, *text);
    }
    mm_buf_putc(out, '\'');
}

/* Behind what separates words. */
static const char *skip(const char *at, const char *end)
{
    while (at < end) {
        if (*at == '\\' && end - at > 1 && at[1] == '\n')
            at += 2;
        else if (strchr(" \t\r\n;", *at))
            at++;
        else if (*at == '#')
            while (at < end && *at != '\n')
                at++;
        else
            break;
    }
    return at;
}

/* What stands in double quotes, up to the closing one; `at` is behind the opening one. */
static const char *put_double(const char *at, const char *end, struct mm_buf *word)
{
    for (; at < end && *at != '"'; at++) {
        if (*at == '\\' && end - at > 1 && strchr("$`\"\\\n", at[1])) {
            at++;
            if (*at == '\n')
                continue;
        }
        mm_buf_putc(word, *at);
    }
    return at;
}

static const char *put_single(const char *at, const char *end, struct mm_buf *word)
{
    const char *close = memchr(at, '\'', (size_t)(end - at));
    const char *stop = close ? close : end;
    mm_buf_add(word, at, (size_t)(stop - at));
    return stop;
}

bool mm_shell_next(const char **at, const char *end, struct mm_buf *word)
{
    const char *p = skip(*at, end);
    mm_buf_clear(word);
    *at = p;
    if (p >= end)
        return false;
    while (p < end && !strchr(" \t\r\n;", *p)) {
        if (*p == '\'')
            p = put_single(p + 1, end, word);
        else if (*p == '"')
            p = put_double(p + 1, end, word);
        else if (*p != '\\')
            mm_buf_putc(word, *p);
        else if (p + 1 < end && *++p != '\n')
            mm_buf_putc(word, *p);
        p += p < end;
    }
    *at = p;
    return true;
}
