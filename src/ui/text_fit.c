#include "ui/text_fit.h"
#include "base/translate.h"

#include <stdio.h>
#include <string.h>

int text_fit_name(struct canvas *c, int x, int y, int width, enum role role, const char *text,
                  const struct glyphs *g)
{
    struct mm_buf safe, cut;
    mm_buf_init(&safe);
    mm_buf_init(&cut);
    mm_text_escape(&safe, text, strlen(text));
    int columns = mm_text_width(mm_buf_text(&safe));
    if (columns > width && width > 0)
        mm_text_fit(&cut, mm_buf_text(&safe), width, true, g->ellipsis);
    if (width > 0)
        columns = canvas_text(c, x, y, width, role, mm_buf_text(cut.length ? &cut : &safe));
    mm_buf_done(&safe);
    mm_buf_done(&cut);
    return width > 0 ? columns : 0;
}

/* Punctuation that no line begins with, and such that no line ends with. */
static bool is_closing(uint32_t cp)
{
    static const uint32_t marks[] = {',',    '.',    ':',    ';',    ')',    '%',    0x3001, 0x3002, 0x300D,
                                     0x300F, 0x201D, 0xFF01, 0xFF09, 0xFF0C, 0xFF1A, 0xFF1B, 0xFF1F};
    for (size_t i = 0; i < MM_COUNT(marks); i++) {
        if (cp == marks[i])
            return true;
    }
    return false;
}

static bool is_opening(uint32_t cp)
{
    return cp == 0xFF08 || cp == 0x300C || cp == 0x300E || cp == 0x201C;
}

size_t text_fit_break(const char *text, int width)
{
    const char *end = text + strlen(text), *p = text, *blank = NULL;
    int taken = 0;
    bool wide = false; /* what is before p is a wide character, behind which a line may end */
    while (p < end) {
        uint32_t cp;
        size_t length = mm_text_decode(p, end, &cp);
        taken += mm_text_width_cp(cp);
        if (cp == ' ' || (wide && !is_closing(cp)))
            blank = p;
        wide = mm_text_width_cp(cp) == 2 && !is_opening(cp);
        if (taken > width && cp != ' ')
            break;
        p += length;
    }
    if (p == end)
        return (size_t)(end - text);
    if (blank && blank > text)
        return (size_t)(blank - text);
    if (p == text) { /* not even one character fits: go on all the same */
        uint32_t cp;
        return mm_text_decode(text, end, &cp);
    }
    return (size_t)(p - text);
}

int text_fit_wrap(struct canvas *c, int x, int y, int width, enum role role, const char *text)
{
    struct mm_buf safe, line;
    int lines = 0;
    mm_buf_init(&safe);
    mm_buf_init(&line);
    text = mm_tr_own(text);
    mm_text_escape(&safe, text, strlen(text));
    const char *rest = mm_buf_text(&safe);
    do {
        size_t length = text_fit_break(rest, width > 0 ? width : 1);
        mm_buf_clear(&line);
        mm_buf_add(&line, rest, length);
        canvas_text(c, x, y + lines, width > 0 ? width : 0, role, mm_buf_text(&line));
        lines++;
        rest += length;
        rest += strspn(rest, " ");
    } while (*rest);
    mm_buf_done(&safe);
    mm_buf_done(&line);
    return lines;
}

const char *text_fit_op(const char *op)
{
    const char *dot = strrchr(op, '.'), *colon = strrchr(op, ':');
    const char *end = !dot || (colon && colon > dot) ? colon : dot;
    return end && end[1] ? end + 1 : op;
}

const char *text_fit_times(char out[MM_NUM], double times)
{
    char figure[MM_NUM];
    if (times >= 10 && times < 9999.5)
        snprintf(out, MM_NUM, "%.0fx", times);
    else
        snprintf(out, MM_NUM, "%sx", mm_num_short(figure, times, 2));
    return out;
}
