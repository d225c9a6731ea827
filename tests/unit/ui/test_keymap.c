#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/keymap.h"
#include "ui/key.h"

#include <string.h>

#define LAYERS (SCOPE_LAYERS | SCOPE_LIST)
#define PLAN   (SCOPE_PLAN | SCOPE_LIST)
#define HIST   (SCOPE_LAYER | SCOPE_LIST | SCOPE_HIST)

static struct keymap map;

static int setup(void **state)
{
    (void)state;
    return keymap_init(&map, NULL);
}

static int teardown(void **state)
{
    (void)state;
    keymap_done(&map);
    return 0;
}

static void defaults(void **state)
{
    (void)state;
    assert_int_equal(keymap_lookup(&map, 'j', LAYERS), ACT_DOWN);
    assert_int_equal(keymap_lookup(&map, K_DOWN, HIST), ACT_DOWN);
    assert_int_equal(keymap_lookup(&map, 'e', LAYERS), ACT_NEXT_BAD);
    assert_int_equal(keymap_lookup(&map, 'e', PLAN), ACT_NONE);
    assert_int_equal(keymap_lookup(&map, K_ENTER, LAYERS), ACT_OPEN);
    assert_int_equal(keymap_lookup(&map, K_ENTER, PLAN), ACT_WRITE);
    assert_int_equal(keymap_lookup(&map, 'w', LAYERS), ACT_PLAN);
    assert_int_equal(keymap_lookup(&map, 'w', PLAN), ACT_WRITE);
    assert_int_equal(keymap_lookup(&map, '3', HIST), ACT_TAB_3);
    assert_int_equal(keymap_lookup(&map, '3', LAYERS), ACT_NONE); /* a count there */
    assert_int_equal(keymap_lookup(&map, 'L', HIST), ACT_HIST_LOG);
    assert_int_equal(keymap_lookup(&map, 'L', SCOPE_LAYER | SCOPE_LIST), ACT_NONE);
    assert_int_equal(keymap_lookup(&map, '?', PLAN), ACT_HELP);
    assert_int_equal(keymap_lookup(&map, K_CTRL | 'z', LAYERS), ACT_SUSPEND);
    assert_int_equal(keymap_lookup(&map, K_NONE, LAYERS), ACT_NONE);
}

static void expect_keys(enum action id, unsigned scopes, int limit, const char *keys, int count)
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
    expect_keys(ACT_DOWN, LAYERS, 0, "j Down", 2);
    expect_keys(ACT_DOWN, LAYERS, 1, "j", 1);
    expect_keys(ACT_SORT, LAYERS, 0, "", 0);
    expect_keys(ACT_NEXT_BAD, PLAN, 0, "", 0);
}

static void bind_wins_where_it_is_known(void **state)
{
    (void)state;
    assert_int_equal(keymap_bind(&map, "z", "next-bad", NULL), 0);
    expect_keys(ACT_NEXT_BAD, LAYERS, 0, "z e", 2);
    assert_int_equal(keymap_bind(&map, "z", "next-bad", NULL), 0); /* twice is once */
    expect_keys(ACT_NEXT_BAD, LAYERS, 0, "z e", 2);
    assert_int_equal(keymap_bind(&map, "e", "search", NULL), 0); /* in the list of layers only */
    assert_int_equal(keymap_lookup(&map, 'e', LAYERS), ACT_SEARCH);
    assert_int_equal(keymap_lookup(&map, 'e', HIST), ACT_NEXT_BAD);
    expect_keys(ACT_NEXT_BAD, LAYERS, 0, "z", 1);
    expect_keys(ACT_NEXT_BAD, HIST, 0, "z e", 2);
    assert_int_equal(keymap_bind(&map, "z", "none", NULL), 0);
    expect_keys(ACT_NEXT_BAD, LAYERS, 0, "", 0);
    assert_int_equal(keymap_bind(&map, "w", "down", NULL), 0); /* moving is everywhere */
    assert_int_equal(keymap_lookup(&map, 'w', PLAN), ACT_DOWN);
    assert_int_equal(keymap_lookup(&map, 'w', LAYERS), ACT_DOWN);
    assert_int_equal(keymap_bind(&map, "r", "undo", NULL), 0);
    assert_int_equal(keymap_lookup(&map, 'r', HIST), ACT_UNDO);
}

static void config_lines(void **state)
{
    (void)state;
    const char *text = "# mine\n\n  bind  C-n   down \r\nbind X quit";
    struct mm_err err = {0};
    assert_int_equal(keymap_parse(&map, "config", text, strlen(text), &err), 0);
    assert_int_equal(keymap_lookup(&map, K_CTRL | 'n', LAYERS), ACT_DOWN);
    assert_int_equal(keymap_lookup(&map, 'X', PLAN), ACT_QUIT);
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
        {"bind jj down", "config:1: no key is called 'jj'"},
        {"bind j dwon", "config:1: no action is called 'dwon'"},
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
