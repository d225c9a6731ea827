#include "report/json_walk.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static const char *skip_blanks(const char *p, const char *end)
{
    while (p < end && is_blank(*p))
        p++;
    return p;
}

/* All of these return what is behind the value, or NULL where the text ends too early. */

static const char *skip_string(const char *p, const char *end)
{
    for (p++; p < end; p++) {
        if (*p == '"')
            return p + 1;
        p += *p == '\\';
    }
    return NULL;
}

static const char *skip_nested(const char *p, const char *end)
{
    size_t depth = 0;
    while (p && p < end) {
        if (*p == '"') {
            p = skip_string(p, end);
            continue;
        }
        depth += *p == '{' || *p == '[';
        depth -= *p == '}' || *p == ']';
        p++;
        if (depth == 0)
            return p;
    }
    return NULL;
}

static const char *skip_value(const char *p, const char *end)
{
    if (p == end)
        return NULL;
    if (*p == '"')
        return skip_string(p, end);
    if (*p == '{' || *p == '[')
        return skip_nested(p, end);
    const char *from = p;
    while (p < end && !is_blank(*p) && !strchr(",:]}", *p))
        p++;
    return p > from ? p : NULL;
}

struct json_walk json_walk_into(struct json_span text, char open)
{
    struct json_walk walk = {skip_blanks(text.at, text.end), text.end, open == '{' ? '}' : ']', true, false};
    walk.bad = walk.at == walk.end || *walk.at != open;
    walk.at += !walk.bad;
    return walk;
}

/* Take `c`, with blanks around it. */
static bool take(struct json_walk *walk, char c)
{
    walk->at = skip_blanks(walk->at, walk->end);
    if (walk->at == walk->end || *walk->at != c)
        return false;
    walk->at = skip_blanks(walk->at + 1, walk->end);
    return true;
}

static bool take_value(struct json_walk *walk, struct json_span *value)
{
    value->at = walk->at;
    value->end = skip_value(walk->at, walk->end);
    if (!value->end)
        return false;
    walk->at = value->end;
    return true;
}

bool json_walk_next(struct json_walk *walk, struct json_span *key, struct json_span *value)
{
    if (walk->bad || take(walk, walk->close))
        return false;
    walk->bad = true; /* until all of it is there */
    if (!walk->first && !take(walk, ','))
        return false;
    if (key && (walk->at == walk->end || *walk->at != '"' || !take_value(walk, key) || !take(walk, ':')))
        return false;
    walk->bad = !take_value(walk, value);
    walk->first = false;
    return !walk->bad;
}

bool json_walk_at_end(const struct json_walk *walk)
{
    return !walk->bad && skip_blanks(walk->at, walk->end) == walk->end;
}
