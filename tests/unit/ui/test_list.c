#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/list.h"

#include <stdlib.h>

static void check(const struct list *list)
{
    assert_true(list->count >= 0);
    assert_true(list->cursor >= 0 && (list->cursor < list->count || list->count == 0));
    assert_true(list->top >= 0);
    if (list->height > 0 && list->count > 0)
        assert_true(list->cursor >= list->top && list->cursor < list->top + list->height);
    if (list->top > 0)
        assert_true(list->top + list->height <= list->count);
}

static void expect(const struct list *list, int cursor, int top)
{
    check(list);
    assert_int_equal(list->cursor, cursor);
    assert_int_equal(list->top, top);
}

static void act(struct list *list, int id, int count)
{
    assert_true(list_act(list, &(struct action_event){.id = id, .count = count}));
}

static void moving(void **state)
{
    (void)state;
    struct list list = {.count = 100, .height = 10};
    act(&list, ACT_DOWN, 0);
    expect(&list, 1, 0);
    act(&list, ACT_DOWN, 9);
    expect(&list, 10, 1); /* scrolls as little as possible */
    act(&list, ACT_UP, 3);
    expect(&list, 7, 1);
    act(&list, ACT_PAGE_DOWN, 0);
    expect(&list, 16, 7);
    act(&list, ACT_HALF_DOWN, 2);
    expect(&list, 26, 17);
    act(&list, ACT_HALF_UP, 0);
    expect(&list, 21, 17);
    act(&list, ACT_PAGE_UP, 0);
    expect(&list, 12, 12);
    act(&list, ACT_BOTTOM, 0);
    expect(&list, 99, 90);
    act(&list, ACT_DOWN, 0);
    expect(&list, 99, 90);
    act(&list, ACT_BOTTOM, 20);
    expect(&list, 19, 19);
    act(&list, ACT_GOTO, 500);
    expect(&list, 99, 90);
    act(&list, ACT_TOP, 0);
    expect(&list, 0, 0);
    act(&list, ACT_UP, 2147483647);
    expect(&list, 0, 0);
    act(&list, ACT_PAGE_DOWN, 2147483647);
    expect(&list, 99, 90);
    assert_false(list_act(&list, &(struct action_event){.id = ACT_OPEN}));
}

/* The window moves; the cursor stays on its row until the window leaves it. */
static void the_window_scrolls(void **state)
{
    (void)state;
    struct list list = {.count = 30, .height = 10, .cursor = 2};
    assert_true(list_act(&list, &(struct action_event){.id = ACT_SCROLL_DOWN}));
    expect(&list, 2, 1);
    assert_true(list_act(&list, &(struct action_event){.id = ACT_SCROLL_DOWN, .count = 3}));
    expect(&list, 4, 4);
    assert_true(list_act(&list, &(struct action_event){.id = ACT_SCROLL_DOWN, .count = 999999}));
    expect(&list, 20, 20);
    assert_true(list_act(&list, &(struct action_event){.id = ACT_SCROLL_UP, .count = 15}));
    expect(&list, 14, 5);
    assert_true(list_act(&list, &(struct action_event){.id = ACT_SCROLL_UP, .count = 999999}));
    expect(&list, 9, 0);
    struct list none = {0};
    assert_true(list_act(&none, &(struct action_event){.id = ACT_SCROLL_DOWN, .count = 3}));
    expect(&none, 0, 0);
    struct list text = {.count = 30, .height = 10};
    assert_true(list_scroll(&text, &(struct action_event){.id = ACT_SCROLL_DOWN, .count = 3}));
    expect(&text, 3, 3);
    assert_true(list_scroll(&text, &(struct action_event){.id = ACT_SCROLL_UP}));
    expect(&text, 2, 2);
}

static void a_click_selects_and_then_opens(void **state)
{
    (void)state;
    struct grid grid;
    struct list list = {.count = 9, .height = 3, .top = 4, .cursor = 5};
    grid_init(&grid);
    assert_int_equal(grid_resize(&grid, 10, 4), 0);
    struct canvas c = grid_canvas(&grid);
    for (int y = 0; y < 3; y++)
        list_click(&c, y, &list, list.top + y, y == 1);
    struct click other = grid_click(&grid, 9, 0), selected = grid_click(&grid, 0, 1);
    assert_int_equal(other.kind, CLICK_ACTION);
    assert_int_equal(other.id, ACT_GOTO);
    assert_int_equal(other.count, 5); /* rows are counted from 1 */
    assert_int_equal(selected.kind, CLICK_ACTION);
    assert_int_equal(selected.id, ACT_OPEN);
    assert_int_equal(grid_click(&grid, 0, 2).count, 7);
    assert_int_equal(grid_click(&grid, 0, 3).kind, CLICK_NONE);
    list_click(&c, 1, &list, 5, false); /* a list that opens nothing */
    assert_int_equal(grid_click(&grid, 0, 1).kind, CLICK_NONE);
    grid_done(&grid);
}

