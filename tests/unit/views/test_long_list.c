/* A list of more rows than an int counts: moving, ends, sizes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "views/long_list.h"

static void go(struct long_list *list, int id, int count, const char *text)
{
    assert_true(long_list_act(list, &(struct action_event){.id = id, .count = count, .text = text}));
    assert_true(list->top >= 0 && list->cursor >= list->top && list->cursor < list->top + list->height);
}

static void beyond_an_int(void **state)
{
    const int64_t count = INT64_C(1) << 40;
    struct long_list list = {0};
    (void)state;
    long_list_fit(&list, count, 10);
    go(&list, ACT_UP, 0, NULL);
    assert_true(list.cursor == 0);
    go(&list, ACT_BOTTOM, 0, NULL);
    assert_true(list.cursor == count - 1 && list.top == count - 10);
    go(&list, ACT_DOWN, 5, NULL);
    assert_true(list.cursor == count - 1);
    go(&list, ACT_PAGE_UP, 0, NULL);
    assert_true(list.cursor == count - 10 && list.top == count - 10);
    go(&list, ACT_GOTO, 0, "4294967296000");
    assert_true(list.cursor == count - 1);
    go(&list, ACT_GOTO, 0, "5000000000");
    assert_true(list.cursor == INT64_C(5000000000) && list.top == INT64_C(5000000000));
    go(&list, ACT_TOP, 0, NULL);
    go(&list, ACT_HALF_DOWN, 0, NULL);
    assert_true(list.cursor == 5 && list.top == 0);
    go(&list, ACT_BOTTOM, 12, NULL); /* an index */
    assert_true(list.cursor == 12 && list.top == 3);
    assert_false(long_list_act(&list, &(struct action_event){.id = ACT_OPEN}));
}

static void the_window_scrolls(void **state)
{
    const int64_t count = INT64_C(1) << 40;
    struct long_list list = {0};
    (void)state;
    long_list_fit(&list, count, 10);
    go(&list, ACT_GOTO, 5, NULL);
    go(&list, ACT_SCROLL_DOWN, 3, NULL);
    assert_true(list.cursor == 5 && list.top == 3);
    go(&list, ACT_SCROLL_DOWN, 3, NULL);
    assert_true(list.cursor == 6 && list.top == 6);
    go(&list, ACT_SCROLL_UP, 100, NULL);
    assert_true(list.cursor == 6 && list.top == 0);
    go(&list, ACT_BOTTOM, 0, NULL);
    go(&list, ACT_SCROLL_DOWN, 3, NULL);
    assert_true(list.cursor == count - 1 && list.top == count - 10);
    go(&list, ACT_SCROLL_UP, 0, NULL);
    assert_true(list.cursor == count - 2 && list.top == count - 11);
}

static void small_and_empty(void **state)
{
    struct long_list list = {.cursor = 7, .top = 5};
    (void)state;
    long_list_fit(&list, 3, 10);
    assert_true(list.cursor == 2 && list.top == 0);
    long_list_fit(&list, 0, 0);
    assert_true(list.cursor == 0 && list.top == 0 && list.height == 1);
    assert_true(long_list_act(&list, &(struct action_event){.id = ACT_DOWN}));
    assert_true(list.cursor == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(beyond_an_int),
        cmocka_unit_test(the_window_scrolls),
        cmocka_unit_test(small_and_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
