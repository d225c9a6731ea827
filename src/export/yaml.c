/* A mapping in a YAML file: see yaml.h. The rules are those of YAML 1.2, chapters 6 to 8. */
#include "export/yaml.h"

#include "base/quote.h"

#include <ctype.h>
#include <stdlib.h>

/* What a key of one line may be long: YAML 1.2, section 7.4.2. */
#define LONGEST_KEY 1024

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_break(char c)
{
    return c == '\n' || c == '\r' || !c;
}

static size_t skip_blanks(const char *text, size_t at)
{
    while (is_blank(text[at]))
        at++;
    return at;
}

/* Where the next line begins. */
static size_t line_end(const char *text, size_t at, size_t length)
{
    const char *found = memchr(text + at, '\n', length - at);
    return found ? (size_t)(found - text) + 1 : length;
}

/* Does the line have more than blanks and a comment? */
static bool has_content(const char *text, size_t at)
{
    at = skip_blanks(text, at);
    return !is_break(text[at]) && text[at] != '#';
}

/* ---- finding ---- */

/* Behind a quoted scalar that begins here. */
static size_t skip_quoted(const char *text, size_t at, size_t length)
{
    char quote = text[at++];
    while (at < length && text[at] != quote)
        at += quote == '"' && text[at] == '\\' ? 2 : 1;
    return at + 1;
}

/* The closing brace; length: there is none. */
static size_t closing(const char *text, size_t at, size_t length)
{
    for (int depth = 1; at < length;) {
        char c = text[at];
        if (c == '"' || c == '\'') {
            at = skip_quoted(text, at, length);
            continue;
        }
        if (c == '#' && is_blank(text[at - 1]))
            at = line_end(text, at, length) - 1;
        depth += c == '{' ? 1 : c == '}' ? -1 : 0;
        if (depth == 0)
            return at;
        at++;
    }
    return length;
}

/* Lines deeper than the key, up to the last one with content: comments behind it belong to what follows. */
static size_t block_end(const char *text, size_t at, size_t length)
{
    size_t end = at;
    while (at < length) {
        size_t next = line_end(text, at, length);
        if (has_content(text, at)) {
            if (!is_blank(text[at]))
                break;
            end = next;
        }
        at = next;
    }
    return end;
}

static bool measure(const char *text, size_t length, struct mm_yaml_map *map)
{
    size_t after = skip_blanks(text, map->at), next = line_end(text, map->at, length);
    map->flow = text[after] == '{';
    if (map->flow) {
        map->at = after + 1;
        map->stop = closing(text, map->at, length);
        map->end = map->stop < length ? line_end(text, map->stop, length) : length;
        return map->stop < length;
    }
    map->at = next;
    map->stop = map->end = has_content(text, after) ? next : block_end(text, next, length);
    return true;
}

bool mm_yaml_find(const char *text, size_t length, const char *key, struct mm_yaml_map *map)
{
    size_t size = strlen(key);
    for (size_t at = mm_text_mark(text, length); at < length; at = line_end(text, at, length)) {
        if (length - at <= size || strncmp(text + at, key, size) != 0 || text[at + size] != ':')
            continue;
        char behind = text[at + size + 1];
        if (!is_blank(behind) && !is_break(behind))
            continue;
        *map = (struct mm_yaml_map){.begin = at, .at = at + size + 1};
        return measure(text, length, map);
    }
    return false;
}

/* ---- reading ---- */

static int fail_at(const char *path, const char *text, size_t at, struct mm_err *err)
{
    size_t line = 1;
    for (size_t i = 0; i < at; i++)
        line += text[i] == '\n';
    return mm_fail(err, MM_ECORRUPT, "%s: line %zu: must be NAME: TYPE", path, line);
}

/* A character by its number, so many digits of it. Behind them; 0: it is none. */
static size_t read_number(const char *text, size_t at, int digits, struct mm_buf *out)
{
    uint32_t cp = 0;
    char utf8[4];
    for (int i = 0; i < digits; i++, at++) {
        if (!isxdigit((unsigned char)text[at]))
            return 0;
        cp = cp * 16 +
             (uint32_t)(isdigit((unsigned char)text[at]) ? text[at] - '0' : (text[at] | 32) - 'a' + 10);
    }
    if (cp == 0 || cp > 0x10FFFF)
        return 0;
    mm_buf_add(out, utf8, mm_text_encode(cp, utf8));
    return at;
}

/* Behind an escape, whose backslash stands before at; 0: it is none. */
static size_t read_escape(const char *text, size_t at, struct mm_buf *out)
{
    static const char letters[] = "abtnvfre\"/\\ ", bytes[] = "\a\b\t\n\v\f\r\x1b\"/\\ ";
    static const struct {
        char letter;
        int digits;
    } numbers[] = {{'x', 2}, {'u', 4}, {'U', 8}};
    const char *found = text[at] ? strchr(letters, text[at]) : NULL;
    if (found) {
        mm_buf_putc(out, bytes[found - letters]);
        return at + 1;
    }
    for (size_t i = 0; i < MM_COUNT(numbers); i++) {
        if (text[at] == numbers[i].letter)
            return read_number(text, at + 1, numbers[i].digits, out);
    }
    return 0;
}