static void empty_and_flat(void **state)
{
    (void)state;
    struct list list = {0};
    act(&list, ACT_DOWN, 0);
    act(&list, ACT_BOTTOM, 0);
    act(&list, ACT_PAGE_UP, 0);
    expect(&list, 0, 0);
    list_set_count(&list, 5);
    act(&list, ACT_PAGE_DOWN, 0);
    expect(&list, 1, 1 <= list.top ? list.top : 0);
    list_resize(&list, -4);
    check(&list);
    list_set_count(&list, -3);
    expect(&list, 0, 0);
}

static void resizing_keeps_the_cursor_in_sight(void **state)
{
    (void)state;
    struct list list = {.count = 50, .height = 20};
    list_goto(&list, 19);
    expect(&list, 19, 0);
    list_resize(&list, 5);
    expect(&list, 19, 15);
    list_resize(&list, 100);
    expect(&list, 19, 0);
    list_set_count(&list, 10);
    expect(&list, 9, 0);
}

static void jumping_centres_what_was_out_of_sight(void **state)
{
    (void)state;
    struct list list = {.count = 100, .height = 10};
    list_jump(&list, 50);
    expect(&list, 50, 45);
    list_jump(&list, 52);
    expect(&list, 52, 45);
    list_jump(&list, 99);
    expect(&list, 99, 90);
    list_jump(&list, -7);
    expect(&list, 0, 0);
}

static void reordering_keeps_the_screen_line(void **state)
{
    (void)state;
    struct list list = {.count = 100, .height = 10, .cursor = 24, .top = 20}; /* on line 4 */
    list_reorder(&list, 100, 60);
    expect(&list, 60, 56);
    list_reorder(&list, 100, 2); /* line 4 would need rows before the first one */
    expect(&list, 2, 0);
    list_reorder(&list, 100, 50);
    expect(&list, 50, 48);
    list_reorder(&list, 100, 99);
    expect(&list, 99, 90);
    list_reorder(&list, 3, 1); /* filtered to less than a page */
    expect(&list, 1, 0);
    list_reorder(&list, 0, 0);
    expect(&list, 0, 0);
}

static void text_scrolls_without_a_cursor(void **state)
{
    (void)state;
    struct list list = {.count = 30, .height = 10};
    assert_true(list_scroll(&list, &(struct action_event){.id = ACT_DOWN}));
    expect(&list, 1, 1);
    assert_true(list_scroll(&list, &(struct action_event){.id = ACT_BOTTOM}));
    expect(&list, 20, 20);
    assert_true(list_scroll(&list, &(struct action_event){.id = ACT_UP, .count = 5}));
    expect(&list, 15, 15);
    assert_true(list_scroll(&list, &(struct action_event){.id = ACT_TOP}));
    expect(&list, 0, 0);
    assert_false(list_scroll(&list, &(struct action_event){.id = ACT_COMMAND}));
}

static void invariants_hold_whatever_happens(void **state)
{
    (void)state;
    struct list list = {0};
    srand(1);
    for (int i = 0; i < 20000; i++) {
        int n = rand() % 120 - 10;
        switch (rand() % 7) {
        case 0: list_resize(&list, n); break;
        case 1: list_set_count(&list, n); break;
        case 2: list_move(&list, n); break;
        case 3: list_goto(&list, n); break;
        case 4: list_jump(&list, n); break;
        case 5: list_reorder(&list, n, rand() % 120 - 10); break;
        default: list_act(&list, &(struct action_event){.id = (ACT_DOWN + rand() % 9), .count = n});
        }
        check(&list);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moving),
        cmocka_unit_test(the_window_scrolls),
        cmocka_unit_test(a_click_selects_and_then_opens),
        cmocka_unit_test(empty_and_flat),
        cmocka_unit_test(resizing_keeps_the_cursor_in_sight),
        cmocka_unit_test(jumping_centres_what_was_out_of_sight),
        cmocka_unit_test(reordering_keeps_the_screen_line),
        cmocka_unit_test(text_scrolls_without_a_cursor),
        cmocka_unit_test(invariants_hold_whatever_happens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
