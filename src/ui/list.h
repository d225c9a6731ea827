/*
 * A list on a screen: how many rows, which one is selected, which part is seen. Pure arithmetic, no drawing,
 * no items: every list of the program scrolls alike because all of them use this.
 *
 * Invariants after every call: count >= 0; 0 <= cursor < count (0 when empty); 0 <= top; the cursor lies in
 * [top, top + height) when height > 0; no empty rows below the last one while there are rows above top.
 */
#ifndef MMTUI_UI_LIST_H
#define MMTUI_UI_LIST_H

#include <stdbool.h>
#include "ui/action.h"
#include "ui/canvas.h"

struct list {
    int count;  /* rows */
    int cursor; /* the selected row */
    int top;    /* the first visible row */
    int height; /* visible rows */
};

void list_resize(struct list *list, int height);
/* The number of rows changed; the cursor keeps its number where it can. */
void list_set_count(struct list *list, int count);
/* Move by `by` rows, stopping at the ends. */
void list_move(struct list *list, int by);
/* Select a row (clamped), scrolling as little as possible. */
void list_goto(struct list *list, int row);
/* Select a row and put it in the middle when it was not visible: for jumps (search, next bad). */
void list_jump(struct list *list, int row);
/*
 * The rows changed their order (or were filtered) under the cursor: what was selected is row `row` now, of
 * `count`. The selection keeps its line on the screen where the ends allow it.
 */
void list_reorder(struct list *list, int count, int row);
/* Answer to the moving actions (ACT_DOWN .. ACT_GOTO). False when it was none of them. */
bool list_act(struct list *list, const struct action_event *event);
/* The same for text that only scrolls and has no cursor: the moving actions move `top`, cursor follows it. */
bool list_scroll(struct list *list, const struct action_event *event);

/*
 * The row at height y of the canvas is row `row` of the list: a click selects it; where it is selected and `opens`
 * (SCOPE_OPEN), a click opens it.
 */
void list_click(struct canvas *c, int y, const struct list *list, int row, bool opens);

#endif
