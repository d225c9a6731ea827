#include "ui/prompt.h"
#include "ui/glyphs.h"
#include "ui/key.h"

#include <stdio.h>
#include <string.h>

static void open_as(struct prompt *prompt, enum prompt_kind kind, int action, const char *label)
{
    prompt->kind = kind;
    prompt->action = action;
    snprintf(prompt->label, sizeof(prompt->label), "%s", label ? label : "");
}

void prompt_open_line(struct prompt *prompt, int action, const char *label, const char *text,
                      struct history *history)
{
    open_as(prompt, PROMPT_LINE, action, label);
    line_start(&prompt->line, text, history);
}

void prompt_open_ask(struct prompt *prompt, int action, const char *question)
{
    open_as(prompt, PROMPT_ASK, action, question);
}

void prompt_open_menu(struct prompt *prompt, int action, const char *title, const struct menu_item *items,
                      int count, int current)
{
    open_as(prompt, PROMPT_MENU, action, title);
    prompt->items = items;
    prompt->list = (struct list){.count = count, .height = count};
    list_goto(&prompt->list, current);
}

/* ---- keys ---- */

static enum prompt_result line_prompt_key(struct prompt *prompt, uint32_t key)
{
    if (key == K_ENTER)
        return PROMPT_COMMIT;
    /* as in vi, erasing beyond the start leaves */
    bool left = key == K_BACKSPACE && prompt->line.length == 0;
    if (key == K_ESC || key == (K_CTRL | 'c') || key == (K_CTRL | 'g') || left)
        return PROMPT_CANCEL;
    line_key(&prompt->line, key);
    return PROMPT_STAYS;
}

/* The letter of an item takes it. */
static bool take_letter(struct prompt *prompt, uint32_t key)
{
    for (int i = 0; i < prompt->list.count; i++) {
        if (prompt->items[i].letter && (uint32_t)(unsigned char)prompt->items[i].letter == key) {
            list_goto(&prompt->list, i);
            return true;
        }
    }
    return false;
}

static const struct {
    uint32_t key;
    int move;
} menu_moves[] = {
    {'j', ACT_DOWN},       {K_DOWN, ACT_DOWN}, {K_CTRL | 'n', ACT_DOWN}, {K_TAB, ACT_DOWN},
    {'k', ACT_UP},         {K_UP, ACT_UP},     {K_CTRL | 'p', ACT_UP},   {'g', ACT_TOP},
    {K_HOME, ACT_TOP},     {'G', ACT_BOTTOM},  {K_END, ACT_BOTTOM},      {K_PGDN, ACT_PAGE_DOWN},
    {K_PGUP, ACT_PAGE_UP},
};

static enum prompt_result menu_key(struct prompt *prompt, uint32_t key)
{
    for (size_t i = 0; i < MM_COUNT(menu_moves); i++) {
        if (menu_moves[i].key == key) {
            list_act(&prompt->list, &(struct action_event){.id = menu_moves[i].move});
            return PROMPT_STAYS;
        }
    }
    bool take = key == K_ENTER || key == K_SPACE || take_letter(prompt, key);
    if (take && prompt->list.count > 0)
        return PROMPT_COMMIT;
    if (key == K_ESC || key == 'q' || key == K_BACKSPACE || key == (K_CTRL | 'c'))
        return PROMPT_CANCEL;
    return PROMPT_STAYS;
}

enum prompt_result prompt_key(struct prompt *prompt, uint32_t key)
{
    enum prompt_result result = PROMPT_CANCEL;
    if (prompt->kind == PROMPT_LINE)
        result = line_prompt_key(prompt, key);
    else if (prompt->kind == PROMPT_MENU)
        result = menu_key(prompt, key);
    else if (prompt->kind == PROMPT_ASK)
        result = key == 'y' || key == 'Y' ? PROMPT_COMMIT : PROMPT_CANCEL;
    prompt->answered = prompt->kind;
    if (result != PROMPT_STAYS)
        prompt->kind = PROMPT_CLOSED;
    return result;
}

const char *prompt_answer(const struct prompt *prompt)
{
    if (prompt->answered == PROMPT_LINE)
        return prompt->line.text;
    if (prompt->answered == PROMPT_MENU)
        return prompt->items[prompt->list.cursor].value;
    return "yes";
}

/* ---- drawing ---- */

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

static int menu_width(const struct prompt *prompt)
{
    int width = mm_text_width(prompt->label) + 2;
    for (int i = 0; i < prompt->list.count; i++) {
        int row = mm_text_width(prompt->items[i].label) + 5; /* letter, two blanks, one on either side */
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
    if (item == prompt->list.cursor) {
        canvas_overlay(box, 1, y, box->w - 2, 1, ROLE_MENU_SEL);
        canvas_cursor(box, 1, y, false);
    }
}

/* "3 of 18" in the lower border: there are more than are seen. */
static void draw_place(const struct list *list, struct canvas *box)
{
    char place[32];
    snprintf(place, sizeof place, " %d of %d ", list->cursor + 1, list->count);
    int width = (int)strlen(place);
    if (width + 4 <= box->w)
        canvas_text(box, box->w - 2 - width, box->h - 1, -1, ROLE_MENU_KEY, place);
}

void prompt_draw_menu(const struct prompt *prompt, struct canvas *c, const struct glyphs *g)
{
    int rows = prompt->list.count < c->h - 2 ? prompt->list.count : c->h - 2;
    int width = menu_width(prompt) < c->w ? menu_width(prompt) : c->w;
    if (rows < 1)
        return;
    struct list list = prompt->list; /* drawing must not move the menu's own window */
    list_resize(&list, rows);
    struct canvas box = canvas_sub(c, 0, c->h - rows - 2, width, rows + 2);
    canvas_overlay(&box, 0, 0, box.w, box.h, ROLE_DEFAULT);
    canvas_box(&box, ROLE_MENU, g);
    canvas_text(&box, 2, 0, width - 4, ROLE_MENU_KEY, prompt->label);
    for (int y = 0; y < rows; y++)
        draw_item(prompt, list.top + y, &box, 1 + y);
    if (rows < list.count)
        draw_place(&list, &box);
}
