#include "remote/place.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The ':' behind the host; NULL: there is none. */
static const char *colon_of(const char *text)
{
    const char *at = strchr(text, '@');
    const char *slash = strchr(text, '/');
    const char *host = at && (!slash || at < slash) ? at + 1 : text;
    if (*host == '[') { /* [fe80::1]:DIR */
        const char *end = strchr(host, ']');
        return end && end > host + 1 && end[1] == ':' ? end + 1 : NULL;
    }
    const char *colon = strchr(host, ':');
    return colon && colon > host && (!slash || colon < slash) ? colon : NULL;
}

bool mm_remote_is(const char *path)
{
    return path && colon_of(path) && access(path, F_OK) < 0;
}

int place_parse(const char *text, char **host, const char **path, struct mm_err *err)
{
    const char *colon = colon_of(text);
    *host = colon ? strndup(text, (size_t)(colon - text)) : NULL;
    if (!colon)
        return mm_fail(err, MM_EARG, "%s: is not HOST:DIR", text);
    if (!*host)
        return mm_fail_memory(err);
    *path = colon + 1;
    char *bracket = strchr(*host, '[');
    if (bracket) {
        memmove(bracket, bracket + 1, strlen(bracket));
        (*host)[strlen(*host) - 1] = '\0';
    }
    for (const char *c = *host; *c; c++) { /* the remote shell is not to take it for an option or a command */
        if (*host[0] != '-' && (unsigned char)*c > ' ' && !strchr("'\"`$\\;&|<>()*?!#", *c) && *c != 0x7f)
            continue;
        free(*host);
        *host = NULL;
        return mm_fail(err, MM_EARG,
                       "%s: what stands before the colon can't be a host; a folder here is ./%s", text, text);
    }
    return 0;
}

bool mm_remote_same(const char *a, const char *b)
{
    char *x = NULL, *y = NULL;
    const char *path;
    bool same = mm_remote_is(a) && mm_remote_is(b) && place_parse(a, &x, &path, NULL) == 0 &&
                place_parse(b, &y, &path, NULL) == 0 && strcmp(x, y) == 0;
    free(x);
    free(y);
    return same;
}
