#include "ui/prompt.h"
#include "ui/key.h"

#include <stdio.h>
#include <string.h>

#include "base/translate.h"

static void open_as(struct prompt *prompt, enum prompt_kind kind, int action, const char *label)
{
    prompt->kind = kind;
    prompt->action = action;
    snprintf(prompt->label, sizeof(prompt->label), "%s", label ? mm_tr_own(label) : "");
}

void prompt_open_line(struct prompt *prompt, int action, const char *label, const char *text,
                      struct history *history, const struct completer *completer)
{
    open_as(prompt, PROMPT_LINE, action, label);
    line_start(&prompt->line, text, history);
    prompt->completer = completer ? *completer : (struct completer){0};
    prompt->listing = false;
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

/* The chosen candidate, or what was typed, comes into the line. */
static void put_chosen(struct prompt *prompt)
{
    const struct completions *found = &prompt->found;
    line_replace(&prompt->line, found->start,
                 prompt->chosen < 0 ? prompt->typed : completions_at(found, (size_t)prompt->chosen));
}

/* The first Tab: the only candidate; or what all of them have in common, and the list. */
static void start_listing(struct prompt *prompt)
{
    struct completions *found = &prompt->found;
    snprintf(prompt->before, sizeof prompt->before, "%.*s", (int)prompt->line.cursor, prompt->line.text);
    completions_find(found, &prompt->completer, prompt->before);
    bool one = found->count == 1 && !found->more;
    size_t length = strlen(completions_word(found));
    snprintf(prompt->typed, sizeof prompt->typed, "%s", completions_word(found));
    if (found->count > 0 && found->common > length)
        snprintf(prompt->typed, sizeof prompt->typed, "%.*s", (int)found->common, found->pool);
    prompt->chosen = one ? 0 : -1;
    prompt->listing = !one;
    put_chosen(prompt);
}

/* Past the last candidate comes what was typed, then the first one. */
static void walk(struct prompt *prompt, int by)
{
    int places = (int)prompt->found.count + 1;
    prompt->chosen = (prompt->chosen + 1 + by + places) % places - 1;
    put_chosen(prompt);
}

void prompt_choose(struct prompt *prompt, int candidate)
{
    if (!prompt->listing || prompt->kind != PROMPT_LINE || candidate >= (int)prompt->found.count)
        return;
    prompt->chosen = candidate;
    put_chosen(prompt);
}

static const struct {
    uint32_t key;
    int by;
} walks[] = {{K_TAB, 1}, {K_DOWN, 1},       {K_CTRL | 'n', 1}, {K_SHIFT | K_TAB, -1},
             {K_UP, -1}, {K_CTRL | 'p', -1}};

/* Keys of the list of candidates. Any other key drops it, and does what it does; Esc does just that. */
static bool list_key(struct prompt *prompt, uint32_t key)
{
    for (size_t i = 0; prompt->listing && i < MM_COUNT(walks); i++) {
        if (walks[i].key == key) {
            walk(prompt, walks[i].by);
            return true;
        }
    }
    bool listed = prompt->listing;
    prompt->listing = false;
    if (key == K_TAB && prompt->completer.find)
        start_listing(prompt);
    return key == K_TAB || (listed && key == K_ESC);
}

static enum prompt_result line_prompt_key(struct prompt *prompt, uint32_t key)
{
    if (list_key(prompt, key))
        return PROMPT_STAYS;
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
