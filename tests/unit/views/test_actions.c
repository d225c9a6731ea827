/* The actions of all screens, and what follows from the table of tabs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/key.h"
#include "views/actions.h"
#include "views/tab.h"

#include <stdio.h>
#include <string.h>

static struct screen_actions screens;
static struct actions actions;

static int setup(void **state)
{
    (void)state;
    if (screen_actions_init(&screens, NULL) < 0)
        return -1;
    return actions_init(&actions, screens.section, SCREEN_SECTIONS, NULL);
}

static int teardown(void **state)
{
    (void)state;
    actions_done(&actions);
    screen_actions_done(&screens);
    return 0;
}

static size_t row_count(void)
{
    size_t count = 0;
    for (size_t s = 0; s < actions.count; s++)
        count += actions.section[s].count;
    return count;
}

/* Every id from 1 on has one row, which is what it says. */
static void every_row_is_complete(void **state)
{
    (void)state;
    assert_int_equal(row_count(), actions.top - 1);
    for (int id = 1; id < actions.top; id++) {
        const struct action_info *info = action_info(&actions, id);
        assert_int_equal(info->id, id);
        assert_true(info->name && info->name[0]);
        assert_true(info->help && info->help[0]);
        assert_true(info->keys && info->scopes);
        assert_true(strlen(info->name) <= 17); /* the column of the help screen */
        assert_null(strpbrk(info->name, " \t:"));
        assert_int_equal(action_find(&actions, info->name), id);
        for (const char *p = info->help; *p; p++)
            assert_true(*p >= ' ' && *p < 0x7f); /* help is broken into lines by bytes */
    }
    assert_int_equal(action_find(&actions, "exp"), ACT_EXPORT);
    assert_int_equal(action_find(&actions, "tag-"), ACT_NONE); /* several */
}

static bool has_key(int id, const char *key)
{
    const char *p = action_info(&actions, id)->keys;
    size_t length = strlen(key);
    while (*p) {
        size_t n = strcspn(p, " ");
        if (n == length && memcmp(p, key, n) == 0)
            return true;
        p += n + (p[n] == ' ');
    }
    return false;
}

static bool is_known(int id, uint64_t scopes)
{
    return action_info(&actions, id)->scopes & scopes;
}

/* A tab may give a key of moving another meaning: its own action comes first, and the moving one has another key. */
static bool beats(int id, int other)
{
    bool moving = action_info(&actions, id)->scopes == SCOPE_LIST, own = other >= ACT_TABS;
    return moving && own && strchr(action_info(&actions, id)->keys, ' ');
}

/* Each key of the actions that a view knows leads to one action. */
static void check_keys(uint64_t scopes)
{
    for (int id = 1; id < actions.top; id++) {
        char keys[64], *rest = NULL;
        snprintf(keys, sizeof keys, "%s", action_info(&actions, id)->keys);
        for (char *key = strtok_r(keys, " ", &rest); key; key = strtok_r(NULL, " ", &rest)) {
            assert_int_not_equal(key_parse(key), K_NONE);
            for (int other = id + 1; other < actions.top; other++) {
                if (is_known(id, scopes) && is_known(other, scopes) && has_key(other, key) &&
                    !beats(id, other))
                    fail_msg("%s: %s and %s", key, action_info(&actions, id)->name,
                             action_info(&actions, other)->name);
            }
        }
    }
}

static void no_key_means_two_things_in_one_view(void **state)
{
    (void)state;
    check_keys(SCOPE_LAYERS | SCOPE_LIST | SCOPE_OPEN);
    check_keys(SCOPE_COLUMNS | SCOPE_LIST);
    check_keys(SCOPE_PLAN | SCOPE_LIST);
    check_keys(SCOPE_HELP | SCOPE_LIST);
    for (int tab = 0; tab < tab_count(); tab++)
        check_keys(SCOPE_LAYER | SCOPE_LIST | tab_at(tab)->scopes | tab_scope(tab));
}

static void no_action_needs_a_function_key_or_alt(void **state)
{
    (void)state;
    for (int id = 1; id < actions.top; id++) {
        const char *keys = action_info(&actions, id)->keys;
        bool only_special =
            strncmp(keys, "M-", 2) == 0 || (keys[0] == 'F' && keys[1] >= '0' && keys[1] <= '9');
        assert_false(only_special && !strchr(keys, ' '));
    }
}

/* ---- tabs ---- */

static void numbers_without_holes(void **state)
{
    (void)state;
    static const char *const names[] = {"tab-triage", "tab-stats",   "tab-histogram", "tab-channels",
                                        "tab-values", "tab-what-if", "tab-neighbours"};
    assert_int_equal(tab_count(), MM_COUNT(names));
    for (int tab = 0; tab < tab_count(); tab++) {
        const struct action_info *info = action_info(&actions, tab_show_id(tab));
        char number[8], help[32];
        snprintf(number, sizeof number, "%d", tab);
        snprintf(help, sizeof help, "Tab %d, ", tab);
        assert_string_equal(info->name, names[tab]);
        assert_string_equal(info->keys, number);
        assert_memory_equal(info->help, help, strlen(help));
        assert_true(info->scopes == SCOPE_LAYER);
        assert_int_equal(tab_shown_by(info->id), tab);
    }
    assert_int_equal(tab_shown_by(ACT_TABS - 1), -1);
    assert_int_equal(tab_shown_by(tab_show_id(tab_count())), -1);
}

static void tabs_are_drawn_one_way(void **state)
{
    (void)state;
    for (int tab = 0; tab < tab_count(); tab++) {
        const struct layer_tab *row = tab_at(tab);
        assert_true(!row->text != !row->draw);
        assert_true(!row->open == !row->close);
        assert_true(row->title[0] && row->help[0]);
    }
}

/* Its own actions are known in the tab and nowhere else, and lead back to its row. */
static void own_actions(void **state)
{
    (void)state;
    uint64_t all = 0;
    int next = tab_show_id(tab_count());
    for (int tab = 0; tab < tab_count(); tab++) {
        assert_true((tab_scope(tab) &
                     (all | SCOPE_LAYERS | SCOPE_LAYER | SCOPE_PLAN | SCOPE_COLUMNS | SCOPE_LIST)) == 0);
        all |= tab_scope(tab);
        for (size_t i = 0; i < tab_at(tab)->actions; i++) {
            int id = tab_action_id(tab, i);
            assert_int_equal(id, next++);
            assert_true(action_info(&actions, id)->scopes == tab_scope(tab));
            assert_ptr_equal(tab_action_of(tab, id), &tab_at(tab)->action[i]);
            assert_null(tab_action_of((tab + 1) % tab_count(), id));
        }
    }
    assert_int_equal(next, actions.top);
    assert_non_null(tab_action_of(2, action_find(&actions, "hist-log")));
    assert_non_null(tab_action_of(5, action_find(&actions, "whatif-axis")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_complete),
        cmocka_unit_test(no_key_means_two_things_in_one_view),
        cmocka_unit_test(no_action_needs_a_function_key_or_alt),
        cmocka_unit_test(numbers_without_holes),
        cmocka_unit_test(tabs_are_drawn_one_way),
        cmocka_unit_test(own_actions),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
