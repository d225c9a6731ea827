#include "ui/complete.h"
#include "ui/key.h"
#include "ui/line.h"

#include <string.h>
#include <strings.h>

void completions_from(struct completions *out, size_t start)
{
    out->start = start;
}

void completions_last_word(struct completions *out)
{
    const char *blank = strrchr(out->text, ' ');
    out->start = blank ? (size_t)(blank + 1 - out->text) : 0;
}

const char *completions_word(const struct completions *out)
{
    return out->text + out->start;
}

const char *completions_at(const struct completions *out, size_t index)
{
    return out->pool + out->at[index];
}

/* ---- adding ---- */

static bool can_be_typed(const char *text)
{
    const char *end = text + strlen(text);
    if (text == end || end - text >= LINE_MAX_BYTES)
        return false;
    while (text < end) {
        uint32_t cp;
        text += mm_text_decode(text, end, &cp);
        if (!key_is_text(cp) || cp == 0xFFFD)
            return false;
    }
    return true;
}

static bool begins_so(const struct completions *out, const char *candidate)
{
    const char *word = completions_word(out);
    size_t length = strlen(word);
    return (out->any_case ? strncasecmp(candidate, word, length) : strncmp(candidate, word, length)) == 0;
}

static bool is_there(const struct completions *out, const char *candidate)
{
    for (size_t i = 0; i < out->count; i++) {
        if (strcmp(completions_at(out, i), candidate) == 0)
            return true;
    }
    return false;
}

/* `common` becomes what this one shares, too: whole characters. */
static void narrow(struct completions *out, const char *candidate)
{
    size_t same = 0;
    while (same < out->common && candidate[same] == out->pool[same])
        same++;
    while (same < out->common && same > 0 && ((unsigned char)out->pool[same] & 0xC0) == 0x80)
        same--;
    out->common = same;
}

void completions_add(struct completions *out, const char *candidate, const char *note)
{
    size_t size = strlen(candidate) + 1;
    if (!begins_so(out, candidate) || !can_be_typed(candidate))
        return;
    if (out->count > 0)
        narrow(out, candidate);
    else
        out->common = size - 1;
    if (out->more || is_there(out, candidate))
        return;
    if (out->count == COMPLETIONS_MAX || size > COMPLETIONS_BYTES - out->used) {
        out->more = true;
        return;
    }
    memcpy(out->pool + out->used, candidate, size);
    out->note[out->count] = note;
    out->at[out->count++] = (uint16_t)out->used;
    out->used += size;
}

/* By insertion: there are at most COMPLETIONS_MAX. */
void completions_sort(struct completions *out)
{
    for (size_t i = 1; i < out->count; i++) {
        uint16_t at = out->at[i];
        const char *note = out->note[i];
        size_t j = i;
        for (; j > 0 && mm_text_compare_natural(out->pool + at, completions_at(out, j - 1)) < 0; j--) {
            out->at[j] = out->at[j - 1];
            out->note[j] = out->note[j - 1];
        }
        out->at[j] = at;
        out->note[j] = note;
    }
}

/* ---- asking ---- */

static void ask(struct completions *out, const struct completer *completer, const char *text, bool any_case)
{
    out->text = text;
    out->base = out->start = out->count = out->common = out->used = 0;
    out->more = false;
    out->any_case = any_case;
    completer->find(completer->data, out);
    out->start += out->base;
    out->text = text;
    out->base = 0;
}

void completions_find(struct completions *out, const struct completer *completer, const char *text)
{
    ask(out, completer, text, false);
    if (out->count == 0)
        ask(out, completer, text, true);
}
