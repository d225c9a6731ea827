#include "ui/glyphs.h"
#include "base/translate.h"
#include "ui/prompt.h"

#include <stdio.h>
#include <string.h>

/* ---- a line or a question ---- */

/* The first byte to show so that the cursor is inside `room` columns; `*columns` lie before the cursor
 * then. */
static const char *visible_start(const struct line *line, int room, int *columns)
{
    const char *start = line->text, *end = line->text + line->cursor;
    *columns = line_column(line);
    while (*columns >= room && start < end) {
        uint32_t cp;
        start += mm_text_decode(start, end, &cp);
        *columns -= mm_text_width_cp(cp);
    }
    return start;
}

void prompt_draw_line(const struct prompt *prompt, struct canvas *c)
{
    int x = 1 + canvas_text(c, 1, 0, c->w - 8, ROLE_PROMPT_LABEL, prompt->label);
    if (prompt->kind == PROMPT_ASK) {
        canvas_text(c, x, 0, -1, ROLE_PROMPT, " (y/n)");
        return;
    }
    int room = c->w - x, columns;
    if (room < 2)
        return;
    canvas_text(c, x, 0, room, ROLE_PROMPT, visible_start(&prompt->line, room, &columns));
    canvas_cursor(c, x + columns, 0, true);
}

/* ---- a menu ---- */

static int menu_width(const struct prompt *prompt)
{
    int width = mm_text_width(prompt->label) + 2;
    for (int i = 0; i < prompt->list.count; i++) {
        int row =
            mm_text_width(mm_tr_own(prompt->items[i].label)) + 5; /* letter, two blanks, one on either side */
        width = row > width ? row : width;
    }
    return width + 2;
}

static void draw_item(const struct prompt *prompt, int item, struct canvas *box, int y)
{
    const struct menu_item *row = &prompt->items[item];
    canvas_fill(box, 1, y, box->w - 2, 1, ROLE_MENU);
    if (row->letter)
        canvas_put(box, 2, y, ROLE_MENU_KEY, (unsigned char)row->letter);
    canvas_text(box, 5, y, box->w - 6, ROLE_MENU, row->label);
    canvas_click(box, 0, y, box->w, 1, (struct click){.kind = CLICK_ITEM, .id = item});
    if (item == prompt->list.cursor) {
        canvas_overlay(box, 1, y, box->w - 2, 1, ROLE_MENU_SEL);
        canvas_cursor(box, 1, y, false);
    }
}

/* "3 of 18" in the lower border: there are more than are seen. */
static void draw_place(const struct list *list, struct canvas *box)
{
    char place[32];
    mm_format(place, sizeof place, " %d of %d ", list->cursor + 1, list->count);
    int width = mm_text_width(place);
    if (width + 4 <= box->w)
        canvas_text(box, box->w - 2 - width, box->h - 1, -1, ROLE_MENU_KEY, place);
}

/* An empty box; plain: without its lines. */
static void draw_box(struct canvas *box, const struct glyphs *g, bool plain)
{
    canvas_overlay(box, 0, 0, box->w, box->h, ROLE_DEFAULT);
    canvas_fill(box, 0, 0, box->w, box->h, ROLE_MENU);
    if (!plain)
        canvas_box(box, ROLE_MENU, g);
}

void prompt_draw_menu(const struct prompt *prompt, struct canvas *c, const struct glyphs *g, bool plain)
{
    int rows = prompt->list.count < c->h - 2 ? prompt->list.count : c->h - 2;
    int width = menu_width(prompt) < c->w ? menu_width(prompt) : c->w;
    if (rows < 1)
        return;
    struct list list = prompt->list; /* drawing must not move the menu's own window */
    list_resize(&list, rows);
    struct canvas box = canvas_sub(c, 0, c->h - rows - 2, width, rows + 2);
    draw_box(&box, g, plain);
    canvas_text(&box, 2, 0, width - 4, ROLE_MENU_KEY, prompt->label);
    for (int y = 0; y < rows; y++)
        draw_item(prompt, list.top + y, &box, 1 + y);
    if (rows < list.count)
        draw_place(&list, &box);
}

/* ---- the candidates of a line ---- */

#define LIST_ROWS 8 /* at most */

