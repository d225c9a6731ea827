#include "base/json_write.h"

#include <math.h>
#include <string.h>

/* ---- text ---- */

static void add_cp(struct mm_buf *out, uint32_t cp)
{
    static const char *const named[] = {['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f",
                                        ['\r'] = "\\r", ['"'] = "\\\"", ['\\'] = "\\\\"};
    if (cp < MM_COUNT(named) && named[cp])
        mm_buf_puts(out, named[cp]);
    else if (cp >= 0x20 && cp < 0x7F)
        mm_buf_putc(out, (char)cp);
    else if (cp < 0x10000)
        mm_buf_printf(out, "\\u%04x", cp);
    else /* a surrogate pair */
        mm_buf_printf(out, "\\u%04x\\u%04x", 0xD800 + ((cp - 0x10000) >> 10),
                      0xDC00 + ((cp - 0x10000) & 0x3FF));
}

/* What stands for itself: a printable ASCII character but " and \. */
static const bool plain[256] = {[' ' ... '!'] = true, ['#' ... '['] = true, [']' ... '~'] = true};

/* Eight bytes at once: the highest bit of each is set where one of them may not be plain; the borrow of a byte that
 * is not may set another's. */
#define EACH(byte) (UINT64_MAX / 255 * (byte))
static inline bool all_plain(uint64_t bytes)
{
    uint64_t low = bytes - EACH(0x20), high = bytes | (bytes + EACH(1)); /* controls; DEL and beyond */
    uint64_t quote = (bytes ^ EACH('"')) - EACH(1), backslash = (bytes ^ EACH('\\')) - EACH(1);
    return !((low | high | quote | backslash) & EACH(0x80));
}

static inline bool copy_eight(char *to, const char *text)
{
    uint64_t bytes;
    memcpy(&bytes, text, sizeof bytes);
    memcpy(to, &bytes, sizeof bytes);
    return all_plain(bytes);
}

/* Less than eight: four and four, or one by one. */
static inline bool copy_short(char *to, const char *text, size_t length)
{
    size_t done = 0;
    if (length >= sizeof(uint32_t)) {
        uint32_t head, tail;
        memcpy(&head, text, sizeof head);
        memcpy(&tail, text + length - sizeof tail, sizeof tail);
        memcpy(to, &head, sizeof head);
        memcpy(to + length - sizeof tail, &tail, sizeof tail);
        return all_plain(head | (uint64_t)tail << 32);
    }
    for (; done < length && plain[(unsigned char)text[done]]; done++)
        to[done] = text[done];
    return done == length;
}

/* Copy a text of `length` bytes; false where it is not all plain, and what was written means nothing. The last eight
 * may overlap those before. */
static inline bool copy_all_plain(char *to, const char *text, size_t length)
{
    bool good = true;
    if (length < sizeof(uint64_t))
        return copy_short(to, text, length);
    for (size_t done = 0; done + sizeof(uint64_t) < length; done += sizeof(uint64_t))
        good &= copy_eight(to + done, text + done);
    return good & copy_eight(to + length - sizeof(uint64_t), text + length - sizeof(uint64_t));
}

/* Copy the plain beginning; returns how much that is. */
static inline size_t copy_plain(char *to, const char *text, size_t length)
{
    size_t done = 0;
    if (copy_all_plain(to, text, length))
        return length;
    for (; done < length && plain[(unsigned char)text[done]]; done++)
        to[done] = text[done];
    return done;
}

/* Room for `length` more bytes, mostly without a call. */
static inline char *room(struct mm_buf *out, size_t length)
{
    if (length < out->capacity - out->length && !out->failed)
        return out->data + out->length;
    return mm_buf_reserve(out, length);
}

/* The code point at p, as it is to be written. */
static size_t next_cp(const char *p, const char *end, bool keep_bytes, uint32_t *cp)
{
    size_t length = mm_text_decode(p, end, cp);
    if (keep_bytes && length == 1 && (unsigned char)*p >= 0x80)
        *cp = 0xDC00u + (unsigned char)*p;
    return length;
}

static void add_escaped(struct mm_buf *out, const char *text, const char *end, bool keep_bytes)
{
    while (text < end) {
        uint32_t cp;
        text += next_cp(text, end, keep_bytes, &cp);
        add_cp(out, cp);
    }
}

static void add_text(struct mm_buf *out, const char *text, bool keep_bytes)
{
    size_t length = strlen(text);
    char *to = room(out, length + 1);
    if (!to)
        return;
    *to = '"';
    size_t copied = copy_plain(to + 1, text, length);
    to[1 + copied] = '\0';
    out->length += 1 + copied;
    add_escaped(out, text + copied, text + length, keep_bytes);
    to = room(out, 1);
    if (to) {
        memcpy(to, "\"", 2);
        out->length++;
    }
}

/* ---- what stands between values ---- */

void mm_json_resume(struct mm_json *json, struct mm_buf *out, struct mm_json_style style, int depth,
                    bool first)
{
    *json = (struct mm_json){.out = out, .style = style, .depth = depth, .first = first, .line = -1};
}

void mm_json_init(struct mm_json *json, struct mm_buf *out, struct mm_json_style style)
{
    mm_json_resume(json, out, style, 0, true);
}

/* Does every member at this depth have a line of its own? */
static inline bool has_lines(const struct mm_json *json)
{
    return json->style.indent > 0 && json->depth > 0 && (!json->flat_from || json->depth < json->flat_from);
}

/* How far in the line begins that is to be started here; -1: none is. */
static inline int next_line(const struct mm_json *json)
{
    return json->line >= 0 ? json->line : has_lines(json) ? json->style.indent * json->depth : -1;
}

#define BLANKS_FEW 16

static inline char *add_line(char *to, int blanks)
{
    static const char few[BLANKS_FEW] = {[0 ... BLANKS_FEW - 1] = ' '};
    *to++ = '\n';
    if (blanks <= BLANKS_FEW)
        memcpy(to, few, sizeof few); /* there is room for as many */
    else
        memset(to, ' ', (size_t)blanks);
    return to + blanks;
}

/* The comma, and the blank or the line end behind it. */
static inline char *add_separator(struct mm_json *json, char *to, int blanks)
{
    if (blanks < 0) {
        memcpy(to, ", ", 2);
        return to + (json->first ? 0 : 2);
    }
    *to = ',';
    to += !json->first;
    return add_line(to, blanks);
}

static void add_odd_key(struct mm_json *json, const char *key)
{
    add_text(json->out, key, json->style.keep_bytes);
    mm_buf_add(json->out, ": ", 2);
}

/* What comes before a value. Nearly all keys are plain. */
static inline void begin(struct mm_json *json, const char *key)
{
    struct mm_buf *out = json->out;
    int blanks = next_line(json);
    size_t length = key ? strlen(key) : 0;
    /* a comma, a line end or a blank; two quotes, a colon, a blank */
    char *to = room(out, BLANKS_FEW + (size_t)(blanks + 1) + 2 + length + 4);
    if (!to)
        return;
    to = add_separator(json, to, blanks);
    json->line = -1;
    json->first = false;
    bool plain_key = key && copy_all_plain(to + 1, key, length);
    if (plain_key) {
        *to = '"';
        memcpy(to + 1 + length, "\": ", 3);
        to += 1 + length + 3;
    }
    *to = '\0';
    out->length = (size_t)(to - out->data);
    if (key && !plain_key)
        add_odd_key(json, key);
}

static void open_with(struct mm_json *json, const char *key, char bracket)
{
    begin(json, key);
    mm_buf_add(json->out, &bracket, 1);
    json->depth++;
    json->first = true;
}

static void close_with(struct mm_json *json, char bracket)
{
    struct mm_buf *out = json->out;
    bool lines = has_lines(json) && !json->first;
    json->depth--;
    if (json->flat_from > json->depth)
        json->flat_from = 0;
    int blanks = json->line >= 0 ? json->line : lines ? json->style.indent * json->depth : -1;
    char *to = room(out, BLANKS_FEW + (size_t)(blanks + 1) + 1);
    json->line = -1;
    json->first = false;
    if (!to)
        return;
    if (blanks >= 0)
        to = add_line(to, blanks);
    *to++ = bracket;
    *to = '\0';
    out->length = (size_t)(to - out->data);
}

void mm_json_open_object(struct mm_json *json, const char *key)
{
    open_with(json, key, '{');
}

void mm_json_close_object(struct mm_json *json)
{
    close_with(json, '}');
}

void mm_json_open_array(struct mm_json *json, const char *key)
{
    open_with(json, key, '[');
}

void mm_json_close_array(struct mm_json *json)
{
    close_with(json, ']');
}

void mm_json_line(struct mm_json *json, int blanks)
{
    json->line = blanks;
}

void mm_json_flat(struct mm_json *json)
{
    json->flat_from = json->depth + 1;
}

/* ---- values ---- */

void mm_json_put_text(struct mm_json *json, const char *key, const char *text)
{
    begin(json, key);
    add_text(json->out, text, json->style.keep_bytes);
}

static void add_nonfinite(struct mm_buf *out, double value, enum mm_json_nonfinite how)
{
    const char *quote = how == MM_JSON_QUOTED ? "\"" : "";
    const char *word = isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
    if (how == MM_JSON_NULL)
        mm_buf_puts(out, "null");
    else
        mm_buf_printf(out, "%s%s%s", quote, word, quote);
}

void mm_json_put_number(struct mm_json *json, const char *key, double value)
{
    char *to;
    begin(json, key);
    if (!isfinite(value))
        add_nonfinite(json->out, value, json->style.nonfinite);
    else if ((to = room(json->out, MM_NUM)))
        json->out->length += mm_num_repr_size(to, value);
}

void mm_json_put_whole(struct mm_json *json, const char *key, int64_t value)
{
    begin(json, key);
    mm_buf_whole(json->out, value);
}

void mm_json_put_bool(struct mm_json *json, const char *key, bool value)
{
    mm_json_put_raw(json, key, value ? "true" : "false");
}

void mm_json_put_null(struct mm_json *json, const char *key)
{
    mm_json_put_raw(json, key, "null");
}

void mm_json_put_raw(struct mm_json *json, const char *key, const char *value)
{
    begin(json, key);
    mm_buf_puts(json->out, value);
}

void mm_json_put_head(struct mm_json *json, const char *format, int schema)
{
    mm_json_put_text(json, "format", format);
    mm_json_put_whole(json, "schema_version", schema);
    mm_json_put_text(json, "mmtui_version", MM_VERSION);
}
