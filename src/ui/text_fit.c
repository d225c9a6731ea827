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

/* ---- a sentence in one line ---- */

#define WORDS_MOST 100 /* later ones are left as they are */
#define WORD_LEAST 16  /* no word gets shorter: what is left of a name must still be one */

struct word {
    size_t from, length; /* bytes */
    int room;            /* columns that it gets */
};

static size_t split(const char *text, struct word words[WORDS_MOST])
{
    size_t count = 0;
    for (size_t at = strspn(text, " "); text[at] && count < WORDS_MOST; count++) {
        size_t length = strcspn(text + at, " ");
        words[count] = (struct word){.from = at, .length = length};
        words[count].room = mm_text_width(text + at) - mm_text_width(text + at + length);
        at += length + strspn(text + at + length, " ");
    }
    return count;
}

/* Take columns from the longest words, down to the second longest each time. */
static void shrink(struct word *words, size_t count, int excess)
{
    while (excess > 0) {
        size_t longest = 0;
        int next = WORD_LEAST;
        for (size_t i = 1; i < count; i++) {
            if (words[i].room > words[longest].room)
                longest = i;
        }
        for (size_t i = 0; i < count; i++) {
            if (i != longest && words[i].room > next)
                next = words[i].room;
        }
        int give = count ? words[longest].room - next : 0;
        if (count && give == 0 && words[longest].room > WORD_LEAST)
            give = 1; /* two are alike: by turns */
        if (give <= 0)
            return;
        give = give < excess ? give : excess;
        words[longest].room -= give;
        excess -= give;
    }
}

/* The beginning and, twice as long, the end of a word: ends tell names apart. */
static void put_word(struct mm_buf *out, const char *text, const struct word *word, const struct glyphs *g)
{
    struct mm_buf whole, tail;
    mm_buf_init(&whole);
    mm_buf_init(&tail);
    mm_buf_add(&whole, text + word->from, word->length);
    if (mm_text_width(mm_buf_text(&whole)) <= word->room) {
        mm_buf_puts(out, mm_buf_text(&whole));
    } else {
        int head = word->room / 3;
        mm_text_fit(out, mm_buf_text(&whole), head, false, g->ellipsis);
        mm_text_fit(&tail, mm_buf_text(&whole), word->room - head + 1, true, ""); /* a column for no mark */
        mm_buf_puts(out, mm_buf_text(&tail));
    }
    mm_buf_done(&whole);
    mm_buf_done(&tail);
}

int text_fit_sentence(struct canvas *c, int x, int y, int width, enum role role, const char *text,
                      const struct glyphs *g)
{
    struct word words[WORDS_MOST];
    struct mm_buf safe, line;
    mm_buf_init(&safe);
    mm_buf_init(&line);
    mm_text_escape(&safe, text, strlen(text));
    const char *all = mm_buf_text(&safe);
    int excess = mm_text_width(all) - width;
    size_t count = excess > 0 && width > 0 ? split(all, words) : 0, at = 0;
    shrink(words, count, excess);
    for (size_t i = 0; i < count; i++) {
        mm_buf_add(&line, all + at, words[i].from - at);
        put_word(&line, all, &words[i], g);
        at = words[i].from + words[i].length;
    }
    mm_buf_puts(&line, all + at);
    int columns = mm_text_width(mm_buf_text(&line));
    columns = columns < width ? columns : width;
    if (columns > 0)
        canvas_fit(c, x, y, columns, ALIGN_LEFT, role, mm_buf_text(&line), g);
    mm_buf_done(&safe);
    mm_buf_done(&line);
    return columns > 0 ? columns : 0;
}

/* ---- sentences in several lines ---- */

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
