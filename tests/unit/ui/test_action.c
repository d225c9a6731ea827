#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/ui/toy_actions.h"

#include <string.h>

static struct action_section sections[TOY_SECTIONS];
static struct actions actions;

static int setup(void **state)
{
    (void)state;
    return actions_init(&actions, toy_sections(sections), TOY_SECTIONS, NULL);
}

static int teardown(void **state)
{
    (void)state;
    actions_done(&actions);
    return 0;
}

static void rows_are_found_by_id(void **state)
{
    (void)state;
    assert_int_equal(actions.top, ACT_PART_LOG + 1);
    for (int id = 1; id < actions.top; id++) /* no id is left out here */
        assert_int_equal(action_info(&actions, id)->id, id);
    assert_string_equal(action_info(&actions, ACT_DOWN)->name, "down");
    assert_string_equal(action_info(&actions, ACT_SORT)->name, "sort");
    assert_int_equal(action_info(&actions, ACT_NONE)->id, ACT_NONE);
    assert_int_equal(action_info(&actions, -1)->id, ACT_NONE);
    assert_int_equal(action_info(&actions, actions.top)->id, ACT_NONE);
    assert_int_equal(action_info(&actions, 9999)->id, ACT_NONE);
}

static void names_are_found(void **state)
{
    (void)state;
    for (int id = 1; id < actions.top; id++)
        assert_int_equal(action_find(&actions, action_info(&actions, id)->name), id);
    assert_int_equal(action_find(&actions, "q"), ACT_QUIT);
    assert_int_equal(action_find(&actions, "sort"), ACT_SORT); /* whole names go before longer ones */
    assert_int_equal(action_find(&actions, "next"), ACT_NEXT_BAD);
    assert_int_equal(action_find(&actions, "part-"), ACT_NONE); /* several */
    assert_int_equal(action_find(&actions, ""), ACT_NONE);
    assert_int_equal(action_find(&actions, "nothing"), ACT_NONE);
}

static void ui_alone_has_its_own(void **state)
{
    (void)state;
    struct actions alone;
    assert_int_equal(actions_init(&alone, NULL, 0, NULL), 0);
    assert_int_equal(alone.top, ACT_FREE);
    assert_int_equal(action_find(&alone, "half-down"), ACT_HALF_DOWN);
    assert_int_equal(action_find(&alone, "sort"), ACT_NONE);
    actions_done(&alone);
}

/* An id between others that nobody has taken does nothing. */
static void ids_may_be_missing(void **state)
{
    (void)state;
    static const struct action_info rows[] = {{ACT_FREE + 3, "far", "f", SCOPE_TOY, .help = "Far"}};
    const struct action_section section = {"Far", rows, 1};
    struct actions few;
    assert_int_equal(actions_init(&few, &section, 1, NULL), 0);
    assert_int_equal(few.top, ACT_FREE + 4);
    assert_int_equal(action_find(&few, "far"), ACT_FREE + 3);
    assert_int_equal(action_info(&few, ACT_FREE + 2)->id, ACT_NONE);
    assert_int_equal(action_info(&few, ACT_DOWN)->scopes, 0);
    actions_done(&few);
}

static void scopes_have_room(void **state)
{
    (void)state;
    assert_true(SCOPE_BIT(63) != 0 && SCOPE_BIT(63) != SCOPE_BIT(31));
    assert_true(SCOPE_BITS - SCOPE_FREE > 50);
    assert_true((SCOPE_LIST | SCOPE_OPEN | SCOPE_HELP) < SCOPE_BIT(SCOPE_FREE));
    for (int id = 1; id < actions.top; id++)
        assert_true(action_info(&actions, id)->scopes != 0);
}

static void times(void **state)
{
    (void)state;
    assert_int_equal(action_times(&(struct action_event){.count = 0}), 1);
    assert_int_equal(action_times(&(struct action_event){.count = 7}), 7);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rows_are_found_by_id), TEST(names_are_found),  TEST(ui_alone_has_its_own),
        TEST(ids_may_be_missing),   TEST(scopes_have_room), TEST(times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
