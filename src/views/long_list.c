#include "views/long_list.h"

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
    return value > high ? (high > low ? high : low) : value < low ? low : value;
}

void long_list_goto(struct long_list *list, int64_t row)
{
    list->cursor = clamp(row, 0, list->count - 1);
    list->top = clamp(list->top, list->cursor - list->height + 1, list->cursor);
    list->top = clamp(list->top, 0, list->count - list->height);
}

void long_list_fit(struct long_list *list, int64_t count, int height)
{
    list->count = count;
    list->height = height > 0 ? height : 1;
    long_list_goto(list, list->cursor);
}

/* Where a moving action leads; -1: it is none. */
static int64_t target(const struct long_list *list, const struct action_event *event)
{
    int64_t n = action_times(event), page = list->height > 1 ? list->height - 1 : 1, number;
    const struct {
        int id;
        int64_t to;
    } moves[] = {
        {ACT_DOWN, list->cursor + n},
        {ACT_UP, list->cursor - n},
        {ACT_HALF_DOWN, list->cursor + n * (page / 2 + 1)},
        {ACT_HALF_UP, list->cursor - n * (page / 2 + 1)},
        {ACT_PAGE_DOWN, list->cursor + n * page},
        {ACT_PAGE_UP, list->cursor - n * page},
        {ACT_TOP, event->count},
        {ACT_BOTTOM, event->count ? event->count : list->count - 1},
        {ACT_GOTO, event->text && mm_parse_i64(event->text, &number) ? number : event->count},
    };
    for (size_t i = 0; i < MM_COUNT(moves); i++) {
        if (moves[i].id == event->id)
            return clamp(moves[i].to, 0, list->count > 0 ? list->count - 1 : 0);
    }
    return -1;
}

/* The window moves, the cursor comes along only where the window leaves it. */
static void move_window(struct long_list *list, int64_t by)
{
    list->top = clamp(list->top + by, 0, list->count - list->height);
    list->cursor = clamp(list->cursor, list->top, list->top + list->height - 1);
    long_list_goto(list, list->cursor);
}

bool long_list_act(struct long_list *list, const struct action_event *event)
{
    if (event->id == ACT_SCROLL_DOWN || event->id == ACT_SCROLL_UP) {
        move_window(list, event->id == ACT_SCROLL_DOWN ? action_times(event) : -action_times(event));
        return true;
    }
    int64_t to = target(list, event);
    if (to >= 0)
        long_list_goto(list, to);
    return to >= 0;
}
