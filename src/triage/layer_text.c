#include "triage/layer_text.h"
#include "base/translate.h"

#include <string.h>

void layer_text(const struct mm_triage_view *view, uint32_t id, struct mm_buf *out)
{
    if (view->flow->ordered)
        mm_buf_printf(out, "#%u ", id + 1);
    mm_buf_puts(out, view->name(view->context, id));
}

/* As much as fits, without a part of a UTF-8 character at its end. */
static void put_line(const struct mm_buf *line, char *out, size_t size)
{
    const char *text = mm_buf_text(line);
    size_t length = strlen(text);
    if (length >= size) {
        length = size - 1;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--;
    }
    memcpy(out, text, length);
    out[length] = '\0';
}

void layer_text_line(const struct mm_triage_view *view, uint32_t id, const char *before, const char *behind,
                     struct mm_verdict *out)
{
    struct mm_buf line = {0};
    mm_buf_say(&line, before);
    layer_text(view, id, &line);
    mm_buf_say(&line, behind);
    put_line(&line, out->text, sizeof out->text);
    mm_buf_done(&line);
}
