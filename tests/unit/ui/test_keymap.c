#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/keymap.h"
#include "ui/key.h"
#include "unit/ui/toy_actions.h"

#include <string.h>

#define TOY   (SCOPE_TOY | SCOPE_LIST | SCOPE_OPEN)
#define OTHER (SCOPE_OTHER | SCOPE_LIST)
#define PART  (SCOPE_PART | SCOPE_LIST)

static struct action_section sections[TOY_SECTIONS];
static struct actions actions;
static struct keymap map;

static int setup(void **state)
{
    (void)state;
    if (actions_init(&actions, toy_sections(sections), TOY_SECTIONS, NULL) < 0)
        return -1;
    return keymap_init(&map, &actions, NULL);
}

static int teardown(void **state)
{
    (void)state;
    keymap_done(&map);
    actions_done(&actions);
    return 0;
}

static void defaults(void **state)
{
    (void)state;
    assert_int_equal(keymap_lookup(&map, 'j', TOY), ACT_DOWN);
    assert_int_equal(keymap_lookup(&map, K_DOWN, PART), ACT_DOWN);
    assert_int_equal(keymap_lookup(&map, 'e', TOY), ACT_NEXT_BAD);
    assert_int_equal(keymap_lookup(&map, 'e', OTHER), ACT_NONE);
    assert_int_equal(keymap_lookup(&map, K_ENTER, TOY), ACT_OPEN);
    assert_int_equal(keymap_lookup(&map, K_ENTER, OTHER), ACT_WRITE);
    assert_int_equal(keymap_lookup(&map, 'w', TOY), ACT_SHOW);
    assert_int_equal(keymap_lookup(&map, 'w', OTHER), ACT_WRITE);
    assert_int_equal(keymap_lookup(&map, '3', PART), ACT_PART_3);
    assert_int_equal(keymap_lookup(&map, '3', TOY), ACT_NONE); /* a count there */
    assert_int_equal(keymap_lookup(&map, 'L', PART), ACT_PART_LOG);
    assert_int_equal(keymap_lookup(&map, 'L', TOY), ACT_NONE);
    assert_int_equal(keymap_lookup(&map, '?', OTHER), ACT_HELP);
    assert_int_equal(keymap_lookup(&map, K_CTRL | 'z', TOY), ACT_SUSPEND);
    assert_int_equal(keymap_lookup(&map, K_NONE, TOY), ACT_NONE);
}

static void expect_keys(int id, uint64_t scopes, int limit, const char *keys, int count)
{
    struct mm_buf out;
    mm_buf_init(&out);
    assert_int_equal(keymap_keys_in(&map, id, scopes, limit, &out), count);
    assert_string_equal(mm_buf_text(&out), keys);
    mm_buf_done(&out);
}

static void keys_of_an_action(void **state)
{
    (void)state;
    expect_keys(ACT_DOWN, TOY, 0, "j Down", 2);
    expect_keys(ACT_DOWN, TOY, 1, "j", 1);
    expect_keys(ACT_SORT, TOY, 0, "", 0);
    expect_keys(ACT_NEXT_BAD, OTHER, 0, "", 0);
}

static void bind_wins_where_it_is_known(void **state)
{
    (void)state;
    assert_int_equal(keymap_bind(&map, "z", "next-bad", NULL), 0);
    expect_keys(ACT_NEXT_BAD, TOY, 0, "z e", 2);
    assert_int_equal(keymap_bind(&map, "z", "next-bad", NULL), 0); /* twice is once */
    expect_keys(ACT_NEXT_BAD, TOY, 0, "z e", 2);
    assert_int_equal(keymap_bind(&map, "e", "search", NULL), 0); /* in the list of layers only */
    assert_int_equal(keymap_lookup(&map, 'e', TOY), ACT_SEARCH);
    assert_int_equal(keymap_lookup(&map, 'e', PART), ACT_NEXT_BAD);
    expect_keys(ACT_NEXT_BAD, TOY, 0, "z", 1);
    expect_keys(ACT_NEXT_BAD, PART, 0, "z e", 2);
    assert_int_equal(keymap_bind(&map, "z", "none", NULL), 0);
    expect_keys(ACT_NEXT_BAD, TOY, 0, "", 0);
    assert_int_equal(keymap_bind(&map, "w", "down", NULL), 0); /* moving is everywhere */
    assert_int_equal(keymap_lookup(&map, 'w', OTHER), ACT_DOWN);
    assert_int_equal(keymap_lookup(&map, 'w', TOY), ACT_DOWN);
    assert_int_equal(keymap_bind(&map, "r", "undo", NULL), 0);
    assert_int_equal(keymap_lookup(&map, 'r', OTHER), ACT_UNDO);
}

static void config_lines(void **state)
{
    (void)state;
    const char *text = "# mine\n\n  bind  C-n   down \r\nbind X quit";
    struct mm_err err = {0};
    assert_int_equal(keymap_parse(&map, "config", text, strlen(text), &err), 0);
    assert_int_equal(keymap_lookup(&map, K_CTRL | 'n', TOY), ACT_DOWN);
    assert_int_equal(keymap_lookup(&map, 'X', OTHER), ACT_QUIT);
}

static void config_errors(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"bind", "config:1: expected: bind KEY ACTION"},
        {"bind j", "config:1: expected: bind KEY ACTION"},
        {"bind j down up", "config:1: expected: bind KEY ACTION"},
        {"\nmap j down", "config:2: expected: bind KEY ACTION"},
        {"bind jj down", "config:1: unknown key 'jj'"},
        {"bind j dwon", "config:1: unknown action 'dwon'; did you mean down?"},
    };
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_err err = {0};
        assert_int_equal(keymap_parse(&map, "config", cases[i].text, strlen(cases[i].text), &err), -1);
        assert_string_equal(err.text, cases[i].error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(defaults, setup, teardown),
        cmocka_unit_test_setup_teardown(keys_of_an_action, setup, teardown),
        cmocka_unit_test_setup_teardown(bind_wins_where_it_is_known, setup, teardown),
        cmocka_unit_test_setup_teardown(config_lines, setup, teardown),
        cmocka_unit_test_setup_teardown(config_errors, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