/* Without the blank that says that more may follow. */
static int candidate_length(const char *candidate)
{
    size_t length = strlen(candidate);
    return (int)(length - (length > 1 && candidate[length - 1] == ' '));
}

/* The widest candidate, and the widest note. */
static void list_widths(const struct completions *found, int *name, int *note)
{
    *name = *note = 0;
    for (size_t i = 0; i < found->count; i++) {
        int name_width = mm_text_width(completions_at(found, i));
        int note_width = found->note[i] ? mm_text_width(mm_tr_own(found->note[i])) : 0;
        *name = name_width > *name ? name_width : *name;
        *note = note_width > *note ? note_width : *note;
    }
}

static void draw_candidate(const struct prompt *prompt, int i, struct canvas *box, int y, int name_width,
                           const struct glyphs *g)
{
    const char *name = completions_at(&prompt->found, (size_t)i), *note = prompt->found.note[i];
    int at = 2 + name_width + 2;
    canvas_textf(box, 2, y, box->w - 3, ROLE_MENU, "%.*s", candidate_length(name), name);
    if (note && at + 8 < box->w)
        canvas_fit(box, at, y, box->w - 2 - at, ALIGN_LEFT, ROLE_MENU, note, g);
    canvas_click(box, 0, y, box->w, 1, (struct click){.kind = CLICK_ITEM, .id = i});
    if (i == prompt->chosen)
        canvas_overlay(box, 1, y, box->w - 2, 1, ROLE_MENU_SEL);
}

/* Where the word begins on the screen. */
static int word_column(const struct prompt *prompt, int w)
{
    struct line until = prompt->line;
    int columns, label = 1 + mm_text_width(prompt->label);
    const char *start = visible_start(&prompt->line, w - label, &columns);
    until.cursor = prompt->found.start;
    int from = line_column(&until);
    until.cursor = (size_t)(start - prompt->line.text);
    from -= line_column(&until);
    return label + (from > 0 ? from : 0);
}

/* "3 of 18" in the lower border, or how many there are. */
static void draw_list_place(const struct prompt *prompt, struct canvas *box)
{
    char place[40];
    const struct completions *found = &prompt->found;
    const char *more = found->more ? " and more" : "";
    if (prompt->chosen < 0)
        mm_format(place, sizeof place, " %zu%s ", found->count, more);
    else
        mm_format(place, sizeof place, " %d of %zu%s ", prompt->chosen + 1, found->count, more);
    int width = mm_text_width(place);
    if (width + 4 <= box->w)
        canvas_text(box, box->w - 2 - width, box->h - 1, -1, ROLE_MENU_KEY, place);
}

static int at_most(int a, int b)
{
    return a < b ? a : b;
}

/* A box of so many rows above the word, as wide as its content (borders and a blank on either side come to it). */
static struct canvas list_box(const struct prompt *prompt, struct canvas *c, int content, int rows,
                              const struct glyphs *g, bool plain)
{
    int width = at_most(content + 4, c->w);
    int x = at_most(word_column(prompt, c->w) - 2, c->w - width);
    struct canvas box = canvas_sub(c, x > 0 ? x : 0, c->h - rows - 2, width, rows + 2);
    draw_box(&box, g, plain);
    return box;
}

void prompt_draw_list(const struct prompt *prompt, struct canvas *c, const struct glyphs *g, bool plain)
{
    static const char nothing[] = "nothing begins so";
    int count = (int)prompt->found.count, name, note;
    if (!prompt->listing || prompt->kind != PROMPT_LINE || c->h < 3)
        return;
    if (count == 0) {
        struct canvas box = list_box(prompt, c, mm_text_width(mm_tr(nothing)), 1, g, plain);
        canvas_text(&box, 2, 1, box.w - 3, ROLE_MENU, nothing);
        return;
    }
    list_widths(&prompt->found, &name, &note);
    struct list list = {.count = count};
    list_resize(&list, at_most(at_most(count, LIST_ROWS), c->h - 2));
    list_goto(&list, prompt->chosen < 0 ? 0 : prompt->chosen);
    struct canvas box = list_box(prompt, c, name + (note ? 2 + note : 0), list.height, g, plain);
    for (int y = 0; y < list.height; y++)
        draw_candidate(prompt, list.top + y, &box, 1 + y, name, g);
    if (list.height < count || prompt->found.more)
        draw_list_place(prompt, &box);
}