/* Behind the closing quote; 0: there is none on this line. */
static size_t read_quoted(const char *text, size_t at, struct mm_buf *out)
{
    char quote = text[at++];
    while (!is_break(text[at])) {
        if (text[at] == quote && !(quote == '\'' && text[at + 1] == quote))
            return at + 1;
        if (quote == '"' && text[at] == '\\') {
            at = read_escape(text, at + 1, out);
            if (!at)
                return 0;
            continue;
        }
        at += text[at] == quote ? 1 : 0; /* '' is one ' */
        mm_buf_putc(out, text[at++]);
    }
    return 0;
}

static bool ends_plain(const struct mm_yaml_map *map, const char *text, size_t at)
{
    char c = text[at], next = c ? text[at + 1] : 0;
    if (is_break(c) || at >= map->stop || (map->flow && strchr(",[]{}", c)))
        return true;
    if (c == ':')
        return is_blank(next) || is_break(next) || (map->flow && strchr(",[]{}", next));
    return c == '#' && is_blank(text[at - 1]);
}

/* Behind a scalar; 0: this is none. */
static size_t read_scalar(const struct mm_yaml_map *map, const char *text, size_t at, struct mm_buf *out)
{
    if (text[at] == '"' || text[at] == '\'')
        return read_quoted(text, at, out);
    size_t begin = at, last = at;
    for (; !ends_plain(map, text, at); at++)
        last = is_blank(text[at]) ? last : at + 1;
    mm_buf_add(out, text + begin, last - begin);
    return at;
}

/* In braces: over what may stand between two entries. */
static size_t skip_between(const struct mm_yaml_map *map, const char *text, size_t at)
{
    while (at < map->stop && (is_blank(text[at]) || is_break(text[at]) || text[at] == '#'))
        at = text[at] == '#' ? line_end(text, at, map->stop) : at + 1;
    return at;
}

/* In lines: where the next entry begins. Deeper lines are the value of the one before. */
static size_t next_line(const char *text, struct mm_yaml_map *map, size_t *indent)
{
    while (map->at < map->stop) {
        size_t begin = skip_blanks(text, map->at);
        bool first = *indent == 0;
        if (has_content(text, map->at) && (first || begin - map->at <= *indent))
            return begin;
        map->at = line_end(text, map->at, map->stop);
    }
    return map->stop;
}

/* What the first entry is indented by. */
static size_t indentation(const char *text, const struct mm_yaml_map *map)
{
    size_t at = map->begin;
    while (at < map->at) /* of the lines that were read */
    {
        if (is_blank(text[at]) && has_content(text, at))
            return skip_blanks(text, at) - at;
        at = line_end(text, at, map->at);
    }
    return 0;
}

int mm_yaml_next(const char *path, const char *text, struct mm_yaml_map *map, struct mm_buf *key,
                 struct mm_buf *value, struct mm_err *err)
{
    mm_buf_clear(key);
    mm_buf_clear(value);
    size_t indent = map->flow ? 0 : indentation(text, map);
    size_t at = map->flow ? skip_between(map, text, map->at) : next_line(text, map, &indent);
    if (at >= map->stop)
        return 0;
    size_t colon = read_scalar(map, text, at, key);
    colon = colon ? skip_blanks(text, colon) : 0;
    if (!colon || text[colon] != ':' || key->length == 0)
        return fail_at(path, text, at, err);
    size_t end = skip_blanks(text, colon + 1);
    bool scalar = map->flow || (!is_break(text[end]) && !strchr("{[|>&*!#", text[end]));
    end = scalar ? read_scalar(map, text, end, value) : end;
    if (end && map->flow)
        end = skip_between(map, text, end);
    if (!end || (map->flow && end < map->stop && text[end] != ','))
        return fail_at(path, text, at, err);
    map->at = map->flow ? (end < map->stop ? end + 1 : end) : line_end(text, end, map->stop);
    return key->failed || value->failed ? mm_fail_memory(err) : 1;
}

/* ---- writing ---- */

/* Letters that some reader takes for something else than text. */
static bool is_word(const char *name)
{
    static const char *const words[] = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
    for (size_t i = 0; i < MM_COUNT(words); i++) {
        size_t k = 0;
        while (name[k] && (name[k] | 32) == words[i][k])
            k++;
        if (!name[k] && !words[i][k])
            return true;
    }
    return false;
}

static bool is_plain(const char *name)
{
    size_t length = strlen(name);
    if (!isalpha((unsigned char)*name) && *name != '_' && *name != '/')
        return false;
    for (const char *p = name; *p; p++) {
        if (!isalnum((unsigned char)*p) && !strchr("_./:-", *p))
            return false;
    }
    return name[length - 1] != ':' && !is_word(name);
}

/* The escapes of Python's literals are among those of YAML's double quotes, and mean the same. */
void mm_yaml_key(struct mm_buf *out, const char *name)
{
    if (is_plain(name))
        mm_buf_puts(out, name);
    else
        mm_quote_python(out, name);
}

bool mm_yaml_holds(const char *name)
{
    struct mm_buf key = {0};
    mm_yaml_key(&key, name);
    bool held = !key.failed && key.length <= LONGEST_KEY && mm_quote_is_utf8(name);
    mm_buf_done(&key);
    return held;
}
