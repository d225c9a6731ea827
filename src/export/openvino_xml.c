/*
 * The layers of an OpenVINO IR file (model.xml, version 11), as far as names and marks go: tags and attributes are walked
 * where they stand, nothing else of XML is known (the files have no comments, no CDATA and no DTD of their own; what looks
 * like a tag inside of a comment would be read as one).
 */
#include "export/openvino.h"

#include <stdlib.h>
#include <string.h>

/* ---- tags ---- */

/* Behind the '>' that ends the tag at `at`: '>' may stand inside of quotes. NULL: there is none. */
static const char *tag_end(const char *at, const char *end)
{
    char quote = 0;
    for (; at < end; at++) {
        if (quote)
            quote = *at == quote ? 0 : quote;
        else if (*at == '"' || *at == '\'')
            quote = *at;
        else if (*at == '>')
            return at + 1;
    }
    return NULL;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool starts(const char *at, const char *end, const char *tag)
{
    size_t length = strlen(tag);
    return (size_t)(end - at) > length && memcmp(at, tag, length) == 0 &&
           (is_blank(at[length]) || at[length] == '>' || at[length] == '/');
}

/* The next tag from `at` on, its '<'; NULL behind the last. */
static const char *next_tag(const char *at, const char *end)
{
    return at < end ? memchr(at, '<', (size_t)(end - at)) : NULL;
}

/* ---- attributes ---- */

/* One character reference at `at` ("&amp;", "&#10;"): what it stands for, and its length; 0: it is none. */
static size_t reference(const char *at, const char *end, struct mm_buf *out)
{
    static const struct {
        const char *text;
        char means;
    } names[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    for (size_t i = 0; i < MM_COUNT(names); i++) {
        size_t length = strlen(names[i].text);
        if ((size_t)(end - at) >= length && memcmp(at, names[i].text, length) == 0) {
            mm_buf_putc(out, names[i].means);
            return length;
        }
    }
    if (end - at < 4 || at[1] != '#')
        return 0;
    bool hex = at[2] == 'x';
    char *stop;
    unsigned long code = strtoul(at + 2 + hex, &stop, hex ? 16 : 10);
    if (stop >= end || *stop != ';' || code == 0 || code > 127) /* OpenVINO writes others as they are */
        return 0;
    mm_buf_putc(out, (char)code);
    return (size_t)(stop + 1 - at);
}

static void unescape(const char *at, const char *end, struct mm_buf *out)
{
    while (at < end) {
        size_t length = *at == '&' ? reference(at, end, out) : 0;
        if (length == 0)
            mm_buf_putc(out, *at);
        at += length ? length : 1;
    }
}

/* Append the value of a tag's attribute; false when it has none of this name. */
static bool attribute(const char *tag, const char *end, const char *name, struct mm_buf *out)
{
    size_t length = strlen(name);
    const char *at = tag + 1;
    while (at < end && !is_blank(*at))
        at++;
    while (at < end) {
        while (at < end && is_blank(*at))
            at++;
        const char *key = at;
        while (at < end && *at != '=')
            at++;
        size_t key_length = (size_t)(at - key);
        if (at + 2 > end || (at[1] != '"' && at[1] != '\''))
            return false;
        const char *value = at + 2, *stop = memchr(value, at[1], (size_t)(end - value));
        if (!stop)
            return false;
        if (key_length == length && memcmp(key, name, length) == 0) {
            unescape(value, stop, out);
            return true;
        }
        at = stop + 1;
    }
    return false;
}

/* ---- a layer ---- */

/* The names of a port, with a comma between them and "\\," for a comma in one. */
static void add_names(const char *list, size_t length, struct mm_buf *out)
{
    for (size_t i = 0; i < length; i++) {
        if (list[i] == '\\' && i + 1 < length && list[i + 1] == ',')
            mm_buf_putc(out, list[++i]);
        else
            mm_buf_putc(out, list[i] == ',' ? '\0' : list[i]);
    }
    mm_buf_putc(out, '\0');
}

static void look_at(const char *tag, const char *behind, struct openvino_layer *layer)
{
    struct mm_buf value = {0};
    if (starts(tag, behind, "<attribute") && attribute(tag, behind, "name", &value) &&
        (strcmp(mm_buf_text(&value), "precise") == 0 ||
         strcmp(mm_buf_text(&value), "DisablePrecisionConversion") == 0))
        layer->marked = true;
    mm_buf_clear(&value);
    if (starts(tag, behind, "<port") && attribute(tag, behind, "names", &value))
        add_names(mm_buf_text(&value), value.length, &layer->outputs);
    layer->outputs.failed |= value.failed;
    mm_buf_done(&value);
}

/* What stands inside of the layer, up to its end or the next layer (of a body). */
static void read_inside(const char *at, const char *end, struct openvino_layer *layer)
{
    const char *tag, *behind;
    bool in_info = false;
    while ((tag = next_tag(at, end)) && (behind = tag_end(tag, end))) {
        if (starts(tag, end, "</layer") || starts(tag, end, "<layer"))
            return;
        if (starts(tag, end, "<rt_info") && behind[-2] != '/') {
            in_info = true;
            layer->info = layer->info ? layer->info : behind;
        }
        if (starts(tag, end, "</rt_info"))
            in_info = false;
        if (in_info || starts(tag, end, "<port"))
            look_at(tag, behind, layer);
        at = behind;
    }
}

bool openvino_next(const char **at, const char *end, struct openvino_layer *layer)
{
    const char *tag, *behind = NULL;
    mm_buf_clear(&layer->name);
    mm_buf_clear(&layer->type);
    mm_buf_clear(&layer->outputs);
    while ((tag = next_tag(*at, end)) && (behind = tag_end(tag, end)) && !starts(tag, end, "<layer"))
        *at = behind;
    if (!tag || !behind)
        return false;
    layer->tag = tag;
    layer->inside = *at = behind;
    layer->empty = behind[-2] == '/';
    layer->marked = false;
    layer->info = NULL;
    attribute(tag, behind, "name", &layer->name);
    attribute(tag, behind, "type", &layer->type);
    if (!layer->empty)
        read_inside(behind, end, layer);
    return true;
}

void openvino_layer_done(struct openvino_layer *layer)
{
    mm_buf_done(&layer->name);
    mm_buf_done(&layer->type);
    mm_buf_done(&layer->outputs);
}
