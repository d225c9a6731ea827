#include "ui/line.h"
#include "ui/key.h"

#include <stdlib.h>
#include <string.h>

/* ---- history ---- */

static void drop(struct history *history, int index)
{
    free(history->entries[index]);
    history->count--;
    memmove(&history->entries[index], &history->entries[index + 1],
            (size_t)(history->count - index) * sizeof(history->entries[0]));
}

void history_add(struct history *history, const char *text)
{
    char *copy = text[0] ? strdup(text) : NULL;
    if (!copy)
        return;
    for (int i = history->count - 1; i >= 0; i--) {
        if (strcmp(history->entries[i], text) == 0)
            drop(history, i);
    }
    if (history->count == HISTORY_MAX)
        drop(history, 0);
    history->entries[history->count++] = copy;
}

void history_done(struct history *history)
{
    for (int i = 0; i < history->count; i++)
        free(history->entries[i]);
    history->count = 0;
}

/* ---- the text ---- */

static bool continues(const struct line *line, size_t at)
{
    return at < line->length && ((unsigned char)line->text[at] & 0xC0) == 0x80;
}

static size_t before(const struct line *line, size_t at)
{
    if (at == 0)
        return 0;
    do
        at--;
    while (at > 0 && continues(line, at));
    return at;
}

static size_t after(const struct line *line, size_t at)
{
    if (at >= line->length)
        return line->length;
    do
        at++;
    while (continues(line, at));
    return at;
}

/* Where the word before the cursor begins. */
static size_t word_start(const struct line *line)
{
    size_t at = line->cursor;
    while (at > 0 && line->text[at - 1] == ' ')
        at--;
    while (at > 0 && line->text[at - 1] != ' ')
        at--;
    return at;
}

/* Take out bytes [from, to); the cursor ends up at `from`. */
static void cut(struct line *line, size_t from, size_t to)
{
    memmove(line->text + from, line->text + to, line->length - to + 1);
    line->length -= to - from;
    line->cursor = from;
}

static void insert(struct line *line, uint32_t cp)
{
    char utf8[4];
    size_t n = mm_text_encode(cp, utf8);
    if (line->length + n >= sizeof(line->text))
        return;
    memmove(line->text + line->cursor + n, line->text + line->cursor, line->length - line->cursor + 1);
    memcpy(line->text + line->cursor, utf8, n);
    line->length += n;
    line->cursor += n;
}

/* Replace the whole text, keeping only what can be typed: no controls, no broken UTF-8. */
static void set_text(struct line *line, const char *text)
{
    const char *end = text + strlen(text);
    line->text[0] = '\0';
    line->length = line->cursor = 0;
    while (text < end) {
        uint32_t cp;
        text += mm_text_decode(text, end, &cp);
        if (key_is_text(cp))
            insert(line, cp);
    }
}

void line_start(struct line *line, const char *text, struct history *history)
{
    set_text(line, text ? text : "");
    line->history = history;
    line->browsing = history ? history->count : 0;
    line->kept[0] = '\0';
}

/* The entry before or behind the one that is shown, of those that begin as what was typed does. */
static void browse(struct line *line, int by)
{
    const struct history *history = line->history;
    if (!history)
        return;
    if (line->browsing == history->count)
        memcpy(line->kept, line->text, line->length + 1);
    int next = line->browsing + by;
    while (next >= 0 && next < history->count &&
           strncmp(history->entries[next], line->kept, strlen(line->kept)) != 0)
        next += by;
    if (next < 0 || next > history->count)
        return;
    line->browsing = next;
    set_text(line, next == history->count ? line->kept : history->entries[next]);
}

/* ---- keys ---- */

static void go_left(struct line *line)
{
    line->cursor = before(line, line->cursor);
}
static void go_right(struct line *line)
{
    line->cursor = after(line, line->cursor);
}
static void go_start(struct line *line)
{
    line->cursor = 0;
}
static void go_end(struct line *line)
{
    line->cursor = line->length;
}
static void erase_left(struct line *line)
{
    cut(line, before(line, line->cursor), line->cursor);
}
static void erase_right(struct line *line)
{
    cut(line, line->cursor, after(line, line->cursor));
}
static void erase_word(struct line *line)
{
    cut(line, word_start(line), line->cursor);
}
static void erase_to_start(struct line *line)
{
    cut(line, 0, line->cursor);
}
static void erase_to_end(struct line *line)
{
    cut(line, line->cursor, line->length);
}
static void older(struct line *line)
{
    browse(line, -1);
}
static void newer(struct line *line)
{
    browse(line, 1);
}

static const struct {
    uint32_t key;
    void (*edit)(struct line *line);
} edits[] = {
    {K_LEFT, go_left},
    {K_CTRL | 'b', go_left},
    {K_RIGHT, go_right},
    {K_CTRL | 'f', go_right},
    {K_HOME, go_start},
    {K_CTRL | 'a', go_start},
    {K_END, go_end},
    {K_CTRL | 'e', go_end},
    {K_BACKSPACE, erase_left},
    {K_DELETE, erase_right},
    {K_CTRL | 'd', erase_right},
    {K_CTRL | 'w', erase_word},
    {K_CTRL | 'u', erase_to_start},
    {K_CTRL | 'k', erase_to_end},
    {K_UP, older},
    {K_CTRL | 'p', older},
    {K_DOWN, newer},
    {K_CTRL | 'n', newer},
};

bool line_key(struct line *line, uint32_t key)
{
    for (size_t i = 0; i < MM_COUNT(edits); i++) {
        if (edits[i].key == key) {
            edits[i].edit(line);
            return true;
        }
    }
    if (!key_is_text(key))
        return false;
    insert(line, key);
    return true;
}

void line_replace(struct line *line, size_t from, const char *text)
{
    const char *end = text + strlen(text);
    if (from > line->cursor || line->length - (line->cursor - from) + strlen(text) >= sizeof line->text)
        return;
    cut(line, from, line->cursor);
    while (text < end) {
        uint32_t cp;
        text += mm_text_decode(text, end, &cp);
        insert(line, cp);
    }
}

int line_column(const struct line *line)
{
    const char *end = line->text + line->cursor;
    int column = 0;
    for (const char *p = line->text; p < end;) {
        uint32_t cp;
        p += mm_text_decode(p, end, &cp);
        column += mm_text_width_cp(cp);
    }
    return column;
}
