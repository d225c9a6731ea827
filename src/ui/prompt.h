/*
 * What may stand on the bottom lines instead of hints: a line to type, a question, or a menu. All three end
 * the same way: an action is dispatched with what was typed or chosen as its text, or nothing happens (Esc).
 * Views open them with app_prompt, app_ask and app_menu (app.h).
 */
#ifndef MMTUI_UI_PROMPT_H
#define MMTUI_UI_PROMPT_H

#include "ui/action.h"
#include "ui/canvas.h"
#include "ui/complete.h"
#include "ui/line.h"
#include "ui/list.h"

struct menu_item {
    char letter;       /* a key that takes it at once; 0: none. Never j, k, g, G or q */
    const char *label; /* what is shown */
    const char *value; /* what the action gets as text */
};

enum prompt_kind { PROMPT_CLOSED, PROMPT_LINE, PROMPT_ASK, PROMPT_MENU };

struct prompt {
    enum prompt_kind kind;
    enum prompt_kind answered;  /* what it was when it was closed */
    int action;                 /* what gets the answer */
    char label[200];            /* prompt, question or title */
    struct line line;           /* PROMPT_LINE */
    struct completer completer; /* of it */
    struct completions found;   /* the candidates that are shown, while `listing` */
    bool listing;
    int chosen;                  /* the candidate that stands in the line; -1: what was typed */
    char typed[LINE_MAX_BYTES];  /* what was typed where the candidates go, completed as far as they agree */
    char before[LINE_MAX_BYTES]; /* the text that candidates were looked for */
    const struct menu_item *items; /* PROMPT_MENU; borrowed, must outlive the menu: use static tables */
    struct list list;
};

enum prompt_result {
    PROMPT_STAYS,  /* still open */
    PROMPT_CANCEL, /* closed, nothing to do */
    PROMPT_COMMIT  /* closed; prompt_answer() is what was given */
};

/*
 * A line to type; `completer` (may be NULL, copied) answers Tab: the first one completes what all candidates have in
 * common and shows them, further ones walk them, S-Tab back, Esc drops the list alone.
 */
void prompt_open_line(struct prompt *prompt, int action, const char *label, const char *text,
                      struct history *history, const struct completer *completer);
void prompt_open_ask(struct prompt *prompt, int action, const char *question);
void prompt_open_menu(struct prompt *prompt, int action, const char *title, const struct menu_item *items,
                      int count, int current);
enum prompt_result prompt_key(struct prompt *prompt, uint32_t key);
/* A click on a candidate that is shown: it comes into the line. */
void prompt_choose(struct prompt *prompt, int candidate);
/* The answer after PROMPT_COMMIT: the line, "yes", or the chosen value. Valid until the prompt is opened
 * again. */
const char *prompt_answer(const struct prompt *prompt);

/* Draw a line or question into a canvas of one row; puts the cursor. */
void prompt_draw_line(const struct prompt *prompt, struct canvas *c);
/* Draw the candidates of a line, while there are any, as a box at the lower edge of `c`, above the word. */
void prompt_draw_list(const struct prompt *prompt, struct canvas *c, const struct glyphs *g, bool plain);
/* Draw a menu as a box at the lower left corner of `c`; plain: both without its lines. */
void prompt_draw_menu(const struct prompt *prompt, struct canvas *c, const struct glyphs *g, bool plain);

#endif
