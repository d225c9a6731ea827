#include "ui/list.h"

#include <stddef.h>

static int clamp(long long value, int low, int high)
{
    return value > high ? (high < low ? low : high) : value < low ? low : (int)value;
}

/* The first row may be at most this, or blank rows would show below the last one. */
static int last_top(const struct list *list)
{
    return list->count > list->height ? list->count - list->height : 0;
}

/* Restore the invariants: the cursor is right, the window follows it. */
static void settle(struct list *list)
{
    if (list->count < 0)
        list->count = 0;
    list->cursor = clamp(list->cursor, 0, list->count - 1);
    if (list->height > 0) {
        if (list->top > list->cursor)
            list->top = list->cursor;
        else if (list->cursor - list->top >= list->height)
            list->top = list->cursor - list->height + 1;
    }
    list->top = clamp(list->top, 0, last_top(list));
}

void list_resize(struct list *list, int height)
{
    list->height = height > 0 ? height : 0;
    settle(list);
}

void list_set_count(struct list *list, int count)
{
    list->count = count;
    settle(list);
}

void list_move(struct list *list, int by)
{
    list->cursor = clamp((long long)list->cursor + by, 0, list->count - 1);
    settle(list);
}

void list_goto(struct list *list, int row)
{
    list->cursor = clamp(row, 0, list->count - 1);
    settle(list);
}

void list_jump(struct list *list, int row)
{
    bool seen = row >= list->top && row < list->top + list->height;
    list->cursor = clamp(row, 0, list->count - 1);
    if (!seen)
        list->top = clamp((long long)list->cursor - list->height / 2, 0, last_top(list));
    settle(list);
}

void list_reorder(struct list *list, int count, int row)
{
    int line = list->cursor - list->top;
    list->count = count > 0 ? count : 0;
    list->cursor = clamp(row, 0, list->count - 1);
    list->top = clamp((long long)list->cursor - line, 0, last_top(list));
    settle(list);
}

/* A page leaves one row of the old one in sight. */
static int page(const struct list *list)
{
    return list->height > 1 ? list->height - 1 : 1;
}

static int half_page(const struct list *list)
{
    return list->height > 1 ? list->height / 2 : 1;
}

/* Rows that the window is to move by; 0: it is another action. */
static long long window_by(const struct action_event *event)
{
    return event->id == ACT_SCROLL_DOWN ? action_times(event)
           : event->id == ACT_SCROLL_UP ? -(long long)action_times(event)
                                        : 0;
}

/* The cursor comes along only where the window leaves it. */
static void move_window(struct list *list, long long by)
{
    if (list->height <= 0)
        return;
    list->top = clamp(list->top + by, 0, last_top(list));
    list->cursor = clamp(list->cursor, list->top, list->top + list->height - 1);
    settle(list);
}

/* How far a moving action goes, in rows; false when it moves by no distance. */
static bool distance(const struct list *list, const struct action_event *event, long long *by)
{
    const struct {
        int id;
        int by;
    } moves[] = {
        {ACT_DOWN, 1},
        {ACT_UP, -1},
        {ACT_HALF_DOWN, half_page(list)},
        {ACT_HALF_UP, -half_page(list)},
        {ACT_PAGE_DOWN, page(list)},
        {ACT_PAGE_UP, -page(list)},
        {ACT_SCROLL_DOWN, 1},
        {ACT_SCROLL_UP, -1},
    };
    for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
        if (moves[i].id == event->id) {
            *by = (long long)moves[i].by * action_times(event);
            return true;
        }
    }
    return false;
}

/* The row that a going-to action names; false for other actions. */
static bool target(const struct list *list, const struct action_event *event, int *row)
{
    if (event->id != ACT_GOTO && event->id != ACT_BOTTOM && event->id != ACT_TOP)
        return false;
    if (event->count > 0)
        *row = event->count - 1;
    else if (event->id == ACT_TOP)
        *row = 0;
    else
        *row = event->id == ACT_BOTTOM ? list->count - 1 : list->cursor;
    return true;
}

bool list_act(struct list *list, const struct action_event *event)
{
    long long by;
    int row;
    if (window_by(event))
        move_window(list, window_by(event));
    else if (distance(list, event, &by))
        list_move(list, clamp(by, -list->count, list->count));
    else if (target(list, event, &row))
        list_goto(list, row);
    else
        return false;
    return true;
}

bool list_scroll(struct list *list, const struct action_event *event)
{
    long long by;
    int row;
    if (distance(list, event, &by))
        list->top = clamp(list->top + by, 0, last_top(list));
    else if (target(list, event, &row))
        list->top = clamp(row, 0, last_top(list));
    else
        return false;
    list->cursor = list->top;
    settle(list);
    return true;
}

void list_click(struct canvas *c, int y, const struct list *list, int row, bool opens)
{
    struct click click = {.kind = CLICK_ACTION, .id = ACT_GOTO, .count = row + 1};
    if (row == list->cursor)
        click = (struct click){.kind = opens ? CLICK_ACTION : CLICK_NONE, .id = ACT_OPEN};
    canvas_click(c, 0, y, c->w, 1, click);
}
